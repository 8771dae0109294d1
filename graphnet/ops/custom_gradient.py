"""``custom_gradient``: functions of tensors with a gradient of their own."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, overload

import numpy as np

from graphnet.errors import DefinitionError
from graphnet.ir.context import creation_site
from graphnet.ir.graph import graph_of
from graphnet.ir.node import Node
from graphnet.ir.op import Op
from graphnet.ir.spec import Spec, is_float
from graphnet.ir.tensor import Tensor, TensorLike, describe
from graphnet.ir.traits import Memory
from graphnet.ops.call import Function, name_of
from graphnet.ops.families import cast_to
from graphnet.typing import Array

__all__ = ["custom_gradient"]


class CustomGradient(Op):
    """The results of a function, whose cotangents another function gives.

    The inputs are the results, then the operands of the function.

    Attributes:
        gradient: Takes one cotangent per floating result, gives one per operand.
        results: How many of the inputs are results.
    """

    name = "custom_gradient"
    gradient: Function
    results: int = 1
    memory = Memory.VIEW

    def __post_init__(self) -> None:
        # A view shares the memory of the first input, which can be the memory of one result only.
        if self.results > 1:
            object.__setattr__(self, "memory", Memory.FRESH)

    def infer(self, *tensors: Spec) -> tuple[Spec, ...]:
        return tensors[: self.results]

    def kernel(self, *arrays: Array) -> Array | tuple[Array, ...]:
        if self.results == 1:
            return arrays[0]
        return tuple(np.array(array) for array in arrays[: self.results])

    def vjp(self, node: Node, *cotangents: Tensor | None) -> tuple[Tensor | None, ...]:
        operands = node.inputs[self.results :]
        given = self.gradient(*(dy for dy in cotangents if dy is not None))
        found = tuple(given) if isinstance(given, tuple | list) else (given,)
        if len(found) != len(operands):
            raise DefinitionError(
                f"custom_gradient: {name_of(self.gradient)!r} gave {len(found)} cotangents "
                f"for {len(operands)} operands",
                at=str(node.site),
                rows=[describe(operand) for operand in operands],
                hint="give one per operand, and None where no derivative flows",
            )
        return (None,) * self.results + tuple(map(as_cotangent, found, operands))


def as_cotangent(value: TensorLike | None, operand: Tensor) -> Tensor | None:
    """Give what a gradient function gave as a tensor of the operand's dtype, or None."""
    if value is None or not is_float(operand.dtype):
        return None
    if isinstance(value, Tensor):
        return cast_to(value, operand.dtype)
    return operand.graph.as_tensor(value, operand.dtype)


@overload
def custom_gradient(
    function: Callable[..., tuple[Tensor, Function]],
) -> Callable[..., Tensor]: ...
@overload
def custom_gradient(
    function: Callable[..., tuple[Sequence[Tensor], Function]],
) -> Callable[..., tuple[Tensor, ...]]: ...
def custom_gradient(function: Function) -> Function:
    """Give a function of tensors a gradient of its own: a decorator.

    The function is declared as usual, node by node, and any order of gradients is possible. Only
    its positional arguments are operands; keyword arguments are handed on as they are. No gradient
    flows through the function to anything else that it uses, as a variable from outside.

    Args:
        function: Takes tensors, and gives its result, or a tuple of results, and a function that
            takes one cotangent per floating result and gives one cotangent per operand (None where
            none flows), all of them tensors.

    Returns:
        A function that takes the operands and gives the result, or a tuple of results.

    Raises:
        DefinitionError: The function gives something else; raised when it is called.

    Example:
        The logarithm of 1 + exp(x), whose gradient would be NaN for large x:

        >>> import graphnet as gn
        >>> import numpy as np
        >>> @gn.custom_gradient
        ... def log1pexp(x):
        ...     e = gn.exp(x)
        ...     def gradient(dy):
        ...         return dy * (1 - 1 / (1 + e))
        ...     return gn.log(1 + e), gradient
        >>> x = gn.constant(100.0)
        >>> (dx,) = gn.gradients(log1pexp(x), [x])
        >>> with np.errstate(over="ignore"):
        ...     gn.evaluate(dx)
        array(1., dtype=float32)
    """

    @wraps(function)
    def apply(*operands: TensorLike, **options: Any) -> Tensor | tuple[Tensor, ...]:
        graph = graph_of(operands)
        tensors = tuple(map(graph.as_tensor, operands))
        results, gradient = check_pair(function, function(*tensors, **options))
        several = isinstance(results, tuple | list)
        made = tuple(map(graph.as_tensor, results if several else [results]))
        outputs = graph.add(CustomGradient(gradient, len(made)), (*made, *tensors)).outputs
        return outputs if several else outputs[0]

    return apply


def check_pair(function: Function, given: Any) -> tuple[Any, Function]:
    """Give the results and the gradient function.

    Raises:
        DefinitionError: They are something else.
    """
    if isinstance(given, tuple) and len(given) == 2 and callable(given[1]):
        return given
    raise DefinitionError(
        f"custom_gradient: {name_of(function)!r} must give its results and a gradient function",
        at=str(creation_site()),
        hint="return y, gradient",
    )
