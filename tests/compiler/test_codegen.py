"""Generated code can be read, names what the user named, and is found by debuggers."""

import gc
import linecache
import re
import traceback
from typing import Any
from weakref import ref

import numpy as np
import pytest
from hypothesis import given

import graphnet as gn
from graphnet.compiler.allocate import allocate
from graphnet.compiler.codegen import Code, generate
from graphnet.compiler.lower_state import lower_state
from graphnet.compiler.plan import Plan
from graphnet.compiler.program import Program
from graphnet.compiler.steps import Alias, Call, Copy, Fill, Release
from graphnet.compiler.store import Store
from graphnet.errors import ExecutionError
from graphnet.ir import OPS, Op, Spec, Tensor
from graphnet.typing import Array
from tests.compiler.running import SEED, Ready, plan_of, ready


def plan_for(fetches: list[Any], feeds: list[Tensor]) -> Plan:
    """Give the plan of a graph of known shapes, with all of its nodes and in their order."""
    graph = fetches[0].graph.subgraph(fetches, feeds)
    lowered = lower_state(graph)
    return allocate(lowered.graph, lowered.graph.nodes, lowered.targets)


def code_for(plan: Plan, state: dict[Tensor, Array] | None = None) -> Code:
    """Generate the code of a plan."""
    store = Store()
    store.place(state or {})
    return generate(plan, store, SEED)


def model() -> tuple[Plan, dict[Tensor, Array]]:
    """Give the plan of a small model with every kind of step."""
    x = gn.placeholder((4, 2), name="x")
    weight = gn.Variable(np.ones((2, 3), np.float32), name="layer/weight")
    hidden = OPS["tanh"]()(x @ weight, name="hidden")
    left, right = gn.split(hidden, [1, 2], axis=1)
    noise = gn.random.uniform((2,), name="noise")
    some = gn.py_call(lambda array: array[array > 0], [left], gn.float32, (None,), name="some")
    update = gn.assign(weight, weight * 0.5)
    fetches = [right, gn.sum(some), noise, update, weight]
    return plan_for(fetches, [x]), {weight: np.ones((2, 3), np.float32)}


SOURCE = """\
def run(x, draw):
    noise = uniform(key=Key(15182401084977353284, draw)) # noise float32[2] here
    x.dot(layer_weight, matmul_1) # matmul float32[4, 3] here
    multiply_1 = multiply(layer_weight, constant_1) # multiply float32[2, 3] here
    tanh(matmul_1, hidden) # hidden float32[4, 3] here in place
    # split, split_1: split of hidden, a view
    some = py_call(split) # some float32[None] here
    sum_1 = asarray(sum(some)) # sum float32[] here
    del some
    split_1_copy = split_1.copy()
    layer_weight_copy = layer_weight.copy()
    layer_weight[...] = multiply_1
    return [split_1_copy, sum_1, noise, multiply_1, layer_weight_copy]
"""


def test_source_is_a_picture_of_the_plan() -> None:
    """One line per step, with the names, specs and lines that the user wrote."""
    plan, state = model()
    source = code_for(plan, state).source
    here = re.sub(r"\S*test_codegen\.py:\d+", "here", source)
    narrow = [re.sub(r"(?<=\S) +", " ", line) for line in here.splitlines()]
    for found, expected in zip(narrow, SOURCE.splitlines(), strict=True):
        assert found.startswith(expected.removesuffix("..."))
    assert {line.index("  # ") for line in here.splitlines() if 2 < line.find("  # ") < 61} == {60}


TABLE = """\
  call    uniform()                           ->  noise     float32[2]     taken
  call    matmul(x, layer/weight)             ->  matmul    float32[4, 3]  [0:64]
  call    multiply(layer/weight, constant_1)  ->  multiply  float32[2, 3]  taken
  call    tanh(matmul)                        ->  hidden    float32[4, 3]  [0:64] in place
  alias   split(hidden)                       ->  split     float32[4, 1]  view of hidden
  alias   split(hidden)                       ->  split:1   float32[4, 2]  view of hidden
  call    py_call(split)                      ->  some      float32[None]  taken
  call    sum(some)                           ->  sum       float32[]      taken
  free    some
  copy    split:1                             ->  fetch     float32[4, 2]
  copy    layer/weight                        ->  fetch     float32[2, 3]
  commit  layer/weight                        =   multiply
  return split:1, sum, noise, multiply, layer/weight
memory 64 bytes, peak at least 156 bytes, 6 calls"""


def test_plan_prints_as_a_table() -> None:
    """Steps with the places of their results, commits, fetches, and the size of the arena."""
    plan, _ = model()
    assert str(plan) == TABLE
    assert repr(plan) == "<plan of 6 calls, 64 B>"


@given(drawn=ready())
def test_text_is_deterministic(drawn: Ready) -> None:
    """The same graph gives the same text, and plans print and compile whatever they contain."""
    first, second = plan_of(drawn), plan_of(drawn)
    assert str(first) == str(second)
    assert code_for(first, drawn.state).source == code_for(second, drawn.state).source


@given(drawn=ready())
def test_lines_lead_to_steps(drawn: Ready) -> None:
    """Every line between the first and the commit runs one step, in order."""
    plan = plan_of(drawn)
    code = code_for(plan, drawn.state)
    assert list(code.lines) == list(range(2, 2 + len(plan.steps)))
    assert list(code.lines.values()) == list(plan.steps)
    lines = code.source.splitlines()
    for number, step in code.lines.items():
        assert starts(lines[number - 1].strip(), step)


def starts(line: str, step: object) -> bool:
    """Whether a line looks like the step that it should run."""
    match step:
        case Call(node):
            return f"# {node.name}  " in line and str(node.site) in line
        case Alias():
            return line.startswith("# ") and line.endswith(("a view", "in place already"))
        case Fill():
            return "[...] = " in line
        case Copy():
            return line.endswith(".copy()")
        case Release():
            return line.startswith("del ")
    return False


def test_linecache_knows_the_text_as_long_as_the_code_lives() -> None:
    """Tracebacks and debuggers find the lines; nothing is left when the code is gone."""
    x = gn.placeholder((2,), name="x")
    code = code_for(plan_for([gn.exp(x)], [x]))
    filename, function = code.filename, ref(code.function)
    assert "".join(linecache.getlines(filename)) == code.source
    linecache.checkcache()
    assert linecache.getline(filename, 1) == "def run(x):\n"
    gc.disable()
    try:
        del code
        assert function() is None
    finally:
        gc.enable()
    assert filename not in linecache.cache


def test_tracebacks_show_the_generated_line() -> None:
    """Where a kernel fails, the traceback shows the line that called it."""

    def fail(_: Array) -> Array:
        raise ValueError("no")

    x = gn.placeholder((2,), name="x")
    plan = plan_for([gn.py_call(fail, [x], gn.float32, (2,), name="broken")], [x])
    program = Program(plan, seed=SEED)
    with pytest.raises(ValueError, match="no") as caught:
        program.run(np.zeros(2, np.float32))
    assert "broken = py_call(x)" in "".join(traceback.format_exception(caught.value))
    error = program.explain(caught.value)
    assert isinstance(error, ExecutionError)
    assert error.headline == "py_call 'broken' failed: ValueError: no"


def test_errors_outside_of_kernels_are_left_as_they_are() -> None:
    """What is raised by no step has no node to name."""
    x = gn.placeholder((2,), name="x")
    program = Program(plan_for([gn.exp(x)], [x]), seed=SEED)
    with pytest.raises(TypeError) as caught:
        program.run()
    assert program.explain(caught.value) is caught.value


NAMES = [
    *("a", "A", "a_copy", "a_copy_copy", "a_1", "lambda", "None", "for", "def", "match"),
    *("0", "1.5", ".x", "x/y.z-w", "x_y_z_w", "run", "draw", "variables", "deque", "empty"),
    *("asarray", "everything", "setitem", "Key", "exp", "sum", "add", "print", "float32", "nan"),
]


@pytest.mark.parametrize("optimize", [True, False])
def test_any_name_will_do(optimize: bool) -> None:
    """Keywords, builtins, dots, and words that the generated text uses itself."""
    names = NAMES
    x = gn.placeholder((), name="x")
    tensors = [gn.identity(gn.exp(x * number), name=name) for number, name in enumerate(names)]
    inner = [
        OPS["add"]()(tensor, 1.0, name=name) for tensor, name in zip(tensors, names, strict=True)
    ]
    variables = [gn.Variable(float(number), name=name) for number, name in enumerate(names)]
    writes = [gn.assign(v, t + v) for v, t in zip(variables, inner, strict=True)]
    draw = gn.random.uniform((), name="draw")
    with gn.Session(optimize=optimize) as session:
        found = session.run([tensors, inner, variables, writes, draw], {x: 0.0})
        again = session.run(variables)
    assert found[:3] == [[1.0] * len(names), [2.0] * len(names), [*range(len(names))]]
    assert found[3] == again == [2.0 + number for number in range(len(names))]
    assert 0 <= found[4] < 1


@pytest.mark.parametrize("name", ["v_copy", "v_copy_2", "V_COPY"])
def test_copies_have_names_of_their_own(name: str) -> None:
    """The copy of v is not the tensor that the user calls v_copy."""
    x = gn.placeholder((3,), name="x")
    variable = gn.Variable([1.0, 2.0, 3.0], name="v")
    other = OPS["exp"]()(x, name="v_copy")
    more = OPS["exp"]()(other, name=name)
    with gn.Session() as session:
        found = session.run([variable, other + 1, more + 1], {x: [0.0, 0.0, 0.0]})
    assert found[0].tolist() == [1.0, 2.0, 3.0]
    assert found[1].tolist() == [2.0, 2.0, 2.0]
    assert np.allclose(found[2], np.e + 1)


@pytest.mark.parametrize("word", ["run", "draw", "variables", "deque", "empty", "setitem", "x"])
def test_ops_may_be_called_anything(word: str) -> None:
    """An op of the user's may carry a word that the generated text uses."""

    class Double(Op):
        """2 x."""

        name = word

        def infer(self, x: Spec) -> Spec:
            return x

        def kernel(self, x: Array) -> Array:
            return x * 2

    x = gn.placeholder((2,), name="x")
    variable = gn.Variable([1.0, 1.0])
    doubled = Double()(x) + gn.random.uniform((2,)) * 0
    with gn.Session() as session:
        results = session.run([doubled, gn.assign(variable, doubled)], {x: [1.0, 2.0]})
        assert [result.tolist() for result in results] == [[2.0, 4.0], [2.0, 4.0]]


def test_ufuncs_may_be_called_anything() -> None:
    """NumPy calls its own wrapping of a function by a name that is none."""
    double = np.frompyfunc(lambda x: 2 * x, 1, 1)

    class Double(Op):
        """2 x, by a ufunc made from Python."""

        name = "double"
        ufunc = double

        def infer(self, x: Spec) -> Spec:
            return x

        def kernel(self, x: Array) -> Array:
            return np.asarray(double(x), x.dtype)

    x = gn.placeholder((2,), gn.float64, name="x")
    with gn.Session() as session:
        assert session.run(Double()(x), {x: [1.0, 2.0]}).tolist() == [2.0, 4.0]


def test_ops_are_told_apart_by_their_arguments() -> None:
    """Kernels of one op with other static arguments have numbered names; ufuncs have their own."""
    x = gn.placeholder((2, 2), name="x")
    fetches = [gn.sum(x, 0), gn.sum(x, 1), gn.sum(x * 2, 0), gn.exp(x), gn.exp(x + 1)]
    source = code_for(plan_for(fetches, [x])).source
    calls = re.findall(r"(?<== )\w+(?=\()", source)
    assert sorted(call[:3] for call in calls) == ["exp", "exp", "sum", "sum", "sum"]
    assert len(set(calls)) == 3


@pytest.mark.parametrize("optimize", [True, False])
def test_results_without_axes_are_arrays(optimize: bool) -> None:
    """Kernels may give NumPy's scalars; what users get, and what others work on, are arrays."""

    class Bounds(Op):
        """The smallest and the largest element."""

        name = "bounds"

        def infer(self, x: Spec) -> tuple[Spec, Spec]:
            return x.with_shape(()), x.with_shape(())

        def kernel(self, x: Array) -> tuple[Array, Array]:
            return x.min(), x.max()

    x = gn.placeholder((2,), name="x")
    low, high = Bounds().apply(x).outputs
    fetches = [low, high, gn.sum(x), low + high, low.reshape(()), gn.py_call(np.sum, x, "f4", ())]
    with gn.Session(optimize=optimize) as session:
        results = session.run(fetches, {x: [1.0, 2.0]})
    assert [type(result) for result in results] == [np.ndarray] * 6
    assert results == [1.0, 2.0, 3.0, 3.0, 1.0, 3.0]


def test_long_plans_compile() -> None:
    """Thousands of steps are one function."""
    x = gn.placeholder((), name="x")
    y = x
    for _ in range(3_000):
        y = gn.sin(y)
    code = code_for(plan_for([y], [x]))
    assert len(code.lines) == 3_000
    assert float(code.function(np.array(0.0, np.float32))[0]) == 0.0


def test_memory_of_a_program_goes_with_it() -> None:
    """No cycle keeps a program, and the arena that it holds, until the collector runs."""
    x = gn.placeholder((2,), name="x")
    program = Program(plan_for([gn.exp(gn.exp(x))], [x]), seed=SEED)
    arrays = [ref(value) for value in program.run.__globals__.values() if type(value) is np.ndarray]
    assert arrays
    gc.disable()
    try:
        del program
        assert all(array() is None for array in arrays)
    finally:
        gc.enable()
