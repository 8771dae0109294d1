"""Splines whose ends lie on the borders of what they connect."""

from collections.abc import Sequence
from itertools import pairwise
from math import hypot

from graphnet.viz.layout.layered.splines import straight
from graphnet.viz.layout.sketch import Point, Rect

__all__ = ["first_part", "touching"]

SHORT = 3.0
"""A gap that is closed by moving the end, in pixels."""

HALVINGS = 20
"""Of a piece, in search of the point where it crosses a border."""


def touching(points: Sequence[Point], tail: Rect, head: Rect) -> list[Point]:
    """Give a spline that begins at the border of its tail and ends at that of its head.

    What runs inside of them is cut off; a gap is closed.

    Args:
        points: A cubic spline, 3 n + 1 points.
        tail: Where it begins.
        head: Where it ends.

    Example:
        >>> from graphnet.viz.layout.layered.splines import straight
        >>> line = straight(Point(5, 8), Point(5, 38))
        >>> found = touching(line, Rect(0, 0, 10, 11), Rect(0, 40, 10, 50))
        >>> round(found[0].y, 3), found[-1].y
        (11.0, 40)
    """
    ended = reaching(points, head)
    return reaching(ended[::-1], tail)[::-1]


def reaching(points: Sequence[Point], rect: Rect) -> list[Point]:
    """Give a spline that ends at the border of a rectangle."""
    found = list(points)
    if not inside(found[-1], rect):
        return extended(found, nearest(found[-1], rect))
    while len(found) > 4 and inside(found[-4], rect):
        del found[-3:]
    if inside(found[-4], rect):  # all of it is
        return straight(found[0], nearest(found[-1], rect))
    found[-4:] = cut(found[-4:], rect)
    return found


def extended(points: list[Point], goal: Point) -> list[Point]:
    """Give a spline that goes on to a point; over a short gap it keeps its direction."""
    x, y = goal.x - points[-1].x, goal.y - points[-1].y
    if hypot(x, y) > SHORT:
        return points + straight(points[-1], goal)[1:]
    return [*points[:-2], *(Point(point.x + x, point.y + y) for point in points[-2:])]


def inside(point: Point, rect: Rect) -> bool:
    """Whether a point is inside, and not at the border."""
    return rect.left < point.x < rect.right and rect.top < point.y < rect.bottom


def nearest(point: Point, rect: Rect) -> Point:
    """Give the point of the border that is nearest."""
    x = min(max(point.x, rect.left), rect.right)
    y = min(max(point.y, rect.top), rect.bottom)
    if not inside(point, rect):
        return Point(x, y)
    ways = {
        Point(rect.left, y): x - rect.left,
        Point(rect.right, y): rect.right - x,
        Point(x, rect.top): y - rect.top,
        Point(x, rect.bottom): rect.bottom - y,
    }
    return min(ways, key=lambda place: ways[place])


def cut(piece: Sequence[Point], rect: Rect) -> list[Point]:
    """Give the first part of a cubic curve, up to where it enters a rectangle for good."""
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if inside(first_part(piece, middle)[-1], rect):
            high = middle
        else:
            low = middle
    return first_part(piece, low)


def first_part(piece: Sequence[Point], part: float) -> list[Point]:
    """Give the part of a cubic curve from 0 to ``part``, by the method of de Casteljau."""
    row = list(piece)
    found = [row[0]]
    while len(row) > 1:
        row = [
            Point(one.x + (two.x - one.x) * part, one.y + (two.y - one.y) * part)
            for one, two in pairwise(row)
        ]
        found.append(row[0])
    return found
