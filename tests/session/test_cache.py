"""Programs are kept, found again, and forgotten in the order of their last use."""

import gc
from weakref import ref

import numpy as np
import pytest

import graphnet as gn
from graphnet.ir import Tensor
from graphnet.session import compiled as compiled_module
from graphnet.session import runner


def zeros(size: int) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
    """Give a vector to feed."""
    return np.zeros(size, np.float32)


def test_a_program_is_made_once() -> None:
    """The same fetches and shapes, however they are written, need one program."""
    x = gn.placeholder((None,), name="x")
    y, z = x * 2, gn.exp(x)
    with gn.Session() as session:
        for fetches in ([y, z], (y, z), {"a": y, "b": [z]}, [y, z, y], [[y], [z]], ["multiply", z]):
            for feeds in ({x: zeros(3)}, {"x": [0.0, 0.0, 0.0]}):
                session.run(fetches, feeds)
        session.compile([y, z], [x])(zeros(3))
        assert len(session.programs) == 1
        assert list(session.misses) == ["new fetches: multiply, exp"]


def test_misses_say_why() -> None:
    """One line per program made: other fetches, or other shapes."""
    x = gn.placeholder((None,), name="x")
    y = x * 2
    with gn.Session() as session:
        session.run(y, {x: zeros(3)})
        session.run(y, {x: zeros(4)})
        session.run([y, x], {x: zeros(4)})
        session.run(y, {y: zeros(4)})
        session.run(y, {x: zeros(3)})
        assert list(session.misses) == [
            "new fetches: multiply",
            "new feeds or shapes for multiply: x [4]",
            "new fetches: multiply, x",
            "new feeds or shapes for multiply: multiply [4]",
        ]
        session.run(gn.constant(1.0, name="c"))
        assert session.misses[-1] == "new fetches: c"


def test_the_cache_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program that was used longest ago leaves first, also where runs were remembered."""
    monkeypatch.setattr(runner, "PROGRAMS", 3)
    x = gn.placeholder((None,), name="x")
    y = x * 2
    with gn.Session() as session:
        for size in (1, 2, 3):
            session.run([y], {x: zeros(size)})
        session.run([y], {x: zeros(1)})
        session.run([y], {x: zeros(4)})
        assert shapes_kept(session) == [(3,), (1,), (4,)]
        assert len(session.quick) == 3
        for size in (5, 6, 7, 8, 1, 2, 3, 4):
            for _ in range(2):
                assert session.run([y], {x: zeros(size)})[0].shape == (size,)
        assert len(session.programs) == 3
        assert len(session.quick) == 3


def shapes_kept(session: gn.Session) -> list[tuple[int, ...]]:
    """Give the shapes of the programs in a cache, the oldest first."""
    return [program.plan.fetches[0].shape for program in session.programs.values()]  # type: ignore[misc]


def test_forgotten_programs_leave_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but the cache holds a program."""
    monkeypatch.setattr(runner, "PROGRAMS", 1)
    x = gn.placeholder((None,), name="x")
    y = gn.exp(x) * 2
    with gn.Session() as session:
        session.run([y], {x: zeros(1)})
        program = ref(next(iter(session.programs.values())))
        gc.disable()
        try:
            session.run([y], {x: zeros(2)})
            assert program() is None
        finally:
            gc.enable()


def test_functions_remember_a_bounded_number_of_shapes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A compiled function that is called with ever new shapes forgets old ones, and stays right."""
    monkeypatch.setattr(compiled_module, "REMEMBERED", 2)
    x = gn.placeholder((None,), name="x")
    with gn.Session() as session:
        function = session.compile(x + 1, [x])
        for size in (1, 2, 3, 4, 1, 2, 2, 5):
            assert function(zeros(size)).tolist() == [1.0] * size
            assert len(function.entries) <= 2


def test_remembered_calls_check_what_they_get() -> None:
    """Other shapes and dtypes, or other tensors, are not taken for what has been remembered."""
    x, y = gn.placeholder((None,), name="x"), gn.placeholder((None,), name="y")
    total = x + y
    fetches = [total]
    with gn.Session() as session:
        for _ in range(2):
            assert session.run(fetches, {x: zeros(2), y: zeros(2) + 1})[0].tolist() == [1, 1]
            assert session.run(fetches, {y: zeros(2) + 5, x: zeros(2)})[0].tolist() == [5, 5]
            assert session.run(fetches, {x: zeros(1) + 3, y: zeros(2)})[0].tolist() == [3, 3]
            with pytest.raises(gn.errors.FeedError, match="float64"):
                session.run(fetches, {x: zeros(2), y: np.zeros(2)})
            assert session.run(fetches, {x: zeros(2), y: [2, 2]})[0].tolist() == [2, 2]
        fetches[0] = total * 2
        assert session.run(fetches, {x: zeros(2), y: zeros(2) + 1})[0].tolist() == [2, 2]


def test_operations_among_remembered_fetches() -> None:
    """Operations are part of what is remembered."""
    count = gn.Variable(0.0, name="count")
    update = gn.group(gn.assign_add(count, 1.0))
    with gn.Session() as session:
        for number in range(3):
            assert session.run([update, count]) == [None, number]
            assert session.run([count]) == [number + 1]


def test_the_latest_source_of_a_function() -> None:
    """A function shows the text that it runs."""
    x = gn.placeholder((None,), name="x")
    with gn.Session() as session:
        function = session.compile(gn.exp(x), [x])
        with pytest.raises(gn.errors.GraphnetError, match="has no source yet"):
            _ = function.source
        function(zeros(2))
        assert "empty((2,), 'float32')" in function.source
        function([1.0, 2.0, 3.0])
        assert "empty((3,), 'float32')" in function.source


def many(count: int) -> list[Tensor]:
    """Declare some tensors."""
    x = gn.constant(1.0)
    return [x * float(number) for number in range(count)]


def test_many_fetches_are_told_apart() -> None:
    """All pairs of some tensors are fetched, each with a program of its own."""
    tensors = many(10)
    with gn.Session() as session:
        for _ in range(2):
            for one, first in enumerate(tensors):
                for other, second in enumerate(tensors):
                    assert session.run([first, second]) == [one, other]
        assert len(session.programs) == 100
