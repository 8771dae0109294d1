"""Labels that an engine has put over something else, moved along their edges."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import hypot
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from graphnet.viz.layout.ends import first_part
from graphnet.viz.layout.sketch import Edge, Geometry, Point, Rect, Sketch

__all__ = ["clear"]

Taken: TypeAlias = NDArray[np.float64]

STEPS = 12
"""Places along each piece of a curve that are tried."""

APART = 2.0
"""Between labels and other things, in pixels."""

BESIDE = 4.0
"""Between an edge and its label, in pixels."""


def clear(sketch: Sketch, geometry: Geometry) -> Geometry:
    """Give places where no label lies over a spot or another label, as far as that can be.

    A label that does goes to the nearest place along its edge that is free.

    Args:
        sketch: The sketch.
        geometry: Places for it.

    Example:
        >>> from graphnet.viz.layout.sketch import Spot
        >>> sketch = Sketch({"a": Spot(20, 9), "b": Spot(20, 9)}, (Edge("a", "b", 20, 9),), {})
        >>> places = {"a": Rect(0, 0, 20, 9), "b": Rect(0, 60, 20, 69)}
        >>> line = (Point(10, 9), Point(10, 26), Point(10, 43), Point(10, 60))
        >>> clear(sketch, Geometry("it", 40, 69, places, {}, (line,), (Point(24, 9),))).labels
        (Point(x=24.0, y=17.5),)
    """
    pairs = list(zip(sketch.edges, geometry.labels, strict=True))
    taken = occupied(geometry, pairs)
    labels: list[Point | None] = []
    for row, (edge, label) in enumerate(pairs, len(geometry.spots)):
        taken[row] = np.nan
        if label and not is_free(around(label, edge), taken):
            places = places_along(geometry.curves[len(labels)], edge)
            inside = (point for point in places if is_inside(around(point, edge), geometry))
            label = nearest_free(label, edge, inside, taken)  # noqa: PLW2901  # from here on
        if label:
            taken[row] = around(label, edge)
        labels.append(label)
    return replace(geometry, labels=tuple(labels))


def occupied(geometry: Geometry, pairs: Sequence[tuple[Edge, Point | None]]) -> Taken:
    """Give the rectangles of spots, then those of labels: NaN, which overlaps nothing, for none."""
    none = (np.nan,) * 4
    labels = [around(label, edge) if label else none for edge, label in pairs]
    return np.array([*geometry.spots.values(), *labels]).reshape(-1, 4)


def nearest_free(label: Point, edge: Edge, places: Iterable[Point], taken: Taken) -> Point:
    """Give the nearest place for a label that is free, or its own if there is none."""
    near = sorted(places, key=lambda point: hypot(point.x - label.x, point.y - label.y))
    free = (point for point in near if is_free(around(point, edge, APART), taken))
    return next(free, label)


def places_along(curve: Sequence[Point], edge: Edge) -> Iterator[Point]:
    """Give places for a label at both sides of an edge, and over it."""
    for first in range(0, len(curve) - 1, 3):
        for step in range(STEPS + 1):
            x, y = first_part(curve[first : first + 4], step / STEPS)[-1]
            for aside in (edge.width / 2 + BESIDE, -edge.width / 2 - BESIDE, 0):
                yield Point(round(x + aside, 2), round(y, 2))


def is_free(rect: Rect, taken: Taken) -> bool:
    """Whether a rectangle overlaps no other."""
    left, top, right, bottom = rect
    across = (taken[:, 0] < right) & (left < taken[:, 2])
    return not np.any(across & (taken[:, 1] < bottom) & (top < taken[:, 3]))


def is_inside(rect: Rect, geometry: Geometry) -> bool:
    """Whether a rectangle lies in the picture."""
    left, top, right, bottom = rect
    return left >= 0 and top >= 0 and right <= geometry.width and bottom <= geometry.height


def around(label: Point, edge: Edge, gap: float = 0) -> Rect:
    """Give the rectangle of a label, and of what is nearer to it than a gap."""
    across, down = edge.width / 2 + gap, edge.height / 2 + gap
    return Rect(label.x - across, label.y - down, label.x + across, label.y + down)
