"""What float16 does not hold: squares, small numbers, and the numbers of late steps."""

from typing import TypeVar

import numpy as np

from graphnet.ir.tensor import Tensor
from graphnet.ops.families import cast_to
from graphnet.ops.select import maximum, minimum
from graphnet.typing import DType

__all__ = ["narrow", "normal", "wide"]

N = TypeVar("N", float, Tensor)

HALF, SINGLE = np.dtype(np.float16), np.dtype(np.float32)
LEAST = float(np.finfo(HALF).tiny)
LARGEST = float(np.finfo(HALF).max)


def wide(x: Tensor) -> Tensor:
    """Give float16 as float32, and everything else as it is."""
    return cast_to(x, SINGLE) if x.dtype == HALF else x


def narrow(x: Tensor, dtype: DType) -> Tensor:
    """Give ``x`` in a dtype; in float16 what is too large is the largest number."""
    return cast_to(minimum(x, LARGEST) if dtype == HALF else x, dtype)


def normal(number: N, dtype: DType) -> N:
    """Give a number; in float16, where a small one is lost, at least the smallest normal one."""
    if dtype != HALF:
        return number
    return maximum(number, LEAST) if isinstance(number, Tensor) else max(number, LEAST)
