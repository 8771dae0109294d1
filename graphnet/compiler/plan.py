"""``Plan``: all decisions about a run as plain data, ready to be printed as code or walked through.

Every value has a place; every step says what is called on which places. Steps refer to tensors of
the optimised graph, which know their names and the lines of user code that they come from.
"""

from dataclasses import dataclass, field
from itertools import chain

from graphnet.compiler.report import Report
from graphnet.compiler.steps import Call, Fill, Held, Own, Place, Span, Step, Target
from graphnet.compiler.table import footer, step_rows, update_rows, write_rows
from graphnet.errors import align
from graphnet.ir.graph import Graph
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Effect

__all__ = ["Plan"]


@dataclass(frozen=True)
class Plan:
    """What a run does.

    Attributes:
        graph: The optimised graph; its inputs are the feeds, in order.
        steps: What is done, in order.
        places: Where each value lives.
        fetches: What is handed out, in order.
        writes: Variables and the values copied to them when all else is done.
        updates: What is called when all else is done, and writes results into the variables.
        arena: Number of bytes of memory that steps share.
        filled: Operands of concatenations that are written once, when memory is made.
        by_columns: Matrices that are stored column by column.
        report: How long the stages took that made the plan, and what they declined.

    Example:
        >>> import graphnet as gn
        >>> x = gn.placeholder((2,), name="x")
        >>> graph = x.graph.subgraph([gn.exp(gn.tanh(x))], [x])
        >>> print(gn.compiler.compile_graph(graph, [x.spec]))
          call  tanh(x)    ->  tanh  float32[2]  [0:64]
          call  exp(tanh)  ->  exp   float32[2]  taken
          return exp
        memory 64 bytes, 2 calls
    """

    graph: Graph
    steps: tuple[Step, ...]
    places: dict[Tensor, Place]
    fetches: tuple[Tensor, ...]
    writes: tuple[tuple[Target, Tensor], ...] = ()
    updates: tuple[Call, ...] = ()
    arena: int = 0
    filled: tuple[Fill, ...] = ()
    by_columns: frozenset[Tensor] = frozenset()
    report: Report = field(default_factory=Report, compare=False)

    @property
    def draws(self) -> bool:
        """Whether a step draws random numbers."""
        return any(node.op.effect is Effect.RANDOM for node in self.graph.nodes)

    @property
    def variables(self) -> tuple[Tensor, ...]:
        """The variables that are read or written."""
        read = [tensor for tensor, place in self.places.items() if isinstance(place, Held)]
        spans = [place.variables for place in self.places.values() if isinstance(place, Span)]
        targets = [target for target, _ in self.writes]
        return tuple(dict.fromkeys([*read, *chain(*spans, *targets)]))

    @property
    def memory(self) -> int:
        """The number of bytes that belong to the plan: what steps share, and what stays."""
        own = [value for value, place in self.places.items() if isinstance(place, Own)]
        return self.arena + sum(value.spec.nbytes or 0 for value in own)

    @property
    def repeats(self) -> list[bool]:
        """For each fetch whether its value is handed out before, too, so that this is a copy."""
        first: dict[Tensor, int] = {}
        return [first.setdefault(item, place) < place for place, item in enumerate(self.fetches)]

    def __str__(self) -> str:
        """Give the table of steps, with places and sizes."""
        rows = [row for step in self.steps for row in step_rows(step, self.places)]
        rows += update_rows(self.updates, self.places)
        rows += write_rows(self.writes)
        fetched = f"  return {', '.join(tensor.name for tensor in self.fetches)}"
        calls = sum(isinstance(step, Call) for step in (*self.steps, *self.updates))
        return "\n".join([*align(rows), fetched, footer(self.memory, calls)])
