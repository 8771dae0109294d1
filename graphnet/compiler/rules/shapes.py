"""Rules of shape: views of views joined, idle views dropped, unknown shapes made fixed.

Gradients are declared with ops that take the shape of another tensor. When shapes are known, ops
with fixed shapes take their place, and the other tensor need not be kept.
"""

import numpy as np

from graphnet.compiler.rules.known import filled
from graphnet.compiler.rules.registry import rule
from graphnet.ir.node import Node
from graphnet.ir.spec import static
from graphnet.ir.tensor import Tensor
from graphnet.ops.basic import Cast
from graphnet.ops.extents import BroadcastTo
from graphnet.ops.like import FullLike, broadcast_axes
from graphnet.ops.reduce import Sum
from graphnet.ops.shape import Reshape, Transpose

__all__: list[str] = []


@rule("identity", "stop_gradient", "read", "custom_gradient", "track", "penalize", "unsaid")
def drop_pass_through(node: Node) -> Tensor | None:
    """identity(x) → x: what it says about gradients and training steps has been heard"""
    return node.inputs[0] if len(node.outputs) == 1 else None


@rule("enough_values", "alike")
def drop_known_to_be_enough(node: Node) -> Tensor | None:
    """enough_values(x) → x, alike(x, y) → x: where shapes are known, shape rules looked at them"""
    return node.inputs[0] if all(x.spec.is_static for x in node.inputs) else None


@rule("cast", "broadcast_to", "reshape", "flatten", "sum_like", "broadcast_like", "reshape_like")
def drop_conversion(node: Node) -> Tensor | None:
    """reshape(x, shape of x) → x; likewise all that converts to a given shape or dtype"""
    x, result = node.inputs[0], node.outputs[0]
    return x if x.spec == result.spec and result.spec.is_static else None


@rule("sum_like")
def sum_like_known(node: Node) -> Tensor | None:
    """sum_like(x, y) → sum(x, axes), in the shape of y"""
    x, like = node.inputs
    if not (x.spec.is_static and like.spec.is_static):
        return None
    shape = static(like.shape)
    total = Sum(broadcast_axes(static(x.shape), shape), keepdims=x.ndim == like.ndim)(x)
    return total if total.shape == shape else Reshape(shape)(total)


@rule("broadcast_like")
def broadcast_like_known(node: Node) -> Tensor | None:
    """broadcast_like(x, y) → broadcast_to(x, shape of y)"""
    x, like = node.inputs
    return BroadcastTo(static(like.shape))(x) if like.spec.is_static else None


@rule("reshape_like", "flatten")
def reshape_known(node: Node) -> Tensor | None:
    """reshape_like(x, y) → reshape(x, shape of y); flatten(x) → reshape(x, its new shape)"""
    result = node.outputs[0]
    return Reshape(static(result.shape))(node.inputs[0]) if result.spec.is_static else None


@rule("full_like")
def full_like_known(node: Node) -> Tensor | None:
    """full_like(x, value) → broadcast_to(value, shape of x)"""
    match node:
        case Node(FullLike(value), (like,)):
            return filled(node.graph, like.spec, value)
    return None


@rule("shape", "size", "divisor")
def extents_known(node: Node) -> Tensor | None:
    """shape(x) → constant; likewise size and divisor, which look at nothing but extents"""
    (x,) = node.inputs
    if not x.spec.is_static:
        return None
    return node.graph.as_tensor(node.op.kernel(np.empty(static(x.shape), x.dtype)))


@rule("reshape")
def fix_remainder(node: Node) -> Tensor | None:
    """reshape(x, (-1, 2)) → reshape(x, (3, 2)), so that equal reshapes look equal"""
    match node:
        case Node(Reshape(shape), (x,)) if -1 in shape and node.outputs[0].spec.is_static:
            return Reshape(static(node.outputs[0].shape))(x)
    return None


@rule("reshape", operand="reshape")
def join_reshapes(node: Node) -> Tensor | None:
    """reshape(reshape(x, a), b) → reshape(x, b)"""
    result, (inner,) = node.outputs[0].spec, node.inputs
    return Reshape(static(result.shape))(inner.node.inputs[0]) if result.is_static else None


@rule("transpose")
def join_transposes(node: Node) -> Tensor | None:
    """transpose(transpose(x, b), a) → transpose(x, b∘a); transpose(x, in order) → x"""
    match node:
        case Node(Transpose(outer), (x,)) if outer == tuple(range(len(outer))):
            return x
        case Node(Transpose(outer), (Tensor(node=Node(Transpose(inner), (x,))),)):
            return Transpose(tuple(inner[axis] for axis in outer))(x)
    return None


@rule("cast", operand="cast")
def drop_widening(node: Node) -> Tensor | None:
    """cast(cast(x, wider), dtype of x) → x"""
    match node:
        case Node(Cast(dtype), (Tensor(node=Node(Cast(wider), (x,))),)):
            exact = dtype.kind in ("b", wider.kind)  # a float64 does not hold every int64
            return x if x.dtype == dtype and exact and np.can_cast(dtype, wider, "safe") else None
    return None
