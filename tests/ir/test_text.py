"""The text form: written, read back, and refused where it is malformed."""

import operator
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import graphnet as gn
from graphnet.errors import FormatError, GraphError, ShapeError
from graphnet.ir import Graph, Tensor, parse, to_text
from graphnet.ir.text import RESERVED
from graphnet.ops.sources import Constant
from graphnet.testing.strategies import RandomGraph, graphs
from graphnet.typing import Array


def read_back(graph: Graph) -> Graph:
    """Write a graph and read it, and require that nothing is lost."""
    text = to_text(graph.nodes, graph.outputs)
    again = parse(text)
    assert to_text(again.nodes, again.outputs) == text
    assert [node.name for node in again.nodes] == [node.name for node in graph.nodes]
    assert [node.specs for node in again.nodes] == [node.specs for node in graph.nodes]
    assert [node.op for node in again.nodes] == [node.op for node in graph.nodes]
    return again


def tensors(graph: Graph) -> list[Tensor]:
    """Give all tensors, in order."""
    return [output for node in graph.nodes for output in node.outputs]


def constant_read_back(value: Array) -> Array:
    """Write a constant, and give what is read."""
    with Graph() as graph:
        gn.constant(value)
    (node,) = parse(to_text(graph.nodes)).nodes
    assert isinstance(node.op, Constant)
    found = node.op.value
    assert (found.shape, found.dtype) == (value.shape, value.dtype)
    return found


# Written and read


def test_a_line_shows_op_inputs_static_arguments_and_spec() -> None:
    """The form is that of a Python program."""
    with Graph() as graph:
        x = gn.placeholder((None, 2), name="x")
        y = gn.cast(x, gn.int64)
    graph.outputs = (y, x)
    assert to_text(graph.nodes, graph.outputs) == (
        "x = placeholder(shape=(None, 2), dtype=float32)  # float32[None, 2]\n"
        "cast = cast(x, dtype=int64)                      # int64[None, 2]\n"
        "return cast, x"
    )


def test_a_program_can_be_written_by_hand() -> None:
    """Comments, blank lines and white space do not matter."""
    graph = parse(
        """
        # Two lines of a program.
        x = placeholder(shape=("n", 2), dtype=float32)

        y = multiply( x, x )  # anything
        return y
        """
    )
    (y,) = graph.outputs
    assert str(y.spec) == "float32[n, 2]"
    assert [node.name for node in graph.nodes] == ["x", "y"]


def test_names_that_are_no_identifiers_are_kept() -> None:
    """Scopes, keywords, digits and names like dtypes are spelled differently, and come back."""
    with Graph() as graph:
        with gn.name_scope("layer"):
            x = gn.placeholder((), name="x")
        for name in ("lambda", "0", "a-b", "a.b", "a_b", "float32", "nan", "slice", "Layer_x"):
            gn.identity(x, name=name)
    read_back(graph)
    lines = to_text(graph.nodes).splitlines()
    assert lines[0].startswith("layer_x = placeholder(")
    assert "name='layer/x'" in lines[0]
    assert lines[1].startswith("_lambda = identity(layer_x, name='lambda')")


def test_names_of_two_graphs_do_not_mix() -> None:
    """Reading neither stands in the scope around it nor declares into the current graph."""
    with Graph() as graph, gn.name_scope("outer"):
        before = gn.placeholder((), name="x")
        with gn.control_dependencies([gn.identity(before)]):
            found = parse("x = placeholder(shape=(), dtype=float32)\ny = negative(x)")
    assert len(graph.nodes) == 2
    assert [node.name for node in found.nodes] == ["x", "y"]
    assert found.nodes[1].control == ()


def test_several_results_stand_left_of_the_sign() -> None:
    """Each result has an identifier."""
    with Graph() as graph:
        x = gn.placeholder((2, 4), name="x")
        first, second = gn.split(x, 2, axis=1)
        gn.subtract(second, first)
    again = read_back(graph)
    assert [tensor.index for tensor in again.nodes[-1].inputs] == [1, 0]


def test_variables_and_state_are_written() -> None:
    """A variable names the tensor of its initial value."""
    with Graph() as graph:
        weight = gn.Variable([1.0, 2.0], name="weight", trainable=False)
        step = gn.assign(weight, weight * 2.0, name="step")
        with gn.control_dependencies([step]):
            after = weight.read(name="after")
        gn.group(step, after, name="all")
    text = to_text(graph.nodes)
    again = parse(text)
    assert to_text(again.nodes) == text
    (found,) = again.variables()
    assert isinstance(found, gn.Variable)
    assert found.initial_value is again.nodes[0].outputs[0]
    assert not found.trainable
    assert [node.name for node in again.nodes[-1].control] == ["step", "after"]
    assert again.find("after")[0].control == again.find("step")


@given(graphs(variables=False))
def test_any_graph_comes_back(drawn: RandomGraph) -> None:
    """All ops, static arguments, extents and outputs survive."""
    again = read_back(drawn.graph)
    positions = {tensor: n for n, tensor in enumerate(tensors(drawn.graph))}
    expected = [tensors(again)[positions[output]] for output in drawn.graph.outputs]
    assert all(map(operator.is_, again.outputs, expected))
    assert len(again.outputs) == len(expected)


@given(graphs(size=10))
def test_a_graph_with_variables_comes_back(drawn: RandomGraph) -> None:
    """Written again, the text is the same."""
    text = to_text(drawn.graph.nodes, drawn.graph.outputs)
    again = parse(text)
    assert to_text(again.nodes, again.outputs) == text
    assert len(again.variables()) == len(drawn.graph.variables())


@pytest.mark.parametrize(
    "value",
    [
        np.array([0.0, -0.0, np.inf, -np.inf], np.float32),
        np.array([np.nan], np.float64),
        np.array(np.nan, np.float32),
        np.array([1e-45, 3.4e38, 0.1], np.float32),
        np.array([5e-324, 1.7e308, 0.1, 1 / 3]),
        np.array([6e-8, 65504.0, 0.1], np.float16),
        np.array([-128, 127], np.int8),
        np.array([2**63 - 1, -(2**63)]),
        np.array([2**64 - 1], np.uint64),
        np.array([[True], [False]]),
        np.array(7, np.uint8),
        np.arange(24.0).reshape(2, 3, 4),
    ],
    ids=repr,
)
def test_constants_come_back_bit_for_bit(value: Array) -> None:
    """Special floats, extreme numbers and all dtypes survive."""
    assert constant_read_back(value).tobytes() == value.tobytes()


@given(
    st.sampled_from([np.float16, np.float32, np.float64]),
    st.binary(min_size=16, max_size=64).map(lambda data: data[: len(data) // 16 * 16]),
)
def test_any_bits_of_a_float_come_back(dtype: Any, data: bytes) -> None:
    """Every number is written with as many digits as it needs; NaN remains NaN."""
    value = np.frombuffer(data, dtype)
    found = constant_read_back(value)
    same = found.view(f"u{found.itemsize}") == value.view(f"u{value.itemsize}")
    assert np.all(same | (np.isnan(found) & np.isnan(value)))


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (2, 0, 4), (1, 0)])
@pytest.mark.parametrize("dtype", ["float32", "int64", "bool"])
def test_empty_constants_keep_their_shape(shape: tuple[int, ...], dtype: str) -> None:
    """Nested lists cannot say how long the missing rows are."""
    constant_read_back(np.empty(shape, dtype))


def test_big_constants_are_cut_for_display_only() -> None:
    """The full text is the default; a cut one says what is missing, and is not read."""
    with Graph() as graph:
        gn.constant(np.arange(100, dtype=np.float32), name="big")
    read_back(graph)
    text = to_text(graph.nodes, longest=99)
    assert text == "big = constant(value=float32(... [100] ...))  # float32[100]"
    with pytest.raises(FormatError, match=r"^line 1 is not Python"):
        parse(text)


def test_remarks_stand_under_their_nodes() -> None:
    """Error messages point into the text."""
    with Graph() as graph:
        x = gn.placeholder((), name="x")
        y = gn.negative(x)
    text = to_text(graph.nodes, marks={x.node: "here\nand here", y.node: "there"})
    assert text == (
        "x = placeholder(shape=(), dtype=float32)  # float32[]\n"
        "^ here\n"
        "^ and here\n"
        "negative = negative(x)                    # float32[]\n"
        "^ there"
    )


def test_long_lines_do_not_move_the_others() -> None:
    """Specs are aligned among lines of usual length."""
    with Graph() as graph:
        x = gn.placeholder((), name="x")
        gn.constant(np.ones(40, np.float32), name="ones")
        gn.negative(x)
    first, _, last = to_text(graph.nodes).splitlines()
    assert first.index("#") == last.index("#") < 60


def test_static_arguments_that_are_functions_are_shown_but_not_read() -> None:
    """A graph with such a call prints; read back, it is refused."""
    with Graph() as graph:
        gn.py_call(np.negative, [gn.placeholder((), name="x")], gn.float32, ())
    text = to_text(graph.nodes)
    assert "function=<negative>" in text
    with pytest.raises(FormatError):
        parse(text)


# Refused

UNFIT = "line 1 does not fit the op 'constant'"
MALFORMED = [
    (
        "x = placeholder(shape=(), dtype=float32)\ny = = x",
        "line 2 is not Python: invalid syntax",
        None,
    ),
    ("x = placeholder(", "line 1 is not Python: '(' was never closed", None),
    ("x = 3", "line 1 is neither `name = op(...)` nor `return ...`", None),
    ("import os", "line 1 is neither `name = op(...)` nor `return ...`", None),
    ("return", "line 1 is neither `name = op(...)` nor `return ...`", None),
    (
        "x = y = constant(value=float32(1.0))",
        "line 1 is neither `name = op(...)` nor `return ...`",
        None,
    ),
    ("x = os.getcwd()", "line 1 is neither `name = op(...)` nor `return ...`", None),
    (
        "x = reciprocall(y)",
        "line 1 names an unknown op 'reciprocall'",
        "hint: did you mean 'reciprocal'?",
    ),
    (
        "weight = constant(value=float32(1.0))\ny = negative(wieght)",
        "line 2 uses 'wieght' before it is assigned",
        "hint: did you mean 'weight'?",
    ),
    (
        "x = constant(value=float32(1.0))\nreturn x, z",
        "line 2 uses 'z' before it is assigned",
        None,
    ),
    ("x = negative(3.0)", "line 1 has an expression where an identifier belongs", None),
    (
        "x.y = constant(value=float32(1.0))",
        "line 1 has an expression where an identifier belongs",
        None,
    ),
    ("x = constant(value=open('file'))", "line 1 has a static argument that cannot be read", None),
    (
        "x = constant(value=float32(1.0), colour=3)",
        f"{UNFIT}: Constant.__init__() got an unexpected keyword argument 'colour'",
        None,
    ),
    (
        "x = constant()",
        f"{UNFIT}: Constant.__init__() missing 1 required positional argument: 'value'",
        None,
    ),
    (
        "x, y = constant(value=float32(1.0))",
        "line 1 has 2 names for the 1 results of 'constant'",
        None,
    ),
    (
        "x = constant(value=float32(1.0))\ny = identity(x, after=('z',))",
        "line 2 waits for 'z', which does not stand above",
        None,
    ),
    (
        "x = constant(value=float32('one'))",
        f"{UNFIT}: could not convert string to float: 'one'",
        None,
    ),
    (
        "x = constant(value=int8(300))",
        f"{UNFIT}: Python integer 300 out of bounds for int8",
        None,
    ),
]


@pytest.mark.parametrize(
    ("text", "headline", "hint"), MALFORMED, ids=[text for text, *_ in MALFORMED]
)
def test_malformed_text_is_refused(text: str, headline: str, hint: str | None) -> None:
    """The message gives the line, what is wrong with it, and the text of the line."""
    with pytest.raises(FormatError) as caught:
        parse(text)
    shown = text.splitlines()[-1]
    assert str(caught.value) == "\n".join([headline, f"  {shown}", *([hint] if hint else [])])


def test_nothing_in_a_text_is_executed() -> None:
    """The text is data."""
    with pytest.raises(FormatError):
        parse("x = constant(value=__import__('os').getpid())")


def test_operands_that_do_not_fit_are_errors_of_the_op() -> None:
    """A text that is well-formed is held to the shape rules."""
    with pytest.raises(ShapeError, match="do not broadcast together"):
        parse(
            "x = placeholder(shape=(2,), dtype=float32)\n"
            "y = placeholder(shape=(3,), dtype=float32)\n"
            "z = add(x, y)"
        )


@given(st.text(alphabet=st.sampled_from("xy=(),add \n:'[]#return;"), max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever is given, the only error is that of the format, or of an op."""
    with suppress(FormatError, GraphError):
        parse(text)


@pytest.mark.parametrize("word", RESERVED)
def test_reserved_words_name_no_tensor(word: str) -> None:
    """A tensor of such a name is spelled differently."""
    with Graph() as graph:
        gn.placeholder((), name=word)
    assert not to_text(graph.nodes).startswith(f"{word} =")
    read_back(graph)
