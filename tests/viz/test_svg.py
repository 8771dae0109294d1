"""``to_svg``: what is in a picture, whatever the names are."""

import json
import re
from dataclasses import replace
from itertools import product
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet.viz.layout.sketch import Geometry, Point, Rect
from graphnet.viz.scene import Box, Card, Change, Kind, Link, Part, Scale, Scene, Way
from graphnet.viz.text import width
from graphnet.viz.writing.cards import HEAD, SMALL
from graphnet.viz.writing.looks import DARK, LIGHT, Palette, style
from graphnet.viz.writing.marks import number, token
from graphnet.viz.writing.ramp import linear, ramp
from graphnet.viz.writing.svg import to_svg
from tests.viz.grids import everything, in_grid

ODD = [
    'a<b&"c"',
    "]]>",
    "a\0b\x1b\ud800\uffff",
    "two\nlines\tand\r a tab",
    "x" * 200,
    "שלום عالم",
    "😀👩‍👩‍👧",
    "a/b.c:d e",
    "a/b:2e:c",
    "",
]


def picture(scene: Scene, geometry: Geometry | None = None) -> ET.Element:
    """Give the picture of a scene, read from its bytes."""
    text = to_svg(scene, geometry or in_grid(scene))
    root = ET.fromstring(text.encode())  # noqa: S314  # own text
    for element in root.iter():
        element.tag = element.tag.removeprefix("{http://www.w3.org/2000/svg}")
    return root


def with_class(root: ET.Element, name: str) -> list[ET.Element]:
    """Give the elements of a class, in order."""
    return [found for found in root.iter() if name in found.get("class", "").split()]


def one(card: Card) -> ET.Element:
    """Give the group of the one card of a picture."""
    (found,) = with_class(picture(Scene("", (card,))), "node")
    return found


def chain(names: list[str]) -> Scene:
    """Give a scene of ops after each other."""
    cards = tuple(Card(name, Kind.OP, name, (name,), members=(name,)) for name in names)
    links = tuple(map(Link, names, names[1:]))
    return Scene("chain", cards, links)


@given(st.lists(st.text(max_size=20), min_size=1, max_size=6, unique=True))
def test_every_card_is_there_once_whatever_its_name(names: list[str]) -> None:
    """In the order of the scene, well-formed, with ids that differ."""
    root = picture(chain(names))
    found = [key_of(node) for node in with_class(root, "node")]
    assert found == names
    ids = [element.get("id") for element in root.iter() if element.get("id") is not None]
    assert len(set(ids)) == len(ids) >= 2 * len(names)


def key_of(node: ET.Element) -> str:
    """Give the name of a card, also one that XML can't hold as it is."""
    members = node.get("data-members")
    return json.loads(members)[0] if members else node.attrib["data-key"]


def test_odd_names_come_back() -> None:
    """Also control characters, halves of characters, white space and 200 characters."""
    root = picture(chain(ODD))
    assert [key_of(node) for node in with_class(root, "node")] == ODD
    tails = [edge.get("data-tail") for edge in with_class(root, "edge")]
    assert tails[:2] == ODD[:2]
    assert tails[3:] == ODD[3:-1]
    titles = [node.findtext("title") for node in with_class(root, "node")]
    assert titles[2:5] == [r"a\x00b\x1b\ud800\uffff", r"two\nlines\tand\r a tab", "x" * 200]


def test_members_of_folded_cards_come_back() -> None:
    """As a JSON list; with how many copies it stands for."""
    card = Card("block", Kind.SCOPE, "block", members=tuple(ODD), copies=4)
    node = one(card)
    assert json.loads(node.attrib["data-members"]) == ODD
    assert node.get("data-copies") == "4"
    assert "\N{MULTIPLICATION SIGN}4" in [text.text for text in node.iter("text")]


def test_facts_are_attributes() -> None:
    """Those of cards and of arrows."""
    scene = Scene(
        "",
        (Card("x", Kind.OP, "tanh", data={"op": "tanh", "Peak bytes": "12"}, about="a\nb"),),
        (Link("x", "x", Way.GRADIENT, "float32[3]", 2, data={"tensor": "x:0", "shape": "[3]"}),),
    )
    root = picture(scene)
    (node,), (edge,) = with_class(root, "node"), with_class(root, "edge")
    assert (node.get("data-op"), node.get("data-peak-bytes")) == ("tanh", "12")
    assert (node.get("data-key"), node.get("data-name")) == ("x", "x")
    assert (node.findtext("title"), node.findtext("desc")) == ("x", "a\nb")
    assert [edge.get(f"data-{name}") for name in ("tail", "head", "slot")] == ["x", "x", "2"]
    assert (edge.get("data-tensor"), edge.get("data-shape")) == ("x:0", "[3]")
    assert edge.get("class") == "edge way-gradient"


def test_classes_say_what_a_card_is() -> None:
    """Kind, part, kept, change, heat."""
    card = Card("x", Kind.WRITE, "assign", (), Part.UPDATE, kept=True)
    assert one(card).get("class") == "node kind-write part-update kept"
    card = Card("x", Kind.OP, "tanh", change=Change.ADDED, heat=0.5)
    assert one(card).get("class") == "node kind-op part-forward change-added hot heat-10"
    assert one(replace(card, heat=7.0)).get("class", "").endswith("hot heat-20")
    assert one(replace(card, heat=float("nan"))).get("class", "").endswith("change-added")


def test_the_picture_tells_about_itself() -> None:
    """Size, roles, title, description, and who found the places."""
    scene = everything()
    root = picture(scene)
    assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
    assert root.get("role") == "graphics-document document"
    assert root.findtext("title") == "all"
    assert "27 nodes on 27 cards" in (root.findtext("desc") or "")
    assert "grid 1.0" in (root.findtext("metadata") or "")
    assert root.get("data-engine") == "grid 1.0"
    assert all(node.find("title") is not None for node in with_class(root, "node"))
    assert [box.get("data-key") for box in with_class(root, "cluster")] == [
        "forward",
        "backward",
        "update",
    ]


def test_everything_lies_on_the_page() -> None:
    """The drawing between the title and the legend, nothing outside."""
    scene = everything()
    places = in_grid(scene)
    root = picture(scene, places)
    blocks = {
        name: [
            float(x) for x in re.findall(r"[\d.]+", with_class(root, name)[0].get("transform", ""))
        ]
        for name in ("heading", "drawing", "legend", "notes")
    }
    tops = [top for _, top in blocks.values()]
    assert tops == sorted(tops)
    assert blocks["legend"][1] >= blocks["drawing"][1] + places.height
    assert float(root.get("width", 0)) >= blocks["drawing"][0] + places.width
    rows = re.findall(r"translate\(0 ([\d.]+)\)", to_svg(scene, places).partition('"legend"')[2])
    assert blocks["notes"][1] >= blocks["legend"][1] + max(map(float, rows)) + 16


def test_the_legend_explains_what_occurs() -> None:
    """And nothing else; of a picture of ops alone there is none."""
    assert not with_class(picture(chain(["a", "b"])), "legend")
    cards = (Card("x", Kind.PLACEHOLDER, "x"), Card("y", Kind.OP, "y", part=Part.BACKWARD))
    scene = Scene("", cards, (Link("x", "y"), Link("x", "y", Way.FAR)))
    keys = with_class(picture(scene), "key")
    assert [key.findtext("text") for key in keys] == [
        "placeholder",
        "op",
        "forward",
        "∂ backward",
        "value",
        "value from afar",
    ]


def test_the_legend_shows_the_scale() -> None:
    """Its ends and its colors."""
    root = picture(replace(chain(["a"]), scale=Scale("time", "1 µs", "2 ms")))
    (legend,) = with_class(root, "legend")
    assert [text.text for text in legend.iter("text")] == ["time", "1 µs", "2 ms"]
    assert len([*legend.iter("rect")]) == 21


def test_shown_text_can_be_shorter_than_the_name() -> None:
    """The whole name is in the title."""
    node = one(Card("x" * 200, Kind.OP, "x" * 200))
    shown = node.findtext("text") or ""
    assert "…" in shown
    assert len(shown) < 60
    assert node.findtext("title") == "x" * 200


def test_labels_are_written_above_lines_and_once() -> None:
    """After all arrows and cards, at the place that the engine found."""
    scene = replace(chain(["a", "b"]), links=(Link("a", "b", label="float32[3]"),))
    (drawing,) = with_class(picture(scene), "drawing")
    assert [group.get("class", "").split()[0] for group in drawing] == [
        "edge",
        "node",
        "node",
        "edge-labels",
    ]
    assert [text.text for text in drawing.iter("text")].count("float32[3]") == 1


def test_badges_of_frames() -> None:
    """Equal blocks that are shown as one."""
    card = Card("blocks/x", Kind.OP, "x", box="blocks")
    root = picture(Scene("", (card,), boxes=(Box("blocks", "blocks", copies=12),)))
    (frame,) = with_class(root, "cluster")
    assert [text.text for text in frame.iter("text")] == ["blocks", "\N{MULTIPLICATION SIGN}12"]
    assert frame.get("data-copies") == "12"


@pytest.mark.parametrize("way", Way)
def test_arrows_end_at_their_heads(way: Way) -> None:
    """The tip is the last point, the line ends behind it."""
    scene = Scene("", (Card("a", Kind.OP, "a"),), (Link("a", "a", way),))
    curve = (Point(10, 0), Point(10, 30), Point(10, 60), Point(10, 90))
    places = Geometry("by hand", 99, 99, {"a": Rect(0, 0, 20, 20)}, {}, (curve,), (None,))
    (edge,) = with_class(picture(scene, places), "edge")
    polygon, path = edge.find("polygon"), edge.find("path")
    assert polygon is not None
    assert path is not None
    assert polygon.get("points", "").startswith("10,90 ")
    end = float(path.get("d", "").rsplit(" ", 1)[1])
    assert 80 <= end < 90


def test_the_same_scene_gives_the_same_bytes() -> None:
    """And other scenes other ids, so that two pictures can be in one page."""
    scene = everything()
    assert to_svg(scene, in_grid(scene)) == to_svg(everything(), in_grid(everything()))
    other = replace(scene, title="another")
    ids = [{element.get("id") for element in picture(each).iter()} for each in (scene, other)]
    assert ids[0] & ids[1] == {None}


def test_a_picture_without_cards() -> None:
    """Is empty, but a picture."""
    assert picture(Scene("nothing", ())).findtext("title") == "nothing"


@given(st.text(), st.text())
def test_ids_of_names_differ(one: str, other: str) -> None:
    """If the names do; they hold no blanks."""
    assert (token(one) == token(other)) == (one == other)
    assert re.fullmatch(r"[A-Za-z0-9_.:-]*", token(one))


def test_styles_hold_for_the_picture_alone() -> None:
    """Every selector begins with its class, for a style in a page holds for the whole page."""
    rules = re.sub(r"@media[^{]*\{|^\}$", "", style(everything(), "own"), flags=re.MULTILINE)
    selectors = re.findall(r"([^{}]+)\{[^{}]*\}", rules.replace("<style>", ""))
    assert len(selectors) > 100
    for selector in ",".join(selectors).split(","):
        assert selector.strip().startswith(".own")


def test_dark_is_for_screens() -> None:
    """Light comes first, for programs that know no queries, and on paper there is only light."""
    light, dark, paper = style(everything()).split("@media")
    assert dark.startswith(" screen and (prefers-color-scheme:dark)")
    assert paper.startswith(" print")
    assert f"fill:{LIGHT.ink}" in light
    assert f"fill:{DARK.ink}" in dark
    assert "#" not in paper


def test_the_style_has_only_what_occurs() -> None:
    """No colors for changes, overlays and arrows that are not there."""
    rules = style(chain(["a", "b"]))
    assert ".part-forward .shape{" in rules
    assert ".way-value path{" in rules
    for name in ("part-update", "change-added .shape{fill", "heat-0", "way-gradient path{stroke:"):
        assert name not in rules


def test_frames_let_arrows_through() -> None:
    """Arrows are below frames, so that no line crosses the label of a frame."""
    card = Card("a/x", Kind.OP, "x", box="a")
    scene = Scene("", (card,), (Link("a/x", "a/x"),), (Box("a", "a"),))
    (drawing,) = with_class(picture(scene), "drawing")
    names = [group.get("class", "").split()[0] for group in drawing]
    assert names == ["edge", "cluster", "node", "edge-labels"]
    assert ".cluster .frame{fill-opacity:.07;stroke-opacity:.45;pointer-events:none}" in style(
        scene
    )


def contrast(one: str, other: str) -> float:
    """Give the contrast of two colors (WCAG 2.2, "contrast ratio")."""
    weights = np.array([0.2126, 0.7152, 0.0722])
    dark, light = sorted(float(linear(color) @ weights) for color in (one, other))
    return (light + 0.05) / (dark + 0.05)


def fills(palette: Palette) -> list[str]:
    """Give what texts stand on."""
    tones = [*palette.parts.values(), *palette.changes.values()]
    return [palette.paper, *(color for tone in tones for color in (tone.fill, tone.deep))]


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_texts_can_be_read(palette: Palette) -> None:
    """Contrasts are those of WCAG 2.2, level AA: 4.5 for texts, 3 for borders and arrows."""
    for ink, fill in product((palette.ink, palette.dim), fills(palette)):
        assert contrast(ink, fill) >= 4.5
    for fill in palette.heat:
        assert contrast(palette.hot, fill) >= 4.5
    tones = [*palette.parts.values(), *palette.changes.values()]
    for tone in tones:  # white or black on badges and signs
        assert contrast(palette.paper, tone.line) >= 4.5
    for tone in [tone for tone in tones if tone is not palette.parts[Part.FORWARD]]:
        assert min(contrast(tone.line, tone.fill), contrast(tone.line, tone.deep)) >= 4.5
    for way, color in palette.ways.items():
        assert way is Way.FAR or contrast(color, palette.paper) >= 3


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_heat_can_be_told_without_hue(palette: Palette) -> None:
    """Each step is darker than the one before, or lighter in the dark, by about as much."""
    light = [contrast(color, "#000000") for color in palette.heat]
    steps = np.diff(light)
    assert (steps < 0).all() if palette is LIGHT else (steps > 0).all()


def test_ramps_are_even() -> None:
    """In lightness, from black to white; and through all the colors that are given."""
    grays = ramp(("#000000", "#ffffff"), 5)
    assert [int(gray[1:3], 16) for gray in grays] == [0x00, 0x22, 0x63, 0xAE, 0xFF]
    assert ramp(("#102030", "#a0b0c0", "#ff0000"), 201)[0] == "#102030"
    assert ramp(("#102030", "#a0b0c0", "#ff0000"), 201)[-1] == "#ff0000"


@pytest.mark.parametrize(
    ("words", "held"), [("encoder/b…softmax", True), ("naïve", True), ("слой", False)]
)
def test_texts_keep_to_their_cards_in_any_font(words: str, *, held: bool) -> None:
    """What is shortened is as wide as its card; scripts of unknown widths are left alone."""
    scene = Scene("", (Card("a", Kind.OP, "a", (words,)),))
    (line,) = [each for each in picture(scene).iter("text") if each.text == words]
    assert (line.get("textLength") == number(width(words, SMALL))) is held


def test_what_stands_beside_a_headline_does_not_touch_it() -> None:
    """In any font: a headline with a badge is as wide as it was thought to be."""
    cards = [
        Card(str(copies), Kind.OP, "tanh", ("a rather long line below",), copies=copies)
        for copies in (1, 3)
    ]
    lines = [each for each in picture(Scene("", tuple(cards))).iter("text") if each.text == "tanh"]
    wide = number(width("tanh", HEAD, bold=True))
    assert [line.get("textLength") for line in lines] == [None, wide]
