"""Splines: smooth ways through given points.

A way downwards is x as a function of y, cubic between its points. Its slopes are chosen so that it
does not overshoot (Fritsch, Carlson, "Monotone piecewise cubic interpolation", SIAM Journal on
Numerical Analysis 17 (2), 1980); it is vertical where it begins, ends or turns back.
"""

from dataclasses import dataclass
from itertools import pairwise

from graphnet.viz.layout.sketch import Point

__all__ = ["Gate", "curve_through", "round_corners", "straight"]


@dataclass(frozen=True)
class Gate:
    """A row that a way passes, between its neighbors.

    Attributes:
        x: Where it passes.
        top: Where the row begins.
        bottom: Where the row ends.
        left: How far to the left it may be in this row.
        right: How far to the right.
    """

    x: float
    top: float
    bottom: float
    left: float
    right: float

    def holds(self, x: float) -> bool:
        """Tell whether a way may be at a place in this row."""
        return self.left <= x <= self.right


def curve_through(start: Point, gates: list[Gate], end: Point) -> list[Point]:
    """Give a way downwards from a point through rows to a point, vertical at both.

    The first gate is the row of the start, the last that of the end. The way bends within a row
    only where its neighbors leave room for this.
    """
    flat = [False] * len(gates)
    while True:
        knots, owners = _knots(start, gates, end, flat)
        slopes = _slopes(knots)
        tight = _tight(knots, slopes, owners, gates, flat)
        if not tight:
            return _bezier(knots, slopes)
        for gate in tight:
            flat[gate] = True


def _knots(
    start: Point, gates: list[Gate], end: Point, flat: list[bool]
) -> tuple[list[Point], list[int]]:
    """Give the points to pass, and for each the gate that it stands for."""
    knots, owners = [start], [0]
    for number, gate in enumerate(gates):
        for y in _passed(gate, number, len(gates), flat=flat[number]):
            if y > knots[-1].y:
                knots.append(Point(gate.x, y))
                owners.append(number)
    if end.y <= knots[-1].y and len(knots) > 1:
        knots.pop()
        owners.pop()
    return [*knots, end], [*owners, len(gates) - 1]


def _passed(gate: Gate, number: int, count: int, *, flat: bool) -> tuple[float, ...]:
    """Give the heights at which a way passes a gate in its middle."""
    if number == 0:
        return (gate.bottom,) if flat else ()
    if number == count - 1:
        return (gate.top,) if flat else ()
    return (gate.top, gate.bottom) if flat else ((gate.top + gate.bottom) / 2,)


def _slopes(knots: list[Point]) -> list[float]:
    """Give the change of x with y at every knot."""
    rises = [(after.x - before.x) / (after.y - before.y) for before, after in pairwise(knots)]
    inner = [
        2 * one * other / (one + other) if one * other > 0 else 0.0
        for one, other in pairwise(rises)
    ]
    return [0.0, *inner, 0.0]


def _tight(
    knots: list[Point],
    slopes: list[float],
    owners: list[int],
    gates: list[Gate],
    flat: list[bool],
) -> set[int]:
    """Give the gates that the way would leave at a side."""
    found = set()
    for at in range(len(knots) - 1):
        upper, lower = owners[at], owners[at + 1]
        for gate, y in ((upper, gates[upper].bottom), (lower, gates[lower].top)):
            passes = not flat[gate] and knots[at].y < y < knots[at + 1].y
            if passes and not gates[gate].holds(_x_at(knots, slopes, at, y)):
                found.add(gate)
    return found


def _x_at(knots: list[Point], slopes: list[float], at: int, y: float) -> float:
    """Give the cubic between two knots at a height."""
    before, after = knots[at], knots[at + 1]
    height = after.y - before.y
    part = (y - before.y) / height
    rest = 1 - part
    return (
        before.x * (1 + 2 * part) * rest * rest
        + slopes[at] * height * part * rest * rest
        + after.x * part * part * (3 - 2 * part)
        - slopes[at + 1] * height * part * part * rest
    )


def _bezier(knots: list[Point], slopes: list[float]) -> list[Point]:
    points = [knots[0]]
    for at in range(len(knots) - 1):
        before, after = knots[at], knots[at + 1]
        third = (after.y - before.y) / 3
        points += [
            Point(before.x + slopes[at] * third, before.y + third),
            Point(after.x - slopes[at + 1] * third, after.y - third),
            after,
        ]
    return points


def straight(start: Point, end: Point) -> list[Point]:
    """Give a straight way."""
    across, down = (end.x - start.x) / 3, (end.y - start.y) / 3
    return [
        start,
        Point(start.x + across, start.y + down),
        Point(end.x - across, end.y - down),
        end,
    ]


def round_corners(points: list[Point], radius: float) -> list[Point]:
    """Give a way along lines, each from left to right or from top to bottom, round at corners."""
    result = [points[0]]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        inner, outer = _toward(corner, before, radius), _toward(corner, after, radius)
        result += straight(result[-1], inner)[1:]
        result += [_toward(corner, inner, radius / 2), _toward(corner, outer, radius / 2), outer]
    return result + straight(result[-1], points[-1])[1:]


def _toward(start: Point, goal: Point, distance: float) -> Point:
    """Give the point at a distance on the line to another, at most half way."""
    length = abs(goal.x - start.x) + abs(goal.y - start.y)
    part = min(distance / length, 0.5) if length else 0.0
    return Point(start.x + (goal.x - start.x) * part, start.y + (goal.y - start.y) * part)
