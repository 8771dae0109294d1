"""What the lines of a plan's text are, how long each of them takes, and what they multiply."""

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import numpy as np

from graphnet.compiler.plan import Plan
from graphnet.compiler.program import Program
from graphnet.compiler.steps import Blocks, Call, Copy, Fill, Step
from graphnet.ops.linalg import Matmul
from tests.benchmarks.inputs import Array
from tests.benchmarks.products import Operands
from tests.benchmarks.stamps import define, definition_of, evaluated

__all__ = ["AROUND", "COMMIT", "KINDS", "OTHER", "PRODUCT", "Line", "flops"]
__all__ += ["lines_of", "operands", "recorder", "timer"]

PRODUCT, OTHER, COMMIT, AROUND = KINDS = ("products", "other", "commits", "around")
"""What a line is: a product of matrices, another call of NumPy, the writes to variables at the end
of a step with what computes them in place, or what hands out the results."""


@dataclass(frozen=True)
class Line:
    """A statement of a plan's text.

    Attributes:
        kind: One of ``KINDS``.
        calls: How many calls, fills and copies of the plan it runs; for blocks, those of one block.
        text: What it does, in short.
    """

    kind: str
    calls: int
    text: str


def lines_of(program: Program) -> list[Line]:
    """Give all statements of a plan's text, in order."""
    steps, plan = program.code.lines, program.plan
    return [
        line_of(statement, steps.get(statement.lineno), plan)
        for statement in definition_of(the_function(program), program.source).body
    ]


def line_of(statement: ast.stmt, step: Step | None, plan: Plan) -> Line:
    """Give one statement, with the step that it runs."""
    text = ast.unparse(statement).partition("\n")[0]
    match step:
        case Call(node):
            specs = ", ".join(str(tensor.spec) for tensor in node.inputs)
            kind = PRODUCT if isinstance(node.op, Matmul) else OTHER
            return Line(kind, 1, f"{node.op.name}({specs})  {node.name}")
        case Blocks(calls, number) if isinstance(statement, ast.Expr):
            return Line(OTHER, len(calls), f"{len(calls)} calls in each of {number} blocks")
        case None if isinstance(statement, ast.Return):
            return Line(AROUND, 0, text)
        case None:
            count = len(plan.updates) + len(plan.writes)
            return Line(COMMIT, count, f"commit of {count} call{'' if count == 1 else 's'}")
    return Line(OTHER, int(isinstance(step, Copy | Fill)), text)


def the_function(program: Program) -> FunctionType:
    """Give the generated function of a program."""
    assert isinstance(program.run, FunctionType), "a plan is printed as a function"
    return program.run


def timer(program: Program) -> Callable[..., list[int]]:
    """Give a twin of a plan, which runs a step and gives the nanoseconds of its statements.

    The first number is that of no statement at all, and so what reading the clock costs.
    """
    definition = definition_of(the_function(program), program.source)
    statements = [ast.Pass(), *evaluated(definition.body)]
    body: list[ast.stmt] = list(ast.parse(f"_times = [0] * {len(statements)}").body)
    for place, statement in enumerate(statements):
        before, after = ast.parse(f"_begin = _clock()\n_times[{place}] = _clock() - _begin").body
        body += [before, statement, after]
    definition.body = [*body, ast.Return(ast.Name("_times", ast.Load()))]
    return define(definition, the_function(program))


def recorder(program: Program) -> Callable[..., list[Operands]]:
    """Give a twin of a plan, which runs a step and gives what its products are made of."""
    definition = definition_of(the_function(program), program.source)
    body: list[ast.stmt] = list(ast.parse("_found = []").body)
    for statement, line in zip(evaluated(definition.body), lines_of(program), strict=True):
        if line.kind == PRODUCT:
            body.append(note_of(statement))
        body.append(statement)
    definition.body = [*body, ast.Return(ast.Name("_found", ast.Load()))]
    return define(definition, the_function(program), _operands=operands)


def note_of(statement: ast.stmt) -> ast.stmt:
    """Give the statement that notes the operands of a product before it is made."""
    calls = (part for part in ast.walk(statement) if isinstance(part, ast.Call))
    found = next(part for part in calls if ast.unparse(part.func) != "asarray")
    (note,) = ast.parse("_found.append(_operands())").body
    assert isinstance(note, ast.Expr)
    assert isinstance(note.value, ast.Call)
    note.value.args = [
        ast.Call(ast.Name("_operands", ast.Load()), [found.func, *found.args], found.keywords)
    ]
    return note


def operands(function: Callable[..., Any], *arguments: Array, out: Array | None = None) -> Operands:
    """Give the operands of a product by the call that makes it: of ``x.dot``, or of a kernel."""
    owner = getattr(function, "__self__", None)
    x, y, *rest = (owner, *arguments) if isinstance(owner, np.ndarray) else arguments
    result = rest[0] if rest else out
    return as_matrices(x, y, np.empty_like(np.matmul(x, y)) if result is None else result)


def as_matrices(x: Array, y: Array, out: Array) -> Operands:
    """Give operands as the kernel passes them to BLAS: many rows at once, the result by rows."""
    if x.ndim > 2 and y.ndim == 2 and out.flags.c_contiguous:
        return x.reshape(-1, x.shape[-1]), y, out.reshape(-1, out.shape[-1])
    if x.ndim == y.ndim == 2 and not out.flags.c_contiguous:
        return y.T, x.T, out.T
    return x, y, out


def flops(found: Sequence[Operands]) -> int:
    """Give the number of multiplications and additions of products."""
    return sum(2 * out.size * x.shape[-1] for x, _, out in found)
