"""Moving averages of layers, which move with the steps whose gradients they come along with."""

from collections.abc import Iterator, Sequence

from graphnet.ir.context import context
from graphnet.ir.graph import reach
from graphnet.ir.names import name_scope
from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor
from graphnet.ops.arithmetic import Add, Multiply
from graphnet.ops.attach import Average, Track, average, track
from graphnet.ops.sources import Constant, ReadVariable, Variable
from graphnet.ops.state import Assign, current_value
from graphnet.optim.step import Update

__all__ = ["carried", "moves"]


def carried(gradients: Sequence[Tensor], averages: Sequence[Average]) -> list[Tensor]:
    """Give gradients that moving averages are attached to, so that whoever applies them finds them.

    Args:
        gradients: At least one.
        averages: What belongs to the loss that these are the gradients of.
    """
    first, *others = gradients
    for variable, statistic, momentum in averages:
        first = track(first, variable, statistic, momentum)
    return [first, *others]


def moves(gradients: Sequence[Tensor], scope: str) -> Iterator[Tensor]:
    """Give the writes that move the moving averages that gradients have come along with.

    Where a layer was called several times, its averages move towards one statistic after the other,
    in the order of the calls. Steps of several optimizers for one loss have one write, so that they
    can run together.
    """
    nodes = reach(gradients, frozenset(), control=False)
    found = dict.fromkeys(average(node) for node in nodes if isinstance(node.op, Track))
    if not found:
        return
    positions = {node: position for position, node in enumerate(gradients[0].graph.nodes)}
    calls: dict[Variable, list[Average]] = {}
    for each in sorted(found, key=lambda each: positions[each.statistic.node]):
        calls.setdefault(each.variable, []).append(each)
    for variable, averages in calls.items():
        known = known_move(variable, averages)
        yield new_move(variable, averages, scope) if known is None else known


def new_move(variable: Variable, averages: Sequence[Average], scope: str) -> Tensor:
    """Declare that a variable moves towards statistics, one after the other."""
    with name_scope(f"{scope}{variable.name}/"):
        value = current_value(variable)
        for _, statistic, momentum in averages:
            value = momentum * value + (1 - momentum) * statistic
    return Update(variable, value).write(scope)


def known_move(variable: Variable, averages: Sequence[Average]) -> Tensor | None:
    """Find a write that does this, if a new one would wait for the same, or for it."""
    before = reach(context.control, frozenset())
    for node in variable.graph.nodes:
        if isinstance(node.op, Assign) and node.inputs[0] is variable:
            fits = node in before or node.control == context.control
            if fits and is_moved(node.inputs[1], variable, averages):
                return node.outputs[0]
    return None


def is_moved(value: Tensor, variable: Variable, averages: Sequence[Average]) -> bool:
    """Whether a value is what ``new_move`` writes."""
    if not averages:
        return variable is (value.node.inputs[0] if is_read(value) else value)
    *before, (_, statistic, momentum) = averages
    match value.node:
        case Node(Add(), (old, new)) if multiplied(new, 1 - momentum) is statistic:
            value_before = multiplied(old, momentum)
            return value_before is not None and is_moved(value_before, variable, before)
    return False


def is_read(value: Tensor) -> bool:
    """Whether a value is that of a variable behind control dependencies."""
    return isinstance(value.node.op, ReadVariable)


def multiplied(value: Tensor, factor: float) -> Tensor | None:
    """Give what has been multiplied by a number, if a value is such a product."""
    match value.node:
        case Node(Multiply(), (Tensor(node=Node(Constant(value=number))), x)):
            return x if number == number.dtype.type(factor) else None
    return None
