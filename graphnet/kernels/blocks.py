"""Elementwise work on large arrays, block by block, on two threads.

Each function of a chain waits for memory where the arrays do not fit into the processor's cache.
Block by block, a function finds in the cache what the one before it left there, values that only
the chain needs take the memory of one block, and a second thread can do every other block, since
NumPy gives up Python's lock while it works on a large array.
"""

from collections.abc import Callable, Sequence
from math import prod
from typing import TypeAlias

from graphnet.kernels.aligned import aligned
from graphnet.kernels.partner import Job, share
from graphnet.typing import Array, DType

__all__ = ["Blockwise", "count_blocks"]

Temporary: TypeAlias = tuple[tuple[int, ...], DType]
"""The shape of a value at one position of the first axis, and its dtype."""

# All measured with float32 and float64, on two cores that share 32 MiB of cache.
BLOCK = 2**19  # bytes of one array; smaller blocks pay for calls, larger ones leave the cache
CACHE = 2**25  # bytes of all arrays, above which one thread gains by blocks
SHARED = 800_000  # bytes of one array, from which on a second thread gains
PASSES = 8_000_000  # bytes that all calls together write, from which on a second thread gains

EVEN = 16  # positions: so many numbers fill cache lines


def count_blocks(nbytes: int, calls: int, arrays: int, threads: int) -> int:
    """Give the number of blocks in which a chain of elementwise functions is done fastest.

    Args:
        nbytes: Bytes of one of its arrays, all of which are equally large.
        calls: How many functions are called.
        arrays: How many arrays they read and write, temporaries included.
        threads: How many threads may be used.

    Returns:
        The number of blocks, 1 where it is best to do everything at once.

    Example:
        >>> count_blocks(4_000_000, calls=20, arrays=9, threads=2)
        8
        >>> count_blocks(40_000, calls=20, arrays=9, threads=2)
        1
    """
    crew = min(threads, 2)
    is_shared = crew == 2 and nbytes >= SHARED and nbytes * calls >= PASSES
    is_too_large = calls > 1 and nbytes * arrays > CACHE
    return crew * -(-nbytes // (BLOCK * crew)) if is_shared or is_too_large else 1


class Blockwise:
    """Calls an elementwise function of arrays once for each block of them.

    Which thread does which block changes nothing: results have the bits of one call for all.
    It keeps memory for temporaries, so one thread at a time may call it.

    Args:
        extent: Extent of the first axis of all arrays, along which they are cut.
        number: Of blocks, as ``count_blocks`` gives it.
        temporaries: The values that are needed within a block only.
        threads: 1 for the calling thread alone; with 2 or more, a second one takes part.

    Attributes:
        blocks: The parts of the first axis.
        nbytes: Memory of the temporaries, for all threads.

    Example:
        >>> import numpy as np
        >>> def body(x, y, root):
        ...     np.sqrt(x, root)
        ...     np.add(root, x, y)
        >>> x = np.arange(100.0)
        >>> y = np.empty(100)
        >>> add_root = Blockwise(100, number=2, temporaries=[((), x.dtype)])
        >>> add_root(body, x, y)
        >>> bool((y == np.sqrt(x) + x).all()), add_root.blocks
        (True, [slice(0, 50, None), slice(50, 100, None)])
    """

    def __init__(
        self, extent: int, number: int, temporaries: Sequence[Temporary] = (), threads: int = 1
    ) -> None:
        self.blocks = cut(extent, number)
        longest = max((block.stop - block.start for block in self.blocks), default=0)
        crew = min(threads, 2, max(len(self.blocks), 1))
        self.rooms = [make_room(longest, temporaries) for _ in range(crew)]
        self.nbytes = sum(value.nbytes for room in self.rooms for value in room)

    def __call__(self, body: Callable[..., object], *arrays: Array) -> None:
        """Call ``body`` with the blocks of ``arrays``, and room for the temporaries behind them.

        ``body`` may write to its arguments only, as two threads call it at once, and must not wait
        for other threads. Both have the caller's context, of which ``np.errstate`` is a part.

        Raises:
            BaseException: What ``body`` raised, on any of the threads. No thread works on the
                arrays any more then; this holds for Ctrl-C, too.
        """
        job = Job(body, arrays, self.blocks)
        own, *others = self.rooms
        if others:
            share(job, own, *others)
        else:
            job.work(own)


def cut(extent: int, number: int) -> list[slice]:
    """Cut an axis into about equal parts."""
    unit = EVEN if extent > 16 * EVEN * number else 1
    starts = [extent * index // number // unit * unit for index in range(number)]
    stops = [*starts[1:], extent]
    return [slice(*ends) for ends in zip(starts, stops, strict=True) if ends[0] < ends[1]]


def make_room(length: int, temporaries: Sequence[Temporary]) -> list[Array]:
    """Give arrays of ``length`` positions that start at cache lines."""
    room = []
    for shape, dtype in temporaries:
        size = length * prod(shape) * dtype.itemsize
        room.append(aligned(size).view(dtype).reshape(length, *shape))
    return room
