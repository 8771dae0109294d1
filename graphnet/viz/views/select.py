"""What is drawn: from the things that users have in hand to nodes."""

from collections.abc import Iterable, Iterator
from typing import Any, Protocol, TypeAlias, runtime_checkable

from graphnet.compiler.plan import Plan
from graphnet.compiler.program import Program
from graphnet.errors import ArgumentError
from graphnet.ir.context import creation_site
from graphnet.ir.graph import Graph, needs, reach
from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Effect
from graphnet.ops.sources import Variable
from graphnet.session.compiled import Compiled

__all__ = ["Drawable", "Model", "Selection", "in_hand", "plan_of", "select"]


@runtime_checkable
class Model(Protocol):
    """What layers are, as far as pictures know."""

    @property
    def label(self) -> str:
        """Its name, with the scopes around it."""

    def declared(self) -> list[Node]:
        """Give the nodes that its calls have declared."""


Drawable: TypeAlias = (
    Graph | Tensor | Node | Iterable[Tensor | Node] | Compiled | Program | Plan | Model
)

Selection: TypeAlias = tuple[list[Node], list[Node]]
"""Nodes in dependency order, and those among them that were asked for by name."""


def select(what: Any, caller: str = "draw") -> Selection:
    """Give the nodes that something stands for, and those that were asked for by name.

    Args:
        what: A graph; tensors and operations, which stand for all that they need; a compiled
            function, a program or a plan, which stand for the optimised graph; or a model.
        caller: The function that is given it, for messages.

    Raises:
        ArgumentError: It is nothing that can be drawn, or belongs to several graphs.

    Example:
        >>> import graphnet as gn
        >>> y = gn.tanh(gn.placeholder((2,), name="x"))
        >>> [node.name for node in select(y)[0]]
        ['x', 'tanh']
    """
    match what:
        case type() | str() | bytes() | dict():
            raise refused(what, caller)
        case Graph():
            hidden = only_initial(what)
            return [node for node in what.nodes if node not in hidden], []
        case Compiled() | Program() | Plan():
            return of_plan(plan_of(what))
        case Model():
            return of_model(what, caller)
        case Tensor() | Node():
            return cone([what], caller)
        case Iterable():
            return cone(list(what), caller)
    raise refused(what, caller)


def in_hand(what: Any) -> Any:
    """Give what can be looked at more than once: a list of what an iterator gives."""
    return list(what) if isinstance(what, Iterator) else what


def plan_of(what: Compiled | Program | Plan) -> Plan:
    """Give the plan of what has one.

    Raises:
        GraphnetError: It is a function that has not been called yet.
    """
    return what if isinstance(what, Plan) else what.plan


def of_plan(plan: Plan) -> Selection:
    """Give the nodes of the optimised graph, with the variables, which it only refers to."""
    inside = dict.fromkeys(plan.graph.nodes)
    outside = dict.fromkeys(
        tensor.node
        for node in inside
        for tensor in (*node.inputs, *plan.graph.inputs)
        if tensor.node not in inside
    )
    return [*outside, *inside], [tensor.node for tensor in plan.fetches]


def of_model(model: Model, caller: str) -> Selection:
    """Give the nodes of a model, and what these take from outside."""
    inside = model.declared()
    if not inside:
        raise ArgumentError(
            f"{caller}: {model.label!r} has not been called yet, so that it has no graph",
            at=str(creation_site()),
            hint="call it first, as in model(gn.placeholder((None, 2)))",
        )
    graph = inside[0].graph
    hidden = only_initial(graph)
    own = {node for node in inside if node not in hidden}
    own |= {tensor.node for node in own for tensor in node.inputs}
    return [node for node in graph.nodes if node in own], []


def cone(items: list[Any], caller: str) -> Selection:
    """Give the nodes that tensors and operations need."""
    for item in items:
        if not isinstance(item, Tensor | Node):
            raise refused(item, caller)
    graphs = list(dict.fromkeys(graph_at(item) for item in items))
    if len(graphs) != 1:
        raise ArgumentError(
            f"{caller}: expected tensors and operations of one graph, found {len(graphs)} graphs",
            at=str(creation_site()),
            hint="draw each graph in a picture of its own"
            if graphs
            else "give at least one tensor or operation",
        )
    reached = set(reach(items, frozenset()))
    wanted = [item.node if isinstance(item, Tensor) else item for item in items]
    return [node for node in graphs[0].nodes if node in reached], list(dict.fromkeys(wanted))


def graph_at(item: Tensor | Node) -> Graph:
    """Give the graph that a tensor or an operation was declared in."""
    return item.node.graph if isinstance(item, Tensor) else item.graph


def refused(what: object, caller: str) -> ArgumentError:
    """Give the error for what is nothing that can be drawn."""
    return ArgumentError(
        f"{caller}: {what!r:.60} has no graph",
        at=str(creation_site()),
        hint="give a graph, tensors and operations, a compiled function, its plan, or a model",
    )


def only_initial(graph: Graph) -> set[Node]:
    """Give the nodes that only the initial values of variables need."""
    initial = [
        variable.initial_value for variable in graph.variables() if isinstance(variable, Variable)
    ]
    above = set(reach(initial, frozenset()))
    needed = {output.node for output in graph.outputs}
    for node in reversed(graph.nodes):
        if node not in above or node in needed or node.op.effect is Effect.READS:
            needed.add(node)
            needed.update(needs(node))
    return above - needed
