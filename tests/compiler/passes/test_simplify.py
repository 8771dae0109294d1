"""The driver of the rules, and what they make of whole training steps."""

from collections import Counter

import pytest

import graphnet as gn
from graphnet.compiler.lower_state import lower_state
from graphnet.compiler.passes.simplify import simplify
from graphnet.compiler.passes.specialize import specialize
from graphnet.compiler.pipeline import optimize
from graphnet.compiler.rules import registry, rule
from graphnet.ir import Graph, Node, Spec, Tensor
from tests.compiler.pictures import check, picture, read


def test_what_a_rule_makes_is_simplified_at_once() -> None:
    """One sweep is enough for rules that follow from each other; another finds nothing to do."""
    text = """
    x = placeholder(shape=(2, 3), dtype=float32)
    c = constant(value=float32(2.0))
    d = constant(value=float32(0.5))
    a = identity(x)
    b = multiply(c, a)
    e = multiply(d, b)
    f = expand_dims(e, axis=(0,))
    g = mean(f, axis=(0, 1, 2))
    return g
    """
    check(
        simplify,
        before=text,
        after="""
        x = placeholder(shape=(2, 3), dtype=float32)
        g = sum(x, axis=(0, 1))
        g_1 = constant(value=float32(0.1666666716337204), name='g')
        g_2 = multiply(g, g_1, name='g')
        return g_2
        """,
    )


def test_nodes_that_wait_are_left_alone() -> None:
    """What has a control dependency may not become something that has none."""
    text = """
    x = placeholder(shape=(2,), dtype=float32)
    zero = constant(value=float32(0.0))
    first = tanh(x)
    y = add(x, zero, after=('first',))
    return y
    """
    check(simplify, before=text, after=text)


def test_uses_are_counted_anew_when_nodes_are_replaced() -> None:
    """A product is taken apart once the other one who used it is gone."""
    check(
        simplify,
        before="""
        x = placeholder(shape=(2,), dtype=float32)
        y = placeholder(shape=(2,), dtype=float32)
        s = placeholder(shape=(), dtype=float32)
        a = multiply(x, s)
        b = full_like(a, value=2.0)
        c = multiply(a, y)
        d = multiply(c, b)
        return d
        """,
        after="""
        x = placeholder(shape=(2,), dtype=float32)
        y = placeholder(shape=(2,), dtype=float32)
        s = placeholder(shape=(), dtype=float32)
        b = constant(value=float32(2.0))
        c = multiply(x, y)
        d = multiply(s, b)
        d_1 = multiply(c, d, name='d')
        return d_1
        """,
    )


def test_long_chains_may_die() -> None:
    """What a rule makes superfluous may be of any length."""
    with Graph() as graph:
        x = gn.placeholder((2,), gn.int64, name="x")
        y = x
        for _ in range(1000):
            y = -(y + 1)
        z = y * 0
    made = simplify(graph.subgraph([z], [x]))
    assert [node.op.name for node in made.nodes] == ["constant", "broadcast_to"]


def test_rules_that_never_agree_come_to_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules that undo each other for ever cost time, but not all of it."""
    monkeypatch.setattr(registry, "RULES", [])
    monkeypatch.setattr(registry, "FITTING", {})

    @rule("add")
    def exchange(node: Node) -> Tensor | None:
        x, y = node.inputs
        return y + x

    graph = read("""
    x = placeholder(shape=(2,), dtype=float32)
    y = placeholder(shape=(2,), dtype=float32)
    a = add(x, y)
    return a
    """)
    assert picture(simplify(graph)).splitlines()[-2] in {"a = add(x, y)", "a = add(y, x)"}


# Training steps


def optimized_step(loss: str) -> Counter[str]:
    """Give how often each op occurs in a training step of a classifier with two hidden layers."""
    with Graph() as graph:
        x, t = gn.placeholder(("batch", 4), name="x"), gn.placeholder(("batch", 3), name="t")
        layers = [gn.nn.Dense(5, gn.relu), gn.nn.Dense(6, gn.relu), gn.nn.Dense(3)]
        losses = getattr(gn.nn, loss)(gn.nn.Sequential(*layers)(x), t)
        step = gn.optim.SGD(0.1).minimize(losses.mean())
    part = graph.subgraph([losses.mean(), step], [x, t])
    specs = [Spec((7, width), x.dtype) for width in (4, 3)]
    made = optimize(lower_state(specialize(part, specs)).graph)
    sources = {"placeholder", "variable", "constant", "transpose"}
    return Counter(node.op.name for node in made.nodes if node.op.name not in sources)


NETWORK = Counter(matmul=3 + 5, add=3, relu=2, sign=2, multiply=2 + 6, subtract=6, sum=3)
"""Products, biases, slopes, and the update of six variables."""


def test_a_step_by_cross_entropy() -> None:
    """Maximum, exponentials and sum are computed once, and one number scales the gradient."""
    loss = Counter(max=1, exp=1, log=1, vdot=1, weighted_sum=1, sum=2, subtract=2, multiply=1)
    gradient = Counter(divide=1, multiply=2, subtract=1)
    assert optimized_step("softmax_cross_entropy") == NETWORK + loss + gradient


def test_a_step_by_squared_error() -> None:
    """The loss takes the residual and one product, the gradient one multiplication."""
    loss, gradient = Counter(subtract=1, vdot=1, multiply=1), Counter(multiply=1)
    assert optimized_step("mean_squared_error") == NETWORK + loss + gradient
