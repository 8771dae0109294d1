"""Settings for some variables, by patterns of their names."""

import pytest

import graphnet as gn


def two() -> tuple[gn.Variable, gn.Variable]:
    """Make two variables."""
    return gn.Variable(1.0, name="encoder/weight"), gn.Variable(1.0, name="encoder/bias")


def test_a_group_has_settings_of_its_own() -> None:
    """Others keep those of the optimizer."""
    weight, bias = two()
    optimizer = gn.optim.SGD(0.5, groups={"*/bias": {"learning_rate": 0.25}})
    with gn.Session() as session:
        session.run(optimizer.minimize(weight + bias))
        assert session.run([weight, bias]) == [0.5, 0.75]


def test_of_two_groups_the_later_one_counts() -> None:
    """Setting by setting."""
    weight, bias = two()
    groups: dict[str, dict[str, gn.optim.Schedule | float]] = {
        "encoder/*": {"learning_rate": 0.25, "momentum": 0.0},
        "*/bias": {"learning_rate": gn.optim.schedules.piecewise([1], [0.125, 0.0])},
    }
    step = gn.optim.Momentum(1.0, 0.5, groups=groups).minimize(weight + bias)
    with gn.Session() as session:
        session.run_steps(step, [{}] * 2)
        assert session.run([weight, bias]) == [0.5, 0.875]


def test_groups_have_their_own_numbers() -> None:
    """The product of Nadam depends on a setting, so each group keeps one."""
    weight, bias = two()
    optimizer = gn.optim.Nadam(groups={"*/bias": {"beta1": 0.5}})
    step = optimizer.minimize(weight + bias)
    with gn.Session() as session:
        session.run(step)
        products = [session.run(optimizer.slot(each, "product")) for each in (weight, bias)]
    wanted = [beta * (1 - 0.5 * 0.96**0.004) for beta in (0.9, 0.5)]
    assert products == pytest.approx(wanted, rel=1e-6)
    assert optimizer.slot(weight, "count") is optimizer.slot(bias, "count")


def test_a_setting_must_exist() -> None:
    """The message has names that are near, or all."""
    with pytest.raises(gn.errors.DefinitionError) as caught:
        gn.optim.AdamW(groups={"*": {"wieght_decay": 0.0}})
    assert caught.value.headline == "adamw: there is no setting 'wieght_decay'"
    assert caught.value.hint == "did you mean 'weight_decay'?"
    with pytest.raises(gn.errors.DefinitionError) as caught:
        gn.optim.Momentum(0.1, groups={"*": {"x": 0.0}})
    assert caught.value.hint == "the settings are learning_rate, momentum"


def test_a_value_must_be_valid() -> None:
    """As for the whole optimizer."""
    with pytest.raises(gn.errors.DefinitionError, match="momentum: 1 is not a momentum"):
        gn.optim.Momentum(0.1, groups={"*": {"momentum": 1}})


def test_a_pattern_must_fit() -> None:
    """The message has names that are near."""
    weight, bias = two()
    optimizer = gn.optim.SGD(0.5, groups={"*/biases": {"learning_rate": 0.1}})
    with pytest.raises(gn.errors.DefinitionError) as caught:
        optimizer.minimize(weight + bias)
    assert caught.value.headline == "sgd: no variable fits the group '*/biases'"
    assert caught.value.hint == "did you mean '*/bias'?"
    assert caught.value.rows == [("variable", "'encoder/weight'"), ("variable", "'encoder/bias'")]
    assert "test_groups.py" in str(caught.value.at)


def test_a_pattern_may_be_for_another_step() -> None:
    """One optimizer for several steps names all groups at once."""
    weight, bias = two()
    optimizer = gn.optim.SGD(0.5, groups={"*/bias": {"learning_rate": 0.25}})
    optimizer.minimize(2 * weight)
    with gn.Session() as session:
        session.run(optimizer.minimize(bias))
        assert session.run(bias) == 0.75


def test_groups_are_settings_by_pattern() -> None:
    """Nothing else is."""
    with pytest.raises(gn.errors.DefinitionError, match="are no groups"):
        gn.optim.SGD(0.5, groups={"*/bias": 0.25})  # type: ignore[dict-item]  # the mistake


@pytest.mark.parametrize(
    ("pattern", "near"),
    [("*/biass", "*/bias"), ("encode/*", "encoder/*"), ("*/w/biass", "*/w/bias")],
)
def test_near_patterns_fit(pattern: str, near: str) -> None:
    """What the message proposes is a pattern that can be used."""
    weight, bias = two()
    loss = weight + bias * gn.Variable(1.0, name="decoder/w/bias")
    with pytest.raises(gn.errors.DefinitionError) as caught:
        gn.optim.SGD(0.5, groups={pattern: {"learning_rate": 0.1}}).minimize(loss)
    assert caught.value.hint is not None
    assert caught.value.hint.startswith(f"did you mean {near!r}")
    gn.optim.SGD(0.5, groups={near: {"learning_rate": 0.1}}).minimize(loss)
