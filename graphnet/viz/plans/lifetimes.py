"""How long the values of a plan live, where, and how much memory that takes at each moment."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from graphnet.compiler.peak import made_by_step
from graphnet.compiler.plan import Plan
from graphnet.compiler.steps import (
    Block,
    Blocks,
    Fed,
    Fixed,
    Held,
    Number,
    Own,
    Part,
    Place,
    Release,
    Slot,
    Span,
    Taken,
    View,
)
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Memory
from graphnet.viz.plans.moments import Act, moments

__all__ = ["Life", "Lifetimes"]


@dataclass(frozen=True, slots=True)
class Life:
    """The life of one value.

    Attributes:
        value: The value.
        place: Where it lies.
        root: The value whose memory it shows; itself, if it is no view.
        start: The moment that makes it, or needs it first if it is there beforehand.
        stop: The moment that needs it last.
        offset: First byte in the arena; None for what lies elsewhere.
        heir: What takes over its memory at the next moment, if anything does.
    """

    value: Tensor
    place: Place
    root: Tensor
    start: int
    stop: int
    offset: int | None = None
    heir: Tensor | None = None

    @property
    def nbytes(self) -> int:
        """Its bytes, as far as they are known."""
        return self.value.spec.nbytes or 0

    @property
    def is_view(self) -> bool:
        """Whether it shows the memory of another value."""
        return self.root is not self.value


class Lifetimes:
    """The lives of all values of a plan.

    Args:
        plan: The plan.

    Attributes:
        moments: What a run does, in order.
        end: The number of the moment at which results are handed out, behind all others.
        lives: The life of every value that has a place, in the order of the places.
        held: For each moment, and the end, the bytes that the run holds then: the memory of the
            plan, and what has been made anew. The largest is the peak of the plan.
        used: The same without what of the arena no value needs then.
        peak: The first moment at which most is held.
        busiest: The first moment at which most is used, which decides how large the arena is.

    Example:
        >>> import graphnet as gn
        >>> x = gn.placeholder((2,), name="x")
        >>> graph = x.graph.subgraph([gn.exp(gn.tanh(x))], [x])
        >>> plan = gn.compiler.compile_graph(graph, [x.spec])
        >>> [(life.value.name, life.start, life.stop) for life in Lifetimes(plan).lives]
        [('x', 1, 1), ('exp', 2, 3), ('tanh', 1, 2)]
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.moments = moments(plan)
        self.end = len(self.moments) + 1
        self.starts: dict[Tensor, int] = {}
        self.stops: dict[Tensor, int] = {}
        self.firsts: dict[Tensor, int] = {}
        self.heirs: dict[Tensor, Tensor] = {}
        self.roots = {value: self.root(value) for value in plan.places}
        self.visit()
        self.keep()
        self.keep_wholes()
        self.lives = [self.life(value) for value in plan.places]
        self.held, self.used = self.levels()
        self.peak = self.held.index(max(self.held)) + 1
        self.busiest = self.used.index(max(self.used)) + 1

    def root(self, value: Tensor) -> Tensor:
        """Give the value whose memory another one shows."""
        while True:
            place = self.plan.places.get(value)
            if isinstance(place, View):
                value = place.base
            elif isinstance(place, Taken) and self.is_made_as_view(value):
                value = value.node.inputs[0]
            else:
                return value

    def is_made_as_view(self, value: Tensor) -> bool:
        """Whether a run makes a value as a view of what it was fed or has made anew."""
        node = value.node
        is_view = node.op.memory is Memory.VIEW
        return is_view and isinstance(self.plan.places.get(node.inputs[0]), Taken | Fed)

    # From when, and until when

    def visit(self) -> None:
        """Go through the moments, and note who makes and who needs what."""
        bounds = self.regions()
        for moment in self.moments:
            first, last = bounds.get(moment.number, (moment.number, moment.number))
            for value in moment.makes:
                inside = isinstance(self.plan.places[value], Block)
                self.starts[value] = moment.number if inside else first
            if moment.act is Act.FILL and moment.node is not None:
                self.start_early(moment.node.outputs[0], moment.number)
            for value in moment.reads:
                inside = isinstance(self.plan.places.get(value), Block)
                when = (moment.number, moment.number) if inside else (first, last)
                self.need(value, *when)
            for value in moment.target:
                self.need(value, first, last)
            if moment.inplace is not None:
                self.heirs[moment.reads[moment.inplace]] = moment.makes[0]

    def start_early(self, value: Tensor, number: int) -> None:
        """Let a value live from a moment on, at the latest."""
        self.starts[value] = min(self.starts.get(value, number), number)

    def need(self, value: Tensor, first: int, last: int) -> None:
        """Let a value live between two moments, at least, and so what it shows."""
        root = self.roots.get(value, value)
        place = self.plan.places.get(root)
        shown = place.variables if isinstance(place, Span) else ()
        for needed in (value, root, *shown):
            self.firsts.setdefault(needed, first)
            self.stops[needed] = max(self.stops.get(needed, last), last)

    def regions(self) -> dict[int, tuple[int, int]]:
        """Give for each moment of work done in blocks the first and the last of that work."""
        by_step: dict[int, list[int]] = {}
        for moment in self.moments:
            if moment.act is Act.BLOCK:
                by_step.setdefault(moment.step, []).append(moment.number)
        return {number: (group[0], group[-1]) for group in by_step.values() for number in group}

    def keep(self) -> None:
        """Let live what is handed out, and what no step lets go of."""
        for value in self.plan.fetches:
            self.need(value, self.end, self.end)
        released = {
            value for step in self.plan.steps if isinstance(step, Release) for value in step.values
        }
        for value, place in self.plan.places.items():
            if isinstance(place, Taken) and value not in released and self.roots[value] is value:
                self.need(value, self.end, self.end)
            if isinstance(place, Own):
                self.starts[value] = 1
                self.need(value, self.end, self.end)

    def keep_wholes(self) -> None:
        """Let a concatenation live from its first part to the end of its last."""
        for value, place in self.plan.places.items():
            if isinstance(place, Part):
                start = self.starts.get(value, 1)
                self.start_early(place.whole, start)
                self.need(place.whole, start, self.stops.get(value, start))

    def life(self, value: Tensor) -> Life:
        """Put together what is known about one value."""
        root, place = self.roots[value], self.plan.places[value]
        if root is not value:
            owner = self.life(root)
            start = max(owner.start, min(self.starts.get(value, owner.start), owner.stop))
            stop = max(start, min(self.stops.get(value, start), owner.stop))
            return Life(value, place, root, start, stop, owner.offset)
        start = self.starts.get(value, self.firsts.get(value, 1))
        stop = max(start, self.stops.get(value, start))
        heir = self.heirs[value] if value in self.heirs else self.next_in_room(value)
        if heir is not None:
            stop = self.starts[heir] - 1
        return Life(value, place, root, start, stop, self.offset(value), heir)

    def next_in_room(self, value: Tensor) -> Tensor | None:
        """Give the value that takes over memory for one block at the moment that needs it last."""
        place = self.plan.places[value]
        if not isinstance(place, Block) or value not in self.stops:
            return None
        moment = self.moments[self.stops[value] - 1]
        return next((made for made in moment.makes if self.plan.places[made] == place), None)

    def offset(self, root: Tensor) -> int | None:
        """Give the first byte in the arena of a value."""
        match self.plan.places[root]:
            case Slot(start):
                return start
            case Part(whole, index):
                first = self.offset(whole)
                before = [operand.spec.nbytes or 0 for operand in whole.node.inputs[:index]]
                return None if first is None else first + sum(before)
        return None

    # How much

    def levels(self) -> tuple[list[int], list[int]]:
        """Give for each moment the bytes that are held, and those that are used."""
        repeats = zip(self.plan.fetches, self.plan.repeats, strict=True)
        repeated = [item for item, again in repeats if again]
        made = made_by_step(self.plan.steps, self.plan.places, repeated)
        during = [*made[:-1], made[-2] if len(made) > 1 else 0]
        held = [self.plan.memory + during[moment.step] for moment in self.moments]
        held.append(self.plan.memory + made[-1])
        idle = [self.plan.arena - used for used in self.arena_in_use()]
        return held, [most - unused for most, unused in zip(held, idle, strict=True)]

    def arena_in_use(self) -> list[int]:
        """Give for each moment the bytes of the arena that values need."""
        changes = [0] * (self.end + 1)
        for life in self.lives:
            if isinstance(life.place, Slot):
                changes[life.start - 1] += life.place.size
                changes[life.stop] -= life.place.size
        return list(accumulate(changes))[: self.end]

    def at(self, number: int) -> Iterator[Life]:
        """Give the lives of the values that take memory at a moment, besides what was given."""
        for life in self.lives:
            given = isinstance(life.place, Fed | Held | Fixed | Span | Number | Part | Block)
            if not (given or life.is_view) and life.start <= number <= life.stop:
                yield life

    def largest(self, count: int = 5) -> Sequence[Life]:
        """Give the values that take most of the memory when most is used, the largest first."""
        return sorted(self.at(self.busiest), key=lambda life: -life.nbytes)[:count]

    def blocks(self) -> Iterable[tuple[Blocks, int, int]]:
        """Give the work that is done in blocks, with its first and its last moment."""
        bounds = self.regions()
        for moment in self.moments:
            step = self.plan.steps[moment.step] if moment.act is Act.BLOCK else None
            if isinstance(step, Blocks) and bounds[moment.number][0] == moment.number:
                yield step, *bounds[moment.number]
