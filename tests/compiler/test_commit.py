"""Large variables are updated in place, behind the last step that can fail."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import graphnet as gn
from graphnet.compiler import commit
from graphnet.compiler.options import Options
from graphnet.compiler.plan import Plan
from tests.compiler.networks import NETWORKS
from tests.compiler.test_networks import check
from tests.compiler.update_traps import UPDATE_TRAPS


@pytest.fixture(autouse=True)
def _always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Update variables of any size in place."""
    monkeypatch.setattr(commit, "SMALLEST", 0)


@pytest.mark.parametrize("rule", ["momentum", "adam"])
@pytest.mark.parametrize("name", [*NETWORKS, *UPDATE_TRAPS])
def test_networks_are_updated_in_place(name: str, rule: str) -> None:
    """What networks give, and the variables afterwards, are what the reference gives."""
    check(name, rule, 7, Options())


def plan_of(session: gn.Session) -> Plan:
    """Give the plan that ran last."""
    return next(reversed(session.programs.values())).plan


def updates(plan: Plan) -> list[str]:
    """Give the updates as a table shows them."""
    lines = [line.split() for line in str(plan).splitlines()]
    return [" ".join(words) for words in lines if words[0] in {"update", "commit"}]


@pytest.fixture
def pair() -> Iterator[tuple[gn.Variable, gn.Variable]]:
    """Two variables."""
    with gn.Graph():
        yield (
            gn.Variable(np.full(4, 3.0, np.float32), name="a"),
            gn.Variable(np.full(4, 2.0, np.float32), name="b"),
        )


def run(*operations: gn.Tensor) -> tuple[list[str], Any]:
    """Run operations once: the updates of the plan, and the variables afterwards."""
    graph = operations[0].graph
    with gn.Session(graph) as session:
        session.run(gn.group(*operations))
        shown = updates(plan_of(session))
        return shown, [value.tolist() for value in session.run(list(graph.variables()))]


def test_momentum_needs_no_memory_but_that_of_the_variables(
    pair: tuple[gn.Variable, gn.Variable],
) -> None:
    """The old velocity is scaled where it lies, and so on."""
    p, v = pair
    new = v * gn.constant(0.5, name="decay") + gn.constant(np.ones(4, np.float32), name="slope")
    shown, values = run(gn.assign(v, new), gn.assign(p, p - new))
    assert shown == [
        "update multiply(b, decay) -> multiply float32[4] memory of b",
        "update add(multiply, slope) -> add float32[4] memory of b in place",
        "update subtract(a, add) -> subtract float32[4] memory of a",
    ]
    assert values == [[1.0] * 4, [2.0] * 4]


def test_variables_that_take_each_others_value_are_not_overwritten_too_early(
    pair: tuple[gn.Variable, gn.Variable],
) -> None:
    """The first may be written in place only if nobody reads it afterwards."""
    a, b = pair
    shown, values = run(gn.assign(a, b + 1.0), gn.assign(b, a * 10.0))
    assert values == [[3.0] * 4, [30.0] * 4]
    assert any(line.startswith("commit") for line in shown)


def test_a_variable_read_the_other_way_round_is_copied() -> None:
    """An update that reads other elements than it writes cannot work in place."""
    with gn.Graph():
        a = gn.Variable(np.arange(4, dtype=np.float32).reshape(2, 2), name="a")
        shown, values = run(gn.assign(a, a.T * 1.0 + a))
    assert shown == ["commit a = add"]
    assert values == [[[0.0, 3.0], [3.0, 6.0]]]


def test_new_values_that_are_fetched_are_copied(pair: tuple[gn.Variable, gn.Variable]) -> None:
    """What the user owns is not the variable's memory."""
    a, _ = pair
    with gn.Session(a.graph) as session:
        kept = session.run(gn.assign(a, a + 1.0))
        session.run(gn.assign(a, a + 1.0))
        assert kept.tolist() == [4.0] * 4


def test_errors_of_floats_cannot_leave_half_of_a_commit(
    pair: tuple[gn.Variable, gn.Variable],
) -> None:
    """Where NumPy is told to raise, an update that overflows gives infinity, as it does else."""
    a, b = pair
    huge = gn.constant(np.full(4, 3e38, np.float32))
    train = gn.group(gn.assign(a, a + huge), gn.assign(b, b * huge))
    with gn.Session(a.graph) as session, np.errstate(all="raise"):
        session.run(train)
        session.run(train)
        values = session.run([a, b])
    assert [value.tolist() for value in values] == [[np.inf] * 4, [np.inf] * 4]


def test_a_step_that_fails_leaves_variables_alone(pair: tuple[gn.Variable, gn.Variable]) -> None:
    """Whatever can fail comes before the first update."""

    def fail(_: object) -> None:
        raise ValueError

    a, b = pair
    broken = gn.py_call(fail, [b], gn.float32, (4,))
    train = gn.group(gn.assign(a, a + 1.0), gn.assign(b, b + broken))
    with gn.Session(a.graph) as session:
        with pytest.raises(gn.errors.ExecutionError):
            session.run(train)
        assert [value.tolist() for value in session.run([a, b])] == [[3.0] * 4, [2.0] * 4]
