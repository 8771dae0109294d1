"""Reads see old values, writes are committed together, and initial values do not depend on use."""

from itertools import permutations
from typing import Any

import numpy as np
import pytest

import graphnet as gn
from graphnet.errors import ExecutionError, FeedError, GraphError
from graphnet.ir import Tensor
from graphnet.typing import Array

BOTH = pytest.mark.parametrize("optimize", [True, False])


# Reads and writes


@BOTH
def test_reads_see_old_values(optimize: bool) -> None:
    """Fetching a variable beside its update gives the value from before, in any order."""
    count = gn.Variable(1.0, name="count")
    update = gn.assign_add(count, 10.0)
    double = count * 2
    with gn.Session(optimize=optimize) as session:
        assert session.run([update, count, double]) == [11.0, 1.0, 2.0]
        assert session.run([double, count, update]) == [22.0, 11.0, 21.0]
        assert session.run(count) == 21.0


@BOTH
def test_reads_behind_a_write_see_the_new_value(optimize: bool) -> None:
    """An explicit read inside of a control dependency sees what has been written."""
    count = gn.Variable(1.0, name="count")
    update = gn.assign(count, count + 10.0)
    with gn.control_dependencies([update]):
        after, plain = count.read(), count * 1.0
    with gn.Session(optimize=optimize) as session:
        assert session.run([after, plain, count]) == [11.0, 1.0, 1.0]
        assert session.run(after) == 21.0
        assert session.run(plain) == 21.0
        assert session.run(count) == 31.0


@BOTH
def test_variables_can_be_swapped(optimize: bool) -> None:
    """Two variables take each other's old value in one run."""
    a, b = gn.Variable([1.0, 2.0], name="a"), gn.Variable([3.0, 4.0], name="b")
    swap = gn.group(gn.assign(a, b), gn.assign(b, a))
    with gn.Session(optimize=optimize) as session:
        for _ in range(3):
            session.run(swap)
        assert [value.tolist() for value in session.run([a, b])] == [[3.0, 4.0], [1.0, 2.0]]


@BOTH
def test_variables_can_be_rotated(optimize: bool) -> None:
    """A ring of variables, each taking a view of the next."""
    variables = [gn.Variable(np.full((2, 3), number, np.float32)) for number in range(4)]
    writes = [
        gn.assign(variable, following.T.T)
        for variable, following in zip(variables, variables[1:] + variables[:1], strict=True)
    ]
    with gn.Session(optimize=optimize) as session:
        session.run(writes)
        assert [value[0, 0] for value in session.run(variables)] == [1, 2, 3, 0]


@BOTH
@pytest.mark.parametrize("kind", ["transposed", "reversed", "shifted", "repeated", "itself"])
def test_a_variable_can_become_a_view_of_itself(optimize: bool, kind: str) -> None:
    """The value written may overlap the variable in any way."""
    start = np.arange(16.0, dtype=np.float32).reshape(4, 4)
    variable = gn.Variable(start, name="v")
    value, expected = {
        "transposed": (variable.T, start.T),
        "reversed": (variable[::-1, ::-1], start[::-1, ::-1]),
        "shifted": (gn.reshape(variable, 16)[::-1].reshape(4, 4).T, start[::-1, ::-1].T),
        "repeated": (gn.broadcast_to(variable[1], (4, 4)), np.broadcast_to(start[1], (4, 4))),
        "itself": (variable, start),
    }[kind]
    write = gn.assign(variable, value)
    with gn.Session(optimize=optimize) as session:
        assert session.run(write).tolist() == expected.tolist()
        assert session.run(variable).tolist() == expected.tolist()


@BOTH
def test_writes_must_be_ordered(optimize: bool) -> None:
    """Two writes are refused, naming both lines, until a dependency orders them."""
    count = gn.Variable(1.0, name="count")
    first, second = gn.assign(count, 5.0), gn.assign_add(count, 1.0)
    with gn.control_dependencies([first]):
        third = gn.assign_add(count, 1.0)
    with gn.Session(optimize=optimize) as session:
        with pytest.raises(GraphError, match="'count' in one run are not ordered") as caught:
            session.run([first, second])
        assert {row[1] for row in caught.value.rows} == {
            str(first.node.site),
            str(second.node.site),
        }
        assert session.run(count) == 1.0
        assert session.run([first, third, count]) == [5.0, 6.0, 1.0]
        assert session.run(count) == 6.0
        assert session.run([second]) == [7.0]


@BOTH
def test_chains_of_additions(optimize: bool) -> None:
    """Each addition in a chain of dependencies sees the one before."""
    count = gn.Variable(0, name="count")
    steps: list[Tensor] = []
    for number in range(1, 6):
        with gn.control_dependencies(steps[-1:]):
            steps.append(gn.assign_add(count, number))
    with gn.Session(optimize=optimize) as session:
        assert session.run([*steps, count]) == [1, 3, 6, 10, 15, 0]
        assert session.run(steps[2]) == 21
        assert session.run(count) == 21


@BOTH
def test_groups(optimize: bool) -> None:
    """A group runs all that is in it, nested groups too, and orders what waits for it."""
    a, b = gn.Variable(1.0, name="a"), gn.Variable(2.0, name="b")
    inner = gn.group(gn.assign_add(a, 1.0), name="inner")
    outer = gn.group(inner, gn.assign_add(b, 1.0), name="outer")
    with gn.control_dependencies([outer]):
        both = a.read() + b.read()
    with gn.Session(optimize=optimize) as session:
        assert session.run(outer) is None
        assert session.run([a, b]) == [2.0, 3.0]
        assert session.run([both, "inner"]) == [7.0, None]
        assert session.run([a, b]) == [3.0, 4.0]
        assert session.run(gn.group()) is None


@BOTH
def test_write_only_variables(optimize: bool) -> None:
    """A variable may be written before it is ever read, beside others that are not touched."""
    a, b = gn.Variable(1.0, name="a"), gn.Variable(2.0, name="b")
    with gn.Session(optimize=optimize) as session:
        assert session.run(gn.assign(b, 5.0)) == 5.0
        assert session.run(a) == 1.0
        assert session.run(b) == 5.0


@BOTH
def test_a_write_that_is_fed_does_not_happen(optimize: bool) -> None:
    """Feeding the result of a write cuts the write off."""
    count = gn.Variable(1.0, name="count")
    update = gn.assign_add(count, 1.0)
    with gn.Session(optimize=optimize) as session:
        assert session.run(update * 2, {update: 10.0}) == 20.0
        assert session.run(count) == 1.0


@BOTH
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", "uint64", "bool"])
def test_variables_of_every_dtype(optimize: bool, dtype: str) -> None:
    """Values keep their dtype, and variables of several dtypes live side by side."""
    start = np.array([[1, 0, 1]], dtype)
    variable, other = gn.Variable(start, name="v"), gn.Variable([7.0], name="other")
    write = gn.assign(variable, variable[:, ::-1])
    flip = gn.assign(variable, gn.cast(gn.logical_not(gn.cast(variable, "bool")), dtype))
    with gn.Session(optimize=optimize) as session:
        assert session.run(write).dtype == dtype
        assert session.run(flip).tolist() == [[0, 1, 0]]
        found = session.run([variable, other])
    assert (found[0].dtype, found[0].tolist(), found[1].tolist()) == (dtype, [[0, 1, 0]], [7.0])


@BOTH
@pytest.mark.parametrize("shape", [(), (0,), (3, 0), (100_000,)])
def test_variables_of_any_size(optimize: bool, shape: tuple[int, ...]) -> None:
    """Empty variables, variables without axes, and some larger than a chunk of memory."""
    variables = [gn.Variable(np.full(shape, number, np.float32)) for number in range(3)]
    writes = [gn.assign_add(variable, 1.0) for variable in variables]
    with gn.Session(optimize=optimize) as session:
        session.run(writes)
        for number, value in enumerate(session.run(variables)):
            assert value.shape == shape
            assert np.all(value == number + 1)


# Initial values


def chain() -> list[gn.Variable]:
    """Declare variables whose initial values depend on each other."""
    first = gn.Variable(gn.random.uniform((2,), name="noise"), name="first")
    second = gn.Variable(first * 10, name="second")
    third = gn.Variable(second.read() + first, name="third")
    return [first, second, third]


@BOTH
@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_initial_values_do_not_depend_on_the_order_of_use(
    optimize: bool, order: tuple[int, ...]
) -> None:
    """Variables see each other's initial values, whichever is needed first, and written when."""
    variables = chain()
    writes = [gn.assign(variable, [0.0, 0.0]) for variable in variables]
    with gn.Session(seed=3) as session:
        expected = session.run(variables)
    assert np.array_equal(expected[1], expected[0] * 10)
    assert np.array_equal(expected[2], expected[1] + expected[0])
    with gn.Session(seed=3, optimize=optimize) as session:
        for place in order:
            assert np.array_equal(session.run(variables[place]), expected[place])
            session.run(writes[place])
        assert not np.any(session.run(variables))


def test_initial_values_survive_the_growth_of_the_graph() -> None:
    """A variable declared after runs starts from the initial values of others, too."""
    first = gn.Variable(1.0, name="first")
    with gn.Session() as session:
        session.run(gn.assign(first, 5.0))
        second = gn.Variable(first + 1, name="second")
        assert session.run([first, second]) == [5.0, 2.0]


def test_variables_are_initialized_on_demand_and_once() -> None:
    """An initial value is computed when its variable is first needed, and never again."""
    made: list[str] = []

    def make(name: str) -> Tensor:
        def note() -> Array:
            made.append(name)
            return np.zeros((), np.float32)

        return gn.py_call(note, [], gn.float32, (), stateful=True)

    a, b = gn.Variable(make("a"), name="a"), gn.Variable(make("b"), name="b")
    with gn.Session() as session:
        session.run(gn.constant(1.0))
        assert made == []
        for _ in range(2):
            session.run(b)
            assert made == ["b"]
        session.run(gn.assign(a, 1.0))
        assert made == ["b", "a"]
        session.run([a, b])
    assert made == ["b", "a"]


def test_initialize_by_hand() -> None:
    """The moment can be the user's; values that are there stay."""
    a, b = gn.Variable(1.0, name="a"), gn.Variable(2.0, name="b")
    with gn.Session() as session:
        session.run(gn.assign(a, 5.0))
        session.initialize([a])
        session.initialize()
        session.initialize()
        assert session.run([a, b]) == [5.0, 2.0]
        with gn.Graph():
            stranger = gn.Variable(1.0)
        for wrong in (stranger, gn.constant(1.0), "a"):
            with pytest.raises(GraphError, match="takes variables of the session's graph"):
                session.initialize([wrong])  # type: ignore[list-item]


@BOTH
def test_initial_values_cannot_depend_on_feeds(optimize: bool) -> None:
    """The message names the variable and the placeholder, also through another variable."""
    x = gn.placeholder((), name="x")
    first = gn.Variable(x * 2, name="first")
    second = gn.Variable(first + 1, name="second")
    with gn.Session(optimize=optimize) as session:
        for fetches in (first, second, gn.assign(first, 1.0)):
            for feeds in ({x: 1.0}, None):
                with pytest.raises(FeedError, match="value of 'first' depends on placeholder 'x'"):
                    session.run(fetches, feeds)
        assert session.run(gn.exp(first), {first: 0.0}) == 1.0


def test_initial_values_cannot_depend_on_writes() -> None:
    """A variable that starts from a write would make the write happen at some time."""
    first = gn.Variable(1.0, name="first")
    second = gn.Variable(gn.assign_add(first, 1.0), name="second")
    with gn.control_dependencies([gn.assign(first, 5.0, name="five")]):
        third = gn.Variable(gn.identity(first), name="third")
    with gn.Session() as session:
        with pytest.raises(GraphError, match="value of 'second' depends on assign 'assign_add'"):
            session.run(second)
        assert session.run(third) == 1.0  # there before anything runs, so it waits for nothing
        assert session.run(first) == 1.0


@BOTH
def test_a_failing_initial_value_initializes_nothing(optimize: bool) -> None:
    """All variables that a run needs get their values, or none does."""
    calls: list[int] = []
    broken = [True]

    def count() -> Array:
        calls.append(1)
        return np.array(len(calls), np.float32)

    def fail(array: Array) -> Array:
        if broken[0]:
            raise ValueError("not now")
        return array + 0

    first = gn.Variable(gn.py_call(count, [], gn.float32, (), stateful=True), name="first")
    second = gn.Variable(
        gn.py_call(fail, [first * 10], gn.float32, (), stateful=True), name="second"
    )
    with gn.Session(optimize=optimize) as session:
        with pytest.raises(ExecutionError, match="py_call_1' failed: ValueError: not now"):
            session.run([first, second])
        assert not session.values()
        broken[0] = False
        assert session.run([first, second]) == [2.0, 20.0]


def test_initial_values_of_every_kind() -> None:
    """Constants, views, broadcasts, draws and calls."""
    base = gn.constant([[1.0, 2.0], [3.0, 4.0]])
    variables = [
        gn.Variable(base),
        gn.Variable(base.T),
        gn.Variable(gn.broadcast_to(base[0], (3, 2))),
        gn.Variable(gn.split(base, 2)[1]),
        gn.Variable(gn.py_call(np.sin, [base], gn.float32, (2, 2))),
        gn.Variable(gn.zeros_like(base)),
    ]
    with gn.Session() as session:
        first = session.run(variables)
        session.run([gn.assign_add(variable, 1.0) for variable in variables])
        second = session.run(variables)
    for before, after in zip(first, second, strict=True):
        assert np.allclose(before + 1, after)
    assert first[1].tolist() == [[1.0, 3.0], [2.0, 4.0]]


# Sessions


@BOTH
def test_sessions_are_independent(optimize: bool) -> None:
    """Two sessions of one graph have values, steps and seeds of their own."""
    count = gn.Variable(0.0, name="count")
    update = gn.assign_add(count, 1.0)
    with gn.Session(optimize=optimize) as one, gn.Session(optimize=optimize) as other:
        for _ in range(3):
            one.run(update)
        other.run(update)
        assert (one.run(count), other.run(count)) == (3.0, 1.0)
    with gn.Session() as third:
        assert third.run(count) == 0.0


def test_sessions_nest() -> None:
    """The graph of the innermost session is the current one."""
    outside = gn.constant(1.0)
    with gn.Graph() as graph:
        inside = gn.constant(2.0)
    with gn.Session() as outer:
        with gn.Session(graph) as inner:
            assert gn.constant(3.0).graph is graph
            assert inner.run(inside + 1) == 3.0
        assert gn.constant(3.0).graph is outside.graph
        assert outer.run(outside + 1) == 2.0


def test_a_function_cannot_run_its_own_session() -> None:
    """A run inside of a run is refused, whatever it asks for; another session may run."""
    x = gn.placeholder((), name="x")
    variable, other = gn.Variable(1.0, name="v"), gn.Variable(2.0, name="w")
    session = gn.Session()
    ways: dict[str, Any] = {
        "new": lambda: session.run(x * 3, {x: 1.0}),
        "known": lambda: session.run(variable),
        "first": lambda: session.run(other),
        "initialize": session.initialize,
    }
    chosen: list[str] = []

    def nested(array: Array) -> Array:
        ways[chosen[-1]]()
        return array

    call = gn.py_call(nested, [x], gn.float32, (), stateful=True)
    update = gn.assign_add(variable, call)
    with session:
        ways["compiled"] = session.compile(variable)
        assert session.run(variable) == ways["compiled"]() == 1.0
        for way in ways:
            chosen.append(way)
            with pytest.raises(ExecutionError, match="started another run of the same session"):
                session.run(update, {x: 1.0})
            assert session.run(variable) == 1.0
        ways["other"] = lambda: gn.evaluate(gn.constant(1.0) * 2)
        chosen.append("other")
        assert session.run(update, {x: 1.0}) == 2.0
