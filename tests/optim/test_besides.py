"""What a step does besides: penalties, moving averages of layers, forms that nobody has chosen."""

import numpy as np
import pytest

import graphnet as gn
from graphnet.ops.attach import penalize, track, unsaid


def test_penalties_are_added_to_the_loss() -> None:
    """Each once, however often it is met; what is fetched as the loss stays as it is."""
    x = gn.Variable(3.0)
    penalty = 2 * x * x
    loss = penalize(x, penalty) + penalize(5 * x, penalty)
    step = gn.optim.SGD(0.125).minimize(loss)
    with gn.Session() as session:
        assert session.run([loss, step])[0] == 18.0
        assert session.run(x) == 3 - 0.125 * (6 + 4 * 3)


def test_what_only_a_penalty_depends_on_is_trained_too() -> None:
    """By default a step updates all that the loss with its penalties depends on."""
    x, y = gn.Variable(3.0, name="x"), gn.Variable(1.0, name="y")
    pairs = gn.optim.SGD(0.125).compute_gradients(penalize(x, y * y))
    assert [variable.name for _, variable in pairs] == ["x", "y"]
    assert gn.evaluate([gradient for gradient, _ in pairs]) == [1.0, 2.0]


@pytest.mark.parametrize("optimize", [True, False])
@pytest.mark.parametrize("halves", [True, False])
def test_moving_averages_move_with_the_step(optimize: bool, halves: bool) -> None:
    """Once for each call, one call after the other, and also where gradients are limited."""
    x = gn.placeholder((None,), name="x")
    weight = gn.Variable(2.0)
    mean = gn.Variable(1.0, trainable=False)
    first = track(weight * x, mean, x.mean(), 0.5)
    second = track(first + 1, mean, first.mean(), 0.25)
    # The gradients do not depend on `second`, but the step is for a loss that does.
    loss = second.mean()
    optimizer = gn.optim.SGD(0.5)
    if halves:
        pairs = optimizer.compute_gradients(loss)
        step = optimizer.apply_gradients(gn.optim.ClipByGlobalNorm(100.0)(pairs))
    else:
        step = optimizer.minimize(loss)
    with gn.Session(optimize=optimize) as session:
        session.run(loss, {x: [1.0, 3.0]})
        assert session.run(mean) == 1.0
        session.run(step, {x: [1.0, 3.0]})
        assert session.run(mean) == 0.25 * (0.5 * 1 + 0.5 * 2) + 0.75 * 4
        assert session.run(weight) == 1.0


def test_averages_of_two_losses_stay_apart() -> None:
    """A step moves what belongs to its own loss."""
    x = gn.placeholder((), name="x")
    weight = gn.Variable(1.0)
    means = [gn.Variable(0.0, trainable=False) for _ in range(2)]
    losses = [track(weight * x, mean, 2 * x, 0.5) for mean in means]
    optimizer = gn.optim.SGD(0.5)
    steps = [optimizer.minimize(loss) for loss in losses]
    with gn.Session() as session:
        session.run(steps[1], {x: 1.0})
        assert session.run(means) == [0.0, 1.0]


@pytest.mark.parametrize("optimize", [True, False])
@pytest.mark.parametrize("order", [True, False])
def test_two_optimizers_for_one_loss_move_averages_once(optimize: bool, order: bool) -> None:
    """In a run with both, whether one is told to wait for the other or not."""
    x = gn.placeholder((None,), name="x")
    weights = [gn.Variable(2.0), gn.Variable(4.0)]
    mean = gn.Variable(1.0, trainable=False)
    hidden = track(weights[0] * x, mean, x.mean(), 0.5)
    loss = track(weights[1] * hidden, mean, hidden.mean(), 0.25).mean()
    first = gn.optim.SGD(0.5).minimize(loss, weights[:1])
    with gn.control_dependencies([first] if order else []):
        second = gn.optim.Momentum(0.5).minimize(loss, weights[1:])
    once = 0.25 * (0.5 * 1 + 0.5 * 2) + 0.75 * 4
    with gn.Session(optimize=optimize) as session:
        session.run([first, second], {x: [1.0, 3.0]})
        assert session.run([mean, *weights]) == [once, -2.0, 2.0]
    with gn.Session(optimize=optimize) as session:
        session.run(first, {x: [1.0, 3.0]})
        assert session.run(mean) == once
        if not order:
            session.run(second, {x: [1.0, 3.0]})
            assert session.run(mean) == 0.25 * (0.5 * once + 0.5 * 2) + 0.75 * -4


def test_steps_that_move_averages_otherwise_stay_apart() -> None:
    """Towards more statistics, by another momentum, or behind other writes."""
    x = gn.placeholder((), name="x")
    weight = gn.Variable(1.0)
    mean = gn.Variable(8.0, trainable=False)
    statistic = 2 * x
    loss = track(weight * x, mean, statistic, 0.5)
    losses = [loss, track(loss, mean, 4 * x, 0.5), track(weight * x, mean, statistic, 0.25)]
    steps = [gn.optim.SGD(0.5).minimize(each) for each in losses]
    with gn.control_dependencies([gn.assign(mean, 0.0)]):
        steps.append(gn.optim.SGD(0.5).minimize(loss))
    for step, wanted in zip(steps, [5.0, 4.5, 3.5, 1.0], strict=True):
        with gn.Session() as session:
            session.run(step, {x: 1.0})
            assert session.run(mean) == wanted


def test_averages_move_in_each_run_of_a_round() -> None:
    """Where gradients are accumulated, statistics of all batches count."""
    x = gn.placeholder((), name="x")
    weight = gn.Variable(1.0)
    mean = gn.Variable(0.0, trainable=False)
    step = gn.optim.SGD(1.0, accumulate=2).minimize(track(weight * x, mean, 1 * x, 0.5))
    with gn.Session() as session:
        session.run(step, {x: 8.0})
        assert session.run([mean, weight]) == [4.0, 1.0]
        session.run(step, {x: 2.0})
        assert session.run([mean, weight]) == [3.0, -4.0]


def test_a_form_that_nobody_has_chosen_is_refused() -> None:
    """The message names the layers, and says how to choose; nothing has been declared."""
    x = gn.Variable(1.0)
    loss = unsaid(x * x, "model/dropout")
    optimizer = gn.optim.Adam()
    count = len(loss.graph.nodes)
    for declare in (optimizer.minimize, optimizer.describe):
        with pytest.raises(gn.errors.GraphError) as caught:
            declare(loss)
        assert caught.value.headline == (
            "adam: the loss comes from the inference form of 'model/dropout'"
        )
        assert caught.value.hint == (
            "call the model with training=True, "
            "or with training=False to say that this form is meant"
        )
        assert "test_besides.py" in str(caught.value.at)
    assert len(loss.graph.nodes) == count


def test_a_step_with_all_of_it() -> None:
    """Penalties, averages, limits, accumulation and averages of variables, together."""
    x = gn.placeholder((None, 2), name="x")
    layer = gn.nn.Dense(2)
    mean = gn.Variable([0.0, 0.0], trainable=False)
    hidden = layer(x)
    hidden = track(hidden, mean, hidden.mean(0), 0.9)
    loss = gn.square(penalize(hidden, 0.1 * gn.square(layer.weight).sum())).mean()
    optimizer = gn.optim.AdamW(
        gn.optim.schedules.warm_up(2, 0.1),
        clip=gn.optim.ClipByGlobalNorm(1.0),
        accumulate=2,
        average=gn.optim.MovingAverage(0.9),
        groups={"*/bias": {"weight_decay": 0.0}},
    )
    step = optimizer.minimize(loss)
    batches = np.random.default_rng(0).normal(size=(8, 5, 2)).astype(np.float32)
    results = []
    for optimize in (True, False):
        with gn.Session(seed=0, optimize=optimize) as session:
            session.run_steps(step, [{x: batch} for batch in batches])
            results.append(session.run([*layer.variables, mean, *optimizer.slots]))
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)
