"""``Sweep``: one way through the batches of an epoch, with what runs for each of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from graphnet.errors import ArgumentError, GraphnetError
from graphnet.ir.tensor import Tensor
from graphnet.session.batches import Row
from graphnet.session.compiled import Compiled
from graphnet.session.session import Session
from graphnet.session.structure import take_apart
from graphnet.train.match import Constants, needed, reader_for, used, values_in
from graphnet.train.watch import Record, Watch
from graphnet.typing import Array

__all__ = ["Sweep"]

ENDED = object()
"""What an iterator gives that is at its end."""


class Reading(NamedTuple):
    """How batches like the first one are read.

    Attributes:
        function: What runs for each of them.
        row: Gives the values of a batch.
        place: Which of the values tells the size of a batch: the first that has examples along an
            axis; None if none has.
    """

    function: Compiled
    row: Callable[[Any], Row]
    place: int | None


class Sweep:
    """What runs for each batch, and what it gives.

    Args:
        session: Where to run.
        batches: The batches; every iteration is an epoch.
        step: What runs beside the watched values; an empty list for nothing.
        watch: The watched values.
        feeds: What the values of a batch that is a tuple are for; None goes by what is needed.
        constants: What is the same for all batches, by tensor.
        label: What errors call it.
        like: Whose batches these may be like, if they don't have just the values that are needed.

    Attributes:
        record: The watched values of the batches so far.
        undone: Whether what they did has been taken back: then they never make a whole epoch.
        reading: How batches are read; None before the first one.
    """

    def __init__(
        self,
        session: Session,
        batches: Iterable[Any],
        step: Any,
        watch: Watch,
        feeds: Sequence[Tensor] | None,
        constants: Constants,
        label: str = "",
        like: "Sweep | None" = None,
    ) -> None:
        check_batches(batches)
        self.session = session
        self.batches = batches
        self.watch = watch
        self.feeds = feeds
        self.label = label
        self.fetches = (step, *watch.fetches)
        items, _ = take_apart(self.fetches, session.graph)
        self.constants = used(constants, items)
        self.needed = needed(session.graph, items, self.constants)
        self.choices = [self.needed, *([like.needed] if like else [])]
        self.record = Record()
        self.undone = False
        self.reading: Reading | None = None

    @property
    def count(self) -> int | None:
        """How many batches an epoch has, if they have a length."""
        try:
            return len(self.batches)  # type: ignore[arg-type]
        except TypeError:
            return None

    @property
    def latest(self) -> Mapping[str, Array]:
        """The watched scalars of the batches so far."""
        return self.watch.batches(self.record)

    @property
    def latest_values(self) -> Sequence[float]:
        """The watched scalars of the last batch, in order."""
        count = len(self.watch.scalars)
        return self.record.values[-count:] if count else ()

    def reading_of(self, batch: Any) -> Reading:
        """Find out what the values of the first batch are for, and compile."""
        count = len(batch) if isinstance(batch, tuple | list) else 1
        fitting = [keys for keys in self.choices if len(keys) == count]
        reader = reader_for(batch, self.feeds, [*fitting, self.needed][0])
        function = self.session.compile(self.fetches, [*reader.keys, *self.constants])
        feeds = function.feeds[: len(reader.keys)]
        place = next((place for place, feed in enumerate(feeds) if feed.shape), None)
        return Reading(function, reader.row, place)

    def run(self, epoch: int, stopped: Callable[[], bool] | None = None) -> dict[str, Any] | None:
        """Go through the batches of an epoch.

        Args:
            epoch: Its number.
            stopped: Called after each batch, before the metrics see it, which may refuse what
                looking at the watched scalars explains; says whether to leave the rest out.

        Returns:
            The watched values; None if some batches were left out.

        Raises:
            ArgumentError: There are no batches, or no examples in them.
        """
        self.record.clear()
        for item in self.watch.metrics.values():
            item.metric.reset()
        iterator = iter(self.batches)
        try:
            whole = self.go(iterator, epoch, stopped)
        finally:
            if iterator is not self.batches and hasattr(iterator, "close"):
                iterator.close()  # what prepares batches ahead in a thread would go on doing so
        if whole and not any(self.record.sizes):
            raise empty(f"{self.label}epoch {epoch}", len(self.record.sizes))
        return self.watch.means(self.record) if whole else None

    def go(
        self, batches: Iterator[Any], epoch: int, stopped: Callable[[], bool] | None = None
    ) -> bool:
        """Run batch by batch; gives whether it was all of them."""
        values, sizes = self.record.values, self.record.sizes
        metrics = [item.metric for item in self.watch.metrics.values()]
        fixed = values_in(epoch, self.constants)
        for number, batch in enumerate(batches, start=1):
            try:
                if self.reading is None:
                    self.reading = self.reading_of(batch)
                function, read, place = self.reading
                row = read(batch)
                _, scalars, arguments = function(*row, *fixed)
                values.extend(scalars)
                sizes.append(1 if place is None else len(row[place]))
                ended = stopped is not None and stopped()
                if ended and (self.undone or next(batches, ENDED) is not ENDED):
                    return False
                if metrics:
                    for metric, arrays in zip(metrics, arguments, strict=True):
                        metric.update(*arrays)
            except GraphnetError as error:
                where = f"{self.label}epoch {epoch}, batch {number}"
                error.headline = f"{where}: {error.headline}"
                raise
            if ended:
                break
        return True


def check_batches(batches: Any) -> None:
    """Refuse what cannot be iterated over again and again.

    Raises:
        ArgumentError: It is no such thing.
    """
    if isinstance(batches, Mapping | Tensor | str) or not isinstance(batches, Iterable):
        raise ArgumentError(
            f"batches are an iterable of many batches, not {type(batches).__name__}",
            hint="give gn.data.batches((inputs, labels), size), or put a single batch in a list",
        )


def empty(where: str, count: int) -> ArgumentError:
    """Say that an epoch has nothing in it."""
    if count:
        return ArgumentError(f"{where}: the {count} batches have no examples in them")
    return ArgumentError(
        f"{where}: there are no batches",
        hint="every iteration over `batches` must give an epoch: a list and gn.data.batches do, "
        "a generator can be read only once; with drop_last=True there may be too few examples",
    )
