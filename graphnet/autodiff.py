"""Gradients: one reverse sweep that asks every op for its rule and adds ordinary nodes."""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import add
from typing import Any

import networkx as nx

from graphnet.errors import DefinitionError, GradientError, Row
from graphnet.ir.context import creation_site
from graphnet.ir.graph import Graph, graph_of, reach
from graphnet.ir.names import name_scope
from graphnet.ir.node import Node
from graphnet.ir.spec import is_float
from graphnet.ir.tensor import Tensor, describe
from graphnet.ir.traits import Effect
from graphnet.ir.ways import shortest_way
from graphnet.ops.like import ones_like, reshape_like, zeros_like

__all__ = ["gradients"]

SHOWN = 6
"""How many nodes messages show at either end of a long way."""


def gradients(
    ys: Tensor | Sequence[Tensor],
    xs: Tensor | Sequence[Tensor],
    grad_ys: Tensor | Sequence[Tensor | None] | None = None,
    stop_gradients: Tensor | Iterable[Tensor] = (),
    *,
    allow_unused: bool = False,
) -> list[Tensor]:
    r"""Declare the gradients of the sum of ``ys`` with respect to each of ``xs``.

    :math:`g_j = \sum_i \langle \bar y_i, \partial y_i / \partial x_j \rangle` by reverse
    accumulation: one sweep backwards through the nodes between ``xs`` and ``ys``.

    The gradients are ordinary tensors, so that a second derivative is a second call.

    Args:
        ys: Floating tensor or tensors of any shape.
        xs: Floating tensor or tensors of the same graph.
        grad_ys: Cotangents of ``ys``, of their shapes; ones where None.
        stop_gradients: Tensors that no gradient flows through; an x among them gets its own all the
            same, so that partial derivatives can be had of what depends on each other.
        allow_unused: Give zeros for an x that does not influence ``ys``, in place of an error.

    Returns:
        One tensor per x, of its spec.

    Raises:
        GradientError: An x does not influence ``ys``, or only through ops that have no derivative;
            the message shows the path and the node where it ends.

    Example:
        >>> import graphnet as gn
        >>> x = gn.placeholder((), name="x")
        >>> (slope,) = gn.gradients(x**3, [x])
        >>> (curvature,) = gn.gradients(slope, [x])
        >>> with gn.Session() as session:
        ...     print(session.run([slope, curvature], {x: 2.0}))
        [array(12., dtype=float32), array(12., dtype=float32)]
    """
    targets = as_list(ys)
    sources = as_list(xs)
    graph = check_arguments(targets, sources)
    sweep = Sweep(sources, targets, frozenset(as_list(stop_gradients)))
    start = len(graph.nodes)
    results: list[Tensor] = []
    try:
        with name_scope("gradients/"):
            sweep.seed(grad_ys)
            for node in reversed(sweep.nodes):
                sweep.propagate(node)
            results = [sweep.result(source, allow_unused=allow_unused) for source in sources]
    finally:
        forget_unused(graph, start, results)
    return results


def as_list(items: Any) -> list[Any]:
    """Give one tensor, or several, as a list."""
    several = isinstance(items, Iterable) and not isinstance(items, Tensor)
    return list(items) if several else [items]


def check_arguments(targets: Sequence[Tensor], sources: Sequence[Tensor]) -> Graph:
    """Give the graph that all belong to.

    Raises:
        GradientError: There are no ys, or something is not a floating tensor.
    """
    if not targets:
        raise GradientError("gradients: there are no ys", hint="give at least one tensor")
    for role, tensors in (("y", targets), ("x", sources)):
        for tensor in tensors:
            if not isinstance(tensor, Tensor):
                hint = f"each {role} must be one"
                raise GradientError(f"gradients: {tensor!r} is not a tensor", hint=hint)
            if not is_float(tensor.dtype):
                raise GradientError(
                    f"gradients: only floats have gradients, and this {role} is {tensor.dtype}",
                    at=str(creation_site()),
                    rows=[describe(tensor)],
                    hint="use gn.cast(x, gn.float32) before what is to be differentiated",
                )
    return graph_of([*targets, *sources])


class Sweep:
    """One reverse sweep: the nodes between xs and ys, and the cotangents that have arrived."""

    def __init__(
        self, sources: Sequence[Tensor], targets: Sequence[Tensor], stopped: frozenset[Tensor]
    ) -> None:
        above = set(reach(targets, frozenset()))
        self.sources, self.targets, self.stopped = sources, targets, stopped
        self.active: set[Tensor] = set(sources)
        self.nodes: list[Node] = []
        for node in targets[0].graph.nodes:
            free = [output for output in node.outputs if output not in stopped]
            if node in above and free and not self.active.isdisjoint(node.inputs):
                self.nodes.append(node)
                self.active.update(free)
        self.cotangents: dict[Tensor, list[Tensor]] = {}

    def seed(self, given: Tensor | Sequence[Tensor | None] | None) -> None:
        """Let the cotangents of the ys arrive: those given, or ones."""
        seeds = [None] * len(self.targets) if given is None else as_seeds(given)
        if len(seeds) != len(self.targets):
            raise GradientError(f"gradients: {len(seeds)} grad_ys for {len(self.targets)} ys")
        for target, cotangent in zip(self.targets, seeds, strict=True):
            if cotangent is None:
                self.arrive(target, ones_like(target))
            else:
                self.arrive(target, fit_seed(target, cotangent))

    def arrive(self, tensor: Tensor, cotangent: Tensor) -> None:
        """Note one contribution to the cotangent of a tensor."""
        self.cotangents.setdefault(tensor, []).append(cotangent)

    def total(self, tensor: Tensor) -> Tensor | None:
        """Give the sum of all contributions; None if there are none."""
        parts = self.cotangents.get(tensor)
        if not parts:
            return None
        if len(parts) > 1:
            self.cotangents[tensor] = parts = [reduce(add, parts)]
        return parts[0]

    def propagate(self, node: Node) -> None:
        """Ask the op of ``node`` for the cotangents of its inputs."""
        totals = [None if output in self.stopped else self.total(output) for output in node.outputs]
        if all(total is None for total in totals):
            return
        if node.op.vjp is None:
            raise self.undifferentiable(node)
        with name_scope(f"gradients/{node.name}/"):
            filled = [
                zeros_like(output) if total is None and is_float(output.dtype) else total
                for output, total in zip(node.outputs, totals, strict=True)
            ]
            given = node.op.vjp(node, *filled)
        for tensor, cotangent in zip(node.inputs, checked(node, given), strict=True):
            if cotangent is not None and tensor in self.active:
                self.arrive(tensor, cotangent)

    def result(self, source: Tensor, *, allow_unused: bool) -> Tensor:
        """Give the gradient that has arrived at ``source``."""
        total = self.total(source)
        if total is not None:
            return total
        if allow_unused:
            return zeros_like(source)
        path = shortest_way(self.dag(), source.node, {target.node for target in self.targets})
        if not path:
            raise GradientError(
                "gradients: x does not influence ys",
                at=str(creation_site()),
                rows=[
                    describe(source, "x"),
                    *(describe(target, "y") for target in self.targets),
                ],
                hint="leave x out, or give allow_unused=True to get zeros",
            )
        raise self.disconnected(path[1:])

    def dag(self) -> "nx.DiGraph[Node]":
        """The ways from xs to ys; only errors need them."""
        dag: nx.DiGraph[Node] = nx.DiGraph()
        dag.add_nodes_from(source.node for source in self.sources)
        dag.add_edges_from(
            (tensor.node, node)
            for node in self.nodes
            for tensor in node.inputs
            if tensor in self.active
        )
        return dag

    def disconnected(self, path: Sequence[Node]) -> GradientError:
        """Say that x reaches ys only through ops without a derivative, and where."""
        reached = [any(self.cotangents.get(output) for output in node.outputs) for node in path]
        end = path[len(path) - 1 - reached[::-1].index(False) + 1] if False in reached else path[0]
        return GradientError(
            f"gradients: no derivative flows back through {end.op.name} {end.name!r}",
            at=str(creation_site()),
            rows=path_rows(path, end),
            hint=f"{end.op.name} is constant almost everywhere or takes no derivative; "
            "leave x out, or give allow_unused=True to get zeros",
        )

    def undifferentiable(self, node: Node) -> GradientError:
        """Say that an op on the way has no rule."""
        dag = self.dag()
        before = shortest_way(
            dag.reverse(copy=False), node, {source.node for source in self.sources}
        )
        behind = shortest_way(dag, node, {target.node for target in self.targets})
        return GradientError(
            f"gradients: the op {node.op.name} has no gradient rule",
            at=str(creation_site()),
            rows=path_rows([*before[-2:0:-1], *behind], node),
            hint="give the op a `vjp` (gn.py_call: `gradient=`), "
            "or put gn.stop_gradient around its operands",
        )


def as_seeds(given: Any) -> list[Any]:
    """Give the cotangents of ys as a list; a tensor or array is the one of a single y."""
    return list(given) if isinstance(given, list | tuple) else [given]


def fit_seed(target: Tensor, cotangent: Tensor) -> Tensor:
    """Give the cotangent of a y as a tensor of its spec."""
    dtype = None if isinstance(cotangent, Tensor) else target.dtype
    seed = graph_of([target, cotangent]).as_tensor(cotangent, dtype)
    if not target.spec.may_equal(seed.spec):
        raise GradientError(
            "gradients: a cotangent needs the spec of its y",
            at=str(creation_site()),
            rows=[describe(target, "y"), describe(seed, "grad_y")],
        )
    # A cotangent whose extents are not known to be those of its y is checked when it is computed.
    return seed if seed.shape == target.shape else reshape_like(seed, target)


def checked(node: Node, given: Sequence[Tensor | None]) -> Sequence[Tensor | None]:
    """Give what a rule gave, if it fits the inputs of the node."""
    if isinstance(given, Tensor):
        raise DefinitionError(f"vjp of op {node.op.name} gave a tensor; it gives a tuple of them")
    if len(given) != len(node.inputs):
        raise DefinitionError(
            f"vjp of op {node.op.name} gave {len(given)} cotangents for {len(node.inputs)} inputs"
        )
    for tensor, cotangent in zip(node.inputs, given, strict=True):
        if cotangent is not None and not tensor.spec.may_equal(cotangent.spec):
            raise DefinitionError(
                f"vjp of op {node.op.name} gave a cotangent that does not fit its input",
                rows=[describe(tensor, "input"), describe(cotangent, "cotangent")],
            )
    return given


def path_rows(path: Sequence[Node], end: Node) -> list[Row]:
    """Give one row per node from x to ys, the end of the gradient marked; long ways are cut."""
    mark = path.index(end)
    shown = {*range(SHOWN), *range(mark - 1, mark + 2), *range(len(path) - SHOWN, len(path))}
    rows: list[Row] = []
    for position, node in enumerate(path):
        if position in shown:
            word = "->" if node is end else ""
            rows += [(word, *describe(output)) for output in node.outputs[:1]]
        elif position - 1 in shown:
            rows.append(("", "..."))
    return rows


def forget_unused(graph: Graph, start: int, results: Sequence[Tensor]) -> None:
    """Drop the nodes made since ``start`` that no result needs: cotangents nobody asked for."""
    if any(node.op.effect is Effect.READS for node in graph.nodes[start:]):
        return  # a rule has declared a variable: what it starts from must stay, too
    used = set(reach(results, frozenset()))
    graph.nodes[start:] = [node for node in graph.nodes[start:] if node in used]
