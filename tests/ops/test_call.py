"""NumPy functions as nodes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import graphnet as gn
from graphnet.compiler.pipeline import compile_graph
from graphnet.errors import DTypeError, ExecutionError, GradientError, GraphError, ShapeError
from graphnet.ir.tensor import Tensor
from graphnet.typing import Array

X = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], np.float32)


def double(x: Array) -> Array:
    """Give twice the elements."""
    return 2 * x


def call(function: Callable[..., Any], dtype: Any = gn.float32, shape: Any = (2, 3)) -> Tensor:
    """Declare a call with one operand."""
    result: Tensor = gn.py_call(function, [gn.constant(X)], dtype, shape)
    return result


# Values


def test_a_function_is_called_with_arrays() -> None:
    """Operands become arrays, and the result is an ordinary tensor."""
    y = gn.py_call(np.hypot, [gn.constant(3.0), 4.0], gn.float32, ())
    assert gn.evaluate(y + 1) == 6


def test_one_operand_needs_no_list() -> None:
    """A tensor alone is taken as the only operand."""
    assert gn.evaluate(gn.py_call(double, gn.constant(X), gn.float32, (2, 3))).tolist() == [
        [2, 4, 6],
        [8, 10, 12],
    ]


def test_a_function_may_give_several_results() -> None:
    """Lists of dtypes and shapes declare a tuple of results, also of one."""
    x = gn.constant(X)
    whole, part = gn.py_call(np.divmod, [x, 2.0], [gn.float32, gn.float32], [(2, 3), (2, 3)])
    found = gn.evaluate([whole, part])
    assert [array.tolist() for array in found] == [array.tolist() for array in np.divmod(X, 2)]
    fed = gn.placeholder((2, 3))
    (alone,) = gn.py_call(lambda x: [x + 1], [fed], (gn.float32,), [(2, 3)])
    assert gn.evaluate(alone, {fed: X}).tolist() == (X + 1).tolist()


def test_a_function_may_have_no_operands() -> None:
    """Then the call goes into the current graph."""
    with gn.Graph() as graph:
        y = gn.py_call(lambda: 7, [], gn.int64, ())
    assert y.graph is graph
    assert gn.evaluate(y) == 7


def test_a_result_is_a_copy() -> None:
    """What a function gives is its own: neither its operand nor what it keeps is shared."""
    kept = np.zeros((2, 3), np.float32)
    for function in (lambda x: x, lambda _: kept):
        y = call(function)
        result = y.node.op.kernel(X)
        assert not np.shares_memory(result, X)
        assert not np.shares_memory(result, kept)
        result += 1
    assert gn.evaluate(call(lambda _: kept) + 1).tolist() == np.ones((2, 3)).tolist()
    assert not kept.any()


def test_operands_cannot_be_written_to() -> None:
    """A function that writes to its operand fails, and the operand is as it was."""

    def spoil(x: Array) -> Array:
        x[0] = 0
        return x

    variable = gn.Variable(X)
    y = gn.py_call(spoil, [variable], gn.float32, (2, 3))
    with gn.Session() as session:
        with pytest.raises(
            ExecutionError, match=r"py_call 'py_call' failed: ValueError: .*read-only"
        ):
            session.run(y)
        assert session.run(variable).tolist() == X.tolist()


def test_an_error_names_the_line_of_the_call() -> None:
    """What a function raises is raised on, behind an error that tells where it was called."""

    def fail(_: Array) -> Array:
        raise LookupError("no such file")

    with pytest.raises(ExecutionError, match="LookupError: no such file") as caught:
        gn.evaluate(call(fail))
    assert "test_call.py:" in str(caught.value)
    assert isinstance(caught.value.__cause__, LookupError)


# What is declared


@pytest.mark.parametrize(
    ("result", "dtype"),
    [
        (X, gn.float64),
        (X.astype(bool), gn.float32),
        (X > 2, gn.int64),
        (X.astype(np.int16), gn.int64),
        (X.tolist(), gn.float32),
        (X.astype(int).tolist(), gn.uint8),
        (X.astype(int).tolist(), gn.float16),
    ],
    ids=["wider", "bool_as_float", "bool_as_int", "longer", "floats", "integers", "as_float"],
)
def test_results_are_converted_safely(result: Any, dtype: np.dtype[Any]) -> None:
    """Where nothing is lost a result gets the declared dtype; Python numbers adapt."""
    found = gn.evaluate(call(lambda _: result, dtype))
    assert found.dtype == dtype
    assert found.tolist() == np.asarray(result).astype(dtype).tolist()


@pytest.mark.parametrize(
    ("result", "dtype", "said"),
    [
        (X.astype(np.float64), gn.float32, r"'give' gave float64\[2, 3\], and float32\[2, 3\] is"),
        (X, gn.int64, r"gave float32\[2, 3\], and int64\[2, 3\] is declared"),
        (X.tolist(), gn.int64, r"gave float64\[2, 3\], and int64\[2, 3\] is declared"),
        ([[300, 0, 0], [0, 0, 0]], gn.uint8, "does not fit into uint8"),
        (None, gn.float32, r"gave None, and float32\[2, 3\] is declared"),
        ("text", gn.float32, r"gave str, and float32\[2, 3\] is declared"),
    ],
    ids=["narrower", "float_as_int", "floats_as_int", "large", "none", "text"],
)
def test_other_dtypes_are_refused(result: Any, dtype: np.dtype[Any], said: str) -> None:
    """The message says what came and what was declared."""

    def give(_: Array) -> Any:
        return result

    with pytest.raises(ExecutionError, match=said):
        gn.evaluate(call(give, dtype))


@pytest.mark.parametrize(
    ("dtype", "shape", "result", "said"),
    [
        (gn.float32, (2,), X, r"gave float32\[2, 3\], and float32\[2\] is declared"),
        (gn.float32, (None, 4), X, r"gave float32\[2, 3\], and float32\[None, 4\] is declared"),
        (gn.float32, ("n", "n"), X, r"gave float32\[2, 3\], and float32\[2, 2\] is declared"),
        ([gn.float32] * 2, [(2, 3)] * 2, X, r"gave float32\[2, 3\] instead of a tuple of 2"),
        ([gn.float32] * 2, [(2, 3)] * 2, (X,), r"gave a tuple of 1 instead of a tuple of 2"),
        ([gn.float32] * 2, [("n", 3), ("n",)], (X, X[0]), r"float32\[3\], and float32\[2\] is"),
    ],
    ids=["axes", "extent", "names", "one_for_two", "tuple_of_one", "names_of_two"],
)
def test_other_shapes_are_refused(dtype: Any, shape: Any, result: Any, said: str) -> None:
    """Numbers must agree, equal names stand for equal extents, and None for any."""
    with pytest.raises(ExecutionError, match=said):
        gn.evaluate(call(lambda _: result, dtype, shape))


def test_names_of_operands_stand_for_their_extents() -> None:
    """Before the run they are known as they are of the operand, in the run they are numbers."""
    x = gn.placeholder(("batch", 3), name="x")
    y = gn.py_call(lambda x: x.sum(1), [x], gn.float32, ("batch",))
    assert y.shape == ("batch",)
    plan = compile_graph(x.graph.subgraph([y], [x]), [x.spec.with_shape((5, 3))])
    assert plan.fetches[0].shape == (5,)
    wrong = gn.py_call(lambda x: x[1:], [x], gn.float32, ("batch", 3))
    with pytest.raises(ExecutionError, match=r"gave float32\[4, 3\], and float32\[5, 3\] is"):
        gn.evaluate(wrong, {x: np.zeros((5, 3), np.float32)})


def test_unknown_extents_may_differ_from_run_to_run() -> None:
    """None stands for whatever the function gives."""
    x = gn.placeholder((None,))
    positive = gn.py_call(lambda x: x[x > 0], [x], gn.float32, (None,))
    with gn.Session() as session:
        for values in ([1, -1, 2], [-1, -2, -3], [1, 2, 3]):
            found = session.run(positive * 2, {x: np.array(values, np.float32)})
            assert found.tolist() == [2 * value for value in values if value > 0]


def test_mistakes_in_the_declaration_are_told() -> None:
    """The function, the dtypes and the shapes are checked where the call is declared."""
    with pytest.raises(GraphError, match="the function is 3, which cannot be called"):
        gn.py_call(3, [1.0], gn.float32, ())  # type: ignore[call-overload]
    with pytest.raises(GraphError, match="the gradient is 'g', which cannot be called"):
        gn.py_call(double, [1.0], gn.float32, (), gradient="g")  # type: ignore[call-overload]
    with pytest.raises(ShapeError, match=r"py_call: 2 dtypes, and shapes \[\(\)\]"):
        gn.py_call(double, [1.0], [gn.float32, gn.float32], [()])
    with pytest.raises(GraphError, match="no results are declared"):
        gn.py_call(double, [1.0], [], [])
    with pytest.raises(DTypeError, match="not supported"):
        gn.py_call(double, [1.0], "complex64", ())


# When it is called


class Counter:
    """A function that counts its calls."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, x: Array) -> Array:
        """Give the operand."""
        self.calls += 1
        return x


def test_equal_calls_are_one() -> None:
    """A function that is not stateful is called once for equal calls, and not if not needed."""
    count = Counter()
    x = gn.placeholder(())
    first, second = (gn.py_call(count, [x], gn.float32, ()) for _ in range(2))
    with gn.Session() as session:
        session.run([first, second], {x: 1.0})
        assert count.calls == 1
        session.run(x + 1, {x: 1.0})
        assert count.calls == 1


def test_stateful_calls_all_happen() -> None:
    """Each stateful call that a fetch needs is made in every run, also on constants."""
    count = Counter()
    x = gn.constant(1.0)
    first, second = (gn.py_call(count, [x], gn.float32, (), stateful=True) for _ in range(2))
    with gn.control_dependencies([second]):
        fetch = first * 0
    with gn.Session() as session:
        for runs in range(1, 4):
            session.run(fetch)
            assert count.calls == 2 * runs


def test_functions_are_compared_by_identity() -> None:
    """An object that compares by value, and so has no hash, can be called, too."""

    @dataclass
    class Scale:
        factor: float

        def __call__(self, x: Array) -> Array:
            return x * np.float32(self.factor)

    one, other = Scale(2.0), Scale(2.0)
    x = gn.placeholder(())
    y = [gn.py_call(function, [x], gn.float32, ()) for function in (one, other, one)]
    assert y[0].node.op == y[2].node.op
    assert y[0].node.op != y[1].node.op
    other.factor = 3.0
    assert gn.evaluate(y, {x: 1.0}) == [2, 3, 2]


# Gradients


def slope_of_product(x: Array, y: Array, dz: Array) -> tuple[Array, Array]:
    """Give the cotangents of x · y."""
    return dz * y, dz * x


def test_a_gradient_function_gives_one_array_per_input() -> None:
    """It gets the inputs and the cotangent, as arrays, and what it gives is the gradient."""
    values = np.array([1.0, 2.0, 3.0]), np.array([0.5, -1.0, 4.0])
    gn.testing.check_gradients(
        lambda x, y: gn.py_call(
            np.multiply, [gn.exp(x), y], gn.float64, x.shape, gradient=slope_of_product
        ),
        values,
        order=1,
    )


def test_cotangents_come_of_all_floating_results() -> None:
    """Those of results that are not used are zero; integers neither give nor get one."""
    given: list[list[Any]] = []

    def function(x: Array, n: Array) -> tuple[Array, Array, Array]:
        return x * n, n + 1, x + n.astype(x.dtype)

    def gradient(x: Array, n: Array, *cotangents: Array) -> tuple[Array, None]:
        given.append([x.tolist(), n.tolist(), *(dy.tolist() for dy in cotangents)])
        return cotangents[0] * n + cotangents[1], None

    x, n = gn.constant([1.0, 2.0], gn.float64), gn.constant([3, 4])
    results = gn.py_call(
        function, [x, n], (gn.float64, gn.int64, gn.float64), [(2,)] * 3, gradient=gradient
    )
    (dx,) = gn.gradients(results[0], [x])
    assert gn.evaluate(dx).tolist() == [3, 4]
    assert given == [[[1, 2], [3, 4], [1, 1], [0, 0]]]


def test_a_gradient_has_the_shape_of_its_input() -> None:
    """Whatever is known of the input in a run is known of its gradient."""
    x = gn.placeholder((None, 3))
    y = gn.py_call(double, [x], gn.float32, (None, 3), gradient=lambda _, dy: 2 * dy)
    (dx,) = gn.gradients(y, [x])
    assert dx.shape == (None, 3)
    plan = compile_graph(x.graph.subgraph([dx], [x]), [x.spec.with_shape((5, 3))])
    assert plan.fetches[0].shape == (5, 3)


def test_a_wrong_gradient_is_refused() -> None:
    """The gradient function must give one array per input, of the input's spec."""
    x = gn.constant(X)
    for gradient, said in (
        (lambda _, dy: dy[0], r"gave float32\[3\], and float32\[2, 3\] is declared"),
        (lambda _, dy: (dy, dy), "gave a tuple of 2 instead of a tuple of 1"),
        (lambda *_: None, r"gave None, and float32\[2, 3\] is declared"),
    ):
        y = gn.py_call(double, [x], gn.float32, (2, 3), gradient=gradient)
        with pytest.raises(ExecutionError, match=said):
            gn.evaluate(gn.gradients(y, [x])[0])


def test_no_gradient_function_no_gradient() -> None:
    """A gradient through such a call, or of a gradient, is an error that names the call."""
    x = gn.constant(X)
    y = call(double)
    with pytest.raises(GradientError, match="py_call"):
        gn.gradients(y, [y.node.inputs[0]])
    z = gn.py_call(np.square, [x], gn.float32, (2, 3), gradient=lambda x, dy: 2 * x * dy)
    (dx,) = gn.gradients(z, [x])
    with pytest.raises(GradientError, match="py_call"):
        gn.gradients(dx, [x])


def test_custom_gradients_make_higher_orders() -> None:
    """Calls inside ``custom_gradient`` are differentiable as often as there are rules."""

    @gn.custom_gradient
    def sine(x: Tensor) -> tuple[Tensor, Callable[[Tensor], Tensor]]:
        y = gn.py_call(np.sin, [x], gn.float64, x.shape)
        cosine = gn.py_call(
            np.cos, [x], gn.float64, x.shape, gradient=lambda x, dy: -dy * np.sin(x)
        )
        return y, lambda dy: dy * cosine

    x = gn.placeholder((3,), gn.float64)
    (dx,) = gn.gradients(sine(x), [x])
    (curvature,) = gn.gradients(dx, [x])
    point = np.array([0.0, 1.0, 2.0])
    gn.testing.assert_close(gn.evaluate(curvature, {x: point}), -np.sin(point))
