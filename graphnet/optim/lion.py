"""``Lion``: steps of one size, by the sign of a moving average."""

from collections.abc import Sequence
from typing import Unpack

from graphnet.ir.tensor import Tensor
from graphnet.ops.arithmetic import sign
from graphnet.optim.adam import kept_by_decay
from graphnet.optim.optimizer import Optimizer
from graphnet.optim.rule import Common
from graphnet.optim.settings import Value
from graphnet.optim.step import Step

__all__ = ["Lion"]


class Lion(Optimizer):
    r"""Steps of one size, by the sign of momentum and gradient.

    :math:`p \leftarrow p - \eta (\mathrm{sign}(\beta_1 m + (1 - \beta_1) g) + \lambda p)`, then
    :math:`m \leftarrow \beta_2 m + (1 - \beta_2) g`

    X. Chen et al., "Symbolic discovery of optimization algorithms", NeurIPS 2023. All elements move
    by η, so that rates are three to ten times smaller than those for Adam.

    Args:
        learning_rate: η, the change of each element in a step.
        beta1: The share of the momentum in the direction of the step.
        beta2: The share of the momentum that is kept.
        weight_decay: λ.
        common: ``clip``, ``groups``, ``accumulate``, ``average`` and ``name``, as for
            ``Optimizer``.

    Example:
        >>> import graphnet as gn
        >>> x = gn.Variable([4.0, -40.0])
        >>> step = gn.optim.Lion(0.5).minimize((x * x).sum())
        >>> with gn.Session() as session:
        ...     session.run(step)
        ...     session.run(x)
        array([  3.5, -39.5], dtype=float32)
    """

    slot_names: Sequence[str] = ("momentum",)

    def __init__(
        self,
        learning_rate: Value = 1e-4,
        beta1: Value = 0.9,
        beta2: Value = 0.99,
        weight_decay: Value = 0.0,
        **common: Unpack[Common],
    ) -> None:
        settings = {"beta1": beta1, "beta2": beta2, "weight_decay": weight_decay}
        super().__init__(learning_rate, settings, **common)

    def update(self, value: Tensor, gradient: Tensor, step: Step) -> Tensor:
        """Give (1 - η λ) p - η sign(c)."""
        beta1 = step["beta1"]
        direction = sign(beta1 * step.slot("momentum") + (1 - beta1) * gradient)
        step.average("momentum", gradient, step["beta2"])
        return value * step.once(kept_by_decay) - step.learning_rate * direction
