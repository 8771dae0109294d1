"""Gradient accumulation: several runs make one step."""

from collections.abc import Callable

import numpy as np
import pytest

import graphnet as gn

RULES: list[Callable[..., gn.optim.Optimizer]] = [
    lambda **common: gn.optim.SGD(0.1, **common),
    lambda **common: gn.optim.Adam(0.1, epsilon=0.01, **common),
    lambda **common: gn.optim.Nadam(0.1, epsilon=0.01, **common),
    lambda **common: gn.optim.Momentum(
        gn.optim.schedules.exponential(0.1, 0.5),
        clip=gn.optim.ClipByGlobalNorm(0.1),
        average=gn.optim.MovingAverage(0.5),
        **common,
    ),
]
"""Optimizers with slots, numbers, schedules, limits and averages."""


@pytest.mark.parametrize("optimize", [True, False])
@pytest.mark.parametrize("place", range(len(RULES)))
def test_small_batches_are_one_large_batch(place: int, optimize: bool) -> None:
    """Three rounds of four runs are three steps, for variables and all that is kept."""
    generator = np.random.default_rng(3)
    data = generator.normal(size=(3, 4, 5, 2))
    targets = generator.normal(size=(3, 4, 5))
    x = gn.placeholder((None, 2), gn.float64)
    y = gn.placeholder((None,), gn.float64)
    weight, bias = gn.Variable(np.ones(2)), gn.Variable(np.float64(0.5))
    loss = gn.square(x @ weight + bias - y).mean()
    whole, pieces = RULES[place](name="whole"), RULES[place](accumulate=4, name="pieces")
    steps = whole.minimize(loss), pieces.minimize(loss)
    with gn.Session(optimize=optimize) as session, gn.Session(optimize=optimize) as other:
        for batches, labels in zip(data, targets, strict=True):
            session.run(steps[0], {x: batches.reshape(20, 2), y: labels.reshape(20)})
            for batch, label in zip(batches, labels, strict=True):
                other.run(steps[1], {x: batch, y: label})
        names = {slot.name: slot for slot in pieces.slots}
        ours = [
            weight,
            bias,
            *(names[slot.name.replace("whole", "pieces")] for slot in whole.slots),
        ]
        for mine, theirs in zip(
            other.run(ours), session.run([weight, bias, *whole.slots]), strict=True
        ):
            np.testing.assert_allclose(mine, theirs, rtol=1e-12)


def test_nothing_changes_before_the_last_run() -> None:
    """Neither variables nor slots nor the count; then sums start again."""
    x = gn.Variable(1.0)
    optimizer = gn.optim.Adam(0.5, accumulate=3)
    step = optimizer.minimize(3 * x)
    kept = [x, *(optimizer.slot(x, name) for name in ("mean", "square", "count"))]
    own = [optimizer.slot(x, "gradient_sum"), optimizer.slot(x, "runs")]
    with gn.Session() as session:
        session.run_steps(step, [{}] * 2)
        assert session.run(kept) == [1.0, 0.0, 0.0, 0]
        assert session.run(own) == [6.0, 2]
        session.run(step)
        assert session.run(x) == 0.5
        assert session.run(own) == [0.0, 0]


def test_a_value_that_went_wrong_stays_out() -> None:
    """What is computed for nothing does not reach variables."""
    x = gn.Variable(1.0)
    scale = gn.placeholder(())
    step = gn.optim.SGD(scale, accumulate=2).minimize(x * x)
    with gn.Session() as session:
        session.run(step, {scale: np.nan})
        session.run(step, {scale: 0.5})
        assert session.run(x) == 0.0


@pytest.mark.parametrize("runs", [0, -1, 1.5, True, None])
def test_a_number_of_runs_is_positive(runs: object) -> None:
    """Nothing else is."""
    with pytest.raises(gn.errors.DefinitionError) as caught:
        gn.optim.SGD(0.1, accumulate=runs)  # type: ignore[arg-type]  # the mistake
    assert caught.value.headline == f"sgd: {runs!r} runs cannot make a step"
