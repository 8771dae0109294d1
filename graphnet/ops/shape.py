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
        return x.with_shape(
            remainder if extent == REMAINDER else extent for extent in self.shape
        )

    def kernel(self, x: Array) -> Array:
        return x.reshape(self.shape)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (x,) = node.inputs
        return (reshape_like(dy, x),)

    @classmethod
    def of(cls, x: TensorLike, shape: int | str | None | Sequence[Dimension]) -> Tensor:
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
        added = 1 if isinstance(axis, int) else len(axis)
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
        return cls(
            ones(tensor.shape) if axis is None else normalize_axes(axis, tensor.ndim)
        )(tensor)


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


def remaining(shape: Shape, target: tuple[int, ...]) -> Dimension:
    """Give the extent that -1 stands for when ``shape`` becomes ``target``.

    Raises:
        ShapeError: No extent makes the sizes equal.
    """
    known = math.prod(extent for extent in shape if isinstance(extent, int))
    wanted = math.prod(extent for extent in target if extent != REMAINDER)
    symbols = [extent for extent in shape if not isinstance(extent, int)]
    is_open = REMAINDER in target
    fits = wanted == known if not (is_open or symbols) else divides(*sizes(known, wanted, is_open))
    if not (fits or (is_open and symbols and wanted)):
        raise ShapeError(
            f"{show_shape(shape)} cannot become {show_shape(target)}",
            hint=f"{show_count(shape)} do not fill it; -1 stands for what the other extents leave",
        )
    if not symbols or not known:
        return known // max(wanted, 1)
    return symbols[0] if known == wanted and len(symbols) == 1 else None
