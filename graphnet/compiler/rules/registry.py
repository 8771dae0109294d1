"""``RULES``: algebraic rules by the name of the op that they start from."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor

__all__ = ["RULES", "AlgebraicRule", "rule", "rules_for"]

AlgebraicRule: TypeAlias = Callable[[Node], Tensor | None]

ANY = "*"

RULES: dict[str, list[AlgebraicRule]] = {}


def rule(*names: str) -> Callable[[AlgebraicRule], AlgebraicRule]:
    """Enter a function as a rule for nodes of the ops with these names; without names, of all."""

    def enter(function: AlgebraicRule) -> AlgebraicRule:
        for name in names or (ANY,):
            RULES.setdefault(name, []).append(function)
        return function

    return enter


def rules_for(node: Node) -> Iterator[AlgebraicRule]:
    """Give the rules that may fit a node."""
    yield from RULES[ANY]
    yield from RULES.get(node.op.name, ())
