"""``match``: which nodes of two graphs are the same ones."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

import graphnet as gn
from graphnet.ir.node import Node
from graphnet.testing.strategies import RandomGraph, graphs
from graphnet.viz.comparing.matching import match
from graphnet.viz.views.select import select
from tests.viz.pairs import copied


def network(sizes: Sequence[int], name: str = "") -> gn.Graph:
    """Declare a network of dense layers, with all names in one scope."""
    with gn.Graph() as graph, gn.name_scope(name):
        x = gn.placeholder((None, 8), name="x")
        for size in sizes[:-1]:
            x = gn.nn.Dense(size, activation=gn.tanh)(x)
        gn.nn.Dense(sizes[-1])(x)
    return graph


def names(pairs: dict[Node, Node]) -> dict[str, str]:
    """Give the names of pairs."""
    return {one.name: other.name for one, other in pairs.items()}


def matched(before: gn.Graph, after: gn.Graph) -> dict[str, str]:
    """Give the names of the pairs of two graphs."""
    return names(match(select(before)[0], select(after)[0]))


@given(graphs(), graphs())
def test_pairs_have_one_op_and_each_node_is_in_one_at_most(
    first: RandomGraph, second: RandomGraph
) -> None:
    """Whatever is matched."""
    before, after = select(first.graph)[0], select(second.graph)[0]
    pairs = match(before, after)
    assert all(one.op.name == other.op.name for one, other in pairs.items())
    assert len(set(pairs.values())) == len(pairs)
    assert set(pairs) <= set(before)
    assert set(pairs.values()) <= set(after)
    assert match(after, before) == {new: old for old, new in pairs.items()}


def test_nodes_without_neighbors_are_pairs_only_if_they_are_alike() -> None:
    """Two that stand alone have nothing else in common."""
    with gn.Graph() as before:
        gn.placeholder((2,), name="alone")
    with gn.Graph() as after:
        gn.constant([1.0, 2.0], name="single")
    assert matched(before, after) == {}


@given(graphs(), st.randoms(use_true_random=False))
def test_names_are_not_needed(drawn: RandomGraph, chance: random.Random) -> None:
    """The copies of all nodes are found, if all names are others."""
    nodes = select(drawn.graph)[0]
    numbers = list(range(len(nodes)))
    chance.shuffle(numbers)
    spelling = {node.name: f"n{number}" for node, number in zip(nodes, numbers, strict=True)}
    copy = copied(nodes, rename=spelling.__getitem__)
    assert match(nodes, copy.nodes) == dict(zip(nodes, copy.nodes, strict=True))


@given(graphs())
def test_shared_nodes_are_their_own_partners(drawn: RandomGraph) -> None:
    """As in a graph and its cones."""
    nodes = select(drawn.graph)[0]
    part = nodes[::2]
    assert match(nodes, part) == {node: node for node in part}


def test_a_layer_between_others_moves_their_numbers() -> None:
    """What had number 2 has number 3 behind it, and is found by its shape."""
    pairs = matched(network([16, 4]), network([16, 16, 4]))
    assert pairs["dense/weight"] == "dense/weight"
    assert pairs["dense_1/weight"] == "dense_2/weight"
    assert pairs["dense_1/add"] == "dense_2/add"
    assert not {"dense_1/weight", "dense_1/tanh"} & set(pairs.values())


def test_a_layer_of_another_size_is_the_same_layer() -> None:
    """Its neighbors and its name tell."""
    before, after = network([16, 32, 4]), network([16, 64, 4])
    assert matched(before, after) == {name: name for name in matched(before, before)}


def test_a_layer_of_another_size_and_name_is_the_same_layer() -> None:
    """Its neighbors tell."""
    before, after = network([16, 32, 4]), network([16, 64, 4], "other")
    pairs = matched(before, after)
    assert pairs == {name: f"other/{name}" for name in matched(before, before)}


def test_what_is_between_two_changes_is_found_without_names() -> None:
    """Neither all that is below nor all that is above is the same."""
    before = gn.ir.parse("""
        x = placeholder(shape=(2,), dtype=float32)
        a = exp(x)
        b = tanh(a)
        c = square(b)
        d = negative(c)
    """)
    after = gn.ir.parse("""
        z = placeholder(shape=(2,), dtype=float32)
        p = log(z)
        q = tanh(p)
        r = square(q)
        s = sqrt(r)
    """)
    assert matched(before, after) == {"x": "z", "b": "q", "c": "r"}


def test_given_names_matter_more_than_neighbors_that_changed() -> None:
    """A weight of another shape and use is the one of its name."""
    before = gn.ir.parse("""
        first = placeholder(shape=(2,), dtype=float32)
        second = placeholder(shape=(3,), dtype=float32)
        a = exp(first)
        b = log(second)
    """)
    after = gn.ir.parse("""
        second = placeholder(shape=(5,), dtype=float32)
        first = placeholder(shape=(4,), dtype=float32)
        a = sin(first)
        b = cos(second)
    """)
    assert matched(before, after) == {"first": "first", "second": "second"}


def test_numbers_of_constants_mean_nothing() -> None:
    """Equal constants are matched by what takes them."""
    with gn.Graph() as before:
        x = gn.placeholder((2,), name="x")
        a, b = gn.exp(x), gn.log(x)
        a + 2.0
        b * 2.0
    with gn.Graph() as after:
        x = gn.placeholder((2,), name="x")
        a, b = gn.exp(x), gn.log(x)
        b * 2.0
        a + 2.0
    pairs = matched(before, after)
    assert pairs["constant"] == "constant_1"
    assert pairs["constant_1"] == "constant"


def test_constants_go_with_what_takes_them_in_another_order() -> None:
    """Also where that is alike but for its operands."""
    with gn.Graph() as before:
        x = gn.placeholder((2,), name="x")
        a, b = gn.exp(x), gn.log(x)
        a * 2.0
        b * 2.0
    with gn.Graph() as after:
        x = gn.placeholder((2,), name="x")
        a, b = gn.exp(x), gn.log(x)
        b * 2.0
        a * 2.0
    assert matched(before, after) == {
        "x": "x",
        "exp": "exp",
        "log": "log",
        "multiply": "multiply_1",
        "multiply_1": "multiply",
        "constant": "constant_1",
        "constant_1": "constant",
    }


def test_what_is_computed_from_constants_goes_with_what_takes_it() -> None:
    """And does not count the rounds from the end."""
    graphs = []
    for rounds in (2, 3):
        with gn.Graph() as graph:
            x = gn.placeholder((None, 4))
            for _ in range(rounds):
                x = gn.tanh(x) @ gn.Variable(gn.zeros((4, 4))) + 2.0 * gn.ones((4,))
        graphs.append(graph)
    before, after = graphs
    pairs = match(select(before)[0], select(after)[0])
    assert len(pairs) == len(select(before)[0])
    for one, other in pairs.items():
        operands = [tensor.node for tensor in other.inputs]
        assert [pairs[tensor.node] for tensor in one.inputs] == operands


def test_equal_constants_that_nothing_takes_have_their_names() -> None:
    """Also if there is one more on one side."""
    graphs = []
    for names_of in ("abc", "cda"):
        with gn.Graph() as graph:
            for name in names_of:
                gn.constant(2.0, name=f"{name}/constant")
        graphs.append(graph)
    pairs = matched(*graphs)
    assert pairs["a/constant"] == "a/constant"
    assert pairs["c/constant"] == "c/constant"


def test_twins_that_are_alike_go_with_what_takes_them() -> None:
    """A number behind the name of an op tells less than the value that it is multiplied by."""
    with gn.Graph() as before:
        gn.tanh(gn.placeholder((2,), name="x")) * 2.0
    with gn.Graph() as after:
        x = gn.placeholder((2,), name="x")
        gn.tanh(x) * 3.0
        gn.tanh(x) * 2.0
    assert matched(before, after) == {
        "x": "x",
        "tanh": "tanh_1",
        "constant": "constant_1",
        "multiply": "multiply_1",
    }


def test_names_that_users_have_given_stay_with_their_twins() -> None:
    """It is what takes them that has changed."""
    text = "x = placeholder(shape=(2,), dtype=float32)\na = exp(x)\nb = exp(x)\n"
    before, after = (gn.ir.parse(f"{text}c = tanh({name})") for name in "ab")
    assert matched(before, after) == {name: name for name in "xabc"}


def test_twins_stay_together_with_their_neighbors() -> None:
    """Of two branches that are alike, no node is taken for one of the other branch."""
    before = gn.ir.parse("""
        x = placeholder(shape=(2,), dtype=float32)
        a = exp(x)
        b = exp(x)
        c = tanh(a)
        d = tanh(b)
    """)
    after = gn.ir.parse("""
        y = placeholder(shape=(2,), dtype=float32)
        p = exp(y)
        q = exp(y)
        s = tanh(q)
        r = tanh(p)
    """)
    assert matched(before, after) == {"x": "y", "a": "p", "b": "q", "c": "r", "d": "s"}


def test_names_that_passes_have_given_twice() -> None:
    """Nodes of one name are matched by what they are."""
    graph = gn.placeholder((2,), name="x").graph
    (x,) = graph.nodes
    ops = [gn.ir.OPS["tanh"](), gn.ir.OPS["exp"](), gn.ir.OPS["exp"]()]
    twins = [Node(op, x.outputs, (), x.specs, "y", x.site, graph) for op in ops]
    others = [Node(op, x.outputs, (), x.specs, "y", x.site, graph) for op in ops[::-1]]
    pairs = match([x, *twins], [x, *others])
    assert [pairs[node] for node in twins] == [others[2], others[0], others[1]]


@pytest.mark.parametrize("layers", [2000])
def test_ten_thousand_nodes_are_matched(layers: int) -> None:
    """With all names changed, and a layer more."""
    before, after = network([16] * layers), network([16] * layers + [16], "other")
    pairs = matched(before, after)
    assert len(pairs) == len(select(before)[0])
    assert pairs["dense/weight"] == "other/dense/weight"
