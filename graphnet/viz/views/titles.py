"""Titles: words for what is drawn."""

from collections.abc import Iterable
from typing import Any

from graphnet.compiler.plan import Plan
from graphnet.compiler.program import Program
from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor
from graphnet.session.compiled import Compiled
from graphnet.viz.views.select import Model, plan_of

__all__ = ["listed", "named", "plan_title"]


def named(what: Any) -> str:
    """Give words for what is drawn, as a title."""
    match what:
        case Graph():
            return "graph"
        case Compiled() | Program() | Plan():
            return plan_title(plan_of(what))
        case Model():
            return what.label
        case Tensor() | Node():
            return what.name
    return listed(item.name for item in what)


def listed(names: Iterable[str]) -> str:
    """Give some names in a row, the first ones of many."""
    found = list(dict.fromkeys(names))
    more = f" and {len(found) - 3} more" if len(found) > 4 else ""
    return ", ".join(found[:3] if more else found) + more


def plan_title(plan: Plan) -> str:
    """Give words for a plan: what it computes, or else what it writes.

    Example:
        >>> import graphnet as gn
        >>> count = gn.Variable(0, name="count")
        >>> part = count.graph.subgraph([gn.assign_add(count, 1).node])
        >>> plan_title(gn.compiler.compile_graph(part, []))
        'plan that writes count'
    """
    if plan.fetches:
        return f"plan for {listed(tensor.name for tensor in plan.fetches)}"
    names = listed(variable.name for variable in plan.variables)
    return f"plan that writes {names}" if names else "empty plan"
