"""How things look: one row per kind of node.

Colors have six digits: Graphviz before 3.0 draws a color of three digits black.
"""

from enum import Enum
from typing import NamedTuple

from graphnet.ir.node import Node
from graphnet.ir.traits import Effect

__all__ = [
    "DIM",
    "EDGE",
    "FONT",
    "GRAPH",
    "NODE",
    "Kind",
    "Look",
    "cluster_colors",
    "is_gradient",
    "kind_of",
]

FONT = "Helvetica,Arial,sans-serif"
DIM = "#64748b"
GRAPH = {"rankdir": "TB", "nodesep": "0.25", "ranksep": "0.35", "bgcolor": "#ffffff"}
NODE = {"fontsize": "11", "style": "filled,rounded"}
EDGE = {"color": DIM, "arrowsize": "0.7", "fontsize": "9", "fontcolor": DIM}


class Look(NamedTuple):
    """Shape and colors of a node."""

    shape: str
    fill: str
    border: str


class Kind(Enum):
    """What readers of a picture tell apart."""

    PLACEHOLDER = Look("parallelogram", "#dbeafe", "#2563eb")
    VARIABLE = Look("cylinder", "#dcfce7", "#16a34a")
    CONSTANT = Look("note", "#f1f5f9", "#94a3b8")
    RANDOM = Look("box", "#f3e8ff", "#9333ea")
    CALL = Look("box", "#fce7f3", "#db2777")
    WRITE = Look("box", "#fef9c3", "#ca8a04")
    OPERATION = Look("oval", "#fef9c3", "#ca8a04")
    GRADIENT = Look("box", "#ffedd5", "#ea580c")
    OP = Look("box", "#ffffff", "#475569")


SPECIAL = {
    Effect.FED: Kind.PLACEHOLDER,
    Effect.READS: Kind.VARIABLE,
    Effect.RANDOM: Kind.RANDOM,
    Effect.CALLS: Kind.CALL,
    Effect.WRITES: Kind.WRITE,
}


def kind_of(node: Node) -> Kind:
    """Give the kind of a node."""
    if not node.outputs:
        return Kind.OPERATION
    if node.op.name == "constant":
        return Kind.CONSTANT
    return SPECIAL.get(node.op.effect) or (Kind.GRADIENT if is_gradient(node.name) else Kind.OP)


def is_gradient(name: str) -> bool:
    """Whether ``gn.gradients`` made what has this name."""
    return name.partition("/")[0] == "gradients"


def cluster_colors(scope: str) -> tuple[str, str]:
    """Give fill and border of the box around a scope; nested boxes are shaded in turn."""
    deep = scope.count("/") % 2
    if is_gradient(scope):
        return ("#fff7ed", "#fffaf5")[deep], "#fdba74"
    return ("#f8fafc", "#f1f5f9")[deep], "#cbd5e1"
