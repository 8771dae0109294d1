"""Initializers whose variance depends on how many units a layer connects."""

from math import prod, sqrt
from typing import Literal, TypeAlias

from graphnet.errors import ArgumentError, DefinitionError
from graphnet.ir.context import creation_site
from graphnet.nn.initializers.gains import Gain, as_gain
from graphnet.nn.initializers.simple import Extents, Initializer, normal, truncated_normal, uniform
from graphnet.typing import DType

__all__ = [
    "Fans",
    "fan_in_uniform",
    "fans_of",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "lecun_normal",
    "lecun_uniform",
    "variance_scaling",
]

Fans: TypeAlias = tuple[int, int]
Mode: TypeAlias = Literal["fan_in", "fan_out", "fan_average"]
Distribution: TypeAlias = Literal["normal", "truncated_normal", "uniform"]

MODES = ("fan_in", "fan_out", "fan_average")
DISTRIBUTIONS = ("normal", "truncated_normal", "uniform")
TRUNCATED = 0.8796256610342398
"""The deviation of a standard normal distribution without what lies beyond 2."""


def variance_scaling(
    scale: float = 1.0,
    mode: Mode = "fan_in",
    distribution: Distribution = "truncated_normal",
    *,
    fans: Fans | None = None,
) -> Initializer:
    r"""Draw with mean 0 and a variance that depends on the number of units.

    :math:`\sigma^2 = \mathrm{scale} / n`, whatever the distribution is. The named forms in this
    module are this one for certain scales and modes.

    Args:
        scale: Positive; the square of a gain.
        mode: What n is: ``"fan_in"``, ``"fan_out"`` or ``"fan_average"``, the mean of the two.
        distribution: ``"normal"``, ``"truncated_normal"`` (nothing beyond two deviations of the
            full one) or ``"uniform"``.
        fans: Fan in and fan out; by default what the shape of the variable says. A bias has no
            fans of its own: with those of its weight, [inputs, units], it can be drawn alike.

    Raises:
        ArgumentError: The scale is not positive, or a mode or distribution not known.
        DefinitionError: On use, where a variable has less than two axes and there are no ``fans``.

    Example:
        >>> import graphnet as gn
        >>> gn.nn.initializers.variance_scaling(2.0, "fan_out", "uniform")((2, 3), gn.float32)
        <tensor 'uniform' float32[2, 3]>
    """
    check(scale, mode, distribution)

    def initial(shape: Extents, dtype: DType) -> object:
        fan_in, fan_out = fans_of(shape) if fans is None else fans
        sizes = {"fan_in": fan_in, "fan_out": fan_out, "fan_average": (fan_in + fan_out) / 2}
        deviation = sqrt(scale / max(sizes[mode], 1))
        return centered(distribution, deviation)(shape, dtype)

    return initial


def check(scale: float, mode: str, distribution: str) -> None:
    """Refuse arguments of ``variance_scaling`` that mean nothing."""
    if not 0 < scale < float("inf"):
        raise ArgumentError(
            f"variance_scaling: the scale is {scale!r}",
            at=str(creation_site()),
            hint="use a positive number; for all zeros, initializers.zeros()",
        )
    for what, given, known in (
        ("mode", mode, MODES),
        ("distribution", distribution, DISTRIBUTIONS),
    ):
        if given not in known:
            raise ArgumentError(
                f"variance_scaling: there is no {what} {given!r}",
                at=str(creation_site()),
                hint=f"use one of {', '.join(map(repr, known))}",
            )


def centered(distribution: Distribution, deviation: float) -> Initializer:
    """Give the initializer of a distribution with mean 0 and a standard deviation."""
    if distribution == "uniform":
        limit = sqrt(3) * deviation  # U(-a, a) has the deviation a / sqrt(3)
        return uniform(-limit, limit)
    if distribution == "normal":
        return normal(deviation)
    return truncated_normal(deviation / TRUNCATED)


def glorot_uniform(gain: Gain = 1.0, *, fans: Fans | None = None) -> Initializer:
    r"""Draw evenly, with the variance of Glorot and Bengio (2010); also ``xavier_uniform``.

    :math:`U(-a, a),\ a = g \sqrt{6 / (n_{in} + n_{out})}`

    Args:
        gain: Factor for the activation that follows, or this activation, as ``gn.tanh``.
        fans: As for ``variance_scaling``.

    Example:
        >>> import graphnet as gn
        >>> gn.nn.initializers.glorot_uniform("tanh")((2, 3), gn.float32)
        <tensor 'uniform' float32[2, 3]>
    """
    return variance_scaling(as_gain(gain) ** 2, "fan_average", "uniform", fans=fans)


def glorot_normal(gain: Gain = 1.0, *, fans: Fans | None = None) -> Initializer:
    r"""Draw normally, with the variance of Glorot and Bengio (2010); also ``xavier_normal``.

    :math:`N(0, \sigma^2),\ \sigma = g \sqrt{2 / (n_{in} + n_{out})}`

    Args:
        gain: Factor for the activation that follows, or this activation, as ``gn.tanh``.
        fans: As for ``variance_scaling``.

    Example:
        A bias of the same deviation as the weight:

        >>> import graphnet as gn
        >>> glorot = gn.nn.initializers.glorot_normal
        >>> layer = gn.nn.Dense(
        ...     25,
        ...     gn.relu,
        ...     weight_initializer=glorot(gn.relu),
        ...     bias_initializer=glorot(gn.relu, fans=(2, 25)),
        ... )
    """
    return variance_scaling(as_gain(gain) ** 2, "fan_average", "normal", fans=fans)


def he_uniform(gain: Gain = "relu", *, fans: Fans | None = None) -> Initializer:
    r"""Draw evenly, with the variance of He et al. (2015); also ``kaiming_uniform``.

    :math:`U(-a, a),\ a = g \sqrt{3 / n_{in}}`, which is :math:`\sqrt{6 / n_{in}}` for relu.

    Args:
        gain: Factor for the activation that follows, or this activation, as ``gn.elu``.
        fans: As for ``variance_scaling``.

    Example:
        >>> import graphnet as gn
        >>> gn.nn.initializers.he_uniform()((2, 3), gn.float32)
        <tensor 'uniform' float32[2, 3]>
    """
    return variance_scaling(as_gain(gain) ** 2, "fan_in", "uniform", fans=fans)


def he_normal(gain: Gain = "relu", *, fans: Fans | None = None) -> Initializer:
    r"""Draw normally, with the variance of He et al. (2015); also ``kaiming_normal``.

    :math:`N(0, \sigma^2),\ \sigma = g / \sqrt{n_{in}}`, which is :math:`\sqrt{2 / n_{in}}` for
    relu.

    Args:
        gain: Factor for the activation that follows, or this activation, as ``gn.elu``.
        fans: As for ``variance_scaling``.

    Example:
        >>> import graphnet as gn
        >>> gn.nn.initializers.he_normal()((2, 3), gn.float32)
        <tensor 'normal' float32[2, 3]>
    """
    return variance_scaling(as_gain(gain) ** 2, "fan_in", "normal", fans=fans)


def lecun_uniform(*, fans: Fans | None = None) -> Initializer:
    r"""Draw evenly, with the variance of LeCun et al. (1998).

    :math:`U(-a, a),\ a = \sqrt{3 / n_{in}}`

    Args:
        fans: As for ``variance_scaling``.

    Example:
        >>> import graphnet as gn
        >>> gn.nn.initializers.lecun_uniform()((2, 3), gn.float32)
        <tensor 'uniform' float32[2, 3]>
    """
    return variance_scaling(1.0, "fan_in", "uniform", fans=fans)


def lecun_normal(*, fans: Fans | None = None) -> Initializer:
    r"""Draw normally, with the variance of LeCun et al. (1998).

    :math:`N(0, \sigma^2),\ \sigma = \sqrt{1 / n_{in}}`

    Args:
        fans: As for ``variance_scaling``.

    Example:
        >>> import graphnet as gn
        >>> gn.nn.initializers.lecun_normal()((2, 3), gn.float32)
        <tensor 'normal' float32[2, 3]>
    """
    return variance_scaling(1.0, "fan_in", "normal", fans=fans)


def fan_in_uniform(*, fans: Fans | None = None) -> Initializer:
    r"""Draw evenly from plus or minus one over the root of fan in, as PyTorch's ``Linear`` does.

    :math:`U(-a, a),\ a = 1 / \sqrt{n_{in}}`

    Args:
        fans: As for ``variance_scaling``; those of the weight, where it is a bias.

    Example:
        >>> import graphnet as gn
        >>> gn.nn.initializers.fan_in_uniform()((2, 3), gn.float32)
        <tensor 'uniform' float32[2, 3]>
    """
    return variance_scaling(1 / 3, "fan_in", "uniform", fans=fans)


def fans_of(shape: Extents) -> Fans:
    """Give fan in and fan out: the last two extents, times those of a window before them.

    Raises:
        DefinitionError: There are no two axes.

    Example:
        >>> fans_of((784, 100)), fans_of((3, 3, 16, 32))
        ((784, 100), (144, 288))
    """
    if len(shape) < 2:
        raise DefinitionError(
            f"a variable of shape {list(shape)} has neither fan in nor fan out",
            at=str(creation_site()),
            hint="give those of the weight, as in he_normal(fans=(784, 100)), "
            "or use uniform, normal, constant or zeros of gn.nn.initializers",
        )
    *window, inputs, outputs = shape
    return prod(window) * inputs, prod(window) * outputs
