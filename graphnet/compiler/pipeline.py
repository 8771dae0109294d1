"""From fetches and feeds to a plan: the stages of the compiler in their order."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeAlias

from graphnet.compiler.allocate import allocate
from graphnet.compiler.layout.copies import copy_feeds, copy_for_reshapes
from graphnet.compiler.layout.join_products import find_sites, join_products, saved
from graphnet.compiler.layout.join_updates import join_updates
from graphnet.compiler.layout.move_scalars import move_scalars
from graphnet.compiler.layout.orders import choose_orders
from graphnet.compiler.lower_state import Lowered, lower_state
from graphnet.compiler.options import Options
from graphnet.compiler.passes.fold_constants import fold_constants
from graphnet.compiler.passes.merge_duplicates import merge_duplicates
from graphnet.compiler.passes.prune import prune
from graphnet.compiler.passes.simplify import simplify
from graphnet.compiler.passes.specialize import specialize
from graphnet.compiler.plan import Plan
from graphnet.compiler.report import Report
from graphnet.compiler.schedule import schedule
from graphnet.compiler.store import Store
from graphnet.ir.graph import Graph
from graphnet.ir.spec import Spec
from graphnet.ir.tensor import Tensor
from graphnet.ops.sources import Constant

__all__ = ["PIPELINE", "Pass", "compile_graph", "optimize"]

Pass: TypeAlias = Callable[[Graph], Graph]

PIPELINE: tuple[Pass, ...] = (prune, simplify, fold_constants, simplify, merge_duplicates)
"""The passes that make a graph smaller, in the order in which they run.

Simplification turns what shapes decide into constants; folding them may leave neutral operands.
"""


def compile_graph(
    graph: Graph,
    specs: Sequence[Spec],
    options: Options | None = None,
    store: Store | None = None,
    threads: int = 1,
    report: Report | None = None,
) -> Plan:
    """Make the plan that computes the outputs of ``graph``.

    Args:
        graph: What the fetches need, as ``Graph.subgraph`` gives it.
        specs: The spec of the array fed for each input, without unknown extents.
        options: Which steps run; by default all of them.
        store: Where the variables lie; plans ask it to put some side by side.
        threads: How many threads may work on large arrays.
        report: Takes the times of the stages, and what they decline.

    Raises:
        ShapeError: The fed shapes do not fit together.
        GraphError: Two writes to one variable are not ordered.

    Example:
        >>> import graphnet as gn
        >>> x = gn.placeholder((None,), name="x")
        >>> graph = x.graph.subgraph([x * 1 + 2], [x])
        >>> plan = gn.compiler.compile_graph(graph, [gn.ir.Spec((3,), gn.float32)])
        >>> [step.node.op.name for step in plan.steps]
        ['add']
    """
    given = graph
    options, store, report = options or Options(), store or Store(), report or Report()
    by_columns: frozenset[Tensor] = frozenset()
    with no_collection():
        lowered = report.run("specialize", without_state, graph, specs)
        if options.simplify:
            lowered = Lowered(optimize(lowered.graph, report), lowered.targets)
        if options.reuse:
            lowered, by_columns = lay_out(lowered, options, store, report)
        graph, targets = lowered.graph, lowered.targets
        with report.stage("schedule"):
            order = schedule(graph) if options.reuse else graph.nodes
        plan = report.run(
            "allocate",
            allocate,
            graph,
            order,
            targets,
            store,
            by_columns,
            reuse=options.reuse,
            numbers=options.forms,
            threads=threads,
        )
    release(graph, given)
    return replace(plan, report=report, constants=made_constants(graph, given))


def without_state(graph: Graph, specs: Sequence[Spec]) -> Lowered:
    """Give a graph with known shapes, and reads and writes of variables made data."""
    return lower_state(specialize(graph, specs))


def release(graph: Graph, given: Graph) -> None:
    """Let go of what only the passes needed: each node knows the graph that it was made in."""
    own = {graph, given, *(node.graph for node in given.nodes)}
    for made in {node.graph for node in graph.nodes} - own:
        made.nodes.clear()


def made_constants(graph: Graph, given: Graph) -> int:
    """Give the bytes of the constants that were not given."""
    known = {id(node.op.value) for node in given.nodes if isinstance(node.op, Constant)}
    values = [node.op.value for node in graph.nodes if isinstance(node.op, Constant)]
    return sum(value.nbytes for value in values if id(value) not in known)


def lay_out(
    lowered: Lowered, options: Options, store: Store, report: Report
) -> tuple[Lowered, frozenset[Tensor]]:
    """Make the graph fit the way in which memory and NumPy work, and choose orders in memory."""
    graph = report.run("copies", copy_once, lowered.graph)
    if options.scalars:
        graph = report.run("scalars", move_scalars, graph, report)
    if options.orders:
        graph = report.run("products", join_biases, graph, options, store, report)
    lowered = Lowered(graph, lowered.targets)
    if options.updates:
        lowered = report.run("updates", join_updates, lowered, store, report)
    with report.stage("orders"):
        return lowered, choose_orders(lowered.graph) if options.orders else frozenset()


def copy_once(graph: Graph) -> Graph:
    """Make the copies explicit that reshapes need, each one once."""
    return merge_duplicates(copy_for_reshapes(graph))


def join_biases(graph: Graph, options: Options, store: Store, report: Report) -> Graph:
    """Join biases to the products that they are added behind, where orders in memory allow it."""
    copied = copy_feeds(graph)
    sites = find_sites(copied, store, report) if options.products else []
    if not sites and copied is graph:
        return graph
    return join_products(copied, sites, choose_orders(copied, saved(sites)), report)


@contextmanager
def no_collection() -> Iterator[None]:
    """Keep the garbage collector away while graphs are made.

    Every graph is needed until the next one stands, so that there is nothing to collect, and each
    of the collector's rounds would walk through all nodes again.
    """
    enabled = gc.isenabled()
    try:
        gc.disable()
        yield
    finally:
        if enabled:
            gc.enable()


def optimize(graph: Graph, report: Report | None = None) -> Graph:
    """Apply all passes of ``PIPELINE``.

    Args:
        graph: The graph.
        report: Takes the time of each pass.

    Example:
        >>> import graphnet as gn
        >>> x = gn.placeholder((2,), name="x")
        >>> print(gn.compiler.optimize(x.graph.subgraph([x + 0 - (1 - 1)], [x])))
        x = placeholder(shape=(2,), dtype=float32)  # float32[2]
        return x
    """
    report = report or Report()
    for apply in PIPELINE:
        graph = report.run(apply.__name__, apply, graph)
    return graph
