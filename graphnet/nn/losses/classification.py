"""Losses of predictions that are one of several classes."""

from graphnet.errors import GraphError
from graphnet.ir.context import creation_site
from graphnet.ir.names import name_scope
from graphnet.ir.spec import as_float, is_float
from graphnet.ir.tensor import Tensor, TensorLike, describe
from graphnet.nn.losses.examples import Examples, Reduction, as_tensors, scope
from graphnet.nn.losses.logits import (
    require_class_indices,
    require_class_weights,
    require_logits,
    require_several_classes,
    require_smoothing,
    smoothed,
    source,
)
from graphnet.nn.shapes import fitting
from graphnet.ops import cross_entropy
from graphnet.ops.cross_entropy import WeightedSum
from graphnet.ops.elementwise import log
from graphnet.ops.families import cast_to
from graphnet.ops.labels import pick_class
from graphnet.ops.normalize import log_softmax
from graphnet.ops.select import where
from graphnet.ops.shape import squeeze

__all__ = [
    "kl_divergence",
    "negative_log_likelihood",
    "softmax_cross_entropy",
    "sparse_softmax_cross_entropy",
]


def softmax_cross_entropy(
    logits: TensorLike,
    labels: TensorLike,
    *,
    label_smoothing: float = 0.0,
    weights: TensorLike | None = None,
    mask: TensorLike | None = None,
    reduction: Reduction = None,
) -> Tensor:
    r"""Give the cross-entropy of each example, whose labels are one weight per class.

    :math:`\ell = -\sum_c t_c \log \mathrm{softmax}(x)_c` along the last axis, where
    :math:`0 \log 0 = 0`. The weights usually are probabilities; they need not sum to one.

    Args:
        logits: [..., classes], unscaled log-probabilities, *not* probabilities.
        labels: Of the same shape. Integers and booleans are converted.
        label_smoothing: From 0 to below 1, the part :math:`\epsilon` of the labels that all K
            classes get alike: :math:`t_c` becomes :math:`(1 - \epsilon) t_c + \epsilon / K`. C.
            Szegedy and others, "Rethinking the Inception architecture", CVPR 2016.
        weights: [...], a factor for the loss of each example.
        mask: [...], False for each example that does not count, whatever its numbers are.
        reduction: ``"mean"``, weighted by ``weights`` and ``mask``, or ``"sum"``; None for one
            loss per example.

    Returns:
        [...], one loss per example, or a scalar.

    Raises:
        ShapeError: The shapes differ, or there are less than two classes.
        GraphError: The logits are probabilities: the output of softmax or sigmoid.
        DTypeError: The mask is not boolean.
        ArgumentError: ``label_smoothing`` is not in this range.

    Example:
        >>> import graphnet as gn
        >>> loss = gn.nn.softmax_cross_entropy([[2.0, 0.0], [0.0, 0.0]], [[1, 0], [0.5, 0.5]])
        >>> gn.evaluate(loss)
        array([0.12692805, 0.6931472 ], dtype=float32)
    """
    loss = "softmax_cross_entropy"
    x, t = as_tensors(logits, labels)
    require_logits(loss, x)
    require_class_weights(loss, logits=x, labels=t)
    require_several_classes(loss, logits=x)
    require_smoothing(loss, label_smoothing)
    examples = Examples.of(loss, x.shape[:-1], weights, mask, reduction, logits=x, labels=t)
    with scope(loss, examples, label_smoothing):
        x, t = examples.pair(loss, logits=x, labels=t)
        losses = cross_entropy.softmax_cross_entropy(x, t)
        return examples.reduced(smoothed(losses, x, label_smoothing))


def sparse_softmax_cross_entropy(
    logits: TensorLike,
    labels: TensorLike,
    *,
    label_smoothing: float = 0.0,
    weights: TensorLike | None = None,
    mask: TensorLike | None = None,
    reduction: Reduction = None,
) -> Tensor:
    r"""Give the cross-entropy of each example, whose label is the index of its class.

    :math:`\ell = -\log \mathrm{softmax}(x)_t` along the last axis.

    A label that is negative, or not below the number of classes, is an error when running, unless
    the mask hides it.

    Args:
        logits: [..., classes], unscaled log-probabilities, *not* probabilities.
        labels: [...], integers.
        label_smoothing: From 0 to below 1, the part of the label that all classes get alike; see
            :func:`softmax_cross_entropy`.
        weights: [...], a factor for the loss of each example.
        mask: [...], False for each example that does not count, whatever its numbers are.
        reduction: ``"mean"``, weighted by ``weights`` and ``mask``, or ``"sum"``; None for one
            loss per example.

    Returns:
        [...], one loss per example, or a scalar.

    Raises:
        ShapeError: The labels do not have the shape of the logits without the last axis, or there
            are less than two classes.
        DTypeError: The labels are not integers, or the mask is not boolean.
        GraphError: The logits are probabilities: the output of softmax or sigmoid.
        ArgumentError: ``label_smoothing`` is not in this range.

    Example:
        >>> import graphnet as gn
        >>> loss = gn.nn.sparse_softmax_cross_entropy([[2.0, 0.0], [0.0, 0.0]], [0, 1])
        >>> gn.evaluate(loss)
        array([0.12692805, 0.6931472 ], dtype=float32)
    """
    loss = "sparse_softmax_cross_entropy"
    x, t = as_tensors(logits, labels)
    require_logits(loss, x)
    require_class_indices(loss, logits=x, labels=t)
    require_several_classes(loss, logits=x)
    require_smoothing(loss, label_smoothing)
    examples = Examples.of(loss, t.shape, weights, mask, reduction, logits=x, labels=t)
    with scope(loss, examples, label_smoothing):
        x, t = examples.pair(loss, logits=x, labels=t)
        losses = cross_entropy.sparse_softmax_cross_entropy(x, t)
        return examples.reduced(smoothed(losses, x, label_smoothing))


def negative_log_likelihood(
    log_probabilities: TensorLike,
    labels: TensorLike,
    *,
    weights: TensorLike | None = None,
    mask: TensorLike | None = None,
    reduction: Reduction = None,
) -> Tensor:
    r"""Give what the right class lacks to be certain: :math:`\ell = -\log p_t`.

    Of logits, :func:`sparse_softmax_cross_entropy` gives the same at less cost.

    Args:
        log_probabilities: [..., classes], as ``gn.log_softmax`` gives them.
        labels: [...], integers: the index of the right class. One that is negative, or not below
            the number of classes, is an error when running, unless the mask hides it.
        weights: [...], a factor for the loss of each example.
        mask: [...], False for each example that does not count, whatever its numbers are.
        reduction: ``"mean"``, weighted by ``weights`` and ``mask``, or ``"sum"``; None for one
            loss per example.

    Returns:
        [...], one loss per example, or a scalar.

    Raises:
        ShapeError: The labels do not have the shape of the log-probabilities without the last axis,
            or there are less than two classes.
        DTypeError: The labels are not integers, or the mask is not boolean.
        GraphError: There are probabilities in place of their logarithms.

    Example:
        >>> import graphnet as gn
        >>> y = gn.log_softmax([[2.0, 0.0], [0.0, 0.0]])
        >>> gn.evaluate(gn.nn.negative_log_likelihood(y, [0, 1]))
        array([0.12692805, 0.6931472 ], dtype=float32)
    """
    loss = "negative_log_likelihood"
    x, t = as_tensors(log_probabilities, labels)
    require_logarithms(loss, x)
    require_class_indices(loss, log_probabilities=x, labels=t)
    require_several_classes(loss, log_probabilities=x)
    examples = Examples.of(loss, t.shape, weights, mask, reduction, log_probabilities=x, labels=t)
    with name_scope(loss):
        t = fitting(loss, log_probabilities=x, labels=t)
        x, t = examples.shown(cast_to(x, as_float(x.dtype))), examples.shown(t)
        return examples.reduced(-pick_class(x, t))


def kl_divergence(
    logits: TensorLike,
    targets: TensorLike,
    *,
    weights: TensorLike | None = None,
    mask: TensorLike | None = None,
    reduction: Reduction = None,
) -> Tensor:
    r"""Give the divergence of the distribution that logits stand for from that of the targets.

    :math:`\ell = \sum_c t_c (\log t_c - \log \mathrm{softmax}(x)_c)` along the last axis, where
    :math:`0 \log 0 = 0`: the cross-entropy without the part that no logits can take away. S.
    Kullback, R. A. Leibler, "On information and sufficiency", Annals of Mathematical Statistics 22
    (1951).

    Args:
        logits: [..., classes], unscaled log-probabilities, *not* probabilities.
        targets: Of the same shape, probabilities.
        weights: [...], a factor for the loss of each example.
        mask: [...], False for each example that does not count, whatever its numbers are.
        reduction: ``"mean"``, weighted by ``weights`` and ``mask``, or ``"sum"``; None for one
            loss per example.

    Returns:
        [...], one loss per example, or a scalar.

    Raises:
        ShapeError: The shapes differ, or there are less than two classes.
        GraphError: The logits are probabilities: the output of softmax or sigmoid.
        DTypeError: The mask is not boolean.

    Example:
        >>> import graphnet as gn
        >>> loss = gn.nn.kl_divergence([[0.0, 0.0], [0.0, 0.0]], [[1.0, 0.0], [0.5, 0.5]])
        >>> gn.evaluate(loss)
        array([0.6931472, 0.       ], dtype=float32)
    """
    loss = "kl_divergence"
    x, t = as_tensors(logits, targets)
    require_logits(loss, x)
    require_class_weights(loss, logits=x, targets=t)
    require_several_classes(loss, logits=x)
    examples = Examples.of(loss, x.shape[:-1], weights, mask, reduction, logits=x, targets=t)
    with name_scope(loss):
        x, t = examples.shown(x), examples.shown(fitting(loss, logits=x, targets=t))
        t = t if is_float(t.dtype) else cast_to(t, as_float(x.dtype))
        ratio = log(where(t > 0, t, 1)) - log_softmax(x)
        return examples.reduced(squeeze(WeightedSum(rows=True)(t, ratio), -1))


def require_logarithms(loss: str, x: Tensor) -> None:
    """Refuse probabilities in place of their logarithms.

    Raises:
        GraphError: They come from softmax.
    """
    made = source(x)
    if made.node.op.name == "softmax":
        raise GraphError(
            f"{loss}: these are probabilities, the output of softmax, not their logarithms",
            at=str(creation_site()),
            rows=[describe(x, "log_probabilities")],
            hint="use gn.log_softmax instead, or gn.nn.sparse_softmax_cross_entropy of the logits",
        )
