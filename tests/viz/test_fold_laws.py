"""Laws of folding, for any scene."""

from collections.abc import Mapping
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet.viz.folding.fold import fold
from graphnet.viz.scene import Box, Card, Kind, Scene, Way
from tests.viz.scenes import repeated, scenes

OPTIONS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "depth": st.none() | st.integers(1, 4),
        "limit": st.integers(1, 12),
        "repeats": st.booleans(),
    }
)


def holders(scene: Scene) -> Mapping[str, Card]:
    """Give for every node the card that stands for it."""
    return {name: card for card in scene.cards for name in card.members}


@given(scenes() | repeated(), OPTIONS)
def test_every_node_is_in_one_card(scene: Scene, options: dict[str, Any]) -> None:
    """No node is lost, and none is shown twice."""
    folded = fold(scene, **options)
    names = [name for card in folded.cards for name in card.members]
    assert sorted(names) == sorted(card.key for card in scene.cards)
    assert len({card.key for card in folded.cards}) == len(folded.cards)


@given(scenes() | repeated(), OPTIONS)
def test_the_scene_is_whole(scene: Scene, options: dict[str, Any]) -> None:
    """Ends of arrows and boxes of cards are there, outer boxes come first, and none is empty."""
    folded = fold(scene, **options)
    keys = {card.key for card in folded.cards}
    assert all({link.tail, link.head} <= keys for link in folded.links)
    boxes = [box.key for box in folded.boxes]
    assert len(set(boxes)) == len(boxes)
    assert {card.box for card in folded.cards} <= {"", *boxes}
    for place, box in enumerate(folded.boxes):
        assert box.box in {"", *boxes[:place]}
        inside = [card for card in folded.cards if card.box == box.key]
        inside_boxes = [inner for inner in folded.boxes if inner.box == box.key]
        assert len(inside) + len(inside_boxes) > 1


@given(scenes() | repeated(), st.integers(1, 12), st.booleans())
def test_the_limit_is_kept(scene: Scene, limit: int, repeats: bool) -> None:
    """There are never more cards, unless a depth is asked for."""
    assert len(fold(scene, limit=limit, repeats=repeats).cards) <= limit


@given(scenes() | repeated(), OPTIONS)
def test_copies_count(scene: Scene, options: dict[str, Any]) -> None:
    """A card stands for as many nodes of each kind as there are copies."""
    for card in fold(scene, **options).cards:
        assert len(card.members) % card.copies == 0
        if card.kind is not Kind.SCOPE:
            assert len(card.members) == card.copies


@given(scenes() | repeated(), OPTIONS)
def test_arrows_are_those_between_the_groups(scene: Scene, options: dict[str, Any]) -> None:
    """None is made up, and without repeats none is missing; those from afar may be."""
    folded = fold(scene, **options)
    holder = holders(folded)
    groups = {(holder[link.tail].key, holder[link.head].key) for link in scene.links}
    shown = {(link.tail, link.head) for link in folded.links}
    assert shown <= groups
    if not options["repeats"]:
        near = {
            (holder[link.tail].key, holder[link.head].key)
            for link in scene.links
            if link.way is not Way.FAR and holder[link.tail] is not holder[link.head]
        }
        assert near <= shown


@given(scenes() | repeated(), OPTIONS)
def test_cards_come_after_those_they_depend_on(scene: Scene, options: dict[str, Any]) -> None:
    """Unless they depend on each other, or the scene already was in another order."""
    folded = fold(scene, **options)
    if len(folded.cards) == len(scene.cards):
        return
    place = {card.key: number for number, card in enumerate(folded.cards)}
    holder = holders(folded)
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(place)
    links = [link for link in folded.links if link.way is not Way.WRITE]
    graph.add_edges_from((link.tail, link.head) for link in links)
    # Values from afar are dependencies, too, where no arrow shows them.
    far = [link for link in scene.links if link.way is Way.FAR]
    graph.add_edges_from((holder[link.tail].key, holder[link.head].key) for link in far)
    circle = {
        key: n for n, keys in enumerate(nx.strongly_connected_components(graph)) for key in keys
    }
    for link in links:
        assert circle[link.tail] == circle[link.head] or place[link.tail] < place[link.head]


@given(scenes(), OPTIONS)
def test_folding_twice_is_folding_once(scene: Scene, options: dict[str, Any]) -> None:
    """What fits stays as it is."""
    once = fold(scene, **(options | {"repeats": False}))
    assert fold(once, limit=len(once.cards), repeats=False) == once


@given(scenes() | repeated(), OPTIONS)
def test_the_same_scene_gives_the_same_picture(scene: Scene, options: dict[str, Any]) -> None:
    """Nothing depends on the order of sets."""
    assert fold(scene, **options) == fold(scene, **options)


@given(scenes(), st.data())
def test_what_is_kept_open_is_seen(scene: Scene, data: st.DataObject) -> None:
    """Scopes around a node that is named are open, whatever the depth."""
    key = data.draw(st.sampled_from([card.key for card in scene.cards]))
    folded = fold(scene, depth=1, keep_open=[key])
    assert holders(folded)[key].kind is not Kind.SCOPE


@pytest.mark.parametrize("depth", [1, None])
def test_deep_scopes_fold(depth: int | None) -> None:
    """There is no recursion."""
    boxes = [Box(f"{n}", "s", f"{n - 1}" if n else "") for n in range(1500)]
    cards = [Card(box.key, Kind.OP, "add", box=box.key, members=(box.key,)) for box in boxes]
    scene = Scene("deep", tuple(cards), (), tuple(boxes))
    assert len(fold(scene, depth).cards) == (1 if depth else 60)
