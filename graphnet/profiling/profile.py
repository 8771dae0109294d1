"""``Profile``: where the time of a call goes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import networkx as nx

from graphnet.compiler.plan import Plan
from graphnet.ir.graph import needs
from graphnet.ir.node import Node
from graphnet.profiling.table import table
from graphnet.profiling.timing import Timing
from graphnet.profiling.trace import to_trace, write_trace

__all__ = ["Profile"]

START = "start"
"""What all chains follow from, since only edges have weights."""


@dataclass(frozen=True, repr=False)
class Profile:
    """What ``gn.profile`` gives: the best time of every call of a program.

    Names are those of nodes. The optimiser keeps the names of declared nodes: what it has joined or
    taken apart has the name of one of them, and the times of calls for nodes of one name are added.
    Nodes that it did away with, and those that only show the memory of others, have no time.

    Attributes:
        timings: What each call took, in their order.
        total: Seconds of a whole call of the function.
        runs: How many runs were made.
        plan: What was run.

    Example:
        >>> import graphnet as gn
        >>> import numpy as np
        >>> w = gn.Variable(np.ones((64, 64), np.float32), name="w")
        >>> x = gn.placeholder((None, 64), name="x")
        >>> with gn.name_scope("layer"):
        ...     y = gn.tanh(x @ w)
        >>> with gn.Session() as session:
        ...     function = session.compile(y, [x])
        ...     profile = gn.profile(function, np.ones((8, 64), np.float32), runs=3)
        >>> list(profile.times), profile.nbytes["layer/matmul"], list(profile.by_scope())
        (['layer/matmul', 'layer/tanh'], 2048, ['layer'])
    """

    timings: tuple[Timing, ...]
    total: float
    runs: int
    plan: Plan

    @property
    def inside(self) -> float:
        """Seconds of all calls of the program."""
        return sum(timing.seconds for timing in self.timings)

    @property
    def around(self) -> float:
        """Seconds around them: values are checked, the program is called, results handed out."""
        return max(0.0, self.total - self.inside)

    @cached_property
    def times(self) -> dict[str, float]:
        """Seconds by name of node, in the order of the calls."""
        return self.summed(lambda timing: timing.name if timing.node else None)

    @cached_property
    def by_node(self) -> dict[Node, float]:
        """Seconds by node of the plan, in the order of the calls."""
        found: dict[Node, float] = {}
        for timing in self.timings:
            if timing.node:
                found[timing.node] = found.get(timing.node, 0.0) + timing.seconds
        return found

    @cached_property
    def by_step(self) -> tuple[float, ...]:
        """Seconds of all that a run does, as pictures of plans number it.

        These are calls, fills, copies and commits, in order.
        """
        found: list[float] = []
        for timing in self.timings:
            if timing.node or timing.commit:  # values that are let go of have no number
                found += timing.copies or [timing.seconds]
        return tuple(found)

    @cached_property
    def by_op(self) -> dict[str, float]:
        """Seconds by op, the most first."""
        return descending(self.summed(lambda timing: timing.op))

    def by_scope(self, depth: int = 1) -> dict[str, float]:
        """Give seconds by name scope, the most first; the empty one is outside of all scopes.

        Args:
            depth: How many labels of a scope count, from the outermost on.
        """
        found = self.summed(lambda timing: "/".join(timing.name.split("/")[:-1][:depth]))
        return descending(found)

    def summed(self, key: Callable[[Timing], str | None]) -> dict[str, float]:
        """Add the seconds of timings that have the same key; None leaves them out."""
        found: dict[str, float] = {}
        for timing in self.timings:
            word = key(timing)
            if word is not None:
                found[word] = found.get(word, 0.0) + timing.seconds
        return found

    @cached_property
    def nbytes(self) -> dict[str, int]:
        """Bytes of the results by name of node, for the shapes of this call."""
        found: dict[str, int] = {}
        for node in self.plan.graph.nodes:
            size = sum(output.spec.nbytes or 0 for output in node.outputs)
            found[node.name] = found.get(node.name, 0) + size
        return found

    @cached_property
    def slowest_chain(self) -> dict[str, float]:
        """Seconds by name of the nodes that follow from each other and together take longest.

        However many things were done at once, a call could not be faster than these.
        """
        taken = self.by_node
        dag: nx.DiGraph[Node | str] = nx.DiGraph()
        for node in self.plan.graph.nodes:
            seconds = taken.get(node, 0.0)
            dag.add_edge(START, node, seconds=seconds)
            dag.add_edges_from(((before, node) for before in needs(node)), seconds=seconds)
        found: dict[str, float] = {}
        for each in nx.dag_longest_path(dag, weight="seconds"):
            if isinstance(each, Node) and each in taken:
                found[each.name] = found.get(each.name, 0.0) + taken[each]
        return found

    def table(self, rows: int | None = 20) -> str:
        """Give the calls as text, the slowest first.

        Args:
            rows: How many to show; None for all.
        """
        return table(self.timings, self.total, self.runs, self.slowest_chain, rows)

    def __str__(self) -> str:
        """Give the slowest calls, and how the whole time is made up."""
        return self.table()

    __repr__ = __str__

    def to_trace(self) -> dict[str, Any]:
        """Give one call in the format of Chrome's trace viewer, which Perfetto reads, too.

        Times are the best ones of each call, laid one after the other.
        """
        return to_trace(self.timings, self.total)

    def write_trace(self, path: str | Path) -> None:
        """Write a trace as JSON, to be opened in chrome://tracing or ui.perfetto.dev.

        Args:
            path: The file; one that is there is replaced.
        """
        write_trace(self.to_trace(), Path(path))


def descending(values: Mapping[str, float]) -> dict[str, float]:
    """Put the largest value first."""
    return dict(sorted(values.items(), key=lambda item: -item[1]))
