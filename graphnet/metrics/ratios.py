"""Precision, recall and F1: ratios of counts, for each class."""

from abc import abstractmethod
from typing import Any, Literal, TypeAlias

import numpy as np

from graphnet.errors import ArgumentError
from graphnet.metrics.arguments import whole
from graphnet.metrics.choices import choices_among
from graphnet.metrics.metric import Metric
from graphnet.typing import Array

__all__ = ["F1", "Average", "ClassRatio", "Precision", "Recall"]

Average: TypeAlias = Literal["macro", "micro", "weighted"]


class ClassRatio(Metric):
    """Base of the ratios: counts of each class, and the average over the classes.

    Args:
        classes: Number of classes; None for two, of which class 1 is the one to be found: the
            result is its ratio.
        average: None for an array of the ratios of all classes; ``"macro"`` for their mean;
            ``"weighted"`` for their mean, weighted by how many examples each class has;
            ``"micro"`` for the ratio of the counts summed over the classes.
        threshold: For two classes and one score for each example: scores above it predict class 1.
            0 for logits, 0.5 for probabilities.
        undefined: What a ratio of 0 to 0 is: 0 by default, as in scikit-learn. Means leave out
            classes for which it is NaN.

    Example:
        >>> import graphnet as gn
        >>> [ratio.__name__ for ratio in gn.metrics.ClassRatio.__subclasses__()]
        ['Precision', 'Recall', 'F1']
    """

    def __init__(
        self,
        classes: int | None = None,
        *,
        average: Average | None = None,
        threshold: float | None = None,
        undefined: float = 0.0,
    ) -> None:
        check_options(type(self).__name__, classes, average, threshold)
        self.classes = None if classes is None else int(classes)
        self.average = average
        self.threshold = threshold
        self.undefined = undefined
        super().__init__()

    def reset(self) -> None:
        """Forget everything that was seen."""
        self.hits, self.chosen, self.right = np.zeros((3, self.classes or 2), np.int64)

    def update(self, predictions: Any, labels: Any) -> None:
        """See one more batch, given as to :class:`Accuracy`."""
        classes, caller = self.classes or 2, type(self).__name__
        found = choices_among(classes, predictions, labels, self.threshold, caller)
        self.hits += np.bincount(found.right[found.right == found.chosen], minlength=classes)
        self.chosen += np.bincount(found.chosen.ravel(), minlength=classes)
        self.right += np.bincount(found.right.ravel(), minlength=classes)

    def result(self) -> float | Array:
        """Give the ratio, or the array [classes] of ratios, float64.

        Raises:
            ArgumentError: No example was seen.
        """
        if not self.right.any():
            raise self.nothing_seen()
        above, below = self.counts()
        if self.average == "micro":
            above, below = above.sum(keepdims=True), below.sum(keepdims=True)
        ratios = np.where(below > 0, above / np.maximum(below, 1), self.undefined)
        if self.classes is None:
            return float(ratios[1])
        return ratios if self.average is None else self.mean(ratios)

    def mean(self, ratios: Array) -> float:
        """Average over the classes for which the ratio is defined."""
        weights = self.right if self.average == "weighted" else np.ones(len(ratios))
        keep = ~np.isnan(ratios)
        total = weights[keep].sum()
        return float(ratios[keep] @ weights[keep] / total) if total else float("nan")

    @abstractmethod
    def counts(self) -> tuple[Array, Array]:
        """Give what is above and what is below the line, both [classes]."""


class Precision(ClassRatio):
    """How many of the examples that are taken for a class belong to it.

    ``true positives / (true positives + false positives)``, for class 1 of two or for each class.
    Counts are exact.

    Args:
        classes: Number of classes; None for two, of which class 1 is the one to be found: the
            result is its precision.
        average: None for an array of the values of all classes; ``"macro"`` for their mean;
            ``"weighted"`` for their mean, weighted by how many examples each class has;
            ``"micro"`` for the ratio of the counts summed over the classes.
        threshold: For two classes and one score for each example: scores above it predict class 1.
            0 for logits, 0.5 for probabilities.
        undefined: The value of a class that is never predicted: 0 by default, as in scikit-learn.
            Means leave out classes for which it is NaN.

    Example:
        >>> import graphnet as gn
        >>> precision = gn.metrics.Precision()
        >>> precision.update([1, 1, 1, 0], [1, 0, 1, 1])
        >>> precision.result()
        0.6666666666666666
    """

    def counts(self) -> tuple[Array, Array]:
        """Give the hits and the predictions of each class."""
        return self.hits, self.chosen


class Recall(ClassRatio):
    """How many of the examples of a class are found.

    ``true positives / (true positives + false negatives)``, for class 1 of two or for each class.
    Counts are exact.

    Args:
        classes: Number of classes; None for two, of which class 1 is the one to be found: the
            result is its recall.
        average: None for an array of the values of all classes; ``"macro"`` for their mean;
            ``"weighted"`` for their mean, weighted by how many examples each class has;
            ``"micro"`` for the ratio of the counts summed over the classes.
        threshold: For two classes and one score for each example: scores above it predict class 1.
            0 for logits, 0.5 for probabilities.
        undefined: The value of a class without examples: 0 by default, as in scikit-learn.
            Means leave out classes for which it is NaN.

    Example:
        >>> import graphnet as gn
        >>> recall = gn.metrics.Recall(3)
        >>> recall.update([0, 1, 1, 2], [0, 1, 2, 2])
        >>> recall.result()
        array([1. , 1. , 0.5])
    """

    def counts(self) -> tuple[Array, Array]:
        """Give the hits and the examples of each class."""
        return self.hits, self.right


class F1(ClassRatio):
    """The harmonic mean of precision and recall, for class 1 of two or for each class.

    ``2 * true positives / (2 * true positives + false positives + false negatives)``. Counts are
    exact (C. J. van Rijsbergen, "Information Retrieval", 1979).

    Args:
        classes: Number of classes; None for two, of which class 1 is the one to be found: the
            result is its F1.
        average: None for an array of the values of all classes; ``"macro"`` for their mean;
            ``"weighted"`` for their mean, weighted by how many examples each class has;
            ``"micro"`` for the ratio of the counts summed over the classes.
        threshold: For two classes and one score for each example: scores above it predict class 1.
            0 for logits, 0.5 for probabilities.
        undefined: The value of a class that is neither there nor predicted: 0 by default, as in
            scikit-learn. Means leave out classes for which it is NaN.

    Example:
        >>> import graphnet as gn
        >>> f1 = gn.metrics.F1(threshold=0.5)
        >>> f1.update([0.9, 0.8, 0.6, 0.1], [1, 0, 1, 1])
        >>> f1.result()
        0.6666666666666666
        >>> macro = gn.metrics.F1(3, average="macro")
        >>> macro.update([0, 1, 1, 2], [0, 1, 2, 2])
        >>> macro.result()
        0.7777777777777777
    """

    def counts(self) -> tuple[Array, Array]:
        """Give the hits twice, and the predictions and examples of each class."""
        return 2 * self.hits, self.chosen + self.right


def check_options(
    caller: str, classes: int | None, average: str | None, threshold: float | None
) -> None:
    """Refuse options that do not go together."""
    if classes is not None and whole(classes, "classes", caller) < 2:
        raise ArgumentError(f"{caller}: expected classes of 2 or more, found {classes}")
    if average not in (None, "macro", "micro", "weighted"):
        raise ArgumentError(
            f"{caller}: expected average None, 'macro', 'micro' or 'weighted', found {average!r}"
        )
    if average is not None and classes is None:
        raise ArgumentError(
            f"{caller}: an average over the classes needs their number",
            hint=f"{caller}(10, average={average!r}); without classes, class 1 of two is meant",
        )
    if threshold is not None and classes not in (None, 2):
        raise ArgumentError(
            f"{caller}: a threshold tells two classes apart, not {classes}",
            hint="leave out the threshold, and give one score for each class",
        )
