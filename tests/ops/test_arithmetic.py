"""Arithmetic: NumPy's rules for signs, special values and dtypes; gradients of powers."""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import graphnet as gn
from graphnet.errors import DTypeError, GradientError
from graphnet.testing import assert_close, check_gradients
from graphnet.typing import Array

Function = Callable[..., Any]

INTEGERS = np.array([-9, -8, -7, -1, 0, 1, 7, 8, 9])
SPECIAL = np.array([-np.inf, -2.5, -1.0, -0.0, 0.0, 1.0, 2.5, np.inf, np.nan])
OPERATORS = [
    operator.add,
    operator.sub,
    operator.mul,
    operator.truediv,
    operator.floordiv,
    operator.mod,
    operator.pow,
]


def fed(function: Function, *arrays: Array) -> Array:
    """Declare a function of placeholders, and run it on arrays without NumPy's warnings."""
    inputs = [gn.placeholder(array.shape, array.dtype) for array in arrays]
    with np.errstate(all="ignore"):
        result: Array = gn.evaluate(function(*inputs), dict(zip(inputs, arrays, strict=True)))
    return result


def slopes(function: Function, *values: float) -> list[float]:
    """Give the derivative of a function with respect to each of its arguments."""
    inputs = [gn.placeholder((), gn.float64) for _ in values]
    gradients = gn.gradients(function(*inputs), inputs, allow_unused=True)
    feeds = dict(zip(inputs, values, strict=True))
    return [float(gn.evaluate(gradient, feeds)) for gradient in gradients]


def assert_identical(actual: Array, expected: Array) -> None:
    """Require equal dtypes and values, with NaN equal to NaN and the sign of zeros."""
    assert actual.dtype == expected.dtype
    np.testing.assert_array_equal(actual, expected)
    np.testing.assert_array_equal(np.signbit(actual), np.signbit(expected))


@pytest.mark.parametrize("divisor", [-8, -3, -1, 1, 3, 8])
@pytest.mark.parametrize("function", [operator.floordiv, operator.mod])
def test_integers_are_divided_towards_minus_infinity(function: Function, divisor: int) -> None:
    """Quotients are rounded down, remainders have the sign of the divisor."""
    result = fed(lambda x: function(x, divisor), INTEGERS)
    np.testing.assert_array_equal(result, function(INTEGERS, divisor))
    assert result.dtype == np.int64


@pytest.mark.parametrize(
    ("ours", "numpys"),
    [
        (gn.add, np.add),
        (gn.subtract, np.subtract),
        (gn.multiply, np.multiply),
        (gn.divide, np.divide),
        (gn.floor_divide, np.floor_divide),
        (gn.mod, np.mod),
        (gn.power, np.power),
    ],
)
def test_binary_functions_treat_special_values_as_numpy_does(
    ours: Function, numpys: Function
) -> None:
    """Infinities, NaN and zeros of both signs, in all pairs."""
    x, y = (np.ascontiguousarray(grid) for grid in np.meshgrid(SPECIAL, SPECIAL))
    with np.errstate(all="ignore"):
        expected = numpys(x, y)
    np.testing.assert_array_equal(fed(ours, x, y), expected)


@pytest.mark.parametrize(
    ("ours", "numpys"),
    [
        (gn.negative, np.negative),
        (gn.abs, np.abs),
        (gn.sign, np.sign),
        (gn.square, np.square),
        (gn.reciprocal, np.reciprocal),
    ],
)
def test_unary_functions_treat_special_values_as_numpy_does(
    ours: Function, numpys: Function
) -> None:
    """Infinities, NaN and zeros of both signs."""
    with np.errstate(all="ignore"):
        expected = numpys(SPECIAL)
    assert_identical(fed(ours, SPECIAL), expected)


@pytest.mark.parametrize("function", OPERATORS)
@pytest.mark.parametrize("other", [3, 2.5, np.array([1.0, 2.0, 4.0], np.float32)])
def test_operators_work_from_both_sides(function: Function, other: Any) -> None:
    """A number or an array may stand on either side of a tensor."""
    values = np.array([0.5, 1.5, 7.0], np.float32)
    for result, expected in (
        (fed(lambda x: function(x, other), values), function(values, other)),
        (fed(lambda x: function(other, x), values), function(other, values)),
    ):
        assert_close(result, expected)
        assert result.dtype == np.float32


@pytest.mark.parametrize(
    ("dtype", "number", "expected"),
    [
        (np.uint8, 3, np.uint8),
        (np.int16, True, np.int16),
        (np.bool_, 3, np.int64),
        (np.int64, 0.5, np.float32),
        (np.float16, 0.5, np.float16),
        (np.float16, 3, np.float16),
        (np.float64, 0.5, np.float64),
    ],
)
def test_python_numbers_are_weak(dtype: type, number: float, expected: type) -> None:
    """A number takes on the dtype of the tensor; a float makes a float32 of an integer."""
    x = gn.placeholder((2,), dtype)
    for function in (operator.add, operator.floordiv, operator.mod, operator.pow):
        assert function(x, number).dtype == expected
        assert function(number, x).dtype == expected


def test_booleans_count_as_int8_where_a_result_counts() -> None:
    """As in NumPy, quotients, remainders, powers and squares of booleans are numbers."""
    truth = np.array([True, True])
    for ours in (gn.floor_divide, gn.mod, gn.power):
        assert fed(ours, truth, truth).dtype == np.int8
    assert_identical(fed(gn.square, truth), np.square(truth))
    assert_identical(fed(gn.abs, truth), truth)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda x: x - x, "subtract: booleans cannot be subtracted"),
        (lambda x: -x, "negative: booleans cannot be negated"),
        (gn.sign, "sign: booleans cannot be given a sign"),
    ],
)
def test_booleans_have_no_sign(function: Function, message: str) -> None:
    """What NumPy refuses when it runs is refused where it is written."""
    x = gn.placeholder((2,), gn.bool_)
    with pytest.raises(DTypeError, match=message) as caught:
        function(x)
    assert caught.value.hint


def test_integers_have_no_negative_powers() -> None:
    """The error names the tensor and the way out."""
    x = gn.placeholder((2,), gn.int32, name="x")
    with pytest.raises(DTypeError, match=r"power: integers have no integer power -2") as caught:
        x**-2
    assert caught.value.rows[0][:3] == ("x", "int32[2]", "placeholder 'x'")
    assert caught.value.hint == "use -2.0 or gn.cast(x, gn.float32)"
    assert (x**-2.0).dtype == np.float32


def test_the_derivative_of_abs_is_the_sign() -> None:
    """At 0 it is 0."""
    assert [slopes(gn.abs, value)[0] for value in (-2.0, 0.0, 2.0)] == [-1.0, 0.0, 1.0]


def test_the_gradient_of_a_remainder() -> None:
    """1 for the dividend, and minus the rounded quotient for the divisor."""
    assert slopes(gn.mod, -7.0, 2.0) == [1.0, 4.0]


@pytest.mark.parametrize("function", [gn.sign, lambda x: x // 2])
def test_steps_have_no_gradient(function: Function) -> None:
    """Asking for one is an error that says where the way ends."""
    x = gn.placeholder(())
    with pytest.raises(GradientError, match="no derivative flows back through"):
        gn.gradients(function(x), x)


@pytest.mark.parametrize("exponent", [-9, *range(-8, 9), 9, 0.5, 2.5])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_powers_with_a_fixed_exponent(exponent: float, dtype: type) -> None:
    """Small whole exponents, which are multiplied out, give what NumPy's power gives."""
    values: Array = np.array([-3.0, -1.5, -0.1, 0.3, 1.0, 2.7], dtype)
    values = values if float(exponent).is_integer() else np.abs(values)
    assert_close(fed(lambda x: x**exponent, values), np.power(values, dtype(exponent)))


@pytest.mark.parametrize("exponent", [-3, -2, 2, 3, 4])
def test_fixed_powers_of_special_values(exponent: int) -> None:
    """Multiplied out, infinities, NaN and signed zeros give what NumPy's power gives."""
    with np.errstate(all="ignore"):
        expected = np.power(SPECIAL, float(exponent))
    result = fed(lambda x: x**exponent, SPECIAL)
    assert_close(result, expected)
    numbers = ~np.isnan(expected)
    np.testing.assert_array_equal(np.signbit(result)[numbers], np.signbit(expected)[numbers])


def test_a_power_of_itself() -> None:
    """Both operands may be the same tensor."""
    values = np.array([0.5, 1.0, 2.0])
    assert_close(fed(lambda x: x**x, values), values**values)


@pytest.mark.parametrize(("exponent", "slope"), [(0, 0.0), (1, 1.0), (2, 0.0), (3, 0.0)])
def test_the_slope_of_a_power_at_zero(exponent: int, slope: float) -> None:
    """It is finite for fixed and for variable exponents."""
    assert slopes(lambda x: x**exponent, 0.0) == [slope]
    assert slopes(gn.power, 0.0, exponent)[0] == slope


@pytest.mark.parametrize(("base", "exponent"), [(0.0, 0.0), (0.0, 2.0), (-2.0, 3.0), (-2.0, -1.0)])
def test_the_slope_in_the_exponent_where_the_base_is_not_positive(
    base: float, exponent: float
) -> None:
    """It is 0, where the logarithm would be infinite or NaN."""
    assert slopes(gn.power, base, exponent)[1] == 0.0


def test_gradients_of_powers_to_the_third_order() -> None:
    """Positive bases with any exponent, 0 included; any base with a fixed whole exponent."""
    check_gradients(gn.power, [[0.5, 1.5, 2.0], [-1.5, 0.0, 1.0]], order=3)
    check_gradients(lambda x: x**3 + x**-2 + x**1 + x**0, [[-1.5, 0.7, 2.0]], order=3)
    check_gradients(lambda x: x ** np.array([0.0, 2.0, 3.0]), [[-1.5, 0.7, 2.0]], order=3)


def test_powers_with_fixed_exponents_have_short_gradients() -> None:
    """Where no exponent is 0, nothing has to be guarded."""
    x = gn.placeholder((3,))
    gn.gradients(x**3, x)
    assert not x.graph.find("*where*")
