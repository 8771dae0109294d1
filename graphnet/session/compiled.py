"""``Compiled``: a call to a session, with its look-ups done once."""

from typing import TYPE_CHECKING, Any

from graphnet.errors import GraphnetError
from graphnet.session.entry import MISSED
from graphnet.session.request import Request

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
        if self.request.latest is None:
            raise GraphnetError(
                "the function has no source yet: it is compiled for the shapes of its first call",
                hint="call it once, then look at its source",
            )
        return self.request.latest.program.source

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
