"""What an optimizer keeps from step to step: variables, made when the first step is declared."""

from collections.abc import Sequence
from itertools import chain, count

from graphnet.errors import GraphError, near_names
from graphnet.ir.context import context, creation_site, outside
from graphnet.ir.graph import Graph
from graphnet.ir.names import name_scope
from graphnet.ir.spec import static
from graphnet.ir.tensor import Tensor, describe
from graphnet.ops.extents import full
from graphnet.ops.sources import Variable
from graphnet.typing import DType

__all__ = ["State"]


class State:
    """The slots of an optimizer: variables by the variable that they belong to, and by name.

    Steps for the same variable share its slots. They are named under a scope of the optimizer that
    no other node of the graph is in.

    Args:
        label: The name of the optimizer.
    """

    def __init__(self, label: str) -> None:
        self.label = label
        self.kept: dict[tuple[Variable, str], Variable] = {}
        self.scopes: dict[Graph, str] = {}

    def scope(self, graph: Graph) -> str:
        """Give the scope of the optimizer in a graph."""
        if graph not in self.scopes:
            self.scopes[graph] = free_scope(graph, context.scope + self.label)
        return self.scopes[graph]

    def slot(self, variable: Variable, name: str, start: Tensor | None = None) -> Variable:
        """Find or make the slot of one variable, of its shape and dtype; by default of zeros."""
        if (variable, name) not in self.kept:
            scope = f"{self.scope(variable.graph)}/{variable.name}/"
            with variable.graph, outside(), name_scope(scope):
                initial = (
                    full(static(variable.shape), 0, variable.dtype) if start is None else start
                )
                self.kept[variable, name] = Variable(initial, name, trainable=False)
        return self.kept[variable, name]

    def number(
        self, variables: Sequence[Variable], name: str, start: float, dtype: DType
    ) -> Variable:
        """Find or make a number that belongs to several variables."""
        known = [self.kept[each, name] for each in variables if (each, name) in self.kept]
        found = known[0] if known else self.make_number(variables[0].graph, name, start, dtype)
        for variable in variables:
            self.kept.setdefault((variable, name), found)
        return found

    def make_number(self, graph: Graph, name: str, start: float, dtype: DType) -> Variable:
        """Make a variable without axes."""
        with graph, outside(), name_scope(f"{self.scope(graph)}/"):
            return Variable(graph.as_tensor(start, dtype), name, trainable=False)

    @property
    def variables(self) -> tuple[Variable, ...]:
        """All of them, each once."""
        return tuple(dict.fromkeys(self.kept.values()))

    def find(self, variable: Variable, name: str) -> Variable:
        """Give one slot of a variable.

        Raises:
            GraphError: There is none; the message says which there are.
        """
        if (variable, name) in self.kept:
            return self.kept[variable, name]
        names = [slot for owner, slot in self.kept if owner is variable]
        known = f"its slots are {', '.join(map(repr, names))}" if names else None
        raise GraphError(
            f"{self.label}: there is no slot {name!r:.60}",
            at=str(creation_site()),
            rows=[describe(variable)] if isinstance(variable, Tensor) else [(repr(variable),)],
            hint=near_names(str(name), names)
            or known
            or "slots are made by minimize, for the variables that it updates",
        )


def free_scope(graph: Graph, label: str) -> str:
    """Give ``label``, or ``label_1``, ``label_2``, ..., where no node is in that scope yet."""
    candidates = chain([label], (f"{label}_{number}" for number in count(1)))
    names = [node.name.lower() for node in graph.nodes]
    return next(
        scope
        for scope in candidates
        if not any(name.startswith(f"{scope.lower()}/") for name in names)
    )
