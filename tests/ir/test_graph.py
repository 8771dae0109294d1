"""Graphs: what a script declares, what is asked of it, and what is derived from it."""

import threading
from collections.abc import Iterable, Mapping
from typing import Any

import networkx as nx
import numpy as np
import pytest

import graphnet as gn
from graphnet.compiler.interpreter import interpret
from graphnet.errors import FetchError, GraphError
from graphnet.ir import Graph, Node, Tensor
from graphnet.ir.graph import current_graph


def names(nodes: Iterable[Node]) -> list[str]:
    """Give the names of nodes."""
    return [node.name for node in nodes]


def snapshot(graph: Graph) -> tuple[Any, ...]:
    """Give all there is to a graph, to see whether it changes."""
    parts = [(node, node.op, node.inputs, node.control, node.outputs) for node in graph.nodes]
    return tuple(parts), graph.inputs, graph.outputs, dict(graph.names.counts)


def values(graph: Graph, feeds: Mapping[Tensor, Any]) -> list[Any]:
    """Compute the outputs of a subgraph, its inputs given by the tensors that were fed."""
    arrays = [np.asarray(value, tensor.dtype) for tensor, value in feeds.items()]
    results = interpret(graph, dict(zip(graph.inputs, arrays, strict=True)))
    return [result.tolist() for result in results]


def keep(_: Node) -> None:
    """Replace nothing."""


# Declaring


def test_an_op_without_inputs_goes_into_the_current_graph() -> None:
    """The innermost `with` decides, and the graph around it is current again afterwards."""
    outer = current_graph()
    with Graph() as graph:
        x = gn.placeholder(())
        with Graph() as inner:
            y = gn.placeholder(())
        assert current_graph() is graph
    assert (x.graph, y.graph) == (graph, inner)
    assert current_graph() is outer


def test_an_op_with_inputs_goes_into_the_graph_of_its_inputs() -> None:
    """The current graph does not matter, for constants on the way either."""
    with Graph() as graph:
        x = gn.placeholder(())
    with Graph() as other:
        y = x + 1.0
    assert names(graph.nodes) == ["placeholder", "constant", "add"]
    assert y.graph is graph
    assert not other.nodes


def test_every_thread_has_a_graph_of_its_own() -> None:
    """Outside of any `with`, threads do not declare into each other's graphs."""
    found: list[Graph] = []
    thread = threading.Thread(target=lambda: found.append(current_graph()))
    thread.start()
    thread.join()
    assert found[0] is not current_graph()


def test_a_finalized_graph_takes_no_more_nodes() -> None:
    """The message names the line that finalized it, and the one that tried."""
    with Graph() as graph:
        x = gn.placeholder((), name="x")
        graph.finalize()
        with pytest.raises(GraphError) as caught:
            gn.negative(x)
    here = str(x.node.site).rpartition(":")[0]
    line = caught.traceback[0].lineno + 1
    assert str(caught.value) == (
        "negative: the graph is finalized\n"
        f"  at {here}:{line}\n"
        f"  finalized  {here}:{line - 2}\n"
        "hint: declare all nodes before graph.finalize()"
    )
    assert graph.nodes == [x.node]


def test_nodes_know_the_line_that_declared_them() -> None:
    """The site is the user's line, however deep inside graphnet the node was made."""
    x = gn.placeholder((2,))
    (slope,) = gn.gradients(x * x, [x])
    assert slope.node.site.filename == __file__
    assert slope.node.site.line == x.node.site.line + 1


# Asking


def test_a_graph_knows_its_placeholders_and_variables() -> None:
    """Variables are found by name and by whether they are trainable."""
    x = gn.placeholder((), name="x")
    with gn.name_scope("encoder"):
        weight = gn.Variable(1.0, name="weight")
    step = gn.Variable(0, name="step", trainable=False)
    graph = x.graph
    assert graph.placeholders == (x,)
    assert graph.variables() == (weight, step)
    assert graph.variables(trainable=True) == (weight,)
    assert graph.variables(trainable=False) == (step,)
    assert graph.variables(under="encoder/*") == (weight,)
    assert graph.variables(under="decoder/*") == ()


def test_nodes_are_found_by_pattern() -> None:
    """A star stands for anything."""
    x = gn.placeholder((), name="x")
    with gn.name_scope("layer"):
        y = gn.negative(x)
    assert x.graph.find("layer/*") == (y.node,)
    assert x.graph.find("*") == (x.node, y.node)
    assert x.graph.find("Layer/*") == ()


def test_tensors_are_found_by_name() -> None:
    """A number behind a colon chooses among several results; without results the node is given."""
    x = gn.placeholder((2, 4), name="x")
    first, second = gn.split(x, 2, axis=1)
    group = gn.group(x, name="all")
    graph = x.graph
    assert graph.named("x") is x
    assert graph.named(first.name) is first
    assert graph.named(f"{first.name}:0") is first
    assert graph.named(second.name) is second
    assert graph.named("all") is group


@pytest.mark.parametrize("name", ["wieght", "weight:1", "weight:one", "weight:-1"])
def test_a_name_that_does_not_exist_is_refused(name: str) -> None:
    """The message lists names that look like it."""
    weight = gn.Variable(1.0, name="weight")
    with pytest.raises(FetchError) as caught:
        weight.graph.named(name)
    assert str(caught.value) == (
        f"the graph has nothing named {name!r}\nhint: did you mean 'weight'?"
    )


def test_the_dag_is_the_dependencies() -> None:
    """Edges lead from nodes to those that need them, by data or by order only."""
    x = gn.placeholder((), name="x")
    y = gn.add(x, x)
    with gn.control_dependencies([y]):
        z = gn.negative(x)
    dag = x.graph.dag
    assert isinstance(dag, nx.DiGraph)
    assert list(dag.nodes) == x.graph.nodes
    assert set(dag.edges) == {(x.node, y.node), (x.node, z.node), (y.node, z.node)}
    assert nx.is_directed_acyclic_graph(dag)


def test_a_graph_prints_as_its_text() -> None:
    """Long constants are cut."""
    with Graph() as graph:
        gn.constant(np.zeros((4, 5), np.float32), name="zeros")
    assert str(graph) == "zeros = constant(value=float32(... [4, 5] ...))  # float32[4, 5]"
    assert repr(graph) == "<graph of 1 nodes>"


# The part that is needed


def test_a_subgraph_holds_what_the_fetches_need() -> None:
    """Nothing else is in it; inputs are the feeds, outputs the tensors fetched."""
    x, unused = gn.placeholder((), name="x"), gn.placeholder((), name="unused")
    y = gn.negative(x)
    gn.negative(unused)
    graph = x.graph.subgraph([y, y.node], [x])
    assert graph.nodes == [x.node, y.node]
    assert (graph.inputs, graph.outputs) == ((x,), (y,))
    assert values(graph, {x: 2.0}) == [-2.0]


def test_fed_tensors_cut_off_what_they_depend_on() -> None:
    """Any tensor can be fed; it becomes a placeholder, and what only it needs is left out."""
    x = gn.placeholder((), name="x")
    y = gn.negative(x)
    z = gn.multiply(y, y)
    before = snapshot(x.graph)
    graph = x.graph.subgraph([z, y], [y])
    assert [node.op.name for node in graph.nodes] == ["placeholder", "multiply"]
    assert values(graph, {y: 3.0}) == [9.0, 3.0]
    assert snapshot(x.graph) == before


def test_one_of_several_results_can_be_fed() -> None:
    """The other results are still computed, and the fed one is not overwritten by that."""
    x = gn.placeholder((2, 2), name="x")
    y = gn.negative(x)
    first, second = gn.split(y, 2, axis=1)
    total = gn.subtract(first, second)
    feeds = {y: [[1.0, 2.0], [3.0, 4.0]], first: [[10.0], [20.0]]}
    graph = x.graph.subgraph([total, second], feeds)
    result, rest = values(graph, feeds)
    assert result == [[8.0], [16.0]]
    assert rest == [[2.0], [4.0]]


def test_feeds_that_are_not_needed_are_inputs_too() -> None:
    """The inputs of a subgraph are the feeds, in their order."""
    x, y = gn.placeholder((), name="x"), gn.placeholder((), name="y")
    graph = x.graph.subgraph([gn.negative(x)], [y, x])
    assert graph.inputs == (y, x)
    assert values(graph, {y: 1.0, x: 2.0}) == [-2.0]


def test_a_fed_variable_is_not_read() -> None:
    """The value given takes the place of the session's."""
    weight = gn.Variable(1.0, name="weight")
    graph = weight.graph.subgraph([weight * 2.0], [weight])
    assert not graph.variables()
    assert values(graph, {weight: 4.0}) == [8.0]


def test_control_dependencies_belong_to_what_is_needed() -> None:
    """A node that must run before is part of the subgraph, and stands before."""
    x = gn.placeholder((), name="x")
    first = gn.negative(x)
    with gn.control_dependencies([first]):
        second = gn.abs(x)
    graph = x.graph.subgraph([second], [x])
    assert graph.nodes == [x.node, first.node, second.node]


def test_a_placeholder_that_is_only_waited_for_appears_once() -> None:
    """A feed can be a control dependency."""
    x, y = gn.placeholder((), name="x"), gn.placeholder((), name="y")
    with gn.control_dependencies([x]):
        z = gn.negative(y)
    graph = x.graph.subgraph([z], [x, y])
    assert graph.nodes == [x.node, y.node, z.node]
    assert set(graph.dag.edges) == {(x.node, z.node), (y.node, z.node)}


def test_a_computed_feed_that_is_waited_for_still_runs() -> None:
    """Feeding a tensor replaces its value; whoever waits for its node still waits."""
    x = gn.placeholder((), name="x")
    y = gn.negative(x)
    with gn.control_dependencies([y]):
        z = gn.multiply(y, 2.0)
    graph = x.graph.subgraph([z], [y, x])
    assert values(graph, {y: 5.0, x: 1.0}) == [10.0]
    assert nx.is_directed_acyclic_graph(graph.dag)
    assert len(graph.nodes) == len(set(graph.nodes))


def test_control_dependencies_nest_and_can_be_cleared() -> None:
    """Inner blocks add to outer ones; None clears all; operations without inputs do not wait."""
    x = gn.placeholder((), name="x")
    first, second = gn.negative(x), gn.abs(x)
    with gn.control_dependencies([first]):
        with gn.control_dependencies([second, first]):
            both = gn.square(x)
            constant = gn.constant(1.0)
        with gn.control_dependencies(None):
            none = gn.square(x)
        one = gn.square(x)
    assert both.node.control == (first.node, second.node)
    assert one.node.control == (first.node,)
    assert none.node.control == constant.node.control == ()


def test_a_deep_graph_is_cut_without_recursion() -> None:
    """Depth is not limited by Python's stack."""
    x = y = gn.placeholder((), name="x")
    for _ in range(10_000):
        y = gn.negative(y)
    graph = x.graph.subgraph([y], [x])
    assert len(graph.nodes) == 10_001
    assert graph.rebuild(keep).nodes == graph.nodes


# Rewriting


def test_a_rule_that_keeps_everything_changes_nothing() -> None:
    """The nodes are the same objects."""
    x = gn.placeholder((), name="x")
    graph = x.graph.subgraph([gn.negative(x) * 2.0], [x])
    again = graph.rebuild(keep)
    assert again is not graph
    assert (again.nodes, again.inputs, again.outputs) == (graph.nodes, graph.inputs, graph.outputs)


def test_rebuilding_drops_dead_nodes() -> None:
    """What no output needs any more is gone, and the graph rebuilt stays as it was."""
    x = gn.placeholder((), name="x")
    y = gn.negative(gn.negative(gn.square(x)))
    graph = x.graph.subgraph([gn.abs(y)], [x])
    before = snapshot(graph), snapshot(x.graph)

    def cancel(node: Node) -> Tensor | None:
        """-(-x) → x."""
        inner = node.inputs[0].node if node.inputs else node
        both = node.op.name == inner.op.name == "negative"
        return inner.inputs[0] if both else None

    made = graph.rebuild(cancel)
    assert [node.op.name for node in made.nodes] == ["placeholder", "square", "abs"]
    assert names(made.nodes) == ["x", "square", "abs"]
    assert values(made, {x: 3.0}) == values(graph, {x: 3.0}) == [9.0]
    assert (snapshot(graph), snapshot(x.graph)) == before


def test_what_a_rule_makes_takes_name_and_line_of_what_it_replaces() -> None:
    """Generated code and messages name what the user declared."""
    x = gn.placeholder((), name="x")
    y = gn.square(x)
    graph = x.graph.subgraph([y], [x])

    def multiply(node: Node) -> Tensor | None:
        """square(x) → x * x."""
        return node.inputs[0] * node.inputs[0] if node.op.name == "square" else None

    (output,) = graph.rebuild(multiply).outputs
    assert (output.node.op.name, output.name, output.node.site) == (
        "multiply",
        "square",
        y.node.site,
    )
    assert output.node not in x.graph.nodes


def test_a_replacement_must_fit() -> None:
    """A rule that changes the spec is a mistake in graphnet, and says so."""
    x = gn.placeholder((2,), name="x")
    graph = x.graph.subgraph([gn.negative(x)], [x])
    with pytest.raises(AssertionError, match="please report"):
        graph.rebuild(lambda node: gn.sum(node.inputs[0]) if node.inputs else None)


def test_control_dependencies_follow_replacements() -> None:
    """Whoever waits for a replaced node waits for what replaces it."""
    x = gn.placeholder((), name="x")
    y = gn.square(x)
    with gn.control_dependencies([y]):
        z = gn.negative(x)
    graph = x.graph.subgraph([z], [x])

    def multiply(node: Node) -> Tensor | None:
        """square(x) → x * x."""
        return node.inputs[0] * node.inputs[0] if node.op.name == "square" else None

    made = graph.rebuild(multiply)
    assert [node.op.name for node in made.nodes] == ["placeholder", "multiply", "negative"]
    assert made.nodes[2].control == (made.nodes[1],)


def test_calls_with_effects_are_not_dead() -> None:
    """A stateful call stays, even if nobody needs its result."""
    x = gn.placeholder((), name="x")
    called = gn.py_call(np.negative, [x], gn.float32, (), stateful=True)
    with gn.control_dependencies([called]):
        y = gn.square(x)
    graph = x.graph.subgraph([y], [x])
    graph.outputs = (x,)
    assert names(graph.pruned().nodes) == ["x", "py_call"]
