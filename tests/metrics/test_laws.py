"""What holds for every metric: cuts and order do not matter, reset forgets, errors do not count."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet import metrics
from graphnet.errors import ArgumentError
from graphnet.metrics import Metric
from graphnet.typing import Array

CLASSES = 4


class Case(NamedTuple):
    """A metric, batches to show to it, and a batch that it refuses."""

    make: Callable[[], Metric]
    data: Callable[[np.random.Generator, int], tuple[Array, Array]]
    wrong: tuple[Any, ...]


def classes(random: np.random.Generator, count: int) -> tuple[Array, Array]:
    """Make scores, with ties, and labels."""
    scores = random.integers(-2, 3, (count, CLASSES)).astype(np.float32)
    return scores, random.integers(0, CLASSES, count)


def binary(random: np.random.Generator, count: int) -> tuple[Array, Array]:
    """Make one score for each example, with ties, and labels of two classes."""
    return random.integers(-3, 4, count) / 2, random.integers(0, 2, count)


def regression(random: np.random.Generator, count: int) -> tuple[Array, Array]:
    """Make predictions and targets of all sizes, whose plain sums depend on the order."""
    found, wanted = np.ldexp(random.normal(size=(2, count)), random.integers(-60, 60, (2, count)))
    return found, wanted


def weighted(random: np.random.Generator, count: int) -> tuple[Array, Array]:
    """Make values and weights, some of which are 0."""
    values, weights = regression(random, count)
    return values, np.abs(weights) * random.integers(0, 2, count) + 1


def small(random: np.random.Generator, count: int) -> tuple[Array, Array]:
    """Make losses and weights of which the exponential is finite."""
    losses, weights = random.normal(size=(2, count))
    return losses, np.abs(weights) + 0.1


def outputs(random: np.random.Generator, count: int) -> tuple[Array, Array]:
    """Make predictions and targets of several outputs."""
    found, wanted = random.normal(size=(2, count, 3))
    return found, wanted


MISMATCH = (np.zeros((3, CLASSES)), np.zeros(2, np.int64))
CASES = {
    "Accuracy": Case(metrics.Accuracy, classes, MISMATCH),
    "Accuracy of two": Case(lambda: metrics.Accuracy(threshold=0), binary, MISMATCH),
    "TopK": Case(lambda: metrics.TopK(2), classes, MISMATCH),
    "ConfusionMatrix": Case(lambda: metrics.ConfusionMatrix(CLASSES), classes, MISMATCH),
    "Precision": Case(lambda: metrics.Precision(threshold=0.0), binary, MISMATCH),
    "Recall": Case(lambda: metrics.Recall(CLASSES, average="weighted"), classes, MISMATCH),
    "F1": Case(lambda: metrics.F1(CLASSES), classes, MISMATCH),
    "ROCAUC": Case(metrics.ROCAUC, binary, MISMATCH),
    "MeanSquaredError": Case(metrics.MeanSquaredError, regression, MISMATCH),
    "R2": Case(metrics.R2, regression, MISMATCH),
    "R2 of three": Case(metrics.R2, outputs, (np.zeros((2, 4)), np.zeros((2, 4)))),
    "Mean": Case(metrics.Mean, weighted, ([1.0, 2.0], [1.0, -1.0])),
    "Perplexity": Case(metrics.Perplexity, small, ([1.0, 2.0], [1.0])),
    "Metrics": Case(
        lambda: metrics.Metrics(top=metrics.TopK(1), f1=metrics.F1(CLASSES, average="macro")),
        classes,
        MISMATCH,
    ),
}


def value(make: Callable[[], Metric], data: tuple[Array, Array], cuts: list[int]) -> Any:
    """Give the result over data that is cut into batches."""
    metric = make()
    for batch in zip(*(np.split(array, sorted(cuts)) for array in data), strict=True):
        metric.update(*batch)
    return metric.result()


def same(found: Any, wanted: Any) -> bool:
    """Whether two results are equal in every bit, but for the kind of NaN."""
    if isinstance(wanted, dict):
        return all(same(found[name], wanted[name]) for name in wanted)
    return type(found) is type(wanted) and np.array_equal(found, wanted, equal_nan=True)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
@given(st.data())
def test_cuts_and_order_do_not_matter(case: Case, data: st.DataObject) -> None:
    """Any batches, empty ones among them, and any order give the value over all examples."""
    count = data.draw(st.integers(1, 40))
    random = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    examples = case.data(random, count)
    whole = value(case.make, examples, [])
    cuts = data.draw(st.lists(st.integers(0, count), max_size=8))
    assert same(value(case.make, examples, cuts), whole)
    order = random.permutation(count)
    first, second = examples
    assert same(value(case.make, (first[order], second[order]), cuts), whole)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_reset_forgets(case: Case) -> None:
    """After a reset a metric is as new; results may be asked for at any time."""
    random = np.random.default_rng(1)
    first, second = case.data(random, 20), case.data(random, 30)
    metric = case.make()
    metric.update(*first)
    metric.result()
    metric.reset()
    metric.update(*second)
    assert same(metric.result(), metric.result())
    assert same(metric.result(), value(case.make, second, []))
    assert not same(metric.result(), value(case.make, first, []))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_refused_batch_counts_nothing(case: Case) -> None:
    """After an error a metric has seen what it had seen before."""
    examples = case.data(np.random.default_rng(2), 20)
    metric = case.make()
    metric.update(*examples)
    before = metric.result()
    with pytest.raises(ArgumentError):
        metric.update(*case.wrong)
    assert same(metric.result(), before)


@pytest.mark.parametrize("name", sorted(set(CASES) - {"ConfusionMatrix"}))
def test_nothing_seen_is_an_error(name: str) -> None:
    """A value of no example does not exist, before the first update, and after empty ones."""
    case = CASES[name]
    metric = case.make()
    with pytest.raises(ArgumentError, match="no example was seen\nhint: call update"):
        metric.result()
    metric.update(*case.data(np.random.default_rng(3), 0))
    with pytest.raises(ArgumentError, match="no example was seen"):
        metric.result()


def test_a_matrix_of_nothing_is_zero() -> None:
    """Counts of nothing do exist; and they are not the metric's own array."""
    metric = metrics.ConfusionMatrix(2)
    metric.result()[:] = 7
    assert metric.result().tolist() == [[0, 0], [0, 0]]


def test_metrics_by_name() -> None:
    """The collection shows every batch to all of its metrics."""
    together = metrics.Metrics(mean=metrics.Mean(), perplexity=metrics.Perplexity())
    together.update([0.0, 2.0], weights=[1, 0])
    assert together.result() == {"mean": 0.0, "perplexity": 1.0}
    assert together["mean"].result() == 0.0


def test_arguments_stay_as_they_are() -> None:
    """Metrics keep no view of what they were shown."""
    scores, labels = np.array([0.1, 0.9]), np.array([0, 1])
    area = metrics.ROCAUC()
    area.update(scores, labels)
    scores[:] = scores[::-1].copy()
    assert area.result() == 1
    assert labels.tolist() == [0, 1]
