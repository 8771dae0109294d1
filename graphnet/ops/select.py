"""Choices between elements: the larger, the smaller, those inside bounds, those of a condition."""

from collections.abc import Sequence
from math import inf
from typing import Any

import numpy as np

from graphnet.ir.convert import is_weak
from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.op import Op
from graphnet.ir.spec import Spec, broadcast
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.ir.traits import Memory, Sample, boolean, f32, i64
from graphnet.kernels.elementwise import order, room, scalar, select
from graphnet.ops.families import Binary, cast_to, common_dtype, promote_operands
from graphnet.ops.like import unbroadcast
from graphnet.typing import Array, DType

__all__ = ["clip", "maximum", "maximum_gradient", "minimum", "where"]

BOOL = np.dtype(np.bool_)


class Maximum(Binary):
    """The larger of x and y."""

    name = "maximum"
    commutative = True
    ufunc = np.maximum

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, Tensor]:
        x, y = node.inputs
        return (
            unbroadcast(maximum_gradient(dy, x, y), x, y),
            unbroadcast(maximum_gradient(dy, y, x), y, x),
        )


class Minimum(Binary):
    """The smaller of x and y."""

    name = "minimum"
    commutative = True
    ufunc = np.minimum

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, Tensor]:
        x, y = node.inputs
        return (
            unbroadcast(maximum_gradient(dy, y, x), x, y),
            unbroadcast(maximum_gradient(dy, x, y), y, x),
        )


class MaximumGradient(Op):
    """dy where x > y, dy / 2 where x = y, 0 elsewhere."""

    name = "maximum_gradient"
    memory = Memory.INTO
    inplace = (0, 1, 2)
    samples = (
        Sample(f32(2, 3), f32(2, 3), f32(3)),
        Sample(f32(2, 3), f32(2, 1), f32(1, 3)),
        Sample(f32(2), f32(), f32(2)),
        Sample(f32(0, 3), f32(0, 3), f32(3)),
    )

    def infer(self, dy: Spec, x: Spec, y: Spec) -> Spec:
        broadcast(dy.shape, x.shape, y.shape)
        return dy

    def kernel(self, dy: Array, x: Array, y: Array, out: Array | None = None) -> Array:
        result = np.multiply(dy, order(x, y), out=room(dy, out))
        return np.multiply(result, scalar(0.5, dy.dtype), out=result)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, None, None]:
        _, x, y = node.inputs
        return maximum_gradient(dy, x, y), None, None


class Clip(Op):
    """min(max(x, low), high)."""

    name = "clip"
    memory = Memory.INTO
    inplace = (0,)
    samples = (
        Sample(f32(2, 3), f32(low=-1.5, high=-0.5), f32(low=0.5, high=1.5)),
        Sample(f32(2, 3), f32(3, low=-1.5, high=-0.5), f32(2, 1, low=0.5, high=1.5)),
        Sample(f32(), f32(), f32(2)),
        Sample(i64(2, 3), i64(), i64()),
        Sample(f32(0, 3), f32(), f32(3)),
    )

    def convert(self, graph: Graph, operands: Sequence[Any]) -> tuple[Tensor, ...]:
        dtype = common_dtype([operand for operand in operands if operand is not None])
        x, low, high = operands
        smallest, largest = extremes(dtype)
        low = smallest if low is None else low
        high = largest if high is None else high
        if dtype.kind in "iu":
            low, high = (fitted(bound, smallest, largest) for bound in (low, high))
        return promote_operands(graph, (x, low, high))

    def infer(self, x: Spec, low: Spec, high: Spec) -> Spec:
        return x.with_shape(broadcast(x.shape, low.shape, high.shape))

    def kernel(self, x: Array, low: Array, high: Array, out: Array | None = None) -> Any:
        return np.clip(x, low, high, out=out)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x, low, high = node.inputs
        inside = (x >= low) & (x <= high)
        below = (x < low) & (low <= high)
        above = maximum(x, low) > high
        return (
            unbroadcast(where(inside, dy, 0), x, low, high),
            unbroadcast(where(below, dy, 0), low, x, high),
            unbroadcast(where(above, dy, 0), high, x, low),
        )


class Where(Op):
    """x where the condition holds, y elsewhere."""

    name = "where"
    memory = Memory.INTO
    inplace = (1,)
    samples = (
        Sample(boolean(2, 3), f32(2, 3), f32(2, 3)),
        Sample(boolean(2, 1), f32(3), f32()),
        Sample(boolean(3), f32(2, 3), f32(2, 1)),
        Sample(boolean(), f32(), f32(2)),
        Sample(boolean(3), i64(3), i64()),
        Sample(boolean(0, 3), f32(0, 3), f32(3)),
    )

    def convert(self, graph: Graph, operands: Sequence[Any]) -> tuple[Tensor, ...]:
        condition, *values = operands
        truth = cast_to(graph.as_tensor(condition), BOOL)
        return truth, *promote_operands(graph, values)

    def infer(self, condition: Spec, x: Spec, y: Spec) -> Spec:
        return x.with_shape(broadcast(condition.shape, x.shape, y.shape))

    def kernel(self, condition: Array, x: Array, y: Array, out: Array | None = None) -> Array:
        return select(condition, x, y, out)

    def vjp(self, node: Node, dy: Tensor) -> tuple[None, Tensor, Tensor]:
        condition, x, y = node.inputs
        return (
            None,
            unbroadcast(where(condition, dy, 0), x, condition, y),
            unbroadcast(where(~condition, dy, 0), y, condition, x),
        )


def extremes(dtype: DType) -> tuple[float, float]:
    """Give the smallest and the largest number of a dtype, as Python numbers of its kind."""
    match dtype.kind:
        case "f":
            return -inf, inf
        case "b":
            return False, True
    limits = np.iinfo(dtype)
    return int(limits.min), int(limits.max)


def fitted(bound: Any, smallest: float, largest: float) -> Any:
    """Give a bound that is a Python integer as one that the dtype can hold, as NumPy does."""
    return min(max(bound, smallest), largest) if is_weak(bound) else bound


def maximum(x: TensorLike, y: TensorLike) -> Tensor:
    """Give the larger of two operands elementwise; NaN if one is NaN.

    The gradient goes to the larger operand, and half of it to each where they are equal.

    Args:
        x: Tensor that broadcasts with ``y``.
        y: Tensor that broadcasts with ``x``.

    Raises:
        ShapeError: The shapes do not broadcast.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.maximum([1.0, 3.0], 2))
        array([2., 3.], dtype=float32)
    """
    return Maximum()(x, y)


def minimum(x: TensorLike, y: TensorLike) -> Tensor:
    """Give the smaller of two operands elementwise; NaN if one is NaN.

    The gradient goes to the smaller operand, and half of it to each where they are equal.

    Args:
        x: Tensor that broadcasts with ``y``.
        y: Tensor that broadcasts with ``x``.

    Raises:
        ShapeError: The shapes do not broadcast.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.minimum([1.0, 3.0], 2))
        array([1., 2.], dtype=float32)
    """
    return Minimum()(x, y)


def maximum_gradient(dy: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Give the part of a cotangent of ``maximum(x, y)`` that belongs to ``x``.

    ``dy`` where ``x > y``, half of it where they are equal, and 0 elsewhere, also where one is NaN.

    Args:
        dy: Floating tensor.
        x: Tensor that broadcasts to the shape of ``dy``.
        y: Tensor of the dtype of ``x`` that broadcasts to the shape of ``dy``.

    Example:
        >>> import graphnet as gn
        >>> x, y = gn.constant([1.0, 2.0, 3.0]), gn.constant(2.0)
        >>> gn.evaluate(gn.maximum_gradient(gn.ones_like(x), x, y))
        array([0. , 0.5, 1. ], dtype=float32)
    """
    return MaximumGradient()(dy, x, y)


def clip(x: TensorLike, low: TensorLike | None, high: TensorLike | None) -> Tensor:
    """Limit the elements to the interval from ``low`` to ``high``; NaN stays.

    The result is ``high`` where ``low > high``. The derivative with respect to ``x`` is 1 in the
    closed interval and 0 outside of it; outside, the gradient goes to the bound.

    Args:
        x: Tensor that broadcasts with the bounds.
        low: Smallest value of the result, tensor or number; None for no bound.
        high: Largest value of the result, tensor or number; None for no bound.

    Raises:
        ShapeError: The shapes do not broadcast.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.clip([-3.0, 0.5, 3.0], -1, 1))
        array([-1. ,  0.5,  1. ], dtype=float32)
    """
    return Clip()(x, low, high)


def where(condition: TensorLike, x: TensorLike, y: TensorLike) -> Tensor:
    """Take the elements of ``x`` where ``condition`` holds, and those of ``y`` elsewhere.

    Both are computed everywhere. An element that is not taken has the gradient 0, so that its own
    derivative must not be infinite: make its operand harmless first, as in
    ``where(x > 0, log(where(x > 0, x, 1)), 0)``.

    Args:
        condition: Boolean tensor that broadcasts with the others; of numbers, any but 0 is true.
        x: Tensor that broadcasts with the others.
        y: Tensor that broadcasts with the others.

    Raises:
        ShapeError: The shapes do not broadcast.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.where([True, False], [1.0, 2.0], 0))
        array([1., 0.], dtype=float32)
    """
    return Where()(condition, x, y)
