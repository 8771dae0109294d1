r"""Sketches in the DOT language, which Graphviz lays out.

What a user is given as DOT is the same text with looks added, so that Graphviz finds the same
places for it. Graphviz counts sizes in inches of 72 points; a point is a pixel here.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

from graphnet.viz.layout.sketch import Edge, Sketch, Spot
from graphnet.viz.text import visible

__all__ = ["ASIDE", "LARGE", "Looks", "frame_names", "quote", "sized", "spot_names", "to_text"]

LARGE = 200
"""Spots of a sketch that Graphviz needs some help with."""

ASIDE = 4.0
"""Added to the widths of labels of edges: Graphviz puts them against the line, in pixels."""

LINE, LETTER = 1.2, 0.6
"""Height of a line, and width of a letter of Courier, with the font size at 1."""


@dataclass(frozen=True)
class Looks:
    """Attributes that change nothing about the layout, by the keys of a sketch.

    Attributes:
        graph: Of the graph.
        spots: Of nodes.
        frames: Of clusters.
        edges: Of edges, in order.
    """

    graph: Mapping[str, str] = field(default_factory=dict)
    spots: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    frames: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    edges: Sequence[Mapping[str, str]] = ()

    def __or__(self, more: "Looks") -> "Looks":
        """Give these and more attributes of the same things."""
        return Looks(
            {**self.graph, **more.graph},
            {key: {**look, **more.spots.get(key, {})} for key, look in self.spots.items()},
            {key: {**look, **more.frames.get(key, {})} for key, look in self.frames.items()},
            [{**one, **two} for one, two in zip(self.edges, more.edges, strict=True)],
        )


def to_text(sketch: Sketch, looks: Looks | None = None) -> str:
    r"""Give a sketch in the DOT language.

    Args:
        sketch: The sketch.
        looks: What is not about sizes; without it everything is empty.

    Example:
        >>> print(to_text(Sketch({'say "x"': Spot(72, 36)}, (), {})))
        digraph graphnet {
          graph [nodesep="0.3" ranksep="0.35"]
          node [shape="box" fixedsize="true" label=""]
          edge [arrowsize="0.8"]
          "say \"x\"" [width="1" height="0.5"]
        }
        <BLANKLINE>
    """
    return "\n".join([*Writer(sketch, looks or Looks()).lines(), ""])


class Writer:
    """Writes a sketch.

    Args:
        sketch: The sketch.
        looks: What is not about sizes.
    """

    def __init__(self, sketch: Sketch, looks: Looks) -> None:
        self.sketch = sketch
        self.looks = looks
        self.spots = spot_names(sketch)
        self.frames = frame_names(sketch)
        self.inside: dict[str, list[str]] = {}
        for key, spot in sketch.spots.items():
            self.inside.setdefault(spot.frame, []).append(key)
        self.inner: dict[str, list[str]] = {}
        for key, frame in sketch.frames.items():
            self.inner.setdefault(frame.frame, []).append(key)

    def lines(self) -> Iterator[str]:
        """Give the lines of the text."""
        yield "digraph graphnet {"
        yield f"  graph {listed({**search(self.sketch), **self.looks.graph})}"
        yield '  node [shape="box" fixedsize="true" label=""]'
        yield '  edge [arrowsize="0.8"]'
        yield from self.content("", "  ")
        for place, edge in enumerate(self.sketch.edges):
            look = self.looks.edges[place] if self.looks.edges else {}
            ends = f"{quote(self.spots[edge.tail])} -> {quote(self.spots[edge.head])}"
            unlabeled = edge.width and "label" not in look
            room = blank(edge.width + ASIDE, edge.height) if unlabeled else {}
            yield f"  {ends} {listed({**wishes(edge), **room, **look})}".rstrip()
        yield "}"

    def content(self, frame: str, indent: str) -> Iterator[str]:
        """Give what is in a frame."""
        for key in self.inside.get(frame, ()):
            sizes = spot_sizes(self.sketch.spots[key])
            known = {**sizes, **self.looks.spots.get(key, {})}
            yield f"{indent}{quote(self.spots[key])} {listed(known)}"
        for key in self.inner.get(frame, ()):
            own = self.sketch.frames[key]
            look = self.looks.frames.get(key) or blank(own.width, own.height)
            yield f"{indent}subgraph {quote(self.frames[key])} {{"
            yield f"{indent}  graph {listed({**look, 'labeljust': 'l'})}"
            yield from self.content(key, f"{indent}  ")
            yield f"{indent}}}"


def spot_names(sketch: Sketch) -> dict[str, str]:
    """Give the names of nodes by their keys."""
    return unique(sketch.spots)


def frame_names(sketch: Sketch) -> dict[str, str]:
    """Give the names of clusters by their keys; Graphviz knows them by how they begin."""
    return {key: f"cluster_{name}" for key, name in unique(sketch.frames).items()}


def unique(keys: Iterable[str]) -> dict[str, str]:
    r"""Give a name that can be seen for every key, with a number where two would be the same.

    Example:
        >>> unique(["two\nlines", r"two\nlines"])
        {'two\nlines': 'two\\nlines', 'two\\nlines': 'two\\nlines#2'}
    """
    found: dict[str, str] = {}
    taken: Counter[str] = Counter()
    for key in keys:
        name = visible(key)
        while taken[name]:
            taken[visible(key)] += 1
            name = f"{visible(key)}#{taken[visible(key)]}"
        taken[name] = 1
        found[key] = name
    return found


def search(sketch: Sketch) -> dict[str, str]:
    """Give distances, and for large graphs limits of the search for the best places."""
    found = {"nodesep": "0.3", "ranksep": "0.35"}
    if len(sketch.spots) > LARGE:
        found |= {"nslimit": "2", "nslimit1": "2", "mclimit": "0.5"}
    return found


def spot_sizes(spot: Spot) -> dict[str, str]:
    """Give the size of a node."""
    return {"width": inches(spot.width), "height": inches(spot.height)}


def wishes(edge: Edge) -> dict[str, str]:
    """Give what an edge wants."""
    found = {}
    if edge.beside and not edge.width:
        found["minlen"] = "0"
    if edge.weight != 1:
        found["weight"] = str(edge.weight)
    return found


def blank(width: float, height: float) -> dict[str, str]:
    """Give a label that takes a room, whatever fonts there are, of letters that are all as wide.

    Not every Graphviz has labels with tables, which could be given a size.
    """
    size = height / LINE
    return {
        "label": "M" * ceil(width / (LETTER * size)),
        "fontname": "Courier",
        "fontsize": f"{size:.2f}",
    }


def sized(content: str, width: float, height: float) -> str:
    """Give an HTML-like label that takes a room of its own, in pixels."""
    room = f'FIXEDSIZE="TRUE" WIDTH="{round(width)}" HEIGHT="{round(height)}"'
    table = f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" {room}>'
    return f"<{table}<TR><TD>{content}</TD></TR></TABLE>>"


def inches(pixels: float) -> str:
    """Give a length for Graphviz."""
    return f"{pixels / 72:.4f}".rstrip("0").rstrip(".")


def listed(values: Mapping[str, str]) -> str:
    """Give a list of attributes, or nothing; labels in angle brackets stay as they are."""
    pairs = (
        f"{name}={text if name == 'label' and text.startswith('<') else quote(text)}"
        for name, text in values.items()
    )
    return f"[{' '.join(pairs)}]" if values else ""


def quote(text: str) -> str:
    r"""Give a string of the DOT language that stands for a text as it is.

    Example:
        >>> print(quote('a "b"\nc\\'))
        "a \"b\"\nc\\"
    """
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{quoted}"'
