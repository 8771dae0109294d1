"""``to_dot``: what a drawing says about a graph, before it is laid out."""

import re

import numpy as np

import graphnet as gn
from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor
from graphnet.viz.dot import to_dot


def text(*kept: Tensor) -> str:
    """Draw the current graph."""
    return to_dot(gn.ir.current_graph().nodes, [tensor.node for tensor in kept])


def labels(drawing: str) -> dict[str, str]:
    """Give the label of every node by its title, a bar between the lines."""
    found = re.findall(r'^ *"([^"]*)" \[label=<(.*?)> id=', drawing, re.MULTILINE)
    return {title: re.sub(r"<[^>]*>", "", label.replace("<BR/>", "|")) for title, label in found}


def arrows(drawing: str) -> list[tuple[str, str]]:
    """Give tail and head of every edge."""
    return re.findall(r'^ *"([^"]*)" -> "([^"]*)"', drawing, re.MULTILINE)


def test_labels_say_what_nodes_are() -> None:
    """Sources by name and spec, ops by op, static arguments, and a name that the user gave."""
    x = gn.placeholder(("batch", 3), name="x")
    with gn.name_scope("part"):
        w = gn.Variable([1.0, 2.0, 3.0], name="w")
        gn.identity((x * w).sum(1), name="result")
        gn.tanh(gn.tanh(w))
    assert {title: label for title, label in labels(text()).items() if "constant" not in title} == {
        "x": "x|float32[batch, 3]",
        "part/w": "w|float32[3]",
        "part/multiply": "multiply",
        "part/sum": "sum|axis = (1,)",
        "part/result": "identity|result",
        "part/tanh": "tanh",
        "part/tanh_1": "tanh",
    }


def test_small_constants_are_written_into_their_users() -> None:
    """By the name of the operand, or their own; larger ones and those asked for are drawn."""
    x = gn.placeholder((2,), name="x")
    half = gn.constant(0.5, name="half")
    _ = (x * 2 + [3.0, 4.0]) * half
    large = gn.constant(np.ones(5), name="large")
    gn.tanh(large)
    drawing = labels(text())
    assert drawing["multiply"] == "multiply|y = 2."
    assert drawing["add"] == "add|y = [3., 4.]"
    assert drawing["multiply_1"] == "multiply|half = 0.5"
    assert drawing["large"] == "large|float64[5]"
    assert "half" not in drawing
    assert labels(text(half))["half"] == "half|float32[]"


def test_edges_follow_operands_and_control() -> None:
    """One for each operand, also where two are the same; dashed ones for control."""
    x = gn.placeholder((), name="x")
    double = x + x
    with gn.control_dependencies([double]):
        gn.tanh(x)
    drawing = text()
    assert arrows(drawing) == [("x", "add"), ("x", "add"), ("x", "tanh"), ("add", "tanh")]
    assert '"add" -> "tanh" [id="edge:add-tanh" style="dashed"' in drawing


def test_edges_carry_specs() -> None:
    """Of what has none in its label; a later output also its number."""
    x = gn.placeholder((None, 4), name="x")
    gn.tanh(gn.tanh(x))
    values, indices = gn.top_k(x, 2)
    gn.negative(indices)
    drawing = text()
    specs = re.findall(r'-> "(\w+)" .*label="([^"]*)"', drawing)
    assert specs == [("tanh_1", " float32[None, 4]"), ("negative", " :1 int64[None, 2]")]
    assert values.name in labels(drawing)


def test_gradients_refer_to_what_is_far() -> None:
    """By name; only the end of the forward part is joined to them by an arrow."""
    with gn.name_scope("model"):
        w = gn.Variable(2.0, name="w")
        y = gn.tanh(w * w) + 1
    gn.optim.SGD(0.1).minimize(y)
    drawing = text()
    crossing = [
        (tail, head)
        for tail, head in arrows(drawing)
        if tail.startswith("model") and not head.startswith("model")
    ]
    assert crossing == [("model/add", "gradients/full_like")]
    found = labels(drawing)
    assert found["sgd/model/w/subtract"].startswith("subtract|x = model/w")
    assert found["sgd/model/w/assign"].startswith("assign|variable = model/w")
    assert found["sgd"] == "sgd|group"
    assert any(label.endswith("|of multiply") for label in found.values())


def test_the_update_of_a_variable_that_only_it_uses_is_joined() -> None:
    """A counter has no other place to be seen."""
    count = gn.Variable(0, name="count")
    gn.assign(count, count * 2)
    assert ("count", "multiply") in arrows(text())


def test_names_are_escaped() -> None:
    """Graphs of other origin may have names that this one does not allow."""
    (node,) = gn.placeholder((), name="plain").graph.nodes
    odd = Node(node.op, (), (), node.specs, '<b>&"\\', node.site, node.graph)
    drawing = to_dot([odd])
    assert r'"<b>&\"\\" [label=<<B>&lt;b&gt;&amp;&quot;\</B>' in drawing


def test_nodes_of_one_name_are_told_apart() -> None:
    """Passes may make several from one."""
    (node,) = gn.placeholder((), name="x").graph.nodes
    twins = [Node(node.op, (), (), node.specs, "x", node.site, node.graph) for _ in range(3)]
    assert list(labels(to_dot(twins))) == ["x", "x#2", "x#3"]


def test_colors_have_six_digits() -> None:
    """Graphviz before 3.0 draws shorter ones black."""
    w = gn.Variable(1.0)
    gn.optim.SGD(gn.placeholder(())).minimize(w * gn.random.normal(()))
    colors = re.findall(r"#[0-9a-zA-Z]+", text())
    assert colors
    assert all(re.fullmatch("#[0-9a-f]{6}", color) for color in colors)
