"""Rules for products with more than two axes: one product of matrices, and rows all the way.

A dense layer along the last of several axes is a product of matrices whose rows are all examples.
Reshapes cost nothing; they are moved behind what is done element by element, so that what follows
works on matrices, too.
"""

from math import prod

from graphnet.compiler.rules.registry import rule
from graphnet.ir.node import Node
from graphnet.ir.spec import static
from graphnet.ir.tensor import Tensor
from graphnet.ops.families import Binary, Unary
from graphnet.ops.linalg import Matmul
from graphnet.ops.reduce import Sum
from graphnet.ops.shape import Reshape

__all__: list[str] = []


@rule("matmul")
def multiply_rows(node: Node) -> Tensor | None:
    """matmul(x, y) → reshape(matmul(reshape(x), y)) where only x has more than two axes"""
    x, y = node.inputs
    result = node.outputs[0].spec
    if x.ndim <= 2 or y.ndim != 2 or not (x.spec.is_static and y.spec.is_static):
        return None
    *batch, inner = static(x.shape)
    rows = Reshape((prod(batch), inner))(x)
    return Reshape(static(result.shape))(Matmul()(rows, y))


@rule(where=lambda op: issubclass(op, Unary))
def reshape_behind_unary(node: Node) -> Tensor | None:
    """exp(reshape(x)) → reshape(exp(x))"""
    result = node.outputs[0]
    if not result.spec.is_static:
        return None
    match node.inputs[0].node:
        case Node(Reshape(), (x,)) if x.ndim == 2 and is_kept(node.inputs[0], x):
            return Reshape(static(result.shape))(node.op(x))
    return None


@rule(where=lambda op: issubclass(op, Binary))
def reshape_behind_binary(node: Node) -> Tensor | None:
    """add(reshape(x), y) → reshape(add(x, y)) where y is a row or a number, or reshaped alike"""
    x, y = node.inputs
    result = node.outputs[0]
    if not result.spec.is_static:
        return None
    match x.node, y.node:
        case Node(Reshape(), (first,)), Node(Reshape(), (second,)) if first.shape == second.shape:
            if first.ndim == 2 and x.shape == y.shape:
                return Reshape(static(result.shape))(node.op(first, second))
        case Node(Reshape(), (first,)), _ if y.ndim < 2 and is_kept(x, first):
            if first.ndim == 2 and x.shape == result.shape:
                return Reshape(static(result.shape))(node.op(first, y))
    return None


def is_kept(reshaped: Tensor, x: Tensor) -> bool:
    """Whether a reshape leaves the last axis as it is; two unknown extents may differ."""
    return bool(reshaped.shape) and reshaped.shape[-1:] == x.shape[-1:] != (None,)


@rule("sum")
def sum_rows(node: Node) -> Tensor | None:
    """sum(reshape(x), all axes but the last) → sum(x, axis=0) for a matrix x with this last axis"""
    match node:
        case Node(Sum(axis, keepdims=False), (Tensor(node=Node(Reshape(), (x,))) as reshaped,)):
            leading = axis == tuple(range(reshaped.ndim - 1)) and reshaped.ndim > 2
            if leading and x.ndim == 2 and is_kept(reshaped, x):
                return Sum((0,))(x)
    return None
