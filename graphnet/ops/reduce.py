"""Sums, products, extremes and truths along axes, by NumPy's names and rules."""

from collections.abc import Sequence

import numpy as np

from graphnet.ir.node import Node
from graphnet.ir.spec import Spec
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.ir.traits import Sample, boolean, f32, i64
from graphnet.ops.accumulate import recurrence
from graphnet.ops.basic import cast
from graphnet.ops.checks import accumulated
from graphnet.ops.like import zeros_like
from graphnet.ops.reduction import Reduction, kept, require_elements, spread
from graphnet.ops.select import maximum
from graphnet.typing import DType

__all__ = ["all", "any", "max", "min", "prod", "sum"]


class Sum(Reduction):
    """Σ x along the axes."""

    name = "sum"
    reducer = np.add.reduce
    samples = (*Reduction.samples, Sample(i64(2, 3), axis=(0,)), Sample(boolean(4), axis=(0,)))

    def result(self, dtype: DType) -> DType:
        return accumulated(dtype)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (x,) = node.inputs
        return (spread(dy, x, self.axis, keepdims=self.keepdims),)


class Prod(Reduction):
    """Π x along the axes."""

    name = "prod"
    reducer = np.multiply.reduce
    samples = (*Reduction.samples, Sample(i64(2, 3), axis=(0,)), Sample(boolean(4), axis=(0,)))

    def result(self, dtype: DType) -> DType:
        return accumulated(dtype)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        # Not y / x, which fails where an element is 0: all elements before, times all behind.
        (x,) = node.inputs
        before, behind = (
            recurrence(x, zeros_like(x), self.axis, initial=1.0, reverse=reverse)
            for reverse in (False, True)
        )
        return (kept(dy, self.axis, keepdims=self.keepdims) * (before * behind),)


class Max(Reduction):
    """The largest element along the axes; equal ones share the gradient equally."""

    name = "max"
    reducer = np.maximum.reduce
    samples = (*Reduction.samples, Sample(i64(2, 3), axis=(0,)), Sample(boolean(4), axis=(0,)))

    def infer(self, x: Spec) -> Spec:
        require_elements(x.shape, self.axis)
        return super().infer(x)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        return (share(self, node, dy),)


class Min(Reduction):
    """The smallest element along the axes; equal ones share the gradient equally."""

    name = "min"
    reducer = np.minimum.reduce
    samples = Max.samples

    def infer(self, x: Spec) -> Spec:
        require_elements(x.shape, self.axis)
        return super().infer(x)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        return (share(self, node, dy),)


class Any(Reduction):
    """Whether an element along the axes is true, that is, not 0."""

    name = "any"
    reducer = np.logical_or.reduce
    samples = (
        Sample(boolean(2, 3), axis=(0, 1)),
        Sample(boolean(2, 3), axis=(1,), keepdims=True),
        Sample(boolean(), axis=()),
        Sample(boolean(0, 3), axis=(0,)),
        Sample(f32(2, 3), axis=(0,)),
        Sample(i64(2, 3), axis=()),
    )

    def result(self, dtype: DType) -> DType:
        return np.dtype(np.bool_)

    def vjp(self, node: Node, dy: Tensor | None) -> tuple[None]:
        return (None,)


class All(Reduction):
    """Whether all elements along the axes are true, that is, not 0."""

    name = "all"
    reducer = np.logical_and.reduce
    samples = Any.samples

    def result(self, dtype: DType) -> DType:
        return np.dtype(np.bool_)

    def vjp(self, node: Node, dy: Tensor | None) -> tuple[None]:
        return (None,)


def share(op: Max | Min, node: Node, dy: Tensor) -> Tensor:
    """Give each element that is the extreme an equal share of the cotangent."""
    (x,), (y,) = node.inputs, node.outputs
    chosen = cast(x == kept(y, op.axis, keepdims=op.keepdims), x.dtype)
    # Where an element is NaN, none equals it, and none has a gradient.
    number = maximum(sum(chosen, op.axis, keepdims=True), 1)
    return chosen * (kept(dy, op.axis, keepdims=op.keepdims) / number)


def sum(
    x: TensorLike, axis: int | Sequence[int] | None = None, *, keepdims: bool = False
) -> Tensor:
    """Add up the elements along ``axis``.

    Args:
        x: Tensor of any shape; booleans and integers are added as 64-bit integers.
        axis: Axis or axes; all where None.
        keepdims: Whether the axes stay, with extent 1.

    Raises:
        ShapeError: There is no such axis.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.sum([[1.0, 2.0], [3.0, 4.0]], axis=0))
        array([4., 6.], dtype=float32)
    """
    return Sum.of(x, axis, keepdims=keepdims)


def prod(
    x: TensorLike, axis: int | Sequence[int] | None = None, *, keepdims: bool = False
) -> Tensor:
    """Multiply the elements along ``axis``; the gradient is right also where elements are 0.

    Args:
        x: Tensor of any shape; booleans and integers are multiplied as 64-bit integers.
        axis: Axis or axes; all where None.
        keepdims: Whether the axes stay, with extent 1.

    Raises:
        ShapeError: There is no such axis.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.prod([[1.0, 2.0], [3.0, 4.0]], axis=1))
        array([ 2., 12.], dtype=float32)
    """
    return Prod.of(x, axis, keepdims=keepdims)


def max(
    x: TensorLike, axis: int | Sequence[int] | None = None, *, keepdims: bool = False
) -> Tensor:
    """Give the largest element along ``axis``.

    Args:
        x: Tensor of any shape; equal largest elements share the gradient equally.
        axis: Axis or axes, of at least one element; all where None.
        keepdims: Whether the axes stay, with extent 1.

    Raises:
        ShapeError: There is no such axis, or nothing along it.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.max([[1.0, 2.0], [3.0, 4.0]], axis=1))
        array([2., 4.], dtype=float32)
    """
    return Max.of(x, axis, keepdims=keepdims)


def min(
    x: TensorLike, axis: int | Sequence[int] | None = None, *, keepdims: bool = False
) -> Tensor:
    """Give the smallest element along ``axis``.

    Args:
        x: Tensor of any shape; equal smallest elements share the gradient equally.
        axis: Axis or axes, of at least one element; all where None.
        keepdims: Whether the axes stay, with extent 1.

    Raises:
        ShapeError: There is no such axis, or nothing along it.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.min([[1.0, 2.0], [3.0, 4.0]], axis=1))
        array([1., 3.], dtype=float32)
    """
    return Min.of(x, axis, keepdims=keepdims)


def any(
    x: TensorLike, axis: int | Sequence[int] | None = None, *, keepdims: bool = False
) -> Tensor:
    """Tell whether an element along ``axis`` is true, that is, not 0.

    Args:
        x: Tensor of any shape and dtype.
        axis: Axis or axes; all where None.
        keepdims: Whether the axes stay, with extent 1.

    Returns:
        Boolean tensor; false where there are no elements.

    Raises:
        ShapeError: There is no such axis.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.any([[True, False], [False, False]], axis=1))
        array([ True, False])
    """
    return Any.of(x, axis, keepdims=keepdims)


def all(
    x: TensorLike, axis: int | Sequence[int] | None = None, *, keepdims: bool = False
) -> Tensor:
    """Tell whether all elements along ``axis`` are true, that is, not 0.

    Args:
        x: Tensor of any shape and dtype.
        axis: Axis or axes; all where None.
        keepdims: Whether the axes stay, with extent 1.

    Returns:
        Boolean tensor; true where there are no elements.

    Raises:
        ShapeError: There is no such axis.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.all([[True, False], [True, True]], axis=1))
        array([False,  True])
    """
    return All.of(x, axis, keepdims=keepdims)
