"""Updates of large variables in place, behind the last step that can fail.

The new value of a variable is computed, as any other, in memory of the plan, and copied to the
variable when all else is done. For large variables the copy costs as much as the update. If what
computes it is elementwise, it can write into the variable itself: then it belongs to the commit,
and so does everything that needs its result.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from graphnet.compiler.steps import Target
from graphnet.compiler.wholes import source
from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Effect, Memory
from graphnet.ops.families import Binary, Unary
from graphnet.ops.join import Concat

__all__ = ["SMALLEST", "Commit"]

SMALLEST = 1 << 16
"""Bytes of all updates above which copying them costs more than a commit of several calls."""

REFUSED = (np.maximum, np.minimum)
"""NumPy is about to refuse a positional ``out`` for these."""


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
            if self.is_safe(value.node) and counts[value] == 1 and value.spec.is_static
        }
        if sum(value.spec.nbytes or 0 for value in self.updated) < SMALLEST:
            self.updated = {}
        self.nodes = self.behind(self.updated)
        while (hazard := self.hazard()) is not None:
            del self.updated[hazard]
            self.nodes = self.behind(self.updated)
        self.nodes = self.with_first_steps()

    def is_safe(self, node: Node) -> bool:
        """Whether a node cannot fail and can write into any memory."""
        return (
            isinstance(node.op, Unary | Binary)
            and node.op.ufunc is not None
            and node.op.ufunc not in REFUSED
            and self.kept.isdisjoint(node.outputs)
        )

    def behind(self, values: Mapping[Tensor, Target]) -> list[Node]:
        """Give the nodes that make the values, and all that need them."""
        found: set[Node] = {value.node for value in values}
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
        users: dict[Tensor, list[Node]] = {}
        for node in self.order:
            for tensor in node.inputs:
                users.setdefault(tensor, []).append(node)
        for node in reversed(self.order):
            used = [user for output in node.outputs for user in users.get(output, ())]
            only = bool(used) and late.issuperset(used) and self.is_safe(node)
            if only and self.prepares(node) and not self.comes_too_late(node):
                late.add(node)
        return [node for node in self.order if node in late]

    def comes_too_late(self, node: Node) -> bool:
        """Whether something that a node reads has been written by then, in the given order."""
        place = self.positions[node]
        written = (t for value, t in self.updated.items() if self.positions[value.node] < place)
        read = [read_by(operand) for operand in node.inputs]
        return any(not variables.isdisjoint(target) for target in written for variables in read)

    def prepares(self, node: Node) -> bool:
        """Whether a node takes all of a variable that is updated in place."""
        targets = self.updated.values()
        return any(is_whole(tensor, target) for tensor in node.inputs for target in targets)

    def hazard(self) -> Tensor | None:
        """Give a value that cannot be written into its variable, if there is one."""
        for node in self.nodes:
            if not self.is_safe(node):
                return next(value for value in self.updated if node in self.behind({value: ()}))
        for value, target in self.updated.items():
            if not self.may_start(self.nodes.index(value.node), target):
                return value
        return None

    def may_start(self, position: int, target: Target) -> bool:
        """Whether a variable may be overwritten from a node of the commit on.

        Args:
            position: Which node of the commit.
            target: The variable, or several.
        """
        node, *later = self.nodes[position:]
        aligned = all(
            read_by(operand).isdisjoint(target) or is_whole(operand, target)
            for operand in node.inputs
        )
        readers = (operand for other in later for operand in other.inputs)
        return aligned and all(read_by(operand).isdisjoint(target) for operand in readers)


def read_by(tensor: Tensor) -> frozenset[Tensor]:
    """Give the variables in whose memory a value may lie."""
    node = tensor.node
    if node.op.effect is Effect.READS:
        return frozenset([tensor])
    if isinstance(node.op, Concat):
        return frozenset().union(*map(read_by, node.inputs))
    return read_by(node.inputs[0]) if node.op.memory is Memory.VIEW and node.inputs else frozenset()


def is_whole(tensor: Tensor, target: Target) -> bool:
    """Whether a value is all of what is written, element by element."""
    if isinstance(tensor.node.op, Concat):
        parts = tuple(map(source, tensor.node.inputs))
        return [*map(id, parts)] == [*map(id, target)]
    return len(target) == 1 and target[0] is tensor
