"""Compiled = interpreted: a session gives what the reference gives, on random graphs."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import graphnet as gn
from graphnet.compiler.interpreter import interpret
from graphnet.compiler.lower_state import lower_state
from graphnet.ir import Tensor
from graphnet.ir.spec import is_float
from graphnet.ops.sources import Variable
from graphnet.testing.compare import EXACT
from graphnet.testing.strategies import RandomGraph, graphs
from graphnet.typing import Array

SEED = 5


def reference(
    fetches: list[Tensor], feeds: dict[Tensor, Array], state: dict[Tensor, Array], step: int = 1
) -> list[Array]:
    """Interpret what is fetched node by node, and write the variables that it writes."""
    lowered = lower_state(fetches[0].graph.subgraph(fetches, feeds))
    inputs = dict(zip(lowered.graph.inputs, feeds.values(), strict=True))
    with np.errstate(all="ignore"):
        results = interpret(lowered.graph, {**state, **inputs}, seed=SEED, step=step)
    state.update(
        zip([variable for (variable,) in lowered.targets], results[len(fetches) :], strict=True)
    )
    return list(results[: len(fetches)])


def initial_state(graph: gn.Graph) -> dict[Tensor, Array]:
    """Give the initial values of all variables."""
    variables = [each for each in graph.variables() if isinstance(each, Variable)]
    return {
        each: interpret(graph.subgraph([each.initial_value]), {})[0].copy() for each in variables
    }


def require_close(found: list[Array], expected: list[Array], *, exact: bool = False) -> None:
    """Require equal dtypes and shapes, and equal elements but for rounding."""
    for result, wanted in zip(found, expected, strict=True):
        assert result.dtype == wanted.dtype
        gn.testing.assert_close(result, wanted, tolerance=EXACT if exact else None)


@given(graphs())
def test_a_session_gives_what_the_reference_gives(drawn: RandomGraph) -> None:
    """Passes, memory planning and generated code change nothing but rounding."""
    graph, feeds = drawn
    fetches = list(graph.outputs)
    expected = reference(fetches, feeds, initial_state(graph))
    with gn.Session(graph, seed=SEED) as session, np.errstate(all="ignore"):
        require_close(session.run(fetches, feeds), expected)


@given(graphs())
def test_without_optimization_nothing_is_rounded_differently(drawn: RandomGraph) -> None:
    """The plain plan computes the same, to the last bit."""
    graph, feeds = drawn
    fetches = list(graph.outputs)
    expected = reference(fetches, feeds, initial_state(graph))
    with gn.Session(graph, seed=SEED, optimize=False) as session, np.errstate(all="ignore"):
        require_close(session.run(fetches, feeds), expected, exact=True)


@given(graphs(random=False))
def test_memory_is_used_again_without_traces(drawn: RandomGraph) -> None:
    """A second run gives the same bits, the first one's results stay, and feeds are not touched."""
    graph, feeds = drawn
    fetches = list(graph.outputs)
    copies = {tensor: array.copy() for tensor, array in feeds.items()}
    others = {tensor: np.zeros_like(array) for tensor, array in feeds.items()}
    with gn.Session(graph, seed=SEED) as session, np.errstate(all="ignore"):
        first = session.run(fetches, feeds)
        kept = [result.copy() for result in first]
        for result in session.run(fetches, feeds):
            result.fill(1)
        if not any(tensor.dtype.kind in "iu" for tensor in feeds):
            session.run(fetches, others)
        require_close(session.run(fetches, feeds), kept, exact=True)
    require_close(first, kept, exact=True)
    require_close(list(feeds.values()), list(copies.values()), exact=True)


@given(graphs(smooth=True, size=12))
def test_gradients_are_compiled_like_anything_else(drawn: RandomGraph) -> None:
    """Outputs and gradients of first and second order in one run."""
    graph, feeds = drawn
    sources = [tensor for tensor in feeds if is_float(tensor.dtype)]
    slopes = gn.gradients(graph.outputs, sources, allow_unused=True)
    fetches = [*graph.outputs, *slopes, *gn.gradients(slopes, sources, allow_unused=True)]
    expected = reference(fetches, feeds, initial_state(graph))
    with gn.Session(graph, seed=SEED) as session, np.errstate(all="ignore"):
        found = session.run(fetches, feeds)
    for result, wanted in zip(found, expected, strict=True):
        assert result.dtype == wanted.dtype
        # Second derivatives may be sums of large parts that cancel.
        scale = max(1.0, float(np.max(np.abs(wanted), initial=0.0)))
        gn.testing.assert_close(result / scale, wanted / scale)


@given(graphs(size=10), st.data())
def test_any_tensor_can_be_fed(drawn: RandomGraph, data: st.DataObject) -> None:
    """Whatever was computed on the way can be given as well, and then decides."""
    graph, feeds = drawn
    inner = [output for node in graph.nodes for output in node.outputs if node.inputs]
    chosen = data.draw(st.lists(st.sampled_from(inner), max_size=3, unique=True)) if inner else []
    state = initial_state(graph)
    values = reference(chosen, feeds, dict(state)) if chosen else []
    more = feeds | {tensor: value + value for tensor, value in zip(chosen, values, strict=True)}
    fetches = list(graph.outputs)
    if any(tensor.dtype.kind in "iu" for tensor in chosen):
        return
    expected = reference(fetches, more, state)
    with gn.Session(graph, seed=SEED) as session, np.errstate(all="ignore"):
        require_close(session.run(fetches, more), expected)


@given(graphs(size=10, smooth=True), st.integers(1, 3))
def test_variables_are_updated_as_in_the_reference(drawn: RandomGraph, runs: int) -> None:
    """After some steps of descent, all variables have the values that the reference gives them."""
    graph, feeds = drawn
    variables = [each for each in graph.variables() if isinstance(each, Variable)]
    floats = [each for each in variables if is_float(each.dtype)]
    slopes = gn.gradients(graph.outputs, floats, allow_unused=True)
    with graph:
        pairs = zip(floats, slopes, strict=True)
        steps = [gn.assign_sub(each, gn.tanh(slope) * 0.01) for each, slope in pairs]
    fetches = [*graph.outputs, *steps]
    state = initial_state(graph)
    draws = any(
        node.op.effect is gn.ir.Effect.RANDOM for node in graph.subgraph(fetches, feeds).nodes
    )
    with gn.Session(graph, seed=SEED) as session, np.errstate(all="ignore"):
        for run in range(runs):
            expected = reference(fetches, feeds, state, run + 1 if draws else 1)
            require_close(session.run(fetches, feeds), expected)
        require_close(session.run(variables), [state[each] for each in variables])
