"""Metrics of numbers against fractions of whole numbers: equal in the last digit."""

import sys
from fractions import Fraction
from math import inf, isnan, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet.errors import ArgumentError
from graphnet.metrics import R2, Mean, MeanSquaredError, Perplexity

FLOATS = st.floats(-1e6, 1e6)
PAIRS = st.lists(st.tuples(FLOATS, FLOATS), min_size=1, max_size=20)
LOSSES = st.lists(st.tuples(FLOATS, st.floats(1e-3, 1e3)), min_size=1, max_size=20)


@given(PAIRS)
def test_the_mean_squared_error_is_rounded_once(pairs: list[tuple[float, float]]) -> None:
    """The errors are floats; from there on nothing is lost."""
    metric = MeanSquaredError()
    metric.update(*np.array(pairs).T)
    assert metric.result() == float(sum(Fraction(p - t) ** 2 for p, t in pairs) / len(pairs))


@given(PAIRS)
def test_r2_is_rounded_once(pairs: list[tuple[float, float]]) -> None:
    """By its definition, in fractions; nan if the targets do not differ."""
    metric = R2()
    metric.update(*np.array(pairs).T)
    targets = [Fraction(target) for _, target in pairs]
    mean = sum(targets) / len(targets)
    spread = sum((target - mean) ** 2 for target in targets)
    error = sum(Fraction(p - t) ** 2 for p, t in pairs)
    if spread:
        try:
            assert metric.result() == float(1 - error / spread)
        except OverflowError:
            assert metric.result() == -inf
    else:
        assert isnan(metric.result())


def test_r2_keeps_its_digits_far_from_zero() -> None:
    """Targets that are large against their spread are no trouble."""
    targets, predictions = np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.5, 2.0, 3.0, 3.5])
    near, far = R2(), R2()
    near.update(predictions, targets)
    far.update(predictions + 2.0**50, targets + 2.0**50)
    assert near.result() == far.result() == 0.9


def test_r2_of_several_outputs_is_their_mean() -> None:
    """Each output is measured by its own variance."""
    targets = np.array([[0.0, 0.0], [1.0, 100.0]])
    predictions = np.array([[0.5, 0.0], [0.5, 100.0]])
    metric = R2()
    metric.update(predictions, targets)
    assert metric.result() == 0.5


def calls_of_an_update(width: int) -> int:
    """Count the functions that R² calls to see a batch."""
    arrays, calls = np.ones((2, 8, width)), [0]

    def count(*_: object) -> None:
        calls[0] += 1

    metric = R2()
    sys.setprofile(count)
    try:
        metric.update(*arrays)
    finally:
        sys.setprofile(None)
    return calls[0]


def test_many_outputs_are_seen_at_once() -> None:
    """An update of R² takes as many steps for a hundred outputs as for two."""
    assert calls_of_an_update(100) == calls_of_an_update(2)


def test_r2_of_outputs_of_many_axes() -> None:
    """The mean of what each output has by itself, to the last digit, in batches of any size."""
    predictions, targets = np.random.default_rng(1).normal(size=(2, 20, 3, 4)) ** 5
    together = R2()
    for part in (slice(7), slice(7, 8), slice(8, 8), slice(8, 20)):
        together.update(predictions[part], targets[part])
    alone = []
    for place in np.ndindex(3, 4):
        r2 = R2()
        r2.update(predictions[:, *place], targets[:, *place])
        alone.append(r2.result())
    assert together.result() == np.mean(alone)


@pytest.mark.parametrize(
    ("predictions", "targets", "error", "determination"),
    [
        ([nan, 1.0], [0.0, 1.0], nan, nan),
        ([inf, 1.0], [0.0, 1.0], inf, -inf),
        ([0.0, 1.0], [0.0, inf], inf, nan),
        ([inf, 1.0], [inf, 1.0], nan, nan),
        ([1e308, 0.0], [-1e308, 0.0], inf, -inf),
    ],
)
def test_what_is_not_finite_stays_so(
    predictions: list[float], targets: list[float], error: float, determination: float
) -> None:
    """A run that diverged shows it; nothing is left out, and nothing warns."""
    squared, r2 = MeanSquaredError(), R2()
    squared.update(predictions, targets)
    r2.update(predictions, targets)
    np.testing.assert_array_equal([squared.result(), r2.result()], [error, determination])


@given(LOSSES)
def test_the_weighted_mean_is_rounded_once(pairs: list[tuple[float, float]]) -> None:
    """Products and sums are exact; with equal weights it is the plain mean."""
    values, weights = np.array(pairs).T
    weighted, plain, equal = Mean(), Mean(), Mean()
    weighted.update(values, weights)
    plain.update(values)
    equal.update(values, np.full_like(values, 0.1))
    total = sum(Fraction(value) * Fraction(weight) for value, weight in pairs)
    assert weighted.result() == float(total / sum(Fraction(weight) for _, weight in pairs))
    assert plain.result() == equal.result() == float(sum(map(Fraction, values)) / len(values))


def test_weight_0_hides_a_value() -> None:
    """Even one that is NaN; without any weight there is no mean."""
    mean = Mean()
    mean.update([nan, inf], [0, 0])
    with pytest.raises(ArgumentError, match="no example was seen"):
        mean.result()
    mean.update([nan, 3.0], [False, True])
    assert mean.result() == 3


def test_means_of_batches_weigh_as_many_examples_as_they_have() -> None:
    """The mean over all is that of the means, with the sizes as weights."""
    values = np.arange(10.0)
    mean = Mean()
    for batch in (values[:7], values[7:]):
        mean.update(batch.mean(), weights=len(batch))
    assert mean.result() == values.mean()


def test_a_nan_is_seen_in_the_mean() -> None:
    """It is not left out unless its weight is 0."""
    mean = Mean()
    mean.update([1.0, nan])
    mean.update([1.0])
    assert isnan(mean.result())


@given(st.integers(1, 1000), st.integers(1, 20))
def test_who_knows_nothing_is_perplexed_by_all_classes(classes: int, tokens: int) -> None:
    """Equal probabilities give the number of classes."""
    perplexity = Perplexity()
    perplexity.update(np.full(tokens, np.log(classes)))
    assert perplexity.result() == pytest.approx(classes, rel=1e-14)


def test_perplexity_may_be_infinite() -> None:
    """A loss too large for its exponential, and an infinite one."""
    for loss, expected in [(1e4, inf), (inf, inf), (-1e4, 0.0), (nan, nan)]:
        perplexity = Perplexity()
        perplexity.update(loss)
        np.testing.assert_array_equal(perplexity.result(), expected)
