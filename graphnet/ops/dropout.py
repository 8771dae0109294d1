"""Dropout: a random mask, and its product with the operand.

The mask is a node of its own, so that the gradient meets the same one.
"""

from graphnet.errors import DTypeError, GraphError
from graphnet.ir.context import creation_site
from graphnet.ir.spec import as_float, is_float
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.ir.traits import Sample, f32
from graphnet.kernels import rng
from graphnet.kernels.rng import Key
from graphnet.ops.arithmetic import Multiply
from graphnet.ops.checks import as_tensor
from graphnet.ops.draw import F64, Draw, number
from graphnet.ops.families import cast_to
from graphnet.typing import Array

__all__ = ["dropout"]


class DropoutMask(Draw):
    """0 with probability ``rate``, else 1 / (1 - rate)."""

    name = "dropout_mask"
    rate: float = 0.5
    samples = (
        Sample(f32(2, 3), rate=0.3),
        Sample(f32()),
        Sample(f32(0, 3), dtype=F64),
        Sample(shape=(2, 3)),
    )

    def check(self) -> None:
        if not is_float(self.dtype):
            raise DTypeError(f"factors are floats, not {self.dtype}", hint="use gn.float32")

    def draw(self, key: Key, shape: tuple[int, ...], out: Array | None) -> Array:
        return rng.keep_mask(key, shape, self.dtype, self.rate, out)


def dropout(x: TensorLike, rate: float, name: str | None = None) -> Tensor:
    r"""Set elements to zero at random, and scale up the others so that the mean stays.

    :math:`y_i = x_i m_i / (1 - \mathrm{rate})`, where :math:`m_i` is 0 with probability ``rate``
    and else 1, drawn anew in every run. (N. Srivastava and others, "Dropout: A Simple Way to
    Prevent Neural Networks from Overfitting", JMLR 15, 2014.)

    Args:
        x: Tensor of any shape; integers are converted to float32.
        rate: The share of the elements that are dropped, at least 0 and below 1. With 0 the result
            is ``x`` itself.
        name: Label; together with the seed, it decides which elements are dropped.

    Raises:
        GraphError: The rate is not in this range, or a tensor.

    Example:
        >>> import graphnet as gn
        >>> y = gn.dropout(gn.full_like(gn.placeholder((1000,)), 3.0), rate=0.25)
        >>> y
        <tensor 'dropout' float32[1000]>
    """
    share = number("dropout", "rate", rate)
    if not 0 <= share < 1:
        raise GraphError(
            f"dropout: a rate of {rate} is not from 0 to below 1",
            at=str(creation_site()),
            hint="the rate is the share of the elements that are dropped, as 0.1",
        )
    given = as_tensor(x)
    floating = cast_to(given, as_float(given.dtype))
    if not share:
        return floating
    label = name or "dropout"
    mask = DropoutMask(dtype=floating.dtype, rate=share)(floating, name=f"{label}/mask")
    return Multiply()(floating, mask, name=label)
