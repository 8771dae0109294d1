"""Sessions on a given number of threads of NumPy's BLAS."""

import linecache
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import graphnet as gn
from graphnet.errors import ArgumentError, ExecutionError, GraphnetWarning
from graphnet.ir import Tensor
from graphnet.kernels import limit
from graphnet.kernels.blas import numpy_pool
from graphnet.typing import Array

BEFORE = 2
"""The number of threads that the user has set for NumPy."""

CALLS: dict[str, Callable[[gn.Session, Tensor, Tensor, Array], Any]] = {
    "run": lambda session, y, x, value: session.run(y, {x: value}),
    "compiled": lambda session, y, x, value: session.compile(y, [x])(value),
    "steps": lambda session, y, x, value: session.run_steps(y, [(value,)] * 3, [x])[-1],
    "generated": lambda session, y, x, value: session.run_steps(y, iter([{x: value}]))[-1],
}


@pytest.fixture(autouse=True)
def _two_threads() -> Iterator[None]:
    """Let NumPy's BLAS have two threads, and see that every test leaves it so."""
    pool = numpy_pool()
    if pool is None:
        pytest.skip("the threads of this BLAS cannot be set")
    first = pool.get()
    try:
        pool.set(BEFORE)
        yield
        assert pool.get() == BEFORE
        assert limit.limits.active == []
    finally:
        pool.set(first)


def threads_in_run() -> tuple[Tensor, Tensor]:
    """Declare what gives the number of threads while it runs, and what it takes."""
    x = gn.placeholder((2,), name="x")
    return gn.py_call(lambda _: np.int64(gn.blas().threads or 0), x, gn.int64, ()), x


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("optimize", [True, False])
def test_the_number_holds_while_something_runs(call: str, *, optimize: bool) -> None:
    """In whatever way a session runs, NumPy has its number of threads, and the old one after it."""
    y, x = threads_in_run()
    with gn.Session(threads=1, optimize=optimize) as session:
        assert session.threads == 1
        for _ in range(3):
            assert CALLS[call](session, y, x, np.zeros(2, np.float32)) == 1
            assert gn.blas().threads == BEFORE


def test_without_a_number_nothing_is_set() -> None:
    """The session reports the number of NumPy, and runs with it, without a detour."""
    y, x = threads_in_run()
    with gn.Session() as session:
        assert session.threads == BEFORE
        assert session.run(y, {x: [0.0, 0.0]}) == BEFORE
        assert all(program.run is program.code.function for program in session.programs.values())


def test_more_threads_than_numpy_has() -> None:
    """The number can be larger, too."""
    y, x = threads_in_run()
    with gn.Session(threads=BEFORE + 1) as session:
        assert session.run(y, {x: [0.0, 0.0]}) == BEFORE + 1


def test_the_number_holds_for_initial_values() -> None:
    """Initial values are computed with the number of threads, too."""
    start = gn.py_call(lambda: np.float32(gn.blas().threads or 0), [], gn.float32, ())
    variable = gn.Variable(start)
    with gn.Session(threads=1) as session:
        assert session.run(variable) == 1


def test_an_error_sets_the_number_back() -> None:
    """After a run that fails, NumPy has its number of threads; the error is that of the user."""

    def fail(_: Array) -> Array:
        assert gn.blas().threads == 1
        raise ValueError("no such luck")

    x = gn.placeholder((2,), name="x")
    y = gn.py_call(fail, x, gn.float32, (2,))
    with gn.Session(threads=1) as session:
        with pytest.raises(ExecutionError, match="ValueError: no such luck") as caught:
            session.run(y, {x: [0.0, 0.0]})
        assert "py_call" in line_of(caught.value.at)
        assert gn.blas().threads == BEFORE


@pytest.mark.parametrize(("rows", "wrapped"), [(4, False), (4096, True)])
def test_small_programs_take_no_detour(rows: int, *, wrapped: bool) -> None:
    """A BLAS has nothing to share in small arrays, so that the number does not matter."""
    x = gn.placeholder((None, 8), name="x")
    y = x @ gn.Variable(np.ones((8, 8), np.float32))
    with gn.Session(threads=1) as session:
        session.run(y, {x: np.ones((rows, 8), np.float32)})
        (program,) = session.programs.values()
        assert (program.run is not program.code.function) == wrapped


def test_the_largest_value_of_a_plan() -> None:
    """Feeds, variables and results count; what a function of the user does is not known."""
    x = gn.placeholder((5,), name="x")
    some = gn.py_call(np.flatnonzero, x, gn.int64, (None,))
    with gn.Session() as session:
        for fetches, largest in [
            (gn.sum(x), 5),
            (gn.reshape(x, (5, 1)) * x, 25),
            (gn.Variable(np.zeros(7)) * 2.0, 7),
            (gn.constant(1.0), 1),
            (gn.py_call(np.negative, x, gn.float32, (5,)), None),
            (gn.sum(some), None),
        ]:
            feeds = [] if largest in {7, 1} else [x]
            function = session.compile(fetches, feeds)
            function(*[np.ones(5, np.float32)] * len(feeds))
            assert function.plan.largest == largest


@pytest.mark.parametrize("threads", [0, -1, True, 1.5, "2"])
def test_what_is_no_number_of_threads(threads: Any) -> None:
    """The error names the line that opens the session."""
    with pytest.raises(ArgumentError, match="a number of threads is an integer from 1") as caught:
        gn.Session(threads=threads)
    assert "gn.Session(threads=threads)" in line_of(caught.value.at)


def test_a_blas_whose_threads_cannot_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """A warning at the user's line says what to do instead; the session works."""
    monkeypatch.setattr(limit, "numpy_pool", lambda: None)
    y, x = threads_in_run()
    with pytest.warns(GraphnetWarning, match="cannot be set") as caught:
        session = gn.Session(threads=1)
    assert caught[0].filename == __file__
    assert session.run(y, {x: [0.0, 0.0]}) == BEFORE


def line_of(at: str | None) -> str:
    """Give the line of code that an error names."""
    path, _, line = str(at).rpartition(":")
    return linecache.getline(str(Path(path).absolute()), int(line))
