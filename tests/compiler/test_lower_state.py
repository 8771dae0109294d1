"""State becomes data: reads give what was there or written before, and writes are ordered."""

from collections.abc import Callable

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import graphnet as gn
from graphnet.compiler.lower_state import Lowered, lower_state
from graphnet.errors import ExecutionError, GraphError
from graphnet.ir import Graph, Node, Tensor
from graphnet.ops.sources import Variable
from graphnet.typing import Array
from tests.compiler.pictures import picture


def lowered(fetches: list[Tensor | Node], feeds: list[Tensor] | None = None) -> Lowered:
    """Lower the part of a graph that some fetches need."""
    return lower_state(fetches[0].graph.subgraph(fetches, feeds or []))


def names(made: Lowered) -> list[str]:
    """Give the names of the outputs, then those of the variables."""
    return [
        tensor.name for tensor in (*made.graph.outputs, *(variable for (variable,) in made.targets))
    ]


def test_reads_see_the_value_from_before() -> None:
    """A write is the value written; a plain read, and a read before it, is the variable."""
    count = gn.Variable(1.0, name="count")
    read = count.read(name="old")
    step = gn.assign(count, gn.exp(count), name="step")
    later = count.read(name="also_old")
    assert names(lowered([read, step, later])) == ["count", "exp", "count", "exp", "count"]


def test_reads_behind_a_write_see_what_it_wrote() -> None:
    """A control dependency, also an indirect one, orders a read behind a write."""
    count = gn.Variable(1.0, name="count")
    step = gn.assign(count, gn.exp(count), name="step")
    with gn.control_dependencies([gn.group(step)]):
        other = gn.constant(1.0) * 2
    with gn.control_dependencies([other]):
        after = count.read(name="after")
    made = lowered([gn.tanh(after)])
    assert names(made) == ["tanh", "exp", "count"]
    assert picture(made.graph).splitlines()[1:] == [
        "exp = exp(count)",
        "tanh = tanh(exp)",
        "return tanh, exp",
    ]


def test_only_the_last_of_ordered_writes_is_committed() -> None:
    """Each write gives its own value; reads between them see the one before."""
    count = gn.Variable(1.0, name="count")
    first = gn.assign(count, gn.exp(count))
    with gn.control_dependencies([first]):
        between = count.read()
        second = gn.assign(count, gn.tanh(count.read()))
    with gn.control_dependencies([second]):
        after = count.read()
    made = lowered([first, between, second, after, count])
    assert names(made) == ["exp", "exp", "tanh", "tanh", "count", "tanh", "count"]


def test_unordered_writes_are_refused() -> None:
    """Two writes that nothing orders are an error that names both."""
    count = gn.Variable(1.0, name="count")
    first, second = gn.assign(count, 1.0, name="one"), gn.assign(count, 2.0, name="two")
    with pytest.raises(GraphError, match="'count' in one run are not ordered") as caught:
        lowered([first, second])
    found = {row[0]: row[1] for row in caught.value.rows}
    assert found == {"'one'": str(first.node.site), "'two'": str(second.node.site)}
    assert names(lowered([first])) == ["constant_1", "constant_1", "count"]


def test_writes_ordered_by_data_are_ordered() -> None:
    """A write of a value that an earlier write gave comes behind it."""
    count = gn.Variable(1.0, name="count")
    first = gn.assign(count, gn.exp(count))
    second = gn.assign(count, gn.tanh(first))
    assert names(lowered([second])) == ["tanh", "tanh", "count"]


def test_a_third_write_must_be_ordered_too() -> None:
    """It is not enough to come behind the first of two."""
    count = gn.Variable(1.0, name="count")
    first = gn.assign(count, 1.0)
    with gn.control_dependencies([first]):
        second, third = gn.assign(count, 2.0), gn.assign(count, 3.0)
    with pytest.raises(GraphError, match="not ordered"):
        lowered([second, third])


def test_groups_order_and_run_what_is_in_them() -> None:
    """A group is nothing by itself; its members are written."""
    a, b = gn.Variable(1.0, name="a"), gn.Variable(2.0, name="b")
    made = lowered([gn.group(gn.group(gn.assign(a, b)), gn.assign(b, a))])
    values = [tensor.name for tensor in made.graph.outputs]
    variables = [tensor.name for (tensor,) in made.targets]
    assert sorted(zip(variables, values, strict=True)) == [("a", "b"), ("b", "a")]


@pytest.mark.parametrize("through", ["read", "assign"])
def test_calls_keep_their_order(through: str) -> None:
    """A call that takes what a read or write gives comes behind what that waited for."""
    log: list[str] = []

    def note(word: str) -> Callable[..., Array]:
        def call(*_: Array) -> Array:
            log.append(word)
            return np.zeros((), np.float32)

        return call

    variable = gn.Variable(1.0, name="v")
    first = gn.py_call(note("first"), [], gn.float32, (), stateful=True)
    with gn.control_dependencies([gn.group(first)]):
        value = variable.read() if through == "read" else gn.assign(variable, 2.0)
    second = gn.py_call(note("second"), [value], gn.float32, (), stateful=True)
    graph = lowered([second]).graph
    by_name = {node.op.name: node for node in graph.nodes if node.op.name != "py_call"}
    assert nx.has_path(graph.dag, *[node for node in graph.nodes if node.op.name == "py_call"])
    assert "identity" in by_name
    for optimize in (True, False):
        log.clear()
        with gn.Session(optimize=optimize) as session:
            session.run(second)
        assert log == ["first", "second"]


def test_values_of_unknown_shape_are_checked_before_anything_is_written() -> None:
    """What a function gives is compared with the variable's shape, and never broadcast to it."""
    a, b = gn.Variable([1.0, 1.0], name="a"), gn.Variable([1.0, 1.0], name="b")
    size = gn.placeholder((), gn.int64, name="size")
    some = gn.py_call(lambda n: np.full(n, 7, np.float32), [size], gn.float32, (None,))
    fetches = [gn.assign(a, a + 1), gn.assign(b, some, name="write")]
    for optimize in (True, False):
        with gn.Session(optimize=optimize) as session:
            for wrong in (1, 3):
                with pytest.raises(ExecutionError, match=rf"\[{wrong}\] .* \[2\]") as caught:
                    session.run(fetches, {size: wrong})
                assert caught.value.at == str(fetches[1].node.site)
                assert [value.tolist() for value in session.run([a, b])] == [[1, 1], [1, 1]]
            session.run(fetches, {size: 2})
            assert [value.tolist() for value in session.run([a, b])] == [[2, 2], [7, 7]]


# Against a model in Python


@st.composite
def programs(draw: st.DrawFn) -> list[Tensor]:
    """Draw reads and writes of two variables, with control dependencies at random."""
    variables = [gn.Variable(2.0, name="a"), gn.Variable(3.0, name="b")]
    made: list[Tensor] = []
    for number in range(draw(st.integers(1, 10))):
        variable = draw(st.sampled_from(variables))
        waited = draw(st.lists(st.sampled_from(made), max_size=2)) if made else []
        value = draw(st.sampled_from([*variables, *made]))
        with gn.control_dependencies(waited):
            kind = draw(st.sampled_from(["read", "plain", "write"]))
            if kind == "read":
                made.append(variable.read() + 0.0)
            elif kind == "plain":
                made.append(value * 1.5 + variable)
            else:
                made.append(gn.assign(variable, value + float(number)))
    return draw(st.lists(st.sampled_from(made), min_size=1, max_size=4))


class RefusedError(Exception):
    """Two writes are not ordered."""


def model(fetches: list[Tensor]) -> tuple[list[float], dict[str, float]]:
    """Run a program node by node: ancestors say which writes come before which reads."""
    dag = fetches[0].graph.dag
    wanted = set().union(*({f.node} | nx.ancestors(dag, f.node) for f in fetches))
    order = [node for node in fetches[0].graph.nodes if node in wanted]
    writes: dict[Tensor, list[Node]] = {}
    values: dict[Tensor, float] = {}
    for node in order:
        before = nx.ancestors(dag, node)
        arguments = [values[tensor] for tensor in node.inputs]
        earlier = (
            [write for write in writes.get(node.inputs[0], ()) if write in before]
            if node.op.name in {"read", "assign"}
            else []
        )
        if node.op.name == "read":
            values[node.outputs[0]] = values[earlier[-1].outputs[0]] if earlier else arguments[0]
        elif node.op.name == "assign":
            if len(earlier) < len(writes.get(node.inputs[0], ())):
                raise RefusedError
            writes.setdefault(node.inputs[0], []).append(node)
            values[node.outputs[0]] = arguments[1]
        elif node.op.name == "variable":
            values[node.outputs[0]] = {"a": 2.0, "b": 3.0}[node.name]
        else:
            values[node.outputs[0]] = node.op.kernel(*map(np.float32, arguments))
    after = {variable.name: values[group[-1].outputs[0]] for variable, group in writes.items()}
    return [float(values[fetch]) for fetch in fetches], {"a": 2.0, "b": 3.0} | after


@pytest.mark.parametrize("optimize", [True, False])
@given(data=st.data())
def test_sessions_do_what_the_model_does(data: st.DataObject, optimize: bool) -> None:
    """Results, new state, and refusals are those of a model that knows nothing of compiling."""
    with Graph() as graph:
        fetches = data.draw(programs())
    with gn.Session(graph, optimize=optimize) as session:
        try:
            results, state = model(fetches)
        except RefusedError:
            with pytest.raises(GraphError, match="not ordered"):
                session.run(fetches)
            return
        assert session.run(fetches) == results
        assert session.run(dict(zip("ab", graph.variables(), strict=True))) == state


def test_variables_are_found_where_only_written() -> None:
    """A write to a variable that nothing reads needs its place all the same."""
    a, b = gn.Variable(1.0, name="a"), gn.Variable(2.0, name="b")
    with gn.Session() as session:
        assert session.run(b) == 2.0
        assert session.run(gn.assign(a, 5.0)) == 5.0
        assert session.run([a, b]) == [5.0, 2.0]
    assert isinstance(a, Variable)
