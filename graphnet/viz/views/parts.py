"""Parts of a graph: forward, backward and updates, and which node each was made for."""

from collections.abc import Iterable, Sequence

from graphnet.ir.graph import needs
from graphnet.ir.node import Node
from graphnet.ir.traits import Effect
from graphnet.viz.scene import Kind, Part

__all__ = ["Parts", "kind_of"]

SPECIAL = {
    Effect.FED: Kind.PLACEHOLDER,
    Effect.READS: Kind.VARIABLE,
    Effect.RANDOM: Kind.RANDOM,
    Effect.CALLS: Kind.CALL,
    Effect.WRITES: Kind.WRITE,
}

GRADIENTS = "gradients"
"""The scope that ``gn.gradients`` works in."""


def kind_of(node: Node) -> Kind:
    """Give the kind of a node."""
    if not node.outputs:
        return Kind.GROUP
    if node.op.name == "constant":
        return Kind.CONSTANT
    return SPECIAL.get(node.op.effect, Kind.OP)


class Parts:
    """What every node of a graph is there for.

    The backward part is what ``gn.gradients`` made. Updates are the writes, and what only they
    need: values made of gradients or of variables that nothing else reads, as those of optimizers,
    and what is declared for a variable elsewhere, as its moving average.

    Args:
        nodes: The nodes, in dependency order.

    Attributes:
        of: The part of every node.
        ahead: The nodes whose values other nodes than gradients and updates need.

    Example:
        >>> import graphnet as gn
        >>> w = gn.Variable(2.0, name="w")
        >>> step = gn.optim.SGD(0.1).minimize(w * w)
        >>> parts = Parts(w.node.graph.nodes)
        >>> [parts.of[node].value for node in (w.node, step)]
        ['forward', 'update']
    """

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.kinds = {node.name: kind_of(node) for node in nodes}
        users: dict[Node, list[Node]] = {node: [] for node in nodes}
        for node in nodes:
            for before in dict.fromkeys(needs(node)):
                users.setdefault(before, []).append(node)
        self.of = self.sorted(nodes, users)
        self.ahead = {
            node
            for node, takers in users.items()
            if any(self.of[taker] is Part.FORWARD for taker in takers)
        }

    def sorted(self, nodes: Sequence[Node], users: dict[Node, list[Node]]) -> dict[Node, Part]:
        """Give the part of every node."""
        late = only_for_writes(nodes, users)
        found: dict[Node, Part] = {}
        for node in nodes:
            if is_gradient(node.name):
                found[node] = Part.BACKWARD
            elif node in late and (
                is_state(node) or self.continues(node, found) or self.serves(node.name)
            ):
                found[node] = Part.UPDATE
            else:
                found[node] = Part.FORWARD
        for node in reversed(nodes):  # sources, as learning rates, go with their users
            if node in late and not node.inputs:
                takers = users[node]
                if takers and all(found[taker] is Part.UPDATE for taker in takers):
                    found[node] = Part.UPDATE
        return found

    def continues(self, node: Node, found: dict[Node, Part]) -> bool:
        """Whether a node goes on with gradients or updates."""
        before = (found.get(earlier, Part.FORWARD) for earlier in needs(node))
        return any(part is not Part.FORWARD for part in before)

    def serves(self, name: str) -> bool:
        """Whether a node is declared for a variable, in another scope than that of the variable."""
        found = self.within(name)
        return found is not None and found.start > 0

    def origin(self, name: str) -> str | None:
        """Give the name of the node that the node ``name`` was made for, if there is one.

        The gradient of ``dense/matmul`` is in ``gradients/dense/matmul``, the update of
        ``dense/weight`` in ``sgd/dense/weight``.
        """
        found = self.within(name)
        return None if found is None else "/".join(name.split("/")[found])

    def box(self, name: str) -> str:
        """Give the scope of a node, without the label that is the name of its origin."""
        labels = name.split("/")[:-1]
        found = self.within(name)
        return "/".join(labels if found is None else labels[: found.stop - 1])

    def within(self, name: str) -> slice | None:
        """Give the labels in the scope of a node that are the name of its origin."""
        labels = name.split("/")[:-1]
        for start in range(1, len(labels)):
            for stop in range(len(labels), start, -1):
                kind = self.kinds.get("/".join(labels[start:stop]))
                if kind is Kind.VARIABLE or (kind and is_gradient(name)):
                    return slice(start, stop)
        own = self.kinds.get("/".join(labels)) is Kind.VARIABLE
        return slice(0, len(labels)) if own else None

    def is_far(self, node: Node, before: Node) -> bool:
        """Whether a node takes from far away what another one gives.

        Gradients and updates need much of what was computed before them. Arrows from there would
        cover the picture, so that only those stay that lead on from an end, as from the loss.
        """
        late = self.of.get(node, Part.FORWARD) is not Part.FORWARD
        return late and self.of.get(before, Part.FORWARD) is Part.FORWARD and before in self.ahead


def only_for_writes(nodes: Sequence[Node], users: dict[Node, list[Node]]) -> set[Node]:
    """Give the writes, and what nothing else needs; gradients are a part of their own."""
    found: set[Node] = set()
    for node in reversed(nodes):
        takers: Iterable[Node] = users[node]
        late = bool(takers) and all(taker in found for taker in takers)
        if node.op.effect is Effect.WRITES or (late and not is_gradient(node.name)):
            found.add(node)
    return found


def is_state(node: Node) -> bool:
    """Whether a node writes, or is a variable."""
    return node.op.effect in (Effect.WRITES, Effect.READS)


def is_gradient(name: str) -> bool:
    """Whether ``gn.gradients`` made what has this name."""
    return name.partition("/")[0] == GRADIENTS
