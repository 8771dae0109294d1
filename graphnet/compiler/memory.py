"""The arrays that steps work on and that never move: arena, variables, constants and views."""

from collections.abc import Mapping

import numpy as np

from graphnet.compiler.plan import Alias, Fixed, Held, Place, Plan, Slot
from graphnet.ir.spec import static
from graphnet.ir.tensor import Tensor
from graphnet.typing import Array

__all__ = ["bind"]


def bind(plan: Plan, variables: Mapping[Tensor, Array]) -> dict[Tensor, Array]:
    """Allocate the plan's arena, and give the array of every value that has a lasting place.

    Args:
        plan: The plan.
        variables: Memory by variable, of all that the plan reads or writes at least.
    """
    arena = aligned(plan.arena)
    arrays: dict[Tensor, Array] = {}
    for tensor, place in plan.places.items():
        array = locate(tensor, place, arena, variables)
        if array is not None:
            arrays[tensor] = array
    for step in plan.steps:
        if isinstance(step, Alias):
            bind_views(step, arrays)
    return arrays


def aligned(size: int) -> Array:
    """Allocate ``size`` bytes that start at a cache line."""
    raw = np.empty(size + 64, np.uint8)
    start = -raw.ctypes.data % 64
    return raw[start : start + size]


def locate(
    tensor: Tensor, place: Place, arena: Array, variables: Mapping[Tensor, Array]
) -> Array | None:
    """Give the array of a value, if its place alone says where it is."""
    match place:
        case Slot(start):
            span = arena[start : start + (tensor.spec.nbytes or 0)]
            return span.view(tensor.dtype).reshape(static(tensor.shape))
        case Held():
            return variables[tensor]
        case Fixed():
            value: Array = tensor.node.op.kernel()
            return value
    return None


def bind_views(step: Alias, arrays: dict[Tensor, Array]) -> None:
    """Make the views that a node gives; operands used for their shape only may lie anywhere."""
    node = step.node
    base, *others = node.inputs
    shapes = (np.empty(static(other.shape), other.dtype) for other in others)
    results = node.op.kernel(arrays[base], *shapes)
    views = results if isinstance(results, tuple) else (results,)
    arrays.update(zip(node.outputs, views, strict=True))
