"""Memory planning: which value lives where.

Live ranges follow from the order of steps. A view lives in its base, an operand of a concatenation
in its part of the whole; an op that may work in place takes over the memory of an input that dies
there; any other result takes a span of the plan's arena that a dead value of the same size has
left, or a new one. What the user will own - fetches - is made afresh in each run; feeds, variables
and constants stay where they are.
"""

from collections.abc import Iterable, Sequence
from itertools import chain

from graphnet.compiler.commit import Commit
from graphnet.compiler.forms import gives_number
from graphnet.compiler.plan import Plan
from graphnet.compiler.regions import Region, find_regions
from graphnet.compiler.schedule import ends_of_life
from graphnet.compiler.steps import (
    Alias,
    Blocks,
    Call,
    Copy,
    Fed,
    Fixed,
    Held,
    Number,
    Own,
    Part,
    Place,
    Release,
    Span,
    Step,
    Taken,
    Target,
    View,
)
from graphnet.compiler.storage import Storage, pack
from graphnet.compiler.store import Store
from graphnet.compiler.views import Views, is_static
from graphnet.compiler.wholes import Wholes
from graphnet.ir.graph import Graph, consumers
from graphnet.ir.node import Node
from graphnet.ir.registry import OPS
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Effect, Memory
from graphnet.kernels.aligned import round_up

__all__ = ["allocate"]


def allocate(
    graph: Graph,
    order: Sequence[Node],
    targets: Sequence[Target] = (),
    store: Store | None = None,
    by_columns: frozenset[Tensor] = frozenset(),
    *,
    reuse: bool = True,
    numbers: bool = False,
    threads: int = 1,
) -> Plan:
    """Decide where each value lives, and give the finished plan.

    Args:
        graph: Its outputs are the fetches, then the new values of ``targets``.
        order: The nodes in the order in which they run.
        targets: What the last outputs are committed to.
        store: Where the variables lie.
        by_columns: Matrices that are stored column by column.
        reuse: Whether results are written into memory of the plan; otherwise each kernel makes its
            own, which is slower and easier to debug.
        numbers: Whether values without axes are held as NumPy scalars where that is cheaper.
        threads: How many threads may work on large arrays.
    """
    store = store or Store()
    allocator = Allocator(graph, order, targets, store, by_columns, reuse, numbers, threads)
    return allocator.plan()


class Allocator:
    """The places decided so far."""

    def __init__(
        self,
        graph: Graph,
        order: Sequence[Node],
        targets: Sequence[Target],
        store: Store,
        by_columns: frozenset[Tensor],
        reuse: bool,
        numbers: bool,
        threads: int,
    ) -> None:
        self.graph = graph
        count = len(graph.outputs) - len(targets)
        self.fetches = graph.outputs[:count]
        self.writes = dict(zip(targets, graph.outputs[count:], strict=True))
        writes = self.writes.items() if reuse else ()
        self.commit = Commit(order, writes, {*self.fetches, *graph.inputs})
        self.late = set(self.commit.nodes)
        self.order = [node for node in order if node not in self.late] + self.commit.nodes
        self.by_columns = by_columns
        self.reuse = reuse
        self.fetched = set(self.fetches)
        self.inputs = set(graph.inputs)
        self.places: dict[Tensor, Place] = {}
        self.storages: dict[Tensor, Storage] = {}
        self.steps: list[Step] = []
        self.calls: list[Call] = []
        self.updates: list[Call] = []
        self.wholes = Wholes(self.order, self.made(), self.fetched, by_columns, store)
        kept = {*graph.outputs, *by_columns}
        found = find_regions(self.order, kept, self.late, threads) if numbers and reuse else []
        self.regions = {node: region for region in found for node in region.nodes}
        for region in found:
            self.places.update(region.rooms)
        if numbers and reuse:
            self.places.update(dict.fromkeys(self.numbers(), Number()))
        self.views = Views(self.lasts, by_columns)
        for node in self.order:
            self.views.visit(node)
        self.viewers: dict[Tensor, list[Tensor]] = {}
        for view, root in self.views.roots.items():
            if root is not view:
                self.viewers.setdefault(self.views.root(view), []).append(view)
        self.ends = ends_of_life(self.order, graph.outputs, self.views.roots)
        self.keep_wholes()
        self.keep_for_blocks(found)

    def plan(self) -> Plan:
        """Go through the nodes in order, and put all decisions together."""
        for tensor in self.graph.inputs:
            self.places[tensor] = Fed()
        dying = self.deaths()
        for position, node in enumerate(self.order):
            self.visit(node, position)
            if node not in self.late:  # the commit comes behind all steps, and needs its operands
                self.release(dying[position])
        self.copy()
        arena = pack(dict.fromkeys(self.storages.values()))
        for tensor, storage in self.storages.items():
            assert storage.place is not None, "please report: memory without a place"
            self.places[tensor] = storage.place
        for variable in dict.fromkeys(chain(*self.writes)):
            self.places.setdefault(variable, Held())
        return Plan(
            self.graph,
            tuple(self.steps),
            self.places,
            self.fetches,
            tuple(item for item in self.writes.items() if item[1] not in self.commit.updated),
            tuple(self.updates),
            arena=arena,
            filled=tuple(self.wholes.filled),
            by_columns=self.by_columns,
        )

    # What is known beforehand

    def made(self) -> set[Tensor]:
        """Give the values that kernels can write into any memory that they are given."""
        return {
            output
            for node in self.order
            if self.writes_into(node) and self.inputs.isdisjoint(node.outputs)
            for output in node.outputs
            if output.ndim
        }

    def writes_into(self, node: Node) -> bool:
        """Whether the kernel of a node writes into memory that it is given."""
        return self.reuse and node.op.memory is Memory.INTO and is_static(node)

    def numbers(self) -> list[Tensor]:
        """Give the values that are held as NumPy scalars."""
        users = consumers(self.order)
        return [
            node.outputs[0]
            for node in self.order
            if gives_number(node)
            and node not in self.late
            and self.inputs.isdisjoint(node.outputs)
            and all(other.op.ufunc for other in users.get(node.outputs[0], ()))
        ]

    def lasts(self, node: Node) -> bool:
        """Whether what a node makes lies in memory that never moves."""
        if not self.inputs.isdisjoint(node.outputs) or not self.writes_into(node):
            return False
        return not any(self.is_own(output) or output in self.places for output in node.outputs)

    def is_own(self, tensor: Tensor) -> bool:
        """Whether a value is made anew in each run, since the user will own it."""
        return (
            tensor in self.fetched
            and tensor not in self.wholes.parts
            and tensor not in self.by_columns
        )

    def keep_for_blocks(self, found: Iterable[Region]) -> None:
        """Let what a region reads live to its end: the last block needs it, too."""
        positions = {node: position for position, node in enumerate(self.order)}
        for region in found:
            last = positions[region.nodes[-1]]
            for tensor in {tensor for node in region.nodes for tensor in node.inputs}:
                root = self.views.root(tensor)
                self.ends[root] = max(self.ends.get(root, 0), last)

    def keep_wholes(self) -> None:
        """Let a concatenation live as long as its parts, and these as long as it."""
        last: dict[Tensor, int] = {}
        for tensor, part in self.wholes.parts.items():
            ends = (self.ends.get(part.whole, 0), self.ends.get(tensor, 0))
            last[part.whole] = max(*ends, last.get(part.whole, 0))
        for tensor, part in self.wholes.parts.items():
            self.ends[tensor] = last[part.whole]
        self.ends.update(last)

    # Places

    def visit(self, node: Node, position: int) -> None:
        """Decide where the outputs of one node live, and append its step."""
        if not self.inputs.isdisjoint(node.outputs):
            return
        if node.op.effect is Effect.READS:
            self.places[node.outputs[0]] = Held()
        elif isinstance(node.op, OPS["constant"]):
            self.places[node.outputs[0]] = Fixed()
        elif node.outputs and node.outputs[0] in self.wholes.spans:
            self.places[node.outputs[0]] = self.wholes.spans[node.outputs[0]]
            self.steps.append(Alias(node))
        elif node.outputs and node.outputs[0] in self.wholes.fills:
            self.storage_of_whole(node.outputs[0], position)
            self.steps += [*self.wholes.fills[node.outputs[0]], Alias(node)]
        elif node.outputs and self.views.fixed.issuperset(node.outputs):
            self.places.update(dict.fromkeys(node.outputs, View(node.inputs[0])))
            self.steps.append(Alias(node))
        elif node in self.late:
            self.updates.append(self.call(node, position))
        elif node in self.regions:
            self.add_to_region(self.regions[node], self.call(node, position))
        else:
            self.steps.append(self.call(node, position))

    def add_to_region(self, region: Region, call: Call) -> None:
        """Collect the calls of a region; behind the last, append the step that makes them."""
        self.calls.append(call)
        if call.node is region.nodes[-1]:
            rooms = tuple(region.makes)
            self.steps.append(Blocks(tuple(self.calls), region.number, region.threads, rooms))
            self.calls = []

    def call(self, node: Node, position: int) -> Call:
        """Decide where a kernel puts its results."""
        if all(output in self.places for output in node.outputs) and node.outputs:
            return Call(node, into=node in self.regions)
        into = self.writes_into(node)
        if not into or any(map(self.is_own, node.outputs)):
            self.places.update(dict.fromkeys(node.outputs, Taken()))
            return Call(node, into=into, fresh=into)
        taken_over = None if node in self.regions else self.inplace(node, position)
        if taken_over is None:
            for output in node.outputs:
                self.storages[output] = self.storage(output, position)
        else:
            self.take_over(node.inputs[taken_over], node.outputs[0], position)
        return Call(node, into=True, inplace=taken_over)

    def take_over(self, old: Tensor, new: Tensor, position: int) -> None:
        """Let a value take the memory of another; both lie where one of them has to."""
        storage = self.storages[new] = self.storages[old]
        if new in self.wholes.parts:
            self.put_into_whole(storage, self.wholes.parts[new])
        if new in self.commit.updated:
            storage.place = Span(self.commit.updated[new])
        storage.extend(self.ends.get(new, position))

    def storage(self, tensor: Tensor, position: int) -> Storage:
        """Give memory for a value that takes over none."""
        size = round_up(tensor.spec.nbytes or 0)
        made = Storage(size, position, self.ends.get(tensor, position))
        if tensor in self.wholes.parts:
            self.put_into_whole(made, self.wholes.parts[tensor])
        if tensor in self.commit.updated:
            made.place = Span(self.commit.updated[tensor])
        return made

    def put_into_whole(self, storage: Storage, part: Part) -> None:
        """Let memory be part of that of a concatenation, which then is needed as early."""
        storage.part, storage.whole = part, self.storage_of_whole(part.whole, storage.start)
        storage.whole.start = min(storage.whole.start, storage.start)
        storage.extend(storage.end)

    def storage_of_whole(self, whole: Tensor, position: int) -> Storage:
        """Give the memory of a concatenation."""
        if whole not in self.storages:
            self.storages[whole] = self.storage(whole, position)
            self.storages[whole].has_parts = True
            if whole in self.wholes.owned:
                self.storages[whole].place = Own()
        return self.storages[whole]

    def inplace(self, node: Node, position: int) -> int | None:
        """Give the index of the input whose memory the result can take over."""
        (result, *_) = node.outputs
        for index in node.op.inplace:
            tensor = node.inputs[index]
            storage = self.storages.get(tensor)
            if (
                storage is not None
                and self.ends.get(tensor) == position
                and tensor.spec == result.spec
                and (tensor in self.by_columns) == (result in self.by_columns)
                and not (result in self.wholes.parts and (storage.part or storage.has_parts))
                and not isinstance(storage.place, Own)
                and self.may_become(storage, result)
                and self.only_reader(node, tensor)
            ):
                return index
        return None

    def may_become(self, storage: Storage, result: Tensor) -> bool:
        """Whether memory can be that of the variable that a result is written to, if it is."""
        if result not in self.commit.updated:
            return True
        first = len(self.order) - len(self.commit.nodes)
        return (
            storage.start >= first
            and storage.place is None
            and storage.part is None
            and self.commit.may_start(storage.start - first, self.commit.updated[result])
        )

    def only_reader(self, node: Node, tensor: Tensor) -> bool:
        """Whether no other operand lies in the same memory; the same operand twice suits ufuncs."""
        memory = self.storages[tensor].outermost
        others = [other for other in node.inputs if self.memory(other) is memory]
        return len(others) == 1 or (
            node.op.ufunc is not None and all(other is tensor for other in others)
        )

    def memory(self, tensor: Tensor) -> Storage | None:
        """Give the memory that a value lies in, if it is memory of the plan."""
        storage = self.storages.get(self.views.root(tensor))
        return storage and storage.outermost

    # Ends

    def deaths(self) -> list[list[Tensor]]:
        """Give for each position the values that own memory and are used there last."""
        dying: list[list[Tensor]] = [[] for _ in range(len(self.order) + 1)]
        for position, node in enumerate(self.order):
            for output in node.outputs:
                if self.views.roots[output] is output:
                    dying[self.ends.get(output, position)].append(output)
        return dying

    def release(self, dying: Iterable[Tensor]) -> None:
        """Forget the arrays of this run that nobody needs any more, and the views of them."""
        made = [t for t in dying if isinstance(self.places.get(t), Taken)]
        forgotten = [value for tensor in made for value in (tensor, *self.views_of(tensor))]
        if forgotten:
            self.steps.append(Release(tuple(forgotten)))

    def views_of(self, tensor: Tensor) -> list[Tensor]:
        """Give the views of an array of this run that have been made in it."""
        views = self.viewers.get(tensor, ())
        return [view for view in views if isinstance(self.places.get(view), Taken)]

    def copy(self) -> None:
        """Append copies of what the user must not share, and of what a commit could overwrite."""
        copies: dict[Tensor, str] = {}
        for tensor in self.writes.values():
            if isinstance(self.places.get(self.views.root(tensor)), Held | Span):
                copies[tensor] = "commit"
        for tensor in self.fetches:
            made = isinstance(self.places.get(tensor), Taken | Number)
            if not made or self.views.roots.get(tensor) is not tensor:
                copies[tensor] = "fetch"
        self.steps += [Copy(tensor, why) for tensor, why in copies.items()]
