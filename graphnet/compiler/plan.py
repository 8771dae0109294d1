"""``Plan``: all decisions about a run as plain data, ready to be printed as code or walked through.

Every value has a place; every step says what is called on which places. Steps refer to tensors of
the optimised graph, which know their names and the lines of user code that they come from.
"""

from dataclasses import dataclass
from typing import TypeAlias

from graphnet.errors import align
from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Effect

__all__ = [
    "Alias",
    "Call",
    "Copy",
    "Fed",
    "Fixed",
    "Held",
    "Place",
    "Plan",
    "Release",
    "Slot",
    "Step",
    "Taken",
    "View",
]


@dataclass(frozen=True, slots=True)
class Fed:
    """The array that the user feeds; never written to."""


@dataclass(frozen=True, slots=True)
class Held:
    """The memory of a variable."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """The value of a constant."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A span of the plan's arena, which lives as long as the plan.

    Attributes:
        start: First byte.
        size: Number of bytes.
    """

    start: int
    size: int


@dataclass(frozen=True, slots=True)
class Taken:
    """Whatever array the kernel gives, made anew in each run."""


@dataclass(frozen=True, slots=True)
class View:
    """Part of, or all of, the memory of another value, known before running.

    Attributes:
        base: The value.
    """

    base: Tensor


Place: TypeAlias = Fed | Held | Fixed | Slot | Taken | View


@dataclass(frozen=True, slots=True)
class Call:
    """Call the kernel of a node.

    Attributes:
        node: The node.
        into: Whether each output has memory ready that the kernel writes into.
        fresh: Whether that memory is made for this run, because the user will own it.
        inplace: Index of the input whose memory the output takes over, if it does.
    """

    node: Node
    into: bool = False
    fresh: bool = False
    inplace: int | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """Copy a value that is to be fetched or committed, so that it owns its memory.

    Attributes:
        source: The value.
        why: What the copy is for.
    """

    source: Tensor
    why: str


@dataclass(frozen=True, slots=True)
class Release:
    """Forget values that were made in this run and are not needed any more."""

    values: tuple[Tensor, ...]


@dataclass(frozen=True, slots=True)
class Alias:
    """Nothing to do: the outputs of a node are views of memory that never moves."""

    node: Node


Step: TypeAlias = Call | Alias | Copy | Release


@dataclass(frozen=True)
class Plan:
    """What a run does.

    Attributes:
        graph: The optimised graph; its inputs are the feeds, in order.
        steps: What is done, in order.
        places: Where each value lives.
        fetches: What is handed out, in order.
        writes: Variables and the values committed to them when all else is done.
        arena: Number of bytes of memory that belong to the plan.

    Example:
        >>> import graphnet as gn
        >>> x = gn.placeholder((2,), name="x")
        >>> graph = x.graph.subgraph([gn.exp(gn.tanh(x))], [x])
        >>> print(gn.compiler.compile_graph(graph, [x.spec]))
          call  tanh(x)    ->  tanh  float32[2]  [0:64]
          call  exp(tanh)  ->  exp   float32[2]  taken
          return exp
        arena 64 bytes, 2 calls
    """

    graph: Graph
    steps: tuple[Step, ...]
    places: dict[Tensor, Place]
    fetches: tuple[Tensor, ...]
    writes: tuple[tuple[Tensor, Tensor], ...] = ()
    arena: int = 0

    @property
    def draws(self) -> bool:
        """Whether a step draws random numbers."""
        return any(node.op.effect is Effect.RANDOM for node in self.graph.nodes)

    @property
    def variables(self) -> tuple[Tensor, ...]:
        """The variables that are read or written."""
        read = [tensor for tensor, place in self.places.items() if isinstance(place, Held)]
        return tuple(dict.fromkeys((*read, *(variable for variable, _ in self.writes))))

    @property
    def repeats(self) -> list[bool]:
        """For each fetch whether its value is handed out before, too, so that this is a copy."""
        first: dict[Tensor, int] = {}
        return [first.setdefault(item, place) < place for place, item in enumerate(self.fetches)]

    def __str__(self) -> str:
        """Give the table of steps, with places and sizes."""
        rows = [row for step in self.steps for row in step_rows(step, self.places)]
        rows += [("commit", variable.name, "=", value.name) for variable, value in self.writes]
        total = (
            f"arena {self.arena} bytes, {sum(isinstance(step, Call) for step in self.steps)} calls"
        )
        return "\n".join(
            [*align(rows), f"  return {', '.join(t.name for t in self.fetches)}", total]
        )


def step_rows(step: Step, places: dict[Tensor, Place]) -> list[tuple[str, ...]]:
    """Give the rows that show one step."""
    match step:
        case Call(node) | Alias(node):
            inputs = ", ".join(tensor.name for tensor in node.inputs)
            call = f"{node.op.name}({inputs})"
            return [
                (
                    step_name(step),
                    call,
                    "->",
                    output.name,
                    str(output.spec),
                    show_place(places[output], step),
                )
                for output in node.outputs
            ]
        case Copy(source, why):
            return [("copy", source.name, "->", why, str(source.spec))]
        case Release(values):
            return [("free", ", ".join(value.name for value in values))]


def step_name(step: Step) -> str:
    """Give the kind of a step."""
    return type(step).__name__.lower()


def show_place(place: Place, step: Call | Alias) -> str:
    """Give a place as the table shows it."""
    match place:
        case Slot(start, size):
            where = f"[{start}:{start + size}]"
            return where if isinstance(step, Alias) or step.inplace is None else f"{where} in place"
        case View(base):
            return f"view of {base.name}"
    return type(place).__name__.lower()
