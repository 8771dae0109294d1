"""Elementary functions of one operand, by NumPy's names."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.ir.traits import Sample, f32
from graphnet.kernels.elementwise import error_function, room
from graphnet.ops.arithmetic import as_numbers
from graphnet.ops.families import Unary
from graphnet.typing import Array

__all__ = [
    "cos",
    "erf",
    "exp",
    "expm1",
    "log",
    "log1p",
    "reciprocal",
    "rsqrt",
    "sin",
    "sqrt",
    "square",
    "tanh",
]

POSITIVE = (Sample(f32(2, 3, low=0.5)), Sample(f32(low=0.5)), Sample(f32(0, 3)))
TWO_OVER_ROOT_PI = 1.1283791670955126


class Exp(Unary):
    """e to the power x."""

    name = "exp"
    ufunc = np.exp

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (y,) = node.outputs
        return (dy * y,)


class Expm1(Unary):
    """e to the power x, minus 1."""

    name = "expm1"
    ufunc = np.expm1

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (y,) = node.outputs
        return (dy * (y + 1),)


class Log(Unary):
    """The natural logarithm of x."""

    name = "log"
    ufunc = np.log
    samples = POSITIVE

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (x,) = node.inputs
        return (dy / x,)


class Log1p(Unary):
    """The natural logarithm of 1 + x."""

    name = "log1p"
    ufunc = np.log1p
    samples = (*POSITIVE, Sample(f32(3, low=-0.5, high=0.0)))

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (x,) = node.inputs
        return (dy / (x + 1),)


class Sqrt(Unary):
    """The square root of x."""

    name = "sqrt"
    ufunc = np.sqrt
    samples = POSITIVE

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (y,) = node.outputs
        return (0.5 * dy / y,)


class Rsqrt(Unary):
    """1 / √x."""

    name = "rsqrt"
    samples = POSITIVE

    def kernel(self, x: Array, out: Array | None = None) -> Any:
        root = np.sqrt(x, out=room(x, out))
        return np.reciprocal(root, out=root)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (y,) = node.outputs
        return (-0.5 * dy * y * square(y),)


class Square(Unary):
    """x²."""

    name = "square"
    floating = False
    ufunc = np.square

    def convert(self, graph: Graph, operands: Sequence[Any]) -> tuple[Tensor, ...]:
        return as_numbers(map(graph.as_tensor, operands))

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (x,) = node.inputs
        return (2 * dy * x,)


class Reciprocal(Unary):
    """1 / x."""

    name = "reciprocal"
    ufunc = np.reciprocal
    samples = (Sample(f32(2, 3, low=0.5)), Sample(f32(low=-2, high=-0.5)), Sample(f32(0, 3)))

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (y,) = node.outputs
        return (-dy * square(y),)


class Sin(Unary):
    """The sine of x."""

    name = "sin"
    ufunc = np.sin

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (x,) = node.inputs
        return (dy * cos(x),)


class Cos(Unary):
    """The cosine of x."""

    name = "cos"
    ufunc = np.cos

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (x,) = node.inputs
        return (-dy * sin(x),)


class Tanh(Unary):
    """The hyperbolic tangent of x."""

    name = "tanh"
    ufunc = np.tanh

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (y,) = node.outputs
        return (dy * (1 - square(y)),)


class Erf(Unary):
    """2/√π · ∫ exp(-t²) dt from 0 to x."""

    name = "erf"

    def kernel(self, x: Array, out: Array | None = None) -> Array:
        return error_function(x, out)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (x,) = node.inputs
        return (TWO_OVER_ROOT_PI * dy * exp(-square(x)),)


def exp(x: TensorLike) -> Tensor:
    """Raise e to the power of each element.

    Args:
        x: Tensor of any shape; integers are converted to float32.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.exp(1.0))
        array(2.71828, dtype=float32)
    """
    return Exp()(x)


def expm1(x: TensorLike) -> Tensor:
    """Give ``exp(x) - 1`` elementwise, exact also for small ``x``.

    Args:
        x: Tensor of any shape; integers are converted to float32.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.expm1(1e-10))
        array(1e-10, dtype=float32)
    """
    return Expm1()(x)


def log(x: TensorLike) -> Tensor:
    """Give the natural logarithm elementwise.

    Args:
        x: Tensor of any shape; integers are converted to float32.
            0 gives -inf and negative numbers NaN, with NumPy's warnings.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.log(10.0))
        array(2.30259, dtype=float32)
    """
    return Log()(x)


def log1p(x: TensorLike) -> Tensor:
    """Give ``log(1 + x)`` elementwise, exact also for small ``x``.

    Args:
        x: Tensor of any shape; integers are converted to float32.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.log1p(1e-10))
        array(1e-10, dtype=float32)
    """
    return Log1p()(x)


def sqrt(x: TensorLike) -> Tensor:
    """Give the square root elementwise; its derivative at 0 is infinite.

    Args:
        x: Tensor of any shape; integers are converted to float32.
            Negative numbers give NaN, with NumPy's warning.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.sqrt([4.0, 9.0]))
        array([2., 3.], dtype=float32)
    """
    return Sqrt()(x)


def rsqrt(x: TensorLike) -> Tensor:
    """Give one divided by the square root, elementwise.

    Args:
        x: Tensor of any shape; integers are converted to float32.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.rsqrt([4.0, 16.0]))
        array([0.5 , 0.25], dtype=float32)
    """
    return Rsqrt()(x)


def square(x: TensorLike) -> Tensor:
    """Multiply elementwise by itself.

    Args:
        x: Tensor of any shape; booleans count as int8.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.square([1.0, -2.0]))
        array([1., 4.], dtype=float32)
    """
    return Square()(x)


def reciprocal(x: TensorLike) -> Tensor:
    """Give one divided by each element.

    Args:
        x: Tensor of any shape; integers are converted to float32, where NumPy divides integers.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.reciprocal([2, -4]))
        array([ 0.5 , -0.25], dtype=float32)
    """
    return Reciprocal()(x)


def sin(x: TensorLike) -> Tensor:
    """Give the sine elementwise.

    Args:
        x: Tensor of any shape, in radians; integers are converted to float32.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.sin(1.0))
        array(0.84147, dtype=float32)
    """
    return Sin()(x)


def cos(x: TensorLike) -> Tensor:
    """Give the cosine elementwise.

    Args:
        x: Tensor of any shape, in radians; integers are converted to float32.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.cos(1.0))
        array(0.5403, dtype=float32)
    """
    return Cos()(x)


def tanh(x: TensorLike) -> Tensor:
    """Give the hyperbolic tangent elementwise.

    Args:
        x: Tensor of any shape; integers are converted to float32.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.tanh(1.0))
        array(0.76159, dtype=float32)
    """
    return Tanh()(x)


def erf(x: TensorLike) -> Tensor:
    r"""Give the error function elementwise.

    :math:`\operatorname{erf}(x) = \frac{2}{\sqrt\pi} \int_0^x e^{-t^2} dt`

    Args:
        x: Tensor of any shape; integers are converted to float32.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.erf(1.0))
        array(0.8427, dtype=float32)
    """
    return Erf()(x)
