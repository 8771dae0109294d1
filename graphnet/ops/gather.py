"""Slices chosen by integer indices along an axis, and slices added at them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from graphnet.errors import ShapeError
from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.op import Op
from graphnet.ir.spec import DEFAULT_FLOAT, Spec, as_dtype, normalize_axis
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.ir.traits import Memory, Sample, f32, i64
from graphnet.kernels.scatter import one_hot as mark
from graphnet.kernels.scatter import scatter_add as add_at
from graphnet.ops.checks import as_tensor, rank, require_indices, require_shape
from graphnet.ops.families import promote_operands
from graphnet.ops.like import zeros_like
from graphnet.typing import Array, DType, Shape

__all__ = ["gather", "one_hot", "scatter_add"]


class Gather(Op):
    """The slices of x at ``indices`` along an axis, in the place of that axis."""

    name = "gather"
    axis: int = 0
    memory = Memory.INTO
    samples = (
        Sample(f32(4, 3), i64(2, low=-4, high=4)),
        Sample(f32(2, 3), i64(2, 2, low=0, high=3), axis=1),
        Sample(f32(3), i64(low=0, high=3)),
        Sample(f32(3, 0), i64(2, low=0, high=3)),
        Sample(f32(3, 2), i64(0, low=0, high=3)),
    )

    def infer(self, x: Spec, indices: Spec) -> Spec:
        shape = replace_axis(x.shape, self.axis, indices.shape)
        require_indices(indices, x.shape[self.axis])
        return x.with_shape(shape)

    def kernel(self, x: Array, indices: Array, out: Array | None = None) -> Any:
        return x.take(indices, self.axis, out)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, None]:
        x, indices = node.inputs
        return ScatterAdd(self.axis)(zeros_like(x), indices, dy), None

    @classmethod
    def of(cls, x: TensorLike, indices: TensorLike, axis: int = 0) -> Tensor:
        return cls(normalize_axis(axis, rank(x)))(x, indices)


class ScatterAdd(Op):
    """x with slices of ``updates`` added at ``indices`` along an axis; equal indices add up."""

    name = "scatter_add"
    axis: int = 0
    memory = Memory.INTO
    inplace = (0,)
    samples = (
        Sample(f32(4, 3), i64(2, low=-4, high=4), f32(2, 3)),
        Sample(f32(2, 3), i64(2, 2, low=0, high=3), f32(2, 2, 2), axis=1),
        Sample(f32(3), i64(low=0, high=3), f32()),
        Sample(f32(3, 0), i64(2, low=0, high=3), f32(2, 0)),
        Sample(f32(3, 2), i64(0, low=0, high=3), f32(0, 2)),
    )

    def convert(self, graph: Graph, operands: Sequence[Any]) -> tuple[Tensor, ...]:
        return promote_around(graph, operands)

    def infer(self, x: Spec, indices: Spec, updates: Spec) -> Spec:
        require_shape(updates.shape, replace_axis(x.shape, self.axis, indices.shape), "updates")
        require_indices(indices, x.shape[self.axis])
        return x

    def kernel(self, x: Array, indices: Array, updates: Array, out: Array | None = None) -> Array:
        result = np.empty(x.shape, x.dtype) if out is None else out
        if result is not x:
            np.copyto(result, x)
        return add_at(result, indices, updates, self.axis)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, None, Tensor]:
        _, indices, _ = node.inputs
        return dy, None, Gather(self.axis)(dy, indices)

    @classmethod
    def of(cls, x: TensorLike, indices: TensorLike, updates: TensorLike, axis: int = 0) -> Tensor:
        return cls(normalize_axis(axis, rank(x)))(x, indices, updates)


class OneHot(Op):
    """``on`` at the position that each index names along a new axis, ``off`` elsewhere."""

    name = "one_hot"
    depth: int
    dtype: DType
    axis: int
    on: float = 1.0
    off: float = 0.0
    samples = (
        Sample(i64(3, low=0, high=4), depth=4, dtype=DEFAULT_FLOAT, axis=1),
        Sample(i64(2, 3, low=-2, high=2), depth=2, dtype=np.dtype(np.int64), axis=0),
        Sample(i64(low=0, high=3), depth=3, dtype=np.dtype(np.bool_), axis=0),
        Sample(i64(0), depth=2, dtype=DEFAULT_FLOAT, on=0.5, off=-0.5, axis=1),
    )

    def infer(self, indices: Spec) -> Spec:
        require_indices(indices, self.depth)
        axis = normalize_axis(self.axis, indices.ndim + 1)
        shape = indices.shape
        return Spec((*shape[:axis], self.depth, *shape[axis:]), self.dtype)

    def kernel(self, indices: Array) -> Array:
        return mark(indices, self.depth, self.dtype, self.on, self.off, self.axis)

    def vjp(self, node: Node, dy: Tensor) -> tuple[None]:
        return (None,)

    @classmethod
    def of(
        cls,
        indices: TensorLike,
        depth: int,
        dtype: DTypeLike = DEFAULT_FLOAT,
        axis: int = -1,
        *,
        on: float = 1.0,
        off: float = 0.0,
    ) -> Tensor:
        tensor = as_tensor(indices)
        if depth < 1:
            raise ShapeError(f"there are no {depth} positions to mark", hint="depth is at least 1")
        return cls(depth, as_dtype(dtype), normalize_axis(axis, tensor.ndim + 1), on, off)(tensor)


def replace_axis(shape: Shape, axis: int, extents: Shape) -> Shape:
    """Give the shape with other extents in the place of one axis."""
    axis = normalize_axis(axis, len(shape))
    return (*shape[:axis], *extents, *shape[axis + 1 :])


def promote_around(graph: Graph, operands: Sequence[Any]) -> tuple[Tensor, ...]:
    """Give x, indices and updates as tensors, x and updates of one dtype."""
    x, indices, updates = operands
    target, source = promote_operands(graph, (x, updates))
    return target, graph.as_tensor(indices), source


def gather(x: TensorLike, indices: TensorLike, axis: int = 0) -> Tensor:
    """Choose slices of ``x`` along an axis; NumPy's ``take``.

    Args:
        x: Tensor of at least one axis.
        indices: Integers of any shape; negative ones count from the end.
        axis: The axis that is indexed.

    Returns:
        Tensor of the shape of ``x``, with the shape of ``indices`` in the place of the axis.

    Raises:
        ShapeError: There is no such axis.
        DTypeError: The indices are not integers.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.gather([[1.0, 2.0], [3.0, 4.0]], [1, 1, 0], axis=1))
        array([[2., 2., 1.],
               [4., 4., 3.]], dtype=float32)
    """
    return Gather.of(x, indices, axis)


def scatter_add(x: TensorLike, indices: TensorLike, updates: TensorLike, axis: int = 0) -> Tensor:
    """Add slices to ``x`` along an axis; updates at equal indices add up.

    Args:
        x: Tensor of at least one axis.
        indices: Integers of any shape; negative ones count from the end.
        updates: Tensor of the shape of ``x``, with the shape of ``indices`` in the place of the
            axis.
        axis: The axis that is indexed.

    Returns:
        Tensor of the shape of ``x``.

    Raises:
        ShapeError: There is no such axis, or the updates have another shape.
        DTypeError: The indices are not integers.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.scatter_add([0.0, 0.0, 0.0], [2, 0, 2], [1.0, 2.0, 3.0]))
        array([2., 0., 4.], dtype=float32)
    """
    return ScatterAdd.of(x, indices, updates, axis)


def one_hot(
    indices: TensorLike,
    depth: int,
    dtype: DTypeLike = DEFAULT_FLOAT,
    *,
    on: float = 1.0,
    off: float = 0.0,
    axis: int = -1,
) -> Tensor:
    """Mark the position that each index names along a new axis.

    Args:
        indices: Integers of any shape; negative ones count from the end.
        depth: Extent of the new axis.
        dtype: Dtype of the result.
        on: Value at the index.
        off: Value elsewhere.
        axis: Where the new axis is in the result.

    Returns:
        Tensor of the shape of ``indices`` and the new axis.

    Raises:
        ShapeError: There is no such axis in the result, or ``depth`` is less than 1.
        DTypeError: The indices are not integers.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.one_hot([2, 0], 3))
        array([[0., 0., 1.],
               [1., 0., 0.]], dtype=float32)
    """
    return OneHot.of(indices, depth, dtype, axis, on=on, off=off)
