"""Ways through a dependency graph, for messages that show how one node depends on another."""

from collections.abc import Container

import networkx as nx

from graphnet.ir.node import Node

__all__ = ["shortest_way"]


def shortest_way(dag: "nx.DiGraph[Node]", start: Node, ends: Container[Node]) -> list[Node]:
    """Give the shortest way from ``start`` to one of ``ends``; empty if there is none."""
    if start in ends:
        return [start]
    parents: dict[Node, Node] = {}
    for parent, child in nx.bfs_edges(dag, start):
        parents[child] = parent
        if child in ends:
            way = [child]
            while way[-1] is not start:
                way.append(parents[way[-1]])
            return way[::-1]
    return []
