"""Initial values: which variables must have theirs before which others."""

from collections.abc import Collection, Iterable, Iterator, Sequence

import networkx as nx

from graphnet.ir.graph import reach
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Effect
from graphnet.ops.sources import Variable

__all__ = ["generations", "initial_value"]


def initial_value(variable: Tensor) -> Tensor:
    """Give the tensor that computes the first value of a variable."""
    assert isinstance(variable, Variable), "please report: state that is no variable"
    return variable.initial_value


def generations(
    variables: Iterable[Tensor], known: Collection[Tensor]
) -> Iterator[Sequence[Tensor]]:
    """Give the variables, and those that their initial values read, in groups.

    The variables of a group need only those of the groups before it, and stand in the order in
    which they were declared.

    Args:
        variables: Variables without a value.
        known: Variables that have one.
    """
    dag: nx.DiGraph[Tensor] = nx.DiGraph()
    pending = list(variables)
    dag.add_nodes_from(pending)
    while pending:
        variable = pending.pop()
        for read in variables_read(initial_value(variable)):
            if read not in known:
                if read not in dag:
                    pending.append(read)
                dag.add_edge(read, variable)
    position = {node: index for index, node in enumerate(graph_nodes(dag))}
    for generation in nx.topological_generations(dag):
        yield sorted(generation, key=lambda variable: position[variable.node])


def graph_nodes(dag: "nx.DiGraph[Tensor]") -> Sequence[object]:
    """Give the nodes of the graph that the variables were declared in."""
    return next((variable.graph.nodes for variable in dag), [])


def variables_read(tensor: Tensor) -> list[Tensor]:
    """Give the variables whose values a tensor depends on."""
    nodes = reach([tensor], frozenset())
    return [node.outputs[0] for node in nodes if node.op.effect is Effect.READS]
