"""Numbers meet where that saves a multiplication, and stay where they are needed."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import graphnet as gn
from graphnet.compiler.interpreter import interpret
from graphnet.compiler.layout.move_scalars import factor_of, move_scalars, work
from graphnet.compiler.pipeline import optimize
from graphnet.compiler.report import Report
from graphnet.compiler.rules.known import is_moderate
from graphnet.ir import Graph, Tensor
from tests.compiler.layout.drawing import declared, drawn, require_equal, require_picture
from tests.compiler.pictures import read
from tests.compiler.running import Ready, ready

FEEDS = """
x = placeholder(shape=(2, 3), dtype=float32)
y = placeholder(shape=(2, 3), dtype=float32)
z = placeholder(shape=(3, 2), dtype=float32)
half = constant(value=float32(0.5))
four = constant(value=float32(4.0))
five = constant(value=float32(5.0))
huge = constant(value=float32(1e13))
"""


def moved(text: str) -> tuple[Graph, Graph, Report]:
    """Give the graph of a text, what becomes of it, and what is said about that."""
    graph, report = read(FEEDS + text), Report()
    return graph.pruned(), move_scalars(graph.pruned(), report), report


def factors(graph: Graph) -> list[float]:
    """Give the numbers by which arrays are multiplied, in order."""
    found = [factor_of(node) for node in graph.nodes]
    return [factor for factor in found if factor is not None]


def test_factors_meet_behind_a_product() -> None:
    """The mean's 1 / n and the learning rate become one factor, where it costs least."""
    before, after, report = moved("""
    a = multiply(x, half)
    b = matmul(z, a)
    c = multiply(b, four)
    return c
    """)
    assert factors(after) == [2.0]
    require_equal(before, after)
    assert not report.remarks


THROUGH = {
    "add": "b = multiply(y, half)\nm = add(a, b)",
    "subtract": "b = multiply(y, half)\nm = subtract(a, b)",
    "concat": "b = multiply(y, half)\nm = concat(a, b, axis=1)",
    "divide": "m = divide(a, y)",
    "negative": "m = negative(a)",
    "sum": "m = sum(a, axis=(0,))",
    "index": "m = index(a, index=(slice(0, 1),))",
    "place": "p = placeholder(shape=(5, 3), dtype=float32)\nm = place(a, p, index=(slice(1, 3),))",
    "copy": "m = copy(a)",
    "transpose": "m = transpose(a, axes=(1, 0))",
    "reshape": "m = reshape(a, shape=(6,))",
    "expand-dims": "m = expand_dims(a, axis=(0,))",
    "squeeze": "s = sum(a, axis=(0,), keepdims=True)\nm = squeeze(s, axis=(0,))",
    "matmul-left": "m = matmul(a, z)",
    "matmul-right": "m = matmul(z, a)",
    "multiply-left": "m = multiply(a, y)",
    "multiply-right": "m = multiply(y, a)",
}


@pytest.mark.parametrize("name", THROUGH)
def test_factors_travel_through_linear_functions(name: str) -> None:
    """Behind each of them, all factors have become one for each operand, or one for both."""
    before, after, _ = moved(
        f"a = multiply(x, half)\n{THROUGH[name]}\nc = multiply(m, four)\nreturn c"
    )
    assert set(factors(after)) == {2.0}
    assert len(factors(after)) < len(factors(before))
    require_equal(before, after)


def test_functions_that_are_not_linear_stop_factors() -> None:
    """A factor does not travel through tanh, nor through the divisor of a quotient."""
    for middle in ("tanh(a)", "divide(y, a)", "maximum(a, y)", "square(a)"):
        before, after, _ = moved(
            f"a = multiply(x, half)\nm = {middle}\nc = multiply(m, four)\nreturn c"
        )
        assert drawn(after) == drawn(before)


def test_factors_that_meet_nothing_stay() -> None:
    """There is no use in moving a factor to where there is none."""
    before, after, _ = moved("""
    a = exp(x)
    b = matmul(a, z)
    c = multiply(b, four)
    return c
    """)
    assert after is before or drawn(after) == drawn(before)
    assert factors(after) == [4.0]


def test_what_is_fetched_keeps_its_factor() -> None:
    """A gradient that is handed out is what it says, and the update is scaled behind it."""
    before, after, _ = moved("""
    a = multiply(x, half)
    gradient = matmul(z, a)
    step = multiply(gradient, four)
    return gradient, step
    """)
    assert drawn(after) == drawn(before)
    require_equal(before, after)


def test_factors_meet_in_front_of_what_is_fetched() -> None:
    """A fetched value asks for itself; factors still meet on the way to it."""
    before, after, _ = moved("""
    a = multiply(x, half)
    b = matmul(z, a)
    c = multiply(b, four)
    d = tanh(c)
    return c, d
    """)
    assert factors(after) == [2.0]
    require_equal(before, after)


def test_users_who_disagree_keep_their_factors() -> None:
    """Where one user wants 4 times a value, and another 5 times, nobody gets it beforehand."""
    before, after, _ = moved("""
    a = multiply(x, half)
    b = matmul(z, a)
    c = multiply(b, four)
    d = multiply(b, five)
    return c, d
    """)
    assert drawn(after) == drawn(before)


def test_users_who_agree_share_a_factor() -> None:
    """Where all users want 4 times a value, that is what is made."""
    before, after, _ = moved("""
    a = multiply(x, half)
    b = matmul(z, a)
    c = multiply(b, four)
    d = negative(b)
    e = multiply(d, four)
    return c, e
    """)
    assert factors(after) == [2.0]
    require_equal(before, after)


def test_a_sum_needs_the_factor_in_all_terms() -> None:
    """Where one term of a sum has no factor to merge with, the factor stays behind the sum."""
    before, after, _ = moved("""
    a = multiply(x, half)
    b = tanh(y)
    c = add(a, b)
    d = multiply(c, four)
    return d
    """)
    assert drawn(after) == drawn(before)


@pytest.mark.parametrize("middle", ["matmul(a, a)", "multiply(a, a)", "divide(a, a)"])
def test_operands_that_are_one_value_stop_factors(middle: str) -> None:
    """A value taken twice would bring its factor twice, or divide it by itself."""
    before, after, _ = moved(f"""
    w = placeholder(shape=(3, 3), dtype=float32)
    a = multiply(w, half)
    b = {middle}
    c = multiply(b, four)
    return c
    """)
    require_equal(before, after)


@pytest.mark.parametrize("factor", ["1e13", "1e-13"])
def test_factors_out_of_range_stay(factor: str) -> None:
    """What is huge or tiny may overflow or vanish elsewhere, and so is applied where it stood."""
    assert not is_moderate(float(factor))
    before, after, _ = moved(f"""
    far = constant(value=float32({factor}))
    a = multiply(x, half)
    b = matmul(z, a)
    c = multiply(b, far)
    return c
    """)
    assert drawn(after) == drawn(before)


def test_factors_close_to_one_are_kept() -> None:
    """In float64, 1.00000005 is another number than 1."""
    before, after, _ = moved("""
    u = placeholder(shape=(2, 3), dtype=float64)
    v = placeholder(shape=(3, 2), dtype=float64)
    p = constant(value=float64(0.5))
    q = constant(value=float64(2.0000001))
    a = multiply(u, p)
    b = matmul(a, v)
    c = multiply(b, q)
    return c
    """)
    require_equal(before, after)


def test_factors_that_overflow_in_their_dtype_stay() -> None:
    """300 times 300 is no number in float16."""
    _, after, _ = moved("""
    u = placeholder(shape=(2, 3), dtype=float16)
    v = placeholder(shape=(2, 3), dtype=float16)
    k = constant(value=float16(300.0))
    a = multiply(u, k)
    b = multiply(a, v)
    c = multiply(b, k)
    return c
    """)
    assert np.isfinite(factors(after)).all()


def test_integers_are_left_alone() -> None:
    """Only products of floats may be taken in another order."""
    before, after, _ = moved("""
    n = placeholder(shape=(2, 3), dtype=int32)
    two = constant(value=int32(2))
    a = multiply(n, two)
    b = sum(a, axis=(0,))
    c = multiply(b, two)
    return c
    """)
    assert drawn(after) == drawn(before)


def test_factors_move_to_the_update() -> None:
    """A whole step: 1 / n and the rate meet at the smallest array, and the update has none."""
    graph = declared("""
    x = placeholder(shape=(2, 3), dtype=float32)
    error = placeholder(shape=(2, 4), dtype=float32)
    w = variable(3, 4)
    share = constant(value=float32(0.5))
    rate = constant(value=float32(0.25))
    dz = multiply(error, share)
    turned = transpose(x, axes=(1, 0))
    dw = matmul(turned, dz)
    scaled = multiply(dw, rate)
    new = subtract(w, scaled)
    return new
    """)
    require_picture(
        graph,
        move_scalars(graph, Report()),
        """
        turned = transpose(x, axes=(1, 0))
        dz = constant(value=float32(0.125))
        dz_1 = multiply(error, dz, name='dz')
        dw = matmul(turned, dz_1)
        new = subtract(w, dw)
        return new
        """,
    )


def test_moving_that_costs_more_is_declined() -> None:
    """Where operands of a sum are fetched, too, each would need a factor of its own behind it."""
    before, after, report = moved("""
    a = multiply(x, half)
    b = multiply(y, half)
    both = multiply(x, y)
    c = multiply(both, half)
    d = concat(a, b, c, axis=1)
    e = multiply(d, four)
    return e, b, c
    """)
    assert drawn(after) == drawn(before)
    assert report.remarks == ["scalars: moving factors would cost more than it saves"]


# What random graphs show

KINDS: dict[str, Callable[[Tensor, Tensor, float], Tensor]] = {
    "scale": lambda x, _, number: x * number,
    "add": lambda x, y, _: x + y,
    "subtract": lambda x, y, _: x - y,
    "product": lambda x, y, _: x @ y,
    "multiply": lambda x, y, _: x * y,
    "divide": lambda x, y, _: x / (gn.square(y) + 1.0),
    "negative": lambda x, _, __: -x,
    "turn": lambda x, _, __: x.T,
    "flat": lambda x, _, __: x.reshape(9).reshape(3, 3),
    "halves": lambda x, y, _: gn.concat([x[:1], y[1:]], axis=0),
    "center": lambda x, _, __: x - x.sum(0, keepdims=True),
    "tanh": lambda x, _, __: gn.tanh(x),
}
STEP = st.tuples(
    st.sampled_from([*["scale"] * 8, *KINDS]),
    st.integers(0, 3),
    st.integers(0, 5),
    st.sampled_from([0.5, 3.0, -1.0, 0.25]),
)


@st.composite
def scaled(draw: st.DrawFn) -> Graph:
    """Draw a graph of linear functions and factors, some values of which are fetched."""
    with Graph():
        fed = gn.placeholder((3, 3), name="x")
        values = [fed]
        for kind, first, second, number in draw(st.lists(STEP, min_size=4, max_size=16)):
            x, y = values[-1 - first % len(values)], values[-1 - second % len(values)]
            y = y.T if y is x else y
            values.append(KINDS[kind](x, y, number))
        fetched = draw(st.lists(st.sampled_from(values), max_size=2))
        return optimize(fed.graph.subgraph([values[-1], *fetched], [fed]))


@given(graph=scaled())
def test_the_number_of_multiplications_never_grows(graph: Graph) -> None:
    """Whatever the graph is, there are no more factors than before, and they cost no more."""
    report = Report()
    after = move_scalars(graph, report)
    assert len(factors(after)) <= len(factors(graph))
    assert work(after) <= work(graph)
    assert not report.remarks or after is graph


@given(graph=scaled())
def test_no_result_changes(graph: Graph) -> None:
    """All results are the same but for rounding of numbers on the way."""
    after = move_scalars(graph, Report())
    feed = np.random.default_rng(0).uniform(-0.5, 0.5, (3, 3))
    with np.errstate(all="ignore"):
        expected, found = (
            interpret(each, {each.inputs[0]: feed.astype(np.float32)}) for each in (graph, after)
        )
    for one, other in zip(found, expected, strict=True):
        scale = max(1.0, float(np.max(np.abs(other), initial=0.0)))
        assert np.allclose(one, other, rtol=1e-3, atol=1e-3 * scale, equal_nan=True)


@given(drawn=ready())
def test_any_graph_is_taken(drawn: Ready) -> None:
    """Ops, dtypes and shapes of all kinds are kept; fetches stay what they are."""
    graph = optimize(drawn.graph)
    after = move_scalars(graph, Report())
    assert [output.spec for output in after.outputs] == [output.spec for output in graph.outputs]
    assert work(after) <= work(graph)
