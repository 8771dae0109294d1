"""Compiled = interpreted: a session gives what the reference gives, on random graphs."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import graphnet as gn
from graphnet.compiler.options import Options
from graphnet.ir.spec import is_float
from graphnet.ops.sources import Variable
from graphnet.testing.compare import EXACT, Tolerance, tolerance_of
from graphnet.testing.strategies import RandomGraph, graphs
from graphnet.typing import Array
from tests.compiler.running import writing
from tests.compiler.settings import drawn_options
from tests.compiler.trials import SEED, DirtySession, Reference


def rounding(graph: gn.Graph) -> Tolerance:
    """Give what counts as rounding: a float64 may have been cast from a rounded float32."""
    return tolerance_of(*(output.dtype for node in graph.nodes for output in node.outputs))


def require_close(
    found: list[Array], expected: list[Array], tolerance: Tolerance | None = None
) -> None:
    """Require equal dtypes and shapes, and equal elements but for rounding."""
    for result, wanted in zip(found, expected, strict=True):
        assert result.dtype == wanted.dtype
        allowed = tolerance if is_float(wanted.dtype) else None
        gn.testing.assert_close(result, wanted, tolerance=allowed)


def require_near(found: list[Array], expected: list[Array], tolerance: Tolerance) -> None:
    """Require elements equal but for rounding of the largest: gradients are sums that cancel."""
    for result, wanted in zip(found, expected, strict=True):
        assert result.dtype == wanted.dtype
        if not is_float(wanted.dtype):
            gn.testing.assert_close(result, wanted)
            continue
        finite = np.abs(wanted[np.isfinite(wanted)])
        scale = max(1.0, float(np.max(finite, initial=0.0)))
        gn.testing.assert_close(result / scale, wanted / scale, tolerance=tolerance)


@given(graphs())
def test_a_session_gives_what_the_reference_gives(drawn: RandomGraph) -> None:
    """Passes, memory planning and generated code change nothing but rounding."""
    graph, feeds = drawn
    fetches = list(graph.outputs)
    expected = Reference(graph).run(fetches, feeds)
    with gn.Session(graph, seed=SEED) as session, np.errstate(all="ignore"):
        require_close(session.run(fetches, feeds), expected, rounding(graph))


@given(graphs())
def test_without_optimization_nothing_is_rounded_differently(drawn: RandomGraph) -> None:
    """The plain plan computes the same, to the last bit."""
    graph, feeds = drawn
    fetches = list(graph.outputs)
    expected = Reference(graph).run(fetches, feeds)
    with gn.Session(graph, seed=SEED, optimize=False) as session, np.errstate(all="ignore"):
        require_close(session.run(fetches, feeds), expected, EXACT)


@given(graphs(), drawn_options())
def test_no_setting_changes_a_result(drawn: RandomGraph, options: Options) -> None:
    """Whichever steps of the compiler run, and whatever temporary memory held before."""
    graph, feeds = drawn
    fetches = list(graph.outputs)
    expected = Reference(graph).run(fetches, feeds)
    with DirtySession(graph, seed=SEED, optimize=options) as session, np.errstate(all="ignore"):
        require_close(session.run(fetches, feeds), expected, rounding(graph))


@given(writing(), drawn_options())
def test_no_setting_changes_a_write(drawn: RandomGraph, options: Options) -> None:
    """Gradients and new values of variables, in two runs of which the second reads them."""
    graph, feeds = drawn
    fetches, variables = list(graph.outputs), list(graph.variables())
    reference, allowed = Reference(graph), rounding(graph)
    with DirtySession(graph, seed=SEED, optimize=options) as session, np.errstate(all="ignore"):
        for _ in range(2):
            require_near(session.run(fetches, feeds), reference.run(fetches, feeds), allowed)
        require_near(session.run(variables), [reference.state[v] for v in variables], allowed)


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
        require_close(session.run(fetches, feeds), kept, EXACT)
    require_close(first, kept, EXACT)
    require_close(list(feeds.values()), list(copies.values()), EXACT)


@given(graphs(smooth=True, size=12))
def test_gradients_are_compiled_like_anything_else(drawn: RandomGraph) -> None:
    """Outputs and gradients of first and second order in one run."""
    graph, feeds = drawn
    sources = [tensor for tensor in feeds if is_float(tensor.dtype)]
    slopes = gn.gradients(graph.outputs, sources, allow_unused=True)
    fetches = [*graph.outputs, *slopes, *gn.gradients(slopes, sources, allow_unused=True)]
    expected = Reference(graph).run(fetches, feeds)
    with gn.Session(graph, seed=SEED) as session, np.errstate(all="ignore"):
        found = session.run(fetches, feeds)
    require_near(found, expected, rounding(graph))


@given(graphs(size=10), st.data())
def test_any_tensor_can_be_fed(drawn: RandomGraph, data: st.DataObject) -> None:
    """Whatever was computed on the way can be given as well, and then decides."""
    graph, feeds = drawn
    inner = [output for node in graph.nodes for output in node.outputs if node.inputs]
    chosen = data.draw(st.lists(st.sampled_from(inner), max_size=3, unique=True)) if inner else []
    values = Reference(graph).run(chosen, feeds)
    more = feeds | {tensor: value + value for tensor, value in zip(chosen, values, strict=True)}
    fetches = list(graph.outputs)
    if any(tensor.dtype.kind in "iu" for tensor in chosen):
        return
    expected = Reference(graph).run(fetches, more)
    with gn.Session(graph, seed=SEED) as session, np.errstate(all="ignore"):
        require_close(session.run(fetches, more), expected, rounding(graph))


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
    reference, allowed = Reference(graph), rounding(graph)
    with gn.Session(graph, seed=SEED) as session, np.errstate(all="ignore"):
        for _ in range(runs):
            require_close(session.run(fetches, feeds), reference.run(fetches, feeds), allowed)
        require_close(session.run(variables), [reference.state[v] for v in variables], allowed)
