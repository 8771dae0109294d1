"""Copies that NumPy would make in each run are made in memory of the plan, once for all users."""

from graphnet.compiler.layout.copies import copy_feeds, copy_for_reshapes
from graphnet.compiler.passes.merge_duplicates import merge_duplicates
from graphnet.ir import Graph
from tests.compiler.pictures import check, picture, read


def test_the_reshape_of_a_transpose_is_one_of_a_copy() -> None:
    """What does not lie in order is brought in order first."""
    check(
        copy_for_reshapes,
        before="""
        x = placeholder(shape=(2, 3), dtype=float32)
        a = exp(x)
        t = transpose(a, axes=(1, 0))
        r = reshape(t, shape=(6,))
        return r
        """,
        after="""
        x = placeholder(shape=(2, 3), dtype=float32)
        a = exp(x)
        t = transpose(a, axes=(1, 0))
        t_1 = copy(t, name='t')
        r = reshape(t_1, shape=(6,))
        return r
        """,
    )


def test_two_reshapes_share_a_copy() -> None:
    """One copy serves all."""
    graph = copy_for_reshapes(
        read("""
        x = placeholder(shape=(2, 3), dtype=float32)
        a = exp(x)
        t = transpose(a, axes=(1, 0))
        r = reshape(t, shape=(6,))
        s = reshape(t, shape=(2, 3))
        e = add(s, a)
        return r, e
        """)
    )
    assert ops(graph).count("copy") == 1
    assert "r = reshape(t_1, shape=(6,))" in picture(graph)
    assert "s = reshape(t_1, shape=(2, 3))" in picture(graph)


def test_reshapes_that_are_views_are_left_alone() -> None:
    """Of what lies in order, and of axes that can be merged where they lie."""
    text = """
    x = placeholder(shape=(2, 3), dtype=float32)
    y = placeholder(shape=(2, 1), dtype=float32)
    a = exp(x)
    r = reshape(a, shape=(6,))
    b = exp(y)
    t = transpose(b, axes=(1, 0))
    s = reshape(t, shape=(2,))
    i = index(a, index=(slice(1, 2, None),))
    j = reshape(i, shape=(3,))
    return r, s, j
    """
    check(copy_for_reshapes, before=text, after=text)


def test_slices_of_columns_are_copied() -> None:
    """They have gaps."""
    graph = copy_for_reshapes(
        read("""
        x = placeholder(shape=(2, 4), dtype=float32)
        a = exp(x)
        i = index(a, index=(slice(None), slice(0, 2)))
        r = reshape(i, shape=(4,))
        return r
        """)
    )
    assert ops(graph) == ["placeholder", "exp", "index", "copy", "reshape"]


def test_views_of_feeds_are_taken_as_contiguous_ones_are() -> None:
    """The reshape of a feed is none, that of its transpose is a copy: it is known what is fed."""
    text = """
    x = placeholder(shape=(2, 3), dtype=float32)
    r = reshape(x, shape=(6,))
    return r
    """
    check(copy_for_reshapes, before=text, after=text)
    turned = read("""
    x = placeholder(shape=(2, 3), dtype=float32)
    t = transpose(x, axes=(1, 0))
    r = reshape(t, shape=(6,))
    return r
    """)
    assert ops(copy_for_reshapes(turned)) == ["placeholder", "transpose", "copy", "reshape"]


def test_unknown_shapes_are_left_alone() -> None:
    """Nobody knows before a run whether that is a view."""
    text = """
    x = placeholder(shape=(None, 3), dtype=float32)
    a = exp(x)
    t = transpose(a, axes=(1, 0))
    r = reshape(t, shape=(-1,))
    return r
    """
    graph = read(text)
    assert picture(copy_for_reshapes(graph)) == picture(graph)


# Feeds


def test_elementwise_uses_of_a_fed_matrix_get_a_copy() -> None:
    """One for all; products take the feed as it lies."""
    check(
        copy_feeds,
        before="""
        x = placeholder(shape=(2, 3), dtype=float32)
        w = placeholder(shape=(3, 2), dtype=float32)
        p = matmul(x, w)
        e = exp(x)
        s = sum(x, axis=(0,))
        m = multiply(e, x)
        return p, s, m
        """,
        after="""
        x = placeholder(shape=(2, 3), dtype=float32)
        w = placeholder(shape=(3, 2), dtype=float32)
        p = matmul(x, w)
        x_1 = copy(x, name='x')
        e = exp(x_1)
        s = sum(x_1, axis=(0,))
        m = multiply(e, x_1)
        return p, s, m
        """,
    )


def test_feeds_whose_order_makes_no_difference_are_taken_as_they_are() -> None:
    """Rows, columns, numbers and stacks of matrices."""
    text = """
    a = placeholder(shape=(3,), dtype=float32)
    b = placeholder(shape=(1, 3), dtype=float32)
    c = placeholder(shape=(3, 1), dtype=float32)
    d = placeholder(shape=(), dtype=float32)
    e = placeholder(shape=(2, 2, 2), dtype=float32)
    p = exp(a)
    q = exp(b)
    r = exp(c)
    s = exp(d)
    t = exp(e)
    return p, q, r, s, t
    """
    check(copy_feeds, before=text, after=text)


def test_copies_of_both_kinds_are_merged() -> None:
    """The copy for a reshape of a feed's transpose stays one."""
    graph = read("""
    x = placeholder(shape=(2, 3), dtype=float32)
    t = transpose(x, axes=(1, 0))
    r = reshape(t, shape=(6,))
    u = transpose(x, axes=(1, 0))
    s = reshape(u, shape=(2, 3))
    return r, s
    """)
    assert ops(merge_duplicates(copy_for_reshapes(graph))).count("copy") == 1


def ops(graph: Graph) -> list[str]:
    """Give the names of the ops of a graph."""
    return [node.op.name for node in graph.nodes]
