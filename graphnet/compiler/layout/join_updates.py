"""Equal updates of variables that lie side by side become one update of all of them.

before: ``w_new = subtract(w, multiply(dw, c)); b_new = subtract(b, multiply(db, c))``
after:  ``new = subtract(concat(w, b), multiply(concat(dw, db), c))``, written to both at once

Nothing is known of optimizers here: any elementwise expression of variables, gradients and numbers
is joined, as far as it is the same for all. The concatenations cost nothing: the variables are
side by side in the session's store, and the gradients are made side by side.
"""

from collections.abc import Iterator, Sequence

from graphnet.compiler.lower_state import Lowered
from graphnet.compiler.report import Report
from graphnet.compiler.steps import Target
from graphnet.compiler.store import Store
from graphnet.compiler.wholes import source
from graphnet.ir.graph import Graph, consumers
from graphnet.ir.node import Node
from graphnet.ir.rewrite import Rewriting, rewriting
from graphnet.ir.spec import static
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Effect, Memory
from graphnet.ops.families import Binary, Unary
from graphnet.ops.index import Index
from graphnet.ops.join import Concat
from graphnet.ops.select import Where
from graphnet.ops.shape import Reshape

__all__ = ["join_updates"]

DEEPEST = 100
"""How far down expressions are joined, so that no recursion gets too deep."""


def join_updates(lowered: Lowered, store: Store, report: Report) -> Lowered:
    """Join the updates of variables that are equal but for what they update.

    Args:
        lowered: The graph, and what its last outputs are committed to: one variable each.
        store: Where the variables lie; those that have no place yet are put side by side.
        report: Takes the reasons for what stays apart.
    """
    count = len(lowered.graph.outputs) - len(lowered.targets)
    with rewriting(Graph()) as made:
        for node in lowered.graph.nodes:
            made.keep(node)
        writes = list(Updates(lowered, store, report, made).joined())
    made.graph.inputs = lowered.graph.inputs
    made.graph.outputs = (*lowered.graph.outputs[:count], *(value for _, value in writes))
    return Lowered(made.graph.pruned(), tuple(target for target, _ in writes))


class Updates:
    """The updates of a graph, and what has been joined so far."""

    def __init__(self, lowered: Lowered, store: Store, report: Report, made: Rewriting) -> None:
        self.store = store
        self.report = report
        self.made = made
        count = len(lowered.graph.outputs) - len(lowered.targets)
        values = lowered.graph.outputs[count:]
        self.values = dict(zip((variable for (variable,) in lowered.targets), values, strict=True))
        graphs = {variable.graph for variable in self.values}
        declared = (variable for graph in graphs for variable in graph.variables())
        self.declared = {variable: number for number, variable in enumerate(declared)}
        self.region = update_region(lowered.graph, frozenset(lowered.graph.outputs[:count]))
        self.structures = structures(lowered.graph, self.region)
        self.memo: dict[tuple[Tensor, ...], Tensor | None] = {}
        self.packed: set[Tensor] = set()

    def joined(self) -> Iterator[tuple[Target, Tensor]]:
        """Give the new writes: groups of variables that become one, and all others."""
        alone = dict(self.values)
        for group in self.groups():
            for run in self.neighbors(group):
                self.made.origin = self.values[run[0]].node
                value = self.join(tuple(self.values[variable] for variable in run))
                if value is not None:
                    yield tuple(run), value
                    for variable in run:
                        del alone[variable]
        yield from (((variable,), value) for variable, value in alone.items())

    def groups(self) -> list[list[Tensor]]:
        """Give the variables whose updates have one structure, in the order in which to join them.

        Those that have places come first, and of the others the largest expressions: so the update
        of weights decides about the order of what an optimizer keeps for them.
        """
        found: dict[int, list[Tensor]] = {}
        sizes: dict[int, int] = {}
        for variable, value in self.values.items():
            if value in self.region:
                structure, sizes[structure] = self.structures[value]
                found.setdefault(structure, []).append(variable)
        placed = self.store.places
        order = sorted(found, key=lambda key: (found[key][0] not in placed, -sizes[key]))
        return [found[structure] for structure in order]

    def neighbors(self, group: Sequence[Tensor]) -> Iterator[list[Tensor]]:
        """Cut a group where variables do not lie side by side; leave out those that are alone."""
        self.store.place(sorted(group, key=self.declared.__getitem__))
        run: list[Tensor] = []
        for variable in sorted(group, key=self.store.address):
            if run and not self.store.request([run[-1], variable]):
                if len(run) > 1:
                    yield run
                self.note(variable, f"does not lie behind {run[-1].name!r}")
                run = []
            run.append(variable)
        if len(run) > 1:
            yield run

    def join(self, values: tuple[Tensor, ...], depth: int = 0) -> Tensor | None:
        """Give one value for several, or None where they have to stay apart."""
        if values not in self.memo:
            whole = self.memo[values] = self.join_now(values, depth)
            if whole is not None:
                self.made.joined.update(dict.fromkeys(values, whole))
        return self.memo[values]

    def join_now(self, values: tuple[Tensor, ...], depth: int) -> Tensor | None:
        """Join values that have not been joined before."""
        first, *others = values
        if not first.ndim:
            return self.made.tensors.get(first, first) if {first, *others} == {first} else None
        if all(value.node.op.effect is Effect.READS for value in values):
            return self.join_variables(values)
        same = all(value.node.op == first.node.op for value in others)
        if same and depth < DEEPEST and self.region.issuperset(values):
            columns = zip(*(value.node.inputs for value in values), strict=True)
            operands = [self.join(column, depth + 1) for column in columns]
            if all(operand is not None for operand in operands):
                return first.node.op(*operands, name=f"joined/{first.node.op.name}")
        return self.join_results(values)

    def join_variables(self, values: tuple[Tensor, ...]) -> Tensor | None:
        """Give the memory of variables as one value, if they lie side by side."""
        if len(set(values)) == len(values) and self.store.request(values):
            return self.pack(values, "joined/variables")
        self.note(values[0], "does not lie beside the others that are used like it")
        return None

    def join_results(self, values: tuple[Tensor, ...]) -> Tensor | None:
        """Give results, each of which can be made at its place, as one value."""
        parts = whole_bases(values)
        for part in map(source, parts):
            if part in self.packed or part.node.op.memory is not Memory.INTO:
                self.note(part, "cannot be made beside the others that are used like it")
                return None
        self.packed.update(map(source, parts))
        return self.pack(parts, "joined/results")

    def pack(self, values: Sequence[Tensor], name: str) -> Tensor:
        """Give the elements of values one after the other."""
        tensors = (self.made.tensors.get(value, value) for value in values)
        return Concat(0)(*map(flat, tensors), name=name)

    def note(self, tensor: Tensor, remark: str) -> None:
        """Report why something stays apart."""
        self.report.note("updates", f"{tensor.name!r} {remark}")


def flat(tensor: Tensor) -> Tensor:
    """Give a value with one axis."""
    return (
        tensor if tensor.ndim == 1 else Reshape((tensor.spec.size or 0,))(tensor, name=tensor.name)
    )


def update_region(graph: Graph, fetched: frozenset[Tensor]) -> set[Tensor]:
    """Give the values that only serve to compute elementwise what is written to variables."""
    users = consumers(graph.nodes)
    region: set[Tensor] = set()
    written = set(graph.outputs)
    for node in reversed(graph.nodes):
        if isinstance(node.op, Unary | Binary | Where) and node.outputs[0] not in fetched:
            result = node.outputs[0]
            used = users.get(result, [])
            wanted = bool(used) or result in written
            if wanted and is_plain(node) and all(region.issuperset(user.outputs) for user in used):
                region.add(result)
    return region


def is_plain(node: Node) -> bool:
    """Whether operands are numbers or have the shape of the result, which is no number."""
    (result,) = node.outputs
    shapes = {tensor.shape for tensor in node.inputs if tensor.ndim}
    return result.spec.is_static and bool(result.ndim) and shapes == {result.shape}


def structures(graph: Graph, region: set[Tensor]) -> dict[Tensor, tuple[int, int]]:
    """Give for each value of the region a number for what its expression looks like, and its size.

    Variables look alike, and so do results from elsewhere, and what is made of these alone; numbers
    only look like themselves.
    """
    known: dict[object, int] = {}
    found: dict[Tensor, tuple[int, int]] = {}
    plain: set[Tensor] = set()
    for node in graph.nodes:
        if not region.issuperset(node.outputs) or not node.outputs:
            continue
        (result,) = node.outputs
        looks: list[object] = []
        for operand in node.inputs:
            if operand in region and operand not in plain:
                looks.append(found[operand][0])
            elif not operand.ndim:
                looks.append(("number", id(operand)))
            else:
                looks.append((operand.node.op.effect is Effect.READS, operand.dtype))
        if all(isinstance(look, tuple) and look[0] is False for look in looks):
            plain.add(result)
        size = 1 + sum(found[operand][1] for operand in node.inputs if operand in found)
        found[result] = known.setdefault((node.op, *looks), len(known)), size
    return found


def whole_bases(values: Sequence[Tensor]) -> list[Tensor]:
    """Give ``values`` with consecutive slices that make up a whole value replaced by that one."""
    given: list[Tensor] = []
    rest = list(values)
    while rest:
        base = base_of(rest[0])
        position = count = 0
        while base is not None and count < len(rest) and base_of(rest[count]) is base:
            start, stop = rows(rest[count])
            if start != position:
                break
            position, count = stop, count + 1
        if base is not None and position == static(base.shape)[0]:
            given.append(base)
            rest = rest[count:]
        else:
            given.append(rest.pop(0))
    return given


def base_of(tensor: Tensor) -> Tensor | None:
    """Give the value of which a tensor is a slice of whole rows, if it is one."""
    match source(tensor).node:
        case Node(Index((slice(),)), (base,)):
            return base
    return None


def rows(tensor: Tensor) -> tuple[int, int]:
    """Give the first row of a slice, and the one behind the last."""
    node = source(tensor).node
    assert isinstance(node.op, Index)
    (item,) = node.op.index
    assert isinstance(item, slice)
    start, stop, step = item.indices(static(node.inputs[0].shape)[0])
    return (start, stop) if step == 1 else (-1, -1)
