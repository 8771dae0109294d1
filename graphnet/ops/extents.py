"""Extents as values, and values repeated to given extents."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from graphnet.errors import ShapeError
from graphnet.ir.context import creation_site
from graphnet.ir.graph import current_graph
from graphnet.ir.node import Node
from graphnet.ir.op import Op
from graphnet.ir.spec import (
    DEFAULT_FLOAT,
    Spec,
    as_dtype,
    as_shape,
    broadcast,
    normalize_axes,
    show_shape,
    static,
)
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.ir.traits import Memory, Sample, f32
from graphnet.ops.checks import as_tensor
from graphnet.ops.like import sum_like
from graphnet.typing import Array, Dimension

__all__ = ["broadcast_to", "full", "ones", "shape", "size", "zeros"]

KEEP = -1  # the extent that the operand has


class BroadcastTo(Op):
    """x repeated along axes of 1 and new leading axes; -1 stands for the extent of x."""

    name = "broadcast_to"
    shape: tuple[int, ...]
    memory = Memory.INTO
    samples = (
        Sample(f32(3), shape=(2, 3)),
        Sample(f32(2, 1), shape=(-1, 3)),
        Sample(f32(2, 3), shape=(2, 3)),
        Sample(f32(), shape=(2,)),
        Sample(f32(1, 3), shape=(0, 3)),
    )

    def infer(self, x: Spec) -> Spec:
        added = len(self.shape) - x.ndim
        if added < 0 or KEEP in self.shape[:added]:
            raise ShapeError(
                f"{show_shape(x.shape)} does not broadcast to {show_shape(self.shape)}",
                hint="the result needs every axis of x, and a number for each new axis before them",
            )
        old = zip(self.shape[added:], x.shape, strict=True)
        kept = (mine if extent == KEEP else extent for extent, mine in old)
        target = (*self.shape[:added], *kept)
        if not Spec(broadcast(x.shape, target), x.dtype).accepts_shape(target):
            raise ShapeError(
                f"{show_shape(x.shape)} does not broadcast to {show_shape(self.shape)}",
                hint="only axes of 1 are repeated",
            )
        return x.with_shape(target)

    def kernel(self, x: Array, out: Array | None = None) -> Array:
        result = np.empty(self.extents(x.shape), x.dtype) if out is None else out
        np.copyto(result, x)
        return result

    def extents(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Give the shape of the result for an operand of ``shape``."""
        padded = (1,) * (len(self.shape) - len(shape)) + shape
        pairs = zip(self.shape, padded, strict=True)
        return tuple(mine if extent == KEEP else extent for extent, mine in pairs)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (x,) = node.inputs
        return (sum_like(dy, x),)

    @classmethod
    def of(cls, x: TensorLike, shape: int | str | Sequence[Dimension] | None) -> Tensor:
        return cls(as_extents(shape))(x)


class ShapeOf(Op):
    """The extents of x."""

    name = "shape"
    memory = Memory.INTO
    samples = (Sample(f32(2, 3)), Sample(f32()), Sample(f32(0, 3)))

    def infer(self, x: Spec) -> Spec:
        return Spec((x.ndim,), np.dtype(np.int64))

    def kernel(self, x: Array, out: Array | None = None) -> Array:
        result = np.empty(x.ndim, np.int64) if out is None else out
        result[...] = x.shape
        return result

    def vjp(self, node: Node, dy: Tensor) -> tuple[None]:
        return (None,)


class Size(Op):
    """The number of elements of x along ``axis``: the product of these extents."""

    name = "size"
    axis: tuple[int, ...]
    memory = Memory.INTO
    samples = (
        Sample(f32(2, 3), axis=(0, 1)),
        Sample(f32(2, 3), axis=(1,)),
        Sample(f32(), axis=()),
        Sample(f32(0, 3), axis=(0, 1)),
    )

    def infer(self, x: Spec) -> Spec:
        normalize_axes(self.axis, x.ndim)
        return Spec((), np.dtype(np.int64))

    def kernel(self, x: Array, out: Array | None = None) -> Array:
        result = np.empty((), np.int64) if out is None else out
        result[...] = math.prod(x.shape[axis] for axis in self.axis)
        return result

    def vjp(self, node: Node, dy: Tensor) -> tuple[None]:
        return (None,)

    @classmethod
    def of(cls, x: TensorLike, axis: int | Sequence[int] | None = None) -> Tensor:
        tensor = as_tensor(x)
        return cls(normalize_axes(axis, tensor.ndim))(tensor)


def as_extents(shape: Any) -> tuple[int, ...]:
    """Give the shape to be broadcast to, with -1 where the user wrote -1 or None.

    Raises:
        ShapeError: It is not a shape.
    """
    extents = tuple(shape) if isinstance(shape, list | tuple) else (shape,)
    if any(isinstance(extent, Tensor | str) for extent in extents):
        raise ShapeError(
            "a shape to broadcast to consists of numbers",
            hint="gn.broadcast_like(x, y) takes the shape of y",
        )
    given = as_shape([None if extent in (None, KEEP) else extent for extent in extents])
    return tuple(extent if isinstance(extent, int) else KEEP for extent in given)


def broadcast_to(x: TensorLike, shape: int | Sequence[Dimension] | None) -> Tensor:
    """Repeat ``x`` along axes of 1 and new leading axes.

    Args:
        x: Tensor of any shape.
        shape: Extents of the result; -1 or None keeps the extent of ``x``.

    Returns:
        Tensor of the given shape, with memory of its own.

    Raises:
        ShapeError: ``x`` does not broadcast to the shape.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.broadcast_to([[1.0], [2.0]], (2, 2)))
        array([[1., 1.],
               [2., 2.]], dtype=float32)
    """
    return BroadcastTo.of(x, shape)


def full(
    shape: int | Sequence[int],
    value: float,
    dtype: DTypeLike | None = None,
    name: str | None = None,
) -> Tensor:
    """Give a tensor of which all elements are equal.

    Args:
        shape: Extents, all of them numbers.
        value: The number that all elements are equal to.
        dtype: Dtype of the elements; by default float32 for a float, int64 for an integer.
        name: Label; made unique in the graph.

    Raises:
        ShapeError: An extent is not a number from 0 up.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.full((2, 2), 0.5))
        array([[0.5, 0.5],
               [0.5, 0.5]], dtype=float32)
    """
    extents = as_shape(shape)
    if not all(isinstance(extent, int) for extent in extents):
        raise ShapeError(
            f"a tensor of equal elements needs a known shape, not {show_shape(extents)}",
            at=str(creation_site()),
            hint="gn.full_like(x, value) takes the shape of another tensor",
        )
    number = current_graph().as_tensor(value, None if dtype is None else as_dtype(dtype))
    return BroadcastTo(static(extents))(number, name=name)


def zeros(
    shape: int | Sequence[int], dtype: DTypeLike = DEFAULT_FLOAT, name: str | None = None
) -> Tensor:
    """Give a tensor of zeros.

    Args:
        shape: Extents, all of them numbers.
        dtype: Dtype of the elements.
        name: Label; made unique in the graph.

    Raises:
        ShapeError: An extent is not a number from 0 up.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.zeros(3))
        array([0., 0., 0.], dtype=float32)
    """
    return full(shape, 0, dtype, name)


def ones(
    shape: int | Sequence[int], dtype: DTypeLike = DEFAULT_FLOAT, name: str | None = None
) -> Tensor:
    """Give a tensor of ones.

    Args:
        shape: Extents, all of them numbers.
        dtype: Dtype of the elements.
        name: Label; made unique in the graph.

    Raises:
        ShapeError: An extent is not a number from 0 up.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.ones(3))
        array([1., 1., 1.], dtype=float32)
    """
    return full(shape, 1, dtype, name)


def shape(x: TensorLike) -> Tensor:
    """Give the extents of ``x`` as they are in a run.

    Args:
        x: Tensor of any shape.

    Returns:
        int64 vector with one element per axis.

    Example:
        >>> import graphnet as gn
        >>> x = gn.placeholder((None, 3))
        >>> gn.evaluate(gn.shape(x), {x: [[1.0, 2.0, 3.0]]})
        array([1, 3])
    """
    return ShapeOf()(x)


def size(x: TensorLike, axis: int | Sequence[int] | None = None) -> Tensor:
    """Give the number of elements of ``x`` as it is in a run.

    Args:
        x: Tensor of any shape.
        axis: Axes to be counted along; all where None.

    Returns:
        int64 scalar.

    Raises:
        ShapeError: There is no such axis.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate([gn.size([[1, 2, 3]]), gn.size([[1, 2, 3]], axis=0)])
        [array(3), array(1)]
    """
    return Size.of(x, axis)
