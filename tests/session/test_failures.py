"""A run that raises leaves every variable bit for bit as it was, and the session works on."""

import gc
import random
import signal
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import Any, NamedTuple

import numpy as np
import pytest

import graphnet as gn
from graphnet.errors import ExecutionError, FeedError, FetchError, GraphError, GraphnetWarning
from graphnet.ir import Node, Tensor
from graphnet.typing import Array


class Model(NamedTuple):
    """Variables of several dtypes and sizes, and a step that updates all of them.

    Attributes:
        x: Floats to feed.
        n: Integers to feed.
        variables: The variables.
        step: What updates them.
    """

    x: Tensor
    n: Tensor
    variables: list[gn.Variable]
    step: list[Tensor]


def model() -> Model:
    """Declare variables that are updated by each other, in place and through views."""
    x, n = gn.placeholder((None,), name="x"), gn.placeholder((None,), gn.int64, name="n")
    a = gn.Variable(np.linspace(0, 1, 5, dtype=np.float32), name="a")
    b = gn.Variable(np.arange(6.0).reshape(2, 3), name="b")
    c = gn.Variable(np.array([[1, 2], [3, 4]]), name="c")
    d = gn.Variable(gn.random.normal((4,), name="start"), name="d")
    step = [
        gn.assign_add(a, gn.sum(x)),
        gn.assign(b, b[::-1] * 1.5),
        gn.assign(c, c.T),
        gn.assign(d, d + gn.random.normal((4,), name="noise")),
    ]
    return Model(x, n, [a, b, c, d], step)


def fail(_: Array) -> Array:
    """Raise what a user's function might raise."""
    raise LookupError("nothing there")


def interrupt(array: Array) -> Array:
    """Do what Ctrl-C does."""
    signal.raise_signal(signal.SIGINT)
    return array + 0


def press(_: Array) -> Array:
    """Raise what Ctrl-C raises."""
    raise KeyboardInterrupt


def leave(_: Array) -> Array:
    """Raise what sys.exit raises."""
    raise SystemExit(3)


def exhaust(_: Array) -> Array:
    """Raise what a full memory raises."""
    raise MemoryError


def called(function: Callable[[Array], Array], *, stateful: bool = True) -> Any:
    """Give a maker of a call of a function."""
    return lambda made: gn.py_call(function, [made.x], gn.float32, (None,), stateful=stateful)


def labels(made: Model) -> Tensor:
    """Give a loss whose labels are out of range."""
    logits = gn.reshape(made.x, (-1, 2))
    return gn.nn.sparse_softmax_cross_entropy(logits, gn.index(made.n, slice(0, 2)))


def torn(made: Model) -> Tensor:
    """Write a value of a wrong shape, which is found out only when it is there."""
    some = gn.py_call(lambda x: x[:2], [made.x], gn.float32, (None,))
    other = gn.Variable([0.0] * 5, name="e")
    made.variables.append(other)
    return gn.assign(other, some)


FAILURES: dict[str, tuple[Callable[[Model], Tensor], type[BaseException]]] = {
    "label out of range": (labels, ExecutionError),
    "function raises": (called(fail), ExecutionError),
    "pure function raises": (called(fail, stateful=False), ExecutionError),
    "shape of a result": (
        lambda made: gn.py_call(lambda x: x[:1], [made.x], gn.float32, (4,)),
        ExecutionError,
    ),
    "wrong shape written": (torn, ExecutionError),
    "integer division": (lambda made: made.n // (made.n - made.n), ExecutionError),
    "a warning": (lambda made: made.x / (made.x - made.x), ExecutionError),
    "memory": (called(exhaust), ExecutionError),
    "Ctrl-C": (called(interrupt), KeyboardInterrupt),
    "KeyboardInterrupt": (called(press), KeyboardInterrupt),
    "SystemExit": (called(leave), SystemExit),
}


@contextmanager
def unchanged(session: gn.Session, made: Model) -> Iterator[None]:
    """Require that what happens inside changes no variable and no step; then that runs go on."""
    before, step = session.run(made.variables), session.step
    yield
    after = session.run(made.variables)
    assert [array.tobytes() for array in after] == [array.tobytes() for array in before]
    assert [array.dtype for array in after] == [array.dtype for array in before]
    assert session.step == step
    session.run(made.step, {made.x: [1.0, 2.0]})
    moved = session.run(made.variables)
    assert all(not np.array_equal(new, old) for new, old in zip(moved[:4], after[:4], strict=True))
    assert session.step == step + 1


@pytest.mark.parametrize("how", ["run", "compiled", "unoptimized"])
@pytest.mark.parametrize("failure", FAILURES)
def test_failures_leave_state_as_it_is(failure: str, how: str) -> None:
    """Kernels, functions, warnings, Ctrl-C: the run raises, and nothing has changed."""
    made = model()
    make, kind = FAILURES[failure]
    fetches = [*made.step[:2], make(made), *made.step[2:]]
    feeds = {made.x: np.arange(4, dtype=np.float32), made.n: np.array([0, 2, 1, 0])}
    with gn.Session(seed=1, optimize=how != "unoptimized") as session, np.errstate(divide="warn"):
        function = session.compile(fetches, list(feeds))
        compiled = partial(function, *feeds.values())
        call = compiled if how == "compiled" else partial(session.run, fetches, feeds)
        for _ in range(3):
            with unchanged(session, made), pytest.raises(kind):
                call()


def test_errstate_makes_errors() -> None:
    """Where the user asks NumPy for errors, kernels raise them."""
    made = model()
    fetches = [*made.step, gn.exp(made.x * 1000)]
    with gn.Session() as session, np.errstate(over="raise"), unchanged(session, made):
        with pytest.raises(ExecutionError, match="FloatingPointError: overflow") as caught:
            session.run(fetches, {made.x: [1.0]})
        assert caught.value.at == str(fetches[-1].node.site)


def wrong_calls(made: Model) -> dict[str, Callable[[gn.Session], object]]:
    """Give runs that are mistakes."""
    everything: list[Any] = [*made.step]
    with gn.Graph():
        stranger = gn.constant(1.0)
    return {
        "dtype": lambda session: session.run(everything, {made.x: np.zeros(2)}),
        "shape": lambda session: session.run(everything, {made.x: 1.0}),
        "missing": lambda session: session.run(everything),
        "unknown": lambda session: session.run(everything, {"y": 1.0}),
        "no mapping": lambda session: session.run(everything, made.x),
        "nothing": lambda session: session.run([*everything, None], {made.x: [1.0]}),
        "stranger": lambda session: session.run([*everything, stranger], {made.x: [1.0]}),
        "fed and written": lambda session: session.run(
            everything, {made.x: [1.0], made.variables[0]: [1.0] * 5}
        ),
        "unordered": lambda session: session.run(
            [*everything, gn.assign(made.variables[0], [0.0] * 5)], {made.x: [1.0]}
        ),
        "specs": lambda session: session.run(
            [*everything, made.x + made.n], {made.x: [1.0, 2.0], made.n: [1, 2, 3]}
        ),
    }


@pytest.mark.parametrize("optimize", [True, False])
def test_mistakes_change_nothing(optimize: bool) -> None:
    """What is wrong with a call is found before anything runs."""
    made = model()
    for name, call in wrong_calls(made).items():
        with gn.Session(optimize=optimize) as session, unchanged(session, made):
            with pytest.raises((FeedError, GraphError, FetchError)) as caught:  # noqa: PT012
                call(session)
                pytest.fail(name)
            assert caught.value.at is not None


def test_a_growth_warning_made_an_error_changes_nothing() -> None:
    """Warnings are errors where the user says so, and come before anything runs."""
    made = model()
    with gn.Session() as session, unchanged(session, made), warnings.catch_warnings():
        warnings.simplefilter("error")
        feeds = {made.x: [1.0]}
        for number in range(3):
            context = pytest.raises(GraphnetWarning) if number == 2 else warnings.catch_warnings()
            with context:
                session.run(-made.x, feeds)


def test_errors_while_compiling_change_nothing() -> None:
    """Ctrl-C while a program is made leaves no half of it behind."""
    made = model()
    pressed = [True]

    def once(array: Array) -> Array:
        if pressed.pop() if pressed else False:
            raise KeyboardInterrupt
        return array + 1

    # A pure function of constants is called when the program is made.
    folded = gn.py_call(once, [gn.constant([1.0])], gn.float32, (1,))
    with gn.Session() as session:
        with unchanged(session, made):
            with pytest.raises(KeyboardInterrupt):
                session.run([*made.step, folded], {made.x: [1.0]})
            assert gn.exp(made.x).graph is made.x.graph
        assert session.run([*made.step, folded], {made.x: [1.0]})[-1].tolist() == [2.0]


# Ctrl-C at any time

MAIN = threading.current_thread() is threading.main_thread() and hasattr(signal, "setitimer")
ALARM = pytest.mark.skipif(not MAIN, reason="alarms need POSIX and the main thread")


@contextmanager
def alarms() -> Iterator[None]:
    """Let an alarm raise what Ctrl-C raises."""

    def ring(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, ring)
    gc.disable()  # what is raised in callbacks of the collector gets lost
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        gc.enable()


def run_until(delay: float, call: Callable[[], object]) -> bool:
    """Call something that an alarm may interrupt; tell whether it came to its end."""
    ended = False
    try:
        signal.setitimer(signal.ITIMER_REAL, delay)
        call()
        ended = True
        signal.setitimer(signal.ITIMER_REAL, 0)
        time.sleep(0)
    except KeyboardInterrupt:
        pass
    return ended


def counters(number: int, size: int) -> tuple[list[gn.Variable], list[Tensor | Node]]:
    """Declare variables that count runs, each in its own way."""
    variables = [gn.Variable(np.zeros(size, np.float32)) for _ in range(number)]
    steps: list[Tensor | Node] = [gn.assign(variable, variable + 1) for variable in variables[1:]]
    steps.append(gn.assign_add(variables[0], gn.exp(gn.mean(variables[1]) * 0)))
    return variables, steps


def state_of(session: gn.Session, variables: list[gn.Variable]) -> float:
    """Give the number of runs that all elements of all variables have seen."""
    values = np.stack(session.run(variables))
    assert values.min() == values.max(), "some variables were written, and some were not"
    return float(values.min())


@ALARM
@pytest.mark.parametrize("way", ["run", "group", "compiled", "unoptimized"])
def test_commits_are_whole(way: str) -> None:
    """Ctrl-C at random times: all variables are written, or none; runs that end are counted."""
    variables, steps = counters(number=40, size=500)
    fetches: Any = [gn.group(*steps)] if way == "group" else steps
    generator = random.Random(1)  # noqa: S311  # when to interrupt
    with alarms(), gn.Session(optimize=way != "unoptimized") as session:
        session.run(variables)
        function = session.compile(fetches)
        call = function if way == "compiled" else partial(session.run, fetches)
        call()
        start = time.perf_counter()
        call()
        duration = time.perf_counter() - start
        count, stopped = state_of(session, variables), 0
        for _ in range(500):
            ended = run_until(generator.uniform(1e-6, 2 * duration), call)
            now = state_of(session, variables)
            assert now in ({count + 1} if ended else {count, count + 1})
            stopped += now == count
            count = now
        assert stopped, "no run was interrupted"


@ALARM
@pytest.mark.parametrize("prepared", [True, False])
def test_many_steps_are_whole(prepared: bool) -> None:
    """Ctrl-C at random times in many steps: whole steps have been made, and no lock is kept."""
    variables, fetches = counters(number=10, size=50)
    generator = random.Random(1)  # noqa: S311  # when to interrupt
    batches = [()] * 20

    def call() -> None:
        session.run_steps(fetches, batches if prepared else iter(batches), [])

    with alarms(), gn.Session() as session:
        call()
        start = time.perf_counter()
        call()
        duration = time.perf_counter() - start
        count, partly = state_of(session, variables), 0
        for _ in range(200):
            ended = run_until(generator.uniform(1e-6, 2 * duration), call)
            done = state_of(session, variables) - count
            assert done == len(batches) if ended else 0 <= done <= len(batches)
            partly += 0 < done < len(batches)
            count += done
        assert partly, "no call was interrupted"
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(is_free, session).result()


def is_free(session: gn.Session) -> bool:
    """Whether this thread can have its turn."""
    free = session.lock.acquire(timeout=5)
    if free:
        session.lock.release()
    return free


@ALARM
def test_initialization_is_whole() -> None:
    """Ctrl-C while variables get their first values: a later run starts from the right ones."""
    generator = random.Random(1)  # noqa: S311  # when to interrupt
    duration = 2e-3
    with alarms():
        for _ in range(60):
            with gn.Graph():
                variables, steps = counters(number=10, size=100)
                session = gn.Session()
                call = partial(session.run, steps)
                ended = run_until(generator.uniform(1e-6, duration), call)
                count = state_of(session, variables)
                assert count in ({1} if ended else {0, 1})
                session.run(steps)
                assert state_of(session, variables) == count + 1
                places = [session.store.places[variable] for variable in variables]
                assert not any(
                    np.shares_memory(one, other)
                    for place, one in enumerate(places)
                    for other in places[:place]
                )


@ALARM
def test_long_kernels_can_be_interrupted() -> None:
    """An alarm in a long run ends it; nothing has changed, and the session runs on."""
    variable = gn.Variable(np.zeros(10, np.float32), name="v")
    value: Tensor = variable
    for _ in range(2_000):
        value = gn.sin(value) + 1
    update, reset = gn.assign(variable, value), gn.assign(variable, np.zeros(10, np.float32))
    with alarms(), gn.Session() as session:
        expected = session.run(update)
        session.run(reset)
        while run_until(1e-4, lambda: session.run(update)):
            session.run(reset)
        assert not np.any(session.run(variable))
        assert np.array_equal(session.run(update), expected)
