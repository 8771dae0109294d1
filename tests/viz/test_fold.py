"""Folding: pictures before and after, as text."""

from dataclasses import replace

import pytest

from graphnet.viz.folding.fold import fold
from graphnet.viz.scene import Card, Change, Kind, Link, Scene, Way, boxes_around
from tests.viz.scenes import check, net, text_of

LAYERS = (
    "x",
    "model/w",
    "model/matmul x model/w",
    "model/inner/tanh model/matmul",
    "model/inner/exp model/inner/tanh",
    "model/add model/inner/exp",
    "loss model/add",
)


@pytest.mark.parametrize(
    ("depth", "picture"),
    [
        (
            1,
            """
            x
            model (5)
            loss
            x -> model/
            model/ -> loss float32[]
            """,
        ),
        (
            2,
            """
            x
            loss
            [model]
              w
              matmul
              inner (2)
              add
            x -> model/matmul
            model/w -> model/matmul
            model/matmul -> model/inner/ float32[]
            model/inner/ -> model/add float32[]
            model/add -> loss float32[]
            """,
        ),
    ],
    ids=["one", "two"],
)
def test_depth_is_the_levels_that_are_shown(depth: int, picture: str) -> None:
    """Scopes below are cards."""
    check(fold(net(*LAYERS), depth), picture)


def test_what_fits_is_open() -> None:
    """And nothing is said of folding."""
    folded = fold(net(*LAYERS))
    assert folded == net(*LAYERS)


def test_scopes_open_as_long_as_there_is_room() -> None:
    """Outer ones first."""
    assert [box.key for box in fold(net(*LAYERS), limit=6).boxes] == ["model"]
    assert not fold(net(*LAYERS), limit=5).boxes


def test_scopes_of_one_family_open_together() -> None:
    """A picture in which one layer is open, and the next one is not, looks like a difference."""
    lines = ["x", "layer/tanh x", "layer/exp layer/tanh", "layer_1/abs layer/exp"]
    scene = net(*lines, "layer_1/exp layer_1/abs", "end/exp layer_1/exp", "end/abs end/exp")
    assert [box.key for box in fold(scene, limit=5).boxes] == ["end"]
    assert [box.key for box in fold(scene, limit=6).boxes] == ["end"]
    assert [box.key for box in fold(scene, limit=7).boxes] == ["layer", "layer_1", "end"]


def test_the_forward_part_opens_first() -> None:
    """It is what readers ask for most, though gradients have less cards."""
    lines = ["x", "a/tanh x", "a/exp a/tanh", "a/abs a/exp", "gradients/exp a/abs"]
    folded = fold(net(*lines, "gradients/add gradients/exp"), limit=5)
    assert [box.key for box in folded.boxes] == ["a"]


def test_some_scopes_are_kept_open() -> None:
    """With those around them."""
    folded = fold(net(*LAYERS), 1, keep_open=["model/inner"])
    assert [box.key for box in folded.boxes] == ["model", "model/inner"]


def test_a_folded_scope_says_what_is_in_it() -> None:
    """How many nodes, the most frequent ops, parameters and their bytes, and what leaves it."""
    lines = ["x", *(f"a/exp_{n} x" for n in range(3)), "a/w", "a/add a/w", "a/tanh a/add", "a/abs"]
    scene = net(*lines, "mean a/tanh", "sum a/exp_0")
    card = fold(scene, 1).cards[1]
    assert (card.key, card.kind, card.headline) == ("a/", Kind.SCOPE, "a")
    told = ("7 nodes", "exp, add, tanh, …", "1 parameter, 4 B")
    assert card.details == told
    known = {"name": "a", "nodes": "7", "parameters": "1", "bytes": "28"}
    assert card.data == known
    assert card.about.splitlines()[:3] == ["gives float32[]", "a/exp_0", "a/exp_1"]


def test_long_lists_of_nodes_are_cut() -> None:
    """What readers point at stays readable."""
    scene = net(*(f"a/{op}{n} a/{op}{n}" for n in range(50) for op in ("p", "q")))
    about = fold(scene, 1, repeats=False).cards[0].about.splitlines()
    assert len(about) == 31
    assert about[-1] == "and 70 more"


def test_a_scope_and_a_node_may_have_one_name() -> None:
    """Keys of cards stay unique."""
    cards = [Card(name, Kind.OP, "add", members=(name,)) for name in ("s", "s/", "s/a", "s/b")]
    cards = [replace(card, box="s") if card.key > "s/" else card for card in cards]
    folded = fold(Scene("names", tuple(cards), (), boxes_around(cards)), 1)
    assert [card.key for card in folded.cards] == ["s", "s/", "s//"]


def test_boxes_that_show_nothing_are_left_out() -> None:
    """Those around one card or one box; their labels are not lost."""
    lines = ["alone/w", "only/tanh alone/w", "outer/inner/exp only/tanh"]
    check(
        fold(net(*lines, "outer/inner/abs outer/inner/exp", "deep/er/sum outer/inner/abs")),
        """
        alone/w
        tanh
        sum
        [outer/inner]
          exp
          abs
        alone/w -> only/tanh
        only/tanh -> outer/inner/exp float32[]
        outer/inner/exp -> outer/inner/abs float32[]
        outer/inner/abs -> deep/er/sum float32[]
        """,
    )


@pytest.mark.parametrize(
    ("box", "name", "details", "told"),
    [
        ("a", "a/add", (), ("a",)),
        ("a", "a/total", ("total",), ("a/total",)),
        ("gradients/a", "gradients/a/exp/add", ("of exp",), ("of a/exp",)),
        ("a", "a/add", ("axis = 0",), ("axis = 0", "a")),
    ],
    ids=["op", "named", "gradient", "argument"],
)
def test_a_card_tells_the_scope_that_was_left_out(
    box: str, name: str, details: tuple[str, ...], told: tuple[str, ...]
) -> None:
    """Where its name would have told it."""
    card = Card(name, Kind.OP, "add", details, box=box, members=(name,), data={"op": "add"})
    other = Card("gradients/x", Kind.OP, "x", box="gradients", members=("gradients/x",))
    cards = (card, other) if box.startswith("gradients") else (card,)
    assert fold(Scene("one", cards, (), boxes_around(cards))).cards[0].details == told


def test_arrows_between_two_cards_become_one() -> None:
    """It says how many tensors it carries; one that goes to several nodes counts once."""
    lines = ["a/tanh", "a/exp a/tanh", "b/add a/exp a/tanh", "b/mul a/exp b/add", "c b/mul"]
    check(
        fold(net(*lines), 1),
        """
        a (2)
        b (2)
        c
        a/ -> b/ 2 tensors
        b/ -> c float32[]
        """,
    )
    assert fold(net(*lines), 1).links[0].data == {"tensors": "2", "bytes": "8"}


def test_an_arrow_from_a_folded_scope_says_the_spec_of_its_source() -> None:
    """Which the card of the source would have said."""
    card = [Card(key, Kind.VARIABLE, key[-1], box="a", members=(key,)) for key in ("a/v", "a/w")]
    user = Card("add", Kind.OP, "add", members=("add",))
    link = Link("a/w", "add", data={"tensor": "a/w", "shape": "[3]", "dtype": "int8"})
    others = (Link("add", "add", label="int8[3]"),)
    cards = (*card, user)
    for links, label in (((link, *others), "int8[3]"), ((link,), "")):
        scene = Scene("source", cards, links, boxes_around(cards))
        assert fold(scene, 1).links[0].label == label


@pytest.mark.parametrize(
    ("ways", "shown"),
    [
        ([Way.FAR, Way.VALUE], [Way.VALUE]),
        ([Way.GRADIENT, Way.FAR], [Way.GRADIENT]),
        ([Way.CONTROL, Way.VALUE], [Way.VALUE]),
        ([Way.WRITE, Way.VALUE], [Way.WRITE, Way.VALUE]),
    ],
    ids=["value", "gradient", "control", "write"],
)
def test_the_strongest_way_is_shown(ways: list[Way], shown: list[Way]) -> None:
    """But writes lead back, and are shown beside it."""
    scene = net("a/p", "a/q", "b/p", "b/q")
    links = tuple(Link("a/p", "b/q", way, slot=slot) for slot, way in enumerate(ways))
    assert [link.way for link in fold(replace(scene, links=links), 1).links] == shown


def test_what_only_comes_before_is_no_tensor() -> None:
    """An arrow tells the tensors that it carries."""
    links = (Link("a/p", "b/q", Way.CONTROL), Link("a/q", "b/q", label="int8[]"))
    folded = fold(replace(net("a/p", "a/q", "b/p", "b/q"), links=links), 1)
    assert [(link.way, link.label) for link in folded.links] == [(Way.VALUE, "int8[]")]


def test_arrows_from_afar_lead_from_folded_scopes_to_those_beside_them() -> None:
    """Others would cover the picture; a card of one node names its operands."""
    lines = ["x", "a/abs x", "a/exp a/abs", "gradients/exp x a/exp", "gradients/add a/abs"]
    scene = net(*lines, far=("gradients/exp", "gradients/add"))
    assert not [link for link in fold(scene).links if link.way is Way.FAR]
    assert text_of(fold(scene, 1)).splitlines()[-1] == "a/ -> gradients/ far 2 tensors"


def test_long_rows_are_cut() -> None:
    """Into parts of equal length, in the order of the cards; arrows lead forward."""
    ops = ("exp", "abs", "log", "sin", "cos", "neg", "tan")
    lines = ["x"]
    for n in range(999):
        lines.append(f"{ops[n * n % 7]}_{n} {lines[-1].split()[0]} {lines[n // 2].split()[0]}")
    folded = fold(net(*lines), limit=10, repeats=False)
    labels = [card.headline for card in folded.cards]
    assert labels == [f"nodes {n + 1:,} to {n + 100:,}" for n in range(0, 1000, 100)]
    order = {card.key: n for n, card in enumerate(folded.cards)}
    assert all(order[link.tail] < order[link.head] for link in folded.links)
    assert folded.notes == ("1,000 nodes in 10 cards; a greater limit shows more",)


def test_scopes_stay_where_long_rows_are_cut() -> None:
    """If there is room for them; else they become parts of a row, too."""
    lines = [f"add_{n}" for n in range(20)]
    lines[10:10] = [f"s{n}/{op}" for n in range(4) for op in ("exp", "abs", f"f{n}")]
    labels = [card.headline for card in fold(net(*lines), limit=6, repeats=False).cards]
    assert labels == ["nodes 1 to 10", "s0", "s1", "s2", "s3", "nodes 23 to 32"]
    labels = [card.headline for card in fold(net(*lines), limit=3, repeats=False).cards]
    assert labels == ["nodes 1 to 8", "nodes 9 to 24", "nodes 25 to 32"]
    labels = [card.headline for card in fold(net(*lines[10:22]), limit=2, repeats=False).cards]
    assert labels == ["s0 to s1", "s2 to s3"]


@pytest.mark.parametrize(
    ("depth", "note"),
    [
        (1, "7 nodes in 3 cards; depth=2 opens more"),
        (2, "7 nodes in 6 cards; depth=3 opens more"),
    ],
    ids=["one", "two"],
)
def test_a_note_says_how_to_see_more(depth: int, note: str) -> None:
    """Below notes that were there."""
    scene = replace(net(*LAYERS), notes=("before",))
    assert fold(scene, depth).notes == ("before", note)


def test_changes_are_counted() -> None:
    """A folded scope is changed if its nodes are not all the same."""
    scene = net("a/abs", "a/exp", "a/log", "b/abs", "b/exp", "c/abs", "c/exp")
    changes = {"a/exp": Change.ADDED, "a/log": Change.ADDED, "c/abs": Change.REMOVED}
    cards = [
        replace(card, change=changes.get(card.key, Change.SAME), heat=place / 10)
        for place, card in enumerate(scene.cards)
    ]
    cards[-1] = replace(cards[-1], change=Change.REMOVED)
    folded = fold(replace(scene, cards=tuple(cards)), 1).cards
    assert [card.change for card in folded] == [Change.CHANGED, Change.SAME, Change.REMOVED]
    assert folded[0].details[-1] == "2 added"
    assert [card.heat for card in folded] == [0.2, 0.4, 0.6]


def test_times_are_added_up() -> None:
    """What is no number counts for nothing."""
    times = {"a/abs": "0.25", "a/exp": "1.5", "a/log": "unknown"}
    scene = net(*times)
    cards = [replace(card, data={"time": times[card.key]}) for card in scene.cards]
    assert fold(replace(scene, cards=tuple(cards)), 1).cards[0].data["time"] == "1.75"
