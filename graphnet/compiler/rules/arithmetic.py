"""Rules of arithmetic: neutral operands, double negation, products with broadcast numbers."""

import numpy as np

from graphnet.compiler.rules.registry import rule
from graphnet.ir.node import Node
from graphnet.ir.registry import OPS
from graphnet.ir.tensor import Tensor

__all__ = ["constant_value"]


def constant_value(tensor: Tensor) -> float | None:
    """Give the number that all elements of a constant are equal to, if there is one."""
    if not isinstance(tensor.node.op, OPS["constant"]):
        return None
    value = tensor.node.op.kernel()
    if not value.size:
        return None
    first = value.flat[0]
    return float(first) if value.ndim == 0 or np.all(value == first) else None


@rule("add", "multiply", "subtract", "divide", "power")
def drop_identity(node: Node) -> Tensor | None:
    """add(x, 0) → x, multiply(x, 1) → x, subtract(x, 0) → x, divide(x, 1) → x, power(x, 1) → x"""
    x, y = node.inputs
    identity, result = node.op.identity, node.outputs[0].spec
    if identity is None:
        return None
    if x.spec == result and constant_value(y) == identity:
        return x
    if node.op.commutative and y.spec == result and constant_value(x) == identity:
        return y
    return None
