"""Concatenations that cost nothing, since their operands are made where they belong.

``h = relu(z); c = concat(h, ones)``: h is written to its part of c's memory from the start, and
the ones, being constant, are written once. Variables that lie side by side in the session's store
are a concatenation already.
"""

from collections import Counter
from collections.abc import Iterable
from itertools import accumulate, pairwise

from graphnet.compiler.steps import Fill, Part, Span
from graphnet.compiler.store import Store
from graphnet.compiler.views import is_static
from graphnet.ir.node import Node
from graphnet.ir.registry import OPS
from graphnet.ir.spec import static
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Effect
from graphnet.ops.join import Concat
from graphnet.ops.shape import ExpandDims, Reshape, Squeeze

__all__ = ["Wholes", "part_indices", "source"]


class Wholes:
    """What becomes of the concatenations of a graph.

    Args:
        order: The nodes in the order in which they run.
        makes: Values that are made in memory of the plan, so that they can be made in any place.
        kept: Values that are handed out and must not lie inside of anything else.
        by_columns: Matrices that are stored column by column.
        store: Where the variables lie.

    Attributes:
        spans: Concatenations of variables that lie side by side.
        parts: The place of each value that is made inside of a concatenation.
        fills: For each other concatenation the operands that have to be copied to their places.
        filled: Operands that are written once, since they are constants.
        owned: The concatenations that have such operands, in memory that nothing else takes.
    """

    def __init__(
        self,
        order: Iterable[Node],
        makes: set[Tensor],
        kept: set[Tensor],
        by_columns: frozenset[Tensor],
        store: Store,
    ) -> None:
        self.makes = makes
        self.by_columns = by_columns
        self.store = store
        self.spans: dict[Tensor, Span] = {}
        self.parts: dict[Tensor, Part] = {}
        self.fills: dict[Tensor, list[Fill]] = {}
        self.filled: list[Fill] = []
        self.owned: set[Tensor] = set()
        self.placed = (self.spans, self.parts, self.fills)
        for node in order:
            if isinstance(node.op, Concat) and is_static(node) and node.outputs[0] not in kept:
                self.join(node)

    def join(self, node: Node) -> None:
        """Decide about one concatenation."""
        (whole,) = node.outputs
        sources = [source(operand) for operand in node.inputs]
        if self.is_span(node, sources):
            self.spans[whole] = Span(tuple(sources))
        elif self.has_contiguous_parts(node):
            self.place_parts(node, sources)

    def is_span(self, node: Node, sources: list[Tensor]) -> bool:
        """Whether the operands are variables whose memory is the result already."""
        return (
            axis_of(node) == 0
            and all(tensor.node.op.effect is Effect.READS for tensor in sources)
            and len(set(sources)) == len(sources)
            and self.store.request(sources)
        )

    def has_contiguous_parts(self, node: Node) -> bool:
        """Whether each operand takes one piece of the result's memory."""
        (whole,) = node.outputs
        axis, shape = axis_of(node), static(whole.shape)
        slower = shape[axis + 1 :] if whole in self.by_columns else shape[:axis]
        return all(extent == 1 for extent in slower)

    def place_parts(self, node: Node, sources: list[Tensor]) -> None:
        """Give the operands their places in the result."""
        (whole,) = node.outputs
        counts = Counter(sources)
        fills = self.fills[whole] = []
        for index, (operand, tensor) in enumerate(zip(node.inputs, sources, strict=True)):
            if counts[tensor] == 1 and self.can_be_made_in(whole, operand, tensor):
                self.parts[tensor] = Part(whole, index)
            elif isinstance(operand.node.op, OPS["constant"]):
                self.filled.append(Fill(node, index))
                self.owned.add(whole)
            else:
                fills.append(Fill(node, index))

    def can_be_made_in(self, whole: Tensor, operand: Tensor, tensor: Tensor) -> bool:
        """Whether a value can be made at its place in a concatenation."""
        if tensor not in self.makes or any(tensor in known for known in self.placed):
            return False
        if tensor is operand:
            return (tensor in self.by_columns) == (whole in self.by_columns)
        return tensor not in self.by_columns and whole not in self.by_columns


def source(tensor: Tensor) -> Tensor:
    """Give the value that has the elements of ``tensor`` in the same order, if in another shape."""
    while isinstance(tensor.node.op, Reshape | ExpandDims | Squeeze):
        tensor = tensor.node.inputs[0]
    return tensor


def part_indices(node: Node) -> list[tuple[slice, ...]]:
    """Give the index of each operand of a concatenation in the result."""
    axis = axis_of(node)
    ends = accumulate((static(operand.shape)[axis] for operand in node.inputs), initial=0)
    return [(*[slice(None)] * axis, slice(*edges)) for edges in pairwise(ends)]


def axis_of(node: Node) -> int:
    """Give the axis of a concatenation."""
    assert isinstance(node.op, Concat)
    return node.op.axis
