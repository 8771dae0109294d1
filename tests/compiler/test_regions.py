"""Elementwise work on large arrays, done block by block."""

import numpy as np
import pytest
from hypothesis import given

import graphnet as gn
from graphnet.compiler import regions
from graphnet.compiler.options import Options
from graphnet.compiler.plan import Plan
from graphnet.compiler.steps import Block, Blocks
from graphnet.testing.strategies import RandomGraph, graphs
from graphnet.typing import DType
from tests.compiler.test_compiled import require_close
from tests.compiler.trials import SEED, Reference


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take two blocks for arrays of any size."""
    monkeypatch.setattr(regions, "count_blocks", lambda *_: 2)


def plan_of(session: gn.Session) -> Plan:
    """Give the plan that ran last."""
    return next(reversed(session.programs.values())).plan


def blocks_of(plan: Plan) -> list[Blocks]:
    """Give the steps that go through blocks."""
    return [step for step in plan.steps if isinstance(step, Blocks)]


def chain(x: gn.Tensor) -> list[gn.Tensor]:
    """Declare a function and its derivative."""
    y = gn.tanh(x) * gn.sigmoid(x) + gn.exp(-x * x)
    return [y, *gn.gradients(y, [x])]


def test_values_inside_take_the_memory_of_blocks() -> None:
    """What is handed out is whole; the rest shares memory for one block."""
    x = gn.placeholder((40,), name="x")
    fetches = chain(x)
    with gn.Session() as session:
        session.run(fetches, {x: np.ones(40, np.float32)})
        plan = plan_of(session)
    (step,) = blocks_of(plan)
    rooms = {place.room for place in plan.places.values() if isinstance(place, Block)}
    assert rooms == set(range(len(step.rooms)))
    assert len(step.rooms) < len(step.calls) / 2
    assert plan.arena == 0


@pytest.mark.parametrize("shape", [(2,), (7,), (40,), (5, 3), (3, 1, 4)])
@pytest.mark.parametrize("dtype", [gn.float32, gn.float64])
def test_blocks_give_the_bits_of_whole_arrays(shape: tuple[int, ...], dtype: DType) -> None:
    """Each position is computed as it would be alone, whatever the layout of the feed is."""
    x = gn.placeholder(shape, dtype, name="x")
    fetches = chain(x)
    values = np.random.default_rng(0).standard_normal(shape[::-1]).astype(dtype).T
    with gn.Session() as session, gn.Session(optimize=Options(forms=False)) as other:
        found = session.run(fetches, {x: values})
        wanted = other.run(fetches, {x: values})
        assert blocks_of(plan_of(session))
        assert not blocks_of(plan_of(other))
    assert all(np.array_equal(*pair) for pair in zip(found, wanted, strict=True))


@given(graphs(random=False))
def test_random_graphs_in_blocks(drawn: RandomGraph) -> None:
    """Whatever can be done in blocks gives what the reference gives, in several runs."""
    graph, feeds = drawn
    fetches = list(graph.outputs)
    expected = Reference(graph).run(fetches, feeds)
    with gn.Session(graph, seed=SEED) as session, np.errstate(all="ignore"):
        for _ in range(2):
            require_close(session.run(fetches, feeds), expected)


def test_numbers_of_the_run_are_seen_inside() -> None:
    """A fed or computed number is the same for all blocks."""
    x = gn.placeholder((40,), name="x")
    rate = gn.placeholder((), name="rate")
    y = gn.exp(x * rate) * gn.sqrt(rate) + rate
    with gn.Session() as session:
        found = session.run(y, {x: np.ones(40, np.float32), rate: 4.0})
    np.testing.assert_allclose(found, np.exp(4.0) * 2 + 4, rtol=1e-6)


def test_an_error_names_the_op_inside_of_the_block() -> None:
    """The line of the user, not that of the region."""
    x = gn.placeholder((40,), name="x")
    y = gn.tanh(gn.ir.OPS["log"]()(x, name="logarithm") + 1.0)
    expected = pytest.raises(gn.errors.ExecutionError, match="log 'logarithm' failed")
    with gn.Session() as session, np.errstate(all="raise"), expected:
        session.run(y, {x: np.zeros(40, np.float32)})


def test_updates_of_variables_are_no_part_of_a_region() -> None:
    """Ctrl-C between two blocks must not leave half of a variable."""
    weight = gn.Variable(np.ones(100_000, np.float32), name="weight")
    step = gn.assign(weight, gn.tanh(weight) * 0.5 + weight)
    with gn.Session() as session:
        session.run(gn.group(step))
        plan = plan_of(session)
        value = session.run(weight)
    assert plan.updates
    assert not {call.node for step in blocks_of(plan) for call in step.calls} & {
        update.node for update in plan.updates
    }
    np.testing.assert_allclose(value, np.tanh(1.0) * 0.5 + 1, rtol=1e-6)
