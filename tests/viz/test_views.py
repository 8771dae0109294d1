"""``scene_of``: what each view of a graph shows, and what its cards say."""

import re

import numpy as np
import pytest

import graphnet as gn
from graphnet.ir.node import Node
from graphnet.viz.scene import Kind, Part, Scene, Way
from graphnet.viz.views.nodes import card_of, keys_of
from graphnet.viz.views.views import VIEWS, scene_of


def whole(view: str = "train", **options: bool) -> Scene:
    """Give the scene of the current graph."""
    return scene_of(gn.ir.current_graph(), view, **options)  # type: ignore[arg-type]


def texts(scene: Scene) -> dict[str, str]:
    """Give what is written on every card, by key, a bar between the lines."""
    return {card.key: "|".join((card.headline, *card.details)) for card in scene.cards}


def arrows(scene: Scene, *ways: Way) -> list[tuple[str, str]]:
    """Give tail and head of every arrow of some ways; of all, if none is said."""
    return [(link.tail, link.head) for link in scene.links if not ways or link.way in ways]


def train() -> Node:
    """Declare a training graph of two layers."""
    x = gn.placeholder(("batch", 2), name="x")
    model = gn.nn.Sequential(gn.nn.Dense(3, activation=gn.tanh), gn.nn.Dense(1), name="model")
    return gn.optim.SGD(0.1).minimize((model(x) * model(x)).mean())


def test_cards_say_what_nodes_are() -> None:
    """Sources by name and spec, ops by op, static arguments, and a name that the user gave."""
    x = gn.placeholder(("batch", 3), name="x")
    with gn.name_scope("part"):
        w = gn.Variable([1.0, 2.0, 3.0], name="w")
        gn.identity((x * w).sum(1), name="result")
        gn.tanh(gn.tanh(w))
    assert texts(whole()) == {
        "x": "x|float32[batch, 3]",
        "part/w": "w|float32[3]|3 parameters, 12 B",
        "part/multiply": "multiply",
        "part/sum": "sum|axis = (1,)",
        "part/result": "identity|result",
        "part/tanh": "tanh",
        "part/tanh_1": "tanh",
    }
    boxes = [(box.key, box.label, box.box) for box in whole().boxes]
    assert boxes == [("part", "part", "")]


def test_small_constants_are_written_into_their_users() -> None:
    """By the name of the operand, or their own; larger ones and those asked for are drawn."""
    x = gn.placeholder((2,), name="x")
    half = gn.constant(0.5, name="half")
    y = (x * 2 + [3.0, 4.0]) * half
    large = gn.constant(np.ones(5), name="large")
    gn.tanh(large)
    found = texts(whole())
    assert found["multiply"] == "multiply|y = 2."
    assert found["add"] == "add|y = [3., 4.]"
    assert found["multiply_1"] == "multiply|half = 0.5"
    assert found["large"] == "large|float64[5]"
    assert "half" not in found
    assert texts(scene_of([y, half]))["half"] == "half|float32[]"


def test_small_constants_are_one_line() -> None:
    """Those of several rows, or long numbers, whatever is said to NumPy about printing."""
    x = gn.cast(gn.placeholder((2, 2), name="x"), gn.int64)
    gn.matmul(x, gn.constant(np.eye(2, dtype=np.int64)))
    gn.reshape(x, 4) + gn.constant(np.full(4, 2**62))
    with np.printoptions(threshold=2, sign="+", linewidth=20):
        found = texts(whole())
    assert found["matmul"] == "matmul|y = [[1, 0], [0, 1]]"
    assert found["add"] == f"add|y = [{', '.join(4 * [str(2**62)])}]"


def test_constants_and_weights_can_be_shown_and_hidden() -> None:
    """What is hidden is a line in the cards that use it."""
    x = gn.placeholder((2,), name="x")
    w = gn.Variable(np.ones(9, np.float32), name="w")
    _ = x + 2 + w.sum() + gn.constant(np.ones(9, np.float32), name="large").sum()
    assert {"w", "large"} <= texts(whole()).keys()
    assert "y = 2." in texts(whole())["add"]
    shown = [card for card in whole(constants=True).cards if card.kind is Kind.CONSTANT]
    assert [card.details for card in shown] == [("float32[]",), ("float32[9]",)]
    bare = texts(whole(constants=False, weights=False))
    assert not bare.keys() & {"w", "large", "constant"}
    assert bare["sum"] == "sum|w = float32[9]|axis = (0,)"
    assert bare["sum_1"] == "sum|large = float32[9]|axis = (0,)"


def test_arrows_follow_operands_and_control() -> None:
    """One for each operand, also where two are the same; others for control."""
    x = gn.placeholder((), name="x")
    double = x + x
    with gn.control_dependencies([double]):
        gn.tanh(x)
    scene = whole()
    assert arrows(scene, Way.VALUE) == [("x", "add"), ("x", "add"), ("x", "tanh")]
    assert arrows(scene, Way.CONTROL) == [("add", "tanh")]
    ends = [(link.tail, link.head, link.slot) for link in scene.links]
    assert len(ends) == len(set(ends))


def test_arrows_carry_specs() -> None:
    """Of what has none on its card; a later output also its number; none if not wanted."""
    x = gn.placeholder((None, 4), name="x")
    gn.tanh(gn.tanh(x))
    _, indices = gn.top_k(x, 2)
    gn.negative(indices)
    found = {link.head: link.label for link in whole().links}
    assert found["tanh"] == ""
    assert found["tanh_1"] == "float32[None, 4]"
    assert found["negative"] == ":1 int64[None, 2]"
    assert not any(link.label for link in whole(specs=False).links)


def test_each_view_shows_its_part() -> None:
    """And all together show all."""
    step = train()
    parts = {
        view: {card.part for card in scene_of(step, view).cards}
        for view in ("forward", "backward", "train")
    }
    assert parts == {
        "forward": {Part.FORWARD},
        "backward": {Part.BACKWARD},
        "train": set(Part),
    }
    seen = {card.key for view in VIEWS for card in scene_of(step, view).cards}
    assert seen == set(texts(scene_of(step)))


def test_gradients_refer_to_what_is_far() -> None:
    """By name; only the end of the forward part is joined to them by an arrow of its own."""
    with gn.name_scope("model"):
        w = gn.Variable(2.0, name="w")
        y = gn.tanh(w * w) + 1
    gn.optim.SGD(0.1).minimize(y)
    scene = whole()
    near = [
        (tail, head)
        for tail, head in arrows(scene, Way.VALUE, Way.GRADIENT)
        if tail.startswith("model") and not head.startswith("model")
    ]
    assert near == [("model/add", "gradients/full_like")]
    found = texts(scene)
    assert found["sgd/model/w/subtract"].startswith("subtract|x = model/w")
    assert found["sgd/model/w/assign"].startswith("assign|variable = model/w")
    assert found["sgd"] == "sgd|group"
    assert any(text.endswith("|of multiply") for text in found.values())
    assert any("gradient of model/w" in text for text in found.values())
    assert ("model/w", "sgd/model/w/assign") in arrows(scene, Way.FAR)


def test_the_update_of_a_variable_that_only_it_uses_is_joined() -> None:
    """A counter has no other place to be seen."""
    count = gn.Variable(0, name="count")
    gn.assign(count, count * 2)
    assert ("count", "multiply") in arrows(whole(), Way.VALUE)


def test_the_state_shows_readers_and_writes() -> None:
    """Writes point back at their variables; nothing else of the forward part is there."""
    step = train()
    scene = scene_of(step, "state")
    keys = set(texts(scene))
    assert {"model/dense/weight", "model/dense/matmul", "sgd/model/dense/weight/assign"} <= keys
    assert not keys & {"x", "mean", "model/dense/tanh"}
    assert ("sgd/model/dense/weight/assign", "model/dense/weight") in arrows(scene, Way.WRITE)
    assert ("model/dense/weight", "sgd/model/dense/weight/subtract") in arrows(scene, Way.VALUE)
    assert not arrows(scene, Way.FAR)


def test_what_was_asked_for_is_marked() -> None:
    """And nothing else."""
    step = train()
    assert [card.key for card in scene_of(step).cards if card.kept] == ["sgd"]


def test_data_tells_programs_what_cards_are() -> None:
    """Op, shape, dtype, bytes, parameters and the line."""
    gn.Variable(np.ones((2, 3), np.float32), name="w")
    (card,) = whole().cards
    source = card.data["source"]
    assert re.fullmatch(r".*test_views\.py:\d+", source)
    assert card.data == {
        "name": "w",
        "op": "variable",
        "source": source,
        "shape": "[2, 3]",
        "dtype": "float32",
        "bytes": "24",
        "parameters": "6",
    }
    assert card.members == ("w",)
    assert source in card.about


def test_nodes_of_one_name_are_told_apart() -> None:
    """Passes may make several from one."""
    (node,) = gn.placeholder((), name="x").graph.nodes
    twins = [Node(node.op, (), (), node.specs, "x", node.site, node.graph) for _ in range(3)]
    assert list(keys_of(twins).values()) == ["x", "x#2", "x#3"]


def test_names_of_ops_are_no_patterns() -> None:
    """Names of any characters are said as they are."""
    (node,) = gn.placeholder((), name="plain").graph.nodes
    for name in ("a<b&\"c'", "(", "größe", "x" * 200, "a\nb"):
        odd = Node(node.op, (), (), node.specs, name, node.site, node.graph)
        assert card_of(odd, name).headline == name
    tanh = gn.tanh(node.outputs[0]).node
    odd = Node(tanh.op, tanh.inputs, (), tanh.specs, "[", tanh.site, tanh.graph)
    assert card_of(odd, "[").details == ("[",)


def test_a_view_that_shows_nothing_says_what_would() -> None:
    """Instead of an empty picture."""
    y = gn.tanh(gn.placeholder((), name="x"))
    with pytest.raises(gn.errors.ArgumentError, match="nothing to see in the view 'backward'"):
        scene_of(y, "backward")
    with pytest.raises(gn.errors.ArgumentError, match="the view 'train' of graph"):
        scene_of(gn.Graph())


def test_an_unknown_view_is_refused() -> None:
    """With the name that was probably meant, or all of them."""
    x = gn.placeholder(())
    with pytest.raises(gn.errors.ArgumentError, match="did you mean 'forward'"):
        scene_of(x, "foward")
    with pytest.raises(gn.errors.ArgumentError, match="use one of 'forward', 'backward', 'train'"):
        scene_of(x, "z")


def test_kinds_follow_effects() -> None:
    """Each has its own form in the picture."""
    w = gn.Variable(1.0, name="w")
    noise = gn.random.normal((), name="noise")
    called = gn.py_call(np.sin, [noise], gn.float64, (), stateful=True, name="called")
    gn.group(gn.assign(w, gn.cast(called, gn.float32), name="write"), name="all")
    kinds = {card.key: card.kind for card in whole().cards}
    assert kinds == {
        "w": Kind.VARIABLE,
        "noise": Kind.RANDOM,
        "called": Kind.CALL,
        "cast": Kind.OP,
        "write": Kind.WRITE,
        "all": Kind.GROUP,
    }
