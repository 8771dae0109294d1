"""Random graphs: well-typed, with moderate values, of all ops, and shrinking to what matters."""

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings

import graphnet as gn
from graphnet.ir import Effect, Graph, Node, Op, Spec, f32
from graphnet.ops.families import Unary
from graphnet.testing.strategies import RandomGraph, candidates, graphs
from graphnet.typing import Array

QUICK = settings(
    max_examples=1000, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def smallest(found: Callable[[Graph], bool]) -> Graph:
    """Give what hypothesis shrinks a graph to."""
    drawn = find(graphs(size=8), lambda drawn: found(drawn.graph), settings=QUICK)
    return drawn.graph


def ops(graph: Graph) -> list[str]:
    """Give the names of the ops of a graph."""
    return [node.op.name for node in graph.nodes]


@given(graphs())
def test_a_graph_can_be_run(drawn: RandomGraph) -> None:
    """Feeds fit their placeholders, and outputs are moderate numbers of their specs."""
    graph, feeds = drawn
    assert set(feeds) == set(graph.placeholders)
    assert graph.outputs
    with gn.Session(graph, seed=0, optimize=False) as session:
        for output, value in zip(
            graph.outputs, session.run(list(graph.outputs), feeds), strict=True
        ):
            assert output.spec.accepts(Spec(value.shape, value.dtype))
            assert np.all(np.isfinite(value))


@given(graphs(size=4))
def test_the_size_is_bounded(drawn: RandomGraph) -> None:
    """An op takes at most three operands from elsewhere, each brought to its place in six steps."""
    assert len(drawn.graph.nodes) <= 1 + 4 * (1 + 3 * 7)


@given(graphs(random=False, variables=False, unknown=False, dtype=np.dtype(np.float64)))
def test_options_leave_things_out(drawn: RandomGraph) -> None:
    """Random ops, variables and unknown extents can be done without."""
    effects = {node.op.effect for node in drawn.graph.nodes}
    assert effects <= {Effect.PURE, Effect.FED}
    assert all(x.spec.is_static for x in drawn.feeds)
    assert all(array.dtype != np.float32 for array in drawn.feeds.values())


def test_all_that_can_be_drawn_is_drawn() -> None:
    """Unknown and named extents, variables, random ops, several outputs and shared results."""
    seen: Counter[str] = Counter()

    @settings(max_examples=200, database=None, derandomize=True, phases=[Phase.generate])
    @given(graphs())
    def look(drawn: RandomGraph) -> None:
        graph = drawn.graph
        extents = [extent for x in drawn.feeds for extent in x.shape]
        uses = Counter(tensor for node in graph.nodes for tensor in node.inputs)
        seen["unknown"] += None in extents
        seen["named"] += any(isinstance(extent, str) for extent in extents)
        seen["variable"] += bool(graph.variables())
        seen["random"] += any(node.op.effect is Effect.RANDOM for node in graph.nodes)
        seen["several"] += len(graph.outputs) > 1
        seen["shared"] += any(count > 1 for count in uses.values())
        seen["results"] += any(len(node.outputs) > 1 for node in graph.nodes)
        seen["deep"] += len(graph.nodes) > 20
        seen["empty"] += any(not array.size for array in drawn.feeds.values())

    look()
    assert all(seen[kind] >= 10 for kind in seen), seen
    assert len(seen) == 9


def test_every_op_takes_part() -> None:
    """Whatever has samples and is computed; the user's own ops, too."""

    class Own(Op):
        name = "own"
        samples = (gn.ir.Sample(f32(2, 3)),)

        def infer(self, x: Spec) -> Spec:
            return x

        def kernel(self, x: Array) -> Array:
            return x.copy()

    cases = candidates(frozenset(gn.ir.OPS.values()), smooth=False, random=True)
    computed = {Effect.PURE, Effect.RANDOM}
    expected = {op.name for op in gn.ir.OPS.values() if op.samples and op.effect in computed}
    assert {case.op.name for case in cases} == expected
    assert "own" in expected


def test_smooth_graphs_have_no_steps() -> None:
    """Ops whose derivative is zero almost everywhere are left out where differences are taken."""
    cases = candidates(frozenset(gn.ir.OPS.values()), smooth=True, random=True)
    smooth = {case.op.name for case in cases if case.takes_floats}
    assert not smooth & {"floor", "ceil", "round", "sign", "floor_divide", "mod", "stop_gradient"}
    assert {"relu", "where", "argmax", "less", "top_k", "gather", "matmul"} <= smooth


@pytest.mark.parametrize("name", ["matmul", "top_k"])
def test_a_failing_op_is_left_alone(name: str) -> None:
    """Where one op is at fault, it and its operands are all that is left."""
    graph = smallest(lambda graph: name in ops(graph))
    operands = max(len(node.inputs) for node in graph.nodes)
    assert ops(graph) == ["placeholder"] * (len(graph.nodes) - 1) + [name]
    assert len(graph.nodes) <= operands + 2


def test_a_graph_shows_its_text() -> None:
    """What hypothesis prints of a failing example can be read."""
    with Graph() as graph:
        x = gn.placeholder((2,), name="x")
    graph.outputs = (x,)
    assert repr(RandomGraph(graph, {x: np.array([1.0, 2.0])})) == (
        "RandomGraph:\n"
        "x = placeholder(shape=(2,), dtype=float32)  # float32[2]\n"
        "return x\n"
        "x is [1.0, 2.0]"
    )


def test_a_failing_pair_is_left_alone() -> None:
    """Where two ops in a row are at fault, they are all that is left."""

    def is_pair(node: Node) -> bool:
        row = [node.op, *(tensor.node.op for tensor in node.inputs)]
        return len(row) == 2 and all(isinstance(op, Unary) for op in row)

    graph = smallest(lambda graph: any(map(is_pair, graph.nodes)))
    assert len(graph.nodes) <= 4
