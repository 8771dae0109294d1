"""What a session remembers of a call, so that the next one like it needs no look-ups."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from graphnet.compiler.program import Program
from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor
from graphnet.typing import Array

__all__ = ["Entry", "distinct", "is_quick", "quick_build", "quick_key", "result_places"]

NDArray = np.ndarray


@dataclass(frozen=True, slots=True)
class Entry:
    """A program, and how its results are handed out.

    Attributes:
        key: What the program is kept under.
        program: The program.
        places: For each item fetched the index of its result, or None for an operation; None
            where results and items are the same list.
        build: Puts the results together as they were asked for.
        kept: All whose identities the keys are made of, so that these stay taken.
    """

    key: Hashable
    program: Program
    places: tuple[int | None, ...] | None
    build: Callable[[list[Any]], Any] | None
    kept: tuple[object, ...]

    def hand_out(self, values: list[Any]) -> Any:
        """Give the results in the structure that was asked for."""
        if self.places is not None:
            values = [None if place is None else values[place] for place in self.places]
        return values if self.build is None else self.build(values)


def result_places(items: Sequence[Tensor | Node]) -> tuple[int | None, ...] | None:
    """Give the index of each item's result among those of the program."""
    tensors = distinct(items)
    if len(tensors) == len(items):
        return None
    index = {id(tensor): position for position, tensor in enumerate(tensors)}
    return tuple(index.get(id(item)) for item in items)


def distinct(items: Iterable[Tensor | Node]) -> list[Tensor]:
    """Give the tensors among the items, each once."""
    return list(dict.fromkeys(item for item in items if isinstance(item, Tensor)))


def quick_key(fetches: Any, feed_dict: Any) -> Hashable:
    """Give a key for a call by the identities of what it asks for and what it feeds.

    Identities are safe as keys: a call is remembered only if they are those of tensors and
    operations, and with these. The key is None where a fed value is no array.
    """
    kind = fetches.__class__
    head = (kind, *map(id, fetches)) if kind is list or kind is tuple else id(fetches)
    if feed_dict is None:
        return head, ()
    if feed_dict.__class__ is not dict:
        return None
    feeds = []
    for tensor, value in feed_dict.items():
        if value.__class__ is not NDArray:
            return None
        feeds.append((id(tensor), value.shape, value.dtype))
    return head, tuple(feeds)


def is_quick(fetches: Any, feed_dict: Mapping[Any, Any] | None, arrays: Sequence[Array]) -> bool:
    """Whether a call consists of tensors, operations and fitting arrays only."""
    items = fetches if type(fetches) in (list, tuple) else [fetches]
    feeds = feed_dict or {}
    return (
        all(isinstance(item, Tensor | Node) for item in items)
        and all(isinstance(key, Tensor) for key in feeds)
        and all(given is used for given, used in zip(feeds.values(), arrays, strict=True))
    )


def quick_build(fetches: Any) -> Callable[[list[Any]], Any] | None:
    """Give what puts the results of a quick call together; None for a list."""
    if type(fetches) is list:
        return None
    return tuple if type(fetches) is tuple else first


def first(results: list[Any]) -> Any:
    """Give the only result."""
    return results[0]
