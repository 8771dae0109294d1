"""Graphs by numbers: lists of neighbors, orders, depths."""

from collections import deque
from collections.abc import Sequence

__all__ = ["depths", "incidences", "topological_order"]


def incidences(count: int, ends: Sequence[int]) -> list[list[int]]:
    """Give for every vertex the edges that have it at this end."""
    found: list[list[int]] = [[] for _ in range(count)]
    for edge, end in enumerate(ends):
        found[end].append(edge)
    return found


def topological_order(count: int, tails: Sequence[int], heads: Sequence[int]) -> list[int]:
    """Give the vertices, each after those before it; those on cycles and after them are missing."""
    leaving = incidences(count, tails)
    missing = [0] * count
    for head in heads:
        missing[head] += 1
    waiting = deque(vertex for vertex in range(count) if not missing[vertex])
    order = []
    while waiting:
        vertex = waiting.popleft()
        order.append(vertex)
        for edge in leaving[vertex]:
            head = heads[edge]
            missing[head] -= 1
            if not missing[head]:
                waiting.append(head)
    return order


def depths(
    count: int, tails: Sequence[int], heads: Sequence[int], lengths: Sequence[int]
) -> list[int]:
    """Give for every vertex of an acyclic graph the length of the longest way to it."""
    leaving = incidences(count, tails)
    depth = [0] * count
    for vertex in topological_order(count, tails, heads):
        for edge in leaving[vertex]:
            depth[heads[edge]] = max(depth[heads[edge]], depth[vertex] + lengths[edge])
    return depth
