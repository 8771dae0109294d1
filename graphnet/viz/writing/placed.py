"""Places in the DOT language, so that Graphviz draws a picture as it was laid out already.

Graphviz counts upwards, and ends the line of an arrow where its head begins. The engine ``nop2``
keeps all places that it is given.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import dist

from graphnet.viz.layout.dot_language import Looks
from graphnet.viz.layout.ends import first_part
from graphnet.viz.layout.sketch import Geometry, Point, Rect, Sketch

__all__ = ["places"]

HEAD = 8.0
"""Length of the head of an arrow, in pixels."""

INDENT, LOWERED = 8.0, 3.0
"""From the corner of a frame to its label, in pixels."""


def places(sketch: Sketch, geometry: Geometry) -> Looks:
    """Give the attributes that say where everything is.

    Args:
        sketch: The sketch.
        geometry: Places for it.

    Example:
        >>> from graphnet.viz.layout.sketch import Spot
        >>> geometry = Geometry("it", 60, 90, {"x": Rect(0, 0, 60, 30)}, {}, (), ())
        >>> places(Sketch({"x": Spot(60, 30)}, (), {}), geometry).spots["x"]
        {'pos': '30.0,75.0'}
    """
    page = Page(geometry.height)
    return Looks(
        {"layout": "nop2", "bb": page.box(Rect(0, 0, geometry.width, geometry.height))},
        {key: {"pos": page.middle(rect)} for key, rect in geometry.spots.items()},
        {
            key: {"bb": page.box(rect), "lp": page.corner(rect, frame.width, frame.height)}
            for (key, rect), frame in zip(
                geometry.frames.items(), sketch.frames.values(), strict=True
            )
        },
        [
            {"pos": page.spline(curve), **({"lp": page.point(label)} if label else {})}
            for curve, label in zip(geometry.curves, geometry.labels, strict=True)
        ],
    )


class Page:
    """Writes places as Graphviz counts them.

    Args:
        height: Of all.
    """

    def __init__(self, height: float) -> None:
        self.height = height

    def point(self, point: Point) -> str:
        """Give a point."""
        return f"{point.x:.1f},{self.height - point.y:.1f}"

    def middle(self, rect: Rect) -> str:
        """Give the center of a rectangle."""
        return self.point(Point((rect.left + rect.right) / 2, (rect.top + rect.bottom) / 2))

    def box(self, rect: Rect) -> str:
        """Give a rectangle."""
        lower, upper = Point(rect.left, rect.bottom), Point(rect.right, rect.top)
        return f"{self.point(lower)},{self.point(upper)}"

    def corner(self, rect: Rect, width: float, height: float) -> str:
        """Give the center of a label in the left upper corner of a rectangle."""
        x, y = rect.left + INDENT + width / 2, rect.top + LOWERED + height / 2
        return self.point(Point(x, y))

    def spline(self, curve: Sequence[Point]) -> str:
        """Give the curve of an arrow: its tip, then its line."""
        line, room = list(curve), HEAD
        while len(line) > 4 and length(line[-4:]) <= room:
            room -= length(line[-4:])
            del line[-3:]
        whole = length(line[-4:])
        if whole > room:
            line[-4:] = first_part(line[-4:], 1 - room / whole)
        return " ".join([f"e,{self.point(curve[-1])}", *map(self.point, line)])


def length(piece: Sequence[Point]) -> float:
    """Give about the length of a short curve."""
    return sum(dist(*ends) for ends in pairwise(piece))
