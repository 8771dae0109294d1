"""Every update rule, step by step, against its transcription from the paper."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pytest

import graphnet as gn
from tests.optim import transcriptions

Array = np.ndarray[Any, np.dtype[Any]]
STEPS = 10
SHAPES: list[tuple[int, ...]] = [(3, 4), (4,), (), (2, 1, 2)]
BETAS = {"beta1": 0.8, "beta2": 0.9}


class Case(NamedTuple):
    """An optimizer, its transcription, and the arguments that the latter takes."""

    optimizer: Callable[..., gn.optim.Optimizer]
    rule: Callable[..., Array]
    settings: dict[str, float]


CASES = {
    "sgd": Case(lambda **common: gn.optim.SGD(0.1, **common), transcriptions.sgd, {"rate": 0.1}),
    "momentum": Case(
        lambda **common: gn.optim.Momentum(0.1, 0.8, **common),
        transcriptions.momentum,
        {"rate": 0.1, "mu": 0.8},
    ),
    "momentum of report 004": Case(
        lambda **common: gn.optim.Momentum(0.1, 0.8, **common),
        transcriptions.report_momentum,
        {"rate": 0.1, "mu": 0.8},
    ),
    "nesterov": Case(
        lambda **common: gn.optim.Momentum(0.1, 0.8, nesterov=True, **common),
        transcriptions.nesterov,
        {"rate": 0.1, "mu": 0.8},
    ),
    "adagrad": Case(
        lambda **common: gn.optim.Adagrad(0.1, 0.01, **common),
        transcriptions.adagrad,
        {"rate": 0.1, "epsilon": 0.01},
    ),
    "adadelta": Case(
        lambda **common: gn.optim.Adadelta(0.5, 0.9, 0.01, **common),
        transcriptions.adadelta,
        {"rate": 0.5, "rho": 0.9, "epsilon": 0.01},
    ),
    "rmsprop": Case(
        lambda **common: gn.optim.RMSProp(0.1, 0.8, epsilon=0.01, **common),
        transcriptions.rmsprop,
        {"rate": 0.1, "decay": 0.8, "epsilon": 0.01},
    ),
    "rmsprop of Graves": Case(
        lambda **common: gn.optim.RMSProp(0.1, 0.8, 0.5, 0.01, centered=True, **common),
        transcriptions.rmsprop_graves,
        {"rate": 0.1, "decay": 0.8, "mu": 0.5, "epsilon": 0.01},
    ),
    "adam": Case(
        lambda **common: gn.optim.Adam(0.1, 0.8, 0.9, 0.01, **common),
        transcriptions.adam,
        {"rate": 0.1, **BETAS, "epsilon": 0.01},
    ),
    "adam of report 000": Case(
        lambda **common: gn.optim.Adam(0.1, 0.8, 0.9, 0.01, epsilon_inside=True, **common),
        transcriptions.report_adam,
        {"rate": 0.1, **BETAS, "epsilon": 0.01},
    ),
    "adam without the first average": Case(
        lambda **common: gn.optim.Adam(0.1, 0.0, 0.9, 0.01, **common),
        transcriptions.adam,
        {"rate": 0.1, "beta1": 0.0, "beta2": 0.9, "epsilon": 0.01},
    ),
    "adamw": Case(
        lambda **common: gn.optim.AdamW(0.1, 0.8, 0.9, 0.01, 0.3, **common),
        transcriptions.adamw,
        {"rate": 0.1, **BETAS, "epsilon": 0.01, "decay": 0.3},
    ),
    "nadam": Case(
        lambda **common: gn.optim.Nadam(0.1, 0.8, 0.9, 0.01, 0.5, **common),
        transcriptions.nadam,
        {"rate": 0.1, **BETAS, "epsilon": 0.01, "psi": 0.5},
    ),
    "adamax": Case(
        lambda **common: gn.optim.Adamax(0.1, 0.8, 0.9, 0.01, **common),
        transcriptions.adamax,
        {"rate": 0.1, **BETAS, "epsilon": 0.01},
    ),
    "lion": Case(
        lambda **common: gn.optim.Lion(0.1, 0.8, 0.9, 0.3, **common),
        transcriptions.lion,
        {"rate": 0.1, **BETAS, "decay": 0.3},
    ),
    "lamb": Case(
        lambda **common: gn.optim.LAMB(0.1, 0.8, 0.9, 0.01, 0.3, **common),
        transcriptions.lamb,
        {"rate": 0.1, **BETAS, "epsilon": 0.01, "decay": 0.3},
    ),
}


class Problem:
    """A loss of several variables, whose gradients depend on them and on what is fed."""

    def __init__(self, dtype: str) -> None:
        generator = np.random.default_rng(7)
        self.starts = [np.asarray(generator.normal(size=shape)) for shape in SHAPES]
        self.feeds = [
            [np.asarray(generator.normal(size=shape), dtype) for shape in SHAPES]
            for _ in range(STEPS)
        ]
        self.variables = [
            gn.Variable(start.astype(dtype), name=f"v{place}")
            for place, start in enumerate(self.starts)
        ]
        self.given = [gn.placeholder(shape, dtype) for shape in SHAPES]
        self.losses = [
            (given * variable + 0.5 * variable * variable).sum()
            for given, variable in zip(self.given, self.variables, strict=True)
        ]
        self.loss = self.losses[0] + self.losses[1] + self.losses[2] + self.losses[3]

    def ours(self, step: gn.ir.Node, *, optimize: bool) -> list[list[Array]]:
        """Give the variables behind each step."""
        with gn.Session(optimize=optimize) as session:
            found = []
            for feeds in self.feeds:
                session.run(step, dict(zip(self.given, feeds, strict=True)))
                found.append(session.run(self.variables))
            return found

    def theirs(self, case: Case) -> list[list[Array]]:
        """Give the same by the transcription, in float64."""
        values, found = list(self.starts), []
        kept: list[dict[str, Any]] = [{} for _ in values]
        settings = SimpleNamespace(**case.settings)
        for number, feeds in enumerate(self.feeds, 1):
            for own in kept:
                own["t"] = number
            values = [
                case.rule(value, feed + value, own, settings)
                for value, feed, own in zip(values, feeds, kept, strict=True)
            ]
            found.append(values)
        return found


def require_equal(found: list[list[Array]], wanted: list[list[Array]], dtype: str) -> None:
    """Require that trajectories agree, as far as the dtype allows."""
    tolerance = {"float32": 2e-5, "float64": 1e-12}[dtype]
    for ours, theirs in zip(found, wanted, strict=True):
        for mine, other in zip(ours, theirs, strict=True):
            assert mine.dtype == dtype
            np.testing.assert_allclose(mine, other, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("optimize", [True, False])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", CASES)
def test_steps_are_those_of_the_paper(name: str, dtype: str, optimize: bool) -> None:
    """Ten steps of four variables, with optimisation and without."""
    problem, case = Problem(dtype), CASES[name]
    step = case.optimizer().minimize(problem.loss)
    require_equal(problem.ours(step, optimize=optimize), problem.theirs(case), dtype)


@pytest.mark.parametrize("name", CASES)
def test_settings_may_be_tensors_and_schedules(name: str) -> None:
    """Numbers, variables and schedules of the same values give the same steps."""
    problem, case = Problem("float64"), CASES[name]
    optimizer = case.optimizer()
    for place, (setting, value) in enumerate(list(optimizer.settings.items())):
        assert isinstance(value, float)
        as_variable = gn.Variable(np.float64(value), trainable=False)
        as_schedule = gn.optim.schedules.constant(value)
        optimizer.settings[setting] = as_variable if place % 2 else as_schedule
    step = optimizer.minimize(problem.loss)
    require_equal(problem.ours(step, optimize=True), problem.theirs(case), "float64")


@pytest.mark.parametrize("name", CASES)
def test_a_second_step_continues_the_first(name: str) -> None:
    """Two steps for the same variables share the slots, and the count."""
    problem, case = Problem("float64"), CASES[name]
    optimizer = case.optimizer()
    first, second = optimizer.minimize(problem.loss), optimizer.minimize(problem.loss)
    wanted = problem.theirs(case)
    with gn.Session() as session:
        for place, feeds in enumerate(problem.feeds):
            step = second if place % 2 else first
            session.run(step, dict(zip(problem.given, feeds, strict=True)))
        found = session.run(problem.variables)
    require_equal([found], wanted[-1:], "float64")


@pytest.mark.parametrize("name", CASES)
def test_other_variables_have_slots_of_their_own(name: str) -> None:
    """One optimizer, two steps, run together or alone: each as if it were the only one."""
    problem, case = Problem("float64"), CASES[name]
    optimizer = case.optimizer()
    few = optimizer.minimize(problem.losses[0])
    rest = optimizer.minimize(problem.losses[1] + problem.losses[2] + problem.losses[3])
    found = problem.ours(gn.group(few, rest), optimize=True)
    require_equal(found, problem.theirs(case), "float64")


@pytest.mark.parametrize("name", CASES)
def test_all_that_is_kept_is_listed(name: str) -> None:
    """One slot per variable and name, none of them trainable, all in the optimizer's scope."""
    problem, optimizer = Problem("float32"), CASES[name].optimizer()
    before = len(problem.loss.graph.variables())
    optimizer.minimize(problem.loss)
    made = problem.loss.graph.variables()[before:]
    assert set(made) == set(optimizer.slots)
    assert not any(slot.trainable for slot in optimizer.slots)
    expected = {
        f"{optimizer.label}/{variable.name}/{slot}"
        for variable in problem.variables
        for slot in optimizer.slot_names
    }
    shared = {"count"} if optimizer.counts else set()
    expected |= {f"{optimizer.label}/{slot}" for slot in shared | {*optimizer.number_names}}
    assert {slot.name for slot in optimizer.slots} == expected
    for variable in problem.variables:
        for slot in optimizer.slot_names:
            assert optimizer.slot(variable, slot).spec == variable.spec


@pytest.mark.parametrize("name", CASES)
def test_a_run_that_fails_changes_nothing(name: str) -> None:
    """Neither variables nor slots, whatever has been computed before."""
    problem, optimizer = Problem("float32"), CASES[name].optimizer()
    step = optimizer.minimize(problem.loss)

    def fail(x: Array) -> Array:
        raise ValueError(x.shape)

    with gn.control_dependencies([step]):
        failing = gn.py_call(fail, [problem.loss], gn.float32, (), stateful=True)
    kept = [*problem.variables, *optimizer.slots]
    with gn.Session() as session:
        feeds = [dict(zip(problem.given, values, strict=True)) for values in problem.feeds]
        session.run(step, feeds[0])
        before = session.run(kept)
        with pytest.raises(gn.errors.ExecutionError):
            session.run([step, failing], feeds[1])
        for old, new in zip(before, session.run(kept), strict=True):
            np.testing.assert_array_equal(old, new)


JOINED = sorted(set(CASES) - {"lamb"})
"""The change of a norm cannot be joined."""


@pytest.mark.parametrize("name", JOINED)
def test_updates_of_all_variables_are_one(name: str) -> None:
    """The plan of a network of three layers commits one value for each kind of variable."""
    x = gn.placeholder(("batch", 4))
    layers = [gn.nn.Dense(5, gn.relu), gn.nn.Dense(5, gn.relu), gn.nn.Dense(2)]
    optimizer = CASES[name].optimizer()
    loss = gn.square(gn.nn.Sequential(*layers)(x)).mean()
    with gn.Session(seed=0) as session:
        function = session.compile([loss, optimizer.minimize(loss)], [x])
        function(np.ones((3, 4), np.float32))
        commits = [line for line in str(function.plan).splitlines() if "commit" in line]
    numbers = len(optimizer.number_names) + optimizer.counts
    assert len(commits) == 1 + len(optimizer.slot_names) + numbers
    assert not function.plan.report.remarks


@pytest.mark.parametrize(
    "settings", [{"accumulate": 3}, {"average": gn.optim.MovingAverage(0.9)}], ids=str
)
def test_what_comes_besides_is_joined_as_well(settings: dict[str, Any]) -> None:
    """Sums of gradients and averages of weights lie in the order of the weights."""
    x = gn.placeholder(("batch", 4))
    layers = [gn.nn.Dense(5, gn.relu), gn.nn.Dense(5, gn.relu), gn.nn.Dense(2)]
    optimizer = gn.optim.Adam(0.1, **settings)
    loss = gn.square(gn.nn.Sequential(*layers)(x)).mean()
    with gn.Session(seed=0) as session:
        function = session.compile([loss, optimizer.minimize(loss)], [x])
        function(np.ones((3, 4), np.float32))
        written = [len(target) for target, _ in function.plan.writes]
    assert sorted(written)[-4:] == [6, 6, 6, 6]


@pytest.mark.parametrize("optimize", [True, False])
@pytest.mark.parametrize("name", CASES)
def test_what_has_no_gradient_stays_finite(name: str, optimize: bool) -> None:
    """In float16, where most epsilons are 0, and for zeros; NumPy has nothing to warn of."""
    defaults = type(CASES[name].optimizer())
    optimizer = defaults(0.01)
    for dtype in ("float16", "float32"):
        used, dead, zero = (gn.Variable(np.full(2, start, dtype)) for start in (1, 1, 0))
        step = optimizer.minimize((used * used + 0 * dead + 0 * zero).sum())
        with gn.Session(optimize=optimize) as session:
            session.run_steps(step, [{}] * 3)
            found = session.run([used, dead, zero])
        assert all(np.isfinite(each).all() for each in found)
        assert (found[0] < 1).all()
        np.testing.assert_allclose(found[1], 1, atol=0.05)
        np.testing.assert_array_equal(found[2], 0)


@pytest.mark.parametrize(
    "optimizer",
    [
        gn.optim.Adagrad(0.1, epsilon=gn.optim.schedules.constant(1e-8)),
        gn.optim.Adam(0.1, 0.9, 0.9999, epsilon_inside=True),
        gn.optim.AdamW(0.1, epsilon=0.0),
    ],
    ids=lambda optimizer: str(optimizer.label),
)
def test_no_epsilon_is_lost_in_float16(optimizer: gn.optim.Optimizer) -> None:
    """Neither one that a schedule gives, nor one that is small after correction."""
    dead = gn.Variable(np.float16(1))
    with gn.Session() as session:
        session.run(optimizer.minimize(0 * dead))
        assert session.run(dead) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("name", sorted(name for name, c in CASES.items() if c.optimizer().counts))
def test_late_steps_in_float16(name: str) -> None:
    """The number of a step may be beyond it."""
    variable = gn.Variable(np.float16(1))
    optimizer = CASES[name].optimizer()
    optimizer.settings["beta1"] = 0.1
    step = optimizer.minimize(variable * variable)
    with gn.Session() as session:
        session.set_values({optimizer.slot(variable, "count"): 100_000})
        session.run(step)
        assert 0.5 < session.run(variable) < 1
