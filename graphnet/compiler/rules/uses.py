"""How often a tensor is used, which decides whether taking its node apart is worth while."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import chain

from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.op import Op
from graphnet.ir.tensor import Tensor
from graphnet.ops.extents import ShapeOf, Size
from graphnet.ops.like import BroadcastLike, FullLike, ReshapeLike, SumLike
from graphnet.ops.reduction import Divisor

__all__ = ["Uses", "counting", "used_once"]


SHAPES: dict[type[Op], int] = {
    **dict.fromkeys((BroadcastLike, ReshapeLike, SumLike), 1),
    **dict.fromkeys((Divisor, FullLike, ShapeOf, Size), 0),
}
"""Of how many operands an op takes the values; of the others it only needs the shape."""


class Uses:
    """The number of uses of the values of each tensor, kept up to date while nodes are replaced.

    Args:
        graph: The graph to count in; its outputs are uses, too.
    """

    def __init__(self, graph: Graph) -> None:
        self.counts = Counter(graph.outputs)
        self.take(graph.nodes)

    def hand_over(self, before: Iterable[Tensor], after: Iterable[Tensor]) -> None:
        """Let tensors be used where others were."""
        for old, new in zip(before, after, strict=True):
            self.counts[new] += self.counts[old]

    def take(self, nodes: Iterable[Node]) -> None:
        """Count what nodes use."""
        self.counts.update(chain.from_iterable([used(node) for node in nodes]))

    def release(self, node: Node) -> None:
        """Count no more what a node uses that is not needed any more, nor what only it needs."""
        pending = [node]
        while pending:
            for tensor in used(pending.pop()):
                self.counts[tensor] -= 1
                if not any(self.counts[output] for output in tensor.node.outputs):
                    pending.append(tensor.node)


def used(node: Node) -> tuple[Tensor, ...]:
    """Give the operands whose values a node takes."""
    limit = SHAPES.get(type(node.op))
    return node.inputs if limit is None else node.inputs[:limit]


CURRENT: ContextVar[Uses] = ContextVar("CURRENT")


@contextmanager
def counting(graph: Graph) -> Iterator[Uses]:
    """Let ``used_once`` tell of the tensors of a graph."""
    uses = Uses(graph)
    token = CURRENT.set(uses)
    try:
        yield uses
    finally:
        CURRENT.reset(token)


def used_once(tensor: Tensor) -> bool:
    """Whether nobody uses the values of a tensor but the node at hand."""
    return CURRENT.get().counts[tensor] <= 1
