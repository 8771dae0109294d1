"""Rows for the values of a plan that lie elsewhere than in its arena."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from graphnet.compiler.steps import Block, Fed, Fixed, Held, Number, Own, Part, Place, Span, Taken
from graphnet.viz.plans.lifetimes import Life, Lifetimes

if TYPE_CHECKING:
    from graphnet.ir.tensor import Tensor

__all__ = ["Band", "bands"]

NAMES: dict[type[Place], str] = {
    Taken: "made anew in each run",
    Own: "concatenations with constant parts, which stay",
    Part: "parts of them",
    Block: "memory for one block",
    Number: "numbers without axes",
    Span: "variables that lie side by side",
    Held: "variables",
    Fixed: "constants",
    Fed: "feeds",
}
"""What stands below the arena, in this order."""

SHARING = (Part, Block, Span)
"""Places whose memory is counted elsewhere."""


class Band(NamedTuple):
    """A panel of rows.

    Attributes:
        name: What it shows.
        rows: Its rows, in each of which no two lives overlap.
        nbytes: The bytes of all of its values; 0 for those that share memory.
    """

    name: str
    rows: Sequence[Sequence[Life]]
    nbytes: int


def bands(times: Lifetimes) -> list[Band]:
    """Give the panels below the arena: all values with memory elsewhere, each once.

    Views stand with what they show.

    Example:
        >>> import graphnet as gn
        >>> x = gn.placeholder((2,), name="x")
        >>> graph = x.graph.subgraph([gn.exp(gn.tanh(x))], [x])
        >>> plan = gn.compiler.compile_graph(graph, [x.spec])
        >>> [(band.name, band.nbytes) for band in bands(Lifetimes(plan))]
        [('made anew in each run', 8), ('feeds', 8)]
    """
    found: dict[type[Place], list[Life]] = {kind: [] for kind in NAMES}
    for life in times.lives:
        if not life.is_view and life.offset is None:
            found[type(life.place)].append(life)
    return [
        Band(NAMES[kind], in_rows(lives), 0 if kind in SHARING else sum(x.nbytes for x in lives))
        for kind, lives in found.items()
        if lives
    ]


def in_rows(lives: Iterable[Life]) -> list[list[Life]]:
    """Put lives into as few rows as possible; what takes over memory stands behind its owner."""
    rows: list[list[Life]] = []
    follows: dict[Tensor, int] = {}
    for life in sorted(lives, key=lambda life: life.start):
        free = [place for place, row in enumerate(rows) if row[-1].stop < life.start]
        place = follows.get(life.value, free[0] if free else len(rows))
        if place not in free:
            place = free[0] if free else len(rows)
        if place == len(rows):
            rows.append([])
        rows[place].append(life)
        if life.heir is not None:
            follows[life.heir] = place
    return rows
