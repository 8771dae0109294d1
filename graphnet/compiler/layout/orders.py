"""The order in memory of each matrix: by rows, as NumPy has it by default, or by columns.

Nothing is transposed: a matrix by columns has the same shape, and NumPy's functions take it as
they take any other. But a slice of columns then is one piece of memory, sums and extremes over few
columns run over long rows, and BLAS multiplies the other way round. What elementwise functions
connect shares an order. The orders are chosen by a model of costs, region by region, from both
extremes downhill.
"""

from collections.abc import Mapping, Sequence

from graphnet.compiler.layout.costs import Orders, cost, is_matrix, turn_cost
from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.registry import OPS
from graphnet.ir.tensor import Tensor
from graphnet.ops.basic import Copy
from graphnet.ops.extents import BroadcastTo
from graphnet.ops.families import Binary, Unary
from graphnet.ops.index import Index, Place
from graphnet.ops.join import Concat
from graphnet.ops.linalg import Matmul

__all__ = ["choose_orders", "is_transpose"]

ROUNDS = 5

CONNECTED = (Unary, Binary, Index, Place, Concat)
"""Ops whose matrices share an order."""


def choose_orders(
    graph: Graph, free: Mapping[Node, Tensor | None] | None = None
) -> frozenset[Tensor]:
    """Give the matrices that are to lie by columns.

    Args:
        graph: The graph; its outputs are handed out or committed by rows.
        free: Nodes that cost nothing: where a matrix lies by columns, or in any case.
    """
    return Chooser(graph, free or {}).choose()


class Chooser:
    """Regions of matrices that share an order, and what each node costs in it."""

    def __init__(self, graph: Graph, free: Mapping[Node, Tensor | None]) -> None:
        self.free = free
        self.parents: dict[Tensor, Tensor] = {}
        self.turned: set[Tensor] = set()
        self.orders = Orders(self.by_columns)
        for node in graph.nodes:
            self.connect(node)
        self.regions: dict[Node, tuple[Tensor, ...]] = {}
        self.touched: dict[Tensor, list[Node]] = {}
        self.handed_out: dict[Tensor, float] = {}
        self.known: dict[tuple[Node, tuple[bool, ...]], float] = {}
        for node in graph.nodes:
            self.regions[node] = tuple(dict.fromkeys(self.regions_of(node)))
            for region in self.regions[node]:
                self.touched.setdefault(region, []).append(node)
        for output in filter(self.parents.__contains__, graph.outputs):
            region, price = self.region(output), turn_cost(output, by_columns=False)
            self.handed_out[region] = self.handed_out.get(region, 0.0) + price

    def connect(self, node: Node) -> None:
        """Note the matrices that a node makes, and with which of its operands they share order."""
        if len(node.outputs) != 1 or not is_matrix(node.outputs[0]):
            return
        (result,) = node.outputs
        if not isinstance(node.op, (*CONNECTED, Matmul, BroadcastTo, Copy)):
            return
        if isinstance(node.op, Matmul) and any(operand.ndim != 2 for operand in node.inputs):
            return
        self.parents.setdefault(result, result)
        if isinstance(node.op, CONNECTED):
            for operand in node.inputs:
                if operand in self.parents and (
                    operand.shape == result.shape or not isinstance(node.op, Unary | Binary)
                ):
                    self.parents[self.region(operand)] = self.region(result)

    def region(self, tensor: Tensor) -> Tensor:
        """Give the matrix that stands for the region of a matrix."""
        while self.parents[tensor] is not tensor:
            self.parents[tensor] = self.parents[self.parents[tensor]]
            tensor = self.parents[tensor]
        return tensor

    def regions_of(self, node: Node) -> list[Tensor]:
        """Give the regions that a node touches."""
        tensors = (*node.inputs, *node.outputs)
        return (
            [self.region(tensor) for tensor in tensors if tensor in self.parents]
            + [
                self.region(view.node.inputs[0])
                for view in node.inputs
                if is_transpose(view) and view.node.inputs[0] in self.parents
            ]
            + self.deciding(node)
        )

    def deciding(self, node: Node) -> list[Tensor]:
        """Give the region that decides whether a node costs anything."""
        tensor = self.free.get(node)
        return [self.region(tensor)] if tensor is not None and tensor in self.parents else []

    def by_columns(self, tensor: Tensor) -> bool:
        """Whether a matrix lies by columns, as it stands."""
        if is_transpose(tensor):
            return is_matrix(tensor) and not self.by_columns(tensor.node.inputs[0])
        return tensor in self.parents and self.region(tensor) in self.turned

    def choose(self) -> frozenset[Tensor]:
        """Go downhill from all by rows and from all by columns, and take the cheaper end."""
        ends = []
        for start in ((), self.touched):
            self.turned = set(start)
            self.descend()
            ends.append((self.total(), self.turned))
        _, self.turned = min(ends, key=lambda end: end[0])
        return frozenset(tensor for tensor in self.parents if self.region(tensor) in self.turned)

    def descend(self) -> None:
        """Turn regions as long as that makes the graph cheaper."""
        for _ in range(ROUNDS):
            changed = False
            for region, nodes in self.touched.items():
                before = self.price(region, nodes)
                self.turned ^= {region}
                if self.price(region, nodes) < before:
                    changed = True
                else:
                    self.turned ^= {region}
            if not changed:
                return

    def price(self, region: Tensor, nodes: Sequence[Node]) -> float:
        """Give the cost of the nodes that touch a region, and of handing out its matrices."""
        turned = self.handed_out.get(region, 0.0) if region in self.turned else 0.0
        return sum(map(self.cost, nodes)) + turned

    def total(self) -> float:
        """Give the cost of everything."""
        nodes = [node for node, regions in self.regions.items() if regions]
        turned = (price for region, price in self.handed_out.items() if region in self.turned)
        return sum(map(self.cost, nodes)) + sum(turned)

    def cost(self, node: Node) -> float:
        """Give the cost of one node, which only depends on the regions that it touches."""
        key = node, tuple([region in self.turned for region in self.regions[node]])
        if key not in self.known:
            self.known[key] = self.cost_now(node)
        return self.known[key]

    def cost_now(self, node: Node) -> float:
        """Work out the cost of one node."""
        if isinstance(node.op, Copy):
            (copied,) = node.outputs
            return turn_cost(copied, by_columns=True) if self.by_columns(copied) else 0.0
        if node in self.free:
            decides = self.free[node]
            if decides is None or self.by_columns(decides):
                return 0.0
        return cost(node, self.orders)


def is_transpose(tensor: Tensor) -> bool:
    """Whether a matrix is another one seen the other way round."""
    return isinstance(tensor.node.op, OPS["transpose"]) and tensor.ndim == 2
