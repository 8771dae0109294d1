"""The error function and the normal quantile, which NumPy does not have.

Both are rational approximations, so their cost is a few dozen multiplications per element, and
both run over blocks that stay in the processor's cache.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from graphnet.typing import Array, DType

__all__ = ["erf", "normal_quantile"]

# 32768 numbers are at most 256 KiB: measured best of 2k to 64k for erf in float32 and float64.
BLOCK = 32768

# Any, because NumPy's type stubs know only a flat list without "contig".
OPERAND_FLAGS: Any = [
    ["readonly", "contig", "overlap_assume_elementwise"],
    ["writeonly", "contig", "overlap_assume_elementwise"],
]

Coefficients = tuple[Array, ...]


class Rational(NamedTuple):
    """A quotient of two polynomials, coefficients from the constant term upwards."""

    numerator: Coefficients
    denominator: Coefficients

    def __call__(self, x: Array) -> Array:
        """Evaluate the quotient at every element of ``x``."""
        quotient = polynomial(self.numerator, x)
        return np.divide(quotient, polynomial(self.denominator, x), out=quotient)


def polynomial(coefficients: Coefficients, x: Array) -> Array:
    """Evaluate a polynomial at every element of ``x`` by Horner's rule."""
    *inner, last = coefficients[1:]
    value = np.multiply(x, last)
    for coefficient in reversed(inner):
        np.add(value, coefficient, out=value)
        np.multiply(value, x, out=value)
    return np.add(value, coefficients[0], out=value)


def scalars(values: Sequence[float], dtype: type[np.floating]) -> Coefficients:
    """Round numbers to ``dtype``; 0-d arrays are NumPy's cheapest scalar operands."""
    return tuple(np.array(value, dtype) for value in values)


class ErrorFunctionFit(NamedTuple):
    """Constants of ``erf`` in one precision."""

    limit: Array
    slope: Array
    rational: Rational


# erf(x) = 1 - exp(-w(x)) with w(x) = -log(erfc(x)) = x + x * (slope + x * rational(x)) for x >= 0.
# w has no cancellation at either end and needs one formula where W. J. Cody, "Rational Chebyshev
# Approximation for the Error Function", Mathematics of Computation 23 (1969), has three intervals:
# choosing between intervals element by element would cost more than the arithmetic.
# The coefficients are minimax fits of w on [0, limit], made in 60 digits by Lawson's reweighting;
# the error of erf itself is at most 2.2e-10 (float32) and 1.8e-18 (float64) before rounding.
ERROR_FUNCTION: dict[DType, ErrorFunctionFit] = {
    np.dtype(np.float32): ErrorFunctionFit(
        np.array(4.2, np.float32),
        np.array(0.1283791671, np.float32),
        Rational(
            scalars(
                (0.636619742101425853, 0.599749306918869779, 0.238551976320402059,
                 0.037236408000631753),
                np.float32,
            ),
            scalars(
                (1.0, 0.78064827083626623, 0.278746155430790566, 0.0372531118947727347),
                np.float32,
            ),
        ),
    ),
    np.dtype(np.float64): ErrorFunctionFit(
        np.array(6.2),
        np.array(0.1283791670955125739),
        Rational(
            scalars(
                (0.636619772367582055, 1.16659225112780475, 0.999761726557574585,
                 0.506847245392609081, 0.160835305464521907, 0.0311260727703797958,
                 0.00322949584857285374, 0.000118165309453277509),
                np.float64,
            ),
            scalars(
                (1.0, 1.67104399517717434, 1.33070424250047472, 0.631870065601293843,
                 0.18850191606714038, 0.0343595958404284418, 0.00336041462528159085,
                 0.000118186359225754726),
                np.float64,
            ),
        ),
    ),
}  # fmt: skip


def erf(x: Array, out: Array | None = None) -> Array:
    """Error function of every element.

    ``erf(x) = 2 / sqrt(pi) * integral of exp(-t**2) for t from 0 to x``

    Odd exactly, and within 3 units in the last place of the true value in both precisions.

    Args:
        x: float32 or float64 array of any shape.
        out: Array of the same shape and dtype to write into; may be ``x``.

    Returns:
        ``out``, or a new array.

    Raises:
        TypeError: ``x`` is of another dtype.

    Example:
        >>> import numpy as np
        >>> from graphnet.kernels import erf
        >>> erf(np.array([-np.inf, 0.0, 0.5])).round(6).tolist()
        [-1.0, 0.0, 0.5205]
    """
    fit = ERROR_FUNCTION.get(x.dtype)
    if fit is None:
        raise TypeError(f"erf: expected float32 or float64, found {x.dtype}")
    target = np.empty_like(x) if out is None else out
    with np.nditer(
        [x, target],
        flags=["external_loop", "buffered", "zerosize_ok", "copy_if_overlap"],
        op_flags=OPERAND_FLAGS,
        buffersize=BLOCK,
    ) as blocks:
        for source, result in blocks:
            erf_block(source, result, fit)
    return target


def erf_block(x: Array, out: Array, fit: ErrorFunctionFit) -> None:
    """Write the error function of one block."""
    magnitude = np.abs(x)
    np.minimum(magnitude, fit.limit, out=magnitude)
    exponent = fit.rational(magnitude)
    np.multiply(exponent, magnitude, out=exponent)
    np.add(exponent, fit.slope, out=exponent)
    np.multiply(exponent, magnitude, out=exponent)
    np.add(exponent, magnitude, out=exponent)
    np.negative(exponent, out=exponent)
    np.expm1(exponent, out=exponent)
    np.copysign(exponent, x, out=out)


# PPND7 (float32) and PPND16 (float64, tails) of M. J. Wichura, "Algorithm AS 241: The Percentage
# Points of the Normal Distribution", Applied Statistics 37 (1988). The third interval of PPND16
# begins at a probability of 1.4e-11 and is left out: the second one, used down to 2**-54, is wrong
# by 5e-12 at most there.
CENTER = 0.180625
CENTRAL: dict[DType, Rational] = {
    np.dtype(np.float32): Rational(
        scalars((3.3871327179, 50.434271938, 159.29113202, 59.109374720), np.float32),
        scalars((1.0, 17.895169469, 78.757757664, 67.187563600), np.float32),
    ),
    np.dtype(np.float64): Rational(
        scalars(
            (3.3871328727963666080, 1.3314166789178437745e2, 1.9715909503065514427e3,
             1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
             3.3430575583588128105e4, 2.5090809287301226727e3),
            np.float64,
        ),
        scalars(
            (1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
             2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4,
             5.2264952788528545610e3),
            np.float64,
        ),
    ),
}  # fmt: skip
TAIL = Rational(
    scalars(
        (1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550,
         3.64784832476320460504, 1.27045825245236838258, 2.41780725177450611770e-1,
         2.27238449892691845833e-2, 7.74545014278341407640e-4),
        np.float64,
    ),
    scalars(
        (1.0, 2.05319162663775882187, 1.67638483018380384940, 6.89767334985100004550e-1,
         1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
         1.05075007164441684324e-9),
        np.float64,
    ),
)  # fmt: skip


def normal_quantile(ranks: Array, scale: float, out: Array) -> Array:
    """Standard normal quantiles of the probabilities ``1/2 + ranks * scale``.

    Uses only operations that IEEE 754 rounds correctly, so the result is the same bit for bit on
    every machine and with every NumPy.

    Args:
        ranks: One-dimensional signed integers with ``abs(ranks * scale) <= 1/2 - 2**-54``.
        scale: Probability per rank.
        out: Contiguous float32 or float64 array of the same length to write into.

    Returns:
        ``out``.

    Example:
        >>> import numpy as np
        >>> from graphnet.kernels import normal_quantile
        >>> normal_quantile(np.array([-475, 0, 475]), 1e-3, np.empty(3)).round(6).tolist()
        [-1.959964, 0.0, 1.959964]
    """
    out[...] = ranks
    np.multiply(out, scale, out=out)
    remainder = np.multiply(out, out)
    np.subtract(CENTER, remainder, out=remainder)
    tail = np.flatnonzero(remainder < 0)
    np.multiply(out, CENTRAL[out.dtype](remainder), out=out)
    out[tail] = tail_quantile(ranks[tail], scale)
    return out


def tail_quantile(ranks: Array, scale: float) -> Array:
    """Quantiles further from the median than 0.425 in probability."""
    quantile = np.multiply(ranks, scale)
    root = negative_log(np.subtract(0.5, np.abs(quantile)))
    np.sqrt(root, out=root)
    np.subtract(root, 1.6, out=root)
    return np.copysign(TAIL(root), quantile, out=quantile)


LOG2 = 0.6931471805599453
# Coefficients Lg1 to Lg7 of e_log.c in fdlibm (Sun Microsystems, 1993): log(m) = 2 s + s * R(s**2)
# with s = (m - 1) / (m + 1) and m in [sqrt(1/2), sqrt(2)], relative error below 2**-58.
LOGARITHM = scalars(
    (0.0, 6.666666666666735130e-1, 3.999999999940941908e-1, 2.857142874366239149e-1,
     2.222219843214978396e-1, 1.818357216161805012e-1, 1.531383769920937332e-1,
     1.479819860511658591e-1),
    np.float64,
)  # fmt: skip


def negative_log(x: Array) -> Array:
    """Negative natural logarithm of positive float64; ``np.log`` differs between processors."""
    mantissa, exponent = np.frexp(x)
    low = mantissa < np.sqrt(0.5)
    np.multiply(mantissa, np.add(low, 1.0), out=mantissa)
    np.subtract(exponent, low, out=exponent)
    ratio = np.divide(mantissa - 1.0, mantissa + 1.0)
    series = polynomial(LOGARITHM, np.square(ratio))
    np.add(series, 2.0, out=series)
    np.multiply(series, ratio, out=series)
    return np.subtract(np.multiply(exponent, -LOG2), series, out=series)
