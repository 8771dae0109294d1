"""Preparing items in a thread while the loop works on earlier ones."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from graphnet.data.counts import at_least

__all__ = ["prefetch"]

T = TypeVar("T")
END = object()


def prefetch(items: Iterable[T], count: int = 2) -> Iterator[T]:
    """Give the items of an iterable in their order, with the next ones prepared by a thread.

    It pays where items take time to prepare outside of Python's own code: NumPy lets another
    thread work while it copies and computes, and so does reading files.

    An error in ``items`` is raised in the loop, at the item where it happened, and its traceback
    goes down to the line in ``items``. The thread starts with the first item and ends with the
    last one, and also when the loop is left early, by ``break``, an error or Ctrl-C: at most the
    item that is being prepared is still finished. What is never iterated has no thread.

    Args:
        items: Anything that a loop takes. It is advanced in the thread, one item at a time, and by
            nobody else meanwhile.
        count: How many items are prepared ahead, at least 1; each takes memory.

    Returns:
        Iterator of the same items.

    Raises:
        ArgumentError: ``count`` is not an integer, or less than 1.

    Example:
        >>> import graphnet as gn
        >>> squares = (number**2 for number in range(5))
        >>> list(gn.data.prefetch(squares, 2))
        [0, 1, 4, 9, 16]
    """
    return ahead(iter(items), at_least(1, count, "prefetch: expected a count"))


def ahead(source: Iterator[T], count: int) -> Iterator[T]:
    """Keep ``count`` items waiting or in preparation."""
    pool = ThreadPoolExecutor(1, "graphnet-prefetch")
    try:
        waiting = deque(pool.submit(next, source, END) for _ in range(count))
        while (item := waiting.popleft().result()) is not END:
            waiting.append(pool.submit(next, source, END))
            yield item  # type: ignore[misc]
    finally:
        pool.shutdown(cancel_futures=True)
