"""``Sequential``: one after the other."""

import numpy as np
import pytest

import graphnet as gn


def test_layers_and_functions_follow_each_other() -> None:
    """Whatever maps a tensor to a tensor may be a part."""
    halve = gn.nn.Sequential(lambda x: x / 2, gn.negative)
    np.testing.assert_array_equal(gn.evaluate(halve([2.0, 4.0])), [-1.0, -2.0])


def test_an_empty_one_is_the_identity() -> None:
    """It adds no node."""
    x = gn.placeholder((2,))
    assert gn.nn.Sequential()(x) is x


def test_parts_are_in_its_scope() -> None:
    """Also those of inner ones, and functions; a part that lives elsewhere stays there."""
    x = gn.placeholder((None, 4))
    shared = gn.nn.Dense(4, name="shared")
    shared(x)
    inner = gn.nn.Sequential(gn.nn.Dense(3), shared.activation or gn.tanh, name="inner")
    model = gn.nn.Sequential(shared, inner, gn.tanh, gn.nn.Dense(2))
    y = model(x)
    assert [variable.name for variable in model.variables] == [
        *("shared/weight", "shared/bias"),
        *("sequential/inner/dense/weight", "sequential/inner/dense/bias"),
        *("sequential/dense/weight", "sequential/dense/bias"),
    ]
    assert y.name == "sequential/dense/add"
    assert [node.name for node in y.graph.find("*tanh*")] == [
        "sequential/inner/tanh",
        "sequential/tanh",
    ]


def test_a_second_call_shares_everything() -> None:
    """Training and inference are two calls."""
    model = gn.nn.Sequential(gn.nn.Dense(3, activation=gn.tanh), gn.nn.Dense(2))
    first = gn.placeholder((None, 4))
    second = gn.placeholder((7, 4))
    outputs = [model(first), model(second)]
    assert len(first.graph.variables()) == len(model.variables) == 4
    x = np.ones((7, 4), np.float32)
    with gn.Session(seed=1) as session:
        one, other = session.run(outputs, {first: x, second: x})
    np.testing.assert_array_equal(one, other)


def test_a_list_needs_a_star() -> None:
    """The likely mistake of those who know other frameworks."""
    with pytest.raises(gn.errors.DefinitionError) as caught:
        gn.nn.Sequential([gn.tanh])  # type: ignore[arg-type]  # the mistake
    assert str(caught.value).startswith("sequential: [<function tanh at ")
    assert caught.value.hint == "put a star before a list, as in Sequential(*layers)"


def test_parts_must_be_functions() -> None:
    """Anything else is refused where the model is declared."""
    with pytest.raises(gn.errors.DefinitionError, match="sequential: 3 is neither a layer nor"):
        gn.nn.Sequential(gn.tanh, 3)  # type: ignore[arg-type]  # the mistake


def test_parts_are_had_by_position() -> None:
    """One, or several; these share their layers with the whole."""
    first, last = gn.nn.Dense(3), gn.nn.Dense(2)
    model = gn.nn.Sequential(first, gn.tanh, last, name="model")
    assert list(model) == [first, gn.tanh, last]
    assert len(model) == 3
    assert model[0] is first
    assert model[-1] is last
    x = gn.placeholder((None, 4))
    y, features = model(x), model[:-1](x)
    assert features.node.op == y.node.inputs[0].node.inputs[0].node.op == gn.ir.OPS["tanh"]()
    assert model[:-1].variables == first.variables
    with pytest.raises(IndexError):
        model[3]


def test_an_empty_one_gives_all_its_inputs() -> None:
    """The identity, of several tensors, too."""
    x, y = gn.placeholder((2,)), gn.placeholder((3,))
    assert gn.nn.Sequential()(x, y) == (x, y)
