"""Folding of equal blocks: pictures as text."""

from dataclasses import replace

import pytest

import graphnet as gn
from graphnet.viz.folding.fold import fold
from graphnet.viz.scene import Link, Scene
from graphnet.viz.views.views import scene_of
from tests.viz.scenes import chain, check, net


def test_chains_of_equal_blocks_are_shown_once() -> None:
    """Arrows lead into the first and out of the last."""
    check(
        fold(chain(12, "tanh", "exp")),
        """
        x
        mean
        [b1] x12
          tanh x12
          exp x12
        x -> b1/tanh
        b1/tanh -> b1/exp float32[]
        b1/exp -> mean float32[]
        """,
    )


def test_chains_of_equal_cards_are_one_card() -> None:
    """From four on; the card keeps the name of its op."""
    lines = ["x", *(f"tanh_{n} {f'tanh_{n - 1}' if n else 'x'}" for n in range(4)), "mean tanh_3"]
    folded = fold(net(*lines))
    check(
        folded,
        """
        x
        tanh x4
        mean
        x -> tanh_0
        tanh_0 -> mean float32[]
        """,
    )
    assert folded.cards[1].members == ("tanh_0", "tanh_1", "tanh_2", "tanh_3")
    assert folded.cards[1].about.splitlines() == ["tanh_0", "tanh_1", "tanh_2", "tanh_3"]
    assert len(fold(net(*lines[:4], "mean tanh_2")).cards) == 5


def skipping(copies: int, skips: dict[int, int]) -> Scene:
    """Give a chain of blocks, some of which also take what a block far before them gives."""
    lines = ["x"]
    for number in range(copies):
        before = f"b{number - 1}/add" if number else "x"
        far = f"b{skips[number]}/add" if number in skips else "x"
        lines += [f"b{number}/tanh {before}", f"b{number}/add b{number}/tanh {far}"]
    return net(*lines)


def test_an_arrow_that_one_copy_alone_has_is_seen() -> None:
    """Between the copies up to the one where it begins, and those behind."""
    folded = fold(skipping(9, {6: 3}))
    assert [box.copies for box in folded.boxes] == [4, 5]
    ends = [(link.tail, link.head) for link in folded.links]
    assert ("b0/add", "b4/tanh") in ends
    assert ("b0/add", "b4/add") in ends


def test_an_arrow_against_the_order_is_seen() -> None:
    """As where a difference has arrows of both graphs."""
    scene = skipping(9, {})
    scene = replace(scene, links=(*scene.links, Link("b6/add", "b3/tanh", slot=1)))
    folded = fold(scene)
    assert [box.copies for box in folded.boxes] == [4, 5]
    assert ("b4/add", "b0/tanh") in [(link.tail, link.head) for link in folded.links]


def test_arrows_that_all_copies_have_lead_out_of_the_last_ones() -> None:
    """Each block takes from the two before it: all but the last feed two others."""
    folded = fold(skipping(9, {number: number - 2 for number in range(2, 9)}))
    assert [box.copies for box in folded.boxes] == [8, 1]
    ends = [(link.tail, link.head) for link in folded.links if link.head == "b8/add"]
    assert sorted(ends) == [("b0/add", "b8/add"), ("b8/tanh", "b8/add")]


def test_chains_of_several_cards_are_a_block() -> None:
    """With their weights, wherever these were declared."""
    lines = ["x", *(f"w_{n}" for n in range(5))]
    before = "x"
    for n in range(5):
        lines += [f"matmul_{n} {before} w_{n}", f"tanh_{n} matmul_{n}"]
        before = f"tanh_{n}"
    check(
        fold(net(*lines, "mean tanh_4")),
        """
        x
        w_0 x5
        mean
        [block] x5
          matmul x5
          tanh x5
        x -> matmul_0
        w_0 -> matmul_0
        matmul_0 -> tanh_0 float32[]
        tanh_0 -> mean float32[]
        """,
    )


def test_blocks_side_by_side_are_shown_once() -> None:
    """If they have the same neighbors."""
    towers = [(f"t{n}/exp x", f"t{n}/abs t{n}/exp") for n in range(3)]
    lines = ["x", *(line for tower in towers for line in tower)]
    check(
        fold(net(*lines, "concat t0/abs t1/abs t2/abs")),
        """
        x
        concat
        [t0] x3
          exp x3
          abs x3
        x -> t0/exp
        t0/exp -> t0/abs float32[]
        t0/abs -> concat float32[]
        """,
    )
    others = net(*lines, "y", "t0/exp y", "sum t0/abs t1/abs", "concat t2/abs")
    assert {card.copies for card in fold(others).cards} == {1}


def test_equal_scopes_without_neighbors_are_shown_once() -> None:
    """As layers have none where nothing but their variables is drawn."""
    scene = net(*(f"t{n}/{op} t{n}/w" for n in range(4) for op in ("exp", "abs")), "w")
    scene = replace(scene, links=())
    assert [box.copies for box in fold(scene).boxes] == [4]


def test_twins_are_shown_once() -> None:
    """Equal cards side by side, though what is done for each was not declared in one go."""
    lines = [f"w_{n}" for n in range(4)]
    lines += [line for n in range(4) for line in (f"exp_{n} w_{n}", f"abs_{n} exp_{n}")]
    lines += [f"assign_{n} abs_{n}" for n in range(4)]
    check(
        fold(net(*lines, "group assign_0 assign_1 assign_2 assign_3")),
        """
        group
        [block] x4
          w_0 x4
          exp x4
          abs x4
          assign x4
        w_0 -> exp_0
        exp_0 -> abs_0 float32[]
        abs_0 -> assign_0 float32[]
        assign_0 -> group float32[]
        """,
    )


def test_variables_alone_are_no_twins() -> None:
    """Their names are what tells them apart."""
    lines = [f"w_{n}" for n in range(6)]
    assert len(fold(net(*lines, f"concat {' '.join(lines)}")).cards) == 7


def test_cards_without_neighbors_are_no_twins() -> None:
    """Nothing tells that they belong together."""
    assert len(fold(net("exp_0", "exp_1", "exp_2", "exp_3")).cards) == 4


def test_repeats_fold_inside_repeats() -> None:
    """Copies are counted over all."""
    lines, before = ["x"], "x"
    for outer in range(3):
        for inner in range(3):
            for op in ("exp", "abs"):
                lines.append(f"s{outer}/b{inner}/{op} {before}")
                before = f"s{outer}/b{inner}/{op}"
        lines.append(f"s{outer}/sum {before}")
        before = f"s{outer}/sum"
    check(
        fold(net(*lines)),
        """
        x
        [s0] x3
          sum x3
          [b0] x9
            exp x9
            abs x9
        x -> s0/b0/exp
        s0/b0/exp -> s0/b0/abs float32[]
        s0/b0/abs -> s0/sum float32[]
        """,
    )
    check(
        fold(net(*lines), 2),
        """
        x
        [s0] x3
          b0 (18) x9
          sum x3
        x -> s0/b0/
        s0/b0/ -> s0/sum float32[]
        """,
    )


@pytest.mark.parametrize("place", ["op", "spec", "detail", "kept", "pinned"])
def test_blocks_that_differ_are_shown_apart(place: str) -> None:
    """In an op, a spec, a static argument; and what was asked for is not hidden in a block."""
    scene = chain(7, "exp", "abs")
    cards = {card.key: card for card in scene.cards}
    odd = cards["b4/exp"]
    changed = {
        "op": replace(odd, data={**odd.data, "op": "log"}),
        "spec": replace(odd, data={**odd.data, "shape": "[3]"}),
        "detail": replace(odd, details=("axis = 1",)),
        "kept": replace(odd, kept=True),
        "pinned": odd,
    }
    cards["b4/exp"] = changed[place]
    scene = replace(scene, cards=tuple(cards.values()))
    folded = fold(scene, keep_open=["b4"] if place == "pinned" else ())
    assert [box.copies for box in folded.boxes] == [3, 1, 3]


@pytest.mark.parametrize(
    "detail", ["x = b{n}/exp", "scale_{n} = 2.0", "of exp_{n}", "x = b{n}/exp:1"]
)
def test_names_make_no_difference(detail: str) -> None:
    """As those of operands from afar, of inlined constants, of origins."""
    scene = chain(5, "exp", "abs")
    cards = [
        replace(card, details=(detail.format(n=card.key[1]),)) if card.box else card
        for card in scene.cards
    ]
    assert [box.copies for box in fold(replace(scene, cards=tuple(cards))).boxes] == [5]


def test_quoted_text_is_no_name() -> None:
    """Though it has a slash in it."""
    scene = chain(4, "exp", "abs")
    cards = [replace(card, details=(f"path = 'a/{card.box}'",)) for card in scene.cards]
    assert {box.copies for box in fold(replace(scene, cards=tuple(cards))).boxes} == {1}


def test_repeats_can_be_shown_each() -> None:
    """For who wants to see them."""
    folded = fold(chain(5, "exp", "abs"), repeats=False)
    assert [box.label for box in folded.boxes] == ["b1", "b2", "b3", "b4", "b5"]


def test_a_folded_repeat_tells_what_each_copy_has() -> None:
    """And programs find the sums."""
    lines = ["x"]
    for n in range(3):
        lines += [f"b{n}/w", f"b{n}/matmul {lines[-1].split()[0]} b{n}/w"]
    card = fold(net(*lines), 1).cards[1]
    assert (card.copies, card.details) == (3, ("2 nodes each", "matmul", "1 parameter, 4 B each"))
    assert (card.data["nodes"], card.data["parameters"], card.data["bytes"]) == ("6", "3", "24")


def test_arrows_of_equal_cards_keep_their_slots() -> None:
    """``x * x`` takes ``x`` twice, in every copy."""
    lines, before = ["x"], "x"
    for n in range(4):
        lines += [f"b{n}/abs {before}", f"b{n}/mul b{n}/abs b{n}/abs"]
        before = f"b{n}/mul"
    arrows = [(link.tail, link.head, link.slot) for link in fold(net(*lines)).links]
    assert arrows == [("x", "b0/abs", 0), ("b0/abs", "b0/mul", 0), ("b0/abs", "b0/mul", 1)]


def test_a_network_of_many_layers() -> None:
    """Layers, their gradients and their updates fold to the same number of copies."""
    with gn.Graph():
        x = gn.placeholder(("batch", 8), name="x")
        layers = [gn.nn.Dense(8, activation=gn.tanh) for _ in range(7)]
        step = gn.optim.Adam(0.1).minimize(gn.nn.Sequential(*layers)(x).mean())
    scene = scene_of(step)
    folded = fold(scene, 4)
    copies = {box.key: box.copies for box in folded.boxes if box.copies > 1}
    assert copies == {
        "sequential/dense": 7,
        "gradients/sequential/dense_6": 6,
        "adam/sequential/dense": 7,
    }
    assert sum(len(card.members) for card in folded.cards) == len(scene.cards)
    assert len(fold(scene).cards) <= 60
