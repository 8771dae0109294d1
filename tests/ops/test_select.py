"""Choices: ties, bounds, NaN, and the arithmetic on bits by which large arrays are chosen."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import graphnet as gn
from graphnet.errors import ShapeError
from graphnet.kernels.elementwise import SMALL_SELECTION, select
from graphnet.testing import check_gradients
from graphnet.typing import Array

Function = Callable[..., Any]

SPECIAL = np.array([-np.inf, -1.0, 0.0, 1.0, np.inf, np.nan])
LARGE = (5, SMALL_SELECTION)
DTYPES = [
    np.bool_,
    np.int8,
    np.uint16,
    np.int32,
    np.uint64,
    np.float16,
    np.float32,
    np.float64,
    np.longdouble,
]


def fed(function: Function, *arrays: Array) -> Array:
    """Declare a function of placeholders, and run it on arrays."""
    inputs = [gn.placeholder(array.shape, array.dtype) for array in arrays]
    result: Array = gn.evaluate(function(*inputs), dict(zip(inputs, arrays, strict=True)))
    return result


def slopes(function: Function, *values: Any) -> list[Any]:
    """Give the gradient of a function with respect to each of its arguments, as lists."""
    inputs = [gn.placeholder(np.shape(value), gn.float64) for value in values]
    gradients = gn.gradients(function(*inputs), inputs)
    results = gn.evaluate(gradients, dict(zip(inputs, values, strict=True)))
    return [result.tolist() for result in results]


@pytest.mark.parametrize(("ours", "numpys"), [(gn.maximum, np.maximum), (gn.minimum, np.minimum)])
def test_extremes_of_special_values(ours: Function, numpys: Function) -> None:
    """NaN wins over every number."""
    x, y = (np.ascontiguousarray(grid) for grid in np.meshgrid(SPECIAL, SPECIAL))
    np.testing.assert_array_equal(fed(ours, x, y), numpys(x, y))


def test_ties_share_the_gradient() -> None:
    """Half goes to each operand, also where both are infinite."""
    x, y = [1.0, 2.0, 3.0, -np.inf], [2.0, 2.0, 2.0, -np.inf]
    assert slopes(gn.maximum, x, y) == [[0, 0.5, 1, 0.5], [1, 0.5, 0, 0.5]]
    assert slopes(gn.minimum, x, y) == [[1, 0.5, 0, 0.5], [0, 0.5, 1, 0.5]]


def test_where_an_operand_is_nan_neither_has_a_gradient() -> None:
    """The cotangent is not spread over operands that cannot be compared."""
    assert slopes(gn.maximum, [np.nan, 1.0], [1.0, np.nan]) == [[0, 0], [0, 0]]


def test_the_gradient_of_clip() -> None:
    """1 in the closed interval; outside, the bound has the gradient."""
    values = [-2.0, -1.0, 0.0, 1.0, 2.0]
    assert slopes(gn.clip, values, -1.0, 1.0) == [[0, 1, 1, 1, 0], 1, 1]


def test_bounds_that_are_exchanged() -> None:
    """The upper one decides alone, as in NumPy."""
    assert fed(lambda x: gn.clip(x, 2, 1), np.array([0.0, 1.5, 3.0])).tolist() == [1, 1, 1]
    assert slopes(gn.clip, [0.0, 1.5, 3.0], 2.0, 1.0) == [[0, 0, 0], 0, 3]


@pytest.mark.parametrize(("low", "high"), [(None, 0.5), (-0.5, None), (None, None), (-0.5, 0.5)])
def test_a_bound_may_be_missing(low: float | None, high: float | None) -> None:
    """The gradient at the other one is still 1."""
    limits = (-np.inf if low is None else low, np.inf if high is None else high)
    clipped = fed(lambda x: gn.clip(x, low, high), SPECIAL)
    np.testing.assert_array_equal(clipped, np.clip(SPECIAL, *limits))
    edges = [bound for bound in (low, high) if bound is not None]
    assert slopes(lambda x: gn.clip(x, low, high), edges) == [[1.0] * len(edges)]


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.int64])
def test_integers_are_clipped_as_integers(dtype: type) -> None:
    """Python integers as bounds may lie outside of the dtype, and bounds may be missing."""
    values: Array = np.array([0, 1, 200 if dtype is np.uint8 else 2**31 - 1], dtype)
    for low, high in ((-(2**40), 2**40), (1, None), (None, 1), (None, None)):
        result = fed(lambda x, low=low, high=high: gn.clip(x, low, high), values)
        limits = (-(2**62) if low is None else low, 2**62 if high is None else high)
        assert result.dtype == dtype
        np.testing.assert_array_equal(result, np.clip(values.astype(np.int64), *limits))


def test_a_float_bound_makes_a_float() -> None:
    """Booleans stay booleans without one."""
    assert gn.clip(gn.placeholder((2,), gn.int64), 0.5, None).dtype == np.float32
    assert fed(lambda x: gn.clip(x, None, None), np.array([True, False])).tolist() == [True, False]


def test_bounds_may_be_tensors() -> None:
    """They broadcast with what they bound, and have gradients of their own shape."""
    x = np.array([[-2.0, 0.3, 5.0], [0.1, -3.0, 0.2]])
    low, high = np.array([-1.0, -0.5, 0.0]), np.array([[2.0], [0.15]])
    np.testing.assert_array_equal(fed(gn.clip, x, low, high), np.clip(x, low, high))
    check_gradients(gn.clip, [x, low, high])


def test_conditions_may_be_numbers() -> None:
    """Any but 0 is true."""
    result = fed(lambda c: gn.where(c, 1, 2), np.array([0.0, 0.5, np.nan]))
    np.testing.assert_array_equal(result, [2, 1, 1])


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [(1, 2, np.int64), (1.0, 2.0, np.float32), (np.float64(1), 2, np.float64)],
)
def test_the_dtype_of_a_choice(x: Any, y: Any, expected: type) -> None:
    """Both sides are promoted together; the condition has no part in it."""
    assert gn.where(gn.placeholder((2,), gn.bool_), x, y).dtype == expected


def test_a_value_that_is_not_chosen_has_no_gradient() -> None:
    """Not even where it is infinite or NaN."""
    result = slopes(lambda x, y: gn.where([True, False], x, y), [1.0, np.inf], [np.nan, 2.0])
    assert result == [[1, 0], [0, 1]]


def test_shapes_must_broadcast() -> None:
    """The error names all three operands."""
    condition = gn.placeholder((2,), gn.bool_, name="condition")
    with pytest.raises(ShapeError, match="where: shapes") as caught:
        gn.where(condition, gn.placeholder((2, 2)), gn.placeholder((3,)))
    assert [row[0] for row in caught.value.rows] == ["condition", "x", "y"]


def random_bytes(shape: tuple[int, ...], dtype: type, generator: np.random.Generator) -> Array:
    """Draw an array of any bits, NaN and signed zeros among them."""
    if dtype in (np.bool_, np.longdouble):
        return generator.integers(0, 2, shape).astype(dtype)
    width = np.dtype(dtype).itemsize
    return np.frombuffer(generator.bytes(int(np.prod(shape)) * width), dtype).reshape(shape)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("first", "second"), [(LARGE, LARGE), (LARGE, ()), ((), LARGE), ((), ()), (LARGE[1:], (5, 1))]
)
def test_large_arrays_are_chosen_bit_for_bit(
    dtype: type, first: tuple[int, ...], second: tuple[int, ...]
) -> None:
    """Arithmetic on the bits gives what ``np.where`` gives, whatever the dtype and the shapes."""
    generator = np.random.default_rng(0)
    condition = generator.random(LARGE) < 0.5
    x, y = random_bytes(first, dtype, generator), random_bytes(second, dtype, generator)
    expected = np.where(condition, x, y)
    out: Array = np.empty(LARGE, dtype)
    assert select(condition, x, y, out) is out
    for result in (select(condition, x, y), out):
        assert result.dtype == dtype
        assert result.tobytes() == expected.tobytes()


@given(
    rows=st.integers(1, 3),
    repeats=st.booleans(),
    zero=st.sampled_from([0.0, -0.0, 1.0]),
    seed=st.integers(0, 99),
)
def test_large_arrays_may_be_strided_and_chosen_in_place(
    rows: int, repeats: bool, zero: float, seed: int
) -> None:
    """Every second column, a condition per column, and the memory of ``x`` for the result."""
    generator = np.random.default_rng(seed)
    shape = (rows, SMALL_SELECTION)
    x = generator.standard_normal((rows, 2 * SMALL_SELECTION)).astype(np.float32)[:, ::2]
    condition = generator.random(shape[1:] if repeats else shape) < 0.5
    y = np.array(zero, np.float32)
    expected = np.where(condition, x, y)
    assert select(condition, x, y, x) is x
    np.testing.assert_array_equal(x, expected)
    np.testing.assert_array_equal(np.signbit(x), np.signbit(expected))
