"""Boxes: the tree of scopes that nodes are drawn in."""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field

from graphnet.ir.node import Node

__all__ = ["Box", "boxes"]


@dataclass
class Box:
    """A scope with the nodes and scopes that are directly in it; the root has an empty path.

    Args:
        path: The scope, as in ``encoder/dense``.
        nodes: The nodes that are in no inner box.
        inner: The boxes inside.
    """

    path: str = ""
    nodes: list[Node] = field(default_factory=list)
    inner: list["Box"] = field(default_factory=list)

    def walk(self) -> Iterator["Box"]:
        """Give this box and all inside, each before its inner ones."""
        pending = [self]
        while pending:
            box = pending.pop()
            yield box
            pending += reversed(box.inner)

    def relative(self, name: str) -> str:
        """Give ``name`` without the path of this box."""
        return name.removeprefix(f"{self.path}/")


def boxes(nodes: Iterable[Node], names: Set[str]) -> Box:
    """Put nodes into boxes by their names.

    A box that would hold only one node or only one box is left out. So is the innermost scope of
    what was made for one node, as ``gradients/dense/matmul`` or ``sgd/dense/weight``.

    Args:
        nodes: What is drawn.
        names: The names of all nodes of the graph.
    """
    found = {(): Box()}
    for node in nodes:
        parts = scope_parts(node.name, names)
        for depth in range(len(parts)):
            if parts[: depth + 1] not in found:
                found[parts[: depth + 1]] = box = Box("/".join(parts[: depth + 1]))
                found[parts[:depth]].inner.append(box)
        found[parts].nodes.append(node)
    for box in reversed(found.values()):
        simplify(box)
    return found[()]


def scope_parts(name: str, names: Set[str]) -> tuple[str, ...]:
    """Give the scopes of a name, without the innermost if the node was made for another one."""
    *parts, _ = name.split("/")
    return tuple(parts[:-1] if "/".join(parts[1:]) in names else parts)


def simplify(box: Box) -> None:
    """Take boxes out of ``box`` that show nothing: around one node, or around one box."""
    inner, box.inner = box.inner, []
    for part in inner:
        if len(part.nodes) == 1 and not part.inner:
            box.nodes += part.nodes
        elif len(part.inner) == 1 and not part.nodes:
            box.inner += part.inner
        else:
            box.inner.append(part)
