"""No two values that are alive share memory, and what users get is theirs alone."""

from collections.abc import Iterator
from itertools import combinations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given

import graphnet as gn
from graphnet.compiler.allocate import allocate
from graphnet.compiler.memory import Workspace
from graphnet.compiler.plan import Plan
from graphnet.compiler.steps import (
    Alias,
    Call,
    Copy,
    Fed,
    Fill,
    Fixed,
    Held,
    Part,
    Release,
    Slot,
    Taken,
    View,
)
from graphnet.ir import Memory, Op, Spec, Tensor
from graphnet.ir.spec import static
from graphnet.typing import Array
from tests.compiler.pictures import read
from tests.compiler.running import Ready, calls, plan_of, ready, same_bits

# What random graphs show


@given(drawn=ready())
def test_values_alive_at_a_time_share_no_bytes(drawn: Ready) -> None:
    """Values in one span of the arena are never needed at the same time."""
    plan = plan_of(drawn)
    for one, other in interference(plan, drawn).edges:
        first, second = plan.places[one], plan.places[other]
        assert isinstance(first, Slot)
        assert isinstance(second, Slot)
        apart = (
            first.start + first.size <= second.start or second.start + second.size <= first.start
        )
        assert apart or not first.size


@given(drawn=ready())
def test_no_more_spans_than_colors(drawn: Ready) -> None:
    """Of each size there are not more spans than a coloring of the interference graph needs."""
    plan = plan_of(drawn)
    graph = interference(plan, drawn)
    by_size: dict[int, set[Tensor]] = {}
    for tensor in graph:
        by_size.setdefault(size_of(plan, tensor), set()).add(tensor)
    for tensors in by_size.values():
        colors = nx.greedy_color(graph.subgraph(tensors), strategy="smallest_last")
        spans = {plan.places[tensor] for tensor in tensors}
        assert len(spans) <= len(set(colors.values()))


def interference(plan: Plan, drawn: Ready) -> "nx.Graph[Tensor]":
    """Give the values in the arena, with an edge between any two that are alive together."""
    graph: nx.Graph[Tensor] = nx.Graph()
    lives = dict(lifetimes(plan, drawn))
    graph.add_nodes_from(lives)
    takeovers = {
        frozenset((step.node.outputs[0], step.node.inputs[step.inplace]))
        for step in plan.steps
        if isinstance(step, Call) and step.inplace is not None
    }
    for (one, (start, end)), (other, (begin, finish)) in combinations(lives.items(), 2):
        touching = frozenset((one, other)) in takeovers and (start == finish or begin == end)
        if start <= finish and begin <= end and not touching:
            graph.add_edge(one, other)
    return graph


def lifetimes(plan: Plan, drawn: Ready) -> Iterator[tuple[Tensor, tuple[int, int]]]:
    """Give for each value in the arena the steps that make it and that need it last.

    A concatenation is there as soon as one of its parts is, and as long as one of them is needed.
    """
    arrays = Workspace(plan, drawn.store).arrays
    made: dict[Tensor, int] = {}
    used: dict[Tensor, int] = {}

    def whole(tensor: Tensor) -> Tensor:
        place = plan.places[owner(tensor, arrays)]
        return place.whole if isinstance(place, Part) else owner(tensor, arrays)

    for number, step in enumerate(plan.steps):
        match step:
            case Call(node) | Alias(node):
                needed = node.inputs
                for output in node.outputs:
                    made.setdefault(whole(output), number)
            case Fill(node, index):
                needed = (node.inputs[index],)
                made.setdefault(node.outputs[0], number)
            case _:
                needed = (step.source,) if isinstance(step, Copy) else ()
        used.update((whole(tensor), number) for tensor in needed)
    used.update((whole(value), len(plan.steps)) for _, value in plan.writes)
    for tensor, number in made.items():
        if isinstance(plan.places[tensor], Slot):
            yield tensor, (number, used.get(tensor, number))


def owner(tensor: Tensor, arrays: dict[Tensor, Array]) -> Tensor:
    """Give the value whose memory a tensor can lie in."""
    while tensor.node.op.memory is Memory.VIEW and not is_copied(tensor, arrays):
        tensor = tensor.node.inputs[0]
    return tensor


def is_copied(tensor: Tensor, arrays: dict[Tensor, Array]) -> bool:
    """Whether what should be a view is none, as the reshape of a transpose."""
    base, *others = tensor.node.inputs
    if base not in arrays:
        return False
    shapes = [np.zeros(static(other.shape), other.dtype) for other in others]
    results = tensor.node.op.kernel(arrays[base], *shapes)
    result = results[tensor.index] if isinstance(results, tuple) else results
    return bool(result.size) and not np.shares_memory(result, arrays[base])


def size_of(plan: Plan, tensor: Tensor) -> int:
    """Give the size of the span of a value."""
    place = plan.places[tensor]
    assert isinstance(place, Slot)
    return place.size


@given(drawn=ready())
def test_memory_needs_no_content(drawn: Ready) -> None:
    """Whatever is in the arena before a run, the results are the same."""
    plan = plan_of(drawn)
    with np.errstate(all="ignore"):
        assert same_bits(calls(plan, drawn, dirty=True), calls(plan, drawn))


@given(drawn=ready())
def test_only_dying_operands_are_overwritten(drawn: Ready) -> None:
    """A result takes the memory of an operand that allows it, is of its spec and is read last."""
    plan = plan_of(drawn)
    lives = dict(lifetimes(plan, drawn))
    for number, step in enumerate(plan.steps):
        if isinstance(step, Call) and step.inplace is not None:
            operand, (result,) = step.node.inputs[step.inplace], step.node.outputs
            assert step.inplace in step.node.op.inplace
            assert operand.spec == result.spec
            assert plan.places[operand] == plan.places[result]
            if operand in lives:  # no part of a concatenation
                assert lives[operand][1] == number


@given(drawn=ready())
def test_fetches_own_their_memory(drawn: Ready) -> None:
    """Fetched arrays share memory with nothing: not each other, feeds, variables or the plan."""
    plan = plan_of(drawn)
    fetched = len(plan.fetches)
    with np.errstate(all="ignore"):
        results = calls(plan, drawn)
    theirs, state = results[:fetched], results[fetched:]
    others = [*drawn.feeds, *state, *(node.op.kernel() for node in constants(plan))]
    assert all(array.flags.writeable for array in theirs)
    assert not any(np.shares_memory(array, other) for array in theirs for other in others)
    assert not any(np.shares_memory(*pair) for pair in combinations(theirs, 2))


def constants(plan: Plan) -> Iterator[gn.ir.Node]:
    """Give the constants of a plan."""
    return (node for node in plan.graph.nodes if node.op.name == "constant")


@given(drawn=ready())
def test_places_can_be_bound(drawn: Ready) -> None:
    """Each array that never moves has the spec of its value, and slots begin at cache lines."""
    plan = plan_of(drawn)
    for tensor, array in Workspace(plan, drawn.store).arrays.items():
        assert Spec(array.shape, array.dtype) == tensor.spec
        if isinstance(plan.places[tensor], Slot) and array.size:
            assert array.ctypes.data % 64 == 0


# What plans look like


def places(text: str, *, reuse: bool = True) -> tuple[Plan, dict[str, object]]:
    """Give the plan of a text with the order of its lines, and places by name."""
    graph = read(text)
    plan = allocate(graph, graph.nodes, reuse=reuse)
    return plan, {tensor.name: place for tensor, place in plan.places.items()}


def test_sources_stay_where_they_are() -> None:
    """Feeds, variables and constants have no memory of the plan."""
    x = gn.placeholder((2,), name="x")
    variable = gn.Variable([1.0, 2.0], name="v")
    graph = x.graph.subgraph([x * variable + 1.0], [x])
    plan = allocate(graph, graph.nodes)
    named = {tensor.name: place for tensor, place in plan.places.items()}
    assert named["x"] == Fed()
    assert named["v"] == Held()
    assert named["constant_1"] == Fixed()
    assert plan.variables == (variable,)


def test_chains_work_in_place() -> None:
    """A chain of elementwise ops needs one span; the fetched end is made anew."""
    plan, named = places("""
    x = placeholder(shape=(20,), dtype=float32)
    a = exp(x)
    b = tanh(a)
    c = sin(b)
    d = negative(c)
    return d
    """)
    assert named["a"] == named["b"] == named["c"] == Slot(0, 128)
    assert named["d"] == Taken()
    assert plan.arena == 128
    assert [step.inplace for step in plan.steps if isinstance(step, Call)] == [None, 0, 0, None]
    assert [step.fresh for step in plan.steps if isinstance(step, Call)] == [False] * 3 + [True]


def test_dead_memory_is_used_again() -> None:
    """Where nothing works in place, two spans alternate."""
    plan, named = places("""
    x = placeholder(shape=(4, 4), dtype=float32)
    a = matmul(x, x)
    b = matmul(a, a)
    c = matmul(b, b)
    d = matmul(c, c)
    e = matmul(d, d)
    return e
    """)
    assert named["a"] == named["c"] != named["b"] == named["d"]
    assert plan.arena == 128


def test_operands_that_are_needed_again_are_not_overwritten() -> None:
    """Only the last reader works in place."""
    _, named = places("""
    x = placeholder(shape=(4,), dtype=float32)
    a = exp(x)
    b = tanh(a)
    c = add(a, b)
    d = sum(c, axis=(0,))
    return d
    """)
    assert named["a"] == named["c"] != named["b"]


def test_the_second_operand_may_be_overwritten() -> None:
    """An op that allows it takes the memory of its second operand."""
    plan, named = places("""
    x = placeholder(shape=(4,), dtype=float32)
    a = exp(x)
    b = subtract(x, a)
    c = sum(b, axis=(0,))
    return c
    """)
    assert named["a"] == named["b"]
    assert [step.inplace for step in plan.steps if isinstance(step, Call)] == [None, 1, None]


def test_smaller_operands_are_not_overwritten() -> None:
    """A result of another shape or dtype needs memory of its own."""
    _, named = places("""
    x = placeholder(shape=(3,), dtype=float32)
    y = placeholder(shape=(3, 1), dtype=float32)
    a = exp(x)
    b = add(y, a)
    c = less(b, b)
    d = any(c, axis=(0, 1))
    return d
    """)
    assert named["a"] != named["b"] != named["c"]


def test_the_same_operand_twice() -> None:
    """A ufunc may overwrite an operand that it reads twice; other kernels may not."""
    _, named = places("""
    x = placeholder(shape=(3,), dtype=float32)
    a = exp(x)
    b = multiply(a, a)
    c = less(b, x)
    d = where(c, b, b)
    e = sum(d, axis=(0,))
    return e
    """)
    assert named["a"] == named["b"]
    assert named["d"] != named["b"]


def test_views_live_in_their_base() -> None:
    """Views of memory that never moves cost nothing, and keep it alive."""
    plan, named = places("""
    x = placeholder(shape=(2, 3), dtype=float32)
    a = exp(x)
    b = transpose(a, axes=(1, 0))
    c = index(b, index=(0,))
    d = tanh(x)
    e = sin(d)
    f = sum(e, axis=(0, 1))
    g = add(c, f)
    return g
    """)
    a, b = (step.node.outputs[0] for step in plan.steps if isinstance(step, Alias))
    assert named["b"] == View(a.node.inputs[0])
    assert named["c"] == View(b.node.inputs[0])
    assert named["a"] != named["d"] == named["e"]


def test_an_operand_is_not_overwritten_while_a_view_of_it_is_read() -> None:
    """add(a, transpose(a)) cannot work in place."""
    _, named = places("""
    x = placeholder(shape=(2, 2), dtype=float32)
    a = exp(x)
    b = transpose(a, axes=(1, 0))
    c = add(a, b)
    d = sum(c, axis=(0, 1))
    return d
    """)
    assert named["c"] != named["a"]


def test_reshapes_that_copy_are_calls() -> None:
    """The reshape of a transpose is no view, so the memory behind it is free again."""
    plan, named = places("""
    x = placeholder(shape=(2, 3), dtype=float32)
    a = exp(x)
    b = transpose(a, axes=(1, 0))
    c = reshape(b, shape=(6,))
    d = tanh(x)
    e = sum(d, axis=(0, 1))
    f = add(c, e)
    return f
    """)
    assert named["c"] == Taken()
    assert named["d"] == named["a"]
    assert any(isinstance(step, Release) for step in plan.steps)


def test_pieces_beside_an_empty_piece_keep_their_base_alive() -> None:
    """An empty piece shares no byte with its base; the others do all the same."""
    x = gn.placeholder((4,), name="x")
    base = gn.exp(x)
    _, piece = gn.split(base, [0, 4])
    other = gn.sum(gn.tanh(x) + 1.0)
    with gn.Session() as session:
        found = session.run(piece * other, {x: np.zeros(4, np.float32)})
    assert found.tolist() == [4.0] * 4
    graph = x.graph.subgraph([piece * 1.0], [x])
    plan = allocate(graph, graph.nodes)
    assert [type(step).__name__ for step in plan.steps] == ["Call", "Alias", "Call"]


def test_results_that_are_views_in_part_keep_their_base_alive() -> None:
    """One view among the results is enough."""

    class Halves(Op):
        """Two results that look like views, of which one is a copy."""

        name = "halves"
        memory = Memory.VIEW

        def infer(self, x: Spec) -> tuple[Spec, Spec]:
            return x, x

        def kernel(self, x: Array) -> tuple[Array, Array]:
            return x, x.copy()

    x = gn.placeholder((4,), name="x")
    base = gn.exp(x)
    view, _ = Halves().apply(base).outputs
    graph = x.graph.subgraph([view * gn.sum(gn.sin(gn.tanh(x) + 1.0))], [x])
    plan = allocate(graph, graph.nodes)
    named = {tensor.name: place for tensor, place in plan.places.items()}
    assert named["halves"] == Taken()
    assert named["exp"] != named["tanh"]


def test_fetched_views_variables_and_feeds_are_copied() -> None:
    """What lies in memory that is not the user's is copied behind the last step."""
    x = gn.placeholder((2, 2), name="x")
    variable = gn.Variable(np.ones((2, 2), np.float32), name="v")
    constant = gn.constant([1.0, 2.0], name="c")
    fetches = [x, variable, constant, gn.exp(x).T, x.T]
    graph = x.graph.subgraph(fetches, [x])
    plan = allocate(graph, graph.nodes)
    assert [step.source for step in plan.steps[-5:] if isinstance(step, Copy)] == list(plan.fetches)


def test_a_value_fetched_twice_is_handed_out_twice() -> None:
    """Where two fetches have become one value, the second is a copy."""
    graph = read("""
    x = placeholder(shape=(2,), dtype=float32)
    a = exp(x)
    return a, x, a, a
    """)
    plan = allocate(graph, graph.nodes)
    assert plan.repeats == [False, False, True, True]


def test_new_values_that_are_variables_are_copied_before_the_commit() -> None:
    """A variable's new value that lies in a variable is copied; one in the arena is not."""
    a, b = gn.Variable([1.0], name="a"), gn.Variable([2.0], name="b")
    graph = a.graph.subgraph([a, b, gn.exp(b)])
    plan = allocate(graph, graph.nodes, ((b,), (a,)))
    assert [(step.source.name, step.why) for step in plan.steps if isinstance(step, Copy)] == [
        ("b", "commit"),
        ("a", "fetch"),
    ]
    assert [(variable.name, value.name) for (variable,), value in plan.writes] == [
        ("b", "b"),
        ("a", "exp"),
    ]
    assert isinstance(plan.places[plan.writes[1][1]], Slot)


def test_values_of_unknown_size_are_taken_as_they_come() -> None:
    """What no one knows the size of is made by its kernel, and forgotten after its last use."""
    x = gn.placeholder((4,), name="x")
    some = gn.py_call(lambda array: array[array > 0], [x], gn.float32, (None,), name="some")
    twice = some * 2.0
    graph = x.graph.subgraph([gn.sum(twice) + gn.exp(x)], [x])
    plan = allocate(graph, graph.nodes)
    named = {tensor.name: place for tensor, place in plan.places.items()}
    assert named["some"] == named["multiply"] == Taken()
    assert isinstance(named["exp"], Slot)
    released = [step.values for step in plan.steps if isinstance(step, Release)]
    assert [[value.name for value in values] for values in released] == [
        ["some"],
        ["multiply"],
        ["sum"],
    ]


def test_without_reuse_nothing_is_planned() -> None:
    """For debugging every kernel makes its own result."""
    plan, named = places(
        """
        x = placeholder(shape=(2, 3), dtype=float32)
        a = exp(x)
        b = transpose(a, axes=(1, 0))
        c = tanh(b)
        return c
        """,
        reuse=False,
    )
    assert plan.arena == 0
    assert named == {"x": Fed(), "a": Taken(), "b": Taken(), "c": Taken()}
    assert not any(step.into for step in plan.steps if isinstance(step, Call))


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0, 2)])
def test_empty_values(shape: tuple[int, ...]) -> None:
    """Values without elements get spans of no bytes."""
    x = gn.placeholder(shape, name="x")
    y = gn.sum(gn.tanh(gn.exp(x)) + 1.0)
    graph = x.graph.subgraph([y], [x])
    plan = allocate(graph, graph.nodes)
    assert plan.arena == 0
    with gn.Session() as session:
        assert session.run(y, {x: np.zeros(shape, np.float32)}) == 0
