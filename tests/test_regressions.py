"""Mistakes that were made once, each with the smallest program that showed it."""

import gc
from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np
import pytest

import graphnet as gn
from graphnet.ir.ways import shortest_way


def test_identities_of_dropped_nodes_are_not_taken_again() -> None:
    """A session keeps what it knows a program by, also where a graph has dropped the node."""
    kept: list[gn.Tensor] = []

    @gn.custom_gradient
    def spy(x: gn.Tensor) -> tuple[gn.Tensor, Callable[..., Any]]:
        def gradient(dy: gn.Tensor) -> gn.Tensor:
            kept.extend(gn.identity(gn.identity(dy * float(number))) for number in range(50))
            return dy

        return gn.identity(x), gradient

    x = gn.placeholder((2,), name="x")
    gn.gradients(spy(x), [x])
    ones = np.ones(2, np.float32)
    with gn.Session() as session:
        for tensor in kept:
            session.run(tensor, {x: ones})
        kept.clear()
        gc.collect()
        products = [x * float(number) for number in range(200)]
        for number, product in enumerate(products):
            assert session.run(product, {x: ones}).tolist() == [number, number]


@pytest.mark.parametrize("optimize", [True, False])
def test_ops_of_equal_but_different_arguments_stay_apart(optimize: bool) -> None:
    """0.0 and -0.0 are equal to Python, and different values."""
    x = gn.placeholder((2,), name="x")
    with gn.Session(optimize=optimize) as session:
        zeros = session.run([gn.zeros_like(x), gn.full_like(x, -0.0)], {x: [1.0, 1.0]})
    assert [bool(np.signbit(zero).all()) for zero in zeros] == [False, True]


def test_named_extents_of_calls_are_those_of_the_feeds() -> None:
    """What a function declares by name is checked against what is fed under that name."""
    p, q = gn.placeholder(("n",), name="p"), gn.placeholder((None,), name="q")
    result = gn.py_call(lambda array: array, [q], gn.float32, ("n",))
    (gradient,) = gn.gradients((result * p).sum(), [p])
    with gn.Session() as session:
        assert session.run(gradient, {p: [1.0, 1.0], q: [2.0, 3.0]}).tolist() == [2.0, 3.0]
        with pytest.raises(gn.errors.ExecutionError, match=r"float32\[1\] is declared"):
            session.run(gradient, {p: [1.0], q: [2.0, 3.0]})


def test_a_read_behind_a_write_has_no_gradient() -> None:
    """It is not the variable that such a read depends on."""
    variable, t = gn.Variable(2.0, name="v"), gn.placeholder((), name="t")
    write = gn.assign(variable, t * 2)
    with gn.control_dependencies([write]):
        read = variable.read()
    with pytest.raises(gn.errors.GradientError, match="reads what 'assign' has written"):
        gn.gradients(read * read, [variable])
    (gradient,) = gn.gradients(write * write, [t])
    assert gn.evaluate(gradient, {t: 5.0}) == 40.0


def test_the_mean_of_half_precision_does_not_overflow() -> None:
    """It is added up in single precision, as NumPy does."""
    assert gn.evaluate(gn.mean(gn.constant(np.ones(100_000, np.float16)))) == 1.0
    assert gn.evaluate(gn.mean(gn.constant(np.full(1000, 200, np.float16)))) == 200.0


@pytest.mark.parametrize("optimize", [True, False])
def test_integers_through_floats_are_rounded_with_and_without_optimisation(optimize: bool) -> None:
    """Float64 does not hold every int64."""
    x = gn.placeholder((), gn.int64, name="x")
    with gn.Session(optimize=optimize) as session:
        there_and_back = gn.cast(gn.cast(x, gn.float64), gn.int64)
        assert session.run(there_and_back, {x: 2**53 + 1}) == 2**53


def test_cotangents_of_unknown_extents_are_checked_in_the_run() -> None:
    """A cotangent does not broadcast."""
    x = gn.placeholder((None,), name="x")
    gradients = gn.gradients(x * 2, [x], grad_ys=[gn.constant([1.0])])
    with pytest.raises(gn.errors.FeedError, match="do not fill the shape"):
        gn.evaluate(gradients, {x: [1.0, 2.0, 3.0]})


def test_a_loss_that_waits_for_a_write_can_be_minimized() -> None:
    """What a loss waits for is not what it is made of."""
    average, weight = gn.Variable(0.0, name="average"), gn.Variable(1.0, name="weight")
    with gn.control_dependencies([gn.assign(average, weight * 0.1)]):
        loss = weight * weight
    step = gn.optim.SGD(0.25).minimize(loss)
    with gn.Session() as session:
        session.run(step)
        assert session.run(weight) == 0.5


def test_variables_of_gradient_functions_stay() -> None:
    """A gradient function may declare state."""

    @gn.custom_gradient
    def scaled(x: gn.Tensor) -> tuple[gn.Tensor, Callable[..., Any]]:
        def gradient(dy: gn.Tensor) -> gn.Tensor:
            return dy * gn.Variable(3.0, name="scale")

        return gn.identity(x), gradient

    x = gn.placeholder((), name="x")
    (gradient,) = gn.gradients(scaled(x), [x])
    names = [variable.name for variable in x.graph.variables()]
    assert names == ["gradients/custom_gradient/scale"]
    assert gn.evaluate(gradient, {x: 1.0}) == 3.0


def test_initial_values_wait_for_nothing() -> None:
    """A variable is there before anything runs, wherever it was declared."""
    write = gn.assign(gn.Variable(1.0), 2.0)
    with gn.control_dependencies([write]):
        variable = gn.Variable(gn.random.normal(()), name="drawn")
    assert np.isfinite(gn.evaluate(variable))


def test_a_shape_that_cannot_be_broadcast_to_is_refused() -> None:
    """Only axes of 1 are repeated, in this direction."""
    with pytest.raises(gn.errors.ShapeError, match="does not broadcast to the shape"):
        gn.broadcast_like(gn.placeholder((5, 2)), gn.placeholder((5, 1)))


def test_the_shortest_way_is_that_of_networkx() -> None:
    """The way shown in messages is a shortest one, and there is none where nothing leads."""
    x = gn.placeholder((), name="x")
    y = gn.exp(gn.tanh(x) + gn.exp(gn.exp(x)))
    dag = x.graph.dag
    way = shortest_way(dag, x.node, {y.node})
    assert nx.is_path(dag, way)
    assert len(way) == len(nx.shortest_path(dag, x.node, y.node))
    assert shortest_way(dag, y.node, {x.node}) == []


def test_a_factor_of_two_different_sums_of_products() -> None:
    """Which sums have factors in common is told without comparing tensors, which makes nodes."""

    def weight(*shape: int) -> gn.Variable:
        values = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
        return gn.Variable(values / 10)

    x = gn.placeholder((30, 4), name="x")
    left, right = gn.tanh(x @ weight(4, 6)), gn.tanh(x @ weight(4, 6) + 1.0)
    sums = [x @ weight(4, 6) + h @ weight(6, 6) + weight(6) for h in (left, right)]
    value = np.linspace(-1, 1, 120, dtype=np.float32).reshape(30, 4)
    with gn.Session() as session, gn.Session(optimize=False) as plain:
        found, wanted = session.run(sums, {x: value}), plain.run(sums, {x: value})
    for result, expected in zip(found, wanted, strict=True):
        np.testing.assert_allclose(result, expected, rtol=1e-5)


def same_with_and_without(fetches: list[gn.Tensor], feeds: dict[gn.Tensor, np.ndarray]) -> None:
    """Require that optimisation changes nothing but rounding."""
    with gn.Session(seed=0) as session, gn.Session(seed=0, optimize=False) as plain:
        found, wanted = session.run(fetches, feeds), plain.run(fetches, feeds)
    for result, expected in zip(found, wanted, strict=True):
        np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-5)


def values(*shape: int) -> np.ndarray:
    """Give numbers between -1 and 1."""
    return np.sin(np.arange(np.prod(shape), dtype=np.float32)).reshape(shape)


def test_what_a_commit_in_place_needs_is_not_forgotten_before() -> None:
    """The result of a user's function may be used by the update alone."""
    x = gn.placeholder((200, 200), name="x")
    variable = gn.Variable(np.ones((200, 200), np.float32))
    doubled = gn.py_call(lambda array: array * 2, [x], gn.float32, (200, 200))
    step = gn.group(gn.assign(variable, variable + doubled))
    with gn.Session() as session:
        session.run(step, {x: np.ones((200, 200), np.float32)})
        assert np.all(session.run(variable) == 3.0)


def test_gradients_are_joined_behind_all_factors_only() -> None:
    """One factor of a sum of products depends on what looks like the gradient of another."""
    a, b = gn.placeholder((50, 3), name="a"), gn.placeholder((50, 6), name="b")
    w, u, c = (gn.Variable(values(*shape)) for shape in ((3, 6), (6, 6), (6,)))
    d, x1 = gn.tanh(b), gn.tanh(a)
    g1, s = gn.transpose(x1) @ d, gn.sum(d, axis=0)
    x2 = gn.sigmoid(x1 @ g1)
    g2 = gn.transpose(x2) @ d
    z = gn.tanh(x1 @ w + x2 @ u + c)
    fetches = [gn.tanh(g1), gn.tanh(s), gn.tanh(g2), gn.max(z, 1)]
    same_with_and_without(fetches, {a: values(50, 3), b: values(50, 6)})


def test_gradients_of_sums_with_other_numbers_of_factors_are_added() -> None:
    """Equal rows of two joined gradients, which are not equally high."""
    a = gn.placeholder((50, 6), name="a")
    shapes = ((6, 6), (6,), (6, 6), (6, 6), (6,), (6, 6))
    w, c, w2, u2, c2, v = (gn.Variable(values(*shape) / 2) for shape in shapes)
    x1, x3 = gn.tanh(a), gn.sigmoid(a * 2)
    z1 = gn.tanh(x1 @ w + c)
    z2 = gn.tanh(x3 @ w2 + gn.sigmoid(x3 @ v) @ u2 + c2)
    slopes = gn.gradients(gn.sum(gn.square(z1 - z2)), [w, c, w2, u2, c2])
    fetches = [slopes[0] + slopes[2], gn.tanh(slopes[1]), gn.tanh(slopes[3]), gn.tanh(slopes[4])]
    same_with_and_without(fetches, {a: values(50, 6)})


def test_products_of_other_numbers_of_rows_are_no_sum_to_be_joined() -> None:
    """One of the products is broadcast."""
    x, y = gn.placeholder((1, 3), name="x"), gn.placeholder((5, 4), name="y")
    w, u, c = (gn.Variable(values(*shape)) for shape in ((3, 6), (4, 6), (6,)))
    fetches = [gn.tanh(x @ w + y @ u + c)]
    same_with_and_without(fetches, {x: values(1, 3), y: values(5, 4)})


@pytest.mark.parametrize("optimize", [True, False])
def test_a_tensor_may_have_the_name_of_a_builtin(optimize: bool) -> None:
    """The text that runs uses some of Python's functions."""
    x = gn.placeholder((), name="map")
    both = gn.py_call(lambda a: (a, a), [x], [gn.float32] * 2, [(), ()])
    with gn.Session(optimize=optimize) as session:
        assert [float(one) for one in session.run(list(both), {x: 2.0})] == [2.0, 2.0]


def test_zeros_of_two_signs_are_two_numbers() -> None:
    """The arrays that maximum compares with are told apart."""
    x = gn.placeholder((4,), name="x")
    fetches = [gn.tanh(gn.maximum(x, zero)) for zero in (0.0, -0.0)]
    negative = {x: np.full(4, -0.0, np.float32)}
    with gn.Session() as session, gn.Session(optimize=False) as plain:
        found, wanted = session.run(fetches, negative), plain.run(fetches, negative)
    signs = [[bool(np.signbit(one[0])) for one in results] for results in (found, wanted)]
    assert signs[0] == signs[1]
