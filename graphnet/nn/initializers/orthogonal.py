"""Orthogonal matrices to start at."""

from math import prod

from graphnet.errors import DefinitionError
from graphnet.ir.context import creation_site
from graphnet.ir.tensor import Tensor
from graphnet.nn.initializers.gains import Gain, as_gain
from graphnet.nn.initializers.simple import Extents, Initializer, drawable
from graphnet.ops import random
from graphnet.ops.families import cast_to
from graphnet.ops.shape import reshape
from graphnet.typing import DType

__all__ = ["orthogonal"]


def orthogonal(gain: Gain = 1.0) -> Initializer:
    """Start at an orthogonal matrix, drawn evenly from all of them, times a gain.

    It changes no length: of inputs where a layer has at least as many units as inputs, and else of
    gradients. A. Saxe, J. McClelland, S. Ganguli, "Exact solutions to the nonlinear dynamics of
    learning in deep linear neural networks", ICLR 2014. Of a variable with more than two axes, as
    that of a convolution, all but the last count as one.

    Args:
        gain: Factor for the activation that follows, or this activation, as ``gn.relu``.

    Raises:
        DefinitionError: On use, where the variable has less than two axes.

    Example:
        >>> import graphnet as gn
        >>> weight = gn.nn.initializers.orthogonal(gain=2.0)((3, 3), gn.float32)
        >>> gn.evaluate(gn.abs(gn.round(weight @ weight.T)))
        array([[4., 0., 0.],
               [0., 4., 0.],
               [0., 0., 4.]], dtype=float32)
    """
    factor = as_gain(gain)

    def initial(shape: Extents, dtype: DType) -> Tensor:
        if len(shape) < 2:
            raise DefinitionError(
                f"a variable of shape {list(shape)} is no matrix, and cannot be orthogonal",
                at=str(creation_site()),
                hint="use uniform, normal, constant or zeros of gn.nn.initializers",
            )
        *others, units = shape
        drawn = random.orthogonal((prod(others), units), drawable(dtype))
        matrix = drawn if factor == 1 else factor * drawn
        return cast_to(matrix if len(shape) == 2 else reshape(matrix, shape), dtype)

    return initial
