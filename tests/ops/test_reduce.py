"""Reductions: dtypes, axes, empty operands, ties, zeros and infinities; searches and sums."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import graphnet as gn
from graphnet.errors import FeedError, ShapeError
from graphnet.testing import assert_close, check_gradients

Function = Callable[..., Any]

NUMPY = [
    (gn.sum, np.sum),
    (gn.prod, np.prod),
    (gn.max, np.max),
    (gn.min, np.min),
    (gn.any, np.any),
    (gn.all, np.all),
    (gn.mean, np.mean),
    (gn.variance, np.var),
]


def fed(function: Function, *arrays: Any) -> Any:
    """Declare a function of placeholders, and run it on arrays."""
    inputs = [gn.placeholder(np.shape(array), np.asarray(array).dtype) for array in arrays]
    return gn.evaluate(function(*inputs), dict(zip(inputs, arrays, strict=True)))


def slope(function: Function, value: Any) -> Any:
    """Give the gradient of the sum of a function as a list."""
    x = gn.placeholder(np.shape(value), gn.float64)
    return gn.evaluate(gn.gradients(function(x), x)[0], {x: value}).tolist()


# Axes and dtypes


@pytest.mark.parametrize(("ours", "numpys"), NUMPY)
@pytest.mark.parametrize("axis", [None, 0, -1, (2, 0), (-1, 1), ()])
@pytest.mark.parametrize("keepdims", [False, True])
def test_axes(ours: Function, numpys: Function, axis: Any, keepdims: bool) -> None:
    """An axis is a number, several or None, counted from either end, as in NumPy."""
    x = np.random.default_rng(0).standard_normal((2, 3, 4))
    result = fed(lambda x: ours(x, axis, keepdims=keepdims), x)
    assert_close(result, numpys(x, axis=axis, keepdims=keepdims))


@pytest.mark.parametrize("ours", [gn.sum, gn.prod, gn.cumsum])
def test_small_integers_are_added_as_large_ones(ours: Function) -> None:
    """Sums and products have NumPy's dtypes."""
    for dtype, wide in ((bool, "int64"), (np.int8, "int64"), (np.uint8, "uint64")):
        result = fed(ours, np.array([1, 1, 1], dtype))
        assert result.dtype == wide
    assert fed(gn.sum, np.full(3, 100, np.int8)) == 300
    assert fed(ours, np.ones(2, np.float16)).dtype == np.float16


@pytest.mark.parametrize("ours", [gn.mean, gn.variance, gn.logsumexp])
def test_averages_of_integers_are_float32(ours: Function) -> None:
    """NumPy would make float64."""
    for dtype in (bool, np.int64):
        assert fed(ours, np.array([1, 0], dtype)).dtype == np.float32
    assert fed(ours, np.array([1.0, 0.0])).dtype == np.float64


def test_unknown_extents_are_reduced_as_known_ones() -> None:
    """What is left keeps its extents and names."""
    x = gn.placeholder(("batch", None, 3))
    assert gn.sum(x, 1).shape == ("batch", 3)
    assert gn.mean(x, (0, 2), keepdims=True).shape == (1, None, 1)
    assert gn.argmax(x, -1).shape == ("batch", None)
    values, indices = gn.top_k(x, 2, axis=0)
    assert values.shape == indices.shape == (2, None, 3)


@pytest.mark.parametrize("function", [gn.sum, gn.mean, gn.max, gn.argmax, gn.cumsum, gn.size])
def test_axes_that_do_not_exist(function: Function) -> None:
    """The message says which there are."""
    with pytest.raises(ShapeError, match="axis 2 does not exist in 2 dimensions"):
        function(gn.placeholder((2, 3)), 2)


# Nothing to reduce


def test_reductions_of_nothing() -> None:
    """A sum of nothing is 0, a product 1; a mean is NaN, and warns, as in NumPy."""
    x = np.zeros((0, 3), np.float32)
    assert fed(lambda x: gn.sum(x, 0), x).tolist() == [0, 0, 0]
    assert fed(lambda x: gn.prod(x, 0), x).tolist() == [1, 1, 1]
    assert fed(lambda x: gn.any(x, 0), x).tolist() == [False] * 3
    assert fed(lambda x: gn.all(x, 0), x).tolist() == [True] * 3
    assert fed(lambda x: gn.logsumexp(x, 0), x).tolist() == [-np.inf] * 3
    for average in (gn.mean, gn.variance):
        with pytest.warns(RuntimeWarning, match="invalid value"):
            assert np.isnan(fed(lambda x, average=average: average(x, 0), x)).all()
    assert fed(lambda x: gn.mean(x, 1), x).shape == (0,)


@pytest.mark.parametrize("function", [gn.max, gn.min, gn.argmax, gn.argmin])
def test_nothing_has_no_extreme(function: Function) -> None:
    """The extreme of nothing is refused as soon as it is known to be of nothing."""
    with pytest.raises(ShapeError, match="nothing to choose from"):
        function(gn.placeholder((0, 3)), 0)
    x = gn.placeholder((None, 3))
    with pytest.raises(FeedError, match="nothing to choose from"):
        gn.evaluate(function(x, 0), {x: np.zeros((0, 3), np.float32)})


@pytest.mark.parametrize("function", [gn.mean, gn.variance, gn.sum, gn.logsumexp])
def test_the_gradient_of_a_reduction_of_nothing(function: Function) -> None:
    """It is as empty as the operand."""
    x = gn.placeholder((None, None))
    (gradient,) = gn.gradients(function(x, 0), [x])
    with np.errstate(invalid="ignore"):  # the mean that the gradient of a variance needs
        assert gn.evaluate(gradient, {x: np.zeros((0, 3), np.float32)}).shape == (0, 3)


# Extremes


def test_ties_share_the_gradient() -> None:
    """Equal extremes have equal shares, also over several axes."""
    assert slope(gn.max, [1.0, 3.0, 3.0, 2.0]) == [0, 0.5, 0.5, 0]
    assert slope(gn.min, [[1.0, 1.0], [1.0, 2.0]]) == [[1 / 3, 1 / 3], [1 / 3, 0]]
    assert slope(lambda x: gn.max(x, 1), [[1.0, 1.0], [1.0, 2.0]]) == [[0.5, 0.5], [0, 1]]


def test_the_extreme_of_nan() -> None:
    """NaN wins over every number, and then none has a gradient."""
    values = [[1.0, np.nan], [1.0, 2.0]]
    result = fed(lambda x: gn.max(x, 1), np.array(values))
    np.testing.assert_array_equal(result, [np.nan, 2.0])
    assert slope(lambda x: gn.max(x, 1), values) == [[0, 0], [0, 1]]


@pytest.mark.parametrize(("ours", "numpys"), [(gn.argmax, np.argmax), (gn.argmin, np.argmin)])
def test_positions_of_extremes(ours: Function, numpys: Function) -> None:
    """The first of equal extremes counts; without an axis, among all elements."""
    x = np.array([[1, 3, 3], [0, 0, 2]])
    for axis in (None, 0, 1, -2):
        for keepdims in (False, True):
            result = fed(lambda x, a=axis, k=keepdims: ours(x, a, keepdims=k), x)
            assert result.dtype == np.int64
            np.testing.assert_array_equal(result, numpys(x, axis, keepdims=keepdims))


def test_the_k_largest() -> None:
    """They are sorted; equal ones keep their order, and NaN is larger than all numbers."""
    values, indices = fed(lambda x: gn.top_k(x, 3), np.array([[1, 5, 5, 2], [7, 0, 7, 7]]))
    assert values.tolist() == [[5, 5, 2], [7, 7, 7]]
    assert indices.tolist() == [[1, 2, 3], [0, 2, 3]]
    values, indices = fed(lambda x: gn.top_k(x, 2), np.array([1.0, np.nan, np.inf]))
    np.testing.assert_array_equal(values, [np.nan, np.inf])
    assert fed(lambda x: gn.top_k(x, 1, axis=0), np.array([0, 255, 3], np.uint8))[0] == [255]


def test_the_gradient_of_the_k_largest() -> None:
    """It goes to the positions chosen, in the order in which they were chosen."""
    weights = gn.constant([10.0, 1.0], gn.float64)
    assert slope(lambda x: gn.top_k(x, 2)[0] * weights, [1.0, 3.0, 2.0]) == [0, 10, 1]


def test_more_than_there_are() -> None:
    """As many elements as asked for must be there; where that is unknown, in the run."""
    with pytest.raises(ShapeError, match="no 4 largest of 3"):
        gn.top_k(gn.placeholder((3,)), 4)
    x = gn.placeholder((None,))
    with pytest.raises(FeedError, match="no 4 largest of 3"):
        gn.evaluate(gn.top_k(x, 4), {x: np.zeros(3, np.float32)})


# Products, with zeros among the factors

ZEROS = [
    [2.0, 3.0, 5.0],
    [2.0, 0.0, 5.0],
    [0.0, 3.0, 0.0],
    [0.0, 0.0, 0.0, 2.0],
    [-1.5],
]


@pytest.mark.parametrize("values", ZEROS)
def test_the_gradient_of_a_product(values: list[float]) -> None:
    """It is the product of all the others, also where factors are 0, and so is its gradient."""
    others = [np.prod(np.delete(values, position)) for position in range(len(values))]
    assert slope(gn.prod, values) == pytest.approx(others)
    check_gradients(gn.prod, [np.array(values)], order=3)


@pytest.mark.parametrize("axis", [0, (0, 2), (1, 2), None])
def test_the_gradient_of_a_product_over_axes(axis: Any) -> None:
    """Zeros in the same and in other products, and over several axes as one."""
    values = np.random.default_rng(1).standard_normal((2, 3, 2))
    values[0, 1, 0] = values[1, 1, 1] = values[1, 2, 0] = 0
    check_gradients(lambda x: gn.prod(x, axis), [values])


def test_a_recurrence_of_many_steps() -> None:
    """Going on by doubling gives what going on step by step gives."""
    a, b = np.random.default_rng(2).uniform(-1, 1, (2, 37))
    expected = [3.0]
    for factor, summand in zip(a[:-1], b[:-1], strict=True):
        expected.append(factor * expected[-1] + summand)
    assert_close(fed(lambda a, b: gn.recurrence(a, b, (0,), initial=3.0), a, b), expected)
    check_gradients(lambda a, b: gn.recurrence(a, b, (0,), initial=3.0), [a[:5], b[:5]], order=3)


# Averages


@pytest.mark.parametrize("ddof", [0, 1, 2])
def test_variance_takes_account_of_degrees_of_freedom(ddof: int) -> None:
    """What is subtracted from the number of elements counts in the gradient, too."""
    x = np.random.default_rng(3).standard_normal((4, 3)) + 100
    result = fed(lambda x: gn.variance(x, 0, ddof=ddof), x)
    np.testing.assert_allclose(result, np.var(x, 0, ddof=ddof))
    y = gn.placeholder((None, None), gn.float64)
    check_gradients(gn.variance(y, 0, ddof=ddof), {y: x})


def test_variance_of_too_few_elements() -> None:
    """There is none where no degree of freedom is left, and NumPy's warning says so."""
    for ddof in (1, 2):
        with pytest.warns(RuntimeWarning, match="invalid value"):
            assert np.isnan(fed(lambda x, d=ddof: gn.variance(x, ddof=d), np.array([3.0])))


def test_the_gradient_of_a_mean_needs_no_extents() -> None:
    """The number of elements is found in the run, in the precision of the operand."""
    x = gn.placeholder((None, "features"), gn.float64)
    (gradient,) = gn.gradients(gn.mean(x), [x])
    assert_close(gn.evaluate(gradient, {x: np.ones((7, 3))}), np.full((7, 3), 1 / 21))


def test_logarithms_of_sums_do_not_overflow() -> None:
    """Neither do infinities make NaN."""
    x = np.array([[1e4, 1e4], [-1e4, -1e4], [-np.inf, 0], [-np.inf, -np.inf], [np.inf, 0]])
    expected = [1e4 + np.log(2), -1e4 + np.log(2), 0, -np.inf, np.inf]
    assert_close(fed(lambda x: gn.logsumexp(x, 1), x), expected)
    shares = [[0.5, 0.5], [0.5, 0.5], [0, 1], [0, 0]]
    assert_close(slope(lambda x: gn.logsumexp(x, 1), x[:4]), shares)


# Running sums


def test_running_sums() -> None:
    """They run along one axis or, without one, through all elements, from either end."""
    x = np.arange(6.0).reshape(2, 3)
    for axis in (None, 0, 1, -1):
        assert_close(fed(lambda x, a=axis: gn.cumsum(x, a), x), np.cumsum(x, axis))
    backwards = fed(lambda x: gn.cumsum(x, 1, reverse=True), x)
    assert backwards.tolist() == [[3, 3, 2], [12, 9, 5]]
    assert fed(gn.cumsum, np.array(5.0)).tolist() == [5]


def test_the_gradient_of_running_sums() -> None:
    """It is the running sum from the other end."""
    weights = gn.constant([1.0, 10.0, 100.0], gn.float64)
    assert slope(lambda x: gn.cumsum(x) * weights, [1.0, 2.0, 3.0]) == [111, 110, 100]
