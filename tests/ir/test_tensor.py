"""Tensors: operators, and the messages that tell what a symbolic value cannot do."""

import operator
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import graphnet as gn
from graphnet.errors import GraphError
from graphnet.ir.tensor import Tensor

ARITHMETIC = [
    (operator.add, "add"),
    (operator.sub, "subtract"),
    (operator.mul, "multiply"),
    (operator.truediv, "divide"),
    (operator.floordiv, "floor_divide"),
    (operator.mod, "mod"),
    (operator.pow, "power"),
]
COMPARISONS = [
    (operator.eq, "equal"),
    (operator.ne, "not_equal"),
    (operator.lt, "less"),
    (operator.le, "less_equal"),
    (operator.gt, "greater"),
    (operator.ge, "greater_equal"),
]
LOGIC = [
    (operator.and_, "logical_and"),
    (operator.or_, "logical_or"),
    (operator.xor, "logical_xor"),
]
MIRRORED = {"less": "greater", "less_equal": "greater_equal"}
MIRRORED |= {there: back for back, there in MIRRORED.items()}
Function = Callable[..., Any]


@pytest.mark.parametrize(("function", "name"), ARITHMETIC + COMPARISONS)
@pytest.mark.parametrize("other", [2.0, 3, np.float32(2), np.array([[1.5], [2.5]], np.float32)])
def test_operators_do_what_numpy_does(function: Function, name: str, other: Any) -> None:
    """A tensor on the left applies the op of NumPy's name, whatever stands on the right."""
    value = np.array([1.0, 2.0, 3.5], np.float32)
    result = function(gn.constant(value), other)
    assert result.node.op.name == name
    gn.testing.assert_close(gn.evaluate(result), function(value, other))


@pytest.mark.parametrize(("function", "name"), ARITHMETIC + COMPARISONS)
@pytest.mark.parametrize("other", [2.0, 3, np.float32(2), np.array([[1.5], [2.5]], np.float32)])
def test_operators_are_reflected(function: Function, name: str, other: Any) -> None:
    """With the tensor on the right the order of operands is kept, for NumPy's arrays, too."""
    value = np.array([1.0, 2.0, 3.5], np.float32)
    result = function(other, gn.constant(value))
    assert isinstance(result, Tensor)
    assert result.node.op.name in {name, MIRRORED.get(name)}
    gn.testing.assert_close(gn.evaluate(result), function(other, value))


@pytest.mark.parametrize(("function", "name"), LOGIC)
@pytest.mark.parametrize("other", [True, np.bool_(1), np.array([[True], [False]])])
def test_logic_is_elementwise(function: Function, name: str, other: Any) -> None:
    """The signs &, | and ^ combine booleans, from either side."""
    value = np.array([True, False])
    for result, expected in [
        (function(gn.constant(value), other), function(value, other)),
        (function(other, gn.constant(value)), function(other, value)),
    ]:
        assert result.node.op.name == name
        gn.testing.assert_close(gn.evaluate(result), expected)


def test_signs_stand_before_tensors() -> None:
    """Minus, plus, absolute value and negation are operators of one operand."""
    x = gn.constant([-1.0, 2.0])
    assert +x is x
    assert (-x).node.op.name == "negative"
    assert abs(x).node.op.name == "abs"
    gn.testing.assert_close(gn.evaluate(~(x > 0)), [True, False])


def test_matrix_products_have_an_operator() -> None:
    """Tensors and arrays multiply from either side."""
    left, right = np.ones((2, 3), np.float32), np.ones((3, 4), np.float32)
    for result in (gn.constant(left) @ right, operator.matmul(left, gn.constant(right))):
        assert result.node.op.name == "matmul"
        assert result.shape == (2, 4)


def test_equality_is_elementwise_and_hashing_by_identity() -> None:
    """Tensors are keys of dictionaries, and their equality is a tensor."""
    x, y = gn.constant([1.0, 2.0]), gn.constant([1.0, 3.0])
    gn.testing.assert_close(gn.evaluate(x == y), [True, False])
    gn.testing.assert_close(gn.evaluate(x != y), [False, True])
    assert len({x: 1, y: 2, gn.identity(x): 3}) == 3


def test_methods_are_the_functions() -> None:
    """The most common ops are methods, too."""
    value = np.arange(6, dtype=np.float32).reshape(2, 3)
    x = gn.constant(value)
    for result, expected in [
        (x.sum(), value.sum()),
        (x.sum(0), value.sum(0)),
        (x.mean(axis=1, keepdims=True), value.mean(1, keepdims=True)),
        (x.max(-1), value.max(-1)),
        (x.min((0, 1)), value.min()),
        (x.argmax(1), value.argmax(1)),
        (x.reshape(3, 2), value.reshape(3, 2)),
        (x.reshape((3, -1)), value.reshape(3, 2)),
        (x.transpose(), value.T),
        (x.transpose(1, 0), value.T),
        (x.transpose((1, 0)), value.T),
        (x.T, value.T),
        (x.astype(gn.int64), value.astype(np.int64)),
        (x[1], value[1]),
        (x[:, ::-2], value[:, ::-2]),
    ]:
        found = gn.evaluate(result)
        gn.testing.assert_close(found, expected)
        assert found.dtype == expected.dtype


def test_a_tensor_of_known_length_can_be_counted_and_iterated() -> None:
    """Unpacking gives the rows."""
    x = gn.constant([[1.0, 2.0], [3.0, 4.0]])
    assert len(x) == 2
    first, second = x
    gn.testing.assert_close(gn.evaluate([first, second]), [[1.0, 2.0], [3.0, 4.0]])


def test_a_tensor_shows_name_and_spec() -> None:
    """A variable says that it is one."""
    assert repr(gn.placeholder((None, 2), name="x")) == "<tensor 'x' float32[None, 2]>"
    assert repr(gn.Variable(1.5, name="w")) == "<variable 'w' float32[]>"


MISUSE = [
    (
        bool,
        (3,),
        "a tensor is neither true nor false",
        (
            "use gn.where(condition, a, b) in the graph, or test what session.run(tensor) gives; "
            "to look for a tensor in a list, compare with `is`"
        ),
    ),
    (
        len,
        (),
        "a scalar has no length",
        "use gn.size(tensor) in the graph",
    ),
    (
        len,
        (None, 3),
        "the length is unknown",
        "use gn.shape(tensor)[0] in the graph",
    ),
    (
        iter,
        (None,),
        "the number of elements to iterate over is unknown",
        "give the placeholder a fixed first extent, or use gn.split in the graph",
    ),
    (
        lambda x: 1.0 in x,
        (3,),
        "`in` is not defined",
        "use gn.any(gn.equal(tensor, item)) in the graph",
    ),
    (
        np.asarray,
        (3,),
        "a tensor is not an array",
        "session.run(tensor) gives its array",
    ),
    (
        float,
        (),
        "a tensor is not a number",
        "session.run(tensor) gives its value",
    ),
    (
        int,
        (),
        "a tensor is not a number",
        "session.run(tensor) gives its value",
    ),
    (
        operator.index,
        (),
        "a tensor is not an index",
        "gn.gather(x, tensor) indexes in the graph",
    ),
]


@pytest.mark.parametrize(("use", "shape", "headline", "hint"), MISUSE)
def test_a_symbolic_value_says_what_to_use_instead(
    use: Function, shape: tuple[int | None, ...], headline: str, hint: str
) -> None:
    """Each thing that only a value can do is refused, with the way out."""
    x = gn.placeholder(shape, name="x")
    with pytest.raises(GraphError) as caught:
        use(x)
    assert re.sub(r"\S*test_tensor\.py:\d+", "HERE", str(caught.value)) == (
        f"{headline}: 'x' is symbolic and has no value before a session runs\n"
        "  at HERE\n"
        f"  {x.spec}  placeholder 'x'  HERE\n"
        f"hint: {hint}"
    )


@pytest.mark.parametrize("function", [np.exp, np.sum, np.add.reduce])
def test_numpy_does_not_take_tensors(function: Function) -> None:
    """NumPy's functions neither run nor loop over a tensor."""
    with pytest.raises((GraphError, TypeError)):
        function(gn.placeholder((3,), name="x"))
