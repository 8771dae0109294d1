"""From scenes to text in the DOT language: for those who go on with Graphviz, and for PNG and PDF.

Sizes are those of the sketch, looks those of the SVG as far as Graphviz has them. Colors have six
digits: Graphviz before 3.0 draws a color of three digits black.
"""

from collections.abc import Iterator, Sequence
from html import escape
from math import isfinite

from graphnet.viz.layout.dot_language import ASIDE, Looks, sized, to_text
from graphnet.viz.layout.sketch import Edge, Geometry, Sketch
from graphnet.viz.scene import Box, Card, Change, Kind, Link, Scene, Way
from graphnet.viz.text import shorten, visible, wrap
from graphnet.viz.writing.cards import HEAD, LABEL, SMALL, Face, box_face, face, link_label
from graphnet.viz.writing.looks import LIGHT, STEPS, Tone
from graphnet.viz.writing.marks import token
from graphnet.viz.writing.placed import places

__all__ = ["to_dot"]

FONT = "Helvetica,Arial,sans-serif"
"""A list, since what is not one Graphviz replaces by fonts of its own choice."""

TITLE = 16
"""Font size of the title, in points."""

NARROWEST = 360.0
"""Room that the title and what is below it may take at least, in points."""

STEP, HIGH = 6, 12
"""Width and height of a color of the scale, in points."""

SHAPES = {
    Kind.PLACEHOLDER: {"shape": "parallelogram"},
    Kind.VARIABLE: {"shape": "cylinder"},
    Kind.CONSTANT: {"shape": "note"},
    Kind.RANDOM: {"shape": "hexagon"},
    Kind.CALL: {"shape": "component"},
    Kind.WRITE: {"shape": "cds"},
    Kind.GROUP: {"shape": "oval"},
    Kind.OP: {"style": "filled,rounded"},
    Kind.SCOPE: {"shape": "box3d"},
}
"""Attributes of nodes by kind."""

DATA = (Kind.PLACEHOLDER, Kind.VARIABLE, Kind.WRITE, Kind.GROUP)
"""Kinds with the deep fill of what is stored or fed."""

WAYS = {
    Way.VALUE: {},
    Way.GRADIENT: {"arrowhead": "onormal"},
    Way.FAR: {"penwidth": "0.6", "arrowsize": "0.6"},
    Way.CONTROL: {"style": "dashed"},
    Way.WRITE: {"penwidth": "2", "arrowhead": "diamond"},
    Way.INPLACE: {"penwidth": "1.8", "style": "dashed"},
    Way.VIEW: {"penwidth": "1.8", "style": "dotted"},
}
"""Attributes of edges by way."""


def to_dot(scene: Scene, sketch: Sketch, geometry: Geometry | None = None) -> str:
    """Give a scene in the DOT language.

    Args:
        scene: The scene.
        sketch: Its sizes; its edges are the links of the scene, in order.
        geometry: Where everything lies. Without it Graphviz finds places of its own.

    Example:
        >>> from graphnet.viz.writing.cards import to_sketch
        >>> scene = Scene("one op", (Card("tanh", Kind.OP, "tanh"),))
        >>> to_dot(scene, to_sketch(scene)).splitlines()[-2].split(" [")[0].strip()
        '"tanh"'
    """
    ends = zip(scene.links, sketch.edges, strict=True)
    looks = Looks(
        graph_look(scene, max(NARROWEST, geometry.width) if geometry else NARROWEST),
        {card.key: card_look(card) for card in scene.cards},
        {box.key: box_look(box) for box in scene.boxes},
        [link_look(link, edge, place) for place, (link, edge) in enumerate(ends)],
    )
    return to_text(sketch, looks | places(sketch, geometry) if geometry else looks)


def graph_look(scene: Scene, room: float) -> dict[str, str]:
    """Give the attributes of the graph, with a label that is no wider than it may be."""
    heading = rows([*title(scene, room), *scales(scene), *notes(scene, room)])
    return {
        **({"label": f"<{heading}>"} if heading else {}),
        "labelloc": "t",
        "outputorder": "edgesfirst",
        "fontname": FONT,
        "bgcolor": LIGHT.paper,
        "pad": "0.2",
    }


def title(scene: Scene, room: float) -> Iterator[str]:
    """Give the lines of the title."""
    for line in wrap(visible(scene.title), room, TITLE, bold=True) if scene.title else ():
        yield html(line, LIGHT.ink, TITLE, bold=True)


def notes(scene: Scene, room: float) -> Iterator[str]:
    """Give the lines of the notes."""
    for note in scene.notes:
        for line in wrap(visible(note), room, SMALL, 4):
            yield html(line, LIGHT.dim, SMALL)


def scales(scene: Scene) -> Iterator[str]:
    """Give the colors of an overlay with what they mean, if there is one."""
    if scene.scale:
        label, low, high = (
            html(shorten(visible(word), NARROWEST / 3, SMALL), LIGHT.dim, SMALL)
            for word in (f"{scene.scale.label}  ", f"{scene.scale.low} ", f" {scene.scale.high}")
        )
        one, all_of_them = (fixed(width, HIGH) for width in (STEP, STEP * STEPS))
        swatches = "".join(f'<TD {one} BGCOLOR="{color}"></TD>' for color in LIGHT.heat)
        bar = table(f"<TR>{swatches}</TR>", all_of_them)  # else it grows with what is around it
        before = "".join(f'<TD ALIGN="RIGHT">{cell}</TD>' for cell in (label, low))
        yield table(f'<TR>{before}<TD>{bar}</TD><TD ALIGN="LEFT">{high}</TD></TR>')


def rows(lines: Sequence[str]) -> str:
    """Give lines below each other; one line as it is."""
    if len(lines) < 2:
        return "".join(lines)
    return table("".join(f"<TR><TD>{line}</TD></TR>" for line in lines))


def table(content: str, size: str = "") -> str:
    """Give a table without lines, of some rows."""
    look = f'BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" {size}'.rstrip()
    return f"<TABLE {look}>{content}</TABLE>"


def fixed(width: int, height: int) -> str:
    """Give the attributes of what is as large whatever is around it."""
    return f'FIXEDSIZE="TRUE" WIDTH="{width}" HEIGHT="{height}"'


def card_look(card: Card) -> dict[str, str]:
    """Give the attributes of a node."""
    tone, fill = colors(card)
    small = LIGHT.dim if card.heat is None else LIGHT.ink  # on strong colors gray is hard to read
    return {
        "label": f"<{'<BR/>'.join(lines(face(card), small)) or ' '}>",
        "fontname": FONT,
        "margin": "0",
        "style": "filled",
        **SHAPES[card.kind],
        "fillcolor": fill,
        "color": tone.line,
        "penwidth": "2.8" if card.kept else "1.2",
        "tooltip": tooltip(card.about or card.key),
        "id": f"node-{token(card.key)}",
        "class": " ".join(["node", f"kind-{card.kind.name.lower()}", f"part-{card.part.value}"]),
    }


def colors(card: Card) -> tuple[Tone, str]:
    """Give the colors of a card, and which of them fills it."""
    tone = LIGHT.changes[card.change] if card.change else LIGHT.parts[card.part]
    if card.heat is not None and isfinite(card.heat):
        return tone, LIGHT.heat[round(min(max(card.heat, 0.0), 1.0) * (STEPS - 1))]
    return tone, tone.deep if card.kind in DATA else tone.fill


def lines(looks: Face, small: str) -> Iterator[str]:
    """Give the lines on a card, the lower ones in the color ``small``."""
    above = [
        html(looks.sign, LIGHT.ink, HEAD, bold=True),
        html(looks.mark, LIGHT.ink, HEAD),
        html(looks.headline, LIGHT.ink, HEAD, bold=True),
        html(looks.badge, LIGHT.dim, SMALL, bold=True),
    ]
    yield " ".join(filter(None, above))
    for line in looks.lines:
        yield html(line, small, SMALL)


def box_look(box: Box) -> dict[str, str]:
    """Give the attributes of a cluster."""
    tone = LIGHT.changes[box.change] if box.change else LIGHT.parts[box.part]
    looks = box_face(box)
    words = " ".join(filter(None, [looks.sign, looks.headline, looks.badge]))
    return {
        "label": sized(html(words, LIGHT.dim, LABEL, bold=True), looks.width, looks.height),
        "fontname": FONT,
        "style": "filled,rounded,dashed" if box.change is Change.REMOVED else "filled,rounded",
        "fillcolor": f"{tone.line}12",
        "color": f"{tone.line}73",
        "tooltip": tooltip(box.key),
        "id": f"cluster-{token(box.key)}",
        "class": f"cluster part-{box.part.value}",
    }


def link_look(link: Link, edge: Edge, place: int) -> dict[str, str]:
    """Give the attributes of an edge."""
    label = link_label(link)
    found = {"color": LIGHT.ways[link.way], **WAYS[link.way]}
    if link.change and link.change is not Change.SAME:
        found |= {"color": LIGHT.changes[link.change].line, "penwidth": "2"}
    if link.change is Change.REMOVED:
        found["style"] = "dashed"
    if label:
        found["label"] = sized(html(label, LIGHT.dim, SMALL), edge.width + ASIDE, edge.height)
        found["fontname"] = FONT
    tensor = link.data.get("tensor", "")
    return found | {
        "tooltip": tooltip(f"{tensor or link.tail} to {link.head}: {link.way.value}"),
        "id": f"edge-{place}",
        "class": f"edge way-{link.way.name.lower()}",
    }


def html(text: str, color: str, size: int, *, bold: bool = False) -> str:
    """Give a text in an HTML-like label; nothing for nothing."""
    if not text:
        return ""
    words = escape(text)
    words = f"<B>{words}</B>" if bold else words
    return f'<FONT POINT-SIZE="{size}" COLOR="{color}">{words}</FONT>'


def tooltip(text: str) -> str:
    """Give a text that Graphviz shows as it is, with references for what looks like one."""
    return "\n".join(map(visible, text.split("\n"))).replace("&", "&amp;")
