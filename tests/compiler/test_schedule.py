"""Both candidate orders are orders, and the one with the lower peak of memory is taken."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from hypothesis import given

import graphnet as gn
from graphnet.compiler.lower_state import lower_state
from graphnet.compiler.pipeline import optimize
from graphnet.compiler.schedule import depth_first, ends_of_life, peak_memory, schedule
from graphnet.ir import Effect, Graph, Memory, Node, Tensor
from graphnet.ir.graph import needs
from tests.compiler.pictures import read
from tests.compiler.running import Ready, ready

KILOBYTE = 1024


@given(drawn=ready())
def test_orders_are_orders(drawn: Ready) -> None:
    """Both candidates contain every node once, behind all that it needs."""
    graph = drawn.graph
    for order in (graph.nodes, depth_first(graph), schedule(graph)):
        position = {node: place for place, node in enumerate(order)}
        assert len(position) == len(order) == len(graph.nodes)
        assert set(position) == set(graph.nodes)
        assert all(position[before] < position[node] for node in order for before in needs(node))


@given(drawn=ready())
def test_the_lower_peak_is_taken(drawn: Ready) -> None:
    """The order chosen needs no more memory than either candidate."""
    graph = drawn.graph
    orders = [schedule(graph), list(graph.nodes), depth_first(graph)]
    taken, *candidates = [peak_memory(order, graph.outputs) for order in orders]
    assert taken == min(candidates)


@given(drawn=ready())
def test_peaks_are_what_a_simulation_finds(drawn: Ready) -> None:
    """The peak is the largest sum, over all steps, of the sizes of the values alive."""
    graph = drawn.graph
    for order in (graph.nodes, depth_first(graph)):
        assert peak_memory(order, graph.outputs) == simulated_peak(order, graph.outputs)


def simulated_peak(order: Sequence[Node], outputs: Sequence[Tensor]) -> int:
    """Find the peak step by step: whatever a later step reads, or a view of it, is alive."""
    peak = 0
    for step, node in enumerate(order):
        alive = set(node.outputs)
        for later in order[step:]:
            alive.update(owner(tensor) for tensor in later.inputs)
        alive.update(map(owner, outputs))
        made = {output for earlier in order[: step + 1] for output in earlier.outputs}
        peak = max(peak, sum(size_of(tensor) for tensor in alive & made))
    return peak


def owner(tensor: Tensor) -> Tensor:
    """Give the value whose memory a tensor lies in."""
    while tensor.node.op.memory is Memory.VIEW:
        tensor = tensor.node.inputs[0]
    return tensor


def size_of(tensor: Tensor) -> int:
    """Give the size of what a step makes; what is fed, held or constant is there anyway."""
    node = tensor.node
    made = node.op.effect in {Effect.PURE, Effect.RANDOM, Effect.CALLS}
    own = node.op.memory is not Memory.VIEW and node.op.name != "constant"
    return tensor.spec.nbytes or 0 if made and own else 0


def units(order: Sequence[Node], graph: Graph) -> float:
    """Give the peak of an order in kilobytes."""
    return peak_memory(order, graph.outputs) / KILOBYTE


def test_wide_branches_run_depth_first() -> None:
    """Of fifty wide branches that meet in one sum, one is alive at a time."""
    x = gn.placeholder((KILOBYTE // 4,), name="x")
    total = gn.constant(np.zeros(KILOBYTE // 4, np.float32))
    branches = [gn.tanh(gn.exp(gn.sin(x * (number + 1.0)))) for number in range(50)]
    for branch in branches:
        total = total + branch
    graph = x.graph.subgraph([total], [x])
    assert units(graph.nodes, graph) > 50
    assert units(depth_first(graph), graph) <= 4
    assert schedule(graph) == depth_first(graph)


def test_updates_behind_a_deep_chain_run_in_the_given_order() -> None:
    """Gradients of a deep net are used as they come, not kept until all updates are due."""
    size = KILOBYTE // 4
    x = gn.placeholder((size,), name="x")
    hidden, variables = x, [gn.Variable(np.ones(size, np.float32)) for _ in range(200)]
    for variable in variables:
        hidden = gn.relu(hidden * variable)
    gradients = gn.gradients(gn.sum(hidden), variables)
    updates = [
        gn.assign_sub(variable, 0.1 * gradient)
        for variable, gradient in zip(variables, gradients, strict=True)
    ]
    graph = optimize(lower_state(x.graph.subgraph(updates, [x])).graph)
    assert units(graph.nodes, graph) < 210
    assert units(depth_first(graph), graph) >= 400
    assert schedule(graph) == graph.nodes


def test_draws_take_memory() -> None:
    """A value that is made of nothing is made all the same."""
    draws = [gn.random.uniform((KILOBYTE // 4,)) for _ in range(4)]
    total = draws[0] + draws[1] + draws[2] + draws[3]
    graph = total.graph.subgraph([total])
    assert units(sorted(graph.nodes, key=lambda node: len(node.inputs)), graph) == 5
    assert units(depth_first(graph), graph) == 3


def test_views_keep_their_base_alive() -> None:
    """A value is in use until the last view of its views is."""
    graph = read("""
    x = placeholder(shape=(2, 3), dtype=float32)
    a = exp(x)
    b = transpose(a, axes=(1, 0))
    c = reshape(b, shape=(6,))
    d = index(c, index=(0,))
    e = tanh(x)
    f = add(d, e)
    return f
    """)
    names = {node.name: node.outputs[0] for node in graph.nodes}
    roots = {tensor: tensor for tensor in names.values()}
    roots |= {names["b"]: names["a"], names["c"]: names["b"], names["d"]: names["c"]}
    ends = ends_of_life(graph.nodes, graph.outputs, roots)
    found = {name: ends[tensor] for name, tensor in names.items()}
    assert found == {"x": 5, "a": 6, "b": 6, "c": 6, "d": 6, "e": 6, "f": 7}


def test_stateful_calls_run_in_the_order_asked_for() -> None:
    """Calls that nothing needs are part of both orders, ordered by their dependencies."""
    x = gn.placeholder((), name="x")
    calls = [gn.py_call(np.sin, [x], gn.float32, (), stateful=True, name="first")]
    for name in ("second", "third"):
        with gn.control_dependencies(calls[-1:]):
            calls.append(gn.py_call(np.sin, [x], gn.float32, (), stateful=True, name=name))
    graph = x.graph.subgraph([calls[2], gn.tanh(x)], [x])
    graph.outputs = graph.outputs[1:]
    for order in (graph.nodes, depth_first(graph), schedule(graph)):
        places = [[node.name for node in order].index(call.name) for call in calls]
        assert all(before < after for before, after in pairwise(places))


def test_deep_and_wide_graphs_do_not_recurse() -> None:
    """Ten thousand nodes in a row, and a thousand operands of one node, are no problem."""
    x = gn.placeholder((), name="x")
    deep = x
    for _ in range(10_000):
        deep = -deep
    wide = gn.stack([gn.tanh(x) for _ in range(1_000)])
    graph = x.graph.subgraph([deep, wide], [x])
    assert len(schedule(graph)) == len(graph.nodes)
