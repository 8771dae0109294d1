"""What is around a drawing: the title above, the legend and the notes below."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from graphnet.viz.layout.sketch import Point, Rect
from graphnet.viz.scene import Change, Kind, Part, Scale, Scene, Way
from graphnet.viz.text import shorten, visible, width, wrap
from graphnet.viz.writing.arrows import arrow
from graphnet.viz.writing.cards import MARKS, SIGN, SIGNS, SMALL
from graphnet.viz.writing.looks import STEPS, changes_in
from graphnet.viz.writing.marks import number, text
from graphnet.viz.writing.shapes import outline, rounded

__all__ = ["Block", "in_rows", "key", "legend", "notes", "sign", "title", "written"]

TITLE, TITLE_LINE = 16, 22
SWATCH = Rect(0, 0, 30, 16)
STEP = 6
"""Width of a color of the scale."""
GAP, ROW, NOTE_LINE = 18, 24, 14


class Block(NamedTuple):
    """A piece of SVG with its left upper corner at (0, 0).

    Attributes:
        drawn: The elements.
        width: In pixels.
        height: In pixels.
    """

    drawn: str
    width: float
    height: float


def title(scene: Scene, room: float) -> Block:
    """Give the title."""
    lines = wrap(visible(scene.title), room, TITLE, bold=True) if scene.title else []
    return written(lines, "title", TITLE, TITLE_LINE)


def notes(scene: Scene, room: float) -> Block:
    """Give the notes."""
    lines = [line for note in scene.notes for line in wrap(visible(note), room, SMALL, 4)]
    return written(lines, "note", SMALL, NOTE_LINE)


def written(lines: list[str], name: str, size: float, line: float) -> Block:
    """Give lines of text."""
    bold = name == "title"
    drawn = "".join(
        text(0, number_of * line + size, content, name) for number_of, content in enumerate(lines)
    )
    widest = max((width(content, size, bold=bold) for content in lines), default=0)
    return Block(drawn, widest, len(lines) * line)


def legend(scene: Scene, room: float) -> Block:
    """Explain what occurs in a scene, but for what needs no word.

    Args:
        scene: The scene.
        room: How wide it may be, if it can be.
    """
    rows = [items for items in (kinds(scene), parts(scene), ways(scene), changes(scene)) if items]
    if scene.scale:
        rows.append([scaled(scene.scale)])
    return in_rows(rows, room)


def in_rows(groups: Iterable[Iterable[Block]], room: float) -> Block:
    """Put groups below each other, and what is in one side by side as far as there is room."""
    drawn, down, widest = [], 0.0, 0.0
    for items in groups:
        along = 0.0
        for item in items:
            if along and along + item.width > room:
                along, down = 0.0, down + ROW
            drawn.append(
                f'<g transform="translate({number(along)} {number(down)})">{item.drawn}</g>'
            )
            widest = max(widest, along + item.width)
            along += item.width + GAP
        down += ROW
    return Block("".join(drawn), widest, down)


def kinds(scene: Scene) -> list[Block]:
    """Explain the forms; if there are only ops, nobody asks."""
    found = {card.kind for card in scene.cards}
    return [
        key(f"part-{Part.FORWARD.value}", outline(kind, SWATCH), kind.value)
        for kind in Kind
        if kind in found and found != {Kind.OP}
    ]


def parts(scene: Scene) -> list[Block]:
    """Explain the hues, if there are several."""
    found = {card.part for card in scene.cards}
    return [
        key(f"part-{part.value}", rounded(SWATCH, 6), f"{MARKS.get(part, '')} {part.value}".strip())
        for part in Part
        if part in found and len(found) > 1
    ]


def ways(scene: Scene) -> list[Block]:
    """Explain the arrows, if there are others than values."""
    found = {link.way for link in scene.links}
    line = [Point(0, 8), Point(10, 8), Point(20, 8), Point(30, 8)]
    return [
        key(f"way-{way.name.lower()}", arrow(line, way, inside=0), way.value)
        for way in Way
        if way in found and found != {Way.VALUE}
    ]


def changes(scene: Scene) -> list[Block]:
    """Explain what a difference says."""
    found = changes_in(scene)
    return [
        key(f"change-{change.name.lower()}", rounded(SWATCH, 6) + sign(change, 15, 8), change.value)
        for change in Change
        if change in found
    ]


def sign(change: Change | None, x: float, y: float) -> str:
    """Give the sign of a change with its middle at a point."""
    if change not in SIGNS:
        return ""
    disk = f'<circle class="sign" cx="{number(x)}" cy="{number(y)}" r="{number(SIGN / 2)}"/>'
    return (
        f'{disk}<text x="{number(x)}" y="{number(y + 4)}" class="sign-text">{SIGNS[change]}</text>'
    )


def key(name: str, drawn: str, meaning: str) -> Block:
    """Give an entry."""
    left, wide = SWATCH.right + 7, width(meaning, SMALL)
    words = text(left, 12, meaning, "note", wide)
    return Block(f'<g class="key {name}">{drawn}{words}</g>', left + wide, SWATCH.bottom)


def scaled(scale: Scale) -> Block:
    """Explain the colors of an overlay."""
    label, low, high = (
        shorten(visible(word), 200, SMALL) for word in (scale.label, scale.low, scale.high)
    )
    start = width(label, SMALL) + 10
    bar = start + width(low, SMALL) + 6
    end = bar + STEPS * STEP + 6
    words = text(0, 12, label, "note") + text(start, 12, low, "note") + text(end, 12, high, "note")
    return Block(words + "".join(swatches(bar)), end + width(high, SMALL), SWATCH.bottom)


def swatches(left: float) -> Iterator[str]:
    """Give the colors of a scale."""
    for step in range(STEPS):
        place = f'x="{number(left + step * STEP)}" y="1"'
        yield f'<rect class="swatch-{step}" {place} width="{STEP + 0.3}" height="14"/>'
