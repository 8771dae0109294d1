"""Labels written as rows of zeros and ones."""

import numpy as np

from graphnet.data.counts import at_least
from graphnet.errors import ArgumentError
from graphnet.typing import Array

__all__ = ["one_hot"]


def one_hot(labels: Array, classes: int) -> Array:
    """Write each label as a row that is 1 at the class of the label and 0 elsewhere.

    For the arrays themselves; ``gn.one_hot`` is the op for tensors.

    Args:
        labels: [...], integers from 0 to ``classes - 1``.
        classes: Number of classes, at least 1.

    Returns:
        [..., classes], float32.

    Raises:
        ArgumentError: The labels are not integers, or one is out of range.

    Example:
        >>> import numpy as np
        >>> import graphnet as gn
        >>> gn.data.one_hot(np.array([1, 0]), 3)
        array([[0., 1., 0.],
               [1., 0., 0.]], dtype=float32)
    """
    labels = np.asarray(labels)
    classes = at_least(1, classes, "one_hot: expected a number of classes")
    if labels.dtype.kind not in "iu":
        raise ArgumentError(
            f"one_hot: labels are {labels.dtype}, expected integers",
            hint="labels.astype(int), if each is the number of a class",
        )
    outside = labels[(labels < 0) | (labels >= classes)]
    if outside.size:
        raise ArgumentError(
            f"one_hot: label {outside[0]} is out of range for {classes} classes",
            hint=f"labels are from 0 to {classes - 1}",
        )
    result = np.zeros((*labels.shape, classes), np.float32)
    np.put_along_axis(result, labels[..., np.newaxis].astype(np.intp), 1, axis=-1)
    return result
