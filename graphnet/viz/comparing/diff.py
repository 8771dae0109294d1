"""``diff``: what is not the same in two graphs, plans or models."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from graphnet.compiler.plan import Plan
from graphnet.compiler.program import Program
from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.pictures import Pictured
from graphnet.ir.tensor import Tensor
from graphnet.ir.text import node_text, specs_text
from graphnet.session.compiled import Compiled
from graphnet.viz.comparing.compare import Comparison, shown
from graphnet.viz.comparing.diff_scene import Remark, Union, scene_of_union
from graphnet.viz.comparing.matching import match
from graphnet.viz.comparing.plan_diff import TOTALS, PlanRow, plan_rows
from graphnet.viz.scene import Change, Scene
from graphnet.viz.views.select import Drawable, in_hand, plan_of, select
from graphnet.viz.views.titles import named

__all__ = ["Difference", "Entry", "diff"]

ROWS = 40
"""How many rows the text of a difference has, if it is not said."""


class Entry(NamedTuple):
    """A node that has no partner, or is not the same as its partner.

    Attributes:
        name: What it is called in the second graph, or in the first if it is removed.
        before: The node of the first graph; None if it is added.
        after: The node of the second graph; None if it is removed.
        details: What is not the same in the two themselves: static arguments and specs.
        wiring: What is not the same around them: operands, and what they wait for.
    """

    name: str
    before: Node | None
    after: Node | None
    details: tuple[str, ...] = ()
    wiring: tuple[str, ...] = ()

    @property
    def renaming(self) -> tuple[str, ...]:
        """What it was called and is called, if that differs."""
        if self.before is None or self.after is None or self.before.name == self.after.name:
            return ()
        return (f"renamed {self.before.name} -> {self.after.name}",)


@dataclass(frozen=True, eq=False, repr=False)
class Difference(Pictured):
    """What is not the same in two graphs; true if that is anything but names.

    Every node of both is in one of ``added``, ``removed`` and ``changed``, or is the same.

    Attributes:
        title: What is compared.
        added: The nodes that only the second graph has.
        removed: Those that only the first has.
        changed: The nodes of both about which something differs.
        renamed: The nodes of both of which nothing but the name differs.
        same: The number of nodes of both of which nothing but, at most, the name differs.
        returned: How the outputs differ.
        plan: How the plans differ, if plans are compared.
        union: What is compared.

    Example:
        >>> import graphnet as gn
        >>> x = gn.placeholder((2,), name="x")
        >>> difference = diff(gn.tanh(x), gn.tanh(gn.exp(x)))
        >>> bool(difference), difference.totals
        (True, '1 added, 1 changed, 1 the same')
    """

    title: str
    added: tuple[Entry, ...]
    removed: tuple[Entry, ...]
    changed: tuple[Entry, ...]
    renamed: tuple[Entry, ...]
    same: int
    returned: tuple[str, ...]
    plan: tuple[PlanRow, ...]
    union: Union

    def __bool__(self) -> bool:
        """Whether anything but names differs."""
        return bool(self.added or self.removed or self.changed or self.returned or self.plan)

    def __repr__(self) -> str:
        """Give the totals."""
        return f"<difference: {self.totals}>"

    def __str__(self) -> str:
        """Give the text, its first rows."""
        return self.text()

    def text(self, rows: int | None = ROWS) -> str:
        """Give the difference as text: totals, and a row for each thing that differs.

        Nodes are given as in the text of a graph, with specs and the line that made them. A row
        begins with ``+`` where it is added, ``-`` where it is removed, and ``~`` where it is
        changed, and then the node before and after stand below each other.

        Args:
            rows: How many rows there are at most; None for all.
        """
        lines = list(self.rows())
        first = lines if rows is None else lines[: max(rows, 0)]
        rest = len(lines) - len(first)
        more = [f"... and {rest:,} more"] if rest else []
        return "\n".join([f"{self.title}: {self.totals}", *first, *more])

    @property
    def totals(self) -> str:
        """How many nodes are added, removed, changed, and the same."""
        counts = {
            "added": len(self.added),
            "removed": len(self.removed),
            "changed": len(self.changed),
            "the same": self.same,
        }
        said = ", ".join(f"{number:,} {what}" for what, number in counts.items() if number)
        names = f" ({len(self.renamed):,} renamed)" if self.renamed else ""
        return f"{said or 'nothing to compare'}{names}"

    def rows(self) -> Iterator[str]:
        """Give the rows of the text."""
        entries = {
            entry.after or entry.before: entry
            for entry in (*self.added, *self.removed, *self.changed)
        }
        sizes = [row for row in self.plan if row.what in TOTALS]
        yield from (f"~ {row}" for row in (*self.returned, *sizes))
        for node in self.union.order:
            if node in entries:
                yield self.row(entries[node])
        yield from (f"~ {row}" for row in self.plan if row not in sizes)
        yield from self.renamings()

    def row(self, entry: Entry) -> str:
        """Give the row of a node."""
        old, new = (
            None if node is None else spelled(node, keys)
            for node, keys in ((entry.before, self.union.before), (entry.after, self.union.after))
        )
        if old is None or new is None:
            return f"- {old}" if new is None else f"+ {new}"
        details = (*entry.details, *entry.wiring, *entry.renaming)
        lines = [f"~ {old}", *([f"  {new}"] if new != old else [])]
        return "\n".join([*lines, *(f"    {detail}" for detail in details)])

    def renamings(self) -> Iterator[str]:
        """Give the rows of the names, one for all that lie in scopes that are renamed."""
        found: dict[tuple[str, str], int] = {}
        for entry in self.renamed:
            if entry.before and entry.after:
                names = distinct(entry.before.name, entry.after.name)
                found[names] = found.get(names, 0) + 1
        for (old, new), number in found.items():
            yield f"  renamed {old} -> {new}" + (f" ({number:,} nodes)" if number > 1 else "")

    @cached_property
    def scene(self) -> Scene:
        """The picture of both graphs in one: what is the same once, all else marked."""
        return scene_of_union(self.union, self.remarks, self.title, self.notes)

    @property
    def remarks(self) -> dict[Node, Remark]:
        """What the picture says of the nodes that are not the same, or called otherwise."""
        found: dict[Node, Remark] = {}
        for change, entries in (
            (Change.SAME, self.renamed),
            (Change.ADDED, self.added),
            (Change.REMOVED, self.removed),
            (Change.CHANGED, self.changed),
        ):
            for entry in entries:
                remark = Remark(change, entry.details, entry.wiring, entry.renaming)
                found |= {node: remark for node in (entry.before, entry.after) if node}
        return found

    @property
    def notes(self) -> tuple[str, ...]:
        """What stands below the picture: all that is not said of single nodes."""
        sizes = (str(row) for row in self.plan if row.what in TOTALS)
        return (self.totals, *self.returned, *sizes)


def diff(before: Drawable, after: Drawable, *, title: str | None = None) -> Difference:
    """Find what is not the same in two graphs, plans or models.

    Nodes are matched by name where that makes sense, and by what they compute and what is computed
    from them; so also where all names differ. What is left is matched by its neighbors.

    Outputs are compared in their order where both have some: a graph that was made with outputs, a
    plan, and a list or tuple of tensors, which is compared as ``graph.subgraph`` of it. A tensor by
    itself only says what is compared.

    Args:
        before: A graph; tensors and operations, which stand for all that they need; a compiled
            function, a program or a plan, which stand for the optimised graph; or a model.
        after: The same, or another of these. Of two plans also sizes, places of values and the
            order of calls are compared.
        title: What stands in the first line, and above the picture.

    Returns:
        The difference, which is false if there is none but in names. It prints as text, and
        ``gn.draw`` makes a picture of it.

    Raises:
        ArgumentError: One of both has no graph.

    Example:
        >>> import graphnet as gn
        >>> x = gn.placeholder((2,), name="x")
        >>> graph = x.graph.subgraph([gn.exp(x * 1)], [x])
        >>> difference = diff(graph, gn.compiler.optimize(graph))
        >>> [entry.name for entry in difference.removed]
        ['constant', 'multiply']
        >>> difference.changed[0].wiring
        ('operand x: multiply -> x',)
        >>> p, q = gn.exp(x), gn.tanh(x)
        >>> diff([p, q], [q, p]).returned
        ('return exp_1, tanh -> tanh, exp_1',)
    """
    before, after = in_hand(before), in_hand(after)
    first, second = select(before, "diff"), select(after, "diff")
    forth = match(first[0], second[0])
    union = Union.of(first, second, forth)
    comparison = Comparison(forth, union.before, union.after)
    entries = [
        Entry(union.after[new], old, new, comparison.own(old, new), comparison.wiring(old, new))
        for old, new in forth.items()
    ]
    changed = tuple(entry for entry in entries if entry.details or entry.wiring)
    unchanged = (entry for entry in entries if not (entry.details or entry.wiring))
    partners = frozenset(forth.values())
    return Difference(
        title or f"{named(before)} -> {named(after)}",
        tuple(Entry(union.after[node], None, node) for node in second[0] if node not in partners),
        tuple(Entry(union.before[node], node, None) for node in first[0] if node not in forth),
        changed,
        tuple(entry for entry in unchanged if entry.renaming),
        len(forth) - len(changed),
        tuple(returned(before, after, comparison)),
        of_plans(before, after, forth, union),
        union,
    )


def returned(before: Any, after: Any, comparison: Comparison) -> Iterator[str]:
    """Say which outputs differ, where both have some."""
    old, new = outputs(before), outputs(after)
    if not old or not new:
        return
    same = len(old) == len(new) and all(map(comparison.is_same, old, new))
    if not same:
        first, second = (", ".join(map(comparison.name, tensors)) for tensors in (old, new))
        yield f"return {first} -> {second}"


def outputs(what: Any) -> tuple[Tensor, ...]:
    """Give the outputs of a graph, of what a plan computes, or tensors in their order."""
    match what:
        case Graph():
            return what.outputs
        case Compiled() | Program() | Plan():
            return plan_of(what).fetches
        case list() | tuple():
            return tuple(item for item in what if isinstance(item, Tensor))
    return ()


def of_plans(before: Any, after: Any, forth: dict[Node, Node], union: Union) -> tuple[PlanRow, ...]:
    """Give how plans differ, if both have one."""
    if isinstance(before, Compiled | Program | Plan) and isinstance(
        after, Compiled | Program | Plan
    ):
        return plan_rows(plan_of(before), plan_of(after), forth, union.after)
    return ()


def spelled(node: Node, keys: dict[Node, str]) -> str:
    """Give a node as text, with specs and the line of its user."""
    names = {
        tensor: shown(tensor, keys)
        for near in (node, *(tensor.node for tensor in node.inputs))
        for tensor in near.outputs
    }
    about = "  ".join(filter(None, [specs_text(node), str(node.site)]))
    return f"{node_text(node, names, 8)}  # {about}"


def distinct(old: str, new: str) -> tuple[str, str]:
    """Give two names without the labels at their end that are equal, if anything is left."""
    first, second = old.split("/"), new.split("/")
    while len(first) > 1 and len(second) > 1 and first[-1] == second[-1]:
        first.pop()
        second.pop()
    ends = "/" if len(first) < len(old.split("/")) else ""
    return "/".join(first) + ends, "/".join(second) + ends
