"""``Entry``: a program, and the functions that call it."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from graphnet.compiler.program import Program
from graphnet.session.printing import Form, Host, printed

__all__ = ["MISSED", "Entry", "Signature", "make_entry", "missed", "signature_of"]

NDArray = np.ndarray
Signature: TypeAlias = tuple[Any, ...]

MISSED = object()
"""What ``call`` and ``run`` give where the program is not the one for what they got."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A program, and the functions that call it; ``printing`` has their text.

    Attributes:
        key: What the session keeps the program under.
        program: The program.
        call: Runs it on values, in the order of the feeds; gives what was asked for, or MISSED.
        run: Runs it for fetches and feeds; gives what was asked for, or MISSED.
        end: Gives, of many rows of values from some place on, the first that it is not for.
        steps: Runs it on rows of values that it is for, and appends to a list what was asked for.
            Other than the rest, it leaves the lock and errors to the caller.
    """

    key: Hashable
    program: Program
    call: Callable[[Host, Iterable[Any]], Any]
    run: Callable[[Host, Any, Any], Any]
    end: Callable[[Sequence[Sequence[Any]], int], int]
    steps: Callable[[Host, Iterable[Sequence[Any]], list[Any]], None]


def make_entry(
    key: Hashable, program: Program, signature: Signature, form: Form, names: Mapping[str, Any]
) -> Entry:
    """Make the functions that call a program.

    Args:
        key: What the session keeps the program under.
        program: The program.
        signature: Shapes and dtypes of the values that it is for.
        form: How it is called.
        names: ``feed_0`` and so on for the keys of feeds, ``item_0`` and so on for what is fetched,
            ``kind`` for the class of the fetches, and what the outcome names.
    """
    scope = {
        **names,
        "MISSED": MISSED,
        "execute": program.run,
        "key": key,
        "ndarray": NDArray,
        "program": program,
        "run": missed,
        "signature": signature,
    }
    exec(printed(replace(form, draws=program.draws)), scope)  # noqa: S102  # text of our own making
    # Taken out, so that there is no cycle: memory goes with the entry, not when gc runs.
    made: list[Any] = [scope.pop(name) for name in ("call", "run", "end", "steps")]
    return Entry(key, program, *made)


def signature_of(values: Iterable[Any]) -> Signature | None:
    """Give shapes and dtypes as the text compares them, or None if some value is no array."""
    found: list[Any] = []
    for value in values:
        if value.__class__ is not NDArray:
            return None
        found += [value.shape, value.dtype]
    return tuple(found)


def missed(*_: object) -> object:
    """Do what ``call`` and ``run`` do where there is no program yet."""
    return MISSED
