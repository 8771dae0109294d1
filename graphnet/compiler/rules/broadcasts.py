"""Rules of repeated values: what they are repeated for is computed before, from fewer elements."""

from graphnet.compiler.rules.registry import rule
from graphnet.ir.node import Node
from graphnet.ir.spec import static
from graphnet.ir.tensor import Tensor
from graphnet.ops.extents import BroadcastTo
from graphnet.ops.families import Binary, Unary
from graphnet.ops.shape import ExpandDims, Reshape

__all__: list[str] = []


@rule(where=lambda op: issubclass(op, Binary), operand="broadcast_to")
def operate_before_broadcast(node: Node) -> Tensor | None:
    """multiply(x, broadcast_to(y)) → multiply(x, y), repeated where the result needs it"""
    x, y = map(source, node.inputs)
    result = node.outputs[0]
    if not result.spec.is_static:
        return None
    return repeated(node.op(x, y), static(result.shape))


@rule(where=lambda op: issubclass(op, Unary) or op.name == "cast", operand="broadcast_to")
def apply_before_broadcast(node: Node) -> Tensor | None:
    """tanh(broadcast_to(x)) → broadcast_to(tanh(x))"""
    (x,), (y,) = node.inputs, node.outputs
    return repeated(node.op(source(x)), static(y.shape)) if y.spec.is_static else None


@rule("reshape", "flatten", "expand_dims", "squeeze", "transpose", operand="broadcast_to")
def broadcast_to_shape(node: Node) -> Tensor | None:
    """reshape(broadcast_to(x), shape) → broadcast_to(x, shape) for x without axes"""
    x, result = source(node.inputs[0]), node.outputs[0]
    if x.spec.shape or not result.spec.is_static:
        return None
    return repeated(x, static(result.shape))


@rule("broadcast_to", operand=("broadcast_to", "expand_dims", "reshape"))
def join_broadcasts(node: Node) -> Tensor | None:
    """broadcast_to(broadcast_to(x)) → broadcast_to(x), also of x without axes that is given some"""
    (x,), (y,) = node.inputs, node.outputs
    first = source(x)
    return repeated(first, static(y.shape)) if first is not x and y.spec.is_static else None


def source(x: Tensor) -> Tensor:
    """Give what ``x`` repeats, or itself."""
    match x.node:
        case Node(BroadcastTo(), (y,)):
            return source(y)
        case Node(ExpandDims() | Reshape(), (y,)) if not y.spec.shape:
            return y
    return x


def repeated(x: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Give ``x`` in a shape that it broadcasts to."""
    return x if x.shape == shape else BroadcastTo(shape)(x)
