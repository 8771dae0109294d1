"""``to_dot``: scenes in the DOT language."""

import json
import re
from dataclasses import replace

import pytest

from graphnet.errors import DependencyError
from graphnet.viz.layout.engines import lay_out
from graphnet.viz.layout.programs import MissingError, dot_version, run_dot
from graphnet.viz.scene import Box, Card, Change, Kind, Link, Part, Scale, Scene, Way, boxes_around
from graphnet.viz.writing.cards import to_sketch
from graphnet.viz.writing.dot import to_dot
from graphnet.viz.writing.looks import LIGHT
from graphnet.viz.writing.marks import token
from tests.viz.layout.sketches import ODD
from tests.viz.scenes import net


def text(scene: Scene) -> str:
    """Give a scene in the DOT language."""
    return to_dot(scene, to_sketch(scene))


def line(scene: Scene, begin: str) -> str:
    """Give the line of the text that begins so."""
    (found,) = [one for one in text(scene).splitlines() if one.strip().startswith(begin)]
    return found


def words(found: str) -> str:
    """Give what a label says, a bar between the lines."""
    label = re.search(r"label=<(.*?)> [a-z]+=", found)
    assert label
    return re.sub(r"<[^>]*>", "", label[1].replace("<BR/>", "|"))


def everything() -> Scene:
    """Give a scene with all there is: kinds, parts, changes, ways, copies and heat."""
    cards = [Card(kind.name, kind, kind.value, ("more",), box="kinds") for kind in Kind]
    cards += [Card(part.name, Kind.OP, "op", part=part, box="parts") for part in Part]
    cards += [Card(change.name, Kind.OP, "op", change=change) for change in Change]
    cards += [Card(f"heat {heat}", Kind.OP, "op", heat=heat) for heat in (0.0, 1.0, float("nan"))]
    cards.append(Card("many", Kind.SCOPE, "block", copies=3, kept=True))
    links = [Link("PLACEHOLDER", "OP", way, "float32[]", slot) for slot, way in enumerate(Way)]
    links += [Link("many", change.name, change=change) for change in Change]
    boxes = (Box("kinds", "kinds", copies=2), Box("parts", "parts", change=Change.REMOVED))
    return Scene("all there is", tuple(cards), tuple(links), boxes)


def objects(written: str) -> dict[str, dict[str, str]]:
    """Give what Graphviz reads, by id, or skip the test where it is missing."""
    try:
        dot_version()
    except MissingError as error:
        pytest.skip(str(error))
    read = json.loads(run_dot(written, "json0", patience=60))
    return {found["id"]: found for found in read["objects"] + read.get("edges", [])}


def test_cards_say_what_the_svg_says() -> None:
    """Mark, headline, copies and details; the form, and sizes in inches of 72 pixels."""
    card = Card("c", Kind.OP, "matmul", ("a < b", "& more"), Part.BACKWARD, copies=3)
    scene = Scene("", (card,))
    found = line(scene, '"c"')
    assert words(found) == "∂ matmul \N{MULTIPLICATION SIGN}3|a &lt; b|&amp; more"
    spot = to_sketch(scene).spots["c"]
    assert float(re.findall(r'width="([\d.]+)"', found)[0]) * 72 == pytest.approx(
        spot.width, abs=0.1
    )
    assert "fixedsize" in text(scene)
    assert LIGHT.parts[Part.BACKWARD].line in found
    assert 'shape="cylinder"' in line(Scene("", (Card("w", Kind.VARIABLE, "w"),)), '"w"')


def test_arrows_look_as_what_they_stand_for() -> None:
    """Each way differs from all others, and a change from none."""
    cards = (Card("a", Kind.OP, "a"), Card("b", Kind.OP, "b"))
    looks = set()
    for way in Way:
        found = line(Scene("", cards, (Link("a", "b", way),)), '"a" ->')
        looks.add(re.sub(r' (tooltip|class)="[^"]*"', "", found))
    assert len(looks) == len(Way)
    added = Scene("", cards, (Link("a", "b", change=Change.ADDED),))
    assert LIGHT.changes[Change.ADDED].line in line(added, '"a" ->')


def test_boxes_are_clusters() -> None:
    """Nested as scopes are, with their labels."""
    scene = net("x", "outer/inner/tanh x", "outer/exp outer/inner/tanh")
    lines = [one.strip() for one in text(scene).splitlines()]
    outer, inner = (
        lines.index(f'subgraph "cluster_{path}" {{') for path in ("outer", "outer/inner")
    )
    (tanh,) = [place for place, one in enumerate(lines) if one.startswith('"outer/inner/tanh" [')]
    assert outer < inner < tanh
    assert "<B>inner</B>" in lines[inner + 1]


def test_the_title_stands_above() -> None:
    """As the label of the graph; a scene without a title has none."""
    assert "<B>a &lt; b</B>" in line(replace(net("x"), title="a < b"), "graph [")
    assert "label=" not in line(replace(net("x"), title=""), "graph [")


def test_notes_and_scale_stand_below_the_title() -> None:
    """As in the SVG: what colors mean, and what is not shown; there need be no title."""
    scale = Scale("bytes, logarithmic", "2.0 KiB", "1.5 MiB")
    scene = replace(net("x"), title="a < b", notes=("first & last", "long " * 40), scale=scale)
    found = line(scene, "graph [")
    label = re.search(r"label=<(.*)> labelloc", found)
    assert label
    shown = re.findall(r">([^<>]+)<", label[1])
    assert shown[:5] == [
        *("a &lt; b", "bytes, logarithmic  ", "2.0 KiB ", " 1.5 MiB", "first &amp; last")
    ]
    assert len(shown) > 6
    assert "".join(shown[5:]).count("long") == 40
    assert re.findall(r'BGCOLOR="(.*?)"', found) == list(LIGHT.heat)
    assert objects(text(scene))
    untitled = line(replace(scene, title="", scale=None, notes=("only",)), "graph [")
    assert re.search(r"label=<<FONT [^>]*>only</FONT>>", untitled)


@pytest.mark.parametrize("suffix", ["png", "pdf"])
def test_pictures_grow_with_what_is_above_them(suffix: str) -> None:
    """Notes and scale are in PNG and PDF, and what is laid out has the room that it had."""
    scene = net("x", "tanh x")
    more = replace(scene, notes=("a note",) * 9, scale=Scale("time", "0 ns", "2 ms"))
    sketch = to_sketch(scene)
    geometry = lay_out(sketch, "layered")
    try:
        sizes = [
            size(run_dot(to_dot(each, sketch, geometry), suffix, patience=60))
            for each in (scene, more)
        ]
    except MissingError as error:
        pytest.skip(str(error))
    (wide, high), (wider, higher) = sizes
    assert wider >= wide
    assert higher > high + 9 * 10


def size(picture: bytes) -> tuple[float, float]:
    """Give width and height of a PNG or a PDF of one page."""
    if picture.startswith(b"%PDF"):
        box = re.search(rb"/MediaBox *\[ *0 0 ([\d.]+) ([\d.]+)", picture)
        assert box
        return float(box[1]), float(box[2])
    return int.from_bytes(picture[16:20], "big"), int.from_bytes(picture[20:24], "big")


def test_graphviz_reads_all_there_is() -> None:
    """Without a warning that could mean a lost attribute, every card, box and arrow once."""
    scene = everything()
    found = objects(text(scene))
    assert len(found) == len(scene.cards) + len(scene.boxes) + len(scene.links)
    assert {one["name"] for name, one in found.items() if name.startswith("node-")} == {
        card.key for card in scene.cards
    }


def test_odd_names_survive() -> None:
    """Whatever is in a name, Graphviz reads as many cards, boxes and arrows as there are."""
    cards = tuple(Card(name, Kind.OP, name, (name,), box=name, about=name) for name in ODD)
    links = tuple(Link(ODD[0], name, label=name) for name in ODD[1:])
    scene = Scene(ODD[0], cards, links, tuple(Box(name, name) for name in ODD if name))
    found = objects(text(scene))
    assert len(found) == len(ODD) + len(ODD) - 1 + len(links)


@pytest.mark.parametrize("engine", ["dot", "layered"])
def test_places_are_kept(engine: str) -> None:
    """With places, Graphviz draws the picture as the engine has laid it out."""
    scene = net("x", "outer/inner/tanh x", "outer/exp outer/inner/tanh", "outer/add outer/exp x")
    sketch = to_sketch(scene)
    try:
        geometry = lay_out(sketch, engine)
    except DependencyError as error:
        pytest.skip(str(error))
    found = objects(to_dot(scene, sketch, geometry))
    moved = set()
    for key, (left, top, right, bottom) in geometry.spots.items():
        x, y = map(float, found[f"node-{token(key)}"]["pos"].split(","))
        moved.add((round(x - (left + right) / 2), round(y + (top + bottom) / 2)))
    assert len(moved) == 1
    for place in range(len(scene.links)):
        tip, *line = found[f"edge-{place}"]["pos"].split()
        assert tip.startswith("e,")
        assert len(line) % 3 == 1


def test_texts_have_no_characters_that_cannot_be_seen() -> None:
    """A line of the text is a line of the language, and UTF-8 can hold it."""
    scene = Scene("\x00\n", (Card("a\n\ud800", Kind.OP, "\x1b", about="one\ntwo\x07"),))
    written = text(scene)
    written.encode()
    assert len(written.splitlines()) == 6
    assert 'tooltip="one\\ntwo\\\\x07"' in written


def test_boxes_of_folded_scopes() -> None:
    """What ``boxes_around`` gives is what clusters are made of."""
    card = Card("a/b/c", Kind.SCOPE, "c", box="a/b")
    scene = Scene("", (card,), (), boxes_around([card]))
    assert text(scene).count("subgraph") == 2


def test_colored_cards_can_be_read() -> None:
    """Their small lines are as dark as the large ones."""
    details = ("200 KiB",)
    cards = tuple(
        Card(key, Kind.OP, "op", details, heat=heat)
        for key, heat in (("plain", None), ("hot", 1.0))
    )
    scene = Scene("any", cards)
    plain, hot = (
        line for line in to_dot(scene, to_sketch(scene)).splitlines() if "200 KiB" in line
    )
    assert LIGHT.dim in plain
    assert LIGHT.dim not in hot
