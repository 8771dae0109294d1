"""``Timing``: what one call of a program took, and the list of all of them."""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from graphnet.compiler.codegen import Code
from graphnet.compiler.plan import Plan
from graphnet.compiler.steps import Alias, Blocks, Call, Copy, Fill, Place, Release, Step
from graphnet.compiler.table import show_place
from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Memory
from graphnet.profiling.twin import Times, Twin

__all__ = ["Timing", "timings"]


@dataclass(frozen=True, slots=True)
class Timing:
    """One call of a program, as of a NumPy function, and what it takes.

    Attributes:
        op: The op; or ``fill`` and ``copy`` for copies on behalf of a node, ``free`` for giving
            memory back, ``commit`` for new values that are copied to variables.
        text: The call, as the program's text has it.
        seconds: The best time.
        node: The node that it computes; None if it stands for none.
        read: Bytes of what it reads, as far as they are known.
        written: Bytes of what it writes.
        place: Where its results lie, as the plan's table shows it.
        blocks: In how many blocks it is done.
        commit: Whether it is part of the commit, after all that can fail.
        copies: Seconds of each copy to variables, where it stands for all of them.

    Example:
        >>> timing = Timing("exp", "exp(x, y)", 2e-6, read=4000, written=4000)
        >>> timing.name, timing.nbytes, timing.rate
        ('', 8000, 4000000000.0)
    """

    op: str
    text: str
    seconds: float
    node: Node | None = None
    read: int = 0
    written: int = 0
    place: str = ""
    blocks: int = 1
    commit: bool = False
    copies: tuple[float, ...] = ()

    @property
    def name(self) -> str:
        """The name of the node; empty if there is none."""
        return self.node.name if self.node else ""

    @property
    def source(self) -> str:
        """The line of user code that made the node; empty if there is none."""
        return str(self.node.site) if self.node else ""

    @property
    def nbytes(self) -> int:
        """Bytes read and written."""
        return self.read + self.written

    @property
    def rate(self) -> float:
        """Bytes per second; 0 where the time is too short for the clock."""
        return self.nbytes / self.seconds if self.seconds > 0 else 0.0


def timings(code: Code, plan: Plan, twin: Twin, best: Times) -> list[Timing]:
    """Give what every call of a program took, in their order.

    Args:
        code: The text of the program.
        plan: What it was printed from.
        twin: Its twin.
        best: The times of the twin's statements.
    """
    found: list[Timing] = []
    timed = zip(twin.statements, best.statements, strict=True)
    bodies = iter(zip(twin.bodies, best.blocks, strict=True))
    whole = 0.0
    for statement, time in timed:
        seconds = max(0, time - best.clock) * 1e-9
        match code.lines.get(statement.lineno):
            case None:
                pass  # the commit, call by call below
            case Blocks() as step:
                whole += seconds
                if isinstance(statement, ast.Expr):
                    found += in_blocks(step, plan, *next(bodies), best.clock, whole)
                    whole = 0.0
            case step:
                found.append(timing(step, plan.places, ast.unparse(statement), seconds))
    times = [max(0, time - best.clock) * 1e-9 for time in best.commit]
    return [*found, *committed(plan, twin.commit, times)]


def timing(step: Step, places: Mapping[Tensor, Place], text: str, seconds: float) -> Timing:
    """Give what one step took."""
    match step:
        case Call(node):
            return called(node, places, text, seconds)
        case Fill(node, index):
            size = nbytes([node.inputs[index]])
            place = f"part {index} of {node.name}"
            return Timing("fill", text, seconds, node, size, size, place)
        case Copy(source):
            size = nbytes([source])
            return Timing("copy", text, seconds, source.node, size, size, "taken")
        case Release():
            return Timing("free", text, seconds)
        case Blocks() | Alias():
            raise AssertionError("please report: a step that has no line of its own")


def called(node: Node, places: Mapping[Tensor, Place], text: str, seconds: float) -> Timing:
    """Give what the call for a node took; a view moves no bytes."""
    moves = node.op.memory is not Memory.VIEW
    read = nbytes(dict.fromkeys(node.inputs)) if moves else 0
    written = nbytes(node.outputs) if moves else 0
    place = ", ".join(show_place(places[output]) for output in node.outputs)
    return Timing(node.op.name, text, seconds, node, read, written, place)


def in_blocks(
    step: Blocks, plan: Plan, body: Sequence[ast.stmt], times: list[int], clock: int, whole: float
) -> Iterator[Timing]:
    """Share the time of a loop over blocks among its calls, as they have kept threads busy."""
    busy = [max(0, time - clock * step.number) for time in times]
    total = sum(busy)
    for call, statement, time in zip(step.calls, body, busy, strict=True):
        seconds = whole * (time / total if total else 1 / len(busy))
        made = called(call.node, plan.places, ast.unparse(statement), seconds)
        yield replace(made, blocks=step.number)


def committed(plan: Plan, texts: Sequence[str], times: Sequence[float]) -> Iterator[Timing]:
    """Give what the calls of the commit took: those of nodes, and all copies as one."""
    updates = len(plan.updates)
    for step, text, seconds in zip(plan.updates, texts, times, strict=False):
        yield replace(called(step.node, plan.places, text, seconds), commit=True)
    if plan.writes:
        size = nbytes(value for _, value in plan.writes)
        names = [variable.name for variable in chain(*(target for target, _ in plan.writes))]
        place = names[0] if len(names) == 1 else f"{len(names)} variables"
        text, copies = "; ".join(texts[updates:]), tuple(times[updates:])
        total = sum(copies)
        yield Timing("commit", text, total, None, size, size, place, commit=True, copies=copies)


def nbytes(tensors: Iterable[Tensor]) -> int:
    """Give the bytes of values, as far as they are known."""
    return sum(tensor.spec.nbytes or 0 for tensor in tensors)
