"""What is not the same about two nodes that are the same one."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Any

import numpy as np

from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor
from graphnet.ir.text import literal, node_text
from graphnet.typing import Array
from graphnet.viz.comparing.signatures import Cones, Table, argument

__all__ = ["Comparison", "shown"]

ELEMENTS = 8
"""Elements of a constant that are written out."""


class Comparison:
    """Two sets of nodes, and which of them are the same ones.

    Args:
        forth: For each node of the first set its partner in the second.
        before: The nodes of the first set, each with the name that it has in messages.
        after: Those of the second set.
    """

    def __init__(
        self,
        forth: Mapping[Node, Node],
        before: Mapping[Node, str],
        after: Mapping[Node, str],
    ) -> None:
        self.forth = forth
        self.keys = dict(before) | dict(after)
        self.cones = Cones(Table())

    def own(self, one: Node, other: Node) -> tuple[str, ...]:
        """Say what differs between two partners in themselves, but for their names."""
        return () if one is other else (*self.arguments(one, other), *specs(one, other))

    def wiring(self, one: Node, other: Node) -> tuple[str, ...]:
        """Say what differs in what two partners take, and in what they wait for."""
        return () if one is other else (*self.operands(one, other), *self.control(one, other))

    def is_same(self, one: Tensor | None, other: Tensor | None) -> bool:
        """Whether two tensors are the same output of partners."""
        if one is None or other is None:
            return one is other
        if one.index != other.index:
            return False
        partner = self.forth.get(one.node)
        if partner is None:  # the same where neither is compared, as both lie outside
            inside = one.node in self.keys or other.node in self.keys
            return not inside and one.name == other.name
        return partner is other.node

    def arguments(self, one: Node, other: Node) -> Iterator[str]:
        """Say which static arguments differ."""
        for name, old, new in static_pairs(one, other):
            if not isinstance(old, Tensor) or not isinstance(new, Tensor):
                yield from values(name, old, new)
            elif self.cones.number(old) != self.cones.number(new):
                yield f"{name}: {', '.join(computed(old, new))}"

    def operands(self, one: Node, other: Node) -> Iterator[str]:
        """Say which operands are others."""
        names = other.op.operand_names()
        for old, new in zip_longest(one.inputs, other.inputs):
            name = next(names)
            if not self.is_same(old, new):
                yield f"operand {name}: {self.other(old, new)}"

    def control(self, one: Node, other: Node) -> Iterator[str]:
        """Say what else, or not any more, runs first."""
        kept = {self.forth.get(before, before) for before in one.control}
        gone = [
            before for before in one.control if self.forth.get(before, before) not in other.control
        ]
        new = [before for before in other.control if before not in kept]
        if gone or new:
            yield f"after: {arrow(self.names(gone), self.names(new))}"

    def name(self, tensor: Tensor | None) -> str:
        """Give what a tensor is called."""
        if tensor is None:
            return "none"
        return shown(tensor, self.keys)

    def other(self, old: Tensor | None, new: Tensor | None) -> str:
        """Say which tensor has come in the place of another one."""
        first, second = self.name(old), self.name(new)
        if first == second and old is not None and new is not None:
            first, second = (f"{first} ({tensor.node.op.name})" for tensor in (old, new))
        return arrow(first, second)

    def names(self, nodes: Iterable[Node]) -> str:
        """Give what nodes are called."""
        return ", ".join(self.keys.get(node, node.name) for node in nodes) or "none"


def shown(tensor: Tensor, keys: Mapping[Node, str]) -> str:
    """Give what a tensor is called where nodes are called by ``keys``."""
    key = keys.get(tensor.node, tensor.node.name)
    return f"{key}:{tensor.index}" if tensor.index else key


def specs(one: Node, other: Node) -> Iterator[str]:
    """Say which specs differ."""
    many = max(len(one.specs), len(other.specs)) > 1
    for index, (old, new) in enumerate(zip_longest(one.specs, other.specs)):
        if old != new:
            yield f"result {index}: {arrow(old, new)}" if many else arrow(old, new)


def static_pairs(one: Node, other: Node) -> Iterator[tuple[str, Any, Any]]:
    """Give names and values of the static arguments of both; None where one has none."""
    for name in dict.fromkeys((*one.op.static_names(), *other.op.static_names())):
        yield name, getattr(one.op, name, None), getattr(other.op, name, None)


def computed(old: Tensor, new: Tensor) -> Iterator[str]:
    """Say how a value is computed otherwise."""
    one, other = old.node, new.node
    found: list[str] = []
    if one.op.name == other.op.name and old.index == new.index:
        for name, first, second in static_pairs(one, other):
            if not isinstance(first, Tensor) and not isinstance(second, Tensor):
                found += values(name, first, second)
    yield from found or [arrow(call(one), call(other))]


def values(name: str, old: Any, new: Any) -> Iterator[str]:
    """Say how a static argument differs, if it does; large arrays in short."""
    if argument(old) == argument(new):
        return
    first, second = (literal(value, {}, ELEMENTS) for value in (old, new))
    if first != second:
        yield f"{name} = {arrow(first, second)}"
    elif isinstance(old, np.ndarray) and isinstance(new, np.ndarray):
        number = np.count_nonzero((elements(old) != elements(new)).any(axis=1))
        yield f"{name} = {first}, {number:,} of {old.size:,} elements differ"
    else:
        yield f"{name} = {first}, another one"


def elements(array: Array) -> Array:
    """Give the bytes of an array, a row for each element."""
    return np.frombuffer(array.tobytes(), np.uint8).reshape(array.size, -1)


def call(node: Node) -> str:
    """Give a node as text, without the names of its results."""
    text = node_text(node, {output: output.name for output in node.outputs}, ELEMENTS)
    return text.partition(" = ")[2]


def arrow(old: object, new: object) -> str:
    """Give what was, and what is."""
    return f"{old} -> {new}"
