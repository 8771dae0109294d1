"""Graphs that differ in a known way, for tests of differences."""

from collections.abc import Callable, Sequence

import graphnet as gn
from graphnet.ir.node import Node

__all__ = ["copied"]


def copied(
    nodes: Sequence[Node],
    outputs: Sequence[gn.Tensor] = (),
    *,
    rename: Callable[[str], str] = str,
    behind: gn.Tensor | None = None,
) -> gn.Graph:
    """Give a graph of copies of nodes.

    Args:
        nodes: In dependency order, with all that they need.
        outputs: Those of the graph.
        rename: Gives each its name.
        behind: Between this tensor and all that takes it there is a new node, ``inserted``.
    """
    graph = gn.Graph()
    tensors: dict[gn.Tensor, gn.Tensor] = {}
    made: dict[Node, Node] = {}
    for node in nodes:
        inputs = tuple(tensors[tensor] for tensor in node.inputs)
        control = tuple(made[before] for before in node.control)
        copy = Node(node.op, inputs, control, node.specs, rename(node.name), node.site, graph)
        graph.nodes.append(copy)
        made[node] = copy
        tensors.update(zip(node.outputs, copy.outputs, strict=True))
        if behind is not None and node is behind.node:
            tensors[behind] = insert(graph, tensors[behind])
    graph.outputs = tuple(tensors[tensor] for tensor in outputs)
    return graph


def insert(graph: gn.Graph, tensor: gn.Tensor) -> gn.Tensor:
    """Append a node that does nothing to a tensor."""
    op = gn.ir.OPS["identity"]()
    node = Node(op, (tensor,), (), (tensor.spec,), "inserted", tensor.node.site, graph)
    graph.nodes.append(node)
    return node.outputs[0]
