"""Functions of tensors with gradients of their own."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import graphnet as gn
from graphnet.errors import DefinitionError, GradientError
from graphnet.ir.tensor import Tensor

Gradient = Callable[..., Any]


@gn.custom_gradient
def straight_through(x: Tensor) -> tuple[Tensor, Gradient]:
    """Round, with the gradient of the identity."""
    return gn.round(x), lambda dy: dy


@gn.custom_gradient
def log1pexp(x: Tensor) -> tuple[Tensor, Gradient]:
    """Give the logarithm of 1 + exp(x), whose gradient does not overflow."""
    e = gn.exp(x)
    return gn.log(1 + e), lambda dy: dy * (1 - 1 / (1 + e))


@gn.custom_gradient
def clip_gradient(x: Tensor, *, limit: float) -> tuple[Tensor, Gradient]:
    """Give x, with its cotangent clipped."""
    return gn.identity(x), lambda dy: gn.clip(dy, -limit, limit)


def test_the_straight_through_estimator() -> None:
    """The value is rounded, and the gradient is as if it was not."""
    x = gn.constant([0.4, 1.6])
    y = straight_through(x)
    value, slope = gn.evaluate([y, gn.gradients(y * y, [x])[0]])
    assert value.tolist() == [0, 2]
    assert slope.tolist() == [0, 4]


def test_a_gradient_that_does_not_overflow() -> None:
    """Where the rule of each op would give NaN, that of the function is right."""
    x = gn.constant([0.0, 100.0])
    (dx,) = gn.gradients(log1pexp(x), [x])
    with np.errstate(over="ignore"):
        assert gn.evaluate(dx).tolist() == [0.5, 1]


def test_clipped_cotangents() -> None:
    """The gradient function sees the cotangent that has arrived from all uses of the result."""
    x = gn.constant([1.0, 1.0])
    y = clip_gradient(x, limit=1.0)
    (dx,) = gn.gradients([y * [0.25, 4.0], y * [0.25, -9.0]], [x])
    assert gn.evaluate(dx).tolist() == [0.5, -1]


def test_higher_orders_follow_the_rule() -> None:
    """The gradient is made of ordinary nodes, through which further gradients flow."""
    x = gn.placeholder((3,), gn.float64)
    y = log1pexp(x)
    (first,) = gn.gradients(y, [x])
    (second,) = gn.gradients(first, [x])
    (third,) = gn.gradients(second, [x])
    point = np.array([-1.0, 0.5, 2.0])
    p = 1 / (1 + np.exp(-point))
    found = gn.evaluate([first, second, third], {x: point})
    for order, expected in zip(found, [p, p * (1 - p), p * (1 - p) * (1 - 2 * p)], strict=True):
        gn.testing.assert_close(order, expected)


def test_the_forward_nodes_are_declared_as_usual() -> None:
    """All nodes of the function stand in the graph, at the user's lines."""
    with gn.Graph() as graph:
        straight_through(gn.placeholder((), name="x"))
    assert [node.op.name for node in graph.nodes] == ["placeholder", "round", "custom_gradient"]
    assert {node.site.filename for node in graph.nodes} == {__file__}


def test_several_operands_and_results() -> None:
    """There is one cotangent per result, and one to give per operand."""

    @gn.custom_gradient
    def sum_and_product(x: Tensor, y: Tensor) -> tuple[tuple[Tensor, Tensor], Gradient]:
        return (x + y, x * y), lambda ds, dp: (10 * ds, 100 * dp)

    x, y = gn.constant(3.0), gn.constant(5.0)
    total, product = sum_and_product(x, y)
    assert gn.evaluate([total, product]) == [8, 15]
    assert gn.evaluate(gn.gradients(total + 2 * product, [x, y])) == [10, 200]
    assert gn.evaluate(gn.gradients(total, [x, y])) == [10, 0]


def test_results_of_a_list_are_a_tuple() -> None:
    """Also a list of one result gives a tuple."""

    @gn.custom_gradient
    def alone(x: Tensor) -> tuple[list[Tensor], Gradient]:
        return [x * 2], lambda dy: [dy]

    (y,) = alone(gn.constant(3.0))
    assert gn.evaluate(y) == 6


def test_only_floats_have_cotangents() -> None:
    """Integer results send none, integer operands get none, and numbers become constants."""

    @gn.custom_gradient
    def scaled(x: Tensor, n: Tensor, factor: Tensor) -> tuple[tuple[Tensor, Tensor], Gradient]:
        return (x * gn.cast(n, gn.float32) * factor, n + 1), lambda dy: (dy * factor, dy, None)

    x, n = gn.constant(3.0), gn.constant(2)
    y, following = scaled(x, n, 5.0)
    assert gn.evaluate([y, following]) == [30, 3]
    assert gn.evaluate(gn.gradients(y, [x])) == [5]


def test_an_operand_may_be_the_result() -> None:
    """A function that gives back its operand changes only the gradient."""

    @gn.custom_gradient
    def reverse(x: Tensor) -> tuple[Tensor, Gradient]:
        return x, lambda dy: -dy

    x = gn.constant(3.0)
    assert gn.evaluate([reverse(x), *gn.gradients(reverse(x) ** 2, [x])]) == [3, -6]


def test_nothing_flows_to_what_a_function_uses_besides() -> None:
    """The gradient with respect to a variable from outside is an error that names the function."""
    weight = gn.Variable(2.0)

    @gn.custom_gradient
    def layer(x: Tensor) -> tuple[Tensor, Gradient]:
        return x * weight, lambda dy: dy * weight

    y = layer(gn.constant(3.0))
    with pytest.raises(GradientError, match="custom_gradient"):
        gn.gradients(y, [weight])


def test_a_rule_may_stop_the_gradient() -> None:
    """Where the rule gives None, no gradient flows."""

    @gn.custom_gradient
    def stop(x: Tensor) -> tuple[Tensor, Gradient]:
        return gn.identity(x), lambda _: None

    x = gn.constant(3.0)
    assert gn.evaluate(gn.gradients(stop(x) * x, [x])) == [3]
    with pytest.raises(GradientError, match="no derivative flows back through custom_gradient"):
        gn.gradients(stop(x), [x])


def test_a_function_gives_results_and_a_rule() -> None:
    """What is missing is told where the function is called; a wrong rule, where it was declared."""

    def forgetful(x: Tensor) -> Any:
        return x

    decorated: Callable[[float], Tensor] = gn.custom_gradient(forgetful)
    with pytest.raises(DefinitionError, match="'forgetful' must give its results and a gradient"):
        decorated(1.0)

    @gn.custom_gradient
    def greedy(x: Tensor, y: Tensor) -> tuple[Tensor, Gradient]:
        def rule(dy: Tensor) -> Tensor:
            return dy

        return x * y, rule

    x = gn.constant(1.0)
    with pytest.raises(DefinitionError, match="'rule' gave 1 cotangents for 2 operands") as caught:
        gn.gradients(greedy(x, x), [x])
    assert "test_custom_gradient.py:" in str(caught.value)


def test_the_decorated_function_keeps_its_name() -> None:
    """Name and docstring are those of the user's function."""
    assert straight_through.__name__ == "straight_through"
    assert "gradient of the identity" in (straight_through.__doc__ or "")


def test_optimization_changes_nothing() -> None:
    """With all passes and without, values and gradients are equal."""
    x = gn.placeholder((None,), name="x")
    y = clip_gradient(straight_through(x) * 3, limit=1.0)
    fetches = [y, *gn.gradients(y * y, [x])]
    results = []
    for optimize in (True, False):
        with gn.Session(optimize=optimize) as session:
            found = session.run(fetches, {x: np.array([0.2, 1.7], np.float32)})
            results.append([array.tolist() for array in found])
    assert results[0] == results[1] == [[0, 6], [0, 3]]
