"""Comparisons of two numbers, and questions about one; the results are booleans."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from graphnet.ir.convert import is_weak
from graphnet.ir.graph import Graph
from graphnet.ir.spec import Spec
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.ir.traits import Sample, boolean, f32, i64
from graphnet.ops.families import Binary, Unary, common_dtype, promote_operands

__all__ = [
    "equal",
    "greater",
    "greater_equal",
    "isfinite",
    "isinf",
    "isnan",
    "less",
    "less_equal",
    "not_equal",
]

BOOL = np.dtype(np.bool_)


class Comparison(Binary):
    """A comparison of two operands that broadcast and are promoted to one dtype."""

    result = BOOL
    inplace = ()
    samples = (
        Sample(f32(2, 3), f32(2, 3)),
        Sample(i64(2, 3), i64(3)),
        Sample(boolean(2, 1), boolean(3)),
        Sample(f32(), f32(2)),
        Sample(f32(0, 3), f32(3)),
    )

    def convert(self, graph: Graph, operands: Sequence[Any]) -> tuple[Tensor, ...]:
        """Promote the operands; Python integers may lie outside of the other operand's range."""
        return promote_operands(graph, list(widened(operands)))


class Predicate(Unary):
    """A question about each number."""

    floating = False
    inplace = ()
    samples = (Sample(f32(2, 3)), Sample(f32()), Sample(i64(3)), Sample(f32(0, 3)))

    def infer(self, x: Spec) -> Spec:
        """Keep the shape."""
        return x.with_dtype(BOOL)


def widened(operands: Sequence[Any]) -> Iterator[Any]:
    """Give Python integers that the other operand's dtype cannot hold as 64-bit integers.

    A comparison with such a number has an answer, as in NumPy, where arithmetic has an error.
    """
    dtype = common_dtype(operands)
    for operand in operands:
        outside = dtype.kind in "iu" and is_weak(operand) and not fits(operand, dtype)
        yield np.asarray(operand) if outside else operand


def fits(number: int, dtype: np.dtype[Any]) -> bool:
    """Whether an integer dtype can hold a number."""
    limits = np.iinfo(dtype)
    return int(limits.min) <= number <= int(limits.max)


class Equal(Comparison):
    """Whether x = y."""

    name = "equal"
    commutative = True
    ufunc = np.equal


class NotEqual(Comparison):
    """Whether x ≠ y."""

    name = "not_equal"
    commutative = True
    ufunc = np.not_equal


class Less(Comparison):
    """Whether x < y."""

    name = "less"
    ufunc = np.less


class LessEqual(Comparison):
    """Whether x ≤ y."""

    name = "less_equal"
    ufunc = np.less_equal


class Greater(Comparison):
    """Whether x > y."""

    name = "greater"
    ufunc = np.greater


class GreaterEqual(Comparison):
    """Whether x ≥ y."""

    name = "greater_equal"
    ufunc = np.greater_equal


class IsNan(Predicate):
    """Whether x is not a number."""

    name = "isnan"
    ufunc = np.isnan


class IsFinite(Predicate):
    """Whether x is neither infinite nor NaN."""

    name = "isfinite"
    ufunc = np.isfinite


class IsInf(Predicate):
    """Whether x is infinite."""

    name = "isinf"
    ufunc = np.isinf


def equal(x: TensorLike, y: TensorLike) -> Tensor:
    """Tell elementwise whether two operands are equal, as ``x == y`` does.

    NaN equals nothing, not even NaN.

    Args:
        x: Tensor that broadcasts with ``y``.
        y: Tensor that broadcasts with ``x``.

    Raises:
        ShapeError: The shapes do not broadcast.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.equal([1, 2, 3], 2))
        array([False,  True, False])
    """
    return Equal()(x, y)


def not_equal(x: TensorLike, y: TensorLike) -> Tensor:
    """Tell elementwise whether two operands differ, as ``x != y`` does.

    Args:
        x: Tensor that broadcasts with ``y``.
        y: Tensor that broadcasts with ``x``.

    Raises:
        ShapeError: The shapes do not broadcast.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.not_equal([1, 2, 3], 2))
        array([ True, False,  True])
    """
    return NotEqual()(x, y)


def less(x: TensorLike, y: TensorLike) -> Tensor:
    """Tell elementwise whether ``x < y``.

    Args:
        x: Tensor that broadcasts with ``y``.
        y: Tensor that broadcasts with ``x``.

    Raises:
        ShapeError: The shapes do not broadcast.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.less([1, 2, 3], 2))
        array([ True, False, False])
    """
    return Less()(x, y)


def less_equal(x: TensorLike, y: TensorLike) -> Tensor:
    """Tell elementwise whether ``x <= y``.

    Args:
        x: Tensor that broadcasts with ``y``.
        y: Tensor that broadcasts with ``x``.

    Raises:
        ShapeError: The shapes do not broadcast.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.less_equal([1, 2, 3], 2))
        array([ True,  True, False])
    """
    return LessEqual()(x, y)


def greater(x: TensorLike, y: TensorLike) -> Tensor:
    """Tell elementwise whether ``x > y``.

    Args:
        x: Tensor that broadcasts with ``y``.
        y: Tensor that broadcasts with ``x``.

    Raises:
        ShapeError: The shapes do not broadcast.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.greater([1, 2, 3], 2))
        array([False, False,  True])
    """
    return Greater()(x, y)


def greater_equal(x: TensorLike, y: TensorLike) -> Tensor:
    """Tell elementwise whether ``x >= y``.

    Args:
        x: Tensor that broadcasts with ``y``.
        y: Tensor that broadcasts with ``x``.

    Raises:
        ShapeError: The shapes do not broadcast.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.greater_equal([1, 2, 3], 2))
        array([False,  True,  True])
    """
    return GreaterEqual()(x, y)


def isnan(x: TensorLike) -> Tensor:
    """Tell elementwise whether a number is NaN.

    Args:
        x: Tensor of any shape.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.isnan([1.0, float("nan"), float("inf")]))
        array([False,  True, False])
    """
    return IsNan()(x)


def isfinite(x: TensorLike) -> Tensor:
    """Tell elementwise whether a number is neither infinite nor NaN.

    Args:
        x: Tensor of any shape.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.isfinite([1.0, float("nan"), float("inf")]))
        array([ True, False, False])
    """
    return IsFinite()(x)


def isinf(x: TensorLike) -> Tensor:
    """Tell elementwise whether a number is infinite, of either sign.

    Args:
        x: Tensor of any shape.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.isinf([1.0, float("nan"), float("inf")]))
        array([False, False,  True])
    """
    return IsInf()(x)
