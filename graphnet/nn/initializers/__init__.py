"""Initial values of variables: functions that give a tensor for a shape and a dtype.

Each function here makes such an initializer, as in ``he_normal()`` or ``constant(0.5)``. The
numbers that a session draws depend on its seed and on the name of the variable alone.

The variances of the scaled ones are those that keep signals of one size through the layers. With
*fan in*, the number of inputs of a unit, *fan out*, the number of units that an input has, and the
gain g of the activation that follows:

* Glorot, also called Xavier: 2 g² / (fan in + fan out). X. Glorot, Y. Bengio, "Understanding the
  difficulty of training deep feedforward neural networks", AISTATS 2010.
* He, also called Kaiming: g² / fan in, with g = sqrt(2) for relu. K. He, X. Zhang, S. Ren, J. Sun,
  "Delving deep into rectifiers", ICCV 2015.
* LeCun: 1 / fan in, for selu and linear layers. Y. LeCun, L. Bottou, G. Orr, K. Müller, "Efficient
  BackProp", 1998.
"""

from graphnet.nn.initializers.gains import gain as gain
from graphnet.nn.initializers.orthogonal import orthogonal as orthogonal
from graphnet.nn.initializers.scaled import fan_in_uniform as fan_in_uniform
from graphnet.nn.initializers.scaled import glorot_normal as glorot_normal
from graphnet.nn.initializers.scaled import glorot_normal as xavier_normal
from graphnet.nn.initializers.scaled import glorot_uniform as glorot_uniform
from graphnet.nn.initializers.scaled import glorot_uniform as xavier_uniform
from graphnet.nn.initializers.scaled import he_normal as he_normal
from graphnet.nn.initializers.scaled import he_normal as kaiming_normal
from graphnet.nn.initializers.scaled import he_uniform as he_uniform
from graphnet.nn.initializers.scaled import he_uniform as kaiming_uniform
from graphnet.nn.initializers.scaled import lecun_normal as lecun_normal
from graphnet.nn.initializers.scaled import lecun_uniform as lecun_uniform
from graphnet.nn.initializers.scaled import variance_scaling as variance_scaling
from graphnet.nn.initializers.simple import Initializer as Initializer
from graphnet.nn.initializers.simple import constant as constant
from graphnet.nn.initializers.simple import identity as identity
from graphnet.nn.initializers.simple import normal as normal
from graphnet.nn.initializers.simple import ones as ones
from graphnet.nn.initializers.simple import truncated_normal as truncated_normal
from graphnet.nn.initializers.simple import uniform as uniform
from graphnet.nn.initializers.simple import zeros as zeros

__all__ = [
    "MAKERS",
    "Initializer",
    "constant",
    "fan_in_uniform",
    "gain",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "identity",
    "kaiming_normal",
    "kaiming_uniform",
    "lecun_normal",
    "lecun_uniform",
    "normal",
    "ones",
    "orthogonal",
    "truncated_normal",
    "uniform",
    "variance_scaling",
    "xavier_normal",
    "xavier_uniform",
    "zeros",
]

MAKERS: tuple[object, ...] = (
    constant,
    fan_in_uniform,
    glorot_normal,
    glorot_uniform,
    he_normal,
    he_uniform,
    identity,
    lecun_normal,
    lecun_uniform,
    normal,
    ones,
    orthogonal,
    truncated_normal,
    uniform,
    variance_scaling,
    zeros,
)
"""Functions that make initializers, and that are easily given in place of what they make."""
