"""Places in a grid, for tests that need no engine, and scenes with all there is."""

from itertools import product

from graphnet.viz.layout.sketch import Geometry, Point, Rect
from graphnet.viz.scene import Card, Change, Kind, Link, Part, Scale, Scene, Way, boxes_around
from graphnet.viz.writing.cards import to_sketch

__all__ = ["everything", "in_grid"]


def in_grid(scene: Scene, columns: int = 10) -> Geometry:
    """Give places for the cards of a scene, row by row; frames lie around their cards."""
    sketch = to_sketch(scene)
    spots: dict[str, Rect] = {}
    for place, (key, spot) in enumerate(sketch.spots.items()):
        left, top = place % columns * 320.0, place // columns * 200.0
        spots[key] = Rect(left, top, left + spot.width, top + spot.height)
    curves, labels = [], []
    for edge in sketch.edges:
        tail, head = spots[edge.tail], spots[edge.head]
        start, end = Point(tail.left, tail.bottom), Point(head.left, head.top)
        curves.append((start, start, end, end))
        labels.append(Point(start.x, start.y + 20) if edge.width else None)
    frames = {}
    for path in sketch.frames:
        inside = [
            spots[key]
            for key, spot in sketch.spots.items()
            if f"{spot.frame}/".startswith(f"{path}/")
        ]
        lefts, tops, rights, bottoms = zip(*inside, strict=True)
        frames[path] = Rect(min(lefts), min(tops), max(rights), max(bottoms))
    wide, high = columns * 320.0, (len(spots) // columns + 1) * 200.0
    return Geometry("grid 1.0", wide, high, spots, frames, tuple(curves), tuple(labels))


def everything() -> Scene:
    """Give a scene with every kind, part, way and change, and an overlay."""
    changes = (None, *Change)
    cards = [
        Card(
            f"{part.value}/{kind.value}",
            kind,
            kind.value,
            ("float32[None, 3]",),
            part,
            part.value,
            copies=1 + place % 3,
            kept=place % 5 == 0,
            change=changes[place % 5],
            heat=place / 26 if place % 2 else None,
            about="first line\nsecond line",
            data={"op": kind.value, "shape": "[None, 3]"},
        )
        for place, (part, kind) in enumerate(product(Part, Kind))
    ]
    links = [
        Link(tail.key, head.key, way, "float32[3]", slot, change)
        for slot, ((way, change), tail, head) in enumerate(
            zip(product(Way, changes), cards * 2, cards[1:] * 2, strict=False)
        )
    ]
    scale = Scale("time", "1 µs", "2 ms")
    notes = ("some are folded",)
    return Scene("all", tuple(cards), tuple(links), boxes_around(cards), notes, scale)
