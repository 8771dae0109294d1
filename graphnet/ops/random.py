"""Random draws, each a function of the session's seed, the node's name and the step.

Adding a draw never changes the numbers of another, and neither does optimization. Renaming one
does: its name is what its numbers are drawn by.
"""

from math import isfinite

import numpy as np
from numpy.typing import DTypeLike

from graphnet.errors import DTypeError, GraphError, ShapeError
from graphnet.ir.spec import DEFAULT_FLOAT, Spec, as_dtype, show_shape
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Sample, f32
from graphnet.kernels import rng
from graphnet.kernels.rng import Key
from graphnet.ops.draw import F64, Draw, Extents, extents, number, place
from graphnet.typing import Array, DType

__all__ = ["bernoulli", "normal", "orthogonal", "truncated_normal", "uniform"]


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


class Orthogonal(Draw):
    """A matrix whose columns, or rows if there are fewer of them, are orthonormal."""

    name = "orthogonal"
    samples = (
        Sample(shape=(3, 3)),
        Sample(shape=(2, 4), dtype=F64),
        Sample(shape=(0, 3)),
        Sample(f32(4, 2)),
    )

    def infer(self, *like: Spec) -> Spec:
        spec = super().infer(*like)
        if spec.ndim != 2:
            raise ShapeError(
                f"{show_shape(spec.shape)} is not the shape of a matrix", hint="give two extents"
            )
        return spec

    def draw(self, key: Key, shape: tuple[int, ...], out: Array | None) -> Array:
        return rng.orthogonal(key, shape, self.dtype, out)


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


def orthogonal(
    shape: Extents | None = None,
    dtype: DTypeLike = DEFAULT_FLOAT,
    name: str | None = None,
    *,
    like: Tensor | None = None,
) -> Tensor:
    """Draw an orthogonal matrix, evenly from all of them, a new one in every run.

    Where it is not square, its columns are orthonormal, or its rows if there are fewer of them. It
    is made by a QR factorization of normal numbers, whose signs are chosen as in F. Mezzadri, "How
    to generate random matrices from the classical compact groups", Notices of the AMS 54 (2007).
    The normal numbers are the same on every machine; the factorization, computed in float64, may
    differ in its rounding.

    Args:
        shape: Extents of the result, two of them.
        dtype: float32 or float64.
        name: Label; together with the seed, it decides which matrix is drawn.
        like: In place of ``shape``, a matrix whose shape is taken, which may be unknown.

    Raises:
        ShapeError: There are not two extents, or one is unknown, or both or none of ``shape`` and
            ``like`` are given.
        DTypeError: The dtype is another one.

    Example:
        >>> import graphnet as gn
        >>> rotation = gn.random.orthogonal((2, 2))
        >>> gn.evaluate(gn.abs(gn.round(rotation @ rotation.T)))
        array([[1., 0.],
               [0., 1.]], dtype=float32)
    """
    return place(Orthogonal(extents("orthogonal", shape, like), as_dtype(dtype)), like, name)
