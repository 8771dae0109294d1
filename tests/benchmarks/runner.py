"""Runs one workload on all systems: started, checked against the reference, timed in rounds."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from tests.benchmarks.child import Child, ChildError
from tests.benchmarks.inputs import draw, save
from tests.benchmarks.systems import OWN, REFERENCE, SYSTEMS
from tests.benchmarks.workloads import WORKLOADS

__all__ = ["FEWEST", "Options", "Outcome", "Outside", "Visit", "disagreement", "measure"]
__all__ += ["steps_of"]

CHECKED = 12
"""How many steps must give the losses of the reference."""
TOLERANCE = 1e-4
"""Relative; an update that is off by 3 % shows in every workload."""
FLOOR = 1e-6
PATIENCE = 600.0
"""Seconds until a child that does not answer is given up; some compile for minutes."""
FEWEST, MOST = 5, 20_000
"""Steps per visit."""


@dataclass(frozen=True)
class Options:
    """How to measure.

    Attributes:
        against: The peers.
        threads: Threads per system.
        rounds: How often each system is visited.
        seconds: About how long a visit takes.
        python: The interpreter of the peers other than NumPy.
    """

    against: Sequence[str]
    threads: int
    rounds: int
    seconds: float
    python: str


@dataclass(frozen=True)
class Visit:
    """Seconds per step in one round: the median and the best."""

    median: float
    best: float


@dataclass(frozen=True)
class Outside:
    """Seconds of graphnet's best step, and in the NumPy calls of its best step; see ``stamps``."""

    step: float
    inside: float


@dataclass
class Outcome:
    """What came of one workload.

    Attributes:
        visits: One visit per round, by system.
        versions: Of the packages, by system.
        outside: What was spent inside NumPy calls, by system.
        left_out: Why a system has not been timed.
    """

    workload: str
    visits: dict[str, list[Visit]] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    outside: dict[str, Outside] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)


def measure(workload: str, options: Options) -> Outcome:
    """Measure one workload.

    All children live until the end, and end with it, also where it is interrupted.
    """
    run = Run(Outcome(workload), options)
    with TemporaryDirectory(prefix="graphnet-benchmarks-") as folder, ExitStack() as stack:
        run.start(Path(folder), stack)
        run.check()
        run.time()
    return run.outcome


class Run:
    """The children that are still in the race, and what is known of them."""

    def __init__(self, outcome: Outcome, options: Options) -> None:
        self.outcome = outcome
        self.options = options
        self.children: dict[str, Child] = {}

    def start(self, folder: Path, stack: ExitStack) -> None:
        """Start all children, and let them build the workload side by side."""
        path = folder / "inputs.npz"
        save(draw(WORKLOADS[self.outcome.workload]), path)
        for name in dict.fromkeys([*OWN, REFERENCE, *self.options.against]):
            with self.survived(name):
                self.children[name] = stack.enter_context(self.child(name, folder))
                self.children[name].say("prepare", workload=self.outcome.workload, inputs=str(path))
        for name, answer in self.answers():
            if "missing" in answer:
                self.leave_out(name, f"the package {answer['missing']} is not installed")
            else:
                self.outcome.versions[name] = answer["version"]

    def child(self, name: str, folder: Path) -> Child:
        """Start the process of a system."""
        return Child(SYSTEMS[name], interpreter(name, self.options), self.options.threads, folder)

    def check(self) -> None:
        """Leave out what does not give the losses of the reference."""
        losses = {name: answer["losses"] for name, answer in self.ask("losses", CHECKED)}
        for name in list(self.children):
            if REFERENCE not in losses:
                self.leave_out(name, "there is no reference to check it against")
            elif problem := disagreement(losses[name], losses[REFERENCE]):
                self.leave_out(name, problem)
        if REFERENCE not in self.options.against:
            self.children.pop(REFERENCE, None)

    def time(self) -> None:
        """Visit all systems, round by round, in the same order."""
        seconds = self.options.seconds
        steps = {name: steps_of(answer, seconds) for name, answer in self.ask("time", FEWEST)}
        for _ in range(self.options.rounds):
            for name in list(self.children):
                for _, answer in self.ask("time", steps[name], [name]):
                    self.outcome.visits.setdefault(name, []).append(Visit(**answer))
        for name in set(OWN).intersection(self.children):
            for _, answer in self.ask("outside", steps[name], [name]):
                self.outcome.outside[name] = Outside(**answer)

    def ask(
        self, do: str, steps: int, names: Sequence[str] | None = None
    ) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Give one child after the other the same work, and its answer."""
        for name in list(self.children) if names is None else names:
            with self.survived(name):
                if name in self.children:
                    yield name, self.children[name].ask(do, PATIENCE, steps=steps)

    def answers(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Give the answers to what all children were told."""
        for name in list(self.children):
            with self.survived(name):
                yield name, self.children[name].answer(PATIENCE)

    @contextmanager
    def survived(self, name: str) -> Iterator[None]:
        """Leave out a system whose child fails in this block."""
        try:
            yield
        except ChildError as error:
            self.leave_out(name, str(error))

    def leave_out(self, name: str, reason: str) -> None:
        """Take a system out of the race."""
        self.children.pop(name, None)
        self.outcome.left_out[name] = reason
        self.outcome.visits.pop(name, None)


def interpreter(name: str, options: Options) -> str:
    """Give the interpreter of a system: NumPy and graphnet are in the current one."""
    return sys.executable if name in (*OWN, REFERENCE) else options.python


def steps_of(answer: Mapping[str, float], seconds: float) -> int:
    """Give the number of steps that a visit of so many seconds takes."""
    return min(MOST, max(FEWEST, round(seconds / answer["median"])))


def disagreement(found: Sequence[Sequence[float]], wanted: Sequence[Sequence[float]]) -> str | None:
    """Tell the first step whose results are not those of the reference; None if there is none."""
    for step, (mine, theirs) in enumerate(zip(found, wanted, strict=True), start=1):
        close = np.shape(mine) == np.shape(theirs) and np.allclose(mine, theirs, TOLERANCE, FLOOR)
        if not close:
            return f"step {step} gave {shown(mine)}, the reference {shown(theirs)}"
    return None


def shown(values: Sequence[float]) -> str:
    """Give a few numbers as text."""
    more = ", ..." if len(values) > 4 else ""
    return ", ".join(f"{value:.6g}" for value in values[:4]) + more
