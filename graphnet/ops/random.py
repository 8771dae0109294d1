"""Random draws, each a function of the session's seed, the node's name and the step.

Adding a draw never changes the numbers of another, and neither does optimization. Renaming one
does: its name is what its numbers are drawn by.
"""

from collections.abc import Sequence
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from graphnet.errors import DTypeError, GraphError, ShapeError
from graphnet.ir.context import creation_site
from graphnet.ir.node import Node
from graphnet.ir.op import Op
from graphnet.ir.spec import DEFAULT_FLOAT, Spec, as_dtype, as_shape, show_shape
from graphnet.ir.tensor import Tensor, describe
from graphnet.ir.traits import Effect, Memory, Sample, f32
from graphnet.kernels import rng
from graphnet.kernels.rng import Key
from graphnet.typing import Array, Dimension, DType

__all__ = ["bernoulli", "normal", "truncated_normal", "uniform"]

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


class Uniform(Draw):
    """Numbers drawn evenly from [low, high)."""

    name = "uniform"
    low: float = 0.0
    high: float = 1.0
    samples = (
        Sample(shape=(2, 3)),
        Sample(shape=(), low=-1.0),
        Sample(shape=(0, 3), dtype=F64),
        Sample(f32(2, 3), high=3.0),
    )

    def check(self) -> None:
        super().check()
        largest = float(np.finfo(self.dtype).max)
        inside = -largest <= self.low < self.high <= largest and self.high - self.low <= largest
        if not inside or self.dtype.type(self.low) == self.dtype.type(self.high):
            raise GraphError(
                f"there is no {self.dtype} in the interval [{self.low}, {self.high})",
                hint="low must be below high, and their difference finite",
            )

    def draw(self, key: Key, shape: tuple[int, ...], out: Array | None) -> Array:
        return rng.uniform(key, shape, self.dtype, self.low, self.high, out)


class Normal(Draw):
    """Numbers drawn from the normal distribution N(mean, standard_deviation²)."""

    name = "normal"
    mean: float = 0.0
    standard_deviation: float = 1.0
    samples = (
        Sample(shape=(2, 3)),
        Sample(shape=(), mean=-1.0),
        Sample(shape=(0, 3), dtype=F64),
        Sample(f32(2, 3), standard_deviation=0.1),
    )

    def check(self) -> None:
        super().check()
        check_bell(self.mean, self.standard_deviation)

    def draw(self, key: Key, shape: tuple[int, ...], out: Array | None) -> Array:
        return rng.normal(key, shape, self.dtype, self.mean, self.standard_deviation, out)


class TruncatedNormal(Draw):
    """Numbers drawn from N(mean, standard_deviation²) without what lies beyond two deviations."""

    name = "truncated_normal"
    mean: float = 0.0
    standard_deviation: float = 1.0
    samples = Normal.samples

    def check(self) -> None:
        super().check()
        check_bell(self.mean, self.standard_deviation)

    def draw(self, key: Key, shape: tuple[int, ...], out: Array | None) -> Array:
        return rng.truncated_normal(key, shape, self.dtype, self.mean, self.standard_deviation, out)


class Bernoulli(Draw):
    """True with a probability, else False."""

    name = "bernoulli"
    dtype: DType = np.dtype(np.bool_)
    probability: float = 0.5
    samples = (
        Sample(shape=(2, 3)),
        Sample(shape=(), probability=1.0),
        Sample(shape=(0, 3)),
        Sample(f32(2, 3), probability=0.1),
    )

    def check(self) -> None:
        if self.dtype != np.bool_:
            raise DTypeError(
                f"booleans are drawn, not {self.dtype}", hint=f"use gn.cast(..., gn.{self.dtype})"
            )
        if not 0 <= self.probability <= 1:
            raise GraphError(
                f"{self.probability} is not a probability", hint="give a number from 0 to 1"
            )

    def draw(self, key: Key, shape: tuple[int, ...], out: Array | None) -> Array:
        return rng.bernoulli(key, shape, self.probability, out)


def check_bell(mean: float, standard_deviation: float) -> None:
    """Raise a GraphError if there is no such normal distribution."""
    if not (isfinite(mean) and isfinite(standard_deviation) and standard_deviation >= 0):
        raise GraphError(
            f"there is no normal distribution of mean {mean} "
            f"and standard deviation {standard_deviation}",
            hint="both must be finite, and the deviation not negative",
        )


def uniform(
    shape: Extents | None = None,
    low: float = 0.0,
    high: float = 1.0,
    dtype: DTypeLike = DEFAULT_FLOAT,
    name: str | None = None,
    *,
    like: Tensor | None = None,
) -> Tensor:
    r"""Draw evenly from an interval, new numbers in every run.

    :math:`y \sim U[\mathrm{low}, \mathrm{high})`

    Args:
        shape: Extents of the result.
        low: Smallest number that can be drawn.
        high: Bound above all numbers.
        dtype: float32 or float64.
        name: Label; together with the seed, it decides which numbers are drawn.
        like: In place of ``shape``, a tensor whose shape is taken, which may be unknown.

    Raises:
        ShapeError: An extent is unknown, or both or none of ``shape`` and ``like`` are given.
        GraphError: No number lies in the interval, or a bound is a tensor.
        DTypeError: The dtype is another one.

    Example:
        >>> import graphnet as gn
        >>> x = gn.random.uniform((2, 3), low=5, high=6)
        >>> gn.evaluate(gn.floor(x))
        array([[5., 5., 5.],
               [5., 5., 5.]], dtype=float32)
    """
    bounds = number("uniform", "low", low), number("uniform", "high", high)
    op = Uniform(extents("uniform", shape, like), as_dtype(dtype), *bounds)
    return place(op, like, name)


def normal(
    shape: Extents | None = None,
    mean: float = 0.0,
    standard_deviation: float = 1.0,
    dtype: DTypeLike = DEFAULT_FLOAT,
    name: str | None = None,
    *,
    like: Tensor | None = None,
) -> Tensor:
    r"""Draw from a normal distribution, new numbers in every run.

    :math:`y \sim N(\mathrm{mean}, \mathrm{standard\_deviation}^2)`

    Args:
        shape: Extents of the result.
        mean: Center of the distribution.
        standard_deviation: Its width.
        dtype: float32 or float64.
        name: Label; together with the seed, it decides which numbers are drawn.
        like: In place of ``shape``, a tensor whose shape is taken, which may be unknown.

    Raises:
        ShapeError: An extent is unknown, or both or none of ``shape`` and ``like`` are given.
        GraphError: The deviation is negative, or a parameter is infinite or a tensor.
        DTypeError: The dtype is another one.

    Example:
        >>> import graphnet as gn
        >>> x = gn.placeholder((None, 2))
        >>> x + gn.random.normal(like=x, standard_deviation=0.1)
        <tensor 'add' float32[None, 2]>
    """
    op = Normal(
        extents("normal", shape, like),
        as_dtype(dtype),
        number("normal", "mean", mean),
        number("normal", "standard_deviation", standard_deviation),
    )
    return place(op, like, name)


def truncated_normal(
    shape: Extents | None = None,
    mean: float = 0.0,
    standard_deviation: float = 1.0,
    dtype: DTypeLike = DEFAULT_FLOAT,
    name: str | None = None,
    *,
    like: Tensor | None = None,
) -> Tensor:
    """Draw from a normal distribution without what lies beyond two standard deviations.

    The distribution is that of drawing again until a number lies within.

    Args:
        shape: Extents of the result.
        mean: Center of the distribution.
        standard_deviation: Width of the full distribution; what is left has 0.8796 of it.
        dtype: float32 or float64.
        name: Label; together with the seed, it decides which numbers are drawn.
        like: In place of ``shape``, a tensor whose shape is taken, which may be unknown.

    Raises:
        ShapeError: An extent is unknown, or both or none of ``shape`` and ``like`` are given.
        GraphError: The deviation is negative, or a parameter is infinite or a tensor.
        DTypeError: The dtype is another one.

    Example:
        >>> import graphnet as gn
        >>> weight = gn.Variable(gn.random.truncated_normal((784, 100), standard_deviation=0.05))
        >>> weight
        <variable 'variable' float32[784, 100]>
    """
    op = TruncatedNormal(
        extents("truncated_normal", shape, like),
        as_dtype(dtype),
        number("truncated_normal", "mean", mean),
        number("truncated_normal", "standard_deviation", standard_deviation),
    )
    return place(op, like, name)


def bernoulli(
    shape: Extents | None = None,
    probability: float = 0.5,
    name: str | None = None,
    *,
    like: Tensor | None = None,
) -> Tensor:
    """Draw True with a probability, else False, new ones in every run.

    Args:
        shape: Extents of the result.
        probability: Of True, 0 to 1; rounded to a multiple of 2⁻³².
        name: Label; together with the seed, it decides which values are drawn.
        like: In place of ``shape``, a tensor whose shape is taken, which may be unknown.

    Raises:
        ShapeError: An extent is unknown, or both or none of ``shape`` and ``like`` are given.
        GraphError: The probability is not from 0 to 1, or a tensor.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.random.bernoulli((3,), probability=1))
        array([ True,  True,  True])
    """
    op = Bernoulli(
        extents("bernoulli", shape, like),
        probability=number("bernoulli", "probability", probability),
    )
    return place(op, like, name)


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
