"""Cards, frames and arrows as groups of SVG."""

from collections.abc import Iterator
from math import isfinite

from graphnet.viz.layout.sketch import Point, Rect
from graphnet.viz.scene import Box, Card, Change, Link
from graphnet.viz.text import width
from graphnet.viz.writing.arrows import arrow
from graphnet.viz.writing.cards import (
    GAP,
    HEAD,
    HEAD_LINE,
    LABEL,
    SIGN,
    SMALL,
    SMALL_LINE,
    Face,
    badge_width,
    box_face,
    face,
    link_label,
)
from graphnet.viz.writing.legend import sign
from graphnet.viz.writing.looks import STEPS
from graphnet.viz.writing.marks import attributes, is_plain, listed, slug, spoken, text, token
from graphnet.viz.writing.shapes import outline, rounded

__all__ = ["cluster", "edge", "edge_label", "edge_token", "node"]

TIGHT = 0.8
"""Part of the room in a card from which on a line must be as wide as it was thought to be."""


def node(card: Card, rect: Rect, prefix: str) -> str:
    """Give a card.

    Args:
        card: The card.
        rect: Where it is.
        prefix: What its id begins with.
    """
    looks = face(card)
    kept = " kept" if card.kept else ""
    name = f"node kind-{card.kind.name.lower()} part-{card.part.value}{kept}"
    names = {
        "id": f"{prefix}-node-{token(card.key)}",
        "class": name + changed(card.change) + heated(card.heat),
        "role": "graphics-symbol img",
        **facts(card),
    }
    return (
        f"<g{attributes(names)}>{spoken(card.key, description(card))}{outline(card.kind, rect)}"
        f"{''.join(words(looks, rect))}</g>"
    )


def facts(card: Card) -> dict[str, str]:
    """Give what programs find in a card."""
    found = {"data-key": card.key, "data-name": card.key}
    found |= {f"data-{slug(name)}": value for name, value in card.data.items()}
    if card.box:
        found["data-box"] = card.box
    if card.members not in ((), (card.key,)) or not is_plain(card.key):
        found["data-members"] = listed(card.members or (card.key,))
    if card.copies > 1:
        found["data-copies"] = str(card.copies)
    if card.heat is not None:
        found["data-heat"] = f"{card.heat:.4g}"
    return found


def description(card: Card) -> str:
    """Give what there is to say about a card besides its name."""
    about = card.about or "\n".join([card.headline, *card.details])
    change = f"{card.change.value}\n" if card.change in LOUD else ""
    return f"{change}{about}"


LOUD = (Change.ADDED, Change.REMOVED, Change.CHANGED)
"""Changes that are said."""


def changed(change: Change | None) -> str:
    """Give the class of a change, after a blank."""
    return f" change-{change.name.lower()}" if change else ""


def heated(heat: float | None) -> str:
    """Give the class of a color of an overlay, after a blank."""
    if heat is None or not isfinite(heat):
        return ""
    return f" hot heat-{round(min(max(heat, 0.0), 1.0) * (STEPS - 1))}"


def words(looks: Face, rect: Rect) -> Iterator[str]:
    """Give what is written on a card, in the middle of what its form leaves free."""
    left, top, right, bottom = looks.padding
    room = rect.right - rect.left - left - right
    middle = rect.left + left + room / 2
    height = HEAD_LINE + SMALL_LINE * len(looks.lines)
    down = rect.top + top + (rect.bottom - rect.top - top - bottom - height) / 2
    yield from first_line(looks, middle - looks.row / 2, down + 11.5, HEAD)
    for place, line in enumerate(looks.lines):
        need = width(line, SMALL)
        tight = need if need > room * TIGHT else None
        yield text(middle, down + HEAD_LINE + SMALL_LINE * place + 9.5, line, room=tight)


def first_line(looks: Face, x: float, y: float, size: float) -> Iterator[str]:
    """Give the sign, the mark, the headline and the badge; ``y`` is their base line."""
    if looks.sign:
        yield sign(looks.change, x + SIGN / 2, y - 4)
        x += SIGN + GAP
    if looks.mark:
        wide = width(looks.mark, size)
        yield text(x + wide / 2, y, looks.mark, "mark")
        x += wide + GAP
    wide = width(looks.headline, size, bold=True)
    full = looks.row > TIGHT * (looks.width - looks.padding.left - looks.padding.right)
    tight = wide if full or looks.row > wide else None
    yield text(x + wide / 2, y, looks.headline, "headline", tight)
    if looks.badge:
        x += wide + GAP
        wide = badge_width(looks.badge)
        yield rounded(Rect(x, y - 11, x + wide, y + 3), 7, "badge")
        yield text(x + wide / 2, y - 0.5, looks.badge, "badge-text")


def cluster(box: Box, rect: Rect, prefix: str) -> str:
    """Give a frame."""
    names = {
        "id": f"{prefix}-cluster-{token(box.key)}",
        "class": f"cluster part-{box.part.value}{changed(box.change)}",
        "role": "graphics-object group",
        "data-key": box.key,
        **({"data-copies": str(box.copies)} if box.copies > 1 else {}),
    }
    label = "".join(first_line(box_face(box), rect.left + 8, rect.top + 14, LABEL))
    return f"<g{attributes(names)}>{spoken(box.key)}{rounded(rect, 8, 'frame')}{label}</g>"


def edge_token(link: Link) -> str:
    """Give what an id says of an arrow: both ends, what it stands for, and which operand it is."""
    return f"{token(link.tail)}-{token(link.head)}-{link.way.name.lower()}-{link.slot}"


def edge(link: Link, points: tuple[Point, ...], name: str) -> str:
    """Give an arrow.

    Args:
        link: The arrow.
        points: Its curve.
        name: Its id.
    """
    names = {
        "id": name,
        "class": f"edge way-{link.way.name.lower()}{changed(link.change)}",
        "role": "graphics-symbol img",
        "data-tail": link.tail,
        "data-head": link.head,
        "data-slot": str(link.slot),
        **{f"data-{slug(name)}": value for name, value in link.data.items()},
    }
    what = link.label or link.data.get("tensor", "")
    about = "\n".join(filter(None, [what, link.way.value]))
    spelled = spoken(f"{link.tail} → {link.head}", about)
    return f"<g{attributes(names)}>{spelled}{arrow(points, link.way)}</g>"


def edge_label(link: Link, middle: Point) -> str:
    """Give what is written beside an arrow."""
    names = {
        "class": f"edge-label way-{link.way.name.lower()}{changed(link.change)}",
        "data-tail": link.tail,
        "data-head": link.head,
        "data-slot": str(link.slot),
    }
    label = link_label(link)
    words = text(middle.x, middle.y + 3.5, label, room=width(label, SMALL))
    return f"<g{attributes(names)}>{words}</g>"
