"""A run of a network that is interrupted or raises has changed nothing, under any setting."""

import random
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest

import graphnet as gn
from graphnet.errors import ExecutionError
from graphnet.ir import Tensor
from graphnet.typing import Array
from tests.compiler.choices import compiling
from tests.compiler.kit import RULES, Kit, Script
from tests.compiler.networks import NETWORKS
from tests.compiler.settings import LEADING, SETTINGS
from tests.compiler.trials import (
    Reference,
    Results,
    bits,
    opened,
    played,
    require_same,
    results_of,
    state_of,
)
from tests.session.test_failures import ALARM, alarms, run_until

EVERY = {name: [*RULES][number % 3] for number, name in enumerate([*SETTINGS, "updates-are-large"])}
"""All settings, and that under which variables are updated in place; a rule for each."""


def values(session: gn.Session) -> list[bytes]:
    """Give the variables of a session, to the bit."""
    return bits(Results([], state_of(session)))


# Functions that raise


class Switch:
    """A function that gives what it is given, or raises what it is told to."""

    def __init__(self) -> None:
        self.error: type[BaseException] | None = None

    def __call__(self, array: Array) -> Array:
        """Give a copy."""
        if self.error is not None:
            raise self.error("as told")
        return array.copy()

    def declare(self, tensor: Tensor) -> Tensor:
        """Declare a call of the function."""
        return gn.py_call(
            self, [tensor], tensor.dtype, tensor.shape, gradient=lambda _, dy: dy, stateful=True
        )


def switched(place: str, rule: str, switch: Switch) -> Script:
    """Declare a network with a switch at some place."""
    kit = Kit("float32", rule=RULES[rule])
    x = kit.input(4)
    h = gn.relu(kit.dense(x, 12))
    h = switch.declare(h) if place == "activation" else h
    loss, labels = kit.classify(kit.dense(h, 3))
    pairs = kit.pairs(loss)
    if place == "gradient":
        pairs[1] = switch.declare(pairs[1][0]), pairs[1][1]
    step = kit.rule(pairs, 0.1)
    fetches: list[Any] = [loss, step]
    with gn.control_dependencies([step]):
        if place == "new value":
            fetches.append(switch.declare(pairs[0][1].read()))
        if place == "behind the updates":
            fetches.append(switch.declare(x))
    return kit.runs(fetches, x, labels, number=3)


@pytest.mark.parametrize("place", ["activation", "gradient", "new value", "behind the updates"])
@pytest.mark.parametrize("setting", EVERY)
def test_a_run_that_raises_has_not_been(setting: str, place: str) -> None:
    """Variables keep every bit, and later runs give the bits that they give without it."""
    switch, found = Switch(), []
    script = switched(place, EVERY[setting], switch)
    with compiling(setting) as options, opened(script, options) as session:
        for run, error in zip(script, (None, ValueError, KeyboardInterrupt), strict=True):
            before = values(session)
            switch.error = error
            if error is not None:
                with pytest.raises((ExecutionError, KeyboardInterrupt), match="as told"):
                    session.run(list(run.fetches), run.feeds)
            switch.error = None
            assert values(session) == before
            found.append(results_of(session, run))
        assert bits(Results(found, state_of(session))) == bits(played(script, options))


# Numbers that overflow


@pytest.mark.parametrize("way", ["raise", "warn"])
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("setting", [*LEADING, "none", "updates-are-large"])
def test_updates_that_overflow_are_whole(setting: str, rule: str, way: Any) -> None:
    """Where a number overflows in one of several updates, all are done, or the run raises."""
    kit = Kit("float32", rule=RULES[rule])
    x, y = kit.input(6), kit.input(6, "y")
    variables = [gn.Variable(kit.array([start] * 6)) for start in (1.0, -3e38, 2.0)]
    terms = [(each * by).sum() for each, by in zip(variables, (x, y, x), strict=True)]
    loss = terms[0] + terms[1] + terms[2]
    script = kit.runs([kit.train(loss, variables, rate=1.0)], x, y)
    script[2].feeds[y][...] = 3e38 / kit.batch
    reference = Reference(loss.graph)
    with compiling(setting) as options, opened(script, options) as session:
        for run in script:
            before = values(session)
            try:
                with np.errstate(over=way):
                    session.run(list(run.fetches), run.feeds)
            except (ExecutionError, FloatingPointError, RuntimeWarning):
                assert values(session) == before
            else:
                reference.run(run.fetches, run.feeds)
        found = Results([], state_of(session))
    state = {each.name: value for each, value in reference.state.items()}
    require_same(found, Results([], state), 1e-5)


# Ctrl-C


@ALARM
@pytest.mark.parametrize("setting", ["all", "no-updates", "no-forms", "none", "updates-are-large"])
@pytest.mark.parametrize("rule", RULES)
def test_updates_are_never_torn(rule: str, setting: str) -> None:
    """Ctrl-C at random times: weights and slots are those of before the run, or of after it."""
    with gn.Graph():
        script = NETWORKS["classifier"](Kit("float32", rule=RULES[rule]))[:1]
    generator, stopped = random.Random(1), 0  # noqa: S311  # when to interrupt
    with compiling(setting) as options, alarms():
        session, undisturbed = opened(script, options), opened(script, options)
        call = partial(session.run, list(script[0].fetches), script[0].feeds)
        duration = min(timed(call) for _ in range(5))
        for _ in range(5):
            results_of(undisturbed, script[0])
        before, after = values(undisturbed), next_values(undisturbed, script)
        for _ in range(100):
            ended = run_until(generator.uniform(1e-6, 2 * duration), call)
            now = values(session)
            assert now == after or (now == before and not ended)
            stopped += now == before
            if now == after:
                before, after = after, next_values(undisturbed, script)
    assert stopped, "no run was interrupted"


def timed(call: Callable[[], object]) -> float:
    """Give the seconds that a call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def next_values(session: gn.Session, script: Script) -> list[bytes]:
    """Give the variables after one more run."""
    results_of(session, script[0])
    return values(session)
