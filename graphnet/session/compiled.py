"""``Compiled``: a call to a session, with its look-ups done once."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from graphnet.errors import FeedError, GraphnetError
from graphnet.ir.tensor import Tensor, describe
from graphnet.session.feeds import check_feeds
from graphnet.session.location import located
from graphnet.session.structure import take_apart

if TYPE_CHECKING:
    from graphnet.compiler.program import Program
    from graphnet.session.entry import Entry
    from graphnet.session.runner import Runner

__all__ = ["Compiled"]

NDArray = np.ndarray
REMEMBERED = 128
"""For how many combinations of shapes a function remembers its program."""


class Compiled:
    """What ``Session.compile`` gives: a function of arrays.

    Attributes:
        fetches: What it computes.
        feeds: The tensors that it takes values for, in order.
    """

    def __init__(self, session: "Runner", fetches: Any, feeds: Sequence[Tensor]) -> None:
        self.session = session
        self.fetches = fetches
        self.feeds = tuple(feeds)
        self.entries: dict[Any, Entry] = {}
        self.latest: Program | None = None

    @property
    def source(self) -> str:
        """The Python text that the latest call to need a new program has run.

        Raises:
            GraphnetError: The function has not been called yet, so that no shapes are known.
        """
        if self.latest is None:
            raise GraphnetError(
                "the function has no source yet: it is compiled for the shapes of its first call",
                hint="call it once, then look at its source",
            )
        return self.latest.source

    def __call__(self, *values: Any) -> Any:
        """Compute the fetches for one value per feed.

        Raises:
            FeedError: The number of values is wrong, or one does not fit.
            ExecutionError: A kernel failed; no variable has changed.
        """
        key = tuple(
            [(value.shape, value.dtype) if value.__class__ is NDArray else None for value in values]
        )
        with self.session.lock:
            entry = self.entries.get(key)
            if entry is None or self.session.closed:
                with located:
                    return self.call_checked(key, values)
            return entry.hand_out(self.session.call(entry.program, values))

    def call_checked(self, key: Any, values: Sequence[Any]) -> Any:
        """Do what a call does for values that are not remembered, and remember it."""
        self.session.check_open()
        if len(values) != len(self.feeds):
            raise FeedError(
                f"the function takes {len(self.feeds)} values, not {len(values)}",
                rows=[describe(feed) for feed in self.feeds],
            )
        feeds = check_feeds(self.feeds, values)
        items, build = take_apart(self.fetches, self.session.graph)
        entry = self.session.entry(items, feeds, build)
        arrays = list(feeds.values())
        self.latest = entry.program
        results = entry.hand_out(self.session.call(entry.program, arrays))
        if all(used is given for used, given in zip(arrays, values, strict=True)):
            if len(self.entries) >= REMEMBERED:
                self.entries.clear()
            self.entries[key] = entry
        return results
