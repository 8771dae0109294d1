"""What a training step does besides, found by walking from its loss."""

import re
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import pytest

import graphnet as gn
from graphnet.ops.attach import attached, penalize, track, unsaid
from tests.compiler.pictures import picture

Mistake: TypeAlias = Callable[[], gn.Tensor]


def average(initial: object = 0.0, name: str = "average") -> gn.Variable:
    """Make a variable that keeps a moving average."""
    return gn.Variable(initial, name=name, trainable=False)


def all_attached(x: gn.Tensor, variable: gn.Variable, penalty: gn.Tensor) -> gn.Tensor:
    """Attach one of each to a tensor."""
    return unsaid(penalize(track(x, variable, x.mean(), 0.9), penalty), "layer")


def test_values_and_gradients_pass() -> None:
    """The first operand comes out as it is, and alone gets the gradient, which is unchanged."""
    x, weight, state = gn.Variable([1.0, 2.0]), gn.Variable(3.0), average()
    y = all_attached(x, state, weight * weight)
    loss = (y * y).sum()
    found = gn.gradients(loss, [x, weight, state], allow_unused=True)
    values, d_x, d_weight, d_state = gn.evaluate([y, *found])
    np.testing.assert_array_equal(values, [1.0, 2.0])
    np.testing.assert_array_equal(d_x, [2.0, 4.0])
    assert d_weight == d_state == 0


def test_what_is_attached_is_found() -> None:
    """Wherever it is between the loss and its sources."""
    x, state = gn.placeholder((None,)), average()
    penalty = gn.Variable(2.0) * 3
    y = all_attached(x, state, penalty)
    found = attached(gn.exp(y).sum() + 1)
    ((variable, statistic, momentum),) = found.averages
    assert variable is state
    assert statistic.node.op.name == "mean"
    assert momentum == 0.9
    assert found.penalties == [penalty]
    assert [node.op for node in found.unsaid] == [y.node.op]


def test_what_the_loss_is_not_made_of_is_not_found() -> None:
    """Another loss in the same graph has attachments of its own."""
    x = gn.placeholder((None,))
    all_attached(x, average(), x.sum())
    assert attached(x.sum()) == ([], [], [])


def test_a_penalty_counts_once() -> None:
    """However many values it is attached to, and however many ways lead there."""
    x, penalty = gn.Variable([1.0, 2.0]), gn.Variable(2.0) * 3
    first, second = penalize(x, penalty), penalize(2 * x, penalty)
    loss = (first * second + penalize(first, penalty)).sum()
    assert len(attached(loss).penalties) == 1


def test_averages_count_each_time() -> None:
    """In the order in which they were declared, not that in which the loss leads to them."""
    x, state = gn.placeholder((None,)), average()
    first = track(x, state, x.mean(), 0.5)
    second = track(x, state, x.max(), 0.5)
    found = attached((second - first).sum()).averages
    assert [item.statistic.node.op.name for item in found] == ["mean", "max"]


def test_attachments_of_attachments_are_found() -> None:
    """What a penalty is computed from may itself ask for something."""
    x = gn.Variable(2.0)
    inner, outer = x * x, penalize(x, x + 1)
    loss = penalize(x, penalize(outer * 2, inner))
    assert len(attached(loss).penalties) == 3


def test_behind_stop_gradient() -> None:
    """Averages move there, too; but nothing is learned, so that no penalty and no mode matters."""
    x, state = gn.Variable([1.0]), average()
    target = gn.stop_gradient(all_attached(x, state, x.sum()))
    found = attached((x - target).sum())
    assert [item.variable for item in found.averages] == [state]
    assert not found.penalties
    assert not found.unsaid
    assert attached((x - target + all_attached(x, state, x.sum())).sum()).penalties


def test_plans_know_nothing_of_it() -> None:
    """A compiled result has the ops of the plain one: nothing that is only attached is computed."""
    x = gn.placeholder((None, 3), name="x")
    weight, state = gn.Variable(2.0, name="weight"), average()
    plain = gn.tanh(x) * weight
    tracked = track(gn.tanh(x), state, x.mean(), 0.9)
    result = unsaid(penalize(tracked, gn.exp(weight)) * weight, "layer")
    with gn.Session() as session:
        plans = []
        for fetch in (plain, result):
            function = session.compile(fetch, [x])
            function(np.ones((2, 3), np.float32))
            plans.append([node.op for node in function.plan.graph.nodes])
    assert plans[0] == plans[1]


def test_without_optimization_values_are_the_same() -> None:
    """The attachments are computed then, and change nothing."""
    x = gn.constant([1.0, 2.0])
    y = all_attached(x, average(), x.sum())
    with gn.Session(optimize=False) as session:
        np.testing.assert_array_equal(session.run(y), [1.0, 2.0])


def test_the_text_shows_them() -> None:
    """A declared graph says what belongs to its steps."""
    with gn.Graph() as graph:
        x = gn.placeholder((2,), name="x")
        unsaid(x, "model/dropout")
    lines = picture(graph).splitlines()
    assert lines[1] == "unsaid = unsaid(x, layer='model/dropout')"


TRAINABLE = """\
track: a moving average is kept by a variable that is not trainable
  at FILE:LINE
  float32[]  variable 'weight'  FILE:LINE
hint: declare it with gn.Variable(initial_value, trainable=False)"""
MOMENTUM = """\
track: 1.5 is not a momentum
  at FILE:LINE
hint: it is the share that the average keeps in a step, a number from 0 to 1"""
MISFIT = """\
track: a statistic float32[3] cannot be tracked by a variable float32[]
  at FILE:LINE
  x          float32[3]  placeholder 'x'     FILE:LINE
  variable   float32[]   variable 'average'  FILE:LINE
  statistic  float32[3]  placeholder 'x'     FILE:LINE
hint: shapes and dtypes must be equal"""
COUNT = """\
track: a moving average is floating, and this one is int64[]
  at FILE:LINE
  x          float32[3]  placeholder 'x'   FILE:LINE
  variable   int64[]     variable 'count'  FILE:LINE
  statistic  int64[]     constant 'n'      FILE:LINE
hint: use gn.Variable(0.0, trainable=False)"""
VECTOR = """\
penalize: a penalty is a scalar, and this one is float32[3]
  at FILE:LINE
  x        float32[3]  placeholder 'x'  FILE:LINE
  penalty  float32[3]  placeholder 'x'  FILE:LINE
hint: add its elements up, as in penalty.sum()"""
INTEGER = """\
penalize: a penalty is floating, and this one is int64[]
  at FILE:LINE
  x        float32[3]  placeholder 'x'  FILE:LINE
  penalty  int64[]     constant 'n'     FILE:LINE
hint: use gn.cast(penalty, gn.float32)"""


def test_what_cannot_be_attached() -> None:
    """Each mistake has its message."""
    x, state = gn.placeholder((3,), name="x"), average()
    weight, n = gn.Variable(1.0, name="weight"), gn.constant(3, name="n")
    mistakes: dict[str, Mistake] = {
        TRAINABLE: lambda: track(x, weight, x.mean(), 0.9),
        MOMENTUM: lambda: track(x, state, x.mean(), 1.5),
        MISFIT: lambda: track(x, state, x, 0.9),
        COUNT: lambda: track(x, average(0, "count"), n, 0.9),
        VECTOR: lambda: penalize(x, x),
        INTEGER: lambda: penalize(x, n),
    }
    for expected, mistake in mistakes.items():
        with pytest.raises(gn.errors.GraphError) as caught:
            mistake()
        assert re.sub(r"\S+\.py:\d+", "FILE:LINE", str(caught.value)) == expected
