"""Memory that starts at a cache line."""

import numpy as np

from graphnet.typing import Array

__all__ = ["CACHE_LINE", "aligned", "round_up"]

CACHE_LINE = 64  # bytes: also the widest vector register


def aligned(size: int) -> Array:
    """Allocate ``size`` bytes that start at a cache line.

    Example:
        >>> memory = aligned(100)
        >>> memory.size, memory.ctypes.data % CACHE_LINE
        (100, 0)
    """
    raw = np.empty(size + CACHE_LINE, np.uint8)
    start = -raw.ctypes.data % CACHE_LINE
    return raw[start : start + size]


def round_up(size: int) -> int:
    """Give the bytes of whole cache lines that ``size`` bytes take.

    Example:
        >>> round_up(1), round_up(64), round_up(65)
        (64, 64, 128)
    """
    return -(-size // CACHE_LINE) * CACHE_LINE
