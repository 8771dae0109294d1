"""A clock that tests set, so that nothing depends on how fast a machine is."""

from collections.abc import Iterator

import graphnet as gn
from graphnet.ir.tensor import Tensor
from graphnet.typing import Array

READING = 10
"""Nanoseconds that one reading takes."""


class Clock:
    """A clock that only moves when it is read, and when ``work`` is called.

    Attributes:
        now: The time in nanoseconds.
    """

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        """Read the clock."""
        self.now += READING
        return self.now

    def work(self, x: Tensor, *times: int, name: str) -> Tensor:
        """Declare a call that takes so many nanoseconds: in turn, each for a whole call and alone.

        Args:
            x: What is handed on.
            times: How long each call takes; the last one holds for all that follow.
            name: Name of the node.
        """
        left = each(times)

        def take(value: Array) -> Array:
            self.now += next(left)
            return value + 1

        return gn.py_call(take, [x], x.dtype, x.shape, stateful=True, name=name)


def each(times: tuple[int, ...]) -> Iterator[int]:
    """Give each time, and the last one forever."""
    yield from times
    while True:
        yield times[-1]
