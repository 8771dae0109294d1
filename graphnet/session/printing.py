"""The Python text around a program.

What surrounds a run is the same each time: see that arrays of the right kind came, take the turn,
run, and put the results into the structure that was asked for. Around a small program this would
cost more than the program. So it is printed as the program is: spelled out for the number of feeds
and for the structure, without loops and look-ups.

The functions of the text are ``call``, which is given the values fed; ``run``, which sees to it,
too, that fetches and feeds are those that it is for; and for many rows of values ``end``, which
gives the first that it is not for, and ``steps``. Its global names stand for what is different
between programs that are called alike.
"""

from collections.abc import Hashable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType
from typing import Any, Protocol

__all__ = ["Form", "Host", "numbered", "printed", "row"]

BODY = """
    if not {fit}:
        return MISSED
    with session.lock:
        if session.closed or session.running:
            return MISSED
        if session.latest is not key:
            session.use(key, program)
        try:
            session.running = True
            {execute}
        except Exception as error:
            explained = program.explain(error)
            if explained is error:
                raise
            raise explained from error
        finally:
            session.running = False
        return {outcome}
"""

CALL = """
def call(session, values):
    try:
        {values} = values
    except ValueError:
        return MISSED
"""

RUN = """
def run(session, fetches, feeds):
    if fetches.__class__ is not kind or feeds.__class__ is not dict or len(feeds) != {count}:
        return MISSED
    try:
        {pattern} = fetches
        if {others}:
            return MISSED
        {look_up}
    except (KeyError, ValueError):
        return MISSED
"""

MANY = """
def end(rows, start):
    for place in range(start, len(rows)):
        {values} = rows[place]
        if not {fit}:
            return place
    return len(rows)

def steps(session, rows, done):
    for {values} in rows:
        {execute}
        done.append({outcome})
"""


class Host(Protocol):
    """What the text needs of a session.

    Attributes:
        closed: Whether its memory is gone.
        running: Whether a run is under way.
        latest: The key of the program that was used last.
        step: How many runs have drawn random numbers.
    """

    closed: bool
    running: bool
    latest: Any
    step: int

    @property
    def lock(self) -> AbstractContextManager[Any]:
        """What a run holds."""

    def use(self, key: Hashable, program: Any) -> None:
        """Note that a program is the one that was used last."""


@dataclass(frozen=True, slots=True)
class Form:
    """What the text depends on.

    Attributes:
        feeds: How many values are fed.
        fetches: How many things are fetched.
        pattern: What takes them apart, as ``[fetch_0, fetch_1]``; None if they are nested.
        results: What takes apart what the program gives, as ``[result_0, result_1]``.
        outcome: The expression for what is handed out.
        draws: Whether the program draws random numbers.
    """

    feeds: int
    fetches: int
    pattern: str | None
    results: str
    outcome: str
    draws: bool = False


@lru_cache(maxsize=256)
def printed(form: Form) -> CodeType:
    """Give the text for a form, compiled."""
    values = numbered("value", form.feeds)
    step = ["session.step + 1"] if form.draws else []
    execute = f"{form.results} = execute({', '.join([*values, *step])})"
    others = (f"fetch_{place} is not item_{place}" for place in range(form.fetches))
    look_up = (f"value_{place} = feeds[feed_{place}]" for place in range(form.feeds))
    text = CALL + BODY + MANY + (RUN + BODY) * (form.pattern is not None)
    words = {
        "count": form.feeds,
        "values": row(values),
        "fit": fit(values),
        "execute": f"{execute}; session.step += 1" if form.draws else execute,
        "outcome": form.outcome,
        "pattern": form.pattern,
        "others": " or ".join(others) or "False",
        "look_up": "; ".join(look_up) or "pass",
    }
    return compile(text.format(**words), "<graphnet call>", "exec")


def fit(values: Sequence[str]) -> str:
    """Give the condition that values are arrays of the signature."""
    if not values:
        return "True"
    classes = " is ".join(["ndarray", *(f"{value}.__class__" for value in values)])
    found = ", ".join(f"{value}.shape, {value}.dtype" for value in values)
    return f"({classes} and ({found}) == signature)"


def numbered(word: str, count: int) -> list[str]:
    """Give the names ``word_0``, ``word_1``, ..."""
    return [f"{word}_{place}" for place in range(count)]


def row(names: Sequence[str]) -> str:
    """Give a list of names, as Python writes it."""
    return f"[{', '.join(names)}]"
