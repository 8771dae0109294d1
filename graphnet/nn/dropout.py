"""``Dropout``: elements left out at random while training."""

from numbers import Real

from graphnet.errors import DefinitionError
from graphnet.ir.context import creation_site
from graphnet.ir.spec import as_float
from graphnet.ir.tensor import Tensor
from graphnet.nn.layer import Layer
from graphnet.ops.dropout import dropout
from graphnet.ops.families import cast_to

__all__ = ["Dropout"]


class Dropout(Layer):
    r"""Zeros at random while training, the others scaled up; nothing in use.

    In training :math:`y_i = x_i m_i / (1 - \mathrm{rate})`, where :math:`m_i` is 0 with probability
    ``rate`` and else 1, drawn anew in every run; otherwise :math:`y = x`. N. Srivastava and others,
    "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", JMLR 15 (2014).

    Args:
        rate: The share of the elements that are dropped, at least 0 and below 1.
        name: Label of the layer's scope; by default ``dropout``. Together with the seed of the
            session, it decides which elements are dropped.

    Raises:
        DefinitionError: The rate is not a number in this range.

    Example:
        >>> import graphnet as gn
        >>> layer = gn.nn.Dropout(0.5)
        >>> x = gn.constant([1.0, 2.0, 3.0])
        >>> gn.evaluate(layer(x, training=False))
        array([1., 2., 3.], dtype=float32)
        >>> layer(x, training=True)
        <tensor 'dropout/dropout' float32[3]>
    """

    rate: float

    def __init__(self, rate: float, name: str | None = None) -> None:
        super().__init__(name)
        if not isinstance(rate, Real) or not 0 <= float(rate) < 1:
            raise DefinitionError(
                f"{self.label}: a rate of {rate!r:.60} is not from 0 to below 1",
                at=str(creation_site()),
                hint="the rate is the share of the elements that are dropped, as 0.1",
            )
        self.rate = float(rate)

    def call(self, x: Tensor) -> Tensor:
        """Declare the result; without a rate, the two forms are one."""
        x = cast_to(x, as_float(x.dtype))
        if not self.rate:
            return x
        return dropout(x, self.rate) if self.training else self.unsaid(x)
