"""``Sequential``: layers and functions, one after the other."""

from collections.abc import Callable
from typing import TypeAlias

from graphnet.errors import DefinitionError
from graphnet.ir.context import creation_site
from graphnet.ir.tensor import Tensor
from graphnet.nn.layer import Layer

__all__ = ["Sequential"]

Stage: TypeAlias = Callable[[Tensor], Tensor]


class Sequential(Layer):
    """Layers and functions, each called on the result of the one before.

    Args:
        layers: Layers or other functions of one tensor.
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
    """

    def __init__(self, *layers: Stage, name: str | None = None) -> None:
        super().__init__(name)
        for layer in layers:
            if not callable(layer):
                many = isinstance(layer, list | tuple)
                raise DefinitionError(
                    f"{self.label}: {layer!r:.60} is neither a layer nor a function",
                    at=str(creation_site()),
                    hint="put a star before a list, as in Sequential(*layers)" if many else None,
                )
        self.layers = layers

    def call(self, x: Tensor) -> Tensor:
        """Declare the result of the last one."""
        for layer in self.layers:
            x = layer(x)
        return x
