"""Metrics of classes against their definitions, counted one example at a time."""

import tracemalloc
from collections.abc import Sequence
from fractions import Fraction
from math import nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet.metrics import (
    F1,
    ROCAUC,
    Accuracy,
    ClassRatio,
    ConfusionMatrix,
    Precision,
    Recall,
    TopK,
)
from graphnet.metrics.ratios import Average
from graphnet.typing import Array

CLASSES = 4
NUMBER = st.integers(0, CLASSES - 1)
SCORES = st.lists(st.integers(-3, 3), min_size=CLASSES, max_size=CLASSES)
RANKED = st.lists(st.tuples(SCORES, NUMBER), min_size=1, max_size=20)
CHOSEN = st.lists(st.tuples(NUMBER, NUMBER), min_size=1, max_size=30)
BINARY = st.lists(st.tuples(st.integers(-4, 4), st.booleans()), min_size=1, max_size=30)
RATIOS: list[type[ClassRatio]] = [Precision, Recall, F1]


def columns(rows: Sequence[tuple[object, object]]) -> tuple[Array, Array]:
    """Make predictions and labels of a list of pairs."""
    first, second = zip(*rows, strict=True)
    return np.array(first), np.array(second)


@given(RANKED)
def test_accuracy_counts_the_right_choices(rows: list[tuple[list[int], int]]) -> None:
    """Scores choose the first of the largest; so do the class numbers that they stand for."""
    scores, labels = columns(rows)
    right = [row.index(max(row)) == label for row, label in rows]
    by_scores, by_number = Accuracy(), Accuracy()
    by_scores.update(scores.astype(np.float32), labels)
    by_number.update(scores.argmax(-1), labels)
    assert by_scores.result() == by_number.result() == sum(right) / len(right)


@given(BINARY, st.integers(-4, 4))
def test_a_threshold_chooses_what_is_above_it(rows: list[tuple[int, bool]], threshold: int) -> None:
    """A score on the threshold is not above it."""
    scores, labels = columns(rows)
    accuracy = Accuracy(threshold=threshold)
    accuracy.update(scores, labels)
    assert accuracy.result() == sum((s > threshold) == y for s, y in rows) / len(rows)


def test_predictions_may_have_any_number_of_axes() -> None:
    """Tokens in sentences, and one example without a batch."""
    scores = np.eye(3, dtype=np.float32)[[[0, 1], [2, 2]]]
    accuracy = Accuracy()
    accuracy.update(scores, [[0, 1], [2, 1]])
    accuracy.update(scores[0, 0], 0)
    assert accuracy.result() == 4 / 5
    top = TopK(3)
    top.update(scores, [[0, 1], [2, 1]])
    assert top.result() == 1


@given(RANKED, st.integers(1, CLASSES))
def test_top_k_looks_among_the_first_of_the_sorted(
    rows: list[tuple[list[int], int]], k: int
) -> None:
    """Less than k classes come before the label by score, then number; k = 1 is the accuracy."""
    scores, labels = columns(rows)
    top, first, accuracy = TopK(k), TopK(1), Accuracy()
    for metric in (top, first, accuracy):
        metric.update(scores.astype(np.float64), labels)
    hits = [
        sum((-score, number) < (-row[label], label) for number, score in enumerate(row)) < k
        for row, label in rows
    ]
    assert top.result() == sum(hits) / len(hits)
    assert first.result() == accuracy.result()


@given(CHOSEN)
def test_the_confusion_matrix_counts_pairs(rows: list[tuple[int, int]]) -> None:
    """Row label, column prediction; the trace is what accuracy counts."""
    chosen, labels = columns(rows)
    confusion, accuracy = ConfusionMatrix(CLASSES), Accuracy()
    confusion.update(chosen, labels)
    accuracy.update(chosen, labels)
    found = confusion.result()
    for label in range(CLASSES):
        for prediction in range(CLASSES):
            assert found[label, prediction] == rows.count((prediction, label))
    assert np.trace(found) / len(rows) == accuracy.result()


def ratio(kind: type[ClassRatio], rows: list[tuple[int, int]], number: int) -> float:
    """Give precision, recall or F1 of one class from its definition."""
    hits = sum(chosen == label == number for chosen, label in rows)
    found = sum(chosen == number for chosen, _ in rows)
    wanted = sum(label == number for _, label in rows)
    if not (found if kind is Precision else wanted if kind is Recall else found + wanted):
        return nan
    precision = Fraction(hits, found) if found else Fraction(0)
    recall = Fraction(hits, wanted) if wanted else Fraction(0)
    if kind is not F1:
        return float(precision if kind is Precision else recall)
    return float(2 * precision * recall / (precision + recall)) if hits else 0.0


def result(metric: ClassRatio, rows: list[tuple[int, int]]) -> float | Array:
    """Show class numbers to a metric."""
    metric.update(*columns(rows))
    return metric.result()


@pytest.mark.parametrize("kind", RATIOS)
@given(rows=CHOSEN)
def test_ratios_are_those_of_their_definition(
    kind: type[ClassRatio], rows: list[tuple[int, int]]
) -> None:
    """For each class, with NaN where the definition divides by zero; and for class 1 of two."""
    wanted = [ratio(kind, rows, number) for number in range(CLASSES)]
    np.testing.assert_array_equal(result(kind(CLASSES, undefined=nan), rows), wanted)
    np.testing.assert_array_equal(result(kind(CLASSES), rows), np.nan_to_num(wanted))
    two = [(chosen % 2, label % 2) for chosen, label in rows]
    found = result(kind(undefined=nan), two)
    assert isinstance(found, float)
    np.testing.assert_array_equal(found, ratio(kind, two, 1))


def average_of(average: Average, each: list[float], rows: list[tuple[int, int]]) -> float:
    """Average the ratios of the classes, without those that are NaN."""
    if average == "micro":
        return sum(chosen == label for chosen, label in rows) / len(rows)
    labels = [label for _, label in rows]
    weights = [1 if average == "macro" else labels.count(number) for number in range(CLASSES)]
    kept = [(part, w) for part, w in zip(each, weights, strict=True) if not np.isnan(part)]
    total = sum(weight for _, weight in kept)
    return sum(part * weight for part, weight in kept) / total if total else nan


@pytest.mark.parametrize("kind", RATIOS)
@pytest.mark.parametrize("average", ["macro", "weighted", "micro"])
@given(rows=CHOSEN)
def test_averages(kind: type[ClassRatio], average: Average, rows: list[tuple[int, int]]) -> None:
    """Macro, weighted by examples; and micro, which is the accuracy for single labels."""
    each = [ratio(kind, rows, number) for number in range(CLASSES)]
    for undefined in (0.0, nan):
        filled = [undefined if np.isnan(part) else part for part in each]
        found = result(kind(CLASSES, average=average, undefined=undefined), rows)
        np.testing.assert_allclose(found, average_of(average, filled, rows), rtol=1e-14)


def test_two_outputs_are_two_classes() -> None:
    """A network with one score for each of two classes needs no threshold."""
    f1 = F1()
    f1.update([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7]], [1, 1, 0])
    assert f1.result() == 0.5


@given(BINARY)
def test_the_area_counts_pairs(rows: list[tuple[int, bool]]) -> None:
    """Equal scores count half; without pairs there is no area."""
    scores, labels = columns(rows)
    area, turned = ROCAUC(), ROCAUC()
    area.update(scores, labels)
    turned.update(-scores, labels)
    pairs = [
        Fraction(1, 2) if low == high else Fraction(int(low < high))
        for low, below in rows
        for high, above in rows
        if above and not below
    ]
    wanted = float(sum(pairs, Fraction(0)) / len(pairs)) if pairs else nan
    np.testing.assert_array_equal(area.result(), wanted)
    np.testing.assert_allclose(turned.result(), 1 - wanted, rtol=1e-15, atol=1e-15)


def test_infinite_scores_have_an_order() -> None:
    """Only NaN has none."""
    area = ROCAUC()
    area.update([-np.inf, 0.0, np.inf, np.inf], [0, 0, 1, 0])
    assert area.result() == 5 / 6


def test_few_examples_of_many_classes_cost_little() -> None:
    """A confusion matrix touches the cells of its examples alone."""
    confusion = ConfusionMatrix(1000)
    tracemalloc.start()
    try:
        confusion.update([5, 5, 999], [5, 5, 0])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000
    assert np.argwhere(confusion.result()).tolist() == [[0, 999], [5, 5]]
    assert confusion.result()[5, 5] == 2
