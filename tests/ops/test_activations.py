"""Activations: kinks, special values, large arguments, and gradients made from outputs."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import special

import graphnet as gn
from graphnet.errors import GraphError, ShapeError
from graphnet.kernels.elementwise import SMALL_MAXIMUM
from graphnet.testing import assert_close, check_gradients
from graphnet.typing import Array

Function = Callable[..., Any]

VALUES = np.linspace(-8.0, 8.0, 1601)
FORMULAS: dict[str, tuple[Function, Function]] = {
    "relu": (gn.relu, lambda x: np.where(x > 0, x, 0)),
    "leaky_relu": (gn.leaky_relu, lambda x: np.where(x > 0, x, 0.01 * x)),
    "leaky_relu(0)": (lambda x: gn.leaky_relu(x, 0), lambda x: np.where(x > 0, x, 0)),
    "leaky_relu(2)": (lambda x: gn.leaky_relu(x, 2), lambda x: np.where(x > 0, x, 2 * x)),
    "elu": (gn.elu, lambda x: np.where(x > 0, x, np.exp(x) - 1)),
    "elu(0.2)": (lambda x: gn.elu(x, 0.2), lambda x: np.where(x > 0, x, 0.2 * (np.exp(x) - 1))),
    "elu(2)": (lambda x: gn.elu(x, 2), lambda x: np.where(x > 0, x, 2 * (np.exp(x) - 1))),
    "selu": (
        gn.selu,
        lambda x: 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(x)),
    ),
    "sigmoid": (gn.sigmoid, special.expit),
    "softplus": (gn.softplus, lambda x: np.logaddexp(x, 0)),
    "softsign": (gn.softsign, lambda x: x / (1 + np.abs(x))),
    "silu": (gn.silu, lambda x: x * special.expit(x)),
    "gelu": (gn.gelu, lambda x: x * special.ndtr(x)),
    "gelu(tanh)": (
        lambda x: gn.gelu(x, approximate=True),
        lambda x: x / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))),
    ),
    "relu6": (gn.relu6, lambda x: np.clip(x, 0, 6)),
    "hard_tanh": (gn.hard_tanh, lambda x: np.clip(x, -1, 1)),
    "hard_sigmoid": (gn.hard_sigmoid, lambda x: np.clip(x + 3, 0, 6) / 6),
    "hard_swish": (gn.hard_swish, lambda x: x * np.clip(x + 3, 0, 6) / 6),
}
BOTH = pytest.mark.parametrize(
    ("ours", "formula"), [pytest.param(*pair, id=name) for name, pair in FORMULAS.items()]
)
OURS = pytest.mark.parametrize(
    "ours", [pytest.param(pair[0], id=name) for name, pair in FORMULAS.items()]
)


def fed(function: Function, *arrays: Array) -> Array:
    """Declare a function of placeholders, and run it on arrays."""
    inputs = [gn.placeholder(array.shape, array.dtype) for array in arrays]
    result: Array = gn.evaluate(function(*inputs), dict(zip(inputs, arrays, strict=True)))
    return result


def slopes(function: Function, *values: float) -> list[float]:
    """Give the derivative of a function at each of several points."""
    x = gn.placeholder((len(values),), gn.float64)
    (gradient,) = gn.gradients(function(x), x)
    return list(map(float, gn.evaluate(gradient, {x: np.array(values)})))


@BOTH
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_activations_are_their_formulas(ours: Function, formula: Function, dtype: type) -> None:
    """In each precision, for small and large arrays."""
    for values in (VALUES, VALUES[::50]):
        result = fed(ours, values.astype(dtype))
        assert result.dtype == dtype
        assert_close(result, formula(values.astype(dtype).astype(np.float64)).astype(dtype))


@OURS
def test_integers_become_float32(ours: Function) -> None:
    """As everywhere that a float has to be made."""
    values = np.array([-2, 0, 3])
    result = fed(ours, values)
    assert result.dtype == np.float32
    np.testing.assert_array_equal(result, fed(ours, values.astype(np.float32)))


@BOTH
def test_large_arguments_raise_no_warning(ours: Function, formula: Function) -> None:
    """Values and gradients saturate without overflow, where warnings are errors."""
    values = np.array([-3e4, -100.0, 100.0, 3e4], np.float32)
    with np.errstate(all="ignore"):
        expected = formula(values.astype(np.float64))
    assert_close(fed(ours, values), expected.astype(np.float32))
    slope = fed(lambda x: gn.gradients(ours(x), x)[0], values)
    assert np.isfinite(slope).all()


@OURS
@pytest.mark.parametrize("size", [3, SMALL_MAXIMUM + 1])
def test_nan_stays(ours: Function, size: int) -> None:
    """No activation hides it, in small arrays or in large ones."""
    values = np.full(size, np.nan)
    assert np.isnan(fed(ours, values)).all()


@OURS
def test_gradients_to_the_third_order(ours: Function) -> None:
    """Away from the kinks."""
    check_gradients(ours, [[-4.0, -2.2, -0.4, 0.7, 2.4, 7.0]], order=3)


@pytest.mark.parametrize(
    ("ours", "points", "expected"),
    [
        (gn.relu, (-0.0, 0.0), (0, 0)),
        (lambda x: gn.leaky_relu(x, 0.2), (-0.0, 0.0), (0.2, 0.2)),
        (gn.elu, (0.0,), (1,)),
        (lambda x: gn.elu(x, 0.5), (0.0,), (0.5,)),
        (gn.selu, (0.0,), (1.0507009873554805 * 1.6732632423543772,)),
        (gn.relu6, (0.0, 6.0), (0, 0)),
        (gn.hard_tanh, (-1.0, 1.0), (0, 0)),
        (gn.hard_sigmoid, (-3.0, 3.0), (0, 0)),
        (gn.hard_swish, (-3.0, 3.0), (0, 1)),
        (gn.softsign, (0.0,), (1,)),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_kinks(ours: Function, points: tuple[float, ...], expected: tuple[float, ...]) -> None:
    """The derivative at a kink is the one that the docstring states."""
    assert slopes(ours, *points) == list(expected)


@pytest.mark.parametrize("alpha", [0.0, 0.05, 0.2, 1.0, 1.7])
@pytest.mark.parametrize("size", [6, 6000])
def test_positive_outputs_pass_the_cotangent_on_exactly(alpha: float, size: int) -> None:
    """The slope on the right is 1 to the last bit, whatever the slope on the left."""
    values = np.resize(np.array([-2.0, -0.0, 0.0, 1e-30, 3.0, np.inf], np.float32), size)
    dy = np.linspace(1.0, 2.0, size, dtype=np.float32)
    for result, left in (
        (fed(gn.relu_gradient, dy, values), np.float32(0)),
        (fed(lambda d, y: gn.leaky_relu_gradient(d, y, alpha), dy, values), np.float32(alpha)),
    ):
        np.testing.assert_array_equal(result, np.where(values > 0, dy, left * dy))


def test_where_the_output_is_nan() -> None:
    """A relu has no slope there; that of a leaky relu is the one left of the kink."""
    dy, y = np.array([2.0]), np.array([np.nan])
    assert np.isnan(fed(gn.relu_gradient, dy, y)).all()
    assert fed(lambda dy, y: gn.leaky_relu_gradient(dy, y, 0.5), dy, y) == 1


@pytest.mark.parametrize("ours", [gn.relu_gradient, lambda d, y: gn.leaky_relu_gradient(d, y, 0.2)])
def test_gradient_ops_broadcast(ours: Function) -> None:
    """Each operand may be the smaller one, and has a gradient of its own shape."""
    check_gradients(ours, [[[1.0, -2.0, 0.5]], [[0.3], [-0.4]]])
    with pytest.raises(ShapeError):
        ours(gn.placeholder((2,)), gn.placeholder((3,)))


@pytest.mark.parametrize(
    "ours",
    [
        gn.relu,
        gn.leaky_relu,
        gn.elu,
        gn.selu,
        gn.sigmoid,
        gn.softplus,
        gn.softsign,
        gn.relu6,
        gn.hard_tanh,
        gn.hard_sigmoid,
    ],
)
def test_gradients_come_from_the_output(ours: Function) -> None:
    """So that the input need not be kept until the gradient is computed."""
    x = gn.placeholder((3,))
    y = ours(x)
    (gradient,) = gn.gradients(y, x)
    assert len(x.graph.subgraph([gradient], [y]).placeholders) == 1


@pytest.mark.parametrize("ours", [gn.leaky_relu, gn.elu])
@pytest.mark.parametrize("alpha", [-0.1, float("nan")])
def test_slopes_must_not_be_negative(ours: Function, alpha: float) -> None:
    """An output would not tell which side of the kink its input was on."""
    with pytest.raises(GraphError, match=rf"{ours.__name__}: alpha is {alpha}") as caught:
        ours(gn.placeholder(()), alpha)
    assert caught.value.hint == "use a number from 0 up"


def test_softplus_is_exact_in_its_tails() -> None:
    """Towards minus infinity it is exp(x), to full relative precision; so is its slope."""
    values = np.array([-80.0, -20.0])
    np.testing.assert_allclose(fed(gn.softplus, values), np.log1p(np.exp(values)), rtol=1e-14)
    np.testing.assert_allclose(slopes(gn.softplus, *values), special.expit(values), rtol=1e-14)
