"""The error that losses and metrics share: nothing is broadcast by mistake."""

from graphnet.errors import ShapeError
from graphnet.ir.context import creation_site
from graphnet.ir.spec import may_be_equal
from graphnet.ir.tensor import Tensor, describe

__all__ = ["missing_axis", "unfitting"]


def unfitting(headline: str, hint: str, **tensors: Tensor) -> ShapeError:
    """Make the error that shows what does not fit."""
    rows = [describe(tensor, role) for role, tensor in tensors.items()]
    return ShapeError(headline, at=str(creation_site()), rows=rows, hint=hint)


def missing_axis(**tensors: Tensor) -> str | None:
    """Give the hint that makes [N] and [N, 1] equal, if that is how the shapes of two differ.

    Example:
        >>> import graphnet as gn
        >>> missing_axis(p=gn.placeholder(("batch", 1)), t=gn.placeholder(("batch",)))
        'give t a last axis of 1: gn.expand_dims(t, -1)'
    """
    (first, x), (second, y) = tensors.items()
    for role, narrow, wide in ((first, x, y), (second, y, x)):
        pairs = zip((*narrow.shape, 1), wide.shape, strict=False)
        alike = all(one == other or 1 not in (one, other) for one, other in pairs)
        if alike and may_be_equal((*narrow.shape, 1), wide.shape):
            return f"give {role} a last axis of 1: gn.expand_dims({role}, -1)"
    return None
