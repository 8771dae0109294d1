"""``Adam`` and ``AdamW``: moving averages of the gradients and of their squares."""

from collections.abc import Sequence
from typing import Unpack

from graphnet.ir.tensor import Tensor
from graphnet.ops.elementwise import sqrt, square
from graphnet.optim.half import normal
from graphnet.optim.optimizer import Optimizer
from graphnet.optim.rule import Common
from graphnet.optim.settings import Value
from graphnet.optim.step import Numbers, Step

__all__ = ["Adam", "AdamW", "epsilon_of_average", "kept_by_decay", "root_of_correction"]


class Moments(Optimizer):
    """Base of those that divide the mean of the gradients by the root of that of the squares."""

    slot_names: Sequence[str] = ("mean", "square")
    counts = True

    def change(self, gradient: Tensor, step: Step) -> Tensor:
        """Give η m̂ / (√v̂ + ε)."""
        mean = step.average("mean", gradient, step["beta1"])
        mean_square = step.average("square", square(gradient), step["beta2"])
        epsilon = step.once(self.epsilon)
        inside = self.options["epsilon_inside"]
        root = sqrt(mean_square + epsilon) if inside else sqrt(mean_square) + epsilon
        return step.once(self.rate) * mean / root

    def rate(self, numbers: Numbers) -> Tensor:
        """Give η √(1 - β₂ᵗ) / (1 - β₁ᵗ), which corrects both averages."""
        return (
            numbers.learning_rate * numbers.once(root_of_correction) / numbers.correction("beta1")
        )

    def epsilon(self, numbers: Numbers) -> Tensor:
        """Give ε in the units of the average that is not corrected."""
        if self.options["epsilon_inside"]:
            return normal(numbers["epsilon"] * numbers.correction("beta2"), numbers.dtype)
        return epsilon_of_average(numbers)


class Adam(Moments):
    r"""Adaptive moments: the mean of the gradients over the root of the mean of their squares.

    :math:`m \leftarrow \beta_1 m + (1 - \beta_1) g`,
    :math:`v \leftarrow \beta_2 v + (1 - \beta_2) g^2`,
    :math:`p \leftarrow p - \eta \hat m / (\sqrt{\hat v} + \epsilon)` with
    :math:`\hat m = m / (1 - \beta_1^t)` and :math:`\hat v = v / (1 - \beta_2^t)`.

    D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", ICLR 2015. Both corrections
    are made on numbers, so that they cost nothing per element; ε has the meaning of the paper's
    algorithm 1 all the same.

    Args:
        learning_rate: η, about the size of the change of an element in a step.
        beta1: The share of the mean that is kept.
        beta2: The share of the mean of the squares that is kept.
        epsilon: Keeps the divisor from zero.
        epsilon_inside: Whether ε stands under the root, :math:`\sqrt{\hat v + \epsilon}`, as some
            write it; with the same ε, small gradients then move less.
        common: ``clip``, ``groups``, ``accumulate``, ``average`` and ``name``, as for
            ``Optimizer``.

    Example:
        >>> import graphnet as gn
        >>> x = gn.Variable([4.0, 40.0])
        >>> step = gn.optim.Adam(0.5).minimize((x * x).sum())
        >>> with gn.Session() as session:
        ...     session.run(step)
        ...     session.run(x)
        array([ 3.5, 39.5], dtype=float32)
    """

    def __init__(
        self,
        learning_rate: Value = 0.001,
        beta1: Value = 0.9,
        beta2: Value = 0.999,
        epsilon: Value = 1e-8,
        *,
        epsilon_inside: bool = False,
        **common: Unpack[Common],
    ) -> None:
        settings = {"beta1": beta1, "beta2": beta2, "epsilon": epsilon}
        super().__init__(learning_rate, settings, **common)
        self.options = {"epsilon_inside": epsilon_inside}

    def update(self, value: Tensor, gradient: Tensor, step: Step) -> Tensor:
        """Give p - η m̂ / (√v̂ + ε)."""
        return value - self.change(gradient, step)


class AdamW(Moments):
    r"""Adam, with weights that decay beside the step.

    :math:`p \leftarrow p - \eta \lambda p - \eta \hat m / (\sqrt{\hat v} + \epsilon)`

    I. Loshchilov, F. Hutter, "Decoupled weight decay regularization", ICLR 2019. In the paper
    a schedule multiplies the learning rate and λ, which stand side by side; here λ is multiplied by
    the learning rate, which a schedule gives. So the λ of the paper is this one times the learning
    rate before any schedule.

    Args:
        learning_rate: η, about the size of the change of an element in a step.
        beta1: The share of the mean that is kept.
        beta2: The share of the mean of the squares that is kept.
        epsilon: Keeps the divisor from zero.
        weight_decay: λ.
        epsilon_inside: As for ``Adam``.
        common: ``clip``, ``groups``, ``accumulate``, ``average`` and ``name``, as for
            ``Optimizer``.

    Example:
        >>> import graphnet as gn
        >>> x = gn.Variable([4.0, 40.0], name="x")
        >>> rule = gn.optim.AdamW(0.5, weight_decay=0.1, groups={"*/bias": {"weight_decay": 0.0}})
        >>> bias = gn.Variable(4.0, name="dense/bias")
        >>> step = rule.minimize((x * x).sum() + bias * bias)
        >>> with gn.Session() as session:
        ...     session.run(step)
        ...     session.run([x, bias])
        [array([ 3.3, 37.5], dtype=float32), array(3.5, dtype=float32)]
    """

    def __init__(
        self,
        learning_rate: Value = 0.001,
        beta1: Value = 0.9,
        beta2: Value = 0.999,
        epsilon: Value = 1e-8,
        weight_decay: Value = 0.01,
        *,
        epsilon_inside: bool = False,
        **common: Unpack[Common],
    ) -> None:
        moments = {"beta1": beta1, "beta2": beta2, "epsilon": epsilon}
        super().__init__(learning_rate, {**moments, "weight_decay": weight_decay}, **common)
        self.options = {"epsilon_inside": epsilon_inside}

    def update(self, value: Tensor, gradient: Tensor, step: Step) -> Tensor:
        """Give (1 - η λ) p - η m̂ / (√v̂ + ε)."""
        return value * step.once(kept_by_decay) - self.change(gradient, step)


def root_of_correction(numbers: Numbers) -> Tensor:
    """Give √(1 - β₂ᵗ)."""
    return sqrt(numbers.correction("beta2"))


def epsilon_of_average(numbers: Numbers) -> Tensor:
    """Give ε in the units of the average that is not corrected."""
    return normal(numbers["epsilon"] * numbers.once(root_of_correction), numbers.dtype)


def kept_by_decay(numbers: Numbers) -> Tensor:
    """Give 1 - η λ, the share of a weight that decay leaves."""
    return 1 - numbers.learning_rate * numbers["weight_decay"]
