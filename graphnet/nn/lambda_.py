"""``Lambda``: a function made a layer."""

import re
from collections.abc import Callable
from typing import Any

from graphnet.ir.tensor import Tensor
from graphnet.nn.functions import check_function
from graphnet.nn.layer import Layer

__all__ = ["Lambda"]


class Lambda(Layer):
    """A function of tensors, as a layer: with a scope of its own, and a row in a summary.

    Variables belong into layers that are there before the call: those that the function makes are
    refused, and those that it calls are not found by ``model.variables``.

    Args:
        function: Takes tensors, gives a tensor or a tuple of tensors.
        name: Label of the layer's scope; by default the name of the function, or ``lambda``.
        settings: Keyword arguments for the function.

    Raises:
        DefinitionError: ``function`` is not a function.

    Example:
        >>> import graphnet as gn
        >>> double = gn.nn.Lambda(lambda x: 2 * x, name="double")
        >>> gn.evaluate(double([1.0, 2.0]))
        array([2., 4.], dtype=float32)
        >>> gn.nn.Lambda(gn.softmax, axis=0)
        <Lambda 'softmax'>
    """

    def __init__(
        self, function: Callable[..., Any], name: str | None = None, **settings: Any
    ) -> None:
        super().__init__(name)
        hint = "give the function itself, as in gn.nn.Lambda(gn.tanh)"
        check_function(function, f"{type(self).__name__}: {{}} is not a function", hint)
        self.function = function
        self.settings = settings

    def call(self, *inputs: Tensor) -> Any:
        """Declare the result of the function."""
        return self.function(*inputs, **self.settings)

    def default_name(self) -> str:
        """Give the name of the function."""
        name = getattr(self.function, "__name__", "")
        return name if re.fullmatch(r"[A-Za-z]\w*", name) else "lambda"
