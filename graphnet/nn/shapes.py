"""The error that losses and metrics share: nothing is broadcast by mistake."""

from graphnet.errors import ShapeError
from graphnet.ir.context import creation_site
from graphnet.ir.tensor import Tensor, describe

__all__ = ["unfitting"]


def unfitting(headline: str, hint: str, **tensors: Tensor) -> ShapeError:
    """Make the error that shows what does not fit."""
    rows = [describe(tensor, role) for role, tensor in tensors.items()]
    return ShapeError(headline, at=str(creation_site()), rows=rows, hint=hint)
