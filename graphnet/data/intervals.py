"""Intervals that histograms count in."""

import numpy as np

from graphnet.typing import Array

__all__ = ["edges"]

LEAST = 1e-6  # of the largest magnitude: values closer together than this are as good as one


def edges(values: Array, count: int) -> Array | None:
    """Give the borders of equal intervals that hold all finite values, however far apart.

    Args:
        values: Of any shape and real dtype.
        count: How many intervals.

    Returns:
        ``count + 1`` numbers in float64; None if no value is finite.

    Example:
        >>> import numpy as np
        >>> edges(np.array([0.0, np.nan, 1.0]), 2).tolist()
        [0.0, 0.5, 1.0]
    """
    finite = values[np.isfinite(values)].astype(np.float64)
    if not finite.size:
        return None
    low, high = float(finite.min()), float(finite.max())
    least = LEAST * max(abs(low), abs(high)) or 0.5
    if high / 2 - low / 2 < least / 2:  # one value: an interval around it, wide enough to be seen
        most = float(np.finfo(np.float64).max)
        margin = max(least, abs(low) / 10)
        low, high = max(low - margin, -most), min(high + margin, most)
    parts = np.arange(count + 1) / count
    return np.asarray((1 - parts) * low + parts * high)  # high - low may be infinite
