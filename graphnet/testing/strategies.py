"""Hypothesis strategies: random graphs, well-typed by construction, with values to feed.

Every op that has samples takes part, also the user's own. A graph grows node by node: a sample is
drawn, then an operand for each of its arguments, which is a result that has the right dtype, shape
and range of values, or a new placeholder, constant or variable. To know the ranges, everything is
computed while the graph grows; a node whose values become large or infinite is left out.

This module needs hypothesis, and is to be imported by itself.
"""

from collections.abc import Callable, Sequence
from functools import cache
from itertools import chain, repeat
from typing import NamedTuple, TypeAlias

import numpy as np
from hypothesis import strategies as st

from graphnet.errors import GraphError
from graphnet.ir.graph import Graph, reach
from graphnet.ir.op import Op
from graphnet.ir.registry import OPS
from graphnet.ir.spec import is_float
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Argument, Effect, f32
from graphnet.ops.families import Binary, Unary
from graphnet.ops.sources import Variable, VariableSource, constant, placeholder
from graphnet.testing.cases import Case, cases_of, spec_of
from graphnet.typing import Array, Dimension, DType, Shape

__all__ = ["RandomGraph", "graphs"]

Leaf: TypeAlias = Callable[[Array, Shape], Tensor]
Extent: TypeAlias = Callable[[int], Dimension]

LARGEST = 100.0
"""Bound of the values in a graph, so that nothing overflows and differences are precise."""


class RandomGraph(NamedTuple):
    """A declared graph, whose ``outputs`` are what to compute, and values for its placeholders."""

    graph: Graph
    feeds: dict[Tensor, Array]


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
        size: Largest number of ops; there are placeholders, constants and variables besides.
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
        leaves=(placeholder_of, constant_of, *([variable_of] if variables else [])),
    )
    cases = candidates(frozenset(OPS.values()), smooth, random)
    least = draw(st.sampled_from([1, min(5, size), min(15, size)]))
    step = st.tuples(st.sampled_from(cases), st.tuples(CHOICE, CHOICE, CHOICE))
    with growth.graph:
        growth.leaf(f32(2, 3), placeholder_of)
        for case, choices in draw(st.lists(step, min_size=least, max_size=size)):
            growth.grow(case, choices)
    more = draw(st.sampled_from([0, 1, 2, size]))
    growth.choose_outputs(more, smooth=smooth)
    return RandomGraph(growth.graph, growth.feeds)


CHOICE = st.integers(0, 15)
"""Which of the things that are possible; the simplest is 0."""


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
    floats = [is_float(spec.dtype) for spec in case.specs]
    results = [is_float(spec.dtype) for spec in case.infer(case.specs)]
    if not any(floats) or not any(results):
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


class Growth:
    """A graph that grows, with the value of every tensor.

    Args:
        seed: Of the values of leaves.
        dtype: Dtype of the floats.
        extent: What a placeholder says of an extent.
        leaves: Kinds of leaves, the simplest first.
    """

    def __init__(self, seed: int, dtype: DType, extent: Extent, leaves: Sequence[Leaf]) -> None:
        self.generator = np.random.default_rng(seed)
        self.dtype = dtype
        self.extent = extent
        self.leaves = leaves
        self.graph = Graph()
        self.feeds: dict[Tensor, Array] = {}
        self.values: dict[Tensor, Array] = {}
        self.unused: set[Tensor] = set()

    def leaf(self, argument: Argument, kind: Leaf) -> Tensor:
        """Declare a new operand."""
        array = argument.draw(self.generator, self.dtype)
        tensor = kind(array, tuple(map(self.extent, array.shape)))
        if kind is placeholder_of:
            self.feeds[tensor] = array
        self.values[tensor] = array
        return tensor

    def grow(self, case: Case, choices: Sequence[int]) -> None:
        """Declare one op, unless its operands do not fit or its results are large."""
        pairs = zip(case.sample.arguments, chain(choices, repeat(0)), strict=False)
        operands = [self.operand(case, argument, choice) for argument, choice in pairs]
        arrays = [self.values[operand] for operand in operands]
        try:
            case.infer([spec_of(array) for array in arrays])
        except GraphError:
            return
        with np.errstate(all="ignore"):
            results = case.compute(arrays)
        if all(map(is_moderate, results)):
            outputs = case.op.apply(*operands).outputs
            self.values.update(zip(outputs, results, strict=True))
            self.unused = self.unused.difference(operands).union(outputs)

    def operand(self, case: Case, argument: Argument, choice: int) -> Tensor:
        """Choose a new operand, or one of those that fit, unused ones first.

        Elementwise ops take any shape, all others that of the sample.
        """
        dtype = self.dtype if is_float(argument.dtype) else argument.dtype
        flexible = isinstance(case.op, Unary | Binary)
        fitting = [
            tensor
            for tensor, array in reversed(self.values.items())
            if array.dtype == dtype
            and (flexible or array.shape == argument.shape)
            and is_within(array, argument)
        ]
        fitting.sort(key=lambda tensor: tensor not in self.unused)
        if choice >= len(self.leaves) and fitting:
            return fitting[(choice - len(self.leaves)) % len(fitting)]
        return self.leaf(argument, self.leaves[choice % len(self.leaves)])

    def choose_outputs(self, more: int, *, smooth: bool) -> None:
        """Let the last result and ``more`` unused ones be the outputs; drop what none needs."""
        results = [each for each in reversed(self.values) if is_float(each.dtype) or not smooth]
        unused = [each for each in results[1:] if each in self.unused and each.node.inputs]
        self.graph.outputs = (results[0], *unused[:more])
        first, *_ = self.graph.nodes
        needed = {first, *reach(self.graph.outputs, frozenset())}
        for node in needed.copy():
            if isinstance(node.op, VariableSource):
                needed.add(node.op.initial.node)
        self.graph.nodes = [node for node in self.graph.nodes if node in needed]
        self.feeds = {
            tensor: array for tensor, array in self.feeds.items() if tensor.node in needed
        }


def is_moderate(array: Array) -> bool:
    """Whether all elements are finite and small."""
    return bool(np.all(np.abs(array.astype(np.float64)) <= LARGEST))


def is_within(array: Array, argument: Argument) -> bool:
    """Whether the elements lie in the range of an argument; floats, if it is a special one."""
    if not array.size or array.dtype == np.bool_:
        return True
    if is_float(argument.dtype) and (argument.low, argument.high) == ANYWHERE:
        return True
    return bool(argument.low <= array.min() and array.max() < argument.high)


ANYWHERE = (f32().low, f32().high)


# Leaves, and what is known of their extents


def placeholder_of(array: Array, shape: Shape) -> Tensor:
    """Declare a placeholder for an array."""
    return placeholder(shape, array.dtype)


def constant_of(array: Array, _: Shape) -> Tensor:
    """Declare a constant that holds an array."""
    return constant(array)


def variable_of(array: Array, _: Shape) -> Tensor:
    """Declare a variable whose initial value is an array."""
    return Variable(array)


def known(extent: int) -> Dimension:
    """Give an extent as a number."""
    return extent


def unknown(_: int) -> Dimension:
    """Give an extent as unknown."""
    return None


def named(extent: int) -> Dimension:
    """Give an extent as a name, equal ones the same name."""
    return f"n{extent}"


EXTENTS = (known, unknown, named)
FLOATS: tuple[DType, ...] = (np.dtype(np.float32), np.dtype(np.float64))
