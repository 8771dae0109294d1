"""Where the extremes are: argmax, argmin and the k largest."""

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from graphnet.errors import ShapeError
from graphnet.ir.node import Node
from graphnet.ir.op import Op
from graphnet.ir.spec import Spec, normalize_axis
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.ir.traits import Memory, Sample, boolean, f32, i64
from graphnet.ops.along_axis import add_along_axis
from graphnet.ops.checks import as_tensor
from graphnet.ops.like import zeros_like
from graphnet.ops.reduction import reduce_shape, require_elements
from graphnet.typing import Array

__all__ = ["argmax", "argmin", "top_k"]

INDEX = np.dtype(np.int64)


class ArgReduction(Op):
    """The index of one element along an axis, or among all elements where ``axis`` is None.

    Attributes:
        finder: The NumPy function that is the kernel.
    """

    axis: int | None = None
    keepdims: bool = False
    finder: ClassVar[Callable[..., Any]]
    memory = Memory.INTO
    samples = (
        Sample(f32(2, 3)),
        Sample(f32(2, 3), axis=1, keepdims=True),
        Sample(f32(2, 3), axis=0),
        Sample(f32()),
        Sample(f32(0, 3), axis=1),
        Sample(i64(5), axis=0),
        Sample(boolean(2, 3), axis=1),
    )

    def infer(self, x: Spec) -> Spec:
        """Drop the axis, or make it 1."""
        axes = tuple(range(x.ndim)) if self.axis is None else (self.axis,)
        shape = reduce_shape(x.shape, axes, keepdims=self.keepdims)
        require_elements(x.shape, axes)
        return Spec(shape, INDEX)

    def kernel(self, x: Array, out: Array | None = None) -> Any:
        """Find the first such element."""
        return type(self).finder(x, self.axis, out, keepdims=self.keepdims)

    def vjp(self, node: Node, dy: Tensor | None) -> tuple[None]:
        """Give nothing: an index does not change a little."""
        return (None,)

    @classmethod
    def of(cls, x: TensorLike, axis: int | None = None, *, keepdims: bool = False) -> Tensor:
        """Count the axis from the front."""
        tensor = as_tensor(x)
        return cls(None if axis is None else normalize_axis(axis, tensor.ndim), keepdims)(tensor)


class ArgMax(ArgReduction):
    """The index of the first largest element along an axis."""

    name = "argmax"
    finder = np.argmax


class ArgMin(ArgReduction):
    """The index of the first smallest element along an axis."""

    name = "argmin"
    finder = np.argmin


class TopK(Op):
    """The k largest elements along an axis, the largest first, and their indices."""

    name = "top_k"
    k: int
    axis: int
    samples = (
        Sample(f32(5), k=2, axis=0),
        Sample(f32(3, 4), k=3, axis=1),
        Sample(f32(4, 2), k=4, axis=0),
        Sample(f32(0, 3), k=1, axis=1),
        Sample(i64(6), k=3, axis=0),
    )

    def infer(self, x: Spec) -> tuple[Spec, Spec]:
        extent = x.shape[normalize_axis(self.axis, x.ndim)]
        if self.k < 1 or (isinstance(extent, int) and self.k > extent):
            raise ShapeError(
                f"there are no {self.k} largest of {extent} elements",
                hint="k is at least 1, and at most the extent of the axis",
            )
        values = x.with_shape((*x.shape[: self.axis], self.k, *x.shape[self.axis + 1 :]))
        return values, values.with_dtype(INDEX)

    def kernel(self, x: Array) -> tuple[Array, Array]:
        # A stable sort of the reversed elements, reversed: equal ones come in their own order.
        if x.shape[self.axis] < self.k:
            raise ValueError(f"there are no {self.k} largest of {x.shape[self.axis]} elements")
        order = np.argsort(np.flip(x, self.axis), self.axis, kind="stable")
        last = np.flip(order, self.axis)[(slice(None),) * self.axis + (slice(self.k),)]
        indices = np.subtract(x.shape[self.axis] - 1, last)
        return np.take_along_axis(x, indices, self.axis), indices

    def vjp(self, node: Node, values: Tensor, indices: Tensor | None) -> tuple[Tensor]:
        (x,) = node.inputs
        return (add_along_axis(zeros_like(x), node.outputs[1], values, self.axis),)

    @classmethod
    def of(cls, x: TensorLike, k: int, axis: int = -1) -> Tensor:
        tensor = as_tensor(x)
        return cls(k, normalize_axis(axis, tensor.ndim))(tensor)


def argmax(x: TensorLike, axis: int | None = None, *, keepdims: bool = False) -> Tensor:
    """Give the index of the largest element along ``axis``; of the first, if there are several.

    Args:
        x: Tensor of any shape.
        axis: Axis, of at least one element; None for the index among all elements.
        keepdims: Whether the axes stay, with extent 1.

    Returns:
        int64 tensor.

    Raises:
        ShapeError: There is no such axis, or nothing along it.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.argmax([[1.0, 2.0], [4.0, 3.0]], axis=1))
        array([1, 0])
    """
    return ArgMax.of(x, axis, keepdims=keepdims)


def argmin(x: TensorLike, axis: int | None = None, *, keepdims: bool = False) -> Tensor:
    """Give the index of the smallest element along ``axis``; of the first, if there are several.

    Args:
        x: Tensor of any shape.
        axis: Axis, of at least one element; None for the index among all elements.
        keepdims: Whether the axes stay, with extent 1.

    Returns:
        int64 tensor.

    Raises:
        ShapeError: There is no such axis, or nothing along it.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.argmin([[1.0, 2.0], [4.0, 3.0]]))
        array(0)
    """
    return ArgMin.of(x, axis, keepdims=keepdims)


def top_k(x: TensorLike, k: int, axis: int = -1) -> tuple[Tensor, Tensor]:
    """Give the ``k`` largest elements along ``axis``, the largest first.

    Args:
        x: Tensor of at least one axis; NaN counts as larger than all numbers.
        k: How many, from 1 to the extent of the axis.
        axis: The axis.

    Returns:
        The elements, and their int64 indices; among equal elements the first comes first.

    Raises:
        ShapeError: There is no such axis, or there are not as many elements.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.top_k([1.0, 5.0, 3.0], 2))
        (array([5., 3.], dtype=float32), array([1, 2]))
    """
    values, indices = TopK.of(x, k, axis).node.outputs
    return values, indices
