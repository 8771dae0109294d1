"""Comparison of arrays: what counts as equal, and the message where they are not."""

from typing import Any

import numpy as np
import pytest

from graphnet.testing.compare import TOLERANCES, Tolerance, assert_close, tolerance_of

NAN, INF = np.nan, np.inf


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        ([1.0, 2.0], [1.0, 2.0]),
        (np.float32(1) + np.float32(1e-6), np.float32(1)),
        (np.float32(1) / np.float32(3), 1 / 3),
        ([NAN, INF, -INF], [NAN, INF, -INF]),
        (3, 3.0),
        ([True, False], [1, 0]),
        (np.empty((0, 3)), np.empty((0, 3))),
    ],
    ids=repr,
)
def test_equal_but_for_rounding(actual: Any, expected: Any) -> None:
    """The tolerance is that of the less precise of two dtypes; NaN equals NaN."""
    assert_close(actual, expected)


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (1.0, 1.0 + 1e-10),
        (np.float32(1), np.float32(1.0001)),
        (NAN, 1.0),
        (1.0, NAN),
        (INF, -INF),
        (INF, 1e300),
        (1e300, INF),
        (2, 3),
        ([True], [False]),
    ],
    ids=repr,
)
def test_different(actual: Any, expected: Any) -> None:
    """More than rounding is an error, and so is NaN or infinity on one side only."""
    with pytest.raises(AssertionError):
        assert_close(actual, expected)


def test_the_message_shows_the_worst_element() -> None:
    """How many differ, where the worst is, and what was allowed."""
    found = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]], np.float32)
    wanted = np.array([[1.0, 2.5, 3.0], [4.0, 5.0, 6.0]], np.float32)
    with pytest.raises(AssertionError) as caught:
        assert_close(found, wanted, label="softmax")
    assert str(caught.value) == (
        "softmax: 2 of 6 elements differ from what is expected\n"
        "  worst at [1, 2]: found 7.0, expected 6.0, off by 1 where 0.000122 is allowed"
    )


def test_what_is_not_a_number_is_worst() -> None:
    """An element that is NaN on one side only is shown before all others."""
    with pytest.raises(AssertionError, match=r"worst at \[1\]: found nan, expected 0.0"):
        assert_close([100.0, NAN], [0.0, 0.0])


@pytest.mark.parametrize(("actual", "expected"), [([1.0], 1.0), (np.ones((2, 1)), np.ones(2))])
def test_shapes_must_be_equal(actual: Any, expected: Any) -> None:
    """Nothing is broadcast."""
    with pytest.raises(AssertionError, match=r"^result: found float64\[.*\], expected float64\["):
        assert_close(actual, expected)


def test_the_tolerance_can_be_given() -> None:
    """It has a part that is relative to what is expected, and a part that is not."""
    assert_close(1.05, 1.0, tolerance=Tolerance(relative=0.1, absolute=0.0))
    assert_close(0.05, 0.0, tolerance=Tolerance(relative=0.0, absolute=0.1))
    with pytest.raises(AssertionError):
        assert_close(0.05, 0.0, tolerance=Tolerance(relative=0.1, absolute=0.0))


def test_the_least_precise_dtype_decides() -> None:
    """Integers and booleans have nothing to say."""
    half, single, double, whole = map(np.dtype, ("float16", "float32", "float64", "int64"))
    assert tolerance_of(single, double, whole) == TOLERANCES[single]
    assert tolerance_of(double, half) == TOLERANCES[half]
    assert tolerance_of(whole) == tolerance_of() == Tolerance(0.0, 0.0)
