"""Gradient accumulation: several small batches make one step."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from graphnet.ir.names import name_scope
from graphnet.ops.compare import equal
from graphnet.ops.select import where
from graphnet.ops.sources import Variable
from graphnet.ops.state import current_value
from graphnet.optim.clip import Pair
from graphnet.optim.state import State
from graphnet.optim.step import Update

__all__ = ["Accumulation"]


class Accumulation:
    """Means of gradients over runs; the last run of each round makes the step.

    Args:
        runs: How many runs make one step.
        state: Where the sums are kept.
        variables: What is updated.
        scope: Where the nodes are named.
    """

    def __init__(self, runs: int, state: State, variables: Sequence[Variable], scope: str) -> None:
        self.runs, self.state, self.scope = runs, state, scope
        self.counter = state.number(variables, "runs", 0, np.dtype(np.int64))
        with name_scope(scope):
            done = current_value(self.counter) + 1
            self.due = equal(done, runs)
            self.updates = [Update(self.counter, where(self.due, 0, done))]

    def means(self, pairs: Iterable[Pair]) -> Iterator[Pair]:
        """Add gradients to those before, and give their means."""
        for gradient, variable in pairs:
            slot = self.state.slot(variable, "gradient_sum")
            with name_scope(f"{self.scope}{variable.name}/"):
                total = current_value(slot) + gradient
                self.updates.append(Update(slot, where(self.due, 0, total)))
                mean = total / self.runs
            yield mean, variable

    def when_due(self, updates: Iterable[Update]) -> Iterator[Update]:
        """Let variables keep their values in all runs but the last of a round."""
        for variable, value in updates:
            with name_scope(f"{self.scope}{variable.name}/"):
                yield Update(variable, where(self.due, value, current_value(variable)))
