"""Boxes: the tree of scopes that nodes are drawn in."""

import graphnet as gn
from graphnet.viz.scopes import Box, Origins, boxes


def tree(box: Box) -> dict[str, object]:
    """Give a box as the names of its nodes, and its inner boxes by path."""
    return {
        "nodes": [node.name for node in box.nodes],
        **{inner.path: tree(inner) for inner in box.inner},
    }


def drawn() -> dict[str, object]:
    """Give the boxes of the current graph."""
    nodes = gn.ir.current_graph().nodes
    return tree(boxes(nodes, Origins(nodes)))


def test_boxes_are_scopes() -> None:
    """Scopes that are entered again are one box."""
    x = gn.placeholder((2,), name="x")
    with gn.name_scope("a"):
        y = x + x
        with gn.name_scope("b"):
            z = gn.tanh(gn.tanh(y))
        z = z * y
    with gn.name_scope("a/"):
        _ = z - z
    assert drawn() == {
        "nodes": ["x"],
        "a": {
            "nodes": ["a/add", "a/multiply", "a/subtract"],
            "a/b": {"nodes": ["a/b/tanh", "a/b/tanh_1"]},
        },
    }


def test_boxes_that_show_nothing_are_left_out() -> None:
    """Those around one node or one box."""
    x = gn.placeholder((2,), name="x")
    with gn.name_scope("alone"):
        gn.tanh(x)
    with gn.name_scope("outer"), gn.name_scope("inner"):
        gn.tanh(gn.tanh(x))
    assert drawn() == {
        "nodes": ["x", "alone/tanh"],
        "outer/inner": {"nodes": ["outer/inner/tanh", "outer/inner/tanh_1"]},
    }


def test_derived_nodes_are_in_the_scope_of_their_origin() -> None:
    """Gradients and updates, also where the user has put them into a scope."""
    with gn.name_scope("layer"):
        w = gn.Variable(1.0, name="w")
        y = gn.tanh(w * w)
    with gn.name_scope("training"):
        gn.optim.SGD(0.1).minimize(y)
    nodes = y.graph.nodes
    origins = Origins(nodes)
    assert origins.origin("gradients/layer/tanh/multiply") == "layer/tanh"
    assert origins.origin("training/sgd/layer/w/assign") == "layer/w"
    assert origins.origin("layer/tanh") is None
    assert not origins.is_derived("layer/tanh")
    assert origins.is_derived("gradients/full_like")
    paths = [box.path for box in boxes(nodes, origins).walk()]
    trained = ["training", "training/sgd", "training/sgd/layer"]
    assert paths == ["", "layer", "gradients", "gradients/layer", *trained]
