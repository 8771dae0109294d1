"""Limits for gradients: functions of pairs of gradient and variable."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from numbers import Real
from operator import add
from typing import TypeAlias

import numpy as np

from graphnet.errors import DefinitionError
from graphnet.ir.context import creation_site
from graphnet.ir.tensor import Tensor
from graphnet.ops.elementwise import sqrt, square
from graphnet.ops.families import cast_to, common_dtype
from graphnet.ops.reduce import sum as sum_of
from graphnet.ops.select import clip, maximum
from graphnet.ops.sources import Variable
from graphnet.optim.half import wide

__all__ = ["Clip", "ClipByGlobalNorm", "ClipByNorm", "ClipByValue", "Pair", "global_norm"]

Pair: TypeAlias = tuple[Tensor, Variable]
Clip: TypeAlias = Callable[[Sequence[Pair]], Iterable[Pair]]


class Limit(ABC):
    """Base of all limits.

    Args:
        limit: A positive number.
    """

    def __init__(self, limit: float) -> None:
        if not isinstance(limit, Real) or isinstance(limit, bool) or not 0 < float(limit) < np.inf:
            raise DefinitionError(
                f"{type(self).__name__}: {limit!r:.60} is not a limit",
                at=str(creation_site()),
                hint="use a finite number above 0",
            )
        self.limit: float = float(limit)

    def __repr__(self) -> str:
        """Give the call that declares it."""
        return f"{type(self).__name__}({self.limit!r})"

    @abstractmethod
    def __call__(self, pairs: Sequence[Pair]) -> list[Pair]:
        """Give the pairs with limited gradients."""

    def scale(self, norm: Tensor) -> Tensor:
        """Give the factor that limits a norm; NaN stays what it is."""
        return self.limit / maximum(norm, self.limit)


class ClipByValue(Limit):
    """Limit each element of the gradients to [-limit, limit].

    Args:
        limit: A positive number.

    Raises:
        DefinitionError: It is none.

    Example:
        >>> import graphnet as gn
        >>> x = gn.Variable([3.0, 0.25])
        >>> step = gn.optim.SGD(1.0, clip=gn.optim.ClipByValue(0.5)).minimize((x * x).sum() / 2)
        >>> with gn.Session() as session:
        ...     session.run(step)
        ...     session.run(x)
        array([2.5, 0. ], dtype=float32)
    """

    def __call__(self, pairs: Sequence[Pair]) -> list[Pair]:
        """Give the pairs with limited gradients."""
        return [(clip(gradient, -self.limit, self.limit), each) for gradient, each in pairs]


class ClipByNorm(Limit):
    r"""Shorten each gradient that is longer than the limit.

    :math:`g \leftarrow g \min(1, c / \lVert g \rVert)` for each variable.

    What is said of the norm of ``ClipByGlobalNorm`` holds here, too.

    Args:
        limit: A positive number, for the Euclidean norm.

    Raises:
        DefinitionError: It is none.

    Example:
        >>> import graphnet as gn
        >>> x = gn.Variable([3.0, 4.0])
        >>> pairs = gn.optim.SGD(1.0).compute_gradients((x * x).sum() / 2)
        >>> [(gradient, _)] = gn.optim.ClipByNorm(1.0)(pairs)
        >>> gn.evaluate(gradient)
        array([0.6, 0.8], dtype=float32)
    """

    def __call__(self, pairs: Sequence[Pair]) -> list[Pair]:
        """Give the pairs with limited gradients."""
        return [
            (scaled(gradient, self.scale(global_norm([gradient]))), each)
            for gradient, each in pairs
        ]


class ClipByGlobalNorm(Limit):
    r"""Shorten all gradients together if they are longer than the limit.

    :math:`g_i \leftarrow g_i \min(1, c / \sqrt{\sum_j \lVert g_j \rVert^2})`

    R. Pascanu, T. Mikolov, Y. Bengio, "On the difficulty of training recurrent neural networks",
    ICML 2013.

    Norms of float16 are computed in float32. A norm whose square is beyond the dtype all the same,
    in float32 one above 1e19, counts as infinite: NumPy warns of the overflow, and finite elements
    become 0.

    Args:
        limit: A positive number, for the Euclidean norm of all gradients.

    Raises:
        DefinitionError: It is none.

    Example:
        >>> import graphnet as gn
        >>> x, y = gn.Variable(3.0), gn.Variable(4.0)
        >>> pairs = gn.optim.SGD(1.0).compute_gradients((x * x + y * y) / 2)
        >>> gn.evaluate([gradient for gradient, _ in gn.optim.ClipByGlobalNorm(1.0)(pairs)])
        [array(0.6, dtype=float32), array(0.8, dtype=float32)]
    """

    def __call__(self, pairs: Sequence[Pair]) -> list[Pair]:
        """Give the pairs with limited gradients."""
        scale = self.scale(global_norm([gradient for gradient, _ in pairs]))
        return [(scaled(gradient, scale), each) for gradient, each in pairs]


def global_norm(gradients: Sequence[Tensor]) -> Tensor:
    r"""Give the Euclidean norm of all elements of several tensors.

    :math:`\sqrt{\sum_i \lVert g_i \rVert^2}`

    Args:
        gradients: Floating tensors of any shapes, at least one.

    Returns:
        Scalar tensor of their common dtype, but of float32 for float16, which holds no large norm.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.optim.global_norm([gn.constant([3.0]), gn.constant(4.0)]))
        array(5., dtype=float32)
    """
    sums = [square_sum(gradient) for gradient in gradients]
    dtype = common_dtype(sums)
    return sqrt(reduce(add, [cast_to(each, dtype) for each in sums]))


def square_sum(x: Tensor) -> Tensor:
    """Give the sum of the squares of all elements, of float16 in float32."""
    return sum_of(square(wide(x)))


def scaled(gradient: Tensor, scale: Tensor) -> Tensor:
    """Give a gradient times a factor, which may be small: of float16 by way of float32."""
    x = wide(gradient)
    return cast_to(x * cast_to(scale, x.dtype), gradient.dtype)
