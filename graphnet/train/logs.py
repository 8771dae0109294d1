"""Files that grow by a line per epoch."""

import csv
import json
from abc import abstractmethod
from codecs import getincrementaldecoder
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
        """Read what is to be gone on with, and open the file; it changes after the first epoch."""
        names = [*COLUMNS, *training.names]
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.kept = self.whole(names) if self.append and self.path.exists() else b""
        self.start = "" if self.kept.endswith(b"\n") else "\n" if self.kept else self.header(names)
        self.file = self.path.open("ab", buffering=0)
        self.begun = False

    def epoch(self, training: Training) -> None:
        """Write a line."""
        history = training.history
        row = {"epoch": training.epoch, "seconds": history.times[-1], **training.values}
        self.write(self.line(row))

    def end(self, training: Training) -> None:
        """Close the file."""
        if hasattr(self, "file") and not self.file.closed:
            if training.epoch:
                self.write("")
            self.file.close()

    def write(self, line: str) -> None:
        """Write a line; the first one in place of what the file has had and does not keep."""
        if not self.begun:
            if self.path.stat().st_size > len(self.kept):
                self.file.truncate(len(self.kept))
            line, self.begun = self.start + line, True
        self.file.write(line.encode())

    def whole(self, names: Sequence[str]) -> bytes:
        """Give what the file has without what a killed program has left of a line.

        Raises:
            ArgumentError: It has other columns, or is no text.
        """
        content, header = self.path.read_bytes(), self.header(names)
        try:
            text = getincrementaldecoder("utf-8")().decode(content)  # it may end within a letter
        except UnicodeDecodeError as error:
            raise ArgumentError(
                f"{self.path} is no text in UTF-8: {error.reason} at byte {error.start}",
                hint="write to another file, or replace this one with append=False",
            ) from None
        end = content.rfind(b"\n") + 1
        kept = content if self.is_whole(text[text.rfind("\n") + 1 :], names) else content[:end]
        start = text.replace("\r\n", "\n")[: len(header)]
        if start != header and (kept or not header.startswith(start)):
            raise ArgumentError(
                f"{self.path} has other columns: {text.splitlines()[0]}",
                hint="append to a log of the same values, or write to another file",
            )
        return kept

    @abstractmethod
    def header(self, names: Sequence[str]) -> str:
        """Give what the file begins with."""

    @abstractmethod
    def line(self, row: dict[str, float]) -> str:
        """Give the line of an epoch."""

    @abstractmethod
    def is_whole(self, line: str, names: Sequence[str]) -> bool:
        """Whether the last line, whose end is missing, has all that a line has."""


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

    def is_whole(self, line: str, names: Sequence[str]) -> bool:
        """Whether it has a number for each column."""
        try:
            return len([float(word) for word in line.split(",")]) == len(names)
        except ValueError:
            return False


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

    def is_whole(self, line: str, names: Sequence[str]) -> bool:  # noqa: ARG002  # as Log has it
        """Whether it is an object."""
        try:
            return isinstance(json.loads(line), dict)
        except ValueError:
            return False


def comma_separated(values: Sequence[object]) -> str:
    """Give a row of a table."""
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerow(values)
    return text.getvalue()
