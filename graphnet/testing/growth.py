"""``Growth``: a random graph in the making, with the value of every tensor."""

from collections.abc import Callable, Sequence
from itertools import chain, repeat
from math import prod
from typing import TypeAlias

import numpy as np

from graphnet.errors import GraphError
from graphnet.ir.graph import Graph, reach
from graphnet.ir.node import Node
from graphnet.ir.spec import is_float
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Argument, Effect, Sample, f32
from graphnet.ops.activations import sigmoid
from graphnet.ops.families import Binary, Unary
from graphnet.ops.gather import gather
from graphnet.ops.sources import Variable, VariableSource, constant, placeholder
from graphnet.testing.cases import Case, spec_of
from graphnet.typing import Array, Dimension, DType, Shape

__all__ = ["EXTENTS", "LEAVES", "Growth"]

Leaf: TypeAlias = Callable[[Array, Shape], Tensor]
Extent: TypeAlias = Callable[[int], Dimension]

LARGEST = 100.0
"""Bound of the values in a graph, so that nothing overflows and differences are precise."""


class Growth:
    """A graph that grows.

    To know the ranges of values, everything is computed while the graph grows. What random ops draw
    is another matter in each run: it is brought to a small range, and not relied on.

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
        self.results: dict[Tensor, None] = {}
        self.unused: set[Tensor] = set()
        self.uncertain: set[Tensor] = set()

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
            computed = case.compute(arrays)
        if all(map(is_moderate, computed)):
            node = case.op.apply(*operands)
            self.record(node, computed)
            outputs = node.outputs
            if node.op.effect is Effect.RANDOM:
                outputs = tuple(map(self.tamed, outputs))
            self.results.update(dict.fromkeys(outputs))
            self.unused = self.unused.difference(operands).union(outputs)

    def record(self, node: Node, computed: Sequence[Array]) -> None:
        """Note the values of a new node, and whether they may be others in another run."""
        self.values.update(zip(node.outputs, computed, strict=True))
        if node.op.effect is Effect.RANDOM or not self.uncertain.isdisjoint(node.inputs):
            self.uncertain.update(node.outputs)

    def tamed(self, tensor: Tensor) -> Tensor:
        """Give a random float between 0 and 1."""
        return self.adapted(tensor, UNIT, flexible=True) if is_float(tensor.dtype) else tensor

    def operand(self, case: Case, argument: Argument, choice: int) -> Tensor:
        """Choose a new operand, or one that is there: if possible one that fits as it is.

        Elementwise ops take any shape, all others that of the sample.
        """
        if choice < len(self.leaves):
            return self.leaf(argument, self.leaves[choice])
        dtype = self.dtype if is_float(argument.dtype) else argument.dtype
        flexible = isinstance(case.op, Unary | Binary)
        same = [tensor for tensor in reversed(self.values) if tensor.dtype == dtype]
        same.sort(key=lambda tensor: tensor not in self.unused)
        fitting = [tensor for tensor in same if self.fits(tensor, argument, flexible=flexible)]
        pliable = [tensor for tensor in same if is_float(dtype) and self.values[tensor].size]
        candidates = fitting or pliable
        if not candidates:
            return self.leaf(argument, self.leaves[0])
        chosen = candidates[(choice - len(self.leaves)) % len(candidates)]
        return chosen if fitting else self.adapted(chosen, argument, flexible=flexible)

    def fits(self, tensor: Tensor, argument: Argument, *, flexible: bool) -> bool:
        """Whether a tensor has the shape and the range of an argument."""
        array = ANYTHING if tensor in self.uncertain else self.values[tensor]
        same = flexible or self.values[tensor].shape == argument.shape
        return same and is_within(array, argument)

    def adapted(self, tensor: Tensor, argument: Argument, *, flexible: bool) -> Tensor:
        """Give a tensor of the shape and in the range of an argument, made of another."""
        self.unused.discard(tensor)
        start = len(self.graph.nodes)
        if not flexible and self.values[tensor].shape != argument.shape:
            tensor = rearranged(tensor, self.values[tensor].size, argument.shape)
        if not is_within(ANYTHING, argument):
            width = argument.high - argument.low
            tensor = argument.low + width * (0.05 + 0.9 * sigmoid(tensor))
        for node in self.graph.nodes[start:]:
            inputs = [self.values[each] for each in node.inputs]
            self.record(node, Case(node.op, Sample()).compute(inputs))
        return tensor

    def finish(self, more: int, *, smooth: bool) -> None:
        """Let the last result and ``more`` unused ones be the outputs; drop what none needs."""
        first, *_ = self.values
        results = [each for each in reversed(self.results) if is_float(each.dtype) or not smooth]
        last, *others = results or [first]
        self.graph.outputs = (last, *[each for each in others if each in self.unused][:more])
        needed = {first.node, *reach(self.graph.outputs, frozenset())}
        for node in needed.copy():
            if isinstance(node.op, VariableSource):
                needed.add(node.op.initial.node)
        self.graph.nodes = [node for node in self.graph.nodes if node in needed]
        self.feeds = {x: array for x, array in self.feeds.items() if x.node in needed}


def rearranged(tensor: Tensor, size: int, shape: tuple[int, ...]) -> Tensor:
    """Give the elements of a tensor in another shape, cut off or repeated."""
    places = np.arange(prod(shape)).reshape(shape) % size
    return gather(tensor.reshape(-1), places)


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
ANYTHING = np.array([-np.inf, np.inf])
UNIT = f32(low=0.0, high=1.0)


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


LEAVES: tuple[Leaf, ...] = (placeholder_of, constant_of, variable_of)


def known(extent: int) -> Dimension:
    """Give an extent as a number."""
    return extent


def unknown(_: int) -> Dimension:
    """Give an extent as unknown."""
    return None


def named(extent: int) -> Dimension:
    """Give an extent as a name, equal ones the same name."""
    return f"n{extent}"


EXTENTS: tuple[Extent, ...] = (known, unknown, named)
