"""How much room everything takes, so that an engine can find places for it."""

from dataclasses import dataclass
from typing import NamedTuple

from graphnet.viz.layout.sketch import Edge, Frame, Sketch, Spot
from graphnet.viz.scene import Box, Card, Change, Kind, Link, Part, Scene, Way
from graphnet.viz.text import shorten, visible, width, wrap

__all__ = [
    "BADGE",
    "HEAD",
    "LABEL",
    "MARKS",
    "SHEETS",
    "SIGNS",
    "SMALL",
    "Face",
    "Padding",
    "box_face",
    "face",
    "link_label",
    "to_sketch",
]

HEAD, SMALL, LABEL, BADGE = 12, 10, 11, 10
"""Font sizes of headlines, details and labels of arrows, labels of frames, and "x N", in pixels."""

HEAD_LINE, SMALL_LINE, LABEL_LINE = 15, 13, 18
"""Distances of lines, in pixels."""

WIDEST = 220
"""Width of the longest line of a card, in pixels."""

DETAILS = 8
"""Lines of details that a card has room for."""

GAP = 5
"""Between the things in one line, in pixels."""

TIMES, MINUS = "\N{MULTIPLICATION SIGN}", "\N{MINUS SIGN}"

SIGNS: dict[Change | None, str] = {Change.ADDED: "+", Change.REMOVED: MINUS, Change.CHANGED: "~"}
"""What tells changes apart without color."""

MARKS = {Part.BACKWARD: "∂", Part.UPDATE: "Δ"}
"""What tells parts apart without color."""

SIGN = 13
"""Diameter of the disk behind a sign, in pixels."""

SHEETS = 6
"""How far the sheets below a folded scope stand out, in pixels."""


class Padding(NamedTuple):
    """What is between a text and the border of its card, in pixels."""

    left: float
    top: float
    right: float
    bottom: float


PADDINGS = {
    Kind.PLACEHOLDER: Padding(17, 6, 17, 6),
    Kind.VARIABLE: Padding(11, 12, 11, 8),
    Kind.CONSTANT: Padding(10, 6, 16, 6),
    Kind.RANDOM: Padding(16, 6, 16, 6),
    Kind.CALL: Padding(14, 6, 14, 6),
    Kind.WRITE: Padding(11, 6, 11, 12),
    Kind.GROUP: Padding(15, 7, 15, 7),
    Kind.OP: Padding(11, 6, 11, 6),
    Kind.SCOPE: Padding(13, 7, 13 + SHEETS, 7 + SHEETS),
}


@dataclass(frozen=True, slots=True)
class Face:
    """What is written on a card or at the top of a frame, and how much room it takes.

    Attributes:
        change: What a difference has to say, in a sign.
        mark: What it is there for, in one character; may be empty.
        headline: The first line.
        badge: How many equal ones it stands for; may be empty.
        lines: The lines below.
        row: Width of the first line with all that is in it, in pixels.
        width: Of all, with padding.
        height: Of all, with padding.
        padding: What is around the lines.
    """

    change: Change | None
    mark: str
    headline: str
    badge: str
    lines: tuple[str, ...]
    row: float
    width: float
    height: float
    padding: Padding

    @property
    def sign(self) -> str:
        """What tells the change without color, in one character; empty if nothing has changed."""
        return SIGNS.get(self.change, "")


def to_sketch(scene: Scene) -> Sketch:
    """Give the sizes of all that is in a scene.

    Args:
        scene: The scene.

    Returns:
        The cards as spots, in the scene's order, the links as edges in its order, and the boxes
        that hold something as frames.

    Example:
        >>> card = Card("hidden/tanh", Kind.OP, "tanh", ("hidden",), members=("hidden/tanh",))
        >>> to_sketch(Scene("one card", (card,))).spots["hidden/tanh"].height
        40
    """
    kinds = {card.key: card.kind for card in scene.cards}
    return Sketch(
        {card.key: spot(card) for card in scene.cards},
        tuple(edge(link, kinds[link.tail]) for link in scene.links),
        {box.key: frame(box) for box in filled(scene)},
    )


def spot(card: Card) -> Spot:
    """Give the size of a card."""
    looks = face(card)
    return Spot(looks.width, looks.height, card.box)


def frame(box: Box) -> Frame:
    """Give the size of the label of a box."""
    looks = box_face(box)
    return Frame(looks.width, looks.height, box.box)


def filled(scene: Scene) -> list[Box]:
    """Give the boxes that hold a card, or a box that does."""
    held = {card.box for card in scene.cards}
    found = []
    for box in reversed(scene.boxes):
        if box.key in held:
            held.add(box.box)
            found.append(box)
    return found[::-1]


SOURCES = (Kind.PLACEHOLDER, Kind.VARIABLE, Kind.CONSTANT)
"""What stands beside the flow of values, or at its beginning."""

WEIGHTS = {Way.FAR: 0, Way.WRITE: 0, Way.CONTROL: 1}
"""How much arrows pull that stand for no value that goes on from card to card."""


def edge(link: Link, tail: Kind) -> Edge:
    """Give the size of the label of an arrow, and how it wants to lie."""
    label = link_label(link)
    weight = WEIGHTS.get(link.way, 1 if tail in SOURCES else 8)
    return Edge(
        link.tail,
        link.head,
        width(label, SMALL) + 8 if label else 0,
        SMALL_LINE if label else 0,
        weight,
        beside=tail is Kind.VARIABLE and link.way not in WEIGHTS,
    )


def link_label(link: Link) -> str:
    """Give what is written beside an arrow; what comes from afar says its name in its card."""
    if link.way is Way.FAR or not link.label:
        return ""
    sign = SIGNS.get(link.change, "")
    return shorten(f"{sign} {visible(link.label)}".strip(), WIDEST, SMALL)


def badge_of(shown: Card | Box) -> str:
    """Give what says how many there are, where the box around does not say it."""
    times = shown.copies if shown.times is None else shown.times
    return f"{TIMES}{times}" if times > 1 else ""


def face(card: Card) -> Face:
    """Give what is written on a card."""
    mark = MARKS.get(card.part, "")
    badge = badge_of(card)
    headline = shorten(visible(card.headline), WIDEST, HEAD, bold=True)
    lines = small_lines(card.details)
    row = row_width(card.change, mark, width(headline, HEAD, bold=True), badge)
    padding = PADDINGS[card.kind]
    widest = max([row, *(width(line, SMALL) for line in lines)])
    return Face(
        card.change,
        mark,
        headline,
        badge,
        lines,
        row,
        round(widest + padding.left + padding.right, 1),
        HEAD_LINE + SMALL_LINE * len(lines) + padding.top + padding.bottom,
        padding,
    )


def box_face(box: Box) -> Face:
    """Give what is written at the top of a box."""
    badge = badge_of(box)
    label = shorten(visible(box.label), WIDEST, LABEL, bold=True)
    row = row_width(box.change, "", width(label, LABEL, bold=True), badge)
    padding = Padding(8, 0, 8, 0)
    return Face(box.change, "", label, badge, (), row, round(row + 16, 1), LABEL_LINE, padding)


def small_lines(details: tuple[str, ...]) -> tuple[str, ...]:
    """Give the details in lines; of very many of them only the first, and how many more."""
    lines = [line for detail in details for line in wrap(visible(detail), WIDEST, SMALL)]
    if len(lines) > DETAILS:
        more = len(lines) - DETAILS + 1
        lines[DETAILS - 1 :] = [f"and {more} more lines"]
    return tuple(lines)


def row_width(change: Change | None, mark: str, headline: float, badge: str) -> float:
    """Give how wide a first line is."""
    pieces = [headline]
    if change in SIGNS:
        pieces.append(SIGN)
    if mark:
        pieces.append(width(mark, HEAD))
    if badge:
        pieces.append(badge_width(badge))
    return sum(pieces) + GAP * (len(pieces) - 1)


def badge_width(badge: str) -> float:
    """Give how wide a badge is."""
    return width(badge, BADGE, bold=True) + 10
