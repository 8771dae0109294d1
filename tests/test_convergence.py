"""Five tiny problems, each with the loss that a fixed number of steps reaches from a fixed seed.

A wrong gradient, update or draw shows here even where every single law holds.
"""

from collections.abc import Callable

import numpy as np
import pytest

import graphnet as gn
from graphnet.typing import Array

Problem = Callable[[], tuple[gn.Tensor, float, dict[gn.Tensor, Array]]]


def least_squares() -> tuple[gn.Tensor, float, dict[gn.Tensor, Array]]:
    """Find the line through noisy points."""
    generator = np.random.default_rng(0)
    points = generator.uniform(-1, 1, (50, 1)).astype(np.float32)
    values = 3 * points - 1 + generator.normal(0, 0.1, (50, 1)).astype(np.float32)
    x, y = gn.placeholder((None, 1)), gn.placeholder((None, 1))
    slope, offset = gn.Variable([[0.0]]), gn.Variable([0.0])
    return gn.mean(gn.square(x @ slope + offset - y)), 0.3, {x: points, y: values}


def logistic_regression() -> tuple[gn.Tensor, float, dict[gn.Tensor, Array]]:
    """Tell two clouds of points apart by a line."""
    generator = np.random.default_rng(1)
    points = generator.normal(0, 1, (80, 2)).astype(np.float32)
    points[40:] += 2
    labels = np.repeat([0.0, 1.0], 40).astype(np.float32)[:, None]
    x, y = gn.placeholder((None, 2)), gn.placeholder((None, 1))
    logits = gn.nn.Dense(1)(x)
    return gn.mean(gn.nn.sigmoid_cross_entropy(logits, y)), 0.5, {x: points, y: labels}


def exclusive_or() -> tuple[gn.Tensor, float, dict[gn.Tensor, Array]]:
    """Learn what no line can tell apart."""
    points = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
    x, y = gn.placeholder((None, 2)), gn.placeholder((None,), gn.int64)
    logits = gn.nn.Sequential(gn.nn.Dense(8, gn.tanh), gn.nn.Dense(2))(x)
    loss = gn.mean(gn.nn.sparse_softmax_cross_entropy(logits, y))
    return loss, 0.5, {x: points, y: np.array([0, 1, 1, 0])}


def a_wave() -> tuple[gn.Tensor, float, dict[gn.Tensor, Array]]:
    """Follow one period of a sine."""
    points = np.linspace(-3, 3, 64, dtype=np.float32)[:, None]
    x, y = gn.placeholder((None, 1)), gn.placeholder((None, 1))
    guess = gn.nn.Sequential(gn.nn.Dense(16, gn.tanh), gn.nn.Dense(1))(x)
    return gn.mean(gn.nn.mean_squared_error(guess, y)), 0.2, {x: points, y: np.sin(points)}


def a_valley() -> tuple[gn.Tensor, float, dict[gn.Tensor, Array]]:
    """Walk down Rosenbrock's valley, whose floor is curved."""
    place = gn.Variable([-1.0, 1.0])
    x, y = place[0], place[1]
    return gn.square(1 - x) + 10 * gn.square(y - x * x), 0.01, {}


@pytest.mark.parametrize(
    ("problem", "steps", "expected"),
    [
        (least_squares, 100, 0.009934),
        (logistic_regression, 100, 0.1403),
        (exclusive_or, 300, 0.01162),
        (a_wave, 300, 0.02355),
        (a_valley, 500, 0.003778),
    ],
)
@pytest.mark.parametrize("optimize", [True, False])
def test_loss_after_a_number_of_steps(
    problem: Problem, steps: int, expected: float, optimize: bool
) -> None:
    """It is what it was when the problem was written down, with and without optimisation."""
    loss, rate, feeds = problem()
    step = gn.optim.SGD(rate).minimize(loss)
    with gn.Session(seed=3, optimize=optimize) as session:
        first = float(session.run(loss, feeds))
        for _ in range(steps):
            session.run(step, feeds)
        last = float(session.run(loss, feeds))
    assert last < first / 4
    assert last == pytest.approx(expected, rel=0.01)
