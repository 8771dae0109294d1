"""Ops that take the shape of a second operand, so that gradients work with unknown extents.

The second operand is used for its shape only. Once shapes are known, ``simplify`` puts ops with
fixed shapes in their place, and nothing depends on the second operand any more.
"""

from itertools import zip_longest

import numpy as np

from graphnet.errors import ShapeError
from graphnet.ir.node import Node
from graphnet.ir.op import Op
from graphnet.ir.spec import Spec, broadcast, surely_differ
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Memory, Sample, f32
from graphnet.typing import Array

__all__ = [
    "broadcast_like",
    "full_like",
    "ones_like",
    "reshape_like",
    "sum_like",
    "unbroadcast",
    "zeros_like",
]


class SumLike(Op):
    """The sum of x over the axes along which it was broadcast from ``like``."""

    name = "sum_like"
    memory = Memory.INTO
    samples = (
        Sample(f32(2, 3), f32(3)),
        Sample(f32(2, 3), f32(2, 1)),
        Sample(f32(2, 3), f32()),
        Sample(f32(2, 3), f32(2, 3)),
        Sample(f32(0, 3), f32(3)),
    )

    def infer(self, x: Spec, like: Spec) -> Spec:
        both = broadcast(x.shape, like.shape)
        if len(both) > x.ndim or any(map(surely_differ, both, x.shape)):
            raise ShapeError(f"{like} was not broadcast to {x}")
        return x.with_shape(like.shape)

    def kernel(self, x: Array, like: Array, out: Array | None = None) -> Array:
        result = np.empty(like.shape, x.dtype) if out is None else out
        axes = broadcast_axes(x.shape, like.shape)
        if axes:
            kept = result.reshape((1,) * (x.ndim - like.ndim) + like.shape)
            np.add.reduce(x, axes, out=kept, keepdims=True)
        else:
            np.copyto(result, x)
        return result

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, None]:
        x, _ = node.inputs
        return broadcast_like(dy, x), None


class BroadcastLike(Op):
    """x repeated along axes of 1 and new leading axes to the shape of ``like``."""

    name = "broadcast_like"
    memory = Memory.INTO
    samples = (
        Sample(f32(3), f32(2, 3)),
        Sample(f32(2, 1), f32(2, 3)),
        Sample(f32(), f32(2)),
        Sample(f32(1, 3), f32(0, 3)),
    )

    def infer(self, x: Spec, like: Spec) -> Spec:
        both = broadcast(x.shape, like.shape)
        if len(both) > like.ndim or any(map(surely_differ, both, like.shape)):
            raise ShapeError(f"{x} does not broadcast to the shape of {like}")
        return x.with_shape(like.shape)

    def kernel(self, x: Array, like: Array, out: Array | None = None) -> Array:
        result = np.empty(like.shape, x.dtype) if out is None else out
        np.copyto(result, x)
        return result

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, None]:
        x, _ = node.inputs
        return sum_like(dy, x), None


class ReshapeLike(Op):
    """The elements of x in the shape of ``like``."""

    name = "reshape_like"
    memory = Memory.VIEW
    samples = (Sample(f32(2, 3), f32(6)), Sample(f32(1), f32()), Sample(f32(0, 3), f32(3, 0)))

    def infer(self, x: Spec, like: Spec) -> Spec:
        if None not in (x.size, like.size) and x.size != like.size:
            raise ShapeError(f"{x.size} elements do not fill the shape of {like}")
        return x.with_shape(like.shape)

    def kernel(self, x: Array, like: Array) -> Array:
        return x.reshape(like.shape)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, None]:
        x, _ = node.inputs
        return reshape_like(dy, x), None


class FullLike(Op):
    """An array of the shape and dtype of ``like``, filled with one value."""

    name = "full_like"
    value: float = 0.0
    memory = Memory.INTO
    samples = (Sample(f32(2, 3)), Sample(f32(), value=1.0), Sample(f32(0, 3), value=2.5))

    def infer(self, like: Spec) -> Spec:
        return like

    def kernel(self, like: Array, out: Array | None = None) -> Array:
        result = np.empty(like.shape, like.dtype) if out is None else out
        result[...] = self.value
        return result

    def vjp(self, node: Node, dy: Tensor) -> tuple[None]:
        return (None,)


def broadcast_axes(shape: tuple[int, ...], like: tuple[int, ...]) -> tuple[int, ...]:
    """Give the axes of ``shape`` along which something of shape ``like`` was repeated."""
    padded = (None,) * (len(shape) - len(like)) + like
    return tuple(axis for axis, extent in enumerate(shape) if padded[axis] != extent)


def sum_like(x: Tensor, like: Tensor) -> Tensor:
    """Sum ``x`` over the axes along which it was broadcast, down to the shape of ``like``.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.sum_like(gn.constant([[1.0, 2.0], [3.0, 4.0]]), gn.constant([0.0, 0.0])))
        array([4., 6.], dtype=float32)
    """
    return SumLike()(x, like)


def broadcast_like(x: Tensor, like: Tensor) -> Tensor:
    """Repeat ``x`` to the shape of ``like``, by NumPy's broadcasting.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.broadcast_like(gn.constant(1.0), gn.constant([5.0, 6.0])))
        array([1., 1.], dtype=float32)
    """
    return BroadcastLike()(x, like)


def reshape_like(x: Tensor, like: Tensor) -> Tensor:
    """Give the elements of ``x`` in the shape of ``like``.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.reshape_like(gn.constant([1.0, 2.0]), gn.constant([[0.0], [0.0]])))
        array([[1.],
               [2.]], dtype=float32)
    """
    return ReshapeLike()(x, like)


def full_like(like: Tensor, value: float) -> Tensor:
    """Give ``value`` in the shape and dtype of ``like``.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.full_like(gn.constant([5.0, 6.0]), 0.5))
        array([0.5, 0.5], dtype=float32)
    """
    return FullLike(value)(like)


def zeros_like(like: Tensor) -> Tensor:
    """Give zeros in the shape and dtype of ``like``.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.zeros_like(gn.constant([5.0, 6.0])))
        array([0., 0.], dtype=float32)
    """
    return FullLike(0.0)(like)


def ones_like(like: Tensor) -> Tensor:
    """Give ones in the shape and dtype of ``like``.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.ones_like(gn.constant([5.0, 6.0])))
        array([1., 1.], dtype=float32)
    """
    return FullLike(1.0)(like)


def unbroadcast(dy: Tensor, x: Tensor, *others: Tensor) -> Tensor:
    """Sum the cotangent of a broadcast result back to the shape of its operand ``x``.

    The only place that knows about broadcasting in gradients.

    Args:
        dy: Cotangent of the result.
        x: The operand whose cotangent is wanted.
        others: The other operands, which tell whether an unknown extent can have been repeated.
    """
    if len(dy.shape) == len(x.shape) and not any(
        may_repeat(extents) for extents in zip_longest(*reversed_shapes(x, *others), fillvalue=1)
    ):
        return dy
    return sum_like(dy, x)


def reversed_shapes(*tensors: Tensor) -> list[tuple[int | str | None, ...]]:
    """Give the shapes back to front, as broadcasting aligns them."""
    return [tensor.shape[::-1] for tensor in tensors]


def may_repeat(extents: tuple[int | str | None, ...]) -> bool:
    """Whether the first of the extents along one axis may be repeated to match the others."""
    first, *others = extents
    if isinstance(first, int) and first != 1:
        return False
    return any(other not in (1, first) or (other is None) for other in others)
