"""What every pass promises: equal results, the given graph left alone, and nothing renamed."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from graphnet.compiler.interpreter import interpret
from graphnet.compiler.lower_state import lower_state
from graphnet.compiler.passes.specialize import specialize
from graphnet.compiler.pipeline import PIPELINE, Pass, optimize
from graphnet.ir import Graph, Spec, Tensor, to_text
from graphnet.ir.graph import needs
from graphnet.ops.arithmetic import abs as absolute
from graphnet.ops.sources import placeholder
from graphnet.testing.compare import assert_close
from graphnet.testing.strategies import graphs
from graphnet.typing import Array
from tests.compiler.running import SEED, STEP, Ready, ready, same_bits, writing

EVERY_PASS = pytest.mark.parametrize("apply", dict.fromkeys(PIPELINE), ids=lambda p: p.__name__)
FEW = settings(max_examples=50)
ODD = [np.nan, np.inf, -np.inf, 0.0]
EXACT = {"prune", "fold_constants", "merge_duplicates"}


def run(graph: Graph, drawn: Ready) -> tuple[Array, ...]:
    """Compute the outputs of a graph node by node."""
    with np.errstate(all="ignore"):
        return interpret(graph, drawn.values, seed=SEED, step=STEP)


def require_equal(apply: Pass, drawn: Ready) -> None:
    """Require that a pass changes no result by more than rounding, most passes not at all."""
    before, after = run(drawn.graph, drawn), run(apply(drawn.graph), drawn)
    if apply.__name__ in EXACT:
        assert same_bits(after, before)
    for found, wanted in zip(after, before, strict=True):
        assert_close(found, wanted)


def odd(array: Array, data: st.DataObject, apply: Pass) -> Array:
    """Give an array some of whose floats are NaN, infinite or zero.

    A pass that may round may give a zero its other sign, and with it an infinity behind.
    """
    numbers = [*ODD, -0.0] if apply.__name__ in EXACT else ODD
    made = array.copy()
    if made.dtype.kind == "f" and made.size:
        at = data.draw(st.lists(st.integers(0, made.size - 1), max_size=3))
        drawn = data.draw(st.lists(st.sampled_from(numbers), min_size=3, max_size=3))
        made.flat[at] = drawn[: len(at)]
    return made


@EVERY_PASS
@FEW
@given(drawn=ready())
def test_results_are_equal(apply: Pass, drawn: Ready) -> None:
    """The outputs have the same values before and after."""
    require_equal(apply, drawn)


@EVERY_PASS
@FEW
@given(drawn=ready(), data=st.data())
def test_results_are_equal_for_odd_numbers(apply: Pass, drawn: Ready, data: st.DataObject) -> None:
    """No NaN, infinity or zero that is fed or held gets lost or comes up."""
    feeds = [odd(array, data, apply) for array in drawn.feeds]
    state = {variable: odd(array, data, apply) for variable, array in drawn.state.items()}
    changed = drawn._replace(feeds=feeds, state=state)
    try:
        run(drawn.graph, changed)
    except IndexError:  # what is odd has become an index
        reject()
    require_equal(apply, changed)


@EVERY_PASS
@FEW
@given(drawn=ready())
def test_specs_inputs_and_names_are_kept(apply: Pass, drawn: Ready) -> None:
    """Outputs keep their specs, inputs stay, nodes are in order and none has a new name."""
    before, after = drawn.graph, apply(drawn.graph)
    assert [tensor.spec for tensor in after.outputs] == [tensor.spec for tensor in before.outputs]
    assert list(map(id, after.inputs)) == list(map(id, before.inputs))
    assert {node.name for node in after.nodes} <= {node.name for node in before.nodes}
    require_order(after)


@EVERY_PASS
@FEW
@given(drawn=ready())
def test_the_given_graph_is_left_alone(apply: Pass, drawn: Ready) -> None:
    """A pass makes a new graph; the old one has the same nodes, inputs, outputs and text."""
    graph = drawn.graph
    text, nodes = to_text(graph.nodes, graph.outputs), list(graph.nodes)
    apply(graph)
    assert to_text(graph.nodes, graph.outputs) == text
    assert list(map(id, graph.nodes)) == list(map(id, nodes))


@EVERY_PASS
@FEW
@given(drawn=ready())
def test_passes_are_idempotent(apply: Pass, drawn: Ready) -> None:
    """What a pass has done it does not do again."""
    once = apply(drawn.graph)
    twice = apply(once)
    assert to_text(twice.nodes, twice.outputs) == to_text(once.nodes, once.outputs)


def require_order(graph: Graph) -> None:
    """Require that every node stands behind those that it needs, and only once."""
    seen = {tensor.node for tensor in graph.inputs}
    for node in graph.nodes:
        assert node not in seen or node.op.name == "placeholder"
        assert seen.issuperset(needs(node))
        seen.add(node)


# Before the pipeline


@FEW
@given(drawn=graphs(size=15, variables=False))
def test_all_passes_take_unknown_extents(drawn: tuple[Graph, dict[Tensor, Array]]) -> None:
    """`optimize` is for everybody: it decides nothing by extents that only a run can tell."""
    declared, feeds = drawn
    before = declared.subgraph(declared.outputs, feeds)
    after = optimize(before)
    with np.errstate(all="ignore"):
        wanted = interpret(before, feeds, seed=SEED, step=STEP)
        found = interpret(after, feeds, seed=SEED, step=STEP)
    for ours, theirs in zip(found, wanted, strict=True):
        assert_close(ours, theirs)


def test_a_reshape_of_unknown_extents_stays_where_it_is() -> None:
    """Its own extents, and those of what it reshapes, may be any."""
    x = placeholder((None, None))
    flat = absolute((x * 2).reshape(-1))
    rows = x.reshape(2, 1, -1).sum((0, 1))
    before = x.graph.subgraph([flat, rows], [x])
    values = {x: np.array([[1, -2], [3, 4], [5, 6]], np.float32)}
    for ours, theirs in zip(
        interpret(optimize(before), values, seed=SEED, step=STEP),
        interpret(before, values, seed=SEED, step=STEP),
        strict=True,
    ):
        assert same_bits((ours,), (theirs,))


@FEW
@given(drawn=graphs(size=15))
def test_specialized_graphs_give_the_same(drawn: tuple[Graph, dict[Tensor, Array]]) -> None:
    """With the shapes known the results are the same, and specs more precise, but not others."""
    declared, feeds = drawn
    part = declared.subgraph(declared.outputs, feeds)
    specs = [Spec(array.shape, array.dtype) for array in feeds.values()]
    text = to_text(part.nodes, part.outputs)
    made = specialize(part, specs)
    assert to_text(part.nodes, part.outputs) == text
    assert [tensor.spec for tensor in made.inputs] == specs
    assert all(old.spec.accepts(new.spec) for old, new in pairs(part.outputs, made.outputs))
    assert [node.name for node in made.nodes if node.inputs] == [
        node.name for node in part.nodes if node.inputs
    ]
    again = specialize(made, specs)
    assert to_text(again.nodes, again.outputs) == to_text(made.nodes, made.outputs)
    results = [interpreted(graph, feeds, declared) for graph in (part, made)]
    assert same_bits(*results)


def interpreted(graph: Graph, feeds: dict[Tensor, Array], declared: Graph) -> Sequence[Array]:
    """Run a graph on fed arrays and the initial values of variables."""
    values = dict(zip(graph.inputs, feeds.values(), strict=True))
    for variable in declared.variables():
        values[variable] = variable.node.op.initial.node.op.kernel()  # type: ignore[attr-defined]
    with np.errstate(all="ignore"):
        return interpret(lower_state(graph).graph, values, seed=SEED, step=STEP)


def pairs(first: Sequence[Tensor], second: Sequence[Tensor]) -> list[tuple[Tensor, Tensor]]:
    """Give the tensors of two graphs side by side."""
    return list(zip(first, second, strict=True))


@FEW
@given(drawn=writing())
def test_lowered_graphs_have_no_state(drawn: tuple[Graph, dict[Tensor, Array]]) -> None:
    """No read or write is left; the outputs have their specs, the new values those of variables."""
    declared, feeds = drawn
    part = declared.subgraph(declared.outputs, feeds)
    text = to_text(part.nodes, part.outputs)
    lowered = lower_state(part)
    assert to_text(part.nodes, part.outputs) == text
    assert {node.op.name for node in lowered.graph.nodes}.isdisjoint({"assign", "group", "read"})
    count = len(part.outputs)
    outputs, values = lowered.graph.outputs[:count], lowered.graph.outputs[count:]
    assert all(old.spec.accepts(new.spec) for old, new in pairs(part.outputs, outputs))
    assert all(
        old.spec.accepts(new.spec)
        for old, new in pairs([variable for (variable,) in lowered.targets], values)
    )
    again = lower_state(lowered.graph)
    assert again.targets == ()
    assert to_text(again.graph.nodes, again.graph.outputs) == to_text(
        lowered.graph.nodes, lowered.graph.outputs
    )
