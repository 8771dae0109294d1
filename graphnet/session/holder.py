"""``Holder``: keeps the values of a graph's variables, and runs programs on them."""

import secrets
import threading
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeVar

from graphnet.compiler.options import Options
from graphnet.compiler.pipeline import compile_graph
from graphnet.compiler.plan import Plan
from graphnet.compiler.program import Program
from graphnet.compiler.store import Store
from graphnet.errors import (
    ArgumentError,
    ExecutionError,
    GraphError,
    GraphnetError,
    near_names,
)
from graphnet.ir.context import creation_site
from graphnet.ir.graph import Graph, current_graph
from graphnet.ir.tensor import Tensor
from graphnet.kernels.limit import Limit
from graphnet.session.feeds import feed_array
from graphnet.session.initialize import initial_graph
from graphnet.session.location import located, warn
from graphnet.typing import Array

__all__ = ["Holder"]

T = TypeVar("T")


class Holder:
    """The state of a session: values of variables, read, written and drawn, one run at a time.

    Args:
        graph: Whose variables; by default those of the current graph.
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
        self.graph = current_graph() if graph is None else graph
        if not isinstance(self.graph, Graph):
            raise ArgumentError(
                f"a session runs a graph, not {graph!r:.60}",
                at=str(creation_site()),
                hint="the seed is given by name, as in gn.Session(seed=42)",
            )
        self.seed = secrets.randbits(63) if seed is None else seed
        self.options = chosen_options(optimize)
        with located:
            self.limit = Limit(threads)
        if self.limit.trouble:
            warn(self.limit.trouble, creation_site())
        self.step = 0
        self.store = Store()
        self.lock = threading.RLock()
        self.running = False
        self.closed = False

    @property
    def threads(self) -> int:
        """On how many threads it runs: as asked for, or as NumPy's BLAS was set beforehand."""
        return self.limit.threads

    def close(self) -> None:
        """Give back all memory; the values of the variables are lost."""
        with self.lock:
            self.closed = True
            self.store = Store()

    def check_open(self) -> None:
        """Refuse to work for a closed session."""
        if self.closed:
            raise GraphnetError(
                "the session is closed, and the values of its variables are gone",
                hint="run inside the `with gn.Session()` block, or open a new session",
            )

    # Values of variables

    def initialize(self, variables: Iterable[Tensor] | None = None, *, fresh: bool = False) -> None:
        """Give variables their initial values now; those that have values keep them.

        A session does this by itself when it first needs a variable.

        Args:
            variables: Which; by default all of the graph.
            fresh: Whether those that have values begin anew, too. Random values are others than at
                the start then; they depend on the seed and on how many runs have drawn before. Of
                two variables of which one starts from the other, both should begin anew at once.

        Raises:
            FeedError: An initial value depends on a placeholder.
            GraphError: An initial value depends on a write, or something is no variable.
            ExecutionError: An initial value cannot be computed; no variable has changed.

        Example:
            >>> import graphnet as gn
            >>> x = gn.Variable(gn.random.uniform(()))
            >>> with gn.Session(seed=0) as session:
            ...     first = session.run(x)
            ...     session.initialize([x], fresh=True)
            ...     bool(first == session.run(x))
            False
        """
        with self.lock, located:
            self.check_open()
            chosen = self.own(variables, "initialize")
            missing = [each for each in chosen if fresh or not self.store.has(each)]
            if missing:
                self.store.write(self.initial_values(missing, fresh=fresh))

    def initial_values(self, variables: list[Tensor], *, fresh: bool) -> dict[Tensor, Array]:
        """Compute initial values, all or none."""
        plan = compile_graph(initial_graph(self.graph, variables), (), self.options)
        program = self.program(plan)
        if fresh:
            self.step += program.draws
        draws = [self.step if fresh else 0] * program.draws
        values = self.execute(program, partial(program.run, *draws))
        return dict(zip(variables, values, strict=True))

    def values(self, variables: Iterable[Tensor] | None = None) -> dict[Tensor, Array]:
        """Copy the values of variables; those that have none yet are left out.

        Args:
            variables: Which; by default all of the graph, in the order of their declaration.

        Raises:
            GraphError: Something is no variable of the session's graph.

        Example:
            >>> import graphnet as gn
            >>> x = gn.Variable(1.0, name="x")
            >>> with gn.Session() as session:
            ...     before = session.values()
            ...     session.initialize()
            ...     before, session.values()
            ({}, {<variable 'x' float32[]>: array(1., dtype=float32)})
        """
        with self.lock, located:
            self.check_open()
            chosen = self.own(variables, "values")
            return {each: self.store.value(each).copy() for each in chosen if self.store.has(each)}

    def set_values(self, values: Mapping[Any, Any]) -> None:
        """Give variables values, all or none: what ``values`` has copied, or any others.

        Args:
            values: By variable or its name; arrays, numbers or lists, taken as feeds are.

        Raises:
            GraphError: Something is no variable of the session's graph, or these are no pairs.
            FeedError: A value does not fit its variable.

        Example:
            >>> import graphnet as gn
            >>> x = gn.Variable([1.0, 2.0], name="x")
            >>> with gn.Session() as session:
            ...     session.set_values({x: [3, 4]})
            ...     session.run(x)
            array([3., 4.], dtype=float32)
        """
        with self.lock, located:
            self.check_open()
            self.check_idle()
            if not isinstance(values, Mapping):
                raise GraphError(
                    f"session.set_values takes values by variable, not {values!r:.60}",
                    hint="use a dict, as session.values gives it",
                )
            named = {variable.name: variable for variable in self.graph.variables()}
            given = {named.get(key, key): value for key, value in values.items()}
            unknown = [key for key in given if isinstance(key, str)]
            if len(given) < len(values):
                raise GraphError("session.set_values: a variable is given twice, also by its name")
            if unknown:
                raise GraphError(
                    f"the graph has no variable named {unknown[0]!r}",
                    hint=near_names(unknown[0], named),
                )
            chosen = self.own(given, "set_values")
            self.store.write({each: feed_array(each, given[each]) for each in chosen})

    def own(self, variables: Iterable[Tensor] | None, caller: str) -> list[Tensor]:
        """Give variables in the order of their declaration, if all are of the graph."""
        known = self.graph.variables()
        if variables is None:
            return list(known)
        several = isinstance(variables, Iterable) and not isinstance(variables, Tensor)
        given = list(variables) if several else [variables]
        wanted = {each for each in given if isinstance(each, Tensor)}.intersection(known)
        strangers = [each for each in given if not (isinstance(each, Tensor) and each in wanted)]
        if strangers:
            raise GraphError(
                f"session.{caller} takes variables of the session's graph",
                rows=[(f"{stranger!r:.60}",) for stranger in strangers],
                hint="gn.Variable and layers make them; graph.variables() lists them",
            )
        return [variable for variable in known if variable in wanted]

    # Running

    def program(self, plan: Plan, store: Store | None = None) -> Program:
        """Make a plan something that can be called, and that keeps to the number of threads."""
        program = Program(plan, store, seed=self.seed, forms=self.options.forms)
        program.run = self.limit.during(program.run, plan.largest)
        return program

    def execute(self, program: Program, action: Callable[[], T]) -> T:
        """Do something that runs a program; errors name the user's line."""
        self.check_idle()
        try:
            self.running = True
            return action()
        except Exception as error:
            explained = program.explain(error)
            if explained is error:
                raise
            raise explained from error
        finally:
            self.running = False

    def check_idle(self) -> None:
        """Refuse to run inside of a run."""
        if self.running:
            raise ExecutionError(
                "a run started another run of the same session",
                hint="a function given to gn.py_call must not run the session that calls it",
            )


def chosen_options(optimize: bool | Options) -> Options:
    """Give the steps of the compiler that a session's argument stands for."""
    if isinstance(optimize, Options):
        return optimize
    return Options() if optimize else Options.none()
