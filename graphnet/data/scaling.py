"""Bringing inputs to a common scale."""

import numpy as np

from graphnet.errors import ArgumentError
from graphnet.typing import Array

__all__ = ["standardize"]


def standardize(train: Array, *others: Array) -> tuple[Array, ...]:
    """Bring every feature to zero mean and unit deviation over the training examples.

    ``(x - mean(train)) / standard_deviation(train)``, feature by feature; a feature that is the
    same in all training examples is only shifted. The other arrays (validation, test) are
    transformed by the statistics of the training examples, too: nothing may be learnt from them.

    Args:
        train: Training examples along the first axis, at least one.
        *others: More arrays of examples, with features of the same shape.

    Returns:
        The transformed arrays, ``train`` first; float arrays keep their dtype, others become
        float32.

    Raises:
        ArgumentError: There is no training example, or the features of an array differ in shape.

    Example:
        >>> import numpy as np
        >>> import graphnet as gn
        >>> train, test = gn.data.standardize(np.array([[1, 5], [3, 5]]), np.array([[2, 6]]))
        >>> train.tolist(), test.tolist()
        ([[-1.0, 0.0], [1.0, 0.0]], [[0.0, 1.0]])
    """
    if train.ndim == 0 or len(train) == 0:
        raise ArgumentError(f"standardize: no training examples in an array of shape {train.shape}")
    for number, other in enumerate(others, start=1):
        if other.ndim == 0 or other.shape[1:] != train.shape[1:]:
            raise ArgumentError(
                f"standardize: array {number} has the shape {other.shape}, "
                f"expected {train.shape[1:]} after the first axis, as in the training examples"
            )
    mean = train.mean(axis=0, dtype=np.float64)
    deviation = train.std(axis=0, dtype=np.float64)
    # The computed deviation of equal numbers can be a rounding error instead of zero.
    deviation = np.where(train.min(axis=0) == train.max(axis=0), 1.0, deviation)
    return tuple(scaled(array, mean, deviation) for array in (train, *others))


def scaled(array: Array, mean: Array, deviation: Array) -> Array:
    """Subtract and divide in float64, without a float64 copy of the array."""
    dtype = array.dtype if np.issubdtype(array.dtype, np.floating) else np.dtype(np.float32)
    result = np.empty(array.shape, dtype)
    np.subtract(array, mean, out=result, casting="same_kind")
    return np.divide(result, deviation, out=result, casting="same_kind")
