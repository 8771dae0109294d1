"""Losses of scores for yes or no, and of scores that should exceed others by a margin."""

from math import inf

from graphnet.errors import ArgumentError
from graphnet.ir.context import creation_site
from graphnet.ir.names import name_scope
from graphnet.ir.spec import as_float, may_be_equal, show_shape
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.nn.losses.examples import Examples, Reduction, as_tensors, scope
from graphnet.nn.losses.logits import require_class_indices, require_logits, require_several_classes
from graphnet.nn.shapes import fitting, misfit, missing_axis, unfitting
from graphnet.ops import cross_entropy
from graphnet.ops.families import cast_to
from graphnet.ops.labels import pick_class, subtract_one_hot
from graphnet.ops.like import ones_like
from graphnet.ops.rectifiers import relu
from graphnet.ops.select import where
from graphnet.ops.shape import expand_dims

__all__ = ["hinge", "multiclass_hinge", "sigmoid_cross_entropy"]


def sigmoid_cross_entropy(
    logits: TensorLike,
    labels: TensorLike,
    *,
    weights: TensorLike | None = None,
    mask: TensorLike | None = None,
    reduction: Reduction = None,
) -> Tensor:
    r"""Give the cross-entropy of each element, whose label is the probability of "yes".

    :math:`\ell = -t \log \sigma(x) - (1 - t) \log(1 - \sigma(x)) = \max(x, 0) - x t + \log(1 +
    e^{-|x|})`. Also called ``binary_cross_entropy``.

    Args:
        logits: Of any shape; finite log-odds, *not* probabilities.
        labels: Of the same shape, 0 to 1. Integers and booleans are converted.
        weights: Of the same shape, a factor for each loss.
        mask: Of the same shape, False for each element that does not count, whatever it is.
        reduction: ``"mean"``, weighted by ``weights`` and ``mask``, or ``"sum"``; None for one
            loss per element.

    Returns:
        Tensor of this shape, or a scalar.

    Raises:
        ShapeError: The shapes differ: nothing is broadcast here.
        GraphError: The logits are probabilities: the output of softmax or sigmoid.
        DTypeError: The mask is not boolean.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.nn.sigmoid_cross_entropy([2.0, 2.0], [True, False]))
        array([0.1269, 2.1269], dtype=float32)
    """
    loss = "sigmoid_cross_entropy"
    x, t = as_tensors(logits, labels)
    require_logits(loss, x)
    require_one_shape(loss, logits=x, labels=t)
    examples = Examples.of(loss, x.shape, weights, mask, reduction, logits=x, labels=t)
    with scope(loss, examples):
        x, t = examples.pair(loss, logits=x, labels=t)
        return examples.reduced(cross_entropy.sigmoid_cross_entropy(x, t))


def hinge(
    scores: TensorLike,
    labels: TensorLike,
    *,
    margin: float = 1.0,
    weights: TensorLike | None = None,
    mask: TensorLike | None = None,
    reduction: Reduction = None,
) -> Tensor:
    r"""Give what each score lacks to lie on the right side of 0, a margin away.

    :math:`\ell = \max(0, m - s x)`, where :math:`s` is 1 where the label is positive and -1
    elsewhere: labels may be booleans, 0 and 1, or -1 and 1. C. Cortes, V. Vapnik, "Support-vector
    networks", Machine Learning 20 (1995).

    Args:
        scores: Of any shape, floating; integers are converted.
        labels: Of the same shape.
        margin: Positive; the size of score that costs nothing.
        weights: Of the same shape, a factor for each loss.
        mask: Of the same shape, False for each element that does not count, whatever it is.
        reduction: ``"mean"``, weighted by ``weights`` and ``mask``, or ``"sum"``; None for one
            loss per element.

    Returns:
        Tensor of this shape, or a scalar.

    Raises:
        ShapeError: The shapes differ: nothing is broadcast here.
        DTypeError: The mask is not boolean.
        ArgumentError: The margin is not positive.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.nn.hinge([2.0, 0.5, -0.5], [True, True, True]))
        array([0. , 0.5, 1.5], dtype=float32)
    """
    x, t = as_tensors(scores, labels)
    require_one_shape("hinge", scores=x, labels=t)
    require_margin("hinge", margin)
    examples = Examples.of("hinge", x.shape, weights, mask, reduction, scores=x, labels=t)
    with name_scope("hinge"):
        t = fitting("hinge", scores=x, labels=t)
        x, t = examples.shown(cast_to(x, as_float(x.dtype))), examples.shown(t)
        return examples.reduced(relu(margin - where(t > 0, x, -x)))


def multiclass_hinge(
    scores: TensorLike,
    labels: TensorLike,
    *,
    margin: float = 1.0,
    weights: TensorLike | None = None,
    mask: TensorLike | None = None,
    reduction: Reduction = None,
) -> Tensor:
    r"""Give what the score of the right class lacks to exceed all others by a margin.

    :math:`\ell = \max(0, m + \max_{c \ne t} x_c - x_t)` along the last axis: a bound of the number
    of errors, which only the strongest of the wrong classes decides. K. Crammer, Y. Singer, "On the
    algorithmic implementation of multiclass kernel-based vector machines", JMLR 2 (2001).

    Args:
        scores: [..., classes], floating; integers are converted.
        labels: [...], integers: the index of the right class. One that is negative, or not below
            the number of classes, is an error when running, unless the mask hides it.
        margin: Positive; the difference of scores that costs nothing.
        weights: [...], a factor for the loss of each example.
        mask: [...], False for each example that does not count, whatever its numbers are.
        reduction: ``"mean"``, weighted by ``weights`` and ``mask``, or ``"sum"``; None for one
            loss per example.

    Returns:
        [...], one loss per example, or a scalar.

    Raises:
        ShapeError: The labels do not have the shape of the scores without the last axis, or there
            are less than two classes.
        DTypeError: The labels are not integers, or the mask is not boolean.
        ArgumentError: The margin is not positive.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.nn.multiclass_hinge([[3.0, 1.0, 0.0], [3.0, 2.5, 0.0]], [0, 0]))
        array([0. , 0.5], dtype=float32)
    """
    loss = "multiclass_hinge"
    x, t = as_tensors(scores, labels)
    require_class_indices(loss, scores=x, labels=t)
    require_several_classes(loss, "hinge", scores=x)
    require_margin(loss, margin)
    examples = Examples.of(loss, t.shape, weights, mask, reduction, scores=x, labels=t)
    with name_scope(loss):
        t = fitting(loss, scores=x, labels=t)
        x, t = examples.shown(cast_to(x, as_float(x.dtype))), examples.shown(t)
        lead = x - expand_dims(pick_class(x, t), -1)
        # At the label itself it is 0, so that the largest is never negative.
        return examples.reduced((lead + margin * subtract_one_hot(ones_like(x), t)).max(-1))


def require_one_shape(loss: str, **operands: Tensor) -> None:
    """Refuse operands of different shapes.

    Raises:
        ShapeError: They are.
    """
    (first, x), (second, t) = operands.items()
    if not may_be_equal(x.shape, t.shape):
        raise unfitting(
            misfit(loss, second, show_shape(t.shape), first, show_shape(x.shape)),
            missing_axis(**operands)
            or "gn.reshape, gn.expand_dims or gn.squeeze makes the shapes equal",
            **operands,
        )


def require_margin(loss: str, margin: float) -> None:
    """Refuse a margin that scores of zero already have.

    Raises:
        ArgumentError: It is not positive.
    """
    if not 0 < margin < inf:
        raise ArgumentError(
            f"{loss}: the margin is {margin!r}",
            at=str(creation_site()),
            hint="use a positive number, as 1.0",
        )
