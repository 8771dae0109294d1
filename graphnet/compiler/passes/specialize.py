"""Shape specialization: ``x: float32[None, 2] → x: float32[32, 2]``, and all that follows."""

from collections.abc import Sequence

from graphnet.ir.graph import Graph
from graphnet.ir.rewrite import rewriting
from graphnet.ir.spec import Spec

__all__ = ["specialize"]


def specialize(graph: Graph, specs: Sequence[Spec]) -> Graph:
    """Put the specs of the fed arrays in place of those of the inputs, and infer all others again.

    Args:
        graph: The graph.
        specs: One spec per input, without unknown extents.

    Raises:
        ShapeError: The shapes do not fit together; the error names the line of the op.
    """
    if all(tensor.spec == spec for tensor, spec in zip(graph.inputs, specs, strict=True)):
        return graph
    fed = {tensor.node for tensor in graph.inputs}
    sizes = named_extents(graph, specs)
    with rewriting(Graph()) as made:
        made.feed(graph.inputs, specs)
        for node in graph.nodes:
            if node not in fed:
                made.keep(node, node.op.with_extents(sizes))
    made.finish(graph.inputs, graph.outputs)
    return made.graph


def named_extents(graph: Graph, specs: Sequence[Spec]) -> dict[str, int]:
    """Give what the names of extents stand for."""
    return {
        name: size
        for tensor, spec in zip(graph.inputs, specs, strict=True)
        for name, size in zip(tensor.shape, spec.shape, strict=True)
        if isinstance(name, str) and isinstance(size, int)
    }
