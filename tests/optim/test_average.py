"""Moving averages of variables."""

import numpy as np
import pytest

import graphnet as gn


def test_the_average_is_of_all_steps() -> None:
    """It is the mean of the values after each step, weighted by powers of the decay."""
    x = gn.Variable(np.array([1.0, -2.0]), name="x")
    average = gn.optim.MovingAverage(0.75)
    step = gn.optim.SGD(0.25, average=average).minimize((x * x * x).sum())
    seen = []
    with gn.Session() as session:
        for _ in range(6):
            session.run(step)
            seen.append(session.run(x))
            weights = 0.75 ** np.arange(len(seen))[::-1]
            wanted = np.average(seen, axis=0, weights=weights)
            np.testing.assert_allclose(session.run(average.of(x)), wanted, rtol=1e-14)


def test_variables_and_averages_change_places_and_back() -> None:
    """To the bit, for all variables at once, and also when something fails between."""
    layer = gn.nn.Dense(3)
    loss = gn.square(layer(gn.placeholder((None, 2), name="x"))).mean()
    average = gn.optim.MovingAverage(0.9)
    step = gn.optim.Adam(0.1, average=average).minimize(loss)
    pairs = [(each, average.of(each)) for each in layer.variables]
    with gn.Session(seed=0) as session:
        session.run_steps(step, [{"x": np.ones((4, 2), np.float32)}] * 3)
        before = session.run(pairs)
        with average.swapped(session):
            for (old, shadow), (new, kept) in zip(before, session.run(pairs), strict=True):
                np.testing.assert_array_equal(new, shadow)
                np.testing.assert_array_equal(kept, old)
                assert not np.array_equal(old, new)
        with pytest.raises(gn.errors.FetchError), average.swapped(session):
            session.run("nothing")
        for old_pair, new_pair in zip(before, session.run(pairs), strict=True):
            np.testing.assert_array_equal(old_pair, new_pair)


def test_swapping_declares_nothing() -> None:
    """So that a finished graph can be evaluated by averages, as often as wanted."""
    x = gn.Variable(4.0)
    average = gn.optim.MovingAverage()
    step = gn.optim.SGD(0.5, average=average).minimize(x * x)
    x.graph.finalize()
    with gn.Session() as session:
        session.run(step)
        for _ in range(5):
            with average.swapped(session):
                assert session.run(x) == 0.0


def test_steps_for_other_variables_are_averaged_too() -> None:
    """One object for several steps; what it keeps is listed."""
    x, y = gn.Variable(1.0, name="x"), gn.Variable(1.0, name="y")
    average = gn.optim.MovingAverage(0.5)
    optimizer = gn.optim.SGD(1.0, average=average)
    first, second = optimizer.minimize(x), optimizer.minimize(2 * y)
    assert [each.name for each in average.variables] == [
        "moving_average/x/average",
        "moving_average/y/average",
    ]
    with gn.Session() as session:
        session.run([first, second])
        with average.swapped(session):
            assert session.run([x, y]) == [0.0, -1.0]


def test_an_average_goes_on_with_another_optimizer() -> None:
    """Steps are counted for the average, whoever makes them; a variable may join later."""
    x = gn.Variable(np.float64(1.0), name="x")
    y = gn.Variable(np.float64(1.0), name="y")
    average = gn.optim.MovingAverage(0.75)
    first = gn.optim.SGD(0.25, average=average).minimize(x * x)
    second = gn.optim.Adam(0.25, average=average).minimize(x * x + y * y)
    seen = []
    with gn.Session() as session:
        for step in [first] * 3 + [second] * 2 + [first]:
            session.run(step)
            seen.append(session.run([x, y]))
        found = session.run([average.of(x), average.of(y)])
    weights = 0.75 ** np.arange(6)[::-1]
    ours = [np.average([each[0] for each in seen], weights=weights)]
    ours += [np.average([each[1] for each in seen[3:5]], weights=[0.75, 1])]
    np.testing.assert_allclose(found, ours, rtol=1e-14)


def test_the_first_step_counts_alone_in_float16() -> None:
    """However little of the average is new later on."""
    x = gn.Variable(np.float16(8))
    average = gn.optim.MovingAverage(0.999)
    step = gn.optim.SGD(0.25, average=average).minimize(x * x)
    with gn.Session() as session:
        session.run(step)
        assert session.run(average.of(x)) == session.run(x) == 4
        session.run_steps(step, [{}] * 3)
        assert session.run(average.of(x)) == pytest.approx((4 + 2 + 1 + 0.5) / 4, rel=5e-3)


def test_errors_of_a_block_come_through() -> None:
    """Also where the session has been closed, so that nothing can be swapped back."""
    x = gn.Variable(4.0)
    average = gn.optim.MovingAverage()
    step = gn.optim.SGD(0.25, average=average).minimize(x * x)
    session = gn.Session()
    session.run(step)
    with pytest.raises(KeyError, match="mine"), average.swapped(session):  # noqa: PT012
        session.close()
        raise KeyError("mine")
    session = gn.Session()
    with pytest.raises(gn.errors.GraphnetError) as caught, average.swapped(session):
        session.close()
    assert "the session is closed" in caught.value.headline
    assert "test_average.py" in str(caught.value.at)


def test_a_session_of_another_graph_is_refused() -> None:
    """The message shows the line of the block."""
    average = gn.optim.MovingAverage()
    gn.optim.SGD(0.25, average=average).minimize(gn.Variable(4.0))
    with gn.Graph():
        session = gn.Session()
    with pytest.raises(gn.errors.GraphnetError) as caught, average.swapped(session):
        session.run([])
    assert "test_average.py" in str(caught.value.at)


def test_before_a_step_an_average_is_the_initial_value() -> None:
    """So that evaluating too early does no harm."""
    x = gn.Variable(gn.random.normal((3,)))
    average = gn.optim.MovingAverage()
    gn.optim.SGD(1.0, average=average).minimize(x.sum())
    with gn.Session(seed=1) as session:
        start = session.run(x)
        with average.swapped(session):
            np.testing.assert_array_equal(session.run(x), start)


def test_mistakes() -> None:
    """A decay that is none, averages that nobody makes, and what is no average."""
    with pytest.raises(gn.errors.DefinitionError, match=r"moving_average: 1\.0 is not a decay"):
        gn.optim.MovingAverage(1.0)
    average = gn.optim.MovingAverage()
    x = gn.Variable(1.0, name="x")
    session = gn.Session()
    with (
        pytest.raises(gn.errors.GraphError, match="there are no averages yet"),
        average.swapped(session),
    ):
        session.run(x)
    with pytest.raises(gn.errors.GraphError, match="there is no slot 'average'"):
        average.of(x)
    with pytest.raises(gn.errors.DefinitionError, match=r"sgd: 0\.9 is no moving average"):
        gn.optim.SGD(1.0, average=0.9)  # type: ignore[arg-type]  # the mistake
