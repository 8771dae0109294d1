"""Updates of large variables in place, behind the last step that can fail.

The new value of a variable is computed, as any other, in memory of the plan, and copied to the
variable when all else is done. For large variables the copy costs as much as the update. If what
computes it is elementwise, it can write into the variable itself: then it belongs to the commit,
and so does everything that needs its result.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from graphnet.compiler.forms import BY_KEYWORD
from graphnet.compiler.steps import Target
from graphnet.compiler.views import is_static
from graphnet.compiler.wholes import source
from graphnet.ir.graph import consumers
from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Effect, Memory
from graphnet.ops.families import Binary, Unary
from graphnet.ops.join import Concat

__all__ = ["SMALLEST", "Commit"]

SMALLEST = 1 << 16
"""Bytes of all updates from which on copying them takes time that can be measured."""


class Commit:
    """Which updates write into their variables.

    Args:
        order: The nodes in the order in which they run.
        writes: New values by what they are committed to.
        kept: Values that are handed out or fed, and so lie elsewhere.

    Attributes:
        updated: The values that are written into variables, and into which.
        nodes: The nodes that run as part of the commit, in order.
    """

    def __init__(
        self, order: Sequence[Node], writes: Iterable[tuple[Target, Tensor]], kept: set[Tensor]
    ) -> None:
        self.order = order
        self.positions = {node: position for position, node in enumerate(order)}
        self.kept = kept
        writes = list(writes)
        counts = Counter(value for _, value in writes)
        self.updated: dict[Tensor, Target] = {
            value: target
            for target, value in writes
            if self.is_safe(value.node) and counts[value] == 1
        }
        if sum(value.spec.nbytes or 0 for value in self.updated) < SMALLEST:
            self.updated = {}
        self.nodes = self.behind()
        while hazards := self.hazards():
            self.updated = {v: t for v, t in self.updated.items() if v not in hazards}
            self.nodes = self.behind()
        self.nodes = self.with_first_steps()
        self.last_reads = self.find_last_reads()

    def is_safe(self, node: Node) -> bool:
        """Whether a node cannot fail and can write into any memory."""
        return (
            isinstance(node.op, Unary | Binary)
            and node.op.ufunc is not None
            and node.op.ufunc not in BY_KEYWORD
            and is_static(node)
            and self.kept.isdisjoint(node.outputs)
        )

    def behind(self) -> list[Node]:
        """Give the nodes that make the updates, and all that need them."""
        found = {value.node for value in self.updated}
        if found:
            for node in self.order:
                if any(tensor.node in found for tensor in node.inputs):
                    found.add(node)
        return [node for node in self.order if node in found]

    def with_first_steps(self) -> list[Node]:
        """Give the nodes of the commit, and before them those that only prepare a variable.

        What is made of a variable's old value, and only serves the new one, can take its memory.
        """
        late = set(self.nodes)
        wholes = {tuple(map(id, target)) for target in self.updated.values()}
        written = {
            variable: self.positions[value.node]
            for value, target in self.updated.items()
            for variable in target
        }
        users = consumers(self.order)
        for node in reversed(self.order):
            used = [user for output in node.outputs for user in users.get(output, ())]
            only = bool(used) and late.issuperset(used) and self.is_safe(node)
            if only and self.prepares(node, wholes) and not self.comes_too_late(node, written):
                late.add(node)
        return [node for node in self.order if node in late]

    def comes_too_late(self, node: Node, written: Mapping[Tensor, int]) -> bool:
        """Whether something that a node reads has been written by then, in the given order."""
        place = self.positions[node]
        read = (variable for operand in node.inputs for variable in read_by(operand))
        return any(written.get(variable, place) < place for variable in read)

    def prepares(self, node: Node, wholes: set[tuple[int, ...]]) -> bool:
        """Whether a node takes all of a variable that is updated in place."""
        return any(parts_of(tensor) in wholes for tensor in node.inputs)

    def hazards(self) -> set[Tensor]:
        """Give values that cannot be written into their variables."""
        unsafe: set[Node] = set()
        users = consumers(self.nodes)
        for node in reversed(self.nodes):
            used = (user for output in node.outputs for user in users.get(output, ()))
            if not self.is_safe(node) or not unsafe.isdisjoint(used):
                unsafe.add(node)
        self.last_reads = self.find_last_reads()
        places = {node: place for place, node in enumerate(self.nodes)}
        return {
            value
            for value, target in self.updated.items()
            if value.node in unsafe or not self.may_start(places[value.node], target)
        }

    def find_last_reads(self) -> dict[Tensor, int]:
        """Give for each variable which node of the commit reads it last."""
        return {
            variable: place
            for place, node in enumerate(self.nodes)
            for operand in node.inputs
            for variable in read_by(operand)
        }

    def may_start(self, position: int, target: Target) -> bool:
        """Whether a variable may be overwritten from a node of the commit on.

        Args:
            position: Which node of the commit.
            target: The variable, or several.
        """
        aligned = all(
            read_by(operand).isdisjoint(target) or parts_of(operand) == tuple(map(id, target))
            for operand in self.nodes[position].inputs
        )
        return aligned and all(self.last_reads.get(item, -1) <= position for item in target)


def read_by(tensor: Tensor) -> frozenset[Tensor]:
    """Give the variables in whose memory a value may lie."""
    node = tensor.node
    if node.op.effect is Effect.READS:
        return frozenset([tensor])
    if isinstance(node.op, Concat):
        return frozenset().union(*map(read_by, node.inputs))
    return read_by(node.inputs[0]) if node.op.memory is Memory.VIEW and node.inputs else frozenset()


def parts_of(tensor: Tensor) -> tuple[int, ...]:
    """Give the identities of what a value consists of, element by element and in order."""
    if isinstance(tensor.node.op, Concat):
        return tuple(map(id, map(source, tensor.node.inputs)))
    return (id(tensor),)
