"""Matrices lie by columns where that is cheaper, and nowhere else."""

import pytest

import graphnet as gn
from graphnet.compiler.layout.costs import FORBIDDEN, Orders, bias_cost, cost, fill_cost, is_matrix
from graphnet.compiler.layout.orders import choose_orders, is_transpose
from graphnet.ir import Graph, Node, Tensor
from tests.compiler.layout.drawing import declared, named

BY_ROWS = Orders(lambda _: False)
BY_COLUMNS = Orders(lambda _: True)


def turned(text: str, *free: str) -> set[str]:
    """Give the names of the matrices that lie by columns."""
    graph = declared(text)
    return {
        tensor.name
        for tensor in choose_orders(graph, {node.node: None for node in named(graph, *free)})
    }


def node_of(text: str) -> Node:
    """Give the node that makes the output of a text."""
    return declared(text).outputs[0].node


# What is chosen

SUMS = """
x = placeholder(shape=({rows}, {columns}), dtype=float32)
a = matmul(x, w)
m = max(a, axis=(1,), keepdims=True)
b = subtract(a, m)
e = exp(b)
s = sum(e, axis=(1,), keepdims=True)
p = divide(e, s)
t = sum(p, axis=(0,))
return t
"""


def softmax(rows: int, columns: int) -> str:
    """Give a softmax over the columns of a product."""
    text = SUMS.format(rows=rows, columns=columns)
    return text.replace("a =", f"w = variable({columns}, {columns})\na =")


def test_a_wide_batch_of_few_classes_lies_by_columns() -> None:
    """Sums and extremes over few columns then run along long rows."""
    assert turned(softmax(1000, 5)) >= {"a", "b", "e", "p"}


def test_few_examples_of_many_classes_lie_by_rows() -> None:
    """Sums over many columns run along rows as it is."""
    assert not turned(softmax(4, 1000))


GATES = """
x = placeholder(shape=(25, 16), dtype=float32)
w = variable(16, 64)
z = matmul(x, w)
i = index(z, index=(slice(None), slice(0, 16)))
f = index(z, index=(slice(None), slice(16, 32)))
g = index(z, index=(slice(None), slice(32, 48)))
o = index(z, index=(slice(None), slice(48, 64)))
si = tanh(i)
sf = tanh(f)
sg = tanh(g)
so = tanh(o)
a = multiply(si, sf)
b = multiply(sg, so)
c = add(a, b)
s = sum(c, axis=(0, 1))
return s
"""


def test_slices_of_columns_lie_by_columns() -> None:
    """The gates of an LSTM are pieces of memory then."""
    assert {"z", "i", "f", "g", "o", "si", "c"} <= turned(GATES)


def test_a_small_feed_is_turned_to_fit() -> None:
    """Copying it by columns costs less than two orders in one call."""
    text = """
    x = placeholder(shape=({rows}, 25), dtype=float32)
    t = placeholder(shape=({rows}, 2), dtype=float32)
    w = variable(25, 2)
    y = copy(t)
    z = matmul(x, w)
    d = subtract(z, y)
    m = max(d, axis=(1,), keepdims=True)
    e = subtract(d, m)
    s = vdot(e, e)
    return s
    """
    assert turned(text.format(rows=1000)) >= {"y", "z", "d", "e"}
    assert not turned(text.format(rows=2))


def test_a_large_feed_decides_for_rows() -> None:
    """Turning it costs more than it saves."""
    text = """
    x = placeholder(shape=(100, 784), dtype=float32)
    y = copy(x)
    e = exp(y)
    s = sum(e, axis=(1,))
    return s
    """
    assert not turned(text)


def test_what_is_handed_out_lies_by_rows_unless_the_rest_gains_more() -> None:
    """A fetch by columns is copied to rows."""
    text = """
    x = placeholder(shape=(200, 30), dtype=float32)
    w = variable(30, 30)
    a = matmul(x, w)
    e = exp(a)
    s = sum(e, axis=(0,))
    return e, s
    """
    assert not turned(text)
    assert {"z", "c"} <= turned(GATES.replace("return s", "return c, s"))


def test_regions_share_an_order() -> None:
    """All that elementwise functions, slices and concatenations connect lies alike."""
    found = turned(GATES)
    assert found == {"z", "i", "f", "g", "o", "si", "sf", "sg", "so", "a", "b", "c"}


def test_only_what_is_made_by_known_ops_may_be_turned() -> None:
    """Feeds, variables, constants, views other than slices and other ops' results lie by rows."""
    graph = declared(GATES)
    assert all(
        node.op.name in {"matmul", "index", "tanh", "multiply", "add"}
        for node in (tensor.node for tensor in choose_orders(graph))
    )


def test_rows_columns_and_stacks_have_no_order() -> None:
    """Only matrices with more than one row and column have one."""
    for shape, expected in [((2, 3), True), ((1, 3), False), ((3, 1), False), ((3,), False)]:
        assert is_matrix(gn.placeholder(shape)) is expected
    assert not is_matrix(gn.placeholder((2, 2, 2)))
    assert not is_matrix(gn.placeholder((None, 3)))


def test_nodes_that_are_free_count_nothing() -> None:
    """What joining saves by columns can decide for columns."""
    text = """
    x = placeholder(shape=(25, 25), dtype=float32)
    w = variable(25, 25)
    b = variable(25)
    a = matmul(x, w)
    h = tanh(a)
    y = matmul(h, w)
    z = add(y, b)
    s = sum(z, axis=(0, 1))
    return s
    """
    graph = declared(text)
    h, z = named(graph, "h", "z")
    assert h not in choose_orders(graph)
    assert h in choose_orders(graph, {z.node: h})


def test_choices_are_deterministic() -> None:
    """The same graph, declared again, lies the same way."""
    first, second, third = (turned(GATES) for _ in range(3))
    assert first == second == third


def test_the_choice_is_no_dearer_than_either_extreme() -> None:
    """Neither all by rows nor all that may be turned by columns costs less."""
    graph = declared(GATES)
    made = {node.outputs[0] for node in graph.nodes if node.op.name in MOVABLE}
    chosen, none, everything = (
        total(graph, Orders(lambda tensor, turned=turned: by_columns(tensor, turned)))  # type: ignore[misc]
        for turned in (choose_orders(graph), frozenset[Tensor](), frozenset(made))
    )
    assert chosen < none
    assert chosen <= everything


MOVABLE = {"matmul", "index", "tanh", "multiply", "add"}


def by_columns(tensor: Tensor, chosen: frozenset[Tensor]) -> bool:
    """Whether a matrix lies by columns, a transpose the other way round."""
    if is_transpose(tensor):
        return is_matrix(tensor) and not by_columns(tensor.node.inputs[0], chosen)
    return tensor in chosen


def total(graph: Graph, orders: Orders) -> float:
    """Give the cost of all nodes."""
    return sum(cost(node, orders) for node in graph.nodes)


# What nodes cost


def test_a_reshape_by_columns_is_forbidden() -> None:
    """It would be a copy made anew in each run."""
    node = node_of(
        "x = placeholder(shape=(2, 3), dtype=float32)\ny = reshape(x, shape=(6,))\nreturn y"
    )
    assert cost(node, BY_ROWS) == 0
    assert cost(node, BY_COLUMNS) == FORBIDDEN


def test_a_matrix_that_is_reshaped_lies_by_rows() -> None:
    """Whatever else would gain."""
    text = GATES.replace(
        "s = sum(c, axis=(0, 1))", "r = reshape(c, shape=(400,))\ns = sum(r, axis=(0,))"
    )
    assert not turned(text)


@pytest.mark.parametrize("view", ["transpose(x, axes=(1, 0))", "index(x, index=(slice(0, 2),))"])
def test_other_views_cost_nothing(view: str) -> None:
    """Transposes and slices are views of any order."""
    node = node_of(f"x = placeholder(shape=(4, 3), dtype=float32)\ny = {view}\nreturn y")
    assert cost(node, BY_ROWS) == cost(node, BY_COLUMNS) == 0


BINARY = """
x = placeholder(shape=(50, 40), dtype=float32)
y = placeholder(shape=({shape}), dtype=float32)
z = add(x, y)
return z
"""


def test_operands_in_two_orders_cost_more() -> None:
    """NumPy then jumps through one of them."""
    node = node_of(BINARY.format(shape="50, 40"))
    (z,) = node.outputs
    mixed = Orders(lambda tensor: tensor is z)
    assert cost(node, BY_ROWS) == cost(node, BY_COLUMNS) < cost(node, mixed)


def test_rows_that_are_added_to_all_cost_more_than_matrices() -> None:
    """Broadcasting goes row by row."""
    like, row = (node_of(BINARY.format(shape=shape)) for shape in ("50, 40", "40,"))
    number = node_of(BINARY.format(shape=""))
    assert cost(row, BY_ROWS) > cost(like, BY_ROWS) == cost(number, BY_ROWS)


def test_slices_across_the_order_cost_more() -> None:
    """They have gaps."""
    text = """
    x = placeholder(shape=(20, 8), dtype=float32)
    y = index(x, index=({index}))
    z = exp(y)
    return z
    """
    columns = node_of(text.format(index="slice(None), slice(0, 4)"))
    rows = node_of(text.format(index="slice(0, 4),"))
    assert cost(columns, BY_ROWS) > cost(columns, BY_COLUMNS)
    assert cost(rows, BY_COLUMNS) > cost(rows, BY_ROWS)


PRODUCT = """
x = placeholder(shape=({shape[0]}, {shape[1]}), dtype=float32)
y = placeholder(shape=({shape[1]}, {shape[2]}), dtype=float32)
z = matmul(x, y)
return z
"""


def test_products_pay_for_narrow_results() -> None:
    """BLAS works on tiles along the rows of the result: 33 columns cost as much as 48."""
    node = node_of(PRODUCT.format(shape=(48, 64, 33)))
    assert cost(node, BY_COLUMNS) < cost(node, BY_ROWS)
    other = node_of(PRODUCT.format(shape=(33, 64, 48)))
    assert cost(other, BY_ROWS) < cost(other, BY_COLUMNS)
    assert cost(node, BY_COLUMNS) == cost(other, BY_ROWS)


def test_products_pay_for_operands_that_lie_otherwise() -> None:
    """BLAS turns them; the right one costs more."""
    node = node_of(PRODUCT.format(shape=(32, 32, 32)))
    x, y = node.inputs
    left, right = (cost(node, Orders(lambda tensor, z=z: tensor is z)) for z in (x, y))  # type: ignore[misc]
    assert cost(node, BY_ROWS) < left < right


REDUCED = """
x = placeholder(shape=({shape[0]}, {shape[1]}), dtype=float32)
y = {op}(x, axis=({axis},))
return y
"""


@pytest.mark.parametrize("op", ["max", "min", "sum"])
def test_reductions_are_cheaper_across_the_order(op: str) -> None:
    """Row by row elementwise, rather than along each row."""
    for axis, cheaper, dearer in ((1, BY_COLUMNS, BY_ROWS), (0, BY_ROWS, BY_COLUMNS)):
        node = node_of(REDUCED.format(shape=(30, 30), op=op, axis=axis))
        assert cost(node, cheaper) < cost(node, dearer)


def test_the_larger_of_two_is_cheap() -> None:
    """It is no reduction then."""
    pair, triple = (node_of(REDUCED.format(shape=(30, n), op="max", axis=1)) for n in (2, 3))
    assert cost(pair, BY_ROWS) < cost(triple, BY_COLUMNS) / 2


def test_concatenations_are_free_where_parts_are_pieces_of_memory() -> None:
    """Columns by columns, rows by rows; otherwise everything is copied."""
    text = """
    x = placeholder(shape=(20, 8), dtype=float32)
    y = placeholder(shape=(20, 8), dtype=float32)
    z = concat(x, y, axis={axis})
    return z
    """
    beside, below = (node_of(text.format(axis=axis)) for axis in (1, 0))
    assert cost(beside, BY_COLUMNS) == cost(below, BY_ROWS) == 0
    assert cost(beside, BY_ROWS) == cost(below, BY_COLUMNS) > 0
    x, _ = below.inputs
    (whole,) = below.outputs
    mixed = Orders(lambda tensor: tensor is x)
    assert cost(below, mixed) == fill_cost(x, mixed, whole) > fill_cost(x, BY_ROWS, whole)


def test_a_bias_costs_more_the_larger_it_is() -> None:
    """What joining saves grows with what it is added to."""
    small, large = (gn.placeholder((rows, 8)) for rows in (10, 1000))
    assert 0 < bias_cost(small) < bias_cost(large)


def test_unknown_ops_pay_for_what_does_not_lie_by_rows() -> None:
    """They may do anything with it, and mostly go by rows."""
    node = node_of("x = placeholder(shape=(20, 8), dtype=float32)\ny = cumsum(x, axis=0)\nreturn y")
    assert cost(node, BY_ROWS) == 0 < cost(node, BY_COLUMNS) < FORBIDDEN
