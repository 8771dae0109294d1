"""What a run of a plan does, one thing after the other, each with a number."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from graphnet.compiler.plan import Plan
from graphnet.compiler.steps import Blocks, Call, Copy, Fill, Target
from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Effect
from graphnet.viz.scene import Part
from graphnet.viz.views.nodes import keys_of
from graphnet.viz.views.parts import is_gradient

__all__ = ["Act", "Moment", "moments", "node_keys", "parts_of_plan"]


class Act(Enum):
    """What is done at a moment."""

    CALL = "call"
    BLOCK = "block"
    FILL = "fill"
    COPY = "copy"
    UPDATE = "update"
    COMMIT = "commit"


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that a run does.

    Attributes:
        number: Which it is, from 1 up.
        act: What kind of thing.
        label: The op that is called, or the act.
        reads: The values that it needs.
        makes: The values that it makes.
        step: Which step of the plan it is part of; behind the last, for updates and commits.
        node: What is called, or the concatenation that is filled.
        inplace: Index of the operand whose memory the result takes over, if it does.
        why: What a copy is for.
        target: The variables that are written.
    """

    number: int
    act: Act
    label: str
    reads: tuple[Tensor, ...]
    makes: tuple[Tensor, ...]
    step: int
    node: Node | None = None
    inplace: int | None = None
    why: str = ""
    target: Target = ()

    def key(self, keys: Mapping[Node, str]) -> str:
        """Give the key of its card: that of the node which it computes, if it does."""
        return keys[self.node] if self.node and self.makes else f"{self.number} {self.label}"

    @property
    def name(self) -> str:
        """What it makes, or works on."""
        return self.node.name if self.node else self.reads[0].name


def moments(plan: Plan) -> list[Moment]:
    """Give what a run does, in order: calls, fills, copies, updates and commits.

    Views and values that are let go of are no moments, since nothing is computed there.

    Example:
        >>> import graphnet as gn
        >>> x = gn.placeholder((2,), name="x")
        >>> graph = x.graph.subgraph([gn.exp(gn.tanh(x))], [x])
        >>> plan = gn.compiler.compile_graph(graph, [x.spec])
        >>> [(moment.number, moment.label) for moment in moments(plan)]
        [(1, 'tanh'), (2, 'exp')]
    """
    return list(numbered(plan))


def numbered(plan: Plan) -> Iterator[Moment]:
    """Give the moments of all steps, then those of the commit."""
    number = 0
    for index, step in enumerate(plan.steps):
        calls = step.calls if isinstance(step, Blocks) else [step] if isinstance(step, Call) else []
        act = Act.BLOCK if isinstance(step, Blocks) else Act.CALL
        for call in calls:
            number += 1
            yield of_call(number, act, call, index)
        if isinstance(step, Fill):
            number += 1
            operand = step.node.inputs[step.index]
            yield Moment(number, Act.FILL, "fill", (operand,), (), index, step.node)
        elif isinstance(step, Copy):
            number += 1
            yield Moment(number, Act.COPY, "copy", (step.source,), (), index, why=step.why)
    behind = len(plan.steps)
    for call in plan.updates:
        number += 1
        yield of_call(number, Act.UPDATE, call, behind)
    for target, value in plan.writes:
        number += 1
        yield Moment(number, Act.COMMIT, "commit", (value,), (), behind, target=target)


def of_call(number: int, act: Act, call: Call, step: int) -> Moment:
    """Give the moment of a call."""
    node = call.node
    return Moment(number, act, node.op.name, node.inputs, node.outputs, step, node, call.inplace)


def node_keys(plan: Plan) -> dict[Node, str]:
    """Give the keys of all nodes of a plan, feeds and variables first."""
    given = (tensor.node for tensor in (*plan.graph.inputs, *plan.variables))
    return keys_of(dict.fromkeys((*given, *plan.graph.nodes)))


def parts_of_plan(plan: Plan) -> dict[Node, Part]:
    """Give what every node of a plan is there for.

    Writes are data there, so that updates are what is only needed for them, and made of gradients
    or variables.

    Example:
        >>> import graphnet as gn
        >>> x = gn.placeholder((2,), name="x")
        >>> plan = gn.compiler.compile_graph(x.graph.subgraph([x + 1], [x]), [x.spec])
        >>> [part.value for part in parts_of_plan(plan).values()]
        ['forward', 'forward', 'forward']
    """
    wanted = needed(plan)
    found: dict[Node, Part] = {}
    for node in (*(variable.node for variable in plan.variables), *plan.graph.nodes):
        if is_gradient(node.name):
            found[node] = Part.BACKWARD
        elif node in wanted:
            found[node] = Part.FORWARD
        else:
            found[node] = Part.UPDATE if continues(node, found) else Part.FORWARD
    return found


def needed(plan: Plan) -> set[Node]:
    """Give the nodes that something else than the writes needs: fetches, calls and gradients."""
    found = {tensor.node for tensor in plan.fetches}
    for node in reversed(plan.graph.nodes):
        calls = node.op.effect is Effect.CALLS
        if node in found or calls or is_gradient(node.name):
            found.add(node)
            found.update(tensor.node for tensor in node.inputs)
    return found


def continues(node: Node, found: Mapping[Node, Part]) -> bool:
    """Whether a node that only writes need goes on with variables, gradients or updates."""
    if node.op.effect is Effect.READS:
        return True
    return any(
        tensor.node.op.effect is Effect.READS
        or found.get(tensor.node, Part.FORWARD) is not Part.FORWARD
        for tensor in node.inputs
    )
