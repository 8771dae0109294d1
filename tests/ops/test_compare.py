"""Comparisons and logic: special values, weak numbers, operators."""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import graphnet as gn
from graphnet.errors import DTypeError, ShapeError
from graphnet.typing import Array

Function = Callable[..., Any]

SPECIAL = np.array([-np.inf, -1.0, -0.0, 0.0, 1.0, np.inf, np.nan])
COMPARISONS = [
    (gn.equal, operator.eq),
    (gn.not_equal, operator.ne),
    (gn.less, operator.lt),
    (gn.less_equal, operator.le),
    (gn.greater, operator.gt),
    (gn.greater_equal, operator.ge),
]
CONNECTIVES = [
    (gn.logical_and, operator.and_),
    (gn.logical_or, operator.or_),
    (gn.logical_xor, operator.xor),
]


def fed(function: Function, *arrays: Array) -> Array:
    """Declare a function of placeholders, and run it on arrays."""
    inputs = [gn.placeholder(array.shape, array.dtype) for array in arrays]
    result: Array = gn.evaluate(function(*inputs), dict(zip(inputs, arrays, strict=True)))
    assert result.dtype == np.bool_
    return result


@pytest.mark.parametrize(("named", "operation"), COMPARISONS)
def test_special_values_compare_as_in_numpy(named: Function, operation: Function) -> None:
    """NaN equals nothing and has no order; zeros are equal whatever their sign."""
    x, y = (np.ascontiguousarray(grid) for grid in np.meshgrid(SPECIAL, SPECIAL))
    expected = operation(x, y)
    np.testing.assert_array_equal(fed(named, x, y), expected)
    np.testing.assert_array_equal(fed(operation, x, y), expected)


@pytest.mark.parametrize("operation", [operation for _, operation in COMPARISONS])
@pytest.mark.parametrize("dtype", [np.bool_, np.uint8, np.int64, np.float32])
def test_numbers_may_stand_on_either_side(operation: Function, dtype: type) -> None:
    """Python turns ``2 < x`` into ``x > 2``."""
    values: Array = np.array([0, 1, 1], dtype)
    np.testing.assert_array_equal(fed(lambda x: operation(x, 1), values), operation(values, 1))
    np.testing.assert_array_equal(fed(lambda x: operation(1, x), values), operation(1, values))


@pytest.mark.parametrize(("named", "operation"), COMPARISONS)
@pytest.mark.parametrize("number", [-1, 255, 256, 2**40])
def test_integers_out_of_range_compare_by_value(
    named: Function, operation: Function, number: int
) -> None:
    """A number that the tensor's dtype cannot hold is still smaller or larger."""
    values = np.array([0, 1, 255], np.uint8)
    np.testing.assert_array_equal(
        fed(lambda x: named(x, number), values), operation(values.astype(np.int64), number)
    )


def test_tensors_of_two_dtypes_are_promoted() -> None:
    """An integer and a float meet in the dtype that holds both."""
    x, y = gn.placeholder((2,), gn.int64), gn.placeholder((2,), gn.float32)
    result = gn.less(x, y)
    assert [tensor.dtype for tensor in result.node.inputs] == [np.float64, np.float64]


@pytest.mark.parametrize(("named", "operation"), CONNECTIVES)
def test_truth_tables(named: Function, operation: Function) -> None:
    """Of the functions and of the operators."""
    x, y = np.array([False, False, True, True]), np.array([False, True, False, True])
    np.testing.assert_array_equal(fed(named, x, y), operation(x, y))
    np.testing.assert_array_equal(fed(operation, x, y), operation(x, y))
    np.testing.assert_array_equal(fed(lambda x: operation(x, True), x), operation(x, True))  # noqa: FBT003
    np.testing.assert_array_equal(fed(lambda x: operation(True, x), x), operation(True, x))  # noqa: FBT003


def test_negation() -> None:
    """Of the function and of the operator."""
    x = np.array([False, True])
    np.testing.assert_array_equal(fed(gn.logical_not, x), ~x)
    np.testing.assert_array_equal(fed(operator.invert, x), ~x)


@pytest.mark.parametrize(
    ("named", "numpys"),
    [
        (gn.logical_and, np.logical_and),
        (gn.logical_or, np.logical_or),
        (gn.logical_xor, np.logical_xor),
    ],
)
def test_any_number_but_zero_is_true(named: Function, numpys: Function) -> None:
    """NaN is true, and a small number is, whatever the other operand's dtype."""
    x, y = np.array([0.0, -0.0, 0.25, np.nan]), np.array([2, 0, 256, 0])
    np.testing.assert_array_equal(fed(named, x, y), numpys(x, y))
    np.testing.assert_array_equal(fed(gn.logical_not, x), np.logical_not(x))


@pytest.mark.parametrize(
    ("ours", "numpys"), [(gn.isnan, np.isnan), (gn.isfinite, np.isfinite), (gn.isinf, np.isinf)]
)
@pytest.mark.parametrize("values", [SPECIAL, np.array([0, 1]), np.array([True, False])])
def test_questions_about_numbers(ours: Function, numpys: Function, values: Array) -> None:
    """Integers and booleans are asked, too."""
    np.testing.assert_array_equal(fed(ours, values), numpys(values))


def test_a_comparison_with_something_else_is_refused() -> None:
    """``x == None`` is not silently false, since the result would be a graph node."""
    with pytest.raises(DTypeError, match="NoneType None cannot be made an array"):
        gn.placeholder(()) == None  # noqa: B015, E711


def test_shapes_must_broadcast() -> None:
    """The error names both operands."""
    x, y = gn.placeholder((2,), name="x"), gn.placeholder((3,), name="y")
    with pytest.raises(ShapeError, match=r"less: shapes \[2\] and \[3\] do not") as caught:
        gn.less(x, y)
    assert [row[0] for row in caught.value.rows] == ["x", "y"]


def test_no_gradient_flows_through_a_comparison() -> None:
    """What is chosen has a gradient, what it is chosen by has none."""
    x = gn.placeholder(())
    (gradient,) = gn.gradients(gn.where(x > 1, 3 * x, x), x)
    assert [float(gn.evaluate(gradient, {x: value})) for value in (0.0, 1.0, 2.0)] == [1, 1, 3]
