"""Shapes of fed arrays take the place of unknown ones, and all specs follow."""

import numpy as np
import pytest

import graphnet as gn
from graphnet.compiler.passes.specialize import specialize
from graphnet.errors import ShapeError
from graphnet.ir import Spec, to_text
from tests.compiler.pictures import read

F32 = np.dtype(np.float32)


def test_specs_follow_from_the_fed_shapes() -> None:
    """All that depends on a fed shape is inferred again; names, nodes and ops stay."""
    graph = read("""
    x = placeholder(shape=('batch', None), dtype=float32)
    w = constant(value=float32([[1.0], [2.0]]))
    y = matmul(x, w)
    z = sum(y, axis=(1,))
    return y, z
    """)
    text = to_text(graph.nodes, graph.outputs)
    made = specialize(graph, [Spec((5, 2), F32)])
    assert [str(spec) for node in made.nodes for spec in node.specs] == [
        "float32[5, 2]",
        "float32[2, 1]",
        "float32[5, 1]",
        "float32[5]",
    ]
    assert [node.name for node in made.nodes] == ["x", "w", "y", "z"]
    assert [tensor.spec for tensor in made.inputs] == [Spec((5, 2), F32)]
    assert [tensor.name for tensor in made.outputs] == ["y", "z"]
    assert to_text(graph.nodes, graph.outputs) == text


def test_known_shapes_need_no_work() -> None:
    """A graph whose inputs are known already is given back as it is."""
    graph = read("""
    x = placeholder(shape=(2,), dtype=float32)
    y = tanh(x)
    return y
    """)
    assert specialize(graph, [Spec((2,), F32)]) is graph


def test_what_does_not_depend_on_feeds_is_kept() -> None:
    """Nodes whose inputs have not changed are the same objects."""
    graph = read("""
    x = placeholder(shape=(None,), dtype=float32)
    c = constant(value=float32(2.0))
    d = exp(c)
    y = multiply(x, d)
    return y
    """)
    made = specialize(graph, [Spec((3,), F32)])
    kept = {node.name for node in made.nodes if node in graph.nodes}
    assert kept == {"c", "d"}


def test_shapes_that_do_not_fit_name_the_line() -> None:
    """Feeds that fit their placeholders but not each other are an error at the op."""
    x, y = gn.placeholder((None,), name="x"), gn.placeholder((None,), name="y")
    total = x + y
    graph = x.graph.subgraph([total], [x, y])
    with pytest.raises(ShapeError, match="do not broadcast") as caught:
        specialize(graph, [Spec((2,), F32), Spec((3,), F32)])
    assert caught.value.at == str(total.node.site)


def test_sizes_that_values_decide_stay_unknown() -> None:
    """What a function declares as unknown stays so, and so does what depends on it."""
    x = gn.placeholder((None,), name="x")
    some = gn.py_call(lambda array: array[array > 0], [x], gn.float32, (None,))
    made = specialize(x.graph.subgraph([some * 2, x + 1], [x]), [Spec((4,), F32)])
    assert [tensor.shape for tensor in made.outputs] == [(None,), (4,)]
