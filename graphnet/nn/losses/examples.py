"""Which examples count in a loss, how much, and what is made of their losses."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any, Literal, NamedTuple, TypeAlias

from graphnet.errors import ArgumentError, DTypeError, ShapeError
from graphnet.ir.context import creation_site
from graphnet.ir.graph import graph_of
from graphnet.ir.names import name_scope
from graphnet.ir.spec import DEFAULT_FLOAT, may_be_equal, promote, show_shape
from graphnet.ir.tensor import Tensor, TensorLike, describe
from graphnet.nn.shapes import fitting, misfit, unfitting
from graphnet.ops.families import cast_to
from graphnet.ops.reduction import divisor
from graphnet.ops.select import where
from graphnet.ops.shape import expand_dims
from graphnet.typing import Shape

__all__ = ["Examples", "Reduction", "as_tensors", "scope"]

Reduction: TypeAlias = Literal["sum", "mean"] | None


class Examples(NamedTuple):
    """The examples of a loss: what is hidden of them, and how their losses become one.

    Attributes:
        weights: A factor for each loss; None where all are 1.
        mask: False for each loss that does not count; None where all do.
        reduction: "sum", "mean", or None for one loss per example.
    """

    weights: Tensor | None
    mask: Tensor | None
    reduction: Reduction

    @property
    def plain(self) -> bool:
        """Whether all examples count, and equally."""
        return self.weights is None and self.mask is None

    def shown(self, x: Tensor) -> Tensor:
        """Put zeros in the place of what is hidden, so that nothing of it is seen or learned.

        Args:
            x: Of the shape of the mask, or with one axis more.
        """
        if self.mask is None:
            return x
        return where(expand_dims(self.mask, -1) if x.ndim > self.mask.ndim else self.mask, x, 0)

    def pair(self, loss: str, **operands: Tensor) -> list[Tensor]:
        """Give what is shown of the two operands of a loss that looks at their shapes itself.

        It cannot where zeros have taken the place of some: these would broadcast the second.
        """
        if self.mask is None:
            return [*operands.values()]
        x, _ = operands.values()
        return [self.shown(x), self.shown(fitting(loss, **operands))]

    def reduced(self, losses: Tensor) -> Tensor:
        """Weight the losses of all examples, and make one of them if that is asked for."""
        weights = self.weights
        if weights is not None:
            weights = self.shown(cast_to(weights, losses.dtype))
        counted = self.shown(losses) if weights is None else losses * weights
        if self.reduction is None:
            return counted
        if self.reduction == "sum":
            return counted.sum()
        if weights is None and self.mask is not None:
            weights = cast_to(self.mask, losses.dtype)
        return mean(counted, weights)

    @classmethod
    def of(
        cls,
        loss: str,
        shape: Shape,
        weights: TensorLike | None,
        mask: TensorLike | None,
        reduction: Reduction,
        **operands: Tensor,
    ) -> "Examples":
        """Check and take what a user says about the examples.

        Args:
            loss: Name of the loss, for messages.
            shape: That of the losses.
            weights: Numbers of this shape, or None.
            mask: Booleans of this shape, or None.
            reduction: "sum", "mean" or None.
            operands: Those of the loss, by their roles; the shape of the first begins with that of
                the losses.

        Raises:
            ShapeError: Weights or mask have another shape.
            DTypeError: The mask is not boolean.
            ArgumentError: There is no such reduction.
        """
        if reduction not in (None, "sum", "mean"):
            raise ArgumentError(
                f"{loss}: there is no reduction {reduction!r}",
                at=str(creation_site()),
                hint="use 'mean', 'sum', or None for one loss per example",
            )
        graph = graph_of(operands.values())
        factors = None if weights is None else graph.as_tensor(weights)
        chosen = None if mask is None else graph.as_tensor(mask)
        if chosen is not None and chosen.dtype.kind != "b":
            raise DTypeError(
                f"{loss}: a mask is boolean, not {chosen.dtype}",
                at=str(creation_site()),
                rows=[describe(chosen, "mask")],
                hint="compare it, as in mask != 0, or give it as weights",
            )
        given = {"weights": factors, "mask": chosen}
        first, like = next(iter(operands.items()))
        for role, tensor in given.items():
            if tensor is None:
                continue
            if not may_be_equal(tensor.shape, shape):
                raise unlike_losses(loss, shape, role, tensor, operands)
            given[role] = fitting(loss, **{first: like, role: tensor})
        return cls(**given, reduction=reduction)


def mean(losses: Tensor, weights: Tensor | None) -> Tensor:
    """Divide the sum of weighted losses by that of the weights; nothing gives 0."""
    if weights is None and losses.spec.size:
        return losses.mean()
    dtype = promote(losses.dtype, DEFAULT_FLOAT)  # a sum may be no float16
    wide = cast_to(losses, dtype)
    if weights is None:
        count: Tensor | int = divisor(wide, tuple(range(wide.ndim)))
    else:
        total = cast_to(weights, dtype).sum()
        count = where(total == 0, 1, total)
    return cast_to(wide.sum() / count, losses.dtype)


def unlike_losses(
    loss: str, shape: Shape, role: str, tensor: Tensor, operands: dict[str, Tensor]
) -> ShapeError:
    """Make the error about weights or a mask that have not one element per loss."""
    hint = f"give one element per loss, in the shape {show_shape(shape)}"
    if may_be_equal(tensor.shape, (*shape, 1)):
        hint = f"take the axis of 1 away: gn.squeeze({role}, -1)"
    elif may_be_equal((*tensor.shape, 1), shape):
        hint = f"give {role} a last axis of 1: gn.expand_dims({role}, -1)"
    return unfitting(
        misfit(loss, role, show_shape(tensor.shape), "losses", show_shape(shape)),
        hint,
        **operands,
        **{role: tensor},
    )


def as_tensors(*operands: Any) -> list[Tensor]:
    """Give the operands of a loss as tensors of one graph."""
    graph = graph_of(operands)
    return [graph.as_tensor(operand) for operand in operands]


def scope(loss: str, examples: Examples, smoothing: float = 0.0) -> AbstractContextManager[object]:
    """Give the scope for the nodes of a loss; none where the loss is one node alone."""
    return nullcontext() if examples.plain and not smoothing else name_scope(loss)
