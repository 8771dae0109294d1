"""What holds for every network under every setting, whatever the numbers are.

Feeds stay the user's, a run that raises has changed nothing, and what memory held before a run, or
what another session does, does not matter.
"""

import random
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import numpy as np
import pytest

import graphnet as gn
from graphnet.errors import ExecutionError
from graphnet.ir import Tensor
from graphnet.typing import Array
from tests.compiler.kit import RULES, Kit, Run, Script
from tests.compiler.networks import NETWORKS
from tests.compiler.settings import LEADING, SETTINGS
from tests.compiler.trials import (
    SEED,
    DirtySession,
    Reference,
    Results,
    bits,
    played,
    require_same,
    results_of,
    state_of,
)
from tests.session.test_failures import ALARM, alarms, run_until

TURNS = {name: [*RULES][number % 3] for number, name in enumerate([*NETWORKS, *SETTINGS])}
"""A rule of updates for every network, and one for every setting."""


def declared(name: str, dtype: str = "float32") -> Script:
    """Declare a network, and how it is run."""
    with gn.Graph():
        return NETWORKS[name](Kit(dtype, rule=RULES[TURNS[name]]))


def opened(script: Script, setting: str) -> DirtySession:
    """Open a session for a script."""
    return DirtySession(script[0].fetches[0].graph, seed=SEED, optimize=SETTINGS[setting])


def values(session: gn.Session) -> list[bytes]:
    """Give the variables of a session, to the bit."""
    return bits(Results([], state_of(session)))


def some_settings() -> list[Any]:
    """Give every network with every step on, and under another setting in turn."""
    return [
        pytest.param(name, setting, id=f"{name}-{setting}")
        for number, name in enumerate(NETWORKS)
        for setting in ("all", LEADING[1 + number % 6])
    ]


# Memory


@pytest.mark.parametrize(("name", "setting"), some_settings())
def test_what_memory_held_before_does_not_matter(name: str, setting: str) -> None:
    """Every bit is the same, whether temporary memory was NaN, zero or anything else."""
    script = declared(name)
    expected = bits(played(script, SETTINGS[setting], byte=0))
    assert bits(played(script, SETTINGS[setting], byte=255)) == expected
    assert bits(played(script, SETTINGS[setting], byte=127)) == expected


@pytest.mark.parametrize(("name", "setting"), some_settings())
def test_feeds_can_be_overwritten_between_runs(name: str, setting: str) -> None:
    """Who feeds one array per placeholder, filled anew for each run, gets the same bits."""
    script = declared(name)
    fetches, feeds = script[0]
    buffers = {tensor: np.empty_like(array) for tensor, array in feeds.items()}
    with opened(script, setting) as session:
        found = []
        for run in script:
            for tensor, array in run.feeds.items():
                buffers[tensor][...] = array
            found.append(results_of(session, Run(fetches, buffers)))
            for buffer in buffers.values():
                buffer.fill(np.nan)
        assert bits(Results(found, state_of(session))) == bits(played(script, SETTINGS[setting]))


@pytest.mark.parametrize(("name", "setting"), some_settings())
def test_compiled_functions_give_the_same(name: str, setting: str) -> None:
    """``session.compile`` gives the bits that ``session.run`` gives."""
    script = declared(name)
    fetches, feeds = script[0]
    with opened(script, setting) as session:
        function = session.compile(list(fetches), list(feeds))
        found = []
        for run in script:
            session.soil(*session.programs.values())
            results = function(*run.feeds.values())
            found.append([each for each in results if each is not None])
        assert bits(Results(found, state_of(session))) == bits(played(script, SETTINGS[setting]))


@pytest.mark.parametrize("name", NETWORKS)
def test_sessions_of_one_graph_do_not_meet(name: str) -> None:
    """Sessions that take turns, each with other steps, keep their own variables and memory."""
    script = declared(name, "float64")
    expected = Reference(script[0].fetches[0].graph).play(script)
    script = declared(name)
    sessions = [opened(script, setting) for setting in ("all", "all", "no-orders")]
    results = [[results_of(session, run) for session in sessions] for run in script]
    for session, found in zip(sessions, zip(*results, strict=True), strict=True):
        require_same(Results([*found], state_of(session)), expected, 1e-5)


# Runs that raise


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


PLACES = ("activation", "gradient", "new value", "behind the updates")


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
    return kit.runs(fetches, x, labels)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("setting", SETTINGS)
def test_a_run_that_raises_has_not_been(setting: str, place: str) -> None:
    """Variables keep every bit, and later runs give the bits that they give without it."""
    switch = Switch()
    script = switched(place, TURNS[setting], switch)
    expected = played(script, SETTINGS[setting])
    found = []
    with opened(script, setting) as session:
        for run, error in zip(
            script, (None, ValueError, KeyboardInterrupt, None, None), strict=True
        ):
            before = values(session)
            switch.error = error
            if error is not None:
                with pytest.raises((ExecutionError, KeyboardInterrupt), match="as told"):
                    session.run(list(run.fetches), run.feeds)
            switch.error = None
            assert values(session) == before
            found.append(results_of(session, run))
        assert bits(Results(found, state_of(session))) == bits(expected)


def raising() -> AbstractContextManager[Any]:
    """Let NumPy raise where a number overflows."""
    return np.errstate(over="raise")


def warning() -> AbstractContextManager[Any]:
    """Let NumPy warn where a number overflows, which tests make an error."""
    return np.errstate(over="warn")


@pytest.mark.parametrize("context", [raising, warning])
@pytest.mark.parametrize("setting", SETTINGS)
def test_updates_that_overflow_are_whole(
    setting: str, context: Callable[[], AbstractContextManager[Any]]
) -> None:
    """Where a number overflows in one of several updates, all are done, or the run raises."""
    kit = Kit("float32", rule=RULES[TURNS[setting]])
    x, y = kit.input(6), kit.input(6, "y")
    variables = [gn.Variable(kit.array(values)) for values in ([1.0] * 6, [-3e38] * 6, [2.0] * 6)]
    terms = [(each * by).sum() for each, by in zip(variables, (x, y, x), strict=True)]
    loss = terms[0] + terms[1] + terms[2]
    script = kit.runs([kit.train(loss, variables, rate=1.0)], x, y)
    script[2].feeds[y][...] = 3e38
    reference = Reference(loss.graph)
    with opened(script, setting) as session:
        for run in script:
            before = values(session)
            try:
                with context():
                    session.run(list(run.fetches), run.feeds)
            except (ExecutionError, FloatingPointError, RuntimeWarning):
                assert values(session) == before
            else:
                reference.run(run.fetches, run.feeds)
        expected = {each.name: value for each, value in reference.state.items()}
        require_same(Results([], state_of(session)), Results([], expected), 1e-5)


@ALARM
@pytest.mark.parametrize("setting", ["all", "no-updates", "no-forms", "none"])
@pytest.mark.parametrize("rule", RULES)
def test_updates_are_never_torn(rule: str, setting: str) -> None:
    """Ctrl-C at random times: weights and slots are those of before the run, or of after it."""
    with gn.Graph():
        (run, *_) = script = NETWORKS["classifier"](Kit("float32", rule=RULES[rule]))
    generator = random.Random(1)  # noqa: S311  # when to interrupt
    with alarms(), opened(script, setting) as session, opened(script, setting) as undisturbed:
        call = partial(session.run, list(run.fetches), run.feeds)
        duration = min(timed(call) for _ in range(5))
        for _ in range(5):
            results_of(undisturbed, run)
        before, stopped = values(undisturbed), 0
        results_of(undisturbed, run)
        after = values(undisturbed)
        for _ in range(100):
            ended = run_until(generator.uniform(1e-6, 2 * duration), call)
            now = values(session)
            assert now == after or (now == before and not ended)
            stopped += now == before
            if now == after:
                results_of(undisturbed, run)
                before, after = after, values(undisturbed)
        assert stopped, "no run was interrupted"


def timed(call: Callable[[], object]) -> float:
    """Give the seconds that a call takes."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start
