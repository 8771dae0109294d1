"""How pictures look: colors for light and dark, and the style sheet made of them.

The hue of a card says what it is there for, its form what it is. Every rule begins with a class of
the picture, because the styles of an SVG in a page hold for the whole page. There are no variables
in the sheet: many programs that show or print SVG know none.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from graphnet.viz.scene import Box, Card, Change, Link, Part, Scene, Way
from graphnet.viz.writing.ramp import ramp

__all__ = ["DARK", "LIGHT", "ROOT", "STEPS", "Palette", "Tone", "changes_in", "sheet", "style"]

ROOT = "graphnet"
"""Class of the picture."""

FONT = "Helvetica,Arial,'Liberation Sans','Nimbus Sans',sans-serif"

STEPS = 21
"""Colors of the scale of an overlay."""


class Tone(NamedTuple):
    """Colors of a card: of ops, of what stands for data, and of borders."""

    fill: str
    deep: str
    line: str


class Palette(NamedTuple):
    """Colors of a picture.

    Attributes:
        paper: What is behind all.
        ink: Headlines.
        dim: Details.
        parts: Cards, by what they are there for.
        changes: Cards in a difference.
        ways: Arrows.
        heat: Fills of cards in an overlay, from low to high.
        hot: What is written on them.
    """

    paper: str
    ink: str
    dim: str
    parts: Mapping[Part, Tone]
    changes: Mapping[Change, Tone]
    ways: Mapping[Way, str]
    heat: tuple[str, ...]
    hot: str


LIGHT = Palette(
    paper="#ffffff",
    ink="#0f172a",
    dim="#475569",
    parts={
        Part.FORWARD: Tone("#f1f5fc", "#dbe7f9", "#54759f"),
        Part.BACKWARD: Tone("#fff4e8", "#fde3c4", "#9e4c06"),
        Part.UPDATE: Tone("#e9f8f1", "#cbeedd", "#17735a"),
    },
    changes={
        Change.SAME: Tone("#ffffff", "#f8fafc", "#64748b"),
        Change.ADDED: Tone("#ddf6e3", "#ddf6e3", "#157a38"),
        Change.REMOVED: Tone("#fde5e5", "#fde5e5", "#c02626"),
        Change.CHANGED: Tone("#fff1c7", "#fff1c7", "#8c6200"),
    },
    ways={
        Way.VALUE: "#5b6b82",
        Way.GRADIENT: "#9e4c06",
        Way.FAR: "#b6c1cf",
        Way.CONTROL: "#74839a",
        Way.WRITE: "#17735a",
        Way.INPLACE: "#8b3fc4",
        Way.VIEW: "#0b7f95",
    },
    heat=ramp(("#fffdf0", "#ffd980", "#f98b3a", "#ee6a50"), STEPS),
    hot="#0f172a",
)

DARK = Palette(
    paper="#10161f",
    ink="#f1f5f9",
    dim="#b4c0d0",
    parts={
        Part.FORWARD: Tone("#1b2738", "#263b5a", "#7d9fcd"),
        Part.BACKWARD: Tone("#33230f", "#4c3212", "#e39443"),
        Part.UPDATE: Tone("#11302a", "#15463b", "#56c4a0"),
    },
    changes={
        Change.SAME: Tone("#161d28", "#1c2532", "#8596ad"),
        Change.ADDED: Tone("#12371f", "#12371f", "#4bb96c"),
        Change.REMOVED: Tone("#471a1c", "#471a1c", "#f07575"),
        Change.CHANGED: Tone("#403006", "#403006", "#d9a520"),
    },
    ways={
        Way.VALUE: "#8fa0b7",
        Way.GRADIENT: "#e39443",
        Way.FAR: "#465365",
        Way.CONTROL: "#8191a8",
        Way.WRITE: "#56c4a0",
        Way.INPLACE: "#bd86ea",
        Way.VIEW: "#35b3cb",
    },
    heat=ramp(("#1b2029", "#4b2a33", "#8a3524", "#b3470d"), STEPS),
    hot="#ffffff",
)

FORM = {
    "": f"font-family:{FONT};color-scheme:light dark",
    "text": "font-size:10px;text-anchor:middle;white-space:pre",
    ".headline": "font-size:12px;font-weight:bold",
    ".mark": "font-size:12px",
    ".badge-text,.sign-text": "font-size:10px;font-weight:bold",
    ".sign-text": "font-size:12px",
    ".title": "font-size:16px;font-weight:bold",
    ".title,.note": "text-anchor:start",
    ".cluster .headline": "font-size:11px",
    ".cluster .frame": "fill-opacity:.07;stroke-opacity:.45;pointer-events:none",
    ".shape,.trim": "stroke-width:1.2;stroke-linejoin:round",
    ".trim": "fill:none",
    ".kept .shape": "stroke-width:2.8",
    ".edge path,.key path": "fill:none;stroke-width:1.3",
    ".edge-label text,.cluster .headline": "stroke-width:3;paint-order:stroke",
    ".edge-label text,.cluster text,.edge polygon": "stroke-linejoin:round",
    ".way-far path": "stroke-width:.8",
    ".way-control path": "stroke-dasharray:5 3",
    ".way-write path": "stroke-width:2",
    ".way-inplace path": "stroke-width:1.8;stroke-dasharray:9 2 2 2",
    ".way-view path": "stroke-width:1.8;stroke-dasharray:2 2.5",
    ".edge.change-added path,.edge.change-changed path": "stroke-width:2",
    ".change-removed .shape,.change-removed .frame": "stroke-dasharray:5 3",
    ".edge.change-removed path": "stroke-dasharray:5 3",
    ".change-added .shape,.change-changed .shape": "stroke-width:2",
}
"""What is the same in light and dark, by selector."""

PRINT = {".paper": "fill:none", ".edge path": "stroke-width:1"}
"""What is different on paper; colors are those for light."""


def style(scene: Scene, scope: str = ROOT) -> str:
    """Give the style sheet for what occurs in a scene.

    Args:
        scene: The scene.
        scope: A class of the picture; one that no other picture in a page has.
    """
    rules = "\n".join(
        [
            *sheet(FORM.items(), scope),
            *sheet(colors(LIGHT, scene), scope),
            "@media screen and (prefers-color-scheme:dark){",
            *sheet(colors(DARK, scene), scope),
            "}",
            "@media print{",
            *sheet(PRINT.items(), scope),
            "}",
        ]
    )
    return f"<style>\n{rules}\n</style>"


def sheet(rules: Iterable[tuple[str, str]], scope: str = ROOT) -> Iterator[str]:
    """Give the rules, each for what is in elements of a class alone."""
    for selectors, look in rules:
        own = ",".join(f".{scope} {selector}".rstrip() for selector in selectors.split(","))
        yield f"{own}{{{look}}}"


def colors(palette: Palette, scene: Scene) -> Iterator[tuple[str, str]]:
    """Give the looks that depend on the palette, by selector."""
    yield ".paper", f"fill:{palette.paper}"
    yield "text", f"fill:{palette.dim}"
    yield ".headline,.title", f"fill:{palette.ink}"
    yield ".edge-label text,.cluster .headline", f"stroke:{palette.paper}"
    things: list[Card | Box] = [*scene.cards, *scene.boxes]
    parts = {Part.FORWARD, *(thing.part for thing in things)}
    changes = changes_in(scene)
    for part, tone in palette.parts.items():
        if part in parts:
            yield from toned(f".part-{part.value}", tone)
    for change, tone in palette.changes.items():
        if change in changes:
            yield from toned(f".change-{change.name.lower()}", tone)
    yield from arrows(palette, {link.way for link in scene.links}, changes)
    yield ".sign-text,.badge-text", f"fill:{palette.paper}"
    if scene.scale or any(card.heat is not None for card in scene.cards):
        yield from overlay(palette)


def changes_in(scene: Scene) -> set[Change | None]:
    """Give what a difference says about anything in a scene."""
    things: list[Card | Box | Link] = [*scene.cards, *scene.boxes, *scene.links]
    return {thing.change for thing in things}


def overlay(palette: Palette) -> Iterator[tuple[str, str]]:
    """Give the colors of an overlay."""
    for step, color in enumerate(palette.heat):
        yield f".heat-{step} .shape,.swatch-{step}", f"fill:{color}"
    yield ".hot text,.hot .mark", f"fill:{palette.hot}"
    yield ".hot .badge-text,.hot .sign-text", f"fill:{palette.paper}"


def toned(name: str, tone: Tone) -> Iterator[tuple[str, str]]:
    """Give the colors of cards and frames of a class."""
    yield f"{name} .shape", f"fill:{tone.fill};stroke:{tone.line}"
    yield f"{name} .data", f"fill:{tone.deep}"
    yield f"{name} .trim", f"stroke:{tone.line}"
    yield f"{name} .frame", f"fill:{tone.line};stroke:{tone.line}"
    yield f"{name} .badge,{name} .sign", f"fill:{tone.line}"
    yield f"{name} .mark", f"fill:{tone.line}"


def arrows(
    palette: Palette, ways: Collection[Way], changes: Collection[Change | None]
) -> Iterator[tuple[str, str]]:
    """Give the colors of arrows."""
    for way, color in palette.ways.items():
        if way in ways:
            yield from stroked(f".way-{way.name.lower()}", color)
    if Way.GRADIENT in ways:
        yield ".way-gradient polygon", f"fill:{palette.paper}"
    for change, tone in palette.changes.items():
        if change in changes:
            yield from stroked(f".change-{change.name.lower()}", tone.line)


def stroked(name: str, color: str) -> Iterator[tuple[str, str]]:
    """Give the colors of arrows of a class."""
    yield f"{name} path", f"stroke:{color}"
    yield f"{name} polygon", f"fill:{color};stroke:{color}"
