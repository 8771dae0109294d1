"""A chain in columns: places for its spots, and ways between them and into the outside."""

from collections.abc import Sequence
from dataclasses import dataclass

from graphnet.viz.layout.layered.splines import round_corners, straight
from graphnet.viz.layout.sketch import Edge, Point, Rect, Spot

__all__ = ["Block", "in_columns"]

SLIM = 1.5
"""How often its width a block may be high."""

GAP, LANE, STRIP, MARGIN = 28.0, 30.0, 14.0, 12.0
"""Between rows, columns, arrows that turn, and around all, in pixels."""

BESIDE = 5.0
"""Between an arrow and its label, in pixels."""

ROUND = 8.0
"""Radius of turns, in pixels."""


@dataclass(frozen=True)
class Block:
    """A chain in columns; its places begin at its own left upper corner.

    Attributes:
        width: Of all, with room for the arrows around.
        height: Of all, with room for the arrows around.
        spots: The rectangles of the spots, first to last.
        curves: The splines of the edges between them.
        labels: The centers of their labels.
    """

    width: float
    height: float
    spots: list[Rect]
    curves: list[list[Point]]
    labels: list[Point | None]

    def entry(self, outer: Point) -> list[Point]:
        """Give the way from a point of the border to the first spot."""
        goal = above(self.spots[0])
        return self.way(outer, goal, MARGIN)

    def exit(self, outer: Point) -> list[Point]:
        """Give the way from the last spot to a point of the border."""
        goal = below(self.spots[-1])
        return self.way(outer, goal, self.height - MARGIN)[::-1]

    def way(self, outer: Point, goal: Point, strip: float) -> list[Point]:
        """Give a way from the border along a strip, at its top or bottom, to a spot."""
        corners = [outer]
        near = outer.y < MARGIN if strip <= MARGIN else outer.y > self.height - MARGIN
        if not near:  # around the outermost columns, beside which there is room
            side = MARGIN / 2 if outer.x < self.width / 2 else self.width - MARGIN / 2
            corners.append(Point(side, outer.y))
            corners.append(Point(side, strip))
        else:
            corners.append(Point(outer.x, strip))
        return through([*corners, Point(goal.x, strip), goal])


def in_columns(spots: Sequence[Spot], edges: Sequence[Edge]) -> Block:
    """Give a chain in as many columns as make it no slim tower.

    Args:
        spots: The spots, first to last.
        edges: The edge from each to the next.
    """
    for count in range(1, len(spots) + 1):
        rows = -(-len(spots) // count)
        block = Columns(spots, edges, rows).block()
        if block.height <= SLIM * block.width or rows <= 2:
            return block
    raise AssertionError("one row is not slim (please report)")


class Columns:
    """A chain in columns of some rows.

    Args:
        spots: The spots, first to last.
        edges: The edge from each to the next.
        rows: How many spots stand in a column.
    """

    def __init__(self, spots: Sequence[Spot], edges: Sequence[Edge], rows: int) -> None:
        self.spots = spots
        self.edges = edges
        self.rows = rows
        self.top = 2 * MARGIN + STRIP / 2
        self.places = self.stacked()
        self.bottom = max(place.bottom for place in self.places)

    def stacked(self) -> list[Rect]:
        """Give the rectangles of the spots."""
        places: list[Rect] = []
        left = MARGIN
        lead = max(map(self.gap, range(0, len(self.spots), self.rows)))
        for first in range(0, len(self.spots), self.rows):
            chosen = range(first, min(first + self.rows, len(self.spots)))
            half = max(self.spots[number].width / 2 for number in chosen)
            right = max([half, *(BESIDE + self.label(number) for number in chosen)])
            y = self.top + lead
            for number in chosen:
                spot = self.spots[number]
                y += self.gap(number) if number > first else 0
                x = left + half - spot.width / 2
                places.append(Rect(x, y, x + spot.width, y + spot.height))
                y += spot.height
            left += half + right + LANE
        self.width = left - LANE + MARGIN
        return places

    def label(self, number: int) -> float:
        """Give the width of the label of the edge that leads to a spot."""
        return self.edges[number - 1].width if number else 0

    def gap(self, number: int) -> float:
        """Give the room that the edge that leads to a spot needs above it."""
        high = self.edges[number - 1].height if number else 0
        return GAP + (high and high - GAP / 4)

    def block(self) -> Block:
        """Give the block."""
        height = self.bottom + STRIP + 2 * MARGIN
        labels = [self.label_place(number) for number in range(1, len(self.spots))]
        curves = [self.curve(number) for number in range(1, len(self.spots))]
        return Block(self.width, height, self.places, curves, labels)

    def curve(self, number: int) -> list[Point]:
        """Give the way to a spot from the one before it."""
        begin, end = below(self.places[number - 1]), above(self.places[number])
        if number % self.rows:
            return straight(begin, end)
        column = range(number, min(number + self.rows, len(self.spots)))
        lane = min(self.places[place].left for place in column) - LANE / 2
        low, high = self.bottom + STRIP, self.top
        beside = [Point(lane, low), Point(lane, high)]
        return through([begin, Point(begin.x, low), *beside, Point(end.x, high), end])

    def label_place(self, number: int) -> Point | None:
        """Give the center of the label of the edge that leads to a spot: right of it."""
        edge, spot = self.edges[number - 1], self.places[number]
        if not edge.width:
            return None
        x = above(spot).x + BESIDE + edge.width / 2
        return Point(x, spot.top - self.gap(number) / 2 - 2)


def above(rect: Rect) -> Point:
    """Give the middle of the upper side."""
    return Point((rect.left + rect.right) / 2, rect.top)


def below(rect: Rect) -> Point:
    """Give the middle of the lower side."""
    return Point((rect.left + rect.right) / 2, rect.bottom)


def through(corners: Sequence[Point]) -> list[Point]:
    """Give a way with round corners; points on a straight line are left out."""
    kept = [corners[0]]
    for before, point, after in zip(corners, corners[1:], corners[2:], strict=False):
        level = before.x == point.x == after.x or before.y == point.y == after.y
        if not level and point != before:
            kept.append(point)
    return round_corners([*kept, corners[-1]], ROUND)
