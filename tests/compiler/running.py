"""Random graphs made ready for the compiler, and ways to run them."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st

from graphnet.autodiff import gradients
from graphnet.compiler.allocate import allocate
from graphnet.compiler.codegen import generate
from graphnet.compiler.interpreter import walk
from graphnet.compiler.lower_state import lower_state
from graphnet.compiler.memory import Workspace
from graphnet.compiler.passes.specialize import specialize
from graphnet.compiler.pipeline import optimize
from graphnet.compiler.plan import Plan
from graphnet.compiler.schedule import schedule
from graphnet.compiler.steps import Target
from graphnet.compiler.store import Store
from graphnet.ir import Graph, Spec, Tensor
from graphnet.ir.spec import is_float
from graphnet.ops.sources import Constant, Variable
from graphnet.ops.state import assign
from graphnet.testing.strategies import graphs
from graphnet.typing import Array

__all__ = [
    "NAN_BYTE",
    "SEED",
    "STEP",
    "Ready",
    "calls",
    "plan_of",
    "ready",
    "same_bits",
    "soil",
    "walks",
    "writing",
]

SEED = 7
STEP = 3
NAN_BYTE = 255
"""Floats of which all bytes are this are NaN."""


class Ready(NamedTuple):
    """A graph without state ops and of known shapes, and the values that it is run on.

    Attributes:
        graph: Its last outputs are the new values of ``variables``.
        feeds: Arrays for ``graph.inputs``, in order.
        state: The value of every variable before the run.
        targets: The variables that are written.
    """

    graph: Graph
    feeds: list[Array]
    state: dict[Tensor, Array]
    targets: tuple[Target, ...]

    @property
    def values(self) -> dict[Tensor, Array]:
        """What an interpreter needs to know."""
        return {**self.state, **dict(zip(self.graph.inputs, self.feeds, strict=True))}

    @property
    def store(self) -> Store:
        """A store that holds copies of the state."""
        store = Store()
        store.place(self.state)
        for variable, array in self.state.items():
            store.places[variable][...] = array
        return store


def make_ready(graph: Graph, feeds: Mapping[Tensor, Array]) -> Ready:
    """Do what a session does before it optimizes."""
    part = graph.subgraph(graph.outputs, feeds)
    specs = [Spec(array.shape, array.dtype) for array in feeds.values()]
    lowered = lower_state(specialize(part, specs))
    state: dict[Tensor, Array] = {}
    for variable in graph.variables():
        assert isinstance(variable, Variable)
        start = variable.initial_value.node.op
        assert isinstance(start, Constant)
        state[variable] = start.value
    return Ready(lowered.graph, list(feeds.values()), state, lowered.targets)


@st.composite
def writing(draw: st.DrawFn, size: int = 15) -> tuple[Graph, dict[Tensor, Array]]:
    """Draw a graph whose outputs are gradients and assignments to its variables, too."""
    smooth = draw(st.booleans())
    graph, feeds = draw(graphs(size=size, smooth=smooth))
    with graph:
        xs = [tensor for tensor in feeds if is_float(tensor.dtype)]
        if smooth and xs:
            graph.outputs += tuple(gradients(graph.outputs, xs, allow_unused=True))
        for variable in graph.variables():
            fitting = [
                node.outputs[0]
                for node in graph.nodes[:-1]
                if node.outputs and node.outputs[0].spec == variable.spec and node.inputs
            ]
            chosen = draw(st.sampled_from([None, variable, *fitting]))
            if chosen is not None:
                assert isinstance(variable, Variable)
                graph.outputs += (assign(variable, chosen),)
    return graph, feeds


@st.composite
def ready(draw: st.DrawFn, size: int = 15) -> Ready:
    """Draw a graph with variables that are written, made ready."""
    return make_ready(*draw(writing(size)))


def plan_of(drawn: Ready, *, optimized: bool = True) -> Plan:
    """Give the plan that a session makes."""
    if not optimized:
        return allocate(drawn.graph, drawn.graph.nodes, drawn.targets, reuse=False)
    smaller = optimize(drawn.graph)
    return allocate(smaller, schedule(smaller), drawn.targets)


def calls(plan: Plan, drawn: Ready, *, dirty: bool = False, forms: bool = False) -> list[Array]:
    """Run the generated code on copies of the state: the fetches, then the state afterwards."""
    store = drawn.store
    code = generate(plan, store, SEED, forms=forms)
    if dirty:
        soil(code.workspace)
    step = [STEP] if plan.draws else []
    return [*code.function(*drawn.feeds, *step), *map(store.places.__getitem__, drawn.state)]


def walks(plan: Plan, drawn: Ready) -> list[Array]:
    """Walk through a plan on copies of the state: the fetches, then the state afterwards."""
    store = drawn.store
    workspace = Workspace(plan, store)
    soil(workspace)
    fetched = walk(plan, workspace, drawn.feeds, seed=SEED, step=STEP)
    return [*fetched, *map(store.places.__getitem__, drawn.state)]


def soil(workspace: Workspace, byte: int = NAN_BYTE) -> None:
    """Fill all memory of a plan, with bytes that are NaN as floats unless another is given."""
    for array in workspace.temporary:
        array[...] = byte


def same_bits(found: Sequence[Array], wanted: Sequence[Array]) -> bool:
    """Whether arrays are equal in dtype, shape and every bit but those of NaN."""
    return len(found) == len(wanted) and all(
        one.dtype == other.dtype
        and one.shape == other.shape
        and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
        and np.array_equal(np.signbit(one), np.signbit(other))
        if one.dtype.kind == "f"
        else one.dtype == other.dtype and np.array_equal(one, other)
        for one, other in zip(found, wanted, strict=True)
    )
