"""Initializers that take no account of how many units there are."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from graphnet.errors import DefinitionError
from graphnet.ir.context import creation_site
from graphnet.ir.convert import as_array
from graphnet.ir.graph import current_graph
from graphnet.ir.spec import DEFAULT_FLOAT, promote
from graphnet.ir.tensor import Tensor
from graphnet.ops import random
from graphnet.ops.extents import broadcast_to
from graphnet.ops.families import cast_to
from graphnet.typing import DType

__all__ = [
    "Extents",
    "Initializer",
    "constant",
    "draw_evenly",
    "draw_normally",
    "drawable",
    "identity",
    "normal",
    "ones",
    "truncated_normal",
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


def ones() -> Initializer:
    """Start at one, as factors do.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.nn.initializers.ones()((2,), gn.float32))
        array([1., 1.], dtype=float32)
    """
    return constant(1.0)


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


def identity(gain: float = 1.0) -> Initializer:
    """Start at the identity matrix: a layer hands on its input, as far as it has units for it.

    Args:
        gain: What the diagonal is, instead of 1.

    Raises:
        DefinitionError: On use, where the variable is no matrix.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.nn.initializers.identity()((2, 3), gn.float32))
        array([[1., 0., 0.],
               [0., 1., 0.]], dtype=float32)
    """

    def initial(shape: Extents, dtype: DType) -> Tensor:
        if len(shape) != 2:
            raise DefinitionError(
                f"a variable of shape {list(shape)} is no matrix, and has no diagonal",
                at=str(creation_site()),
                hint="initializers.identity is for variables of two axes",
            )
        return current_graph().as_tensor(as_array(gain * np.eye(*shape), dtype))

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


def truncated_normal(standard_deviation: float, mean: float = 0.0) -> Initializer:
    """Draw from a normal distribution without what lies beyond two standard deviations.

    Args:
        standard_deviation: Of the full distribution; what is left has 0.8796 of it.
        mean: Center of the distribution.

    Example:
        >>> import graphnet as gn
        >>> gn.nn.initializers.truncated_normal(0.1)((2, 3), gn.float32)
        <tensor 'truncated_normal' float32[2, 3]>
    """

    def initial(shape: Extents, dtype: DType) -> Tensor:
        drawn = random.truncated_normal(shape, mean, standard_deviation, drawable(dtype))
        return cast_to(drawn, dtype)

    return initial


def draw_evenly(shape: Extents, low: float, high: float, dtype: DType) -> Tensor:
    """Draw from [low, high) in any floating dtype."""
    return cast_to(random.uniform(shape, low, high, drawable(dtype)), dtype)


def draw_normally(shape: Extents, mean: float, standard_deviation: float, dtype: DType) -> Tensor:
    """Draw from a normal distribution in any floating dtype."""
    return cast_to(random.normal(shape, mean, standard_deviation, drawable(dtype)), dtype)


def drawable(dtype: DType) -> DType:
    """Give a dtype that random numbers are drawn in: float16 is too coarse."""
    return promote(dtype, DEFAULT_FLOAT)
