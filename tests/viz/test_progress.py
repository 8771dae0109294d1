"""``telling``: one line on a screen, and nothing elsewhere."""

import io
import itertools
import sys

import pytest

import graphnet as gn
from graphnet.viz.progress import Line, silent, telling


def test_a_line_waits_and_then_tells_now_and_then() -> None:
    """Short work says nothing; long work is not told about each time."""
    times = itertools.count(0, 0.06)
    stream = io.StringIO()
    line = Line(stream, lambda: next(times))
    for step in range(30):
        line("ranks", step / 30)
    written = stream.getvalue().split("\r")
    assert written[0] == ""
    assert 3 <= len(written) < 15
    assert all(text.startswith("drawing: ranks ") for text in written[1:])


def test_the_line_goes_when_the_work_is_done() -> None:
    """Blanks cover it; nothing is written if nothing was said."""
    stream = io.StringIO()
    line = Line(stream, itertools.count(0, 2).__next__)
    line("crossings", 0.5)
    line.clear()
    assert stream.getvalue() == f"\rdrawing: crossings 50%\r{'':22}\r"
    quiet = io.StringIO()
    Line(quiet, lambda: 0).clear()
    assert quiet.getvalue() == ""


def test_nobody_is_told_where_nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a pipe, and where it is not wanted."""
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    for way in (False, True, "auto"):
        with telling(way) as tell:
            assert tell is silent
    stream = io.StringIO()
    with telling(stream) as tell:
        assert isinstance(tell, Line)
        assert tell.stream is stream


class Copy:
    """What stands in the place of a stream, and passes on what is written."""

    def write(self, text: str) -> int:
        """Count what is written."""
        return len(text)

    def isatty(self) -> bool:
        """Say what the stream behind would say."""
        return True


def test_streams_that_know_of_no_terminal_are_no_screens(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as those that stand in their place, and those that are closed: all draw in silence."""
    monkeypatch.delenv("TERM", raising=False)
    closed = io.StringIO()
    closed.close()
    for stream in (Copy(), closed):
        monkeypatch.setattr(sys, "stderr", stream)
        with telling("auto") as tell:
            assert tell is silent


def test_other_ways_are_refused() -> None:
    """With what would be right."""
    with pytest.raises(gn.errors.ArgumentError, match="'loud' is no way to show progress"):
        telling("loud")
