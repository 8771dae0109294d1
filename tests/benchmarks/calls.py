"""What one call of NumPy costs, by how it is written: what ``graphnet.compiler.forms`` relies on.

``python -m tests.benchmarks.calls [--rounds 20] [--document PAGE]``
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from timeit import Timer
from typing import Any

import numpy as np

from tests.benchmarks.costs import table
from tests.benchmarks.document import markdown, put
from tests.benchmarks.inputs import Array

__all__ = ["FORMS", "arrays", "main", "measure"]

NUMBER = 2000
"""How often a call is repeated each time that the clock is read."""

FORMS: Mapping[str, Sequence[str]] = {
    "product": ("matmul(x, y, out=z)", "dot(x, y, z)", "x_dot(y, z)"),
    "add": ("add(x, y, out=z)", "add(x, y, z)"),
    "relu": ("maximum(x, 0.0, out=z)", "maximum(x, zeros, out=z)"),
    "slope of relu": (
        "where(r > 0, y, 0)",
        "multiply(y, r > 0, z)",
        "minimum(r, ones_x, out=z); ceil(z, z); multiply(y, z, z)",
    ),
    "sum along axis 0": ("sum(x, axis=0, out=row)", "ones_dot(x, row)"),
    "sum along axis 1": ("sum(x, axis=1, out=row)", "x_dot(ones, row)"),
    "largest of two": ("amax(pair, axis=0, out=row)", "maximum(pair_0, pair_1, out=row)"),
    "a column to each of two": (
        "add(two, column, two_out)",
        "add(two_0, column_0, two_out_0); add(two_1, column_0, two_out_1)",
    ),
    "sum of products": ("sum(x * y)", "x_flat_dot(y_flat)"),
    "numbers": ("multiply(a, b, c)", "s * t"),
    "copy": ("copyto(z, x)", "z[...] = x"),
    "two orders in one function": ("add(tall, tall_f, tall_out)", "add(tall, tall_c, tall_out)"),
    "add a row, by rows or columns": (
        "add(tall, row_1, tall_out)",
        "add(tall_f, row_1, tall_f_out)",
    ),
    "largest of 25, by rows or columns": (
        "max_reduce(tall, 1, None, long)",
        "max_reduce(tall_f, 1, None, long)",
    ),
    "product, by rows or columns": ("tall_dot(x, tall_out)", "x_T_dot(tall_T, tall_T_out)"),
    "errors ignored": ("add(x, y, z)", "with errstate(all='ignore'): add(x, y, z)"),
}
"""Ways to do the same, most of them from the usual one to the one that is used."""


def arrays() -> dict[str, Any]:
    """Give what the calls are made on: float32, most of them matrices of 25 by 25."""
    random = np.random.default_rng(0)
    x, y, z, r = (random.standard_normal((25, 25)).astype(np.float32) for _ in range(4))
    ones, pair = np.ones(25, np.float32), x[:2].copy()
    a, b, c = (np.array(value, np.float32) for value in (1.5, 2.5, 0.0))
    methods = {
        "x_dot": x.dot,
        "ones_dot": ones.dot,
        "x_flat_dot": x.reshape(-1).dot,
        "y_flat": y.reshape(-1),
        "add_reduce": np.add.reduce,
        "row": np.empty(25, np.float32),
        "zeros": np.zeros_like(x),
        "r": np.maximum(r, 0),
        "ones_x": np.ones_like(x),
        "pair": pair,
        "pair_0": pair[0],
        "pair_1": pair[1],
        "s": a[()],
        "t": b[()],
    }
    names = dict(zip("xyzabc", (x, y, z, a, b, c), strict=True))
    return {**vars(np), **names, "ones": ones, **methods, **columns(x), **tall_arrays(x)}


def columns(x: Array) -> dict[str, Any]:
    """Give matrices of two columns, and a column for both."""
    two, column, out = x[:, :2].copy(), x[:, 2:3].copy(), np.empty((25, 2), np.float32)
    return {
        "two": two,
        "two_0": two[:, 0],
        "two_1": two[:, 1],
        "column": column,
        "column_0": column[:, 0],
        "two_out": out,
        "two_out_0": out[:, 0],
        "two_out_1": out[:, 1],
    }


def tall_arrays(x: Array) -> dict[str, Any]:
    """Give matrices of 1000 by 25, by rows and by columns, with what they are combined with."""
    tall = np.resize(x, (1000, 25))
    tall_f = np.asfortranarray(tall)
    return {
        "tall": tall,
        "tall_c": tall.copy(),
        "tall_f": tall_f,
        "tall_T": tall_f.T,
        "tall_out": np.empty_like(tall),
        "tall_f_out": np.empty_like(tall_f),
        "tall_T_out": np.empty((25, 1000), np.float32),
        "tall_dot": tall.dot,
        "x_T_dot": x.T.dot,
        "long": np.empty(1000, np.float32),
        "row_1": np.ones(25, np.float32),
        "max_reduce": np.maximum.reduce,
    }


def measure(rounds: int, number: int = NUMBER) -> dict[str, list[float]]:
    """Give the nanoseconds of each way, the best of several rounds, which visit all in turn."""
    names = arrays()
    timers = {kind: [Timer(text, globals=names) for text in ways] for kind, ways in FORMS.items()}
    found = [
        {kind: [timer.timeit(number) for timer in ways] for kind, ways in timers.items()}
        for _ in range(rounds)
    ]
    return {
        kind: [
            min(times) * 1e9 / number for times in zip(*(one[kind] for one in found), strict=True)
        ]
        for kind in timers
    }


def rows(found: Mapping[str, Sequence[float]]) -> list[list[str]]:
    """Give a row for each kind, its ways with their times behind each other."""
    return [
        [kind, *(f"`{way}` {time:.0f}" for way, time in zip(FORMS[kind], times, strict=True))]
        for kind, times in found.items()
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, and put the table into a page if one is named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--document", type=Path, metavar="PAGE", help="put the table there, too")
    options = parser.parse_args(arguments)
    found = [[*row, *[""] * (4 - len(row))] for row in rows(measure(options.rounds))]
    print(table(found))
    if options.document is not None:
        put(options.document, "calls", markdown([["nanoseconds", "", "", ""], *found]))


if __name__ == "__main__":
    main()
