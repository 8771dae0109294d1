"""Fetches as text that puts results together, and as keys."""

from collections.abc import Hashable, Iterable, Iterator
from typing import Any

from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor

__all__ = ["is_flat", "is_leaf", "key_of", "spelled"]

BRACKETS: dict[type[Any], tuple[str, str]] = {list: ("[", "]"), tuple: ("(", ")"), dict: ("{", "}")}
DEEPEST = 50
"""How many containers in each other are spelled out; Python's parser has a limit, too."""


class UnspelledError(Exception):
    """There is no expression for a structure."""


def spelled(fetches: Any, names: Iterable[str]) -> str | None:
    """Give a Python expression that puts results together.

    Args:
        fetches: What is asked for.
        names: Expressions for the results, in the order of the leaves.

    Returns:
        The expression; None if there are containers other than lists, tuples and dicts whose keys
        are strings.
    """
    try:
        return spell(fetches, iter(names), 0)
    except UnspelledError:
        return None


def spell(fetches: Any, names: Iterator[str], depth: int) -> str:
    """Give an expression, with the next of the names in it."""
    if is_leaf(fetches):
        return next(names)
    kind = type(fetches)
    if kind not in BRACKETS or depth == DEEPEST:
        raise UnspelledError
    if kind is not dict:
        parts = [spell(child, names, depth + 1) for child in fetches]
    elif all(type(key) is str for key in fetches):
        parts = [f"{key!r}: {spell(fetches[key], names, depth + 1)}" for key in fetches]
    else:
        raise UnspelledError
    opening, closing = BRACKETS[kind]
    comma = "," if kind is tuple and parts else ""
    return f"{opening}{', '.join(parts)}{comma}{closing}"


def is_leaf(fetches: Any) -> bool:
    """Whether something is a tensor, an operation, or a name."""
    return isinstance(fetches, Tensor | Node | str)


def is_flat(fetches: Any) -> bool:
    """Whether something is a list or a tuple of leaves."""
    return type(fetches) in (list, tuple) and all(map(is_leaf, fetches))


def key_of(fetches: Any) -> Hashable:
    """Give what tells one thing that can be spelled from all others.

    Tensors and operations are hashed by identity. Something else has a key, too, which may be that
    of other things, or has no hash.
    """
    kind = fetches.__class__
    if kind is list or kind is tuple:
        return kind, *map(key_of, fetches)
    if kind is dict:
        return dict, *fetches, *map(key_of, fetches.values())
    leaf: Hashable = fetches
    return leaf
