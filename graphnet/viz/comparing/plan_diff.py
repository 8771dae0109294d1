"""What differs between two plans: sizes, places of values, and the order of calls."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from graphnet.compiler.plan import Plan
from graphnet.compiler.steps import Call, Part, Place, Span, Step, View
from graphnet.compiler.table import show_place, step_rows, update_rows
from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor

__all__ = ["TOTALS", "PlanRow", "plan_rows"]

TOTALS = ("memory", "peak", "calls")
"""What rows say that are about the whole plan, besides the numbers of other steps."""


class PlanRow(NamedTuple):
    """One thing that two plans do not have in common.

    Attributes:
        what: As "peak", or "place of dense/matmul".
        before: What it was.
        after: What it is.
    """

    what: str
    before: str
    after: str

    def __str__(self) -> str:
        """Give the row as text."""
        return f"{self.what}: {self.before} -> {self.after}"


def plan_rows(
    before: Plan, after: Plan, forth: Mapping[Node, Node], keys: Mapping[Node, str]
) -> tuple[PlanRow, ...]:
    """Give what differs between two plans, but for the nodes.

    Args:
        before: One plan.
        after: The other plan.
        forth: For each node of the first its partner in the second.
        keys: What the nodes of the second are called.
    """
    calls = [
        {call.node: call for call in plan.calls if call.node in known}
        for plan, known in ((before, forth), (after, frozenset(forth.values())))
    ]
    rows = [*totals(before, after)]
    for one, other in forth.items():
        rows += places(one, other, before, after, forth, keys)
        rows += memory_taken(calls[0].get(one), calls[1].get(other), keys[other])
    rows += moved([forth[node] for node in calls[0]], list(calls[1]), keys)
    return tuple(row for row in rows if row.before != row.after)


def totals(before: Plan, after: Plan) -> Iterator[PlanRow]:
    """Give the sizes of both."""
    yield PlanRow("memory", f"{before.memory:,} bytes", f"{after.memory:,} bytes")
    yield PlanRow("peak", f"{before.peak:,} bytes", f"{after.peak:,} bytes")
    yield PlanRow("calls", str(len(before.calls)), str(len(after.calls)))
    first, second = kinds(before), kinds(after)
    for kind in dict.fromkeys((*first, *second)):
        if kind != "call":
            yield PlanRow(f"steps {kind}", str(first.get(kind, 0)), str(second.get(kind, 0)))


def kinds(plan: Plan) -> dict[str, int]:
    """Give how many rows of each kind the table of a plan has."""
    steps: Sequence[Step] = plan.steps
    found: dict[str, int] = {}
    for row in (row for step in steps for row in step_rows(step, plan.places)):
        found[row[0]] = found.get(row[0], 0) + 1
    for row in update_rows(plan.updates, plan.places):
        found[row[0]] = found.get(row[0], 0) + 1
    return found


def places(
    one: Node,
    other: Node,
    before: Plan,
    after: Plan,
    forth: Mapping[Node, Node],
    keys: Mapping[Node, str],
) -> Iterator[PlanRow]:
    """Give the places of the results of two partners, and how matrices lie there."""
    for old, new in zip(one.outputs, other.outputs, strict=False):
        was, there = before.places.get(old), after.places.get(new)
        name = f"{keys[other]}:{new.index}" if new.index else keys[other]
        if was and there and like(was, forth) != like(there, {}):
            yield PlanRow(f"place of {name}", show_place(was), show_place(there))
        orders = [
            "by columns" if value in plan.by_columns else "by rows"
            for value, plan in ((old, before), (new, after))
        ]
        yield PlanRow(f"order of {name}", *orders)


def like(place: Place, forth: Mapping[Node, Node]) -> Any:
    """Give what is equal for places that are the same one, where partners stand for each other."""

    def partner(tensor: Tensor) -> tuple[Node, int]:
        return forth.get(tensor.node, tensor.node), tensor.index

    match place:
        case View(base):
            return View, partner(base)
        case Part(whole, index):
            return Part, partner(whole), index
        case Span(variables):
            return Span, *map(partner, variables)
    return place


def memory_taken(one: Call | None, other: Call | None, name: str) -> Iterator[PlanRow]:
    """Give the operand whose memory the result of a call takes over."""
    if one and other:
        yield PlanRow(f"in place of {name}", operand(one), operand(other))


def operand(call: Call) -> str:
    """Give the name of the operand whose memory is taken over."""
    if call.inplace is None:
        return "nothing"
    return [name for name, _ in zip(call.node.op.operand_names(), call.node.inputs, strict=False)][
        call.inplace
    ]


def moved(
    before: Sequence[Node], after: Sequence[Node], keys: Mapping[Node, str]
) -> Iterator[PlanRow]:
    """Give the calls that come earlier or later among those that both plans make."""
    first = {node: place for place, node in enumerate(before)}
    common = [node for node in after if node in first]
    second = {node: place for place, node in enumerate(common)}
    shared = [node for node in before if node in second]
    stays = rising([second[node] for node in shared])
    for place, node in enumerate(shared):
        if place not in stays:
            yield PlanRow(f"turn of {keys[node]}", f"call {place + 1}", f"call {second[node] + 1}")


def rising(numbers: Sequence[int]) -> set[int]:
    """Give the positions of a longest rising row among different numbers.

    Example:
        >>> sorted(rising([3, 0, 1, 4, 2]))
        [1, 2, 4]
    """
    ends: list[int] = []
    where: list[int] = []
    previous: list[int] = []
    for position, number in enumerate(numbers):
        length = bisect_left(ends, number)
        ends[length : length + 1] = [number]
        where[length : length + 1] = [position]
        previous.append(where[length - 1] if length else -1)
    found: set[int] = set()
    position = where[-1] if where else -1
    while position >= 0:
        found.add(position)
        position = previous[position]
    return found
