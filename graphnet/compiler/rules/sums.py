"""Rules of sums: as few elements as possible are added up, and products by one call.

The sum of all elements does not depend on their order, which frees it of everything that only
moves elements around. Sums and products of sums are only taken apart where nothing can cancel that
did not cancel before.
"""

import math
from collections.abc import Sequence

import numpy as np

from graphnet.compiler.rules.known import factor, is_wide
from graphnet.compiler.rules.registry import rule
from graphnet.compiler.rules.uses import used_once
from graphnet.ir.node import Node
from graphnet.ir.spec import static
from graphnet.ir.tensor import Tensor
from graphnet.ops.arithmetic import Multiply, Negative, Subtract
from graphnet.ops.cross_entropy import WeightedSum
from graphnet.ops.elementwise import Exp, Log, Square
from graphnet.ops.linalg import Vdot
from graphnet.ops.reduce import Sum
from graphnet.ops.reduction import Reduction
from graphnet.ops.shape import ExpandDims, Flatten, Reshape, Squeeze, Transpose
from graphnet.ops.statistics import Mean

__all__: list[str] = []

LONGEST_PRODUCT = 1 << 14
"""Terms up to which BLAS adds up float32 well: one after the other, where NumPy adds in pairs."""

SINGLE = np.dtype(np.float32).itemsize

REARRANGED = (Reshape, Flatten, ExpandDims, Squeeze, Transpose)


@rule("sum", "mean", "prod", "max", "min")
def drop_reduction(node: Node) -> Tensor | None:
    """sum(x, axes) → reshape(x), where there is one element along the axes"""
    op, (x,), (result,) = node.op, node.inputs, node.outputs
    assert isinstance(op, Reduction), "please report: a rule applied where it does not fit"
    if x.dtype != result.dtype or any(x.shape[axis] != 1 for axis in op.axis):
        return None
    return reshaped(x, static(result.shape)) if x.spec.is_static else None


@rule("mean")
def mean_as_sum(node: Node) -> Tensor | None:
    """mean(x, axes) → multiply(sum(x, axes), 1 / n)"""
    op, (x,), (result,) = node.op, node.inputs, node.outputs
    assert isinstance(op, Mean), "please report: a rule applied where it does not fit"
    if not (x.spec.is_static and is_wide(x)):
        return None
    count = math.prod(static(x.shape)[axis] for axis in op.axis)
    if not count:
        return None
    inverse = np.asarray(1 / count, x.dtype)
    if len(op.axis) < x.ndim:
        return Sum(op.axis, op.keepdims)(x) * inverse
    return reshaped(total(x) * inverse, static(result.shape))


@rule("sum")
def sum_of_all(node: Node) -> Tensor | None:
    """sum(multiply(x, c)) → multiply(sum(x), c); sum(multiply(x, y)) → vdot(x, y); and so on"""
    op, (x,), (result,) = node.op, node.inputs, node.outputs
    assert isinstance(op, Sum), "please report: a rule applied where it does not fit"
    if len(op.axis) < x.ndim or not x.spec.is_static:
        return None
    simpler = simpler_total(x)
    return None if simpler is None else reshaped(simpler, static(result.shape))


@rule("sum", operand=("multiply", "negative"))
def sum_before_factor(node: Node) -> Tensor | None:
    """sum(multiply(x, c), axes) → multiply(sum(x, axes), c) for a number c; likewise negative"""
    (x,) = node.inputs
    if not (is_wide(x) and used_once(x)):
        return None
    match x.node:
        case Node(Multiply(), (y, c)) if factor(c) is not None:
            return node.op(y) * c
        case Node(Negative(), (y,)):
            return -node.op(y)
    return None


def total(x: Tensor, *, alone: bool = True) -> Tensor:
    """Give the sum of all elements.

    Args:
        x: What is added up.
        alone: Whether nobody else uses what ``x`` is used for.
    """
    simpler = simpler_total(x, alone=alone)
    return Sum(tuple(range(x.ndim)))(x) if simpler is None else simpler


def simpler_total(x: Tensor, *, alone: bool = True) -> Tensor | None:
    """Give the sum of all elements, made of simpler sums; None where there is nothing simpler."""
    alone = alone and used_once(x)
    if isinstance(x.node.op, REARRANGED) or (isinstance(x.node.op, Sum) and alone):
        return total(x.node.inputs[0], alone=alone)
    return total_of_floats(x, alone=alone) if is_wide(x) else None


def total_of_floats(x: Tensor, *, alone: bool) -> Tensor | None:
    """Give what ``simpler_total`` gives where additions may round differently."""
    match x.node:
        case Node(Multiply(), (y, c)) if factor(c) is not None:
            return total(y, alone=alone) * c
        case Node(Multiply(), (y, z)) if y.shape == z.shape and is_short(x):
            return Vdot()(y, z)
        case Node(Square(), (y,)) if is_short(x):
            return Vdot()(y, y)
        case Node(Negative(), (y,)):
            return -total(y, alone=alone)
        case Node(WeightedSum(True), (weights, values)) if alone and is_short(values):
            return WeightedSum()(weights, values)
        case Node(Subtract(), (largest, wanted)) if alone:
            return total_of_losses(largest, wanted)
    return None


def total_of_losses(normalizers: Tensor, wanted: Tensor) -> Tensor | None:
    """Give Σ (s · log r - Σ w · v) as two sums, for s = Σ w and r = Σ exp(v) along the last axis.

    Only this difference may be taken apart: v is not positive, and log r not negative, so that
    both sums add up what was of one sign before.
    """
    match normalizers.node, wanted.node:
        case (
            Node(Multiply(), (s, Tensor(node=Node(Log(), (r,))) as logarithm)),
            Node(WeightedSum(True), (w, v)),
        ) if is_sum_of(s, w) and is_sum_of_exponentials(r, v) and is_short(v):
            return Vdot()(s, logarithm) - WeightedSum()(w, v)
    return None


def is_sum_of(s: Tensor, w: Tensor) -> bool:
    """Whether ``s`` is a sum of ``w`` along some axes."""
    return isinstance(s.node.op, Sum) and s.node.inputs[0] is w


def is_sum_of_exponentials(r: Tensor, v: Tensor) -> bool:
    """Whether ``r`` is a sum of ``exp(v)`` along some axes."""
    match r.node:
        case Node(Sum(), (Tensor(node=Node(Exp(), (power,))),)):
            return power is v
    return False


def is_short(x: Tensor) -> bool:
    """Whether BLAS may add up all elements."""
    return x.dtype.itemsize > SINGLE or (x.spec.size or 0) <= LONGEST_PRODUCT


def reshaped(x: Tensor, shape: Sequence[int]) -> Tensor:
    """Give ``x`` in another shape, or itself."""
    return x if x.shape == shape else Reshape(tuple(shape))(x)
