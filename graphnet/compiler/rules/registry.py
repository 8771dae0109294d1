"""The table of algebraic rules, by the ops that they start from and those of the operands."""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from graphnet.ir.node import Node
from graphnet.ir.op import Op
from graphnet.ir.tensor import Tensor

__all__ = ["AlgebraicRule", "rule", "rules_for"]

AlgebraicRule: TypeAlias = Callable[[Node], Tensor | None]
Ops: TypeAlias = type[Op]


class Entry(NamedTuple):
    """A rule, and which nodes it may fit.

    Attributes:
        fits: Says of the op of a node whether the rule may fit.
        operands: Names of ops of which one operand at least must be the result; any if empty.
        function: The rule.
    """

    fits: Callable[[Ops], bool]
    operands: tuple[str, ...]
    function: AlgebraicRule


RULES: list[Entry] = []
FITTING: dict[tuple[Ops, frozenset[Ops]], tuple[AlgebraicRule, ...]] = {}


def rule(
    *names: str, where: Callable[[Ops], bool] | None = None, operand: str | tuple[str, ...] = ()
) -> Callable[[AlgebraicRule], AlgebraicRule]:
    """Enter a function as a rule for nodes of some ops.

    Args:
        names: The names of the ops.
        where: Says of an op class whether the rule may fit, in place of names.
        operand: The name or names of the ops of which one operand at least is the result.
    """
    operands = (operand,) if isinstance(operand, str) else operand

    def enter(function: AlgebraicRule) -> AlgebraicRule:
        RULES.append(Entry(where or (lambda op: op.name in names), operands, function))
        FITTING.clear()
        return function

    return enter


def rules_for(node: Node) -> tuple[AlgebraicRule, ...]:
    """Give the rules that may fit a node, in the order in which they were entered."""
    key = type(node.op), frozenset([type(tensor.node.op) for tensor in node.inputs])
    fitting = FITTING.get(key)
    if fitting is None:
        fitting = FITTING[key] = tuple(entry.function for entry in RULES if fits(entry, *key))
    return fitting


def fits(entry: Entry, op: Ops, operands: frozenset[Ops]) -> bool:
    """Whether a rule may fit nodes of an op with operands that are results of others."""
    if not entry.fits(op):
        return False
    return not entry.operands or any(made.name in entry.operands for made in operands)
