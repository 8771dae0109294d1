"""``Compiled.plan_for``: the plan of a call that nobody has made."""

import re

import numpy as np
import pytest

import graphnet as gn
from graphnet.ir.node import Node


def declare() -> tuple[gn.Tensor, gn.Tensor, Node]:
    """Declare a training step; give feed, loss and step."""
    x = gn.placeholder(("batch", 3), name="x")
    loss = gn.square(gn.nn.Dense(4, activation=gn.tanh)(x)).mean()
    return x, loss, gn.optim.Momentum(0.1).minimize(loss)


def test_it_is_the_plan_of_the_call() -> None:
    """Before and after the call, and when the session is closed."""
    x, loss, step = declare()
    with gn.Session(seed=0) as session:
        function = session.compile([loss, step], [x])
        before = str(function.plan_for((5, 3)))
        function(np.ones((5, 3), np.float32))
        steps = str(function.plan).rpartition("\n")[0]  # the last line counts what calls bring
        after = str(function.plan_for((5, 3)))
    for found in (before, after):
        assert found.rpartition("\n")[0] == steps
    assert function.plan_for((5, 3)).memory == function.plan.memory - function.plan.extra


def test_nothing_has_happened() -> None:
    """No variable has a value or a place, nothing is cached."""
    x, loss, step = declare()
    with gn.Session(seed=0) as session:
        function = session.compile([loss, step], [x])
        function.plan_for((1000, 3))
        assert not session.values()
        assert not session.programs
        assert not session.store.places
        assert not session.store.chunks
        with pytest.raises(gn.errors.GraphnetError, match="has no plan yet"):
            _ = function.plan


def test_memory_grows_with_the_batch() -> None:
    """Which is what one wants to know beforehand."""
    x, loss, step = declare()
    with gn.Session(seed=0) as session:
        function = session.compile([loss, step], [x])
        peaks = [function.plan_for((size, 3)).peak for size in (10, 1000, 100_000_000)]
    assert peaks == sorted(peaks)
    assert peaks[-1] > 1e9


@pytest.mark.parametrize(
    ("shapes", "said"),
    [
        ((), "the function takes 1 values, and these are 0 shapes"),
        (((5, 3), (5, 3)), "and these are 2 shapes"),
        (((5, 4),), "'x': no value has the shape [5, 4]"),
        (((None, 3),), "'x': no value has the shape [None, 3]"),
        ((("batch", 3),), "'x': no value has the shape [batch, 3]"),
        ((5,), "'x': no value has the shape [5]"),
    ],
)
def test_shapes_that_no_value_has_are_refused(shapes: tuple[object, ...], said: str) -> None:
    """With the feed, and the line of the call."""
    x, loss, _ = declare()
    with gn.Session() as session:
        function = session.compile(loss, [x])
        with pytest.raises(gn.errors.FeedError, match=re.escape(said)) as caught:
            function.plan_for(*shapes)  # type: ignore[arg-type]  # the mistakes
    assert "test_plan_for.py" in str(caught.value)
