"""What several families of ops ask of their operands."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from graphnet.errors import DTypeError, ShapeError
from graphnet.ir.convert import as_array
from graphnet.ir.graph import graph_of
from graphnet.ir.spec import Spec, merge_dimensions, promote, show_shape
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.typing import Dimension, DType, Shape

__all__ = [
    "accumulated",
    "as_tensor",
    "merge_shapes",
    "product",
    "rank",
    "require_indices",
    "require_shape",
]


def as_tensor(x: TensorLike) -> Tensor:
    """Give ``x`` as a tensor, so that its spec can be asked for."""
    return graph_of([x]).as_tensor(x)


def rank(x: Any) -> int:
    """Give the number of axes of a tensor, or of what can be made a constant."""
    return x.ndim if isinstance(x, Tensor) else as_array(x).ndim


def merge_shapes(first: Shape, second: Shape) -> Shape:
    """Give what is known of a shape if two shapes must be equal.

    Raises:
        ShapeError: They cannot be.
    """
    if len(first) != len(second):
        raise ShapeError(f"shapes {show_shape(first)} and {show_shape(second)} differ")
    return tuple(map(merge_dimensions, first, second))


def require_shape(found: Shape, needed: Shape, what: str) -> Shape:
    """Give what is known of a shape that must be ``needed``.

    Raises:
        ShapeError: It cannot be.
    """
    try:
        return merge_shapes(found, needed)
    except ShapeError:
        raise ShapeError(
            f"{what} of shape {show_shape(found)} do not fit",
            hint=f"the {what} need shape {show_shape(needed)}",
        ) from None


def product(extents: Iterable[Dimension]) -> Dimension:
    """Give the product of extents, as far as it is known.

    Example:
        >>> product((2, "batch")), product((1, "batch")), product((0, None)), product((2, 3))
        (None, 'batch', 0, 6)
    """
    number, symbols = 1, []
    for extent in extents:
        if isinstance(extent, int):
            number *= extent
        else:
            symbols.append(extent)
    if not symbols or not number:
        return number
    return symbols[0] if number == 1 and len(symbols) == 1 else None


def accumulated(dtype: DType) -> DType:
    """Give the dtype in which NumPy adds up and multiplies elements of ``dtype``."""
    if dtype.kind == "f":
        return dtype
    return promote(dtype, np.dtype(np.uint64 if dtype.kind == "u" else np.int64))


def require_indices(indices: Spec, extent: Dimension) -> None:
    """Make sure that ``indices`` can choose positions along an axis of ``extent``.

    Raises:
        DTypeError: They are not integers.
        ShapeError: There are indices, but no positions.
    """
    if indices.dtype.kind not in "iu":
        raise DTypeError(
            f"indices must be integers, not {indices.dtype}", hint="use gn.cast(indices, gn.int64)"
        )
    if extent == 0 and all(isinstance(number, int) and number for number in indices.shape):
        raise ShapeError("there is nothing to choose from along an axis of 0")
