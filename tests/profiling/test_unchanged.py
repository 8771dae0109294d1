"""Profiling changes neither variables nor draws, also where it does not come to its end."""

import gc
import inspect
import re
import sys
import weakref
from collections.abc import Callable
from types import FrameType
from typing import Any, NamedTuple

import numpy as np
import pytest

import graphnet as gn
from graphnet.errors import ExecutionError
from graphnet.profiling import profile
from graphnet.session.compiled import Compiled
from graphnet.typing import Array


class Trained(NamedTuple):
    """Something that is trained.

    Attributes:
        session: The session.
        step: Trains one step.
        calls: How often the function inside has been called.
    """

    session: gn.Session
    step: Compiled
    calls: list[int]


def trained(failing: Callable[[int], None] = lambda _: None, size: int = 20_000) -> Trained:
    """Train variables whose updates are part of the commit, if large, and one that counts; draw.

    Args:
        failing: Is told the number of each call of a function inside of the step.
        size: Elements of the large variables.
    """
    calls: list[int] = []

    def look(value: Array) -> Array:
        calls.append(len(calls))
        failing(len(calls))
        return value

    with gn.Graph() as graph:
        x = gn.placeholder((size,), name="x")
        w = gn.Variable(np.linspace(-1, 1, size, dtype=np.float32), name="w")
        seen = gn.py_call(look, [gn.stop_gradient(w)], w.dtype, w.shape, stateful=True, name="look")
        loss = ((gn.stop_gradient(seen) * x + gn.random.normal((size,))) * w).mean()
        count = gn.Variable(0, name="count")
        step = gn.optim.Adam(0.1).minimize(loss)
        fetches = [loss, step, gn.assign_add(count, 1)]
    session = gn.Session(graph, seed=3)
    return Trained(session, session.compile(fetches, [x]), calls)


def state(session: gn.Session) -> dict[str, bytes]:
    """Give the state of a session, to the bit."""
    values = {each.name: value.tobytes() for each, value in session.values().items()}
    return {**values, "step": bytes([session.step])}


def ones(size: int = 20_000) -> Array:
    """Give values to train on."""
    return np.ones(size, np.float32)


def test_a_profiled_step_does_not_train() -> None:
    """Variables and draws are as before, and the next step is that of a session never profiled."""
    profiled, other = trained(), trained()
    for each in (profiled, other):
        each.step(ones())
    before = state(profiled.session)
    found = profile(profiled.step, ones(), runs=4)
    assert len(found.plan.updates) > 1
    assert len(found.plan.writes) > 0
    assert state(profiled.session) == before
    profiled.step(ones())
    other.step(ones())
    assert state(profiled.session) == state(other.session)


def test_every_run_sees_the_same() -> None:
    """A variable that counts does not count runs, so that nothing runs out of data."""
    seen: list[float] = []

    def note(value: Array) -> Array:
        seen.append(float(value))
        return value

    place = gn.Variable(0.0, name="place")
    read = gn.py_call(note, [place], place.dtype, (), stateful=True)
    with gn.Session() as session:
        step = session.compile([read, gn.assign_add(place, 1.0)])
        step()
        profile(step, runs=3)
        step()
    assert seen == [0.0, *[1.0] * 8, 1.0]


def test_every_run_draws_the_same() -> None:
    """What the next call will draw."""
    seen: list[float] = []

    def note(value: Array) -> Array:
        seen.append(float(value))
        return value

    drawn = gn.py_call(note, [gn.random.uniform(())], gn.float32, (), stateful=True)
    with gn.Session(seed=0) as session:
        step = session.compile(drawn)
        step()
        profile(step, runs=2)
        step()
    before, *profiled, after = seen
    assert before != after
    assert profiled == [after] * 6


def test_results_that_were_handed_out_stay() -> None:
    """Arrays of an earlier call belong to the user."""
    x = gn.placeholder((None,), name="x")
    with gn.Session() as session:
        function = session.compile(gn.exp(x), [x])
        result = function([0.0, 0.0])
        profile(function, [1.0, 1.0], runs=2)
    assert result.tolist() == [1.0, 1.0]


@pytest.mark.parametrize("call", [2, 3, 4, 5])
@pytest.mark.parametrize("error", [LookupError, KeyboardInterrupt])
def test_what_raises_leaves_state_as_it_was(error: type[BaseException], call: int) -> None:
    """An error in any run is that of a call, Ctrl-C is raised on; the session works on."""

    def fail(number: int) -> None:
        if number == call:
            raise error("nothing there")

    made = trained(fail)
    made.step(ones())
    before = state(made.session)
    expected = ExecutionError if error is LookupError else error
    with pytest.raises(expected) as caught:
        profile(made.step, ones(), runs=4)
    assert state(made.session) == before
    if isinstance(caught.value, ExecutionError):
        assert "py_call 'look' failed" in caught.value.headline
        assert "test_unchanged.py" in (caught.value.at or "")
    made.step(ones())
    assert made.session.step == 2


WATCHED = re.compile(r"graphnet.(profiling.measure|session.\w+|compiler.store)\.py$")


def interrupted(call: Callable[[], object], place: int) -> bool:
    """Raise what Ctrl-C raises when the place-th function of Python begins; tell whether it did.

    A signal is looked at where functions begin. Only those count that deal with state; what is
    raised where a generator is closed gets lost.
    """
    left = [place]

    def enter(frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        is_ours = WATCHED.search(code.co_filename) and not code.co_flags & inspect.CO_GENERATOR
        if event == "call" and is_ours:
            left[0] -= 1
            if left[0] == 0:
                raise KeyboardInterrupt

    before = sys.gettrace()
    try:
        sys.settrace(enter)
        call()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


def test_ctrl_c_anywhere_leaves_state_as_it_was() -> None:
    """Wherever it comes, also while values are put back."""
    made = trained(size=8)
    made.step(ones(8))
    before = state(made.session)
    place = 1
    while interrupted(lambda: profile(made.step, ones(8), runs=1), place):
        assert state(made.session) == before, f"at the call of number {place}"
        place += 1
    assert place > 20
    made.step(ones(8))
    assert made.session.step == 2


def test_the_commit_stays_quiet() -> None:
    """Updates that overflow do not warn, since they do not in a call."""
    v = gn.Variable(np.full(40_000, 3e38, np.float32), name="v")
    with gn.Session() as session:
        step = session.compile(gn.group(gn.assign(v, v * 10.0)))
        step()
        session.set_values({v: np.full(40_000, 3e38, np.float32)})
        found = profile(step, runs=1)
        assert session.values()[v][0] == np.float32(3e38)
    assert [timing.op for timing in found.timings] == ["multiply"]
    assert found.timings[0].commit


def test_initial_values_are_those_of_a_first_call() -> None:
    """A function that was never called may be profiled; its variables then begin."""
    profiled, other = trained(), trained()
    profile(profiled.step, ones(), runs=1)
    assert profiled.session.step == 0
    for each in (profiled, other):
        each.step(ones())
    assert state(profiled.session) == state(other.session)


def test_memory_goes_with_the_program() -> None:
    """Nothing that profiling makes keeps a program, or waits for the garbage collector."""
    x = gn.placeholder((None,), name="x")
    gc.disable()
    try:
        session = gn.Session()
        function = session.compile(gn.exp(x), [x])
        found = profile(function, [1.0], runs=1)
        assert function.request.latest is not None
        program = weakref.ref(function.request.latest.program.code.workspace)
        session.close()
        assert program() is None
        assert found.times
    finally:
        gc.enable()
