"""``Compiled``: a call to a session, with its look-ups done once."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from graphnet.compiler.history import History, history
from graphnet.compiler.pipeline import compile_graph
from graphnet.compiler.plan import Plan
from graphnet.compiler.program import Program
from graphnet.compiler.store import Store
from graphnet.errors import FeedError, GraphnetError
from graphnet.ir.context import creation_site
from graphnet.ir.graph import Graph
from graphnet.ir.pictures import Pictured
from graphnet.ir.spec import Spec, as_shape, show_shape
from graphnet.ir.tensor import Tensor, describe
from graphnet.session.entry import MISSED
from graphnet.session.request import Request, Shown
from graphnet.typing import Dimension, Shape

if TYPE_CHECKING:
    from graphnet.session.runner import Runner

__all__ = ["Compiled"]


class Compiled(Pictured):
    """What ``Session.compile`` gives: a function of arrays.

    Attributes:
        fetches: What it computes.
        feeds: The tensors that it takes values for, in order.
    """

    def __init__(self, session: "Runner", fetches: Any, request: Request) -> None:
        self.session = session
        self.fetches = fetches
        self.feeds = request.feeds
        self.request = request

    @property
    def source(self) -> str:
        """The Python text that the latest call has run.

        Raises:
            GraphnetError: The function has not been called yet, so that no shapes are known.
        """
        return self.latest("source").source

    @property
    def plan(self) -> Plan:
        """The plan of the latest call: what it does, where values lie, and what that takes.

        ``plan.report`` tells how long the compiler took, and what it declined.

        Raises:
            GraphnetError: The function has not been called yet, so that no shapes are known.

        Example:
            >>> import graphnet as gn
            >>> x = gn.placeholder((None,), name="x")
            >>> with gn.Session() as session:
            ...     wave = session.compile(gn.exp(gn.tanh(x)), [x])
            ...     result = wave([1.0, 2.0])
            ...     print(wave.plan)
              call  tanh(x)    ->  tanh  float32[2]  [0:64]
              call  exp(tanh)  ->  exp   float32[2]  taken
              return exp
            memory 64 bytes, peak 72 bytes, 2 calls
        """
        return self.latest("plan").plan

    def history(self) -> History:
        """Tell what the compiler did to each declared node, by compiling once more.

        Returns:
            The fate of each node, and the graph behind each stage, for the shapes of the latest
            call.

        Raises:
            GraphnetError: The function has not been called yet, so that no shapes are known.

        Example:
            >>> import graphnet as gn
            >>> x = gn.placeholder((None,), name="x")
            >>> with gn.Session() as session:
            ...     wave = session.compile(gn.exp(gn.tanh(x * 1)), [x])
            ...     result = wave([1.0, 2.0])
            ...     print(wave.history().fates["multiply"])
            simplified to x
        """
        specs = [feed.spec for feed in self.plan.graph.inputs]
        part, store = self.declared()
        return history(part, specs, self.session.options, store, self.session.threads)

    def plan_for(self, *shapes: int | str | Sequence[Dimension] | None) -> Plan:
        """Give the plan for values of some shapes, and run nothing.

        So memory and peak of a step are known before there is any data; but for what calls bring
        along (``Plan.extra``), which is little.

        Args:
            shapes: For each feed, in order, the shape of its value.

        Raises:
            FeedError: The number of shapes is wrong, or one does not fit its feed.

        Example:
            >>> import graphnet as gn
            >>> x = gn.placeholder((None, 784), name="x")
            >>> with gn.Session() as session:
            ...     function = session.compile(gn.tanh(x).sum(), [x])
            ...     [function.plan_for((size, 784)).peak for size in (1, 1000)]
            [3136, 3136000]
        """
        specs = [feed.spec.with_shape(shape) for feed, shape in self.fed(shapes)]
        part, store = self.declared()
        return compile_graph(part, specs, self.session.options, store, self.session.threads)

    def fed(self, shapes: Sequence[Any]) -> Iterator[tuple[Tensor, Shape]]:
        """Give the feeds with their shapes, checked."""
        if len(shapes) != len(self.feeds):
            raise FeedError(
                f"the function takes {len(self.feeds)} values, and these are {len(shapes)} shapes",
                at=str(creation_site()),
                rows=[describe(feed) for feed in self.feeds],
            )
        for feed, given in zip(self.feeds, shapes, strict=True):
            shape = as_shape(given)
            if not Spec(shape, feed.dtype).is_static or not feed.spec.accepts_shape(shape):
                raise FeedError(
                    f"{feed.name!r}: no value has the shape {show_shape(shape)}",
                    at=str(creation_site()),
                    rows=[describe(feed)],
                    hint="give numbers that fit the shape of the feed",
                )
            yield feed, shape

    def declared(self) -> tuple[Graph, Store]:
        """Give the graph that is compiled, and places of variables that a plan may go by."""
        session, feeds = self.session, dict.fromkeys(self.feeds)
        with session.lock:
            wanted = session.recognised(dict.fromkeys(self.request.items), feeds)
            return session.graph.subgraph(wanted, feeds), session.store.twin()

    def latest(self, what: str) -> Program | Shown:
        """Give the program of the latest call, or what there is still to see of it."""
        shown = self.request.latest.program if self.request.latest else self.request.shown
        if shown is None:
            raise GraphnetError(
                f"the function has no {what} yet: it is compiled for the shapes of its first call",
                hint=f"call it once, then look at its {what}",
            )
        return shown

    def __call__(self, *values: Any) -> Any:
        """Compute the fetches for one value per feed.

        Raises:
            FeedError: The number of values is wrong, or one does not fit.
            ExecutionError: A kernel failed; no variable has changed.
        """
        results = self.request.call(self.session, values)
        if results is MISSED:
            results = self.session.answer_other(self.request, values)
        return results
