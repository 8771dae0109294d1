"""What the compiler did to each declared node, and the graph behind each of its stages.

A history is made by compiling once more with someone watching: passes say nothing about what they
do, but every rewriting knows what has taken the place of which tensor.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ParamSpec, TypeVar

from graphnet.compiler.changes import Change, Changes, Stage
from graphnet.compiler.fates import Fate, Outcome
from graphnet.compiler.lower_state import Lowered
from graphnet.compiler.options import Options
from graphnet.compiler.pipeline import compile_graph
from graphnet.compiler.plan import Plan
from graphnet.compiler.report import Report
from graphnet.compiler.steps import Alias, View
from graphnet.compiler.store import Store
from graphnet.errors import align
from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.rewrite import rewritten
from graphnet.ir.spec import Spec

__all__ = ["History", "history"]

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class History:
    """What the compiler did.

    Attributes:
        fates: What became of each declared node, by name, in the order of the graph.
        graphs: The declared graph, and the graph behind each stage that made another one.
        plan: The plan that came out.

    Example:
        >>> import graphnet as gn
        >>> x = gn.placeholder((2,), name="x")
        >>> part = x.graph.subgraph([gn.exp(x * 1) + gn.exp(x)], [x])
        >>> print(history(part, [x.spec]))
          x         kept
          exp_1     kept
          constant  pruned             simplify
          multiply  simplified to x    simplify
          exp       merged with exp_1  merge_duplicates
          add       kept
    """

    fates: Mapping[str, Fate]
    graphs: Sequence[tuple[str, Graph]]
    plan: Plan

    @property
    def counts(self) -> Mapping[Outcome, int]:
        """How many nodes there are of each fate."""
        found = Counter(fate.outcome for fate in self.fates.values())
        return {outcome: found[outcome] for outcome in Outcome if found[outcome]}

    def summary(self) -> str:
        """Give the counts in words."""
        parts = [f"{number} {outcome.value}" for outcome, number in self.counts.items()]
        return f"of {len(self.fates)} declared nodes: {', '.join(parts)}"

    def by_position(self) -> dict[int, list[Fate]]:
        """Give the fates by the position, in the optimised graph, of what stands for the nodes."""
        positions = {node: position for position, node in enumerate(self.plan.graph.nodes)}
        found: dict[int, list[Fate]] = {}
        for fate in self.fates.values():
            if fate.into in positions:
                found.setdefault(positions[fate.into], []).append(fate)
        return found

    def __str__(self) -> str:
        """Give one row per declared node: what became of it, and in which stage."""
        rows = [(name, str(fate), fate.stage) for name, fate in self.fates.items()]
        return "\n".join(align(rows))


def history(
    graph: Graph,
    specs: Sequence[Spec],
    options: Options | None = None,
    store: Store | None = None,
    threads: int = 1,
) -> History:
    """Compile a graph, and tell what became of each of its nodes.

    Args:
        graph: What the fetches need, as ``Graph.subgraph`` gives it.
        specs: The spec of the array fed for each input, without unknown extents.
        options: Which steps run; by default all of them.
        store: Where the variables lie.
        threads: How many threads may work on large arrays.

    Example:
        >>> import graphnet as gn
        >>> x = gn.placeholder((2,), name="x")
        >>> part = x.graph.subgraph([gn.exp(x) + gn.exp(x)], [x])
        >>> found = history(part, [x.spec])
        >>> str(found.fates["exp"]), [stage for stage, _ in found.graphs][:3]
        ('merged with exp_1', ['declared', 'specialize', 'prune'])
    """
    recorder = Recorder(graph)
    plan = compile_graph(graph, specs, options, store, threads, recorder)
    fates = [Fate(node, into=node) for node in graph.nodes]
    before = recorder.declared
    for stage in recorder.taken:
        changes = Changes(stage, before).found()
        fates = [after(fate, changes, stage.name) for fate in fates]
        before = stage.graph
    views = {step.node for step in plan.steps if isinstance(step, Alias)}
    fates = [seen(fate, views, plan) for fate in fates]
    graphs = [("declared", recorder.declared)]
    graphs += [(stage.name, stage.graph) for stage in recorder.taken]
    return History(dict(with_others(fates)), graphs, replace(plan, report=recorder.plain()))


class Recorder(Report):
    """A report that keeps the graph behind each stage that makes one.

    Args:
        graph: The declared graph.

    Attributes:
        declared: The declared graph, as it was.
        taken: The stages.
    """

    def __init__(self, graph: Graph) -> None:
        super().__init__()
        self.declared = copy_of(graph)
        self.taken: list[Stage] = []

    def plain(self) -> Report:
        """Give the times and remarks alone, so that no plan keeps the graphs."""
        report = Report()
        report.stages, report.remarks = self.stages, self.remarks
        return report

    def run(
        self, name: str, function: Callable[P, T], *arguments: P.args, **options: P.kwargs
    ) -> T:
        """Give what a function gives, and keep it, if it is a graph."""
        with rewritten() as done:
            result = super().run(name, function, *arguments, **options)
        graph = result.graph if isinstance(result, Lowered) else result
        if isinstance(graph, Graph):
            self.taken.append(Stage(name, copy_of(graph), done))
        return result


def copy_of(graph: Graph) -> Graph:
    """Give a graph of the same nodes: the compiler empties its own when it is done."""
    copied = Graph()
    copied.nodes = list(graph.nodes)
    copied.inputs, copied.outputs = graph.inputs, graph.outputs
    return copied


def after(fate: Fate, changes: Mapping[Node, Change], stage: str) -> Fate:
    """Give the fate of a node behind a stage."""
    if fate.into is None:
        return fate
    outcome, into, own = changes[fate.into]
    if outcome is Outcome.KEPT or not fate.own:
        return replace(fate, into=into)
    return replace(fate, outcome=outcome, stage=stage, into=into, own=own)


def seen(fate: Fate, views: set[Node], plan: Plan) -> Fate:
    """Give the fate of a node behind memory planning, where views need no call any more."""
    if fate.into is None or fate.into not in views or not fate.own:
        return fate
    place = plan.places[fate.into.outputs[0]]
    base = place.base.node if isinstance(place, View) else fate.into
    return replace(fate, outcome=Outcome.ABSORBED, stage="allocate", into=base, own=False)


def with_others(fates: Iterable[Fate]) -> Iterator[tuple[str, Fate]]:
    """Give the fates by name, and tell those that are joined with what."""
    fates = list(fates)
    groups: dict[Node | None, list[str]] = {}
    for fate in fates:
        if fate.outcome is Outcome.JOINED:
            groups.setdefault(fate.into, []).append(fate.name)
    for fate in fates:
        names = groups.get(fate.into, ()) if fate.outcome is Outcome.JOINED else ()
        others = tuple(name for name in names if name != fate.name)
        yield fate.name, replace(fate, others=others)
