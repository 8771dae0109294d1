"""Runs from several threads take turns: nothing is lost, and nothing is mixed up."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest

import graphnet as gn

THREADS = 8
RUNS = 50


def at_once(work: Callable[[int], object]) -> list[object]:
    """Do some work in several threads that start together; give what each one gave."""
    barrier = Barrier(THREADS)

    def start(number: int) -> object:
        barrier.wait()
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(start, range(THREADS)))


@pytest.mark.parametrize("optimize", [True, False])
def test_no_addition_is_lost(optimize: bool) -> None:
    """A counter that all threads add to ends at the exact total, and each sees its own sum."""
    count = gn.Variable(0, name="count")
    update = gn.assign_add(count, 1)
    with gn.Session(optimize=optimize) as session:

        def add(_: int) -> list[int]:
            return [int(session.run(update)) for _ in range(RUNS)]

        seen = [value for values in at_once(add) for value in values]  # type: ignore[attr-defined]
        assert sorted(seen) == list(range(1, THREADS * RUNS + 1))
        assert session.run(count) == THREADS * RUNS


def test_functions_may_be_called_by_all_threads() -> None:
    """One compiled function and its memory serve all; results are those of each one's values."""
    x = gn.placeholder((None,), name="x")
    count = gn.Variable(0, name="count")
    deep = x
    for _ in range(10):
        deep = deep * 2 - x
    with gn.Session() as session:
        function = session.compile([deep, gn.assign_add(count, 1)], [x])

        def call(number: int) -> bool:
            values = np.full(number + 1, number, np.float32)
            return all(np.array_equal(function(values)[0], values) for _ in range(RUNS))

        assert all(at_once(call))
        assert session.run(count) == THREADS * RUNS


def test_first_runs_at_once() -> None:
    """Variables are initialized, and programs made, once."""
    made: list[int] = []

    def note() -> np.float32:
        made.append(1)
        return np.float32(1)

    start = gn.py_call(note, [], gn.float32, (), stateful=True)
    variables = [gn.Variable(start * number) for number in range(3)]
    total = variables[0] + variables[1] + variables[2]
    with gn.Session() as session:
        assert at_once(lambda _: float(session.run(total))) == [3.0] * THREADS
        assert len(session.programs) == 1
    assert made == [1]


@pytest.mark.filterwarnings("ignore::graphnet.errors.GraphnetWarning")
def test_threads_may_declare_in_graphs_of_their_own() -> None:
    """Each thread has its own current graph; sessions do not disturb each other."""

    def train(number: int) -> float:
        with gn.Graph(), gn.Session(seed=number) as session:
            value = gn.Variable(float(number), name="value")
            update = gn.assign(value, value + 1.0)
            for _ in range(RUNS):
                session.run(update)
            return float(session.run(value * 1.0))

    assert at_once(train) == [number + RUNS for number in range(THREADS)]


def test_a_failure_in_one_thread_is_its_own() -> None:
    """Threads whose runs fail get the error; the others go on, and the count is exact."""
    x = gn.placeholder((), gn.int64, name="x")
    table = gn.constant([1.0, 2.0, 3.0])
    count = gn.Variable(0, name="count")
    fetches = [gn.gather(table, x), gn.assign_add(count, 1)]
    with gn.Session() as session:

        def work(number: int) -> int:
            failed = 0
            for _ in range(RUNS):
                try:
                    session.run(fetches, {x: 1 if number % 2 else 9})
                except gn.errors.ExecutionError:
                    failed += 1
            return failed

        assert at_once(work) == [0 if number % 2 else RUNS for number in range(THREADS)]
        assert session.run(count) == THREADS * RUNS // 2


def test_draws_of_threads_are_steps() -> None:
    """Together the threads get the draws of as many runs, each once."""
    noise = gn.random.uniform((), name="noise")
    with gn.Session(seed=1) as session:
        expected = [float(session.run(noise)) for _ in range(THREADS)]
    with gn.Session(seed=1) as session:
        assert sorted(at_once(lambda _: float(session.run(noise)))) == sorted(expected)  # type: ignore[type-var]
