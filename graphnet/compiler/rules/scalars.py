"""Rules of scalar factors: second, multiplied by, and as late in a chain of products as can be.

Late factors meet: with each other, which makes one of them, and with a sum, behind which there is
only one number left to be multiplied.
"""

import numpy as np

from graphnet.compiler.rules.known import factor, is_scalar, is_wide, number
from graphnet.compiler.rules.registry import rule
from graphnet.compiler.rules.uses import used_once
from graphnet.ir.node import Node
from graphnet.ir.spec import is_float
from graphnet.ir.tensor import Tensor
from graphnet.ops.arithmetic import Multiply, Negative
from graphnet.ops.elementwise import Square

__all__: list[str] = []


@rule("add", "multiply")
def scalar_second(node: Node) -> Tensor | None:
    """multiply(t, x) → multiply(x, t) for t without axes, and where both have none, a constant"""
    x, y = node.inputs
    if x.spec.shape:
        return None
    last = y.spec.shape or (number(y) is None and number(x) is not None)
    return node.op(y, x) if last else None


@rule("divide", operand="constant")
def multiply_by_inverse(node: Node) -> Tensor | None:
    """divide(x, c) → multiply(x, 1 / c) for a number c"""
    x, y = node.inputs
    value = number(y)
    if value is None or not is_wide(y):
        return None
    with np.errstate(all="ignore"):
        inverse = 1 / value
    return x * inverse if is_normal(inverse) else None


@rule("multiply", operand="multiply")
def join_factors(node: Node) -> Tensor | None:
    """multiply(multiply(x, c), d) → multiply(x, c · d) for numbers c and d"""
    match node.inputs:
        case (Tensor(node=Node(Multiply(), (x, inner))), outer):
            first, second = number(inner), number(outer)
            if first is None or second is None or not is_wide(x):
                return None
            with np.errstate(all="ignore"):
                product = first * second
            return x * product if is_normal(product) else None
    return None


@rule("multiply", operand="multiply")
def gather_scalars(node: Node) -> Tensor | None:
    """multiply(multiply(x, t), c) → multiply(x, multiply(t, c)) for t without axes, a number c"""
    match node.inputs:
        case (Tensor(node=Node(Multiply(), (x, inner))) as product, outer) if x.spec.shape:
            if not (is_scalar(inner) and is_scalar(outer) and used_once(product)):
                return None
            numbers = [value for value in (number(inner), number(outer)) if value is not None]
            return x * (inner * outer) if len(numbers) == 1 else None
    return None


@rule("multiply", operand="multiply")
def take_out_factor(node: Node) -> Tensor | None:
    """multiply(multiply(x, t), y) → multiply(multiply(x, y), t) for t without axes"""
    first, second = node.inputs
    shape = node.outputs[0].shape
    for product, other in ((first, second), (second, first)):
        match product:
            case Tensor(node=Node(Multiply(), (x, t))) if (
                other.spec.shape and x.shape == shape and is_scalar(t) and used_once(product)
            ):
                return x * other * t
    return None


@rule("add", "subtract", operand="multiply")
def take_out_common_factor(node: Node) -> Tensor | None:
    """add(multiply(x, c), multiply(y, c)) → multiply(add(x, y), c) for a number c"""
    match node.inputs:
        case (
            Tensor(node=Node(Multiply(), (x, c))) as first,
            Tensor(node=Node(Multiply(), (y, d))) as second,
        ):
            value = factor(c)
            if value is None or value != factor(d):
                return None
            if node.outputs[0].shape in (x.shape, y.shape) and used_once(first):
                return node.op(x, y) * c if used_once(second) else None
    return None


@rule("add")
def twice(node: Node) -> Tensor | None:
    """add(x, x) → multiply(x, 2)"""
    x, y = node.inputs
    return x * x.dtype.type(2) if x is y and is_float(x.dtype) else None


@rule("negative", operand="multiply")
def negative_of_product(node: Node) -> Tensor | None:
    """negative(multiply(x, c)) → multiply(x, -c) for a number c"""
    match node.inputs[0]:
        case Tensor(node=Node(Multiply(), (x, c))):
            value = number(c)
            return None if value is None or not is_float(x.dtype) else x * -value
    return None


@rule("multiply", operand="negative")
def negative_times_number(node: Node) -> Tensor | None:
    """multiply(negative(x), c) → multiply(x, -c) for a number c"""
    match node.inputs:
        case (Tensor(node=Node(Negative(), (x,))), c):
            value = number(c)
            return None if value is None or not is_float(x.dtype) else x * -value
    return None


@rule("power", operand="constant")
def square_by_exponent(node: Node) -> Tensor | None:
    """power(x, 2) → square(x)"""
    x, y = node.inputs
    return Square()(x) if number(y) == 2 and x.dtype.kind != "b" else None


def is_normal(value: np.floating) -> bool:
    """Whether a float is neither zero nor infinite nor NaN, and has all its digits."""
    return bool(np.finfo(value.dtype).tiny <= abs(value) < np.inf)
