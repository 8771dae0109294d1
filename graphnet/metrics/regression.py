"""Predicted numbers against the right ones."""

import math
from fractions import Fraction
from typing import Any

import numpy as np

from graphnet.errors import ArgumentError
from graphnet.metrics.arguments import floats, same_shape
from graphnet.metrics.exact import ExactSum, rounded
from graphnet.metrics.exact_columns import ExactSums
from graphnet.metrics.metric import Metric
from graphnet.typing import Array

__all__ = ["R2", "MeanSquaredError"]


def differences(predictions: Any, targets: Any, caller: str) -> tuple[Array, Array]:
    """Give the errors and the targets, float64."""
    found = floats(predictions, "predictions", caller)
    wanted = floats(targets, "targets", caller)
    same_shape(found, wanted, "targets", caller)
    with np.errstate(invalid="ignore", over="ignore"):
        return found - wanted, wanted


class MeanSquaredError(Metric):
    r"""The mean of the squared errors over all elements: :math:`\frac1n \sum_i (p_i - t_i)^2`.

    Errors are made in float64; their squares and the sum are exact, and the result is rounded
    once. NaN in a prediction or target makes it NaN.

    Example:
        >>> import graphnet as gn
        >>> error = gn.metrics.MeanSquaredError()
        >>> error.update([1.0, 2.0], [1.0, 4.0])
        >>> error.update([3.0], [4.0])
        >>> error.result()
        1.6666666666666667
    """

    def reset(self) -> None:
        """Forget everything that was seen."""
        self.squares = ExactSum()
        self.seen = 0

    def update(self, predictions: Any, targets: Any) -> None:
        """See one more batch.

        Args:
            predictions: Numbers, of any shape.
            targets: Of the same shape: nothing is broadcast.

        Raises:
            ArgumentError: The shapes differ.
        """
        errors, _ = differences(predictions, targets, "MeanSquaredError")
        self.squares.add_products(errors, errors)
        self.seen += errors.size

    def result(self) -> float:
        """Give the mean squared error; raises ArgumentError if no example was seen."""
        if not self.seen:
            raise self.nothing_seen()
        return rounded(self.squares.value() / self.seen)


def determination(
    error: Fraction | float, total: Fraction | float, squares: Fraction | float, count: int
) -> float:
    """Give R² of one output by its sums: squared errors, targets, and squared targets."""
    if not isinstance(total, Fraction) or not isinstance(squares, Fraction):
        return float("nan")
    spread = squares - total * total / count
    if not spread:
        return float("nan")
    return rounded(1 - error / spread) if isinstance(error, Fraction) else -error


class R2(Metric):
    r"""The coefficient of determination: how much of the variance of the targets is predicted.

    :math:`R^2 = 1 - \sum_i (p_i - t_i)^2 / \sum_i (t_i - \bar t)^2`: 1 for perfect predictions, 0
    for those that are no better than the mean of the targets, negative for worse ones (S. Wright,
    "Correlation and causation", 1921). Errors are made in float64, and all else is exact, so no
    digit is lost where the targets are large against their spread; the result is rounded once.

    Of several outputs, each has its own R², and the result is their mean.

    Example:
        >>> import graphnet as gn
        >>> r2 = gn.metrics.R2()
        >>> r2.update([2.5, 0.0], [3.0, -0.5])
        >>> r2.update([2.0, 8.0], [2.0, 7.0])
        >>> r2.result()
        0.9486081370449678
    """

    def reset(self) -> None:
        """Forget everything that was seen."""
        self.outputs = self.seen = 0

    def update(self, predictions: Any, targets: Any) -> None:
        """See one more batch.

        Args:
            predictions: [examples], or [examples, ...] for several outputs.
            targets: Of the same shape: nothing is broadcast.

        Raises:
            ArgumentError: The shapes differ, there are no outputs, or more or less than before.
        """
        errors, wanted = differences(predictions, targets, "R2")
        if not errors.ndim:
            raise ArgumentError("R2: expected examples along the first axis, found one number")
        width = math.prod(errors.shape[1:])
        if not width:
            raise ArgumentError(
                f"R2: there are no outputs in arrays of shape {errors.shape}",
                hint="give [examples], or [examples, outputs] with one output or more",
            )
        if not self.outputs:
            self.outputs = width
            self.errors, self.targets, self.squares = (ExactSums(width) for _ in range(3))
        if width != self.outputs:
            raise ArgumentError(f"R2: there are {width} outputs, and there were {self.outputs}")
        errors, wanted = errors.reshape(-1, width), wanted.reshape(-1, width)
        self.errors.add_products(errors, errors)
        self.targets.add(wanted)
        self.squares.add_products(wanted, wanted)
        self.seen += len(errors)

    def result(self) -> float:
        """Give R²; nan if all targets of an output are equal, as with a single example.

        Raises:
            ArgumentError: No example was seen.
        """
        if not self.seen:
            raise self.nothing_seen()
        errors, totals, squares = (
            part.values() for part in (self.errors, self.targets, self.squares)
        )
        parts = [
            determination(error, total, square, self.seen)
            for error, total, square in zip(errors, totals, squares, strict=True)
        ]
        return float(np.mean(parts))
