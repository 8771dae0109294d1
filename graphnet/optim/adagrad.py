"""``Adagrad`` and ``Adadelta``: each element has its own rate, by the gradients that it has had."""

from collections.abc import Sequence
from typing import Unpack

from graphnet.ir.tensor import Tensor
from graphnet.ops.elementwise import sqrt, square
from graphnet.optim.optimizer import Optimizer
from graphnet.optim.rule import Common
from graphnet.optim.settings import Value
from graphnet.optim.step import Step

__all__ = ["Adadelta", "Adagrad"]


class Adagrad(Optimizer):
    r"""Gradient descent, by the sum of the squares of all gradients.

    :math:`s \leftarrow s + g^2,\; p \leftarrow p - \eta g / (\sqrt s + \epsilon)`

    J. Duchi, E. Hazan, Y. Singer, "Adaptive subgradient methods for online learning and stochastic
    optimization", JMLR 12 (2011); the paper has δ for ε and leaves its value open.

    Args:
        learning_rate: The size of the first step.
        epsilon: Keeps elements without a gradient where they are.
        common: ``clip``, ``groups``, ``accumulate``, ``average`` and ``name``, as for
            ``Optimizer``.

    Example:
        >>> import graphnet as gn
        >>> x = gn.Variable([4.0, 40.0])
        >>> step = gn.optim.Adagrad(0.5).minimize((x * x).sum())
        >>> with gn.Session() as session:
        ...     session.run(step)
        ...     session.run(x)
        array([ 3.5, 39.5], dtype=float32)
    """

    slot_names: Sequence[str] = ("square_sum",)

    def __init__(
        self, learning_rate: Value = 0.01, epsilon: Value = 1e-10, **common: Unpack[Common]
    ) -> None:
        super().__init__(learning_rate, {"epsilon": epsilon}, **common)

    def update(self, value: Tensor, gradient: Tensor, step: Step) -> Tensor:
        """Give p - η g / (√s + ε)."""
        total = step.keep("square_sum", step.slot("square_sum") + square(gradient))
        return value - step.learning_rate * gradient / (sqrt(total) + step["epsilon"])


class Adadelta(Optimizer):
    r"""Gradient descent in the units of the variable, without a rate that has to be found.

    :math:`s \leftarrow \rho s + (1 - \rho) g^2`,
    :math:`\Delta = g \sqrt{d + \epsilon} / \sqrt{s + \epsilon}`,
    :math:`d \leftarrow \rho d + (1 - \rho) \Delta^2`, :math:`p \leftarrow p - \eta \Delta`

    M. D. Zeiler, "ADADELTA: an adaptive learning rate method", 2012, with η = 1.

    Args:
        learning_rate: What the changes are multiplied by.
        decay: The share of the averages that is kept.
        epsilon: Keeps roots from zero, and starts the changes.
        common: ``clip``, ``groups``, ``accumulate``, ``average`` and ``name``, as for
            ``Optimizer``.

    Example:
        >>> import graphnet as gn
        >>> x = gn.Variable(4.0)
        >>> step = gn.optim.Adadelta().minimize(x * x)
        >>> with gn.Session() as session:
        ...     session.run(step)
        ...     session.run(x)
        array(3.9955..., dtype=float32)
    """

    slot_names: Sequence[str] = ("square", "change_square")

    def __init__(
        self,
        learning_rate: Value = 1.0,
        decay: Value = 0.95,
        epsilon: Value = 1e-6,
        **common: Unpack[Common],
    ) -> None:
        super().__init__(learning_rate, {"decay": decay, "epsilon": epsilon}, **common)

    def update(self, value: Tensor, gradient: Tensor, step: Step) -> Tensor:
        """Give p - η Δ."""
        epsilon = step["epsilon"]
        mean_square = step.average("square", square(gradient), step["decay"])
        ratio = (step.slot("change_square") + epsilon) / (mean_square + epsilon)
        change = sqrt(ratio) * gradient
        step.average("change_square", square(change), step["decay"])
        return value - step.learning_rate * change
