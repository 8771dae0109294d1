"""Each op is called in the cheapest form, which gives what its kernel gives."""

from itertools import product

import numpy as np
import pytest

import graphnet as gn
from graphnet.compiler.allocate import allocate
from graphnet.compiler.codegen import Code, generate
from graphnet.compiler.forms import FORMS, LARGEST_REPEATED, LONGEST_SUM
from graphnet.compiler.layout.costs import is_matrix
from graphnet.compiler.layout.orders import CONNECTED
from graphnet.compiler.options import Options
from graphnet.compiler.store import Store
from graphnet.errors import ExecutionError
from graphnet.ir import OPS, Effect, Graph, Memory, Tensor
from graphnet.ir.spec import static
from graphnet.ops.basic import Copy
from graphnet.ops.extents import BroadcastTo
from graphnet.ops.linalg import Matmul
from graphnet.testing.cases import Case, cases_of
from graphnet.testing.compare import assert_close
from tests.compiler.layout.drawing import in_order, named
from tests.compiler.running import soil

# A law of all ops

PURE = [name for name, op in OPS.items() if op.effect is Effect.PURE and op.samples]
FITTED = [name for name in PURE if OPS[name] in FORMS]
TURNING = (*CONNECTED, Matmul, BroadcastTo)
"""Ops whose results may lie by columns."""


def compiled(graph: Graph, by_columns: frozenset[Tensor]) -> Code:
    """Generate code with forms, in memory full of NaN."""
    plan = allocate(graph, graph.nodes, by_columns=by_columns, numbers=True)
    code = generate(plan, Store(), 0, forms=True)
    soil(code.workspace)
    return code


def surrounded(case: Case) -> tuple[Graph, list[Tensor], list[Tensor]]:
    """Give a graph in which operands and results of an op lie in memory of the plan."""
    with Graph():
        feeds = [gn.placeholder(spec.shape, spec.dtype, "x") for spec in case.specs]
        operands = [Copy()(feed) for feed in feeds]
        results = case.op.apply(*operands).outputs
        graph = feeds[0].graph.subgraph([Copy()(result) for result in results], feeds)
    return graph, operands, list(results)


def orders(case: Case, operands: list[Tensor], results: list[Tensor]) -> set[frozenset[Tensor]]:
    """Give all orders in memory that operands and results may have."""
    free = [tensor for tensor in dict.fromkeys(operands) if is_matrix(tensor)]
    view = case.op.memory is Memory.VIEW
    turning = isinstance(case.op, TURNING) and not view
    free += [result for result in results if turning and is_matrix(result)]
    chosen = set()
    for turned in product((False, True), repeat=len(free)):
        found = {tensor for tensor, by_columns in zip(free, turned, strict=True) if by_columns}
        if view and isinstance(case.op, TURNING) and operands[0] in found:
            found.update(filter(is_matrix, results))
        chosen.add(frozenset(found))
    return chosen


@pytest.mark.parametrize("name", PURE)
def test_forms_give_what_kernels_give(name: str) -> None:
    """For operands and results by rows and by columns, whatever memory held before."""
    for case in cases_of(OPS[name]):
        if case.specs and not is_stack_times_vector(case):
            require_same(case)


def is_stack_times_vector(case: Case) -> bool:
    """Whether an op is a product whose result is a matrix without being one of matrices."""
    return isinstance(case.op, Matmul) and [spec.ndim for spec in case.specs] == [3, 1]


def test_stacks_times_vectors_give_what_the_kernel_gives() -> None:
    """Their result is a matrix, and may lie by columns."""
    (case,) = filter(is_stack_times_vector, cases_of(Matmul))
    require_same(case)


def require_same(case: Case) -> None:
    """Require that code gives what the kernel gives, in all orders."""
    graph, operands, results = surrounded(case)
    arrays = case.draw()
    expected = case.compute(arrays)
    for by_columns in orders(case, operands, results):
        code = compiled(graph, by_columns)
        for _ in range(2):
            for found, wanted in zip(code.function(*arrays), expected, strict=True):
                assert found.dtype == wanted.dtype
                assert_close(found, wanted)


@pytest.mark.parametrize("name", FITTED)
def test_forms_give_what_kernels_give_when_fetched(name: str) -> None:
    """Directly of feeds, and handed out: nothing lies in memory of the plan."""
    for case in cases_of(OPS[name]):
        require_same_fetched(case)


def require_same_fetched(case: Case) -> None:
    """Require that code gives what the kernel gives."""
    with Graph():
        feeds = [gn.placeholder(spec.shape, spec.dtype, "x") for spec in case.specs]
        graph = feeds[0].graph.subgraph([case.op(*feeds)], feeds)
    arrays = case.draw()
    (expected,) = case.compute(arrays)
    (found,) = compiled(graph, frozenset()).function(*arrays)
    assert isinstance(found, np.ndarray)
    assert_close(found, expected)


# What lines look like


def lines(text: str, turned: str = "", *, forms: bool = True) -> list[str]:
    """Give the lines that compute, without remarks."""
    graph = in_order(text)
    by_columns = frozenset(named(graph, *turned.split()))
    store = Store()
    plan = allocate(graph, graph.nodes, (), store, by_columns, numbers=forms)
    store.place(plan.variables)
    source = generate(plan, store, 0, forms=forms).source
    body = [line.split("  # ")[0].strip() for line in source.splitlines()[1:-1]]
    return [line for line in body if line and not line.startswith(("#", "del "))]


MATRICES = """
x = placeholder(shape=(4, 3), dtype=float32)
y = placeholder(shape=(3, 5), dtype=float32)
a = exp(x)
b = tanh(y)
"""


def test_products_are_methods_of_arrays_that_stay() -> None:
    """Looked up once; a feed's are looked up in each run."""
    assert "a_dot(b, c)" in lines(MATRICES + "c = matmul(a, b)\nd = sin(c)\nreturn d")
    assert "x.dot(b, c)" in lines(MATRICES + "c = matmul(x, b)\nd = sin(c)\nreturn d")
    assert lines(MATRICES + "c = matmul(x, y)\nreturn c")[-1] == "c = x.dot(y)"


def test_products_by_columns_are_those_of_transposes() -> None:
    """BLAS computes by rows; the transposes are views that are made once, but for feeds."""
    assert "b_T_dot(a_T, c_T)" in lines(MATRICES + "c = matmul(a, b)\nd = sin(c)\nreturn d", "c")
    assert "y.T.dot(x.T, c_T)" in lines(MATRICES + "c = matmul(x, y)\nd = sin(c)\nreturn d", "c")


def test_products_of_more_axes_are_called_by_the_kernel() -> None:
    """``dot`` would mean another product."""
    found = lines("""
    x = placeholder(shape=(2, 4, 3), dtype=float32)
    y = placeholder(shape=(2, 3, 5), dtype=float32)
    c = matmul(x, y)
    d = sin(c)
    return d
    """)
    assert found[0] == "matmul(x, y, out=c)"


SUMS = {
    "(0,)": ("ones_4_dot(a, c_flat)", "ones_4_dot(a, c_flat)"),
    "(1,)": ("a_dot(ones_3, c_flat)", "a_dot(ones_3, c_flat)"),
    "(0, 1)": ("c = a_flat_dot(ones_12)", "c = sum(a)"),
}


@pytest.mark.parametrize("axis", SUMS)
def test_sums_are_products_with_ones(axis: str) -> None:
    """Along either axis, in either order; sums of all elements where these lie in order."""
    text = f"{MATRICES}c = sum(a, axis={axis})\nd = sin(c)\nreturn d"
    assert SUMS[axis] == (lines(text)[2], lines(text, "a")[2])


STACK = """
x = placeholder(shape=(2, 3, 4), dtype=float32)
a = exp(x)
c = sum(a, axis={axis})
d = sin(c)
return d
"""


@pytest.mark.parametrize(
    ("axis", "expected"),
    [
        ("(0,)", "ones_2_dot(a_matrix, c_flat)"),
        ("(0, 1)", "ones_6_dot(a_matrix, c_flat)"),
        ("(1, 2)", "a_matrix_dot(ones_12, c_flat)"),
        ("(1,)", "sum(a, out=c)"),
        ("(0, 2)", "sum(a, out=c)"),
    ],
)
def test_sums_over_the_first_or_the_last_axes_are_products(axis: str, expected: str) -> None:
    """Of a matrix that shows the same memory; others are called by the kernel."""
    assert lines(STACK.format(axis=axis))[1] == expected


@pytest.mark.parametrize(
    ("shape", "dtype"),
    [(f"{LONGEST_SUM + 1}", "float32"), ("4", "int32"), ("4", "float16"), ("0", "float32")],
)
def test_other_sums_are_called_by_the_kernel(shape: str, dtype: str) -> None:
    """Long ones are more exact in pairs, and BLAS knows two dtypes, and needs an element."""
    found = lines(f"""
    x = placeholder(shape=({shape}, 3), dtype={dtype})
    a = negative(x)
    c = sum(a, axis=(0,))
    d = negative(c)
    return d
    """)
    assert found[1] == "sum(a, out=c)"


PAIR = "x = placeholder(shape=(4, 2), dtype=float32)\na = exp(x)\n"


def test_the_larger_of_two_columns_is_elementwise() -> None:
    """A reduction over two elements costs more than it does."""
    text = PAIR + "c = max(a, axis=(1,))\nd = sin(c)\nreturn d"
    assert lines(text)[1] == "maximum(a_1_0, a_1_1, out=c_flat)"
    kept = text.replace("max(a, axis=(1,))", "min(a, axis=(1,), keepdims=True)")
    assert lines(kept, "a")[1] == "minimum(a_1_0, a_1_1, out=c_flat)"
    assert lines(text.replace("(1,)", "(0,)"))[1] == "max(a, out=c)"


def test_sums_of_products_are_products_of_flat_arrays() -> None:
    """Where both lie alike in memory of the plan."""
    text = PAIR + "b = tanh(x)\nc = vdot(a, b)\nd = sin(c)\nreturn d"
    assert lines(text)[2] == lines(text, "a b")[2] == "c = a_flat_dot(b_flat)"
    assert lines(text, "a")[2] == "c = vdot(a, b)"
    assert lines(text.replace("vdot(a, b)", "vdot(a, x)"))[2] == "c = vdot(a, x)"


def test_weighted_sums_look_closer_only_at_nan() -> None:
    """What is a number has no infinity with a weight of 0 in it."""
    text = PAIR + "b = tanh(x)\nc = weighted_sum(a, b)\nd = sin(c)\nreturn d"
    product = "a_flat_dot(b_flat)"
    closer = "weighted_sum(a_flat, b_flat)"
    assert lines(text)[2] == f"c = total if (total := {product}) == total else {closer}"


COLUMN = (
    PAIR
    + """
m = max(a, axis=(1,), keepdims=True)
b = subtract(a, m)
c = divide(m, a)
d = maximum(c, b)
g = maximum(d, m)
e = sin(g)
return e
"""
)


def test_what_is_repeated_along_an_axis_of_two_is_taken_twice() -> None:
    """A second call costs less than NumPy needs to repeat an operand."""
    assert lines(COLUMN)[2:6] == [
        "subtract(a_1_0, m_flat, b_1_0); subtract(a_1_1, m_flat, b_1_1)",
        "divide(m_flat, a_1_0, c_1_0); divide(m_flat, a_1_1, c_1_1)",
        "maximum(c, b, out=d)",
        "maximum(d_1_0, m_flat, out=g_1_0); maximum(d_1_1, m_flat, out=g_1_1)",
    ]
    wider = COLUMN.replace("(4, 2)", "(4, 3)")
    assert lines(wider)[2] == "subtract(a, m, b)"
    assert lines(COLUMN, forms=False)[2] == "subtract(a, m, out=b)"


@pytest.mark.parametrize("shape", ["(4, 2)", "(2, 4)", "(2, 2)", "(2, 1)"])
@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("turned", ["", "a b c d g"])
def test_halves_make_up_the_whole(shape: str, axis: int, turned: str) -> None:
    """Wherever the operands lie, and along whichever axis one of them is repeated."""
    graph = in_order(COLUMN.replace("(4, 2)", shape).replace("(1,)", f"({axis},)"))
    names = [name for name in turned.split() if is_matrix(named(graph, name)[0])]
    code = compiled(graph, frozenset(named(graph, *names)))
    x = np.random.default_rng(0).normal(size=static(graph.inputs[0].shape)).astype(np.float32)
    a = np.exp(x)
    m = a.max(axis, keepdims=True)
    expected = np.sin(np.maximum(np.maximum(m / a, a - m), m))
    assert_close(code.function(x)[0], expected)


def test_integers_are_rounded_by_the_kernel() -> None:
    """Which copies them; floats go to the ufunc."""
    text = PAIR + "b = ceil(a)\nc = floor(b)\nd = sin(c)\nreturn d"
    assert lines(text)[1:3] == ["ceil(a, b)", "floor(b, c)"]
    whole = PAIR.replace("float32", "int64").replace("exp", "negative")
    assert lines(whole + "b = ceil(a)\nc = negative(b)\nreturn c")[1] == "ceil(a, out=b)"


def test_copies_are_assignments() -> None:
    """Into memory of the plan."""
    assert lines(PAIR + "c = copy(x)\nd = sin(c)\nreturn d")[1] == "c[...] = x"


def test_numbers_are_compared_with_as_arrays() -> None:
    """One array for all calls that need it; large ones are not worth it."""
    text = """
    x = placeholder(shape=({size}, 2), dtype=float32)
    k = constant(value=float32(2.0))
    a = relu(x)
    b = maximum(a, k)
    c = minimum(b, k)
    d = maximum(c, x)
    e = sin(d)
    return e
    """
    assert lines(text.format(size=4))[:4] == [
        "maximum(x, zeros_4_2, out=a)",
        "maximum(a, constants_4_2, out=b)",
        "minimum(b, constants_4_2, out=c)",
        "maximum(c, x, out=d)",
    ]
    large = lines(text.format(size=LARGEST_REPEATED // 2 + 1))
    assert large[1] == "maximum(a, k, out=b)"
    assert "zeros" not in large[0]


def test_numbers_are_computed_with_as_scalars() -> None:
    """By operators, with constants and variables as scalars, too; arrays take them as they are."""
    found = lines(
        PAIR
        + """
    v = variable()
    k = constant(value=float32(2.0))
    s = sum(a, axis=(0, 1))
    t = sqrt(s)
    u = multiply(t, k)
    w = add(u, v)
    y = subtract(w, s)
    q = divide(y, w)
    z = multiply(a, q)
    return z
    """
    )
    assert found[1:] == [
        "s = a_flat_dot(ones_8)",
        "t = sqrt(s)",
        "u = t * k_number",
        "w = u + v[()]",
        "y = w - s",
        "q = y / w",
        "z = multiply(a, q)",
    ]


def test_functions_get_their_result_by_position() -> None:
    """Keywords cost more; without forms, they say what is what."""
    text = PAIR + "c = add(a, x)\nd = sin(c)\ne = sum(d, axis=(0,))\nreturn e"
    assert lines(text)[:3] == ["exp(x, a)", "add(a, x, c)", "sin(c, d)"]
    assert lines(text, forms=False)[:3] == ["exp(x, out=a)", "add(a, x, out=c)", "sin(c, out=d)"]


# Errors


@pytest.mark.parametrize("forms", [True, False])
def test_errors_lead_to_the_line_of_the_user(forms: bool) -> None:
    """Whichever form of a call raises."""
    x = gn.placeholder((2, 2), name="x")
    z = gn.sum(gn.exp(x) * 2.0)
    with gn.Session(optimize=Options(forms=forms)) as session:
        assert session.run(z, {x: np.zeros((2, 2), np.float32)}) == 8
        with np.errstate(over="raise"), pytest.raises(ExecutionError) as caught:
            session.run(z, {x: np.full((2, 2), 1e3, np.float32)})
    assert "exp" in str(caught.value)
    assert "test_forms.py" in str(caught.value)
    assert "FloatingPointError" in caught.value.headline
