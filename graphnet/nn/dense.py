"""``Dense``: every output depends on every input."""

from collections.abc import Callable
from typing import TypeAlias

from graphnet.ir.spec import as_float, static
from graphnet.ir.tensor import Tensor
from graphnet.nn.functions import check_function
from graphnet.nn.initializers import Initializer, glorot_uniform, zeros
from graphnet.nn.inputs import check_sizes, known_sizes
from graphnet.nn.layer import Layer
from graphnet.nn.numbers import check_count
from graphnet.nn.regularizers import Regularizer
from graphnet.ops.families import cast_to
from graphnet.ops.sources import Variable

__all__ = ["Dense"]

Activation: TypeAlias = Callable[[Tensor], Tensor]


class Dense(Layer):
    r"""Affine map of the last axis, followed by an activation.

    :math:`y = f(x W + b)`

    The size of the input is read from the static shape of the first tensor that the layer is called
    on. Its variables are ``weight``, [inputs, units], and ``bias``, [units].

    Args:
        units: Size of the last axis of the result.
        activation: A function of a tensor, as ``gn.relu``, or another layer; None for the identity.
        use_bias: Whether to add ``bias``.
        name: Label of the layer's scope; by default ``dense``.
        weight_initializer: By default ``initializers.glorot_uniform()``.
        bias_initializer: By default ``initializers.zeros()``.
        weight_regularizer: A penalty on the weight, as ``gn.nn.l2(0.01)``; none by default.
        bias_regularizer: A penalty on the bias; none by default.

    Raises:
        DefinitionError: ``units`` is not a positive number, or ``activation`` not a function.
        ShapeError: On a call, where the input has no last axis of known size, or another size than
            that of the first call.

    Example:
        >>> import graphnet as gn
        >>> hidden = gn.nn.Dense(25, activation=gn.relu, name="hidden")
        >>> hidden(gn.placeholder(("batch", 2)))
        <tensor 'hidden/relu' float32[batch, 25]>
        >>> hidden.weight, hidden.bias
        (<variable 'hidden/weight' float32[2, 25]>, <variable 'hidden/bias' float32[25]>)
    """

    weight: Variable
    bias: Variable | None

    def __init__(
        self,
        units: int,
        activation: Activation | None = None,
        use_bias: bool = True,
        name: str | None = None,
        *,
        weight_initializer: Initializer | None = None,
        bias_initializer: Initializer | None = None,
        weight_regularizer: Regularizer | None = None,
        bias_regularizer: Regularizer | None = None,
    ) -> None:
        super().__init__(name)
        if activation is not None:
            hint = "give the function itself, as in activation=gn.relu"
            check_function(activation, f"{self.label}: the activation {{}} is not a function", hint)
        self.units = check_count(units, "units", self.label)
        self.activation = activation
        self.use_bias = use_bias
        self.weight_initializer = weight_initializer or glorot_uniform()
        self.bias_initializer = bias_initializer or zeros()
        self.weight_regularizer = weight_regularizer
        self.bias_regularizer = bias_regularizer

    def build(self, x: Tensor) -> None:
        """Make the weight, then the bias: side by side, a plan can treat them as one matrix."""
        shape = (*known_sizes(self, x), self.units)
        self.weight = self.variable(
            "weight", shape, self.weight_initializer, regularizer=self.weight_regularizer
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.variable(
                "bias", shape[1:], self.bias_initializer, regularizer=self.bias_regularizer
            )

    def call(self, x: Tensor) -> Tensor:
        """Declare f(x W + b)."""
        check_sizes(self, x, static(self.weight.shape[:1]), weight=self.weight)
        y = cast_to(x, as_float(x.dtype)) @ self.weight
        if self.bias is not None:
            y = y + self.bias
        return y if self.activation is None else self.activation(y)
