"""Initial values of variables: functions that give a tensor for a shape and a dtype.

Each function here makes such an initializer, as in ``he_normal()`` or ``constant(0.5)``. The
numbers that a session draws depend on its seed and on the name of the variable alone.

The variances of the scaled ones are those that keep signals of one size through the layers. With
*fan in*, the number of inputs of a unit, and *fan out*, the number of units that an input has:

* Glorot: 2 / (fan in + fan out), for tanh and linear layers. X. Glorot, Y. Bengio, "Understanding
  the difficulty of training deep feedforward neural networks", AISTATS 2010.
* He: 2 / fan in, for relu. K. He, X. Zhang, S. Ren, J. Sun, "Delving deep into rectifiers", ICCV
  2015.
* LeCun: 1 / fan in, for selu and linear layers. Y. LeCun, L. Bottou, G. Orr, K. Müller, "Efficient
  BackProp", 1998.
"""

from collections.abc import Callable
from math import prod, sqrt
from typing import Any, TypeAlias

from graphnet.errors import DefinitionError
from graphnet.ir.convert import as_array
from graphnet.ir.graph import current_graph
from graphnet.ir.spec import DEFAULT_FLOAT, promote
from graphnet.ir.tensor import Tensor
from graphnet.ops import random
from graphnet.ops.extents import broadcast_to
from graphnet.ops.families import cast_to
from graphnet.typing import DType

__all__ = [
    "Initializer",
    "constant",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "lecun_normal",
    "normal",
    "uniform",
    "zeros",
]

Extents: TypeAlias = tuple[int, ...]
Initializer: TypeAlias = Callable[[Extents, DType], Any]


def zeros() -> Initializer:
    """Start at zero, as biases do.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.nn.initializers.zeros()((2,), gn.float32))
        array([0., 0.], dtype=float32)
    """
    return constant(0.0)


def constant(value: Any) -> Initializer:
    """Start at given numbers.

    Args:
        value: A number, or an array that broadcasts to the shape of the variable.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.nn.initializers.constant(0.5)((2,), gn.float32))
        array([0.5, 0.5], dtype=float32)
    """

    def initial(shape: Extents, dtype: DType) -> Tensor:
        return broadcast_to(current_graph().as_tensor(as_array(value, dtype)), shape)

    return initial


def uniform(low: float, high: float) -> Initializer:
    """Draw from [low, high).

    Example:
        >>> import graphnet as gn
        >>> gn.nn.initializers.uniform(-0.1, 0.1)((2, 3), gn.float32)
        <tensor 'uniform' float32[2, 3]>
    """

    def initial(shape: Extents, dtype: DType) -> Tensor:
        return draw_evenly(shape, low, high, dtype)

    return initial


def normal(standard_deviation: float, mean: float = 0.0) -> Initializer:
    """Draw from a normal distribution.

    Example:
        >>> import graphnet as gn
        >>> gn.nn.initializers.normal(0.1)((2, 3), gn.float32)
        <tensor 'normal' float32[2, 3]>
    """

    def initial(shape: Extents, dtype: DType) -> Tensor:
        return draw_normally(shape, mean, standard_deviation, dtype)

    return initial


def glorot_uniform(gain: float = 1.0) -> Initializer:
    r"""Draw evenly, with the variance of Glorot and Bengio (2010).

    :math:`U(-a, a),\ a = g \sqrt{6 / (n_{in} + n_{out})}`

    Args:
        gain: Factor for the activation that follows, as sqrt(2) for relu.

    Example:
        >>> import graphnet as gn
        >>> gn.nn.initializers.glorot_uniform()((2, 3), gn.float32)
        <tensor 'uniform' float32[2, 3]>
    """

    def initial(shape: Extents, dtype: DType) -> Tensor:
        fan_in, fan_out = fans(shape)
        return symmetric(shape, gain * sqrt(2 / (fan_in + fan_out)), dtype)

    return initial


def glorot_normal(gain: float = 1.0) -> Initializer:
    r"""Draw normally, with the variance of Glorot and Bengio (2010).

    :math:`N(0, \sigma^2),\ \sigma = g \sqrt{2 / (n_{in} + n_{out})}`

    Args:
        gain: Factor for the activation that follows, as sqrt(2) for relu.

    Example:
        >>> import graphnet as gn
        >>> gn.nn.initializers.glorot_normal()((2, 3), gn.float32)
        <tensor 'normal' float32[2, 3]>
    """

    def initial(shape: Extents, dtype: DType) -> Tensor:
        fan_in, fan_out = fans(shape)
        return draw_normally(shape, 0.0, gain * sqrt(2 / (fan_in + fan_out)), dtype)

    return initial


def he_uniform() -> Initializer:
    r"""Draw evenly, with the variance of He et al. (2015).

    :math:`U(-a, a),\ a = \sqrt{6 / n_{in}}`

    Example:
        >>> import graphnet as gn
        >>> gn.nn.initializers.he_uniform()((2, 3), gn.float32)
        <tensor 'uniform' float32[2, 3]>
    """

    def initial(shape: Extents, dtype: DType) -> Tensor:
        return symmetric(shape, sqrt(2 / fans(shape)[0]), dtype)

    return initial


def he_normal() -> Initializer:
    r"""Draw normally, with the variance of He et al. (2015).

    :math:`N(0, \sigma^2),\ \sigma = \sqrt{2 / n_{in}}`

    Example:
        >>> import graphnet as gn
        >>> gn.nn.initializers.he_normal()((2, 3), gn.float32)
        <tensor 'normal' float32[2, 3]>
    """

    def initial(shape: Extents, dtype: DType) -> Tensor:
        return draw_normally(shape, 0.0, sqrt(2 / fans(shape)[0]), dtype)

    return initial


def lecun_normal() -> Initializer:
    r"""Draw normally, with the variance of LeCun et al. (1998).

    :math:`N(0, \sigma^2),\ \sigma = \sqrt{1 / n_{in}}`

    Example:
        >>> import graphnet as gn
        >>> gn.nn.initializers.lecun_normal()((2, 3), gn.float32)
        <tensor 'normal' float32[2, 3]>
    """

    def initial(shape: Extents, dtype: DType) -> Tensor:
        return draw_normally(shape, 0.0, sqrt(1 / fans(shape)[0]), dtype)

    return initial


def symmetric(shape: Extents, standard_deviation: float, dtype: DType) -> Tensor:
    """Draw evenly around zero: U(-a, a) has the deviation a / sqrt(3)."""
    limit = sqrt(3) * standard_deviation
    return draw_evenly(shape, -limit, limit, dtype)


def draw_evenly(shape: Extents, low: float, high: float, dtype: DType) -> Tensor:
    """Draw from [low, high) in any floating dtype."""
    return cast_to(random.uniform(shape, low, high, drawable(dtype)), dtype)


def draw_normally(shape: Extents, mean: float, standard_deviation: float, dtype: DType) -> Tensor:
    """Draw from a normal distribution in any floating dtype."""
    return cast_to(random.normal(shape, mean, standard_deviation, drawable(dtype)), dtype)


def drawable(dtype: DType) -> DType:
    """Give a dtype that random numbers are drawn in: float16 is too coarse."""
    return promote(dtype, DEFAULT_FLOAT)


def fans(shape: Extents) -> tuple[int, int]:
    """Give fan in and fan out: the last two extents, times those of a window before them.

    Raises:
        DefinitionError: There are no two axes.

    Example:
        >>> fans((784, 100)), fans((3, 3, 16, 32))
        ((784, 100), (144, 288))
    """
    if len(shape) < 2:
        raise DefinitionError(
            f"a variable of shape {list(shape)} has neither fan in nor fan out",
            hint="use uniform, normal, constant or zeros of gn.nn.initializers",
        )
    *window, inputs, outputs = shape
    return prod(window) * inputs, prod(window) * outputs


MAKERS: tuple[object, ...] = (
    constant,
    glorot_normal,
    glorot_uniform,
    he_normal,
    he_uniform,
    lecun_normal,
    normal,
    uniform,
    zeros,
)
"""Functions that make initializers, and that are easily given in place of what they make."""
