"""Bringing inputs to a common scale."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from graphnet.errors import ArgumentError
from graphnet.typing import Array

__all__ = ["Standardizer", "standardize"]

# Numbers with exponents up to this have squares, and sums of these, that float64 holds.
SAFE = 400


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
    def fit(cls, train: ArrayLike) -> "Standardizer":
        """Take the statistics of training examples, which lie along the first axis.

        Raises:
            ArgumentError: There is no training example; a number is NaN or infinite; or float64
                cannot hold the deviation of a feature.
        """
        examples = numbers(train, "the training data")
        if examples.ndim == 0 or len(examples) == 0:
            raise ArgumentError(
                f"standardize: no training examples in an array of shape {examples.shape}"
            )
        low, high = (f(examples, axis=0).astype(np.float64) for f in (np.min, np.max))
        refuse_what_is_not_finite(examples, low, high)
        scale = power_of_two(np.maximum(np.abs(low), np.abs(high)))
        scaled = np.ldexp(examples, -scale) if scale.any() else examples
        mean = np.ldexp(scaled.mean(axis=0, dtype=np.float64), scale)
        deviation = np.ldexp(scaled.std(axis=0, dtype=np.float64), scale)
        # The computed deviation of equal numbers can be a rounding error instead of zero.
        deviation = np.where(low == high, 1.0, deviation)
        refuse_extremes(high / 2 - low / 2, deviation)
        return cls(np.asarray(mean), deviation)

    def __repr__(self) -> str:
        """Write the shape of an example, and the first and last statistics."""
        mean, deviation = (
            np.array2string(part.ravel(), precision=4, separator=", ", threshold=8, edgeitems=2)
            for part in self
        )
        return f"Standardizer(shape={self.mean.shape}, mean={mean}, deviation={deviation})"

    def __call__(self, array: ArrayLike) -> Array:
        """Standardize examples; float arrays keep their dtype, others become float32.

        NaN stays NaN.
        """
        found = self.check(array, "the array")
        result = like_floats(found)
        np.subtract(found, self.mean, out=result, casting="same_kind")
        np.divide(result, self.deviation, out=result, casting="same_kind")
        return result.astype(float_dtype(found), copy=False)

    def undo(self, array: ArrayLike) -> Array:
        """Give the numbers that were standardized, such as predicted targets, in their units."""
        found = self.check(array, "the array")
        result = like_floats(found)
        np.multiply(found, self.deviation, out=result, casting="same_kind")
        np.add(result, self.mean, out=result, casting="same_kind")
        return result.astype(float_dtype(found), copy=False)

    def check(self, array: ArrayLike, label: str) -> Array:
        """Read examples, and refuse those of another shape; nothing is broadcast."""
        found = numbers(array, label)
        if found.ndim == 0 or found.shape[1:] != self.mean.shape:
            raise ArgumentError(
                f"standardize: {label} has the shape {found.shape}, "
                f"expected {self.mean.shape} after the first axis, as in the training examples"
            )
        return found


def standardize(train: ArrayLike, *others: ArrayLike) -> tuple[Array, ...]:
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
        ArgumentError: A training number is NaN or infinite (in the other arrays NaN stays NaN), or
            float64 cannot hold the deviation of a feature.

    Example:
        >>> import numpy as np
        >>> import graphnet as gn
        >>> train, test = gn.data.standardize(np.array([[1, 5], [3, 5]]), np.array([[2, 6]]))
        >>> train.tolist(), test.tolist()
        ([[-1.0, 0.0], [1.0, 0.0]], [[0.0, 1.0]])
    """
    standardizer = Standardizer.fit(train)
    checked = [standardizer.check(other, f"array {i}") for i, other in enumerate(others, start=1)]
    return tuple(standardizer(array) for array in (train, *checked))


def numbers(values: ArrayLike, label: str) -> Array:
    """Read an array, or lists, of real numbers."""
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise ArgumentError(f"standardize: the rows of {label} differ in length") from error
    if array.dtype.kind not in "biuf":
        raise ArgumentError(f"standardize: {label} has the dtype {array.dtype}, expected numbers")
    return array


def refuse_what_is_not_finite(train: Array, low: Array, high: Array) -> None:
    """Refuse numbers that would spoil the statistics of their feature."""
    if np.isfinite(low).all() and np.isfinite(high).all():
        return
    places = np.argwhere(~np.isfinite(train))
    first = places[0].tolist()
    raise ArgumentError(
        f"standardize: {len(places)} of {train.size} training numbers are NaN or infinite, "
        f"the first at {first}: {train[tuple(first)]}",
        hint="leave these examples out, or put numbers in these places",
    )


def power_of_two(largest: Array) -> Array:
    """Give the exponents to divide features by whose squares float64 could not hold, else 0."""
    exponent = np.frexp(largest)[1]
    return np.where(np.abs(exponent) > SAFE, exponent, 0)


def refuse_extremes(half_range: Array, deviation: Array) -> None:
    """Refuse features that cannot be shifted and divided in float64."""
    limits = np.finfo(np.float64)
    wrong = np.argwhere((half_range > limits.max / 2) | (deviation < limits.tiny))
    if len(wrong):
        place = f" {wrong[0].tolist()}" if deviation.ndim else ""
        raise ArgumentError(
            f"standardize: feature{place} varies by more, or by less, than float64 can hold",
            hint="give it in another unit, as by array * 1e-100 or array * 1e100",
        )


def float_dtype(array: Array) -> Any:
    """Give the dtype of standardized numbers."""
    return array.dtype if array.dtype.kind == "f" else np.float32


def like_floats(array: Array) -> Array:
    """Make room for results without a float64 copy, where the range of float16 is no limit."""
    return np.empty(array.shape, np.promote_types(float_dtype(array), np.float32))
