"""Softmax and its logarithm: exponentials that sum to one along an axis.

An infinite negative element has probability 0. A row without a finite largest element - one of
infinite negative elements only, or with a positive infinity or a NaN in it - has no such
exponentials: all of the row is NaN. Along an empty axis, the result is empty.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.op import Op
from graphnet.ir.spec import Spec, as_float, normalize_axis
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.ir.traits import Memory, Sample, f32
from graphnet.ops.checks import as_tensor
from graphnet.ops.elementwise import exp, log
from graphnet.ops.families import cast_to, require_float
from graphnet.typing import Array

__all__ = ["log_softmax", "shift", "softmax"]


class Normalization(Op):
    """Base of the two: a function of one operand and one axis, which keeps the shape.

    Attributes:
        axis: The axis along which exponentials sum to one.
    """

    axis: int = -1
    memory = Memory.INTO
    inplace = (0,)
    samples = (
        Sample(f32(2, 3)),
        Sample(f32(4, 1, 5), axis=1),
        Sample(f32(2, 3, 2), axis=0),
        Sample(f32(3)),
        Sample(f32(0, 3)),
        Sample(f32(3, 0)),
    )

    def convert(self, graph: Graph, operands: Sequence[Any]) -> tuple[Tensor, ...]:
        """Convert integers to the default float."""
        (x,) = map(graph.as_tensor, operands)
        return (cast_to(x, as_float(x.dtype)),)

    def infer(self, x: Spec) -> Spec:
        """Keep shape and dtype."""
        normalize_axis(self.axis, x.ndim)
        return require_float(x)

    @classmethod
    def of(cls, x: TensorLike, axis: int = -1) -> Tensor:
        """Count the axis from the front."""
        operand = as_tensor(x)
        return cls(normalize_axis(axis, operand.ndim))(operand)


class Softmax(Normalization):
    """exp(x) / Σ exp(x) along an axis."""

    name = "softmax"

    def kernel(self, x: Array, out: Array | None = None) -> Array:
        y = shift(x, self.axis, out)
        np.exp(y, out=y)
        np.divide(y, np.add.reduce(y, self.axis, keepdims=True), out=y)
        return y

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (y,) = node.outputs
        return (y * (dy - (dy * y).sum(self.axis, keepdims=True)),)

    def expand(self, x: Tensor) -> Tensor:
        if x.shape[self.axis] == 0:
            return x
        y = exp(x - x.max(self.axis, keepdims=True))
        return y / y.sum(self.axis, keepdims=True)


class LogSoftmax(Normalization):
    """x - log Σ exp(x) along an axis."""

    name = "log_softmax"

    def kernel(self, x: Array, out: Array | None = None) -> Array:
        y = shift(x, self.axis, out)
        if y.size:
            np.subtract(y, np.log(np.add.reduce(np.exp(y), self.axis, keepdims=True)), out=y)
        return y

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (y,) = node.outputs
        return (dy - exp(y) * dy.sum(self.axis, keepdims=True),)

    def expand(self, x: Tensor) -> Tensor:
        if x.shape[self.axis] == 0:
            return x
        y = x - x.max(self.axis, keepdims=True)
        return y - log(exp(y).sum(self.axis, keepdims=True))


def shift(x: Array, axis: int, out: Array | None = None) -> Array:
    """Subtract the largest element along an axis, so that no exponential overflows."""
    largest = np.maximum.reduce(x, axis, keepdims=True, initial=-np.inf)
    return np.subtract(x, largest, out=np.empty_like(x) if out is None else out)


def softmax(x: TensorLike, axis: int = -1) -> Tensor:
    r"""Give positive numbers that sum to one along an axis, in proportion to the exponentials.

    :math:`y_i = \exp(x_i) / \sum_j \exp(x_j)`

    Elements of -∞ give 0. Where the largest element is not finite, the whole row is NaN.

    Args:
        x: Tensor of one axis or more; integers are converted to float32.
        axis: The axis along which the result sums to one.

    Raises:
        ShapeError: There is no such axis.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.softmax([0.0, 0.0, 0.6931472]))
        array([0.25, 0.25, 0.5 ], dtype=float32)
    """
    return Softmax.of(x, axis)


def log_softmax(x: TensorLike, axis: int = -1) -> Tensor:
    r"""Give the logarithm of softmax, exact also where softmax is too small for its dtype.

    :math:`y_i = x_i - \log \sum_j \exp(x_j)`

    Elements of -∞ give -∞. Where the largest element is not finite, the whole row is NaN.

    Args:
        x: Tensor of one axis or more; integers are converted to float32.
        axis: The axis along which the exponentials of the result sum to one.

    Raises:
        ShapeError: There is no such axis.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.log_softmax([1000.0, 0.0]))
        array([    0., -1000.], dtype=float32)
    """
    return LogSoftmax.of(x, axis)
