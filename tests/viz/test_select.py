"""``select``: which nodes something stands for."""

import re

import pytest

import graphnet as gn
from graphnet.ir.node import Node
from graphnet.viz.views.select import select
from graphnet.viz.views.titles import named


def message(error: Exception) -> str:
    """Give the whole message, without the paths in it."""
    return re.sub(r"\S+\.py:\d+", "FILE:LINE", str(error))


def training() -> tuple[gn.Tensor, Node]:
    """Declare a small training graph, and give loss and step."""
    x = gn.placeholder(("batch", 2), name="x")
    y = gn.nn.Sequential(gn.nn.Dense(3, activation=gn.tanh), gn.nn.Dense(1))(x)
    loss = (y * y).mean()
    return loss, gn.optim.SGD(0.1).minimize(loss)


def names(what: object) -> list[str]:
    """Give the names of the nodes that are drawn."""
    return [node.name for node in select(what)[0]]


def test_a_graph_is_drawn_without_initial_values() -> None:
    """All else is there, also what nothing depends on."""
    loss, _ = training()
    x = gn.placeholder((), name="unused")
    shared = gn.tanh(gn.constant(0.5))
    gn.Variable(shared * 2, name="v")
    _ = shared + x
    drawn, wanted = select(loss.graph)
    hidden = {node.name for node in loss.graph.nodes} - {node.name for node in drawn}
    assert not wanted
    assert {"unused", "tanh", "v"} <= {node.name for node in drawn}
    layers = {name for name in hidden if name.startswith("sequential/")}
    assert layers
    assert all("/weight/" in name or "/bias/" in name for name in layers)
    assert hidden - layers == {"multiply_1", "constant_1"}


def test_a_variable_that_another_one_begins_with_is_drawn() -> None:
    """It is a variable all the same; what is made of it for the other one is not drawn."""
    v = gn.Variable(1.0, name="v")
    w = gn.Variable(v * 2, name="w")
    assert names(w.graph) == ["v", "w"]


def test_several_things_are_drawn_together() -> None:
    """In the order of the graph, each node once."""
    loss, step = training()
    drawn, wanted = select([step, loss, loss])
    assert wanted == [step, loss.node]
    assert len(drawn) == len(set(drawn))
    assert [node for node in loss.graph.nodes if node in set(drawn)] == drawn


def test_a_model_is_what_its_calls_have_declared() -> None:
    """With what they take from outside, and without what is done with the result."""
    x = gn.placeholder((None, 2), name="x")
    model = gn.nn.Sequential(gn.nn.Dense(3, activation=gn.relu), gn.nn.Dense(1), name="model")
    gn.optim.SGD(0.1).minimize(gn.tanh(model(x)).mean())
    layers = ("dense", "dense_1")
    ops = {f"model/{layer}/{op}" for layer in layers for op in ("weight", "bias", "matmul", "add")}
    assert set(names(model)) == {"x", "model/dense/relu", *ops}
    assert named(model) == "model"


def test_a_model_that_holds_a_layer_from_elsewhere_shows_it() -> None:
    """Its scope is the one of its first call."""
    x = gn.placeholder((None, 2), name="x")
    shared = gn.nn.Dense(2, name="shared")
    shared(x)
    model = gn.nn.Sequential(shared, gn.nn.Dense(1), name="model")
    model(x)
    assert {"shared/weight", "model/dense/weight"} <= set(names(model))


def test_a_plan_is_its_optimised_graph() -> None:
    """With the variables that it reads, given as a plan, a program or a function."""
    x = gn.placeholder((None,), name="x")
    w = gn.Variable(2.0, name="w")
    with gn.Session() as session:
        function = session.compile(gn.tanh(x * w + 0), [x])
        function([1.0])
        assert sorted(names(function)) == ["multiply", "tanh", "w", "x"]
        (program,) = session.programs.values()
        assert names(program) == names(function) == names(function.plan)
        assert [node.name for node in select(function)[1]] == ["tanh"]
        assert named(function) == "plan for tanh"


def test_what_cannot_be_drawn_is_refused() -> None:
    """Things of other types, of two graphs, and nothing at all."""
    x = gn.placeholder(())
    with gn.Graph():
        y = gn.placeholder(())
    with pytest.raises(gn.errors.ArgumentError) as caught:
        select([x, 3.5])
    assert message(caught.value) == (
        "draw: 3.5 has no graph\n  at FILE:LINE\n"
        "hint: give a graph, tensors and operations, a compiled function, its plan, or a model"
    )
    for wrong in ("net", {"x": x}, 3, None, gn.nn.Dense, gn.Graph):
        with pytest.raises(gn.errors.ArgumentError, match="has no graph"):
            select(wrong)
    with pytest.raises(gn.errors.ArgumentError, match="of one graph, found 2 graphs"):
        select([x, y])
    with pytest.raises(gn.errors.ArgumentError, match="of one graph, found 0 graphs"):
        select([])


def test_what_has_no_graph_yet_says_so() -> None:
    """A model before its first call, and a function before its own."""
    with pytest.raises(gn.errors.ArgumentError, match="'dense' has not been called yet"):
        select(gn.nn.Dense(2))
    x = gn.placeholder((None,), name="x")
    with gn.Session() as session, pytest.raises(gn.errors.GraphnetError, match="has no plan yet"):
        select(session.compile(x + 1, [x]))


def test_titles_name_what_is_drawn() -> None:
    """The first ones, where they are many."""
    x = gn.placeholder((), name="x")
    ys = [gn.identity(x, name=f"y{number}") for number in range(6)]
    assert named(x.graph) == "graph"
    assert named(ys[:2]) == "y0, y1"
    assert named(ys) == "y0, y1, y2 and 3 more"
