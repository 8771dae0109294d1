"""Copies made explicit: where a reshape cannot be a view, and where a fed matrix may be turned.

before: ``y = reshape(transpose(x))``, a new array in each run
after:  ``y = reshape(copy(transpose(x)))``, in memory of the plan
"""

from graphnet.compiler.layout.costs import is_matrix
from graphnet.compiler.views import Views, is_static
from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Effect, Memory
from graphnet.ops.basic import Copy
from graphnet.ops.cross_entropy import WeightedSum
from graphnet.ops.families import Binary, Unary
from graphnet.ops.linalg import Vdot
from graphnet.ops.reduce import Sum

__all__ = ["copy_feeds", "copy_for_reshapes"]


def copy_for_reshapes(graph: Graph) -> Graph:
    """Put a copy before each reshape of what does not lie in order."""
    views = Views(lambda node: node.op.effect is Effect.FED or node.op.memory is not Memory.VIEW)
    copies: dict[Tensor, Tensor] = {}

    def rule(node: Node) -> Tensor | None:
        views.visit(node)
        if node.op.memory is not Memory.VIEW or len(node.outputs) != 1 or not is_static(node):
            return None
        if views.roots[node.outputs[0]] is not node.outputs[0]:
            return None
        base, *others = node.inputs
        if base not in copies:
            copies[base] = Copy()(base, name=base.name)
        return node.op(copies[base], *others)

    return graph.rebuild(rule)


def copy_feeds(graph: Graph) -> Graph:
    """Put a copy before each elementwise use of a fed matrix, so that the copy can be turned."""
    fed = {tensor for tensor in graph.inputs if is_matrix(tensor)}
    if not any(fed.intersection(node.inputs) and goes_through(node) for node in graph.nodes):
        return graph
    copies: dict[Tensor, Tensor] = {}

    def rule(node: Node) -> Tensor | None:
        touched = fed.intersection(node.inputs)
        if not touched or not goes_through(node):
            return None
        for tensor in touched:
            if tensor not in copies:
                copies[tensor] = Copy()(tensor, name=tensor.name)
        return node.op(*(copies.get(tensor, tensor) for tensor in node.inputs))

    return graph.rebuild(rule)


def goes_through(node: Node) -> bool:
    """Whether a node works on its operands element by element, or adds them up like this."""
    return isinstance(node.op, Unary | Binary | Sum | Vdot | WeightedSum)
