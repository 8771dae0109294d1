"""What nodes of two graphs have in common that may be the same one."""

import re
from collections.abc import Callable, Hashable
from typing import TypeAlias

from graphnet.ir.node import Node
from graphnet.viz.comparing.signatures import Side

__all__ = [
    "Key",
    "akin",
    "around",
    "given_name",
    "is_given",
    "just_above",
    "just_below",
    "label_and_name",
    "same_above",
    "same_below",
    "same_in_all",
    "same_name",
    "same_source",
    "same_structure",
    "same_use",
    "same_value",
]

Key: TypeAlias = Callable[[Side, Node], Hashable | None]
"""What nodes have in common that may be the same one; None for those that it says nothing of."""


def same_in_all(side: Side, node: Node) -> Hashable:
    """Name, and all that is below and above."""
    return node.name, side.down[node], side.up[node]


def same_below(side: Side, node: Node) -> Hashable | None:
    """Name, and all that is below, if that says something."""
    return (node.name, side.down[node]) if node.inputs or is_given(node) else None


def same_above(side: Side, node: Node) -> Hashable | None:
    """Name, and all that is above, if that says something."""
    return (node.name, side.up[node]) if side.users[node] or is_given(node) else None


def same_source(side: Side, node: Node) -> Hashable | None:
    """The name, and all that the node is by itself, if it needs nothing."""
    return label_and_name(side, node) if is_source(node) else None


def same_structure(side: Side, node: Node) -> Hashable:
    """All that is below and above."""
    return side.down[node], side.up[node]


def same_value(side: Side, node: Node) -> Hashable:
    """All that is below."""
    return side.down[node]


def same_use(side: Side, node: Node) -> Hashable:
    """All that is above."""
    return side.up[node]


def given_name(side: Side, node: Node) -> Hashable | None:  # noqa: ARG001  # a key
    """The name, if a user has chosen it, and the name of the op."""
    return (node.op.name, node.name) if is_given(node) else None


def label_and_name(side: Side, node: Node) -> Hashable:
    """The name, and all that the node is by itself."""
    return node.name, side.label[node]


def around(side: Side, node: Node) -> Hashable:
    """Labels of the node and of all its neighbors."""
    return side.label[node], just_below(side, node), just_above(side, node)


def just_below(side: Side, node: Node) -> Hashable | None:
    """Labels of the node and of its operands, if it has some."""
    known = side.label
    operands = [(known.get(tensor.node), tensor.index) for tensor in node.inputs]
    return (known[node], *operands) if operands else None


def just_above(side: Side, node: Node) -> Hashable | None:
    """Labels of the node and of its users, if it has some."""
    known = side.label
    users = sorted((slot, index, known[user]) for slot, index, user in side.users[node])
    return (known[node], *users) if users else None


def same_name(side: Side, node: Node) -> Hashable:  # noqa: ARG001  # a key
    """The name, and the name of the op."""
    return node.op.name, node.name


def is_source(node: Node) -> bool:
    """Whether a node needs nothing."""
    return not node.inputs and not node.control


def is_given(node: Node) -> bool:
    """Whether the last part of the name is not just the op, with a number behind it."""
    _, own = split(node)
    return not re.fullmatch(rf"{re.escape(node.op.name)}(_\d+)?", own)


def akin(one: Node, other: Node, user: Node, partner: Node) -> bool:
    """Whether two nodes that need nothing have one name, but for scopes that their users share."""
    if not is_source(one) or not is_source(other):
        return False
    (first, own), (second, its) = split(one), split(other)
    moved = first == split(user)[0] and second == split(partner)[0]
    return (first == second or moved) and (own == its or not (is_given(one) or is_given(other)))


def split(node: Node) -> tuple[str, str]:
    """Give the scope of a node, and the rest of its name."""
    scope, _, own = node.name.rpartition("/")
    return scope, own
