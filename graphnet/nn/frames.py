"""What the layers at hand do, the innermost last, per thread: whose variables are made where."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from graphnet.ops.sources import Variable

__all__ = ["Frame", "calling", "frame", "frames"]


class Frame(NamedTuple):
    """One ``build`` or ``call`` of a layer.

    Attributes:
        layer: The layer.
        called: Whether it is a ``call``.
        made: The variables that were made inside.
    """

    layer: object
    called: bool
    made: list[Variable]


class Frames(threading.local):
    """The frames of this thread."""

    def __init__(self) -> None:
        self.stack: list[Frame] = []


frames = Frames()


@contextmanager
def frame(layer: object, *, called: bool) -> Iterator[list[Variable]]:
    """Build or call a layer, and give the list of the variables that are made meanwhile."""
    frames.stack.append(Frame(layer, called, []))
    try:
        yield frames.stack[-1].made
    finally:
        frames.stack.pop()


def calling() -> bool:
    """Whether a ``call`` is at hand, and not a ``build`` inside of it."""
    return bool(frames.stack) and frames.stack[-1].called
