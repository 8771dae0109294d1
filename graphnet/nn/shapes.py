"""The check that losses and metrics share: nothing is broadcast by mistake."""

from graphnet.errors import ShapeError
from graphnet.ir.context import creation_site
from graphnet.ir.spec import merge_dimensions
from graphnet.ir.tensor import Tensor, describe
from graphnet.typing import Shape

__all__ = ["fits", "unfitting"]


def fits(shape: Shape, other: Shape) -> bool:
    """Whether two shapes can be equal, for all that is known of them."""
    if len(shape) != len(other):
        return False
    try:
        for extent, its in zip(shape, other, strict=True):
            merge_dimensions(extent, its)
    except ShapeError:
        return False
    return True


def unfitting(headline: str, hint: str, **tensors: Tensor) -> ShapeError:
    """Make the error that shows what does not fit."""
    rows = [describe(tensor, role) for role, tensor in tensors.items()]
    return ShapeError(headline, at=str(creation_site()), rows=rows, hint=hint)
