"""Laws of the layered layout, on sketches of every kind."""

import os
import subprocess
import sys
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet.viz.layout.layered import grid, lay_out
from graphnet.viz.layout.sketch import Edge, Frame, Geometry, Rect, Sketch, Spot
from tests.viz.layout import laws
from tests.viz.layout.laws import apart, around, samples, within

KEYS = ("a", "a/b", 'x<y&"z"', "é\n2", "k" * 200)


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


def check(sketch: Sketch, geometry: Geometry) -> None:
    """Assert what holds for every layout, and what else ours promises."""
    laws.check(sketch, geometry, gap=2)
    check_room(geometry)
    check_room_in_frames(sketch, geometry)
    check_ways(sketch, geometry)


def check_room(geometry: Geometry) -> None:
    """Assert that there is room around spots and frames."""
    page = Rect(0, 0, geometry.width, geometry.height)
    for rect in (*geometry.spots.values(), *geometry.frames.values()):
        assert within(rect, page, 4)
    for one, other in combinations(geometry.spots.values(), 2):
        assert apart(one, other, 10)


def check_room_in_frames(sketch: Sketch, geometry: Geometry) -> None:
    """Assert that there is room around labels of frames, and between frames and all else."""
    for key, frame in sketch.frames.items():
        rect = geometry.frames[key]
        assert rect.right - rect.left >= frame.width + 10
        for name, spot in sketch.spots.items():
            if key in around(sketch, spot.frame):
                assert within(geometry.spots[name], rect, 8)
                assert geometry.spots[name].top >= rect.top + frame.height + 8
            else:
                assert apart(geometry.spots[name], rect, 8)
    for one, other in combinations(sketch.frames, 2):
        if one in around(sketch, other):
            assert within(geometry.frames[other], geometry.frames[one], 8)
        else:
            assert apart(geometry.frames[one], geometry.frames[other], 8)


def check_ways(sketch: Sketch, geometry: Geometry) -> None:
    """Assert that edges lead through no spot but their ends."""
    for edge, curve in zip(sketch.edges, geometry.curves, strict=True):
        ends = (edge.tail, edge.head)
        others = [rect for key, rect in geometry.spots.items() if key not in ends]
        for x, y in samples(curve):
            assert all(apart(Rect(x, y, x, y), rect) for rect in others)


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
