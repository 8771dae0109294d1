"""Arrays that should be equal but for rounding: one table of tolerances, one message."""

from typing import Any, NamedTuple

import numpy as np

from graphnet.ir.spec import Spec, is_float
from graphnet.typing import Array, DType

__all__ = ["EXACT", "TOLERANCES", "Tolerance", "assert_close", "tolerance_of"]


class Tolerance(NamedTuple):
    """How far two numbers may lie apart: ``absolute + relative * abs(expected)``."""

    relative: float
    absolute: float


EXACT = Tolerance(0.0, 0.0)

TOLERANCES: dict[DType, Tolerance] = {
    np.dtype(np.float16): Tolerance(4e-3, 4e-3),
    np.dtype(np.float32): Tolerance(2e-5, 2e-6),
    np.dtype(np.float64): Tolerance(1e-11, 1e-12),
}


def tolerance_of(*dtypes: DType) -> Tolerance:
    """Give the tolerance of the least precise of the floating ``dtypes``; nothing if none is.

    Example:
        >>> tolerance_of(np.dtype(np.float32), np.dtype(np.float64))
        Tolerance(relative=2e-05, absolute=2e-06)
    """
    return max([TOLERANCES[dtype] for dtype in dtypes if is_float(dtype)], default=EXACT)


def assert_close(
    actual: Any, expected: Any, *, tolerance: Tolerance | None = None, label: str = "result"
) -> None:
    """Require equal shapes, and elements that are equal but for rounding.

    NaN equals NaN, and an infinity only itself. Integers and booleans must be equal.

    Args:
        actual: Array or number.
        expected: Array or number of the same shape.
        tolerance: What counts as rounding; by default what ``TOLERANCES`` gives for the less
            precise of the two dtypes.
        label: What is compared, for the message.

    Raises:
        AssertionError: They differ; the message shows the worst element.

    Example:
        >>> import graphnet as gn
        >>> gn.testing.assert_close([1.0, 2.0, 3.5], [1.0, 2.0, 3.0])
        Traceback (most recent call last):
            ...
        AssertionError: result: 1 of 3 elements differs from what is expected
          worst at [2]: found 3.5, expected 3.0, off by 0.5 where 3.1e-11 is allowed
    """
    found, wanted = np.asarray(actual), np.asarray(expected)
    if found.shape != wanted.shape:
        specs = (str(Spec(array.shape, array.dtype)) for array in (found, wanted))
        raise AssertionError("{}: found {}, expected {}".format(label, *specs))
    allowed = allowance(wanted, tolerance or tolerance_of(found.dtype, wanted.dtype))
    errors = distance(found, wanted)
    wrong = errors > allowed
    if wrong.any():
        raise AssertionError(difference(label, found, wanted, errors, allowed))


def allowance(expected: Array, tolerance: Tolerance) -> Array:
    """Give the error that each element may have; infinities may have none."""
    scale = np.where(np.isfinite(expected), np.abs(expected.astype(np.float64)), 0.0)
    return np.asarray(tolerance.absolute + tolerance.relative * scale)


def distance(found: Array, expected: Array) -> Array:
    """Give the error of each element; where only one is NaN, or infinite, it is infinite."""
    with np.errstate(invalid="ignore"):
        errors = np.abs(found.astype(np.float64) - expected.astype(np.float64))
    equal = (found == expected) | ((found != found) & (expected != expected))  # noqa: PLR0124  # NaN
    return np.where(equal, 0.0, np.where(np.isnan(errors), np.inf, errors))


def difference(label: str, found: Array, expected: Array, errors: Array, allowed: Array) -> str:
    """Say how many elements differ, and which is the worst."""
    wrong = np.count_nonzero(errors > allowed)
    place = np.unravel_index(np.argmax(errors - allowed), errors.shape)
    return (
        f"{label}: {wrong} of {errors.size} elements "
        f"{'differs' if wrong == 1 else 'differ'} from what is expected\n"
        f"  worst at [{', '.join(map(str, place))}]: found {found[place]}, "
        f"expected {expected[place]}, "
        f"off by {errors[place]:.3g} where {allowed[place]:.3g} is allowed"
    )
