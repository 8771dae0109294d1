"""What an optimizer says about itself."""

import pytest

import graphnet as gn
from graphnet.ops.attach import penalize, track


def test_all_that_a_step_does_is_told() -> None:
    """Without declaring anything."""
    x = gn.placeholder((None, 3), name="x")
    layer = gn.nn.Dense(2, name="dense")
    mean = gn.Variable([0.0, 0.0], name="mean", trainable=False)
    hidden = layer(x)
    hidden = track(hidden, mean, gn.mean(hidden, 0), 0.75)
    hidden = penalize(hidden, gn.sum(gn.square(layer.weight)))
    loss = gn.mean(gn.square(hidden))
    optimizer = gn.optim.AdamW(
        gn.optim.schedules.cosine(0.1, length=100),
        weight_decay=0.5,
        clip=gn.optim.ClipByGlobalNorm(1.0),
        groups={"*/bias": {"weight_decay": 0.0}},
        accumulate=4,
        average=gn.optim.MovingAverage(0.99),
    )
    before = str(loss.graph)
    assert optimizer.describe(loss) == (
        "adamw minimizes 'mean_2'\n"
        "  +  sum\n"
        "  learning_rate=cosine(rate=0.1, end=0.0, length=100, after='error'), beta1=0.9, "
        "beta2=0.999, epsilon=1e-08, weight_decay=0.5, epsilon_inside=False\n"
        "  averages the gradients of 4 runs for one step\n"
        "  limits gradients by ClipByGlobalNorm(1.0)\n"
        "  averages the variables by moving_average(decay=0.99)\n"
        "  keeps count\n"
        "updates\n"
        "  dense/weight  float32[3, 2]  keeps mean, square\n"
        "  dense/bias    float32[2]     keeps mean, square  weight_decay=0.0\n"
        "moves\n"
        "  mean  float32[2]  towards mean_1  keeps 0.75"
    )
    assert str(loss.graph) == before
    assert not optimizer.slots


def test_a_small_one() -> None:
    """What is not there is not told."""
    x, y = gn.Variable([1.0], name="x"), gn.Variable(1.0, name="y")
    text = gn.optim.SGD(0.5, name="mine").describe((x * y).sum(), [x])
    assert text == ("mine minimizes 'sum'\n  learning_rate=0.5\nupdates\n  x  float32[1]")


@pytest.mark.parametrize(
    ("optimizer", "counted"),
    [
        (gn.optim.SGD(0.5), False),
        (gn.optim.Adam(), True),
        (gn.optim.Momentum(0.5, gn.optim.schedules.constant(0.5)), True),
        (gn.optim.SGD(0.5, groups={"*": {"learning_rate": gn.optim.schedules.constant(0)}}), True),
        (gn.optim.Lion(average=gn.optim.MovingAverage()), False),
    ],
    ids=lambda value: str(value) if isinstance(value, bool) else value.label,
)
def test_steps_are_counted_where_it_is_told(optimizer: gn.optim.Optimizer, counted: bool) -> None:
    """Both by the text and by the slots."""
    x = gn.Variable(1.0)
    assert ("keeps count" in optimizer.describe(x * x)) == counted
    optimizer.minimize(x * x)
    assert any(slot.name.endswith("count") for slot in optimizer.slots) == counted


def test_mistakes_are_those_of_minimize() -> None:
    """A loss without variables."""
    with pytest.raises(gn.errors.GradientError, match="no trainable variable influences the loss"):
        gn.optim.SGD(0.5).describe(gn.placeholder(()))
