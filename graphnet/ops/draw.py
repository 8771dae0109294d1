"""What all random draws have in common."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from graphnet.errors import DTypeError, GraphError, ShapeError
from graphnet.ir.context import creation_site
from graphnet.ir.node import Node
from graphnet.ir.op import Op
from graphnet.ir.spec import DEFAULT_FLOAT, Spec, as_shape, show_shape
from graphnet.ir.tensor import Tensor, describe
from graphnet.ir.traits import Effect, Memory
from graphnet.kernels.rng import Key
from graphnet.typing import Array, Dimension, DType

__all__ = ["DRAWN", "F64", "Draw", "Extents", "extents", "number", "place"]

Extents = int | Sequence[Dimension]
DRAWN = (np.dtype(np.float32), np.dtype(np.float64))
F64 = DRAWN[1]


class Draw(Op):
    """Base of the draws: independent numbers in a given shape, or in that of an operand.

    Attributes:
        shape: The extents; None where they are those of the operand ``like``.
        dtype: Dtype of the numbers.
    """

    shape: tuple[int, ...] | None = None
    dtype: DType = DEFAULT_FLOAT
    memory = Memory.INTO
    effect = Effect.RANDOM

    def infer(self, *like: Spec) -> Spec:
        """Take the shape given, or that of the operand."""
        self.check()
        return Spec(like[0].shape if self.shape is None else self.shape, self.dtype)

    def kernel(self, *like: Array, key: Key, out: Array | None = None) -> Array:
        """Draw in the shape given, or in that of the operand."""
        return self.draw(key, like[0].shape if self.shape is None else self.shape, out)

    def vjp(self, node: Node, dy: Tensor) -> tuple[None, ...]:
        """Let nothing flow back: an operand gives only its shape."""
        return (None,) * len(node.inputs)

    def check(self) -> None:
        """Raise a GraphError if a static argument is not valid."""
        if self.dtype not in DRAWN:
            raise DTypeError(
                f"numbers are drawn as float32 or float64, not {self.dtype}",
                hint=f"draw float32 and use gn.cast(..., gn.{self.dtype})",
            )

    def draw(self, key: Key, shape: tuple[int, ...], out: Array | None) -> Array:
        """Fill ``out``, or a new array."""
        raise NotImplementedError


def place(op: Draw, like: Tensor | None, name: str | None) -> Tensor:
    """Give the draw, with the operand that it takes its shape from, if there is one."""
    return op(name=name) if like is None else op(like, name=name)


def extents(op: str, shape: Extents | None, like: Tensor | None) -> tuple[int, ...] | None:
    """Give the shape of a draw as numbers; None where it is that of ``like``."""
    if (shape is None) == (like is None):
        raise ShapeError(
            f"{op}: {'neither shape nor' if like is None else 'both shape and'} like are given",
            at=str(creation_site()),
            hint="give one: shape=(2, 3) or like=tensor",
        )
    found = () if shape is None else as_shape(shape)
    numbers = tuple(extent for extent in found if isinstance(extent, int))
    if len(numbers) < len(found):
        raise ShapeError(
            f"{op}: the shape {show_shape(found)} is not known before running",
            at=str(creation_site()),
            hint="give like=tensor, whose shape is then taken when running",
        )
    return None if shape is None else numbers


def number(op: str, parameter: str, value: Any) -> float:
    """Give a parameter of a draw as a Python float.

    Raises:
        GraphError: It is a tensor.
    """
    if isinstance(value, Tensor):
        raise GraphError(
            f"{op}: {parameter} must be a number, not a tensor",
            at=str(creation_site()),
            rows=[describe(value)],
            hint="draw with fixed parameters, then scale and shift: mean + width * draw",
        )
    return float(value)
