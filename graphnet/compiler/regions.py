"""Elementwise work on large arrays, put together so that it can be done block by block.

Steps that follow each other and go through arrays of one shape position by position form a region.
Values that only a region needs never exist as a whole: they take the memory of one block.
"""

from collections.abc import Iterator, Mapping, Sequence

from graphnet.compiler.steps import Block
from graphnet.ir.graph import consumers
from graphnet.ir.node import Node
from graphnet.ir.registry import OPS
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Effect
from graphnet.kernels.blocks import count_blocks
from graphnet.ops.families import Binary, Unary
from graphnet.ops.linalg import Matmul

__all__ = ["Region", "find_regions"]


class Region:
    """Nodes that are done together, block by block.

    Args:
        nodes: In the order in which they run.
        inside: The values that only they need.
        number: How many blocks there are.
        threads: How many threads work on them.

    Attributes:
        rooms: For each value inside, which of the memories for blocks it takes.
        makes: Of each such memory, the value that it was made for.
    """

    def __init__(
        self, nodes: Sequence[Node], inside: set[Tensor], number: int, threads: int
    ) -> None:
        self.nodes = tuple(nodes)
        self.number = number
        self.threads = threads
        self.rooms: dict[Tensor, Block] = {}
        self.makes: list[Tensor] = []
        last = {tensor: node for node in nodes for tensor in node.inputs}
        free: list[int] = []
        for node in nodes:
            (output,) = node.outputs
            dying = [x for x in dict.fromkeys(node.inputs) if x in self.rooms and last[x] is node]
            if output in inside:
                self.rooms[output] = self.take(node, dying, free)
            kept = self.rooms.get(output)
            free += [self.rooms[x].room for x in dying if self.rooms[x] != kept]

    def take(self, node: Node, dying: Sequence[Tensor], free: list[int]) -> Block:
        """Give memory for a result: that of a dying operand, memory that is free, or new one."""
        (output,) = node.outputs
        for index in node.op.inplace:
            operand = node.inputs[index]
            alone = node.op.ufunc is not None or sum(x is operand for x in node.inputs) == 1
            if any(operand is x for x in dying) and operand.dtype == output.dtype and alone:
                return self.rooms[operand]
        for room in free:
            if self.makes[room].dtype == output.dtype:
                free.remove(room)
                return Block(room)
        self.makes.append(output)
        return Block(len(self.makes) - 1)


def find_regions(
    order: Sequence[Node], kept: set[Tensor], late: set[Node], threads: int
) -> list[Region]:
    """Find the regions that are worth it.

    Args:
        order: All nodes, in the order in which they run.
        kept: Values that are handed out or committed.
        late: Nodes that write into variables, which no region may contain.
        threads: How many threads may be used, where BLAS does not need them.
    """
    if any(isinstance(node.op, Matmul) for node in order):
        threads = 1
    users = consumers(order)
    regions = (region(run, users, kept, threads) for run in runs(order, late))
    return [found for found in regions if found is not None]


def runs(order: Sequence[Node], late: set[Node]) -> Iterator[list[Node]]:
    """Give the longest sequences of steps that go through arrays of one shape."""
    run: list[Node] = []
    for node in order:
        if is_source(node):
            continue
        fits = node not in late and goes_through(node)
        if run and not (fits and node.outputs[0].shape == run[0].outputs[0].shape):
            yield run
            run = []
        if fits:
            run.append(node)
    if run:
        yield run


def is_source(node: Node) -> bool:
    """Whether a node is no step: its value is there already."""
    given = node.op.effect in {Effect.FED, Effect.READS}
    return given or isinstance(node.op, OPS["constant"])


def goes_through(node: Node) -> bool:
    """Whether a node goes through its operands position by position."""
    if not isinstance(node.op, Unary | Binary):
        return False
    shape = node.outputs[0].shape
    return node.outputs[0].spec.is_static and all(
        tensor.shape in (shape, ()) for tensor in node.inputs
    )


def region(
    run: list[Node], users: Mapping[Tensor, Sequence[Node]], kept: set[Tensor], threads: int
) -> Region | None:
    """Give a sequence of steps as a region, if blocks pay."""
    values = {tensor for node in run for tensor in (*node.inputs, *node.outputs) if tensor.ndim}
    largest = max((tensor.spec.nbytes or 0 for tensor in values), default=0)
    number = count_blocks(largest, len(run), len(values), threads)
    extent = run[0].outputs[0].shape[0] if run[0].outputs[0].shape else 0
    if number == 1 or not isinstance(extent, int) or extent < number:
        return None
    nodes = set(run)
    inside = {
        node.outputs[0]
        for node in run
        if node.outputs[0] not in kept and nodes.issuperset(users.get(node.outputs[0], ()))
    }
    return Region(run, inside, number, threads)
