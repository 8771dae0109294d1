"""From nodes to text in the DOT language, which Graphviz lays out.

Node and cluster titles are the names of nodes and scopes, ids are made from them, and classes are
Graphviz's own, so that links, styles and tests can hold on to them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from html import escape
from itertools import count

import numpy as np

from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor
from graphnet.ir.text import identifiers, literal, node_text
from graphnet.viz.scopes import Box, boxes
from graphnet.viz.style import (
    EDGE,
    FONT,
    GRAPH,
    Kind,
    cluster_colors,
    is_gradient,
    kind_of,
)

__all__ = ["to_dot"]

SMALL = 4  # elements of a constant that is written into the nodes that use it
DIM = "#64748b"


def to_dot(nodes: Sequence[Node], outputs: Iterable[Tensor | Node] = ()) -> str:
    """Give the drawing of ``nodes`` in the DOT language.

    Args:
        nodes: The nodes, in dependency order.
        outputs: What is drawn in any case, even if it is a small constant.
    """
    sheet = Sheet(nodes, outputs)
    head = [
        "digraph graphnet {",
        attributes("graph", {**GRAPH, "fontname": FONT}),
        attributes("node", {"fontname": FONT, "fontsize": "11", "style": "filled,rounded"}),
        attributes("edge", {"fontname": FONT, **EDGE}),
    ]
    return "\n".join([*head, *sheet.clusters(), *sheet.edges(), "}", ""])
