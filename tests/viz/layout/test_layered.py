"""Laws of the layered layout, on sketches of every kind."""

import os
import subprocess
import sys
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet.viz.layout.layered import grid, lay_out
from graphnet.viz.layout.sketch import Edge, Frame, Geometry, Point, Rect, Sketch, Spot

KEYS = ("a", "a/b", 'x<y&"z"', "é\n2", "k" * 200)
NEAR = 0.02  # coordinates are floats


def silent(_stage: str, _part: float) -> None:
    """Take the progress and say nothing."""


def key_of(number: int) -> str:
    """Give an odd key for a number, unlike that of any other."""
    return KEYS[number] if number < len(KEYS) else f"n{number}"


@st.composite
def sketches(draw: st.DrawFn) -> Sketch:
    """Sketches with frames, cycles, loops, parallel edges, labels and edges of weight 0."""
    count = draw(st.integers(0, 14))
    outers = draw(st.lists(st.integers(0, 5), max_size=5 if count else 0))
    names = [f"frame {number}" for number in range(len(outers))]
    frames = {
        name: Frame(draw(st.sampled_from((0, 30, 150))), 14, names[outer] if outer < number else "")
        for number, (name, outer) in enumerate(zip(names, outers, strict=True))
    }
    sizes = st.sampled_from((1, 20, 64, 110))
    spots = {
        key_of(number): Spot(draw(sizes), draw(sizes), draw(st.sampled_from(["", *names])))
        for number in range(count)
    }
    spots |= {f"in {name}": Spot(30, 20, name) for name in names}
    ends = st.sampled_from(sorted(spots)) if spots else st.nothing()
    edges = st.builds(
        Edge,
        ends,
        ends,
        width=st.sampled_from((0, 0, 45)),
        height=st.just(12),
        weight=st.integers(0, 3),
        beside=st.booleans(),
    )
    return Sketch(spots, tuple(draw(st.lists(edges, max_size=20)) if spots else ()), frames)


def apart(one: Rect, other: Rect, gap: float) -> bool:
    """Tell whether two rectangles keep a distance."""
    return (
        one.right + gap <= other.left + NEAR
        or other.right + gap <= one.left + NEAR
        or one.bottom + gap <= other.top + NEAR
        or other.bottom + gap <= one.top + NEAR
    )


def within(inner: Rect, outer: Rect, gap: float) -> bool:
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
    inside = rect.left - NEAR <= point.x <= rect.right + NEAR
    inside = inside and rect.top - NEAR <= point.y <= rect.bottom + NEAR
    off = (point.x - rect.left, point.x - rect.right, point.y - rect.top, point.y - rect.bottom)
    return inside and min(map(abs, off)) <= NEAR


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


def samples(curve: tuple[Point, ...]) -> list[Point]:
    """Give points along a spline."""
    points = []
    for at in range(0, len(curve) - 1, 3):
        a, b, c, d = curve[at : at + 4]
        for step in range(13):
            t = step / 12
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            points.append(
                Point(
                    sum(w * p.x for w, p in zip(weights, (a, b, c, d), strict=True)),
                    sum(w * p.y for w, p in zip(weights, (a, b, c, d), strict=True)),
                )
            )
    return points


def check(sketch: Sketch, geometry: Geometry) -> None:
    """Assert all that holds for every layout."""
    check_spots(sketch, geometry)
    check_frames(sketch, geometry)
    check_curves(sketch, geometry)
    check_labels(sketch, geometry)


def check_spots(sketch: Sketch, geometry: Geometry) -> None:
    """Assert that spots have their sizes, and room around them."""
    page = Rect(0, 0, geometry.width, geometry.height)
    assert list(geometry.spots) == list(sketch.spots)
    for key, spot in sketch.spots.items():
        rect = geometry.spots[key]
        assert rect.right - rect.left == pytest.approx(spot.width)
        assert rect.bottom - rect.top == pytest.approx(spot.height)
        assert within(rect, page, 4)
    for one, other in combinations(geometry.spots.values(), 2):
        assert apart(one, other, 10)


def check_frames(sketch: Sketch, geometry: Geometry) -> None:
    """Assert that frames hold their own, and nothing else."""
    page = Rect(0, 0, geometry.width, geometry.height)
    assert list(geometry.frames) == list(sketch.frames)
    for key, frame in sketch.frames.items():
        rect = geometry.frames[key]
        assert within(rect, page, 4)
        assert rect.right - rect.left >= frame.width + 10
        for spot, own in sketch.spots.items():
            if key in around(sketch, own.frame):
                assert within(geometry.spots[spot], rect, 8)
                assert geometry.spots[spot].top >= rect.top + frame.height + 8
            else:
                assert apart(geometry.spots[spot], rect, 8)
    for one, other in combinations(sketch.frames, 2):
        if one in around(sketch, other):
            assert within(geometry.frames[other], geometry.frames[one], 8)
        else:
            assert apart(geometry.frames[one], geometry.frames[other], 8)


def check_curves(sketch: Sketch, geometry: Geometry) -> None:
    """Assert that edges lead from border to border, on the page, through no other spot."""
    for edge, curve in zip(sketch.edges, geometry.curves, strict=True):
        assert len(curve) % 3 == 1
        assert len(curve) >= 4
        assert on_border(curve[0], geometry.spots[edge.tail])
        assert on_border(curve[-1], geometry.spots[edge.head])
        assert all(0 <= x <= geometry.width and 0 <= y <= geometry.height for x, y in curve)
        ends = (edge.tail, edge.head)
        others = [rect for key, rect in geometry.spots.items() if key not in ends]
        for x, y in samples(curve):
            assert all(apart(Rect(x, y, x, y), rect, 0) for rect in others)


def check_labels(sketch: Sketch, geometry: Geometry) -> None:
    """Assert that there is a label where one has a size, and that it hides nothing."""
    page = Rect(0, 0, geometry.width, geometry.height)
    for edge, label in zip(sketch.edges, geometry.labels, strict=True):
        assert (label is not None) == (edge.width > 0)
    rects = label_rects(sketch, geometry)
    for rect in rects:
        assert within(rect, page, 0)
        assert all(apart(rect, spot, 2) for spot in geometry.spots.values())
    for one, other in combinations(rects, 2):
        assert apart(one, other, 2)


@settings(max_examples=150, deadline=None)
@given(sketch=sketches())
def test_laws(sketch: Sketch) -> None:
    """Spots, frames, curves and labels keep clear of each other, whatever the sketch."""
    check(sketch, lay_out(sketch, silent))


@settings(max_examples=60, deadline=None)
@given(sketch=sketches())
def test_laws_of_edges_that_go_around(sketch: Sketch) -> None:
    """Edges that take a lane around all keep clear of everything, too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grid, "BENDS", 0)
        patch.setattr(grid, "BENDS_EACH", 0)
        patch.setattr(grid, "LONG", 2)
        check(sketch, lay_out(sketch, silent))


def test_same_geometry_whatever_the_hashes() -> None:
    """The order of sets and dicts of strings has no say."""
    program = (
        "from random import Random\n"
        "from graphnet.viz.layout.layered import lay_out\n"
        "from graphnet.viz.layout.sketch import Edge, Frame, Sketch, Spot\n"
        "random, names = Random(1), [f'n{n}' for n in range(40)]\n"
        "spots = {name: Spot(50, 20, random.choice(('', 'f', 'g'))) for name in names}\n"
        "ends = [(random.choice(names), random.choice(names)) for _ in range(60)]\n"
        "edges = tuple(Edge(*pair, weight=random.randrange(3)) for pair in ends)\n"
        "frames = {'f': Frame(20, 10), 'g': Frame(20, 10, 'f')}\n"
        "print(lay_out(Sketch(spots, edges, frames), lambda *_: None))\n"
    )
    pages = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(pages) == 1
    assert b"graphnet layered" in pages.pop()
