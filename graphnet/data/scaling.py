"""Bringing inputs to a common scale."""

from typing import NamedTuple

import numpy as np

from graphnet.errors import ArgumentError
from graphnet.typing import Array

__all__ = ["Standardizer", "standardize"]


class Standardizer(NamedTuple):
    """Brings features to zero mean and unit deviation by the statistics of training examples.

    ``(x - mean) / deviation``, feature by feature, for data that comes later, too. It is a tuple
    of two arrays, which can be saved beside the weights.

    Attributes:
        mean: float64, of the shape of one example.
        deviation: float64, of the same shape; 1 for features that were the same in all examples.

    Example:
        >>> import numpy as np
        >>> import graphnet as gn
        >>> standardizer = gn.data.Standardizer.fit(np.array([[1, 5], [3, 5]]))
        >>> standardizer(np.array([[2, 6]])).tolist()
        [[0.0, 1.0]]
        >>> standardizer.undo(np.array([[0.0, 1.0]])).tolist()
        [[2.0, 6.0]]
    """

    mean: Array
    deviation: Array

    @classmethod
    def fit(cls, train: Array) -> "Standardizer":
        """Take the statistics of training examples, which lie along the first axis."""
        if train.ndim == 0 or len(train) == 0:
            raise ArgumentError(
                f"standardize: no training examples in an array of shape {train.shape}"
            )
        mean = train.mean(axis=0, dtype=np.float64)
        deviation = train.std(axis=0, dtype=np.float64)
        # The computed deviation of equal numbers can be a rounding error instead of zero.
        same = train.min(axis=0) == train.max(axis=0)
        return cls(np.asarray(mean), np.where(same, 1.0, deviation))

    def __call__(self, array: Array) -> Array:
        """Standardize examples; float arrays keep their dtype, others become float32."""
        self.check(array, "the array")
        result = like_floats(array)
        np.subtract(array, self.mean, out=result, casting="same_kind")
        return np.divide(result, self.deviation, out=result, casting="same_kind")

    def undo(self, array: Array) -> Array:
        """Give the numbers that were standardized, such as predicted targets, in their units."""
        self.check(array, "the array")
        result = like_floats(array)
        np.multiply(array, self.deviation, out=result, casting="same_kind")
        return np.add(result, self.mean, out=result, casting="same_kind")

    def check(self, array: Array, label: str) -> None:
        """Refuse examples of another shape; nothing is broadcast."""
        if array.ndim == 0 or array.shape[1:] != self.mean.shape:
            raise ArgumentError(
                f"standardize: {label} has the shape {array.shape}, "
                f"expected {self.mean.shape} after the first axis, as in the training examples"
            )


def standardize(train: Array, *others: Array) -> tuple[Array, ...]:
    """Bring every feature to zero mean and unit deviation over the training examples.

    ``(x - mean(train)) / standard_deviation(train)``, feature by feature; a feature that is the
    same in all training examples is only shifted. The other arrays (validation, test) are
    transformed by the statistics of the training examples, too: nothing may be learnt from them.
    :class:`Standardizer` keeps the statistics for data that comes later.

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
    standardizer = Standardizer.fit(train)
    for number, other in enumerate(others, start=1):
        standardizer.check(other, f"array {number}")
    return tuple(standardizer(array) for array in (train, *others))


def like_floats(array: Array) -> Array:
    """Make room for results, without a float64 copy of the array."""
    is_float = np.issubdtype(array.dtype, np.floating)
    return np.empty(array.shape, array.dtype if is_float else np.float32)
