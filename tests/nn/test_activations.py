"""Activations as layers: the functions of ``gn``, with settings."""

import numpy as np
import pytest

import graphnet as gn
from graphnet.nn import activations

X = np.linspace(-3, 3, 12, dtype=np.float32).reshape(3, 4)
FUNCTIONS = {
    "ELU": gn.elu,
    "GELU": gn.gelu,
    "LeakyReLU": gn.leaky_relu,
    "ReLU": gn.relu,
    "SELU": gn.selu,
    "SiLU": gn.silu,
    "Sigmoid": gn.sigmoid,
    "Softmax": gn.softmax,
    "Softplus": gn.softplus,
    "Tanh": gn.tanh,
}


@pytest.mark.parametrize("name", sorted(activations.__all__))
def test_each_is_its_function(name: str) -> None:
    """Without settings, it declares the function's op, in a scope of the function's name."""
    function = FUNCTIONS[name]
    layer = getattr(gn.nn, name)()
    with gn.Graph():
        x = gn.placeholder((None, 4), name="x")
        y = layer(x)
        assert y.node.op == function(x).node.op
    label = function.__name__
    assert y.name == f"{label}/{label}"
    assert layer.variables == ()


def test_settings_are_handed_on() -> None:
    """Each has the one that its function has."""
    settings = [
        (gn.nn.LeakyReLU(0.3), gn.leaky_relu(X, 0.3)),
        (gn.nn.ELU(0.5), gn.elu(X, 0.5)),
        (gn.nn.GELU(approximate=True), gn.gelu(X, approximate=True)),
        (gn.nn.Softmax(axis=0), gn.softmax(X, 0)),
    ]
    for layer, expected in settings:
        made = layer(X)
        assert made.node.op == expected.node.op
        np.testing.assert_array_equal(*gn.evaluate([made, expected]))


def test_they_serve_as_activations_of_layers() -> None:
    """Wherever a function is asked for."""
    y = gn.nn.Dense(3, activation=gn.nn.LeakyReLU(0.2), name="hidden")(gn.placeholder((None, 2)))
    assert y.name == "hidden/leaky_relu/leaky_relu"
