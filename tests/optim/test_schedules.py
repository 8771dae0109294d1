"""Schedules: their rates, their ends, and what they refuse."""

from collections.abc import Callable

import numpy as np
import pytest

import graphnet as gn
from tests.optim import transcriptions

make = gn.optim.schedules


def close(schedule: gn.optim.Schedule, expected: list[float]) -> None:
    """Require the first rates of a schedule."""
    np.testing.assert_allclose(schedule.values(len(expected)), expected, rtol=1e-13, atol=1e-15)


def test_constant() -> None:
    """One rate for all steps, of any size of step number."""
    assert make.constant(0.1).values([0, 1, 10**9]).tolist() == [0.1] * 3


def test_piecewise() -> None:
    """A boundary is the first step of the next rate."""
    rates = make.piecewise([1, 4], [3.0, 2.0, 1.0]).values(6)
    assert rates.tolist() == [3.0, 2.0, 2.0, 2.0, 1.0, 1.0]


def test_step() -> None:
    """The rate changes every so many steps, and not one step before."""
    rates = make.step(2.0, 0.5, every=10).values([0, 9, 10, 19, 20, 29])
    assert rates.tolist() == [2.0, 2.0, 1.0, 1.0, 0.5, 0.5]


@pytest.mark.parametrize("optimize", [True, False])
def test_the_rate_changes_in_its_step(optimize: bool) -> None:
    """Also where a product with the reciprocal of the period is not the quotient, as 49 / 49."""
    numbers = np.arange(1, 11)
    count = gn.placeholder((None,), gn.int64)
    rates = {every: make.step(1.0, 0.5, every=every)(count) for every in (49, 98, 103, 107, 161)}
    with gn.Session(optimize=optimize) as session:
        for every, rate in rates.items():
            for late in (0, every - 1):
                found = session.run(rate, {count: numbers * every + late})
                np.testing.assert_array_equal(found, 0.5**numbers)


def test_the_last_step_of_steps_is_held() -> None:
    """A rate that would begin behind the end is never in force."""
    schedule = make.step(1.0, 0.1, every=10, length=20, after="hold")
    assert schedule.values([9, 10, 19, 20, 100]).tolist() == [1.0, 0.1, 0.1, 0.1, 0.1]
    after = make.joined(make.constant(1.0, length=5), schedule)
    assert after.values([5, 24, 25, 99]).tolist() == [1.0, 0.1, 0.1, 0.1]


@pytest.mark.parametrize(
    ("schedule", "end"),
    [
        (make.constant(0.5, length=4, after="hold"), 0.5),
        (make.exponential(1.0, 0.5, length=4, after="hold"), 0.0625),
        (make.polynomial(1.0, 0.25, length=4, after="hold"), 0.25),
        (make.cosine(1.0, 0.25, length=4, after="hold"), 0.25),
        (make.cosine_restarts(1.0, 0.25, period=2, cycles=2, after="hold"), 0.25),
        (
            make.one_cycle(1.0, length=4, start=0.5, end=0.25, rise=0.25, fall=0.25, after="hold"),
            0.25,
        ),
        (make.warm_up(2, make.cosine(1.0, 0.25, length=2, after="hold")), 0.25),
    ],
    ids=lambda value: repr(value).partition("(")[0],
)
def test_the_end_of_a_curve_is_held(schedule: gn.optim.Schedule, end: float) -> None:
    """It is reached in the first step that is not among the steps."""
    np.testing.assert_allclose(schedule.values([4, 5, 1000]), [end] * 3, rtol=1e-14)
    assert schedule.values([3])[0] >= end


def test_exponential() -> None:
    """A factor to the power of the time."""
    close(make.exponential(0.1, 0.9, every=3), [0.1 * 0.9 ** (t / 3) for t in range(20)])


@pytest.mark.parametrize("power", [1, 0.5, 2])
def test_polynomial(power: float) -> None:
    """From the first rate on, to the last one behind the last step."""
    schedule = make.polynomial(0.5, 0.1, power, length=8, after="hold")
    close(schedule, [0.1 + 0.4 * (1 - min(t, 8) / 8) ** power for t in range(12)])
    assert schedule.values([8, 100]).tolist() == [0.1, 0.1]


def test_cosine() -> None:
    """Half a wave."""
    schedule = make.cosine(0.5, 0.1, length=7, after="hold")
    close(schedule, [transcriptions.cosine(min(t, 7), 0.5, 0.1, 7) for t in range(10)])


@pytest.mark.parametrize("growth", [1, 2, 3, 5])
@pytest.mark.parametrize("period", [1, 3, 10])
def test_cosine_with_restarts(period: int, growth: int) -> None:
    """Each restart is in its step, however long the cycles get."""
    schedule = make.cosine_restarts(0.5, 0.1, period=period, growth=growth)
    starts = [period * sum(growth**cycle for cycle in range(number)) for number in range(9)]
    steps = sorted({max(start + near, 0) for start in starts for near in (-1, 0, 1)})
    wanted = [transcriptions.cosine_restarts(t, 0.5, 0.1, period, growth) for t in steps]
    np.testing.assert_allclose(schedule.values(steps), wanted, rtol=1e-9, atol=1e-11)
    assert all(rate == 0.5 for rate in schedule.values(starts))


@pytest.mark.parametrize("growth", [1, 2, 3, 10])
@pytest.mark.parametrize("period", [1, 7, 49])
def test_each_step_is_in_its_cycle(period: int, growth: int) -> None:
    """One after the other, and around restarts after billions of steps."""
    schedule = make.cosine_restarts(1.0, period=period, growth=growth)
    starts = [period * sum(growth**cycle for cycle in range(number)) for number in range(10)]
    steps = sorted({*range(300), *(start + near for start in starts[1:] for near in (-1, 0, 1))})
    wanted = [transcriptions.cosine_restarts(t, 1.0, 0.0, period, growth) for t in steps]
    np.testing.assert_allclose(schedule.values(steps), wanted, rtol=1e-9, atol=1e-15)


def test_cosine_with_a_number_of_cycles() -> None:
    """At its end it does not restart."""
    schedule = make.cosine_restarts(1.0, 0.25, period=2, growth=2, cycles=2, after="hold")
    assert schedule.length == 6
    close(schedule, [1.0, 0.625, *(transcriptions.cosine(t, 1.0, 0.25, 4) for t in range(4)), 0.25])


def test_one_cycle() -> None:
    """Straight lines between four corners."""
    schedule = make.one_cycle(1.0, length=20, start=0.2, end=0.01, rise=0.3, fall=0.5)
    close(schedule, [transcriptions.one_cycle(t, 1.0, 0.2, 0.01, 6, 10, 4) for t in range(20)])
    default = make.one_cycle(1.0, length=20, after="hold").values([0, 9, 18, 20])
    np.testing.assert_allclose(default, [0.1, 1.0, 0.1, 0.001])


def test_warm_up() -> None:
    """A line to what follows, whose steps are counted from its end."""
    schedule = make.warm_up(4, make.exponential(0.8, 0.5), start=0.4)
    close(schedule, [0.4, 0.5, 0.6, 0.7, 0.8, 0.4, 0.2])
    assert make.warm_up(4, 0.1).length is None
    assert make.warm_up(4, make.cosine(0.1, length=3)).length == 7


def test_joined() -> None:
    """Each one from its own start; the last one says what comes behind."""
    schedule = make.joined(
        make.constant(1.0, length=2),
        make.polynomial(1.0, 0.5, length=2),
        make.polynomial(0.5, 0.0, length=2, after="hold"),
    )
    assert schedule.values(8).tolist() == [1.0, 1.0, 1.0, 0.75, 0.5, 0.25, 0.0, 0.0]
    nested = make.joined(make.warm_up(2, make.constant(1.0, length=1)), make.constant(0.5))
    assert nested.values(5).tolist() == [0.0, 0.5, 1.0, 0.5, 0.5]


def test_a_schedule_is_its_call() -> None:
    """It prints how it was declared."""
    schedule = make.warm_up(4, make.cosine(0.1, length=3))
    assert repr(schedule) == (
        "warm_up(length=4, start=0.0, then=cosine(rate=0.1, end=0.0, length=3, after='error'))"
    )
    assert repr(make.constant(0.1)) == "constant(rate=0.1)"


@pytest.mark.parametrize("optimize", [True, False])
def test_an_end_is_an_error(optimize: bool) -> None:
    """The run behind the last step fails, says why, and changes nothing."""
    x = gn.Variable(4.0)
    optimizer = gn.optim.Momentum(make.polynomial(1.0, length=2))
    step = optimizer.minimize(x)
    kept = [x, *optimizer.slots]
    with gn.Session(optimize=optimize) as session:
        session.run_steps(step, [{}, {}])
        before = session.run(kept)
        with pytest.raises(gn.errors.ExecutionError) as caught:
            session.run(step)
        assert (
            "the schedule polynomial(rate=1.0, end=0.0, power=1.0, length=2, after='error') "
            "has ended: it is for 2 steps"
        ) in str(caught.value)
        assert 'after="hold"' in str(caught.value.hint)
        assert session.run(kept) == before


def test_an_end_can_be_held() -> None:
    """The rate stays what it is at the end."""
    x = gn.Variable(4.0)
    step = gn.optim.SGD(make.polynomial(1.0, 0.25, length=2, after="hold")).minimize(x)
    with gn.Session() as session:
        session.run_steps(step, [{}] * 4)
        assert session.run(x) == 4 - 1 - 0.625 - 0.25 - 0.25


def test_values_end_like_runs() -> None:
    """Also for a picture the end is an error."""
    with pytest.raises(gn.errors.ExecutionError, match="has ended"):
        make.cosine(0.1, length=3).values(4)
    assert make.cosine(0.1, length=3).values([]).tolist() == []


def test_a_schedule_is_an_ordinary_tensor() -> None:
    """It can be fetched, with the count of an optimizer or any other number."""
    count = gn.placeholder((), gn.int64)
    rate = make.exponential(1.0, 0.5)(count)
    assert rate.dtype == gn.float64
    assert gn.evaluate(rate, {count: 3}) == 0.125


MISTAKES: dict[str, tuple[Callable[[], object], str, str]] = {
    "negative rate": (
        lambda: make.constant(-1.0),
        "constant: -1.0 is no rate",
        "rate is a finite number from 0 up",
    ),
    "NaN": (
        lambda: make.cosine(float("nan"), length=3),
        "cosine: nan is no rate",
        "rate is a finite number from 0 up",
    ),
    "length": (
        lambda: make.polynomial(1.0, length=0),
        "polynomial: 0 is no length",
        "length is a positive integer",
    ),
    "length of Schedule": (
        lambda: gn.optim.Schedule("mine", lambda step: step, 2.5),  # type: ignore[arg-type]
        "mine: 2.5 is not a length",
        "give a number of steps",
    ),
    "after": (
        lambda: make.cosine(1.0, length=3, after="stop"),  # type: ignore[arg-type]
        "cosine(rate=1.0, end=0.0, length=3, after='stop'): 'stop' is not a way to go on",
        'use after="error" to let the run fail, or after="hold" to keep the last rate',
    ),
    "boundaries": (
        lambda: make.piecewise([3, 2], [1.0, 2.0, 3.0]),
        "piecewise: [3, 2] are no boundaries",
        "give increasing steps",
    ),
    "rates": (
        lambda: make.piecewise([3], [1.0]),
        "piecewise: 1 rates for 1 boundaries",
        "give one rate before each boundary, and one behind the last",
    ),
    "nothing joined": (
        make.joined,
        "joined: there are no schedules",
        "give at least one",
    ),
    "joined without an end": (
        lambda: make.joined(make.constant(1.0), make.constant(0.5)),
        "joined: nothing can follow constant(rate=1.0), which has no end",
        "give all but the last one a length",
    ),
    "one cycle": (
        lambda: make.one_cycle(1.0, length=3, rise=0.9),
        "one_cycle: 3 steps cannot be shared out",
        "rise and fall are shares of the steps, which leave some for the end",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes(name: str) -> None:
    """Each is refused where it is made."""
    declare, headline, hint = MISTAKES[name]
    with pytest.raises(gn.errors.DefinitionError) as caught:
        declare()
    assert caught.value.headline == headline
    assert caught.value.hint == hint
    assert caught.value.at
    assert "test_schedules.py" in caught.value.at
