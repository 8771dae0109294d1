"""Concatenations cost nothing where their operands are made in place, and spoil nothing."""

import numpy as np
import pytest

from graphnet.compiler.allocate import allocate
from graphnet.compiler.codegen import generate
from graphnet.compiler.interpreter import interpret
from graphnet.compiler.plan import Plan
from graphnet.compiler.steps import Alias, Call, Fill, Own, Part, Place, Slot, Span
from graphnet.compiler.store import Store
from graphnet.ir import Graph, Tensor
from graphnet.ir.spec import static
from graphnet.testing.compare import assert_close
from graphnet.typing import Array
from tests.compiler.layout.drawing import in_order, named
from tests.compiler.running import soil

FEEDS = """
x = placeholder(shape=(2, 3), dtype=float32)
y = placeholder(shape=(2, 3), dtype=float32)
a = exp(x)
b = tanh(y)
"""


def planned(
    text: str, turned: str = "", *, placed: str = "", targets: str = ""
) -> tuple[Plan, dict[str, Place]]:
    """Give the plan of a text with the order of its lines, and places by name.

    The plan is run three times in dirty memory, and must give what the interpreter gives.

    Args:
        text: The text.
        turned: Names of matrices by columns.
        placed: Names of variables, as they lie in the store.
        targets: Names of variables that the last outputs are written to.
    """
    graph = in_order(text)
    store = Store()
    store.place(named(graph, *placed.split()))
    by_columns = frozenset(named(graph, *turned.split()))
    written = [(target,) for target in named(graph, *targets.split())]
    plan = allocate(graph, graph.nodes, written, store, by_columns)
    require_right(plan, graph, store)
    return plan, {tensor.name: place for tensor, place in plan.places.items()}


def require_right(plan: Plan, graph: Graph, store: Store) -> None:
    """Run a plan, by kernels and by forms, in memory full of NaN, and compare what it gives."""
    for forms in (True, False):
        store.place(plan.variables)
        code = generate(plan, store, 0, forms=forms)
        for run in range(3):
            feeds = [drawn(tensor, run) for tensor in graph.inputs]
            state = {tensor: drawn(tensor, run) for tensor in plan.variables}
            for variable, array in state.items():
                store.places[variable][...] = array
            values = {**state, **dict(zip(graph.inputs, feeds, strict=True))}
            expected = interpret(graph, values)
            soil(code.workspace)
            found = code.function(*feeds)
            new = [store.places[variable] for (variable,), _ in plan.writes]
            for result, wanted in zip([*found, *new], expected, strict=True):
                assert_close(result, wanted)


def drawn(tensor: Tensor, run: int) -> Array:
    """Draw a value."""
    generator = np.random.default_rng([run, *tensor.name.encode()])
    return np.asarray(generator.normal(0, 1, static(tensor.shape)), tensor.dtype)


def kinds(plan: Plan) -> list[str]:
    """Give what is done, step by step."""
    return [
        step.node.op.name if isinstance(step, Call) else type(step).__name__.lower()
        for step in plan.steps
        if isinstance(step, Call | Alias | Fill)
    ]


# Operands that are made in their place


def test_operands_are_made_in_their_place() -> None:
    """Rows by rows: nothing is copied."""
    plan, places = planned(
        FEEDS
        + """
    c = concat(a, b)
    s = sin(c)
    return s
    """
    )
    assert kinds(plan) == ["exp", "tanh", "alias", "sin"]
    (whole,) = named(plan.graph, "c")
    assert (places["a"], places["b"]) == (Part(whole, 0), Part(whole, 1))
    assert isinstance(places["c"], Slot)


def test_columns_are_made_in_their_place_by_columns() -> None:
    """The same, the other way round."""
    text = (
        FEEDS
        + """
    c = concat(a, b, axis=1)
    s = sin(c)
    return s
    """
    )
    plan, places = planned(text, "a b c")
    assert isinstance(places["a"], Part)
    assert kinds(plan) == ["exp", "tanh", "alias", "sin"]
    plan, places = planned(text)
    assert kinds(plan) == ["exp", "tanh", "concat", "sin"]
    assert not any(isinstance(place, Part) for place in places.values())


def test_rows_by_columns_are_no_pieces_of_memory() -> None:
    """They are concatenated by the kernel."""
    plan, _ = planned(FEEDS + "c = concat(a, b)\ns = sin(c)\nreturn s", "a b c")
    assert "concat" in kinds(plan)


def test_columns_of_one_row_are_pieces_of_memory() -> None:
    """With one row only, there is nothing between the columns."""
    plan, _ = planned("""
    x = placeholder(shape=(1, 3), dtype=float32)
    y = placeholder(shape=(1, 2), dtype=float32)
    a = exp(x)
    b = tanh(y)
    c = concat(a, b, axis=1)
    s = sin(c)
    return s
    """)
    assert kinds(plan) == ["exp", "tanh", "alias", "sin"]


def test_operands_in_another_order_are_copied() -> None:
    """One by rows in a whole by columns is turned on the way."""
    plan, places = planned(FEEDS + "c = concat(a, b, axis=1)\ns = sin(c)\nreturn s", "b c")
    assert kinds(plan) == ["exp", "tanh", "fill", "alias", "sin"]
    assert not isinstance(places["a"], Part)


def test_flattened_operands_are_made_in_their_place() -> None:
    """As gradients that are joined to be applied at once."""
    plan, places = planned(
        FEEDS
        + """
    p = reshape(a, shape=(6,))
    q = reshape(b, shape=(6,))
    c = concat(p, q)
    s = sin(c)
    return s
    """
    )
    assert isinstance(places["a"], Part)
    assert "fill" not in kinds(plan)


def test_what_is_made_elsewhere_is_copied() -> None:
    """Feeds, slices, and what is there twice."""
    plan, _ = planned(
        FEEDS
        + """
    i = index(b, index=(slice(0, 1),))
    c = concat(a, x, i, a)
    s = sin(c)
    return s
    """
    )
    assert kinds(plan) == ["exp", "tanh", "alias", *["fill"] * 4, "alias", "sin"]


def test_a_value_is_made_in_one_place_only() -> None:
    """The second concatenation gets a copy."""
    plan, places = planned(
        FEEDS
        + """
    c = concat(a, b)
    d = concat(b, a)
    s = add(c, d)
    return s
    """
    )
    assert kinds(plan).count("fill") == 2
    assert isinstance(places["a"], Part)


def test_what_is_fetched_is_made_afresh() -> None:
    """A fetched concatenation is that of the kernel."""
    plan, _ = planned(FEEDS + "c = concat(a, b)\nreturn c")
    assert kinds(plan) == ["exp", "tanh", "concat"]


def test_concatenations_in_concatenations() -> None:
    """The inner one is copied as a whole, or made in place: no number is lost."""
    plan, _ = planned(
        FEEDS
        + """
    e = exp(b)
    c = concat(a, b)
    d = concat(c, e)
    s = sin(d)
    return s
    """
    )
    assert "concat" not in kinds(plan)


# Constants


ONES = (
    FEEDS
    + """
one = constant(value=float32([[1.0, 1.0, 1.0]]))
c = concat(a, one)
"""
)


def test_constants_are_written_once() -> None:
    """When memory is made, which then is the concatenation's own."""
    plan, places = planned(ONES + "s = sin(c)\nreturn s")
    assert kinds(plan) == ["exp", "tanh", "alias", "sin"]
    assert [fill.index for fill in plan.filled] == [1]
    assert places["c"] == Own()


@pytest.mark.parametrize("last", ["exp(c)", "multiply(c, c)", "relu(c)"])
def test_nothing_overwrites_constants(last: str) -> None:
    """A result never takes the memory of a concatenation with parts that are written once."""
    plan, places = planned(f"{ONES}d = {last}\ns = sum(d, axis=(0,))\nreturn s")
    assert places["d"] != places["c"]
    assert all(step.inplace is None for step in plan.steps if isinstance(step, Call))


def test_parts_beside_constants_may_work_in_place() -> None:
    """What only covers its own part spoils nothing."""
    plan, places = planned(
        FEEDS
        + """
    one = constant(value=float32([[1.0, 1.0, 1.0]]))
    r = relu(a)
    c = concat(r, one)
    s = sum(c, axis=(0,))
    return s
    """
    )
    assert isinstance(places["r"], Part)
    assert places["a"] == places["r"]
    assert any(step.inplace == 0 for step in plan.steps if isinstance(step, Call))


# Variables


SUM = """
x = placeholder(shape=(3, 2), dtype=float32)
w = variable(2, 2)
b = variable(1, 2)
c = concat(w, b)
s = add(x, c)
return s
"""


def test_variables_side_by_side_are_a_concatenation() -> None:
    """Their memory is seen as one array."""
    plan, places = planned(SUM, placed="w b")
    assert kinds(plan) == ["alias", "add"]
    assert places["c"] == Span(tuple(named(plan.graph, "w", "b")))


def test_variables_that_lie_otherwise_are_copied() -> None:
    """Nothing moves a variable."""
    plan, _ = planned(SUM, placed="b w")
    assert kinds(plan) == ["fill", "fill", "alias", "add"]


def test_a_variable_twice_is_copied() -> None:
    """It does not lie beside itself."""
    plan, _ = planned("""
    x = placeholder(shape=(4, 2), dtype=float32)
    w = variable(2, 2)
    c = concat(w, w)
    s = add(x, c)
    return s
    """)
    assert kinds(plan) == ["fill", "fill", "alias", "add"]


# Lives


def test_a_concatenation_lives_as_long_as_its_parts() -> None:
    """A fetched gradient is not overwritten by the update that takes all gradients at once."""
    plan, places = planned(
        """
        x = placeholder(shape=(2, 3), dtype=float32)
        w = variable(2, 3)
        b = variable(3)
        gw = exp(x)
        gb = sum(x, axis=(0,))
        p = reshape(gw, shape=(6,))
        c = concat(p, gb)
        t = sin(c)
        q = reshape(w, shape=(6,))
        k = concat(q, b)
        u = subtract(k, t)
        nw = index(u, index=(slice(0, 6),))
        v = reshape(nw, shape=(2, 3))
        nb = index(u, index=(slice(6, 9),))
        return gw, v, nb
        """,
        placed="w b",
        targets="w b",
    )
    assert isinstance(places["gw"], Part)
    assert places["t"] != places["c"]
    assert plan.fetches[0].name == "gw"


def test_parts_live_as_long_as_their_concatenation() -> None:
    """A part that is read last before the whole is keeps its memory."""
    _, places = planned(
        FEEDS
        + """
    e = exp(a)
    f = sum(e, axis=(0, 1))
    c = concat(a, b)
    g = sin(x)
    h = sum(g, axis=(0, 1))
    s = add(f, h)
    t = multiply(c, s)
    return t
    """
    )
    assert places["g"] != places["a"]
    assert isinstance(places["a"], Part)


def test_memory_of_a_concatenation_is_there_from_its_first_part() -> None:
    """What lives between the first part and the last has other memory."""
    _, places = planned("""
    x = placeholder(shape=(2, 8), dtype=float32)
    a = exp(x)
    k = placeholder(shape=(4, 8), dtype=float32)
    e = sin(k)
    f = tanh(e)
    s = sum(f, axis=(0, 1))
    b = multiply(x, s)
    c = concat(a, b)
    d = sin(c)
    t = sum(d, axis=(0,))
    return t
    """)
    assert places["e"] != places["c"]
    assert isinstance(places["c"], Slot)


def test_dead_concatenations_leave_their_memory() -> None:
    """An elementwise result takes over memory of a whole whose parts nobody needs any more."""
    _, places = planned(
        FEEDS
        + """
    c = concat(a, b)
    d = sin(c)
    s = sum(d, axis=(0,))
    return s
    """
    )
    assert places["d"] == places["c"]
