"""Rounding to whole numbers and to decimals; integers stay as they are."""

from typing import Any

import numpy as np

from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.ir.traits import Sample, f32, i64
from graphnet.kernels.elementwise import room
from graphnet.ops.families import Unary
from graphnet.typing import Array

__all__ = ["ceil", "floor", "round"]

SAMPLES = (Sample(f32(2, 3)), Sample(f32()), Sample(i64(3)), Sample(f32(0, 3)))


class Floor(Unary):
    """The largest integer that is not larger than x."""

    name = "floor"
    floating = False
    samples = SAMPLES

    def kernel(self, x: Array, out: Array | None = None) -> Any:
        return np.floor(x, out=out) if x.dtype.kind == "f" else copied(x, out)

    def vjp(self, node: Node, dy: Tensor) -> tuple[None]:
        return (None,)


class Ceil(Unary):
    """The smallest integer that is not smaller than x."""

    name = "ceil"
    floating = False
    samples = SAMPLES

    def kernel(self, x: Array, out: Array | None = None) -> Any:
        return np.ceil(x, out=out) if x.dtype.kind == "f" else copied(x, out)

    def vjp(self, node: Node, dy: Tensor) -> tuple[None]:
        return (None,)


class Round(Unary):
    """x to the nearest multiple of 10 to the power -decimals; halves to the even one."""

    name = "round"
    decimals: int = 0
    floating = False
    samples = (
        *SAMPLES,
        Sample(f32(2, 3), decimals=1),
        Sample(i64(3, low=-99, high=99), decimals=-1),
    )

    def kernel(self, x: Array, out: Array | None = None) -> Any:
        if x.dtype.kind == "f":
            return np.round(x, self.decimals, out=out)
        rounds = x.dtype.kind != "b" and self.decimals < 0
        return copied(np.round(x, self.decimals) if rounds else x, out)

    def vjp(self, node: Node, dy: Tensor) -> tuple[None]:
        return (None,)


def copied(x: Array, out: Array | None) -> Array:
    """Give the elements of ``x`` in ``out`` or new memory."""
    result = room(x, out)
    np.copyto(result, x)
    return result


def floor(x: TensorLike) -> Tensor:
    """Round down, towards minus infinity.

    Constant almost everywhere, so that no gradient flows through it.

    Args:
        x: Tensor of any shape; integers stay integers.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.floor([1.7, -1.7]))
        array([ 1., -2.], dtype=float32)
    """
    return Floor()(x)


def ceil(x: TensorLike) -> Tensor:
    """Round up, towards infinity.

    Constant almost everywhere, so that no gradient flows through it.

    Args:
        x: Tensor of any shape; integers stay integers.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.ceil([1.2, -1.2]))
        array([ 2., -1.], dtype=float32)
    """
    return Ceil()(x)


def round(x: TensorLike, decimals: int = 0) -> Tensor:
    """Round to the nearest number of so many decimals, halves to the even one.

    Constant almost everywhere, so that no gradient flows through it.

    Args:
        x: Tensor of any shape; integers stay integers.
        decimals: Digits behind the point; negative for tens, hundreds and so on.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.round([0.5, 1.5, -2.5]))
        array([ 0.,  2., -2.], dtype=float32)
    """
    return Round(decimals)(x)
