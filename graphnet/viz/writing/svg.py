"""From a scene and places to SVG.

One writer for all engines. The picture needs no script and refers to nothing outside of it. Its
text is text, its groups have classes and ``data-`` attributes, its look follows the viewer's, light
or dark. Titles and descriptions are for people who hear pictures (WAI-ARIA Graphics Module).
"""

from collections import Counter
from collections.abc import Iterator
from html import escape

from graphnet.viz.layout.sketch import Geometry
from graphnet.viz.scene import Scene
from graphnet.viz.writing.cards import link_label
from graphnet.viz.writing.legend import Block, legend, notes, title
from graphnet.viz.writing.looks import ROOT, style
from graphnet.viz.writing.marks import attributes, digest, number, plain, spoken
from graphnet.viz.writing.pieces import cluster, edge, edge_label, edge_token, node

__all__ = ["to_svg"]

MARGIN = 16.0
"""Around all, in pixels."""

NARROWEST = 360.0
"""Room that titles, legends and notes may take at least, in pixels."""


def to_svg(scene: Scene, geometry: Geometry) -> str:
    """Give the picture of a scene, as a file or to be put into a page.

    Args:
        scene: What it shows.
        geometry: Where everything lies, for the sketch of the scene.

    Example:
        >>> from graphnet.viz.layout.sketch import Rect
        >>> from graphnet.viz.scene import Card, Kind
        >>> scene = Scene("one op", (Card("tanh", Kind.OP, "tanh"),))
        >>> place = Geometry("by hand", 60, 40, {"tanh": Rect(0, 0, 60, 40)}, {}, (), ())
        >>> print(to_svg(scene, place).partition(" class=")[0])
        <svg xmlns="http://www.w3.org/2000/svg"
    """
    prefix = f"g{digest(scene.title)}"  # the same as long as the title is
    look = f"g{digest(repr((scene, geometry.engine)))}"  # that of no other picture in the page
    room = max(geometry.width, NARROWEST)
    above = title(scene, room)
    below = [legend(scene, room), notes(scene, room)]
    wide = max([geometry.width, *(block.width for block in (above, *below))])
    page = Page(wide)
    page.add(above, 10)
    drawing = Block("\n".join(drawn(scene, geometry, prefix)), geometry.width, geometry.height)
    page.add(drawing, 18, name="drawing", left=(wide - geometry.width) / 2)
    page.add(below[0], 6, name="legend")
    page.add(below[1], 0, name="notes")
    engine = escape(plain(geometry.engine))
    names = {
        "xmlns": "http://www.w3.org/2000/svg",
        "class": f"{ROOT} {look}",
        "id": prefix,
        "role": "graphics-document document",
        **page.size(),
        "data-engine": geometry.engine,
        "data-generator": "graphnet",
    }
    return "\n".join(
        [
            f"<svg{attributes(names)}>",
            spoken(scene.title or "graph", summary(scene)),
            f"<metadata>Drawn by graphnet; places by {engine}.</metadata>",
            style(scene, look),
            *page.lines(),
            "</svg>\n",
        ]
    )


class Page:
    """Blocks below each other.

    Args:
        width: What the widest block needs.
    """

    def __init__(self, width: float) -> None:
        self.width = width
        self.down = MARGIN
        self.blocks: list[str] = []

    def add(self, block: Block, gap: float, name: str = "heading", left: float = 0) -> None:
        """Add a block, and a gap below it."""
        if block.drawn:
            place = f'transform="translate({number(MARGIN + left)} {number(self.down)})"'
            self.blocks.append(f'<g class="{name}" {place}>\n{block.drawn}\n</g>')
            self.down += block.height + gap

    def size(self) -> dict[str, str]:
        """Give the attributes that say how large the page is."""
        wide, high = number(self.width + 2 * MARGIN), number(self.down + MARGIN)
        return {"width": wide, "height": high, "viewBox": f"0 0 {wide} {high}"}

    def lines(self) -> Iterator[str]:
        """Give the page."""
        size = self.size()
        yield f'<rect class="paper" width="{size["width"]}" height="{size["height"]}"/>'
        yield from self.blocks


def drawn(scene: Scene, geometry: Geometry, prefix: str) -> Iterator[str]:
    """Give arrows, frames, through which they can be seen, cards, and labels on top of all."""
    taken: Counter[str] = Counter()
    for link, points in zip(scene.links, geometry.curves, strict=True):
        name = f"{prefix}-edge-{edge_token(link)}"
        taken[name] += 1
        yield edge(link, points, f"{name}_{taken[name]}" if taken[name] > 1 else name)
    for box in scene.boxes:
        if box.key in geometry.frames:
            yield cluster(box, geometry.frames[box.key], prefix)
    for card in scene.cards:
        yield node(card, geometry.spots[card.key], prefix)
    yield '<g class="edge-labels" aria-hidden="true">'  # arrows say the same to who hears them
    for link, middle in zip(scene.links, geometry.labels, strict=True):
        if middle and link_label(link):
            yield edge_label(link, middle)
    yield "</g>"


def summary(scene: Scene) -> str:
    """Give what a reader who does not see the picture wants to know first."""
    nodes = sum(len(card.members) or 1 for card in scene.cards)
    counts = f"{nodes} nodes on {len(scene.cards)} cards, {len(scene.links)} arrows."
    return "\n".join([counts, *scene.notes])
