"""Files that grow by a line per epoch."""

import csv
import json
from abc import abstractmethod
from collections.abc import Sequence
from io import StringIO
from math import isfinite
from os import PathLike
from pathlib import Path

from graphnet.errors import ArgumentError
from graphnet.train.callback import Callback
from graphnet.train.history import COLUMNS
from graphnet.train.training import Training

__all__ = ["CSVLog", "JSONLog"]


class Log(Callback):
    """A file with a line per epoch, each written whole and at once, so that it can be read always.

    Args:
        path: The file; its folder is made if it is missing.
        append: Whether to go on with what is there, rather than to replace it.
    """

    def __init__(self, path: str | PathLike[str], *, append: bool = False) -> None:
        self.path = Path(path)
        self.append = append

    def begin(self, training: Training) -> None:
        """Begin the file, or cut off what a killed program has left of a line."""
        header = self.header([*COLUMNS, *training.names])
        self.path.parent.mkdir(parents=True, exist_ok=True)
        kept = self.path.read_bytes() if self.append and self.path.exists() else b""
        kept = kept[: kept.rfind(b"\n") + 1]
        if kept and not kept.decode().startswith(header):
            raise ArgumentError(
                f"{self.path} has other columns: {kept.decode().splitlines()[0]}",
                hint="append to a log of the same values, or write to another file",
            )
        self.file = self.path.open("wb" if not kept else "r+b", buffering=0)
        self.file.truncate(len(kept))
        self.file.seek(len(kept))
        if not kept:
            self.file.write(header.encode())

    def epoch(self, training: Training) -> None:
        """Write a line."""
        history = training.history
        row = {"epoch": training.epoch, "seconds": history.times[-1], **training.values}
        self.file.write(self.line(row).encode())

    def end(self, training: Training) -> None:  # noqa: ARG002  # as Callback has it
        """Close the file."""
        if hasattr(self, "file"):
            self.file.close()

    @abstractmethod
    def header(self, names: Sequence[str]) -> str:
        """Give what the file begins with."""

    @abstractmethod
    def line(self, row: dict[str, float]) -> str:
        """Give the line of an epoch."""


class CSVLog(Log):
    """A table with a row per epoch, which ``History.from_csv`` and spreadsheets read.

    Args:
        path: The file; its folder is made if it is missing.
        append: Whether to go on with what is there, rather than to replace it.

    Example:
        >>> import os, tempfile
        >>> import graphnet as gn
        >>> x = gn.Variable(1.0)
        >>> loss = x * x
        >>> step = gn.optim.SGD(0.25).minimize(loss)
        >>> with tempfile.TemporaryDirectory() as folder, gn.Session() as session:
        ...     path = os.path.join(folder, "log.csv")
        ...     history = gn.train.fit(
        ...         session,
        ...         step,
        ...         [()],
        ...         epochs=3,
        ...         watch={"loss": loss},
        ...         callbacks=[gn.train.CSVLog(path)],
        ...         progress=False,
        ...     )
        ...     gn.train.History.from_csv(path)
        <history of 3 epochs: loss 0.06250>
    """

    def header(self, names: Sequence[str]) -> str:
        """Give the names of the columns."""
        return comma_separated(names)

    def line(self, row: dict[str, float]) -> str:
        """Give a row."""
        return comma_separated([*row.values()])


class JSONLog(Log):
    """An object per line (JSON Lines) with the values of an epoch; null where one is not finite.

    Args:
        path: The file; its folder is made if it is missing.
        append: Whether to go on with what is there, rather than to replace it.

    Example:
        >>> import os, tempfile
        >>> import graphnet as gn
        >>> x = gn.Variable(1.0)
        >>> loss = x * x
        >>> step = gn.optim.SGD(0.25).minimize(loss)
        >>> with tempfile.TemporaryDirectory() as folder, gn.Session() as session:
        ...     path = os.path.join(folder, "log.jsonl")
        ...     history = gn.train.fit(
        ...         session,
        ...         step,
        ...         [()],
        ...         epochs=2,
        ...         watch={"loss": loss},
        ...         callbacks=[gn.train.JSONLog(path)],
        ...         progress=False,
        ...     )
        ...     with open(path) as file:
        ...         print(file.read(), end="")
        {"epoch": 1, "seconds": ..., "loss": 1.0}
        {"epoch": 2, "seconds": ..., "loss": 0.25}
    """

    def header(self, names: Sequence[str]) -> str:  # noqa: ARG002  # as Log has it
        """Give nothing: each line has the names."""
        return ""

    def line(self, row: dict[str, float]) -> str:
        """Give an object."""
        values = {name: value if isfinite(value) else None for name, value in row.items()}
        return json.dumps(values, ensure_ascii=False) + "\n"


def comma_separated(values: Sequence[object]) -> str:
    """Give a row of a table."""
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerow(values)
    return text.getvalue()
