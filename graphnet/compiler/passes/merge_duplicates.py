"""Common-subexpression elimination: ``y = exp(x); z = exp(x) → y = exp(x)``, used for both."""

from typing import Any

from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Effect

__all__ = ["computation", "merge_duplicates"]


def merge_duplicates(graph: Graph) -> Graph:
    """Keep one of all nodes that are the same computation: op, inputs and control are equal.

    Sources that stand for a value from outside and ops with an effect are never the same.
    """
    first: dict[Any, tuple[Tensor, ...]] = {}

    def merge(node: Node) -> tuple[Tensor, ...] | None:
        if node.op.effect is not Effect.PURE:
            return None
        outputs = first.setdefault(computation(node), node.outputs)
        return None if outputs is node.outputs else outputs

    return graph.rebuild(merge)


def computation(node: Node) -> Any:
    """Give what two nodes have in common when they are the same computation."""
    return node.op, tuple(map(id, node.inputs)), tuple(map(id, node.control))
