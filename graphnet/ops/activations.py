"""Smooth activations: sigmoid, softplus, softsign, silu and gelu."""

from math import pi, sqrt
from typing import Any

import numpy as np

from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.ir.traits import Sample, f32
from graphnet.kernels import elementwise as kernels
from graphnet.kernels.elementwise import error_function, positive_part, room, scalar
from graphnet.ops.elementwise import erf, exp, expm1, log1p, square, tanh
from graphnet.ops.families import Unary
from graphnet.ops.select import maximum
from graphnet.typing import Array

__all__ = ["gelu", "sigmoid", "silu", "softplus", "softsign"]

# tanh(ROOT * (x + CUBIC * x**3)) stands for erf(x / sqrt(2)) in the approximate gelu.
ROOT = sqrt(2 / pi)
CUBIC = 0.044715


class Sigmoid(Unary):
    """1 / (1 + exp(-x))."""

    name = "sigmoid"

    def kernel(self, x: Array, out: Array | None = None) -> Any:
        return kernels.sigmoid(x, out)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (y,) = node.outputs
        return (dy * y * (1 - y),)

    def expand(self, x: Tensor) -> Tensor:
        return 1 / (1 + exp(-x))


class Softplus(Unary):
    """log(1 + exp(x))."""

    name = "softplus"
    inplace = ()

    def kernel(self, x: Array, out: Array | None = None) -> Any:
        y = np.absolute(x, out=room(x, out))
        np.negative(y, out=y)
        np.exp(y, out=y)
        np.log1p(y, out=y)
        return np.add(y, positive_part(x), out=y)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (y,) = node.outputs
        return (-dy * expm1(-y),)

    def expand(self, x: Tensor) -> Tensor:
        return maximum(x, 0) + log1p(exp(-abs(x)))


class Softsign(Unary):
    """x / (1 + |x|)."""

    name = "softsign"
    inplace = ()

    def kernel(self, x: Array, out: Array | None = None) -> Any:
        y = np.absolute(x, out=room(x, out))
        np.add(y, scalar(1.0, x.dtype), out=y)
        return np.divide(x, y, out=y)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (y,) = node.outputs
        return (dy * square(1 - abs(y)),)

    def expand(self, x: Tensor) -> Tensor:
        return x / (1 + abs(x))


class Silu(Unary):
    """x · sigmoid(x)."""

    name = "silu"
    inplace = ()

    def kernel(self, x: Array, out: Array | None = None) -> Any:
        y = kernels.sigmoid(x, room(x, out))
        return np.multiply(y, x, out=y)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (x,) = node.inputs
        (y,) = node.outputs
        gate = sigmoid(x)
        return (dy * (gate + y * (1 - gate)),)

    def expand(self, x: Tensor) -> Tensor:
        return x * sigmoid(x)


class Gelu(Unary):
    """x · P(X ≤ x) for a standard normal X."""

    name = "gelu"
    approximate: bool = False
    inplace = ()
    samples = (*Unary.samples, Sample(f32(2, 3), approximate=True))

    def kernel(self, x: Array, out: Array | None = None) -> Any:
        y = room(x, out)
        if self.approximate:
            tanh_argument(x, y)
            np.tanh(y, out=y)
        else:
            np.multiply(x, scalar(sqrt(0.5), x.dtype), out=y)
            error_function(y, y)
        np.add(y, scalar(1.0, x.dtype), out=y)
        np.multiply(y, scalar(0.5, x.dtype), out=y)
        return np.multiply(y, x, out=y)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (x,) = node.inputs
        (y,) = node.outputs
        gate = self.gate(x)
        if self.approximate:
            slope = 2 * ROOT * (1 + 3 * CUBIC * square(x))
            return (dy * (gate + y * (1 - gate) * slope),)
        return (dy * (gate + x * exp(-0.5 * square(x)) * (0.5 * ROOT)),)

    def expand(self, x: Tensor) -> Tensor:
        return x * self.gate(x)

    def gate(self, x: Tensor) -> Tensor:
        """Declare the probability that the operand is multiplied with."""
        if self.approximate:
            return 0.5 * (1 + tanh(ROOT * x * (1 + CUBIC * square(x))))
        return 0.5 * (1 + erf(sqrt(0.5) * x))


def tanh_argument(x: Array, out: Array) -> None:
    """Write ``ROOT * (x + CUBIC * x**3)``."""
    np.square(x, out=out)
    np.multiply(out, scalar(ROOT * CUBIC, x.dtype), out=out)
    np.add(out, scalar(ROOT, x.dtype), out=out)
    np.multiply(out, x, out=out)


def sigmoid(x: TensorLike) -> Tensor:
    """Logistic function, ``1 / (1 + exp(-x))``.

    Computed as ``(1 + tanh(x / 2)) / 2``: never overflows, and is exact to the absolute precision
    of the dtype. For the logarithm of a sigmoid use ``-softplus(-x)``, which is exact also where
    the sigmoid is 0.

    Args:
        x: Tensor of any shape; integers are converted to float32.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.sigmoid(1.0))
        array(0.73106, dtype=float32)
    """
    return Sigmoid()(x)


def softplus(x: TensorLike) -> Tensor:
    """Smooth rectifier, ``log(1 + exp(x))``, exact also for large numbers of either sign.

    Dugas et al., "Incorporating second-order functional knowledge for better option pricing"
    (2000).

    Args:
        x: Tensor of any shape; integers are converted to float32.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.softplus(1.0))
        array(1.31326, dtype=float32)
    """
    return Softplus()(x)


def softsign(x: TensorLike) -> Tensor:
    """Give ``x / (1 + |x|)`` elementwise.

    Bergstra et al., "Quadratic polynomials learn better image features" (2009).

    Args:
        x: Tensor of any shape; integers are converted to float32.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.softsign([-1.0, 3.0]))
        array([-0.5 ,  0.75], dtype=float32)
    """
    return Softsign()(x)


def silu(x: TensorLike) -> Tensor:
    """Sigmoid linear unit, also called swish: ``x * sigmoid(x)``.

    Elfwing, Uchibe and Doya, "Sigmoid-weighted linear units for neural network function
    approximation in reinforcement learning" (2017).

    Args:
        x: Tensor of any shape; integers are converted to float32.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.silu(1.0))
        array(0.73106, dtype=float32)
    """
    return Silu()(x)


def gelu(x: TensorLike, approximate: bool = False) -> Tensor:
    r"""Gaussian error linear unit: ``x`` times the probability of a normal number below ``x``.

    :math:`\tfrac x2 (1 + \operatorname{erf}(x / \sqrt 2))`, or
    :math:`\tfrac x2 (1 + \tanh(\sqrt{2 / \pi} (x + 0.044715 x^3)))`, which differs by less than
    0.0005 and takes a quarter of the time. Hendrycks and Gimpel, "Gaussian error linear units"
    (2016).

    Args:
        x: Tensor of any shape; integers are converted to float32.
        approximate: Whether to use the second form.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.gelu(1.0))
        array(0.84134, dtype=float32)
        >>> gn.evaluate(gn.gelu(1.0, approximate=True))
        array(0.84119, dtype=float32)
    """
    return Gelu(approximate)(x)
