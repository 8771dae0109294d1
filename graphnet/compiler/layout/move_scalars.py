"""Numbers travel against the flow of data until they meet another number.

before: ``dz = multiply(e, 1/25); dw = matmul(xT, dz); w_new = subtract(w, multiply(dw, rate))``
after:  ``dz = multiply(e, rate/25); dw = matmul(xT, dz); w_new = subtract(w, dw)``

A factor moves through linear functions only, and only where there is another to merge with, so that
the number of multiplications never grows. Where two users ask for different factors, or a value is
handed out, it stays.
"""

from collections.abc import Iterator

import numpy as np

from graphnet.compiler.report import Report
from graphnet.compiler.rules.known import constant_value, is_moderate, is_wide
from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.rewrite import Rewriting, rewriting
from graphnet.ir.tensor import Tensor
from graphnet.ops.arithmetic import Add, Divide, Multiply, Negative, Subtract
from graphnet.ops.basic import Copy
from graphnet.ops.index import Index, Place
from graphnet.ops.join import Concat
from graphnet.ops.linalg import Matmul
from graphnet.ops.reduce import Sum
from graphnet.ops.shape import ExpandDims, Reshape, Squeeze, Transpose

__all__ = ["move_scalars"]

EACH = (Add, Subtract, Concat)
"""Ops that pass on a factor that all operands have."""

FIRST = (
    Divide,
    Negative,
    Sum,
    Index,
    Place,
    Copy,
    Transpose,
    Reshape,
    ExpandDims,
    Squeeze,
)
"""Ops that pass on a factor of the first operand."""

ANY = (Matmul, Multiply)
"""Ops that pass on a factor of either operand."""


def move_scalars(graph: Graph, report: Report) -> Graph:
    """Merge factors along chains of linear functions, if that saves work.

    Args:
        graph: The graph.
        report: Takes what was done.
    """
    factors = Factors(graph)
    if not factors.needs:
        return graph
    with rewriting(Graph()) as made:
        for node in graph.nodes:
            factors.rebuild(node, made)
    made.finish(graph.inputs, graph.outputs)
    moved = made.graph.pruned()
    before, after = work(graph), work(moved)
    if after > before:
        report.note("scalars", "moving factors would cost more than it saves")
        return graph
    return moved


def work(graph: Graph) -> int:
    """Give the number of elements that are multiplied with a number, counting calls as many."""
    scaled = [node.outputs[0].spec.size or 0 for node in graph.nodes if factor_of(node) is not None]
    return sum(scaled) + 5000 * len(scaled)


def factor_of(node: Node) -> float | None:
    """Give the number that a node multiplies with, if it does."""
    if not isinstance(node.op, Multiply) or not is_wide(node.outputs[0]):
        return None
    x, y = node.inputs
    return constant_value(y) if not y.ndim and x.spec == node.outputs[0].spec else None


class Factors:
    """Where factors can come from, and which of them are wanted.

    Attributes:
        needs: The factor that all users of a value ask for, where it is not 1.
    """

    def __init__(self, graph: Graph) -> None:
        self.merging: set[Tensor] = set()
        for node in graph.nodes:
            if factor_of(node) is not None or list(self.ways(node)):
                self.merging.update(node.outputs)
        self.asked: dict[Tensor, set[float]] = {output: {1.0} for output in graph.outputs}
        self.needs: dict[Tensor, float] = {}
        for node in reversed(graph.nodes):
            self.ask(node)

    def ways(self, node: Node) -> Iterator[Tensor]:
        """Give the operands through which a factor of the result can come."""
        merging = [tensor for tensor in node.inputs if tensor in self.merging]
        if isinstance(node.op, EACH):
            yield from node.inputs if len(merging) == len(node.inputs) else ()
        elif len(set(node.inputs)) < len(node.inputs):
            return  # a factor of a value goes twice into its product with itself
        elif isinstance(node.op, ANY):
            yield from merging[:1]
        elif isinstance(node.op, FIRST):
            yield from node.inputs[:1] if node.inputs[0] in self.merging else ()

    def ask(self, node: Node) -> None:
        """Find out which factor the users of a node want, and hand the wish on."""
        need = 1.0
        for output in node.outputs:
            wishes = self.asked.get(output, {1.0})
            if output in self.merging and len(wishes) == 1:
                (need,) = wishes
                if need != 1.0:
                    self.needs[output] = need
        own = factor_of(node)
        through = set(self.ways(node))
        for tensor in node.inputs:
            wish = need if own is None and tensor in through else 1.0
            if own is not None and tensor is node.inputs[0]:
                wish = own * need
                wish = wish if is_moderate(wish) else 1.0
            self.asked.setdefault(tensor, set()).add(wish)

    def rebuild(self, node: Node, made: Rewriting) -> None:
        """Append a node with the factors of its operands and its own in their new places."""
        made.origin = node
        if not node.outputs or self.needs.keys().isdisjoint((*node.inputs, *node.outputs)):
            made.keep(node)
            return
        (output,) = node.outputs
        base = node.inputs[0]
        own = factor_of(node)
        need = self.needs.get(output, 1.0)
        if own is not None:
            carried = self.needs.get(base, 1.0)
            made.replace(output, times(made.tensors.get(base, base), own * need / carried))
            return
        through = list(self.ways(node))
        if isinstance(node.op, EACH) and through:
            operands = (
                times(made.tensors.get(tensor, tensor), need / self.needs.get(tensor, 1.0))
                for tensor in node.inputs
            )
            made.replace(output, node.op(*operands))
            return
        carried = self.needs.get(through[0], 1.0) if through else 1.0
        result = made.keep(node).outputs[0]
        made.replace(output, times(result, need / carried))


def times(x: Tensor, factor: float) -> Tensor:
    """Give a multiple of a value; itself for 1."""
    if abs(factor - 1.0) < np.finfo(x.dtype).eps / 2:
        return x
    return Multiply()(x, x.node.graph.as_tensor(factor, x.dtype))
