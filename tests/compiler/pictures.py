"""Passes shown as pictures: the text of a graph before, and after."""

import re
from collections.abc import Callable
from textwrap import dedent

from graphnet.ir import Graph, parse, to_text

__all__ = ["check", "picture", "read"]


def read(text: str) -> Graph:
    """Give the graph of a text, with its placeholders as inputs."""
    graph = parse(dedent(text))
    graph.inputs = graph.placeholders
    return graph


def picture(graph: Graph) -> str:
    """Give the text of a graph without the specs."""
    lines = to_text(graph.nodes, graph.outputs).splitlines()
    return "\n".join(re.sub(r"\s+#.*", "", line) for line in lines)


def check(apply: Callable[[Graph], Graph], *, before: str, after: str) -> None:
    """Require that ``apply`` makes one graph of another, and leaves that one as it was."""
    graph = read(before)
    text = to_text(graph.nodes, graph.outputs)
    assert picture(apply(graph)) == dedent(after).strip()
    assert to_text(graph.nodes, graph.outputs) == text
