"""``Steps``: the loop of ``Session.run_steps``.

Batches in a list are all checked before the first step. Stretches of them that need the same
program then run in a loop that does nothing else. Batches from anywhere else are taken, checked and
run one by one, since making one may depend on the step before.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from graphnet.errors import GraphnetError
from graphnet.session.batches import MappingReader, Reader, Row, TupleReader
from graphnet.session.entry import Entry
from graphnet.session.request import Request
from graphnet.session.runner import Runner

__all__ = ["Steps"]

TURN = 16
"""How many steps of a list run before other threads can have their turn."""


class Stretch(NamedTuple):
    """Batches that are run in one go.

    Attributes:
        entry: The program that they fit as they are; None where values must be converted.
        start: Place of the first one.
        stop: Place behind the last one.
    """

    entry: Entry | None
    start: int
    stop: int


class Steps:
    """Runs of the same fetches, one per batch.

    Args:
        session: Where to run.
        fetches: What each step computes.
        keys: What the values of a batch are for; None if batches are dicts.

    Attributes:
        results: What the steps have given so far.
        checking: Which batch is being checked, if that is done beforehand.
    """

    def __init__(self, session: Runner, fetches: Any, keys: Sequence[Any] | None) -> None:
        self.session = session
        self.fetches = fetches
        self.keys = keys
        self.results: list[Any] = []
        self.checking: int | None = None

    def run(self, batches: Iterable[Any]) -> list[Any]:
        """Run one step per batch; errors name the batch."""
        try:
            if isinstance(batches, list | tuple):
                self.run_prepared(batches)
            else:
                self.run_lazily(iter(batches))
        except GraphnetError as error:
            place = len(self.results) if self.checking is None else self.checking
            error.headline = f"batches[{place}]: {error.headline}"
            raise
        return self.results

    def run_lazily(self, batches: Iterator[Any]) -> None:
        """Take, check and run one batch after the other."""
        begun: tuple[Reader, Request] | None = None
        for batch in batches:
            begun = begun or self.begin(batch)
            reader, request = begun
            self.step(request, reader.row(batch))

    def begin(self, first: Any) -> tuple[Reader, Request]:
        """Find out what the first batch feeds."""
        reader = MappingReader(first) if self.keys is None else TupleReader(self.keys)
        with self.session.lock:
            return reader, self.session.request(self.fetches, reader.keys)

    def step(self, request: Request, row: Row) -> None:
        """Do what ``Session.run`` does."""
        self.session.check_growth()
        self.results.append(self.session.answer(request, row))

    def run_prepared(self, batches: Sequence[Any]) -> None:
        """Check all batches, then run them."""
        if not batches:
            return
        self.checking = 0
        reader, request = self.begin(batches[0])
        rows = reader.rows(batches) or [*self.read(reader, batches)]
        stretches = [*self.stretches(request, rows)]
        self.checking = None
        for entry, start, stop in stretches:
            if entry is None:
                self.step(request, rows[start])
            else:
                self.run_stretch(entry, rows[start:stop])

    def read(self, reader: Reader, batches: Iterable[Any]) -> Iterator[Row]:
        """Read batch by batch."""
        for self.checking, batch in enumerate(batches):
            yield reader.row(batch)

    def stretches(self, request: Request, rows: Sequence[Row]) -> Iterator[Stretch]:
        """Find the programs for all rows, and where one ends and another begins."""
        self.checking = 0
        while self.checking < len(rows):
            start = self.checking
            with self.session.lock:
                entry, _ = self.session.matched(request, rows[start])
            stop = entry.end(rows, start)
            self.checking = max(stop, start + 1)
            yield Stretch(entry if stop > start else None, start, self.checking)

    def run_stretch(self, entry: Entry, rows: Sequence[Row]) -> None:
        """Run steps that need nothing but their program."""
        for start in range(0, len(rows), TURN):
            self.session.repeat(entry, rows[start : start + TURN], self.results)
