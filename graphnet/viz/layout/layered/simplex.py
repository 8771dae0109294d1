"""Network simplex: the integers that make a weighted sum of differences least.

Gansner, Koutsofios, North, Vo, "A technique for drawing directed graphs", IEEE Transactions on
Software Engineering 19 (3), 1993, section 2.3. A spanning tree of tight edges (whose ends are as
near as they may be) stands for a solution. Cutting an edge of it parts the vertices; where moving
the two parts away from each other makes the sum less, the edge leaves the tree, and the one that
becomes tight first enters.
"""

from heapq import heappop, heappush
from itertools import chain

from graphnet.viz.layout.layered.graphs import depths, incidences

__all__ = ["solve"]

Heaps = tuple[list[tuple[int, int, int]], list[tuple[int, int, int]]]  # slack, -weight, edge

SEARCHED = 30  # edges with negative cut values that compete for leaving the tree


def solve(
    count: int,
    tails: list[int],
    heads: list[int],
    lengths: list[int],
    weights: list[int],
    work: int,
    start: list[int] | None = None,
) -> list[int]:
    """Give integers, the least 0, with a least sum of weight * (integer of head - that of tail).

    Args:
        count: How many integers.
        tails: For every edge the vertex where it begins. There are no cycles.
        heads: For every edge the vertex where it ends.
        lengths: For every edge the least difference between its ends.
        weights: For every edge how dear each unit of its length is.
        work: How many vertices may be visited; what is found is not optimal where this ends it.
        start: Integers that keep the least differences; if None, those of the longest ways.
    """
    if not count:
        return []
    rank = list(start) if start else depths(count, tails, heads, lengths)
    simplex = _Simplex(rank, list(tails), list(heads), list(lengths), list(weights))
    while work > 0:
        edge = simplex.leaving()
        if edge is None:
            break
        work -= simplex.pivot(edge)
    least = min(simplex.rank)
    return [rank - least for rank in simplex.rank]


class _Simplex:
    """A tree of tight edges, numbered in preorder, and its cut values."""

    def __init__(
        self,
        rank: list[int],
        tails: list[int],
        heads: list[int],
        lengths: list[int],
        weights: list[int],
    ) -> None:
        self.count = count = len(rank)
        self.rank = rank
        self.tails, self.heads, self.lengths, self.weights = tails, heads, lengths, weights
        self.outs = incidences(count, tails)
        self.ins = incidences(count, heads)
        self.branches: list[list[int]] = [[] for _ in range(count)]  # tree edges at a vertex
        self.tree: list[int] = []
        self._grow()
        self.parent = [-1] * count  # the tree edge to the parent
        self.number = [0] * count
        self.last = [0] * count  # the greatest number below
        self.at = [0] * count  # the vertex of a number
        self._renumber(0, -1, 0)
        self.cut = self._cut_values()
        self.next = 0

    def _grow(self) -> None:
        """Make a spanning tree of tight edges, moving what is reached as a whole (as Prim)."""
        inside = [False] * self.count
        shift = [0] * self.count  # how far all had moved when a vertex was reached
        heaps: Heaps = ([], [])
        moved = vertex = 0
        while True:
            inside[vertex] = True
            shift[vertex] = moved
            self._offer(vertex, inside, moved, heaps)
            edge, move = self._nearest(inside, moved, heaps)
            if edge is None:
                vertex = inside.index(False) if len(self.tree) < self.count - 1 else -1
                if vertex < 0:
                    break
                edge = self._tie(vertex, moved)
            else:
                vertex = self.tails[edge] if inside[self.heads[edge]] else self.heads[edge]
            moved += move
            self._add(edge)
        for vertex in range(self.count):
            self.rank[vertex] += moved - shift[vertex]

    def _offer(self, vertex: int, inside: list[bool], moved: int, heaps: Heaps) -> None:
        """Put the edges from a vertex to what is not reached on the heaps."""
        rank = self.rank
        for edge in self.outs[vertex]:
            head = self.heads[edge]
            if not inside[head]:
                slack = rank[head] - rank[vertex] - self.lengths[edge]
                heappush(heaps[0], (slack + moved, -self.weights[edge], edge))
        for edge in self.ins[vertex]:
            tail = self.tails[edge]
            if not inside[tail]:
                slack = rank[vertex] - rank[tail] - self.lengths[edge]
                heappush(heaps[1], (slack - moved, -self.weights[edge], edge))

    def _nearest(self, inside: list[bool], moved: int, heaps: Heaps) -> tuple[int | None, int]:
        """Give the edge out of what is reached that has the least slack, and the move it takes."""
        for heap, ends in zip(heaps, (self.heads, self.tails), strict=True):
            while heap and inside[ends[heap[0][2]]]:
                heappop(heap)
        down = heaps[0][0][0] - moved if heaps[0] else None
        up = heaps[1][0][0] + moved if heaps[1] else None
        if down is not None and (up is None or down <= up):
            return heappop(heaps[0])[2], down
        if up is not None:
            return heappop(heaps[1])[2], -up
        return None, 0

    def _tie(self, vertex: int, moved: int) -> int:
        """Add an edge that pulls nothing to a part that nothing connects, where it lies now."""
        self.tails.append(0)
        self.heads.append(vertex)
        self.lengths.append(self.rank[vertex] - self.rank[0] - moved)
        self.weights.append(0)
        edge = len(self.tails) - 1
        self.outs[0].append(edge)
        self.ins[vertex].append(edge)
        return edge

    def _add(self, edge: int) -> None:
        self.tree.append(edge)
        self.branches[self.tails[edge]].append(edge)
        self.branches[self.heads[edge]].append(edge)

    def _renumber(self, root: int, parent: int, first: int) -> None:
        """Number what is below a vertex in preorder."""
        tails, heads, branches, parents = self.tails, self.heads, self.branches, self.parent
        number, last, at = self.number, self.last, self.at
        parents[root] = parent
        free = first
        stack = [root]
        while stack:
            vertex = stack.pop()
            number[vertex] = last[vertex] = free
            at[free] = vertex
            free += 1
            above = parents[vertex]
            for edge in branches[vertex]:
                if edge != above:
                    child = heads[edge] if tails[edge] == vertex else tails[edge]
                    parents[child] = edge
                    stack.append(child)
        for vertex in reversed(at[first + 1 : free]):
            edge = parents[vertex]
            above = tails[edge] if heads[edge] == vertex else heads[edge]
            last[above] = max(last[above], last[vertex])

    def _cut_values(self) -> list[int]:
        """Give what the cut of a tree edge carries: forward weights less backward ones; or 0."""
        excess = [0] * self.count
        for tail, head, weight in zip(self.tails, self.heads, self.weights, strict=True):
            excess[tail] += weight
            excess[head] -= weight
        values = [0] * len(self.tails)
        for vertex in reversed(self.at[1:]):
            edge = self.parent[vertex]
            leaves = self.tails[edge] == vertex
            values[edge] = excess[vertex] if leaves else -excess[vertex]
            excess[self.heads[edge] if leaves else self.tails[edge]] += excess[vertex]
        return values

    def leaving(self) -> int | None:
        """Give the index in the tree of an edge with a negative cut value, or None."""
        tree, cut = self.tree, self.cut
        best, value, seen = None, 0, 0
        for index in chain(range(self.next, len(tree)), range(self.next)):
            found = cut[tree[index]]
            if found < 0:
                seen += 1
                if found < value:
                    best, value = index, found
                if seen >= SEARCHED:
                    self.next = index
                    break
        return best

    def pivot(self, index: int) -> int:
        """Exchange an edge of the tree for the one that becomes tight first; give the work done."""
        edge = self.tree[index]
        below = self.tails[edge] if self.parent[self.tails[edge]] == edge else self.heads[edge]
        low, high = self.number[below], self.last[below]
        small = high - low + 1 <= self.count // 2
        side = self.at[low : high + 1] if small else self.at[:low] + self.at[high + 1 :]
        tail_side = (below == self.tails[edge]) == small
        entering, slack = self._entering(side, low, high, small=small, tail_side=tail_side)
        move = -slack if tail_side else slack
        for vertex in side:
            self.rank[vertex] += move
        value = self.cut[edge]
        top = self._carry(self.tails[entering], self.heads[entering], value, forward=True)
        self._carry(self.heads[entering], self.tails[entering], value, forward=False)
        self.cut[edge], self.cut[entering] = 0, -value
        self.tree[index] = entering
        for end in (self.tails[edge], self.heads[edge]):
            self.branches[end].remove(edge)
        for end in (self.tails[entering], self.heads[entering]):
            self.branches[end].append(entering)
        self._renumber(top, self.parent[top], self.number[top])
        return len(side) + self.last[top] - self.number[top] + len(self.tree) // 8

    def _entering(
        self, side: list[int], low: int, high: int, *, small: bool, tail_side: bool
    ) -> tuple[int, int]:
        """Give the edge with the least slack from the part of the heads to that of the tails."""
        number, rank, lengths = self.number, self.rank, self.lengths
        tails, heads = self.tails, self.heads
        lists, ends = (self.ins, tails) if tail_side else (self.outs, heads)
        best, least = -1, 1 << 60
        for vertex in side:
            for edge in lists[vertex]:
                if (low <= number[ends[edge]] <= high) != small:
                    slack = rank[heads[edge]] - rank[tails[edge]] - lengths[edge]
                    if slack < least:
                        best, least = edge, slack
        return best, least

    def _carry(self, start: int, goal: int, value: int, *, forward: bool) -> int:
        """Change the cut values on the way up to the first vertex above both; give this vertex."""
        tails, heads, number, last = self.tails, self.heads, self.number, self.last
        end = number[goal]
        vertex = start
        while not number[vertex] <= end <= last[vertex]:
            edge = self.parent[vertex]
            leaves = vertex == tails[edge]
            self.cut[edge] += value if leaves == forward else -value
            vertex = heads[edge] if leaves else tails[edge]
        return vertex
