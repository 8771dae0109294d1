"""Tensors made larger: repeated, and padded at their ends."""

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from graphnet.errors import GraphError, ShapeError
from graphnet.ir.convert import as_array
from graphnet.ir.node import Node
from graphnet.ir.op import Op
from graphnet.ir.spec import Spec
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.ir.traits import Memory, Sample, f32
from graphnet.kernels.scatter import scatter_add as add_at
from graphnet.ops.checks import as_tensor, merge_shapes
from graphnet.ops.index import Index
from graphnet.typing import Array, Dimension

__all__ = ["pad", "tile"]

Mode: TypeAlias = Literal["constant", "edge", "reflect", "symmetric", "wrap"]
Widths: TypeAlias = tuple[tuple[int, int], ...]


class Tile(Op):
    """x repeated ``reps`` times along each axis."""

    name = "tile"
    reps: tuple[int, ...]
    memory = Memory.INTO
    samples = (
        Sample(f32(2, 3), reps=(1, 2)),
        Sample(f32(3), reps=(2, 2)),
        Sample(f32(), reps=(3,)),
        Sample(f32(2, 3), reps=(2, 0)),
        Sample(f32(0, 3), reps=(2, 1)),
    )

    def infer(self, x: Spec) -> Spec:
        if len(self.reps) < x.ndim:
            raise ShapeError(
                f"{len(self.reps)} repetitions for {x.ndim} axes",
                hint="give one number per axis; 1 leaves an axis as it is",
            )
        padded = (1,) * (len(self.reps) - x.ndim) + x.shape
        return x.with_shape(map(repeated, padded, self.reps))

    def kernel(self, x: Array, out: Array | None = None) -> Array:
        source, target = self.tiles(x.shape)
        shape = tuple(a * b for a, b in zip(target[::2], target[1::2], strict=True))
        result = np.empty(shape, x.dtype) if out is None else out
        result.reshape(target)[...] = x.reshape(source)
        return result

    def tiles(self, shape: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Give the shapes of operand and result with an axis of repetitions before each axis."""
        padded = (1,) * (len(self.reps) - len(shape)) + shape
        pairs = list(zip(self.reps, padded, strict=True))
        source = tuple(extent for _, extent in pairs for extent in (1, extent))
        return source, tuple(number for pair in pairs for number in pair)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (x,) = node.inputs
        return (SumTiles(self.reps)(dy, x),)

    @classmethod
    def of(cls, x: TensorLike, reps: int | Sequence[int]) -> Tensor:
        tensor = as_tensor(x)
        numbers = tuple(as_numbers(reps, "repetitions").reshape(-1).tolist())
        return cls((1,) * (tensor.ndim - len(numbers)) + numbers)(tensor)


class SumTiles(Op):
    """The sum of the tiles of x, each of the shape of ``like``."""

    name = "sum_tiles"
    reps: tuple[int, ...]
    memory = Memory.INTO
    samples = (
        Sample(f32(2, 6), f32(2, 3), reps=(1, 2)),
        Sample(f32(2, 6), f32(3), reps=(2, 2)),
        Sample(f32(2, 0), f32(2, 3), reps=(1, 0)),
    )

    def infer(self, x: Spec, like: Spec) -> Spec:
        merge_shapes(Tile(self.reps).infer(like).shape, x.shape)
        return x.with_shape(like.shape)

    def kernel(self, x: Array, like: Array, out: Array | None = None) -> Array:
        result = np.empty(like.shape, x.dtype) if out is None else out
        source, target = Tile(self.reps).tiles(like.shape)
        repetitions = tuple(range(0, len(target), 2))
        np.add.reduce(x.reshape(target), repetitions, None, result.reshape(source), keepdims=True)
        return result

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, None]:
        return Tile(self.reps)(dy), None


class Pad(Op):
    """x with elements put before and behind along each axis."""

    name = "pad"
    widths: Widths
    mode: Mode = "constant"
    value: float = 0.0
    memory = Memory.INTO
    samples = (
        Sample(f32(2, 3), widths=((1, 0), (0, 2))),
        Sample(f32(2, 3), widths=((0, 0), (1, 1)), value=1.5),
        Sample(f32(2, 3), widths=((1, 2), (2, 0)), mode="edge"),
        Sample(f32(3, 4), widths=((2, 1), (0, 3)), mode="reflect"),
        Sample(f32(3), widths=((4, 5),), mode="symmetric"),
        Sample(f32(3), widths=((1, 4),), mode="wrap"),
        Sample(f32(), widths=()),
        Sample(f32(0, 3), widths=((1, 1), (0, 0))),
    )

    def infer(self, x: Spec) -> Spec:
        if len(self.widths) != x.ndim:
            raise ShapeError(
                f"{len(self.widths)} pairs of widths for {x.ndim} axes",
                hint="give one pair (before, behind) per axis, or one for all",
            )
        pairs = list(zip(x.shape, self.widths, strict=True))
        if self.mode != "constant" and any(extent == 0 and any(pair) for extent, pair in pairs):
            raise ShapeError(
                f"an empty axis has nothing to be padded with in mode {self.mode!r}",
                hint="mode 'constant' needs no elements",
            )
        return x.with_shape(widened(extent, pair) for extent, pair in pairs)

    def kernel(self, x: Array, out: Array | None = None) -> Array:
        shape = tuple(extent + sum(pair) for extent, pair in zip(x.shape, self.widths, strict=True))
        result = np.empty(shape, x.dtype) if out is None else out
        if self.mode == "constant":
            result[...] = self.value
            result[inside(self.widths)] = x
        else:
            sources = [self.sources(axis, extent) for axis, extent in enumerate(x.shape)]
            result[...] = x[np.ix_(*sources)]
        return result

    def sources(self, axis: int, extent: int) -> Array:
        """Give for each position along an axis of the result the position in x that it copies."""
        return np.pad(np.arange(extent), self.widths[axis], self.mode)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (x,) = node.inputs
        if self.mode == "constant":
            return (Index(inside(self.widths))(dy),)
        return (FoldPadding(self.widths, self.mode)(dy, x),)

    @classmethod
    def of(cls, x: TensorLike, widths: Any, mode: Mode = "constant", value: float = 0) -> Tensor:
        tensor = as_tensor(x)
        if mode not in get_args(Mode):
            modes = ", ".join(get_args(Mode))
            raise GraphError(f"there is no mode {mode!r}", hint=f"use one of {modes}")
        as_array(value, tensor.dtype)  # raises where it does not fit
        return cls(as_widths(widths, tensor.ndim), mode, float(value))(tensor)


class FoldPadding(Op):
    """x without its padding, each padded element added to the one that it copies; as ``like``."""

    name = "fold_padding"
    widths: Widths
    mode: Mode
    samples = (
        Sample(f32(5, 5), f32(2, 3), widths=((1, 2), (2, 0)), mode="edge"),
        Sample(f32(6, 7), f32(3, 4), widths=((2, 1), (0, 3)), mode="reflect"),
    )

    def infer(self, x: Spec, like: Spec) -> Spec:
        merge_shapes(Pad(self.widths, self.mode).infer(like).shape, x.shape)
        return x.with_shape(like.shape)

    def kernel(self, x: Array, like: Array) -> Array:
        pad = Pad(self.widths, self.mode)
        result = x
        for axis, extent in enumerate(like.shape):
            if any(self.widths[axis]):
                zeros = np.zeros((*result.shape[:axis], extent, *result.shape[axis + 1 :]), x.dtype)
                result = add_at(zeros, pad.sources(axis, extent), result, axis)
        return x.copy() if result is x else result

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, None]:
        return Pad(self.widths, self.mode)(dy), None


def repeated(extent: Dimension, number: int) -> Dimension:
    """Give an extent times a number, as far as it is known."""
    if number == 0:
        return 0
    if isinstance(extent, int):
        return extent * number
    return extent if number == 1 else None


def widened(extent: Dimension, pair: tuple[int, int]) -> Dimension:
    """Give an extent and its padding, as far as it is known."""
    if isinstance(extent, int):
        return extent + sum(pair)
    return None if any(pair) else extent


def inside(widths: Widths) -> tuple[slice, ...]:
    """Give the index of what is not padding."""
    return tuple(slice(before, -behind or None) for before, behind in widths)


def as_numbers(given: Any, what: str) -> Array:
    """Give integers from 0 up as an array.

    Raises:
        ShapeError: They are not.
    """
    numbers = np.asarray(given)
    if (numbers.size and numbers.dtype.kind not in "iu") or (numbers < 0).any():
        raise ShapeError(f"{what} {given!r} are not integers from 0 up")
    return numbers.astype(np.int64)


def as_widths(given: Any, ndim: int) -> Widths:
    """Give one pair of widths per axis.

    Raises:
        ShapeError: That is not what was given.
    """
    numbers = as_numbers(given, "widths")
    try:
        pairs = np.broadcast_to(numbers, (ndim, 2))
    except ValueError:
        raise ShapeError(
            f"widths {given!r} are not pairs for {ndim} axes",
            hint="give one pair (before, behind) per axis, one for all, or a number",
        ) from None
    return tuple((int(before), int(behind)) for before, behind in pairs)


def tile(x: TensorLike, reps: int | Sequence[int]) -> Tensor:
    """Repeat a tensor along its axes.

    Args:
        x: Tensor of any shape.
        reps: How often, per axis from the last one; where there are more numbers than axes, new
            axes come first, and missing numbers are 1.

    Returns:
        Tensor with each extent multiplied.

    Raises:
        ShapeError: A number is negative.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.tile([1.0, 2.0], 2))
        array([1., 2., 1., 2.], dtype=float32)
    """
    return Tile.of(x, reps)


def pad(
    x: TensorLike,
    pad_width: int | Sequence[int] | Sequence[Sequence[int]],
    mode: Mode = "constant",
    *,
    constant_values: float = 0,
) -> Tensor:
    """Put elements before and behind along the axes.

    Args:
        x: Tensor of any shape.
        pad_width: How many, as one pair (before, behind) per axis, one pair for all, or one number.
        mode: What they are: ``"constant"`` (one value), ``"edge"`` (the last element),
            ``"reflect"`` (mirrored at the last element), ``"symmetric"`` (mirrored behind it) or
            ``"wrap"`` (from the other end).
        constant_values: The value in mode ``"constant"``.

    Raises:
        ShapeError: The widths do not fit the axes.
        DTypeError: The value does not fit the dtype.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.pad([1.0, 2.0, 3.0], (1, 2)))
        array([0., 1., 2., 3., 0., 0.], dtype=float32)
        >>> gn.evaluate(gn.pad([1.0, 2.0, 3.0], 1, "reflect"))
        array([2., 1., 2., 3., 2.], dtype=float32)
    """
    return Pad.of(x, pad_width, mode, constant_values)
