"""Overlays: heat is in range and in order, and cards of many nodes show what belongs to all."""

import math
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import graphnet as gn
from graphnet.errors import ArgumentError
from graphnet.profiling import profile
from graphnet.viz.layout.sketch import Rect
from graphnet.viz.overlays.overlay import as_overlay, overlay
from graphnet.viz.overlays.values import Overlay
from graphnet.viz.plans.moments import Act, moments
from graphnet.viz.plans.plan_view import plan_scene
from graphnet.viz.scene import Card, Kind, Scale, Scene
from graphnet.viz.views.views import scene_of
from graphnet.viz.writing.pieces import node
from tests.viz.plans import PLANS, plan_named

VALUES = st.floats(allow_nan=True, allow_infinity=True)


def scene(*names: str, **data: Any) -> Scene:
    """Give a scene of ops."""
    cards = (Card(name, Kind.OP, name, ("old",), members=(name,), data=data) for name in names)
    return Scene("ops", tuple(cards), notes=("first",))


def folded(*groups: tuple[str, ...], copies: int = 1) -> Scene:
    """Give a scene of folded scopes."""
    keys = (f"scope_{place}" for place in range(len(groups)))
    pairs = zip(keys, groups, strict=False)
    return Scene(
        "scopes",
        tuple(Card(key, Kind.SCOPE, key, members=group, copies=copies) for key, group in pairs),
    )


def heats(shown: Scene) -> list[float | None]:
    """Give the heat of each card."""
    return [card.heat for card in shown.cards]


def test_a_card_tells_its_value() -> None:
    """A card gets a line, a remark for readers who point at it, and data; nothing else changes."""
    shown = overlay(scene("a", "b", op="tanh"), Overlay({"a": 0.0012}, "time", "s", whole=0.004))
    first, second = shown.cards
    assert first.details == ("old", "1.20 ms, 30 %")
    assert first.about == "time: 1.20 ms, 30 %"
    assert first.data == {"op": "tanh", "time": "0.0012"}
    assert second == scene("a", "b", op="tanh").cards[1]
    assert shown.scale == Scale("time", "0 ns", "1.20 ms")
    assert shown.notes[0] == "first"


@pytest.mark.parametrize("label", ["key", "Members", "op", "source"])
def test_what_a_card_is_stays(label: str) -> None:
    """Whatever an overlay is called: programs find nodes by these words."""
    (card,) = overlay(scene("a", op="tanh"), Overlay({"a": 3}, label)).cards
    assert card.data == {"op": "tanh", f"{label.lower()}-value": "3"}
    assert '<g id="p-node-a"' in node(card, Rect(0, 0, 9, 9), "p")
    assert 'data-key="a" data-name="a" data-op="tanh"' in node(card, Rect(0, 0, 9, 9), "p")


@given(st.lists(VALUES, min_size=1, max_size=20))
def test_heat_is_in_range_and_in_order(numbers: list[float]) -> None:
    """Whatever the values are: heat is from 0 to 1, and no hotter card has a smaller value."""
    names = [f"node_{place}" for place in range(len(numbers))]
    shown = overlay(scene(*names), dict(zip(names, numbers, strict=True)))
    found = [heat for heat in heats(shown) if heat is not None]
    assert len(found) == len(numbers)
    assert all(0 <= heat <= 1 for heat in found)
    finite = sorted(pair for pair in zip(numbers, found, strict=True) if math.isfinite(pair[0]))
    assert all(low[1] <= high[1] for low, high in pairwise(finite))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_stands_out(value: float) -> None:
    """It is hot, says what it is, is named below, and leaves the scale to the others."""
    shown = overlay(scene("a", "b", "c"), {"a": value, "b": 1.0, "c": 2.0})
    assert heats(shown) == [1.0, 0.5, 1.0]
    assert shown.cards[0].details[-1] in ("value NaN", "value infinity", "value -infinity")
    assert shown.notes == ("first", "value: not finite for a")
    assert shown.scale == Scale("value", "0", "2")


def test_nothing_finite() -> None:
    """There is a scale even then."""
    shown = overlay(scene("a"), {"a": math.nan})
    assert heats(shown) == [1.0]
    assert shown.scale == Scale("value", "0", "0")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.0, 0.0], [0.0, 0.0]),
        ([3.0, 3.0], [1.0, 1.0]),
        ([-3.0, -3.0], [0.0, 0.0]),
        ([-1.0, 1.0], [0.0, 1.0]),
        ([1.0, 4.0], [0.25, 1.0]),
        ([1.0, 10.0, 1000.0], [0.0, 1 / 3, 1.0]),
        ([0.0, 1.0, 1000.0], [0.0, 0.0, 1.0]),
        ([1.0, 1e3, 1e6], [0.0, 0.0, 1.0]),
        ([-1.0, 1000.0], [0.0, 1.0]),
        ([-1e308, 0.0, 1e308], [0.0, 0.5, 1.0]),
        ([0.0, 5e-324], [0.0, 1.0]),
    ],
)
def test_scales(values: list[float], expected: list[float]) -> None:
    """Scales begin at zero, or go by the logarithm over at most three decades."""
    names = [f"node_{place}" for place in range(len(values))]
    shown = overlay(scene(*names), dict(zip(names, values, strict=True)))
    assert heats(shown) == pytest.approx(expected)


def test_a_scale_can_be_asked_for() -> None:
    """The logarithm is taken or not as the user says, and refused for what has none."""
    values = {"a": 1.0, "b": 2.0, "c": 4.0}
    even = overlay(scene("a", "b", "c"), Overlay(values, "size", logarithmic=True))
    assert heats(even) == pytest.approx([0.0, 0.5, 1.0])
    assert even.scale == Scale("size, logarithmic", "1", "4")
    values = {"a": 1.0, "b": 500.0, "c": 1000.0}
    assert heats(overlay(scene("a", "b", "c"), Overlay(values, logarithmic=False))) == [
        *(0.001, 0.5, 1.0)
    ]
    with pytest.raises(ArgumentError, match="logarithmic, and -1 has no logarithm"):
        overlay(scene("a"), Overlay({"a": -1.0}, logarithmic=True))


def test_a_cut_scale_says_so() -> None:
    """The low end says which values have its color: from the least on."""
    shown = overlay(scene("a", "b"), Overlay({"a": 1e-9, "b": 1.0}, "time", "s"))
    assert shown.scale == Scale("time, logarithmic", "1 ns to 1.00 ms", "1.00 s")
    shown = overlay(scene("a", "b", "c"), {"a": 0.0, "b": 2, "c": 4000})
    assert shown.scale == Scale("value, logarithmic", "0 to 4", "4e+03")


@pytest.mark.parametrize(
    ("unit", "join", "expected"),
    [
        ("s", None, [7.0, 5.0]),
        ("B", None, [7.0, 5.0]),
        ("", None, [4.0, 5.0]),
        ("", "sum", [7.0, 5.0]),
        ("", "norm", [5.0, 5.0]),
        ("s", "largest", [4.0, 5.0]),
    ],
)
def test_cards_of_many_nodes(unit: str, join: Any, expected: list[float]) -> None:
    """Seconds and bytes add up; others show the largest, unless something else is asked for."""
    shown = overlay(
        folded(("a", "b", "unknown"), ("c",)),
        Overlay({"a": 3.0, "b": 4.0, "c": 5.0}, unit=unit, join=join),
    )
    assert [float(card.data["value"]) for card in shown.cards] == expected


def test_copies_are_told_to_be_one_value() -> None:
    """The value of equal blocks is that of all of them."""
    shown = overlay(folded(("a", "b"), copies=2), Overlay({"a": 0.25, "b": 0.25}, "time", "s"))
    assert shown.cards[0].details == ("500 ms in all",)


def test_the_largest_value_is_told_to_be_that() -> None:
    """It is no value of all together; one that is not finite has no bound."""
    values = {"a": 3, "b": 1, "c": 5, "d": math.inf, "e": 1}
    groups = ("a", "b"), ("c",), ("d", "e")
    shown = overlay(folded(*groups, copies=2), values)
    assert [card.details for card in shown.cards] == [
        *(("value at most 3",), ("value 5",), ("value infinity",))
    ]
    shown = overlay(folded(*groups), Overlay(values, "time", "s", join="largest"))
    assert shown.cards[0].details == ("at most 3.00 s",)
    shown = overlay(folded(("a", "b"), copies=2), Overlay(values, join="norm"))
    assert shown.cards[0].details == ("value 3.16 in all",)


def test_norms_of_gradients() -> None:
    """Arrays show their norms, by variable; a folded card shows the norm of all together."""
    w, b = gn.Variable([1.0, 2.0], name="w"), gn.Variable(3.0, name="b")
    loss = gn.sum(w * w) * b
    gradients = gn.evaluate(dict(zip(("w", "b"), gn.gradients(loss, [w, b]), strict=True)))
    norms = Overlay({w: gradients["w"], b.node: gradients["b"]}, label="gradient norm")
    shown = {card.key: card for card in overlay(scene_of(loss), norms).cards}
    assert shown["w"].details[-1] == "gradient norm 13.4"
    assert float(shown["w"].data["gradient-norm"]) == pytest.approx(math.sqrt(180), rel=1e-5)
    assert shown["b"].details[-1] == "gradient norm 5"
    both = overlay(folded(("w", "b")), norms).cards[0]
    assert float(both.data["gradient-norm"]) == pytest.approx(math.sqrt(205), rel=1e-5)


def test_large_norms_do_not_warn() -> None:
    """A gradient that overflows is shown, which is what one looks for."""
    shown = overlay(scene("a"), {"a": np.full(3, 1e200)})
    assert shown.cards[0].details[-1] == "value infinity"


def test_bytes_of_results() -> None:
    """The sizes that cards know are shown; those of a folded card, or of what is folded to one."""
    x = gn.placeholder((4,), name="x")
    y = gn.tanh(gn.exp(x))
    plain = scene_of(y)
    shown = overlay(plain, "bytes")
    assert [card.details[-1] for card in shown.cards] == ["16 B", "16 B", "16 B"]
    chosen = as_overlay("bytes", plain)
    assert overlay(folded(("x",), ("exp", "tanh")), chosen).cards[1].details == ("32 B",)
    card = Card("scope/", Kind.SCOPE, "scope", members=("a", "b"), data={"bytes": "48"})
    shown = overlay(Scene("one", (card,)), "bytes")
    assert shown.cards[0].details == ("48 B",)
    assert not shown.notes


def test_unknown_sizes_are_told() -> None:
    """Cards without a color are counted; what has no size, as a group, is not among them."""
    x = gn.placeholder((None, 4), name="x")
    w = gn.Variable(np.ones((4, 2), np.float32), name="w")
    y = x @ w
    both = gn.group(gn.assign(w, w * 2), y)
    assert overlay(scene_of([y, both]), "bytes").notes == (
        "2 of 6 cards: size unknown until shapes are fed",
    )
    assert not overlay(scene_of(w * 2), "bytes").notes
    assert not overlay(scene_of(y), {"w": 1}).notes
    cards = (Card("a", Kind.OP, "a", data={"bytes": "8"}), Card("b/", Kind.SCOPE, "b"))
    (note,) = overlay(Scene("one", cards), "bytes").notes
    assert note == "1 of 2 cards: size unknown until shapes are fed"
    with pytest.raises(ArgumentError, match="overlay of bytes has no values") as caught:
        overlay(scene_of(gn.exp(x)), "bytes")
    assert "session.compile" in (caught.value.hint or "")


def test_sizes_that_only_a_run_knows() -> None:
    """In a plan, shapes are known but for those that depend on values."""
    x = gn.placeholder((6,), name="x")
    y = gn.exp(gn.py_call(lambda array: array[array > 0], x, gn.float32, (None,)))
    plan = gn.compiler.compile_graph(y.graph.subgraph([y], [x]), [x.spec])
    shown = overlay(plan_scene(plan), "bytes")
    assert shown.notes[-1] == "2 of 3 cards: size unknown until they are made"


def test_times_of_a_profile() -> None:
    """A declared graph is colored by the names of nodes; what is hidden is told."""
    x = gn.placeholder((4,), name="x")
    y = gn.tanh(gn.exp(x))
    times = {"exp": 0.002, "gone": 0.001}
    plan = gn.compiler.compile_graph(y.graph.subgraph([y], [x]), [x.spec])
    found = SimpleNamespace(times=times, by_step=(0.002, 0.0), total=0.004, plan=plan)
    shown = overlay(scene_of(y), found)
    assert heats(shown) == [None, 1.0, None]
    assert shown.cards[1].details[-1] == "2.00 ms, 50 %"
    assert shown.notes == ("time: 2.00 ms of 4.00 ms (50 %) not shown here: gone",)


def test_steps_of_a_plan_have_their_own_times() -> None:
    """Where an op was taken apart, each part has its time in the plan, and all in the graph."""
    x = gn.placeholder((64, 8), name="x")
    y = gn.softmax(x)
    with gn.Session() as session:
        function = session.compile(y, [x])
        found = profile(function, np.ones((64, 8), np.float32), runs=2)
    timed = [
        card for card in overlay(plan_scene(function.plan), found).cards if card.data.get("time")
    ]
    assert len(timed) == len(function.plan.calls) > 1
    total = sum(float(card.data["time"]) for card in timed)
    whole = next(card for card in overlay(scene_of(y), found).cards if card.key == "softmax")
    assert float(whole.data["time"]) == pytest.approx(total, rel=1e-4)


def test_all_cards_of_a_plan_have_their_times() -> None:
    """Of fills, copies, calls and each commit; what they leave is time that has no card."""
    x = gn.placeholder((6, 4), name="x")
    count, last = gn.Variable(0, name="count"), gn.Variable(np.zeros((6, 4), np.float32))
    y = gn.concat([x, np.ones((6, 1), np.float32)], 1)
    writes = gn.group(gn.assign(last, x), gn.assign_add(count, 1))
    with gn.Session() as session:
        function = session.compile([gn.reshape(y.T @ y, 25)[:3], writes], [x])
        found = profile(function, np.ones((6, 4), np.float32), runs=2)
    steps = moments(function.plan)
    assert {step.act for step in steps} >= {Act.FILL, Act.COPY, Act.CALL, Act.COMMIT}
    assert len(function.plan.writes) == 2
    shown = overlay(plan_scene(function.plan), found)
    times = [float(card.data["time"]) for card in shown.cards if "step" in card.data]
    assert times == pytest.approx(found.by_step, rel=1e-5)
    freed = sum(timing.seconds for timing in found.timings if timing.op == "free")
    assert sum(times) + freed + found.around == pytest.approx(found.total, rel=1e-4)
    assert shown.notes[-1].endswith("not shown here")


@pytest.mark.parametrize("name", PLANS)
def test_times_of_a_plan_are_told_by_step(name: str) -> None:
    """No time of one step is part of the card of another, and none is said to be hidden."""
    plan = plan_named(name)
    steps = moments(plan)
    if not steps:
        pytest.skip("nothing is called there")
    times = tuple(float(step.number) for step in steps)
    named: dict[str, float] = {}
    for step in steps:
        named[step.name] = named.get(step.name, 0.0) + step.number
    found = SimpleNamespace(times=named, by_step=times, total=sum(times), plan=plan)
    before = plan_scene(plan)
    shown = overlay(before, found)
    numbered = [card.data for card in shown.cards if "step" in card.data]
    assert all(data["time"] == data["step"] for data in numbered)
    assert shown.notes == before.notes


def test_the_commit_is_named_where_it_has_no_card() -> None:
    """In a declared graph, as other times that are not shown."""
    x, last = gn.placeholder((4,), name="x"), gn.Variable(np.zeros(4, np.float32), name="last")
    y = gn.exp(x)
    part = y.graph.subgraph([y, gn.assign(last, y).node], [x])
    plan = gn.compiler.compile_graph(part, [x.spec])
    assert [step.label for step in moments(plan)] == ["exp", "commit"]
    found = SimpleNamespace(times={"exp": 3.0}, by_step=(3.0, 1.0), total=4.0, plan=plan)
    assert overlay(scene_of(y), found).notes == (
        "time: 1.00 s of 4.00 s (25 %) not shown here: commit to variables",
    )


def test_values_of_other_nodes_are_left_out() -> None:
    """They are named below; if no value fits, that is an error with names that are near."""
    shown = overlay(scene("a", "b"), {"a": 1.0, "other": 2.0})
    assert heats(shown) == [1.0, None]
    assert shown.notes == ("first", "value: of 1 more, not shown here: other")
    with pytest.raises(ArgumentError, match="no node in the picture has a value") as caught:
        overlay(scene("dense/weight"), {"dense/wieght": 1.0})
    assert caught.value.hint == "did you mean 'dense/weight'?"
    assert "test_overlay.py" in (caught.value.at or "")


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ({}, "has no values"),
        ({"a": "many"}, "no number for 'a'"),
        ({"a": None}, "no number for 'a'"),
        ({1: 2.0}, "not by 1"),
        (3, "3 is no overlay"),
        ("time", "'time' is no overlay"),
    ],
)
def test_mistakes_are_explained(what: Any, message: str) -> None:
    """What is no overlay is refused at the user's line."""
    with pytest.raises(ArgumentError, match=message) as caught:
        overlay(scene("a"), what)
    assert "test_overlay.py" in (caught.value.at or "")
    assert caught.value.hint


@pytest.mark.parametrize("option", ["label", "unit"])
def test_words_are_words(option: str) -> None:
    """Labels and units are written into pictures."""
    with pytest.raises(ArgumentError, match=f"the {option} of an overlay is 3") as caught:
        Overlay({"a": 1.0}, **{option: 3})  # type: ignore[arg-type]
    assert "test_overlay.py" in (caught.value.at or "")


def test_an_unknown_join_is_refused() -> None:
    """The ways to join values are told."""
    with pytest.raises(ArgumentError, match="cannot join values by 'mean'") as caught:
        Overlay({"a": 1.0}, join="mean")  # type: ignore[arg-type]
    assert '"norm"' in (caught.value.hint or "")
    assert "test_overlay.py" in (caught.value.at or "")
