"""``RMSProp``: gradients divided by their recent size."""

from typing import Unpack

from graphnet.ir.tensor import Tensor
from graphnet.ops.elementwise import sqrt, square
from graphnet.ops.select import maximum
from graphnet.optim.optimizer import Optimizer
from graphnet.optim.rule import Common
from graphnet.optim.settings import Value
from graphnet.optim.step import Step

__all__ = ["RMSProp"]


class RMSProp(Optimizer):
    r"""Gradient descent by gradients that are divided by their recent size.

    :math:`s \leftarrow \rho s + (1 - \rho) g^2`,
    :math:`v \leftarrow \mu v + \eta g / \sqrt{s + \epsilon}`, :math:`p \leftarrow p - v`; with
    ``centered``, :math:`s - m^2` takes the place of s under the root, with
    :math:`m \leftarrow \rho m + (1 - \rho) g`.

    T. Tieleman, G. Hinton, "Lecture 6.5 - RMSProp", Coursera: Neural networks for machine learning,
    2012; momentum, centering and ε under the root are from A. Graves, "Generating sequences with
    recurrent neural networks", 2013. TensorFlow has ε there, too; PyTorch adds it to the root, so
    that the same ε counts for less there.

    Args:
        learning_rate: The size of a step.
        decay: The share of the averages that is kept.
        momentum: The share of the velocity that is kept; without it there is none.
        epsilon: Keeps the root from zero.
        centered: Whether the mean is taken off, so that the variance is left.
        common: ``clip``, ``groups``, ``accumulate``, ``average`` and ``name``, as for
            ``Optimizer``.

    Example:
        >>> import graphnet as gn
        >>> x = gn.Variable([4.0, 40.0])
        >>> step = gn.optim.RMSProp(0.1, decay=0.75).minimize((x * x).sum())
        >>> with gn.Session() as session:
        ...     session.run(step)
        ...     session.run(x)
        array([ 3.8, 39.8], dtype=float32)
    """

    def __init__(
        self,
        learning_rate: Value = 0.001,
        decay: Value = 0.9,
        momentum: Value | None = None,
        epsilon: Value = 1e-8,
        *,
        centered: bool = False,
        **common: Unpack[Common],
    ) -> None:
        settings = {"decay": decay, "epsilon": epsilon}
        if momentum is not None:
            settings["momentum"] = momentum
        super().__init__(learning_rate, settings, **common)
        self.options = {"centered": centered}
        velocity = [] if momentum is None else ["velocity"]
        self.slot_names = ("square", *(["mean"] if centered else []), *velocity)

    def update(self, value: Tensor, gradient: Tensor, step: Step) -> Tensor:
        """Give p - v."""
        spread = step.average("square", square(gradient), step["decay"])
        if self.options["centered"]:
            # In another form than the average of the squares: what looks alike is joined in a plan.
            old = step.slot("mean")
            mean = step.keep("mean", old + (1 - step["decay"]) * (gradient - old))
            spread = maximum(spread - square(mean), 0)  # which rounding may take below zero
        change = step.learning_rate * gradient / sqrt(spread + step["epsilon"])
        if "velocity" in self.slot_names:
            change = step.keep("velocity", step["momentum"] * step.slot("velocity") + change)
        return value - change
