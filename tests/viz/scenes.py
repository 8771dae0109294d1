"""Scenes made by hand, and scenes as text."""

import re
from collections.abc import Iterator
from textwrap import dedent

from hypothesis import strategies as st

from graphnet.viz.scene import Box, Card, Kind, Link, Part, Scene, Way, boxes_around

SOURCES = {"x": Kind.PLACEHOLDER, "w": Kind.VARIABLE}


def net(*lines: str, far: tuple[str, ...] = ()) -> Scene:
    """Give a scene of lines as ``dense/matmul x dense/w``: a node, then what it is made of.

    The op is the last label without its number; ``x`` and ``w`` are sources. Lines whose nodes
    are in ``far`` take their operands from afar.
    """
    cards, links = [], []
    for line in lines:
        name, *operands = line.split()
        cards.append(card(name))
        way = Way.FAR if name in far else Way.VALUE
        for slot, operand in enumerate(operands):
            data = {"tensor": operand, "bytes": "4"}
            label = "" if card(operand).kind in SOURCES.values() else "float32[]"
            links.append(Link(operand, name, way, label, slot, data=data))
    return Scene("net", tuple(cards), tuple(links), boxes_around(cards))


def card(name: str) -> Card:
    """Give the card of a node."""
    box, _, own = name.rpartition("/")
    op = re.sub(r"_?\d+$", "", own)
    kind = SOURCES.get(op, Kind.OP)
    part = Part.BACKWARD if name.startswith("gradients/") else Part.FORWARD
    data = {"name": name, "op": op, "shape": "[]", "dtype": "float32", "bytes": "4"}
    if kind is Kind.VARIABLE:
        data |= {"op": "variable", "parameters": "1"}
    headline = op if kind is Kind.OP else own
    return Card(name, kind, headline, (), part, box, (name,), data=data)


def chain(count: int, *unit: str, first: str = "x", last: str = "mean") -> Scene:
    """Give a chain of equal blocks ``b1``, ``b2``, ...: each of the ops of ``unit``."""
    lines, before = [first], first
    for number in range(1, count + 1):
        for op in unit:
            lines.append(f"b{number}/{op} {before}")
            before = f"b{number}/{op}"
    return net(*lines, f"{last} {before}")


def check(scene: Scene, picture: str) -> None:
    """Compare a scene with a picture of it."""
    assert text_of(scene) == dedent(picture).strip()


def text_of(scene: Scene) -> str:
    """Give what a picture shows: its boxes with their cards, and its arrows."""
    return "\n".join([*contents(scene, "", ""), *map(arrow, scene.links)])


def contents(scene: Scene, path: str, indent: str) -> Iterator[str]:
    """Give what is in a box; scenes of tests are not deep."""
    for each in scene.cards:
        if each.box == path:
            folded = f" ({len(each.members)})" if each.kind is Kind.SCOPE else ""
            yield f"{indent}{each.headline}{folded}{times(each)}"
    for box in scene.boxes:
        if box.box == path:
            yield f"{indent}[{box.label}]{times(box)}"
            yield from contents(scene, box.key, f"{indent}  ")


def times(what: Card | Box) -> str:
    """Give how many copies there are."""
    return f" x{what.copies}" if what.copies > 1 else ""


def arrow(link: Link) -> str:
    """Give an arrow."""
    way = "" if link.way is Way.VALUE else f" {link.way.name.lower()}"
    return f"{link.tail} -> {link.head}{way} {link.label}".rstrip()


LABELS = st.sampled_from(["a", "b", "b_1", 'a<b&"c"', "é 世", "x" * 200, "1", ":", "a b\n"])


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Give any scene: odd names, scopes, arrows in all directions."""
    paths = draw(st.lists(st.lists(LABELS, max_size=4).map("/".join), min_size=1, max_size=14))
    cards = [
        Card(
            f"{path}/{number}" if path else str(number),
            draw(st.sampled_from([Kind.OP, Kind.VARIABLE, Kind.PLACEHOLDER, Kind.WRITE])),
            draw(st.sampled_from(["add", "tanh"])),
            part=draw(st.sampled_from(Part)),
            box=path,
            members=(f"{path}/{number}" if path else str(number),),
        )
        for number, path in enumerate(paths)
    ]
    return Scene("any", tuple(cards), tuple(draw(arrows(cards))), boxes_around(cards))


@st.composite
def repeated(draw: st.DrawFn) -> Scene:
    """Give a scene in which units of some cards and scopes follow each other."""
    unit = draw(st.lists(st.tuples(LABELS, st.sampled_from("pqr")), min_size=1, max_size=4))
    own = draw(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=4))
    scoped = draw(st.booleans())
    cards: list[Card] = []
    links: list[Link] = []
    for copy in range(draw(st.integers(2, 6))):
        units = f"u{copy}" if scoped else ""
        start = len(cards)
        for place, (label, op) in enumerate(unit):
            box = "/".join(filter(None, [units, f"{label}{place}" if scoped else ""]))
            key = f"{box}/{op}{copy}.{place}"
            cards.append(Card(key, Kind.OP, op, box=box, members=(key,)))
        links += [
            Link(cards[start + tail].key, cards[start + head].key)
            for tail, head in own
            if max(tail, head) < len(unit)
        ]
        if start:
            links.append(Link(cards[start - 1].key, cards[start].key))
    links += draw(arrows(cards, most=2))
    return Scene("repeated", tuple(cards), tuple(links), boxes_around(cards))


def arrows(cards: list[Card], most: int = 20) -> st.SearchStrategy[list[Link]]:
    """Give arrows between some cards."""
    keys = st.sampled_from([each.key for each in cards])
    ways = st.sampled_from([*Way, Way.VALUE, Way.VALUE, Way.VALUE])
    return st.lists(
        st.builds(Link, keys, keys, ways, st.sampled_from(["", "int8[]"]), st.integers(0, 2)),
        max_size=most,
    )
