"""Nodes that are the same computation become one."""

import numpy as np

import graphnet as gn
from graphnet.compiler.passes.merge_duplicates import merge_duplicates
from tests.compiler.pictures import check


def test_equal_chains_become_one() -> None:
    """Equal nodes are merged, and so are those that become equal thereby; the first name stays."""
    check(
        merge_duplicates,
        before="""
        x = placeholder(shape=(2,), dtype=float32)
        a = exp(x)
        b = exp(x)
        c = tanh(a)
        d = tanh(b)
        y = add(c, d)
        return y, d
        """,
        after="""
        x = placeholder(shape=(2,), dtype=float32)
        a = exp(x)
        c = tanh(a)
        y = add(c, c)
        return y, c
        """,
    )


def test_constants_are_merged_by_their_bytes() -> None:
    """Equal constants are one; 0 and -0, and equal numbers of other dtypes or shapes, are not."""
    check(
        merge_duplicates,
        before="""
        a = constant(value=float32(0.0))
        b = constant(value=float32(-0.0))
        c = constant(value=float32(0.0))
        d = constant(value=float64(0.0))
        e = constant(value=float32([0.0]))
        f = constant(value=float32(nan))
        g = constant(value=float32(nan))
        return a, b, c, d, e, f, g
        """,
        after="""
        a = constant(value=float32(0.0))
        b = constant(value=float32(-0.0))
        d = constant(value=float64(0.0))
        e = constant(value=float32([0.0]))
        f = constant(value=float32(nan))
        return a, b, a, d, e, f, f
        """,
    )


def test_static_arguments_inputs_and_order_tell_nodes_apart() -> None:
    """Nodes that differ in anything stay two."""
    text = """
    x = placeholder(shape=(2, 2), dtype=float32)
    y = placeholder(shape=(2, 2), dtype=float32)
    a = sum(x, axis=(0,))
    b = sum(x, axis=(1,))
    c = subtract(x, y)
    d = subtract(y, x)
    e = exp(x)
    f = exp(x, after=('y',))
    return a, b, c, d, e, f
    """
    check(merge_duplicates, before=text, after=text)


def test_all_results_of_a_node_are_merged() -> None:
    """Nodes with several results are merged result by result."""
    check(
        merge_duplicates,
        before="""
        x = placeholder(shape=(4,), dtype=float32)
        a, b = split(x, parts=2)
        c, d = split(x, parts=2)
        y = add(a, d)
        return y
        """,
        after="""
        x = placeholder(shape=(4,), dtype=float32)
        a, a_1 = split(x, parts=2)
        y = add(a, a_1)
        return y
        """.replace("a, a_1 = split(x, parts=2)", "a, a_1 = split(x, parts=2, name='a')"),
    )


def test_effects_are_never_merged() -> None:
    """Two draws are two, and two calls that may do anything are two; pure calls are one."""
    x = gn.placeholder((), name="x")
    draws = [gn.random.uniform((2,)), gn.random.uniform((2,))]
    calls = [gn.py_call(np.sin, [x], gn.float32, (), stateful=True) for _ in range(2)]
    pure = [gn.py_call(np.sin, [x], gn.float32, ()) for _ in range(2)]
    graph = x.graph.subgraph([*draws, *calls, *pure], [x])
    merged = merge_duplicates(graph)
    assert len(graph.nodes) == 7
    assert len(merged.nodes) == 6
    first, second, third, fourth, fifth, sixth = merged.outputs
    assert first is not second
    assert third is not fourth
    assert fifth is sixth
