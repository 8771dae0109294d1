"""What depends on constants only is computed when compiling."""

import warnings

import numpy as np
import pytest

import graphnet as gn
from graphnet.compiler.passes import fold_constants as module
from graphnet.compiler.passes.fold_constants import fold_constants
from tests.compiler.pictures import check, picture, read


def test_chains_are_folded_at_once() -> None:
    """One sweep computes all that follows from constants, and leaves the rest."""
    check(
        fold_constants,
        before="""
        x = placeholder(shape=(2,), dtype=float32)
        a = constant(value=float32([1.0, 2.0]))
        b = constant(value=float32(3.0))
        c = add(a, b)
        d = multiply(c, c)
        y = add(x, d)
        return y, c
        """,
        after="""
        x = placeholder(shape=(2,), dtype=float32)
        c = constant(value=float32([4.0, 5.0]))
        d = constant(value=float32([16.0, 25.0]))
        y = add(x, d)
        return y, c
        """,
    )


def test_all_results_of_a_node_are_folded() -> None:
    """A node with several results becomes several constants."""
    check(
        fold_constants,
        before="""
        a = constant(value=float32([1.0, 2.0, 3.0]))
        b, c = split(a, parts=(1, 2))
        return b, c
        """,
        after="""
        b = constant(value=float32([1.0]))
        b_1 = constant(value=float32([2.0, 3.0]), name='b')
        return b, b_1
        """,
    )


def test_random_and_stateful_nodes_stay() -> None:
    """What differs from run to run is not folded, nor what waits for something."""
    check(
        fold_constants,
        before="""
        a = constant(value=float32([1.0, 2.0]))
        b = uniform(a, shape=None)
        c = negative(a, after=('b',))
        return c
        """,
        after="""
        a = constant(value=float32([1.0, 2.0]))
        b = uniform(a)
        c = negative(a, after=('b',))
        return c
        """,
    )
    call = gn.py_call(np.sin, [gn.constant(1.0)], gn.float32, (), stateful=True)
    folded = fold_constants(call.graph.subgraph([call]))
    assert [node.op.name for node in folded.nodes] == ["constant", "py_call"]


def test_what_fails_or_warns_waits_for_the_run() -> None:
    """Division by zero, and a function that raises, are left where they are."""
    text = """
    a = constant(value=float32(1.0))
    b = constant(value=float32(0.0))
    c = divide(a, b)
    return c
    """
    check(fold_constants, before=text, after=text)

    def fail(_: object) -> float:
        raise ValueError("no")

    def warn(_: object) -> float:
        warnings.warn("careful", stacklevel=1)
        return 1.0

    for function in (fail, warn):
        call = gn.py_call(function, [gn.constant(1.0)], gn.float32, ())
        graph = call.graph.subgraph([call])
        assert picture(fold_constants(graph)) == picture(graph)


def test_large_results_are_not_folded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Results above the limit are computed in each run."""
    text = """
    a = constant(value=float32([1.0, 2.0, 3.0]))
    b = tanh(a)
    c = sum(a, axis=(0,))
    return b, c
    """
    monkeypatch.setattr(module, "LARGEST", 2)
    folded = picture(fold_constants(read(text)))
    assert "b = tanh(a)" in folded
    assert "c = constant(value=float32(6.0))" in folded


def test_views_are_folded_into_memory_of_their_own() -> None:
    """The folded view of a constant is a constant, not a view."""
    graph = fold_constants(
        read("""
        a = constant(value=float32([[1.0, 2.0], [3.0, 4.0]]))
        b = transpose(a, axes=(1, 0))
        return b
        """)
    )
    value = graph.outputs[0].node.op.kernel()
    assert value.tolist() == [[1.0, 3.0], [2.0, 4.0]]
    assert value.flags.c_contiguous
    assert value.base is None
