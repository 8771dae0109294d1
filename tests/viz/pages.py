"""A network at three depths, with its cards below each other or in rows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from graphnet.viz.folding.fold import fold
from graphnet.viz.layout.sketch import Geometry, Point, Rect
from graphnet.viz.page import Level
from graphnet.viz.scene import Box, Card, Kind, Link, Scene, boxes_around
from graphnet.viz.writing.svg import to_svg

__all__ = ["DENSE", "LEVELS", "OUT", "levels_of", "many"]

DENSE = ("net/dense/matmul", "net/dense/add", "net/dense/tanh")
OUT = ("net/out/matmul", "net/out/add")
ROW, COLUMN = 90, 180


def chain(names: Sequence[str], data: Mapping[str, str] | None = None) -> Scene:
    """Give a scene of ops, each of which uses the one before it."""
    cards = [card(name, row, data or {}) for row, name in enumerate(names)]
    links = [Link(tail, head, label="float32[batch, 3]") for tail, head in pairwise(names)]
    return Scene("a chain", tuple(cards), tuple(links), boxes_around(cards))


def card(name: str, row: int, data: Mapping[str, str]) -> Card:
    """Give the card of an op."""
    box, _, own = name.rpartition("/")
    facts = {"name": name, "op": own, "source": f"net.py:{row}", **data}
    return Card(name, Kind.OP, own, box=box, members=(name,), about=f"{name} = ...", data=facts)


def laid_out(scene: Scene, columns: int = 1) -> Geometry:
    """Place the cards of a scene in rows, in reading order."""
    spots = {
        card.key: spot(40 + COLUMN * (place % columns), 40 + ROW * (place // columns))
        for place, card in enumerate(scene.cards)
    }
    ends = [(spots[link.tail], spots[link.head]) for link in scene.links]
    right = max(each.right for each in spots.values()) + 40
    bottom = max(each.bottom for each in spots.values()) + 40
    frames = {box.key: around(scene, box, spots) for box in scene.boxes}
    middles = tuple(None for _ in ends)
    return Geometry("rows", right, bottom, spots, frames, tuple(map(straight, ends)), middles)


def spot(left: float, top: float) -> Rect:
    """Give the place of a card."""
    return Rect(left, top, left + 140, top + 46)


def around(scene: Scene, box: Box, spots: Mapping[str, Rect]) -> Rect:
    """Give the place of a frame, wider the more it is outside."""
    inside = [spots[card.key] for card in scene.cards if f"{card.box}/".startswith(f"{box.key}/")]
    left, right = inside[0].left, inside[0].right
    margin = 34 - 12 * box.key.count("/")
    top, bottom = inside[0].top - 10 - margin / 2, inside[-1].bottom + margin / 2
    return Rect(left - margin, top, right + margin, bottom)


def straight(ends: tuple[Rect, Rect]) -> tuple[Point, ...]:
    """Give a line from one card to another."""
    tail, head = ends
    x, y = tail.left + 70, tail.bottom
    along, down = (head.left + 70 - x) / 3, (head.top - y) / 3
    return tuple(Point(x + along * part, y + down * part) for part in range(4))


def level(label: str, scene: Scene, columns: int = 1) -> Level:
    """Give the picture of a scene."""
    return Level(label, to_svg(scene, laid_out(scene, columns)))


def levels_of(*names: str, **data: str) -> list[Level]:
    """Give the levels of a page with one picture, of a chain."""
    return [level("all", chain(names, data))]


def many(count: int) -> list[Level]:
    """Give a chain that is folded to one card, and the same with many."""
    scene = chain([f"layers/dense_{number}" for number in range(count)])
    flat = replace(scene, cards=tuple(replace(card, box="") for card in scene.cards), boxes=())
    return [level("depth 1", fold(scene, depth=1, repeats=False)), level("all", flat, 50)]


NETWORK = chain(["x", *DENSE, *OUT, "loss"])
LEVELS = [
    level("depth 1", fold(NETWORK, depth=1, repeats=False)),
    level("depth 2", fold(NETWORK, depth=2, repeats=False)),
    level("all", NETWORK),
]
