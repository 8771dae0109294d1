"""Memory planning: which value lives where.

Live ranges follow from the order of steps. A view lives in its base; an op that may work in place
takes over the memory of an input that dies there; any other result takes a span of the plan's arena
that a dead value of the same size has left, or a new one. What the user will own - fetches - is
made afresh in each run; feeds, variables and constants stay where they are.
"""

from collections.abc import Sequence

import numpy as np

from graphnet.compiler.plan import (
    Alias,
    Call,
    Copy,
    Fed,
    Fixed,
    Held,
    Place,
    Plan,
    Release,
    Slot,
    Step,
    Taken,
    View,
)
from graphnet.compiler.schedule import ends_of_life
from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.registry import OPS
from graphnet.ir.spec import static
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Effect, Memory
from graphnet.typing import Array

__all__ = ["allocate"]

ALIGNMENT = 64  # bytes: a cache line, and the widest vector register


def allocate(
    graph: Graph, order: Sequence[Node], variables: Sequence[Tensor] = (), *, reuse: bool = True
) -> Plan:
    """Decide where each value lives, and give the finished plan.

    Args:
        graph: Its outputs are the fetches, then the new values of ``variables``.
        order: The nodes in the order in which they run.
        variables: What the last outputs are committed to.
        reuse: Whether results are written into memory of the plan; otherwise each kernel makes its
            own, which is slower and easier to debug.
    """
    return Allocator(graph, order, variables, reuse=reuse).plan()


class Allocator:
    """The places decided so far."""

    def __init__(
        self, graph: Graph, order: Sequence[Node], variables: Sequence[Tensor], *, reuse: bool
    ) -> None:
        self.graph = graph
        self.variables = variables
        count = len(graph.outputs) - len(variables)
        self.fetches, self.values = graph.outputs[:count], graph.outputs[count:]
        self.order = order
        self.reuse = reuse
        self.fetched = set(self.fetches)
        self.inputs = set(graph.inputs)
        self.stand_ins: dict[Tensor, Array | None] = {}
        self.views: set[Tensor] = set()
        self.roots: dict[Tensor, Tensor] = {}
        for node in order:
            self.find_roots(node)
        self.ends = ends_of_life(order, graph.outputs, self.roots)
        self.places: dict[Tensor, Place] = {}
        self.free: dict[int, list[Slot]] = {}
        self.arena = 0
        self.steps: list[Step] = []

    def plan(self) -> Plan:
        """Go through the nodes in order, and put all decisions together."""
        for tensor in self.graph.inputs:
            self.places[tensor] = Fed()
        dying = self.deaths()
        for position, node in enumerate(self.order):
            self.visit(node, position)
            self.release(dying[position])
        for variable in self.variables:
            self.places.setdefault(variable, Held())
        self.copy()
        writes = tuple(zip(self.variables, self.values, strict=True))
        return Plan(self.graph, tuple(self.steps), self.places, self.fetches, writes, self.arena)

    # Views

    def find_roots(self, node: Node) -> None:
        """Note whose memory the outputs of ``node`` lie in: their own, or its first input's."""
        for output in node.outputs:
            self.roots[output] = output
        if node.op.memory is Memory.VIEW and self.shares(node):
            base = node.inputs[0]
            for output in node.outputs:
                self.roots[output] = base

    def shares(self, node: Node) -> bool:
        """Whether the results of a view are views, as far as can be known before running."""
        if not self.is_static(node):
            return True
        base = self.stand_in(node.inputs[0])
        if base is None:
            return True
        others = (np.empty(static(tensor.shape), tensor.dtype) for tensor in node.inputs[1:])
        results = node.op.kernel(base, *others)
        views = results if isinstance(results, tuple) else (results,)
        shared = [not view.size or np.may_share_memory(view, base) for view in views]
        if all(shared):
            self.stand_ins.update(zip(node.outputs, views, strict=True))
            self.views.update(node.outputs)
        return any(shared)

    def stand_in(self, tensor: Tensor) -> Array | None:
        """Give an array with the memory layout that a value will have; None if nobody knows."""
        if tensor not in self.stand_ins:
            known = tensor not in self.inputs and self.settled(tensor.node)
            empty = np.empty(static(tensor.shape), tensor.dtype) if known else None
            self.stand_ins[tensor] = empty
        return self.stand_ins[tensor]

    def settled(self, node: Node) -> bool:
        """Whether the outputs of ``node`` lie in memory that never moves."""
        if node.op.effect is Effect.READS or isinstance(node.op, OPS["constant"]):
            return True
        static = self.reuse and node.op.memory is Memory.INTO and self.is_static(node)
        return static and self.fetched.isdisjoint(node.outputs)

    def is_static(self, node: Node) -> bool:
        """Whether all extents around ``node`` are known."""
        return all(tensor.spec.is_static for tensor in (*node.inputs, *node.outputs))

    # Places

    def visit(self, node: Node, position: int) -> None:
        """Decide where the outputs of one node live, and append its step."""
        if not self.inputs.isdisjoint(node.outputs):
            return
        if node.op.effect is Effect.READS:
            self.places[node.outputs[0]] = Held()
        elif isinstance(node.op, OPS["constant"]):
            self.places[node.outputs[0]] = Fixed()
        elif node.outputs and self.views.issuperset(node.outputs):
            self.places.update(dict.fromkeys(node.outputs, View(node.inputs[0])))
            self.steps.append(Alias(node))
        else:
            self.steps.append(self.call(node, position))

    def call(self, node: Node, position: int) -> Call:
        """Decide where a kernel puts its results."""
        into = self.reuse and node.op.memory is Memory.INTO and self.is_static(node)
        if not into or not self.fetched.isdisjoint(node.outputs):
            self.places.update(dict.fromkeys(node.outputs, Taken()))
            return Call(node, into=into, fresh=into)
        taken_over = self.inplace(node, position)
        for output in node.outputs:
            self.places[output] = (
                self.slot(output) if taken_over is None else self.places[node.inputs[taken_over]]
            )
        return Call(node, into=True, inplace=taken_over)

    def inplace(self, node: Node, position: int) -> int | None:
        """Give the index of the input whose memory the result can take over."""
        for index in node.op.inplace:
            tensor = node.inputs[index]
            if (
                self.ends.get(tensor) == position
                and self.roots[tensor] is tensor
                and isinstance(self.places[tensor], Slot)
                and tensor.spec == node.outputs[0].spec
                and self.only_reader(node, tensor)
            ):
                return index
        return None

    def only_reader(self, node: Node, tensor: Tensor) -> bool:
        """Whether no other operand lies in the same memory; the same operand twice suits ufuncs."""
        others = [other for other in node.inputs if self.root(other) is tensor]
        return len(others) == 1 or (
            node.op.ufunc is not None and all(other is tensor for other in others)
        )

    def root(self, tensor: Tensor) -> Tensor:
        """Give the value whose memory a tensor lies in."""
        while self.roots.get(tensor, tensor) is not tensor:
            tensor = self.roots[tensor]
        return tensor

    def slot(self, tensor: Tensor) -> Slot:
        """Give a free span of the arena for a value."""
        size = -(-(tensor.spec.nbytes or 0) // ALIGNMENT) * ALIGNMENT
        free = self.free.get(size)
        if free:
            return free.pop()
        start = self.arena
        self.arena += size
        return Slot(start, size)

    # Ends

    def deaths(self) -> list[list[Tensor]]:
        """Give for each position the values that own memory and are used there last."""
        dying: list[list[Tensor]] = [[] for _ in range(len(self.order) + 1)]
        for position, node in enumerate(self.order):
            for output in node.outputs:
                if self.roots[output] is output:
                    dying[self.ends.get(output, position)].append(output)
        return dying

    def release(self, dying: Sequence[Tensor]) -> None:
        """Give back the memory of values that nobody needs any more."""
        step = self.steps[-1] if self.steps else None
        taken_over = None
        if isinstance(step, Call) and step.inplace is not None:
            taken_over = step.node.inputs[step.inplace]
        forgotten = []
        for tensor in dying:
            place = self.places.get(tensor)
            if isinstance(place, Slot) and tensor is not taken_over:
                self.free.setdefault(place.size, []).append(place)
            elif isinstance(place, Taken):
                forgotten.append(tensor)
        if forgotten:
            self.steps.append(Release(tuple(forgotten)))

    def copy(self) -> None:
        """Append copies of what the user must not share, and of what a commit could overwrite."""
        copies: dict[Tensor, str] = {}
        for tensor in self.values:
            if isinstance(self.places[self.root(tensor)], Held):
                copies[tensor] = "commit"
        for tensor in self.fetches:
            if not isinstance(self.places[tensor], Taken) or self.roots.get(tensor) is not tensor:
                copies[tensor] = "fetch"
        self.steps += [Copy(tensor, why) for tensor, why in copies.items()]
