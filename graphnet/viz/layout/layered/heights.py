"""Heights: y coordinates of rows, with room for frames and for edges that lead far sideways."""

from dataclasses import dataclass

from graphnet.viz.layout.layered.gaps import LABEL_MARGIN, PAD
from graphnet.viz.layout.layered.grid import LOOSE_ORDER, Grid, Role
from graphnet.viz.layout.layered.pieces import Piece
from graphnet.viz.layout.sketch import Rect

__all__ = ["Heights", "place_frames", "place_rows"]

CHANNEL = 34.0  # between two rows, free of spots and frames
LABEL_CHANNEL = 14.0  # the same at a row that has nothing but labels
STEEP = 9.0  # how many times as wide as high an edge between two rows may be
WIDENED = 44.0  # the most that is added for this
LANE = 5.0  # what each edge on its way around takes of a channel


@dataclass(frozen=True)
class Heights:
    """Where rows are.

    Attributes:
        center: The middle of every row.
        half: Half the height of every row.
        top: For every row the middle of the channel above it.
        bottom: For every row the middle of the channel below it.
        channel: The height of the channel below every row.
    """

    center: list[float]
    half: list[float]
    top: list[float]
    bottom: list[float]
    channel: list[float]


def place_rows(piece: Piece, grid: Grid, x: list[float]) -> Heights:
    """Give the rows y coordinates from 0."""
    half, full = _sizes(piece, grid)
    above, below = _frame_room(piece, grid)
    channel = _channels(grid, x, full)
    center, top, bottom = [], [], []
    y = 0.0
    for row in range(grid.height):
        upper = channel[row - 1] if row else 0.0
        top.append(y - upper / 2)
        y += above[row] + half[row]
        center.append(y)
        y += half[row] + below[row]
        bottom.append(y + channel[row] / 2)
        y += channel[row]
    return Heights(center, half, top, bottom, channel)


def _sizes(piece: Piece, grid: Grid) -> tuple[list[float], list[bool]]:
    """Give half the height of every row, and whether there are spots in it."""
    half = [0.0] * grid.height
    full = [False] * grid.height
    for spot, own in enumerate(piece.spots):
        row = grid.ranking.rank[spot]
        half[row] = max(half[row], own.height / 2)
        full[row] = True
    for edge, own_edge in enumerate(piece.edges):
        for vertex in grid.chains[edge]:
            if grid.role[vertex] == Role.LABEL:
                half[grid.rank[vertex]] = max(half[grid.rank[vertex]], own_edge.height / 2)
        if piece.tails[edge] == piece.heads[edge]:
            row = grid.ranking.rank[piece.tails[edge]]
            half[row] = max(half[row], own_edge.height / 2)
    return half, full


def _frame_room(piece: Piece, grid: Grid) -> tuple[list[float], list[float]]:
    """Give the room that frames take above and below every row where they begin and end."""
    count = len(piece.frames)
    tops, bottoms = [0.0] * count, [0.0] * count
    above, below = [0.0] * grid.height, [0.0] * grid.height
    first, last = grid.ranking.first, grid.ranking.last
    for frame in range(count - 1, 0, -1):
        tops[frame] += header(piece, frame)
        bottoms[frame] += PAD
        outer = piece.outer[frame]
        if outer and first[outer] == first[frame]:
            tops[outer] = max(tops[outer], tops[frame])
        if outer and last[outer] == last[frame]:
            bottoms[outer] = max(bottoms[outer], bottoms[frame])
        above[first[frame]] = max(above[first[frame]], tops[frame])
        below[last[frame]] = max(below[last[frame]], bottoms[frame])
    return above, below


def header(piece: Piece, frame: int) -> float:
    """Give the distance from the top of a frame to what is in it."""
    height = piece.frames[frame].height
    return PAD + height + (LABEL_MARGIN / 2 if height else 0.0)


def _channels(grid: Grid, x: list[float], full: list[bool]) -> list[float]:
    """Give the height of the channel below every row."""
    channel = [
        CHANNEL if full[row] and full[row + 1] else LABEL_CHANNEL for row in range(grid.height - 1)
    ] + [LABEL_CHANNEL]
    wide = [0.0] * grid.height
    for vertex, links in enumerate(grid.below):
        for link in links:
            if link.order > LOOSE_ORDER:
                row = grid.rank[vertex]
                wide[row] = max(wide[row], abs(x[vertex] - x[link.vertex]))
    lanes = [0] * grid.height
    for chain, around in zip(grid.chains, grid.around, strict=True):
        if around:
            lanes[grid.rank[chain[-2]]] += 1
            lanes[grid.rank[chain[-1]] - 1] += 1
    return [
        max(height, min(wide[row] / STEEP, height + WIDENED)) + LANE * lanes[row]
        for row, height in enumerate(channel)
    ]


def place_frames(piece: Piece, grid: Grid, x: list[float], heights: Heights) -> list[Rect]:
    """Give the rectangles of frames; that of frame 0 means nothing."""
    first, last = grid.ranking.first, grid.ranking.last
    tops = [heights.center[row] for row in first]
    bottoms = [heights.center[row] for row in last]
    for spot, own in enumerate(piece.spots):
        home, row = piece.homes[spot], grid.ranking.rank[spot]
        tops[home] = min(tops[home], heights.center[row] - own.height / 2)
        bottoms[home] = max(bottoms[home], heights.center[row] + own.height / 2)
    for edge, own_edge in enumerate(piece.edges):
        for vertex in grid.chains[edge]:
            if grid.role[vertex] == Role.LABEL:
                home, row = grid.home[vertex], grid.rank[vertex]
                tops[home] = min(tops[home], heights.center[row] - own_edge.height / 2)
                bottoms[home] = max(bottoms[home], heights.center[row] + own_edge.height / 2)
    rects = [Rect(0, 0, 0, 0)] * len(piece.frames)
    for frame in range(len(piece.frames) - 1, 0, -1):
        top, bottom = tops[frame] - header(piece, frame), bottoms[frame] + PAD
        rects[frame] = Rect(x[grid.lefts[frame][0]], top, x[grid.rights[frame][0]], bottom)
        outer = piece.outer[frame]
        tops[outer], bottoms[outer] = min(tops[outer], top), max(bottoms[outer], bottom)
    return rects
