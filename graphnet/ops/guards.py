"""Values handed on as they are, after a look at what only a run can show."""

from math import prod

import numpy as np

from graphnet.errors import ArgumentError, DTypeError, ShapeError
from graphnet.ir.node import Node
from graphnet.ir.op import Op
from graphnet.ir.spec import Spec, may_be_equal, normalize_axes, show_shape
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.ir.traits import Memory, Sample, f32, i64
from graphnet.ops.checks import as_tensor, merge_shapes, product
from graphnet.typing import Array, Shape

__all__ = ["alike", "counted", "enough_values"]

LEAST = 2
"""The smallest number of values that have a variance."""


class Alike(Op):
    """x, whose extents must turn out to be the first ones of like.

    Attributes:
        message: What the error says; ``{x}`` and ``{like}`` stand for the shapes.
        hint: What would be right; ``{wanted}`` stands for the shape that x should have.
    """

    name = "alike"
    message: str
    hint: str
    memory = Memory.VIEW
    samples = (
        Sample(f32(2, 3), f32(2, 3), message="{x}, not {like}", hint="take {wanted}"),
        Sample(f32(2), i64(2, 3), message="{x}, not {like}", hint="take {wanted}"),
        Sample(f32(), f32(0), message="{x}, not {like}", hint="take {wanted}"),
    )

    def infer(self, x: Spec, like: Spec) -> Spec:
        return x.with_shape(self.common(x.shape, like.shape))

    def kernel(self, x: Array, like: Array) -> Array:
        self.common(x.shape, like.shape)
        return x

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, None]:
        return dy, None

    def common(self, found: Shape, like: Shape) -> Shape:
        """Give what is known of the one shape.

        Raises:
            ShapeError: There are two.
        """
        wanted = like[: len(found)]
        if may_be_equal(found, wanted):
            return merge_shapes(found, wanted)
        shapes = {"{x}": show_shape(found), "{like}": show_shape(like)}
        hint = filled(self.hint, {"{wanted}": show_shape(wanted)})
        raise ShapeError(filled(self.message, shapes), hint=hint)


class EnoughValues(Op):
    """x, which must turn out to have values enough along the axes for a variance."""

    name = "enough_values"
    axis: tuple[int, ...]
    memory = Memory.VIEW
    samples = (Sample(f32(2, 3), axis=(0,)), Sample(f32(1, 2, 2), axis=(0, 2)))

    def infer(self, x: Spec) -> Spec:
        normalize_axes(self.axis, x.ndim)
        count = product(x.shape[axis] for axis in self.axis)
        if isinstance(count, int) and count < LEAST:
            raise too_few(count)
        return x

    def kernel(self, x: Array) -> Array:
        count = prod(x.shape[axis] for axis in self.axis)
        if count < LEAST:
            raise too_few(count)
        return x

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        return (dy,)


class Counted(Op):
    """x, whose elements must turn out to be from 0 to below a number; else the run fails."""

    name = "counted"
    count: int
    message: str
    hint: str | None = None
    memory = Memory.INTO  # a kernel of views is not called in every run
    inplace = (0,)
    samples = (
        Sample(i64(2, 3, low=0, high=4), count=4, message="no {value}"),
        Sample(i64(low=0, high=1), count=1, message="no {value}"),
        Sample(i64(0, low=0, high=3), count=3, message="no {value}"),
    )

    def infer(self, x: Spec) -> Spec:
        if x.dtype.kind not in "iu":
            raise DTypeError(
                f"only integers can be counted, not {x.dtype}", hint="use gn.cast(x, gn.int64)"
            )
        return x

    def kernel(self, x: Array, out: Array | None = None) -> Array:
        for extreme in (x.min(initial=0), x.max(initial=0)):
            if not 0 <= extreme < self.count:
                said = filled(self.message, {"{value}": str(extreme)})
                raise ArgumentError(said, hint=self.hint)
        result = np.empty_like(x) if out is None else out
        np.copyto(result, x)
        return result

    def vjp(self, node: Node, dy: Tensor) -> tuple[None]:
        return (None,)


def filled(text: str, words: dict[str, str]) -> str:
    """Put words in their places; what else is in braces stays."""
    for place, word in words.items():
        text = text.replace(place, word)
    return text


def too_few(count: int) -> ShapeError:
    """Say that there is no variance of so few values."""
    return ShapeError(
        f"{count} {'value' if count == 1 else 'values'} per feature: too few for a variance",
        hint="train on batches of two examples or more, as by dropping the last one; "
        "training=False normalizes by the moving averages",
    )


def alike(x: TensorLike, like: TensorLike, message: str, hint: str) -> Tensor:
    """Give ``x``, and raise an error where its extents are not the first ones of ``like``.

    Where the extents are known to be equal, by their numbers or their names, this is ``x`` itself.

    Args:
        x: Tensor, which must not be broadcast.
        like: Tensor of the same shape, or with more axes at the end.
        message: What the error says; ``{x}`` and ``{like}`` stand for the shapes.
        hint: What would be right; ``{wanted}`` stands for the shape that ``x`` should have.

    Raises:
        ShapeError: The extents differ; where they are not known yet, when they are.

    Example:
        >>> import graphnet as gn
        >>> x, y = gn.placeholder((None,)), gn.placeholder(("batch", 3))
        >>> alike(x, y, "{x} is not {like}", "give one number per row")
        <tensor 'alike' float32[batch]>
    """
    tensor, other = as_tensor(x), as_tensor(like)
    if None not in tensor.shape and tensor.shape == other.shape[: tensor.ndim]:
        return tensor
    return Alike(message, hint)(tensor, other)


def enough_values(x: TensorLike, axis: tuple[int, ...]) -> Tensor:
    """Give ``x``, and raise an error where there are less than two elements along ``axis``.

    Args:
        x: Tensor with these axes.
        axis: Axes, counted from the front.

    Raises:
        ShapeError: There are too few; where the extents are not known yet, when it is run.

    Example:
        >>> enough_values([[1.0], [2.0]], axis=(0,))
        <tensor 'enough_values' float32[2, 1]>
    """
    return EnoughValues(axis)(x)


def counted(x: TensorLike, count: int, message: str, hint: str | None = None) -> Tensor:
    """Give ``x``, and stop the run where an element is not from 0 to below ``count``.

    Indices count from the end where they are negative; what is counted does not.

    Args:
        x: Integers of any shape.
        count: The number of values that there are.
        message: What the error says; ``{value}`` stands for the element.
        hint: What would be right.

    Raises:
        DTypeError: ``x`` is not of integers.

    Example:
        >>> counted([2, 0, 1], 3, "there is no id {value}")
        <tensor 'counted' int64[3]>
    """
    return Counted(count, message, hint)(x)
