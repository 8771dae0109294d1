"""Rules of algebra shown as pictures, with operands that need not be declared."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from textwrap import dedent
from types import ModuleType

import numpy as np
import pytest

from graphnet.compiler.interpreter import interpret
from graphnet.compiler.passes.simplify import simplify
from graphnet.compiler.rules import registry
from graphnet.ir import Graph
from graphnet.ir.spec import static
from graphnet.testing.compare import assert_close
from graphnet.typing import Array
from tests.compiler.pictures import check, picture, read

__all__ = ["check_rule", "check_unchanged", "pictures", "rules_of"]

OPERANDS = {
    "x": "placeholder(shape=(2, 3), dtype=float32)",
    "y": "placeholder(shape=(2, 3), dtype=float32)",
    "row": "placeholder(shape=(3,), dtype=float32)",
    "column": "placeholder(shape=(2, 1), dtype=float32)",
    "box": "placeholder(shape=(2, 1, 3), dtype=float32)",
    "s": "placeholder(shape=(), dtype=float32)",
    "t": "placeholder(shape=(), dtype=float32)",
    "whole": "placeholder(shape=(2, 3), dtype=int32)",
    "truth": "placeholder(shape=(2, 3), dtype=bool)",
    "half": "placeholder(shape=(2, 3), dtype=float16)",
    "empty": "placeholder(shape=(0, 3), dtype=float32)",
    "labels": "placeholder(shape=(2,), dtype=int64)",
    "unknown": "placeholder(shape=(None, 3), dtype=float32)",
}


def check_rule(rule: str, *, before: str, after: str) -> None:
    """Require that the rules make one text of another, and would not without one of them.

    Both have to give the same for moderate numbers, and where some are infinite or NaN.
    """
    check(simplify, before=declared(before), after=declared(after))
    with left_out(rule):
        made = picture(simplify(read(declared(before))))
    assert made != declared(after), f"{rule} has no part in this"
    for odd in (1.0, np.inf, -np.inf, np.nan):
        results = [run(read(declared(text)), odd) for text in (before, after)]
        for found, wanted in zip(*results, strict=True):
            assert_close(found, wanted)


def run(graph: Graph, odd: float) -> tuple[Array, ...]:
    """Give the results for random numbers, among them an odd one in each floating operand."""
    feeds = {}
    for tensor in graph.inputs:
        generator = np.random.default_rng(list(tensor.name.encode()))
        array = np.asarray(generator.uniform(0, 3, static(tensor.shape))).astype(tensor.dtype)
        if tensor.dtype.kind == "f" and array.ndim:
            array.flat[-1] = odd
        feeds[tensor] = array
    with np.errstate(all="ignore"):
        return interpret(graph, feeds)


def check_unchanged(text: str) -> None:
    """Require that no rule fits any node of a text."""
    check(simplify, before=declared(text), after=declared(text))


def declared(text: str) -> str:
    """Put the declarations of the operands that occur in front of a text."""
    words = set(re.findall(r"\w+", text))
    lines = [f"{name} = {made}" for name, made in OPERANDS.items() if name in words]
    return "\n".join([*lines, dedent(text).strip()])


@contextmanager
def left_out(rule: str) -> Iterator[None]:
    """Do without a rule for a while."""
    others = [entry for entry in registry.RULES if entry.function.__name__ != rule]
    assert len(others) == len(registry.RULES) - 1, f"there is no rule {rule}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "RULES", others)
        patch.setattr(registry, "FITTING", {})
        yield


def rules_of(module: ModuleType) -> set[str]:
    """Give the names of the rules that a module enters."""
    functions = (entry.function for entry in registry.RULES)
    return {function.__name__ for function in functions if function.__module__ == module.__name__}


def pictures(table: Sequence[tuple[str, ...]]) -> pytest.MarkDecorator:
    """Run a test for each row of a table, whose first column is the name of a rule."""
    columns = ("rule", "before", "after")[: len(table[0])]
    names = [row[0] for row in table]
    ids = [f"{name}-{names[:number].count(name) + 1}" for number, name in enumerate(names)]
    return pytest.mark.parametrize(columns, table, ids=ids)
