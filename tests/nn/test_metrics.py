"""Metrics."""

import re

import numpy as np
import pytest

import graphnet as gn

LOGITS = np.array([[0.1, 3.0, -1.0], [2.0, 1.0, 0.0], [0.0, 0.0, 0.5], [9.0, 8.0, 7.0]], np.float32)


@pytest.mark.parametrize(
    ("labels", "expected"), [([1, 0, 2, 0], 1.0), ([1, 0, 2, 1], 0.75), ([0, 1, 0, 1], 0.0)]
)
@pytest.mark.parametrize("dtype", [np.int64, np.uint8])
def test_accuracy_counts_hits(labels: list[int], expected: float, dtype: type) -> None:
    """The part of the examples whose largest logit is that of the label."""
    found = gn.evaluate(gn.nn.accuracy(LOGITS, np.array(labels, dtype)))
    assert found == expected
    assert found.dtype == np.float32


def test_accuracy_of_unknown_batches() -> None:
    """Batches may be of any size, and have several axes."""
    logits = gn.placeholder((None, None, 3))
    labels = gn.placeholder((None, 2), gn.int64)
    accuracy = gn.nn.accuracy(logits, labels)
    feeds = {logits: LOGITS.reshape(2, 2, 3), labels: [[1, 1], [2, 2]]}
    assert gn.evaluate(accuracy, feeds) == 0.5


def test_one_hot_labels_are_refused() -> None:
    """The message says how they become class numbers."""
    logits = gn.placeholder(("batch", 3), name="logits")
    labels = gn.placeholder(("batch", 3), name="labels")
    with pytest.raises(gn.errors.ShapeError) as caught:
        gn.nn.accuracy(logits, labels)
    assert re.sub(r"\S+\.py:\d+", "FILE:LINE", str(caught.value)) == (
        "accuracy: labels have the shape of the logits without the last axis\n"
        "  at FILE:LINE\n"
        "  logits  float32[batch, 3]  placeholder 'logits'  FILE:LINE\n"
        "  labels  float32[batch, 3]  placeholder 'labels'  FILE:LINE\n"
        "hint: labels.argmax(-1) makes class numbers of one-hot labels"
    )


def test_a_column_of_labels_is_refused() -> None:
    """Labels [batch, 1] would broadcast against predictions [batch]."""
    with pytest.raises(gn.errors.ShapeError):
        gn.nn.accuracy(LOGITS, np.zeros((4, 1), np.int64))


def test_the_hint_for_a_column_of_labels() -> None:
    """Its axis of 1 is taken away; argmax would make zeros of it."""
    with pytest.raises(gn.errors.ShapeError) as caught:
        gn.nn.accuracy(gn.placeholder((None, 3)), gn.placeholder((None, 1), gn.int64))
    assert caught.value.hint == "take the axis of 1 away: gn.squeeze(labels, -1)"


def test_one_label_is_not_one_for_each() -> None:
    """Labels [1] would broadcast in a run."""
    labels = gn.placeholder((None,), gn.int64)
    with pytest.raises(gn.errors.FeedError, match=r"accuracy: labels \[1\] do not fit logits"):
        gn.evaluate(gn.nn.accuracy(LOGITS, labels), {labels: [1]})
