"""Rules of rectifiers: the slope of a relu by the ufuncs that cost least for its size."""

import numpy as np
import pytest

import graphnet as gn
from graphnet.compiler.interpreter import interpret
from graphnet.compiler.pipeline import optimize
from graphnet.compiler.rules import rectifiers
from graphnet.compiler.rules.rectifiers import LARGEST_SIGN, LARGEST_STEP
from graphnet.ir import Graph
from graphnet.ir.spec import DEFAULT_FLOAT
from graphnet.typing import DType
from tests.compiler.rules import check_rule, check_unchanged, pictures, rules_of

FITTING = [
    (
        "slope_of_relu",
        """
        a = relu(x)
        b = relu_gradient(y, a)
        return b
        """,
        """
        a = relu(x)
        b = sign(a)
        b_1 = multiply(y, b, name='b')
        return b_1
        """,
    ),
]
"""A rule, a text in which it is needed, and what becomes of it."""

UNFITTING = [
    # What is not known to be a relu may be negative; a smaller one is repeated.
    (
        "slope_of_relu",
        """
        a = relu_gradient(x, y)
        b = relu(row)
        c = relu_gradient(x, b)
        d = relu(unknown)
        e = relu_gradient(unknown, d)
        return a, c, e
        """,
    ),
]
"""A rule, and a text in which it does not fit, and no other does."""


@pictures(FITTING)
def test_what_the_rule_makes(rule: str, before: str, after: str) -> None:
    """The rule makes of one text the other, which is not made without it."""
    check_rule(rule, before=before, after=after)


@pictures(UNFITTING)
def test_where_the_rule_does_not_fit(rule: str, before: str) -> None:
    """The text stays as it is."""
    assert rule in rules_of(rectifiers)
    check_unchanged(before)


def test_every_rule_is_shown() -> None:
    """Each rule has a text that it changes, and one that it does not."""
    rules = rules_of(rectifiers)
    assert {row[0] for row in FITTING} == {row[0] for row in UNFITTING} == rules


# Sizes and odd numbers

ODD = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-45, 1e-30, 1.0, 2.0, -3.0]


def gradient_of(*shape: int, dtype: DType = DEFAULT_FLOAT) -> Graph:
    """Give the graph of the gradient of a relu."""
    with Graph() as graph:
        x, dy = gn.placeholder(shape, dtype, "x"), gn.placeholder(shape, dtype, "dy")
        (dx,) = gn.gradients(gn.relu(x), [x], [dy])
    return graph.subgraph([dx], [x, dy])


def ops(graph: Graph) -> list[str]:
    """Give the names of the ops that compute."""
    sources = {"placeholder", "constant"}
    return [node.op.name for node in graph.nodes if node.op.name not in sources]


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (LARGEST_SIGN, ["relu", "sign", "multiply"]),
        (LARGEST_SIGN + 1, ["relu", "minimum", "ceil", "multiply"]),
        (LARGEST_STEP, ["relu", "minimum", "ceil", "multiply"]),
        (LARGEST_STEP + 1, ["relu", "relu_gradient"]),
    ],
)
def test_the_size_decides_how_a_slope_is_made(size: int, expected: list[str]) -> None:
    """Small slopes are signs, larger ones are made of ones, and the largest by the kernel."""
    assert ops(optimize(gradient_of(size))) == expected


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("size", [LARGEST_SIGN, LARGEST_STEP, LARGEST_STEP + 1])
def test_slopes_of_odd_numbers(size: int, dtype: str) -> None:
    """However a slope is made, it is 1 for the smallest number, 0 up to zero, and NaN of NaN."""
    x = np.resize(np.array(ODD, dtype), size)
    dy = np.linspace(1, 2, size, dtype=dtype)
    graph = gradient_of(size, dtype=np.dtype(dtype))
    expected = np.where(np.isnan(x), np.nan, np.where(x > 0, dy, 0))
    for made in (graph, optimize(graph)):
        (found,) = interpret(made, dict(zip(made.inputs, (x, dy), strict=True)))
        np.testing.assert_array_equal(found, expected)


def test_layers_of_one_size_share_their_ones() -> None:
    """The array of ones is one for all slopes of its shape."""
    with Graph() as graph:
        x, y = gn.placeholder((40, 40), name="x"), gn.placeholder((40, 40), name="y")
        gradients = gn.gradients(gn.relu(x) * gn.relu(y), [x, y])
    made = optimize(graph.subgraph(gradients, [x, y]))
    assert sum(node.op.name == "constant" for node in made.nodes) == 1
