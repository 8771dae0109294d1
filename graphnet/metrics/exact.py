"""Sums of floats without any rounding error, so that their order cannot matter.

R. Neal, "Fast Exact Summation Using Small and Large Superaccumulators", arXiv:1505.05571 (2015):
every float is an integer times a power of two; the integers of each power are added up first, and
then the few sums of the powers that occur.
"""

from fractions import Fraction

import numpy as np

from graphnet.typing import Array

__all__ = ["ExactSum", "rounded"]

# Products of the smallest floats, and what is lost when these are rounded, are whole multiples of
# 2**-UNIT.
UNIT = 2400
# Sums of so many halves of mantissas are integers that float64 holds.
CHUNK = 2**20
# So few numbers are added faster one by one.
FEW = 16
SPLITTER = 2.0**27 + 1


class ExactSum:
    """A sum of float64 numbers that is held as an integer, in units of 2**-UNIT.

    Infinite numbers and NaN are added apart from the others, by the rules of IEEE 754.

    Example:
        >>> import numpy as np
        >>> from graphnet.metrics.exact import ExactSum
        >>> total = ExactSum()
        >>> total.add(np.array([1e100, 1.0, -1e100]))
        >>> float(total.value())
        1.0
    """

    def __init__(self) -> None:
        self.units = 0
        self.infinite = 0.0

    def add_count(self, count: int) -> None:
        """Add a whole number."""
        self.units += count << UNIT

    def add(self, numbers: Array) -> None:
        """Add float64 numbers, of any shape."""
        keep = np.isfinite(numbers)
        self.units += units(numbers[keep])
        self.add_infinite(numbers[~keep])

    def add_products(self, numbers: Array, others: Array) -> None:
        """Add the products of float64 numbers, before these are rounded."""
        keep = np.isfinite(numbers) & np.isfinite(others)
        first, exponents = np.frexp(numbers[keep])
        second, more = np.frexp(others[keep])
        for part in two_product(first, second):
            self.units += units(part, exponents + more)
        with np.errstate(invalid="ignore"):
            self.add_infinite(numbers[~keep] * others[~keep])

    def add_infinite(self, numbers: Array) -> None:
        """Add numbers that are infinite or NaN."""
        if numbers.size:
            with np.errstate(invalid="ignore"):
                self.infinite += float(numbers.sum())

    def value(self) -> Fraction | float:
        """Give the sum: exact, unless it is infinite or NaN."""
        return self.infinite or Fraction(self.units, 1 << UNIT)


def rounded(number: Fraction | float) -> float:
    """Give the nearest float64, infinite if none is large enough."""
    try:
        return float(number)
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


def units(numbers: Array, exponents: Array | int = 0) -> int:
    """Add up ``numbers * 2**exponents``, all finite, in units of 2**-UNIT."""
    mantissas, own = np.frexp(numbers)
    powers = own + exponents
    if mantissas.size <= FEW:
        wholes = (mantissas * 2.0**53).tolist()
        shifts = (powers + (UNIT - 53)).tolist()
        return sum(int(whole) << shift for whole, shift in zip(wholes, shifts, strict=True))
    starts = range(0, mantissas.size, CHUNK)
    return sum(units_of_chunk(mantissas[i : i + CHUNK], powers[i : i + CHUNK]) for i in starts)


def units_of_chunk(mantissas: Array, powers: Array) -> int:
    """Add up ``mantissas * 2**powers``: for each power the upper and the lower halves."""
    lowest = powers.min()
    upper = np.trunc(mantissas * 2.0**27)
    lower = (mantissas * 2.0**27 - upper) * 2.0**26
    sums = [np.bincount(powers - lowest, half) for half in (upper, lower)]
    places = np.flatnonzero(sums[0].astype(bool) | sums[1].astype(bool))
    shift = int(lowest) + UNIT - 53
    uppers, lowers = (half[places].astype(np.int64).tolist() for half in sums)
    return sum(
        ((high << 26) + low) << (shift + place)
        for high, low, place in zip(uppers, lowers, places.tolist(), strict=True)
    )


def two_product(first: Array, second: Array) -> tuple[Array, Array]:
    """Give the rounded products, and what the rounding lost.

    T. J. Dekker, "A floating-point technique for extending the available precision", Numerische
    Mathematik 18 (1971).
    """
    product = first * second
    (a, b), (c, d) = halves(first), halves(second)
    return product, ((a * c - product) + a * d + b * c) + b * d


def halves(numbers: Array) -> tuple[Array, Array]:
    """Split numbers into sums of two whose products with each other are not rounded."""
    scaled = numbers * SPLITTER
    upper = scaled - (scaled - numbers)
    return upper, numbers - upper
