"""Equal updates of neighbors become one, whatever optimizer declared them."""

import numpy as np
import pytest

import graphnet as gn
from graphnet.compiler.layout.join_updates import join_updates, whole_bases
from graphnet.compiler.lower_state import Lowered, lower_state
from graphnet.compiler.pipeline import optimize
from graphnet.compiler.report import Report
from graphnet.compiler.store import Store
from graphnet.ir.spec import static
from tests.compiler.kit import RULES, Kit
from tests.compiler.layout.drawing import named, placed, require_equal, updating
from tests.compiler.layout.drawing import require_picture as require

VARIABLES = """
xt = placeholder(shape=(2, 4), dtype=float32)
dz = placeholder(shape=(4, 3), dtype=float32)
w = variable(2, 3)
b = variable(3)
rate = constant(value=float32(0.5))
gw = matmul(xt, dz)
gb = sum(dz, axis=(0,))
"""

DESCENT = (
    VARIABLES
    + """
sw = multiply(gw, rate)
sb = multiply(gb, rate)
nw = subtract(w, sw)
nb = subtract(b, sb)
"""
)


def joined(lowered: Lowered, store: Store | None = None) -> tuple[Lowered, list[str]]:
    """Join updates, and give the remarks, too; what is written must not change."""
    report = Report()
    after = join_updates(lowered, store or Store(), report)
    require_equal_writes(lowered, after)
    return after, report.remarks


def require_equal_writes(before: Lowered, after: Lowered) -> None:
    """Require that fetches are the same, and each variable gets the same elements."""
    count = len(before.graph.outputs) - len(before.targets)
    value = dict(zip(before.targets, before.graph.outputs[count:], strict=True))
    values = list(before.graph.outputs[:count])
    with before.graph:
        for target in after.targets:
            flat = [value[variable,].reshape(-1) for variable in target]
            shape = static(flat[0].shape) if len(flat) > 1 else static(target[0].shape)
            whole = gn.concat(flat) if len(flat) > 1 else flat[0].reshape(shape)
            values.append(whole)
    require_equal(before.graph.subgraph(values, before.graph.inputs), after.graph)


def groups(lowered: Lowered) -> list[list[str]]:
    """Give the names of the variables that are written by one write, for each."""
    return [[variable.name for variable in target] for target in lowered.targets]


# What is joined


def test_steps_of_descent_are_joined() -> None:
    """Two variables side by side, one multiplication and one subtraction for both."""
    before = updating(DESCENT + "return nw, nb", "w b")
    after, remarks = joined(before)
    require(
        after.graph,
        after.graph,
        """
        rate = constant(value=float32(0.5))
        gw = matmul(xt, dz)
        gb = sum(dz, axis=(0,))
        w_1 = reshape(w, shape=(6,), name='w')
        joined_variables = concat(w_1, b, name='joined/variables')
        gw_1 = reshape(gw, shape=(6,), name='gw')
        joined_results = concat(gw_1, gb, name='joined/results')
        joined_multiply = multiply(joined_results, rate, name='joined/multiply')
        joined_subtract = subtract(joined_variables, joined_multiply, name='joined/subtract')
        return joined_subtract
        """,
    )
    assert groups(after) == [["w", "b"]]
    assert not remarks


def test_momentum_is_joined() -> None:
    """Weights and velocities, which are made to lie in the order of the weights."""
    text = """
    mu = constant(value=float32(0.9))
    vb = variable(3)
    vw = variable(2, 3)
    kw = multiply(vw, mu)
    kb = multiply(vb, mu)
    uw = add(kw, sw)
    ub = add(kb, sb)
    mw = subtract(w, uw)
    mb = subtract(b, ub)
    return ub, uw, mw, mb
    """
    before = updating(DESCENT + text, "vb vw w b")
    store = Store()
    after, remarks = joined(before, store)
    require(
        after.graph,
        after.graph,
        """
        rate = constant(value=float32(0.5))
        gb = sum(dz, axis=(0,))
        mu = constant(value=float32(0.8999999761581421))
        gw = matmul(xt, dz)
        w_1 = reshape(w, shape=(6,), name='w')
        joined_variables = concat(w_1, b, name='joined/variables')
        vw_1 = reshape(vw, shape=(6,), name='vw')
        joined_variables_1 = concat(vw_1, vb, name='joined/variables')
        joined_multiply = multiply(joined_variables_1, mu, name='joined/multiply')
        gw_1 = reshape(gw, shape=(6,), name='gw')
        joined_results = concat(gw_1, gb, name='joined/results')
        joined_multiply_1 = multiply(joined_results, rate, name='joined/multiply')
        joined_add = add(joined_multiply, joined_multiply_1, name='joined/add')
        joined_subtract = subtract(joined_variables, joined_add, name='joined/subtract')
        return joined_subtract, joined_add
        """,
    )
    assert groups(after) == [["w", "b"], ["vw", "vb"]]
    assert store.request(named(before.graph, "vw", "vb"))
    assert not remarks


def network(rule: str) -> Lowered:
    """Lower a step of two layers."""
    kit = Kit("float32", rule=RULES[rule])
    x = gn.placeholder((7, 4), name="x")
    h = gn.tanh(x @ kit.matrix(4, 5) + kit.vector(5))
    loss = gn.square(h @ kit.matrix(5, 2) + kit.vector(2)).mean()
    step = kit.train(loss)
    lowered = lower_state(loss.graph.subgraph([step], [x]))
    return Lowered(optimize(lowered.graph), lowered.targets)


@pytest.mark.parametrize(
    ("rule", "writes"), [("sgd", [4]), ("momentum", [4, 4]), ("adam", [4, 4, 4, 1])]
)
def test_no_optimizer_is_special(rule: str, writes: list[int]) -> None:
    """Any rule is joined over all variables; Adam's count has no axes and stays alone."""
    lowered = network(rule)
    report = Report()
    after = join_updates(lowered, Store(), report)
    assert sorted(map(len, after.targets), reverse=True) == writes
    assert not report.remarks


def test_slices_of_a_joined_gradient_are_taken_whole() -> None:
    """Rows that make up a gradient are not concatenated again."""
    before = updating(
        """
        p = placeholder(shape=(3, 3), dtype=float32)
        w = variable(2, 3)
        b = variable(3)
        g = exp(p)
        gw = index(g, index=(slice(0, 2),))
        row = index(g, index=(slice(2, 3),))
        gb = reshape(row, shape=(3,))
        nw = subtract(w, gw)
        nb = subtract(b, gb)
        return nw, nb
        """,
        "w b",
    )
    after, remarks = joined(before)
    require(
        after.graph,
        after.graph,
        """
        g = exp(p)
        w_1 = reshape(w, shape=(6,), name='w')
        joined_variables = concat(w_1, b, name='joined/variables')
        g_1 = reshape(g, shape=(9,), name='g')
        joined_results = concat(g_1, name='joined/results')
        joined_subtract = subtract(joined_variables, joined_results, name='joined/subtract')
        return joined_subtract
        """,
    )
    assert not remarks


def test_slices_make_up_a_whole_only_in_order_and_without_gaps() -> None:
    """Otherwise they are taken one by one."""
    g = gn.exp(gn.placeholder((6, 2), name="p"))
    first, second, third = g[:2], g[2:4], g[4:]
    assert whole_bases([first, second, third]) == [g]
    assert whole_bases([first, third, second]) == [first, third, second]
    assert whole_bases([first, second]) == [first, second]
    assert whole_bases([second, third]) == [second, third]
    assert whole_bases([first, second, third, first]) == [g, first]
    reverse = g[::-1]
    assert whole_bases([reverse]) == [reverse]


# What stays apart


TWO_RATES = """
other = constant(value=float32(0.25))
dc = placeholder(shape=(2, 4), dtype=float32)
de = placeholder(shape=(2, 5), dtype=float32)
c = variable(4)
e = variable(5)
gc = sum(dc, axis=(0,))
ge = sum(de, axis=(0,))
sc = multiply(gc, other)
se = multiply(ge, other)
nc = subtract(c, sc)
ne = subtract(e, se)
"""


def test_two_rates_are_two_runs() -> None:
    """Equal expressions with other numbers are other expressions."""
    before = updating(f"{DESCENT}{TWO_RATES}return nw, nb, nc, ne", "w b c e")
    after, remarks = joined(before)
    assert groups(after) == [["w", "b"], ["c", "e"]]
    assert not remarks


def test_variables_that_are_no_neighbors_are_cut_apart() -> None:
    """A group is joined in runs of neighbors; the report names where it was cut."""
    text = f"{DESCENT}{TWO_RATES.replace('other)', 'rate)')}return nw, nb, nc, ne"
    before = updating(text, "w b c e")
    between = gn.Variable(np.zeros(1, np.float32))
    store = placed(before.graph, "w b")
    store.place([between])
    store.place(named(before.graph, "c", "e"))
    after, remarks = joined(before, store)
    assert groups(after) == [["w", "b"], ["c", "e"]]
    assert remarks == ["updates: 'c' does not lie behind 'b'"]


def test_a_variable_left_alone_is_written_alone() -> None:
    """A run of one is no run."""
    text = f"{DESCENT}{TWO_RATES.replace('other)', 'rate)')}return nw, nb, nc"
    before = updating(text, "w b c")
    store = placed(before.graph, "c")
    store.place([gn.Variable(np.zeros(1, np.float32))])
    store.place(named(before.graph, "w", "b"))
    after, remarks = joined(before, store)
    assert groups(after) == [["w", "b"], ["c"]]
    assert remarks == ["updates: 'w' does not lie behind 'c'"]


def test_runs_are_in_the_order_of_the_store() -> None:
    """Not in that of the graph."""
    before = updating(DESCENT + "return nw, nb", "w b")
    after, _ = joined(before, placed(before.graph, "b w"))
    assert groups(after) == [["b", "w"]]


def test_slots_in_another_order_stop_the_join_there() -> None:
    """Velocities that have places in another order cannot be one operand."""
    text = """
    vw = variable(2, 3)
    vb = variable(3)
    uw = add(vw, sw)
    ub = add(vb, sb)
    mw = subtract(w, uw)
    mb = subtract(b, ub)
    return uw, ub, mw, mb
    """
    before = updating(DESCENT + text, "vw vb w b")
    after, remarks = joined(before, placed(before.graph, "w b vb vw"))
    assert ["vb", "vw"] in groups(after)
    assert "updates: 'vw' does not lie beside the others that are used like it" in remarks


def test_new_values_that_are_fetched_stay_apart() -> None:
    """What the user gets is made by itself."""
    before = updating(DESCENT + "return nw, nw, nb", "w b")
    after, _ = joined(before)
    assert groups(after) == [["w"], ["b"]]


def test_gradients_that_are_fetched_are_made_side_by_side() -> None:
    """A fetched operand is a result like any other, copied out of the whole."""
    before = updating(DESCENT + "return gw, nw, nb", "w b")
    after, remarks = joined(before)
    assert groups(after) == [["w", "b"]]
    assert not remarks


def test_variables_without_axes_stay_apart() -> None:
    """A count has its own update, and its memory serves numbers."""
    before = updating(
        """
        one = constant(value=float32(1.0))
        n = variable()
        m = variable()
        nn = add(n, one)
        nm = add(m, one)
        return nn, nm
        """,
        "n m",
    )
    after, remarks = joined(before)
    assert groups(after) == [["n"], ["m"]]
    assert not remarks


@pytest.mark.parametrize(
    "update", ["matmul(w, t)", "maximum(w, row)", "add(w, row)", "transpose(w, axes=(1, 0))"]
)
def test_updates_that_are_not_elementwise_stay_apart(update: str) -> None:
    """Only what works element by element works on several variables at once."""
    before = updating(
        f"""
        t = placeholder(shape=(3, 3), dtype=float32)
        row = placeholder(shape=(3,), dtype=float32)
        w = variable(3, 3)
        v = variable(3, 3)
        nw = {update}
        nv = {update.replace("(w", "(v")}
        return nw, nv
        """,
        "w v",
    )
    after, _ = joined(before)
    assert groups(after) == [["w"], ["v"]]


def test_dtypes_stay_apart() -> None:
    """Memory has one dtype."""
    before = updating(
        """
        w = variable(3)
        d = constant(value=float64([1.0, 2.0, 3.0]))
        v = variable(initial=d)
        nw = exp(w)
        nv = exp(v)
        return nw, nv
        """,
        "w v",
    )
    after, remarks = joined(before)
    assert groups(after) == [["w"], ["v"]]
    assert not remarks


def test_updates_that_are_not_due_each_time_are_joined() -> None:
    """The choice between old and new is the same number for all."""
    text = DESCENT.replace("w = variable", "due = placeholder(shape=(), dtype=bool)\nw = variable")
    text += "cw = where(due, nw, w)\ncb = where(due, nb, b)\nreturn cw, cb"
    after, remarks = joined(updating(text, "w b"))
    assert groups(after) == [["w", "b"]]
    assert [node.op.name for node in after.graph.nodes].count("where") == 1
    assert not remarks


def test_slots_follow_the_order_of_weights_that_have_places() -> None:
    """Though theirs is the larger expression, and they are written in another order."""
    text = (
        VARIABLES
        + """
    v = variable(2, 3)
    u = variable(3)
    mu = multiply(u, rate)
    mv = multiply(v, rate)
    nu = add(mu, gb)
    nv = add(mv, gw)
    nw = subtract(w, gw)
    nb = subtract(b, gb)
    return nu, nv, nw, nb
    """
    )
    before = updating(text, "u v w b")
    store = Store()
    store.place(named(before.graph, "w", "b"))
    after, remarks = joined(before, store)
    assert sorted(map(sorted, groups(after))) == [["b", "w"], ["u", "v"]]
    assert not remarks


def test_what_is_made_of_views_is_joined_behind_them() -> None:
    """A view is made nowhere: the updates stay two, and their results are made side by side."""
    before = updating(
        """
        dw = placeholder(shape=(3, 3), dtype=float32)
        w = variable(3, 3)
        b = variable(3, 3)
        gw = transpose(dw, axes=(1, 0))
        gb = matmul(dw, dw)
        nw = subtract(w, gw)
        nb = subtract(b, gb)
        return nw, nb
        """,
        "w b",
    )
    after, remarks = joined(before)
    assert groups(after) == [["w", "b"]]
    assert [node.op.name for node in after.graph.nodes].count("subtract") == 2
    assert remarks == ["updates: 'gw' cannot be made beside the others that are used like it"]


TWO_GROUPS = (
    VARIABLES
    + """
uw = variable(2, 3)
ub = variable(3)
gc = max(dz, axis=(0,))
nw = subtract(w, gw)
nb = subtract(b, gb)
vw = maximum(uw, gw)
vb = maximum(ub, {second})
return nw, nb, vw, vb
"""
)


def test_two_groups_share_what_they_have_in_common() -> None:
    """The same gradients side by side serve both."""
    after, remarks = joined(updating(TWO_GROUPS.format(second="gb"), "w b uw ub"))
    calls = [node.op.name for node in after.graph.nodes]
    assert [calls.count(name) for name in ("subtract", "maximum", "concat")] == [1, 1, 3]
    assert not remarks


def test_a_result_is_made_in_one_place_only() -> None:
    """It cannot lie beside two others: the second group is joined behind it, and it is said why."""
    after, remarks = joined(updating(TWO_GROUPS.format(second="gc"), "w b uw ub"))
    calls = [node.op.name for node in after.graph.nodes]
    assert calls.count("subtract") + calls.count("maximum") == 3
    assert sorted(map(len, groups(after))) == [2, 2]
    assert remarks == ["updates: 'gw' cannot be made beside the others that are used like it"]


def test_long_expressions_are_joined_to_a_depth(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deep down, values are put side by side rather than joined, so that no recursion ends it."""
    monkeypatch.setattr("graphnet.compiler.layout.join_updates.DEEPEST", 1)
    before = updating(DESCENT + "return nw, nb", "w b")
    after, _ = joined(before)
    assert groups(after) == [["w", "b"]]
    assert [node.op.name for node in after.graph.nodes].count("multiply") == 2


def test_thousands_of_variables_and_steps() -> None:
    """Long chains of updates end in no RecursionError."""
    x = gn.placeholder((2,), name="x")
    writes = []
    for _ in range(2):
        target = gn.Variable(np.zeros(2, np.float32))
        value = target + x
        for _ in range(1500):
            value = gn.sin(value + x)
        writes.append(gn.assign(target, value))
    lowered = lower_state(x.graph.subgraph(writes, [x]))
    assert lowered.targets
    after = join_updates(lowered, Store(), Report())
    assert sum(map(len, after.targets)) == 2
