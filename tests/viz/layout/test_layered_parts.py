"""The algorithms of the layered layout, against slow and simple ones."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from graphnet.viz.layout.layered import columns
from graphnet.viz.layout.layered.columns import find_gaps, place_columns
from graphnet.viz.layout.layered.crossings import count_between
from graphnet.viz.layout.layered.grid import Grid, Role, build_grid
from graphnet.viz.layout.layered.order import order_rows
from graphnet.viz.layout.layered.pack import pack
from graphnet.viz.layout.layered.pieces import split
from graphnet.viz.layout.layered.ports import SPACE, End, spread
from graphnet.viz.layout.layered.ranks import Ranking, rank
from graphnet.viz.layout.layered.simplex import solve
from graphnet.viz.layout.layered.splines import Gate, curve_through
from graphnet.viz.layout.sketch import Edge, Point, Sketch, Spot

ends = st.tuples(st.integers(0, 11), st.integers(0, 11)).filter(lambda pair: pair[0] < pair[1])
ties = st.lists(st.tuples(ends, st.integers(0, 3), st.integers(0, 5)), min_size=1, max_size=30)


@settings(max_examples=60, deadline=None)
@given(ties=ties)
def test_simplex_is_optimal(ties: list[tuple[tuple[int, int], int, int]]) -> None:
    """Network simplex finds what linear programming finds."""
    tails, heads = [pair[0] for pair, _, _ in ties], [pair[1] for pair, _, _ in ties]
    lengths, weights = [length for _, length, _ in ties], [weight for _, _, weight in ties]
    found = solve(12, tails, heads, lengths, weights, 10**9)
    incidence = np.zeros((len(ties), 12))
    for row, (tail, head) in enumerate(zip(tails, heads, strict=True)):
        incidence[row, tail], incidence[row, head] = 1, -1
    best = linprog(
        -np.array(weights) @ incidence,
        A_ub=incidence,
        b_ub=-np.array(lengths),
        bounds=[(0, 100)] * 12,
    )
    gaps = -incidence @ np.array(found)
    assert (gaps >= lengths).all()
    assert min(found) == 0
    assert np.dot(weights, gaps) == round(best.fun)
    again = solve(12, tails, heads, lengths, weights, 10**9, [4 * at for at in range(12)])
    assert (-incidence @ np.array(again) >= lengths).all()
    assert np.dot(weights, -incidence @ np.array(again)) == round(best.fun)


def test_ways_are_straightened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Network simplex finds places for which ways lead aside less than those it begins with."""
    names = [str(at) for at in range(40)]
    pairs = [(at, way * at + 3) for at in range(1, 20) for way in (2, 3) if way * at + 3 < 40]
    edges = tuple(Edge(names[tail], names[head]) for tail, head in [*pairs, *pairwise(range(5))])
    piece = split(Sketch({name: Spot(60, 30) for name in names}, edges, {}))[0]
    grid = build_grid(piece, rank(piece))
    rows = order_rows(piece, grid, lambda _: None)
    gaps = find_gaps(piece, grid, rows)
    end = place_columns(grid, rows, gaps)
    monkeypatch.setattr(columns, "WORK", 0)
    begin = place_columns(grid, rows, gaps)
    aside = [
        sum(
            link.pull * abs(x[vertex] - x[link.vertex])
            for vertex, links in enumerate(grid.below)
            for link in links
        )
        for x in (begin, end)
    ]
    assert aside[1] < aside[0]


@settings(max_examples=60, deadline=None)
@given(links=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 6), st.integers(1, 3))))
def test_crossings_are_counted(links: list[tuple[int, int, int]]) -> None:
    """Counting with a tree of sums finds what comparing all pairs finds."""
    grid = Grid(Ranking([], [], [0], [1]), 2)
    for vertex in range(13):
        grid.add(Role.SPOT, vertex // 6, 0)
    for upper, lower, order in links:
        grid.link(upper, 6 + lower, order, 1)
    place = [*range(6), *range(7)]
    expected = sum(
        one[2] * other[2]
        for one in links
        for other in links
        if one[0] < other[0] and one[1] > other[1]
    )
    assert count_between(grid, list(range(6)), 7, place) == expected


@given(
    toward=st.lists(st.floats(-300, 300), min_size=1, max_size=9),
    half=st.floats(2, 100),
    weights=st.integers(0, 2),
)
def test_ends_are_spread_on_their_side(toward: list[float], half: float, weights: int) -> None:
    """Ends lie on the side in the order of where they lead, and none covers another."""
    found = spread(
        10.0,
        half,
        [End(10 + x, edge, bend=edge % 2 == 0, weight=weights) for edge, x in enumerate(toward)],
    )
    order = sorted(range(len(toward)), key=lambda edge: (10 + toward[edge], edge))
    places = [found[edge] for edge in order]
    assert all(10 - half <= place <= 10 + half for place in places)
    assert all(b - a >= -1e-9 for a, b in pairwise(places))
    if half > SPACE * len(toward) and weights == 0:
        assert all(b - a >= SPACE - 1e-6 for a, b in pairwise(places))


@given(
    places=st.lists(st.tuples(st.floats(-90, 90), st.floats(0, 30), st.floats(0, 30)), min_size=2)
)
def test_curves_keep_to_their_gates(places: list[tuple[float, float, float]]) -> None:
    """A way through rows leaves no gate at a side, and does not go upwards."""
    gates = [
        Gate(x, 50.0 * row, 50.0 * row + 20, x - left, x + right)
        for row, (x, left, right) in enumerate(places)
    ]
    start, end = Point(gates[0].x, 10.0), Point(gates[-1].x, gates[-1].top + 10)
    curve = curve_through(start, gates, end)
    assert (curve[0], curve[-1], len(curve) % 3) == (start, end, 1)
    heights = [point.y for point in curve]
    assert heights == sorted(heights)
    for a, b, c, d in zip(curve[::3], curve[1::3], curve[2::3], curve[3::3], strict=False):
        for t in np.linspace(0, 1, 9):
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            x, y = (float(np.dot(weights, axis)) for axis in zip(a, b, c, d, strict=True))
            gate = gates[min(int(y // 50), len(gates) - 1)]
            if gate.top <= y <= gate.bottom:
                assert gate.left - 1e-6 <= x <= gate.right + 1e-6


@given(sizes=st.lists(st.tuples(st.floats(1, 500), st.floats(1, 500)), max_size=20))
def test_packed_rectangles_are_apart(sizes: list[tuple[float, float]]) -> None:
    """Packed rectangles keep their distance."""
    boxes = [
        (x, y, x + width, y + height)
        for (x, y), (width, height) in zip(pack(sizes, 10), sizes, strict=True)
    ]
    for at, one in enumerate(boxes):
        for other in boxes[:at]:
            aside = one[0] - other[2] > 9.99 or other[0] - one[2] > 9.99
            assert aside or one[1] - other[3] > 9.99 or other[1] - one[3] > 9.99
