"""The arrays that steps work on and that never move: arena, variables, constants and views."""

from collections.abc import Iterator

import numpy as np

from graphnet.compiler.plan import Plan
from graphnet.compiler.steps import Alias, Fill, Fixed, Held, Own, Part, Place, Slot, Span, Target
from graphnet.compiler.store import Store
from graphnet.compiler.views import empty
from graphnet.compiler.wholes import part_indices
from graphnet.ir.node import Node
from graphnet.ir.spec import static
from graphnet.ir.tensor import Tensor
from graphnet.kernels.aligned import aligned
from graphnet.typing import Array

__all__ = ["Workspace"]


class Workspace:
    """The arrays of a plan.

    Args:
        plan: The plan.
        store: Where the variables lie.

    Attributes:
        arrays: The array of every value that has a lasting place.
        temporary: The memory that steps write to before anything reads it, as bytes.
    """

    def __init__(self, plan: Plan, store: Store) -> None:
        self.plan = plan
        self.store = store
        self.arena = aligned(plan.arena)
        self.arrays: dict[Tensor, Array] = {}
        self.shared: dict[object, Array] = {}
        self.indices: dict[Node, list[tuple[slice, ...]]] = {}
        parts = [tensor for tensor, place in plan.places.items() if isinstance(place, Part)]
        others = [tensor for tensor in plan.places if not isinstance(plan.places[tensor], Part)]
        for tensor in (*others, *parts):  # which lie in the others
            self.locate(tensor, plan.places[tensor])
        self.temporary = [self.arena, *self.unfilled()]
        for fill in plan.filled:
            self.part(fill.node, fill.index)[...] = self.constant(fill)
        for step in plan.steps:
            if isinstance(step, Alias) and not self.arrays.keys() >= set(step.node.outputs):
                self.view(step)

    def unfilled(self) -> Iterator[Array]:
        """Give, as bytes, the parts of concatenations of their own that each run writes anew."""
        filled = {(fill.node, fill.index) for fill in self.plan.filled}
        for node in dict.fromkeys(node for node, _ in filled):
            for index in range(len(node.inputs)):
                if (node, index) not in filled:
                    part = self.part(node, index)
                    in_order = part if part.flags.c_contiguous else part.T
                    yield in_order.reshape(-1).view(np.uint8)

    def locate(self, tensor: Tensor, place: Place) -> None:
        """Find the array of a value, if its place alone says where it is.

        Values that take over memory from each other share one array object: where operand and
        result are the same object, NumPy needs not find out whether they overlap.
        """
        key = place, tensor.spec, tensor in self.plan.by_columns
        if isinstance(place, Slot | Part | Span) and key in self.shared:
            self.arrays[tensor] = self.shared[key]
            return
        array = self.array(tensor, place)
        if array is not None:
            self.arrays[tensor] = self.shared[key] = array

    def array(self, tensor: Tensor, place: Place) -> Array | None:
        """Make the array of a value."""
        by_columns = tensor in self.plan.by_columns
        shape = static(tensor.shape) if tensor.spec.is_static else ()
        match place:
            case Slot(start):
                flat = self.arena[start : start + (tensor.spec.nbytes or 0)].view(tensor.dtype)
                return flat.reshape(shape, order="F" if by_columns else "C")
            case Part(whole, index):
                return self.part(whole.node, index).reshape(shape)
            case Own():
                return empty(tensor, by_columns=by_columns)
            case Held():
                return self.store.places[tensor]
            case Span(variables):
                return self.store.span(variables).reshape(shape)
            case Fixed():
                value: Array = tensor.node.op.kernel()
                return value
        return None

    def part(self, node: Node, index: int) -> Array:
        """Give the place of an operand of a concatenation in the result."""
        if node not in self.indices:
            self.indices[node] = part_indices(node)
        return self.arrays[node.outputs[0]][self.indices[node][index]]

    def target(self, variables: Target) -> Array:
        """Give the memory that a value is committed to."""
        return (
            self.store.places[variables[0]] if len(variables) == 1 else self.store.span(variables)
        )

    def constant(self, fill: Fill) -> Array:
        """Give the value of an operand that is written once."""
        array: Array = fill.node.inputs[fill.index].node.op.kernel()
        return array

    def view(self, step: Alias) -> None:
        """Make the views that a node gives; operands used for their shape only may lie anywhere."""
        node = step.node
        base, *others = node.inputs
        shapes = (np.empty(static(other.shape), other.dtype) for other in others)
        results = node.op.kernel(self.arrays[base], *shapes)
        views = results if isinstance(results, tuple) else (results,)
        self.arrays.update(zip(node.outputs, views, strict=True))
