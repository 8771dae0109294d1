"""From nodes to text in the DOT language, which Graphviz lays out.

The titles in a picture are the names of nodes and scopes, the ids are made from them, and the
classes are Graphviz's own, so that links, styles and tests can hold on to them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from html import escape

import numpy as np

from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor
from graphnet.ir.text import literal, node_text
from graphnet.viz.scopes import Box, Origins, boxes
from graphnet.viz.style import (
    DIM,
    EDGE,
    FONT,
    GRAPH,
    NODE,
    Kind,
    cluster_colors,
    is_gradient,
    kind_of,
)

__all__ = ["to_dot"]

SMALL = 4  # elements of a constant that is written into the nodes that use it


def to_dot(nodes: Sequence[Node], kept: Iterable[Node] = ()) -> str:
    """Give the drawing of ``nodes`` in the DOT language.

    Args:
        nodes: The nodes, in dependency order.
        kept: Those that were asked for: their borders are thick, and they are drawn even if they
            are small constants.
    """
    return "\n".join([*Sheet(nodes, frozenset(kept)).lines(), ""])


class Sheet:
    """What is drawn, and under which titles."""

    def __init__(self, nodes: Sequence[Node], kept: frozenset[Node]) -> None:
        used = {tensor.node for node in nodes for tensor in node.inputs}
        self.kept = kept
        self.inlined = {node for node in used - kept if is_small(node)}
        self.drawn = [node for node in nodes if node not in self.inlined]
        self.titles = unique_titles(self.drawn)
        self.origins = Origins(nodes)
        self.ahead = {  # what other nodes than gradients and updates use
            tensor.node
            for node in nodes
            if not self.origins.is_derived(node.name)
            for tensor in node.inputs
        }

    def lines(self) -> Iterator[str]:
        """Give the lines of the drawing."""
        yield "digraph graphnet {"
        yield f"  graph {attributes({**GRAPH, 'fontname': FONT})}"
        yield f"  node {attributes({'fontname': FONT, **NODE})}"
        yield f"  edge {attributes({'fontname': FONT, **EDGE})}"
        yield from self.box(boxes(self.drawn, self.origins), "  ")
        for node in self.drawn:
            yield from self.edges(node)
        yield "}"

    def box(self, box: Box, indent: str) -> Iterator[str]:
        """Give what is in a box."""
        for node in box.nodes:
            yield f"{indent}{quote(self.titles[node])} {attributes(self.look(node, box))}"
        for inner in box.inner:
            fill, border = cluster_colors(inner.path)
            look = {
                "label": box.relative(inner.path),
                "id": identifier("cluster", inner.path),
                "style": "filled,rounded",
                "fillcolor": fill,
                "color": border,
                "fontsize": "10",
                "fontcolor": DIM,
                "labeljust": "l",
            }
            yield f"{indent}subgraph {quote(f'cluster_{inner.path}')} {{"
            yield f"{indent}  graph {attributes(look)}"
            yield from self.box(inner, f"{indent}  ")
            yield f"{indent}}}"

    def look(self, node: Node, box: Box) -> dict[str, str]:
        """Give the attributes of a node."""
        shape, fill, border = kind_of(node).value
        names = {output: output.name for output in node.outputs}
        return {
            "label": self.label(node, box),
            "id": identifier("node", self.titles[node]),
            "tooltip": f"{node_text(node, names, SMALL)}\n{node.site}",
            "shape": shape,
            "fillcolor": fill,
            "color": border,
            "margin": "0.1,0.1" if shape == "cylinder" else "0.1,0.04",
            "penwidth": "2.5" if node in self.kept else "1",
        }

    def label(self, node: Node, box: Box) -> str:
        """Give the label of a node: what it is, and below it what else there is to say."""
        kind, name = kind_of(node), box.relative(node.name)
        if kind in SOURCES:
            return html(name, [str(node.outputs[0].spec)])
        if kind is Kind.OPERATION:
            return html(name, [node.op.name])
        where, _, own = name.rpartition("/")
        if not re.fullmatch(rf"{node.op.name}(_\d+)?", own):
            where = name
        elif where and kind is Kind.GRADIENT:
            where = f"of {where}"
        return html(node.op.name, [*self.operands(node), *static(node), where])

    def operands(self, node: Node) -> Iterator[str]:
        """Give the operands that have no arrow: small constants, and what is far away."""
        for operand, tensor in zip(node.op.operand_names(), node.inputs, strict=False):
            if tensor.node in self.inlined:
                own = tensor.node.name.rpartition("/")[2]
                named = not re.fullmatch(r"constant(_\d+)?", own)
                yield f"{own if named else operand} = {value(tensor.node)}"
            elif not self.is_drawn(tensor, node):
                yield f"{operand} = {tensor.name}"

    def is_drawn(self, tensor: Tensor, node: Node) -> bool:
        """Whether there is an arrow from a tensor to a node.

        Gradients and updates need much of what was computed before them. Arrows from there would
        cover the picture, so that only those stay that lead on from an end, as from the loss.
        """
        derived = self.origins.is_derived
        far = derived(node.name) and not derived(tensor.node.name) and tensor.node in self.ahead
        return tensor.node in self.titles and not far

    def edges(self, node: Node) -> Iterator[str]:
        """Give the edges that lead to a node."""
        head = self.titles[node]
        for position, tensor in enumerate(node.inputs):
            if self.is_drawn(tensor, node):
                tail = self.titles[tensor.node]
                look = {
                    "id": identifier("edge", f"{tail}-{head}-{position}"),
                    **edge_look(tensor),
                }
                yield f"  {quote(tail)} -> {quote(head)} {attributes(look)}"
        for before in node.control:
            if before in self.titles:
                tail = self.titles[before]
                look = {"id": identifier("edge", f"{tail}-{head}"), "style": "dashed"}
                yield f"  {quote(tail)} -> {quote(head)} {attributes(look)}"


SOURCES = (Kind.PLACEHOLDER, Kind.VARIABLE, Kind.CONSTANT)


def edge_look(tensor: Tensor) -> dict[str, str]:
    """Give the attributes of an edge: the spec, unless a source has it in its label."""
    look: dict[str, str] = {}
    if kind_of(tensor.node) not in SOURCES:
        index = f":{tensor.index} " if len(tensor.node.outputs) > 1 else ""
        look["label"] = f" {index}{tensor.spec}"
        look["weight"] = "8"
    if kind_of(tensor.node) is Kind.VARIABLE:
        look["minlen"] = "0"  # beside what uses it, so that layers lie below each other
    if is_gradient(tensor.node.name):
        look["color"] = Kind.GRADIENT.value.border
    return look


def is_small(node: Node) -> bool:
    """Whether a node is a constant that fits into the labels of those that use it."""
    return node.op.name == "constant" and (node.outputs[0].spec.size or 0) <= SMALL


def value(node: Node) -> str:
    """Give the elements of a constant."""
    elements = np.asarray(getattr(node.op, "value", None))
    return np.array2string(elements, separator=", ", precision=4)


def static(node: Node) -> Iterator[str]:
    """Give the static arguments that differ from their defaults."""
    for field in fields(node.op):  # type: ignore[arg-type]  # every op is a dataclass
        argument = getattr(node.op, field.name)
        if not isinstance(argument, np.ndarray | Tensor) and argument != field.default:
            yield f"{field.name} = {literal(argument, {}, SMALL)}"


def unique_titles(nodes: Iterable[Node]) -> dict[Node, str]:
    """Give every node its name; where passes have made several of one name, with a number."""
    titles: dict[Node, str] = {}
    taken: dict[str, int] = {}
    for node in nodes:
        title = node.name
        while title in taken:
            taken[node.name] += 1
            title = f"{node.name}#{taken[node.name]}"
        taken[title] = 1
        titles[node] = title
    return titles


def html(headline: str, details: Iterable[str]) -> str:
    """Give a label: a headline, and below it smaller lines."""
    lines = [f"<B>{escape(headline)}</B>"]
    small = f'<FONT POINT-SIZE="9" COLOR="{DIM}">'
    lines += [f"{small}{escape(detail)}</FONT>" for detail in details if detail]
    return f"<{'<BR/>'.join(lines)}>"


def identifier(kind: str, title: str) -> str:
    """Give an id that stays the same as long as the name does."""
    return f"{kind}:{re.sub(r'[^A-Za-z0-9_.-]', ':', title)}"


def attributes(values: Mapping[str, str]) -> str:
    """Give an attribute list."""
    pairs = (
        f"{name}={text if name == 'label' and text.startswith('<') else quote(text)}"
        for name, text in values.items()
    )
    return f"[{' '.join(pairs)}]"


def quote(text: str) -> str:
    """Give a string in the DOT language that stands for ``text`` as it is."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{quoted}"'
