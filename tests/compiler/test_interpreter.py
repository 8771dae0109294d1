"""Compiled code, the plan walked through, and the graph run node by node give the same."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given

import graphnet as gn
from graphnet.compiler.interpreter import interpret, walk
from graphnet.compiler.memory import Workspace
from graphnet.compiler.pipeline import optimize
from graphnet.compiler.store import Store
from graphnet.ir import Graph, Op, Spec, Tensor
from graphnet.testing.compare import assert_close
from graphnet.typing import Array
from tests.compiler.running import (
    SEED,
    STEP,
    Ready,
    calls,
    plan_of,
    ready,
    same_bits,
    walks,
    writing,
)


def interpreted(drawn: Ready, graph: Graph) -> list[Array]:
    """Run a graph node by node: the fetches, then the state afterwards."""
    with np.errstate(all="ignore"):
        results = interpret(graph, drawn.values, seed=SEED, step=STEP)
    fetched = len(results) - len(drawn.targets)
    written = [variable for (variable,) in drawn.targets]
    state = {**drawn.state, **dict(zip(written, results[fetched:], strict=True))}
    return [*results[:fetched], *state.values()]


@given(drawn=ready())
def test_unoptimized_code_gives_the_bits_of_the_interpreter(drawn: Ready) -> None:
    """Without passes the same kernels run, and nothing differs."""
    plan = plan_of(drawn, optimized=False)
    with np.errstate(all="ignore"):
        found = calls(plan, drawn)
        assert same_bits(found, walks(plan, drawn))
        assert same_bits(found, interpreted(drawn, drawn.graph))


@given(drawn=ready())
def test_optimized_code_gives_the_bits_of_the_walk(drawn: Ready) -> None:
    """Code and walk do the same steps in the same memory; the graph node by node gives the same."""
    plan = plan_of(drawn)
    with np.errstate(all="ignore"):
        found = calls(plan, drawn)
        assert same_bits(found, walks(plan, drawn))
        assert same_bits(found, interpreted(drawn, optimize(drawn.graph)))


@given(drawn=ready())
def test_optimizing_changes_no_more_than_rounding(drawn: Ready) -> None:
    """The optimized code gives what the graph as declared gives."""
    with np.errstate(all="ignore"):
        found = calls(plan_of(drawn), drawn, forms=True)
    for result, wanted in zip(found, interpreted(drawn, drawn.graph), strict=True):
        assert_close(result, wanted)


@given(drawn=writing())
def test_sessions_agree(drawn: tuple[Graph, dict[Tensor, Array]]) -> None:
    """Sessions that optimize and that do not give the same in several runs, state included."""
    graph, feeds = drawn
    runs = []
    for optimized in (True, False):
        with np.errstate(all="ignore"), gn.Session(graph, SEED, optimized) as session:
            results = [session.run(graph.outputs, feeds) for _ in range(2)]
            runs.append([*results[0], *results[1], *session.run(graph.variables())])
    for found, wanted in zip(*runs, strict=True):
        assert_close(found, wanted)


@pytest.mark.parametrize("shape", [(2,), (2, 3)])
def test_several_results(shape: tuple[int, ...]) -> None:
    """All results of a node are known by its consumers, in every way of running."""

    class Both(Op):
        """Sum and difference of the parts of x, as NumPy scalars where there are no axes."""

        name = "both"

        def infer(self, x: Spec) -> tuple[Spec, Spec]:
            return x.with_shape(x.shape[1:]), x.with_shape(x.shape[1:])

        def kernel(self, x: Array) -> tuple[Array, Array]:
            return x[0] + x[1], x[0] - x[1]

    x = gn.placeholder(shape, name="x")
    total, difference = Both().apply(x).outputs
    graph = x.graph.subgraph([total * difference, difference], [x])
    array = np.arange(1.0, 1 + np.prod(shape), dtype=np.float32).reshape(shape)
    drawn = Ready(graph, [array], {}, ())
    expected = [array[0] ** 2 - array[1] ** 2, array[0] - array[1]]
    for results in each_way(drawn):
        assert all(type(result) is np.ndarray for result in results)
        assert same_bits(results, [np.asarray(value) for value in expected])


def each_way(drawn: Ready) -> list[Sequence[Array]]:
    """Run a graph in all ways."""
    plans = [plan_of(drawn, optimized=optimized) for optimized in (True, False)]
    found: list[Sequence[Array]] = [interpreted(drawn, drawn.graph)]
    found += [calls(plan, drawn) for plan in plans]
    found += [walks(plan, drawn) for plan in plans]
    return found


def test_draws_are_the_same_in_every_way() -> None:
    """Random numbers follow from seed, name and step, whatever runs them."""
    draws = [gn.random.uniform((3,), name="a"), gn.random.normal((3,), name="b")]
    graph = draws[0].graph.subgraph([*draws, draws[0] + draws[1]])
    first, *others = each_way(Ready(graph, [], {}, ()))
    assert all(same_bits(results, first) for results in others)


def test_steps_and_seeds_make_other_draws() -> None:
    """The interpreters take the step and the seed into account."""
    draw = gn.random.uniform((3,), name="a")
    graph = draw.graph.subgraph([draw])
    plan = plan_of(Ready(graph, [], {}, ()))
    found = set()
    for seed, step in ((1, 1), (1, 2), (2, 1)):
        (result,) = interpret(graph, {}, seed=seed, step=step)
        (walked,) = walk(plan, Workspace(plan, Store()), [], seed=seed, step=step)
        assert same_bits([result], [walked])
        found.add(tuple(result.tolist()))
    assert len(found) == 3


def test_writes_wait_for_all_steps() -> None:
    """The walk commits at its end, and values that lie in variables are copied before."""
    a, b = gn.Variable([1.0, 2.0], name="a"), gn.Variable([3.0, 4.0], name="b")
    graph = a.graph.subgraph([a, b, b, a])
    drawn = Ready(graph, [], {a: np.array([1, 2], "f4"), b: np.array([3, 4], "f4")}, ((a,), (b,)))
    expected = [[1.0, 2.0], [3.0, 4.0], [3.0, 4.0], [1.0, 2.0]]
    for results in each_way(drawn):
        assert [result.tolist() for result in results] == expected
