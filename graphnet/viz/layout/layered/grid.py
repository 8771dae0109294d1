"""The grid: rows of vertices, so that every edge leads from one row to the next.

Long edges bend at a vertex in every row that they pass, labels of edges are vertices, and a frame
has a vertex for its left and one for its right border in every row that it spans (Sander, "Layout
of compound directed graphs", 1996).
"""

from dataclasses import dataclass, field
from enum import IntEnum
from itertools import pairwise
from typing import NamedTuple

from graphnet.viz.layout.layered.pieces import Piece
from graphnet.viz.layout.layered.ranks import Ranking

__all__ = ["LABEL_GAP", "LOOP", "LOOSE_ORDER", "Grid", "Link", "Role", "build_grid"]

BESIDE_GAP = 30.0
LOOP = 14.0  # room that each edge from a spot to itself takes at its right
LABEL_GAP = 4.0  # between an edge and its label
BENDS = 5_000  # how many bends there may be in a small graph, and
BENDS_EACH = 5  # for each spot; the longest edges go around all where there would be more
LONG = 8  # rows that an edge passes which may go around all
STRAIGHT = (3, 2, 8)  # how dear a slope is, by how many of its ends are bends
BORDER_ORDER = 16
FIRM_ORDER = 4
LOOSE_ORDER = 1
FIRM_PULL = 16  # of an edge of weight 1; that of those without is 1
BORDER_PULL = 1 << 40


class Role(IntEnum):
    """What a vertex is."""

    SPOT = 0
    LABEL = 1
    BEND = 2
    LEFT = 3
    RIGHT = 4


class Link(NamedTuple):
    """A neighbor in the next row.

    Attributes:
        vertex: The neighbor.
        order: How dear a crossing is.
        pull: How dear a slope is.
    """

    vertex: int
    order: int
    pull: int


@dataclass
class Grid:
    """Vertices in rows.

    Attributes:
        ranking: The rows of spots and frames.
        height: How many rows there are.
        role: What every vertex is.
        rank: Its row.
        home: The frame around it; for a border the frame whose border it is.
        west: How far it reaches to the left.
        east: How far it reaches to the right.
        above: Its neighbors in the row above.
        below: Its neighbors in the row below.
        vertex_of: The vertex of every spot.
        offset: How far from the vertex the center of a spot lies, to the right.
        chains: For every edge the vertices on its way downwards, with its ends; empty for edges
            within a row.
        around: Whether an edge goes around all before it reaches its lower end.
        lefts: For every frame its left borders, row by row; the piece itself has none.
        rights: For every frame its right borders.
    """

    ranking: Ranking
    height: int
    role: list[int] = field(default_factory=list)
    rank: list[int] = field(default_factory=list)
    home: list[int] = field(default_factory=list)
    west: list[float] = field(default_factory=list)
    east: list[float] = field(default_factory=list)
    above: list[list[Link]] = field(default_factory=list)
    below: list[list[Link]] = field(default_factory=list)
    vertex_of: list[int] = field(default_factory=list)
    offset: list[float] = field(default_factory=list)
    chains: list[list[int]] = field(default_factory=list)
    around: list[bool] = field(default_factory=list)
    lefts: list[list[int]] = field(default_factory=list)
    rights: list[list[int]] = field(default_factory=list)

    def add(self, role: Role, rank: int, home: int, west: float = 0.0, east: float = 0.0) -> int:
        """Add a vertex and give its number."""
        self.role.append(role)
        self.rank.append(rank)
        self.home.append(home)
        self.west.append(west)
        self.east.append(east)
        self.above.append([])
        self.below.append([])
        return len(self.role) - 1

    def link(self, upper: int, lower: int, order: int, pull: int) -> None:
        """Link a vertex to one in the next row."""
        self.below[upper].append(Link(lower, order, pull))
        self.above[lower].append(Link(upper, order, pull))


def build_grid(piece: Piece, ranking: Ranking) -> Grid:
    """Give rows of vertices for spots, the ways of edges, and the borders of frames."""
    grid = Grid(ranking, max(ranking.last) + 1)
    _add_spots(piece, grid)
    grid.around = _go_around(piece, ranking)
    for edge in range(len(piece.edges)):
        grid.chains.append(_add_chain(piece, grid, edge))
    _add_borders(piece, grid)
    return grid


def _add_spots(piece: Piece, grid: Grid) -> None:
    hosts = grid.ranking.hosts
    grid.vertex_of = [-1] * len(piece.spots)
    grid.offset = [0.0] * len(piece.spots)
    loops = [0.0] * len(piece.spots)
    for edge, own in enumerate(piece.edges):
        if piece.tails[edge] == piece.heads[edge]:
            loops[piece.tails[edge]] += LOOP + (own.width + LABEL_GAP if own.width > 0 else 0.0)
    for spot, own_spot in enumerate(piece.spots):
        if hosts[spot] == spot:
            half = own_spot.width / 2
            grid.vertex_of[spot] = grid.add(
                Role.SPOT, grid.ranking.rank[spot], piece.homes[spot], half, half + loops[spot]
            )
    taken: set[int] = set()
    for spot, own_spot in enumerate(piece.spots):
        if hosts[spot] != spot:
            _add_beside(grid, spot, hosts[spot], own_spot.width, left=hosts[spot] not in taken)
            taken.add(hosts[spot])


def _add_beside(grid: Grid, spot: int, host: int, width: float, *, left: bool) -> None:
    """Let a spot be a part of the vertex of its host, at its left or right."""
    vertex = grid.vertex_of[host]
    grid.vertex_of[spot] = vertex
    side = grid.west if left else grid.east
    distance = side[vertex] + BESIDE_GAP + width / 2
    grid.offset[spot] = -distance if left else distance
    side[vertex] += BESIDE_GAP + width


def _go_around(piece: Piece, ranking: Ranking) -> list[bool]:
    """Choose the edges that would bend in too many rows, those without weight first."""
    spans = [
        abs(ranking.rank[tail] - ranking.rank[head])
        for tail, head in zip(piece.tails, piece.heads, strict=True)
    ]
    around = [False] * len(spans)
    surplus = sum(spans) - BENDS - BENDS_EACH * len(piece.spots)
    for edge in sorted(
        range(len(spans)), key=lambda edge: (piece.edges[edge].weight > 0, -spans[edge])
    ):
        if surplus <= 0 or spans[edge] < LONG:
            continue
        around[edge] = True
        surplus -= spans[edge]
    return around


def _add_chain(piece: Piece, grid: Grid, edge: int) -> list[int]:
    own, ranks = piece.edges[edge], grid.ranking.rank
    upper, lower = piece.tails[edge], piece.heads[edge]
    if ranks[upper] == ranks[lower]:
        return []
    if ranks[upper] > ranks[lower]:
        upper, lower = lower, upper
    chain = [grid.vertex_of[upper]]
    labeled = (ranks[upper] + ranks[lower]) // 2 if own.width > 0 else -1
    if grid.around[edge] and own.width > 0:
        labeled = ranks[upper] + 1
    last = labeled + 1 if grid.around[edge] else ranks[lower]
    frames = _ways_out(piece, piece.homes[upper], piece.homes[lower], own.weight)
    for row in range(ranks[upper] + 1, last):
        home = _home(grid.ranking, *frames, row)
        if row == labeled:
            chain.append(grid.add(Role.LABEL, row, home, 0.0, own.width + LABEL_GAP))
        else:
            chain.append(grid.add(Role.BEND, row, home))
    if not grid.around[edge]:
        chain.append(grid.vertex_of[lower])
    _link_chain(grid, chain, own.weight)
    if grid.around[edge]:
        chain.append(grid.vertex_of[lower])
    return chain


def _link_chain(grid: Grid, chain: list[int], weight: int) -> None:
    """Link what is on the way of an edge; the label of a short one does not count as a bend."""
    order = FIRM_ORDER if weight > 0 else LOOSE_ORDER
    short = all(grid.role[vertex] != Role.BEND for vertex in chain)
    for upper, lower in pairwise(chain):
        bends = (grid.role[upper] != Role.SPOT) + (grid.role[lower] != Role.SPOT)
        pull = STRAIGHT[0 if short else bends] * (FIRM_PULL * weight if weight > 0 else 1)
        grid.link(upper, lower, order, pull)


def _ways_out(piece: Piece, upper: int, lower: int, weight: int) -> tuple[list[int], list[int]]:
    """Give the frames from both ends to the first around both.

    An edge without weight leaves its frames at once, so that it does not make them wide.
    """
    uppers, lowers = [upper], [lower]
    while uppers[-1] != lowers[-1]:
        if piece.depth[uppers[-1]] >= piece.depth[lowers[-1]]:
            uppers.append(piece.outer[uppers[-1]])
        else:
            lowers.append(piece.outer[lowers[-1]])
    return (uppers, lowers) if weight > 0 else (uppers[-1:], lowers[-1:])


def _home(ranking: Ranking, uppers: list[int], lowers: list[int], row: int) -> int:
    """Give the frame that an edge is in: one of its upper end down to the last row of this.

    Then it enters those of its lower end in their first rows.
    """
    for frame in uppers[:-1]:
        if ranking.last[frame] >= row:
            return frame
    for frame in lowers[:-1]:
        if ranking.first[frame] <= row:
            return frame
    return uppers[-1]


def _add_borders(piece: Piece, grid: Grid) -> None:
    grid.lefts, grid.rights = [[]], [[]]
    for frame in range(1, len(piece.frames)):
        rows = range(grid.ranking.first[frame], grid.ranking.last[frame] + 1)
        for role, borders in ((Role.LEFT, grid.lefts), (Role.RIGHT, grid.rights)):
            border = [grid.add(role, row, frame) for row in rows]
            for upper, lower in pairwise(border):
                grid.link(upper, lower, BORDER_ORDER, BORDER_PULL)
            borders.append(border)
