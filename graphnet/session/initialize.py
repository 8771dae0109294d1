"""Initial values: all in one graph, in which every variable stands for what it starts from.

So an initial value that depends on another variable sees the initial value of that one, whenever
either is first needed and whatever has been written meanwhile.
"""

from collections.abc import Iterable, Sequence

from graphnet.errors import FeedError, GraphError
from graphnet.ir.graph import Graph, reach
from graphnet.ir.node import Node
from graphnet.ir.rewrite import rewriting
from graphnet.ir.tensor import Tensor, describe
from graphnet.ir.traits import Effect
from graphnet.ops.sources import Variable

__all__ = ["initial_graph"]


def initial_graph(graph: Graph, variables: Sequence[Tensor]) -> Graph:
    """Give the graph whose outputs are the initial values of ``variables``.

    Args:
        graph: Where the variables were declared.
        variables: Whose initial values are wanted.

    Raises:
        FeedError: An initial value depends on a placeholder.
        GraphError: An initial value depends on a write.
    """
    found = cone(variables)
    needed = [node for node in graph.nodes if node in found]
    with rewriting(Graph()) as made:
        for node in needed:
            # A variable is there before anything runs: what its declaration waits for is not.
            made.nodes.update((before, ()) for before in node.control)
            if node.op.effect is Effect.READS:
                start = initial_value(node.outputs[0])
                made.replace(node.outputs[0], made.tensors.get(start, start))
            elif node.op.effect in {Effect.FED, Effect.WRITES}:
                raise refused(node, needed)
            else:
                made.keep(node)
    made.finish((), variables)
    return made.graph


def initial_value(variable: Tensor) -> Tensor:
    """Give the tensor that computes the first value of a variable."""
    assert isinstance(variable, Variable), "please report: state that is no variable"
    return variable.initial_value


def cone(variables: Sequence[Tensor]) -> set[Node]:
    """Give the nodes of variables, of their initial values, and of all that these depend on."""
    found: set[Node] = set()
    pending = [variable.node for variable in variables]
    while pending:
        node = pending.pop()
        if node not in found:
            found.add(node)
            pending += [tensor.node for tensor in node.inputs]
            if node.op.effect is Effect.READS:
                pending.append(initial_value(node.outputs[0]).node)
    return found


def refused(node: Node, needed: Iterable[Node]) -> FeedError | GraphError:
    """Say that an initial value depends on a placeholder or on a write."""
    states = [other.outputs[0] for other in needed if other.op.effect is Effect.READS]
    depends = (state for state in states if node in reach([initial_value(state)], frozenset()))
    variable = next(depends)
    fed = node.op.effect is Effect.FED
    return (FeedError if fed else GraphError)(
        f"the initial value of {variable.name!r} depends on {node.op.name} {node.name!r}",
        rows=[*map(describe, (variable, *node.outputs))],
        hint="start from what is known before the first run, and write the variable in a run: "
        "gn.assign(variable, value)",
    )
