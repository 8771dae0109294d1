"""The few types that every layer shares.

An *array* is a concrete NumPy value; a *shape* is what is known of its extents before running:
a number, a name (equal names mean equal extents), or ``None`` for an unknown one.
"""

from typing import Any, TypeAlias

import numpy as np

__all__ = ["Array", "DType", "Dimension", "Shape"]

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]
DType: TypeAlias = np.dtype[Any]
Dimension: TypeAlias = int | str | None
Shape: TypeAlias = tuple[Dimension, ...]
