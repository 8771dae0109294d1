"""Nested fetches: taken apart into leaves, and put together again around the results."""

from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from copy import copy
from dataclasses import fields, is_dataclass
from typing import Any, TypeAlias

from graphnet.errors import FetchError
from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor

__all__ = ["Build", "leaves", "take_apart"]

Build: TypeAlias = Callable[[list[Any]], Any]


def leaves(fetches: Any) -> Iterator[Any]:
    """Give the leaves of a nested structure in order: all that is no container."""
    if isinstance(fetches, Tensor | Node | str):
        yield fetches
        return
    children = children_of(fetches)
    if children is None:
        yield fetches
        return
    for child in children:
        yield from leaves(child)


def children_of(fetches: Any) -> Sequence[Any] | None:
    """Give the members of a container, or None for anything else."""
    if isinstance(fetches, Mapping):
        return list(fetches.values())
    if isinstance(fetches, list | tuple):
        return fetches
    if is_dataclass(fetches) and not isinstance(fetches, type):
        return [getattr(fetches, field.name) for field in fields(fetches)]
    return None


def build(fetches: Any, results: Iterator[Any]) -> Any:
    """Give the structure of ``fetches`` with the results in place of the leaves."""
    children = None if isinstance(fetches, Tensor | Node | str) else children_of(fetches)
    if children is None:
        return next(results)
    built = [build(child, results) for child in children]
    if isinstance(fetches, Mapping):
        return build_mapping(fetches, built)
    if isinstance(fetches, tuple) and hasattr(fetches, "_fields"):
        return type(fetches)(*built)
    if isinstance(fetches, list | tuple):
        return built if type(fetches) is list else type(fetches)(built)
    made = copy(fetches)
    for field, value in zip(fields(fetches), built, strict=True):
        object.__setattr__(made, field.name, value)  # also where it is frozen, or set by __init__
    return made


def build_mapping(fetches: Mapping[Any, Any], built: list[Any]) -> Any:
    """Give a mapping of the type and key order of ``fetches``."""
    items = dict(zip(fetches, built, strict=True))
    if isinstance(fetches, MutableMapping):
        made = copy(fetches)
        made.update(items)
        return made
    return type(fetches)(items)  # type: ignore[call-arg]


def take_apart(fetches: Any, graph: Graph) -> tuple[list[Tensor | Node], Build]:
    """Give the tensors and operations among the fetches, and what puts their results together.

    Args:
        fetches: Any nesting of lists, tuples, named tuples, mappings and dataclasses of tensors,
            operations, variables and names.
        graph: Where names are looked up, and what all leaves must belong to.

    Raises:
        FetchError: A leaf is none of these, or belongs to another graph.
    """
    found = [resolve(leaf, graph) for leaf in leaves(fetches)]
    return found, lambda results: build(fetches, iter(results))


def resolve(leaf: Any, graph: Graph) -> Tensor | Node:
    """Give the tensor or operation that a leaf stands for."""
    if isinstance(leaf, str):
        return graph.named(leaf)
    if not isinstance(leaf, Tensor | Node):
        what = "None" if leaf is None else f"{leaf!r:.60} of type {type(leaf).__name__}"
        raise FetchError(
            f"cannot fetch {what}",
            hint="fetch tensors, operations, variables, their names, or nested containers of these"
            + ("; a function without a return statement gives None" if leaf is None else ""),
        )
    if leaf.graph is not graph:
        site = leaf.site if isinstance(leaf, Node) else leaf.node.site
        raise FetchError(
            f"{leaf.name!r} belongs to another graph than the session",
            rows=[(repr(leaf.name), str(site))],
            hint="open the session with gn.Session(graph=tensor.graph)",
        )
    return leaf
