"""``Plan``: all decisions about a run as plain data, ready to be printed as code or walked through.

Every value has a place; every step says what is called on which places. Steps refer to tensors of
the optimised graph, which know their names and the lines of user code that they come from.
"""

from dataclasses import dataclass, field
from itertools import chain

from graphnet.compiler.peak import made_in_run
from graphnet.compiler.report import Report
from graphnet.compiler.steps import Blocks, Call, Fill, Held, Own, Place, Span, Step, Target
from graphnet.compiler.table import footer, step_rows, update_rows, write_rows
from graphnet.errors import align
from graphnet.ir.graph import Graph
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Effect
from graphnet.ir.units import count_text, size_text

__all__ = ["Plan"]


@dataclass(frozen=True, repr=False)
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
        constants: Bytes of the constants that passes have made.
        extra: Bytes of what the calls bring along once they are printed: arrays of equal numbers,
            as ones to sum with, and memory for blocks.
        report: How long the stages took that made the plan, and what they declined.

    Example:
        >>> import graphnet as gn
        >>> x = gn.placeholder((2,), name="x")
        >>> graph = x.graph.subgraph([gn.exp(gn.tanh(x))], [x])
        >>> print(gn.compiler.compile_graph(graph, [x.spec]))
          call  tanh(x)    ->  tanh  float32[2]  [0:64]
          call  exp(tanh)  ->  exp   float32[2]  taken
          return exp
        memory 64 bytes, peak 72 bytes, 2 calls
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
    constants: int = 0
    extra: int = 0
    report: Report = field(default_factory=Report, compare=False)

    @property
    def draws(self) -> bool:
        """Whether a step draws random numbers."""
        return any(node.op.effect is Effect.RANDOM for node in self.graph.nodes)

    @property
    def calls(self) -> list[Call]:
        """All calls of kernels, in order."""
        found: list[Call] = []
        for step in self.steps:
            if isinstance(step, Call | Blocks):
                found += step.calls if isinstance(step, Blocks) else [step]
        return [*found, *self.updates]

    @property
    def variables(self) -> tuple[Tensor, ...]:
        """The variables that are read or written."""
        read = [tensor for tensor, place in self.places.items() if isinstance(place, Held)]
        spans = [place.variables for place in self.places.values() if isinstance(place, Span)]
        targets = [target for target, _ in self.writes]
        return tuple(dict.fromkeys([*read, *chain(*spans, *targets)]))

    @property
    def memory(self) -> int:
        """The number of bytes that belong to the plan: what steps share, and what stays.

        Feeds, variables and the constants of the graph that was declared belong to others.
        """
        own = [value for value, place in self.places.items() if isinstance(place, Own)]
        held = sum(value.spec.nbytes or 0 for value in own)
        return self.arena + held + self.constants + self.extra

    @property
    def peak(self) -> int:
        """The largest number of bytes that a run takes: the memory, and what it makes anew.

        That are fetches and their copies, and results of ops that cannot write into given memory.
        Values of unknown extents count nothing, nor does what kernels need while they run.
        """
        repeated = [item for item, again in zip(self.fetches, self.repeats, strict=True) if again]
        return self.memory + made_in_run(self.steps, self.places, repeated)

    @property
    def largest(self) -> int | None:
        """Elements of the largest value; None if the user's code runs, or an extent is unknown."""
        if any(node.op.name == "py_call" for node in self.graph.nodes):
            return None
        values = chain(self.graph.inputs, *(node.outputs for node in self.graph.nodes))
        sizes = [value.spec.size for value in values]
        known = [size for size in sizes if size is not None]
        return max(known, default=0) if len(known) == len(sizes) else None

    @property
    def repeats(self) -> list[bool]:
        """For each fetch whether its value is handed out before, too, so that this is a copy."""
        first: dict[Tensor, int] = {}
        return [first.setdefault(item, place) < place for place, item in enumerate(self.fetches)]

    def __repr__(self) -> str:
        """Give how much it calls, and the memory."""
        calls = count_text(len(self.calls), "call")
        return f"<plan of {calls}, {size_text(self.memory)}>"

    def __str__(self) -> str:
        """Give the table of steps, with places and sizes."""
        rows = [row for step in self.steps for row in step_rows(step, self.places)]
        rows += update_rows(self.updates, self.places)
        rows += write_rows(self.writes)
        fetched = f"  return {', '.join(tensor.name for tensor in self.fetches)}"
        bound = "at least " if self.largest is None else ""
        last = footer(self.memory, f"{bound}{self.peak}", len(self.calls))
        return "\n".join([*align(rows), fetched, last])
