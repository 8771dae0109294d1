"""Progress: a bar where somebody watches, a line per epoch where it is read later."""

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from graphnet.errors import ArgumentError
from graphnet.terminal import in_notebook, is_screen
from graphnet.train.callback import Callback
from graphnet.train.history import shown
from graphnet.train.training import VALIDATION, Training

__all__ = ["Bar", "Lines", "progress_for"]

TEXTS = (
    "{desc} {percentage:3.0f}% |{bar:12}| {elapsed}<{remaining}{postfix}",
    "{desc} {percentage:3.0f}% {elapsed}<{remaining}{postfix}",
    "{desc} {percentage:3.0f}%{postfix}",
)
"""Forms of a bar for less and less room; values matter most."""

WIDGET = "{desc} {percentage:3.0f}% {bar} {elapsed}<{remaining}{postfix}"


class Lines(Callback):
    """One line per epoch.

    Args:
        stream: Where to write.
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def begin(self, training: Training) -> None:
        """Show notes, too."""
        training.noted = self.write

    def epoch(self, training: Training) -> None:
        """Write the line of an epoch."""
        planned = str(training.epochs)
        number = f"{training.epoch:>{len(planned)}}"
        seconds = duration(training.history.times[-1])
        words = [f"epoch {number}/{planned}", *described(training.values), seconds]
        self.write("  ".join(words))

    def end(self, training: Training) -> None:
        """Say why training ended before its last epoch."""
        if training.history.stopped:
            self.write(f"stopped: {training.history.stopped}")

    def write(self, line: str) -> None:
        """Write a line, at once."""
        self.stream.write(f"{line}\n")
        self.stream.flush()


class Bar(Callback):
    """A bar that grows by batches; by epochs where nobody knows how many batches there are.

    Args:
        kind: A class of bars, of tqdm or like one of its classes.
        stream: Where to draw.
        forms: How the parts of the bar are put together, from the longest to the shortest.
    """

    def __init__(self, kind: Any, stream: TextIO, forms: Sequence[str]) -> None:
        self.kind = kind
        self.stream = stream
        self.forms = forms
        self.bar: Any = None

    def begin(self, training: Training) -> None:
        """Draw the empty bar."""
        self.batches = training.batch_count
        self.bar = self.kind(
            total=training.epochs * (self.batches or 1),
            desc=f"epoch 1/{training.epochs}",
            bar_format=self.forms[0],
            dynamic_ncols=True,
            file=self.stream,
        )
        training.noted = self.write

    def batch(self, training: Training) -> None:  # noqa: ARG002  # as Callback has it
        """Grow."""
        if self.batches is not None:
            self.bar.update()

    def epoch(self, training: Training) -> None:
        """Show the values of an epoch."""
        following = min(training.epoch + 1, training.epochs)
        self.bar.set_description_str(f"epoch {following}/{training.epochs}", refresh=False)
        self.bar.set_postfix_str(grouped(training), refresh=False)
        self.bar.bar_format = next(filter(self.fits, self.forms))
        if self.batches is None:
            self.bar.update()

    def fits(self, form: str) -> bool:
        """Whether a form of the bar as it is now fits the screen."""
        if form is self.forms[-1]:
            return True
        whole = {**self.bar.format_dict, "bar_format": form, "ncols": None}
        room = os.get_terminal_size(self.stream.fileno()).columns
        return len(self.kind.format_meter(**whole)) < room

    def end(self, training: Training) -> None:
        """Leave the bar as it is, and say why training ended before its last epoch."""
        if self.bar is not None:
            self.bar.refresh()
            self.bar.close()
        if training.history.stopped:
            self.stream.write(f"stopped: {training.history.stopped}\n")

    def write(self, line: str) -> None:
        """Write a line above the bar."""
        self.kind.write(line, file=self.stream)


def progress_for(progress: bool | str | TextIO) -> Callback:
    """Give what shows the progress.

    Args:
        progress: "auto" or True, False, or a stream.

    Raises:
        ArgumentError: It is something else.
    """
    if progress is False:
        return Callback()
    if progress is True or progress == "auto":
        stream = sys.stdout if in_notebook() else sys.stderr
    elif hasattr(progress, "write") and not isinstance(progress, str):
        stream = progress
    else:
        raise ArgumentError(
            f"{progress!r:.60} is no way to show progress",
            hint='give "auto", False, or a stream as sys.stdout',
        )
    if stream is None:  # a program without a console
        return Callback()
    return bar_for(stream) or Lines(stream)


def bar_for(stream: TextIO) -> Bar | None:
    """Give a bar that a stream can show; None if lines suit it better, or tqdm is missing."""
    notebook = in_notebook() and stream in (sys.stdout, sys.stderr)
    if not notebook and not is_screen(stream):
        return None
    try:
        from tqdm import notebook as widgets  # noqa: PLC0415  # only those who watch need it
        from tqdm import tqdm  # noqa: PLC0415  # as above
    except ImportError:
        return None
    if notebook and getattr(widgets, "IProgress", None) is not None:
        return Bar(widgets.tqdm, stream, [WIDGET])
    return Bar(tqdm, stream, [TEXTS[0]] if notebook else TEXTS)


def described(values: Mapping[str, float]) -> list[str]:
    """Give values with their names."""
    return [f"{name} {shown(value)}" for name, value in values.items()]


def grouped(training: Training) -> str:
    """Give the values with their names in one line, validation first, as it matters most."""
    values = described(training.values)
    count = len(training.train.watch.names)
    trained = ", ".join(values[:count])
    tested = ", ".join(value.removeprefix(VALIDATION) for value in values[count:])
    if not tested:
        return trained
    return f"validation: {tested}" + f", training: {trained}" * bool(trained)


def duration(seconds: float) -> str:
    """Give a time to be read."""
    if seconds < 1:
        return f"{1000 * seconds:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 100 else f"{seconds / 60:.1f} min"
