"""A twin of a program: the same text with a clock between its statements.

Statements are timed in their places among the others, so that data and caches are those of a real
run; in a loop of its own, a statement would find its operands in the cache. The twin keeps the line
numbers and the file name of the text, so that an error in it is explained as one of the program.
"""

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, TypeAlias

from graphnet.compiler.codegen import Code

__all__ = ["Clock", "Times", "Twin"]

Clock: TypeAlias = Callable[[], int]
"""Gives nanoseconds."""

CLOCK, STAMPS, NOTE = "the clock", "the stamps", "the note"
"""Names of what is new in the text. With blanks, so that nothing else can have them."""


class Times:
    """The nanoseconds of one run, or the best ones of several.

    Attributes:
        clock: What one reading of the clock takes; it is part of all others.
        statements: Of the statements of the text.
        blocks: Of the statements of each block function, over all blocks and threads.
        commit: Of the calls of the commit, if there is one.
    """

    def __init__(
        self, clock: int, statements: list[int], blocks: list[list[int]], commit: list[int]
    ) -> None:
        self.clock = clock
        self.statements = statements
        self.blocks = blocks
        self.commit = commit

    def best(self, other: "Times") -> "Times":
        """Give the shorter one of each time."""
        return Times(
            min(self.clock, other.clock),
            shorter(self.statements, other.statements),
            [shorter(*both) for both in zip(self.blocks, other.blocks, strict=True)],
            shorter(self.commit, other.commit),
        )


class Readings:
    """What the clock has shown in a run. It knows no function, so that there is no cycle.

    Args:
        clock: The clock.
        count: How many statements there are.
        sizes: How many there are in each block function.

    Attributes:
        stamps: When each statement began and ended.
        notes: The same for each block that was done, with the number of its function.
        pieces: How long each call of the commit took, where it is a loop.
    """

    def __init__(self, clock: Clock, count: int, sizes: Sequence[int]) -> None:
        self.clock = clock
        self.sizes = sizes
        self.stamps = [0] * (count + 2)
        self.notes: list[tuple[int, list[int]]] = []
        self.pieces: list[int] = []

    def note(self, place: int) -> list[int]:
        """Give a block room for its readings; two threads may ask at once."""
        stamps = [0] * (self.sizes[place] + 1)
        self.notes.append((place, stamps))
        return stamps

    def each(self, function: Callable[..., Any], rows: Iterable[Sequence[Any]]) -> Iterator[None]:
        """Do what ``starmap`` does in the commit, by the clock."""
        for row in rows:
            begin = self.clock()
            function(*row)
            self.pieces.append(self.clock() - begin)
            yield

    def clear(self) -> None:
        """Forget a run before this one."""
        self.notes.clear()
        self.pieces.clear()

    def times(self) -> Times:
        """Give the times of the run."""
        clock, *statements = gaps(self.stamps)
        blocks = [[0] * size for size in self.sizes]
        for place, stamps in self.notes:
            blocks[place] = [sum(both) for both in zip(blocks[place], gaps(stamps), strict=True)]
        return Times(clock, statements, blocks, self.pieces[:] or statements[-1:])


class Twin:
    """A generated function with a clock at every statement.

    Args:
        code: The text, and the function made of it.
        clock: The clock.

    Attributes:
        statements: The statements of the text, without what hands out results.
        bodies: The statements of each function among them, which is called for one block.
        commit: What the calls of the commit are, as text.
        readings: What the clock has shown.
        function: Does what the program does.
    """

    def __init__(self, code: Code, clock: Clock) -> None:
        tree = ast.parse(code.source)
        (definition,) = tree.body
        assert isinstance(definition, ast.FunctionDef), "please report: a plan that is no function"
        *self.statements, handed_out = definition.body
        blocks = [each for each in self.statements if isinstance(each, ast.FunctionDef)]
        self.bodies = [block.body for block in blocks]
        late = (each for each in self.statements if each.lineno not in code.lines)
        self.commit = [text for each in late for text in commit_texts(each)]
        definition.body = [reading(0), *stamped(self.statements, 1), handed_out]
        for place, block in enumerate(blocks):
            block.body = [noting(place), *stamped(block.body, 0)]
        self.readings = Readings(clock, len(self.statements), list(map(len, self.bodies)))
        self.function = compiled(tree, code, self.readings)

    def timed(self, run: Callable[[], Any]) -> Times:
        """Do something that runs the function once, and give the times of the run."""
        self.readings.clear()
        run()
        return self.readings.times()


def compiled(tree: ast.Module, code: Code, readings: Readings) -> Callable[..., Any]:
    """Give the function of a changed text, whose lines are those of the text as it was."""
    names: dict[str, Any] = dict(code.function.__globals__)
    names |= {CLOCK: readings.clock, STAMPS: readings.stamps, NOTE: readings.note}
    names["starmap"] = readings.each
    exec(compile(ast.fix_missing_locations(tree), code.filename, "exec"), names)  # noqa: S102
    function: Callable[..., Any] = names.pop("run")  # no cycle, as for the program
    return function


def shorter(times: Iterable[int], others: Iterable[int]) -> list[int]:
    """Give the shorter one of each two times."""
    return list(map(min, times, others))


def gaps(stamps: Iterable[int]) -> list[int]:
    """Give the times between readings of the clock."""
    return [after - before for before, after in pairwise(stamps)]


def stamped(body: Iterable[ast.stmt], first: int) -> Iterator[ast.stmt]:
    """Give statements with readings of the clock before, between and behind them."""
    place = first
    yield reading(place)
    for place, statement in enumerate(body, first + 1):
        yield statement
        yield ast.copy_location(reading(place), statement)


def reading(place: int) -> ast.stmt:
    """Give the statement that reads the clock, as the stamp of a place."""
    stamp = ast.Subscript(name(STAMPS), ast.Constant(place), ast.Store())
    return ast.Assign([stamp], ast.Call(name(CLOCK), [], []))


def noting(place: int) -> ast.stmt:
    """Give the statement by which a block gets stamps of its own."""
    stamps = ast.Name(STAMPS, ast.Store())
    return ast.Assign([stamps], ast.Call(name(NOTE), [ast.Constant(place)], []))


def name(word: str) -> ast.Name:
    """Give the expression for what has a name."""
    return ast.Name(word, ast.Load())


def commit_texts(statement: ast.stmt) -> list[str]:
    """Give the calls of the commit, which is either one of them or a loop over many."""
    for part in ast.walk(statement):
        if isinstance(part, ast.Call) and ast.unparse(part.func) == "starmap":
            rows = part.args[1]
            assert isinstance(rows, ast.Tuple), "please report: a commit without a tuple of calls"
            return [call_text(row) for row in rows.elts]
    return [ast.unparse(statement)]


def call_text(row: ast.expr) -> str:
    """Give a row of the commit, a function and what it is given, as the call that it stands for."""
    assert isinstance(row, ast.Tuple), "please report: a call of a commit that is no tuple"
    function, *operands = map(ast.unparse, row.elts)
    if function == "setitem":
        target, _, value = operands
        return f"{target}[...] = {value}"
    return f"{function}({', '.join(operands)})"
