"""What is known of a value without running: equal elements, numbers, and whether they can move.

A factor that moves to another place of a chain of products makes the results in between larger or
smaller. That is harmless as long as these stay away from the limits of their dtype: factors move
only if they are moderate, and only in dtypes that leave room for it.
"""

from typing import Any

import numpy as np

from graphnet.ir.graph import Graph
from graphnet.ir.spec import Spec, static
from graphnet.ir.tensor import Tensor
from graphnet.ops.extents import BroadcastTo
from graphnet.ops.sources import Constant

__all__ = [
    "LARGEST_FACTOR",
    "constant_value",
    "factor",
    "filled",
    "is_moderate",
    "is_scalar",
    "is_wide",
    "number",
]

WIDE = frozenset({np.dtype(np.float32), np.dtype(np.float64)})
LARGEST_FACTOR = 2.0**32  # a quarter of the binary orders that float32 has on either side of 1


def constant_value(tensor: Tensor) -> float | None:
    """Give the number that all elements of a constant are equal to, if there is one."""
    op = tensor.node.op
    if not isinstance(op, Constant) or not op.value.size:
        return None
    first = op.value.flat[0]
    return float(first) if op.value.size == 1 or np.all(op.value == first) else None


def filled(graph: Graph, spec: Spec, value: float) -> Tensor | None:
    """Give a value of a known spec, all elements of which are equal, without storing them all."""
    if not spec.is_static:
        return None
    number = graph.as_tensor(np.array(value, spec.dtype))
    return BroadcastTo(static(spec.shape))(number) if spec.ndim else number


def is_wide(tensor: Tensor) -> bool:
    """Whether the dtype is floating and leaves room for factors to move."""
    return tensor.dtype in WIDE


def number(tensor: Tensor) -> Any:
    """Give the value of a constant without axes, as NumPy's scalar; None for other tensors."""
    op = tensor.node.op
    if tensor.spec.shape or not isinstance(op, Constant):
        return None
    return op.value[()]


def factor(tensor: Tensor) -> Any:
    """Give the value of a constant without axes that may move along products, or None."""
    value = number(tensor)
    if value is None or not is_wide(tensor):
        return None
    return value if is_moderate(value) else None


def is_moderate(value: float) -> bool:
    """Whether a factor can move without over- or underflow of what it passes."""
    return 1 / LARGEST_FACTOR <= abs(value) <= LARGEST_FACTOR


def is_scalar(tensor: Tensor) -> bool:
    """Whether a value without axes may move along products: a moderate constant, or no constant."""
    if tensor.spec.shape or not is_wide(tensor):
        return False
    return not isinstance(tensor.node.op, Constant) or factor(tensor) is not None
