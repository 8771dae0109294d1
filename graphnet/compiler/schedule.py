"""The order of steps: of two candidate orders, the one whose values take less memory at the peak.

Neither order wins alone. The order that the graph comes in (networkx's topological sort, carried
through the passes) is good when many updates hang on one chain; depth first is good when many wide
branches meet in one sum. Two simulations, linear in nodes and edges, are cheaper than being clever.
"""

from collections.abc import Sequence

from graphnet.ir.graph import Graph, needs
from graphnet.ir.node import Node
from graphnet.ir.registry import OPS
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Effect, Memory

__all__ = ["depth_first", "ends_of_life", "peak_memory", "schedule"]


def schedule(graph: Graph) -> list[Node]:
    """Give the nodes of ``graph`` in the order in which they should run."""
    given, deep = list(graph.nodes), depth_first(graph)
    return min(given, deep, key=lambda order: peak_memory(order, graph.outputs))


def depth_first(graph: Graph) -> list[Node]:
    """Give the nodes in post-order from the outputs: each just before its first consumer."""
    order: dict[Node, None] = {}
    effects = [node for node in graph.nodes if node.op.effect is Effect.CALLS]
    for root in (*(output.node for output in graph.outputs), *effects):
        pending = [root]
        while pending:
            node = pending[-1]
            if node in order:
                pending.pop()
                continue
            missing = [before for before in needs(node) if before not in order]
            if missing:
                pending += reversed(missing)
            else:
                pending.pop()
                order[node] = None
    return list(order)


def peak_memory(order: Sequence[Node], outputs: Sequence[Tensor]) -> int:
    """Give the largest number of bytes that values take at one time, in the given order.

    Values whose size is unknown, and those that take no memory of their own, count nothing.
    """
    roots = {
        output: node.inputs[0] if node.op.memory is Memory.VIEW and node.inputs else output
        for node in order
        for output in node.outputs
    }
    ends = ends_of_life(order, outputs, roots)
    freed = [0] * (len(order) + 1)
    peak = current = 0
    for position, node in enumerate(order):
        for output in node.outputs:
            size = owned_bytes(output)
            current += size
            freed[ends.get(output, position)] += size
        peak = max(peak, current)
        current -= freed[position]
    return peak


def ends_of_life(
    order: Sequence[Node], outputs: Sequence[Tensor], roots: dict[Tensor, Tensor]
) -> dict[Tensor, int]:
    """Give the position at which each value, or a view of it, is used last.

    Args:
        order: The nodes in the order in which they run.
        outputs: Values that are kept to the end, whose position is ``len(order)``.
        roots: For each tensor the value whose memory it shares, directly or by further views.
    """
    ends: dict[Tensor, int] = {}
    for position, node in enumerate(order):
        for tensor in node.inputs:
            ends[tensor] = position
    ends.update(dict.fromkeys(outputs, len(order)))
    for tensor, root in reversed(roots.items()):
        if root is not tensor and tensor in ends:
            ends[root] = max(ends.get(root, 0), ends[tensor])
    return ends


def owned_bytes(tensor: Tensor) -> int:
    """Give the bytes that a value takes, besides what is fed, held or constant."""
    op = tensor.node.op
    elsewhere = op.effect in {Effect.FED, Effect.READS} or isinstance(op, OPS["constant"])
    if op.memory is Memory.VIEW or elsewhere:
        return 0
    return tensor.spec.nbytes or 0
