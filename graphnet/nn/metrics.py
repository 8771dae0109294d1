"""Metrics: numbers that say how good a model is, and that nothing is minimized by."""

from graphnet.ir.graph import graph_of
from graphnet.ir.names import name_scope
from graphnet.ir.spec import DEFAULT_FLOAT, may_be_equal
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.nn.shapes import fitting, unfitting

__all__ = ["accuracy"]


def accuracy(logits: TensorLike, labels: TensorLike) -> Tensor:
    """Give the part of the examples whose largest logit is that of their label.

    Args:
        logits: [..., classes]; scores or probabilities of the classes.
        labels: [...], integers: the number of the right class of each example.

    Returns:
        Scalar from 0 to 1, float32; nan where there is no example.

    Raises:
        ShapeError: The labels do not fit the logits.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.nn.accuracy([[0.1, 0.9], [0.8, 0.2]], [1, 1]))
        array(0.5, dtype=float32)
    """
    graph = graph_of([logits, labels])
    scores, classes = graph.as_tensor(logits), graph.as_tensor(labels)
    if not scores.shape or not may_be_equal(scores.shape[:-1], classes.shape):
        raise unfitting(
            "accuracy: labels have the shape of the logits without the last axis",
            remedy(scores, classes),
            logits=scores,
            labels=classes,
        )
    with name_scope("accuracy"):
        classes = fitting("accuracy", logits=scores, labels=classes)
        return (scores.argmax(-1) == classes).astype(DEFAULT_FLOAT).mean()


def remedy(scores: Tensor, labels: Tensor) -> str:
    """Say what is right in place of labels of another shape."""
    if may_be_equal((*scores.shape[:-1], 1), labels.shape):
        return "take the axis of 1 away: gn.squeeze(labels, -1)"
    return "labels.argmax(-1) makes class numbers of one-hot labels"
