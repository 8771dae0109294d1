"""What the compiler did to each declared node: one fate each, and the graph behind each stage."""

import gc
import weakref
from textwrap import dedent

import numpy as np
import pytest
from hypothesis import given

import graphnet as gn
from graphnet.compiler.fates import Fate, Outcome
from graphnet.compiler.history import History, history
from graphnet.compiler.pipeline import PIPELINE, compile_graph
from graphnet.compiler.plan import Plan
from graphnet.ir import Graph, Spec, Tensor
from graphnet.ops.sources import Variable
from graphnet.typing import Array
from tests.compiler.kit import Kit
from tests.compiler.networks import NETWORKS
from tests.compiler.pictures import picture, read
from tests.compiler.running import writing


def told(graph: Graph) -> str:
    """Give what became of the nodes of a graph, as people read it."""
    lines = str(history(graph, [tensor.spec for tensor in graph.inputs])).splitlines()
    return "\n".join(line.removeprefix("  ") for line in lines)


def same(text: str) -> str:
    """Give a text as it stands in a test."""
    return dedent(text).strip()


# Small graphs, pass by pass


def test_what_is_needed_as_it_is_is_kept() -> None:
    """It has no stage."""
    graph = read("""
        x = placeholder(shape=(2,), dtype=float32)
        y = exp(x)
        return y
    """)
    assert told(graph) == same("""
        x  kept
        y  kept
    """)


def test_neutral_operands_go() -> None:
    """The number is needed no more; a sum of nothing is its operand."""
    graph = read("""
        x = placeholder(shape=(2,), dtype=float32)
        one = constant(value=float32(1.0))
        y = multiply(x, one)
        z = exp(y)
        return z
    """)
    assert told(graph) == same("""
        x    kept
        one  pruned           simplify
        y    simplified to x  simplify
        z    kept
    """)


def test_constants_are_folded_with_their_operands() -> None:
    """All that the new constant stands for."""
    graph = read("""
        x = placeholder(shape=(2,), dtype=float32)
        two = constant(value=float32(2.0))
        three = constant(value=float32(3.0))
        five = add(two, three)
        y = multiply(x, five)
        return y
    """)
    assert told(graph) == same("""
        x      kept
        two    folded into a constant  fold_constants
        three  folded into a constant  fold_constants
        five   folded into a constant  fold_constants
        y      kept
    """)


def test_duplicates_are_merged() -> None:
    """The first one stays."""
    graph = read("""
        x = placeholder(shape=(2,), dtype=float32)
        a = exp(x)
        b = exp(x)
        y = subtract(a, b)
        return y
    """)
    assert told(graph) == same("""
        x  kept
        a  kept
        b  merged with a  merge_duplicates
        y  kept
    """)


def test_composites_become_what_they_are_made_of() -> None:
    """The last of the new nodes stands for the old one."""
    graph = read("""
        x = placeholder(shape=(2, 3), dtype=float32)
        y = softmax(x, axis=1)
        return y
    """)
    assert told(graph) == same("""
        x  kept
        y  simplified to divide  simplify
    """)


def test_what_a_rule_takes_in_is_absorbed() -> None:
    """The inner factor has become part of the outer one."""
    graph = read("""
        x = placeholder(shape=(2,), dtype=float32)
        two = constant(value=float32(2.0))
        y = multiply(x, two)
        z = multiply(y, two)
        return z
    """)
    assert told(graph) == same("""
        x    kept
        two  absorbed into z         simplify
        y    absorbed into z         simplify
        z    simplified to multiply  simplify
    """)


def test_views_need_no_call() -> None:
    """They are there when memory is."""
    graph = read("""
        x = placeholder(shape=(2, 3), dtype=float32)
        a = exp(x)
        b = transpose(a, axes=(1, 0))
        c = exp(b)
        return c
    """)
    assert told(graph) == same("""
        x  kept
        a  kept
        b  a view of a  allocate
        c  kept
    """)


# Networks


def of_network(name: str) -> History:
    """Give the history of the first run of a network."""
    with gn.Graph():
        (first, *_) = NETWORKS[name](Kit(np.float32))
        with gn.Session(seed=0) as session:
            function = session.compile(list(first.fetches), list(first.feeds))
            function(*first.feeds.values())
            return function.history()


def trained() -> tuple[History, Plan]:
    """Give the history and the plan of a step of training."""
    with gn.Graph():
        x = gn.placeholder((None, 3), name="x")
        model = gn.nn.Sequential(gn.nn.Dense(4, activation=gn.tanh), gn.nn.Dense(1))
        loss = gn.mean(gn.square(model(x)))
        train = gn.optim.SGD(0.1).minimize(loss)
        with gn.Session(seed=0) as session:
            function = session.compile([loss, train], [x])
            function(np.ones((5, 3), np.float32))
            return function.history(), function.plan


def test_biases_and_updates_are_joined() -> None:
    """The others of the same product, or update, are named."""
    found, _ = trained()
    product = found.fates["sequential/dense/matmul"]
    assert (product.outcome, product.stage) == (Outcome.JOINED, "products")
    assert str(product) == "joined with sequential/dense/add into one matmul"
    update = found.fates["sgd/sequential/dense/weight/subtract"]
    assert (update.outcome, update.stage) == (Outcome.JOINED, "updates")
    assert len(update.others) == 3
    assert str(update).endswith("into one subtract")


def test_state_becomes_data() -> None:
    """Writes happen when the run is over; an operation that groups them is nothing by itself."""
    found, _ = trained()
    assert str(found.fates["sgd/sequential/dense/weight/assign"]) == "written when the run is over"
    assert str(found.fates["sgd"]) == "absorbed"
    assert str(found.fates["sequential/dense/weight"]) == "kept"


def test_reads_are_the_variable() -> None:
    """A read that is not ordered behind a write is no copy."""
    with gn.Graph() as graph:
        count = gn.Variable(1.0, name="count")
        assert isinstance(count, Variable)
        value = gn.exp(count.read())
    found = history(graph.subgraph([value]), [])
    assert found.fates["read"].outcome is Outcome.ABSORBED
    assert found.fates["read"].into is count.node


def test_counts_add_up() -> None:
    """They are said in a line."""
    found, _ = trained()
    assert sum(found.counts.values()) == len(found.fates)
    assert found.summary().startswith(f"of {len(found.fates)} declared nodes: ")
    assert f"{found.counts[Outcome.WRITTEN]} written" in found.summary()


@pytest.mark.parametrize("name", NETWORKS)
def test_networks_have_fates(name: str) -> None:
    """One for each declared node, and the plan is the one that has run."""
    check(of_network(name))


def test_the_plan_is_the_one_that_has_run() -> None:
    """Variables have their places when a history is made, and keep them."""
    found, plan = trained()
    assert picture(found.plan.graph) == picture(plan.graph)
    assert str(found.plan).splitlines()[:-1] == str(plan).splitlines()[:-1]


def test_a_closed_session_can_still_tell() -> None:
    """It has no memory any more, and gets none."""
    with gn.Graph():
        x = gn.placeholder((None, 2), name="x")
        loss = gn.mean(gn.square(gn.nn.Dense(3)(x)))
        with gn.Session() as session:
            function = session.compile(gn.optim.Adam(0.1).minimize(loss), [x])
            function(np.ones((4, 2), np.float32))
    assert function.history().counts[Outcome.JOINED] > 0
    assert not session.store.places


def test_equal_expressions_are_the_first_of_them() -> None:
    """As they are in the plan that has run."""
    with gn.Graph():
        x = gn.placeholder((2,), name="x")
        first, second = gn.tanh(x), gn.tanh(x)
        with gn.Session() as session:
            session.run(first, {x: [1.0, 2.0]})
            function = session.compile(second, [x])
            function([1.0, 2.0])
            names = [node.name for node in function.plan.graph.nodes]
            assert list(function.history().fates) == names == ["x", first.name]


def test_a_function_that_was_not_called_has_no_history() -> None:
    """No shapes are known."""
    with gn.Graph():
        x = gn.placeholder((None,), name="x")
        with gn.Session() as session:
            function = session.compile(gn.exp(x), [x])
            with pytest.raises(gn.errors.GraphnetError, match="has no plan yet"):
                function.history()


# What holds for all


def check(found: History) -> None:
    """Require what holds for every history."""
    declared = dict(found.graphs)["declared"]
    assert list(found.fates) == [node.name for node in declared.nodes]
    alive = set(found.plan.graph.nodes)
    outside = {variable.node for variable in found.plan.variables}
    for fate in found.fates.values():
        check_fate(fate)
        assert fate.into is None or fate.into in alive | outside
    for name, graph in found.graphs[1:]:
        assert graph.nodes or not found.plan.graph.nodes, name
    assert picture(found.graphs[-1][1]) == picture(found.plan.graph)


def check_fate(fate: Fate) -> None:
    """Require that a fate can be understood."""
    assert str(fate)
    assert (fate.outcome is Outcome.KEPT) == (not fate.stage)
    assert (fate.outcome is not Outcome.KEPT) or fate.into is not None
    assert (fate.outcome is not Outcome.PRUNED) or fate.into is None


@given(drawn=writing())
def test_random_graphs_have_fates(drawn: tuple[Graph, dict[Tensor, Array]]) -> None:
    """Every declared node has exactly one, whatever the passes do."""
    graph, feeds = drawn
    part = graph.subgraph(graph.outputs, feeds)
    check(history(part, [Spec(array.shape, array.dtype) for array in feeds.values()]))


def test_stages_are_those_of_the_compiler() -> None:
    """The declared graph comes first; those that make no graph have none."""
    found, _ = trained()
    names = [name for name, _ in found.graphs]
    passes = [apply.__name__ for apply in PIPELINE]
    layout = ["copies", "scalars", "products", "updates"]
    assert names == ["declared", "specialize", *passes, *layout]


def test_steps_that_are_off_leave_no_trace() -> None:
    """Without optimisation all is kept but state."""
    x = gn.placeholder((2,), name="x")
    part = x.graph.subgraph([gn.exp(x * 1)], [x])
    found = history(part, [x.spec], gn.compiler.Options.none())
    assert [name for name, _ in found.graphs] == ["declared", "specialize"]
    assert set(found.counts) == {Outcome.KEPT}


def test_graphs_of_passes_are_let_go() -> None:
    """A history keeps them as long as it lives; its plan does not."""
    x = gn.placeholder((None,), name="x")
    part = x.graph.subgraph([gn.exp(x + 0) * 2], [x])
    specs = [Spec((2,), np.dtype(np.float32))]
    found = history(part, specs)
    gone = weakref.ref(dict(found.graphs)["prune"])
    plan = found.plan
    del found
    gc.collect()
    assert gone() is None
    assert plan.graph.nodes
    assert len(part.nodes) == 6


def test_compiling_is_as_it_was() -> None:
    """Nobody watches where no history is asked for."""
    x = gn.placeholder((2,), name="x")
    part = x.graph.subgraph([gn.exp(x * 1)], [x])
    watched = history(part, [x.spec]).plan
    assert str(compile_graph(part, [x.spec])) == str(watched)
    assert gn.ir.context.context.rewritten is None
