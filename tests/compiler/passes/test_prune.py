"""Dead nodes are dropped, nodes with an effect and what they need are kept."""

import numpy as np

import graphnet as gn
from graphnet.compiler.passes.prune import prune
from tests.compiler.pictures import check, picture


def test_nodes_that_nothing_needs_are_dropped() -> None:
    """A node that leads to no output goes, with what only it needs."""
    check(
        prune,
        before="""
        x = placeholder(shape=(2,), dtype=float32)
        c = constant(value=float32(3.0))
        unused = multiply(x, c)
        y = tanh(x)
        return y
        """,
        after="""
        x = placeholder(shape=(2,), dtype=float32)
        y = tanh(x)
        return y
        """,
    )


def test_unused_inputs_stay_inputs() -> None:
    """A placeholder that nothing needs is no node any more, but the plan still takes its feed."""
    x, y = gn.placeholder((), name="x"), gn.placeholder((), name="y")
    graph = prune(x.graph.subgraph([gn.tanh(x)], [x, y]))
    assert [tensor.name for tensor in graph.inputs] == ["x", "y"]
    assert [node.name for node in graph.nodes] == ["x", "tanh"]


def test_control_dependencies_are_needed() -> None:
    """What a kept node waits for is kept."""
    check(
        prune,
        before="""
        x = placeholder(shape=(2,), dtype=float32)
        first = exp(x)
        y = tanh(x, after=('first',))
        return y
        """,
        after="""
        x = placeholder(shape=(2,), dtype=float32)
        first = exp(x)
        y = tanh(x, after=('first',))
        return y
        """,
    )


def test_stateful_calls_are_kept() -> None:
    """A call that may do anything is kept without a use; one that only computes is not."""
    x = gn.placeholder((), name="x")
    seen = gn.py_call(np.sin, [x * 2], gn.float32, (), stateful=True, name="seen")
    pure = gn.py_call(np.cos, [x], gn.float32, (), name="pure")
    graph = x.graph.subgraph([gn.tanh(x), seen, pure], [x])
    graph.outputs = graph.outputs[:1]
    names = [node.name for node in prune(graph).nodes]
    assert set(names) == {"x", "constant", "multiply", "seen", "tanh"}
    assert picture(prune(graph)).endswith("return tanh")
