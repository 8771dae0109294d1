"""A number of threads for what a session runs.

It counts for NumPy's BLAS, which has one number for the whole process, and for whoever plans work
on threads of Python.
"""

import os
from collections.abc import Callable
from operator import index
from threading import Lock
from typing import Any, TypeVar

from graphnet.errors import ArgumentError
from graphnet.kernels.blas import Blas, Pool, blas, numpy_pool

__all__ = ["Limit"]

T = TypeVar("T")

SMALL = 4096
"""Elements up to which the second thread of a BLAS has nothing to do.

OpenBLAS shares products of more than 2**18 multiplications, and of three matrices with so many the
largest has more than ``(2**18) ** (2 / 3)`` elements; vectors are shared above 9216.
"""


class Limit:
    """The number of threads that a session asks for.

    The BLAS has one number for the process. It is set while something runs under a limit, which
    takes a microsecond or two, and set back afterwards. Of several limits at once, on several
    threads or one within the other, the smallest holds.

    Args:
        threads: On how many threads to run; None for as many as NumPy uses anyway, without any
            change to its number.

    Attributes:
        threads: On how many threads that will be.

    Raises:
        ArgumentError: ``threads`` is no positive integer.

    Example:
        >>> single = Limit(1).during(blas, largest=1_000_000)
        >>> single().threads in (1, None)
        True
    """

    def __init__(self, threads: int | None = None) -> None:
        self.asked = None if threads is None else checked(threads)
        self.pool = numpy_pool()
        self.threads = self.asked or blas().threads or cores()

    @property
    def trouble(self) -> str | None:
        """Why the limit does not hold, with the way out; None if it does."""
        return unable(blas()) if self.asked is not None and self.pool is None else None

    def during(self, function: Callable[..., T], largest: int | None = None) -> Callable[..., T]:
        """Give a function that does the same within the limit, or the function if that is equal.

        Args:
            function: What is to run within the limit.
            largest: Elements of the largest array that it works on, if that is known.
        """
        pool, asked = self.pool, self.asked
        if pool is None or asked is None or (largest is not None and largest <= SMALL):
            return function

        def run(*arguments: object) -> T:
            try:
                limits.enter(pool, asked)
                return function(*arguments)
            finally:
                limits.leave(pool, asked)

        return run


class Limits:
    """The limits that hold now in the process, and its number from before."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.active: list[int] = []
        self.before = 0

    def enter(self, pool: Pool, threads: int) -> None:
        """Begin a limit."""
        with self.lock:
            if not self.active:
                self.before = pool.get()
            self.active.append(threads)
            pool.set(min(self.active))

    def leave(self, pool: Pool, threads: int) -> None:
        """End a limit."""
        with self.lock:
            if threads in self.active:  # unless Ctrl-C came before
                self.active.remove(threads)
            pool.set(min(self.active) if self.active else self.before)


limits = Limits()


def checked(threads: Any) -> int:
    """Give a number of threads as an integer."""
    try:
        number = 0 if isinstance(threads, bool) else index(threads)
    except TypeError:
        number = 0
    if number < 1:
        raise ArgumentError(
            f"a number of threads is an integer from 1 on, not {threads!r:.60}",
            hint="threads=1 keeps all work on the calling thread; without it NumPy's number holds",
        )
    return number


def cores() -> int:
    """Give the number of cores that the process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def unable(found: Blas) -> str:
    """Say that the number of threads of a BLAS cannot be set."""
    return (
        f"the threads of NumPy's BLAS ({found.library}) cannot be set while Python runs\n"
        f"hint: set {found.variable} in the environment before NumPy is imported"
    )
