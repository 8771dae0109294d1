"""``BatchNorm`` and ``LayerNorm``: features of mean 0 and variance 1, then scaled and shifted."""

from collections.abc import Sequence
from math import inf
from numbers import Real

from graphnet.errors import DefinitionError, ShapeError
from graphnet.ir.context import creation_site
from graphnet.ir.spec import DEFAULT_FLOAT, as_float, normalize_axes, promote, static
from graphnet.ir.tensor import Tensor, describe
from graphnet.nn.initializers import Initializer, constant, zeros
from graphnet.nn.inputs import check_sizes, known_sizes
from graphnet.nn.layer import Layer
from graphnet.nn.numbers import is_integer
from graphnet.ops.attach import track
from graphnet.ops.elementwise import rsqrt, square
from graphnet.ops.families import cast_to
from graphnet.ops.guards import enough_values
from graphnet.ops.reduction import divisor
from graphnet.ops.shape import reshape
from graphnet.ops.sources import Variable
from graphnet.typing import DType

__all__ = ["BatchNorm", "LayerNorm"]


class Normalization(Layer):
    """Base of both: a scale and a shift, and which axes these belong to.

    Squares of float16 overflow soon, and sums of it are rough: statistics are of float32 or wider.

    Attributes:
        gamma: The scale, if there is one.
        beta: The shift, if there is one.
    """

    gamma: Variable | None = None
    beta: Variable | None = None

    def __init__(
        self,
        axis: int | Sequence[int],
        epsilon: float,
        center: bool,
        scale: bool,
        name: str | None,
    ) -> None:
        super().__init__(name)
        self.axes = check_axes(axis, self.label)
        self.epsilon = check_range(epsilon, "epsilon", self.label, high=inf)
        self.center, self.scale = center, scale

    def build(self, x: Tensor) -> None:
        """Make the scale and the shift."""
        known_sizes(self, x, self.axes)
        self.axes = tuple(sorted(self.axes, key=lambda axis: axis % x.ndim))
        self.sizes = known_sizes(self, x, self.axes)
        ones: Initializer = constant(1.0)
        self.gamma = self.variable("gamma", self.sizes, ones) if self.scale else None
        self.beta = self.variable("beta", self.sizes, zeros()) if self.center else None

    def prepare(self, x: Tensor) -> tuple[Tensor, tuple[int, ...]]:
        """Give the input as wide floats, and which of its axes the variables have."""
        check_sizes(self, x, self.sizes, self.axes)
        return cast_to(x, wide(x)), normalize_axes(self.axes, x.ndim)

    def align(self, variable: Tensor, x: Tensor, kept: tuple[int, ...]) -> Tensor:
        """Give a variable in a shape that broadcasts to that of ``x``."""
        if kept == tuple(range(x.ndim - len(kept), x.ndim)):
            return variable
        extents = dict(zip(kept, static(variable.shape), strict=True))
        return reshape(variable, [extents.get(axis, 1) for axis in range(x.ndim)])

    def transform(
        self, centered: Tensor, variance: Tensor, x: Tensor, kept: tuple[int, ...]
    ) -> Tensor:
        """Declare centered / sqrt(variance + epsilon) * gamma + beta."""
        factor = rsqrt(variance + self.epsilon)
        if self.gamma is not None:
            factor = factor * self.align(self.gamma, x, kept)
        y = centered * factor
        return y if self.beta is None else y + self.align(self.beta, x, kept)


class BatchNorm(Normalization):
    r"""Normalize each feature over the batch in training, by moving averages in use.

    :math:`y = \gamma (x - \mu) / \sqrt{\sigma^2 + \epsilon} + \beta`. S. Ioffe, C. Szegedy, "Batch
    Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift", ICML
    2015.

    In training, μ and σ² are mean and (biased) variance of the batch, over all axes but that of the
    features, and gradients flow through them. Each step that trains by the result moves
    ``moving_mean`` and ``moving_variance`` towards those of the batch, as an optimizer's
    ``minimize`` arranges by itself: v ← momentum · v + (1 - momentum) · statistic. Called twice
    for training in one loss, they move twice. As in the paper, it is the unbiased variance, by
    n - 1, that is averaged. In use, the averages take the place of μ and σ², so that examples do
    not depend on each other.

    A batch must have two values per feature for training, or its variance says nothing; one
    example, or none, is an error then. In use there can be one, or none.

    Args:
        axis: The axis of the features; the last by default, 1 where channels come first.
        momentum: The share of its old value that an average keeps in a step, from 0 to 1; elsewhere
            the word may stand for what is left of 1.
        epsilon: What is added to the variance, from 0 up.
        center: Whether to add beta.
        scale: Whether to multiply by gamma.
        name: Label of the layer's scope; by default ``batch_norm``.

    Raises:
        DefinitionError: An argument is out of its range.
        ShapeError: On a call, where the axis of the features has no known size, another size than
            in the first call, or is the only one; or where a training batch is too small.

    Example:
        >>> import graphnet as gn
        >>> norm = gn.nn.BatchNorm()
        >>> x = gn.constant([[1.0, 10.0], [3.0, 30.0]])
        >>> gn.evaluate(norm(x, training=True))
        array([[-0.999995, -1.      ],
               [ 0.999995,  1.      ]], dtype=float32)
        >>> [variable.name for variable in norm.trainable_variables]
        ['batch_norm/gamma', 'batch_norm/beta']
        >>> [variable.name for variable in norm.variables if not variable.trainable]
        ['batch_norm/moving_mean', 'batch_norm/moving_variance']
    """

    moving_mean: Variable
    moving_variance: Variable

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.9,
        epsilon: float = 1e-5,
        center: bool = True,
        scale: bool = True,
        name: str | None = None,
    ) -> None:
        super().__init__(axis, epsilon, center, scale, name)
        self.momentum = check_range(momentum, "momentum", self.label, high=1.0)

    def build(self, x: Tensor) -> None:
        """Make scale, shift and moving averages."""
        super().build(x)
        ones = constant(1.0)
        self.moving_mean, self.moving_variance = (
            self.variable(name, self.sizes, initial, trainable=False, dtype=wide(x))
            for name, initial in (("moving_mean", zeros()), ("moving_variance", ones))
        )

    def call(self, inputs: Tensor) -> Tensor:
        """Declare the result of the form that is asked for."""
        x, kept = self.prepare(inputs)
        if x.ndim == len(kept):
            raise ShapeError(
                f"{self.label}: the input has no axis besides that of the features",
                at=str(creation_site()),
                rows=[describe(x, "input")],
                hint="give it a batch, as in gn.placeholder((None, 10))",
            )
        y = self.trained(x, kept) if self.training else self.unsaid(self.used(x, kept))
        return cast_to(y, as_float(inputs.dtype))

    def trained(self, x: Tensor, kept: tuple[int, ...]) -> Tensor:
        """Declare the form that normalizes by the batch, and moves the averages."""
        axes = tuple(axis for axis in range(x.ndim) if axis not in kept)
        x = enough_values(x, axes)
        mean = x.mean(axes, keepdims=True)
        centered = x - mean
        squares = square(centered).sum(axes, keepdims=True)
        y = self.transform(centered, squares / divisor(x, axes), x, kept)
        y = self.tracked(y, self.moving_mean, mean)
        return self.tracked(y, self.moving_variance, squares / divisor(x, axes, 1))

    def tracked(self, y: Tensor, variable: Variable, statistic: Tensor) -> Tensor:
        """Attach a moving average to the result."""
        flat = reshape(cast_to(statistic, variable.dtype), self.sizes)
        return track(y, variable, flat, self.momentum)

    def used(self, x: Tensor, kept: tuple[int, ...]) -> Tensor:
        """Declare the form that normalizes by the averages."""
        mean, variance = (
            self.align(cast_to(average, x.dtype), x, kept)
            for average in (self.moving_mean, self.moving_variance)
        )
        return self.transform(x - mean, variance, x, kept)


class LayerNorm(Normalization):
    r"""Normalize the features of each example by their own mean and variance.

    :math:`y = \gamma (x - \mu) / \sqrt{\sigma^2 + \epsilon} + \beta` with :math:`\mu` and
    :math:`\sigma^2`, the biased variance, over the axes of the features. Training and use are the
    same. J. Ba, J. Kiros, G. Hinton, "Layer Normalization", arXiv:1607.06450 (2016).

    Args:
        axis: The axis of the features, or several; gamma and beta have an element for each.
        epsilon: What is added to the variance, from 0 up.
        center: Whether to add beta.
        scale: Whether to multiply by gamma.
        name: Label of the layer's scope; by default ``layer_norm``.

    Raises:
        DefinitionError: An argument is out of its range.
        ShapeError: On a call, where an axis of the features has no known size, or another size than
            in the first call.

    Example:
        >>> import graphnet as gn
        >>> norm = gn.nn.LayerNorm(epsilon=1e-6)
        >>> gn.evaluate(norm([[1.0, 3.0], [-20.0, 20.0]]))
        array([[-0.9999995,  0.9999995],
               [-1.       ,  1.       ]], dtype=float32)
        >>> norm.gamma, norm.beta
        (<variable 'layer_norm/gamma' float32[2]>, <variable 'layer_norm/beta' float32[2]>)
    """

    def __init__(
        self,
        axis: int | Sequence[int] = -1,
        epsilon: float = 1e-5,
        center: bool = True,
        scale: bool = True,
        name: str | None = None,
    ) -> None:
        super().__init__(axis, epsilon, center, scale, name)

    def call(self, inputs: Tensor) -> Tensor:
        """Declare the normalized input."""
        x, kept = self.prepare(inputs)
        centered = x - x.mean(kept, keepdims=True)
        variance = square(centered).mean(kept, keepdims=True)
        return cast_to(self.transform(centered, variance, x, kept), as_float(inputs.dtype))


def wide(x: Tensor) -> DType:
    """Give the dtype for statistics of a tensor."""
    return promote(as_float(x.dtype), DEFAULT_FLOAT)


def check_axes(axis: int | Sequence[int], label: str) -> tuple[int, ...]:
    """Give axes as a tuple.

    Raises:
        DefinitionError: There are none, or one is not an integer.
    """
    axes = tuple(axis) if isinstance(axis, Sequence) else (axis,)
    if axes and all(map(is_integer, axes)):
        return tuple(map(int, axes))
    raise DefinitionError(
        f"{label}: {axis!r:.60} does not name the axes of the features",
        at=str(creation_site()),
        hint="give an integer, or several: -1 for the last axis",
    )


def check_range(value: float, what: str, label: str, *, high: float) -> float:
    """Give a number from 0 up to ``high``, infinity excluded.

    Raises:
        DefinitionError: It is another one, or none.
    """
    if isinstance(value, Real) and 0 <= float(value) <= high and float(value) < inf:
        return float(value)
    limits = "from 0 up" if high == inf else f"from 0 to {high:g}"
    raise DefinitionError(
        f"{label}: {value!r:.60} is not a {what}",
        at=str(creation_site()),
        hint=f"use a number {limits}",
    )
