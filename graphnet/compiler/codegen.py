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
from itertools import starmap
from operator import call, setitem
from typing import Any
from weakref import ref

import numpy as np

from graphnet.compiler.forms import Operand, Request, phrase
from graphnet.compiler.memory import Workspace
from graphnet.compiler.names import Names
from graphnet.compiler.plan import Plan
from graphnet.compiler.steps import (
    Alias,
    Block,
    Blocks,
    Call,
    Copy,
    Fill,
    Number,
    Release,
    Step,
    Taken,
    Target,
    View,
)
from graphnet.compiler.store import Store
from graphnet.ir.node import Node
from graphnet.ir.spec import static
from graphnet.ir.tensor import Tensor
from graphnet.ir.text import identifier, identifiers
from graphnet.ir.traits import Effect
from graphnet.kernels.blocks import Blockwise
from graphnet.kernels.quiet import quiet_context
from graphnet.kernels.rng import Key, stream
from graphnet.typing import Array

__all__ = ["Code", "generate"]

PRELUDE: dict[str, Any] = {
    "deque": deque,
    "empty": np.empty,
    "asarray": np.asarray,
    "call": call,
    "map": map,
    "setitem": setitem,
    "starmap": starmap,
    "Key": Key,
}


RESERVED = ("run", "draw", "total")
"""The names that the text gives a meaning of its own."""

FUNCTIONS = ("maximum", "minimum")
"""Functions that forms call for ops of other names."""


@dataclass(frozen=True)
class Code:
    """A plan as Python.

    Attributes:
        source: The text of one function ``run``.
        filename: What tracebacks call the text.
        function: Feeds, in order, and the step of random draws if there are any -> the fetches.
        lines: The step that each line of the text runs.
        workspace: What it works on.
    """

    source: str
    filename: str
    function: Callable[..., list[Array]]
    lines: Mapping[int, Step]
    workspace: Workspace


def generate(plan: Plan, store: Store, seed: int, *, forms: bool = True) -> Code:
    """Print ``plan`` as a Python function over memory of its own, and compile it.

    Args:
        plan: The plan.
        store: Where the variables lie.
        seed: Seed of the random ops.
        forms: Whether ops are called in the cheapest form, and not by their kernels.
    """
    workspace = Workspace(plan, store)
    printer = Printer(plan, workspace, seed, forms=forms)
    source = "\n".join(printer.lines()) + "\n"
    filename = f"<graphnet plan {next(numbers)}>"
    names = printer.names.objects
    exec(compile(source, filename, "exec"), names)  # noqa: S102  # text of our own making
    function = names.pop("run")  # no cycle: memory goes with the program, not when gc runs
    lines = Lines(source.splitlines(keepends=True))
    lines.watch = ref(function, partial(linecache.cache.pop, filename))
    linecache.cache[filename] = (len(source), None, lines, filename)
    return Code(source, filename, function, printer.steps, workspace)


numbers = itertools.count()


class Lines(list[str]):
    """The lines of a text, kept in ``linecache`` as long as the function made of them lives.

    Attributes:
        watch: Drops them afterwards. All of it is C, since Ctrl-C gets lost in Python finalizers.
    """

    watch: ref[Callable[..., Any]]


class Printer:
    """The names used in the text, and the lines so far."""

    def __init__(self, plan: Plan, workspace: Workspace, seed: int, *, forms: bool) -> None:
        self.plan = plan
        self.workspace = workspace
        self.arrays = workspace.arrays
        self.seed = seed
        self.forms = forms
        self.steps: dict[int, Step] = {}
        self.local: dict[Tensor, Operand] = {}
        calls = [call.node.op for call in plan.calls]
        functions = {op.ufunc.__name__ if op.ufunc else op.name for op in calls}
        nodes = dict.fromkeys([*(feed.node for feed in plan.graph.inputs), *plan.graph.nodes])
        nodes.update(dict.fromkeys(variable.node for variable in plan.variables))
        reserved = (*PRELUDE, *RESERVED, *FUNCTIONS, *map(identifier, functions))
        self.words = identifiers(nodes, reserved)
        self.names = Names(dict(PRELUDE), (*self.words.values(), *RESERVED))
        self.names.objects.update(
            (self.words[tensor], array) for tensor, array in self.arrays.items()
        )
        copied = [step.source for step in plan.steps if isinstance(step, Copy)]
        self.copies = {source: self.names.unused(f"{self.words[source]}_copy") for source in copied}

    def lines(self) -> Iterator[str]:
        """Give the lines of the text, the first at number 1."""
        parameters = [self.words[feed] for feed in self.plan.graph.inputs]
        yield f"def run({', '.join(parameters + ['draw'] * self.plan.draws)}):"
        number = 2
        for step in self.plan.steps:
            for part, line in self.parts(step):
                self.steps[number] = part
                yield f"    {line}"
                number += 1
        yield from self.commit()
        yield f"    return [{', '.join(self.handed_out())}]"

    def parts(self, step: Step) -> Iterator[tuple[Step, str]]:
        """Give the lines that run one step, with what each of them runs."""
        if isinstance(step, Blocks):
            yield from self.blocks(step)
        else:
            yield step, self.line(step)

    def blocks(self, step: Blocks) -> Iterator[tuple[Step, str]]:
        """Give the lines of a function of one block, and of its call for all of them."""
        inside = [self.words[tensor] for tensor in step.rooms]
        made = [call.node.outputs[0] for call in step.calls]
        read = dict.fromkeys(tensor for call in step.calls for tensor in call.node.inputs)
        whole = [
            tensor
            for tensor in dict.fromkeys((*read, *made))
            if tensor.ndim and not isinstance(self.plan.places[tensor], Block)
        ]
        for tensor in made:
            if isinstance(self.plan.places[tensor], Taken):
                shape, dtype = tensor.shape, tensor.dtype.name
                yield step, f"{self.words[tensor]} = empty({shape}, {dtype!r})"
        words = [self.words[tensor] for tensor in whole]
        function = self.names.unused("block")
        yield step, f"def {function}({', '.join([*words, *inside])}):"
        for tensor in (*whole, *made):
            place = self.plan.places[tensor]
            word = inside[place.room] if isinstance(place, Block) else self.words[tensor]
            self.local[tensor] = Operand(tensor, word, None)
        for part in step.calls:
            out = self.local[part.node.outputs[0]]
            text = self.phrase(part.node, out) or self.kernel(part.node, out)
            yield part, f"    {text:<52}  # {origin(part.node)}"
        self.local.clear()
        rooms = [(static(tensor.shape)[1:], tensor.dtype) for tensor in step.rooms]
        extent = static(made[0].shape)[0]
        blockwise = Blockwise(extent, step.number, rooms, step.threads)
        runner = self.names.name("in_blocks", blockwise, step)
        yield step, f"{runner}({', '.join([function, *words])})"

    def line(self, step: Call | Alias | Fill | Copy | Release) -> str:
        """Give the line that runs one step."""
        match step:
            case Call(node):
                remark = "  in place" if step.inplace is not None else ""
                return f"{self.call(step):<56}  # {origin(node)}{remark}"
            case Alias(node):
                return f"# {self.alias(node)}"
            case Fill(node, index):
                source = self.words[node.inputs[index]]
                whole = self.words[node.outputs[0]]
                part = self.workspace.part(node, index)
                word = self.names.name(f"{whole}_{index}", part, (whole, index))
                return f"{word}[...] = {source}"
            case Copy(source):
                return f"{self.copies[source]} = {self.words[source]}.copy()"
            case Release(values):
                return f"del {', '.join(self.words[value] for value in values)}"

    def alias(self, node: Node) -> str:
        """Give the remark on results that need no computing."""
        views = ", ".join(self.words[output] for output in node.outputs)
        sources = ", ".join(self.words[tensor] for tensor in node.inputs)
        place = self.plan.places[node.outputs[0]]
        kind = "a view" if isinstance(place, View) else "in place already"
        return f"{views}: {node.op.name} of {sources}, {kind}"

    def call(self, step: Call) -> str:
        """Give the call of a kernel, with an assignment where it makes its own result."""
        node = step.node
        targets = ", ".join(self.words[output] for output in node.outputs)
        out = self.out(step)
        text = self.phrase(node, out) or self.kernel(node, out)
        if not targets or (out is not None and not step.fresh):
            return text
        made_elsewhere = out is not None or isinstance(self.plan.places[node.outputs[0]], Number)
        if not made_elsewhere and not all(output.ndim for output in node.outputs):
            # NumPy gives scalars where a result has no axes.
            text = f"asarray({text})" if len(node.outputs) == 1 else f"map(asarray, {text})"
        return f"{targets} = {text}"

    def phrase(self, node: Node, out: Operand | None) -> str | None:
        """Give the cheapest call, if there is one besides that of the kernel."""
        if not self.forms or node.op.effect is Effect.RANDOM:
            return None
        return phrase(Request(node, [*map(self.operand, node.inputs)], out, self.names))

    def operand(self, tensor: Tensor) -> Operand:
        """Give what forms know of an operand."""
        if tensor in self.local:
            return self.local[tensor]
        return Operand(tensor, self.words[tensor], self.arrays.get(tensor))

    def out(self, step: Call) -> Operand | None:
        """Give the memory that a call writes into."""
        if not step.into:
            return None
        (output,) = step.node.outputs
        if not step.fresh:
            return self.operand(output)
        if self.forms and self.plan.by_columns.isdisjoint(step.node.inputs):
            return None  # NumPy makes results faster than memory for them can be asked for
        shape, dtype = output.spec.shape, output.spec.dtype.name
        return Operand(output, f"empty({shape}, {dtype!r})", None)

    def kernel(self, node: Node, out: Operand | None) -> str:
        """Give the call of the kernel of an op."""
        key = node.op.ufunc or node.op
        base = identifier(node.op.ufunc.__name__ if node.op.ufunc else node.op.name)
        function = self.names.name(base, node.op.ufunc or node.op.kernel, key)
        arguments = [self.operand(tensor).word for tensor in node.inputs]
        if node.op.effect is Effect.RANDOM:
            arguments.append(f"key=Key({stream(self.seed, node.name)}, draw)")
        if out is not None:
            arguments.append(f"out={out.word}")
        return f"{function}({', '.join(arguments)})"

    def handed_out(self) -> Iterator[str]:
        """Give the expressions for the fetches."""
        for tensor, repeated in zip(self.plan.fetches, self.plan.repeats, strict=True):
            word = self.copies.get(tensor, self.words[tensor])
            if isinstance(self.plan.places[tensor], Number):
                yield f"asarray({word})"
            else:
                yield f"{word}.copy()" if repeated else word

    def commit(self) -> Iterator[str]:
        """Give the lines that write the variables: one C loop, which Ctrl-C can't cut in half."""
        calls = [self.update(step) for step in self.plan.updates]
        calls += [self.write(target, value) for target, value in self.plan.writes]
        if len(calls) == 1 and not self.plan.updates:
            variable, value = calls[0][1], calls[0][3]
            yield f"    {variable}[...] = {value}"
        elif calls:
            if self.plan.updates:  # where an error of floats would leave half of it
                quiet = self.names.name("quiet", quiet_context(), "quiet")
                yield f"    {quiet}.run(deque, starmap(call, ("
            else:
                yield "    deque(starmap(call, ("
            yield from (f"        ({', '.join(words)})," for words in calls)
            yield "    )), 0)"

    def update(self, step: Call) -> tuple[str, ...]:
        """Give the function, the operands and the result of a call that is part of the commit."""
        ufunc = step.node.op.ufunc
        assert ufunc is not None, "please report: an update that is no ufunc"
        words = (self.words[tensor] for tensor in (*step.node.inputs, *step.node.outputs))
        return self.names.function(ufunc), *words

    def write(self, target: Target, value: Tensor) -> tuple[str, ...]:
        """Give the words that copy a new value to its variables."""
        memory = self.workspace.target(target)
        base = self.words[target[0]] if len(target) == 1 else "variables"
        word = self.names.name(base, memory, target) if len(target) > 1 else base
        return "setitem", word, "...", self.copies.get(value, self.words[value])


def origin(node: Node) -> str:
    """Give the remark behind a line: what it computes, and where the user wrote that."""
    specs = ", ".join([str(output.spec) for output in node.outputs])
    return f"{node.name}  {specs}  {node.site}"
