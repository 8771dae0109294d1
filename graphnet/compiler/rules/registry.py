"""The table of algebraic rules, by the ops that they start from."""

from collections.abc import Callable
from typing import TypeAlias

from graphnet.ir.node import Node
from graphnet.ir.op import Op
from graphnet.ir.tensor import Tensor

__all__ = ["AlgebraicRule", "rule", "rules_for"]

AlgebraicRule: TypeAlias = Callable[[Node], Tensor | None]

FITTING: dict[type[Op], tuple[AlgebraicRule, ...]] = {}
RULES: list[tuple[Callable[[type[Op]], bool], AlgebraicRule]] = []


def rule(
    *names: str, where: Callable[[type[Op]], bool] | None = None
) -> Callable[[AlgebraicRule], AlgebraicRule]:
    """Enter a function as a rule for nodes of some ops.

    Args:
        names: The names of the ops.
        where: Says of an op class whether the rule may fit, in place of names.
    """

    def enter(function: AlgebraicRule) -> AlgebraicRule:
        RULES.append((where or (lambda op: op.name in names), function))
        FITTING.clear()
        return function

    return enter


def rules_for(op: type[Op]) -> tuple[AlgebraicRule, ...]:
    """Give the rules that may fit nodes of an op, in the order in which they were entered."""
    fitting = FITTING.get(op)
    if fitting is None:
        fitting = FITTING[op] = tuple(function for fits, function in RULES if fits(op))
    return fitting
