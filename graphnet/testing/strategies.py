"""Hypothesis strategies: random graphs, well-typed by construction, with values to feed.

Every op that has samples takes part, also the user's own. A graph grows node by node: a sample is
drawn, then an operand for each of its arguments, which is a new placeholder, constant or variable,
or a result that has the right dtype, shape and range of values, or is brought to them. A node
whose values become large or infinite is left out.

This module needs hypothesis, and is to be imported by itself.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st

from graphnet.ir.graph import Graph
from graphnet.ir.op import Op
from graphnet.ir.registry import OPS
from graphnet.ir.spec import is_float
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Effect, f32
from graphnet.ops.sources import placeholder
from graphnet.testing.cases import Case, cases_of
from graphnet.testing.growth import EXTENTS, LEAVES, Growth
from graphnet.typing import Array, DType

__all__ = ["RandomGraph", "graphs"]

FLOATS: tuple[DType, ...] = (np.dtype(np.float32), np.dtype(np.float64))
CHOICE = st.integers(0, 15)


class RandomGraph(NamedTuple):
    """A declared graph, whose ``outputs`` are what to compute, and values for its placeholders."""

    graph: Graph
    feeds: dict[Tensor, Array]

    def __repr__(self) -> str:
        """Give the text of the graph, and the values."""
        values = [f"{tensor.name} is {array.tolist()}" for tensor, array in self.feeds.items()]
        return "\n".join(["RandomGraph:", str(self.graph), *values])


@st.composite
def graphs(
    draw: st.DrawFn,
    *,
    size: int = 25,
    smooth: bool = False,
    random: bool = True,
    variables: bool = True,
    unknown: bool = True,
    dtype: DType | None = None,
) -> RandomGraph:
    """Draw a graph of up to ``size`` ops, and values to feed.

    Args:
        draw: Given by hypothesis.
        size: Largest number of ops; what brings their operands to the right shape and range, and
            placeholders, constants and variables, come on top.
        smooth: Whether the outputs are differentiable functions of the feeds, at the feeds.
        random: Whether there may be random ops.
        variables: Whether there may be variables.
        unknown: Whether placeholders may have unknown and named extents.
        dtype: Dtype of the floats; by default either float32 or float64.

    Example:
        >>> from hypothesis import given, settings
        >>> from graphnet.testing.strategies import graphs
        >>> @settings(max_examples=10)
        ... @given(graphs(size=5))
        ... def test(drawn):
        ...     graph, feeds = drawn
        ...     assert graph.outputs
        >>> test()
    """
    growth = Growth(
        seed=draw(st.integers(0, 255)),
        dtype=draw(st.sampled_from(FLOATS)) if dtype is None else dtype,
        extent=draw(st.sampled_from(EXTENTS if unknown else EXTENTS[:1])),
        leaves=LEAVES if variables else LEAVES[:2],
    )
    cases = candidates(frozenset(OPS.values()), smooth, random)
    step = st.tuples(st.sampled_from(cases), st.tuples(CHOICE, CHOICE, CHOICE))
    least = draw(st.sampled_from([1, size // 2, size]))
    with growth.graph:
        growth.leaf(f32(2, 3), LEAVES[0])
        for case, choices in draw(st.lists(step, min_size=least, max_size=size)):
            growth.grow(case, choices)
    growth.finish(draw(st.sampled_from([0, 2, size])), smooth=smooth)
    return RandomGraph(growth.graph, growth.feeds)


@cache
def candidates(ops: frozenset[type[Op]], smooth: bool, random: bool) -> list[Case]:
    """Give the cases to draw from, simple ones first, since hypothesis shrinks towards these."""
    effects = {Effect.PURE, Effect.RANDOM} if random else {Effect.PURE}
    cases = [
        case
        for op in ops
        for case in cases_of(op)
        if case.op.effect in effects and (not smooth or is_smooth(case))
    ]
    return sorted(cases, key=lambda case: (len(case.specs) or 9, len(str(case)), str(case)))


def is_smooth(case: Case) -> bool:
    """Whether an op has a gradient that is its derivative almost everywhere near its sample."""
    if case.op.name in {"mod", "stop_gradient"}:
        return False  # one jumps where the other operand divides it, one says that it lies
    if any(0 in spec.shape for spec in case.specs):
        return False  # the range of nothing does not tell where the op is smooth
    results = case.infer(case.specs)
    if not case.takes_floats or not any(is_float(spec.dtype) for spec in results):
        return True
    return case.op.vjp is not None and flows(case)


def flows(case: Case) -> bool:
    """Whether a derivative flows back to one of the operands."""
    node = case.declare(case.specs)
    with node.graph:
        cotangents = [placeholder(spec.shape, spec.dtype) for spec in node.specs]
        assert node.op.vjp is not None, "please report: asked for a derivative that is not there"
        given = node.op.vjp(node, *cotangents)
    return any(cotangent is not None for cotangent in given)
