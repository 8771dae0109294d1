"""What is known of a value before running: its shape and its dtype.

An extent is a number, a name or ``None``. Equal names mean equal extents; what a name or ``None``
stands for is only known when arrays are fed. Shapes combine by NumPy's broadcasting, dtypes by
NumPy 2's promotion with one change: wherever a float has to be made out of integers or booleans,
it is float32 (NumPy would make a float64).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from operator import index
from typing import Any, SupportsIndex

import numpy as np
from numpy.typing import DTypeLike

from graphnet.errors import DTypeError, ShapeError
from graphnet.typing import Dimension, DType, Shape

__all__ = [
    "DEFAULT_FLOAT",
    "Spec",
    "as_dtype",
    "as_float",
    "as_shape",
    "broadcast",
    "exported_name",
    "is_float",
    "may_be_equal",
    "merge_dimensions",
    "normalize_axes",
    "normalize_axis",
    "promote",
    "show_shape",
    "static",
    "surely_differ",
]

DEFAULT_FLOAT = np.dtype(np.float32)
KINDS = "biuf"  # bool, signed, unsigned, floating


@dataclass(frozen=True, slots=True)
class Spec:
    """Shape and dtype of a value, as far as they are known before running.

    Args:
        shape: One extent per axis: a number, a name, or None.
        dtype: The dtype of the elements, always known.

    Example:
        >>> print(Spec((None, 784), np.dtype("float32")))
        float32[None, 784]
    """

    shape: Shape
    dtype: DType

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def is_static(self) -> bool:
        """Whether every extent is a number."""
        return is_static(self.shape)

    @property
    def size(self) -> int | None:
        """The number of elements, or None if an extent is not a number."""
        return size_of(self.shape)

    @property
    def nbytes(self) -> int | None:
        """The number of bytes of such an array, or None if an extent is not a number."""
        size = self.size
        return None if size is None else size * self.dtype.itemsize

    def accepts(self, other: "Spec") -> bool:
        """Whether every value of spec ``other`` is also a value of this spec."""
        return self.dtype == other.dtype and self.accepts_shape(other.shape)

    def accepts_shape(self, shape: Shape) -> bool:
        """Whether ``shape`` is this spec's shape with some unknown extents filled in."""
        if len(shape) != len(self.shape):
            return False
        pairs = zip(self.shape, shape, strict=True)
        return all(mine == its or type(mine) is not int for mine, its in pairs)

    def may_equal(self, other: "Spec") -> bool:
        """Whether a value can have both specs: no two extents are different numbers."""
        return self.dtype == other.dtype and may_be_equal(self.shape, other.shape)

    def with_shape(self, shape: Iterable[Dimension]) -> "Spec":
        """Give the spec of the same dtype with another shape."""
        return Spec(tuple(shape), self.dtype)

    def with_dtype(self, dtype: DType) -> "Spec":
        """Give the spec of the same shape with another dtype."""
        return Spec(self.shape, dtype)

    def __str__(self) -> str:
        """Give the form used in messages and text, as in ``float32[None, 784]``."""
        return show(self)


# A graph has many nodes and few different shapes: what follows from a shape is worked out once.


@lru_cache(maxsize=4096)
def is_static(shape: Shape) -> bool:
    """Whether every extent is a number."""
    return not any(extent is None or isinstance(extent, str) for extent in shape)


@lru_cache(maxsize=4096)
def size_of(shape: Shape) -> int | None:
    """Give the number of elements, or None if an extent is not a number."""
    return prod(static(shape)) if is_static(shape) else None


def surely_differ(first: Dimension, second: Dimension) -> bool:
    """Whether two extents are different numbers."""
    return isinstance(first, int) and isinstance(second, int) and first != second


def may_be_equal(first: Shape, second: Shape) -> bool:
    """Whether two shapes can be equal, for all that is known of them."""
    return len(first) == len(second) and not any(map(surely_differ, first, second))


def static(shape: Shape) -> tuple[int, ...]:
    """Give ``shape`` as numbers; the caller knows that it has no unknown extents."""
    assert is_static(shape), f"please report: {shape} is not static"
    return shape  # type: ignore[return-value]  # just asserted


@lru_cache(maxsize=4096)
def show(spec: Spec) -> str:
    """Give a spec as messages show it."""
    return f"{spec.dtype.name}{show_shape(spec.shape)}"


def as_dtype(dtype: DTypeLike) -> DType:
    """Give the dtype object that ``dtype`` names.

    Raises:
        DTypeError: It is none of bool, the integers and the floats that NumPy has.

    Example:
        >>> as_dtype("float32")
        dtype('float32')
    """
    try:
        found = np.dtype(dtype)
    except TypeError as error:
        hint = "use gn.float32, gn.int64, ..."
        raise DTypeError(f"{dtype!r} is not a dtype", hint=hint) from error
    if found.kind not in KINDS:
        raise DTypeError(
            f"dtype {found} is not supported", hint="use a bool, integer or floating dtype"
        )
    return found.newbyteorder("=")


def as_shape(shape: int | str | Sequence[Dimension] | None) -> Shape:
    """Give ``shape`` as a tuple of extents, checked.

    Raises:
        ShapeError: An extent is negative, or neither a number, a name nor None.

    Example:
        >>> as_shape([None, 784])
        (None, 784)
    """
    extents = (shape,) if shape is None or isinstance(shape, int | str | np.integer) else shape
    if not isinstance(extents, Iterable):
        raise ShapeError(f"{shape!r} is not a shape", hint="use extents, as in (None, 784)")
    return tuple(map(as_extent, extents))


def as_extent(extent: Any) -> Dimension:
    """Give one extent as an int, a name or None, checked."""
    if extent is None:
        return None
    if isinstance(extent, str) and extent.isidentifier():
        return extent
    if isinstance(extent, int | np.integer) and not isinstance(extent, bool) and extent >= 0:
        return int(extent)
    raise ShapeError(
        f"{extent!r} is not an extent", hint="use a number from 0 up, a name like 'batch', or None"
    )


def exported_name(dtype: DType) -> str:
    """Give the name by which users find a dtype in ``gn``."""
    return "bool_" if dtype.kind == "b" else str(dtype.name)


def is_float(dtype: DType) -> bool:
    """Whether values of this dtype can carry a gradient."""
    return dtype.kind == "f"


def as_float(dtype: DType) -> DType:
    """Give ``dtype`` itself if it is floating, else the default float."""
    return dtype if dtype.kind == "f" else DEFAULT_FLOAT


def promote(*dtypes: DType) -> DType:
    """Give the dtype that holds values of all ``dtypes``, by NumPy's rule."""
    return np.result_type(*dtypes)


def merge_dimensions(first: Dimension, second: Dimension) -> Dimension:
    """Give the extent that is known if two extents must be equal; the more precise one wins.

    Raises:
        ShapeError: Both are numbers and differ.
    """
    if first == second or second is None:
        return first
    if first is None:
        return second
    if isinstance(first, int) and isinstance(second, int):
        raise ShapeError(f"extents differ, {first} and {second}")
    return first if isinstance(first, int) else second


@lru_cache(maxsize=4096)
def broadcast(*shapes: Shape) -> Shape:
    """Give the shape that ``shapes`` broadcast to, as NumPy does, with unknown extents.

    Raises:
        ShapeError: Two extents differ and neither is 1.

    Example:
        >>> broadcast((None, 3), (3,))
        (None, 3)
    """
    first = shapes[0]
    if all(shape == first for shape in shapes[1:]) and None not in first:
        return first
    ndim = max(map(len, shapes))
    padded = [(1,) * (ndim - len(shape)) + shape for shape in shapes]
    return tuple(broadcast_extents(extents, shapes) for extents in zip(*padded, strict=True))


def broadcast_extents(extents: Sequence[Dimension], shapes: Sequence[Shape]) -> Dimension:
    """Give the extent that one axis of several shapes broadcasts to."""
    distinct = {extent for extent in extents if extent != 1}
    if not distinct:
        return 1
    numbers = {extent for extent in distinct if isinstance(extent, int)}
    if len(numbers) > 1:
        words = " and ".join(show_shape(shape) for shape in shapes)
        raise ShapeError(
            f"shapes {words} do not broadcast together",
            hint="extents must be equal, or one of them 1; gn.expand_dims adds an axis of 1",
        )
    if numbers:
        return numbers.pop()
    # A name and another name or None: each may turn out to be 1, so the result is unknown.
    return distinct.pop() if len(distinct) == 1 else None


def show_shape(shape: Shape) -> str:
    """Give a shape as messages show it."""
    return f"[{', '.join(map(str, shape))}]"


def normalize_axis(axis: SupportsIndex, ndim: int) -> int:
    """Give ``axis`` counted from the front.

    Raises:
        ShapeError: There is no such axis.
    """
    axis = index(axis)
    if not -ndim <= axis < ndim:
        raise ShapeError(
            f"axis {axis} does not exist in {ndim} dimension{'s' * (ndim != 1)}",
            hint=f"axes run from {-ndim} to {ndim - 1}" if ndim else "a scalar has no axes",
        )
    return axis % ndim


def normalize_axes(
    axes: SupportsIndex | Sequence[SupportsIndex] | None, ndim: int
) -> tuple[int, ...]:
    """Give ``axes`` as a sorted tuple counted from the front; None stands for all.

    Raises:
        ShapeError: An axis does not exist or is named twice.
    """
    if axes is None:
        return tuple(range(ndim))
    given = tuple(axes) if isinstance(axes, Sequence) else (axes,)
    found = tuple(sorted(normalize_axis(axis, ndim) for axis in given))
    if len(set(found)) < len(found):
        raise ShapeError(f"axes {given} name an axis twice")
    return found
