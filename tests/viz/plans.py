"""Plans to look at: small ones of every kind, those of networks, and random ones."""

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st

import graphnet as gn
from graphnet.compiler.pipeline import compile_graph
from graphnet.compiler.plan import Plan
from graphnet.ir import Graph, Spec
from graphnet.session import Compiled
from graphnet.typing import Array
from tests.compiler.kit import Kit
from tests.compiler.networks import NETWORKS
from tests.compiler.running import writing

__all__ = ["NAMES", "PLANS", "compiled_network", "plan_named", "plans", "training"]

PLANS: dict[str, Callable[[], Compiled]] = {}
"""Functions that are compiled, by name."""


def plan(declare: Callable[[], tuple[Any, dict[gn.Tensor, Array]]]) -> Callable[[], Compiled]:
    """Enter what is compiled: fetches and feeds."""

    def compiled() -> Compiled:
        with gn.Graph():
            fetches, feeds = declare()
            with gn.Session(seed=0, threads=1) as session:
                function = session.compile(fetches, list(feeds))
                function(*feeds.values())
        return function

    PLANS[declare.__name__] = compiled
    return compiled


@plan
def training() -> tuple[Any, dict[gn.Tensor, Array]]:
    """Two layers: biases are joined to products, updates with each other."""
    x, label = gn.placeholder((None, 2), name="x"), gn.placeholder((None,), gn.int64, name="label")
    model = gn.nn.Sequential(gn.nn.Dense(8, activation=gn.tanh), gn.nn.Dense(2))
    loss = gn.nn.sparse_softmax_cross_entropy(model(x), label).mean()
    train = gn.optim.SGD(0.5).minimize(loss)
    return [loss, train], {x: np.ones((25, 2), np.float32), label: np.zeros(25, np.int64)}


@plan
def updating_in_place() -> tuple[Any, dict[gn.Tensor, Array]]:
    """Variables so large that their updates write into them."""
    x = gn.placeholder((None, 100), name="x")
    model = gn.nn.Sequential(gn.nn.Dense(300, activation=gn.relu), gn.nn.Dense(100))
    loss = gn.mean(gn.square(model(x) - x))
    return gn.optim.Adam(0.01).minimize(loss), {x: np.ones((10, 100), np.float32)}


@plan
def in_blocks() -> tuple[Any, dict[gn.Tensor, Array]]:
    """Elementwise work on arrays so large that it is done block by block."""
    x = gn.placeholder((None,), name="x")
    wave = gn.tanh(x) * 2 + gn.exp(-x * x)
    root = gn.sqrt(gn.abs(wave) + 1.0) * x
    return [gn.cumsum(gn.sin(root) + wave).sum(), root], {x: np.ones(2_000_000, np.float32)}


@plan
def viewing() -> tuple[Any, dict[gn.Tensor, Array]]:
    """Views, a function of the user's, parts of a concatenation, and a result asked for twice."""
    x = gn.placeholder((6, 4), name="x")
    y = gn.tanh(x)
    part = gn.reshape(gn.reshape(y.T @ y, 16)[2:10], (2, 4))
    called = gn.py_call(np.cos, part, gn.float32, (2, 4))
    both = gn.concat([gn.sin(called), gn.cos(part) * 2], 0)
    return [gn.sin(both).sum(), part, part], {x: np.ones((6, 4), np.float32)}


@plan
def nothing_but_a_feed() -> tuple[Any, dict[gn.Tensor, Array]]:
    """What is fed is fetched: there is nothing to call."""
    x = gn.placeholder((3,), name="x")
    return x, {x: np.ones(3, np.float32)}


@plan
def long_chain() -> tuple[Any, dict[gn.Tensor, Array]]:
    """Five hundred steps, some of which are needed at the end."""
    x = y = gn.placeholder((64,), name="x")
    kept = []
    for number in range(250):
        y = gn.sin(gn.cumsum(y) if number % 3 == 0 else gn.tanh(y))
        kept += [y] if number % 40 == 0 else []
    return sum(kept, y), {x: np.ones(64, np.float32)}


@plan
def with_odd_names() -> tuple[Any, dict[gn.Tensor, Array]]:
    """Names as odd as they may be."""
    x = gn.placeholder((3,), name=f"a.b-c/{'long_' * 40}")
    with gn.name_scope("0.-_"):
        return gn.exp(gn.tanh(x)), {x: np.ones(3, np.float32)}


def compiled_network(name: str) -> Compiled:
    """Compile one of the networks that the compiler is tested with."""
    with gn.Graph():
        (first, *_) = NETWORKS[name](Kit(np.float32))
        with gn.Session(seed=0, threads=1) as session:
            function = session.compile(list(first.fetches), list(first.feeds))
            function(*first.feeds.values())
    return function


NAMES = (*PLANS, *NETWORKS)


def plan_named(name: str) -> Plan:
    """Give one of the plans above, or that of a network."""
    return (PLANS[name]() if name in PLANS else compiled_network(name)).plan


def compiled_part(graph: Graph, feeds: dict[gn.Tensor, Array]) -> tuple[Graph, list[Spec]]:
    """Give what the compiler is given."""
    part = graph.subgraph(graph.outputs, feeds)
    return part, [Spec(array.shape, array.dtype) for array in feeds.values()]


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Draw the plan of a random graph with variables that are written."""
    return compile_graph(*compiled_part(*draw(writing())))
