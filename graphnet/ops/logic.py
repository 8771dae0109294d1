"""Logic: functions of truth values; any number but 0 is true."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from graphnet.ir.graph import Graph
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.ir.traits import Sample, boolean
from graphnet.ops.families import Binary, Unary, cast_to

__all__ = ["logical_and", "logical_not", "logical_or", "logical_xor"]

BOOL = np.dtype(np.bool_)


class Connective(Binary):
    """A function of two truth values; any number but 0 is true."""

    samples = (
        Sample(boolean(2, 3), boolean(2, 3)),
        Sample(boolean(2, 1), boolean(3)),
        Sample(boolean(), boolean(2)),
        Sample(boolean(0, 3), boolean(3)),
    )

    def convert(self, graph: Graph, operands: Sequence[Any]) -> tuple[Tensor, ...]:
        """Convert the operands to booleans, each for itself."""
        return tuple(cast_to(graph.as_tensor(operand), BOOL) for operand in operands)


class LogicalAnd(Connective):
    """Whether x and y are true."""

    name = "logical_and"
    commutative = True
    identity = 1.0
    absorber = 0.0
    ufunc = np.logical_and


class LogicalOr(Connective):
    """Whether x or y is true, or both are."""

    name = "logical_or"
    commutative = True
    identity = 0.0
    absorber = 1.0
    ufunc = np.logical_or


class LogicalXor(Connective):
    """Whether just one of x and y is true."""

    name = "logical_xor"
    commutative = True
    identity = 0.0
    ufunc = np.logical_xor


class LogicalNot(Unary):
    """Whether x is not true."""

    name = "logical_not"
    floating = False
    ufunc = np.logical_not
    samples = (Sample(boolean(2, 3)), Sample(boolean()), Sample(boolean(0, 3)))

    def convert(self, graph: Graph, operands: Sequence[Any]) -> tuple[Tensor, ...]:
        (x,) = map(graph.as_tensor, operands)
        return (cast_to(x, BOOL),)


def logical_and(x: TensorLike, y: TensorLike) -> Tensor:
    """Tell elementwise whether both operands are true.

    Args:
        x: Tensor that broadcasts with ``y``; any number but 0 is true.
        y: Tensor that broadcasts with ``x``; any number but 0 is true.

    Raises:
        ShapeError: The shapes do not broadcast.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.logical_and([True, True, False], [True, False, False]))
        array([ True, False, False])
    """
    return LogicalAnd()(x, y)


def logical_or(x: TensorLike, y: TensorLike) -> Tensor:
    """Tell elementwise whether one operand is true, or both are.

    Args:
        x: Tensor that broadcasts with ``y``; any number but 0 is true.
        y: Tensor that broadcasts with ``x``; any number but 0 is true.

    Raises:
        ShapeError: The shapes do not broadcast.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.logical_or([True, True, False], [True, False, False]))
        array([ True,  True, False])
    """
    return LogicalOr()(x, y)


def logical_xor(x: TensorLike, y: TensorLike) -> Tensor:
    """Tell elementwise whether just one operand is true.

    Args:
        x: Tensor that broadcasts with ``y``; any number but 0 is true.
        y: Tensor that broadcasts with ``x``; any number but 0 is true.

    Raises:
        ShapeError: The shapes do not broadcast.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.logical_xor([True, True, False], [True, False, False]))
        array([False,  True, False])
    """
    return LogicalXor()(x, y)


def logical_not(x: TensorLike) -> Tensor:
    """Tell elementwise whether the operand is not true.

    Args:
        x: Tensor of any shape; any number but 0 is true.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.logical_not([True, False]))
        array([False,  True])
    """
    return LogicalNot()(x)
