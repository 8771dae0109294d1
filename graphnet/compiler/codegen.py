"""From a plan to Python: one line per step, which calls a NumPy function on prepared arrays.

Everything is decided before; printing only names it. The source is registered in ``linecache``, so
that tracebacks, ``pdb`` and profilers show it, and every line tells which node it runs and which
line of user code made that node.
"""

import itertools
import linecache
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from operator import setitem
from typing import Any
from weakref import ref

import numpy as np

from graphnet.compiler.plan import Alias, Call, Copy, Plan, Release, Step
from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor
from graphnet.ir.text import identifier, identifiers
from graphnet.ir.traits import Effect
from graphnet.kernels.rng import Key, stream
from graphnet.typing import Array

__all__ = ["Code", "generate"]

PRELUDE: dict[str, Any] = {
    "deque": deque,
    "empty": np.empty,
    "asarray": np.asarray,
    "everything": repeat(...),
    "setitem": setitem,
    "Key": Key,
}


RESERVED = ("run", "draw", "variables")
"""The names that the text gives a meaning of its own."""


@dataclass(frozen=True)
class Code:
    """A plan as Python.

    Attributes:
        source: The text of one function ``run``.
        filename: What tracebacks call the text.
        function: Feeds, in order, and the step of random draws if there are any -> the fetches.
        lines: The step that each line of the text runs.
    """

    source: str
    filename: str
    function: Callable[..., list[Array]]
    lines: Mapping[int, Step]


def generate(plan: Plan, arrays: Mapping[Tensor, Array], seed: int) -> Code:
    """Print ``plan`` as a Python function over ``arrays``, and compile it.

    Args:
        plan: The plan.
        arrays: The array of every value that has a lasting place, as ``bind`` gives them.
        seed: Seed of the random ops.
    """
    printer = Printer(plan, arrays, seed)
    source = "\n".join(printer.lines()) + "\n"
    filename = f"<graphnet plan {next(numbers)}>"
    exec(compile(source, filename, "exec"), printer.names)  # noqa: S102  # text of our own making
    function = printer.names.pop("run")  # no cycle: memory goes with the program, not when gc runs
    lines = Lines(source.splitlines(keepends=True))
    lines.watch = ref(function, partial(linecache.cache.pop, filename))
    linecache.cache[filename] = (len(source), None, lines, filename)
    return Code(source, filename, function, printer.steps)


numbers = itertools.count()


class Lines(list[str]):
    """The lines of a text, kept in ``linecache`` as long as the function made of them lives.

    Attributes:
        watch: Drops them afterwards. All of it is C, since Ctrl-C gets lost in Python finalizers.
    """

    watch: ref[Callable[..., Any]]


class Printer:
    """The names used in the text, the objects that they stand for, and the lines so far."""

    def __init__(self, plan: Plan, arrays: Mapping[Tensor, Array], seed: int) -> None:
        self.plan = plan
        self.arrays = arrays
        self.seed = seed
        self.names: dict[str, Any] = dict(PRELUDE)
        self.functions: dict[Any, str] = {}
        self.numbered: dict[str, Iterator[str]] = {}
        for step in plan.steps:
            if isinstance(step, Call):
                self.name_function(step.node)
        nodes = dict.fromkeys([*(feed.node for feed in plan.graph.inputs), *plan.graph.nodes])
        nodes.update(dict.fromkeys(variable.node for variable, _ in plan.writes))
        self.words = identifiers(nodes, reserved=(*self.names, *RESERVED))
        self.names.update((self.words[tensor], array) for tensor, array in arrays.items())
        self.copies = self.name_copies()
        self.steps: dict[int, Step] = {}

    def name_function(self, node: Node) -> None:
        """Give the kernel of a node a name: that of the ufunc, or that of the op, numbered."""
        function = node.op.ufunc or node.op.kernel
        key = node.op.ufunc or node.op
        if key in self.functions:
            return
        base = identifier(function.__name__ if node.op.ufunc else node.op.name)
        names = self.numbered.setdefault(base, numbered(base))
        name = next(name for name in names if name not in self.names and name not in RESERVED)
        self.names[name] = function
        self.functions[key] = name

    def name_copies(self) -> dict[Tensor, str]:
        """Give every value that is copied a name for its copy."""
        taken = {*self.names, *self.words.values(), *RESERVED}
        copies: dict[Tensor, str] = {}
        for step in self.plan.steps:
            if isinstance(step, Copy) and step.source not in copies:
                base = f"{self.words[step.source]}_copy"
                copies[step.source] = next(name for name in numbered(base) if name not in taken)
                taken.add(copies[step.source])
        return copies

    def lines(self) -> Iterator[str]:
        """Give the lines of the text, the first at number 1."""
        parameters = [self.words[feed] for feed in self.plan.graph.inputs]
        yield f"def run({', '.join(parameters + ['draw'] * self.plan.draws)}):"
        number = 2
        for step in self.plan.steps:
            self.steps[number] = step
            yield f"    {self.line(step)}"
            number += 1
        yield from self.commit()
        words = zip(map(self.fetched, self.plan.fetches), self.plan.repeats, strict=True)
        fetched = [f"{word}.copy()" if repeated else word for word, repeated in words]
        yield f"    return [{', '.join(fetched)}]"

    def line(self, step: Step) -> str:
        """Give the line that runs one step."""
        match step:
            case Call(node):
                remark = "  in place" if step.inplace is not None else ""
                return f"{self.call(step):<56}  # {origin(node)}{remark}"
            case Alias(node):
                views = ", ".join(self.words[output] for output in node.outputs)
                return f"# {views}: {node.op.name} of {self.words[node.inputs[0]]}, a view"
            case Copy(source):
                return f"{self.copies[source]} = {self.words[source]}.copy()"
            case Release(values):
                return f"del {', '.join(self.words[value] for value in values)}"

    def call(self, step: Call) -> str:
        """Give the call of a kernel, with an assignment where it makes its own result."""
        node = step.node
        function = self.functions[node.op.ufunc or node.op]
        arguments = [self.words[tensor] for tensor in node.inputs]
        if node.op.effect is Effect.RANDOM:
            key = stream(self.seed, node.name)
            arguments.append(f"key=Key({key}, draw)")
        targets = ", ".join(self.words[output] for output in node.outputs)
        if step.into and not step.fresh:
            return f"{function}({', '.join([*arguments, f'out={targets}'])})"
        if step.fresh:
            spec = node.outputs[0].spec
            arguments.append(f"out=empty({spec.shape}, {spec.dtype.name!r})")
        call = f"{function}({', '.join(arguments)})"
        if not targets:
            return call
        if not step.fresh and not all(output.ndim for output in node.outputs):
            # NumPy gives scalars where a result has no axes.
            call = f"asarray({call})" if len(node.outputs) == 1 else f"map(asarray, {call})"
        return f"{targets} = {call}"

    def fetched(self, tensor: Tensor) -> str:
        """Give the name of what is handed out for a fetch."""
        return self.copies.get(tensor, self.words[tensor])

    def commit(self) -> Iterator[str]:
        """Give the line that writes the variables: one C loop, which Ctrl-C can't cut in half."""
        if self.plan.writes:
            variables, values = zip(*self.plan.writes, strict=True)
            self.names["variables"] = tuple(map(self.arrays.__getitem__, variables))
            words = ", ".join(map(self.fetched, values))
            yield f"    deque(map(setitem, variables, everything, ({words},)), 0)"


def numbered(base: str) -> Iterator[str]:
    """Give ``base``, ``base_2``, ``base_3``, ..."""
    yield base
    yield from (f"{base}_{number}" for number in itertools.count(2))


def origin(node: Node) -> str:
    """Give the remark behind a line: what it computes, and where the user wrote that."""
    specs = ", ".join([str(output.spec) for output in node.outputs])
    return f"{node.name}  {specs}  {node.site}"
