"""Means, variances and the logarithm of a sum of exponentials, along axes."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.spec import Spec, as_float
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.ir.traits import Sample, f32
from graphnet.ops.elementwise import exp
from graphnet.ops.families import cast_to, require_float
from graphnet.ops.reduction import Reduction, count, divisor, kept, spread
from graphnet.ops.select import maximum
from graphnet.typing import Array

__all__ = ["logsumexp", "mean", "variance"]

add_up: Callable[..., Any] = np.add.reduce


class Mean(Reduction):
    """Σ x / n along the axes, where n is their number of elements."""

    name = "mean"
    samples = (*Reduction.samples, Sample(f32(3, 0), axis=(0,)))

    def convert(self, graph: Graph, operands: Sequence[Any]) -> tuple[Tensor, ...]:
        return floating(graph, operands)

    def infer(self, x: Spec) -> Spec:
        return super().infer(require_float(x))

    def kernel(self, x: Array, out: Array | None = None) -> Any:
        if x.dtype == np.float16:  # whose sums overflow; NumPy adds them up as float32, too
            total = add_up(x, self.axis, np.float32, None, self.keepdims)
            quotient = np.divide(total, count(x, self.axis), out=out, casting="unsafe")
            return quotient if out is not None else quotient.astype(x.dtype)
        total = add_up(x, self.axis, None, out, self.keepdims)
        return np.divide(total, count(x, self.axis), out=out)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (x,) = node.inputs
        return (spread(dy / divisor(x, self.axis), x, self.axis, keepdims=self.keepdims),)


class Variance(Reduction):
    """Σ (x - mean)² / (n - ddof) along the axes, where n is their number of elements."""

    name = "variance"
    ddof: int = 0
    samples = (
        *Reduction.samples,
        Sample(f32(4, 2), axis=(0,), ddof=1),
        Sample(f32(3, 0), axis=(0,)),
    )

    def convert(self, graph: Graph, operands: Sequence[Any]) -> tuple[Tensor, ...]:
        return floating(graph, operands)

    def infer(self, x: Spec) -> Spec:
        return super().infer(require_float(x))

    def kernel(self, x: Array, out: Array | None = None) -> Any:
        number = count(x, self.axis)
        mean = add_up(x, self.axis, keepdims=True)
        deviation = np.subtract(x, mean / number)
        squares = np.multiply(deviation, deviation)
        total = add_up(squares, self.axis, None, out, self.keepdims)
        return np.divide(total, max(number - self.ddof, 0), out=out)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (x,) = node.inputs
        scale = kept(dy * 2 / divisor(x, self.axis, self.ddof), self.axis, keepdims=self.keepdims)
        return (scale * (x - mean(x, self.axis, keepdims=True)),)


class LogSumExp(Reduction):
    """log Σ exp(x) along the axes, with the largest element taken out of the sum."""

    name = "logsumexp"

    def convert(self, graph: Graph, operands: Sequence[Any]) -> tuple[Tensor, ...]:
        return floating(graph, operands)

    def infer(self, x: Spec) -> Spec:
        return super().infer(require_float(x))

    def kernel(self, x: Array, out: Array | None = None) -> Any:
        limit = np.finfo(x.dtype).max
        largest = np.maximum.reduce(x, self.axis, keepdims=True, initial=-np.inf)
        powers = np.exp(x - np.clip(largest, -limit, limit))
        total = add_up(powers, self.axis, None, out, self.keepdims)
        # The largest element contributes 1 to the sum, unless all are -inf, or there are none.
        logarithm = np.log(np.maximum(total, 1, out=out), out=out)
        return np.add(logarithm, largest.reshape(np.shape(logarithm)), out=out)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (x,), (y,) = node.inputs, node.outputs
        # All elements -inf gives y = -inf, and -inf - -inf would be NaN.
        finite = maximum(y, float(np.finfo(y.dtype).min))
        share = exp(x - kept(finite, self.axis, keepdims=self.keepdims))
        return (kept(dy, self.axis, keepdims=self.keepdims) * share,)


def floating(graph: Graph, operands: Sequence[Any]) -> tuple[Tensor, ...]:
    """Convert integers to the default float."""
    (x,) = map(graph.as_tensor, operands)
    return (cast_to(x, as_float(x.dtype)),)


def mean(
    x: TensorLike, axis: int | Sequence[int] | None = None, *, keepdims: bool = False
) -> Tensor:
    """Average the elements along ``axis``.

    Args:
        x: Tensor of any shape; booleans and integers are converted to float32.
        axis: Axis or axes; all where None.
        keepdims: Whether the axes stay, with extent 1.

    Returns:
        Floating tensor; NaN where there are no elements.

    Raises:
        ShapeError: There is no such axis.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.mean([[1, 2], [3, 4]], axis=0))
        array([2., 3.], dtype=float32)
    """
    return Mean.of(x, axis, keepdims=keepdims)


def variance(
    x: TensorLike,
    axis: int | Sequence[int] | None = None,
    *,
    ddof: int = 0,
    keepdims: bool = False,
) -> Tensor:
    """Average the squared deviations from the mean along ``axis``; NumPy's ``var``.

    Args:
        x: Tensor of any shape; booleans and integers are converted to float32.
        axis: Axis or axes; all where None.
        ddof: What is subtracted from the number of elements to divide by: 1 gives the unbiased
            estimate for a sample.
        keepdims: Whether the axes stay, with extent 1.

    Returns:
        Floating tensor; NaN where there are no more elements than ``ddof``.

    Raises:
        ShapeError: There is no such axis.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.variance([1.0, 2.0, 3.0, 6.0]))
        array(3.5, dtype=float32)
    """
    return Variance.of(x, axis, keepdims=keepdims, ddof=ddof)


def logsumexp(
    x: TensorLike, axis: int | Sequence[int] | None = None, *, keepdims: bool = False
) -> Tensor:
    """Give the logarithm of the sum of the exponentials along ``axis``, without overflow.

    Args:
        x: Tensor of any shape; booleans and integers are converted to float32.
        axis: Axis or axes; all where None.
        keepdims: Whether the axes stay, with extent 1.

    Returns:
        Floating tensor; -inf where all elements are -inf (the gradient is 0 there), and where
        there are no elements.

    Raises:
        ShapeError: There is no such axis.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.logsumexp([1000.0, 1000.0]))
        array(1000.6932, dtype=float32)
    """
    return LogSumExp.of(x, axis, keepdims=keepdims)
