"""Running sums and linear recurrences along axes."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.op import Op
from graphnet.ir.spec import Spec, normalize_axes, normalize_axis
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.ir.traits import Memory, Sample, f32, i64
from graphnet.ops.checks import accumulated, as_tensor, merge_shapes
from graphnet.ops.families import promote_operands, require_float
from graphnet.ops.shape import flatten
from graphnet.typing import Array

__all__ = ["cumsum", "recurrence"]


class Cumsum(Op):
    """The sum of all elements of x up to each one along an axis; or from each one on."""

    name = "cumsum"
    axis: int
    reverse: bool = False
    memory = Memory.INTO
    samples = (
        Sample(f32(3), axis=0),
        Sample(f32(2, 3), axis=1, reverse=True),
        Sample(f32(0, 3), axis=0),
        Sample(i64(2, 3), axis=0),
    )

    def infer(self, x: Spec) -> Spec:
        normalize_axis(self.axis, x.ndim)
        return x.with_dtype(accumulated(x.dtype))

    def kernel(self, x: Array, out: Array | None = None) -> Array:
        result = np.empty(x.shape, accumulated(x.dtype)) if out is None else out
        if self.reverse:
            np.add.accumulate(np.flip(x, self.axis), self.axis, None, np.flip(result, self.axis))
        else:
            np.add.accumulate(x, self.axis, None, result)
        return result

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        return (Cumsum(self.axis, not self.reverse)(dy),)

    @classmethod
    def of(cls, x: TensorLike, axis: int | None = None, *, reverse: bool = False) -> Tensor:
        tensor = as_tensor(x)
        if axis is None:
            return cls(0, reverse)(tensor if tensor.ndim == 1 else flatten(tensor))
        return cls(normalize_axis(axis, tensor.ndim), reverse)(tensor)


class Recurrence(Op):
    """y[0] = initial, y[k + 1] = a[k] · y[k] + b[k] along the axes, taken as one; or backwards."""

    name = "recurrence"
    axis: tuple[int, ...]
    initial: float = 0.0
    reverse: bool = False
    memory = Memory.INTO
    samples = (
        Sample(f32(4), f32(4), axis=(0,)),
        Sample(f32(2, 5), f32(2, 5), axis=(1,), initial=1.0, reverse=True),
        Sample(f32(2, 3, 2), f32(2, 3, 2), axis=(0, 2), initial=0.5),
        Sample(f32(), f32(), axis=(), initial=2.0),
        Sample(f32(0, 3), f32(0, 3), axis=(0,)),
    )

    def convert(self, graph: Graph, operands: Sequence[Any]) -> tuple[Tensor, ...]:
        return promote_operands(graph, operands, floating=True)

    def infer(self, a: Spec, b: Spec) -> Spec:
        normalize_axes(self.axis, a.ndim)
        return require_float(a).with_shape(merge_shapes(a.shape, b.shape))

    def kernel(self, a: Array, b: Array, out: Array | None = None) -> Array:
        result = np.empty(a.shape, a.dtype) if out is None else out
        factors, values = self.lines(a), self.lines(b)
        factors[1:], values[1:] = factors[:-1], values[:-1]
        factors[:1], values[:1] = 0.0, self.initial
        # Each round doubles the number of elements that a value takes account of.
        span = 1
        while span < len(values):
            values[span:] += factors[span:] * values[:-span]
            factors[span:] *= factors[:-span]
            span *= 2
        target = self.fronted(result)
        target[...] = (values[::-1] if self.reverse else values).reshape(target.shape)
        return result

    def fronted(self, array: Array) -> Array:
        """Give a view with the axes of the recurrence in front."""
        return np.moveaxis(array, self.axis, range(len(self.axis)))

    def lines(self, array: Array) -> Array:
        """Give a copy with the axes of the recurrence made one, in front, in its direction."""
        moved = self.fronted(array)
        depth = len(self.axis)
        joined = moved.reshape(math.prod(moved.shape[:depth]), *moved.shape[depth:])
        return np.array(joined[::-1] if self.reverse else joined)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, Tensor]:
        # The cotangents of y obey the same recurrence, backwards.
        a, _ = node.inputs
        (y,) = node.outputs
        db = recurrence(a, dy, self.axis, reverse=not self.reverse)
        return db * y, db


def cumsum(x: TensorLike, axis: int | None = None, *, reverse: bool = False) -> Tensor:
    """Add up all elements up to each one along an axis.

    Args:
        x: Tensor of any shape; booleans and integers are added as 64-bit integers.
        axis: The axis; all axes made one where None.
        reverse: Whether to add up all elements from each one on instead.

    Returns:
        Tensor of the shape of ``x``; a vector where ``axis`` is None.

    Raises:
        ShapeError: There is no such axis.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.cumsum([1.0, 2.0, 3.0]))
        array([1., 3., 6.], dtype=float32)
    """
    return Cumsum.of(x, axis, reverse=reverse)


def recurrence(
    a: TensorLike,
    b: TensorLike,
    axis: Sequence[int],
    *,
    initial: float = 0.0,
    reverse: bool = False,
) -> Tensor:
    """Give y with y[0] = initial and y[k + 1] = a[k] · y[k] + b[k].

    The work is n log n for n elements, in log n calls of NumPy.

    Args:
        a: Floating tensor of any shape.
        b: Tensor of the shape and dtype of ``a``.
        axis: Axes to run along, counted from the front and sorted; several are taken as one, the
            last one running fastest.
        initial: The first value.
        reverse: Whether to run from the last element to the first.

    Returns:
        Tensor of the shape of ``a``, so that its last elements of ``a`` and ``b`` are not used.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.recurrence([2.0, 3.0, 4.0], [0.0, 1.0, 2.0], (0,), initial=1.0))
        array([1., 2., 7.], dtype=float32)
    """
    return Recurrence(tuple(axis), initial, reverse)(a, b)
