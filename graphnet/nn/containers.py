"""``Sequential``: layers and functions, one after the other."""

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias, overload

from graphnet.ir.tensor import Tensor
from graphnet.nn.functions import check_function
from graphnet.nn.layer import Layer

__all__ = ["Sequential"]

Stage: TypeAlias = Callable[..., Any]


class Sequential(Layer):
    """Layers and functions, each called on the result of the one before.

    Where that is a tuple of tensors, the next one is called on several inputs. A part can be had by
    its position, and several by a slice, which is a ``Sequential`` of the same layers.

    Args:
        layers: Layers or other functions of tensors.
        name: Label of the scope around them; by default ``sequential``.

    Raises:
        DefinitionError: Something is not a function.

    Example:
        >>> import graphnet as gn
        >>> model = gn.nn.Sequential(gn.nn.Dense(25), gn.relu, gn.nn.Dense(2), name="model")
        >>> model(gn.placeholder((None, 2)))
        <tensor 'model/dense_1/add' float32[None, 2]>
        >>> [variable.name for variable in model.variables]
        ['model/dense/weight', 'model/dense/bias', 'model/dense_1/weight', 'model/dense_1/bias']
        >>> len(model), model[0]
        (3, <Dense 'model/dense'>)
        >>> model[:-1](gn.placeholder((None, 2)))
        <tensor 'sequential/relu' float32[None, 25]>
    """

    def __init__(self, *layers: Stage, name: str | None = None) -> None:
        super().__init__(name)
        for layer in layers:
            many = isinstance(layer, list | tuple)
            hint = "put a star before a list, as in Sequential(*layers)" if many else None
            check_function(layer, f"{self.label}: {{}} is neither a layer nor a function", hint)
        self.layers = layers

    def call(self, *inputs: Tensor) -> Any:
        """Declare the result of the last one."""
        values = inputs
        for layer in self.layers:
            result = layer(*values)
            values = result if isinstance(result, tuple) else (result,)
        return values[0] if len(values) == 1 else values

    def __len__(self) -> int:
        """Give the number of parts."""
        return len(self.layers)

    def __iter__(self) -> Iterator[Stage]:
        """Go through the parts."""
        return iter(self.layers)

    @overload
    def __getitem__(self, position: int) -> Any: ...
    @overload
    def __getitem__(self, position: slice) -> "Sequential": ...
    def __getitem__(self, position: int | slice) -> Any:
        """Give a part, or some of them as a ``Sequential`` that shares them."""
        if isinstance(position, slice):
            return Sequential(*self.layers[position])
        return self.layers[position]
