"""What the layered layout makes of sketches that readers know."""

from itertools import pairwise

import pytest

from graphnet.viz.layout.layered import grid, lay_out
from graphnet.viz.layout.sketch import Edge, Frame, Geometry, Point, Rect, Sketch, Spot


def silent(_stage: str, _part: float) -> None:
    """Take the progress and say nothing."""


def laid_out(
    names: str, edges: list[Edge], homes: dict[str, str] | None = None, *frames: str
) -> Geometry:
    """Lay out spots of one size; homes are frames of spots, frames lie side by side."""
    spots = {name: Spot(60, 30, (homes or {}).get(name, "")) for name in names}
    return lay_out(Sketch(spots, tuple(edges), {key: Frame(40, 12) for key in frames}), silent)


def middle(rect: Rect) -> float:
    """Give the x coordinate of the center."""
    return (rect.left + rect.right) / 2


def bends(curve: tuple[Point, ...]) -> bool:
    """Tell whether a curve leaves the vertical."""
    return max(point.x for point in curve) - min(point.x for point in curve) > 0.1


def test_nothing() -> None:
    """An empty sketch has a page without anything."""
    geometry = lay_out(Sketch({}, (), {}), silent)
    assert (geometry.spots, geometry.frames, geometry.curves) == ({}, {}, ())
    assert geometry.width > 0
    assert geometry.height > 0


def test_one_spot() -> None:
    """A spot alone fills the page but for the margin."""
    geometry = laid_out("a", [])
    assert geometry.spots["a"] == Rect(8, 8, 68, 38)
    assert (geometry.width, geometry.height) == (76, 46)


def test_chain_is_straight() -> None:
    """Spots of a chain stand below each other, and its arrows are straight."""
    geometry = laid_out("abcd", [Edge(*pair) for pair in pairwise("abcd")])
    assert len({middle(rect) for rect in geometry.spots.values()}) == 1
    assert not any(bends(curve) for curve in geometry.curves)
    assert all(
        geometry.spots[upper].bottom < geometry.spots[lower].top
        for upper, lower in pairwise("abcd")
    )


def test_edges_end_vertically() -> None:
    """An arrow leaves the bottom of its tail and comes to the top of its head straight down."""
    geometry = laid_out("abcd", [Edge("a", "c"), Edge("a", "d"), Edge("b", "c"), Edge("b", "d")])
    ends = (("a", "c"), ("a", "d"), ("b", "c"), ("b", "d"))
    for curve, (tail, head) in zip(geometry.curves, ends, strict=True):
        assert curve[0].y == pytest.approx(geometry.spots[tail].bottom)
        assert curve[-1].y == pytest.approx(geometry.spots[head].top)
        assert curve[-1].x == pytest.approx(curve[-2].x)
        assert curve[-1].y > curve[-2].y


def test_ends_at_a_spot_keep_the_order_of_where_they_lead() -> None:
    """Arrows that leave a spot do not cross each other at once."""
    geometry = laid_out("abcd", [Edge("a", "b"), Edge("a", "c"), Edge("a", "d")])
    ends = sorted((curve[-1].x, curve[0].x) for curve in geometry.curves)
    assert [start for _, start in ends] == sorted({start for _, start in ends})


def test_no_crossing_where_none_is_needed() -> None:
    """Two ways that cross in reading order are put side by side."""
    edges = [Edge("x", "a"), Edge("x", "b"), Edge("a", "d"), Edge("b", "c"), Edge("a", "c")]
    geometry = laid_out("xabcd", edges)
    left = {name: middle(rect) for name, rect in geometry.spots.items()}
    assert (left["a"] < left["b"]) == (left["d"] < left["c"])


def test_source_lies_above_its_user() -> None:
    """A source that is used late lies one row above its user, not at the top."""
    edges = [Edge(*pair) for pair in pairwise("abcd")] + [Edge("w", "d")]
    geometry = laid_out("abcdw", edges)
    assert geometry.spots["w"].top == geometry.spots["c"].top


def test_source_beside_its_user() -> None:
    """An arrow that may lie in a row makes its source a neighbor, and is level."""
    geometry = laid_out("abw", [Edge("a", "b"), Edge("w", "b", beside=True)])
    spots = geometry.spots
    assert spots["w"].top == spots["b"].top
    assert {point.y for point in geometry.curves[1]} == {(spots["b"].top + spots["b"].bottom) / 2}
    assert (geometry.curves[1][0].x, geometry.curves[1][-1].x) == (
        spots["w"].right,
        spots["b"].left,
    )


def test_source_with_a_user_above_is_not_put_beside() -> None:
    """A source lies above all that use it, even where one of them would have it beside."""
    edges = [Edge("a", "b"), Edge("w", "b", beside=True), Edge("w", "a")]
    geometry = laid_out("abw", edges)
    assert geometry.spots["w"].bottom < geometry.spots["a"].top


def test_cycle_has_one_arrow_upwards() -> None:
    """Of a cycle one arrow is turned, and still leads from its tail to its head."""
    geometry = laid_out("abc", [Edge("a", "b"), Edge("b", "c"), Edge("c", "a")])
    ups = [curve[0].y > curve[-1].y for curve in geometry.curves]
    assert ups == [False, False, True]
    assert geometry.curves[2][0].y == geometry.spots["c"].top
    assert geometry.curves[2][-1].y == geometry.spots["a"].bottom


def test_parallel_edges_are_apart() -> None:
    """Each of several arrows between two spots has its own way."""
    geometry = laid_out("ab", [Edge("a", "b"), Edge("a", "b"), Edge("a", "b")])
    assert len({curve[0] for curve in geometry.curves}) == 3
    assert not any(bends(curve) for curve in geometry.curves)


def test_loops_are_nested() -> None:
    """Arrows from a spot to itself begin and end at its right, each around the one before."""
    geometry = laid_out("a", [Edge("a", "a"), Edge("a", "a")])
    right = geometry.spots["a"].right
    assert all(curve[0].x == curve[-1].x == right for curve in geometry.curves)
    inner, outer = (max(point.x for point in curve) for curve in geometry.curves)
    assert right < inner < outer


def test_frames_that_need_each_other_stand_side_by_side() -> None:
    """A frame from which a way leads to another and back is not torn."""
    homes = {"a": "f", "b": "f", "c": "g", "d": "g"}
    edges = [Edge("a", "c"), Edge("c", "d"), Edge("d", "b")]
    geometry = laid_out("abcd", edges, homes, "f", "g")
    one, other = geometry.frames["f"], geometry.frames["g"]
    assert one.right < other.left or other.right < one.left
    assert one.top < other.top < other.bottom < one.bottom


def test_loose_edges_leave_the_main_way_straight() -> None:
    """Edges of weight 0 bend around what the others need."""
    edges = [Edge(*pair, weight=2) for pair in pairwise("abcde")]
    edges += [Edge("a", "e", weight=0), Edge("a", "d", weight=0), Edge("b", "e", weight=0)]
    geometry = laid_out("abcde", edges)
    assert len({middle(rect) for rect in geometry.spots.values()}) == 1
    assert not any(bends(curve) for curve in geometry.curves[:4])
    assert all(bends(curve) for curve in geometry.curves[4:])


def test_edges_that_would_bend_too_often_go_around(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the right of all, each in a lane of its own where others pass, too."""
    monkeypatch.setattr(grid, "BENDS", 0)
    monkeypatch.setattr(grid, "BENDS_EACH", 0)
    names = "abcdefghijklmnopqrst"
    edges = [Edge(*pair, weight=2) for pair in pairwise(names)]
    edges += [Edge(*pair, weight=0) for pair in zip("abcld", "klrtq", strict=True)]
    geometry = laid_out(names, edges)
    assert len({middle(rect) for rect in geometry.spots.values()}) == 1
    right = max(rect.right for rect in geometry.spots.values())
    lanes = [max(point.x for point in curve) for curve in geometry.curves[19:]]
    assert min(lanes) > right + 10
    assert len({lanes[0], lanes[1], lanes[2], lanes[4]}) == 4
    assert lanes[3] in lanes[:2]  # what is over there leaves its lane to others
    levels = [point.y for curve in geometry.curves[19:] for point in curve if point.x > right]
    assert not any(
        rect.top < level < rect.bottom for rect in geometry.spots.values() for level in levels[::99]
    )


def test_loose_edges_do_not_turn_others() -> None:
    """Where a cycle has an edge of weight 0, this is the one that leads upwards."""
    geometry = laid_out("abc", [Edge("c", "a", weight=0), Edge("a", "b"), Edge("b", "c")])
    assert geometry.spots["a"].top < geometry.spots["b"].top < geometry.spots["c"].top


def test_label_stands_beside_its_edge() -> None:
    """A label lies at the right of its arrow, between the two spots."""
    geometry = laid_out("ab", [Edge("a", "b", 50, 10)])
    label, curve = geometry.labels[0], geometry.curves[0]
    assert label is not None
    assert label.x - 25 > max(point.x for point in curve)
    assert geometry.spots["a"].bottom < label.y - 5
    assert label.y + 5 < geometry.spots["b"].top


def test_parts_are_packed_in_rows() -> None:
    """A hundred spots without edges make a page of a common shape."""
    geometry = lay_out(Sketch({str(at): Spot(60, 30) for at in range(100)}, (), {}), silent)
    assert 1 < geometry.width / geometry.height < 3


def test_lone_spots_of_a_frame_are_packed() -> None:
    """A frame does not become one endless row."""
    geometry = laid_out("abcdefghijklmnop", [], dict.fromkeys("abcdefghijklmnop", "f"), "f")
    assert len({rect.top for rect in geometry.spots.values()}) == 4


def test_deep_chain() -> None:
    """Three thousand spots below each other are laid out; nothing recurs."""
    spots = {str(at): Spot(10, 10) for at in range(3_000)}
    edges = tuple(Edge(*pair) for pair in pairwise(spots))
    geometry = lay_out(Sketch(spots, edges, {}), silent)
    assert len({rect.top for rect in geometry.spots.values()}) == 3_000


def test_deep_frames() -> None:
    """Frames may be nested as deep as one likes."""
    frames = {str(at): Frame(9, 9, str(at - 1) if at else "") for at in range(300)}
    geometry = lay_out(Sketch({"a": Spot(10, 10, "299")}, (), frames), silent)
    rects = list(geometry.frames.values())
    assert all(one.left < other.left for one, other in pairwise(rects))


def test_progress() -> None:
    """The parts that are told grow from 0 to 1."""
    told: list[tuple[str, float]] = []
    spots = {name: Spot(10, 10) for name in "abc"}
    lay_out(Sketch(spots, (Edge("a", "b"),), {}), lambda *about: told.append(about))
    parts = [part for _, part in told]
    assert parts == sorted(parts)
    assert {stage for stage, _ in told} == {"ranks", "order", "columns", "curves"}
    assert parts[0] == 0
    assert parts[-1] == 1


def test_interrupt() -> None:
    """What is told may end the layout."""

    def stop(_stage: str, _part: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        lay_out(Sketch({"a": Spot(1, 1)}, (), {}), stop)
