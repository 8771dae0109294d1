"""Elementary functions and rounding: special values, dtypes, and where there is no gradient."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import special

import graphnet as gn
from graphnet.errors import GradientError
from graphnet.testing import assert_close
from graphnet.typing import Array

Function = Callable[..., Any]

SPECIAL = np.array([-np.inf, -1000.0, -1.0, -0.0, 0.0, 1e-300, 0.5, 1.0, 1000.0, np.inf, np.nan])
HALVES = np.array([-2.5, -1.5, -0.5, -0.0, 0.5, 1.5, 2.5, 0.49999999999999994])
FUNCTIONS = [
    (gn.exp, np.exp),
    (gn.expm1, np.expm1),
    (gn.log, np.log),
    (gn.log1p, np.log1p),
    (gn.sqrt, np.sqrt),
    (gn.rsqrt, lambda x: 1 / np.sqrt(x)),
    (gn.sin, np.sin),
    (gn.cos, np.cos),
    (gn.tanh, np.tanh),
    (gn.erf, special.erf),
]
ROUNDINGS = [(gn.floor, np.floor), (gn.ceil, np.ceil), (gn.round, np.round)]


def fed(function: Function, array: Array) -> Array:
    """Declare a function of a placeholder, and run it on an array without NumPy's warnings."""
    x = gn.placeholder(array.shape, array.dtype)
    with np.errstate(all="ignore"):
        result: Array = gn.evaluate(function(x), {x: array})
    return result


@pytest.mark.parametrize(("ours", "numpys"), [*FUNCTIONS, *ROUNDINGS])
def test_special_values(ours: Function, numpys: Function) -> None:
    """Infinities, NaN, zeros of both signs and the edges of the domain are as in NumPy."""
    with np.errstate(all="ignore"):
        expected = numpys(SPECIAL)
    result = fed(ours, SPECIAL)
    assert_close(result, expected)
    numbers = ~np.isnan(expected)
    np.testing.assert_array_equal(np.signbit(result)[numbers], np.signbit(expected)[numbers])


@pytest.mark.parametrize(("ours", "numpys"), FUNCTIONS)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_floats_keep_their_dtype(ours: Function, numpys: Function, dtype: type) -> None:
    """Half precision and extended precision are computed as well."""
    values: Array = np.array([0.25, 0.5, 1.0, 2.0], dtype)
    result = fed(ours, values)
    assert result.dtype == dtype
    tolerance = max(float(np.finfo(dtype).eps) * 4, 1e-15)
    np.testing.assert_allclose(result, numpys(values.astype(np.float64)), rtol=tolerance)


@pytest.mark.parametrize(("ours", "numpys"), FUNCTIONS)
@pytest.mark.parametrize("dtype", [np.bool_, np.uint8, np.int64])
def test_integers_become_float32(ours: Function, numpys: Function, dtype: type) -> None:
    """Where NumPy would choose float16 or float64 by the width of the integer."""
    values: Array = np.array([1, 1], dtype)
    result = fed(ours, values)
    assert result.dtype == np.float32
    assert_close(result, numpys(values.astype(np.float32)))


@pytest.mark.parametrize(("ours", "numpys"), ROUNDINGS)
def test_halves(ours: Function, numpys: Function) -> None:
    """Rounding takes halves to the even neighbor, and keeps the sign of zeros."""
    result = fed(ours, HALVES)
    np.testing.assert_array_equal(result, numpys(HALVES))
    np.testing.assert_array_equal(np.signbit(result), np.signbit(numpys(HALVES)))


@pytest.mark.parametrize("ours", [gn.floor, gn.ceil, gn.round, lambda x: gn.round(x, 2)])
@pytest.mark.parametrize("dtype", [np.bool_, np.uint8, np.int64])
def test_rounding_leaves_integers_alone(ours: Function, dtype: type) -> None:
    """They keep value and dtype, also where a float32 could not hold them."""
    values: Array = np.array([0, np.iinfo(dtype).max if dtype is not np.bool_ else 1], dtype)
    result = fed(ours, values)
    assert result.dtype == dtype
    np.testing.assert_array_equal(result, values)


@pytest.mark.parametrize("decimals", [-2, -1, 0, 1, 3])
@pytest.mark.parametrize("values", [np.array([1234.5678, -0.05, 15.0]), np.array([15, 25, -149])])
def test_rounding_to_decimals(decimals: int, values: Array) -> None:
    """Negative decimals round to tens and hundreds, also integers."""
    result = fed(lambda x: gn.round(x, decimals), values)
    assert result.dtype == values.dtype
    np.testing.assert_array_equal(result, np.round(values, decimals))


@pytest.mark.parametrize("ours", [gn.floor, gn.ceil, gn.round])
def test_rounding_has_no_gradient(ours: Function) -> None:
    """Asking for one is an error that says where the way ends."""
    x = gn.placeholder(())
    with pytest.raises(GradientError, match="no derivative flows back through"):
        gn.gradients(ours(x), x)


def test_gradients_come_from_the_output_where_it_suffices() -> None:
    """So that the input of these functions need not be kept."""
    for function in (gn.exp, gn.expm1, gn.sqrt, gn.rsqrt, gn.tanh, gn.reciprocal):
        with gn.Graph():
            x = gn.placeholder((3,))
            y = function(x)
            (gradient,) = gn.gradients(y, x)
        assert len(x.graph.subgraph([gradient], [y]).placeholders) == 1
