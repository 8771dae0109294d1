"""Long chains in columns."""

from itertools import pairwise

import pytest

from graphnet.viz.layout import layered
from graphnet.viz.layout.chains import wrapped
from graphnet.viz.layout.sketch import Edge, Frame, Geometry, Point, Rect, Sketch, Spot
from tests.viz.layout.laws import apart, check, label_rects, samples
from tests.viz.layout.sketches import SKETCHES, chain


def places(sketch: Sketch) -> Geometry:
    """Lay a sketch out with its chains wrapped."""
    smaller = wrapped(sketch)
    return smaller.put_back(layered.lay_out(smaller.sketch, lambda *_: None))


def between(spots: int, *, frame: str = "") -> Sketch:
    """Give a chain between two spots that have other edges, too."""
    middle = chain(spots)
    last = f"s{spots - 1}"
    ends = {"x": Spot(90, 30), "y": Spot(90, 30), "z": Spot(90, 30)}
    edges = (
        Edge("x", "s0", 60, 13),
        *middle.edges,
        Edge(last, "y", 60, 13),
        Edge("x", "z"),
        Edge("z", "y"),
    )
    inside = {key: Spot(spot.width, spot.height, frame) for key, spot in middle.spots.items()}
    return Sketch(ends | inside, edges, {frame: Frame(60, 18)} if frame else {})


@pytest.mark.parametrize(
    "sketch",
    [chain(40), chain(12, label=0), chain(100, wide=200), between(30), between(17, frame="f")],
    ids=["long", "no labels", "very long", "between", "in a frame"],
)
def test_laws(sketch: Sketch) -> None:
    """All is where it belongs, and no arrow goes through a card or a label of another."""
    assert len(wrapped(sketch).sketch.spots) < len(sketch.spots)
    geometry = places(sketch)
    check(sketch, geometry)
    for edge, curve in zip(sketch.edges, geometry.curves, strict=True):
        others = [rect for key, rect in geometry.spots.items() if key not in (edge.tail, edge.head)]
        others += label_rects(sketch, geometry)
        for x, y in samples(curve):
            assert all(apart(Rect(x, y, x, y), rect) for rect in others)


def test_a_wrapped_chain_is_no_tower() -> None:
    """It is at most a half higher than wide; read from top to bottom, then from left to right."""
    geometry = places(chain(40))
    assert geometry.height < 1.6 * geometry.width
    spots = list(geometry.spots.values())
    for before, after in pairwise(spots):
        assert after.top > before.bottom or after.left > before.right


@pytest.mark.parametrize("name", [name for name in SKETCHES if name != "a long chain"])
def test_other_sketches_stay(name: str) -> None:
    """Where there is no long chain, the engine gets all there is, and so does the caller."""
    sketch = SKETCHES[name]
    smaller = wrapped(sketch)
    assert smaller.sketch == sketch
    geometry = layered.lay_out(sketch, lambda *_: None)
    assert smaller.put_back(geometry) == geometry


def test_branches_and_frames_end_a_chain() -> None:
    """A spot with a third edge is in no chain, and a chain does not leave its frame."""
    sketch = chain(30)
    branch = Sketch(
        sketch.spots | {"extra": Spot(60, 30)}, (*sketch.edges, Edge("extra", "s10")), {}
    )
    assert set(wrapped(branch).chains) == {"s11"}
    framed = {
        key: Spot(spot.width, spot.height, "f" if place < 14 else "")
        for place, (key, spot) in enumerate(sketch.spots.items())
    }
    chains = wrapped(Sketch(framed, sketch.edges, {"f": Frame(60, 18)})).chains
    assert [len(found.keys) for found in chains.values()] == [14, 16]


def test_cycles_are_no_chains() -> None:
    """A ring of spots has no first one."""
    sketch = chain(20)
    ring = Sketch(sketch.spots, (*sketch.edges, Edge("s19", "s0")), {})
    assert not wrapped(ring).chains


def test_edges_from_any_side_lead_to_the_first_spot() -> None:
    """Wherever an engine ends an arrow at the block, it goes on around its columns."""
    block = wrapped(chain(30)).chains["s0"].block
    first, last = block.spots[0], block.spots[-1]
    for x, y in (
        (block.width / 3, 0),
        (0, block.height / 2),
        (block.width, 50),
        (40, block.height),
    ):
        entry, leave = block.entry(Point(x, y)), block.exit(Point(x, y))
        assert entry[0] == Point(x, y) == leave[-1]
        assert entry[-1].y == first.top
        assert leave[0].y == last.bottom
        for way, own in ((entry, first), (leave, last)):
            others = [spot for spot in block.spots if spot is not own]
            for px, py in samples(tuple(way)):
                assert all(apart(Rect(px, py, px, py), spot) for spot in others)
