"""What curves are made of: the values of one metric in several runs, epoch by epoch."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from graphnet.errors import near_names
from graphnet.plot.sheet import unusable
from graphnet.typing import Array

__all__ = ["PARTS", "History", "Series", "alone", "grouped", "metrics", "split", "stacked"]

History: TypeAlias = Mapping[str, Any]

PARTS = ("training", "validation", "test")
PREFIX = re.compile(r"(?P<part>train|val|test)(ing|id|idation)?[_/. -]+(?P<metric>.+)")
COUNTERS = ("epoch", "epochs", "step", "steps")  # they tell where a row belongs, and are no curve


@dataclass(frozen=True)
class Series:
    """The values of one metric on one part of the data.

    Attributes:
        values: Shape (runs, epochs); NaN where a run has no finite value.
        broken: Shape (epochs,); whether a run has a value that is not finite.
        epochs: Shape (epochs,); the numbers of the epochs in which some run has a value.
    """

    values: Array
    broken: Array
    epochs: Array

    @property
    def counts(self) -> Array:
        """How many runs have a finite value."""
        found: Array = np.isfinite(self.values).sum(axis=0)
        return found

    def mean(self) -> Array:
        """Give the mean over the runs that have a value, NaN where none has."""
        return ratio(np.nansum(self.values, axis=0), self.counts)

    def deviation(self) -> Array:
        """Give the standard deviation of the runs; NaN where there are less than two."""
        squares = np.nansum(np.square(self.values - self.mean()), axis=0)
        roots: Array = np.sqrt(ratio(squares, self.counts - 1))
        return roots

    def runs(self) -> str:
        """Say how many runs there are."""
        fewest, most = int(self.counts.min(initial=len(self.values))), len(self.values)
        return f"{most} runs" if fewest == most else f"{fewest} to {most} runs"

    def best(self, sign: int) -> int | None:
        """Give the position of the best mean: the highest for sign 1, the lowest for -1."""
        score = sign * self.mean()
        return int(np.nanargmax(score)) if np.isfinite(score).any() else None


def ratio(sums: Array, counts: Array) -> Array:
    """Divide, with NaN where there is nothing to divide by."""
    quotients: Array = np.full(sums.shape, np.nan)
    np.divide(sums, counts, out=quotients, where=counts > 0)
    return quotients


def alone(values: Array) -> list[int]:
    """Give the positions that no line leads to, so that they need a marker."""
    finite = np.pad(np.isfinite(values), 1)
    return [int(place) for place in np.flatnonzero(finite[1:-1] & ~finite[:-2] & ~finite[2:])]


def split(name: str) -> tuple[str, str]:
    """Split a name into the metric and the part of the data.

    Example:
        >>> split("loss"), split("val_loss"), split("test error")
        (('loss', 'training'), ('loss', 'validation'), ('error', 'test'))
    """
    found = PREFIX.fullmatch(name)
    if found is None:
        return name, "training"
    part = next(part for part in PARTS if part.startswith(found["part"]))
    return found["metric"], part


def grouped(history: Any) -> dict[str, list[History]]:
    """Bring one run, several, or several by label into one form.

    Raises:
        ArgumentError: It is none of these, or there is nothing in it.
    """
    if isinstance(history, Mapping) and any(is_runs(value) for value in history.values()):
        groups = {str(label): listed(value, repr(label)) for label, value in history.items()}
    else:
        groups = {"": listed(history, "the history")}
    rows = [row for runs in groups.values() for run in runs for row in run.values()]
    if not any(np.size(row) for row in rows):
        raise unusable("curves: the history is empty", "record at least one epoch")
    return groups


def is_runs(value: Any) -> bool:
    """Whether ``value`` is a history or several, rather than a row of numbers."""
    if isinstance(value, Mapping):
        return True
    return isinstance(value, Sequence) and any(isinstance(item, Mapping) for item in value)


def listed(value: Any, label: str) -> list[History]:
    """Give one run or several as a list."""
    runs = [value] if isinstance(value, Mapping) else value
    if not isinstance(runs, Sequence) or not all(isinstance(run, Mapping) for run in runs):
        raise unusable(
            f"curves: {label} is no history: {value!r:.60}",
            'give a mapping as {"loss": [0.7, 0.4]}, a list of such mappings (several runs), '
            "or a mapping from labels to these",
        )
    return list(runs)


def metrics(groups: Mapping[str, Sequence[History]], wanted: Sequence[str]) -> list[str]:
    """Give the metrics that are drawn, each once.

    Raises:
        ArgumentError: None of the runs has one that is wanted.
    """
    names = [name for runs in groups.values() for run in runs for name in run]
    known = list(dict.fromkeys(split(name)[0] for name in names if name not in COUNTERS))
    if not known:
        raise unusable("curves: the history holds no metric", "record a loss in every epoch")
    asked = list(dict.fromkeys(split(name)[0] for name in wanted))
    for name in asked:
        if name not in known:
            hint = near_names(name, known) or f"there are {', '.join(map(repr, known))}"
            raise unusable(f"curves: no run has {name!r}", hint)
    return asked or known


def stacked(runs: Sequence[History], metric: str, part: str) -> Series | None:
    """Collect what some runs recorded of a metric; None if that is nothing."""
    rows = list(recorded(runs, metric, part))
    if not rows:
        return None
    longest = max(map(len, rows))
    values = np.full((len(rows), longest), np.nan)
    measured = np.zeros(values.shape, dtype=bool)
    for row, found in enumerate(rows):
        measured[row, : len(found)] = [value is not None for value in found]
        values[row, : len(found)] = numbers(found, metric)
    broken = measured & ~np.isfinite(values)
    values[broken] = np.nan
    columns = np.flatnonzero(measured.any(axis=0))
    return Series(values[:, columns], broken.any(axis=0)[columns], columns + 1)


def recorded(runs: Sequence[History], metric: str, part: str) -> Iterator[list[Any]]:
    """Give the row of a metric in each run that has one."""
    for run in runs:
        for name, values in run.items():
            if split(name) == (metric, part):
                if np.ndim(values) != 1:
                    raise unusable(
                        f"curves: expected one number per epoch in {name!r}, found {values!r:.60}"
                    )
                yield list(values)


def numbers(values: Sequence[Any], metric: str) -> Array:
    """Make an array of numbers; what was not measured is NaN."""
    try:
        return np.array([np.nan if value is None else float(value) for value in values])
    except (TypeError, ValueError):
        raise unusable(f"curves: {metric!r} holds more than numbers: {values!r:.60}") from None
