"""Activations as layers: each is a function of ``gn`` with its settings kept."""

from graphnet.nn.lambda_ import Lambda
from graphnet.ops.activations import gelu, sigmoid, silu, softplus
from graphnet.ops.elementwise import tanh
from graphnet.ops.normalize import softmax
from graphnet.ops.rectifiers import elu, leaky_relu, relu, selu

__all__ = [
    "ELU",
    "GELU",
    "SELU",
    "LeakyReLU",
    "ReLU",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Tanh",
]


class ReLU(Lambda):
    """``gn.relu`` as a layer: ``max(x, 0)``.

    Args:
        name: Label of the layer's scope; by default ``relu``.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.nn.ReLU()([-1.0, 0.0, 1.0]))
        array([0., 0., 1.], dtype=float32)
    """

    def __init__(self, name: str | None = None) -> None:
        super().__init__(relu, name)


class LeakyReLU(Lambda):
    """``gn.leaky_relu`` as a layer: ``x`` where ``x > 0``, ``slope * x`` elsewhere.

    Args:
        slope: The slope below 0.
        name: Label of the layer's scope; by default ``leaky_relu``.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.nn.LeakyReLU(slope=0.05)([-1.0, 0.0, 1.0]))
        array([-0.05,  0.  ,  1.  ], dtype=float32)
    """

    def __init__(self, slope: float = 0.01, name: str | None = None) -> None:
        super().__init__(leaky_relu, name, alpha=slope)


class ELU(Lambda):
    """``gn.elu`` as a layer: ``x`` where ``x > 0``, ``alpha * (exp(x) - 1)`` elsewhere.

    Args:
        alpha: The magnitude of the limit for large negative x.
        name: Label of the layer's scope; by default ``elu``.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.nn.ELU()([-1.0, 0.0, 1.0]))
        array([-0.63212055,  0.        ,  1.        ], dtype=float32)
    """

    def __init__(self, alpha: float = 1.0, name: str | None = None) -> None:
        super().__init__(elu, name, alpha=alpha)


class SELU(Lambda):
    """``gn.selu`` as a layer: ``elu``, scaled so that activations keep mean 0 and variance 1.

    Args:
        name: Label of the layer's scope; by default ``selu``.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.nn.SELU()([-1.0, 0.0, 1.0]))
        array([-1.1113307,  0.       ,  1.050701 ], dtype=float32)
    """

    def __init__(self, name: str | None = None) -> None:
        super().__init__(selu, name)


class GELU(Lambda):
    """``gn.gelu`` as a layer: ``x`` times the probability of a normal number below ``x``.

    Args:
        approximate: Whether to use the approximation by tanh.
        name: Label of the layer's scope; by default ``gelu``.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.nn.GELU()([-1.0, 0.0, 1.0]))
        array([-0.15865526,  0.        ,  0.8413447 ], dtype=float32)
    """

    def __init__(self, approximate: bool = False, name: str | None = None) -> None:
        super().__init__(gelu, name, approximate=approximate)


class SiLU(Lambda):
    """``gn.silu`` as a layer: ``x * sigmoid(x)``.

    Args:
        name: Label of the layer's scope; by default ``silu``.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.nn.SiLU()([-1.0, 0.0, 1.0]))
        array([-0.2689414,  0.       ,  0.7310586], dtype=float32)
    """

    def __init__(self, name: str | None = None) -> None:
        super().__init__(silu, name)


class Softplus(Lambda):
    """``gn.softplus`` as a layer: ``log(1 + exp(x))``.

    Args:
        name: Label of the layer's scope; by default ``softplus``.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.nn.Softplus()([-1.0, 0.0, 1.0]))
        array([0.31326163, 0.6931472 , 1.3132616 ], dtype=float32)
    """

    def __init__(self, name: str | None = None) -> None:
        super().__init__(softplus, name)


class Sigmoid(Lambda):
    """``gn.sigmoid`` as a layer: ``1 / (1 + exp(-x))``.

    Args:
        name: Label of the layer's scope; by default ``sigmoid``.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.nn.Sigmoid()([-1.0, 0.0, 1.0]))
        array([0.2689414, 0.5      , 0.7310586], dtype=float32)
    """

    def __init__(self, name: str | None = None) -> None:
        super().__init__(sigmoid, name)


class Tanh(Lambda):
    """``gn.tanh`` as a layer: the hyperbolic tangent.

    Args:
        name: Label of the layer's scope; by default ``tanh``.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.nn.Tanh()([-1.0, 0.0, 1.0]))
        array([-0.7615942,  0.       ,  0.7615942], dtype=float32)
    """

    def __init__(self, name: str | None = None) -> None:
        super().__init__(tanh, name)


class Softmax(Lambda):
    """``gn.softmax`` as a layer: positive numbers that sum to one along an axis.

    Args:
        axis: The axis along which the result sums to one.
        name: Label of the layer's scope; by default ``softmax``.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.nn.Softmax()([-1.0, 0.0, 1.0]))
        array([0.09003057, 0.24472846, 0.66524094], dtype=float32)
    """

    def __init__(self, axis: int = -1, name: str | None = None) -> None:
        super().__init__(softmax, name, axis=axis)
