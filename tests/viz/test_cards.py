"""Sizes of cards, labels and frames."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet.viz.scene import Box, Card, Change, Kind, Link, Part, Scene, Way, boxes_around
from graphnet.viz.text import width
from graphnet.viz.writing.cards import box_face, face, to_sketch

LONG = "encoder/" + "very_long_name_" * 13


def cards() -> st.SearchStrategy[Card]:
    """Give any card."""
    return st.builds(
        Card,
        key=st.text(),
        kind=st.sampled_from(Kind),
        headline=st.text(max_size=300),
        details=st.lists(st.text(max_size=300), max_size=12).map(tuple),
        part=st.sampled_from(Part),
        copies=st.integers(1, 10**6),
        change=st.sampled_from([None, *Change]),
    )


@given(cards())
def test_everything_fits_on_its_card(card: Card) -> None:
    """Lines, signs and badges, however long the names are."""
    looks = face(card)
    padding = looks.padding.left + looks.padding.right
    assert looks.row <= looks.width - padding + 0.1
    assert all(width(line, 10) <= looks.width - padding + 0.1 for line in looks.lines)
    assert looks.height >= 15 + 13 * len(looks.lines)
    assert looks.width < 400
    assert len(looks.lines) <= 8


def test_signs_marks_and_badges_take_room() -> None:
    """A card with more on it is wider."""
    plain = Card("tanh", Kind.OP, "tanh")
    others = [
        Card("tanh", Kind.OP, "tanh", part=Part.BACKWARD),
        Card("tanh", Kind.OP, "tanh", change=Change.ADDED),
        Card("tanh", Kind.OP, "tanh", copies=3),
        Card("tanh", Kind.SCOPE, "tanh"),
    ]
    assert all(face(other).width > face(plain).width + 5 for other in others)
    assert face(Card("tanh", Kind.OP, "tanh", change=Change.SAME)).width == face(plain).width


@pytest.mark.parametrize("thing", [Card("a", Kind.OP, "a"), Box("a", "a")])
def test_badges_count_within_the_box_around(thing: Card | Box) -> None:
    """Where that is known: the box says itself how many of it there are."""
    found = [
        replace(thing, copies=copies, times=times)
        for copies, times in ((1, None), (6, None), (6, 3), (6, 1))
    ]
    looks = [face(each) if isinstance(each, Card) else box_face(each) for each in found]
    times = "\N{MULTIPLICATION SIGN}"
    assert [each.badge for each in looks] == ["", f"{times}6", f"{times}3", ""]


def test_very_many_details_are_counted() -> None:
    """The last line says how many there are besides."""
    looks = face(Card("x", Kind.OP, "concat", tuple(f"x_{index} = far" for index in range(30))))
    assert looks.lines[:2] == ("x_0 = far", "x_1 = far")
    assert looks.lines[-1] == "and 23 more lines"


def test_a_sketch_has_everything_in_order() -> None:
    """Cards, links and boxes, each in the order of the scene."""
    scene = Scene(
        "",
        (Card("b/x", Kind.PLACEHOLDER, "x", box="b"), Card("a/c/y", Kind.OP, "tanh", box="a/c")),
        (Link("b/x", "a/c/y"), Link("b/x", "a/c/y", slot=1, label="float32[3]")),
        boxes_around([Card("a", Kind.OP, "", box="a/c"), Card("b", Kind.OP, "", box="b")]),
    )
    sketch = to_sketch(scene)
    assert list(sketch.spots) == ["b/x", "a/c/y"]
    assert [spot.frame for spot in sketch.spots.values()] == ["b", "a/c"]
    assert [(frame, found.frame) for frame, found in sketch.frames.items()] == [
        ("a", ""),
        ("a/c", "a"),
        ("b", ""),
    ]
    assert [edge.width > 0 for edge in sketch.edges] == [False, True]


def test_boxes_that_hold_nothing_need_no_room() -> None:
    """Those around boxes with cards do."""
    scene = Scene(
        "",
        (Card("a/b/x", Kind.OP, "x", box="a/b"),),
        boxes=(Box("a", "a"), Box("a/b", "b", "a"), Box("a/c", "c", "a"), Box("d", "d")),
    )
    assert list(to_sketch(scene).frames) == ["a", "a/b"]


@pytest.mark.parametrize(
    ("tail", "way", "weight", "beside"),
    [
        (Kind.OP, Way.VALUE, 8, False),
        (Kind.OP, Way.GRADIENT, 8, False),
        (Kind.PLACEHOLDER, Way.VALUE, 1, False),
        (Kind.VARIABLE, Way.VALUE, 1, True),
        (Kind.VARIABLE, Way.FAR, 0, False),
        (Kind.OP, Way.FAR, 0, False),
        (Kind.OP, Way.CONTROL, 1, False),
        (Kind.OP, Way.INPLACE, 8, False),
        (Kind.WRITE, Way.WRITE, 0, False),
    ],
)
def test_arrows_of_values_pull(tail: Kind, way: Way, weight: int, beside: bool) -> None:
    """Those from ops most; variables lie beside what uses them."""
    scene = Scene("", (Card("a", tail, "a"), Card("b", Kind.OP, "b")), (Link("a", "b", way),))
    (edge,) = to_sketch(scene).edges
    assert (edge.weight, edge.beside) == (weight, beside)


def test_labels_are_limited() -> None:
    """Of arrows and of frames; far arrows have none."""
    scene = Scene(
        "",
        (Card("a", Kind.OP, "a"),),
        (Link("a", "a", label=LONG), Link("a", "a", Way.FAR, label="float32[]")),
    )
    edges = to_sketch(scene).edges
    assert 200 < edges[0].width < 250
    assert edges[1].width == 0
    assert 200 < box_face(Box(LONG, LONG)).width < 250
    assert box_face(Box("a", "a", copies=12)).width > box_face(Box("a", "a")).width + 20
