"""What losses and metrics share: nothing is broadcast by mistake."""

from graphnet.errors import ShapeError
from graphnet.ir.context import creation_site
from graphnet.ir.names import name_scope
from graphnet.ir.spec import may_be_equal
from graphnet.ir.tensor import Tensor, describe
from graphnet.ops.guards import alike

__all__ = ["fitting", "misfit", "missing_axis", "unfitting"]


def fitting(caller: str, **tensors: Tensor) -> Tensor:
    """Give the second of two tensors; a run stops where its shape does not begin the first's.

    Args:
        caller: The loss or metric, for messages; its scope is that of the node, if one is needed.
        tensors: The tensor that has the shape, and the one that needs it, by their roles.

    Example:
        >>> import graphnet as gn
        >>> p, t = gn.placeholder((None, 1)), gn.placeholder((None, 1))
        >>> fitting("huber", predictions=p, targets=t)
        <tensor 'huber/alike' float32[None, 1]>
    """
    (first, like), (second, x) = tensors.items()
    hint = f"give {second} the shape {{wanted}}: nothing is broadcast here"
    with name_scope(caller):
        return alike(x, like, misfit(caller, second, "{x}", first, "{like}"), hint)


def misfit(caller: str, role: str, found: str, other: str, wanted: str) -> str:
    """Say that a shape does not fit another one."""
    one = role == "mask"
    what, fit = (f"a {role}", "does") if one else (role, "do")
    return f"{caller}: {what} {found} {fit} not fit {other} {wanted}"


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
