"""``Session``: runs a graph. Keeps the values of its variables, and the programs made so far."""

import secrets
import threading
from collections import OrderedDict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Self

from graphnet.compiler.pipeline import compile_graph
from graphnet.compiler.program import Program
from graphnet.errors import ExecutionError, FeedError, GraphError, GraphnetError, ShapeError
from graphnet.ir.context import context
from graphnet.ir.graph import Graph, current_graph
from graphnet.ir.node import Node
from graphnet.ir.spec import Spec
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Effect
from graphnet.session.compiled import Compiled
from graphnet.session.entry import Entry, is_quick, quick_build, quick_key, result_places
from graphnet.session.feeds import check_complete, check_feeds, check_writes, feed_key
from graphnet.session.growth import Growth
from graphnet.session.initialize import initial_graph
from graphnet.session.store import Store
from graphnet.session.structure import Build, leaves, take_apart
from graphnet.typing import Array

__all__ = ["Session", "evaluate"]

PROGRAMS = 128
"""How many programs a session keeps; the least recently used one leaves first."""


class Session:
    """Runs a graph, and keeps the values of its variables.

    A session may be used by several threads; runs take turns. A run that raises, whatever the
    reason, leaves every variable as it was.

    Args:
        graph: What to run; by default the current graph.
        seed: Seed of initial values and random ops; by default another one each time.
        optimize: Whether graphs are optimised and memory is planned. Without it the results are
            equal, and every step can be looked at.

    Attributes:
        graph: The graph.
        seed: The seed.
        step: How many runs have drawn random numbers.
        misses: One line per program that had to be made, with the reason; the last hundred.

    Example:
        >>> import graphnet as gn
        >>> x = gn.placeholder((None,), name="x")
        >>> total = gn.Variable(0.0, name="total")
        >>> update = gn.assign_add(total, gn.sum(x))
        >>> with gn.Session() as session:
        ...     session.run(update, {x: [1, 2, 3]})
        ...     session.run({"total": total, "square": total * total})
        array(6., dtype=float32)
        {'total': array(6., dtype=float32), 'square': array(36., dtype=float32)}
    """

    def __init__(
        self, graph: Graph | None = None, seed: int | None = None, optimize: bool = True
    ) -> None:
        self.graph = current_graph() if graph is None else graph
        self.seed = secrets.randbits(63) if seed is None else seed
        self.optimize = optimize
        self.step = 0
        self.misses: deque[str] = deque(maxlen=100)
        self.store = Store()
        self.initialized: set[Tensor] = set()
        self.growth = Growth(self.graph)
        self.programs: OrderedDict[Any, Program] = OrderedDict()
        self.quick: dict[Any, Entry] = {}
        self.lock = threading.RLock()
        self.running = False
        self.closed = False

    def __enter__(self) -> Self:
        """Make the session's graph the current one."""
        context.graphs.append(self.graph)
        return self

    def __exit__(self, *_: object) -> None:
        """Close the session."""
        context.graphs.pop()
        self.close()

    def close(self) -> None:
        """Give back all memory; the values of the variables are lost."""
        with self.lock:
            self.closed = True
            self.programs.clear()
            self.quick.clear()
            self.store = Store()
            self.initialized.clear()

    def run(self, fetches: Any, feed_dict: Mapping[Any, Any] | None = None) -> Any:
        """Compute what is asked for.

        All feeds are checked before anything runs. Writes to variables are committed after the
        last step that can fail, and all reads see the values from before the run.

        Args:
            fetches: Any nesting of lists, tuples, named tuples, mappings and dataclasses of
                tensors, operations, variables and their names.
            feed_dict: Values by tensor, or by name; any tensor can be fed.

        Returns:
            The same structure with arrays, which the caller owns, in place of tensors, and None in
            place of operations.

        Raises:
            FetchError: Something cannot be fetched.
            FeedError: Feeds are missing, unknown, or do not fit; nothing has run.
            ExecutionError: A kernel failed; no variable has changed.
        """
        key = quick_key(fetches, feed_dict)
        with self.lock:
            entry = self.quick.get(key)
            if entry is None or len(self.graph.nodes) != self.growth.seen:
                return self.run_checked(key, fetches, feed_dict)
            self.programs.move_to_end(entry.key)
            arrays = () if feed_dict is None else feed_dict.values()
            return entry.hand_out(self.call(entry.program, arrays))

    def compile(self, fetches: Any, feeds: Sequence[Any] = ()) -> Compiled:
        """Give a function that does what ``run`` does, without its look-ups.

        Args:
            fetches: As for ``run``.
            feeds: The tensors, or their names, that the function takes values for, in order.

        Raises:
            FetchError: Something cannot be fetched.
            FeedError: Something cannot be fed, or a placeholder is not among the feeds.

        Example:
            >>> import graphnet as gn
            >>> x = gn.placeholder((None,), name="x")
            >>> with gn.Session() as session:
            ...     double = session.compile(x * 2, [x])
            ...     double([1.0, 2.0])
            array([2., 4.], dtype=float32)
        """
        if isinstance(feeds, Tensor | str | Mapping) or not isinstance(feeds, Iterable):
            raise FeedError(
                f"session.compile takes a list of feeds, not {type(feeds).__name__}",
                hint="list the tensors that the function takes values for, as in [x, labels]",
            )
        keys = [feed_key(key, self.graph) for key in feeds]
        items, build = take_apart(fetches, self.graph)
        check_complete(self.graph.subgraph(items, keys), items, keys)
        return Compiled(self, build(list(items)), keys)

    # Making programs

    def run_checked(self, key: Any, fetches: Any, feed_dict: Mapping[Any, Any] | None) -> Any:
        """Do what ``run`` does for a call that is not remembered, and remember it."""
        self.check_open()
        self.growth.check()
        feeds = self.checked_feeds(feed_dict)
        items, build = take_apart(fetches, self.graph)
        entry = self.entry(items, feeds, build)
        arrays = list(feeds.values())
        values = self.call(entry.program, arrays)
        if key is not None and is_quick(fetches, feed_dict, arrays):
            self.quick[key] = replace(entry, build=quick_build(fetches))
        return entry.hand_out(values)

    def check_open(self) -> None:
        """Refuse to work for a closed session."""
        if self.closed:
            raise GraphnetError(
                "the session is closed", hint="run inside the `with gn.Session()` block"
            )

    def checked_feeds(self, feed_dict: Mapping[Any, Any] | None) -> dict[Tensor, Array]:
        """Give the fed arrays by tensor, all checked."""
        if feed_dict is None:
            return {}
        if not isinstance(feed_dict, Mapping):
            kind = type(feed_dict).__name__
            raise FeedError(
                f"the second argument of run is feed_dict, a mapping, not {kind}",
                hint="fetch several things with a list: session.run([a, b], feed_dict)",
            )
        return check_feeds([feed_key(key, self.graph) for key in feed_dict], feed_dict.values())

    def entry(
        self, items: Sequence[Tensor | Node], feeds: Mapping[Tensor, Array], build: Build | None
    ) -> Entry:
        """Find or make the program of checked fetches and feeds."""
        wanted = self.recognised(dict.fromkeys(items), feeds)
        key = (
            tuple(map(id, wanted)),
            tuple((id(tensor), array.shape) for tensor, array in feeds.items()),
        )
        program = self.programs.get(key)
        if program is None:
            self.misses.append(self.why_missed(key, items, feeds))
            program = self.programs[key] = self.make(wanted, feeds)
            if len(self.programs) > PROGRAMS:
                self.forget_oldest()
        self.programs.move_to_end(key)
        return Entry(key, program, result_places(items), build)

    def recognised(
        self, items: Iterable[Tensor | Node], feeds: Mapping[Tensor, Array]
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
        _, oldest = self.programs.popitem(last=False)
        kept = (item for item in self.quick.items() if item[1].program is not oldest)
        self.quick = dict(kept)

    def make(self, items: Sequence[Tensor | Node], feeds: Mapping[Tensor, Array]) -> Program:
        """Compile the program of checked fetches and feeds, and initialise what it needs."""
        graph = self.graph.subgraph(items, feeds)
        check_complete(graph, items, feeds)
        check_writes(graph)
        specs = [Spec(array.shape, array.dtype) for array in feeds.values()]
        try:
            plan = compile_graph(graph, specs, optimized=self.optimize)
        except ShapeError as error:
            raise self.misfit(error, feeds) from error
        if not self.initialized.issuperset(plan.variables):
            self.initialize(plan.variables)
        return Program(plan, self.store.places, self.seed)

    def misfit(self, error: ShapeError, feeds: Mapping[Tensor, Array]) -> FeedError:
        """Say that feeds which fit their placeholders do not fit each other."""
        rows = [*error.rows]
        rows += [
            (
                "fed",
                f"{array.dtype}{list(array.shape)}",
                f"for {tensor.name!r}",
                f"{tensor.node.site}",
            )
            for tensor, array in feeds.items()
        ]
        return FeedError(
            f"the fed shapes do not fit together: {error.headline}",
            at=error.at,
            rows=rows,
            hint=error.hint,
        )

    # State

    def initialize(self, variables: Iterable[Tensor] | None = None) -> None:
        """Give variables their initial values now; those that have values keep them.

        A session does this by itself when it first needs a variable.

        Args:
            variables: Which; by default all of the graph.

        Raises:
            FeedError: An initial value depends on a placeholder.
            GraphError: An initial value depends on a write, or something is no variable.
            ExecutionError: An initial value cannot be computed; no variable has changed.
        """
        with self.lock:
            self.check_open()
            known = self.graph.variables()
            wanted = set(known if variables is None else variables)
            if not wanted.issubset(known):
                raise GraphError(
                    "session.initialize takes variables of the session's graph",
                    rows=[(repr(other),) for other in wanted.difference(known)],
                    hint="declare them with gn.Variable; without an argument it initializes all",
                )
            missing = wanted - self.initialized
            if missing:
                self.initialize_together([variable for variable in known if variable in missing])

    def initialize_together(self, variables: Sequence[Tensor]) -> None:
        """Initialise variables, all or none; places are given in the order of declaration."""
        graph = initial_graph(self.graph, variables)
        program = Program(compile_graph(graph, (), optimized=self.optimize), {}, self.seed)
        values = self.execute(program, (), 0)
        self.store.place(variables)
        for variable, value in zip(variables, values, strict=True):
            self.store.places[variable][...] = value
        self.initialized.update(variables)

    # Running

    def call(self, program: Program, arrays: Iterable[Array]) -> list[Array]:
        """Run a program; count the step if it draws random numbers."""
        values = self.execute(program, arrays, self.step + 1)
        if program.draws:
            self.step += 1
        return values

    def execute(self, program: Program, arrays: Iterable[Array], step: int) -> list[Array]:
        """Run a program at a given step; errors name the user's line."""
        if self.running:
            raise ExecutionError(
                "a run started another run of the same session",
                hint="a function given to gn.py_call must not run the session that calls it",
            )
        try:
            self.running = True
            return program.run(*arrays, step) if program.draws else program.run(*arrays)
        except Exception as error:
            explained = program.explain(error)
            if explained is error:
                raise
            raise explained from error
        finally:
            self.running = False


def evaluate(fetches: Any, feed_dict: Mapping[Any, Any] | None = None, seed: int = 0) -> Any:
    """Compute something once, in a session of its own.

    Args:
        fetches: As for ``Session.run``.
        feed_dict: As for ``Session.run``.
        seed: Seed of initial values and random ops.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.constant([1.0, 2.0]) + 1)
        array([2., 3.], dtype=float32)
    """
    first = next((leaf for leaf in leaves(fetches) if isinstance(leaf, Tensor | Node)), None)
    with Session(None if first is None else first.graph, seed) as session:
        return session.run(fetches, feed_dict)
