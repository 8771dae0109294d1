"""Tensors put together along an axis, and one taken apart."""

from collections.abc import Sequence
from itertools import accumulate
from operator import index as as_integer
from typing import Any

import numpy as np

from graphnet.errors import ShapeError
from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.op import Op
from graphnet.ir.spec import Spec, normalize_axis, show_shape, static
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.ir.traits import Memory, Sample, f32
from graphnet.ops.checks import as_tensor, merge_shapes, rank
from graphnet.ops.families import promote_operands
from graphnet.ops.index import FULL, Index
from graphnet.typing import Array, Dimension, Shape

__all__ = ["concat", "split", "stack"]


class Concat(Op):
    """The operands one after the other along an axis that they have."""

    name = "concat"
    axis: int = 0
    memory = Memory.INTO
    samples = (
        Sample(f32(2, 3), f32(1, 3)),
        Sample(f32(2, 3), f32(2, 1), f32(2, 0), axis=1),
        Sample(f32(3)),
        Sample(f32(0, 3), f32(0, 3)),
    )

    def convert(self, graph: Graph, operands: Sequence[Any]) -> tuple[Tensor, ...]:
        return promote_operands(graph, operands)

    def infer(self, *xs: Spec) -> Spec:
        axis = normalize_axis(self.axis, xs[0].ndim)
        rest = merged([without(x.shape, axis) for x in xs], f"beside axis {axis}")
        joined = added([x.shape[axis] for x in xs])
        return xs[0].with_shape((*rest[:axis], joined, *rest[axis:]))

    def kernel(self, *xs: Array, out: Array | None = None) -> Array:
        return np.concatenate(xs, self.axis, out)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, ...]:
        slices = parts([x.shape[self.axis] for x in node.inputs])
        if slices is None:
            return SplitLike(self.axis).apply(dy, *node.inputs).outputs
        return tuple(Index((*[FULL] * self.axis, part))(dy) for part in slices)

    @classmethod
    def of(cls, xs: Sequence[TensorLike], axis: int = 0) -> Tensor:
        require_operands(xs)
        return cls(normalize_axis(axis, rank(xs[0])))(*xs)


class Stack(Op):
    """The operands one after the other along a new axis."""

    name = "stack"
    axis: int = 0
    memory = Memory.INTO
    samples = (
        Sample(f32(2, 3), f32(2, 3)),
        Sample(f32(2, 3), f32(2, 3), f32(2, 3), axis=2),
        Sample(f32(), f32()),
        Sample(f32(0, 3), f32(0, 3), axis=1),
    )

    def convert(self, graph: Graph, operands: Sequence[Any]) -> tuple[Tensor, ...]:
        return promote_operands(graph, operands)

    def infer(self, *xs: Spec) -> Spec:
        shape = merged([x.shape for x in xs], "of what is stacked")
        axis = normalize_axis(self.axis, len(shape) + 1)
        return xs[0].with_shape((*shape[:axis], len(xs), *shape[axis:]))

    def kernel(self, *xs: Array, out: Array | None = None) -> Array:
        return np.stack(xs, self.axis, out)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, ...]:
        before = (FULL,) * self.axis
        return tuple(Index((*before, position))(dy) for position in range(len(node.inputs)))

    @classmethod
    def of(cls, xs: Sequence[TensorLike], axis: int = 0) -> Tensor:
        require_operands(xs)
        return cls(normalize_axis(axis, rank(xs[0]) + 1))(*xs)


class Split(Op):
    """Pieces of x along an axis: as many equal ones as ``parts`` says, or of the sizes it lists."""

    name = "split"
    parts: int | tuple[int, ...]
    axis: int = 0
    memory = Memory.VIEW
    samples = (
        Sample(f32(4, 3), parts=2),
        Sample(f32(2, 6), parts=(1, 2, 3), axis=1),
        Sample(f32(3), parts=(3,)),
        Sample(f32(0, 4), parts=2, axis=1),
    )

    def infer(self, x: Spec) -> tuple[Spec, ...]:
        axis = normalize_axis(self.axis, x.ndim)
        sizes = self.sizes(x.shape[axis])
        shape = x.shape
        return tuple(x.with_shape((*shape[:axis], size, *shape[axis + 1 :])) for size in sizes)

    def sizes(self, extent: Dimension) -> tuple[Dimension, ...]:
        """Give the sizes of the pieces of an axis of ``extent``, as far as they are known.

        Raises:
            ShapeError: The pieces do not make up the axis.
        """
        if isinstance(self.parts, int):
            return (equal_part(extent, self.parts),) * self.parts
        total = sum(self.parts)
        if isinstance(extent, int) and extent != total:
            raise ShapeError(
                f"pieces of {show_shape(self.parts)} do not make up an axis of {extent}",
                hint=f"the sizes add up to {total}",
            )
        return self.parts

    def kernel(self, x: Array) -> tuple[Array, ...] | Array:
        sizes = static(self.sizes(x.shape[self.axis]))
        pieces = np.split(x, list(accumulate(sizes))[:-1], self.axis)
        return tuple(pieces) if len(pieces) > 1 else pieces[0]

    def vjp(self, node: Node, *dys: Tensor) -> tuple[Tensor]:
        return (Concat(self.axis)(*dys),)

    @classmethod
    def of(cls, x: TensorLike, parts: int | Sequence[int], axis: int = 0) -> Tensor:
        tensor = as_tensor(x)
        return cls(as_parts(parts), normalize_axis(axis, tensor.ndim))(tensor)


class SplitLike(Op):
    """Pieces of x along an axis, one of the extent of each further operand."""

    name = "split_like"
    axis: int = 0
    memory = Memory.VIEW
    samples = (
        Sample(f32(3, 2), f32(2, 2), f32(1, 2)),
        Sample(f32(2, 4), f32(2, 1), f32(2, 0), f32(2, 3), axis=1),
    )

    def infer(self, x: Spec, *likes: Spec) -> tuple[Spec, ...]:
        total = added([like.shape[self.axis] for like in likes])
        merge_shapes(x.shape[self.axis : self.axis + 1], (total,))
        return tuple(x.with_shape(like.shape) for like in likes)

    def kernel(self, x: Array, *likes: Array) -> tuple[Array, ...]:
        ends = list(accumulate(like.shape[self.axis] for like in likes))
        return tuple(np.split(x, ends[:-1], self.axis))

    def vjp(self, node: Node, *dys: Tensor) -> tuple[Tensor | None, ...]:
        return (Concat(self.axis)(*dys), *[None] * len(dys))


def equal_part(extent: Dimension, number: int) -> Dimension:
    """Give the extent of each of ``number`` equal parts.

    Raises:
        ShapeError: There is a remainder.
    """
    if not isinstance(extent, int):
        return extent if number == 1 else None
    if extent % number:
        raise ShapeError(
            f"an axis of {extent} does not make {number} equal parts",
            hint="give the sizes of the parts, as in gn.split(x, [1, 2])",
        )
    return extent // number


def require_operands(xs: Sequence[TensorLike]) -> None:
    """Make sure that there is something to be joined.

    Raises:
        ShapeError: There is nothing.
    """
    if not len(xs):
        raise ShapeError("there is nothing to join", hint="give at least one tensor")


def without(shape: Shape, axis: int) -> Shape:
    """Give a shape without one axis."""
    return (*shape[:axis], *shape[axis + 1 :])


def merged(shapes: Sequence[Shape], which: str) -> Shape:
    """Give what is known of a shape that all must have.

    Raises:
        ShapeError: Two differ.
    """
    shape = shapes[0]
    for other in shapes[1:]:
        try:
            shape = merge_shapes(shape, other)
        except ShapeError:
            raise ShapeError(
                f"the extents {which} differ, {show_shape(shape)} and {show_shape(other)}",
                hint="they must be equal; reshape or broadcast_to makes them so",
            ) from None
    return shape


def added(extents: Sequence[Dimension]) -> Dimension:
    """Give the sum of extents; None unless all but zeros are known."""
    distinct = [extent for extent in extents if extent != 0]
    numbers = [extent for extent in distinct if isinstance(extent, int)]
    if len(numbers) == len(distinct):
        return sum(numbers)
    return distinct[0] if len(distinct) == 1 else None


def parts(extents: Sequence[Dimension]) -> list[slice] | None:
    """Give where each of several extents lies in their sum; None if two of them are unknown.

    Example:
        >>> parts([2, None, 3])
        [slice(0, 2, None), slice(2, -3, None), slice(-3, None, None)]
    """
    unknown = [place for place, extent in enumerate(extents) if not isinstance(extent, int)]
    if len(unknown) > 1:
        return None
    ends = [0, *accumulate(extent if isinstance(extent, int) else 0 for extent in extents)]
    # Behind the unknown one, count from the end, where 0 would be the start.
    last_known = unknown[0] if unknown else len(extents)
    bounds = [
        end if place <= last_known else (end - ends[-1] or None) for place, end in enumerate(ends)
    ]
    return [
        slice(0, 0) if extent == 0 else slice(start, stop)
        for extent, start, stop in zip(extents, bounds, bounds[1:], strict=False)
    ]


def as_parts(parts: int | Sequence[int]) -> int | tuple[int, ...]:
    """Give the number of equal parts, or the sizes, as hashable numbers.

    Raises:
        ShapeError: There are none, or a size is negative.
    """
    given = (parts,) if isinstance(parts, int) else tuple(map(as_integer, parts))
    if not given or min(given) < 0 or parts == 0:
        raise ShapeError(
            f"{parts!r} says neither how many equal parts nor how large they are",
            hint="give a number from 1 up, or a list of sizes",
        )
    return parts if isinstance(parts, int) else given


def concat(xs: Sequence[TensorLike], axis: int = 0) -> Tensor:
    """Join tensors one after the other along an axis that they have.

    Args:
        xs: Tensors of equal shape but for ``axis``; they are promoted to one dtype.
        axis: The axis along which they follow each other.

    Raises:
        ShapeError: There are none, or their shapes do not fit.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.concat([[1.0, 2.0], [3.0]]))
        array([1., 2., 3.], dtype=float32)
    """
    return Concat.of(xs, axis)


def stack(xs: Sequence[TensorLike], axis: int = 0) -> Tensor:
    """Join tensors one after the other along a new axis.

    Args:
        xs: Tensors of equal shape; they are promoted to one dtype.
        axis: Where the new axis is in the result.

    Raises:
        ShapeError: There are none, or their shapes differ.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.stack([[1.0, 2.0], [3.0, 4.0]], axis=1))
        array([[1., 3.],
               [2., 4.]], dtype=float32)
    """
    return Stack.of(xs, axis)


def split(x: TensorLike, parts: int | Sequence[int], axis: int = 0) -> tuple[Tensor, ...]:
    """Take a tensor apart along an axis.

    Args:
        x: Tensor of at least one axis.
        parts: The number of equal pieces, or a list of the sizes of the pieces.
        axis: The axis that is cut.

    Returns:
        The pieces; they share the memory of ``x``.

    Raises:
        ShapeError: The pieces do not make up the axis.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.split([1.0, 2.0, 3.0], [1, 2]))
        (array([1.], dtype=float32), array([2., 3.], dtype=float32))
    """
    return Split.of(x, parts, axis).node.outputs
