"""Functions as layers, ``Flatten`` among them."""

import functools

import pytest

import graphnet as gn


def test_a_function_is_called_with_its_settings() -> None:
    """On all inputs, in the scope of the layer."""
    layer = gn.nn.Lambda(lambda x, y, factor: x + factor * y, name="mix", factor=3.0)
    y = layer([1.0], [2.0])
    assert y.name == "mix/add"
    assert gn.evaluate(y) == [7.0]


@pytest.mark.parametrize(
    ("function", "label"),
    [(gn.tanh, "tanh"), (lambda x: x, "lambda"), (functools.partial(gn.elu, alpha=2.0), "lambda")],
)
def test_it_is_named_after_the_function(function: object, label: str) -> None:
    """Where that has a name that can be a label."""
    assert gn.nn.Lambda(function).label == label  # type: ignore[arg-type]  # a function


def test_it_may_give_several_results() -> None:
    """As any layer."""
    pieces = gn.nn.Lambda(gn.split, parts=2, axis=-1)(gn.placeholder((None, 4)))
    assert [piece.shape for piece in pieces] == [(None, 2), (None, 2)]


def test_it_needs_a_function() -> None:
    """Names are refused where the layer is made."""
    with pytest.raises(gn.errors.DefinitionError, match="Lambda: 'relu' is not a function"):
        gn.nn.Lambda("relu")  # type: ignore[arg-type]  # the mistake


def test_flatten_keeps_the_batch() -> None:
    """Or as many axes as it is told to."""
    x = gn.placeholder((None, 2, 3, 4))
    assert gn.nn.Flatten()(x).shape == (None, 24)
    assert gn.nn.Flatten(start=2)(x).shape == (None, 2, 12)
