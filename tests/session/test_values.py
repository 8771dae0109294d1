"""Values of variables are copied, set and drawn anew beside all runs."""

from typing import Any
from weakref import ref

import numpy as np
import pytest

import graphnet as gn
from graphnet.errors import FeedError, GraphError, GraphnetError
from graphnet.ir.spec import static
from graphnet.session.runner import REQUESTS
from graphnet.session.session import Session
from tests.compiler.test_compiled import require_close


def test_values_are_copies_of_what_there_is() -> None:
    """Variables that nothing has needed yet are left out; what is copied stays."""
    x, y = gn.Variable([1.0, 2.0], name="x"), gn.Variable(3.0, name="y")
    with gn.Session() as session:
        assert session.values() == {}
        session.run(x)
        first = session.values()
        assert list(first) == [x]
        session.run(gn.assign(x, x * 10))
        session.initialize(y)
        assert list(session.values()) == [x, y]
        assert list(session.values([y])) == [y]
    require_close([first[x]], [np.array([1.0, 2.0], np.float32)])


@pytest.mark.parametrize("before", [True, False])
def test_what_is_copied_can_be_put_back(before: bool) -> None:
    """Whether a plan has been made of the variables by then or not."""
    x, y = gn.Variable([1.0, 2.0], name="x"), gn.Variable(3, name="y")
    step = gn.group(gn.assign(x, x * y.astype(gn.float32)), gn.assign(y, y + 1))
    with gn.Session() as session:
        session.initialize()
        if before:
            session.run(step)
        kept = session.values()
        expected = session.run([x, y])
        session.run(step)
        session.run(step)
        session.set_values(kept)
        require_close(session.run([x, y]), expected)


def test_values_are_taken_as_feeds_are() -> None:
    """By variable or name; numbers and lists are converted where that is safe."""
    x, y = gn.Variable([1.0, 2.0], name="x"), gn.Variable(3, name="y")
    with gn.Session() as session:
        session.set_values({"x": [5, 6], y: np.int32(7)})
        assert session.run([x, y])[0].tolist() == [5.0, 6.0]
        assert session.run(y) == 7


def test_what_does_not_fit_changes_nothing() -> None:
    """All values are looked at before the first is written."""
    x, y = gn.Variable([1.0, 2.0], name="x"), gn.Variable(3, name="y")
    z = gn.placeholder((), name="z")
    with gn.Session() as session:
        session.initialize()
        cases: list[tuple[dict[Any, Any], type[Exception]]] = [
            ({x: [0.0, 0.0], y: [1, 2]}, FeedError),
            ({x: [0.0, 0.0], y: 0.5}, FeedError),
            ({x: [0.0, 0.0], "z": 1}, GraphError),
            ({x: [0.0, 0.0], "x": [1.0, 1.0]}, GraphError),
            ({x: [0.0, 0.0], z: 1.0}, GraphError),
        ]
        for wrong, error in cases:
            with pytest.raises(error):
                session.set_values(wrong)
        with pytest.raises(GraphError, match="values by variable, not"):
            session.set_values([x])  # type: ignore[arg-type]
        assert session.run(x).tolist() == [1.0, 2.0]
    with pytest.raises(GraphnetError, match="closed"):
        session.values()
    with pytest.raises(GraphnetError, match="closed"):
        session.set_values({x: [0.0, 0.0]})


def test_a_fresh_start_is_another_one_each_time_and_reproducible() -> None:
    """It depends on the seed and on how many draws there have been; other values stay."""
    x = gn.Variable(gn.random.normal((4,)), name="x")
    y = gn.Variable(x.read() * 2, name="y")
    z = gn.Variable(gn.random.normal((4,)), name="z")

    def draws(session: Session) -> list[list[float]]:
        found: list[list[float]] = []
        for _ in range(3):
            session.initialize([x, y], fresh=bool(found))
            values = session.values()
            assert (values[y] == 2 * values[x]).all()
            found.append(values[x].tolist())
        return found

    with gn.Session(seed=5) as session:
        session.initialize(z)
        kept = session.values([z])[z]
        first = draws(session)
        assert (session.values([z])[z] == kept).all()
    with gn.Session(seed=5) as session:
        session.initialize(z)
        assert draws(session) == first
    assert first[0] != first[1] != first[2] != first[0]


@pytest.mark.parametrize("early", [True, False])
def test_initializing_early_leaves_the_choice_of_places_to_the_plan(early: bool) -> None:
    """The state of an optimizer lies in the order of what it updates, to be updated as one."""
    x = gn.placeholder((None, 4), name="x")
    hidden = gn.nn.Dense(8, gn.relu)
    loss = gn.square(gn.nn.Dense(3)(hidden(x))).mean()
    variables = [v for v in x.graph.variables() if isinstance(v, gn.Variable)]
    slopes = gn.gradients(loss, variables)
    steps = []
    for variable, slope in zip(variables, slopes, strict=True):
        zero = np.zeros(static(variable.shape), np.float32)
        mean = gn.Variable(zero, name=f"{variable.name}/mean", trainable=False)
        square = gn.Variable(zero, name=f"{variable.name}/square", trainable=False)
        mean_new = gn.assign(mean, mean * 0.9 + slope * 0.1)
        square_new = gn.assign(square, square * 0.99 + slope * slope * 0.01)
        steps.append(gn.assign_sub(variable, mean_new / (gn.sqrt(square_new) + 1e-3)))
    with gn.Session(seed=0) as session:
        if early:
            session.initialize()
        step = session.compile(gn.group(*steps), [x])
        step(np.ones((5, 4), np.float32))
        writes = [target for target, _ in step.plan.writes]
    assert sorted(map(len, writes)) == [4, 4, 4]


def test_an_interrupt_on_the_way_to_a_place_loses_no_value() -> None:
    """What waits for its place is written there before it counts as placed."""
    x = gn.Variable([1.0, 2.0], name="x")

    class Interrupted(dict[Any, Any]):
        def __setitem__(self, key: Any, value: Any) -> None:
            raise KeyboardInterrupt

    with gn.Session() as session:
        session.set_values({x: [3.0, 4.0]})
        places = session.store.places
        session.store.places = Interrupted()
        with pytest.raises(KeyboardInterrupt):
            session.run(x)
        session.store.places = places
        assert session.values()[x].tolist() == [3.0, 4.0]
        assert session.run(x).tolist() == [3.0, 4.0]


def test_a_closed_session_takes_the_programs_of_its_functions_along() -> None:
    """A function that is still held keeps none of the memory."""
    x = gn.placeholder((None,), name="x")
    with gn.Session() as session:
        function = session.compile(x * 2, [x])
        function(np.ones(2, np.float32))
        (entry,) = function.request.entries.values()
        program = ref(entry.program)
        del entry
        assert program() is not None
    assert program() is None
    assert "multiply" in function.source
    assert function.plan.memory == 0
    with pytest.raises(GraphnetError, match="closed"):
        function(np.ones(2, np.float32))


def test_new_kinds_of_calls_do_not_pile_up() -> None:
    """As a loop makes them that names its fetches anew each time."""
    x = gn.Variable(1.0)
    with gn.Session() as session:
        for number in range(REQUESTS + 10):
            session.run({f"step_{number}": x})
        assert len(session.quick) <= REQUESTS
