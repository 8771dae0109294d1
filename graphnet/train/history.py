"""``History``: what ``fit`` has seen, epoch by epoch."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from io import StringIO
from os import PathLike
from pathlib import Path
from typing import NamedTuple, Self, overload

import numpy as np

from graphnet.errors import ArgumentError, FormatError, near_names
from graphnet.train.direction import Mode, sign_of
from graphnet.typing import Array

__all__ = ["COLUMNS", "Best", "History"]

COLUMNS = ("epoch", "seconds")
"""What stands in front of the values in a file."""

SHOWN = 10
"""How many epochs at the start and at the end a table shows."""


class Best(NamedTuple):
    """An epoch, counted from 1, and the value that makes it the best one.

    Example:
        >>> import graphnet as gn
        >>> history = gn.train.History(["accuracy"])
        >>> for accuracy in (0.75, 0.875, 0.5):
        ...     history.append({"accuracy": accuracy}, seconds=1.0)
        >>> history.best("accuracy").epoch
        2
    """

    epoch: int
    value: float


class History(Mapping[str, Array]):
    """The values of each epoch, by name.

    A mapping of names to arrays with one number per epoch, ready to be plotted; ``history[-1]`` are
    the values of the last epoch by name. Only whole epochs count. Two histories are equal if their
    values are; time does not count.

    Args:
        names: What there is a value of in each epoch.

    Attributes:
        stopped: What a callback or an error has stopped training for, or None.
        batches: The watched values of every batch in the epoch that was begun last, by name.

    Example:
        >>> import graphnet as gn
        >>> history = gn.train.History(["loss"])
        >>> for loss in (0.5, 0.125, 0.25):
        ...     history.append({"loss": loss}, seconds=2.0)
        >>> print(history)
        epoch    loss  seconds
            1  0.5000    2.000
            2  0.1250    2.000
            3  0.2500    2.000
        >>> history["loss"], history.best("loss")
        (array([0.5  , 0.125, 0.25 ]), Best(epoch=2, value=0.125))
    """

    def __init__(self, names: Sequence[str] = ()) -> None:
        self.columns: dict[str, list[float]] = {name: [] for name in names}
        self.times: list[float] = []
        self.stopped: str | None = None
        self.batches: dict[str, Array] = {}

    @property
    def epochs(self) -> Array:
        """The numbers of the epochs, from 1."""
        return np.arange(1, len(self.times) + 1)

    @property
    def seconds(self) -> Array:
        """How long each epoch took, validation included."""
        return np.array(self.times)

    @overload
    def __getitem__(self, key: str) -> Array: ...

    @overload
    def __getitem__(self, key: int) -> dict[str, float]: ...

    def __getitem__(self, key: str | int) -> Array | dict[str, float]:
        """Give all values of a name, or, by number from 0, those of an epoch."""
        if not isinstance(key, str):
            return {name: column[key] for name, column in self.columns.items()}
        try:
            return np.array(self.columns[key])
        except KeyError:
            names = ", ".join(map(repr, self.columns)) or "nothing"
            hint = near_names(key, self.columns) or f"there is {names}"
            raise KeyError(f"the history has no {key!r}; {hint}") from None

    def __iter__(self) -> Iterator[str]:
        """Give the names."""
        return iter(self.columns)

    def __len__(self) -> int:
        """Give the number of names."""
        return len(self.columns)

    def __eq__(self, other: object) -> bool:
        """Whether the values are equal, or are NaN in the same places."""
        if not isinstance(other, History):
            return NotImplemented
        return [*self] == [*other] and all(
            np.array_equal(self[name], other[name], equal_nan=True) for name in self
        )

    __hash__ = None  # type: ignore[assignment]  # it grows

    def append(self, values: Mapping[str, float], seconds: float) -> None:
        """Add an epoch.

        Args:
            values: One per name.
            seconds: How long it took.

        Raises:
            ArgumentError: The names are others.
        """
        if values.keys() != self.columns.keys():
            raise ArgumentError(
                f"the history has {', '.join(self.columns)}, the epoch has {', '.join(values)}"
            )
        for name, column in self.columns.items():
            column.append(float(values[name]))
        self.times.append(float(seconds))

    def best(self, name: str, mode: Mode | None = None) -> Best:
        """Give the epoch with the best value, the first of equal ones; NaN is never best.

        Args:
            name: Which values.
            mode: "min" if small values are good, "max" if large ones are; None goes by the name:
                losses and errors should be small, accuracies large.

        Raises:
            ArgumentError: The name does not tell, or no epoch has a value.
        """
        signed = sign_of(name, mode) * self[name]
        if np.isnan(signed).all():
            raise ArgumentError(f"no epoch has a value of {name!r} that could be the best")
        place = int(np.nanargmin(signed))
        return Best(place + 1, self.columns[name][place])

    # Files

    def rows(self) -> Iterator[list[float]]:
        """Give the values of each epoch as a file has them."""
        for place, seconds in enumerate(self.times):
            yield [place + 1, seconds, *(column[place] for column in self.columns.values())]

    def to_csv(self, path: str | PathLike[str]) -> None:
        """Write a table with the columns epoch, seconds and the names, digits complete."""
        with Path(path).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow([*COLUMNS, *self.columns])
            writer.writerows(self.rows())

    @classmethod
    def from_csv(cls, path: str | PathLike[str]) -> Self:
        """Read what ``to_csv`` or ``CSVLog`` has written.

        A last line without its end is left out: whoever wrote it was killed.

        Raises:
            FormatError: The file has another form.
        """
        text = Path(path).read_text(encoding="utf-8")
        whole = text[: text.rfind("\n") + 1]
        header, *rows = [*csv.reader(StringIO(whole, newline=""))] or [[]]
        if tuple(header[:2]) != COLUMNS:
            raise FormatError(
                f"{path} is no history",
                hint=f"a history is a table whose first columns are {' and '.join(COLUMNS)}",
            )
        made = cls(header[2:])
        for number, row in enumerate(rows, start=2):
            _, seconds, *values = numbers(row, len(header), f"{path}:{number}")
            made.append(dict(zip(made, values, strict=True)), seconds)
        return made

    # Looking at it

    def table(self) -> list[list[str]]:
        """Give the header and the rows as text; the middle of many is left out."""
        rows = [[f"{row[0]:.0f}", *map(shown, row[2:]), f"{row[1]:.3f}"] for row in self.rows()]
        if len(rows) > 2 * SHOWN + 1:
            rows[SHOWN:-SHOWN] = [["..."] * (len(self) + 2)]
        return [["epoch", *self, "seconds"], *rows]

    def __str__(self) -> str:
        """Give a table."""
        table = self.table()
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        lines = ["  ".join(map(str.rjust, row, widths)) for row in table]
        return "\n".join(lines + [f"stopped: {self.stopped}"] * bool(self.stopped))

    def __repr__(self) -> str:
        """Give the last values in one line."""
        count = len(self.times)
        last = [f"{name} {shown(column[-1])}" for name, column in self.columns.items() if column]
        what = f"{count} epoch{'s' * (count != 1)}"
        return f"<history of {what}{': ' * bool(last)}{', '.join(last)}>"

    def _repr_html_(self) -> str:
        """Give a table for notebooks."""
        rows = ("".join(f"<td>{escape(word)}</td>" for word in row) for row in self.table())
        end = f"<p>stopped: {escape(self.stopped)}</p>" if self.stopped else ""
        return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>{end}"


def shown(value: float) -> str:
    """Give a value with four digits."""
    return f"{value:#.4g}"


def numbers(row: Sequence[str], count: int, where: str) -> list[float]:
    """Give a row of a file as numbers."""
    try:
        found = [*map(float, row)]
    except ValueError as error:
        raise FormatError(f"{where}: {error}") from None
    if len(found) != count:
        raise FormatError(f"{where}: {len(found)} values, and {count} columns")
    return found
