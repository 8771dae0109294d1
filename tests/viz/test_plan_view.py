"""The view of a plan: one card per call, in order, with what the compiler did."""

import re

import pytest
from hypothesis import given

import graphnet as gn
from graphnet.compiler.plan import Plan
from graphnet.viz.plans.moments import moments, parts_of_plan
from graphnet.viz.plans.places import place_text
from graphnet.viz.plans.plan_view import plan_scene
from graphnet.viz.scene import Card, Kind, Link, Part, Scene, Way
from graphnet.viz.views.titles import plan_title
from tests.viz.plans import NAMES, PLANS, compiled_network, plan_named, plans, training


def check(plan: Plan) -> Scene:
    """Require what holds for the scene of every plan."""
    scene = plan_scene(plan)
    keys = [card.key for card in scene.cards]
    assert len(set(keys)) == len(keys)
    steps = [int(card.data["step"]) for card in scene.cards if "step" in card.data]
    assert steps == [moment.number for moment in moments(plan)]
    place = {key: number for number, key in enumerate(keys)}
    assert all(place[link.tail] < place[link.head] for link in scene.links)
    boxes = {box.key for box in scene.boxes}
    assert all(card.box in boxes for card in scene.cards if card.box)
    assert len({(link.tail, link.head, link.slot) for link in scene.links}) == len(scene.links)
    assert plan_scene(plan) == scene
    return scene


def card(scene: Scene, headline: str) -> Card:
    """Give the card with a headline."""
    (found,) = (card for card in scene.cards if card.headline == headline)
    return found


def into(scene: Scene, headline: str) -> list[tuple[str, Way, str]]:
    """Give the arrows to a card: headline of its other end, what it stands for, and its label."""
    headlines = {card.key: card.headline for card in scene.cards}
    head = card(scene, headline).key
    return [
        (headlines[link.tail], link.way, link.label) for link in scene.links if link.head == head
    ]


@pytest.mark.parametrize("name", NAMES)
def test_cards_are_in_the_order_of_execution(name: str) -> None:
    """Each thing that a run does is one card, with its number, behind what it needs."""
    check(plan_named(name))


@given(plan=plans())
def test_random_plans_have_a_scene(plan: Plan) -> None:
    """With views of views, results of unknown shapes, and random draws."""
    check(plan)


def test_every_operand_has_an_arrow_or_a_line() -> None:
    """Small constants are lines; all else comes from a card."""
    scene = plan_scene(plan_named("in_blocks"))
    assert into(scene, "4 multiply") == [("1 tanh", Way.INPLACE, "")]
    assert "y = 2." in card(scene, "4 multiply").details
    assert into(scene, "6 add") == [("4 multiply", Way.INPLACE, ""), ("5 exp", Way.VALUE, "")]


def test_takeovers_and_views_are_arrows() -> None:
    """What a value is seen through is written beside the arrow."""
    scene = plan_scene(plan_named("viewing"))
    assert ("1 tanh", Way.VIEW, "transpose") in into(scene, "2 matmul")
    assert ("1 tanh", Way.VALUE, "") in into(scene, "2 matmul")
    through = "reshape, index, reshape"
    assert into(scene, "4 py_call") == [("2 matmul", Way.VIEW, through)]
    assert into(scene, "5 multiply") == [("3 cos", Way.INPLACE, "")]


def test_parts_of_a_concatenation_lead_to_what_needs_the_whole() -> None:
    """No card stands for a concatenation that costs nothing."""
    scene = plan_scene(plan_named("viewing"))
    assert [tail for tail, _, _ in into(scene, "7 sin")] == ["6 sin", "5 multiply"]
    assert "part 0 of concat" in card(scene, "6 sin").details


def test_work_in_blocks_is_framed() -> None:
    """The frame says how many blocks there are."""
    scene = plan_scene(plan_named("in_blocks"))
    (box,) = scene.boxes
    assert re.fullmatch(r"1 to 12 in \d+ blocks", box.label)
    assert [card.headline for card in scene.cards if card.box][-1] == "12 add"


def test_scopes_are_frames_where_that_is_asked_for() -> None:
    """Names are short there."""
    scene = plan_scene(training().plan, scopes=True)
    assert {"sequential", "sequential/dense", "gradients"} <= {box.key for box in scene.boxes}
    assert card(scene, "weight").box == "sequential/dense_1"
    assert card(scene, "3 tanh").details[-1] != "sequential/dense"


def test_large_plans_stand_in_scopes() -> None:
    """So that they can be folded; small ones can be read as they are."""
    with gn.Graph() as graph:
        x = y = gn.placeholder((3,), name="x")
        with gn.name_scope("chain"):
            for _ in range(70):
                y = gn.sin(y)
    plan = gn.compiler.compile_graph(graph.subgraph([y], [x]), [x.spec])
    assert [box.key for box in plan_scene(plan).boxes] == ["chain"]
    assert not plan_scene(plan, scopes=False).boxes
    assert not plan_scene(training().plan).boxes


def test_writes_are_told_from_ops() -> None:
    """Both commits of copies and updates in place."""
    small = plan_scene(training().plan)
    assert [c.headline for c in small.cards if c.kind is Kind.WRITE] == ["25 commit"]
    large = plan_scene(plan_named("updating_in_place"))
    writes = [c.headline.split()[1] for c in large.cards if c.kind is Kind.WRITE]
    assert writes[-1] == "commit"
    assert "subtract" in writes


def test_variables_side_by_side_are_one_card() -> None:
    """It names them."""
    scene = plan_scene(training().plan)
    found = card(scene, "sequential/dense/weight/bias")
    assert found.kind is Kind.VARIABLE
    assert found.details[1] == "memory of sequential/dense/weight, sequential/dense/bias"


def test_copies_for_fetches_are_kept() -> None:
    """A view of memory that the plan keeps is copied before it is handed out."""
    scene = plan_scene(plan_named("viewing"))
    copies = [card for card in scene.cards if card.headline.endswith(" copy")]
    assert [(card.details[1:], card.kept) for card in copies] == [
        (("reshape_1", "for the fetch"), True)
    ]
    assert card(scene, "8 sum").kept


def test_parts_of_training_are_told() -> None:
    """Gradients have their scope; updates are what only writes need."""
    plan = training().plan
    scene = plan_scene(plan)
    parts = {card.headline: card.part for card in scene.cards}
    assert parts["2 matmul"] is Part.FORWARD
    assert parts["20 matmul"] is Part.BACKWARD
    assert parts["24 subtract"] is parts["25 commit"] is Part.UPDATE
    assert set(parts_of_plan(plan).values()) == set(Part)


def test_gradients_have_arrows_of_their_own() -> None:
    """Whatever comes from the backward part, and is no view or takeover."""
    scene = plan_scene(training().plan)
    parts = {card.key: card.part for card in scene.cards}
    plain = [link for link in scene.links if link.way in (Way.VALUE, Way.GRADIENT)]
    found = {link.way for link in plain if parts[link.tail] is Part.BACKWARD}
    others = {link.way for link in plain if parts[link.tail] is Part.FORWARD}
    assert (found, others) == ({Way.GRADIENT}, {Way.VALUE})


def test_inference_is_forward() -> None:
    """Nothing there is gradient or update."""
    plan = plan_named("viewing")
    assert set(parts_of_plan(plan).values()) == {Part.FORWARD}
    assert {link.way for link in plan_scene(plan).links} <= {Way.VALUE, Way.VIEW, Way.INPLACE}


def test_cards_tell_what_they_stand_for() -> None:
    """With a history, in short; views and the node of the same name are left out."""
    function = training()
    scene = plan_scene(function.plan, function.history())
    assert "joins matmul" in card(scene, "2 matmul").details
    assert card(scene, "24 subtract").details[-1] == "joins subtract (4)"
    assert scene.notes[1].startswith("of 48 declared nodes: 13 kept, ")
    assert not any("transpose" in line for line in card(scene, "21 matmul").details)


def test_notes_tell_sizes_and_what_was_declined() -> None:
    """Not more than three remarks."""
    plan = plan_named("updating_in_place")
    for number in range(5):
        plan.report.note("products", f"reason {number}")
    notes = plan_scene(plan).notes
    assert re.fullmatch(r"\d+ calls, memory [\d.]+ KiB, peak [\d.]+ KiB", notes[0])
    assert notes[-1] == f"and {len(plan.report.remarks) - 3} more remarks in plan.report"
    assert "at least" in plan_scene(plan_named("viewing")).notes[0]


def test_what_is_fed_and_fetched_is_a_card() -> None:
    """Even where nothing is called."""
    scene = plan_scene(PLANS["nothing_but_a_feed"]().plan)
    assert [card.headline for card in scene.cards] == ["x", "1 copy"]
    assert scene.links == (
        Link(
            "x", "1 copy", data={"tensor": "x", "shape": "[3]", "dtype": "float32", "bytes": "12"}
        ),
    )


def test_titles_name_results_or_writes() -> None:
    """Many names are cut."""
    assert plan_scene(training().plan).title == "plan for mean"
    assert plan_title(plan_named("updating_in_place")).startswith("plan that writes ")
    assert plan_scene(training().plan, title="mine").title == "mine"


def test_places_have_words() -> None:
    """Every place that a value can have."""
    places = {type(place): place for name in NAMES for place in plan_named(name).places.values()}
    assert len(places) == 11
    assert all(place_text(place) for place in places.values())


def test_networks_keep_their_history() -> None:
    """What cards stand for is declared."""
    function = compiled_network("classifier")
    history = function.history()
    names = {fate.name for fates in history.by_position().values() for fate in fates}
    assert names <= {node.name for node in function.session.graph.nodes}
