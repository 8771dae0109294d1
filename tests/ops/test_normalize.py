"""Softmax and its logarithm."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import special

import graphnet as gn
from graphnet.errors import ShapeError
from graphnet.ir.tensor import Tensor
from graphnet.typing import Array

Function = Callable[..., Tensor]

REFERENCES = {gn.softmax: special.softmax, gn.log_softmax: special.log_softmax}
BOTH = pytest.mark.parametrize("function", REFERENCES, ids=["softmax", "log_softmax"])


@BOTH
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_softmax_is_that_of_scipy(function: Function, axis: int) -> None:
    """Along each axis, counted from either end, the values are SciPy's."""
    x = np.random.default_rng(0).normal(size=(3, 4, 5))
    gn.testing.assert_close(gn.evaluate(function(x, axis)), REFERENCES[function](x, axis))


@BOTH
def test_softmax_takes_extreme_numbers(function: Function) -> None:
    """Nothing overflows, whatever finite numbers there are."""
    largest = float(np.finfo(np.float32).max)
    x = np.array([[1e4, -1e4, 0], [largest, largest, -1.0], [-1e30, -1e30, -1e30]], np.float32)
    gn.testing.assert_close(gn.evaluate(function(x)), REFERENCES[function](x, -1))


@given(
    arrays(
        np.float64,
        array_shapes(min_dims=1, max_dims=3, max_side=4),
        elements=st.floats(-700, 700),
    )
)
def test_softmax_sums_to_one(x: Array) -> None:
    """Rows of softmax are distributions, and log_softmax is their logarithm."""
    with gn.Graph():
        y, log_y = gn.evaluate([gn.softmax(x), gn.log_softmax(x)])
    np.testing.assert_allclose(y.sum(-1), 1.0)
    np.testing.assert_allclose(np.exp(log_y), y, rtol=1e-12, atol=1e-300)


def test_a_masked_element_has_probability_zero() -> None:
    """Elements of minus infinity are left out."""
    x = np.array([0.0, -np.inf, 0.0])
    y, log_y = gn.evaluate([gn.softmax(x), gn.log_softmax(x)])
    assert y.tolist() == [0.5, 0.0, 0.5]
    gn.testing.assert_close(log_y, [np.log(0.5), -np.inf, np.log(0.5)])


@BOTH
@pytest.mark.parametrize("row", [[-np.inf, -np.inf], [np.inf, 0.0], [np.nan, 0.0]], ids=str)
def test_a_row_without_a_finite_maximum_is_nan(function: Function, row: list[float]) -> None:
    """Such a row has no distribution; the other rows are as they would be without it."""
    with np.errstate(invalid="ignore"):
        undefined, defined = gn.evaluate(function(np.array([row, [0.0, 1.0]])))
    assert np.isnan(undefined).all()
    gn.testing.assert_close(defined, REFERENCES[function](np.array([0.0, 1.0])))


@BOTH
def test_the_softmax_of_nothing_is_nothing(function: Function) -> None:
    """Along an empty axis the result is empty."""
    assert gn.evaluate(function(np.zeros((2, 0)))).shape == (2, 0)


@BOTH
def test_a_scalar_has_no_softmax(function: Function) -> None:
    """There must be an axis."""
    with pytest.raises(ShapeError, match="axis -1 does not exist in 0 dimensions"):
        function(1.0)


@BOTH
def test_softmax_makes_integers_floats(function: Function) -> None:
    """Integers are converted to float32; float16 stays."""
    assert function([1, 2]).dtype == np.float32
    assert function(np.ones(2, np.float16)).dtype == np.float16


@BOTH
def test_softmax_has_a_third_derivative(function: Function) -> None:
    """Gradients are right to the third order, with unknown extents."""
    x = gn.placeholder((None, 3), gn.float64)
    gn.testing.check_gradients(function(x), {x: [[0.5, -1.0, 2.0], [0.0, 0.1, 0.2]]}, order=3)


def test_equal_axes_are_one_computation() -> None:
    """An axis counted from the end is the same op as one counted from the front."""
    x = gn.placeholder((2, 3))
    assert gn.softmax(x, -1).node.op == gn.softmax(x, 1).node.op
