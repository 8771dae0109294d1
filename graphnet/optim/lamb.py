"""``LAMB``: Adam, with steps in proportion to the size of each variable."""

from collections.abc import Sequence
from typing import Unpack

from graphnet.ir.tensor import Tensor
from graphnet.ops.elementwise import sqrt, square
from graphnet.ops.families import cast_to
from graphnet.ops.select import where
from graphnet.optim.adam import epsilon_of_average, root_of_correction
from graphnet.optim.clip import square_sum
from graphnet.optim.optimizer import Optimizer
from graphnet.optim.rule import Common
from graphnet.optim.settings import Value
from graphnet.optim.step import Numbers, Step

__all__ = ["LAMB"]


class LAMB(Optimizer):
    r"""Layer-wise adaptive moments, for large batches: Adam's step, as long as its variable.

    :math:`u = \hat m / (\sqrt{\hat v} + \epsilon) + \lambda p`,
    :math:`p \leftarrow p - \eta \frac{\lVert p \rVert}{\lVert u \rVert} u`, with the averages of
    ``Adam``; where one of the norms is zero, their ratio counts as 1.

    Y. You et al., "Large batch optimization for deep learning: training BERT in 76 minutes", ICLR
    2020.

    Args:
        learning_rate: η, the change of a variable in a step, as a share of its norm.
        beta1: The share of the mean that is kept.
        beta2: The share of the mean of the squares that is kept.
        epsilon: Keeps the divisor from zero.
        weight_decay: λ.
        common: ``clip``, ``groups``, ``accumulate``, ``average`` and ``name``, as for
            ``Optimizer``.

    Example:
        >>> import graphnet as gn
        >>> x = gn.Variable([4.0, 4.0])
        >>> step = gn.optim.LAMB(0.25).minimize((x * x).sum())
        >>> with gn.Session() as session:
        ...     session.run(step)
        ...     session.run(x)
        array([3., 3.], dtype=float32)
    """

    slot_names: Sequence[str] = ("mean", "square")
    counts = True

    def __init__(
        self,
        learning_rate: Value = 0.001,
        beta1: Value = 0.9,
        beta2: Value = 0.999,
        epsilon: Value = 1e-6,
        weight_decay: Value = 0.01,
        **common: Unpack[Common],
    ) -> None:
        moments = {"beta1": beta1, "beta2": beta2, "epsilon": epsilon}
        super().__init__(learning_rate, {**moments, "weight_decay": weight_decay}, **common)

    def update(self, value: Tensor, gradient: Tensor, step: Step) -> Tensor:
        """Give p - η ‖p‖ / ‖u‖ u."""
        mean = step.average("mean", gradient, step["beta1"])
        mean_square = step.average("square", square(gradient), step["beta2"])
        root = sqrt(mean_square) + step.once(epsilon_of_average)
        change = step.once(correction) * mean / root + step["weight_decay"] * value
        ratio = cast_to(ratio_of_norms(value, change), value.dtype)
        return value - step.learning_rate * ratio * change


def ratio_of_norms(x: Tensor, y: Tensor) -> Tensor:
    """Give ‖x‖ / ‖y‖, and 1 where one of them is zero."""
    sizes = square_sum(x), square_sum(y)
    both = (sizes[0] > 0) & (sizes[1] > 0)
    above, below = (sqrt(where(both, size, 1)) for size in sizes)
    return above / below


def correction(numbers: Numbers) -> Tensor:
    """Give √(1 - β₂ᵗ) / (1 - β₁ᵗ), which corrects both averages."""
    return numbers.once(root_of_correction) / numbers.correction("beta1")
