"""A plan as a table for people: one row per step, with places and sizes."""

from collections.abc import Iterator, Mapping, Sequence

from graphnet.compiler.steps import (
    Alias,
    Blocks,
    Call,
    Copy,
    Fill,
    Part,
    Place,
    Release,
    Slot,
    Span,
    Step,
    Target,
    View,
)
from graphnet.ir.tensor import Tensor

__all__ = ["footer", "step_rows", "update_rows", "write_rows"]

Row = tuple[str, ...]


def step_rows(step: Step, places: Mapping[Tensor, Place]) -> list[Row]:
    """Give the rows that show one step."""
    match step:
        case Call() | Alias():
            return list(call_rows(step, places))
        case Blocks(calls):
            return [("block", *row[1:]) for call in calls for row in call_rows(call, places)]
        case Fill(node, index):
            source, whole = node.inputs[index], node.outputs[0]
            return [("fill", source.name, "->", whole.name, str(source.spec), f"part {index}")]
        case Copy(source, why):
            return [("copy", source.name, "->", why, str(source.spec))]
        case Release(values):
            return [("free", ", ".join(value.name for value in values))]


def call_rows(step: Call | Alias, places: Mapping[Tensor, Place]) -> Iterator[Row]:
    """Give one row per output of a node."""
    node = step.node
    inputs = ", ".join(tensor.name for tensor in node.inputs)
    call = f"{node.op.name}({inputs})"
    kind = type(step).__name__.lower()
    for output in node.outputs:
        place = show_place(places[output])
        if isinstance(step, Call) and step.inplace is not None:
            place += " in place"
        yield kind, call, "->", output.name, str(output.spec), place


def show_place(place: Place) -> str:
    """Give a place as the table shows it."""
    match place:
        case Slot(start, size):
            return f"[{start}:{start + size}]"
        case View(base):
            return f"view of {base.name}"
        case Part(whole, index):
            return f"part {index} of {whole.name}"
        case Span(variables):
            return f"memory of {show_target(variables)}"
    return type(place).__name__.lower()


def update_rows(updates: Sequence[Call], places: Mapping[Tensor, Place]) -> Iterator[Row]:
    """Give the rows of what writes into variables."""
    for step in updates:
        for row in call_rows(step, places):
            yield "update", *row[1:]


def write_rows(writes: Sequence[tuple[Target, Tensor]]) -> Iterator[Row]:
    """Give the rows of what is copied to variables."""
    for target, value in writes:
        yield "commit", show_target(target), "=", value.name


def show_target(target: Target) -> str:
    """Give the names of variables, those of many in short."""
    names = [variable.name for variable in target]
    return ", ".join(names if len(names) <= 3 else [*names[:2], "...", names[-1]])


def footer(memory: int, peak: str, calls: int) -> str:
    """Give the last line: what all of it takes."""
    return f"memory {memory} bytes, peak {peak} bytes, {calls} calls"
