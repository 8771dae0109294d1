"""``draw``: pictures of graphs; structure and not bytes, which differ from version to version."""

import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import graphnet as gn
from graphnet.ir.node import Node
from graphnet.viz.drawing import select

SVG = "{http://www.w3.org/2000/svg}"
needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")


def message(error: Exception) -> str:
    """Give the whole message, without the paths in it."""
    return re.sub(r"\S+\.py:\d+", "FILE:LINE", str(error))


def titles(path: Path) -> dict[str, list[str]]:
    """Give the titles in a picture, by the class of what they are titles of."""
    found: dict[str, list[str]] = {"node": [], "edge": [], "cluster": []}
    for group in ET.parse(path).iter(f"{SVG}g"):  # noqa: S314  # own file
        kind = group.get("class", "")
        if kind in found:
            found[kind].append(group.findtext(f"{SVG}title", ""))
    return {kind: sorted(names) for kind, names in found.items()}


def model() -> tuple[gn.Tensor, Node]:
    """Declare a small training graph, and give loss and step."""
    x = gn.placeholder(("batch", 2), name="x")
    y = gn.nn.Sequential(gn.nn.Dense(3, activation=gn.tanh), gn.nn.Dense(1))(x)
    loss = (y * y).mean()
    return loss, gn.optim.SGD(0.1).minimize(loss)


@needs_dot
def test_a_picture_has_the_titles_of_nodes_and_scopes(tmp_path: Path) -> None:
    """Whatever version of Graphviz draws it."""
    loss, _ = model()
    path = gn.draw(loss, tmp_path / "loss.svg")
    assert path == tmp_path / "loss.svg"
    found = titles(path)
    layers = ["sequential/dense", "sequential/dense_1"]
    ops = [f"{layer}/{op}" for layer in layers for op in ("add", "bias", "matmul", "weight")]
    assert found["node"] == sorted([*ops, "sequential/dense/tanh", "x", "multiply", "mean"])
    assert found["cluster"] == [f"cluster_{scope}" for scope in ("sequential", *layers)]
    assert len(found["edge"]) == 12
    assert found["edge"].count("sequential/dense_1/add->multiply") == 2


@needs_dot
def test_ids_are_made_of_names(tmp_path: Path) -> None:
    """They stay when other nodes come and go."""
    loss, _ = model()
    path = gn.draw(loss, tmp_path / "loss.svg")
    ids = [element.get("id") for element in ET.parse(path).iter(f"{SVG}g")]  # noqa: S314
    assert len(ids) == len(set(ids))
    assert {"node:sequential:dense:add", "cluster:sequential:dense"} <= set(ids)
    assert "edge:multiply-mean-0" in ids


@needs_dot
def test_odd_names_survive_the_way_into_the_picture(tmp_path: Path) -> None:
    """Also those that mean something to DOT and SVG."""
    graph = gn.placeholder((), name="plain").graph
    (node,) = graph.nodes
    odd = '<&">'
    graph.nodes.append(Node(node.op, (), (), node.specs, odd, node.site, graph))
    assert titles(gn.draw(graph, tmp_path / "odd.svg"))["node"] == sorted(["plain", odd])


@needs_dot
@pytest.mark.parametrize(
    ("suffix", "start"),
    [("svg", b"<?xml"), ("SVG", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")],
)
def test_the_suffix_decides_the_format(tmp_path: Path, suffix: str, start: bytes) -> None:
    """In letters of either case."""
    _, step = model()
    assert gn.draw(step, str(tmp_path / f"step.{suffix}")).read_bytes().startswith(start)


@pytest.mark.parametrize("suffix", ["gv", "dot"])
def test_text_needs_no_program(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DOT is written without Graphviz."""
    monkeypatch.setenv("PATH", "")
    loss, _ = model()
    text = gn.draw(loss, tmp_path / f"loss.{suffix}").read_text("utf-8")
    assert text.startswith("digraph graphnet {\n")
    assert text.endswith("}\n")


def test_without_dot_the_message_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing is written."""
    monkeypatch.setenv("PATH", "")
    loss, _ = model()
    with pytest.raises(gn.errors.GraphnetError) as caught:
        gn.draw(loss, tmp_path / "loss.svg")
    assert message(caught.value) == (
        "draw: the program `dot` of Graphviz is not on the PATH\n"
        "  at FILE:LINE\n"
        "hint: install Graphviz (apt install graphviz, brew install graphviz, or from "
        "https://graphviz.org/download), or give a file name that ends in .gv, "
        "which needs no program"
    )
    assert not list(tmp_path.iterdir())


@needs_dot
def test_a_failure_of_dot_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what it says."""
    monkeypatch.setattr("graphnet.viz.drawing.to_dot", lambda *_: "digraph {")
    loss, _ = model()
    with pytest.raises(gn.errors.GraphnetError, match=r"dot` failed: Error: .*syntax"):
        gn.draw(loss, tmp_path / "loss.svg")


@pytest.mark.parametrize("name", ["loss", "loss.jpeg", "svg"])
def test_other_suffixes_are_refused(tmp_path: Path, name: str) -> None:
    """Before anything is drawn."""
    loss, _ = model()
    with pytest.raises(gn.errors.GraphnetError) as caught:
        gn.draw(loss, tmp_path / name)
    assert message(caught.value) == (
        f"draw: {name!r} has no suffix that names a format\n"
        "  at FILE:LINE\n"
        "hint: use one of .svg, .pdf, .png, .gv, .dot"
    )


def test_a_graph_is_drawn_without_initial_values() -> None:
    """All else is there, also what nothing depends on."""
    loss, _ = model()
    x = gn.placeholder((), name="unused")
    shared = gn.tanh(gn.constant(0.5))
    gn.Variable(shared * 2, name="v")
    _ = shared + x
    drawn, wanted = select(loss.graph)
    names = {node.name for node in drawn}
    hidden = {node.name for node in loss.graph.nodes} - names
    assert not wanted
    assert {"unused", "tanh", "v"} <= names
    assert {"multiply_1", "sequential/dense/weight/uniform"} <= hidden
    layers = {name for name in hidden if name.startswith("sequential/")}
    assert all("/weight/" in name or "/bias/" in name for name in layers)
    assert hidden - layers == {"multiply_1", "constant_1"}


def test_several_things_are_drawn_together() -> None:
    """In the order of the graph, each node once."""
    loss, step = model()
    drawn, wanted = select([step, loss])
    assert wanted == [step, loss.node]
    assert len(drawn) == len(set(drawn))
    assert [node for node in loss.graph.nodes if node in set(drawn)] == drawn


def test_what_cannot_be_drawn_is_refused() -> None:
    """Things of other types, of two graphs, and nothing at all."""
    x = gn.placeholder(())
    with gn.Graph():
        y = gn.placeholder(())
    with pytest.raises(gn.errors.GraphnetError) as caught:
        gn.draw([x, 3.5])  # type: ignore[list-item]  # the mistake
    assert message(caught.value) == (
        "draw: 3.5 cannot be drawn\n  at FILE:LINE\nhint: give a graph, or tensors and operations"
    )
    with pytest.raises(gn.errors.GraphnetError, match="of one graph, found 2 graphs"):
        gn.draw([x, y])
    with pytest.raises(gn.errors.GraphnetError, match="of one graph, found 0 graphs"):
        gn.draw([])


def test_nothing_is_drawn_by_importing() -> None:
    """The package `graphviz` is loaded by the first picture only."""
    code = "import sys, graphnet; sys.exit('graphviz' in sys.modules)"
    assert subprocess.run(["python", "-c", code], check=False).returncode == 0  # noqa: S607
