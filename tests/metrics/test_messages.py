"""What metrics refuse, and what they say to it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from graphnet import metrics
from graphnet.errors import ArgumentError
from graphnet.metrics import Metric

SCORES = np.zeros((4, 3), np.float32)
LABELS = np.array([0, 1, 2, 0])
SINGLE = np.array([0.1, 0.2, 0.3, 0.4])
BITS = np.array([0, 1, 1, 0])
MISTAKES: list[tuple[Metric, Any, Any, str]] = [
    (metrics.Accuracy(), SCORES, np.eye(3)[LABELS], "labels.argmax.-1., if they are one-hot"),
    (metrics.Accuracy(), SCORES, np.eye(3, dtype=int)[LABELS], "hint: labels.argmax.-1. makes"),
    (metrics.Accuracy(), LABELS, np.eye(3, dtype=int)[LABELS], "hint: labels.argmax.-1. makes"),
    (metrics.Accuracy(), SCORES.astype(int), LABELS, "hint: predictions.argmax.-1. makes class"),
    (metrics.Accuracy(), SCORES, LABELS.astype(float), r"are float64.*\nhint: labels.astype.int"),
    (metrics.Accuracy(), SCORES, LABELS[:, None], "hint: labels.squeeze"),
    (metrics.Accuracy(), SCORES, LABELS[:3], r"float32\[4, 3\]\n +labels +int64\[3\]\nhint: pred"),
    (metrics.Accuracy(), SCORES, LABELS + 1, r"labels at \[2\] is 3, out of range for 3 classes"),
    (metrics.Accuracy(), SCORES, LABELS - 1, r"labels at .0. is -1, .*\nhint: .* from 0 to 2;"),
    (metrics.Accuracy(), SCORES * np.nan, LABELS, r"12 of 12 scores are NaN, the first at \[0, 0"),
    (metrics.Accuracy(), BITS, BITS - 1, r"labels at .0. is -1, out of range\nhint: .* from 0 on;"),
    (metrics.Accuracy(), BITS - 1, BITS, "predictions at .0. is -1, out of range"),
    (metrics.Accuracy(), SINGLE, BITS, "needs a threshold"),
    (metrics.Accuracy(), SINGLE[:, None], BITS, "needs a threshold"),
    (metrics.Accuracy(threshold=0), SINGLE[:, None], BITS, r"predictions.squeeze\(-1\) drops"),
    (metrics.Accuracy(threshold=0), SINGLE, BITS[:, None], r"labels.squeeze\(-1\) drops"),
    (metrics.Accuracy(threshold=0), SINGLE, 2 * BITS - 1, "labels at .0. is -1, out of range"),
    (metrics.Accuracy(threshold=0), SINGLE, BITS[:2], "hint: nothing is broadcast"),
    (metrics.Accuracy(threshold=0), SINGLE + np.nan, BITS, "4 of 4 scores are NaN"),
    (metrics.Accuracy(), np.array(["a"]), LABELS, "predictions are <U1, expected numbers"),
    (metrics.TopK(2), SCORES, LABELS + 5, "labels at .0. is 5"),
    (metrics.TopK(4), SCORES, LABELS, "no 4 of 3 classes"),
    (metrics.TopK(1), SINGLE, BITS, "labels do not fit the predictions"),
    (metrics.ConfusionMatrix(2), SCORES, BITS, "have 3 scores for each example, expected 2"),
    (metrics.ConfusionMatrix(2), LABELS, BITS, "predictions at .2. is 2, out of range for 2"),
    (metrics.F1(4), SCORES, LABELS, "F1: predictions have 3 scores .* expected 4"),
    (metrics.Recall(), BITS, LABELS, "Recall: labels at .2. is 2, out of range for 2 classes"),
    (metrics.ROCAUC(), SINGLE, BITS.astype(float), "hint: labels.astype.int., if they are whole"),
    (metrics.ROCAUC(), SINGLE + np.nan, BITS, "ROCAUC: 4 of 4 scores are NaN"),
    (metrics.ROCAUC(), SCORES[:, :2], BITS, r"hint: predictions\[:, 1\] for the probabilities of"),
    (
        metrics.ROCAUC(),
        SCORES[None],
        BITS[None],
        r"predictions\[..., 1\] - predictions\[..., 0\] f",
    ),
    (metrics.Accuracy(threshold=0), SCORES, BITS, "hint: leave out the threshold"),
    (metrics.ROCAUC(), SINGLE[:, None], BITS, "hint: predictions.squeeze"),
    (metrics.MeanSquaredError(), SINGLE, SINGLE[:, None], r"hint: targets.squeeze\(-1\) drops"),
    (metrics.MeanSquaredError(), SINGLE[:, None], SINGLE, r"hint: predictions.squeeze\(-1\)"),
    (metrics.MeanSquaredError(), SCORES, SCORES[0], r"targets do not fit.*\n.*\n.*\nhint: nothing"),
    (metrics.R2(), 1.0, 1.0, "found one number"),
    (
        metrics.R2(),
        SCORES[:, :0],
        SCORES[:, :0],
        r"no outputs in .* \(4, 0\)\nhint: give .examples",
    ),
    (metrics.Mean(), SINGLE, -SINGLE, "a weight is negative"),
    (metrics.Mean(), SINGLE, SINGLE + np.inf, "a weight is negative, infinite or NaN"),
    (metrics.Mean(), SINGLE, 1.0, r"weights have shape \(\), the values \(4,\)\nhint: np.broad"),
]


@pytest.mark.parametrize("index", range(len(MISTAKES)))
def test_a_mistake_gets_its_message(index: int) -> None:
    """The message says what was found, and what would be right."""
    metric, first, second, message = MISTAKES[index]
    with pytest.raises(ArgumentError, match=message):
        metric.update(first, second)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: metrics.TopK(0), "k of 1 or more, found 0"),
        (lambda: metrics.ConfusionMatrix(1), "classes of 2 or more, found 1"),
        (lambda: metrics.ConfusionMatrix(3, threshold=0), "since there is a threshold, found 3"),
        (lambda: metrics.TopK(2.5), r"TopK: expected a whole number for k, found 2\.5"),  # type: ignore[arg-type]
        (lambda: metrics.F1(3.0), "F1: expected a whole number for classes"),  # type: ignore[arg-type]
        (lambda: metrics.ConfusionMatrix(3.0), "Matrix: expected a whole number"),  # type: ignore[arg-type]
        (lambda: metrics.F1(1), "classes of 2 or more"),
        (lambda: metrics.F1(3, average="mean"), "'weighted', found 'mean'"),  # type: ignore[arg-type]
        (lambda: metrics.F1(average="macro"), r"needs their number\nhint: F1\(10, average='macro'"),
        (lambda: metrics.Recall(3, threshold=0.5), "a threshold tells two classes apart, not 3"),
    ],
)
def test_options_that_do_not_fit(make: Callable[[], Metric], message: str) -> None:
    """Metrics that could not work are not made."""
    with pytest.raises(ArgumentError, match=message):
        make()


def test_the_number_of_outputs_stays() -> None:
    """R² refuses a batch with other outputs than before."""
    r2 = metrics.R2()
    r2.update(np.zeros((2, 3)), np.zeros((2, 3)))
    with pytest.raises(ArgumentError, match="there are 2 outputs, and there were 3"):
        r2.update(np.zeros((2, 2)), np.zeros((2, 2)))


class Plain(Metric):
    """A metric of someone else, whose options are not kept, or kept as arrays."""

    def __init__(self, lost: int, kept: Any = None) -> None:
        self.kept = kept
        super().__init__()

    def reset(self) -> None:
        """Forget nothing."""

    update = result = reset


@pytest.mark.parametrize(
    ("metric", "text"),
    [
        (metrics.F1(3, average="macro"), "F1(classes=3, average='macro')"),
        (metrics.F1(), "F1()"),
        (metrics.Accuracy(threshold=0.5), "Accuracy(threshold=0.5)"),
        (metrics.TopK(3), "TopK(k=3)"),
        (metrics.ConfusionMatrix(3), "ConfusionMatrix(classes=3)"),
        (metrics.R2(), "R2()"),
        (metrics.Metrics(a=metrics.Mean(), b=metrics.Recall(2)), "Metrics(a=Mean(), b=Recall(clas"),
        (Plain(1, np.array([1, 2])), "Plain(kept=array([1, 2]))"),
    ],
)
def test_a_metric_shows_how_it_was_made(metric: Metric, text: str) -> None:
    """By its options; those that are as by default are left out."""
    assert repr(metric).startswith(text)
