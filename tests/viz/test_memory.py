"""The picture of a plan's memory: what is in it agrees with the plan."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings

import graphnet as gn
from graphnet.compiler.plan import Plan
from graphnet.compiler.steps import Slot
from graphnet.viz.plans.lifetimes import Lifetimes
from graphnet.viz.plans.memory import legend, memory_svg
from graphnet.viz.plans.memory_marks import Columns
from graphnet.viz.plans.memory_panels import stairs, ticks
from tests.viz.plans import NAMES, PLANS, plan_named, plans, training

SVG = "{http://www.w3.org/2000/svg}"


def parsed(picture: str) -> ET.Element:
    """Give the picture as XML."""
    return ET.fromstring(picture)  # noqa: S314  # of our own making


def lives(picture: str) -> Iterator[ET.Element]:
    """Give what stands for values."""
    for element in parsed(picture).iter(f"{SVG}g"):
        if "life" in element.get("class", "").split() and element.get("data-name"):
            yield element


def texts(picture: str) -> list[str]:
    """Give all that is written."""
    return ["".join(element.itertext()) for element in parsed(picture).iter(f"{SVG}text")]


def check(plan: Plan) -> None:
    """Require what holds for every picture."""
    picture = memory_svg(plan)
    found = Counter(element.get("data-name") for element in lives(picture))
    assert found == Counter(value.name for value in plan.places)
    root = parsed(picture)
    assert root.get("data-peak") == str(plan.peak)
    assert root.get("data-memory") == str(plan.memory)
    wide, high = float(root.get("width", "")), float(root.get("height", ""))
    for element in root.iter(f"{SVG}rect"):
        assert 0 <= float(element.get("x", "0")) <= wide
        assert float(element.get("width", "")) > 0
        assert 0 <= float(element.get("y", "0")) + float(element.get("height", "")) <= high
    assert memory_svg(plan) == picture


@pytest.mark.parametrize("name", NAMES)
def test_every_value_is_there_once(name: str) -> None:
    """Also views, and what lies elsewhere; the same plan gives the same bytes."""
    check(plan_named(name))


@settings(max_examples=25)
@given(plan=plans())
def test_pictures_of_random_plans_are_whole(plan: Plan) -> None:
    """With empty arrays, unknown extents, and no steps at all."""
    check(plan)


def test_empty_arrays_are_shown() -> None:
    """Also where nothing else is in the arena, which is empty, too."""
    x = gn.placeholder((0, 3), name="x")
    graph = x.graph.subgraph([gn.exp(gn.tanh(x))], [x])
    plan = gn.compiler.compile_graph(graph, [x.spec])
    assert plan.arena == 0
    assert any(isinstance(place, Slot) for place in plan.places.values())
    check(plan)


@pytest.mark.parametrize("name", NAMES)
def test_the_legend_fits(name: str) -> None:
    """It goes on in a second row where one has no room."""
    columns = Columns(Lifetimes(plan_named(name)))
    found = legend(columns)
    assert found.width <= columns.width
    assert found.drawn.count("<text") == found.drawn.count("translate(")


@pytest.mark.parametrize("name", ["training", "viewing", "updating_in_place"])
def test_rectangles_in_the_arena_do_not_overlap(name: str) -> None:
    """Concatenations hold their parts; what is very small is drawn one pixel high."""
    picture = memory_svg(plan_named(name))
    shown = [
        corners(element)
        for element in lives(picture)
        if re.fullmatch(r"\[\d+:\d+\]", element.get("data-place", ""))
    ]
    assert len(shown) > 3
    for place, one in enumerate(shown):
        for other in shown[:place]:
            apart = one[2] <= other[0] or other[2] <= one[0]
            assert apart or one[3] <= other[1] + 1 or other[3] <= one[1] + 1


def corners(element: ET.Element) -> tuple[float, float, float, float]:
    """Give the rectangle of a value."""
    rect = element.find(f"{SVG}rect")
    assert rect is not None
    x, y, wide, high = (float(rect.get(name, "")) for name in ("x", "y", "width", "height"))
    return x, y, x + wide, y + high


def test_the_peak_and_its_reasons_are_told() -> None:
    """In the picture, below it, and in its description; the largest values are named."""
    plan = training().plan
    times = Lifetimes(plan)
    words = "\n".join(texts(memory_svg(plan)))
    about = parsed(memory_svg(plan)).findtext(f"{SVG}desc") or ""
    assert "peak 4.3 KiB" in words
    assert f"first at step {times.peak}" in about
    for life in times.largest():
        assert life.value.name in about


def test_the_peak_is_marked_where_it_is() -> None:
    """In the column of its step."""
    x = gn.placeholder((200,), name="x")
    graph = x.graph.subgraph([gn.exp(gn.tanh(x))], [x])
    plan = gn.compiler.compile_graph(graph, [x.spec])
    columns = Columns(Lifetimes(plan))
    (mark,) = [each for each in parsed(memory_svg(plan)).iter() if each.get("class") == "peak"]
    assert columns.times.peak == 2
    assert float(mark.get("cx", "")) == pytest.approx(columns.left(2) + columns.column / 2, abs=0.1)


def test_curves_are_level_within_each_step() -> None:
    """From the left border of its column to the right one."""
    columns = Columns(Lifetimes(PLANS["nothing_but_a_feed"]().plan))
    columns.column = 30.0
    assert stairs(columns, [5, 8], lambda nbytes: 10 * nbytes) == "M74 50V50H104V80H134"


def test_takeovers_views_and_parts_are_marked() -> None:
    """What takes over memory is named; views are lines; concatenations are hollow."""
    picture = memory_svg(training().plan)
    heirs = [element for element in lives(picture) if element.get("data-heir")]
    assert len(heirs) == picture.count('<g class="takeover') - 1  # the legend has one, too
    views = [element for element in lives(picture) if "view" in element.get("class", "").split()]
    assert views
    assert all(element.find(f"{SVG}path") is not None for element in views)
    hollow = [e.get("data-name") for e in lives(picture) if "hollow" in e.get("class", "").split()]
    assert hollow == ["joined/results"]


def test_work_in_blocks_is_bracketed() -> None:
    """The steps of which only a block exists at a time have no size."""
    words = texts(memory_svg(plan_named("in_blocks")))
    assert any(line.startswith("in ") and line.endswith(" blocks") for line in words)
    assert "memory for one block: 10" in words


def test_the_names_of_many_steps_are_thinned() -> None:
    """They never stand closer than they are high; the last one is the end of the run."""
    plan = plan_named("long_chain")
    picture = memory_svg(plan)
    places = [float(x) for x in re.findall(r"translate\(([\d.]+) 4\) rotate", picture)]
    assert 50 < len(places) < 150
    assert min(after - before for before, after in pairwise(places)) >= 10
    assert "return" in texts(picture)
    assert float(parsed(picture).get("width", "")) < 1700
    assert picture.count('class="step"') == len(Lifetimes(plan).moments)


def test_titles_may_be_anything() -> None:
    """They are escaped, and cut where they are too long."""
    plan = PLANS["nothing_but_a_feed"]().plan
    title = f'a<b&"c" {"Ünïcode " * 60}\n\x00'
    root = parsed(memory_svg(plan, title))
    assert (root.findtext(f"{SVG}title") or "").startswith('a<b&"c" Ünïcode')


def test_the_look_follows_the_viewer() -> None:
    """Light and dark; nothing is fetched, and nothing is run."""
    picture = memory_svg(training().plan)
    assert picture.count("prefers-color-scheme:dark") == 2
    assert "<script" not in picture
    assert set(re.findall(r"https?://[^\s\"<]+", picture)) == {"http://www.w3.org/2000/svg"}


def test_styles_hold_for_the_picture_alone() -> None:
    """Every selector begins with a class of its own: other pictures in a page keep their looks."""
    picture = memory_svg(training().plan)
    own = parsed(picture).get("id", "")
    assert own in parsed(picture).get("class", "").split()
    sheets = "".join(element.text or "" for element in parsed(picture).iter(f"{SVG}style"))
    rules = re.sub(r"@media[^{]*\{|^\}$", "", sheets, flags=re.MULTILINE)
    selectors = ",".join(re.findall(r"([^{}]+)\{[^{}]*\}", rules)).split(",")
    assert len(selectors) > 60
    assert [each for each in selectors if not each.strip().startswith(f".{own}")] == []


@pytest.mark.parametrize("top", [0, 1, 3, 64, 1000, 4396, 10**9])
def test_ticks_are_few_and_even(top: int) -> None:
    """They begin at 0 and do not go beyond what is shown."""
    found = ticks(top, 4)
    assert found[0] == 0
    assert found[-1] <= top
    assert len(found) <= 6
    assert len({after - before for before, after in pairwise(found)}) <= 1
