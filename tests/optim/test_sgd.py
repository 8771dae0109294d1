"""``SGD``: against the published update, step by step."""

import numpy as np
import pytest

import graphnet as gn
from graphnet.nn.initializers import constant


def transcription(
    x: np.ndarray, t: np.ndarray, weight: np.ndarray, bias: np.ndarray, rates: list[float]
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Minimize the mean squared error of x W + b, one gradient step for each rate."""
    steps = []
    for rate in rates:
        error = 2 * (x @ weight + bias - t) / t.size
        weight, bias = weight - rate * (x.T @ error), bias - rate * error.sum(0)
        steps.append((weight, bias))
    return steps


@pytest.fixture
def regression() -> tuple[np.ndarray, ...]:
    """Inputs, targets, first weight and first bias of a regression from 3 numbers to 2."""
    draw = np.random.default_rng(5).normal
    return draw(size=(8, 3)), draw(size=(8, 2)), draw(size=(3, 2)), draw(size=2)


@pytest.mark.parametrize("form", ["number", "placeholder", "variable"])
def test_steps_are_those_of_the_formula(regression: tuple[np.ndarray, ...], form: str) -> None:
    """For a learning rate in all its forms, in float64, to twelve digits."""
    x, t, weight, bias = regression
    rates = [0.1] * 6 if form == "number" else [0.1, 0.3, 0.05, 0.2, 0.0, 0.1]
    features, targets = gn.placeholder(("batch", 3), gn.float64), gn.placeholder((8, 2), gn.float64)
    layer = gn.nn.Dense(2, weight_initializer=constant(weight), bias_initializer=constant(bias))
    loss = gn.nn.mean_squared_error(layer(features), targets).mean()
    fed = gn.placeholder((), gn.float64)
    kept = gn.Variable(np.float64(0), trainable=False)
    follow = gn.assign(kept, fed)
    forms: dict[str, float | gn.Tensor] = {"number": 0.1, "placeholder": fed, "variable": kept}
    step = gn.optim.SGD(forms[form]).minimize(loss)
    with gn.Session() as session:
        for size, expected in zip(rates, transcription(x, t, weight, bias, rates), strict=True):
            session.run(follow, {fed: size})
            assert session.run(step, {features: x, targets: t, fed: size}) is None
            found = session.run(list(layer.variables))
            for array, value in zip(found, expected, strict=True):
                np.testing.assert_allclose(array, value, rtol=1e-12)


def test_one_run_sees_the_values_from_before() -> None:
    """The loss that is fetched with a step is that before the step, for all variables."""
    a, b = gn.Variable(2.0), gn.Variable(3.0)
    loss = a * b
    step = gn.optim.SGD(1.0).minimize(loss)
    with gn.Session() as session:
        assert session.run([loss, step]) == [6.0, None]
        assert session.run([a, b]) == [-1.0, 1.0]


def test_steps_that_are_ordered_in_one_run_add_up() -> None:
    """The second starts from the value that the first leaves."""
    x = gn.Variable(1.0)
    optimizer = gn.optim.SGD(0.5)
    first = optimizer.minimize(3 * x)
    with gn.control_dependencies([first]):
        second = optimizer.minimize(5 * x)
    with gn.Session() as session:
        session.run(second)
        assert session.run(x) == 1.0 - 0.5 * 3 - 0.5 * 5


def test_a_rate_of_another_dtype_is_converted() -> None:
    """One conversion serves all variables of a dtype."""
    rate = gn.placeholder((), gn.float64)
    x, y = gn.Variable(1.0), gn.Variable(2.0)
    step = gn.optim.SGD(rate).minimize(x + y)
    with gn.Session() as session:
        session.run(step, {rate: 0.25})
        assert session.run([x, y]) == [0.75, 1.75]
    assert len(step.graph.find("sgd/cast*")) == 1


def test_nodes_are_in_a_scope_by_variable() -> None:
    """All updates have one structure, share the rate, and are found by name."""
    layer = gn.nn.Dense(2)
    step = gn.optim.SGD(0.5).minimize(layer(gn.placeholder((3,))).sum())
    assert step.name == "sgd"
    assert [node.name for node in step.graph.find("sgd/*")] == [
        "sgd/learning_rate",
        *(f"sgd/dense/weight/{name}" for name in ("multiply", "subtract")),
        *(f"sgd/dense/bias/{name}" for name in ("multiply", "subtract")),
        "sgd/dense/weight/assign",
        "sgd/dense/bias/assign",
    ]
    assert gn.optim.SGD(0.5).minimize(layer.weight.sum(), name="train").name == "train"
    assert step.graph.find("train/dense/weight/assign")


def test_everything_goes_into_the_graph_of_the_loss() -> None:
    """Also the rate, which has no inputs, while another graph is current."""
    with gn.Graph():
        x = gn.Variable(1.0)
    with gn.Graph() as current:
        gn.optim.SGD(0.5).minimize(x * x)
    assert not current.nodes
