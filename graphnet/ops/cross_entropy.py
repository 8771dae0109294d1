"""Cross-entropies from logits, which stay exact however small the probabilities are.

The gradient with respect to logits is what is predicted less what is wanted. It is made of softmax
and sigmoid nodes, so that it has derivatives of any order, shares them with whoever predicts from
the same logits, and needs no loss to be computed.
"""

from collections.abc import Sequence
from math import isnan
from typing import Any

import numpy as np

from graphnet.errors import ShapeError
from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.op import Op
from graphnet.ir.spec import Spec, as_float, is_float, may_be_equal, show_shape
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.ir.traits import Memory, Sample, f32
from graphnet.kernels.quiet import quietly
from graphnet.ops.activations import sigmoid
from graphnet.ops.checks import merge_shapes, require_shape
from graphnet.ops.compare import isinf
from graphnet.ops.elementwise import exp, log, log1p
from graphnet.ops.families import cast_to, promote_operands
from graphnet.ops.labels import (
    LABELED,
    class_places,
    pick_class,
    require_classes,
    require_labels,
    subtract_one_hot,
)
from graphnet.ops.normalize import log_softmax, shift, softmax
from graphnet.ops.select import maximum, where
from graphnet.ops.shape import expand_dims, squeeze
from graphnet.typing import Array

__all__ = ["sigmoid_cross_entropy", "softmax_cross_entropy", "sparse_softmax_cross_entropy"]


class DenseCrossEntropy(Op):
    """Base of the losses that have one label per logit, which are promoted to one float."""

    memory = Memory.INTO

    def convert(self, graph: Graph, operands: Sequence[Any]) -> tuple[Tensor, ...]:
        """Promote floats; labels that are integers or booleans take the dtype of the logits."""
        logits, labels = map(graph.as_tensor, operands)
        if is_float(labels.dtype):
            return promote_operands(graph, (logits, labels), floating=True)
        dtype = as_float(logits.dtype)
        # Labels that do not fit stay as they are, for the message to show what the user gave.
        fitting = may_be_equal(logits.shape, labels.shape)
        return cast_to(logits, dtype), cast_to(labels, dtype) if fitting else labels


class SoftmaxCrossEntropy(DenseCrossEntropy):
    """-Σ labels · log softmax(logits) along the last axis, where 0 · log 0 = 0."""

    name = "softmax_cross_entropy"
    samples = (
        Sample(f32(2, 3), f32(2, 3, low=0.0)),
        Sample(f32(2, 1, 4), f32(2, 1, 4)),
        Sample(f32(3), f32(3, low=0.0)),
        Sample(f32(0, 3), f32(0, 3)),
    )

    def infer(self, logits: Spec, labels: Spec) -> Spec:
        require_classes(logits)
        if not may_be_equal(logits.shape, labels.shape):
            raise ShapeError(
                f"labels {show_shape(labels.shape)} do not fit logits {show_shape(logits.shape)}",
                hint="labels need the shape of the logits, one weight per class; "
                "for class indices use gn.nn.sparse_softmax_cross_entropy",
            )
        return logits.with_shape(merge_shapes(logits.shape, labels.shape)[:-1])

    def kernel(self, logits: Array, labels: Array, out: Array | None = None) -> Any:
        shifted = shift(logits, -1)
        wanted = WeightedSum(rows=True).kernel(labels, shifted)[..., 0]
        np.exp(shifted, out=shifted)
        normalizer = np.log(np.add.reduce(shifted, -1))
        return np.subtract(np.add.reduce(labels, -1) * normalizer, wanted, out=out)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, Tensor]:
        logits, labels = node.inputs
        residual = softmax(logits) * labels.sum(-1, keepdims=True) - labels
        factor = expand_dims(dy, -1)
        return residual * factor, -log_softmax(logits) * factor

    def expand(self, logits: Tensor, labels: Tensor) -> Tensor:
        # Along axes that are kept, as softmax does: then both share maximum, exponentials and sum.
        shifted = logits - logits.max(-1, keepdims=True)
        normalizer = log(exp(shifted).sum(-1, keepdims=True))
        wanted = WeightedSum(rows=True)(labels, shifted)
        return squeeze(labels.sum(-1, keepdims=True) * normalizer - wanted, -1)


class WeightedSum(Op):
    """Σ w · v over all elements, where a weight of 0 counts nothing even against an infinity.

    Attributes:
        rows: Whether each row has a sum of its own; the last axis is kept as 1 then.
    """

    name = "weighted_sum"
    rows: bool = False
    memory = Memory.INTO
    samples = (
        Sample(f32(2, 3), f32(2, 3)),
        Sample(f32(2, 1, 4), f32(2, 1, 4), rows=True),
        Sample(f32(3), f32(3), rows=True),
        Sample(f32(), f32()),
        Sample(f32(0, 3), f32(0, 3)),
    )

    def convert(self, graph: Graph, operands: Sequence[Any]) -> tuple[Tensor, ...]:
        return promote_operands(graph, operands, floating=True)

    def infer(self, weights: Spec, values: Spec) -> Spec:
        shape = require_shape(weights.shape, values.shape, "weights")
        if not self.rows:
            return values.with_shape(())
        require_classes(values)
        return values.with_shape((*shape[:-1], 1))

    def kernel(self, weights: Array, values: Array, out: Array | None = None) -> Any:
        result = self.add_up(weights, values, out)
        if np.isnan(result).any() if self.rows else isnan(result):
            excluded = np.isinf(values) & (weights == 0)
            result = self.add_up(weights, np.where(excluded, 0, values), out)
        return result

    def add_up(self, weights: Array, values: Array, out: Array | None) -> Any:
        """Multiply and add up, where 0 times an infinity is NaN; no one is warned of that."""
        if self.rows:
            room = None if out is None else out[..., 0]
            sums = quietly(np.vecdot, weights, values, out=room)
            return sums[..., None] if out is None else out
        total = np.vdot(weights, values)
        if out is None:
            return total
        out[...] = total
        return out

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, Tensor]:
        weights, values = node.inputs
        return dy * values, dy * weights

    def expand(self, weights: Tensor, values: Tensor) -> Tensor:
        terms = weights * where((weights == 0) & isinf(values), 0.0, values)
        return terms.sum(-1, keepdims=True) if self.rows else terms.sum()


class SparseSoftmaxCrossEntropy(Op):
    """-log softmax(logits)[label] along the last axis."""

    name = "sparse_softmax_cross_entropy"
    memory = Memory.INTO
    samples = LABELED

    def convert(self, graph: Graph, operands: Sequence[Any]) -> tuple[Tensor, ...]:
        logits, labels = map(graph.as_tensor, operands)
        return cast_to(logits, as_float(logits.dtype)), labels

    def infer(self, logits: Spec, labels: Spec) -> Spec:
        require_labels(logits, labels)
        return logits.with_shape(merge_shapes(logits.shape[:-1], labels.shape))

    def kernel(self, logits: Array, labels: Array, out: Array | None = None) -> Any:
        places = class_places(labels, logits.shape[-1])
        shifted = shift(logits, -1)
        wanted = shifted[places]
        np.exp(shifted, out=shifted)
        return np.subtract(np.log(np.add.reduce(shifted, -1)), wanted, out=out)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, None]:
        logits, labels = node.inputs
        residual = subtract_one_hot(softmax(logits), labels)
        return residual * expand_dims(dy, -1), None

    def expand(self, logits: Tensor, labels: Tensor) -> Tensor:
        # Picked of the logits, which an error about a label then shows; nothing is rounded twice.
        largest = logits.max(-1, keepdims=True)
        normalizer = log(exp(logits - largest).sum(-1, keepdims=True))
        return squeeze(normalizer, -1) + (squeeze(largest, -1) - pick_class(logits, labels))


class SigmoidCrossEntropy(DenseCrossEntropy):
    """-labels · log sigmoid(logits) - (1 - labels) · log(1 - sigmoid(logits))."""

    name = "sigmoid_cross_entropy"
    inplace = (0, 1)
    samples = (
        Sample(f32(2, 3), f32(2, 3, low=0.0, high=1.0)),
        Sample(f32(), f32()),
        Sample(f32(0, 3), f32(0, 3)),
    )

    def infer(self, logits: Spec, labels: Spec) -> Spec:
        if not may_be_equal(logits.shape, labels.shape):
            raise ShapeError(
                f"labels {show_shape(labels.shape)} do not fit logits {show_shape(logits.shape)}",
                hint="both need the same shape; reshape, expand_dims or squeeze makes it so",
            )
        return logits.with_shape(merge_shapes(logits.shape, labels.shape))

    def kernel(self, logits: Array, labels: Array, out: Array | None = None) -> Array:
        tail = np.abs(logits, out=np.empty_like(logits))
        np.exp(np.negative(tail, out=tail), out=tail)
        np.log1p(tail, out=tail)
        positive = np.maximum(logits, 0)
        result = np.empty_like(logits) if out is None else out
        np.multiply(logits, labels, out=result)
        # The tail comes last: it may be far smaller than the rounding of the others.
        np.subtract(positive, result, out=result)
        return np.add(result, tail, out=result)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, Tensor]:
        logits, labels = node.inputs
        return dy * (sigmoid(logits) - labels), -dy * logits

    def expand(self, logits: Tensor, labels: Tensor) -> Tensor:
        return maximum(logits, 0) - logits * labels + log1p(exp(-abs(logits)))


def softmax_cross_entropy(logits: TensorLike, labels: TensorLike) -> Tensor:
    r"""Give the cross-entropy of each example, whose labels are one weight per class.

    :math:`y = -\sum_c t_c \log \mathrm{softmax}(x)_c` along the last axis, where
    :math:`0 \log 0 = 0`. The weights usually are probabilities; they need not sum to one.

    Args:
        logits: Tensor [..., classes] of unscaled log-probabilities, *not* of probabilities.
        labels: Tensor of the same shape. Integers and booleans are converted.

    Returns:
        Tensor [...], one loss per example.

    Raises:
        ShapeError: The shapes differ, or there are no classes.

    Example:
        >>> import graphnet as gn
        >>> loss = gn.nn.softmax_cross_entropy([[2.0, 0.0], [0.0, 0.0]], [[1, 0], [0.5, 0.5]])
        >>> gn.evaluate(loss)
        array([0.12692805, 0.6931472 ], dtype=float32)
    """
    return SoftmaxCrossEntropy()(logits, labels)


def sparse_softmax_cross_entropy(logits: TensorLike, labels: TensorLike) -> Tensor:
    r"""Give the cross-entropy of each example, whose label is the index of its class.

    :math:`y = -\log \mathrm{softmax}(x)_t` along the last axis.

    A label that is negative, or not below the number of classes, is an error when running.

    Args:
        logits: Tensor [..., classes] of unscaled log-probabilities, *not* of probabilities.
        labels: Tensor [...] of integers.

    Returns:
        Tensor [...], one loss per example.

    Raises:
        ShapeError: The labels do not have the shape of the logits without the last axis, or there
            are no classes.
        DTypeError: The labels are not integers.

    Example:
        >>> import graphnet as gn
        >>> loss = gn.nn.sparse_softmax_cross_entropy([[2.0, 0.0], [0.0, 0.0]], [0, 1])
        >>> gn.evaluate(loss)
        array([0.12692805, 0.6931472 ], dtype=float32)
    """
    return SparseSoftmaxCrossEntropy()(logits, labels)


def sigmoid_cross_entropy(logits: TensorLike, labels: TensorLike) -> Tensor:
    r"""Give the cross-entropy of each element, whose label is the probability of "yes".

    :math:`y = -t \log \sigma(x) - (1 - t) \log(1 - \sigma(x)) = \max(x, 0) - x t + \log(1 +
    e^{-|x|})`

    Args:
        logits: Tensor of any shape; finite log-odds, *not* probabilities.
        labels: Tensor of the same shape, 0 to 1. Integers and booleans are converted.

    Returns:
        Tensor of this shape.

    Raises:
        ShapeError: The shapes differ: nothing is broadcast here.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.nn.sigmoid_cross_entropy([2.0, 2.0], [True, False]))
        array([0.1269, 2.1269], dtype=float32)
    """
    return SigmoidCrossEntropy()(logits, labels)
