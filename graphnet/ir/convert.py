"""From what users write - numbers, lists, arrays - to arrays of a definite dtype."""

from typing import Any

import numpy as np

from graphnet.errors import DTypeError
from graphnet.ir.spec import DEFAULT_FLOAT, KINDS, as_dtype
from graphnet.ir.tensor import Tensor
from graphnet.typing import Array, DType

__all__ = ["as_array", "is_weak", "weak_dtype"]

WEAK = {bool: np.dtype(np.bool_), int: np.dtype(np.int64), float: DEFAULT_FLOAT}


def is_weak(value: Any) -> bool:
    """Whether ``value`` is a Python number, which takes on the dtype of what it meets."""
    return type(value) in WEAK


def weak_dtype(value: Any, met: DType) -> DType:
    """Give the dtype that a Python number takes on when it meets a tensor of dtype ``met``.

    Example:
        >>> weak_dtype(1.5, np.dtype("float64")), weak_dtype(1.5, np.dtype("int32"))
        (dtype('float64'), dtype('float32'))
    """
    own = WEAK[type(value)]
    order = KINDS.replace("u", "i")
    if order.index(own.kind) > order.index(met.kind.replace("u", "i")):
        return own
    return met


def as_array(value: Any, dtype: DType | None = None) -> Array:
    """Give ``value`` as an array of a supported dtype that nobody else can write to.

    Python floats become float32 unless ``dtype`` says otherwise; arrays keep their dtype.

    Raises:
        DTypeError: It is not numeric, holds tensors, or does not fit into ``dtype``.

    Example:
        >>> as_array([1, 2.5])
        array([1. , 2.5], dtype=float32)
    """
    found = as_numpy(value)
    if found is None or found.dtype.kind not in KINDS:
        raise DTypeError(
            f"{type(value).__name__} {value!r:.60} cannot be made an array of numbers",
            hint="use numbers, nested lists of equal length, or NumPy arrays of numbers",
        )
    is_array = isinstance(value, np.ndarray | np.generic)
    if dtype is None and found.dtype == np.float64 and not is_array:
        dtype = DEFAULT_FLOAT
    return fit(found, as_dtype(dtype or found.dtype))


def as_numpy(value: Any) -> Array | None:
    """Give what NumPy makes of ``value``; None if its rows are of different lengths."""
    if holds_tensor(value):
        raise DTypeError("a list of tensors is not a constant", hint="use gn.stack or gn.concat")
    try:
        return np.asarray(value)
    except ValueError:
        return None


def holds_tensor(value: Any) -> bool:
    """Whether ``value`` is a list with a tensor somewhere on its edge."""
    while isinstance(value, list | tuple) and value:
        if any(isinstance(item, Tensor) for item in value):
            return True
        value = value[0]
    return False


def fit(array: Array, dtype: DType) -> Array:
    """Give a private, read-only copy of ``array`` in ``dtype``; integers must keep their value."""
    with np.errstate(over="ignore"):
        copy = array.astype(dtype, order="C")
    if dtype.kind in "iu" and not np.array_equal(copy, array):
        hint = "use gn.cast to round or wrap"
        raise DTypeError(f"{array.tolist()!r:.60} does not fit into {dtype}", hint=hint)
    copy.flags.writeable = False
    return copy
