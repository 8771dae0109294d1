"""Dead-node elimination: ``y = exp(x); z = log(x); return y → y = exp(x); return y``."""

from graphnet.ir.graph import Graph

__all__ = ["prune"]


def prune(graph: Graph) -> Graph:
    """Drop the nodes that neither an output nor an effect needs."""
    return graph.pruned()
