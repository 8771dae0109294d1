"""Rows of words in columns, as messages and tables of plans have them."""

import numpy as np

import graphnet as gn
from graphnet.errors import GraphnetError, align


def test_words_stand_in_columns() -> None:
    """Two blanks apart, each column as wide as its longest word; nothing is behind the last."""
    rows = [("a", "b" * 60, "c"), ("aaa", "b", "cc"), ("a",)]
    assert align(rows) == [f"  a    {'b' * 60}  c", f"  aaa  b{' ' * 61}cc", "  a"]
    assert str(GraphnetError("wrong", rows=rows)).splitlines()[1:] == align(rows)


def test_long_words_push_no_other_row() -> None:
    """A column is padded to sixty characters at most."""
    long, short = align([("x" * 200, "end"), ("y", "end")])
    assert long == f"  {'x' * 200}  end"
    assert short == f"  y{' ' * 61}end"


def test_plans_of_long_names_stay_readable() -> None:
    """One long call does not make all lines as long."""
    x = gn.placeholder((2,), name="x")
    with gn.name_scope("scope" * 40):
        y = gn.tanh(x)
    z = gn.exp(y) + np.float32(1)
    plan = gn.compiler.compile_graph(z.graph.subgraph([z], [x]), [x.spec])
    lines = str(plan).splitlines()
    assert max(map(len, lines)) > 200
    assert "   " * 21 not in str(plan)
    assert len(next(line for line in lines if " add(" in line)) < 200
