"""``ReduceOnPlateau``: a rate that falls when something stops getting better."""

import math
from typing import Any

import pytest

import graphnet as gn


def rates(plateau: gn.optim.ReduceOnPlateau, values: list[float]) -> list[float]:
    """Give the rate behind each value."""
    with gn.Session() as session:
        return [plateau.update(session, value) for value in values]


def test_the_rate_falls_after_patience() -> None:
    """Values in a row that are no better; a better one starts the count again."""
    plateau = gn.optim.ReduceOnPlateau(1.0, 0.5, patience=2)
    values = [3.0, 3.0, 2.0, 2.0, 2.5, 2.0, 2.0, 1.0]
    assert rates(plateau, values) == [1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.25, 0.25]


def test_larger_may_be_better() -> None:
    """As for an accuracy."""
    plateau = gn.optim.ReduceOnPlateau(1.0, 0.5, patience=1, mode="max")
    assert rates(plateau, [0.1, 0.2, 0.2, 0.15, 0.3]) == [1.0, 1.0, 0.5, 0.25, 0.25]


def test_a_threshold_must_be_passed() -> None:
    """Little is not better."""
    plateau = gn.optim.ReduceOnPlateau(1.0, 0.5, patience=1, threshold=0.25)
    assert rates(plateau, [1.0, 0.75, 0.5, 0.25]) == [1.0, 0.5, 0.5, 0.25]


def test_a_cooldown_does_not_count() -> None:
    """After a fall, some values have no effect."""
    plateau = gn.optim.ReduceOnPlateau(1.0, 0.5, patience=1, cooldown=2)
    assert rates(plateau, [1.0] * 8) == [1.0, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125]


def test_there_is_a_lowest_rate() -> None:
    """And what is no number is not better than anything."""
    plateau = gn.optim.ReduceOnPlateau(1.0, 0.5, patience=1, lowest=0.3)
    assert rates(plateau, [math.nan, math.nan, 5.0, math.nan]) == [0.5, 0.3, 0.3, 0.3]


def test_an_optimizer_takes_it() -> None:
    """As its learning rate; all that is remembered is variables, which another run can restore."""
    plateau = gn.optim.ReduceOnPlateau(0.5, 0.5, patience=1)
    x = gn.Variable(8.0)
    step = gn.optim.SGD(plateau).minimize(x)
    with gn.Session() as session:
        session.run(step)
        plateau.update(session, 1.0)
        plateau.update(session, 1.0)
        session.run(step)
        assert session.run(x) == 8 - 0.5 - 0.25
        kept = session.run(plateau.variables)
    restore = gn.group(*map(gn.assign, plateau.variables, kept))
    with gn.Session() as session:
        session.run(restore)
        assert plateau.update(session, 1.0) == 0.125


MISTAKES: dict[str, tuple[dict[str, Any], str]] = {
    "rate": ({"rate": -1.0}, "reduce_on_plateau: -1.0 is no rate"),
    "factor": ({"factor": math.nan}, "reduce_on_plateau: nan is no factor"),
    "factor above 1": ({"factor": 10.0}, "reduce_on_plateau: 10.0 is no factor"),
    "factor of nothing": ({"factor": 0}, "reduce_on_plateau: 0 is no factor"),
    "lowest": (
        {"lowest": 0.2},
        "reduce_on_plateau: the lowest rate 0.2 is above the first one, 0.1",
    ),
    "cooldown": ({"cooldown": 1.5}, "reduce_on_plateau: 1.5 is no cooldown"),
    "negative cooldown": ({"cooldown": -1}, "reduce_on_plateau: -1 is no cooldown"),
    "patience": ({"patience": 0}, "reduce_on_plateau: 0 is no patience"),
    "mode": ({"mode": "lowest"}, "reduce_on_plateau: 'lowest' is no mode"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes(name: str) -> None:
    """Each is refused where it is made."""
    arguments, headline = MISTAKES[name]
    with pytest.raises(gn.errors.DefinitionError) as caught:
        gn.optim.ReduceOnPlateau(**{"rate": 0.1, **arguments})
    assert caught.value.headline == headline
    assert "test_plateau.py" in str(caught.value.at)


def test_it_is_described_by_what_it_is_told() -> None:
    """The rate is in the session."""
    plateau = gn.optim.ReduceOnPlateau(0.5, 0.25, patience=3)
    assert repr(plateau) == "reduce_on_plateau(factor=0.25, patience=3)"
