"""Arithmetic: the four operations and their relatives, by NumPy's names and rules."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from graphnet.errors import DTypeError
from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.spec import Spec, broadcast
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.ir.traits import Sample, f32, i64
from graphnet.ops.families import Binary, Unary, cast_to, promote_operands
from graphnet.ops.like import unbroadcast

__all__ = [
    "abs",
    "add",
    "as_numbers",
    "divide",
    "floor_divide",
    "mod",
    "multiply",
    "negative",
    "sign",
    "subtract",
]

SMALLEST = np.dtype(np.int8)


class Add(Binary):
    """x + y."""

    name = "add"
    commutative = True
    identity = 0.0
    ufunc = np.add

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, Tensor]:
        x, y = node.inputs
        return unbroadcast(dy, x, y), unbroadcast(dy, y, x)


class Subtract(Binary):
    """x - y."""

    name = "subtract"
    identity = 0.0
    ufunc = np.subtract

    def infer(self, x: Spec, y: Spec) -> Spec:
        refuse_bool(x, "subtracted", "use gn.logical_xor(x, y), or cast: gn.cast(x, gn.int32)")
        return x.with_shape(broadcast(x.shape, y.shape))

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, Tensor]:
        x, y = node.inputs
        return unbroadcast(dy, x, y), unbroadcast(-dy, y, x)


class Multiply(Binary):
    """x · y."""

    name = "multiply"
    commutative = True
    identity = 1.0
    absorber = 0.0
    ufunc = np.multiply

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, Tensor]:
        x, y = node.inputs
        return unbroadcast(dy * y, x, y), unbroadcast(dy * x, y, x)


class Divide(Binary):
    """x / y, floating also for integers."""

    name = "divide"
    floating = True
    identity = 1.0
    ufunc = np.divide
    samples = (
        Sample(f32(2, 3), f32(2, 3, low=0.5)),
        Sample(f32(2, 3), f32(3, low=-3, high=-0.5)),
        Sample(f32(), f32(2, low=0.5)),
        Sample(f32(0, 3), f32(3, low=0.5)),
    )

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, Tensor]:
        x, y = node.inputs
        (quotient,) = node.outputs
        return unbroadcast(dy / y, x, y), unbroadcast(-dy * quotient / y, y, x)


class FloorDivide(Binary):
    """The largest integer that is not larger than x / y."""

    name = "floor_divide"
    ufunc = np.floor_divide
    samples = (
        Sample(f32(2, 3, low=3.1, high=3.9), f32(3, low=2.05, high=2.95)),
        Sample(f32(low=-3.9, high=-3.1), f32(2, low=2.05, high=2.95)),
        Sample(i64(2, 3, low=-9, high=9), i64(3, low=1)),
        Sample(i64(2, 3, low=-9, high=9), i64(2, 1, low=-4, high=-1)),
        Sample(f32(0, 3), f32(3, low=0.5)),
    )

    def convert(self, graph: Graph, operands: Sequence[Any]) -> tuple[Tensor, ...]:
        return as_numbers(promote_operands(graph, operands))

    def vjp(self, node: Node, dy: Tensor) -> tuple[None, None]:
        return None, None


class Mod(Binary):
    """x - y · floor(x / y)."""

    name = "mod"
    ufunc = np.remainder
    samples = FloorDivide.samples

    def convert(self, graph: Graph, operands: Sequence[Any]) -> tuple[Tensor, ...]:
        return as_numbers(promote_operands(graph, operands))

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, Tensor]:
        x, y = node.inputs
        return unbroadcast(dy, x, y), unbroadcast(-dy * (x // y), y, x)


class Negative(Unary):
    """-x."""

    name = "negative"
    floating = False
    ufunc = np.negative

    def infer(self, x: Spec) -> Spec:
        refuse_bool(x, "negated", "use gn.logical_not(x), or cast: gn.cast(x, gn.int32)")
        return x

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        return (-dy,)


class Abs(Unary):
    """x without its sign."""

    name = "abs"
    floating = False
    ufunc = np.absolute
    samples = (
        Sample(f32(2, 3, low=0.1)),
        Sample(f32(low=-2, high=-0.1)),
        Sample(i64(3)),
        Sample(f32(0, 3)),
    )

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (x,) = node.inputs
        return (dy * sign(x),)


class Sign(Unary):
    """1 where x > 0, -1 where x < 0, else x itself."""

    name = "sign"
    floating = False
    ufunc = np.sign
    samples = Abs.samples

    def infer(self, x: Spec) -> Spec:
        refuse_bool(x, "given a sign", "cast it: gn.cast(x, gn.int32)")
        return x

    def vjp(self, node: Node, dy: Tensor) -> tuple[None]:
        return (None,)


def refuse_bool(x: Spec, what: str, hint: str) -> None:
    """Raise the error for arithmetic that NumPy does not define for booleans."""
    if x.dtype.kind == "b":
        raise DTypeError(f"booleans cannot be {what}", hint=hint)


def as_numbers(tensors: Iterable[Tensor]) -> tuple[Tensor, ...]:
    """Convert booleans to int8, as NumPy does where a result counts."""
    return tuple(cast_to(x, SMALLEST) if x.dtype.kind == "b" else x for x in tensors)


def add(x: TensorLike, y: TensorLike) -> Tensor:
    """Add elementwise.

    Args:
        x: Tensor that broadcasts with ``y``.
        y: Tensor that broadcasts with ``x``.

    Raises:
        ShapeError: The shapes do not broadcast.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.add([1.0, 2.0], 3))
        array([4., 5.], dtype=float32)
    """
    return Add()(x, y)


def subtract(x: TensorLike, y: TensorLike) -> Tensor:
    """Subtract elementwise.

    Args:
        x: Tensor that broadcasts with ``y``.
        y: Tensor that broadcasts with ``x``.

    Raises:
        ShapeError: The shapes do not broadcast.
        DTypeError: Both operands are boolean.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.subtract([1.0, 2.0], 3))
        array([-2., -1.], dtype=float32)
    """
    return Subtract()(x, y)


def multiply(x: TensorLike, y: TensorLike) -> Tensor:
    """Multiply elementwise.

    Args:
        x: Tensor that broadcasts with ``y``.
        y: Tensor that broadcasts with ``x``.

    Raises:
        ShapeError: The shapes do not broadcast.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.multiply([1.0, 2.0], 3))
        array([3., 6.], dtype=float32)
    """
    return Multiply()(x, y)


def divide(x: TensorLike, y: TensorLike) -> Tensor:
    """Divide elementwise; integers are divided as floats.

    Args:
        x: Tensor that broadcasts with ``y``.
        y: Tensor that broadcasts with ``x``.

    Raises:
        ShapeError: The shapes do not broadcast.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.divide([1, 2], 4))
        array([0.25, 0.5 ], dtype=float32)
    """
    return Divide()(x, y)


def floor_divide(x: TensorLike, y: TensorLike) -> Tensor:
    """Divide elementwise and round down, towards minus infinity.

    Constant almost everywhere, so that no gradient flows through it.

    Args:
        x: Tensor that broadcasts with ``y``; booleans count as int8.
        y: Tensor that broadcasts with ``x``; an integer divided by 0 is 0, with NumPy's warning.

    Raises:
        ShapeError: The shapes do not broadcast.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.floor_divide([7, -7], 2))
        array([ 3, -4])
    """
    return FloorDivide()(x, y)


def mod(x: TensorLike, y: TensorLike) -> Tensor:
    """Give the remainder of ``floor_divide``, which has the sign of ``y``.

    The derivative is 1 with respect to ``x`` and ``-floor(x / y)`` with respect to ``y``.

    Args:
        x: Tensor that broadcasts with ``y``; booleans count as int8.
        y: Tensor that broadcasts with ``x``; an integer modulo 0 is 0, with NumPy's warning.

    Raises:
        ShapeError: The shapes do not broadcast.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.mod([7, -7], 3))
        array([1, 2])
    """
    return Mod()(x, y)


def negative(x: TensorLike) -> Tensor:
    """Negate elementwise.

    Args:
        x: Tensor of any shape; not boolean.

    Raises:
        DTypeError: The operand is boolean.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.negative([1.0, -2.0]))
        array([-1.,  2.], dtype=float32)
    """
    return Negative()(x)


def abs(x: TensorLike) -> Tensor:
    """Give the absolute value elementwise; its derivative at 0 is 0.

    Args:
        x: Tensor of any shape.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.abs([1.0, -2.0]))
        array([1., 2.], dtype=float32)
    """
    return Abs()(x)


def sign(x: TensorLike) -> Tensor:
    """Give -1, 0 or 1 by the sign of each element; NaN stays.

    Constant almost everywhere, so that no gradient flows through it.

    Args:
        x: Tensor of any shape; not boolean.

    Raises:
        DTypeError: The operand is boolean.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.sign([3.0, 0.0, -2.0]))
        array([ 1.,  0., -1.], dtype=float32)
    """
    return Sign()(x)
