"""Columns: x coordinates, so that long edges are straight and the picture narrow.

What counts is the sum of all ways aside, each as dear as its link (Gansner, Koutsofios, North, Vo
1993, section 4.2): network simplex makes it least, from a good beginning, which is what is left
where a picture is so large that it has to end early.

This beginning is due to Brandes, Koepf, "Fast and simple horizontal coordinate assignment", Graph
Drawing 2001: vertices are aligned with median neighbors above or below, from the left or the right;
blocks of aligned vertices are pushed together; the four results are aligned with the narrowest, and
every vertex gets the mean of its two middle places. Distances that hold in all four hold in this
mean, so borders of frames are simply blocks.
"""

from bisect import bisect_left, insort
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor

from graphnet.viz.layout.layered.gaps import frame_width, separation
from graphnet.viz.layout.layered.graphs import incidences, topological_order
from graphnet.viz.layout.layered.grid import LOOSE_ORDER, Grid, Link, Role
from graphnet.viz.layout.layered.pieces import Piece
from graphnet.viz.layout.layered.simplex import solve

__all__ = ["Gap", "find_gaps", "place_columns"]


WORK = 5_000_000  # vertices that network simplex may visit
FRAME_PULL = 64  # how dear a frame is by its width


@dataclass(frozen=True)
class Gap:
    """A least distance between two vertices."""

    left: int
    right: int
    distance: int


def find_gaps(piece: Piece, grid: Grid, rows: list[list[int]]) -> list[Gap]:
    """Give the distances between neighbors in rows, and between the borders of frames."""
    gaps = [
        Gap(left, right, ceil(separation(grid, left, right)))
        for row in rows
        for left, right in pairwise(row)
    ]
    for frame in range(1, len(piece.frames)):
        left, right = grid.lefts[frame][0], grid.rights[frame][0]
        gaps.append(Gap(left, right, ceil(frame_width(piece, frame))))
    return gaps


def place_columns(grid: Grid, rows: list[list[int]], gaps: list[Gap]) -> list[float]:
    """Give every vertex an x coordinate; those of the borders of a frame agree in all rows."""
    found = []
    for downwards in (True, False):
        for leftwards in (True, False):
            blocks = _align(grid, rows, downwards=downwards, leftwards=leftwards)
            found.append(_compact(grid, blocks, gaps, leftwards=leftwards))
    begin = [floor(place) for place in _balance(found)]
    end = _straighten(grid, gaps, begin)
    return [float(place) for place in min(begin, end, key=lambda x: _cost(grid, x))]


def _cost(grid: Grid, x: list[int]) -> int:
    """Give the sum of all ways aside."""
    return sum(
        link.pull * abs(x[vertex] - x[link.vertex])
        for vertex, links in enumerate(grid.below)
        for link in links
    )


def _straighten(grid: Grid, gaps: list[Gap], begin: list[int]) -> list[int]:
    """Make the sum of all ways aside less: a vertex for every link pulls both of its ends left."""
    column = _columns(grid, begin)
    columns = max(column) + 1
    x = [0] * columns
    for vertex, place in enumerate(begin):
        x[column[vertex]] = place
    ties = [(column[gap.left], column[gap.right], gap.distance, 0) for gap in gaps]
    ties += [
        (column[left[0]], column[right[0]], 0, FRAME_PULL)
        for left, right in zip(grid.lefts[1:], grid.rights[1:], strict=True)
    ]
    for vertex, links in enumerate(grid.below):
        for link in links:
            ends = column[vertex], column[link.vertex]
            if ends[0] != ends[1]:
                ties += [(len(x), end, 0, link.pull) for end in ends]
                x.append(min(x[ends[0]], x[ends[1]]))
    tails, heads, lengths, weights = ([tie[part] for tie in ties] for part in range(4))
    found = solve(len(x), tails, heads, lengths, weights, WORK, x)
    return [found[at] for at in column]


def _columns(grid: Grid, begin: list[int]) -> list[int]:
    """Number the columns: one for each vertex, but one for all of a border of a frame.

    Bends of edges without weight that are straight stay so, which saves most of the work.
    """
    first = list(range(len(grid.role)))
    for vertex, links in enumerate(grid.below):
        for link in links:
            bent = grid.role[vertex] == grid.role[link.vertex] == Role.BEND
            if bent and link.order == LOOSE_ORDER and begin[vertex] == begin[link.vertex]:
                first[link.vertex] = first[vertex]
    for border in (*grid.lefts, *grid.rights):
        for vertex in border:
            first[vertex] = border[0]
    numbers = {vertex: at for at, vertex in enumerate(dict.fromkeys(first))}
    return [numbers[vertex] for vertex in first]


def _align(grid: Grid, rows: list[list[int]], *, downwards: bool, leftwards: bool) -> list[int]:
    """Give for every vertex the first of its block."""
    root = list(range(len(grid.role)))
    place = [0] * len(root)
    for row in rows:
        for at, vertex in enumerate(row):
            place[vertex] = at
    links = grid.above if downwards else grid.below
    for row in (rows if downwards else rows[::-1])[1:]:
        _align_row(row, links, place, root, leftwards=leftwards)
    return root


def _align_row(
    row: list[int], links: list[list[Link]], place: list[int], root: list[int], *, leftwards: bool
) -> None:
    """Align vertices with medians in the row before, the dearest first, without crossings."""
    wishes: list[tuple[int, int, int, int]] = []
    for at, vertex in enumerate(row if leftwards else row[::-1]):
        near = links[vertex]
        if len(near) == 1:
            wishes.append((-near[0].pull, at, vertex, near[0].vertex))
        elif near:
            wishes += [
                (-link.pull, at, vertex, link.vertex)
                for link in _medians(near, place, leftwards=leftwards)
            ]
    wishes.sort(key=lambda wish: wish[:2])
    done: set[int] = set()
    pairs: list[tuple[int, int]] = []
    for _, _, vertex, near_vertex in wishes:
        pair = place[vertex], place[near_vertex]
        if vertex not in done and _fits(pairs, pair):
            done.add(vertex)
            insort(pairs, pair)
            root[vertex] = root[near_vertex]


def _medians(near: list[Link], place: list[int], *, leftwards: bool) -> list[Link]:
    """Give the middle one or two of the neighbors, counted as often as they are dear."""
    ranked = sorted(near, key=lambda link: place[link.vertex])
    half = sum(link.pull for link in ranked)
    below = 0
    middle = []
    for link in ranked:
        if 2 * below <= half <= 2 * (below + link.pull):
            middle.append(link)
        below += link.pull
    return middle if leftwards else middle[::-1]


def _fits(pairs: list[tuple[int, int]], pair: tuple[int, int]) -> bool:
    """Tell whether a pair of places crosses none of the sorted pairs, and shares no end."""
    at = bisect_left(pairs, pair)
    return (at == 0 or (pairs[at - 1][0] < pair[0] and pairs[at - 1][1] < pair[1])) and (
        at == len(pairs) or (pairs[at][0] > pair[0] and pairs[at][1] > pair[1])
    )


def _compact(grid: Grid, root: list[int], gaps: list[Gap], *, leftwards: bool) -> list[float]:
    """Push blocks to one side, then those with room at the other side back to their neighbors."""
    count = len(root)
    before = [root[gap.left if leftwards else gap.right] for gap in gaps]
    after = [root[gap.right if leftwards else gap.left] for gap in gaps]
    order = topological_order(count, before, after)
    leaving = incidences(count, before)
    x = [0.0] * count
    for block in order:
        for gap in leaving[block]:
            x[after[gap]] = max(x[after[gap]], x[block] + gaps[gap].distance)
    far_border = Role.RIGHT if leftwards else Role.LEFT
    for block in reversed(order):
        if leaving[block] and grid.role[block] != far_border:
            room = min(x[after[gap]] - gaps[gap].distance for gap in leaving[block])
            x[block] = max(x[block], room)
    return [x[block] if leftwards else -x[block] for block in root]


def _balance(found: list[list[float]]) -> list[float]:
    """Give the means of the middle two, after aligning all with the narrowest."""
    sides = [(min(x), max(x)) for x in found]
    left, right = min(sides, key=lambda side: side[1] - side[0])
    moves = [
        left - side[0] if number % 2 == 0 else right - side[1] for number, side in enumerate(sides)
    ]
    result = []
    for places in zip(*found, strict=True):
        ranked = sorted(place + move for place, move in zip(places, moves, strict=True))
        result.append((ranked[1] + ranked[2]) / 2)
    return result
