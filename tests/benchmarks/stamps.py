"""How long a step of graphnet spends in NumPy calls, and how long outside of them.

The generated source of a plan is a straight list of statements, almost every one a call of a NumPy
function or of a kernel. Its twin, made here, reads the clock before and after every statement that
calls something, in its place among the others, so that data, caches and the state of the variables
are those of a real step. The sum of these times, less what reading the clock costs, is the time
inside NumPy calls. What the whole step takes beyond that - looking up the program, checking feeds,
calling the generated function, handing out results - is the time outside.

Naming a function and its arguments, and what Python does inside of a kernel that makes several
NumPy calls, count as inside.
"""

import ast
from collections.abc import Callable, Iterator
from time import perf_counter_ns
from types import FunctionType
from typing import Any

__all__ = ["define", "definition_of", "evaluated", "stamped"]

TRIALS = 1000


def stamped(function: Callable[..., Any], source: str) -> Callable[..., float]:
    """Give a twin of a generated function: it does the same, and gives the seconds in its calls.

    Args:
        function: The function; it has no free variables.
        source: Text that defines it.
    """
    assert isinstance(function, FunctionType), "only a function of Python text has statements"
    definition = definition_of(function, source)
    calls = insert_stamps(definition)
    twin = define(definition, function)
    cost = clock_cost()

    def inside(*values: Any) -> float:
        total: int = twin(*values)
        return (total - calls * cost) * 1e-9

    return inside


def definition_of(function: FunctionType, source: str) -> ast.FunctionDef:
    """Give the definition of a function, of a text that has it."""
    return next(
        part
        for part in ast.parse(source).body
        if isinstance(part, ast.FunctionDef) and part.name == function.__name__
    )


def insert_stamps(definition: ast.FunctionDef) -> int:
    """Make a function give the nanoseconds in its calls; give how many statements it times."""
    before, after = ast.parse("_begin = _clock()\n_total += _clock() - _begin").body
    body: list[ast.stmt] = list(ast.parse("_total = 0").body)
    calls = 0
    for statement in evaluated(definition.body):
        called = any(isinstance(part, ast.Call) for part in ast.walk(statement))
        body += [before, statement, after] if called else [statement]
        calls += called
    definition.body = [*body, ast.Return(ast.Name("_total", ast.Load()))]
    return calls


def evaluated(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Give the statements; of a return only what is returned, as an expression."""
    for statement in body:
        if not isinstance(statement, ast.Return):
            yield statement
        elif statement.value is not None:
            yield ast.Expr(statement.value)


def define(definition: ast.FunctionDef, function: FunctionType, **more: Any) -> Callable[..., Any]:
    """Compile a changed definition of ``function``, with its names, more of them, and defaults."""
    definition.args.defaults = []
    definition.args.kw_defaults = [None] * len(definition.args.kw_defaults)
    names = {**function.__globals__, "_clock": perf_counter_ns, **more}
    module = ast.fix_missing_locations(ast.Module([definition], []))
    exec(compile(module, "<plan with a clock>", "exec"), names)  # noqa: S102  # text of the plan
    twin: FunctionType = names[definition.name]
    twin.__defaults__, twin.__kwdefaults__ = function.__defaults__, function.__kwdefaults__
    return twin


def clock_cost() -> float:
    """Give the nanoseconds between two readings of the clock with nothing between them."""

    def empty() -> float:
        total = 0
        for _ in range(TRIALS):
            begin = perf_counter_ns()
            total += perf_counter_ns() - begin
        return total / TRIALS

    return min(empty() for _ in range(20))
