"""Hypothesis strategy: random updates of variables by old values, views and feeds.

Several variables of few shapes, so that updates are alike, read each other, and can be joined or
done in place; a recipe is drawn, from which they can be declared in any dtype.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from hypothesis import strategies as st
from numpy.typing import DTypeLike

import graphnet as gn
from graphnet.ir import Tensor
from tests.compiler.kit import Kit, Script

__all__ = ["RandomUpdates", "random_updates"]

SIZE = 4
SHAPES = ((SIZE,), (SIZE, SIZE), ())
FACTORS = (0.9, 0.5, -1.0, 0.0, 2.0)
RUNS = 3

Make: TypeAlias = Callable[[Tensor, Tensor, int], Tensor]

KINDS: tuple[Make, ...] = (
    lambda x, y, _: x - 0.1 * y,
    lambda x, y, number: x * FACTORS[number % 5] + y * FACTORS[number % 3],
    lambda x, y, _: x * gn.tanh(y),
    lambda x, y, _: gn.tanh(x - y),
    lambda x, y, _: gn.maximum(x, y),
    lambda x, y, _: gn.where(x.sum() > 0, x, y),
    lambda x, y, _: gn.where(x > y, x, 0.5 * y),
    lambda x, _, number: x * FACTORS[number % 5],
    lambda x, _, __: -x,
    lambda x, y, _: gn.tanh(x) / (1.5 + gn.square(gn.tanh(y))),
    lambda x, _, __: x[::-1] if x.ndim else x,
    lambda x, _, __: x.T,
    lambda x, _, number: x[number % SIZE] if x.ndim else x,
    lambda x, y, number: (
        gn.concat([x, y], axis=0)[number % 3 :][:SIZE] if x.ndim == y.ndim == 1 else x
    ),
    lambda x, _, __: x.reshape(-1)[:SIZE] if x.ndim else x,
    lambda x, _, __: gn.tanh(x.sum()),
    lambda x, y, _: gn.broadcast_to(x, y.shape) if x.ndim < y.ndim else x,
)
"""How a value is made of two others; shapes broadcast."""


class RandomUpdates(NamedTuple):
    """A recipe for updates.

    Attributes:
        shapes: For each variable, the number of its shape.
        steps: For each value, how it is made: kind, operands counted from the latest, number.
        chosen: For each variable, which fitting value it is given, counted from the latest.
        behind: Whether a second write, of what the first has left, comes behind all others.
        fetched: Which value is fetched besides, if any.
    """

    shapes: tuple[int, ...]
    steps: tuple[tuple[int, int, int, int], ...]
    chosen: tuple[int, ...]
    behind: bool
    fetched: int | None

    def declare(self, dtype: DTypeLike) -> Script:
        """Declare the updates, and how they are run."""
        kit = Kit(dtype)
        feeds = [gn.placeholder(shape, kit.dtype) for shape in SHAPES]
        variables = [gn.Variable(kit.values(*SHAPES[shape])) for shape in self.shapes]
        values: list[Tensor] = [*feeds, *variables]
        for kind, first, second, number in self.steps:
            x, y = values[-1 - first % len(values)], values[-1 - second % len(values)]
            values.append(KINDS[kind](x, y, number))
        writes = []
        for variable, place in zip(variables, self.chosen, strict=False):
            fitting = [each for each in reversed(values) if each.shape == variable.shape]
            writes.append(gn.assign(variable, fitting[place % len(fitting)]))
        if self.behind:
            with gn.control_dependencies(writes):
                writes.append(gn.assign(variables[0], variables[0].read() * 0.5 + variables[0]))
        group = gn.group(*writes)
        more = [] if self.fetched is None else [values[-1 - self.fetched % len(values)]]
        return kit.runs([*more, group], *feeds, number=RUNS)


def random_updates() -> st.SearchStrategy[RandomUpdates]:
    """Draw updates of up to six variables."""
    choice = st.integers(0, 15)
    step = st.tuples(st.integers(0, len(KINDS) - 1), choice, choice, choice)
    return st.builds(
        RandomUpdates,
        shapes=st.lists(st.integers(0, len(SHAPES) - 1), min_size=1, max_size=6).map(tuple),
        steps=st.lists(step, min_size=3, max_size=20).map(tuple),
        chosen=st.lists(st.integers(0, 5), min_size=6, max_size=6).map(tuple),
        behind=st.booleans(),
        fetched=st.none() | choice,
    )
