"""What holds for every layout, whichever engine has found it."""

from collections.abc import Iterator
from itertools import combinations, pairwise

import pytest

from graphnet.viz.layout.sketch import Geometry, Point, Rect, Sketch

__all__ = ["apart", "around", "check", "label_rects", "samples", "within"]

NEAR = 0.02
"""Coordinates are rounded."""


def check(sketch: Sketch, geometry: Geometry, gap: float = 1.0) -> None:
    """Assert that spots, frames, curves and labels are where they belong.

    Args:
        sketch: The sketch.
        geometry: Its places.
        gap: Distance of spots and labels, in pixels.
    """
    check_spots(sketch, geometry, gap)
    check_frames(sketch, geometry)
    check_curves(sketch, geometry)
    check_labels(sketch, geometry, gap)
    page = Rect(0, 0, geometry.width, geometry.height)
    assert all(within(rect, page) for rect in everything(sketch, geometry))


def check_spots(sketch: Sketch, geometry: Geometry, gap: float) -> None:
    """Assert that spots have their sizes, and do not overlap."""
    assert list(geometry.spots) == list(sketch.spots)
    for key, spot in sketch.spots.items():
        left, top, right, bottom = geometry.spots[key]
        assert (right - left, bottom - top) == pytest.approx((spot.width, spot.height), abs=NEAR)
    for one, other in combinations(geometry.spots.values(), 2):
        assert apart(one, other, gap)


def check_frames(sketch: Sketch, geometry: Geometry) -> None:
    """Assert that frames hold their own and their label, and nothing else."""
    assert list(geometry.frames) == list(sketch.frames)
    for key, frame in sketch.frames.items():
        rect = geometry.frames[key]
        assert rect.right - rect.left >= frame.width
        for spot, own in sketch.spots.items():
            if key in around(sketch, own.frame):
                assert within(geometry.spots[spot], rect)
                assert geometry.spots[spot].top >= rect.top + frame.height
            else:
                assert apart(geometry.spots[spot], rect)
    for one, other in combinations(sketch.frames, 2):
        inner, outer = geometry.frames[other], geometry.frames[one]
        assert within(inner, outer) if one in around(sketch, other) else apart(inner, outer)


def check_curves(sketch: Sketch, geometry: Geometry) -> None:
    """Assert that curves are splines from border to border."""
    for edge, curve in zip(sketch.edges, geometry.curves, strict=True):
        assert len(curve) >= 4
        assert len(curve) % 3 == 1
        assert on_border(curve[0], geometry.spots[edge.tail])
        assert on_border(curve[-1], geometry.spots[edge.head])


def check_labels(sketch: Sketch, geometry: Geometry, gap: float) -> None:
    """Assert that there is a label where one has a size, and that it hides nothing."""
    for edge, label in zip(sketch.edges, geometry.labels, strict=True):
        assert (label is not None) == (edge.width > 0)
    rects = label_rects(sketch, geometry)
    for rect in rects:
        assert all(apart(rect, spot, gap) for spot in geometry.spots.values())
    for one, other in combinations(rects, 2):
        assert apart(one, other, gap)


def everything(sketch: Sketch, geometry: Geometry) -> Iterator[Rect]:
    """Give the rectangles of all there is."""
    yield from geometry.spots.values()
    yield from geometry.frames.values()
    yield from label_rects(sketch, geometry)
    for curve in geometry.curves:
        yield from (Rect(*point, *point) for point in curve)


def label_rects(sketch: Sketch, geometry: Geometry) -> list[Rect]:
    """Give the rectangles of all labels of edges."""
    return [
        Rect(
            label.x - edge.width / 2,
            label.y - edge.height / 2,
            label.x + edge.width / 2,
            label.y + edge.height / 2,
        )
        for edge, label in zip(sketch.edges, geometry.labels, strict=True)
        if label is not None
    ]


def apart(one: Rect, other: Rect, gap: float = 0) -> bool:
    """Tell whether two rectangles keep a distance."""
    return (
        one.right + gap <= other.left + NEAR
        or other.right + gap <= one.left + NEAR
        or one.bottom + gap <= other.top + NEAR
        or other.bottom + gap <= one.top + NEAR
    )


def within(inner: Rect, outer: Rect, gap: float = 0) -> bool:
    """Tell whether a rectangle lies in another, away from its border."""
    return (
        outer.left + gap <= inner.left + NEAR
        and outer.top + gap <= inner.top + NEAR
        and inner.right + gap <= outer.right + NEAR
        and inner.bottom + gap <= outer.bottom + NEAR
    )


def around(sketch: Sketch, frame: str) -> list[str]:
    """Give a frame and those around it."""
    found = []
    while frame:
        found.append(frame)
        frame = sketch.frames[frame].frame
    return found


def on_border(point: Point, rect: Rect) -> bool:
    """Tell whether a point lies on one of the four sides of a rectangle."""
    off = (point.x - rect.left, point.x - rect.right, point.y - rect.top, point.y - rect.bottom)
    return within(Rect(*point, *point), rect) and min(map(abs, off)) <= NEAR


def samples(curve: tuple[Point, ...], count: int = 12) -> list[Point]:
    """Give points along a spline."""
    steps = [step / count for step in range(count + 1)]
    pieces = [curve[place : place + 4] for place in range(0, len(curve) - 1, 3)]
    return [at(piece, step) for piece in pieces for step in steps]


def at(points: tuple[Point, ...], part: float) -> Point:
    """Give a point of a cubic curve."""
    while len(points) > 1:
        points = tuple(
            Point(one.x + (two.x - one.x) * part, one.y + (two.y - one.y) * part)
            for one, two in pairwise(points)
        )
    return points[0]
