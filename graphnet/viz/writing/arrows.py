"""Arrows: a line and its head, along the curve that an engine has found."""

from collections.abc import Sequence
from math import hypot

from graphnet.viz.layout.sketch import Point
from graphnet.viz.scene import Way
from graphnet.viz.writing.marks import number

__all__ = ["arrow"]

LENGTH, HALF = 8.0, 3.2
"""Length of a head, and half of its width, in pixels."""

SMALL = 0.7
"""Size of the heads of faint arrows, with others at 1."""

INSIDE = 9.0
"""How far a line begins inside of its tail, whose form need not fill its rectangle."""


def arrow(points: Sequence[Point], way: Way, inside: float = INSIDE) -> str:
    """Give the line and the head of an arrow.

    Args:
        points: A cubic spline, 3 n + 1 points.
        way: What it stands for; a diamond stands for a write, others are triangles.
        inside: How far the line begins before the first point.

    Example:
        >>> straight = [Point(0, 0), Point(0, 10), Point(0, 20), Point(0, 30)]
        >>> arrow(straight, Way.VALUE)
        '<path d="M0 -9L0 0C0 10 0 13 0 23"/><polygon points="0,30 -3.2,22 3.2,22"/>'
    """
    size = SMALL if way is Way.FAR else 1.0
    tip = points[-1]
    ahead = direction(points[::-1])
    line = [*points[:-2], *(moved(point, ahead, (LENGTH - 1) * size) for point in points[-2:])]
    start = moved(points[0], direction(points), -inside)
    curve = "".join(
        f"C{' '.join(map(pair, line[first : first + 3]))}" for first in range(1, len(line) - 2, 3)
    )
    corners = " ".join(f"{number(x)},{number(y)}" for x, y in head(tip, ahead, size, way))
    return f'<path d="M{pair(start)}L{pair(line[0])}{curve}"/><polygon points="{corners}"/>'


def head(tip: Point, ahead: Point, size: float, way: Way) -> list[Point]:
    """Give the corners of a head; ``ahead`` leads from the tip to the line."""
    middle = moved(tip, ahead, LENGTH * size / (2 if way is Way.WRITE else 1))
    aside = Point(-ahead.y, ahead.x)
    corners = [tip, moved(middle, aside, -HALF * size), moved(middle, aside, HALF * size)]
    if way is Way.WRITE:
        corners.insert(2, moved(tip, ahead, LENGTH))
    return corners


def direction(points: Sequence[Point]) -> Point:
    """Give the direction in which a line starts, of length one."""
    first = points[0]
    for point in points[1:]:
        x, y = point.x - first.x, point.y - first.y
        if (length := hypot(x, y)) > 0.1:
            return Point(x / length, y / length)
    return Point(0.0, -1.0)


def moved(point: Point, ahead: Point, distance: float) -> Point:
    """Give the point at a distance in a direction."""
    return Point(point.x + ahead.x * distance, point.y + ahead.y * distance)


def pair(point: Point) -> str:
    """Give a point in a path."""
    return f"{number(point.x)} {number(point.y)}"
