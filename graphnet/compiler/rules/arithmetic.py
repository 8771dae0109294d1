"""Rules of arithmetic: neutral and absorbing operands, signs, operands broadcast for nothing."""

import numpy as np

from graphnet.compiler.rules.registry import rule
from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.spec import Spec, is_float, static
from graphnet.ir.tensor import Tensor
from graphnet.ops.arithmetic import Negative
from graphnet.ops.extents import BroadcastTo
from graphnet.ops.families import Binary
from graphnet.ops.sources import Constant

__all__ = ["constant_value", "filled"]


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


@rule(where=lambda op: op.identity is not None)
def drop_identity(node: Node) -> Tensor | None:
    """add(x, 0) → x; likewise multiply(x, 1), subtract(x, 0), divide(x, 1), power(x, 1)"""
    x, y = node.inputs
    result = node.outputs[0].spec
    if x.spec == result and constant_value(y) == node.op.identity:
        return x
    if node.op.commutative and y.spec == result and constant_value(x) == node.op.identity:
        return y
    return None


@rule(where=lambda op: op.absorber is not None)
def absorb(node: Node) -> Tensor | None:
    """multiply(x, 0) → 0 for integers and booleans; floats could be NaN or infinite"""
    result, absorber = node.outputs[0].spec, node.op.absorber
    found = absorber in map(constant_value, node.inputs)
    if absorber is None or is_float(result.dtype) or not found:
        return None
    return filled(node.graph, result, absorber)


@rule("negative")
def join_negatives(node: Node) -> Tensor | None:
    """negative(negative(x)) → x"""
    match node:
        case Node(Negative(), (Tensor(node=Node(Negative(), (x,))),)):
            return x
    return None


@rule("add")
def subtract_negative(node: Node) -> Tensor | None:
    """add(x, negative(y)) → subtract(x, y); add(negative(x), y) → subtract(y, x)"""
    match node.inputs:
        case (x, Tensor(node=Node(Negative(), (y,)))):
            return x - y
        case (Tensor(node=Node(Negative(), (x,))), y):
            return y - x
    return None


@rule("subtract")
def add_negative(node: Node) -> Tensor | None:
    """subtract(x, negative(y)) → add(x, y)"""
    match node.inputs:
        case (x, Tensor(node=Node(Negative(), (y,)))):
            return x + y
    return None


@rule("multiply", "divide")
def cancel_signs(node: Node) -> Tensor | None:
    """multiply(negative(x), negative(y)) → multiply(x, y); likewise divide"""
    match node.inputs:
        case (Tensor(node=Node(Negative(), (x,))), Tensor(node=Node(Negative(), (y,)))):
            return node.op(x, y)
    return None


@rule(where=lambda op: issubclass(op, Binary))
def drop_broadcast(node: Node) -> Tensor | None:
    """multiply(x, broadcast_to(y)) → multiply(x, y) where the result keeps its shape"""
    x, y = node.inputs
    result = node.outputs[0].spec
    match x, y:
        case _, Tensor(node=Node(BroadcastTo(), (small,))) if x.shape == result.shape:
            return node.op(x, small)
        case Tensor(node=Node(BroadcastTo(), (small,))), _ if y.shape == result.shape:
            return node.op(small, y)
    return None
