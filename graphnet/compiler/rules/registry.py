"""``RULES``: algebraic rules by the name of the op that they start from."""

from collections.abc import Callable
from typing import TypeAlias

from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor

__all__ = ["RULES", "AlgebraicRule", "rule"]

AlgebraicRule: TypeAlias = Callable[[Node], Tensor | None]

RULES: dict[str, list[AlgebraicRule]] = {}


def rule(*names: str) -> Callable[[AlgebraicRule], AlgebraicRule]:
    """Enter a function as a rule for nodes of the ops with these names."""

    def enter(function: AlgebraicRule) -> AlgebraicRule:
        for name in names:
            RULES.setdefault(name, []).append(function)
        return function

    return enter
