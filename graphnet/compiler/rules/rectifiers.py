"""Rules of rectifiers: the slope of a relu by the ufuncs that cost least for its size.

What a relu gives is not negative, and NaN where its operand is: so are the slopes made of it here.
"""

from graphnet.compiler.rules.registry import rule
from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor
from graphnet.ops.arithmetic import Sign
from graphnet.ops.rectifiers import Relu, ReluGradient
from graphnet.ops.rounding import Ceil
from graphnet.ops.select import Minimum

__all__ = ["LARGEST_SIGN", "LARGEST_STEP"]

LARGEST_SIGN = 400
"""Above, ``minimum`` and ``ceil`` are quicker than ``sign``, which branches at each element."""

LARGEST_STEP = 1 << 16
"""Above, ``minimum`` would go element by element, too."""


@rule("relu_gradient", operand="relu")
def slope_of_relu(node: Node) -> Tensor | None:
    """relu_gradient(dy, relu(x)) → multiply(dy, sign(relu(x))), larger ones by minimum and ceil"""
    match node:
        case Node(ReluGradient(), (dy, Tensor(node=Node(Relu())) as y)):
            if y.shape != node.outputs[0].shape or y.spec.size is None:
                return None
            if y.spec.size <= LARGEST_SIGN:
                return dy * Sign()(y)
            if y.spec.size <= LARGEST_STEP:
                return dy * Ceil()(Minimum()(y, 1))
    return None
