"""Pieces of the picture of a plan's memory: values as rectangles, and the columns they stand in."""

from collections.abc import Iterable, Iterator

from graphnet.compiler.steps import Block
from graphnet.compiler.steps import Part as PartOfWhole
from graphnet.ir.tensor import Tensor
from graphnet.ir.units import size_text
from graphnet.viz.layout.sketch import Rect
from graphnet.viz.plans.lifetimes import Life, Lifetimes
from graphnet.viz.plans.moments import parts_of_plan
from graphnet.viz.plans.places import place_text
from graphnet.viz.scene import Part, Way
from graphnet.viz.text import shorten, visible, width
from graphnet.viz.views.nodes import spec_facts
from graphnet.viz.writing.looks import DARK, LIGHT, Palette, sheet
from graphnet.viz.writing.marks import attributes, number, spoken, text

__all__ = ["LEFT", "SMALL", "Columns", "box", "line", "link", "memory_style"]

SMALL = 10.0
"""Size of the text."""

LEFT = 74.0
"""Room for the numbers at the left."""

NARROW, WIDE = 640.0, 1500.0
"""How wide all columns are together, at least and at most."""

COLUMN = 30.0
"""How wide a column would like to be."""

SHORTEST = 5
"""Characters of a name that say nothing any more."""

DOTTED = 12.0
"""How wide a step must be for a dot where memory is taken over."""

GAP = 0.5
"""Between a rectangle and its column, so that neighbors can be told apart."""


class Columns:
    """Where the steps stand, and what is known about each value.

    Args:
        times: The lives of the values.

    Attributes:
        column: The width of a step.
        width: The width of all steps, and of the numbers at their left.
    """

    def __init__(self, times: Lifetimes) -> None:
        self.times = times
        self.column = min(max(COLUMN, NARROW / times.end), WIDE / times.end)
        self.width = LEFT + self.column * times.end
        self.parts = parts_of_plan(times.plan)
        self.views: dict[Tensor, list[Life]] = {}
        for life in times.lives:
            if life.is_view:
                self.views.setdefault(life.root, []).append(life)

    def left(self, moment: int) -> float:
        """Give where the column of a moment begins."""
        return LEFT + (moment - 1) * self.column

    def rect(self, life: Life, top: float, bottom: float) -> Rect:
        """Give the rectangle of a life, between two heights."""
        return Rect(self.left(life.start), top, self.left(life.stop + 1), max(bottom, top + 1))

    def hollow(self) -> set[Tensor]:
        """Give the values of the arena that others stand in."""
        places = [life.place for life in self.times.lives if life.offset is not None]
        return {place.whole for place in places if isinstance(place, PartOfWhole)}

    def links(self, placed: Iterable[tuple[Life, Rect]]) -> Iterator[str]:
        """Give the marks where values take over memory from others."""
        for life, rect in placed:
            if life.heir is not None:
                yield link(rect, self.column)

    def draw(self, life: Life, rect: Rect, *, hollow: bool = False) -> Iterator[str]:
        """Give a value as a rectangle, with a line for each of its views.

        Args:
            life: The life of the value.
            rect: Where it stands.
            hollow: Whether other values stand inside.
        """
        part = self.parts.get(life.value.node, Part.FORWARD).value
        look = f"life part-{part}" + (" hollow" if hollow else "")
        inside = [] if hollow else words(life, rect)
        yield group(look, life, box(rect, "shape", GAP) + "".join(inside))
        for place, view in enumerate(self.views.get(life.value, ())):
            down = max(rect.bottom - 1 - 2 * place, rect.top + 0.5)
            start, stop = self.left(view.start), self.left(view.stop + 1)
            yield group("life view way-view", view, line(start, down, stop, down))


def group(look: str, life: Life, drawn: str) -> str:
    """Give what stands for a value, with what readers and programs find there."""
    value, place = life.value, place_text(life.place)
    data = {
        "name": value.name,
        "op": value.node.op.name,
        **spec_facts(value),
        "source": str(value.node.site),
        "place": place,
        "start": str(life.start),
        "stop": str(life.stop),
    }
    about = [str(value.spec), place, f"steps {life.start} to {life.stop}"]
    if life.heir is not None:
        data["heir"] = life.heir.name
        about.append(f"then its memory is that of {life.heir.name}")
    names = {"class": look, **{f"data-{name}": found for name, found in data.items()}}
    return f"<g{attributes(names)}>{spoken(value.name, chr(10).join(about))}{drawn}</g>"


def words(life: Life, rect: Rect) -> Iterator[str]:
    """Give the name of a value and its size, as far as they fit."""
    room, high = rect.right - rect.left - 6, rect.bottom - rect.top
    name = fitting(visible(life.value.name), room)
    size = "" if isinstance(life.place, Block) else size_text(life.nbytes)
    if not name or high < SMALL + 1:
        return
    middle, center = (rect.left + rect.right) / 2, (rect.top + rect.bottom) / 2 + SMALL * 0.35
    both = f"{name}  {size}".rstrip()
    if width(both, SMALL) <= room:
        yield text(middle, center, both)
    elif high >= 2.4 * SMALL and width(size, SMALL) <= room:
        yield text(middle, center - SMALL * 0.6, name)
        yield text(middle, center + SMALL * 0.6, size)
    else:
        yield text(middle, center, name)


def fitting(name: str, room: float) -> str:
    """Give a name as far as it fits: all of it, its last part, or what tells enough of that."""
    own = name.rpartition("/")[2]
    for candidate in (name, own):
        if width(candidate, SMALL) <= room:
            return candidate
    short = shorten(own, room, SMALL)
    return short if len(short) > SHORTEST else ""


def link(rect: Rect, column: float) -> str:
    """Give the mark where another value takes over memory, at the right of the one before."""
    middle, reach = (rect.top + rect.bottom) / 2, min(rect.bottom - rect.top, 14) / 2
    bar = line(rect.right, middle - reach, rect.right, middle + reach)
    if column < DOTTED or reach < 3:
        return f'<g class="takeover thin">{bar}</g>'
    dot = f'<circle class="dot" cx="{number(rect.right)}" cy="{number(middle)}" r="2.5"/>'
    return f'<g class="takeover">{bar}{dot}</g>'


def box(rect: Rect, name: str, gap: float = 0.0) -> str:
    """Give a rectangle."""
    wide = max(rect.right - rect.left - 2 * gap, 0.6)
    size = f'width="{number(wide)}" height="{number(rect.bottom - rect.top)}"'
    return f'<rect class="{name}" x="{number(rect.left + gap)}" y="{number(rect.top)}" {size}/>'


def line(left: float, top: float, right: float, bottom: float, name: str = "") -> str:
    """Give a line."""
    look = f' class="{name}"' if name else ""
    ends = f"M{number(left)} {number(top)}L{number(right)} {number(bottom)}"
    return f'<path{look} d="{ends}"/>'


FORM = {
    ".life .shape": "stroke-width:.8",
    ".hollow .shape": "fill-opacity:.35;stroke-dasharray:4 2",
    ".view path": "fill:none;stroke-width:1.5",
    ".takeover path": "stroke-width:2",
    ".thin path": "stroke-width:1",
    ".grid path": "stroke-width:.6;fill:none",
    ".held": "fill:none;stroke-width:1.6",
    ".busy": "fill:none;stroke-width:1;stroke-dasharray:4 3",
    ".column": "fill-opacity:0",
    ".step:hover .column": "fill-opacity:.12",
    ".left text,.left": "text-anchor:start",
    ".right text": "text-anchor:end",
}
"""What is the same in light and dark, by selector."""


def colors(palette: Palette) -> Iterator[tuple[str, str]]:
    """Give the looks that depend on the palette, by selector."""
    yield ".grid path", f"stroke:{palette.ways[Way.FAR]}"
    yield ".takeover path", f"stroke:{palette.ways[Way.INPLACE]}"
    yield ".takeover .dot", f"fill:{palette.ways[Way.INPLACE]}"
    yield ".used", f"fill:{palette.parts[Part.FORWARD].deep}"
    yield ".held", f"stroke:{palette.ink}"
    yield ".busy", f"stroke:{palette.dim}"
    yield ".peak", f"fill:{palette.ink}"
    yield ".column", f"fill:{palette.dim}"
    yield ".arena .life text,.band .life text", f"fill:{palette.ink}"


def memory_style(scope: str) -> str:
    """Give the rules that other pictures do not need.

    Args:
        scope: A class of the picture; one that no other picture in a page has.
    """
    rules = [
        *sheet(FORM.items(), scope),
        *sheet(colors(LIGHT), scope),
        "@media screen and (prefers-color-scheme:dark){",
        *sheet(colors(DARK), scope),
        "}",
    ]
    return "<style>\n" + "\n".join(rules) + "\n</style>"
