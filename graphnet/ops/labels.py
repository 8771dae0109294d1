"""Elements of rows at integer labels, one label per row, and what both need to be.

Unlike indices, labels do not count from the end: a negative one is an error.
"""

from typing import Any

import numpy as np

from graphnet.errors import ArgumentError, DTypeError, ShapeError
from graphnet.ir.node import Node
from graphnet.ir.op import Op
from graphnet.ir.spec import Spec, may_be_equal, show_shape
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.ir.traits import Memory, Sample, f32, i64
from graphnet.ops.checks import merge_shapes
from graphnet.ops.like import zeros_like
from graphnet.ops.shape import expand_dims
from graphnet.typing import Array

__all__ = ["pick_class", "subtract_one_hot"]

LABELED = (
    Sample(f32(2, 3), i64(2, low=0, high=3)),
    Sample(f32(2, 2, 4), i64(2, 2, low=0, high=4)),
    Sample(f32(3), i64(low=0, high=3)),
    Sample(f32(0, 3), i64(0, low=0, high=3)),
)


class PickClass(Op):
    """x[..., label] along the last axis."""

    name = "pick_class"
    samples = LABELED

    def infer(self, x: Spec, labels: Spec) -> Spec:
        require_labels(x, labels)
        return x.with_shape(merge_shapes(x.shape[:-1], labels.shape))

    def kernel(self, x: Array, labels: Array) -> Any:
        return x[class_places(labels, x.shape[-1])]

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, None]:
        x, labels = node.inputs
        return subtract_one_hot(zeros_like(x), labels) * expand_dims(-dy, -1), None


class SubtractOneHot(Op):
    """x, less 1 at the label along the last axis."""

    name = "subtract_one_hot"
    memory = Memory.INTO
    inplace = (0,)
    samples = LABELED

    def infer(self, x: Spec, labels: Spec) -> Spec:
        require_labels(x, labels)
        return x.with_shape((*merge_shapes(x.shape[:-1], labels.shape), x.shape[-1]))

    def kernel(self, x: Array, labels: Array, out: Array | None = None) -> Array:
        places = class_places(labels, x.shape[-1])
        result = np.empty_like(x) if out is None else out
        if result is not x:
            np.copyto(result, x)
        result[places] -= 1
        return result

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, None]:
        return dy, None


def require_classes(x: Spec) -> None:
    """Raise a ShapeError if there is no axis of classes, or it is empty."""
    if not x.shape or x.shape[-1] == 0:
        raise ShapeError(
            f"there are no classes in {show_shape(x.shape)}",
            hint="the last axis needs one element per class",
        )


def require_labels(x: Spec, labels: Spec) -> None:
    """Raise an error if labels are not one class index per row of x."""
    require_classes(x)
    if labels.dtype.kind not in "iu":
        raise DTypeError(
            f"labels must be class indices, not {labels.dtype}",
            hint="use gn.cast(labels, gn.int64); "
            "for one weight per class use gn.nn.softmax_cross_entropy",
        )
    wanted = x.shape[:-1]
    if may_be_equal(wanted, labels.shape):
        return
    if may_be_equal((*wanted, 1), labels.shape):
        hint = "take the axis of 1 away: gn.squeeze(labels, -1)"
    elif may_be_equal(x.shape, labels.shape):
        hint = "for one weight per class use gn.nn.softmax_cross_entropy"
    else:
        hint = f"give one class index per row, in the shape {show_shape(wanted)}"
    raise ShapeError(
        f"labels {show_shape(labels.shape)} do not fit rows of {show_shape(x.shape)}", hint=hint
    )


def class_places(labels: Array, classes: int) -> tuple[Array, ...]:
    """Give the index that picks, along a last axis of ``classes``, the element of each label.

    Raises:
        ArgumentError: A label is negative, or there is no such class.
    """
    lowest = np.minimum.reduce(labels, axis=None, initial=0)
    highest = np.maximum.reduce(labels, axis=None, initial=0)
    if labels.size and (lowest < 0 or highest >= classes):
        first = tuple(np.argwhere((labels < 0) | (labels >= classes))[0].tolist())
        place = f" at position {show_shape(first)}" if first else ""
        raise ArgumentError(
            f"label {labels[first]}{place} is out of range: "
            f"there are {classes} classes, 0 to {classes - 1}",
            hint="labels count from 0; the mask of a loss, as in mask=labels >= 0, hides examples "
            "that have none",
        )
    return (*np.indices(labels.shape, sparse=True), labels)


def pick_class(x: TensorLike, labels: TensorLike) -> Tensor:
    """Choose one element of each row: ``y[i] = x[i, labels[i]]``.

    A label that is negative, or not below the number of classes, is an error when running.

    Args:
        x: Tensor [..., classes].
        labels: Tensor [...] of integers.

    Returns:
        Tensor [...].

    Raises:
        ShapeError: The labels do not have the shape of ``x`` without the last axis.
        DTypeError: The labels are not integers.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.pick_class([[1.0, 2.0], [3.0, 4.0]], [1, 0]))
        array([2., 3.], dtype=float32)
    """
    return PickClass()(x, labels)


def subtract_one_hot(x: TensorLike, labels: TensorLike) -> Tensor:
    """Subtract 1 from one element of each row, as in the gradient of a cross-entropy.

    A label that is negative, or not below the number of classes, is an error when running.

    Args:
        x: Tensor [..., classes].
        labels: Tensor [...] of integers.

    Returns:
        Tensor of the shape of ``x``.

    Raises:
        ShapeError: The labels do not have the shape of ``x`` without the last axis.
        DTypeError: The labels are not integers.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.subtract_one_hot([[0.25, 0.75]], [1]))
        array([[ 0.25, -0.25]], dtype=float32)
    """
    return SubtractOneHot()(x, labels)
