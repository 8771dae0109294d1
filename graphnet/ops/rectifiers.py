"""Rectifiers: activations that pass positive numbers on, scaled at most, and bend at 0."""

from typing import Any

import numpy as np

from graphnet.errors import GraphError
from graphnet.ir.node import Node
from graphnet.ir.spec import Spec
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.ir.traits import Sample, f32
from graphnet.kernels.elementwise import bounded, positive_part, room, scalar, select
from graphnet.ops.elementwise import exp, expm1
from graphnet.ops.families import Binary, Unary, require_float
from graphnet.ops.like import unbroadcast
from graphnet.ops.rounding import ceil
from graphnet.ops.select import maximum, minimum, where
from graphnet.typing import Array

__all__ = ["elu", "leaky_relu", "leaky_relu_gradient", "relu", "relu_gradient", "selu"]

# Klambauer et al. (2017), equation 14: mean 0 and variance 1 are a fixed point.
SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805

BENT = (
    Sample(f32(2, 3, low=0.1)),
    Sample(f32(2, 3, low=-2.0, high=-0.1)),
    Sample(f32(low=-2.0, high=-0.1)),
    Sample(f32(0, 3)),
)
BENT_PAIRS = (
    Sample(f32(2, 3), f32(2, 3, low=0.1)),
    Sample(f32(2, 3), f32(3, low=-2.0, high=-0.1)),
    Sample(f32(), f32(2, low=0.1)),
    Sample(f32(0, 3), f32(3)),
)


class Relu(Unary):
    """max(x, 0)."""

    name = "relu"
    samples = BENT

    def kernel(self, x: Array, out: Array | None = None) -> Any:
        return positive_part(x, out)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (y,) = node.outputs
        return (relu_gradient(dy, y),)

    def expand(self, x: Tensor) -> Tensor:
        return maximum(x, 0)


class ReluGradient(Binary):
    """dy · slope, where the slope is 1 where y > 0, NaN where y is NaN and 0 elsewhere."""

    name = "relu_gradient"
    inplace = (1,)
    samples = BENT_PAIRS

    def kernel(self, dy: Array, y: Array, out: Array | None = None) -> Any:
        slope = bounded(y, 0.0, 1.0, slope_room(y, out))
        return np.multiply(dy, np.ceil(slope, out=slope if slope.ndim else None), out=out)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, None]:
        cotangent, y = node.inputs
        return unbroadcast(relu_gradient(dy, y), cotangent, y), None

    def expand(self, dy: Tensor, y: Tensor) -> Tensor:
        return dy * ceil(minimum(maximum(y, 0), 1))


class LeakyRelu(Unary):
    """x where x > 0, alpha · x elsewhere."""

    name = "leaky_relu"
    alpha: float = 0.01
    inplace = ()
    samples = (*BENT, *(Sample(f32(2, 3, low=-2.0, high=-0.1), alpha=a) for a in (0.0, 0.2, 1.5)))

    def infer(self, x: Spec) -> Spec:
        require_nonnegative(self.alpha)
        return require_float(x)

    def kernel(self, x: Array, out: Array | None = None) -> Any:
        choose = np.maximum if self.alpha <= 1 else np.minimum
        y = np.multiply(x, scalar(self.alpha, x.dtype), out=room(x, out))
        return choose(x, y, out=y)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (y,) = node.outputs
        return (leaky_relu_gradient(dy, y, self.alpha),)

    def expand(self, x: Tensor) -> Tensor:
        return where(x > 0, x, self.alpha * x)


class LeakyReluGradient(Binary):
    """dy where y > 0, alpha · dy elsewhere."""

    name = "leaky_relu_gradient"
    alpha: float
    inplace = (1,)
    samples = tuple(Sample(*sample.arguments, alpha=0.2) for sample in BENT_PAIRS)

    def kernel(self, dy: Array, y: Array, out: Array | None = None) -> Any:
        one, alpha = scalar(1.0, y.dtype), scalar(self.alpha, y.dtype)
        slope = select(np.greater(y, scalar(0.0, y.dtype)), one, alpha, slope_room(y, out))
        return np.multiply(dy, slope, out=out)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, None]:
        cotangent, y = node.inputs
        return unbroadcast(leaky_relu_gradient(dy, y, self.alpha), cotangent, y), None

    def expand(self, dy: Tensor, y: Tensor) -> Tensor:
        return where(y > 0, dy, self.alpha * dy)


class Elu(Unary):
    """x where x > 0, alpha · (exp(x) - 1) elsewhere."""

    name = "elu"
    alpha: float = 1.0
    inplace = ()
    samples = (*BENT, *(Sample(f32(2, 3, low=-2.0, high=-0.1), alpha=a) for a in (0.2, 1.5)))

    def infer(self, x: Spec) -> Spec:
        require_nonnegative(self.alpha)
        return require_float(x)

    def kernel(self, x: Array, out: Array | None = None) -> Any:
        y = negative_branch(x, self.alpha, room(x, out))
        if self.alpha <= 1:
            return np.maximum(x, y, out=y)
        return np.add(y, positive_part(x), out=y)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (y,) = node.outputs
        return (elu_gradient(dy, y, self.alpha),)

    def expand(self, x: Tensor) -> Tensor:
        return where(x > 0, x, self.alpha * (exp(minimum(x, 0)) - 1))


class Selu(Unary):
    """scale · elu(x, alpha), with the two constants of self-normalizing networks."""

    name = "selu"
    inplace = ()
    samples = BENT

    def kernel(self, x: Array, out: Array | None = None) -> Any:
        y = negative_branch(x, SELU_ALPHA, room(x, out))
        np.add(y, positive_part(x), out=y)
        return np.multiply(y, scalar(SELU_SCALE, x.dtype), out=y)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (y,) = node.outputs
        return (dy * minimum(y, 0) + leaky_relu_gradient(SELU_SCALE * dy, y, SELU_ALPHA),)

    def expand(self, x: Tensor) -> Tensor:
        return SELU_SCALE * where(x > 0, x, SELU_ALPHA * expm1(minimum(x, 0)))


def require_nonnegative(alpha: float) -> None:
    """Raise the error for a slope that would make the function fold back."""
    if not alpha >= 0:
        raise GraphError(f"alpha is {alpha}", hint="use a number from 0 up")


def slope_room(y: Array, out: Array | None) -> Array | None:
    """Give ``out`` for the slopes of all ``y``, if there are as many of them as results."""
    return out if out is not None and out.shape == y.shape else None


def negative_branch(x: Array, alpha: float, out: Array) -> Array:
    """Write ``alpha * expm1(min(x, 0))``."""
    bounded(x, -np.inf, 0.0, out)
    np.expm1(out, out=out)
    return out if alpha == 1 else np.multiply(out, scalar(alpha, x.dtype), out=out)


def elu_gradient(dy: Tensor, y: Tensor, alpha: float) -> Tensor:
    """Give the cotangent of x from that of ``y = elu(x)``: the slope is ``y + alpha`` below 0."""
    if alpha == 1:
        return dy * (minimum(y, 0) + 1)
    return dy * minimum(y, 0) + leaky_relu_gradient(dy, y, alpha)


def relu(x: TensorLike) -> Tensor:
    """Rectified linear unit, ``max(x, 0)``; its derivative at 0 is 0.

    Nair and Hinton, "Rectified linear units improve restricted Boltzmann machines" (2010).

    Args:
        x: Tensor of any shape; integers are converted to float32.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.relu([-1.0, 2.0]))
        array([0., 2.], dtype=float32)
    """
    return Relu()(x)


def relu_gradient(dy: TensorLike, y: TensorLike) -> Tensor:
    """Give the cotangent of x from that of ``y = relu(x)``: ``dy`` where ``y > 0``, 0 elsewhere.

    It is NaN where ``y`` is NaN, and where ``y`` is not positive and ``dy`` is not finite.

    Args:
        dy: Floating tensor that broadcasts with ``y``.
        y: Floating tensor; the output, so that the input need not be kept.

    Raises:
        ShapeError: The shapes do not broadcast.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.relu_gradient([3.0, 4.0], [0.0, 2.0]))
        array([0., 4.], dtype=float32)
    """
    return ReluGradient()(dy, y)


def leaky_relu(x: TensorLike, alpha: float = 0.01) -> Tensor:
    """Leaky rectified linear unit: ``x`` where ``x > 0``, ``alpha * x`` elsewhere.

    Its derivative at 0 is ``alpha``. Maas, Hannun and Ng, "Rectifier nonlinearities improve neural
    network acoustic models" (2013), use 0.01; larger slopes such as 0.2 are common, too.

    Args:
        x: Tensor of any shape; integers are converted to float32.
        alpha: Slope below 0, not negative.

    Raises:
        GraphError: ``alpha`` is negative.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.leaky_relu([-1.0, 2.0], alpha=0.2))
        array([-0.2,  2. ], dtype=float32)
    """
    return LeakyRelu(float(alpha))(x)


def leaky_relu_gradient(dy: TensorLike, y: TensorLike, alpha: float) -> Tensor:
    """Give the cotangent of x from that of ``y = leaky_relu(x, alpha)``.

    ``dy`` where ``y > 0``, and ``alpha * dy`` elsewhere, also where ``y`` is NaN.

    Args:
        dy: Floating tensor that broadcasts with ``y``.
        y: Floating tensor; the output, so that the input need not be kept.
        alpha: Slope below 0.

    Raises:
        ShapeError: The shapes do not broadcast.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.leaky_relu_gradient([3.0, 4.0], [-0.2, 2.0], alpha=0.5))
        array([1.5, 4. ], dtype=float32)
    """
    return LeakyReluGradient(float(alpha))(dy, y)


def elu(x: TensorLike, alpha: float = 1.0) -> Tensor:
    """Exponential linear unit: ``x`` where ``x > 0``, ``alpha * (exp(x) - 1)`` elsewhere.

    Its derivative at 0 is ``alpha``. Clevert, Unterthiner and Hochreiter, "Fast and accurate deep
    network learning by exponential linear units" (2015).

    Args:
        x: Tensor of any shape; integers are converted to float32.
        alpha: Minus the limit towards minus infinity, not negative.

    Raises:
        GraphError: ``alpha`` is negative.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.elu(-1.0))
        array(-0.63212, dtype=float32)
    """
    return Elu(float(alpha))(x)


def selu(x: TensorLike) -> Tensor:
    """Scaled exponential linear unit: ``scale * elu(x, alpha)``.

    With alpha 1.6733 and scale 1.0507, activations keep mean 0 and variance 1; the derivative at 0
    is ``scale * alpha``. Klambauer et al., "Self-normalizing neural networks" (2017).

    Args:
        x: Tensor of any shape; integers are converted to float32.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.selu(-1.0))
        array(-1.11133, dtype=float32)
    """
    return Selu()(x)
