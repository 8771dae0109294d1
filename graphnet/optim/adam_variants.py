"""``Nadam`` and ``Adamax``: Adam with a look ahead, and with the largest gradient."""

from collections.abc import Sequence
from typing import ClassVar, Unpack

from graphnet.ir.tensor import Tensor
from graphnet.ops.arithmetic import abs as absolute
from graphnet.ops.elementwise import sqrt, square
from graphnet.ops.select import maximum
from graphnet.optim.adam import epsilon_of_average, root_of_correction
from graphnet.optim.optimizer import Optimizer
from graphnet.optim.rule import Common
from graphnet.optim.settings import Value
from graphnet.optim.step import Numbers, Step

__all__ = ["Adamax", "Nadam"]


class Nadam(Optimizer):
    r"""Adam, whose momentum looks ahead as that of Nesterov does.

    :math:`m \leftarrow \mu_t m + (1 - \mu_t) g`,
    :math:`v \leftarrow \beta_2 v + (1 - \beta_2) g^2`,
    :math:`p \leftarrow p - \eta \hat m / (\sqrt{\hat v} + \epsilon)` with
    :math:`\hat v = v / (1 - \beta_2^t)`,
    :math:`\hat m = \mu_{t+1} m / (1 - \prod_{i=1}^{t+1} \mu_i) + (1 - \mu_t) g /
    (1 - \prod_{i=1}^t \mu_i)` and :math:`\mu_t = \beta_1 (1 - 0.5 \cdot 0.96^{t \psi})`.

    T. Dozat, "Incorporating Nesterov momentum into Adam", ICLR 2016 workshop. The paper prints one
    more :math:`\beta_2` in the numerator of :math:`\hat v`; without it that is Adam's, as everybody
    computes it. Some, PyTorch among them, keep the constant share :math:`\beta_1` of m, where the
    paper has :math:`\mu_t`, which is half as large at first; their steps differ.

    Args:
        learning_rate: η, about the size of the change of an element in a step.
        beta1: The share of the mean that is kept in the end.
        beta2: The share of the mean of the squares that is kept.
        epsilon: Keeps the divisor from zero.
        momentum_decay: ψ, how fast the share rises from half of ``beta1``; 1/250 in the paper.
        common: ``clip``, ``groups``, ``accumulate``, ``average`` and ``name``, as for
            ``Optimizer``.

    Example:
        >>> import graphnet as gn
        >>> x = gn.Variable([4.0, 40.0])
        >>> step = gn.optim.Nadam(0.5).minimize((x * x).sum())
        >>> with gn.Session() as session:
        ...     session.run(step)
        ...     session.run(x)
        array([ 3.3..., 39.3...], dtype=float32)
    """

    slot_names: Sequence[str] = ("mean", "square")
    number_names: ClassVar[Sequence[str]] = ("product",)
    counts = True

    def __init__(
        self,
        learning_rate: Value = 0.002,
        beta1: Value = 0.9,
        beta2: Value = 0.999,
        epsilon: Value = 1e-8,
        momentum_decay: Value = 0.004,
        **common: Unpack[Common],
    ) -> None:
        settings = {"beta1": beta1, "beta2": beta2, "epsilon": epsilon}
        super().__init__(learning_rate, {**settings, "momentum_decay": momentum_decay}, **common)

    def update(self, value: Tensor, gradient: Tensor, step: Step) -> Tensor:
        """Give p - η m̂ / (√v̂ + ε)."""
        mean = step.average("mean", gradient, step.once(share))
        mean_square = step.average("square", square(gradient), step["beta2"])
        ahead = step.once(share_of_mean) * mean + step.once(share_of_gradient) * gradient
        return value - ahead / (sqrt(mean_square) + step.once(epsilon_of_average))


def share(numbers: Numbers) -> Tensor:
    """Give μ_t."""
    return share_at(numbers, numbers.count)


def next_share(numbers: Numbers) -> Tensor:
    """Give μ_{t+1}."""
    return share_at(numbers, numbers.count + 1)


def share_at(numbers: Numbers, count: Tensor) -> Tensor:
    """Give β₁ (1 - 0.5 · 0.96^(ψ t))."""
    rise = 0.96 ** (count * numbers["momentum_decay"])
    return numbers["beta1"] * (1 - 0.5 * rise)


def product(numbers: Numbers) -> Tensor:
    """Give the product of all shares so far, and keep it."""
    return numbers.keep("product", numbers.slot("product", 1.0) * numbers.once(share))


def share_of_mean(numbers: Numbers) -> Tensor:
    """Give what the mean is multiplied by: η √(1 - β₂ᵗ) μ_{t+1} / (1 - ∏ μ)."""
    ahead = numbers.once(next_share)
    rate = numbers.learning_rate * numbers.once(root_of_correction)
    return rate * ahead / (1 - numbers.once(product) * ahead)


def share_of_gradient(numbers: Numbers) -> Tensor:
    """Give what the gradient is multiplied by: η √(1 - β₂ᵗ) (1 - μ_t) / (1 - ∏ μ)."""
    rate = numbers.learning_rate * numbers.once(root_of_correction)
    return rate * (1 - numbers.once(share)) / (1 - numbers.once(product))


class Adamax(Optimizer):
    r"""Adam, by the largest recent gradient in place of the mean of the squares.

    :math:`m \leftarrow \beta_1 m + (1 - \beta_1) g`, :math:`u \leftarrow \max(\beta_2 u, |g|)`,
    :math:`p \leftarrow p - \frac{\eta}{1 - \beta_1^t} m / (u + \epsilon)`

    D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 2, which
    has no ε; it keeps elements that have had no gradient yet where they are.

    Args:
        learning_rate: η, about the size of the change of an element in a step.
        beta1: The share of the mean that is kept.
        beta2: The share of the largest gradient that is kept.
        epsilon: Keeps the divisor from zero.
        common: ``clip``, ``groups``, ``accumulate``, ``average`` and ``name``, as for
            ``Optimizer``.

    Example:
        >>> import graphnet as gn
        >>> x = gn.Variable([4.0, 40.0])
        >>> step = gn.optim.Adamax(0.5).minimize((x * x).sum())
        >>> with gn.Session() as session:
        ...     session.run(step)
        ...     session.run(x)
        array([ 3.5, 39.5], dtype=float32)
    """

    slot_names: Sequence[str] = ("mean", "largest")
    counts = True

    def __init__(
        self,
        learning_rate: Value = 0.002,
        beta1: Value = 0.9,
        beta2: Value = 0.999,
        epsilon: Value = 1e-8,
        **common: Unpack[Common],
    ) -> None:
        settings = {"beta1": beta1, "beta2": beta2, "epsilon": epsilon}
        super().__init__(learning_rate, settings, **common)

    def update(self, value: Tensor, gradient: Tensor, step: Step) -> Tensor:
        """Give p - η m̂ / (u + ε)."""
        mean = step.average("mean", gradient, step["beta1"])
        kept = step["beta2"] * step.slot("largest")
        largest = step.keep("largest", maximum(kept, absolute(gradient)))
        return value - step.once(corrected_rate) * mean / (largest + step["epsilon"])


def corrected_rate(numbers: Numbers) -> Tensor:
    """Give η / (1 - β₁ᵗ)."""
    return numbers.learning_rate / numbers.correction("beta1")
