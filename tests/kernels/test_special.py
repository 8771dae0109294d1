"""The error function and the normal quantile, against the standard library and SciPy."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special as reference

from graphnet.kernels import erf, normal_quantile
from graphnet.kernels.special import BLOCK, negative_log
from graphnet.typing import Array

FLOATS = [np.float32, np.float64]


def last_places(found: Array, exact: Array) -> float:
    """Give the largest error, in units in the last place of the exact number."""
    unit = np.spacing(np.abs(exact).astype(found.dtype)).astype(np.float64)
    error: float = np.max(np.abs(found.astype(np.float64) - exact) / unit)
    return error


def exact_erf(x: Array) -> Array:
    """Give the error function of the standard library."""
    return np.asarray(np.vectorize(math.erf, otypes=[np.float64])(x.astype(np.float64)))


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("scale", [1e-30, 1e-3, 0.5, 1.0, 3.0, 7.0])
def test_erf_is_accurate_at_every_scale(dtype: type[np.floating], scale: float) -> None:
    """The error is at most three units in the last place, two in float64, at tiny arguments too."""
    x = np.linspace(-scale, scale, 20_000, dtype=dtype)
    found = erf(x)
    assert found.dtype == dtype
    assert last_places(found, exact_erf(x)) < (3.5 if dtype == np.float32 else 2.5)


@given(st.floats(allow_nan=False))
def test_erf_of_any_float64(number: float) -> None:
    """Any number gives what the standard library gives, within two units in the last place."""
    assert float(erf(np.array(number))) == pytest.approx(math.erf(number), rel=5e-16, abs=5e-324)


@pytest.mark.parametrize("dtype", FLOATS)
def test_erf_is_odd_and_bounded(dtype: type[np.floating]) -> None:
    """Opposite arguments give exactly opposite values, none beyond one."""
    x = np.linspace(0, 8, 10_001, dtype=dtype)
    assert np.array_equal(erf(-x), -erf(x))
    assert np.abs(erf(x)).max() == 1


@pytest.mark.parametrize("dtype", FLOATS)
def test_erf_rises(dtype: type[np.floating]) -> None:
    """Larger arguments do not give smaller values."""
    assert np.all(np.diff(erf(np.linspace(-5, 5, 5_001, dtype=dtype))) >= 0)


@pytest.mark.parametrize("dtype", FLOATS)
def test_erf_of_what_is_not_a_usual_number(dtype: type[np.floating]) -> None:
    """Infinities give the limits, NaN gives NaN, zeros keep their sign, and nothing warns."""
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        found = erf(np.array([-np.inf, np.inf, np.nan, 0.0, -0.0, 1e30], dtype))
    np.testing.assert_array_equal(found, np.array([-1, 1, np.nan, 0, 0, 1], dtype))
    assert np.signbit(found[3:5]).tolist() == [False, True]


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("shape", [(), (0,), (3, 0, 2), (1,), (2, 3), (BLOCK + 1,)])
def test_erf_keeps_the_shape(dtype: type[np.floating], shape: tuple[int, ...]) -> None:
    """Any shape works, also without elements, without axes, or longer than a block."""
    x = np.linspace(-2, 2, math.prod(shape), dtype=dtype).reshape(shape)
    found = erf(x)
    assert isinstance(found, np.ndarray)
    assert found.shape == shape
    np.testing.assert_allclose(found, exact_erf(x), rtol=1e-6)


def test_erf_writes_where_it_is_told() -> None:
    """The result goes into ``out``, which may be the argument or have gaps."""
    x = np.linspace(-2, 2, 12).reshape(3, 4)
    expected = erf(x)
    gaps = np.zeros((6, 8))
    out = gaps[::2, ::-2]
    assert erf(x, out) is out
    assert np.array_equal(out, expected)
    assert np.count_nonzero(gaps) == np.count_nonzero(expected)
    same = x.copy()
    assert erf(same, same) is same
    assert np.array_equal(same, expected)


def test_erf_reads_arrays_with_gaps() -> None:
    """Strides and storage order do not matter."""
    x = np.linspace(-2, 2, 60, dtype=np.float32).reshape(6, 10)
    for view in (x[::2, ::-3], x.T, np.asfortranarray(x), np.broadcast_to(x[0], (4, 10))):
        assert np.array_equal(erf(view), erf(view.copy()))


@pytest.mark.parametrize("dtype", [np.int64, np.float16, np.complex128])
def test_erf_refuses_other_dtypes(dtype: type[np.generic]) -> None:
    """Other dtypes are named in the error."""
    with pytest.raises(TypeError, match=rf"float32 or float64, found {np.dtype(dtype)}"):
        erf(np.zeros(3, dtype))


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 5e-7), (np.float64, 1e-12)])
def test_normal_quantile_is_accurate(dtype: type[np.floating], tolerance: float) -> None:
    """The quantiles agree with SciPy's, from the median to the last rank."""
    last = 2**52 - 1
    near = np.arange(-5_000, 5_001) * (last // 5_000)
    far = last - 2 ** np.arange(0, 52)
    ranks = np.concatenate([near, far, -far, [last, -last, 1, -1, 0]])
    share = ranks * 2.0**-53
    exact = np.copysign(reference.ndtri(0.5 - np.abs(share)), share)
    found = normal_quantile(ranks, 2.0**-53, np.empty(ranks.shape, dtype))
    np.testing.assert_allclose(found, exact, rtol=tolerance, atol=tolerance * 1e-12)


def test_normal_quantile_is_odd() -> None:
    """Ranks on both sides of the median give exactly opposite quantiles."""
    ranks = np.arange(-(2**31) + 1, 2**31, 999_999)
    forth, back = np.empty(ranks.shape, np.float32), np.empty(ranks.shape, np.float32)
    normal_quantile(ranks, 2.0**-32, forth)
    normal_quantile(-ranks, 2.0**-32, back)
    assert np.array_equal(forth, -back)


def test_normal_quantile_undoes_the_distribution() -> None:
    """The distribution function, made from ``erf``, gives back the probabilities."""
    ranks = np.arange(-4_999, 5_000)
    quantiles = normal_quantile(ranks, 1e-4, np.empty(ranks.shape))
    np.testing.assert_allclose(erf(quantiles / math.sqrt(2)) / 2, ranks * 1e-4, atol=1e-15)


@given(st.floats(min_value=2.0**-60, max_value=1.0, exclude_max=True))
def test_negative_log_agrees_with_the_standard_library(number: float) -> None:
    """The own logarithm, the same on all machines, is right to the last places."""
    assert negative_log(np.array([number])) == pytest.approx(-math.log(number), rel=1e-15)
