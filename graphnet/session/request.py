"""``Request``: what a call asks for and feeds, looked up, with the programs that answer it."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, NamedTuple

from graphnet.compiler.plan import Plan
from graphnet.compiler.program import Program
from graphnet.errors import FeedError
from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor, describe
from graphnet.session.entry import Entry, Signature, make_entry, missed, signature_of
from graphnet.session.feeds import check_feeds, feed_key
from graphnet.session.printing import Form, Host, numbered, row
from graphnet.session.spelling import is_flat, is_leaf, spelled
from graphnet.session.structure import leaves, take_apart
from graphnet.typing import Array

__all__ = ["Request", "Shown"]

REMEMBERED = 128
"""For how many combinations of shapes a request remembers the program."""


class Shown(NamedTuple):
    """What users look at of a program: it holds no memory."""

    source: str
    plan: Plan


class Request:
    """Fetches and feeds, and for shapes and dtypes of the values the program that is right.

    Args:
        fetches: What is asked for.
        keys: What values come for, in order: tensors, or their names.
        graph: What they belong to.

    Attributes:
        items: The tensors and operations asked for.
        feeds: The tensors that values come for.
        lasting: Whether it serves all calls whose fetches have the same key.
        entries: The programs, by shapes and dtypes of the values.
        latest: The program that answered last.
        shown: What can be looked at of it when the program itself is gone.
        call: Calls that program, if it is the one for the values.
        run: Calls that program, if it is the one for fetches and feeds.
    """

    def __init__(self, fetches: Any, keys: Sequence[Any], graph: Graph) -> None:
        self.feeds = tuple(feed_key(key, graph) for key in keys)
        self.items, build = take_apart(fetches, graph)
        names = names_of(self.items)
        results = row(list(dict.fromkeys(name for name in names if name != "None")))
        outcome = spelled(fetches, names)
        self.lasting = outcome is not None
        plain = outcome == results
        self.form = Form(
            feeds=len(self.feeds),
            fetches=len(self.items),
            pattern=pattern(fetches),
            results="results" if plain else results,
            outcome="results" if plain else outcome or f"build({row(names)})",
        )
        self.names = {"build": build, "kind": type(fetches)}
        self.names |= {f"feed_{place}": key for place, key in enumerate(keys)}
        self.names |= {f"item_{place}": leaf for place, leaf in enumerate(leaves(fetches))}
        self.entries: dict[Signature, Entry] = {}
        self.shown: Shown | None = None
        self.expect(None)

    def expect(self, entry: Entry | None) -> None:
        """Be ready for a call like the one that a program has answered."""
        self.latest = entry
        self.call: Callable[[Host, Iterable[Any]], Any] = entry.call if entry else missed
        self.run: Callable[[Host, Any, Any], Any] = entry.run if entry else missed

    def checked(self, values: Sequence[Any]) -> dict[Tensor, Array]:
        """Give the values by tensor, as arrays that fit.

        Raises:
            FeedError: There are too few, or too many, or one does not fit.
        """
        if len(values) != len(self.feeds):
            raise FeedError(
                f"the function takes {len(self.feeds)} values, not {len(values)}",
                rows=[describe(feed) for feed in self.feeds],
            )
        return check_feeds(self.feeds, values)

    def known(self, values: Iterable[Any]) -> Entry | None:
        """Give the program for some values, if they are arrays of shapes that have come before."""
        signature = signature_of(values)
        return None if signature is None else self.entries.get(signature)

    def remember(self, key: Hashable, program: Program, arrays: Iterable[Array]) -> Entry:
        """Keep a program for values of the shapes and dtypes of some arrays."""
        signature = signature_of(arrays)
        assert signature is not None, "please report: a program for what is no array"
        if len(self.entries) >= REMEMBERED:
            self.entries.clear()
        entry = make_entry(key, program, signature, self.form, self.names)
        self.entries[signature] = entry
        return entry

    def forget_all(self) -> None:
        """Let go of all programs; what users look at of the last one stays."""
        if self.latest is not None:
            self.shown = Shown(self.latest.program.source, self.latest.program.plan)
        self.expect(None)
        self.entries = {}

    def forget(self, program: Program) -> None:
        """Let go of a program."""
        if self.latest is not None and self.latest.program is program:
            self.expect(None)
        kept = (item for item in self.entries.items() if item[1].program is not program)
        self.entries = dict(kept)


def names_of(items: Iterable[Tensor | Node]) -> list[str]:
    """Give the names of results in the text: a tensor has one name, an operation gives None."""
    tensors = dict.fromkeys(item for item in items if isinstance(item, Tensor))
    names = dict(zip(tensors, numbered("result", len(tensors)), strict=True))
    return [names[item] if isinstance(item, Tensor) else "None" for item in items]


def pattern(fetches: Any) -> str | None:
    """Give what takes flat fetches apart, or None."""
    if is_leaf(fetches):
        return "fetch_0"
    return row(numbered("fetch", len(fetches))) if is_flat(fetches) else None
