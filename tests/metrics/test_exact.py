"""Exact sums against Python's fractions."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graphnet.metrics import exact_columns
from graphnet.metrics.exact import CHUNK, FEW, ExactSum, rounded
from graphnet.metrics.exact_columns import ExactSums

FLOATS = st.floats(allow_nan=False, allow_infinity=False)
PAIRS = st.lists(st.tuples(FLOATS, FLOATS), max_size=2 * FEW)
TINY, LARGEST = 5e-324, np.finfo(np.float64).max


@given(st.lists(FLOATS, max_size=2 * FEW))
@example([TINY, LARGEST, -LARGEST])
@example([TINY, LARGEST, -LARGEST, *[0.1] * FEW])
@example([LARGEST] * 5)
def test_sums_are_exact(numbers: list[float]) -> None:
    """Neither size nor order costs a digit."""
    total = ExactSum()
    total.add(np.array(numbers, np.float64))
    assert total.value() == sum(map(Fraction, numbers), Fraction(0))


@given(PAIRS)
@example([(TINY, TINY), (LARGEST, LARGEST), (TINY, LARGEST)])
@example([(0.1, 0.1), (-0.1, 0.1)])
@example([(TINY, TINY), (LARGEST, LARGEST), (TINY, LARGEST)] * FEW)
@example([(0.1, 0.1), (-0.1, 0.3)] * FEW)
def test_products_are_exact(pairs: list[tuple[float, float]]) -> None:
    """Products are summed before they would be rounded, overflow or vanish."""
    total = ExactSum()
    numbers = np.array(pairs, np.float64).reshape(-1, 2)
    total.add_products(numbers[:, 0], numbers[:, 1])
    assert total.value() == sum((Fraction(a) * Fraction(b) for a, b in pairs), Fraction(0))


def test_long_arrays_are_summed_in_pieces() -> None:
    """More numbers than one piece takes, all with as many bits as there are."""
    number = 1 - 2.0**-53
    total = ExactSum()
    total.add(np.full(2 * CHUNK + 3, number))
    assert total.value() == Fraction(number) * (2 * CHUNK + 3)


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([1.0, math.inf], math.inf),
        ([-math.inf, 1.0, -math.inf], -math.inf),
        ([math.inf, -math.inf], math.nan),
        ([math.nan, 1.0, math.inf], math.nan),
    ],
)
def test_what_is_not_finite_is_added_as_floats_are(numbers: list[float], expected: float) -> None:
    """Infinity stays, NaN wins, and opposite infinities are NaN; in one batch or in several."""
    at_once, one_by_one = ExactSum(), ExactSum()
    at_once.add(np.array(numbers))
    for number in numbers:
        one_by_one.add_products(np.array([number]), np.array([2.0]))
    for total in (at_once, one_by_one):
        np.testing.assert_array_equal(float(total.value()), expected)


@given(st.lists(st.lists(st.tuples(FLOATS, FLOATS), min_size=3, max_size=3), max_size=6))
@example([[(TINY, TINY), (LARGEST, LARGEST), (TINY, LARGEST)]] * 3)
@example([[(0.1, 0.1), (0.0, 1.0), (-0.1, 0.3)]] * 2)
def test_columns_are_summed_exactly(rows: list[list[tuple[float, float]]]) -> None:
    """Numbers and products, row after row, each column by itself."""
    array = np.array(rows, np.float64).reshape(-1, 3, 2)
    sums, products = ExactSums(3), ExactSums(3)
    for row in array:
        sums.add(row[np.newaxis, :, 0])
        products.add_products(row[np.newaxis, :, 0], row[np.newaxis, :, 1])
    columns = [
        [tuple(map(Fraction, pair)) for pair in column.tolist()] for column in array.swapaxes(0, 1)
    ]
    assert sums.values() == [sum((a for a, _ in column), Fraction(0)) for column in columns]
    assert products.values() == [sum((a * b for a, b in column), Fraction(0)) for column in columns]


def test_columns_may_be_read_at_any_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was carried into integers, by being read or for want of room, still counts."""
    monkeypatch.setattr(exact_columns, "ROOM", 5)
    totals = ExactSums(2)
    for count in range(1, 5):
        totals.add(np.array([[0.1, 1e300], [1e-300, -1.0]]))
        if count % 2:
            first = count * (Fraction(0.1) + Fraction(1e-300))
            assert totals.values() == [first, count * (Fraction(1e300) - 1)]


def test_columns_keep_what_is_not_finite_apart() -> None:
    """Each has its own infinity or NaN, and the others stay exact."""
    totals = ExactSums(4)
    totals.add(np.array([[math.inf, -math.inf, math.nan, 1.0], [1.0, math.inf, 1.0, 2.0]]))
    totals.add_products(
        np.array([[-1.0, 1.0, 1.0, 1e200]]), np.array([[math.inf, 1.0, 1.0, 1e200]])
    )
    found = [float(total) for total in totals.values()[:3]]
    np.testing.assert_array_equal(found, [math.nan, math.nan, math.nan])
    assert totals.values()[3] == 3 + Fraction(1e200) ** 2


def test_rounding() -> None:
    """To the nearest float, and beyond the largest to infinity."""
    assert rounded(Fraction(1, 3)) == 1 / 3
    assert rounded(Fraction(10) ** 400) == math.inf
    assert rounded(-(Fraction(10) ** 400)) == -math.inf
    assert math.isnan(rounded(math.nan))
