"""Distributions of random numbers that are a function of a key; see :class:`Key`.

Only NumPy's raw streams are stable between releases (NEP 19), hence everything is made from them
here, and only with operations that IEEE 754 rounds correctly: the numbers are the same bit for bit
on every machine and with every NumPy.

Element ``i`` of a draw, counted in C order, depends on the key and ``i`` alone: a larger draw with
the same key begins with the smaller one. So two draws with one key are not independent.

The one exception to both is ``orthogonal``, whose elements depend on each other.
"""

import math
from typing import NamedTuple

import numpy as np

from graphnet.kernels.philox import Key, Transform, draw, stream
from graphnet.kernels.special import normal_quantile
from graphnet.typing import Array, DType

__all__ = [
    "Key",
    "bernoulli",
    "keep_mask",
    "normal",
    "orthogonal",
    "stream",
    "truncated_normal",
    "uniform",
]


class Format(NamedTuple):
    """How random words of ``bits`` bits become floats of one dtype.

    Attributes:
        unsigned: dtype of the words.
        signed: The same words as signed integers.
        bits: Length of a word.
        precision: Length of the float's significand; so many bits make a uniform number.
        rank_bits: So many bits make a normal number; float64 cannot tell more of them apart.
    """

    unsigned: str
    signed: str
    bits: int
    precision: int
    rank_bits: int


FORMATS: dict[DType, Format] = {
    np.dtype(np.float32): Format("<u4", "<i4", 32, 24, 32),
    np.dtype(np.float64): Format("<u8", "<i8", 64, 53, 53),
}


def float_format(name: str, dtype: DType) -> Format:
    """Look up the format of ``dtype``, or raise TypeError in the name of the caller."""
    found = FORMATS.get(dtype)
    if found is None:
        raise TypeError(f"{name}: expected float32 or float64, found {dtype}")
    return found


def uniform(
    key: Key,
    shape: tuple[int, ...],
    dtype: DType,
    low: float = 0.0,
    high: float = 1.0,
    out: Array | None = None,
) -> Array:
    """Draw evenly from the half-open interval ``[low, high)``.

    Args:
        key: What the numbers depend on.
        shape: tuple[int, ...] of the result.
        dtype: float32 or float64; the bounds are rounded to it first.
        low: Smallest number that can be drawn.
        high: Bound above all numbers; never drawn, not even by rounding.
        out: Array of ``shape`` and ``dtype`` to write into.

    Returns:
        ``out``, or a new array.

    Raises:
        TypeError: ``dtype`` is not one of the two.
        ValueError: The interval is empty, or wider than the largest number of ``dtype``.

    Example:
        >>> import numpy as np
        >>> from graphnet.kernels import Key, uniform
        >>> print(uniform(Key(stream=7, step=0), (3,), np.dtype(np.float32)).round(3))
        [0.164 0.872 0.972]
    """
    form = float_format("uniform", dtype)
    first, bound = interval(low, high, dtype)
    quantum = np.array(math.ldexp(float(bound) - float(first), -form.precision), dtype)
    last = np.nextafter(bound, first)

    def fill(words: Array, block: Array) -> None:
        np.right_shift(words, form.bits - form.precision, out=words)
        block[...] = words.view(form.signed)
        np.multiply(block, quantum, out=block)
        np.add(block, first, out=block)
        np.minimum(block, last, out=block)

    return draw(key, np.empty(shape, dtype) if out is None else out, form.unsigned, fill)


def interval(low: float, high: float, dtype: DType) -> Array:
    """Round the bounds of an interval, or raise ValueError if nothing lies between them."""
    largest = float(np.finfo(dtype).max)
    if -largest <= low < high <= largest and high - low <= largest:
        bounds = np.array([low, high], dtype)
        if bounds[0] < bounds[1]:
            return bounds
    raise ValueError(f"uniform: no {dtype} interval from {low} up to {high}")


def normal(
    key: Key,
    shape: tuple[int, ...],
    dtype: DType,
    mean: float = 0.0,
    standard_deviation: float = 1.0,
    out: Array | None = None,
) -> Array:
    """Draw from a normal distribution, by inverting its distribution function.

    The largest deviation that can occur is 6.23 (float32) and 8.21 (float64) standard deviations.

    Args:
        key: What the numbers depend on.
        shape: tuple[int, ...] of the result.
        dtype: float32 or float64.
        mean: Center of the distribution.
        standard_deviation: Its width, not negative.
        out: Array of ``shape`` and ``dtype`` to write into.

    Returns:
        ``out``, or a new array.

    Raises:
        TypeError: ``dtype`` is not one of the two.
        ValueError: The standard deviation is negative.

    Example:
        >>> import numpy as np
        >>> from graphnet.kernels import Key, normal
        >>> print(normal(Key(stream=7, step=0), (3,), np.dtype(np.float32)).round(3))
        [ 0.423 -0.326 -0.07 ]
    """
    target = np.empty(shape, dtype) if out is None else out
    return bell("normal", key, target, mean, standard_deviation, share=1.0)


# Probability within two standard deviations, rounded down in the 15th digit, so that the quantile
# of its end is not above 2 by rounding.
TWO_DEVIATIONS = 0.954499736103641


def truncated_normal(
    key: Key,
    shape: tuple[int, ...],
    dtype: DType,
    mean: float = 0.0,
    standard_deviation: float = 1.0,
    out: Array | None = None,
) -> Array:
    """Draw from a normal distribution without what lies beyond two standard deviations.

    The distribution is that of drawing again until a number is within, at the cost of one draw.

    Args:
        key: What the numbers depend on.
        shape: tuple[int, ...] of the result.
        dtype: float32 or float64.
        mean: Center of the distribution.
        standard_deviation: Width of the full distribution, not negative; what is left has 0.8796
            of it.
        out: Array of ``shape`` and ``dtype`` to write into.

    Returns:
        ``out``, or a new array.

    Raises:
        TypeError: ``dtype`` is not one of the two.
        ValueError: The standard deviation is negative.

    Example:
        >>> import numpy as np
        >>> from graphnet.kernels import Key, truncated_normal
        >>> print(truncated_normal(Key(stream=7, step=0), (3,), np.dtype(np.float32)).round(3))
        [ 0.402 -0.311 -0.066]
    """
    target = np.empty(shape, dtype) if out is None else out
    return bell("truncated_normal", key, target, mean, standard_deviation, share=TWO_DEVIATIONS)


def bell(
    name: str, key: Key, out: Array, mean: float, standard_deviation: float, *, share: float
) -> Array:
    """Draw normal numbers from the middle ``share`` of all probability."""
    form = float_format(name, out.dtype)
    if not standard_deviation >= 0:
        raise ValueError(f"{name}: negative standard deviation {standard_deviation}")
    center, width = np.array(mean, out.dtype), np.array(standard_deviation, out.dtype)
    scale = math.ldexp(share, -form.rank_bits)

    def fill(words: Array, block: Array) -> None:
        ranks = words.view(form.signed)
        np.right_shift(ranks, form.bits - form.rank_bits, out=ranks)
        # Odd ranks lie evenly on both sides of the median and never reach probability 0 or 1.
        np.bitwise_or(ranks, 1, out=ranks)
        normal_quantile(ranks, scale, block)
        np.multiply(block, width, out=block)
        np.add(block, center, out=block)

    return draw(key, out, form.unsigned, fill)


def orthogonal(key: Key, shape: tuple[int, ...], dtype: DType, out: Array | None = None) -> Array:
    """Draw an orthogonal matrix, with equal probability for all of them.

    The QR factorization of normal numbers is made unique, and Q so independent of what a library
    does, by a positive diagonal of R; see F. Mezzadri, "How to generate random matrices from the
    classical compact groups", Notices of the AMS 54 (2007). The rounding is that of the library.

    Args:
        key: What the matrix depends on.
        shape: Rows and columns; the fewer of them are orthonormal.
        dtype: float32 or float64.
        out: Array of ``shape`` and ``dtype`` to write into.

    Returns:
        ``out``, or a new array.

    Raises:
        TypeError: ``dtype`` is not one of the two.

    Example:
        >>> import numpy as np
        >>> from graphnet.kernels import Key, orthogonal
        >>> print(orthogonal(Key(stream=7, step=0), (2, 2), np.dtype(np.float32)).round(3))
        [[-0.226  0.974]
         [ 0.974  0.226]]
    """
    float_format("orthogonal", dtype)
    rows, columns = shape
    tall = max(shape), min(shape)
    q, r = np.linalg.qr(normal(key, tall, np.dtype(np.float64)))
    q *= np.where(np.diagonal(r) < 0, -1.0, 1.0)
    target = np.empty(shape, dtype) if out is None else out
    target[...] = q if rows >= columns else q.T
    return target


def bernoulli(
    key: Key, shape: tuple[int, ...], probability: float, out: Array | None = None
) -> Array:
    """Draw True with a probability, rounded to a multiple of ``2**-32``.

    Args:
        key: What the numbers depend on.
        shape: tuple[int, ...] of the result.
        probability: Of True, 0 to 1; both ends are exact.
        out: Boolean array of ``shape`` to write into.

    Returns:
        ``out``, or a new array.

    Raises:
        ValueError: The probability is not from 0 to 1.

    Example:
        >>> from graphnet.kernels import Key, bernoulli
        >>> bernoulli(Key(stream=7, step=0), (4,), 0.5).tolist()
        [True, False, False, True]
    """
    accept = below("bernoulli", probability)
    target = np.empty(shape, np.bool_) if out is None else out
    return draw(key, target, "<u4", accept)


def keep_mask(
    key: Key, shape: tuple[int, ...], dtype: DType, rate: float, out: Array | None = None
) -> Array:
    """Draw the factors of inverted dropout: 0 with probability ``rate``, else ``1 / (1 - rate)``.

    N. Srivastava and others, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting",
    Journal of Machine Learning Research 15 (2014). With the same key, the factor is 0 exactly
    where ``bernoulli(key, shape, 1 - rate)`` is False.

    Args:
        key: What the numbers depend on.
        shape: tuple[int, ...] of the result.
        dtype: Float dtype of the factors.
        rate: Probability of 0, at least 0 and below 1.
        out: Array of ``shape`` and ``dtype`` to write into.

    Returns:
        ``out``, or a new array.

    Raises:
        ValueError: The rate is negative, or 1 or more.

    Example:
        >>> import numpy as np
        >>> from graphnet.kernels import Key, keep_mask
        >>> keep_mask(Key(stream=7, step=0), (4,), np.dtype(np.float32), rate=0.5).tolist()
        [2.0, 0.0, 0.0, 2.0]
    """
    if not 0 <= rate < 1:
        raise ValueError(f"keep_mask: rate {rate} is not at least 0 and below 1")
    accept = below("keep_mask", 1 - rate)
    factor = np.array(1 / (1 - rate), dtype)

    def fill(words: Array, block: Array) -> None:
        accept(words, block)
        np.multiply(block, factor, out=block)

    return draw(key, np.empty(shape, dtype) if out is None else out, "<u4", fill)


def below(name: str, probability: float) -> Transform:
    """Make the transform that accepts 32-bit words with a probability."""
    if not 0 <= probability <= 1:
        raise ValueError(f"{name}: probability {probability} is not from 0 to 1")
    threshold = round(math.ldexp(probability, 32))

    def accept(words: Array, block: Array) -> None:
        if threshold == 2**32:
            block[...] = 1
        else:
            block[...] = np.less(words, np.uint32(threshold))

    return accept
