"""Views: scenes of a graph, or of the part of it that a reader wants to see."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from graphnet.errors import ArgumentError, near_names
from graphnet.ir.context import creation_site
from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Effect
from graphnet.viz.scene import Card, Kind, Link, Part, Scene, Way, boxes_around
from graphnet.viz.views.nodes import card_of, is_small, keys_of, link_of, value_text
from graphnet.viz.views.parts import Parts, is_gradient, kind_of
from graphnet.viz.views.select import in_hand, select
from graphnet.viz.views.titles import named

__all__ = ["VIEWS", "scene_of"]


@dataclass(frozen=True)
class Shown:
    """What of the nodes is shown.

    Attributes:
        weights: Whether variables are cards, and not lines in the cards that use them.
        constants: Whether constants are cards; None for those with more than four elements.
        specs: Whether arrows say shapes and dtypes.
    """

    weights: bool = True
    constants: bool | None = None
    specs: bool = True


def scene_of(
    what: Any,
    view: str = "train",
    *,
    weights: bool = True,
    constants: bool | None = None,
    specs: bool = True,
    title: str | None = None,
) -> Scene:
    """Give the scene of a graph, one card per node.

    Args:
        what: What ``select`` takes.
        view: One of ``VIEWS``.
        weights: Whether variables are cards.
        constants: Whether constants are cards; None for those with more than four elements.
        specs: Whether arrows say shapes and dtypes.
        title: What stands above the picture.

    Raises:
        ArgumentError: There is no such view, or nothing to be seen in it.

    Example:
        >>> import graphnet as gn
        >>> w = gn.Variable([1.0, 2.0], name="w")
        >>> step = gn.optim.SGD(0.1).minimize((w * w).sum())
        >>> [card.key for card in scene_of(step, "forward").cards]
        ['w', 'multiply', 'sum']
    """
    if view not in tuple(VIEWS):
        raise unknown(view)
    what = in_hand(what)
    nodes, kept = select(what)
    parts = Parts(nodes)
    chosen = [node for node in nodes if VIEWS[view](node, parts)]
    if view == "state":
        chosen = with_readers(chosen, nodes)
    if not chosen:
        raise ArgumentError(
            f"draw: there is nothing to see in the view {view!r} of {named(what)}",
            at=str(creation_site()),
            hint=EMPTY.get(view, "declare some nodes first"),
        )
    sheet = Sheet(chosen, kept, parts, Shown(weights, constants, specs))
    plain = view == "train" and {parts.of[node] for node in chosen} == {Part.FORWARD}
    words = named(what) if plain else f"{named(what)}: {view}"
    return sheet.scene(title or words, state=view == "state")


def unknown(view: str) -> ArgumentError:
    """Give the error for a view that there is not."""
    known = (*VIEWS, "plan", "memory")
    return ArgumentError(
        f"draw: there is no view {view!r}",
        at=str(creation_site()),
        hint=near_names(str(view), known) or f"use one of {', '.join(map(repr, known))}",
    )


VIEWS: dict[str, Callable[[Node, Parts], bool]] = {
    "forward": lambda node, parts: parts.of[node] is Part.FORWARD,
    "backward": lambda node, parts: parts.of[node] is Part.BACKWARD,
    "train": lambda *_: True,
    "state": lambda node, parts: node.op.effect is Effect.READS or parts.of[node] is Part.UPDATE,
}
"""The views of a graph: which nodes are in each."""

EMPTY = {
    "backward": "gn.gradients, or the `minimize` of an optimizer, declares gradients",
    "state": "it has no variables",
}


def with_readers(chosen: list[Node], nodes: list[Node]) -> list[Node]:
    """Add the nodes that read a variable, in the order of ``nodes``."""
    there = set(chosen)
    return [
        node
        for node in nodes
        if node in there or any(tensor.node.op.effect is Effect.READS for tensor in node.inputs)
    ]


class Sheet:
    """The cards of some nodes.

    Args:
        nodes: The nodes, in dependency order.
        kept: Those that the user asked for.
        parts: The part of each.
        shown: What of them is shown.
    """

    def __init__(self, nodes: list[Node], kept: list[Node], parts: Parts, shown: Shown) -> None:
        used = {tensor.node for node in nodes for tensor in node.inputs}
        self.kept = frozenset(kept)
        self.parts = parts
        self.shown = shown
        self.inlined = {node for node in used - self.kept if self.is_inlined(node)}
        self.drawn = [node for node in nodes if node not in self.inlined]
        keys = keys_of(nodes)  # of all, so that what is hidden changes no name
        self.keys = {node: keys[node] for node in self.drawn}
        self.gradients = self.gradients_of_variables()

    def is_inlined(self, node: Node) -> bool:
        """Whether a node is a line in the cards that use it."""
        if kind_of(node) is Kind.CONSTANT:
            return is_small(node) if self.shown.constants is None else not self.shown.constants
        return kind_of(node) is Kind.VARIABLE and not self.shown.weights

    def scene(self, title: str, *, state: bool) -> Scene:
        """Give the scene; ``state`` adds arrows from writes to their variables."""
        cards = tuple(self.card(node) for node in self.drawn)
        links = [link for node in self.drawn for link in self.links(node, near=state)]
        if state:
            links += self.writes()
        return Scene(title, cards, tuple(links), boxes_around(cards))

    def card(self, node: Node) -> Card:
        """Give the card of a node."""
        return card_of(
            node,
            self.keys[node],
            self.parts.box(node.name),
            self.parts.of[node],
            [*self.operands(node), *self.gradients.get(node, ())],
            kept=node in self.kept,
        )

    def operands(self, node: Node) -> Iterator[str]:
        """Give the operands that have no arrow: what is inlined, and what is far away."""
        for operand, tensor in zip(node.op.operand_names(), node.inputs, strict=False):
            if tensor.node in self.inlined:
                own = tensor.node.name.rpartition("/")[2]
                named = not re.fullmatch(r"constant(_\d+)?", own)
                yield f"{own if named else operand} = {inlined_text(tensor)}"
            elif tensor.node not in self.keys or self.parts.is_far(node, tensor.node):
                yield f"{operand} = {tensor.name}"

    def links(self, node: Node, *, near: bool) -> Iterator[Link]:
        """Give the arrows that lead to a node; all of them are ``near`` ones if it is said."""
        head = self.keys[node]
        for slot, tensor in enumerate(node.inputs):
            if tensor.node in self.keys:
                way = self.way(tensor, node)
                if near and way is Way.FAR:
                    way = Way.VALUE
                link = link_of(tensor, self.keys[tensor.node], head, slot, way)
                yield link if self.shown.specs else replace_label(link)
        for place, before in enumerate(node.control):
            if before in self.keys:
                yield Link(self.keys[before], head, Way.CONTROL, slot=len(node.inputs) + place)

    def way(self, tensor: Tensor, node: Node) -> Way:
        """Give what an arrow stands for."""
        if self.parts.is_far(node, tensor.node):
            return Way.FAR
        return Way.GRADIENT if is_gradient(tensor.node.name) else Way.VALUE

    def writes(self) -> Iterator[Link]:
        """Give the arrows from writes to the variables that they change."""
        for node in self.drawn:
            if node.op.name == "assign" and node.inputs[0].node in self.keys:
                yield Link(self.keys[node], self.keys[node.inputs[0].node], Way.WRITE, slot=-1)

    def gradients_of_variables(self) -> dict[Node, list[str]]:
        """Give for the ends of the backward part which variables they are the gradients of."""
        found: dict[Node, list[str]] = {}
        for node, part in self.parts.of.items():
            origin = self.parts.origin(node.name) if part is Part.UPDATE else None
            for tensor in node.inputs if origin else ():
                line = f"gradient of {origin}"
                if is_gradient(tensor.node.name) and line not in found.get(tensor.node, ()):
                    found.setdefault(tensor.node, []).append(line)
        return found


def inlined_text(tensor: Tensor) -> str:
    """Give what stands for an operand that is no card: the numbers, or the spec of many."""
    node = tensor.node
    return value_text(node) if is_small(node) else str(tensor.spec)


def replace_label(link: Link) -> Link:
    """Give an arrow without its label."""
    return Link(link.tail, link.head, link.way, "", link.slot, link.change, link.data)
