"""How well scores put examples in order."""

from typing import Any

import numpy as np

from graphnet.metrics.arguments import class_numbers, floats, in_range, refuse_nan, same_shape
from graphnet.metrics.metric import Metric
from graphnet.typing import Array

__all__ = ["ROCAUC"]


class ROCAUC(Metric):
    """The area under the receiver operating characteristic of two classes.

    It is the probability that an example of class 1 has a larger score than one of class 0, where
    equal scores count half (J. A. Hanley, B. J. McNeil, "The meaning and use of the area under a
    receiver operating characteristic (ROC) curve", Radiology 143, 1982). All pairs are counted,
    exactly, with no grid of thresholds; for that, all scores are kept: 9 bytes per example.

    Example:
        >>> import graphnet as gn
        >>> area = gn.metrics.ROCAUC()
        >>> area.update([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])
        >>> area.result()
        0.75
    """

    def reset(self) -> None:
        """Forget everything that was seen."""
        self.scores = [np.empty(0, np.float64)]
        self.labels = [np.empty(0, np.bool_)]

    def update(self, predictions: Any, labels: Any) -> None:
        """See one more batch.

        Args:
            predictions: [...], one score for each example: logits or probabilities, since only
                their order counts.
            labels: [...], integers or booleans, 0 or 1.

        Raises:
            ArgumentError: The labels do not fit, or are out of range; or a score is NaN.
        """
        found = floats(predictions, "predictions", "ROCAUC")
        right = class_numbers(labels, "labels", "ROCAUC")
        same_shape(found, right, "labels", "ROCAUC", of_class_1(right))
        refuse_nan(found, "ROCAUC")
        in_range(right, 2, "labels", "ROCAUC")
        self.scores.append(found.ravel())
        self.labels.append(right.ravel().astype(np.bool_))

    def result(self) -> float:
        """Give the area, rounded once; nan if all examples are of one class.

        Raises:
            ArgumentError: No example was seen.
        """
        scores, labels = np.concatenate(self.scores), np.concatenate(self.labels)
        if not scores.size:
            raise self.nothing_seen()
        levels, level = np.unique(scores, return_inverse=True)
        ones = np.bincount(level[labels], minlength=len(levels))
        zeros = np.bincount(level[~labels], minlength=len(levels))
        pairs = int(ones.sum()) * int(zeros.sum())
        # Twice the zeros below plus the equal ones.
        twice = 2 * np.cumsum(zeros) - zeros
        return int(ones @ twice) / (2 * pairs) if pairs else float("nan")


def of_class_1(labels: Array) -> str:
    """Write how one score is made of a score for each class."""
    one, zero = (f"predictions[{':' if labels.ndim == 1 else '...'}, {i}]" for i in (1, 0))
    return f"{one} for the probabilities of two classes, {one} - {zero} for their logits"
