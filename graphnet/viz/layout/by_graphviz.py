"""From what Graphviz says about a sketch to places.

Graphviz counts upwards from the left lower corner, and gives splines as they are written in its
attribute ``pos``: control points, and where the tip of the arrow is.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from graphnet.viz.layout.dot_language import LARGE, frame_names, quote, spot_names, to_text
from graphnet.viz.layout.ends import touching
from graphnet.viz.layout.labels import clear
from graphnet.viz.layout.layered.splines import straight
from graphnet.viz.layout.programs import ProgramError
from graphnet.viz.layout.sketch import Geometry, Point, Rect, Sketch

__all__ = ["lay_out", "straight_edges"]

FORM = "json0"
"""The form of output that has places, but nothing about drawing."""


def lay_out(sketch: Sketch, run: Callable[[str, str], bytes], engine: str) -> Geometry:
    """Let Graphviz find places for a sketch.

    Edges that pull nothing, as arrows from afar, are straight lines, below all else. Led around
    everything they would make the picture twice as wide, and Graphviz would need minutes for some.

    Args:
        sketch: The sketch.
        run: Gives what Graphviz says about a text in the DOT language, in the form JSON.
        engine: Name of the engine, with its version.

    Raises:
        ProgramError: Graphviz failed, or its output lacks something.
    """
    if not sketch.spots:
        return Geometry(engine, 0, 0, {}, {}, (), ())
    direct = straight_edges(sketch)
    edges = (edge for place, edge in enumerate(sketch.edges) if place not in direct)
    said = run(to_text(replace(sketch, edges=tuple(edges))), FORM)
    try:
        geometry = Output(json.loads(said), sketch, direct).geometry(engine)
    except (ValueError, LookupError, TypeError, StopIteration) as error:
        reason = f"{type(error).__name__}: {error}"
        raise ProgramError(f"its output cannot be used ({reason:.100})") from None
    return clear(sketch, geometry)


class Output:
    """What Graphviz has said.

    Args:
        said: The graph in JSON.
        sketch: The sketch.
        direct: Numbers of the edges that it was not asked about.
    """

    def __init__(self, said: Mapping[str, Any], sketch: Sketch, direct: frozenset[int]) -> None:
        self.sketch = sketch
        self.direct = direct
        self.names = {key: stored(name) for key, name in spot_names(sketch).items()}
        self.height = numbers(said["bb"])[3]
        self.objects = {found["name"]: found for found in said["objects"]}
        names = {found["_gvid"]: found["name"] for found in said["objects"]}
        self.edges: defaultdict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
        for edge in said.get("edges", ()):  # those between the same two in the order of the text
            self.edges[names[edge["tail"]], names[edge["head"]]].append(edge)

    def geometry(self, engine: str) -> Geometry:
        """Give the places, moved so that they begin at the corner."""
        spots, frames = self.spots(), self.frames()
        curves, labels = self.curves(spots)
        rooms = [*spots.values(), *frames.values(), *around(self.sketch, labels)]
        rooms += [Rect(*point, *point) for curve in curves for point in curve]
        left, top = min(room.left for room in rooms), min(room.top for room in rooms)
        right, bottom = max(room.right for room in rooms), max(room.bottom for room in rooms)

        def moved(point: Point) -> Point:
            return Point(round(point.x - left, 2), round(point.y - top, 2))

        def placed(rect: Rect) -> Rect:
            return Rect(*moved(Point(*rect[:2])), *moved(Point(*rect[2:])))

        return Geometry(
            engine,
            round(right - left, 2),
            round(bottom - top, 2),
            {key: placed(rect) for key, rect in spots.items()},
            {key: placed(rect) for key, rect in frames.items()},
            tuple(tuple(map(moved, curve)) for curve in curves),
            tuple(label and moved(label) for label in labels),
        )

    def spots(self) -> dict[str, Rect]:
        """Give the rectangles of nodes."""
        return {
            key: centered(self.point(self.objects[self.names[key]]["pos"]), spot.width, spot.height)
            for key, spot in self.sketch.spots.items()
        }

    def frames(self) -> dict[str, Rect]:
        """Give the rectangles of clusters."""
        found = {}
        for key, name in frame_names(self.sketch).items():
            left, bottom, right, top = numbers(self.objects[stored(name)]["bb"])
            found[key] = Rect(left, self.height - top, right, self.height - bottom)
        return found

    def curves(self, spots: Mapping[str, Rect]) -> tuple[list[list[Point]], list[Point | None]]:
        """Give the splines of edges, and the centers of their labels."""
        waiting = {ends: iter(edges) for ends, edges in self.edges.items()}
        curves: list[list[Point]] = []
        labels: list[Point | None] = []
        for place, edge in enumerate(self.sketch.edges):
            tail, head = spots[edge.tail], spots[edge.head]
            if place in self.direct:
                curve, label = straight(middle(tail), middle(head)), None
            else:
                found = next(waiting[self.names[edge.tail], self.names[edge.head]])
                curve = self.spline(found["pos"])
                label = self.point(found["lp"]) if edge.width else None
            curves.append(touching(curve, tail, head))
            labels.append(label)
        return curves, labels

    def spline(self, pos: str) -> list[Point]:
        """Give the points of a spline, from where it begins to its tip."""
        points: list[Point] = []
        begin: list[Point] = []
        tip: list[Point] = []
        for word in pos.split():
            if word.startswith("e,"):
                tip = [self.point(word[2:])]
            elif word.startswith("s,"):
                begin = [self.point(word[2:])]
            else:
                points.append(self.point(word))
        if len(points) % 3 != 1:
            raise ValueError(f"a spline of {len(points)} points")
        if begin:
            points = [*straight(begin[0], points[0])[:-1], *points]
        if tip:
            points = [*points, *straight(points[-1], tip[0])[1:]]
        return points

    def point(self, written: str) -> Point:
        """Give a point that grows downwards."""
        x, y = numbers(written)
        return Point(x, self.height - y)


def stored(name: str) -> str:
    """Give a name as Graphviz keeps it: of what quoting adds, backslashes stay."""
    return quote(name)[1:-1].replace('\\"', '"')


def straight_edges(sketch: Sketch) -> frozenset[int]:
    """Give the edges that are straight lines, and that Graphviz is not told about.

    Others hold their ends in place. In a sketch that is not large, what leads back up is led around
    what is in its way.
    """
    tied = {end for edge in sketch.edges if edge.weight for end in (edge.tail, edge.head)}
    places = {key: place for place, key in enumerate(sketch.spots)}
    large = len(sketch.spots) > LARGE
    return frozenset(
        place
        for place, edge in enumerate(sketch.edges)
        if not edge.weight
        and not edge.width
        and edge.tail in tied
        and edge.head in tied
        and (places[edge.tail] < places[edge.head] or (large and edge.tail != edge.head))
    )


def numbers(written: str) -> list[float]:
    """Give numbers between commas."""
    return [float(number) for number in written.split(",")]


def middle(rect: Rect) -> Point:
    """Give the center of a rectangle."""
    return Point((rect.left + rect.right) / 2, (rect.top + rect.bottom) / 2)


def centered(center: Point, width: float, height: float) -> Rect:
    """Give a rectangle by its center."""
    x, y = center
    return Rect(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def around(sketch: Sketch, labels: Iterable[Point | None]) -> Iterator[Rect]:
    """Give the rectangles of labels."""
    for edge, label in zip(sketch.edges, labels, strict=True):
        if label:
            yield centered(label, edge.width, edge.height)
