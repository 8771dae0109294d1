"""Rules of composites: ops taken apart, so that what they have in common is computed once.

The loss of a classifier and its gradient both need the largest logit of each row, the exponentials
and their sum. Once apart, equal parts are merged.
"""

from graphnet.compiler.rules.registry import rule
from graphnet.compiler.rules.uses import used_once
from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor
from graphnet.ops.arithmetic import Divide, Subtract
from graphnet.ops.elementwise import Exp
from graphnet.ops.reduce import Max, Sum

__all__: list[str] = []


@rule("softmax", "log_softmax", "softmax_cross_entropy", "sparse_softmax_cross_entropy")
def take_apart(node: Node) -> Tensor | None:
    """softmax(x) → divide(e, sum(e, axis)) for e = exp(subtract(x, max(x, axis))); its relatives"""
    if not all(x.spec.is_static and x.spec.size for x in node.inputs):
        return None
    assert node.op.expand is not None, "please report: a composite without parts"
    return node.op.expand(*node.inputs)


@rule("multiply", operand="divide")
def scale_normalizer(node: Node) -> Tensor | None:
    """multiply(divide(e, r), s) → multiply(e, divide(s, r)), where softmax is scaled row by row

    Since r is the sum of exponentials of which the largest is 1, no quotient becomes larger.
    """
    first, second = node.inputs
    for share, scale in ((first, second), (second, first)):
        match share:
            case Tensor(node=Node(Divide(), (e, r))) if (
                scale.shape == r.shape != e.shape and is_normalizer(r, e) and used_once(share)
            ):
                return e * (scale / r)
    return None


def is_normalizer(r: Tensor, e: Tensor) -> bool:
    """Whether e = exp(x - max(x, axis)) and r = sum(e, axis)."""
    match r.node, e.node:
        case (
            Node(Sum(axes, True), (summed,)),
            Node(Exp(), (Tensor(node=Node(Subtract(), (x, largest))),)),
        ) if summed is e:
            return largest.node.op == Max(axes, keepdims=True) and largest.node.inputs[0] is x
    return False
