"""``diff``: what is not the same in two graphs, plans or models."""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from textwrap import dedent
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import graphnet as gn
from graphnet.compiler.passes.fold_constants import fold_constants
from graphnet.compiler.passes.merge_duplicates import merge_duplicates
from graphnet.compiler.passes.prune import prune
from graphnet.compiler.passes.simplify import simplify
from graphnet.ir.node import Node
from graphnet.testing.strategies import RandomGraph, graphs
from graphnet.viz.comparing.diff import Difference, diff
from graphnet.viz.scene import Change, Kind, Scene
from graphnet.viz.views.select import select
from tests.viz.pairs import copied

Graph = gn.Graph


def shown(difference: Difference) -> str:
    """Give the text of a difference, without titles and lines of files."""
    return re.sub(r"^.*?: |  \S+\.py:\d+|  <\w+>:\d+", "", str(difference))


def parsed(text: str) -> Graph:
    """Give the graph that a text stands for, each line with the same site."""
    return gn.ir.parse(text)


def entries(difference: Difference) -> tuple[set[str], set[str], set[str]]:
    """Give the names of what is added, removed and changed."""
    added, removed, changed = (
        {entry.name for entry in rows}
        for rows in (difference.added, difference.removed, difference.changed)
    )
    return added, removed, changed


def check_scene(scene: Scene) -> None:
    """Check what every picture has to keep."""
    keys = [card.key for card in scene.cards]
    assert len(set(keys)) == len(keys)
    assert {link.tail for link in scene.links} | {link.head for link in scene.links} <= set(keys)
    boxes = {box.key for box in scene.boxes}
    assert all(card.box in boxes or not card.box for card in scene.cards)
    places = [(link.tail, link.head, link.slot, link.way) for link in scene.links]
    assert len(set(places)) == len(places)


# Laws


@given(graphs())
def test_a_graph_differs_in_nothing_from_itself(drawn: RandomGraph) -> None:
    """Nor in a name."""
    difference = diff(drawn.graph, drawn.graph)
    assert not difference
    assert difference.same == len(select(drawn.graph)[0])
    assert {card.change for card in difference.scene.cards} == {Change.SAME}
    assert {link.change for link in difference.scene.links} <= {Change.SAME}


@given(graphs())
def test_a_graph_differs_in_nothing_from_what_is_read_from_its_text(drawn: RandomGraph) -> None:
    """Although no node of it is a node of the other."""
    graph = drawn.graph
    difference = diff(graph, parsed(gn.ir.to_text(graph.nodes, graph.outputs)))
    assert str(difference).endswith(f": {difference.same} the same")
    assert not difference


@given(graphs(), graphs())
def test_the_other_way_round_all_is_mirrored(first: RandomGraph, second: RandomGraph) -> None:
    """What is added is removed."""
    one, other = diff(first.graph, second.graph), diff(second.graph, first.graph)
    assert [entry.after for entry in one.added] == [entry.before for entry in other.removed]
    assert [entry.before for entry in one.removed] == [entry.after for entry in other.added]
    pairs = {(entry.before, entry.after) for entry in one.changed}
    assert pairs == {(entry.after, entry.before) for entry in other.changed}
    assert one.same == other.same
    assert bool(one) == bool(other)


@given(graphs(), graphs())
def test_each_node_of_both_occurs_once(first: RandomGraph, second: RandomGraph) -> None:
    """In the counts as in the picture."""
    difference = diff(first.graph, second.graph)
    changed, same = len(difference.changed), difference.same
    before, after = select(first.graph)[0], select(second.graph)[0]
    assert len(difference.removed) + changed + same == len(before)
    assert len(difference.added) + changed + same == len(after)
    scene = difference.scene
    check_scene(scene)
    marks = [card.change for card in scene.cards]
    assert marks.count(Change.ADDED) == len(difference.added)
    assert marks.count(Change.REMOVED) == len(difference.removed)
    assert marks.count(Change.CHANGED) == changed


@given(graphs(), st.randoms(use_true_random=False))
def test_renaming_is_all_that_it_is(drawn: RandomGraph, chance: random.Random) -> None:
    """When all names are others, nothing but names differs."""
    nodes = select(drawn.graph)[0]
    names = [f"n{number}" for number in range(len(nodes))]
    chance.shuffle(names)
    spelling = dict(zip([node.name for node in nodes], names, strict=True))
    difference = diff(drawn.graph, copied(nodes, drawn.graph.outputs, rename=spelling.__getitem__))
    assert not difference
    assert difference.same == len(difference.renamed) == len(nodes)


@given(graphs(), st.data())
def test_a_node_that_is_inserted_changes_its_neighbors_only(
    drawn: RandomGraph, data: st.DataObject
) -> None:
    """And so does one that is removed."""
    graph = drawn.graph
    nodes = select(graph)[0]
    assume(all(node.op.name != "identity" for node in nodes))  # as the one that is inserted
    tensors = [output for node in nodes for output in node.outputs]
    tensor = data.draw(st.sampled_from(tensors))
    longer = copied(nodes, graph.outputs, behind=tensor)
    users = {node.name for node in nodes if any(each is tensor for each in node.inputs)}
    assert entries(diff(graph, longer)) == ({"inserted"}, set(), users)
    assert entries(diff(longer, graph)) == (set(), {"inserted"}, users)


# Layers that are alike


def loop(rounds: int) -> Graph:
    """Declare the same calls again and again, each with a constant of its own."""
    with Graph() as graph:
        x = gn.placeholder((None, 4), name="x")
        for _ in range(rounds):
            x = gn.tanh(x) * 2.0
    return graph


@pytest.mark.parametrize("rounds", [0, 1, 2, 5])
def test_a_round_more_is_added_and_nothing_else_differs(rounds: int) -> None:
    """Although all constants are equal, and stand equally far from the end."""
    difference = diff(loop(rounds), loop(rounds + 1))
    end = f"_{rounds}" if rounds else ""
    assert [entry.name for entry in difference.added] == [
        f"tanh{end}",
        f"constant{end}",
        f"multiply{end}",
    ]
    assert repr(difference) == f"<difference: 3 added, {1 + 3 * rounds} the same>"
    back = diff(loop(rounds + 1), loop(rounds))
    assert repr(back) == f"<difference: 3 removed, {1 + 3 * rounds} the same>"
    scene = difference.scene
    check_scene(scene)
    marks = {card.key: card.change for card in scene.cards if card.change is not Change.SAME}
    assert marks == {entry.name: Change.ADDED for entry in difference.added}
    assert {link.head for link in scene.links if link.change is not Change.SAME} <= set(marks)


def normed(sizes: Sequence[int], *, training: bool) -> Graph:
    """Declare a network of dense layers with normalization."""
    with Graph() as graph:
        x = gn.placeholder((None, 8), name="x")
        for size in sizes:
            x = gn.relu(gn.nn.BatchNorm()(gn.nn.Dense(size)(x), training=training))
        gn.nn.Dense(3)(x)
    return graph


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize(
    ("before", "after", "matmul", "weights"),
    [
        ([8, 8], [8, 8, 8], "dense_3/matmul", set()),  # at the end, as nothing tells it apart
        ([8, 16], [8, 16, 16], "dense_3/matmul", set()),
        ([8, 16], [8, 16, 12], "dense_3/matmul", {"dense_3/weight"}),
        ([8, 8, 16], [8, 8, 8, 16], "dense_3/matmul", set()),  # in the middle
        ([8, 16, 8], [8, 8, 16, 8], "dense_2/matmul", set()),
        ([8, 16], [8, 12, 16], "dense_2/matmul", {"dense_2/weight"}),
        ([16, 8], [8, 16, 8], "dense_1/matmul", set()),  # at the start
        ([8, 16], [12, 8, 16], "dense_1/matmul", {"dense_1/weight"}),
    ],
)
def test_a_layer_more_changes_what_takes_its_result(
    before: list[int],
    after: list[int],
    matmul: str,
    weights: set[str],
    *,
    training: bool,
) -> None:
    """And the weight there if the number of features is another one; no other layer."""
    one, other = normed(before, training=training), normed(after, training=training)
    difference = diff(one, other)
    added, removed, changed = entries(difference)
    assert len(added) == len(select(other)[0]) - len(select(one)[0])
    assert removed == set()
    assert changed == {matmul} | weights
    layer = int(matmul[6]) - 1
    own = {f"{kind}_{layer}" if layer else kind for kind in ("dense", "batch_norm", "relu")}
    assert {name.partition("/")[0] for name in added} == own
    wiring = [entry.wiring for entry in difference.changed if entry.name == matmul]
    assert [len(rows) for rows in wiring] == [1]
    back = diff(other, one)
    assert {entry.after for entry in difference.added} == {entry.before for entry in back.removed}
    check_scene(difference.scene)


def test_a_constant_of_another_value_is_the_one_of_its_user() -> None:
    """Although another one has its old value now."""
    with Graph() as before:
        x = gn.placeholder((2,), name="x")
        gn.exp(x) * 2.0
    with Graph() as after:
        x = gn.placeholder((2,), name="x")
        gn.exp(x) * 3.0
        gn.log(x) * 2.0
    difference = diff(before, after)
    (entry,) = difference.changed
    assert entry.details == ("value = float32(2.0) -> float32(3.0)",)
    assert entries(difference) == ({"log", "constant_1", "multiply_1"}, set(), {"constant"})


# Passes

PASSES: dict[gn.compiler.Pass, tuple[str, str]] = {
    prune: (
        """
        x = placeholder(shape=(2,), dtype=float32)
        y = exp(x)
        z = log(x)
        return y
        """,
        """
        1 removed, 2 the same
        - z = log(x)  # float32[2]
        """,
    ),
    simplify: (
        """
        x = placeholder(shape=(2,), dtype=float32)
        one = constant(value=float32(1.0))
        y = multiply(x, one)
        z = exp(y)
        return z
        """,
        """
        2 removed, 1 changed, 1 the same
        - one = constant(value=float32(1.0))  # float32[]
        - y = multiply(x, one)  # float32[2]
        ~ z = exp(y)  # float32[2]
          z = exp(x)  # float32[2]
            operand x: y -> x
        """,
    ),
    fold_constants: (
        """
        x = placeholder(shape=(2,), dtype=float32)
        a = constant(value=float32(2.0))
        b = constant(value=float32(3.0))
        c = add(a, b)
        y = multiply(x, c)
        return y
        """,
        """
        1 added, 3 removed, 1 changed, 1 the same
        - a = constant(value=float32(2.0))  # float32[]
        - b = constant(value=float32(3.0))  # float32[]
        - c = add(a, b)  # float32[]
        + c = constant(value=float32(5.0))  # float32[]
        ~ y = multiply(x, c)  # float32[2]
            operand y: c (add) -> c (constant)
        """,
    ),
    merge_duplicates: (
        """
        x = placeholder(shape=(2,), dtype=float32)
        a = exp(x)
        b = exp(x)
        y = add(a, b)
        return y
        """,
        """
        1 removed, 1 changed, 2 the same
        - b = exp(x)  # float32[2]
        ~ y = add(a, b)  # float32[2]
          y = add(a, a)  # float32[2]
            operand y: b -> a
        """,
    ),
}


@pytest.mark.parametrize("apply", PASSES)
def test_what_a_pass_does(apply: gn.compiler.Pass) -> None:
    """Before and after, as text."""
    text, expected = PASSES[apply]
    graph = parsed(dedent(text))
    assert shown(diff(graph, apply(graph))) == dedent(expected).strip()


@given(graphs(unknown=False))
def test_what_all_passes_do(drawn: RandomGraph) -> None:
    """Whatever they do, nodes that stay are not taken for others."""
    graph = drawn.graph.subgraph(drawn.graph.outputs, list(drawn.feeds))
    optimized = gn.compiler.optimize(graph)
    difference = diff(graph, optimized)
    kept = set(select(graph)[0]) & set(select(optimized)[0])
    changed = {entry.before for entry in difference.changed}
    assert not kept & changed
    assert difference.same >= len(kept)
    check_scene(difference.scene)


# Rows


def change(before: str, after: str) -> tuple[str, ...]:
    """Give the details of the one change between two graphs, given as text."""
    difference = diff(parsed(before), parsed(after))
    (entry,) = difference.changed
    assert not difference.added
    assert not difference.removed
    return (*entry.details, *entry.wiring)


X = "x = placeholder(shape=(2, 3), dtype=float32)\n"


def test_static_arguments_that_differ_are_named() -> None:
    """And so is what follows for the result."""
    details = change(f"{X}y = sum(x, axis=(0,))", f"{X}y = sum(x, axis=(1,))")
    assert details == ("axis = (0,) -> (1,)", "float32[3] -> float32[2]")


def test_operands_that_differ_are_named() -> None:
    """By the names of the op's operands."""
    text = f"{X}a = exp(x)\nb = log(x)\n"
    assert change(f"{text}y = subtract(a, b)", f"{text}y = subtract(a, a)") == (
        "operand y: b -> a",
    )
    details = change(f"{text}y = concat(a, b)", f"{text}y = concat(a, b, x)")
    assert details == ("float32[4, 3] -> float32[6, 3]", "operand xs[2]: none -> x")


def test_another_output_is_another_operand() -> None:
    """Of a node with several outputs."""
    text = f"{X}a, b = split(x, parts=2)\n"
    assert change(f"{text}y = exp(a)", f"{text}y = exp(b)") == ("operand x: a -> a:1",)


def test_what_runs_first_is_compared() -> None:
    """Its order is of no account."""
    with gn.Graph() as graph:
        x = gn.placeholder((), name="x")
        first, second = gn.exp(x), gn.log(x)
    node = first.node
    ways = [(node, second.node), (second.node, node), (node,)]
    ends = [Node(node.op, node.inputs, way, node.specs, "end", node.site, graph) for way in ways]
    both, swapped, one = ([x.node, node, second.node, end] for end in ends)
    before, after = Graph(), Graph()
    before.nodes, after.nodes = both, swapped
    assert not diff(before, after)
    after.nodes = one
    (entry,) = diff(before, after).changed
    assert entry.wiring == ("after: log -> none",)


def test_constants_compare_by_value() -> None:
    """Many numbers are counted, and not shown."""
    few = change(
        "c = constant(value=float32([1.0, 2.0]))", "c = constant(value=float32([1.0, 3.0]))"
    )
    assert few == ("value = float32([1.0, 2.0]) -> float32([1.0, 3.0])",)
    numbers = np.zeros(1000, np.float32)
    others = numbers.copy()
    others[[3, 5]] = -0.0, np.nan
    with Graph() as before:
        gn.constant(numbers, name="c")
    with Graph() as after:
        gn.constant(others, name="c")
    (entry,) = diff(before, after).changed
    assert entry.details == ("value = float32(... [1000] ...), 2 of 1,000 elements differ",)
    assert not diff(after, after.subgraph(after.find("c")))


def test_initial_values_are_compared() -> None:
    """By how they are computed, without regard to names."""
    with Graph() as zeros:
        gn.Variable(gn.zeros((2,), name="start"), name="v")
    with Graph() as more_zeros:
        gn.Variable(gn.zeros((2,), name="begin"), name="v")
    with Graph() as ones:
        gn.Variable(gn.ones((2,)), name="v")
    assert not diff(zeros, more_zeros)
    (entry,) = diff(zeros, ones).changed
    (detail,) = entry.details
    assert detail.startswith("initial: ")
    assert " -> " in detail


def test_a_user_s_function_that_is_another_one_is_told() -> None:
    """Although both have one name."""

    def times(number: int) -> Callable[[Any], Any]:
        def scaled(values: Any) -> Any:
            return values * number

        return scaled

    graphs = []
    for function in (times(2), times(3)):
        with Graph() as graph:
            x = gn.placeholder((2,), name="x")
            gn.py_call(function, [x], x.dtype, (2,))
        graphs.append(graph)
    (entry,) = diff(*graphs).changed
    assert entry.details == ("function = <scaled>, another one",)


def test_outputs_are_compared() -> None:
    """Their order is."""
    text = f"{X}a = exp(x)\nb = log(x)\n"
    difference = diff(parsed(f"{text}return a, b"), parsed(f"{text}return b, a"))
    assert shown(difference) == "3 the same\n~ return a, b -> b, a"
    assert difference


def test_the_order_of_tensors_in_a_list_is_that_of_outputs() -> None:
    """As it is in a graph that is made of them; sets have none, and single tensors need none."""
    with Graph() as graph:
        x = gn.placeholder((2,), name="x")
        p, q = gn.exp(x), gn.tanh(x)
    expected = ("return exp, tanh -> tanh, exp",)
    for before in ([p, q], (p, q), iter([p, q]), graph.subgraph([p, q])):
        assert diff(before, graph.subgraph([q, p])).returned == expected
    assert diff([p, q], [q, p]).returned == expected
    assert not diff([p, q], (p, q))
    assert not diff([p.node, q], [q, p.node])
    assert not diff({p, q}, {q, p})
    assert diff(x, p).returned == ()


def test_scopes_that_are_renamed_are_one_row() -> None:
    """However many nodes they hold."""
    with Graph() as graph:
        x = gn.placeholder((2, 3), name="x")
        first, second = gn.nn.Dense(4), gn.nn.Dense(4)
        a, b = first(x), second(x)
    assert shown(diff(a, b)) == "5 the same (4 renamed)\n  renamed dense/ -> dense_1/ (4 nodes)"
    assert not diff(a, b)
    assert graph is a.graph


def test_training_against_inference() -> None:
    """Shared weights are the same, dropout and what follows is told."""
    with Graph():
        x = gn.placeholder((None, 3), name="x")
        hidden, out = gn.nn.Dense(4, activation=gn.tanh), gn.nn.Dense(2)
        plain = out(hidden(x))
        noisy = out(gn.ops.dropout.dropout(hidden(x), 0.5))
    difference = diff(noisy, plain)
    assert not difference.added
    assert {entry.before.op.name for entry in difference.removed if entry.before} == {
        "dropout_mask",
        "multiply",
    }
    (entry,) = difference.changed
    assert entry.before is not None
    assert entry.before.op.name == "matmul"


# Plans


def test_plans_are_compared() -> None:
    """Sizes, steps, places of values, and in which operand's memory they are written."""
    with Graph() as graph:
        x = gn.placeholder((4,), name="x")
        y = gn.tanh(gn.exp(x) * 1)
    plans = []
    for options in (False, True):
        with gn.Session(graph, optimize=options) as session:
            run = session.compile(y, [x])
            run(np.zeros(4, np.float32))
            plans.append(run)
    difference = diff(*plans)
    rows = {row.what: (row.before, row.after) for row in difference.plan}
    assert rows["calls"] == ("3", "2")
    assert rows["steps free"] == ("2", "0")
    assert rows["memory"] == ("0 bytes", "64 bytes")
    assert rows["place of exp"] == ("taken", "[0:64]")
    assert "~ place of exp: taken -> [0:64]" in str(difference)
    assert not diff(plans[1], plans[1].plan)


def test_calls_that_change_their_turn_are_told() -> None:
    """Those that had to move, not those that they passed."""
    graph = parsed(f"{X}a = exp(x)\nb = log(x)\nc = sqrt(x)\nreturn a, b, c")
    part = graph.subgraph(graph.outputs, graph.placeholders)
    plan = gn.compiler.compile_graph(part, [graph.placeholders[0].spec])
    first, second, third = plan.steps
    difference = diff(plan, replace(plan, steps=(third, first, second)))
    assert [str(row) for row in difference.plan] == ["turn of c: call 3 -> call 1"]
    assert not difference.changed


@given(graphs(unknown=False, variables=False))
def test_plans_of_one_text_differ_in_nothing(drawn: RandomGraph) -> None:
    """The compiler decides the same each time."""
    graph = drawn.graph
    plans = []
    for each in (graph, parsed(gn.ir.to_text(graph.nodes, graph.outputs))):
        part = each.subgraph(each.outputs, each.placeholders)
        plans.append(gn.compiler.compile_graph(part, [x.spec for x in part.inputs]))
    difference = diff(*plans)
    assert not difference.plan
    assert not difference


# Pictures


def test_the_picture_holds_both_graphs() -> None:
    """What is the same once, and the keys of what is removed are keys of nothing else."""
    before = parsed(f"{X}a = exp(x)\nb = log(a)\nc = sum(b, axis=(0,))")
    after = parsed(f"{X}b = log(x)\nc = sum(b, axis=(1,))\na = tanh(c)")
    scene = diff(before, after, title="two").scene
    check_scene(scene)
    changes = {card.key: card.change for card in scene.cards}
    assert changes == {
        "x": Change.SAME,
        "a (removed)": Change.REMOVED,
        "b": Change.CHANGED,
        "c": Change.CHANGED,
        "a": Change.ADDED,
    }
    links = {(link.tail, link.head): link.change for link in scene.links}
    assert links == {
        ("x", "a (removed)"): Change.REMOVED,
        ("a (removed)", "b"): Change.REMOVED,
        ("x", "b"): Change.ADDED,
        ("b", "c"): Change.SAME,
        ("c", "a"): Change.ADDED,
    }
    assert scene.title == "two"
    assert scene.notes == ("1 added, 1 removed, 2 changed, 1 the same",)


def test_small_constants_are_cards_where_they_differ() -> None:
    """All others are written into the cards that use them."""
    with Graph() as before:
        gn.placeholder((2,), name="x") * 2.0 + 1.0
    with Graph() as after:
        gn.placeholder((2,), name="x") * 3.0 + 1.0
    scene = diff(before, after).scene
    cards = {card.key: card for card in scene.cards}
    assert [key for key, card in cards.items() if card.kind is Kind.CONSTANT] == ["constant"]
    assert cards["constant"].details[-1] == "value = float32(2.0) -> float32(3.0)"
    assert "y = 1." in cards["add"].details


def test_what_no_arrow_shows_stands_on_the_card() -> None:
    """As that an operand is another small constant."""
    text = f"{X}a = constant(value=float32(2.0))\nb = constant(value=float32(3.0))\n"
    text += "c = multiply(a, b)\n"
    difference = diff(parsed(f"{text}y = add(x, a)"), parsed(f"{text}y = add(x, b)"))
    (card,) = [card for card in difference.scene.cards if card.change is Change.CHANGED]
    assert "b = 3." in card.details
    assert card.details[-1] == "operand y: a -> b"


def test_those_who_point_at_a_card_see_all_that_differs() -> None:
    """Also what it was called, and what arrows show."""
    before = parsed(f"{X}a = exp(x)\nb = sum(a, axis=(0,))")
    after = parsed(f"{X}q = exp(x)\np = tanh(q)\nb = sum(p, axis=(0,))")
    about = {card.key: card.about for card in diff(before, after).scene.cards}
    assert about["q"].endswith("\nrenamed a -> q")
    assert about["b"].endswith("\noperand x: a -> p")


def test_the_picture_of_two_plans_tells_sizes() -> None:
    """Below, as they are not those of a node."""
    graph = parsed(f"{X}y = tanh(exp)".replace("exp)", "x)") + "\nreturn y")
    part = graph.subgraph(graph.outputs, graph.placeholders)
    plan = gn.compiler.compile_graph(part, [graph.placeholders[0].spec])
    difference = diff(plan, replace(plan, extra=plan.extra + 1000))
    assert difference.scene.notes == (
        "2 the same",
        f"memory: {plan.memory:,} bytes -> {plan.memory + 1000:,} bytes",
        f"peak: {plan.peak:,} bytes -> {plan.peak + 1000:,} bytes",
    )
    assert difference


def test_an_arrow_tells_that_its_spec_differs() -> None:
    """From one shape to the other."""
    text = "x = placeholder(shape=({},), dtype=float32)\ny = exp(x)\nz = log(y)"
    scene = diff(parsed(text.format(2)), parsed(text.format(3))).scene
    labels = {link.label: link.change for link in scene.links}
    assert labels["float32[2] -> float32[3]"] is Change.CHANGED


def test_scopes_of_which_all_is_added_are_added() -> None:
    """And those of which some is added are changed."""
    with Graph():
        x = gn.placeholder((2,), name="x")
        with gn.name_scope("old"):
            y = gn.exp(x)
        with gn.name_scope("new"):
            z = gn.tanh(y)
        with gn.name_scope("old/"):
            z = gn.log(z)
    boxes = {box.key: box.change for box in diff(y, z).scene.boxes}
    assert boxes == {"old": Change.CHANGED, "new": Change.ADDED}


# Text


def test_many_rows_are_cut() -> None:
    """And those left out are counted."""
    with Graph():
        x = y = gn.placeholder((2,), name="x")
        for _ in range(50):
            y = gn.tanh(y)
    difference = diff(x, y)
    assert str(difference).splitlines()[-1] == "... and 10 more"
    assert len(str(difference).splitlines()) == 42
    assert len(difference.text(rows=None).splitlines()) == 51
    assert difference.text(rows=0) == "x -> tanh_49: 50 added, 1 the same\n... and 50 more"


def test_empty_graphs_have_nothing_to_compare() -> None:
    """And so do not differ."""
    difference = diff(Graph(), Graph())
    assert not difference
    assert repr(difference) == "<difference: nothing to compare>"


def test_the_text_is_the_same_each_time() -> None:
    """It does not depend on the order of sets."""
    with Graph():
        x = gn.placeholder((2,), name="x")
        y = gn.tanh(gn.nn.Dense(3)(gn.expand_dims(x, 0)))
    assert str(diff(x, y)) == str(diff(x, y))


@pytest.mark.parametrize("wrong", [3, None, "graph.gn", np.zeros(2), {"a": 1}], ids=repr)
def test_what_has_no_graph_is_refused(wrong: Any) -> None:
    """With what can be compared."""
    x = gn.placeholder((2,), name="x")
    with pytest.raises(gn.errors.ArgumentError, match=r"^diff: ") as caught:
        diff(x, wrong)
    assert caught.value.hint
