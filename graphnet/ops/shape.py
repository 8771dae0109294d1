"""The same elements in another shape: reshape, flatten, transpose, and axes of 1 added or removed.

All of these are views. Reshape and flatten copy where the memory of their operand is not in order,
which only happens behind a transpose or an index.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from graphnet.errors import ShapeError
from graphnet.ir.node import Node
from graphnet.ir.op import Op
from graphnet.ir.spec import Spec, as_shape, normalize_axes, normalize_axis, show_shape
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.ir.traits import Memory, Sample, f32
from graphnet.ops.checks import as_tensor, product
from graphnet.ops.like import reshape_like
from graphnet.typing import Array, Dimension, Shape

__all__ = ["expand_dims", "flatten", "reshape", "squeeze", "transpose"]

REMAINDER = -1  # the extent that takes what the others leave, as in NumPy


class Reshape(Op):
    """The elements of x, in their order, in another shape; -1 stands for what is left."""

    name = "reshape"
    shape: tuple[int, ...]
    memory = Memory.VIEW
    samples = (
        Sample(f32(2, 3), shape=(3, 2)),
        Sample(f32(2, 2, 3), shape=(-1, 3)),
        Sample(f32(1, 1), shape=()),
        Sample(f32(), shape=(1, 1)),
        Sample(f32(0, 3), shape=(-1, 6)),
        Sample(f32(0, 3), shape=(3, 0)),
    )

    def infer(self, x: Spec) -> Spec:
        remainder = remaining(x.shape, self.shape)
        return x.with_shape(remainder if extent == REMAINDER else extent for extent in self.shape)

    def kernel(self, x: Array) -> Array:
        return x.reshape(self.shape)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (x,) = node.inputs
        return (reshape_like(dy, x),)

    @classmethod
    def of(cls, x: TensorLike, shape: int | str | Sequence[Dimension] | None) -> Tensor:
        return cls(as_target(shape))(x)


class Flatten(Op):
    """The elements of x with all axes from ``start`` on made one."""

    name = "flatten"
    start: int = 0
    memory = Memory.VIEW
    samples = (
        Sample(f32(2, 3)),
        Sample(f32()),
        Sample(f32(2, 2, 3), start=1),
        Sample(f32(2, 3), start=2),
        Sample(f32(0, 2, 3), start=1),
    )

    def infer(self, x: Spec) -> Spec:
        return x.with_shape((*x.shape[: self.start], product(x.shape[self.start :])))

    def kernel(self, x: Array) -> Array:
        return x.reshape(*x.shape[: self.start], math.prod(x.shape[self.start :]))

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (x,) = node.inputs
        return (reshape_like(dy, x),)

    @classmethod
    def of(cls, x: TensorLike, start: int = 0) -> Tensor:
        tensor = as_tensor(x)
        return cls(normalize_axis(start, tensor.ndim) if start else 0)(tensor)


class Transpose(Op):
    """x with its axes in another order: axis i of the result is axis ``axes[i]`` of x."""

    name = "transpose"
    axes: tuple[int, ...]
    memory = Memory.VIEW
    samples = (
        Sample(f32(2, 3), axes=(1, 0)),
        Sample(f32(2, 3, 4), axes=(2, 0, 1)),
        Sample(f32(), axes=()),
        Sample(f32(0, 3), axes=(1, 0)),
    )

    def infer(self, x: Spec) -> Spec:
        if sorted(self.axes) != list(range(x.ndim)):
            raise ShapeError(
                f"axes {self.axes} do not name each of {x.ndim} axes once",
                hint=f"give a permutation of {tuple(range(x.ndim))}, or None to reverse",
            )
        return x.with_shape(x.shape[axis] for axis in self.axes)

    def kernel(self, x: Array) -> Array:
        return x.transpose(self.axes)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        inverse = sorted(range(len(self.axes)), key=self.axes.__getitem__)
        return (Transpose(tuple(inverse))(dy),)

    @classmethod
    def of(cls, x: TensorLike, axes: Sequence[int] | None = None) -> Tensor:
        tensor = as_tensor(x)
        if axes is None:
            return cls(tuple(reversed(range(tensor.ndim))))(tensor)
        return cls(tuple(normalize_axis(axis, tensor.ndim) for axis in axes))(tensor)


class ExpandDims(Op):
    """x with axes of 1 put in, so that they are at ``axis`` in the result."""

    name = "expand_dims"
    axis: tuple[int, ...]
    memory = Memory.VIEW
    samples = (
        Sample(f32(2, 3), axis=(1,)),
        Sample(f32(2, 3), axis=(0, 3)),
        Sample(f32(), axis=(0,)),
        Sample(f32(0, 3), axis=(2,)),
    )

    def infer(self, x: Spec) -> Spec:
        rest = iter(x.shape)
        ndim = x.ndim + len(self.axis)
        return x.with_shape(1 if axis in self.axis else next(rest) for axis in range(ndim))

    def kernel(self, x: Array) -> Array:
        return np.expand_dims(x, self.axis)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        return (Squeeze(self.axis)(dy),)

    @classmethod
    def of(cls, x: TensorLike, axis: int | Sequence[int]) -> Tensor:
        tensor = as_tensor(x)
        added = len(axis) if isinstance(axis, Sequence) else 1
        return cls(normalize_axes(axis, tensor.ndim + added))(tensor)


class Squeeze(Op):
    """x without some axes, which are of extent 1."""

    name = "squeeze"
    axis: tuple[int, ...]
    memory = Memory.VIEW
    samples = (
        Sample(f32(2, 1, 3), axis=(1,)),
        Sample(f32(1, 2, 1), axis=(0, 2)),
        Sample(f32(1), axis=(0,)),
        Sample(f32(0, 1), axis=(1,)),
    )

    def infer(self, x: Spec) -> Spec:
        for axis in self.axis:
            extent = x.shape[axis]
            if isinstance(extent, int) and extent != 1:
                raise ShapeError(
                    f"axis {axis} is of {extent}, not 1", hint="only axes of 1 can be left out"
                )
        kept = (extent for axis, extent in enumerate(x.shape) if axis not in self.axis)
        return x.with_shape(kept)

    def kernel(self, x: Array) -> Array:
        return x.squeeze(self.axis)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        return (ExpandDims(self.axis)(dy),)

    @classmethod
    def of(cls, x: TensorLike, axis: int | Sequence[int] | None = None) -> Tensor:
        tensor = as_tensor(x)
        axes = ones(tensor.shape) if axis is None else normalize_axes(axis, tensor.ndim)
        return cls(axes)(tensor)


def as_target(shape: Any) -> tuple[int, ...]:
    """Give the shape to be reshaped to, with -1 where the user wrote -1, None or a name.

    Raises:
        ShapeError: It is not a shape, or has two unknown extents.
    """
    several = isinstance(shape, Sequence) and not isinstance(shape, str)
    extents = tuple(shape) if several else (shape,)
    if any(isinstance(extent, Tensor) for extent in extents):
        raise ShapeError(
            "a shape consists of numbers, not tensors",
            hint="gn.reshape_like(x, y) takes the shape of y",
        )
    given = as_shape([None if is_remainder(extent) else extent for extent in extents])
    target = tuple(extent if isinstance(extent, int) else REMAINDER for extent in given)
    if target.count(REMAINDER) > 1:
        raise ShapeError(
            f"{show_shape(extents)} leaves more than one extent open",
            hint="only one can follow from the others; gn.reshape_like(x, y) takes the shape of y",
        )
    return target


def is_remainder(extent: Any) -> bool:
    """Whether an extent is -1."""
    return isinstance(extent, int | np.integer) and int(extent) == REMAINDER


def ones(shape: Shape) -> tuple[int, ...]:
    """Give the axes of extent 1.

    Raises:
        ShapeError: An extent is unknown, and may be 1.
    """
    if not all(isinstance(extent, int) for extent in shape):
        raise ShapeError(
            f"which axes of {show_shape(shape)} are of extent 1 is not known",
            hint="name them, as in gn.squeeze(x, axis=1)",
        )
    return tuple(axis for axis, extent in enumerate(shape) if extent == 1)


def remaining(shape: Shape, target: tuple[int, ...]) -> Dimension:
    """Give the extent that -1 stands for when ``shape`` becomes ``target``.

    Raises:
        ShapeError: No extent makes the sizes equal.
    """
    known = math.prod(extent for extent in shape if isinstance(extent, int))
    wanted = math.prod(extent for extent in target if extent != REMAINDER)
    symbols = [extent for extent in shape if not isinstance(extent, int)]
    is_open = REMAINDER in target
    if not fits(known, wanted, symbolic=bool(symbols), is_open=is_open):
        sizes = multiple(known, several=bool(symbols)), multiple(wanted, several=is_open)
        hint = f"the operand has {sizes[0]} elements, and the result needs {sizes[1]}"
        if is_open and not wanted:
            hint = "-1 could be anything beside an extent of 0"
        raise ShapeError(f"{show_shape(shape)} cannot become {show_shape(target)}", hint=hint)
    if not symbols or not known:
        return known // wanted if is_open else None
    return symbols[0] if known == wanted and len(symbols) == 1 else None


def fits(known: int, wanted: int, *, symbolic: bool, is_open: bool) -> bool:
    """Whether the sizes can be equal: either may be multiplied by what is not known yet."""
    if is_open:
        return wanted != 0 and (symbolic or known % wanted == 0)
    if symbolic:
        return wanted % known == 0 if known else wanted == 0
    return known == wanted


def multiple(number: int, *, several: bool) -> str:
    """Give a size in words."""
    return f"a multiple of {number}" if several else str(number)


def reshape(x: TensorLike, shape: int | str | Sequence[Dimension] | None) -> Tensor:
    """Give the same elements in another shape, the last axis running fastest.

    Args:
        x: Tensor of any shape.
        shape: Extents; one of them may be -1 (or None, or a name), for what the others leave.

    Returns:
        Tensor of the given shape. It shares the memory of ``x`` where that is possible.

    Raises:
        ShapeError: The number of elements would change.

    Example:
        >>> import graphnet as gn
        >>> gn.reshape(gn.placeholder(("batch", 2, 2)), (-1, 4))
        <tensor 'reshape' float32[batch, 4]>
    """
    return Reshape.of(x, shape)


def flatten(x: TensorLike, start: int = 0) -> Tensor:
    """Make one axis of all axes from ``start`` on.

    Args:
        x: Tensor of any shape.
        start: The first axis to be joined; 1 keeps the axis of the batch.

    Returns:
        Tensor of ``start + 1`` axes.

    Raises:
        ShapeError: There is no such axis.

    Example:
        >>> import graphnet as gn
        >>> gn.flatten(gn.placeholder((None, 28, 28)), 1)
        <tensor 'flatten' float32[None, 784]>
    """
    return Flatten.of(x, start)


def transpose(x: TensorLike, axes: Sequence[int] | None = None) -> Tensor:
    """Put the axes in another order.

    Args:
        x: Tensor of any shape.
        axes: For each axis of the result, the axis of ``x`` that it is; None reverses the order.

    Raises:
        ShapeError: The axes do not name each axis once.

    Example:
        >>> import graphnet as gn
        >>> gn.transpose(gn.placeholder((None, 3, 5)), (0, 2, 1))
        <tensor 'transpose' float32[None, 5, 3]>
    """
    return Transpose.of(x, axes)


def expand_dims(x: TensorLike, axis: int | Sequence[int]) -> Tensor:
    """Put in axes of extent 1.

    Args:
        x: Tensor of any shape.
        axis: Where the new axes are in the result.

    Raises:
        ShapeError: An axis does not exist in the result, or is named twice.

    Example:
        >>> import graphnet as gn
        >>> gn.expand_dims(gn.placeholder((None, 3)), -1)
        <tensor 'expand_dims' float32[None, 3, 1]>
    """
    return ExpandDims.of(x, axis)


def squeeze(x: TensorLike, axis: int | Sequence[int] | None = None) -> Tensor:
    """Leave out axes of extent 1.

    Args:
        x: Tensor of any shape.
        axis: The axes; all of extent 1 where None, which needs a fully known shape.

    Raises:
        ShapeError: An axis is of another extent, or the extents are not known.

    Example:
        >>> import graphnet as gn
        >>> gn.squeeze(gn.placeholder((None, 3, 1)), -1)
        <tensor 'squeeze' float32[None, 3]>
    """
    return Squeeze.of(x, axis)
