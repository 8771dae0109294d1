"""``Compiled``: a call to a session, with its look-ups done once."""

from typing import TYPE_CHECKING, Any

from graphnet.compiler.history import History, history
from graphnet.compiler.plan import Plan
from graphnet.compiler.program import Program
from graphnet.compiler.store import Store
from graphnet.errors import GraphnetError
from graphnet.session.entry import MISSED
from graphnet.session.request import Request, Shown

if TYPE_CHECKING:
    from graphnet.session.runner import Runner

__all__ = ["Compiled"]


class Compiled:
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
        feeds = dict.fromkeys(self.feeds)
        session = self.session
        with session.lock:
            wanted = session.recognised(dict.fromkeys(self.request.items), feeds)
            part = session.graph.subgraph(wanted, feeds)
            store = Store() if session.closed else session.store
            return history(part, specs, session.options, store, session.threads)

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
