"""The gradient check: what it accepts, what it catches, and that it leaves nothing behind."""

from functools import partial
from typing import Any

import numpy as np
import pytest

import graphnet as gn
from graphnet.errors import GradientError
from graphnet.ir import Node, Op, Spec, Tensor
from graphnet.typing import Array

MATRIX = np.array([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]])


class Cube(Op):
    """x³, with a gradient rule to be chosen; not in OPS, as it has no name."""

    first: float = 3.0
    second: float = 1.0

    def infer(self, x: Spec) -> Spec:
        """Keep shape and dtype."""
        return x

    def kernel(self, x: Array) -> Array:
        """Multiply three times."""
        return np.asarray(x * x * x)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        """Give 3 x² dy, if the factors are right; else first or second order are wrong."""
        (x,) = node.inputs
        constant = gn.stop_gradient(x)
        return (self.first * dy * (self.second * x * x + (1 - self.second) * constant * constant),)


def cube(x: Tensor, **factors: float) -> Tensor:
    """Apply the op under a name."""
    return Cube(**factors)(x, name="cube")


def test_a_function_of_several_arguments_is_checked() -> None:
    """Lists and numbers are arguments, and integers are not differentiated."""
    gn.testing.check_gradients(lambda x, y: gn.tanh(x) @ y, [MATRIX, [[1.0], [2.0], [3.0]]])
    gn.testing.check_gradients(lambda x, n: x * x * n, [2.0, 3], order=3)
    gn.testing.check_gradients(lambda x: (gn.sin(x), gn.exp(x).sum()), [MATRIX])


def test_declared_tensors_are_checked() -> None:
    """Placeholders of unknown extents, variables, integers and fed tensors in the middle."""
    x = gn.placeholder((None, 3), name="x")
    index = gn.placeholder((), gn.int64, name="index")
    weight = gn.Variable([1.0, 2.0, 3.0], name="weight")
    scale = gn.Variable(weight.initial_value * 2.0, name="scale")
    middle = gn.tanh(x * weight)
    y = gn.gather(middle * scale, index, axis=1)
    gn.testing.check_gradients(y, {x: MATRIX, index: 1})
    gn.testing.check_gradients([y, middle], {x: MATRIX.tolist(), index: 2, weight: [1.0, 0.0, 2.0]})
    gn.testing.check_gradients(y, {middle: MATRIX, index: 0})


def test_all_is_computed_in_float64() -> None:
    """Constants, casts and variables of a float32 graph are precise enough for differences."""
    x = gn.placeholder((3,), gn.float16, name="x")
    y = gn.cast(gn.cast(x, gn.float32) / 3 + np.float32(0.1), gn.float16)
    gn.testing.check_gradients(y * y * y, {x: [1.0, 2.0, 3.0]}, order=3)


def test_random_ops_draw_the_same_numbers_each_time() -> None:
    """A function with a dropout in it has a derivative."""
    gn.testing.check_gradients(lambda x: gn.dropout(x, 0.5) ** 2, [MATRIX])


def test_rules_that_know_tensors_of_their_graph_are_checked() -> None:
    """The gradients are those of the graph itself, not of a copy."""

    @gn.custom_gradient
    def softly(x: Tensor) -> tuple[Tensor, Any]:
        e = gn.exp(x)
        return gn.log(1 + e), lambda dy: dy * e / (1 + e)

    gn.testing.check_gradients(softly, [MATRIX])


def test_nothing_is_left_behind() -> None:
    """The user's graph has the nodes that it had, also after a failure."""
    x = gn.placeholder((3,), name="x")
    y, wrong = gn.exp(x), cube(x, first=2.0)
    before = list(x.graph.nodes)
    gn.testing.check_gradients(y, {x: [1.0, 2.0, 3.0]})
    with pytest.raises(AssertionError):
        gn.testing.check_gradients(wrong, {x: [1.0, 2.0, 3.0]})
    assert x.graph.nodes == before


def test_a_wrong_gradient_is_caught() -> None:
    """The message names order and argument, and what was found and expected."""
    x = gn.placeholder((), name="x")
    with pytest.raises(AssertionError) as caught:
        gn.testing.check_gradients(cube(x, first=2.0), {x: 1.0})
    lines = str(caught.value).splitlines()
    assert lines[0] == "the derivative of order 1 with respect to 'x' is wrong"
    assert lines[1].split() == ["argument", "float32[]", "placeholder", "'x'"]
    found, expected = (float(line.split()[1]) for line in lines[2:4])
    assert lines[2].startswith("  gradients ")
    assert lines[3].startswith("  difference ")
    assert 3 * found == pytest.approx(2 * expected)
    assert len(lines) == 4


def test_a_wrong_second_derivative_is_caught() -> None:
    """The first order passes, and the second is named."""
    wrong = partial(cube, second=0.5)
    gn.testing.check_gradients(wrong, [MATRIX], order=1)
    with pytest.raises(AssertionError, match="the derivative of order 2 with respect to 'arg"):
        gn.testing.check_gradients(wrong, [MATRIX])


def test_a_missing_gradient_is_caught() -> None:
    """A function that stops its gradient has a derivative all the same."""
    with pytest.raises(AssertionError, match=r"gradients +0 "):
        gn.testing.check_gradients(gn.stop_gradient, [MATRIX])
    gn.testing.check_gradients(lambda x: gn.floor(x) + x, [[0.5, 1.5]])


def test_a_kink_is_not_called_a_wrong_gradient() -> None:
    """The hint says that the point was chosen badly."""
    with pytest.raises(AssertionError, match="hint: there is a kink or a jump close by"):
        gn.testing.check_gradients(gn.floor, [[1.0]])
    with pytest.raises(AssertionError, match="hint: there is a kink or a jump close by"):
        gn.testing.check_gradients(gn.abs, [[1e-6, -1e-6, 1e-7]])


def test_there_must_be_something_to_differentiate() -> None:
    """Integers have no gradients."""
    with pytest.raises(GradientError) as caught:
        gn.testing.check_gradients(lambda n: n + 1, [3])
    assert str(caught.value) == (
        "check_gradients: no floats among the results\n"
        "hint: gradients lead from floating results back to floating values"
    )
    with pytest.raises(GradientError, match="no floats among the values"):
        gn.testing.check_gradients(lambda n: gn.cast(n, gn.float32), [3])


def test_values_must_be_given_by_tensor() -> None:
    """A list of values is for functions."""
    with pytest.raises(TypeError, match="tensors need a mapping from tensors to values"):
        gn.testing.check_gradients(gn.constant(1.0), [1.0])
