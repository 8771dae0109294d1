"""Boxes: the tree of scopes that nodes are drawn in."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from graphnet.ir.node import Node
from graphnet.viz.style import Kind, is_gradient, kind_of

__all__ = ["Box", "Origins", "boxes"]


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


class Origins:
    """Which nodes were made for another node, as their scopes tell.

    The gradient of ``dense/matmul`` is in ``gradients/dense/matmul``, the update of
    ``dense/weight`` in ``sgd/dense/weight``.

    Args:
        nodes: All nodes of the graph.
    """

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.kinds = {node.name: kind_of(node) for node in nodes}

    def origin(self, name: str) -> str | None:
        """Give the name of the node that the node ``name`` was made for, if there is one."""
        parts = name.split("/")[:-1]
        for start in range(1, len(parts)):
            kind = self.kinds.get("/".join(parts[start:]))
            if kind is Kind.VARIABLE or (kind and is_gradient(name)):
                return "/".join(parts[start:])
        return None

    def is_derived(self, name: str) -> bool:
        """Whether the node belongs to a gradient or to the update of a variable."""
        return is_gradient(name) or self.origin(name) is not None

    def scopes(self, name: str) -> tuple[str, ...]:
        """Give the scopes of a node, without the one that is the name of its origin."""
        parts = tuple(name.split("/")[:-1])
        return parts[:-1] if self.origin(name) else parts


def boxes(nodes: Iterable[Node], origins: Origins) -> Box:
    """Put nodes into boxes by their scopes.

    A box that would hold only one node or only one box is left out.
    """
    found: dict[tuple[str, ...], Box] = {(): Box()}
    for node in nodes:
        parts = origins.scopes(node.name)
        for depth in range(len(parts)):
            if parts[: depth + 1] not in found:
                found[parts[: depth + 1]] = box = Box("/".join(parts[: depth + 1]))
                found[parts[:depth]].inner.append(box)
        found[parts].nodes.append(node)
    for box in reversed(found.values()):
        simplify(box)
    return found[()]


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
