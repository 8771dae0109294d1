"""State made data: reads and writes of variables become ordinary edges.

Every read sees the value from before the run, or, where it is ordered behind a write by a control
dependency, the value written. So a write is no effect inside a run: its result is the value that it
was given, and all that remains of it is a table of what to commit when the run is over. Passes
downstream meet pure nodes only, and need no rule about state.

before: ``step = assign(count, sum)``, ``after = read(count, after=('step',))``
after:  ``after`` is ``sum``; writes: ``count`` gets ``sum``
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graphnet.compiler.steps import Target
from graphnet.errors import GraphError
from graphnet.ir.graph import Graph, needs
from graphnet.ir.node import Node
from graphnet.ir.registry import OPS
from graphnet.ir.rewrite import Rewriting, rewriting
from graphnet.ir.spec import static
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Effect
from graphnet.ops.state import Fit

__all__ = ["Lowered", "lower_state"]


@dataclass(frozen=True)
class Lowered:
    """A graph without state ops.

    Attributes:
        graph: Its outputs are the fetches, then the new values of ``targets``.
        targets: What the last outputs are to be committed to: one variable each.
    """

    graph: Graph
    targets: tuple[Target, ...]


def lower_state(graph: Graph) -> Lowered:
    """Replace the reads and writes of variables in ``graph`` by the values that they stand for.

    Raises:
        GraphError: Two writes to one variable are not ordered.

    Example:
        >>> import graphnet as gn
        >>> count = gn.Variable(0, name="count")
        >>> step = gn.assign_add(count, 1)
        >>> lowered = gn.compiler.lower_state(count.graph.subgraph([step]))
        >>> lowered.targets, lowered.graph.outputs
        (((<variable 'count' int64[]>,),), (<tensor 'add' int64[]>, <tensor 'add' int64[]>))
    """
    order = Order(graph)
    with rewriting(Graph()) as made:
        for node in graph.nodes:
            lower(node, made, order)
    writes = {variable: write.outputs[0] for variable, write in order.last.items()}
    made.finish(graph.inputs, (*graph.outputs, *writes.values()))
    return Lowered(made.graph.pruned(), tuple((variable,) for variable in writes))


CALLED = 1
"""The bit of all stateful calls; bits of writes follow."""


class Order:
    """Which writes and calls come before which nodes: bits, carried along all edges."""

    def __init__(self, graph: Graph) -> None:
        self.last: dict[Tensor, Node] = {}
        self.bits: dict[Node, int] = {}
        self.masks: dict[Tensor, int] = {}
        self.by_position: dict[int, Node] = {}
        self.before: dict[Node, int] = {}
        if not any(node.op.effect in {Effect.WRITES, Effect.CALLS} for node in graph.nodes):
            return
        for node in graph.nodes:
            seen = CALLED if node.op.effect is Effect.CALLS else 0
            for earlier in needs(node):
                seen |= self.before.get(earlier, 0)
            if is_assign(node):
                self.enter(node, seen)
                seen |= self.bits[node]
            if seen:
                self.before[node] = seen

    def enter(self, node: Node, seen: int) -> None:
        """Note a write, which must come behind the earlier ones to its variable."""
        variable = node.inputs[0]
        earlier = self.last.get(variable)
        if earlier and not seen & self.bits[earlier]:
            raise unordered(earlier, node)
        self.last[variable] = node
        self.bits[node] = bit = CALLED << 1 + len(self.bits)
        self.masks[variable] = self.masks.get(variable, 0) | bit
        self.by_position[bit.bit_length()] = node

    def last_before(self, read: Node) -> Node | None:
        """Give the last write to the variable of ``read`` that comes before it."""
        seen = self.before.get(read, 0)
        position = (seen & self.masks.get(read.inputs[0], 0)).bit_length()
        return self.by_position[position] if position else None

    def waits(self, node: Node) -> bool:
        """Whether ``node`` waits for a stateful call that it takes nothing from, as it may be."""
        return bool(node.control and self.before.get(node, 0) & CALLED)


def is_assign(node: Node) -> bool:
    """Whether the node writes to a variable."""
    return isinstance(node.op, OPS["assign"])


def unordered(first: Node, second: Node) -> GraphError:
    """Say that two writes to one variable have no order."""
    writes = sorted((first, second), key=lambda write: write.site)
    return GraphError(
        f"two writes to variable {first.inputs[0].name!r} in one run are not ordered",
        rows=[(repr(write.name), str(write.site)) for write in writes],
        hint="put the second inside `with gn.control_dependencies([first]):`, or fetch only one",
    )


def lower(node: Node, made: Rewriting, order: Order) -> None:
    """Append ``node``, or let the value that it stands for take its place."""
    if is_assign(node):
        _, value = made.current(node).inputs
        stand_for(node, fitting(node, value, made), made, order)
    elif isinstance(node.op, OPS["read"]):
        write = order.last_before(node)
        source = write.outputs[0] if write else node.inputs[0]
        stand_for(node, made.tensors.get(source, source), made, order)
    elif node.op.effect is Effect.WRITES:
        made.nodes[node] = tuple(flat(node.control, made))
    else:
        made.keep(node)
    if not order.before.get(node, 0) & CALLED:
        made.nodes[node] = ()  # all that it orders is reads and writes, and these are data now


def fitting(node: Node, value: Tensor, made: Rewriting) -> Tensor:
    """Give the value that ``node`` writes, with its shape checked where that has to wait."""
    if value.spec.is_static:
        return value
    made.origin = node
    return Fit(static(node.inputs[0].shape))(value)


def stand_for(node: Node, value: Tensor, made: Rewriting, order: Order) -> None:
    """Let ``value`` stand for the node's result, and what the node waited for, for the node."""
    waited = tuple(dict.fromkeys(flat(node.control, made)))
    if order.waits(node):  # so that a call that takes the result comes behind the earlier call
        op = OPS["identity"]()
        gate = Node(op, (value,), waited, (value.spec,), node.name, node.site, made.graph)
        made.graph.nodes.append(gate)
        value = gate.outputs[0]
    made.replace(node.outputs[0], value)
    made.nodes[node] = (value.node,)


def flat(control: Sequence[Node], made: Rewriting) -> Iterator[Node]:
    """Give what has become of control dependencies."""
    for before in control:
        yield from made.nodes.get(before, (before,))
