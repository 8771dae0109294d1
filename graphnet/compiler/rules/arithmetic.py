"""Rules of arithmetic: neutral and absorbing operands, signs, a value and itself."""

from graphnet.compiler.rules.known import constant_value, filled, number
from graphnet.compiler.rules.registry import rule
from graphnet.ir.node import Node
from graphnet.ir.spec import is_float
from graphnet.ir.tensor import Tensor
from graphnet.ops.arithmetic import Negative
from graphnet.ops.elementwise import Square

__all__: list[str] = []


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
    if absorber is None or is_float(result.dtype):
        return None
    found = absorber in map(constant_value, node.inputs)
    return filled(node.graph, result, absorber) if found else None


@rule("negative", operand="negative")
def join_negatives(node: Node) -> Tensor | None:
    """negative(negative(x)) → x"""
    return node.inputs[0].node.inputs[0]


@rule("add", operand="negative")
def subtract_negative(node: Node) -> Tensor | None:
    """add(x, negative(y)) → subtract(x, y); add(negative(x), y) → subtract(y, x)"""
    match node.inputs:
        case (x, Tensor(node=Node(Negative(), (y,)))):
            return x - y
        case (Tensor(node=Node(Negative(), (x,))), y):
            return y - x
    return None


@rule("subtract", operand="negative")
def add_negative(node: Node) -> Tensor | None:
    """subtract(x, negative(y)) → add(x, y); subtract(negative(x), y) → negative(add(x, y))"""
    match node.inputs:
        case (x, Tensor(node=Node(Negative(), (y,)))):
            return x + y
        case (Tensor(node=Node(Negative(), (x,))), y) if x.shape == node.outputs[0].shape:
            return -(x + y)
    return None


@rule("multiply", "divide", operand="negative")
def cancel_signs(node: Node) -> Tensor | None:
    """multiply(negative(x), negative(y)) → multiply(x, y); likewise divide"""
    match node.inputs:
        case (Tensor(node=Node(Negative(), (x,))), Tensor(node=Node(Negative(), (y,)))):
            return node.op(x, y)
    return None


@rule("multiply", "divide", operand="negative")
def take_out_sign(node: Node) -> Tensor | None:
    """multiply(negative(x), y) → negative(multiply(x, y)); likewise divide"""
    x, y = node.inputs
    shape = node.outputs[0].shape
    match x, y:
        case Tensor(node=Node(Negative(), (plain,))), _ if x.shape == shape and number(y) is None:
            return -node.op(plain, y)
        case _, Tensor(node=Node(Negative(), (plain,))) if y.shape == shape and number(x) is None:
            return -node.op(x, plain)
    return None


@rule("multiply")
def square_of(node: Node) -> Tensor | None:
    """multiply(x, x) → square(x)"""
    x, y = node.inputs
    return Square()(x) if x is y and x.dtype.kind != "b" else None
