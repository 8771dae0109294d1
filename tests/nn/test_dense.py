"""``Dense``: an affine map of the last axis."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import graphnet as gn
from graphnet.errors import DefinitionError
from graphnet.nn.initializers import constant

WEIGHT = np.array([[1.0, 2.0, 3.0], [-1.0, 0.5, 2.0]], np.float32)
BIAS = np.array([0.5, -4.0, 0.0], np.float32)


def message(error: Exception) -> str:
    """Give the whole message, without the paths in it."""
    return re.sub(r"\S+\.py:\d+", "FILE:LINE", str(error))


def dense(activation: object = None, *, use_bias: bool = True) -> gn.nn.Dense:
    """Make a layer with known variables."""
    return gn.nn.Dense(
        3,
        activation,  # type: ignore[arg-type]  # a function or None
        use_bias,
        weight_initializer=constant(WEIGHT),
        bias_initializer=constant(BIAS),
    )


@pytest.mark.parametrize("shape", [(2,), (4, 2), (0, 2), (5, 4, 2)])
def test_the_last_axis_is_mapped(shape: tuple[int, ...]) -> None:
    """Inputs of any rank from 1 up, with known extents and without."""
    x = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    layer = dense(gn.relu)
    expected = np.maximum(x @ WEIGHT + BIAS, 0)
    for known in (shape, (None,) * (len(shape) - 1) + (2,)):
        fed = gn.placeholder(known)
        y = layer(fed)
        assert y.shape == (*known[:-1], 3)
        np.testing.assert_allclose(gn.evaluate(y, {fed: x}), expected, rtol=1e-6)


def test_variables_are_weight_then_bias() -> None:
    """In this order, so that they lie side by side in a session."""
    layer = gn.nn.Dense(3)
    y = layer(gn.placeholder((None, 2)))
    assert layer.variables == (layer.weight, layer.bias)
    names = [node.name for node in y.graph.nodes]
    assert names.index("dense/weight") < names.index("dense/bias")
    assert [node.name for node in y.graph.find("dense/*")][-2:] == ["dense/matmul", "dense/add"]


def test_a_layer_may_have_no_bias() -> None:
    """The result is linear then."""
    layer = dense(use_bias=False)
    y = layer(gn.constant([[0.0, 0.0]]))
    assert layer.variables == (layer.weight,)
    np.testing.assert_array_equal(gn.evaluate(y), [[0.0, 0.0, 0.0]])


def test_gradients_reach_all_variables_and_the_input() -> None:
    """Against the formulas for y = x W + b and the loss sum(c y)."""
    x = np.array([[1.0, -2.0], [3.0, 0.5]], np.float32)
    factors = np.array([[1.0, -1.0, 2.0], [0.0, 3.0, 1.0]], np.float32)
    fed = gn.placeholder((None, 2))
    layer = dense()
    loss = (layer(fed) * factors).sum()
    assert layer.bias is not None
    found = gn.gradients(loss, [fed, layer.weight, layer.bias])
    with gn.Session() as session:
        d_x, d_weight, d_bias = session.run(found, {fed: x})
    np.testing.assert_allclose(d_x, factors @ WEIGHT.T)
    np.testing.assert_allclose(d_weight, x.T @ factors)
    np.testing.assert_allclose(d_bias, factors.sum(0))


def test_shared_weights_get_both_gradients() -> None:
    """A layer that is called twice gets the sum."""
    layer = gn.nn.Dense(2, use_bias=False, weight_initializer=constant(3.0))
    x = gn.constant([[1.0, 2.0]])
    (gradient,) = gn.gradients((layer(x) + layer(2 * x)).sum(), [layer.weight])
    np.testing.assert_array_equal(gn.evaluate(gradient), [[3.0, 3.0], [6.0, 6.0]])


def test_integers_are_converted() -> None:
    """Pixels can be fed as they are."""
    y = dense()(gn.constant([[1, 2]], gn.uint8))
    assert y.dtype == gn.float32
    np.testing.assert_array_equal(gn.evaluate(y), [[1.0, 2.0] @ WEIGHT + BIAS])


def test_the_default_initial_values() -> None:
    """Glorot's for the weight, within sqrt(6 / (inputs + units)); zero for the bias."""
    layer = gn.nn.Dense(200)
    layer(gn.placeholder((None, 100)))
    with gn.Session(seed=0) as session:
        weight, bias = session.run([layer.weight, layer.bias])
    assert 0.13 < np.abs(weight).max() < np.sqrt(6 / 300)
    assert abs(weight.std() - np.sqrt(2 / 300)) < 2e-3
    np.testing.assert_array_equal(bias, np.zeros(200))


def test_an_input_of_another_size_is_refused() -> None:
    """The message names both lines."""
    layer = gn.nn.Dense(3, name="out")
    layer(gn.placeholder((None, 2)))
    with pytest.raises(gn.errors.ShapeError) as caught:
        layer(gn.placeholder((None, 4), name="wide"))
    assert message(caught.value) == (
        "out: made for inputs of size 2, called on inputs of size 4\n"
        "  at FILE:LINE\n"
        "  input   float32[None, 4]  placeholder 'wide'     FILE:LINE\n"
        "  weight  float32[2, 3]     variable 'out/weight'  FILE:LINE\n"
        "hint: the last extent of the input must be 2; a layer of its own has variables of its own"
    )


@pytest.mark.parametrize("extent", [None, "features"])
def test_the_input_size_must_be_known(extent: str | None) -> None:
    """On the first call."""
    with pytest.raises(gn.errors.ShapeError) as caught:
        gn.nn.Dense(3)(gn.placeholder((4, extent), name="x"))
    assert message(caught.value) == (
        "dense: the last axis of the input has no known size\n"
        "  at FILE:LINE\n"
        f"  input  float32[4, {extent}]  placeholder 'x'  FILE:LINE\n"
        "hint: declare it with a number as last extent, as in gn.placeholder((None, 784))"
    )


def test_a_scalar_has_no_last_axis() -> None:
    """Neither on the first call nor later."""
    layer = gn.nn.Dense(3)
    with pytest.raises(gn.errors.ShapeError, match="dense: the input is a scalar"):
        layer(gn.constant(1.0))
    layer(gn.constant([1.0]))
    with pytest.raises(gn.errors.ShapeError):
        layer(gn.constant(1.0))


def test_a_later_input_may_be_of_unknown_size() -> None:
    """It is checked when it is fed."""
    layer = dense()
    layer(gn.placeholder((2,)))
    assert layer(gn.placeholder((5, None))).shape == (5, 3)


@pytest.mark.parametrize("units", [0, -1, 2.5, True, None, "3"])
def test_units_must_be_a_positive_integer(units: object) -> None:
    """Anything else is refused where the layer is declared."""
    with pytest.raises(gn.errors.DefinitionError) as caught:
        gn.nn.Dense(units)  # type: ignore[arg-type]  # the mistake
    assert message(caught.value) == (
        f"dense: {units!r} is not a number of units\n  at FILE:LINE\nhint: use an integer from 1 up"
    )


def test_the_activation_must_be_a_function() -> None:
    """Names of functions, as other frameworks have them, are refused."""
    with pytest.raises(gn.errors.DefinitionError) as caught:
        gn.nn.Dense(3, activation="relu")  # type: ignore[arg-type]  # the mistake
    assert message(caught.value) == (
        "dense: the activation 'relu' is not a function\n"
        "  at FILE:LINE\n"
        "hint: give the function itself, as in activation=gn.relu"
    )


def test_units_may_be_an_integer_of_numpy() -> None:
    """As the number of classes that NumPy has counted."""
    layer = gn.nn.Dense(np.int64(3))  # type: ignore[arg-type]  # as they come
    assert layer(gn.placeholder((None, 2))).shape == (None, 3)
    assert type(layer.units) is int


@pytest.mark.parametrize(
    "make",
    [
        lambda: gn.nn.Dense(3, activation=gn.nn.ReLU),  # type: ignore[arg-type]
        lambda: gn.nn.Sequential(gn.nn.Dense(3), gn.nn.ReLU),
        lambda: gn.nn.Lambda(gn.nn.ReLU),
    ],
    ids=["activation", "stage", "function"],
)
def test_a_class_is_no_layer_yet(make: Callable[[], object]) -> None:
    """The message says how an object of it is made."""
    with pytest.raises(DefinitionError, match="ReLU is a class") as caught:
        make()
    assert caught.value.hint == "write ReLU(...)"


@pytest.mark.parametrize(
    ("initializer", "hint"),
    [("he_normal", "he_normal()"), (gn.nn.initializers.zeros, "gn.nn.initializers.zeros(...)")],
)
def test_initializers_are_made_first(initializer: Any, hint: str) -> None:
    """Names of them, and the functions that make them, are refused."""
    layer = gn.nn.Dense(3, weight_initializer=initializer)
    with pytest.raises(DefinitionError, match="initializer of 'weight' is") as caught:
        layer(gn.placeholder((None, 2)))
    assert hint in str(caught.value.hint)
