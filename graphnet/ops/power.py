"""Powers, with gradients that are finite where the powers are."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from graphnet.errors import DTypeError
from graphnet.ir.context import creation_site
from graphnet.ir.convert import is_weak
from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor, TensorLike, describe
from graphnet.ir.traits import Sample, f32, i64
from graphnet.kernels.elementwise import whole_power
from graphnet.ops.arithmetic import as_numbers
from graphnet.ops.elementwise import log
from graphnet.ops.families import Binary, promote_operands
from graphnet.ops.like import unbroadcast
from graphnet.ops.select import where
from graphnet.ops.sources import Constant
from graphnet.typing import Array

__all__ = ["power"]

# np.power takes up to a hundred times as long for these; it has a shortcut of its own for -1.
WHOLE = frozenset(map(float, (*range(-8, -1), *range(2, 9))))


class Power(Binary):
    """x to the power y."""

    name = "power"
    inplace = ()
    identity = 1.0
    samples = (
        Sample(f32(2, 3, low=0.5), f32(2, 3)),
        Sample(f32(2, 3, low=0.5), f32(3)),
        Sample(f32(2, 1, low=0.5), f32()),
        Sample(f32(low=0.5), f32(2)),
        Sample(i64(3), i64(3, low=0)),
        Sample(f32(0, 3), f32(3)),
    )

    def convert(self, graph: Graph, operands: Sequence[Any]) -> tuple[Tensor, ...]:
        x, y = as_numbers(promote_operands(graph, operands))
        if x.dtype.kind in "iu" and is_weak(operands[1]) and operands[1] < 0:
            raise DTypeError(
                f"power: integers have no integer power {operands[1]}",
                at=str(creation_site()),
                rows=[describe(x, "x")],
                hint=f"use {float(operands[1])} or gn.cast(x, gn.float32)",
            )
        return x, y

    def kernel(self, x: Array, y: Array, out: Array | None = None) -> Any:
        if not y.ndim and x.dtype.kind == "f" and float(y) in WHOLE:
            return whole_power(x, int(y), out)
        return np.power(x, y, out=out)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, Tensor]:
        x, y = node.inputs
        base = where(x <= 0, 1, x)
        by_exponent = base**y * log(base)
        return (
            unbroadcast(dy * y * x ** lowered_exponent(x, y), x, y),
            unbroadcast(dy * by_exponent, y, x),
        )


def lowered_exponent(x: Tensor, y: Tensor) -> Any:
    """Give ``y - 1``, but 0 where ``x`` and ``y`` are 0, since ``0 * 0**-1`` is not a number."""
    if isinstance(y.node.op, Constant) and y.node.op.value.all():
        return y.node.op.value - y.node.op.value.dtype.type(1)
    return where((x == 0) & (y == 0), 0, y - 1)


def power(x: TensorLike, y: TensorLike) -> Tensor:
    """Raise ``x`` to the power ``y`` elementwise.

    The derivative with respect to ``x`` is ``y * x**(y - 1)``, and 0 where both are 0. With respect
    to ``y`` it is ``x**y * log(x)`` where ``x`` is positive, and 0 elsewhere, where the power is
    constant or not differentiable.

    Args:
        x: Tensor that broadcasts with ``y``; booleans count as int8.
        y: Tensor that broadcasts with ``x``.

    Raises:
        ShapeError: The shapes do not broadcast.
        DTypeError: Integers are raised to a negative Python integer.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.power([1.0, -2.0], 3))
        array([ 1., -8.], dtype=float32)
    """
    return Power()(x, y)
