"""Names of the objects that generated text works on."""

import itertools
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any

from graphnet.ir.text import identifier

__all__ = ["Names"]


class Names:
    """Objects by name: what a text sees as its globals.

    Args:
        objects: What has a name already.
        reserved: Names that are taken without standing for an object.
    """

    def __init__(self, objects: dict[str, Any], reserved: Iterable[str]) -> None:
        self.objects = objects
        self.taken = {*objects, *reserved}
        self.known: dict[Hashable, str] = {}
        self.numbered: dict[str, Iterator[str]] = {}

    def name(self, base: str, value: Any, key: Hashable) -> str:
        """Give the name of an object: a new one like ``base``, unless ``key`` is known."""
        if key not in self.known:
            self.known[key] = self.unused(base)
            self.objects[self.known[key]] = value
        return self.known[key]

    def function(self, function: Callable[..., Any]) -> str:
        """Give the name of a function, like its own."""
        return self.name(identifier(function.__name__), function, function)

    def unused(self, base: str) -> str:
        """Take a name that nothing has: ``base``, ``base_2``, ``base_3``, ..."""
        names = self.numbered.setdefault(base, numbered(base))
        name = next(name for name in names if name not in self.taken)
        self.taken.add(name)
        return name


def numbered(base: str) -> Iterator[str]:
    """Give ``base``, ``base_2``, ``base_3``, ..."""
    yield base
    yield from (f"{base}_{number}" for number in itertools.count(2))
