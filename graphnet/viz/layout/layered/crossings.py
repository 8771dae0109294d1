"""Counting crossings.

Barth, Mutzel, Juenger, "Simple and efficient bilayer cross counting", Journal of Graph Algorithms
and Applications 8 (2), 2004: a tree of sums over the lower row, filled from left to right.
"""

from itertools import pairwise

from graphnet.viz.layout.layered.grid import Grid

__all__ = ["count_all", "count_between"]


def count_all(grid: Grid, rows: list[list[int]], place: list[int]) -> int:
    """Count the crossings of all rows, each as dear as its two links together."""
    return sum(count_between(grid, upper, len(lower), place) for upper, lower in pairwise(rows))


def count_between(grid: Grid, upper: list[int], width: int, place: list[int]) -> int:
    """Count the crossings between a row and the one below, which has as many vertices as given."""
    ends: list[tuple[int, int]] = []
    for vertex in upper:
        links = grid.below[vertex]
        if len(links) == 1:
            ends.append((place[links[0][0]], links[0][1]))
        elif links:
            ends += sorted((place[link[0]], link[1]) for link in links)
    first = 1
    while first < width:
        first *= 2
    sums = [0] * (2 * first)
    total = 0
    for end, weight in ends:
        node = end + first
        sums[node] += weight
        right = 0
        while node > 1:
            if not node & 1:
                right += sums[node + 1]
            node >>= 1
            sums[node] += weight
        total += right * weight
    return total
