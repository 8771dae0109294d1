"""A bias becomes a row of its weight where it lies there, and says why where it does not."""

from collections.abc import Collection

import numpy as np
import pytest

import graphnet as gn
from graphnet.compiler.layout.join_products import Finder, find_sites, join_products, saved
from graphnet.compiler.layout.orders import choose_orders
from graphnet.compiler.report import Report
from graphnet.compiler.store import Store
from graphnet.ir import Graph
from graphnet.ir.graph import consumers
from graphnet.ops.sources import Constant
from tests.compiler.layout.drawing import declared, drawn, named, placed, require_equal
from tests.compiler.layout.drawing import require_picture as require

LAYER = """
x = placeholder(shape=(2, 3), dtype=float32)
w = variable(3, 4)
b = variable(4)
h = tanh(x)
y = matmul(h, w)
z = add(y, b)
"""

GRADIENTS = """
dz = placeholder(shape=(2, 4), dtype=float32)
turned = transpose(h, axes=(1, 0))
dw = matmul(turned, dz)
db = sum(dz, axis=(0,))
"""


def joined(
    text: str, by_columns: Collection[str] = ("h",), store: Store | None = None
) -> tuple[Graph, Graph, list[str]]:
    """Give the graph of a text, what becomes of it, and the remarks."""
    graph, report = declared(text), Report()
    sites = find_sites(graph, store or Store(), report)
    turned = frozenset(named(graph, *by_columns))
    return graph, join_products(graph, sites, turned, report), report.remarks


def calls(graph: Graph) -> list[str]:
    """Give the names of the ops that work."""
    sources = {"placeholder", "variable", "constant", "reshape", "transpose", "index"}
    return [node.op.name for node in graph.nodes if node.op.name not in sources]


# What is joined


def test_a_bias_becomes_a_row_of_its_weight() -> None:
    """The factor gets a column of ones, and nothing is added."""
    before, after, remarks = joined(LAYER + "return z")
    require(
        before,
        after,
        """
        h = tanh(x)
        b_1 = reshape(b, shape=(1, 4), name='b')
        w_bias = concat(w, b_1, name='w/bias')
        z = constant(value=float32([[1.0], [1.0]]))
        h_ones = concat(h, z, axis=1, name='h/ones')
        z_1 = matmul(h_ones, w_bias, name='z')
        return z_1
        """,
    )
    assert not remarks


def test_the_gradients_are_rows_of_one_product() -> None:
    """The gradient of a bias is what its column of ones gives."""
    before, after, _ = joined(LAYER + GRADIENTS + "return z, dw, db")
    require(
        before,
        after,
        """
        h = tanh(x)
        db = constant(value=float32([[1.0], [1.0]]))
        h_ones = concat(h, db, axis=1, name='h/ones')
        db_1 = transpose(h_ones, axes=(1, 0), name='db')
        db_2 = matmul(db_1, dz, name='db')
        db_3 = index(db_2, index=(slice(3, 4, None),), name='db')
        db_4 = reshape(db_3, shape=(4,), name='db')
        b_1 = reshape(b, shape=(1, 4), name='b')
        w_bias = concat(w, b_1, name='w/bias')
        z = matmul(h_ones, w_bias)
        dw = index(db_2, index=(slice(0, 3, None),))
        return z, dw, db_4
        """,
    )


def test_a_bias_in_front_is_joined_too() -> None:
    """Sums have no order."""
    before, after, _ = joined(LAYER.replace("add(y, b)", "add(b, y)") + "return z")
    assert calls(after) == ["tanh", "concat", "concat", "matmul"]
    require_equal(before, after)


TWO = """
x = placeholder(shape=(2, 3), dtype=float32)
k = placeholder(shape=(2, 5), dtype=float32)
w = variable(3, 4)
u = variable(5, 4)
b = variable(4)
h = tanh(x)
g = tanh(k)
y = matmul(h, w)
v = matmul(g, u)
s = add(y, v)
z = add(s, b)
"""


def test_two_products_and_a_bias_are_one_product() -> None:
    """As the gates of an LSTM: values, weights and gradients lie side by side."""
    text = f"""{TWO}{GRADIENTS}
    across = transpose(g, axes=(1, 0))
    du = matmul(across, dz)
    return z, dw, du, db
    """
    before, after, remarks = joined(text, ("h", "g"))
    require(
        before,
        after,
        """
        g = tanh(k)
        h = tanh(x)
        db = constant(value=float32([[1.0], [1.0]]))
        h_ones = concat(h, g, db, axis=1, name='h/ones')
        db_1 = transpose(h_ones, axes=(1, 0), name='db')
        db_2 = matmul(db_1, dz, name='db')
        db_3 = index(db_2, index=(slice(8, 9, None),), name='db')
        db_4 = reshape(db_3, shape=(4,), name='db')
        du = index(db_2, index=(slice(3, 8, None),))
        dw = index(db_2, index=(slice(0, 3, None),))
        b_1 = reshape(b, shape=(1, 4), name='b')
        w_bias = concat(w, u, b_1, name='w/bias')
        z = matmul(h_ones, w_bias)
        return z, dw, du, db_4
        """,
    )
    assert not remarks


def test_products_are_ordered_as_their_weights_lie() -> None:
    """The sum may name them in another order than the store has."""
    text = TWO.replace("add(y, v)", "add(v, y)") + "return z"
    graph = declared(text)
    report, store = Report(), placed(graph, "w u b")
    (site,) = find_sites(graph, store, report)
    assert [weight.name for weight in site.weights] == ["w", "u"]
    assert [factor.name for factor in site.factors] == ["h", "g"]
    after = join_products(graph, [site], frozenset(site.factors), report)
    require_equal(graph, after)


def test_values_joined_by_the_user_take_the_ones_in() -> None:
    """A concatenation of columns is not joined twice; who else needs it gets a slice."""
    before, after, _ = joined(
        """
        x = placeholder(shape=(2, 3), dtype=float32)
        k = placeholder(shape=(2, 5), dtype=float32)
        w = variable(8, 4)
        b = variable(4)
        h = tanh(x)
        g = tanh(k)
        c = concat(h, g, axis=1)
        y = matmul(c, w)
        z = add(y, b)
        e = exp(c)
        return z, e
        """,
        ("h", "g", "c"),
    )
    require(
        before,
        after,
        """
        g = tanh(k)
        h = tanh(x)
        c = constant(value=float32([[1.0], [1.0]]))
        c_ones = concat(h, g, c, axis=1, name='c/ones')
        c_1 = index(c_ones, index=(slice(None, None, None), slice(0, 8, None)), name='c')
        e = exp(c_1)
        b_1 = reshape(b, shape=(1, 4), name='b')
        w_bias = concat(w, b_1, name='w/bias')
        z = matmul(c_ones, w_bias)
        return z, e
        """,
    )


def test_gradients_of_a_layer_used_twice_are_added_once() -> None:
    """Rows of two gradients are added as the gradients themselves are."""
    before, after, _ = joined(
        f"""
        {LAYER}
        h2 = tanh(z)
        w2 = matmul(h2, u)
        """.replace(
            "h2 = tanh(z)", "p = placeholder(shape=(2, 3), dtype=float32)\nh2 = tanh(p)"
        ).replace("w2 = matmul(h2, u)", "y2 = matmul(h2, w)\nz2 = add(y2, b)")
        + GRADIENTS
        + """
        dz2 = placeholder(shape=(2, 4), dtype=float32)
        turned2 = transpose(h2, axes=(1, 0))
        dw2 = matmul(turned2, dz2)
        db2 = sum(dz2, axis=(0,))
        gw = add(dw, dw2)
        gb = add(db, db2)
        return z, z2, gw, gb
        """,
        ("h", "h2"),
    )
    assert calls(after).count("matmul") == 4
    assert calls(after).count("add") == 1
    require_equal(before, after)


def test_one_factor_of_two_layers_has_one_column_of_ones() -> None:
    """Two heads share the concatenation of what they have in common."""
    before, after, _ = joined(
        LAYER
        + """
        u = variable(3, 5)
        c = variable(5)
        v = matmul(h, u)
        r = add(v, c)
        return z, r
        """
    )
    assert calls(after) == ["tanh", "concat", "concat", "matmul", "concat", "matmul"]
    require_equal(before, after)


# What stays apart, and what is said about that


def test_a_bias_that_lies_elsewhere_is_added() -> None:
    """Nothing is moved: where variables have places, these decide."""
    graph = declared(LAYER + "return z")
    before, after, remarks = joined(LAYER + "return z")
    report = Report()
    assert not find_sites(graph, placed(graph, "b w"), report)
    assert report.remarks == ["products: 'b' does not lie behind its weight"]
    assert calls(before) != calls(after)
    assert not remarks


def test_of_two_biases_of_one_weight_one_is_joined() -> None:
    """Only one lies behind the weight; the other is added as before."""
    before, after, remarks = joined(
        LAYER
        + """
        p = placeholder(shape=(2, 3), dtype=float32)
        q = tanh(p)
        c = variable(4)
        v = matmul(q, w)
        r = add(v, c)
        return z, r
        """,
        ("h", "q"),
    )
    assert remarks == ["products: 'c' does not lie behind its weight"]
    assert sorted(calls(after)) == sorted([*calls(before)[:-1], "concat", "concat"])
    require_equal(before, after)


INTEGERS = """
x = placeholder(shape=(2, 3), dtype=int32)
first = constant(value=int32(shape=(3, 4)))
other = constant(value=int32(shape=(4,)))
w = variable(initial=first)
b = variable(initial=other)
h = negative(x)
y = matmul(h, w)
z = add(y, b)
return z
"""

APART = {
    "a term in between": (
        LAYER.replace("z = add(y, b)", "t = exp(dz)\nr = add(y, t)\nz = add(r, b)").replace(
            "w =", "dz = placeholder(shape=(2, 4), dtype=float32)\nw =", 1
        )
        + "return z",
        [],
    ),
    "two biases in front": (
        LAYER.replace("z = add(y, b)", "c = variable(4)\nr = add(b, c)\nz = add(y, r)")
        + "return z",
        [],
    ),
    "product fetched": (LAYER + "return z, y", []),
    "product used twice": (LAYER + "r = exp(y)\nreturn z, r", []),
    "bias of one row": (LAYER.replace("variable(4)", "variable(1, 4)") + "return z", []),
    "bias that is fed": (
        LAYER.replace("b = variable(4)", "b = placeholder(shape=(4,), dtype=float32)") + "return z",
        [],
    ),
    "bias that is computed": (
        LAYER.replace("add(y, b)", "add(y, e)").replace("y =", "e = exp(b)\ny =") + "return z",
        [],
    ),
    "weight that is computed": (
        LAYER.replace("matmul(h, w)", "matmul(h, e)").replace("y =", "e = exp(w)\ny =")
        + "return z",
        [],
    ),
    "variable as factor": (
        LAYER.replace("matmul(h, w)", "matmul(u, w)").replace("w =", "u = variable(2, 3)\nw =", 1)
        + "return z, h",
        [],
    ),
    "integers": (INTEGERS, []),
    "weight shared by two products": (
        TWO.replace("shape=(2, 5)", "shape=(2, 3)").replace("matmul(g, u)", "matmul(g, w)")
        + "return z",
        ["products: 'b': two products have a factor in common"],
    ),
    "factor shared by two products": (
        TWO.replace("variable(5, 4)", "variable(3, 4)").replace("matmul(g, u)", "matmul(h, u)")
        + "return z",
        ["products: 'b': two products have a factor in common"],
    ),
}


@pytest.mark.parametrize("name", APART)
def test_other_sums_stay(name: str) -> None:
    """Only products that nobody else needs, of variables, and one bias behind these, are joined."""
    text, expected = APART[name]
    before, after, remarks = joined(text)
    assert drawn(after) == drawn(before)
    assert remarks == expected


MORE = {
    "another bias": "c = variable(4)\nr = add(z, c)",
    "the bias again": "r = add(z, b)",
    "another term": "t = placeholder(shape=(2, 4), dtype=float32)\nr = add(z, t)",
}


@pytest.mark.parametrize("name", MORE)
def test_what_is_added_behind_is_added(name: str) -> None:
    """The inner sum of a product and a bias is joined; the rest of a longer sum is not."""
    before, after, remarks = joined(f"{LAYER}{MORE[name]}\nreturn r")
    assert calls(after) == ["tanh", "concat", "concat", "matmul", "add"]
    assert not remarks
    require_equal(before, after)


def test_a_factor_is_part_of_one_whole_only() -> None:
    """What lies beside one value cannot lie beside another one as well: the second sum stays."""
    text = (
        TWO
        + """
    t = variable(3, 4)
    c = variable(4)
    n = matmul(h, t)
    r = add(n, c)
    return z, r
    """
    )
    before, after, _ = joined(text, ("h", "g"))
    assert calls(before).count("add") == 3
    assert calls(after).count("add") == 2
    require_equal(before, after)


@pytest.mark.parametrize("wanted", ["dw", "db"])
def test_a_gradient_that_is_wanted_alone_is_computed_alone(wanted: str) -> None:
    """Frozen weights or biases: there is no use in computing both gradients."""
    before, after, remarks = joined(f"{LAYER}{GRADIENTS}return z, {wanted}")
    kept = {"dw": "matmul", "db": "sum"}[wanted]
    assert sorted(calls(after)) == sorted(["tanh", "concat", "concat", "matmul", kept])
    assert not remarks
    require_equal(before, after)


def test_values_by_rows_are_not_joined() -> None:
    """By rows, a column of ones has gaps between its elements."""
    before, after, remarks = joined(LAYER + "return z", ())
    assert drawn(after) == drawn(before)
    reason = "what its weight is multiplied with lies by rows, where a column more has no place"
    assert remarks == [f"products: 'b': {reason}"]


def large(width: int) -> tuple[Graph, Graph, list[str]]:
    """Join a layer whose factor is fed and has some columns."""
    return joined(
        f"""
        x = placeholder(shape=(25, {width}), dtype=float32)
        w = variable({width}, 4)
        b = variable(4)
        y = matmul(x, w)
        z = add(y, b)
        return z
        """,
        (),
    )


def test_a_small_feed_is_copied_beside_the_ones() -> None:
    """Copying it costs less than adding the bias, and summing for its gradient."""
    before, after, remarks = large(3)
    assert calls(after) == ["concat", "concat", "matmul"]
    assert not remarks
    require_equal(before, after)


def test_a_large_feed_is_not_copied() -> None:
    """Where copying costs more than the bias, the sum stays, and the report says so."""
    before, after, remarks = large(784)
    assert drawn(after) == drawn(before)
    assert remarks == [
        "products: 'b': copying what its weight is multiplied with costs more than the bias"
    ]


def test_copies_of_feeds_that_need_not_be_turned_are_dropped() -> None:
    """What was put there so that a feed could be turned is of no use where it is not."""
    text = """
    x = placeholder(shape=(2, 3), dtype=float32)
    y = copy(x)
    z = exp(y)
    return z
    """
    _, after, _ = joined(text, ())
    assert calls(after) == ["exp"]
    _, after, _ = joined(text, ("y", "z"))
    assert calls(after) == ["copy", "exp"]


# What joining saves


def test_saved_nodes_depend_on_the_order_of_a_factor() -> None:
    """The sum, and the sum of the cotangent, cost nothing where the factor lies by columns."""
    graph = declared(LAYER + GRADIENTS + "return z, dw, db")
    (site,) = find_sites(graph, Store(), Report())
    (h,) = site.factors
    assert {node.name: decides for node, decides in saved([site]).items()} == {"z": h, "db": h}


def test_saved_nodes_of_fed_factors_do_not_depend_on_an_order() -> None:
    """A feed is copied in any case."""
    graph = declared(
        LAYER.replace("tanh(x)", "copy(x)").replace("matmul(h", "matmul(x") + "return z"
    )
    (site,) = find_sites(graph, Store(), Report())
    assert {node.name: decides for node, decides in saved([site]).items()} == {"z": None}


@pytest.mark.parametrize("batch", [25, 200])
def test_orders_and_products_agree(batch: int) -> None:
    """With the orders that are chosen for it, a layer in the middle is joined."""
    graph = declared(f"""
    x = placeholder(shape=({batch}, 25), dtype=float32)
    w = variable(25, 25)
    b = variable(25)
    u = variable(25, 25)
    c = variable(25)
    y = matmul(x, w)
    z = add(y, b)
    h = relu(z)
    v = matmul(h, u)
    r = add(v, c)
    s = sum(r, axis=(0, 1))
    return s
    """)
    report = Report()
    sites = find_sites(graph, Store(), report)
    after = join_products(graph, sites, choose_orders(graph, saved(sites)), report)
    assert calls(after).count("add") == len(report.remarks) <= (batch > 25)
    ones = [node.op.value for node in after.nodes if isinstance(node.op, Constant)]
    assert all(np.array_equal(one, np.ones((batch, 1))) for one in ones)


def test_long_sums_are_gone_through_once() -> None:
    """Neither deep recursion nor time that grows with the square of their length."""
    with gn.Graph() as graph:
        terms = [gn.placeholder((2, 3)) for _ in range(3000)]
        total = terms[0]
        for term in terms[1:]:
            total = total + term
    part = graph.subgraph([total], terms)
    finder = Finder(consumers(part.nodes), set(part.outputs), Store(), Report())
    assert not any(finder.site(node) for node in part.nodes if node.op.name == "add")
    assert not any(finder.terms.values())
