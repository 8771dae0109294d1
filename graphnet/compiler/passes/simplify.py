"""Algebraic simplification: ``y = add(x, 0) → x``, and whatever follows from it.

A rule is a function of one node that gives the tensor to put in its place, or None. Rules are
indexed by op, so that each node meets only those that may fit it, and repeat until nothing changes.
No rule may change a finite result by more than rounding.
"""

from graphnet.compiler.rules import rules_for
from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor

__all__ = ["ROUNDS", "simplify"]

ROUNDS = 5
"""How often the rules are applied at most; in practice two rounds suffice."""


def simplify(graph: Graph) -> Graph:
    """Apply the algebraic rules until nothing changes."""
    for _ in range(ROUNDS):
        changed = False

        def apply(node: Node) -> Tensor | None:
            nonlocal changed
            if node.control:
                return None
            for rule in rules_for(type(node.op)):
                replacement = rule(node)
                if replacement is not None:
                    changed = True
                    return replacement
            return None

        graph = graph.rebuild(apply)
        if not changed:
            break
    return graph
