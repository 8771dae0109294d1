"""``Parts``: what every node of a training graph is there for."""

import graphnet as gn
from graphnet.ir.graph import Graph
from graphnet.viz.scene import Part
from graphnet.viz.views.parts import Parts
from graphnet.viz.views.select import select


def of(graph: Graph) -> dict[str, Part]:
    """Give the part of every node that is drawn, by name."""
    return {node.name: part for node, part in Parts(select(graph)[0]).of.items()}


def names(graph: Graph, part: Part) -> set[str]:
    """Give the names of the nodes of a part."""
    return {name for name, found in of(graph).items() if found is part}


def test_a_training_graph_has_three_parts() -> None:
    """Also rates and slots, which only the updates need, belong to these."""
    with gn.name_scope("layer"):
        w = gn.Variable(1.0, name="w")
        y = gn.tanh(w * w)
    rate = gn.placeholder((), name="rate")
    gn.optim.Momentum(rate, 0.9).minimize(y)
    forward = {"layer/w", "layer/multiply", "layer/tanh"}
    assert names(y.graph, Part.FORWARD) == forward
    assert all(name.startswith("gradients/") for name in names(y.graph, Part.BACKWARD))
    late = {name for name in of(y.graph) if name.startswith("momentum")}
    assert names(y.graph, Part.UPDATE) == late | {"rate"}
    assert {"momentum", "momentum/layer/w/velocity"} <= late


def test_a_value_that_is_kept_is_no_update() -> None:
    """A sum over batches: the new sum is an update, what is added is not."""
    x = gn.placeholder((None,), name="x")
    w = gn.Variable(1.0, name="w")
    total = gn.Variable(0.0, name="total")
    gn.assign(total, total + gn.relu(x).sum(), name="store")
    gn.tanh(w)
    assert names(x.graph, Part.FORWARD) == {"x", "w", "relu", "sum", "tanh"}
    assert names(x.graph, Part.UPDATE) == {"total", "add", "store"}


def test_a_counter_is_an_update() -> None:
    """All of it: nothing else is there."""
    count = gn.Variable(0, name="count")
    gn.assign_add(count, 1)
    assert of(count.graph)["count"] is Part.UPDATE


def test_moving_averages_are_updates() -> None:
    """Those of batch normalization, which the optimizer declares from forward values alone."""
    x = gn.placeholder((None, 2), name="x")
    y = gn.nn.BatchNorm(name="norm")(x, training=True)
    gn.optim.SGD(0.1).minimize(gn.square(y).mean())
    late = {name for name in of(x.graph) if name.partition("/")[0] == "sgd"}
    assert "sgd/norm/moving_mean/multiply" in late
    assert names(x.graph, Part.UPDATE) == late


def test_derived_nodes_are_in_the_scope_of_their_origin() -> None:
    """Gradients and updates, also where the user has put them into a scope, and slots."""
    with gn.name_scope("layer"):
        w = gn.Variable(1.0, name="w")
        y = gn.tanh(w * w)
    with gn.name_scope("training"):
        gn.optim.Adam(0.1).minimize(y)
    parts = Parts(y.graph.nodes)
    assert parts.origin("gradients/layer/tanh/multiply") == "layer/tanh"
    assert parts.origin("training/adam/layer/w/assign") == "layer/w"
    assert parts.origin("layer/tanh") is None
    assert parts.box("gradients/layer/tanh/multiply") == "gradients/layer"
    assert parts.box("training/adam/layer/w/assign") == "training/adam/layer"
    assert parts.box("training/adam/layer/w/mean") == "training/adam/layer"
    assert parts.box("training/adam/layer/w/mean/assign") == "training/adam/layer"
    assert parts.box("training/adam/count/assign") == "training/adam"
    assert parts.box("layer/tanh") == "layer"
    assert parts.box("x") == ""


def test_what_is_far_is_ahead_of_gradients_and_updates() -> None:
    """The end of the forward part is not: it leads on."""
    w = gn.Variable(2.0, name="w")
    y = gn.tanh(w * w)
    gn.optim.SGD(0.1).minimize(y)
    graph = y.graph
    parts = Parts(graph.nodes)
    by_name = {node.name: node for node in graph.nodes}
    far = [
        (tensor.name, node.name)
        for node in graph.nodes
        for tensor in node.inputs
        if parts.is_far(node, tensor.node)
    ]
    assert ("w", "sgd/w/subtract") in far
    assert "tanh" not in [tail for tail, head in far if head == "gradients/full_like"]
    assert not parts.is_far(by_name["tanh"], by_name["multiply"])
