"""Exact sums of many columns at once: what :class:`ExactSum` is for one."""

from fractions import Fraction

import numpy as np

from graphnet.metrics.exact import UNIT, two_product
from graphnet.typing import Array

__all__ = ["ExactSums"]

# So many halves of mantissas, each below 2**27, have a sum that int64 holds.
ROOM = 2**36


class ExactSums:
    """The sums of the columns of float64 arrays [examples, columns].

    The integers of each power and column are added up in arrays, and made one integer of each
    column only when their value is asked for. Infinite numbers and NaN are added apart.

    Args:
        width: Number of columns.

    Example:
        >>> import numpy as np
        >>> from graphnet.metrics.exact_columns import ExactSums
        >>> totals = ExactSums(2)
        >>> totals.add(np.array([[1e100, 0.5], [1.0, 0.25], [-1e100, 0.0]]))
        >>> [float(total) for total in totals.values()]
        [1.0, 0.75]
    """

    def __init__(self, width: int) -> None:
        self.units = [0] * width
        self.infinite = np.zeros(width)
        self.clear()

    def clear(self) -> None:
        """Have no powers."""
        self.lowest = self.added = 0
        # The sums of the upper and the lower halves of mantissas: [half, power, column].
        self.sums = np.zeros((2, 0, len(self.units)), np.int64)

    def add(self, numbers: Array) -> None:
        """Add float64 numbers."""
        keep = np.isfinite(numbers)
        self.add_infinite(numbers, keep)
        self.add_scaled(*np.frexp(np.where(keep, numbers, 0.0)))

    def add_products(self, numbers: Array, others: Array) -> None:
        """Add the products of float64 numbers, before these are rounded."""
        keep = np.isfinite(numbers) & np.isfinite(others)
        first, exponents = np.frexp(np.where(keep, numbers, 0.0))
        second, more = np.frexp(np.where(keep, others, 0.0))
        for part in two_product(first, second):
            mantissas, own = np.frexp(part)
            self.add_scaled(mantissas, own + exponents + more)
        if not keep.all():
            with np.errstate(invalid="ignore", over="ignore"):
                self.add_infinite(numbers * others, keep)

    def add_infinite(self, numbers: Array, keep: Array) -> None:
        """Add the numbers that are infinite or NaN: those not to keep."""
        if not keep.all():
            with np.errstate(invalid="ignore"):
                self.infinite += np.where(keep, 0.0, numbers).sum(axis=0)

    def add_scaled(self, mantissas: Array, powers: Array) -> None:
        """Add ``mantissas * 2**powers``, all finite."""
        rows, columns = np.nonzero(mantissas)
        if not len(rows):
            return
        mantissas, powers = mantissas[rows, columns], powers[rows, columns]
        self.make_room(int(powers.min()), int(powers.max()), len(rows))
        upper = np.trunc(mantissas * 2.0**27)
        lower = (mantissas * 2.0**27 - upper) * 2.0**26
        cells = (powers - self.lowest) * len(self.units) + columns
        for sums, half in zip(self.sums, (upper, lower), strict=True):
            np.add.at(sums.reshape(-1), cells, half.astype(np.int64))

    def make_room(self, lowest: int, highest: int, count: int) -> None:
        """Have sums for all powers from ``lowest`` to ``highest``, with room for ``count`` more."""
        if self.added + count > ROOM:
            self.carry()
        self.added += count
        span = self.sums.shape[1]
        self.lowest = self.lowest if span else lowest
        below = max(self.lowest - lowest, 0)
        above = max(highest + 1 - self.lowest - span, 0)
        if below or above:
            self.sums = np.pad(self.sums, ((0, 0), (below, above), (0, 0)))
            self.lowest -= below

    def carry(self) -> None:
        """Move the sums of all powers into one integer for each column."""
        columns, powers = np.nonzero(self.sums.any(axis=0).T)
        uppers, lowers = self.sums[:, powers, columns].tolist()
        shifts = (powers + (self.lowest + UNIT - 53)).tolist()
        for column, upper, lower, shift in zip(
            columns.tolist(), uppers, lowers, shifts, strict=True
        ):
            self.units[column] += ((upper << 26) + lower) << shift
        self.clear()

    def values(self) -> list[Fraction | float]:
        """Give the sum of each column: exact, unless it is infinite or NaN."""
        self.carry()
        return [
            infinite or Fraction(units, 1 << UNIT)
            for infinite, units in zip(self.infinite.tolist(), self.units, strict=True)
        ]
