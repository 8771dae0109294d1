"""Accumulating at integer positions, and the arrays that mark one position each.

Measured on a two-core machine, float32, in microseconds; rows are summed into a table by index:

==============  ===========  ==========  ========  =================  ============
table           rows added   np.add.at   bincount  sort and reduceat  one-hot GEMM
==============  ===========  ==========  ========  =================  ============
(65, 64)              1 024         120       130                 94           142
(1 000, 64)             256          32        76                 97           521
(10 000, 64)         16 384       2 025     7 522              6 630             -
(30 000, 256)         4 096       2 025    17 482              6 328             -
(10, 25)              1 000          53        55                 49            16
(1 000,)            100 000         113       131              6 138             -
==============  ===========  ==========  ========  =================  ============

``np.add.at`` here is given flat positions, which is four to five times faster than giving it the
row indices. It is best or near best everywhere, exact for integers, and adds in the order of the
updates. The matrix product is better for very few rows, but would turn one infinite update into
NaN in every row.
"""

import math

import numpy as np
from numpy.lib.array_utils import normalize_axis_index

from graphnet.typing import Array, DType

__all__ = ["one_hot", "scatter_add"]


def scatter_add(out: Array, indices: Array, updates: Array, axis: int = 0) -> Array:
    """Add slices to ``out``, in place, at indices along one axis; equal indices add up.

    The reverse of ``np.take(out, indices, axis)``: slice ``i`` of ``updates`` is added to slice
    ``indices[i]`` of ``out``.

    Args:
        out: Array to add to; zeros for a plain sum.
        indices: Integers of any shape; negative ones count from the end.
        updates: Array of ``out.shape[:axis] + indices.shape + out.shape[axis + 1:]``.
        axis: Axis of ``out`` that is indexed.

    Returns:
        ``out``.

    Raises:
        IndexError: An index is out of range; ``out`` is unchanged then.
        ValueError: ``updates`` does not have that shape.

    Example:
        >>> import numpy as np
        >>> from graphnet.kernels import scatter_add
        >>> scatter_add(np.zeros(4), np.array([1, -1, 1]), np.array([10.0, 20.0, 30.0])).tolist()
        [0.0, 40.0, 0.0, 20.0]
    """
    axis = normalize_axis_index(axis, out.ndim)
    before, size, after = out.shape[:axis], out.shape[axis], out.shape[axis + 1 :]
    expected = before + indices.shape + after
    if updates.shape != expected:
        raise ValueError(f"scatter_add: updates have shape {updates.shape}, expected {expected}")
    places = wrap(indices, size).reshape(1, -1, 1)
    positions = flat_positions(places, (math.prod(before), size, math.prod(after)))
    target = np.ascontiguousarray(out)
    np.add.at(target.reshape(-1), positions.reshape(-1), updates.reshape(-1))
    if target is not out:
        out[...] = target.reshape(out.shape)
    return out


def one_hot(
    indices: Array,
    depth: int,
    dtype: DType,
    on: float = 1,
    off: float = 0,
    axis: int = -1,
) -> Array:
    """Mark one position per index along a new axis.

    Args:
        indices: Integers of any shape; negative ones count from the end.
        depth: Extent of the new axis.
        dtype: dtype of the result.
        on: Value at the index.
        off: Value elsewhere.
        axis: Where the new axis is in the result.

    Returns:
        Array of the shape of ``indices`` with ``depth`` inserted at ``axis``.

    Raises:
        IndexError: An index is out of range.

    Example:
        >>> import numpy as np
        >>> from graphnet.kernels import one_hot
        >>> one_hot(np.array([2, 0]), 3, np.dtype(np.float32)).tolist()
        [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    axis = normalize_axis_index(axis, indices.ndim + 1)
    before, after = indices.shape[:axis], indices.shape[axis:]
    shape = (math.prod(before), depth, math.prod(after))
    result = np.full((*before, depth, *after), off, dtype)
    places = wrap(indices, depth).reshape(shape[0], 1, shape[2])
    result.reshape(-1)[flat_positions(places, shape)] = on
    return result


def wrap(indices: Array, size: int) -> Array:
    """Count negative indices from the end, or raise IndexError where one is out of range."""
    if indices.size:
        for extreme in (int(indices.min()), int(indices.max())):
            if not -size <= extreme < size:
                raise IndexError(f"index {extreme} is out of range for {size} positions")
    places = indices.astype(np.intp)
    return np.where(places < 0, places + size, places)


def flat_positions(places: Array, shape: tuple[int, int, int]) -> Array:
    """Positions of ``[i, places[...], k]`` in a flattened array of ``shape``, for all i and k."""
    before, size, after = shape
    starts = np.arange(before).reshape(-1, 1, 1) * (size * after)
    positions: Array = starts + places * after + np.arange(after)
    return positions
