"""Two references for generated code: a graph run node by node, and a plan run step by step."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from graphnet.compiler.memory import Workspace
from graphnet.compiler.plan import Plan
from graphnet.compiler.steps import Alias, Blocks, Call, Copy, Fill, Release
from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Effect, Memory
from graphnet.kernels.rng import Key, stream
from graphnet.typing import Array

__all__ = ["interpret", "walk"]


def interpret(
    graph: Graph, values: Mapping[Tensor, Array], *, seed: int = 0, step: int = 0
) -> tuple[Array, ...]:
    """Give the values of ``graph.outputs``, each result in memory of its own.

    Args:
        graph: Without state ops, as ``lower_state`` leaves it.
        values: Arrays for ``graph.inputs`` and for the variables; nothing is written to them.
        seed: Seed of the random ops.
        step: Step of the random ops.

    Example:
        >>> import graphnet as gn
        >>> import numpy as np
        >>> x = gn.placeholder((2,), name="x")
        >>> graph = x.graph.subgraph([x + 1], [x])
        >>> gn.compiler.interpret(graph, {x: np.zeros(2, np.float32)})
        (array([1., 1.], dtype=float32),)
    """
    known: dict[Tensor, Any] = dict(values)
    for node in graph.nodes:
        if not all(output in known for output in node.outputs) or not node.outputs:
            result = node.op.kernel(
                *(known[tensor] for tensor in node.inputs), **random_key(node, seed, step)
            )
            known.update(zip(node.outputs, as_results(node, result), strict=True))
    return tuple(known[output] for output in graph.outputs)


def walk(
    plan: Plan, workspace: Workspace, feeds: Sequence[Array], *, seed: int, step: int
) -> list[Array]:
    """Do what a plan says, step by step, by kernels that make their own results.

    Args:
        plan: The plan.
        workspace: Its memory.
        feeds: Arrays for the inputs of the plan's graph, in order.
        seed: Seed of the random ops.
        step: Step of the random ops.

    Returns:
        The fetches, in order.
    """
    inputs = zip(plan.graph.inputs, feeds, strict=True)
    known: dict[Tensor, Any] = {**workspace.arrays, **dict(inputs)}
    copies: dict[Tensor, Array] = {}
    for item in plan.steps:
        match item:
            case Blocks(calls):
                for part in calls:
                    call(part.node, known, {}, workspace.arrays)
            case Call(node):
                call(node, known, random_key(node, seed, step), workspace.arrays)
            case Fill(node, index):
                workspace.part(node, index)[...] = known[node.inputs[index]]
            case Copy(source):
                copies[source] = known[source].copy()
            case Release(values):
                for value in values:
                    del known[value]
            case Alias():
                pass
    known.update(copies)
    for update in plan.updates:
        call(update.node, known, {}, workspace.arrays)
    for target, value in plan.writes:
        workspace.target(target)[...] = known[value]
    fetched = zip((known[tensor] for tensor in plan.fetches), plan.repeats, strict=True)
    return [array.copy() if repeated else array for array, repeated in fetched]


def call(
    node: Node,
    known: dict[Tensor, Any],
    extra: Mapping[str, Any],
    lasting: Mapping[Tensor, Array],
) -> None:
    """Call the kernel of a node, and put its results into their places, or keep them."""
    result = node.op.kernel(*(known[tensor] for tensor in node.inputs), **extra)
    for output, array in zip(node.outputs, as_results(node, result), strict=True):
        if output in lasting:
            lasting[output][...] = array
        else:
            known[output] = array


def random_key(node: Node, seed: int, step: int) -> dict[str, Key]:
    """Give the key for the draws of a random op, as an argument."""
    return {"key": Key(stream(seed, node.name), step)} if node.op.effect is Effect.RANDOM else {}


def as_results(node: Node, result: Any) -> tuple[Array, ...]:
    """Give what a kernel gave as a tuple of arrays."""
    results = result if isinstance(result, tuple) else (result,)
    return results if node.op.memory is Memory.VIEW else tuple(map(np.asarray, results))
