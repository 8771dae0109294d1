"""Programs are kept, found again, and forgotten in the order of their last use."""

import gc
import pickle
from dataclasses import dataclass
from typing import Any, NamedTuple
from weakref import ref

import numpy as np
import pytest

import graphnet as gn
from graphnet.ir import Tensor
from graphnet.session import request, runner


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
        assert len(remembered(session)) == 3
        for size in (5, 6, 7, 8, 1, 2, 3, 4):
            for _ in range(2):
                assert session.run([y], {x: zeros(size)})[0].shape == (size,)
        assert len(session.programs) == 3
        assert len(remembered(session)) == 3
        for size in range(10, 14):
            session.run({"other": x}, {x: zeros(size)})
        assert len(session.quick) == 1


def remembered(session: gn.Session) -> list[object]:
    """Give all combinations of shapes that a session recognises at once."""
    return [signature for known in session.quick.values() for signature in known.entries]


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


def test_calls_of_functions_are_uses() -> None:
    """A program that functions call is not the one that was used longest ago."""
    x = gn.placeholder((None,), name="x")
    y, z = x * 2, gn.exp(x)
    with gn.Session() as session:
        double = session.compile(y, [x])
        double(zeros(1))
        session.run(z, {x: zeros(1)})
        assert fetched_last(session) == "exp"
        for _ in range(2):
            double(zeros(1))
            assert fetched_last(session) == "multiply"


def fetched_last(session: gn.Session) -> str:
    """Give the name of what the program that was used last gives."""
    return next(reversed(session.programs.values())).plan.fetches[0].name


def test_functions_outlive_what_the_session_forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    """A function keeps its program, and brings it back when it is called."""
    monkeypatch.setattr(runner, "PROGRAMS", 1)
    x = gn.placeholder((None,), name="x")
    with gn.Session() as session:
        double = session.compile(x * 2, [x])
        double(zeros(2))
        for _ in range(3):
            session.run(x + 1, {x: zeros(2)}) if len(session.misses) == 1 else None
            assert double(zeros(2) + 4).tolist() == [8.0, 8.0]
            assert len(session.programs) == 1
            assert fetched_last(session) == "multiply"
        assert len(session.misses) == 2


def test_a_session_takes_its_memory_along() -> None:
    """There are no cycles in what a session remembers, so that nothing waits for the collector."""
    x = gn.placeholder((None,), name="x")
    y = gn.exp(x) * gn.random.uniform(())
    session = gn.Session()
    function = session.compile([y], [x])
    gc.collect()
    gc.disable()
    try:
        for _ in range(2):
            function(zeros(2))
            session.run(y, {x: zeros(2)})
            session.run({"y": [y]}, {"x": [1.0]})
        program = ref(next(iter(session.programs.values())))
        del function
        del session
        assert program() is None
    finally:
        gc.enable()


def test_functions_remember_a_bounded_number_of_shapes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A compiled function that is called with ever new shapes forgets old ones, and stays right."""
    monkeypatch.setattr(request, "REMEMBERED", 2)
    x = gn.placeholder((None,), name="x")
    with gn.Session() as session:
        function = session.compile(x + 1, [x])
        for size in (1, 2, 3, 4, 1, 2, 2, 5):
            assert function(zeros(size)).tolist() == [1.0] * size
            assert len(function.request.entries) <= 2


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
        assert "float32[2]" in function.source
        function([1.0, 2.0, 3.0])
        assert "float32[3]" in function.source


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


class Pair(NamedTuple):
    """A tuple with names."""

    first: Any
    second: Any


@dataclass(eq=False)
class Mutable:
    """A dataclass that is hashed by identity, and can change."""

    tensor: Any


def test_structures_are_told_apart() -> None:
    """What has the same tensors in other containers is not taken for what has been remembered."""
    x = gn.placeholder((), name="x")
    y, z = x + 1, x + 2
    names = {"a": "add", "b": "add_1"}
    structures: list[Any] = [
        *([y, z], (y, z), Pair(y, z), [[y], z], [(y, z)], [Pair(y, z)], {"a": y, "b": z}),
        *({"b": y, "a": z}, {"a": [y, z]}, {1: y, True + 1: z}, names, [names], [y, "add_1"]),
        *("add", y, [y], (y,), [], (), {}, [[]], [y, y], [[y, y]], {"it's": y, '"{}"\n': z}),
        *(deep(y, 40), deep(y, 60)),
    ]
    with gn.Session() as session:
        for _ in range(3):
            for fetches in structures:
                found = session.run(fetches, {x: 1.0})
                assert found == expected(fetches), fetches
                assert type(found) in {type(fetches), np.ndarray}


def deep(leaf: Tensor, depth: int) -> Any:
    """Put something in lists."""
    return [deep(leaf, depth - 1)] if depth else leaf


def expected(fetches: Any) -> Any:
    """Give the structure with 2 and 3 for the two tensors."""
    match fetches:
        case Tensor():
            return {"add": 2.0, "add_1": 3.0}[fetches.name]
        case str():
            return {"add": 2.0, "add_1": 3.0}[fetches]
        case dict():
            return {key: expected(value) for key, value in fetches.items()}
        case Pair(first, second):
            return Pair(expected(first), expected(second))
    return type(fetches)(map(expected, fetches))


def test_what_changes_is_not_taken_for_what_it_was() -> None:
    """Containers that the user changes between runs."""
    x = gn.placeholder((), name="x")
    tensors = [x + 1, x * 5, -x]
    y = tensors[0]
    containers: list[Any] = [
        *([y], {"y": y}, {"y": [y]}, {3: y}, Mutable(y), [Mutable(y)], [[y]], deep(y, 60)),
    ]
    with gn.Session() as session:
        for kept in containers:
            for _ in range(2):
                for tensor, value in zip(tensors, [3.0, 10.0, -2.0], strict=True):
                    replace_leaf(kept, tensor)
                    assert leaf_of(session.run(kept, {x: 2.0})) == value


def replace_leaf(container: Any, leaf: Tensor) -> None:
    """Put another leaf into nested containers of one."""
    if isinstance(container, Mutable):
        container.tensor = leaf
        return
    key = next(iter(container)) if isinstance(container, dict) else 0
    if isinstance(container[key], Tensor):
        container[key] = leaf
    else:
        replace_leaf(container[key], leaf)


def leaf_of(container: Any) -> Any:
    """Give the leaf of nested containers of one."""
    match container:
        case [inner]:
            return leaf_of(inner)
        case dict():
            return leaf_of([*container.values()])
        case Mutable(tensor=inner):
            return inner
    return container


def test_remembered_feeds_are_told_apart() -> None:
    """The order of feeds does not matter, their keys do; names are as good as tensors."""
    x, y = gn.placeholder((), name="x"), gn.placeholder((), name="y")
    z = gn.identity(x * 10, name="z") + y
    two, three = np.array(2, np.float32), np.array(3, np.float32)
    with gn.Session() as session:
        for _ in range(3):
            for feeds in ({x: two, y: three}, {y: three, x: two}, {"x": two, y: three}):
                assert session.run(z, feeds) == 23.0
            assert session.run(z, {"z": two, y: three, x: two}) == 5.0
            with pytest.raises(gn.errors.FeedError, match="'y'"):
                session.run(z, {x: two})
            with pytest.raises(gn.errors.FeedError, match="is fed twice"):
                session.run(z, {x: two, "x": two, y: three})
            with pytest.raises(gn.errors.FeedError, match="nothing of this name"):
                session.run(z, {x: two, y: three, "w": two})


def test_arrays_from_elsewhere_are_recognised() -> None:
    """Pickled arrays have a dtype object of their own."""
    x = gn.placeholder((None,), name="x")
    array = pickle.loads(pickle.dumps(zeros(3)))  # noqa: S301  # just made
    with gn.Session() as session:
        function = session.compile(x + 1, [x])
        for value in (array, zeros(3), array):
            assert function(value).tolist() == [1.0] * 3
            assert session.run(x + 1, {x: value}).tolist() == [1.0] * 3
        assert len(function.request.entries) == 1


def test_shapes_may_alternate() -> None:
    """Each call gets the program for its shapes, whatever came before."""
    x, y = gn.placeholder((None,), name="x"), gn.placeholder((None,), name="y")
    total, product = gn.sum(x) + gn.sum(y), gn.sum(x) * gn.sum(y)
    with gn.Session() as session:
        function = session.compile(total, [x, y])
        for number in range(12):
            a, b = np.ones(1 + number % 3, np.float32), np.ones(1 + number % 4, np.float32)
            assert function(a, b) == a.size + b.size
            assert session.run(total, {x: a, y: b}) == a.size + b.size
            if number % 2:
                assert session.run(product, {x: a, y: b}) == a.size * b.size
            assert session.run([total], {x: a.tolist(), y: b}) == [a.size + b.size]
