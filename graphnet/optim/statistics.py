"""Moving averages of layers, which move with the steps whose gradients they come along with."""

from collections.abc import Iterator, Sequence

from graphnet.ir.graph import reach
from graphnet.ir.names import name_scope
from graphnet.ir.tensor import Tensor
from graphnet.ops.attach import Average, Track, average, track
from graphnet.ops.sources import Variable
from graphnet.ops.state import current_value
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


def moves(gradients: Sequence[Tensor], scope: str) -> Iterator[Update]:
    """Declare how the moving averages move that gradients have come along with.

    Where a layer was called several times, its averages move towards one statistic after the other,
    in the order of the calls.
    """
    nodes = reach(gradients, frozenset(), control=False)
    found = dict.fromkeys(average(node) for node in nodes if isinstance(node.op, Track))
    if found:
        positions = {node: position for position, node in enumerate(gradients[0].graph.nodes)}
        ordered = sorted(found, key=lambda each: positions[each.statistic.node])
        values = dict[Variable, Tensor]()
        for variable, statistic, momentum in ordered:
            with name_scope(f"{scope}{variable.name}/"):
                old = values[variable] if variable in values else current_value(variable)
                values[variable] = momentum * old + (1 - momentum) * statistic
        yield from (Update(variable, value) for variable, value in values.items())
