"""How many bytes a run takes beyond the memory of its plan: what it makes and has not given back.

Results that the user will own, results of ops that cannot write into given memory, and copies. What
a kernel needs while it runs, and Python's own objects, are not counted.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from graphnet.compiler.steps import Blocks, Call, Copy, Fed, Place, Release, Step, Taken
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Memory

__all__ = ["made_by_step", "made_in_run"]


def made_in_run(
    steps: Iterable[Step], places: Mapping[Tensor, Place], repeated: Sequence[Tensor]
) -> int:
    """Give the largest number of bytes made by a run that exist at one time.

    Values whose extents are not known before running count nothing.

    Args:
        steps: What is done, in order.
        places: Where each value lives.
        repeated: Values that are copied once more when results are handed out.

    Example:
        >>> import graphnet as gn
        >>> x = gn.placeholder((2,), name="x")
        >>> graph = x.graph.subgraph([gn.exp(gn.tanh(x))], [x])
        >>> plan = gn.compiler.compile_graph(graph, [x.spec])
        >>> made_in_run(plan.steps, plan.places, [])
        8
    """
    return max(made_by_step(steps, places, repeated))


def made_by_step(
    steps: Iterable[Step], places: Mapping[Tensor, Place], repeated: Sequence[Tensor]
) -> list[int]:
    """Give the bytes made by a run that exist behind each step, and when results are handed out.

    Example:
        >>> import graphnet as gn
        >>> x = gn.placeholder((2,), name="x")
        >>> graph = x.graph.subgraph([gn.exp(gn.tanh(x))], [x])
        >>> plan = gn.compiler.compile_graph(graph, [x.spec])
        >>> made_by_step(plan.steps, plan.places, [])
        [0, 8, 8]
    """
    roots: dict[Tensor, Tensor] = {}
    users: Counter[Tensor] = Counter()
    levels: list[int] = []
    current = 0
    for step in steps:
        for value in forgotten(step):
            root = roots[value]
            users[root] -= 1
            current -= 0 if users[root] else nbytes(root)
        for value in made(step, places):
            root = roots[value] = shared(value, roots, places)
            users[root] += 1
            current += nbytes(value) if root is value else 0
        if isinstance(step, Copy):
            current += nbytes(step.source)
        levels.append(current)
    return [*levels, current + sum(map(nbytes, repeated))]


def forgotten(step: Step) -> Sequence[Tensor]:
    """Give the values that a step lets go of."""
    return step.values if isinstance(step, Release) else ()


def made(step: Step, places: Mapping[Tensor, Place]) -> Iterator[Tensor]:
    """Give the values that a step makes anew."""
    calls = step.calls if isinstance(step, Blocks) else [step] if isinstance(step, Call) else []
    for call in calls:
        yield from (value for value in call.node.outputs if isinstance(places[value], Taken))


def shared(value: Tensor, roots: Mapping[Tensor, Tensor], places: Mapping[Tensor, Place]) -> Tensor:
    """Give what a value shares memory with, or the value itself.

    A view of memory that never moves would have been made beforehand, so it is a copy.
    """
    node = value.node
    if node.op.memory is Memory.VIEW and isinstance(places[node.inputs[0]], Taken | Fed):
        return roots.get(node.inputs[0], node.inputs[0])
    return value


def nbytes(value: Tensor) -> int:
    """Give the bytes of a value, as far as they are known."""
    return value.spec.nbytes or 0
