"""Signatures: numbers that are equal where two nodes, of one graph or of two, cannot be told apart.

Names take no part in them, nor do the initial values of variables.
"""

from collections.abc import Hashable, Iterator, Sequence
from hashlib import blake2b
from typing import Any, TypeAlias

import numpy as np

from graphnet.ir.graph import needs
from graphnet.ir.node import Node
from graphnet.ir.op import Op, exactly
from graphnet.ir.tensor import Tensor
from graphnet.typing import Array

__all__ = ["Cones", "Side", "Table", "User", "argument"]

User: TypeAlias = tuple[int, int, Node]
"""Which operand of a node a value is, which output the value is, and the node."""

CONTROL = -1
"""Stands for the operand where one node only waits for another."""


class Table:
    """Numbers of keys: equal ones for equal keys, in the order in which they are first seen.

    Example:
        >>> table = Table()
        >>> table.number("a"), table.number("b"), table.number("a")
        (0, 1, 0)
    """

    def __init__(self) -> None:
        self.numbers: dict[Hashable, int] = {}

    def number(self, *key: Hashable) -> int:
        """Give the number of a key."""
        return self.numbers.setdefault(key, len(self.numbers))


class Side:
    """One of the two sets of nodes that are compared.

    Args:
        nodes: In dependency order.
        table: Gives the numbers; one table for both sides.

    Attributes:
        users: For each node what takes its results or waits for it.
        label: The node by itself: op, static arguments and specs.
        down: The node with all that it needs.
        up: The node with all that needs it, but for what else that needs.
    """

    def __init__(self, nodes: Sequence[Node], table: Table) -> None:
        self.nodes = nodes
        self.users: dict[Node, list[User]] = {node: [] for node in nodes}
        for node in nodes:
            for slot, tensor in enumerate(node.inputs):
                if tensor.node in self.users:
                    self.users[tensor.node].append((slot, tensor.index, node))
            for before in node.control:
                if before in self.users:
                    self.users[before].append((CONTROL, CONTROL, node))
        self.label = {node: label(node, table) for node in nodes}
        self.down: dict[Node, int] = {}
        for node in nodes:
            self.down[node] = below(node, self.label[node], self.down, table)
        self.up: dict[Node, int] = {}
        for node in reversed(nodes):
            above = sorted((slot, index, self.up[user]) for slot, index, user in self.users[node])
            self.up[node] = table.number("up", self.label[node], tuple(above))


class Cones:
    """Numbers of whole computations, also of the initial values in them.

    Args:
        table: Gives the numbers.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self.found: dict[Node, int] = {}

    def number(self, tensor: Tensor) -> tuple[int, int]:
        """Give what is equal for tensors that are computed in the same way."""
        pending = [tensor.node]
        while pending:
            node = pending[-1]
            initial = [value.node for _, value in static(node.op) if isinstance(value, Tensor)]
            missing = [near for near in (*needs(node), *initial) if near not in self.found]
            if not missing:
                pending.pop()
                values = tuple(self.found[near] for near in initial)
                own = self.table.number("cone", label(node, self.table), values)
                self.found[node] = below(node, own, self.found, self.table)
            pending += missing
        return self.found[tensor.node], tensor.index


def below(node: Node, own: int, found: dict[Node, int], table: Table) -> int:
    """Give the number of a node with what it needs; ``own`` is its own, ``found`` has the others.

    What lies outside is known by its name.
    """
    operands = tuple(
        (found.get(tensor.node, tensor.node.name), tensor.index) for tensor in node.inputs
    )
    control = sorted(str(found.get(before, before.name)) for before in node.control)
    return table.number("down", own, operands, tuple(control))


def label(node: Node, table: Table) -> int:
    """Give the number of a node by itself."""
    values = tuple(
        (name, argument(value)) for name, value in static(node.op) if not isinstance(value, Tensor)
    )
    return table.number("label", node.op.name, values, node.specs)


def static(op: Op) -> Iterator[tuple[str, Any]]:
    """Give names and values of the static arguments."""
    return ((name, getattr(op, name)) for name in op.static_names())


def argument(value: Any) -> Hashable:
    """Give what is equal for static arguments that are equal to the type and the bit."""
    match value:
        case np.ndarray():
            return value.dtype, value.shape, content(value)
        case tuple():
            return tuple(map(argument, value))
        case slice():  # has a hash of its own from Python 3.12 on only
            return "slice", argument((value.start, value.stop, value.step))
    exact: Hashable = exactly(value)
    return exact


def content(array: Array) -> bytes:
    """Give the bytes of an array, or what stands for many."""
    data = array.tobytes()
    return data if len(data) <= 64 else blake2b(data).digest()
