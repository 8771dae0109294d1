"""A graph that grows between runs: equal expressions share programs, and loops are warned about."""

import inspect
import warnings
from collections.abc import Callable

import numpy as np
import pytest

import graphnet as gn
from graphnet.errors import GraphError, GraphnetWarning
from graphnet.ir import Tensor
from graphnet.session import growth

IGNORE = pytest.mark.filterwarnings("ignore::graphnet.errors.GraphnetWarning")


def line_of(function: Callable[[], object], text: str) -> int:
    """Find the line of a function that contains a text."""
    source, first = inspect.getsourcelines(function)
    return next(first + at for at, words in enumerate(source) if text in words)


@IGNORE
def test_equal_expressions_share_a_program() -> None:
    """An expression declared again is the first one to the session."""
    x = gn.placeholder((None,), name="x")
    with gn.Session() as session:
        for number in range(5):
            found = session.run([-x * 2 + 1, gn.sum(x, 0)], {x: [float(number), 1.0]})
            assert found[0].tolist() == [1 - 2 * number, -1]
            assert found[1] == number + 1
        assert len(session.programs) == 1
        assert len(session.misses) == 1


@IGNORE
def test_expressions_of_variables_and_calls_share_a_program() -> None:
    """Variables are the same by identity; pure functions, by being the same function."""
    variable = gn.Variable([1.0, 2.0], name="v")
    with gn.Session() as session:
        for _ in range(4):
            session.run(gn.py_call(np.sin, [variable.read() * 2], gn.float32, (2,)))
        assert len(session.programs) == 1


@IGNORE
def test_different_expressions_do_not() -> None:
    """What differs in an argument, a constant, an effect or an order is a program of its own."""
    x = gn.placeholder((2, 2), name="x")
    variable = gn.Variable(1.0)
    update = gn.assign_add(variable, 1.0)
    makers: list[Callable[[], Tensor]] = [
        *(lambda: gn.sum(x, 0), lambda: gn.sum(x, 1), lambda: x + 1, lambda: x + 2),
        *(lambda: x - x, lambda: gn.random.uniform((2,)), lambda: gn.assign(variable, 1.0)),
    ]
    with gn.Session() as session:
        for make in makers:
            session.run(make(), {x: np.eye(2, dtype=np.float32)})
        assert len(session.programs) == len(makers)
        with gn.control_dependencies([update]):
            after = x + 1
        session.run(after, {x: np.eye(2, dtype=np.float32)})
        assert len(session.programs) == len(makers) + 1
        for _ in range(2):
            first, second = (session.run(gn.random.uniform((2,))) for _ in range(2))
            assert not np.array_equal(first, second)


def test_the_third_round_is_warned_about() -> None:
    """The warning names the line, and comes once."""
    x = gn.placeholder((), name="x")
    with warnings.catch_warnings(record=True) as caught, gn.Session() as session:
        warnings.simplefilter("always")
        for number in range(6):
            session.run(-x, {x: 1.0})
            assert len(caught) == (number >= 3)
    (warning,) = caught
    assert warning.category is GraphnetWarning
    assert warning.filename == __file__
    assert warning.lineno == line_of(test_the_third_round_is_warned_about, "session.run(-x")
    assert str(warning.message) == (
        "this line has made new nodes between runs 3 times; "
        "declare the expression once, before the loop, and run the same tensor again"
    )


def test_declaring_between_runs_is_no_growth_at_first() -> None:
    """A notebook declares and runs in turns; each line makes its nodes once or twice."""
    x = gn.placeholder((), name="x")
    with gn.Session() as session:
        for _ in range(2):
            session.run(gn.exp(x), {x: 1.0})
        session.run(gn.tanh(x), {x: 1.0})
        y = gn.sin(x)
        for _ in range(10):
            session.run(y, {x: 1.0})


def test_nodes_made_before_the_first_run_do_not_count() -> None:
    """A large graph declared in loops is no growth."""
    x = gn.placeholder((), name="x")
    y = x
    for _ in range(50):
        y = gn.sin(y)
    with gn.Session() as session:
        session.run(y, {x: 1.0})
        session.run(y, {x: 1.0})


@IGNORE
def test_growth_ends_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that never stops is an error, which keeps coming; what there is can still be run."""
    monkeypatch.setattr(growth, "LIMIT", 5)
    x = gn.placeholder((), name="x")
    count = gn.Variable(0.0, name="count")

    def declare() -> Tensor:
        return gn.assign_add(count, x)

    with gn.Session() as session:
        for _ in range(5):
            session.run(declare(), {x: 1.0})
        for _ in range(2):
            with pytest.raises(GraphError, match=r"has grown between runs [56] times") as caught:
                session.run(declare(), {x: 1.0})
            assert caught.value.at is not None
            assert caught.value.at.endswith(f":{line_of(declare, 'assign_add')}")
            assert caught.value.hint is not None
            assert "before the loop" in caught.value.hint
            assert session.run(count) == 5.0


def test_a_warning_made_an_error_changes_nothing() -> None:
    """The run that is warned about raises before anything happens; the next one runs."""
    count = gn.Variable(0.0, name="count")
    with gn.Session() as session:
        session.run(count)
        done = 0
        for _ in range(5):
            try:
                session.run(gn.assign_add(count, 1.0))
                done += 1
            except GraphnetWarning:
                assert done == 2
        assert done == 4
        assert session.run(count) == 4.0


def test_finalized_graphs_refuse_to_grow() -> None:
    """After finalize no node can be made, and runs go on."""
    x = gn.placeholder((), name="x")
    y = gn.exp(x)
    x.graph.finalize()
    with gn.Session() as session:
        for _ in range(2):
            assert session.run(y, {x: 0.0}) == 1.0
            with pytest.raises(GraphError, match="negative: the graph is finalized"):
                session.run(-x, {x: 0.0})
        with pytest.raises(GraphError, match="the graph is finalized") as caught:
            gn.placeholder(())
    assert caught.value.rows[0][0] == "finalized"
    assert __file__.endswith(caught.value.rows[0][1].rpartition(":")[0].rpartition("/")[2])


@IGNORE
def test_compiled_functions_do_not_mind_growth() -> None:
    """A function is made of what was declared when it was compiled."""
    x = gn.placeholder((), name="x")
    with gn.Session() as session:
        function = session.compile(x * 2, [x])
        for number in range(5):
            assert session.run(x + float(number), {x: 1.0}) == 1 + number
            assert function(float(number)) == 2 * number
