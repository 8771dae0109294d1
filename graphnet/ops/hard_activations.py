"""Hard activations: piecewise linear stand-ins for sigmoid, tanh and silu."""

from itertools import pairwise
from typing import Any

import numpy as np

from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.ir.traits import Sample, f32
from graphnet.kernels.elementwise import bounded, room, scalar
from graphnet.ops.families import Unary
from graphnet.ops.select import clip, where
from graphnet.typing import Array

__all__ = ["hard_sigmoid", "hard_swish", "hard_tanh", "relu6"]


def pieces(*kinks: float) -> tuple[Sample, ...]:
    """Give samples between neighboring kinks and beyond the last ones, and an empty one."""
    bounds = (kinks[0] - 2.0, *kinks, kinks[-1] + 2.0)
    inner = (Sample(f32(2, 3, low=a + 0.1, high=b - 0.1)) for a, b in pairwise(bounds))
    return (*inner, Sample(f32(low=kinks[0] + 0.1, high=kinks[1] - 0.1)), Sample(f32(0, 3)))


class Relu6(Unary):
    """min(max(x, 0), 6)."""

    name = "relu6"
    samples = pieces(0.0, 6.0)

    def kernel(self, x: Array, out: Array | None = None) -> Any:
        return bounded(x, 0.0, 6.0, out)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (y,) = node.outputs
        return (where((y > 0) & (y < 6), dy, 0),)

    def expand(self, x: Tensor) -> Tensor:
        return clip(x, 0, 6)


class HardTanh(Unary):
    """min(max(x, -1), 1)."""

    name = "hard_tanh"
    samples = pieces(-1.0, 1.0)

    def kernel(self, x: Array, out: Array | None = None) -> Any:
        return bounded(x, -1.0, 1.0, out)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (y,) = node.outputs
        return (where(abs(y) < 1, dy, 0),)

    def expand(self, x: Tensor) -> Tensor:
        return clip(x, -1, 1)


class HardSigmoid(Unary):
    """relu6(x + 3) / 6."""

    name = "hard_sigmoid"
    samples = pieces(-3.0, 3.0)

    def kernel(self, x: Array, out: Array | None = None) -> Any:
        return hard_gate(x, room(x, out))

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (y,) = node.outputs
        return (where((y > 0) & (y < 1), dy / 6, 0),)

    def expand(self, x: Tensor) -> Tensor:
        return clip(x + 3, 0, 6) / 6


class HardSwish(Unary):
    """x · relu6(x + 3) / 6."""

    name = "hard_swish"
    inplace = ()
    samples = pieces(-3.0, 3.0)

    def kernel(self, x: Array, out: Array | None = None) -> Any:
        y = hard_gate(x, room(x, out))
        return np.multiply(y, x, out=y)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (x,) = node.inputs
        return (dy * (hard_sigmoid(x) + where(abs(x) < 3, x / 6, 0)),)

    def expand(self, x: Tensor) -> Tensor:
        return x * clip(x + 3, 0, 6) / 6


def hard_gate(x: Array, out: Array) -> Array:
    """Write ``relu6(x + 3) / 6``, so that it is exactly 0 and 1 beyond the kinks."""
    np.add(x, scalar(3.0, x.dtype), out=out)
    bounded(out, 0.0, 6.0, out)
    return np.divide(out, scalar(6.0, x.dtype), out=out)


def relu6(x: TensorLike) -> Tensor:
    """Rectified linear unit that saturates: ``min(max(x, 0), 6)``.

    Its derivative at the kinks, 0 and 6, is 0. Krizhevsky, "Convolutional deep belief networks on
    CIFAR-10" (2010).

    Args:
        x: Tensor of any shape; integers are converted to float32.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.relu6([-1.0, 2.0, 7.0]))
        array([0., 2., 6.], dtype=float32)
    """
    return Relu6()(x)


def hard_tanh(x: TensorLike) -> Tensor:
    """Piecewise linear tanh: ``min(max(x, -1), 1)``; its derivative at the kinks is 0.

    Collobert, "Large scale machine learning" (2004).

    Args:
        x: Tensor of any shape; integers are converted to float32.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.hard_tanh([-2.0, 0.5]))
        array([-1. ,  0.5], dtype=float32)
    """
    return HardTanh()(x)


def hard_sigmoid(x: TensorLike) -> Tensor:
    """Piecewise linear sigmoid: ``relu6(x + 3) / 6``; its derivative at the kinks, ±3, is 0.

    Howard et al., "Searching for MobileNetV3" (2019).

    Args:
        x: Tensor of any shape; integers are converted to float32.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.hard_sigmoid([-4.0, 0.0, 1.5]))
        array([0.  , 0.5 , 0.75], dtype=float32)
    """
    return HardSigmoid()(x)


def hard_swish(x: TensorLike) -> Tensor:
    """Piecewise quadratic silu: ``x * hard_sigmoid(x)``.

    Its derivative at the kinks is that of the outer side: 0 at -3 and 1 at 3. Howard et al.,
    "Searching for MobileNetV3" (2019).

    Args:
        x: Tensor of any shape; integers are converted to float32.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.hard_swish([-4.0, 1.5]))
        array([-0.   ,  1.125], dtype=float32)
    """
    return HardSwish()(x)
