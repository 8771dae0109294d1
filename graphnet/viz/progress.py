"""Progress of a drawing that takes long: one line on a screen, which goes when it is done."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from time import monotonic
from typing import TextIO, TypeAlias

from graphnet.errors import ArgumentError
from graphnet.ir.context import creation_site
from graphnet.terminal import in_notebook, is_screen

__all__ = ["Tell", "telling"]

Tell: TypeAlias = Callable[[str, float], None]
"""Is told the name of a stage, and which part of it is done, from 0 to 1."""

PATIENCE = 1.0
"""Seconds that may pass without a word."""

PAUSE = 0.1
"""Seconds between two words."""


class Line:
    """A line that tells how far a drawing is.

    Args:
        stream: Where to write.
        now: Gives the time in seconds.
    """

    def __init__(self, stream: TextIO, now: Callable[[], float] = monotonic) -> None:
        self.stream = stream
        self.now = now
        self.due = now() + PATIENCE
        self.width = 0

    def __call__(self, stage: str, done: float) -> None:
        """Tell it, unless somebody was told a moment ago."""
        if self.now() >= self.due:
            self.due = self.now() + PAUSE
            self.write(f"drawing: {stage} {done:.0%}")

    def write(self, text: str) -> None:
        """Write over the line."""
        self.stream.write(f"\r{text:{self.width}}")
        self.stream.flush()
        self.width = len(text)

    def clear(self) -> None:
        """Take the line away."""
        if self.width:
            self.write("")
            self.stream.write("\r")
            self.stream.flush()


def silent(stage: str, done: float) -> None:
    """Say nothing."""


def telling(progress: bool | str | TextIO) -> AbstractContextManager[Tell]:
    """Give what is told how far a drawing is, for a ``with``.

    Args:
        progress: "auto" or True for a line where somebody watches, False for none, or a stream.

    Raises:
        ArgumentError: It is something else.
    """
    stream = stream_for(progress)
    return nullcontext(silent) if stream is None else line_on(stream)


@contextmanager
def line_on(stream: TextIO) -> Iterator[Tell]:
    """Give a line, and take it away at the end."""
    line = Line(stream)
    try:
        yield line
    finally:
        line.clear()


def stream_for(progress: bool | str | TextIO) -> TextIO | None:
    """Give the stream to write to, if there is one."""
    if progress is False:
        return None
    if progress is True or progress == "auto":
        stream = sys.stdout if in_notebook() else sys.stderr
        return stream if stream and (in_notebook() or is_screen(stream)) else None
    if hasattr(progress, "write") and not isinstance(progress, str):
        return progress
    raise ArgumentError(
        f"draw: {progress!r:.60} is no way to show progress",
        at=str(creation_site()),
        hint='give "auto", False, or a stream as sys.stdout',
    )
