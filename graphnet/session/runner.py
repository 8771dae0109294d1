"""``Runner``: makes programs of a graph, keeps them and the variables' values, and runs them."""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar
from weakref import WeakSet

from graphnet.compiler.options import Options
from graphnet.compiler.pipeline import compile_graph
from graphnet.compiler.program import Program
from graphnet.errors import FeedError, ShapeError
from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.spec import Spec
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Effect
from graphnet.session.entry import MISSED, Entry, missed
from graphnet.session.feeds import check_complete, check_writes
from graphnet.session.growth import Growth
from graphnet.session.holder import Holder
from graphnet.session.location import located
from graphnet.session.request import Request
from graphnet.session.spelling import key_of
from graphnet.typing import Array

__all__ = ["Runner"]

T = TypeVar("T")

PROGRAMS = 128
"""How many programs a session keeps; the least recently used one leaves first."""

REQUESTS = 1024
"""How many kinds of calls a session knows at once; then it begins to collect anew."""


class Runner(Holder):
    """What stands behind a session: programs, state, and one run at a time.

    Args:
        graph: What to run; by default the current graph.
        seed: Seed of initial values and random ops; by default another one each time.
        optimize: Whether graphs are optimised and memory is planned, or which steps of that run.
        threads: On how many threads to run; None goes by NumPy's BLAS, and leaves it alone.
    """

    def __init__(
        self,
        graph: Graph | None = None,
        seed: int | None = None,
        optimize: bool | Options = True,
        threads: int | None = None,
    ) -> None:
        super().__init__(graph, seed, optimize, threads)
        self.misses: deque[str] = deque(maxlen=100)
        self.growth = Growth(self.graph)
        self.programs: OrderedDict[Any, Program] = OrderedDict()
        self.latest: Any = None
        self.quick: dict[Any, Request] = {}
        self.requests: WeakSet[Request] = WeakSet()
        self.again: Callable[[Runner, Any, Any], Any] = missed

    def close(self) -> None:
        """Give back all memory; the values of the variables are lost."""
        with self.lock:
            super().close()
            self.again = missed
            self.quick.clear()
            for request in self.requests:
                request.forget_all()
            self.programs.clear()

    def check_growth(self) -> None:
        """Look at the nodes made since the last run."""
        if len(self.graph.nodes) != self.growth.seen:
            with self.lock:
                self.growth.check()

    # Making programs

    def recall(self, fetches: Any, keys: Iterable[Any]) -> Request | None:
        """Give the request of a call if there has been one like it."""
        try:
            return self.quick.get((key_of(fetches), *keys))
        except TypeError:  # what cannot be hashed is not remembered
            return None

    def request(self, fetches: Any, keys: Sequence[Any]) -> Request:
        """Find or make the request of a call."""
        request = self.recall(fetches, keys)
        if request is None:
            request = self.asked(fetches, keys)
            if request.lasting:
                if len(self.quick) >= REQUESTS:
                    self.quick.clear()
                self.quick[key_of(fetches), *keys] = request
        return request

    def asked(self, fetches: Any, keys: Sequence[Any]) -> Request:
        """Make the request of a call, and keep an eye on what it holds."""
        request = Request(fetches, keys, self.graph)
        self.requests.add(request)
        return request

    def entry(self, request: Request, feeds: Mapping[Tensor, Array]) -> Entry:
        """Find or make the program of a request for checked feeds."""
        items = request.items
        wanted = self.recognised(dict.fromkeys(items), feeds)
        key = (
            tuple(map(id, wanted)),
            tuple((id(tensor), array.shape) for tensor, array in feeds.items()),
        )
        program = self.programs.get(key)
        if program is None:
            self.misses.append(self.why_missed(key, items, feeds))
            program = self.make(wanted, feeds)
            program.kept = (*wanted, *feeds)
        entry = request.remember(key, program, feeds.values())
        self.use(key, program)
        return entry

    def use(self, key: Any, program: Program) -> None:
        """Note that a program is the one that was used last."""
        try:
            self.programs.move_to_end(key)
        except KeyError:
            self.programs[key] = program
            if len(self.programs) > PROGRAMS:
                self.forget_oldest()
        self.latest = key

    def recognised(
        self, items: Iterable[Tensor | Node], feeds: Iterable[Tensor]
    ) -> list[Tensor | Node]:
        """Give the first declared of equal expressions, unless feeds could tell them apart."""
        if not all(tensor.node.op.effect is Effect.FED for tensor in feeds):
            return list(items)
        same = self.growth.canonical
        return [same.get(item, item) if isinstance(item, Tensor) else item for item in items]

    def why_missed(
        self, key: Any, items: Sequence[Tensor | Node], feeds: Mapping[Tensor, Array]
    ) -> str:
        """Say why no program fits."""
        names = ", ".join(item.name for item in items)
        fed = ", ".join(f"{tensor.name} {list(array.shape)}" for tensor, array in feeds.items())
        if all(key[0] != known[0] for known in self.programs):
            return f"new fetches: {names}"
        return f"new feeds or shapes for {names}: {fed or 'none'}"

    def forget_oldest(self) -> None:
        """Drop the program that was used longest ago."""
        oldest = next(iter(self.programs.values()))
        self.again = missed
        for request in self.quick.values():
            request.forget(oldest)  # first, so that Ctrl-C can't leave what leads to no program
        self.quick = {key: request for key, request in self.quick.items() if request.entries}
        self.programs.popitem(last=False)

    def make(self, items: Sequence[Tensor | Node], feeds: Mapping[Tensor, Array]) -> Program:
        """Compile the program of checked fetches and feeds, and initialise what it needs."""
        graph = self.graph.subgraph(items, feeds)
        check_complete(graph, items, feeds)
        check_writes(graph)
        specs = [Spec(array.shape, array.dtype) for array in feeds.values()]
        self.place_weights(graph)
        try:
            plan = compile_graph(graph, specs, self.options, self.store, self.threads)
        except ShapeError as error:
            raise self.misfit(error, feeds) from error
        self.store.place(self.own(plan.variables, "make"))
        self.initialize(plan.variables)
        return self.program(plan, self.store)

    def place_weights(self, graph: Graph) -> None:
        """Put the trainable variables of a part of the graph side by side, as they were declared.

        All others wait for what a plan asks for: the state of an optimizer lies best in the order
        of what it updates.
        """
        needed = set(graph.nodes)
        trainable = self.graph.variables(trainable=True)
        self.store.place(variable for variable in trainable if variable.node in needed)

    def misfit(self, error: ShapeError, feeds: Mapping[Tensor, Array]) -> FeedError:
        """Say that feeds which fit their placeholders do not fit each other."""
        rows = [*error.rows]
        shown = {word for row in rows for word in row}
        for tensor, array in feeds.items():
            what = f"{tensor.node.op.name} {tensor.name!r}"
            if what not in shown:
                spec = Spec(array.shape, array.dtype)
                rows.append(("fed", str(spec), what, str(tensor.node.site)))
        return FeedError(
            f"the fed shapes do not fit together: {error.headline}",
            at=error.at,
            rows=rows,
            hint=error.hint,
        )

    # Running

    def answer(self, request: Request, values: Iterable[Any]) -> Any:
        """Compute the fetches of a request."""
        results = request.call(self, values)
        if results is MISSED:
            results = self.answer_other(request, values)
        return results

    def answer_other(self, request: Request, values: Iterable[Any]) -> Any:
        """Do so where the values are not like those of the call before."""
        entry = request.known(values)
        if entry is not None:
            request.expect(entry)
            results = entry.call(self, values)
            if results is not MISSED:
                return results
        return self.answer_checked(request, values)

    def answer_checked(self, request: Request, values: Iterable[Any]) -> Any:
        """Do so where values of their shapes have not come before, or must be converted."""
        with self.lock, located:
            entry, arrays = self.matched(request, tuple(values))
            request.expect(entry)
            results: list[Any] = []
            self.repeat(entry, [arrays], results)
            return results[0]

    def matched(self, request: Request, values: Sequence[Any]) -> tuple[Entry, Sequence[Array]]:
        """Check values, find or make the program for them, and give them as it takes them."""
        self.check_open()
        self.check_idle()
        entry = request.known(values)
        if entry is not None:
            return entry, values
        feeds = request.checked(values)
        arrays = tuple(feeds.values())
        entry = request.known(arrays)
        return entry or self.entry(request, feeds), arrays

    def repeat(self, entry: Entry, rows: Sequence[Sequence[Array]], results: list[Any]) -> None:
        """Run a program on rows of values that it is for, one after the other."""
        with self.lock:
            self.check_open()
            self.use(entry.key, entry.program)
            self.execute(entry.program, partial(entry.steps, self, rows, results))
