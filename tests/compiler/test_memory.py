"""A plan knows the memory of its runs beforehand; NumPy tells ``tracemalloc`` what it allocates."""

import gc
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest

import graphnet as gn
from graphnet.compiler.pipeline import compile_graph
from graphnet.compiler.program import Program
from graphnet.session import Compiled
from graphnet.typing import Array
from tests.benchmarks.inputs import draw
from tests.benchmarks.systems.graphnet_session import declare
from tests.benchmarks.workloads import WORKLOADS
from tests.compiler.kit import Kit
from tests.compiler.networks import NETWORKS

ALIGNMENT = 64
"""Bytes by which memory is longer, so that it can begin at a cache line."""

PIECES = 16
"""How many pieces of memory a plan has at most: one that all steps share, others for blocks."""

OBJECTS = 4096
"""Bytes of NumPy's and Python's own objects that exist at one time; 1 KiB is NumPy's iterator."""

BUFFERS = 1 << 16
"""Bytes of two buffers of NumPy for calls whose operands differ in shape, of 8192 elements each."""

FEW = 2048
"""Bytes of such objects in a step of training, but for views of feeds."""

VIEW = 128
"""Bytes of an array that shows memory of another one."""

TRAINING = ["W1", "W4", "W5", "W6", "W11", "W12"]
STEPS = 20


class Case(NamedTuple):
    """A function that has been called, and what it can be called with."""

    session: gn.Session
    function: Compiled
    batches: Sequence[Sequence[Array]]

    def step(self, number: int) -> Any:
        """Call the function."""
        return self.function(*self.batches[number % len(self.batches)])


class Measured(NamedTuple):
    """Bytes that a program keeps, and that a run of it takes besides."""

    kept: int
    run: int


@cache
def workload(name: str) -> Case:
    """Give a step of a workload."""
    inputs = draw(WORKLOADS[name])
    with gn.Graph() as graph:
        model = declare(WORKLOADS[name], inputs.weights)
    training = [] if model.step is None else [model.step]
    batches = [batch for batch, _ in zip(inputs.batches(), range(4), strict=False)]
    return called(graph, [*model.results, *training], model.feeds, batches)


def network(name: str) -> Case:
    """Give a step of a small network."""
    with gn.Graph() as graph:
        fetches, feeds = NETWORKS[name](Kit(np.float32))[0]
    return called(graph, fetches, list(feeds), [[*feeds.values()]])


def called(
    graph: gn.Graph,
    fetches: Any,
    feeds: Sequence[gn.Tensor],
    batches: Sequence[Sequence[Array]],
    *,
    optimize: bool = True,
) -> Case:
    """Compile a function, and call it once, so that it has a plan."""
    session = gn.Session(graph, 0, optimize, threads=1)
    function = session.compile(fetches, feeds)
    function(*batches[0])
    return Case(session, function, batches)


def measure(case: Case) -> Measured:
    """Make a program of the plan anew, and run it."""
    plan, values = case.function.plan, case.batches[0]
    step = [0] * plan.draws
    with traced():
        before = numpy_bytes()
        program = case.session.program(plan, case.session.store)
        kept = numpy_bytes() - before
        program.run(*values, *step)  # which makes what Python and NumPy keep for the next time
        return Measured(kept, peak(lambda: program.run(*values, *step)))


@contextmanager
def traced() -> Iterator[None]:
    """Follow what is allocated; what earlier tests have left goes first."""
    gc.collect()
    tracemalloc.start()
    try:
        yield
    finally:
        tracemalloc.stop()


def peak(action: Callable[[], object]) -> int:
    """Give the largest number of bytes that something takes at one time."""
    before, _ = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    action()
    return tracemalloc.get_traced_memory()[1] - before


def numpy_bytes() -> int:
    """Give the bytes of all arrays that have been made since tracing began."""
    domain = tracemalloc.DomainFilter(inclusive=True, domain=np.lib.tracemalloc_domain)
    return sum(trace.size for trace in tracemalloc.take_snapshot().filter_traces([domain]).traces)


@pytest.fixture
def _small_buffers() -> Iterator[None]:
    """Let NumPy's own buffers be small, so that all else can be seen."""
    before = np.setbufsize(16)
    yield
    np.setbufsize(before)


# What a plan says


@pytest.mark.usefixtures("_small_buffers")
@pytest.mark.parametrize("name", ["W1", "W4", "W5", "W6", "W9", "W11", "W12", *NETWORKS])
def test_memory_and_peak_are_as_the_plan_says(name: str) -> None:
    """The memory but for what aligns it; what a run makes anew but for small objects."""
    case = workload(name) if name in WORKLOADS else network(name)
    plan, measured = case.function.plan, measure(case)
    memory = plan.memory - plan.constants  # which are there already
    assert measured.kept - memory in range(ALIGNMENT, PIECES * ALIGNMENT + 1, ALIGNMENT)
    assert 0 <= measured.run - (plan.peak - plan.memory) <= OBJECTS


@pytest.mark.parametrize("name", ["W4", "W6", "W12"])
def test_the_margin_of_the_peak(name: str) -> None:
    """With the buffers that NumPy has by itself, the peak is right to 5 % and 64 KiB."""
    case = workload(name)
    plan, measured = case.function.plan, measure(case)
    assert measured.kept + measured.run == pytest.approx(plan.peak, rel=0.05, abs=BUFFERS)


def test_constants_that_passes_make_belong_to_the_plan() -> None:
    """Those that the user has declared belong to the graph; what was folded on the way is gone."""
    size = 10_000
    x = gn.placeholder((size,), name="x")
    given = gn.constant(np.arange(size, dtype=np.float32))
    folded = gn.sin(gn.cos(given * 0.5))
    part = x.graph.subgraph([x * folded + given], [x])
    with traced():
        before = numpy_bytes()
        plan = compile_graph(part, [x.spec])
        gc.collect()
        kept = numpy_bytes() - before
    assert plan.constants == 4 * size
    assert kept == pytest.approx(plan.constants, abs=OBJECTS)


def test_a_plan_keeps_its_own_nodes_only() -> None:
    """What passes have replaced is given back; the graph that was given stays as it is."""
    x = gn.placeholder((None, 4), name="x")
    loss = gn.square(gn.nn.Dense(3, gn.relu)(x)).mean()
    part = x.graph.subgraph([loss], [x])
    nodes = list(part.nodes)
    plan = compile_graph(part, [x.spec.with_shape((5, 4))])
    assert part.nodes == nodes
    own, given = set(plan.graph.nodes), {*part.nodes, *x.graph.nodes}
    known = {other for node in plan.graph.nodes for other in node.graph.nodes}
    assert known <= own | given


@pytest.mark.usefixtures("_small_buffers")
@pytest.mark.parametrize("optimize", [True, False])
def test_values_made_in_a_run(*, optimize: bool) -> None:
    """What is forgotten counts no more, unless something shows its memory; copies count."""
    size = 100_000
    x = gn.placeholder((size,), name="x")
    total = gn.Variable(np.zeros(size, np.float32))
    first = gn.py_call(lambda x: x + 1, x, gn.float32, (size,))
    second = gn.py_call(lambda x: x + 1, first[: size // 2], gn.float32, (size // 2,))
    third = gn.py_call(lambda x: x + 1, second, gn.float32, (size // 2,))
    fetches = [third, total, x.reshape(2, -1)]
    case = called(x.graph, fetches, [x], [[np.zeros(size, np.float32)]], optimize=optimize)
    plan, measured = case.function.plan, measure(case)
    assert plan.peak >= 4 * (size // 2 + size + size)
    assert measured.run == pytest.approx(plan.peak - plan.memory, abs=OBJECTS)


def test_operands_of_calls_count() -> None:
    """A call may need an array of equal numbers, which is known when the plan is printed."""
    x = gn.placeholder((100, 50), name="x")
    graph = x.graph.subgraph([gn.tanh(gn.sum(gn.tanh(x), axis=0))], [x])
    plan = gn.compiler.compile_graph(graph, [x.spec])
    program = Program(plan, seed=0)
    assert "ones_100" in program.source
    assert program.plan.memory == plan.memory + 100 * 4
    assert program.plan.peak == plan.peak + 100 * 4
    assert Program(program.plan, seed=0).plan.memory == program.plan.memory


def test_a_peak_that_is_a_bound() -> None:
    """Where extents are unknown or user code runs, the table says so."""
    x = gn.placeholder((100,), name="x")
    some = gn.py_call(np.flatnonzero, x, gn.int64, (None,))
    for fetched, words in ((gn.sum(some), "peak at least 8 bytes"), (x + 1, "peak 400 bytes")):
        plan = gn.compiler.compile_graph(x.graph.subgraph([fetched], [x]), [x.spec])
        assert words in str(plan).splitlines()[-1]


def test_a_function_shows_the_plan_of_its_latest_call() -> None:
    """Other shapes have another plan; before the first call there is none."""
    x = gn.placeholder((None,), name="x")
    with gn.Session() as session:
        function = session.compile(gn.exp(gn.tanh(x)), [x])
        with pytest.raises(gn.errors.GraphnetError, match="the function has no plan yet"):
            _ = function.plan
        for size in (100, 1000, 100):
            function(np.zeros(size, np.float32))
            memory = -(-4 * size // ALIGNMENT) * ALIGNMENT
            assert (function.plan.memory, function.plan.peak) == (memory, memory + 4 * size)
            assert "codegen" in str(function.plan.report)


# What a step of training allocates


@pytest.mark.usefixtures("_small_buffers")
@pytest.mark.parametrize("name", TRAINING)
def test_a_training_step_makes_no_arrays_but_its_fetches(name: str) -> None:
    """Of many steps, only the losses stay; at no time there is more than small objects."""
    case = workload(name)

    def train() -> None:
        for number in range(STEPS):
            case.step(number)

    with traced():
        train()
        most = peak(train)
        before = numpy_bytes()
        losses = [case.step(number)[0] for number in range(STEPS)]
        assert numpy_bytes() - before == sum(loss.nbytes for loss in losses) == 4 * STEPS
    views = str(case.function.plan).count(" index(x) ")
    assert most <= FEW + views * VIEW


@pytest.mark.parametrize("name", TRAINING)
def test_nothing_accumulates(name: str) -> None:
    """After many steps as much memory is in use as before them."""
    case = workload(name)

    def train() -> int:
        for number in range(STEPS):
            case.step(number)
        return tracemalloc.get_traced_memory()[0]

    with traced():
        train()
        assert abs(train() - train()) < 4 * STEPS  # less than a loss each
