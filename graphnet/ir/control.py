"""Ordering without data: nodes that run before others."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from graphnet.errors import GraphError
from graphnet.ir.context import context, creation_site
from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor

__all__ = ["control_dependencies"]


@contextmanager
def control_dependencies(before: Iterable[Tensor | Node] | None) -> Iterator[None]:
    """Make the nodes that are made inside run after ``before``, and run it whenever they run.

    Args:
        before: Tensors or operations; added to those of the blocks around. None clears them all.

    Raises:
        GraphError: Something is neither a tensor nor an operation.

    Example:
        >>> import graphnet as gn
        >>> count = gn.Variable(0, name="count")
        >>> step = gn.assign_add(count, 1)
        >>> with gn.control_dependencies([step]):
        ...     after = count.read()
        >>> with gn.Session() as session:
        ...     print(session.run([count, after]))
        [array(0), array(1)]
    """
    outer = context.control
    nodes = [as_node(item) for item in before or ()]
    context.control = tuple(dict.fromkeys((*outer, *nodes))) if before is not None else ()
    try:
        yield
    finally:
        context.control = outer


def as_node(item: Tensor | Node) -> Node:
    """Give the node that a dependency stands for.

    Raises:
        GraphError: It is neither a tensor nor an operation.
    """
    if isinstance(item, Tensor):
        return item.node
    if isinstance(item, Node):
        return item
    raise GraphError(
        f"control_dependencies: {item!r:.60} is neither a tensor nor an operation",
        at=str(creation_site()),
        hint="give what gn.assign or gn.group returned, in a list",
    )
