"""What reductions share: one class for shape rule and axes, and pieces of their gradients."""

import math
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np

from graphnet.errors import ShapeError
from graphnet.ir.node import Node
from graphnet.ir.op import Op
from graphnet.ir.spec import Spec, normalize_axes, show_shape
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.ir.traits import Memory, Sample, f32
from graphnet.ops.checks import as_tensor
from graphnet.ops.like import broadcast_like
from graphnet.ops.shape import expand_dims
from graphnet.typing import Array, DType, Shape

__all__ = ["Reduction", "count", "divisor", "kept", "reduce_shape", "require_elements", "spread"]


class Reduction(Op):
    """A function of all elements along ``axis``; NumPy's reduction unless a kernel is given.

    Attributes:
        reducer: The reduction that is the kernel, as in ``np.add.reduce``.
    """

    axis: tuple[int, ...]
    keepdims: bool = False
    reducer: ClassVar[Callable[..., Any]]
    memory = Memory.INTO
    samples: ClassVar[tuple[Sample, ...]] = (
        Sample(f32(2, 3), axis=(0, 1)),
        Sample(f32(2, 3), axis=(1,), keepdims=True),
        Sample(f32(2, 3, 4), axis=(0, 2)),
        Sample(f32(2, 3), axis=()),
        Sample(f32(), axis=()),
        Sample(f32(0, 3), axis=(1,)),
    )

    def infer(self, x: Spec) -> Spec:
        """Drop the axes, or make them 1."""
        return Spec(reduce_shape(x.shape, self.axis, keepdims=self.keepdims), self.result(x.dtype))

    def result(self, dtype: DType) -> DType:
        """Give the dtype of the result for operands of ``dtype``."""
        return dtype

    def kernel(self, x: Array, out: Array | None = None) -> Any:
        """Reduce by ``reducer``."""
        return self.reducer(x, self.axis, None, out, self.keepdims)

    @classmethod
    def of(
        cls,
        x: TensorLike,
        axis: int | Sequence[int] | None = None,
        *,
        keepdims: bool = False,
        **static: Any,
    ) -> Tensor:
        """Count the axes from the front; None stands for all."""
        tensor = as_tensor(x)
        return cls(normalize_axes(axis, tensor.ndim), keepdims, **static)(tensor)


class Divisor(Op):
    """The number of elements of x along ``axis`` less ``ddof``, at least 1, in the dtype of x."""

    name = "divisor"
    axis: tuple[int, ...]
    ddof: int = 0
    memory = Memory.INTO
    samples = (
        Sample(f32(2, 3), axis=(0, 1)),
        Sample(f32(2, 3), axis=(1,), ddof=1),
        Sample(f32(), axis=()),
        Sample(f32(0, 3), axis=(0,)),
    )

    def infer(self, x: Spec) -> Spec:
        return Spec((), x.dtype)

    def kernel(self, x: Array, out: Array | None = None) -> Array:
        result = np.empty((), x.dtype) if out is None else out
        result[...] = max(count(x, self.axis) - self.ddof, 1)
        return result

    def vjp(self, node: Node, dy: Tensor) -> tuple[None]:
        return (None,)


def reduce_shape(shape: Shape, axes: tuple[int, ...], *, keepdims: bool) -> Shape:
    """Give the shape without ``axes``, or with 1 in their place.

    Raises:
        ShapeError: An axis does not exist.
    """
    normalize_axes(axes, len(shape))
    if keepdims:
        return tuple(1 if axis in axes else extent for axis, extent in enumerate(shape))
    return tuple(extent for axis, extent in enumerate(shape) if axis not in axes)


def require_elements(shape: Shape, axes: tuple[int, ...]) -> None:
    """Make sure that there is something along ``axes``, as far as it is known.

    Raises:
        ShapeError: An extent is 0.
    """
    if any(shape[axis] == 0 for axis in axes):
        raise ShapeError(
            f"nothing to choose from along axes {axes} of {show_shape(shape)}",
            hint="the axes need at least one element",
        )


def count(x: Array, axes: tuple[int, ...]) -> int:
    """Give the number of elements along ``axes``."""
    return math.prod(x.shape[axis] for axis in axes)


def divisor(x: Tensor, axes: tuple[int, ...], ddof: int = 0) -> Tensor | int:
    """Give the number of elements along ``axes`` less ``ddof``, at least 1; an int if known."""
    extents = [x.shape[axis] for axis in axes]
    numbers = [extent for extent in extents if isinstance(extent, int)]
    if len(numbers) == len(extents):
        return max(math.prod(numbers) - ddof, 1)
    return Divisor(axes, ddof)(x)


def kept(y: Tensor, axes: tuple[int, ...], *, keepdims: bool) -> Tensor:
    """Give a result of a reduction, or its cotangent, with axes of 1 where there were axes."""
    return y if keepdims or not axes else expand_dims(y, axes)


def spread(dy: Tensor, x: Tensor, axes: tuple[int, ...], *, keepdims: bool) -> Tensor:
    """Repeat the cotangent of a sum over ``axes`` to the shape of its operand ``x``."""
    return broadcast_like(kept(dy, axes, keepdims=keepdims), x) if axes else dy
