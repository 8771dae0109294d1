"""What one stage of the compiler did to each node of the graph before it.

Passes say nothing about what they do, but every rewriting knows what has taken the place of which
tensor. What nobody needs any more has gone where those went who needed it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from graphnet.compiler.fates import Outcome
from graphnet.ir.graph import Graph, consumers
from graphnet.ir.node import Node
from graphnet.ir.registry import OPS
from graphnet.ir.rewrite import Rewriting
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Effect, Memory

__all__ = ["Change", "Changes", "Stage"]


class Stage(NamedTuple):
    """What a stage of the compiler did.

    Attributes:
        name: Its name.
        graph: The graph that it gave.
        done: How it got there.
    """

    name: str
    graph: Graph
    done: list[Rewriting]


class Change(NamedTuple):
    """What a stage did to a node.

    Attributes:
        outcome: What it did.
        into: What stands for the node behind it, if anything does.
        own: Whether that was made for this node, and did not stand for another one before.
    """

    outcome: Outcome
    into: Node | None
    own: bool = False


class Changes:
    """What one stage did to the nodes of the graph before it."""

    def __init__(self, stage: Stage, before: Graph) -> None:
        self.stage = stage
        self.before = before
        self.there = set(stage.graph.nodes)
        self.images = {node: self.image(node) for node in before.nodes}
        kept = (node for node, image in self.images.items() if self.is_kept(node, image))
        self.owners = {self.images[node]: node for node in kept}

    def found(self) -> dict[Node, Change]:
        """Give what became of each node."""
        users = consumers(self.before.nodes)
        found: dict[Node, Change] = {}
        for node in reversed(self.before.nodes):
            change = self.of_living(node)
            if change is None:
                takers = [user for output in node.outputs for user in users.get(output, ())]
                changes = [found[user] for user in dict.fromkeys(takers)]
                change = of_dead(node, changes, self.stage.name)
            found[node] = change
        return found

    def follow(self, value: Tensor) -> Tensor:
        """Give what has taken the place of a value."""
        for rewriting in self.stage.done:
            value = rewriting.tensors.get(value, value)
        return value

    def image(self, node: Node) -> Node | None:
        """Give the node that gives the values of another one now, if there is one."""
        if node in self.there:
            return node
        images = (self.follow(output).node for output in node.outputs)
        return next((image for image in images if image in self.there), None)

    def is_kept(self, node: Node, image: Node | None) -> bool:
        """Whether a node is still there, with what has become of its operands."""
        if image is node:
            return True
        if image is None or image.name != node.name or type(image.op) is not type(node.op):
            return False
        if self.stage.name in LAYOUT:
            return image.op == node.op
        return len(image.inputs) == len(node.inputs) and all(
            new is self.follow(old) for new, old in zip(image.inputs, node.inputs, strict=True)
        )

    def of_living(self, node: Node) -> Change | None:
        """Say what became of a node whose values are still there; None if they are not."""
        image = self.images[node]
        if node.op.effect is Effect.WRITES:
            return Change(Outcome.WRITTEN if image else Outcome.ABSORBED, image)
        if image is None:
            return self.of_joined(node)
        if self.owners.get(image) is node:
            return Change(Outcome.KEPT, image, own=True)
        if node.op.name == "read":
            return Change(Outcome.ABSORBED, image)
        if image in self.owners:
            same = image.op == node.op
            return Change(Outcome.MERGED if same else Outcome.SIMPLIFIED, image)
        if isinstance(image.op, OPS["constant"]):
            return Change(Outcome.FOLDED, image)
        if self.stage.name == "products":
            return Change(Outcome.JOINED, shown(image))
        return Change(Outcome.SIMPLIFIED, image, own=True)

    def of_joined(self, node: Node) -> Change | None:
        """Say what became of a node that is part of a larger one now, if it is."""
        for rewriting in self.stage.done:
            for output in node.outputs:
                whole = rewriting.joined.get(output)
                if whole is not None and whole.node in self.there:
                    return Change(Outcome.JOINED, whole.node)
        return None


LAYOUT = ("copies", "scalars", "products", "updates")
"""Stages that replace operands by others that give the same values."""


def of_dead(node: Node, users: Sequence[Change], stage: str) -> Change:
    """Say what became of a node that nobody needs any more, by what became of those that did."""
    constant = isinstance(node.op, OPS["constant"])
    for outcome, into, own in users:
        if constant and (outcome is Outcome.FOLDED or stage == "scalars"):
            return Change(Outcome.FOLDED, into)
        if outcome is Outcome.JOINED:
            return Change(Outcome.JOINED, into)
        if outcome is Outcome.ABSORBED or (outcome is Outcome.SIMPLIFIED and own):
            return Change(Outcome.ABSORBED, into)
    return Change(Outcome.PRUNED, None)


def shown(node: Node) -> Node:
    """Give the node whose result a view shows."""
    while node.op.memory is Memory.VIEW and node.inputs:
        node = node.inputs[0].node
    return node
