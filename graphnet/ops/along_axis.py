"""Elements chosen by one index each along an axis, and elements added at them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.op import Op
from graphnet.ir.spec import Spec, normalize_axis
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.ir.traits import Memory, Sample, f32, i64
from graphnet.kernels.scatter import wrap
from graphnet.ops.checks import rank, require_indices, require_shape
from graphnet.ops.gather import promote_around
from graphnet.ops.like import zeros_like
from graphnet.typing import Array, Shape

__all__ = ["add_along_axis", "take_along_axis"]


class TakeAlongAxis(Op):
    """The elements of x at ``indices`` along an axis, all other positions being the same."""

    name = "take_along_axis"
    axis: int
    memory = Memory.INTO
    samples = (
        Sample(f32(4), i64(3, low=-4, high=4), axis=0),
        Sample(f32(2, 3), i64(2, 1, low=0, high=3), axis=1),
        Sample(f32(0, 3), i64(0, 2, low=0, high=3), axis=1),
    )

    def infer(self, x: Spec, indices: Spec) -> Spec:
        shape = fit(indices.shape, x.shape, self.axis)
        require_indices(indices, x.shape[self.axis])
        return x.with_shape(shape)

    def kernel(self, x: Array, indices: Array, out: Array | None = None) -> Any:
        return x.reshape(-1).take(positions(indices, x.shape, self.axis), 0, out)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, None]:
        x, indices = node.inputs
        return AddAlongAxis(self.axis)(zeros_like(x), indices, dy), None

    @classmethod
    def of(cls, x: TensorLike, indices: TensorLike, axis: int) -> Tensor:
        return cls(normalize_axis(axis, rank(x)))(x, indices)


class AddAlongAxis(Op):
    """x with ``updates`` added at ``indices`` along an axis; equal indices add up."""

    name = "add_along_axis"
    axis: int
    memory = Memory.INTO
    inplace = (0,)
    samples = (
        Sample(f32(4), i64(3, low=-4, high=4), f32(3), axis=0),
        Sample(f32(2, 3), i64(2, 1, low=0, high=3), f32(2, 1), axis=1),
        Sample(f32(0, 3), i64(0, 2, low=0, high=3), f32(0, 2), axis=1),
    )

    def convert(self, graph: Graph, operands: Sequence[Any]) -> tuple[Tensor, ...]:
        return promote_around(graph, operands)

    def infer(self, x: Spec, indices: Spec, updates: Spec) -> Spec:
        require_shape(updates.shape, fit(indices.shape, x.shape, self.axis), "updates")
        require_indices(indices, x.shape[self.axis])
        return x

    def kernel(self, x: Array, indices: Array, updates: Array, out: Array | None = None) -> Array:
        places = positions(indices, x.shape, self.axis).reshape(-1)
        result = np.empty(x.shape, x.dtype) if out is None else out
        if result is not x:
            np.copyto(result, x)
        np.add.at(result.reshape(-1), places, updates.reshape(-1))
        return result

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, None, Tensor]:
        _, indices, _ = node.inputs
        return dy, None, TakeAlongAxis(self.axis)(dy, indices)

    @classmethod
    def of(cls, x: TensorLike, indices: TensorLike, updates: TensorLike, axis: int) -> Tensor:
        return cls(normalize_axis(axis, rank(x)))(x, indices, updates)


def fit(indices: Shape, shape: Shape, axis: int) -> Shape:
    """Give what is known of the shape of ``indices`` into ``shape`` along an axis.

    Raises:
        ShapeError: They differ elsewhere.
    """
    axis = normalize_axis(axis, len(shape))
    needed = (*shape[:axis], *indices[axis : axis + 1], *shape[axis + 1 :])
    return require_shape(indices, needed, "indices")


def positions(indices: Array, shape: tuple[int, ...], axis: int) -> Array:
    """Give the positions, in the flattened array of ``shape``, that ``indices`` choose."""
    grid: list[Array] = list(np.indices(indices.shape, sparse=True))
    grid[axis] = wrap(indices, shape[axis])
    return np.ravel_multi_index(tuple(grid), shape) if indices.size else indices


def take_along_axis(x: TensorLike, indices: TensorLike, axis: int) -> Tensor:
    """Choose single elements of ``x`` along an axis: ``y[i, j] = x[i, indices[i, j]]`` for axis 1.

    Args:
        x: Tensor of at least one axis.
        indices: Integers, of the shape of ``x`` but for ``axis``; negative ones count from the end.
        axis: The axis that is indexed.

    Returns:
        Tensor of the shape of ``indices``.

    Raises:
        ShapeError: There is no such axis, or the shapes differ elsewhere.
        DTypeError: The indices are not integers.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.take_along_axis([[1.0, 2.0], [3.0, 4.0]], [[1], [0]], axis=1))
        array([[2.],
               [3.]], dtype=float32)
    """
    return TakeAlongAxis.of(x, indices, axis)


def add_along_axis(x: TensorLike, indices: TensorLike, updates: TensorLike, axis: int) -> Tensor:
    """Add to single elements of ``x`` along an axis; updates at equal indices add up.

    Args:
        x: Tensor of at least one axis.
        indices: Integers, of the shape of ``x`` but for ``axis``; negative ones count from the end.
        updates: Tensor of the shape of ``indices``.
        axis: The axis that is indexed.

    Returns:
        Tensor of the shape of ``x``.

    Raises:
        ShapeError: There is no such axis, or the shapes do not fit.
        DTypeError: The indices are not integers.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.add_along_axis([[1.0, 2.0]], [[1, 1]], [[10.0, 20.0]], axis=1))
        array([[ 1., 32.]], dtype=float32)
    """
    return AddAlongAxis.of(x, indices, updates, axis)
