"""The class that a model chooses for each example, beside the right one."""

from typing import Any, NamedTuple

import numpy as np

from graphnet.errors import ArgumentError
from graphnet.metrics.arguments import (
    class_numbers,
    in_range,
    numbers,
    refuse_nan,
    same_shape,
    scores,
    whole,
)
from graphnet.metrics.metric import Metric
from graphnet.typing import Array

__all__ = ["Accuracy", "Choices", "ConfusionMatrix", "TopK", "choices", "choices_among"]


class Choices(NamedTuple):
    """Numbers of classes, int64, both of the shape of the labels."""

    chosen: Array
    right: Array


def choices(predictions: Any, labels: Any, threshold: float | None, caller: str) -> Choices:
    """Read predictions: scores of classes, class numbers, or scores to hold against a threshold."""
    found = numbers(predictions, "predictions", caller)
    right = class_numbers(labels, "labels", caller)
    if threshold is not None:
        same_shape(found, right, "labels", caller, "leave out the threshold: the largest is chosen")
        refuse_nan(found, caller)
        in_range(right, 2, "labels", caller)
        return Choices((found > threshold).astype(np.int64), right)
    if found.dtype.kind == "f":
        scores(found, right, caller)
        return Choices(found.argmax(-1), right)
    same_shape(found, right, "labels", caller)
    chosen = class_numbers(found, "predictions", caller)
    in_range(right, None, "labels", caller)
    in_range(chosen, None, "predictions", caller)
    return Choices(chosen, right)


def choices_among(
    classes: int, predictions: Any, labels: Any, threshold: float | None, caller: str
) -> Choices:
    """Read predictions of one of a known number of classes."""
    found = choices(predictions, labels, threshold, caller)
    is_scores = threshold is None and np.ndim(predictions) > found.right.ndim
    if is_scores and np.shape(predictions)[-1] != classes:
        raise ArgumentError(
            f"{caller}: predictions have {np.shape(predictions)[-1]} scores for each example, "
            f"expected {classes}, one for each class"
        )
    in_range(found.right, classes, "labels", caller)
    in_range(found.chosen, classes, "predictions", caller)
    return found


class Accuracy(Metric):
    """The part of the examples whose class is predicted: from 0 to 1, rounded once.

    Args:
        threshold: For two classes and one score for each example: scores above it predict class 1.
            0 for logits, 0.5 for probabilities.

    Example:
        >>> import graphnet as gn
        >>> accuracy = gn.metrics.Accuracy()
        >>> accuracy.update([[0.1, 0.9], [0.8, 0.2]], [1, 1])
        >>> accuracy.update([[0.3, 0.7]], [1])
        >>> accuracy.result()
        0.6666666666666666
        >>> binary = gn.metrics.Accuracy(threshold=0.0)
        >>> binary.update([-1.5, 0.5], [0, 1])
        >>> binary.result()
        1.0
    """

    def __init__(self, threshold: float | None = None) -> None:
        self.threshold = threshold
        super().__init__()

    def reset(self) -> None:
        """Forget everything that was seen."""
        self.right = self.seen = 0

    def update(self, predictions: Any, labels: Any) -> None:
        """See one more batch.

        Args:
            predictions: Floats [..., classes], whose largest is the choice, the first of equal
                ones; or integers [...], the numbers of the chosen classes. With a threshold:
                [...], one score for each label.
            labels: [...], integers or booleans; with a threshold 0 or 1.

        Raises:
            ArgumentError: The labels do not fit, or are out of range; or a score is NaN.
        """
        found = choices(predictions, labels, self.threshold, "Accuracy")
        self.right += int(np.count_nonzero(found.chosen == found.right))
        self.seen += found.right.size

    def result(self) -> float:
        """Give the accuracy; raises ArgumentError if no example was seen."""
        if not self.seen:
            raise self.nothing_seen()
        return self.right / self.seen


class TopK(Metric):
    """The part of the examples whose class is among the ``k`` of the largest scores.

    Of equal scores, those of classes with lower numbers count as larger, as for ``argmax``: with
    ``k=1`` this is :class:`Accuracy`.

    Args:
        k: At least 1.

    Example:
        >>> import graphnet as gn
        >>> top = gn.metrics.TopK(2)
        >>> top.update([[0.5, 0.2, 0.3], [0.5, 0.2, 0.3]], [2, 1])
        >>> top.result()
        0.5
    """

    def __init__(self, k: int = 5) -> None:
        self.k = whole(k, "k", "TopK")
        if self.k < 1:
            raise ArgumentError(f"TopK: expected k of 1 or more, found {k}")
        super().__init__()

    def reset(self) -> None:
        """Forget everything that was seen."""
        self.right = self.seen = 0

    def update(self, predictions: Any, labels: Any) -> None:
        """See one more batch.

        Args:
            predictions: [..., classes], scores of at least ``k`` classes.
            labels: [...], integers, the numbers of the classes.

        Raises:
            ArgumentError: The labels do not fit, or are out of range; a score is NaN; or there are
                less than ``k`` classes.
        """
        found = numbers(predictions, "predictions", "TopK")
        right = class_numbers(labels, "labels", "TopK")
        scores(found, right, "TopK")
        classes = found.shape[-1]
        if self.k > classes:
            raise ArgumentError(f"TopK: there are no {self.k} of {classes} classes")
        label = right[..., np.newaxis]
        own = np.take_along_axis(found, label, axis=-1)
        before = (found > own) | ((found == own) & (np.arange(classes) < label))
        self.right += int(np.count_nonzero(before.sum(axis=-1) < self.k))
        self.seen += right.size

    def result(self) -> float:
        """Give the part of the examples; raises ArgumentError if no example was seen."""
        if not self.seen:
            raise self.nothing_seen()
        return self.right / self.seen


class ConfusionMatrix(Metric):
    """How often examples of each class were taken for each class: exact counts.

    Args:
        classes: Number of classes.
        threshold: For two classes and one score for each example: scores above it predict class 1.

    Example:
        >>> import graphnet as gn
        >>> confusion = gn.metrics.ConfusionMatrix(3)
        >>> confusion.update([0, 2, 2, 1], [0, 2, 1, 1])
        >>> confusion.result()
        array([[1, 0, 0],
               [0, 1, 1],
               [0, 0, 1]])
    """

    def __init__(self, classes: int, *, threshold: float | None = None) -> None:
        classes = whole(classes, "classes", "ConfusionMatrix")
        if classes < 2 or (threshold is not None and classes != 2):
            wanted = "2 or more" if threshold is None else "2, since there is a threshold"
            raise ArgumentError(f"ConfusionMatrix: expected classes of {wanted}, found {classes}")
        self.classes = classes
        self.threshold = threshold
        super().__init__()

    def reset(self) -> None:
        """Forget everything that was seen."""
        self.counts = np.zeros((self.classes, self.classes), np.int64)

    def update(self, predictions: Any, labels: Any) -> None:
        """See one more batch, given as to :class:`Accuracy`."""
        found = choices_among(self.classes, predictions, labels, self.threshold, "ConfusionMatrix")
        cells = (found.right * self.classes + found.chosen).ravel()
        # Counting all cells with bincount would cost classes² each time, however few examples.
        np.add.at(self.counts.reshape(-1), cells, 1)

    def result(self) -> Array:
        """Give the counts, [label, prediction], int64; zeros if no example was seen."""
        return self.counts.copy()
