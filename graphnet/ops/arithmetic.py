"""Arithmetic: the four operations and their relatives, by NumPy's names and rules."""

from typing import Any

import numpy as np

from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.ir.traits import Sample, f32, i64
from graphnet.ops.families import Binary, Unary
from graphnet.ops.like import unbroadcast
from graphnet.typing import Array

__all__ = [
    "add",
    "divide",
    "multiply",
    "negative",
    "subtract",
]


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


class Negative(Unary):
    """-x."""

    name = "negative"
    floating = False
    ufunc = np.negative

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        return (-dy,)


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


def negative(x: TensorLike) -> Tensor:
    """Negate elementwise.

    Args:
        x: Tensor of any shape; not boolean.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.negative([1.0, -2.0]))
        array([-1.,  2.], dtype=float32)
    """
    return Negative()(x)
