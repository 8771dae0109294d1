"""Where the time of a step goes: products of matrices, other calls of NumPy, commits, the rest.

The parts are measured in one process with the step, statement by statement in their places: in a
loop of its own a statement would find its operands in the cache, and one that works in place would
soon meet infinities, or numbers too small for full speed. Products alone, by NumPy and by PyTorch,
have processes of their own.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter_ns
from typing import Any, TypeAlias

import numpy as np

import graphnet as gn
from tests.benchmarks.child import Child, ChildError
from tests.benchmarks.compiler import threads
from tests.benchmarks.inputs import Inputs, draw, save
from tests.benchmarks.lines import AROUND, Line, flops, lines_of, recorder, timer
from tests.benchmarks.products import Layout, Operands, described
from tests.benchmarks.runner import FEWEST, PATIENCE, Options, interpreter, steps_of
from tests.benchmarks.systems import REFERENCE, SYSTEMS
from tests.benchmarks.systems.graphnet_session import compiled, declare, step_by
from tests.benchmarks.worker import quiet_range
from tests.benchmarks.workloads import WORKLOADS, Workload

__all__ = ["BARE", "PEER", "PEER_PRODUCTS", "Others", "Profile", "Subject", "profile"]

BARE, PEER_PRODUCTS, PEER = "products by NumPy", "products by PyTorch", "step of PyTorch"
"""What is timed beside: the products alone, and a step."""

TORCH = "torch"

LONGER = 2
"""How much longer what is new in each round is timed: it takes some dozens of steps to be fast."""

Job: TypeAlias = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Profile:
    """Where the time of the best step of a workload goes.

    Attributes:
        step: Seconds of the step.
        entry: Seconds of a call whose plan does nothing: feeds, the call itself, results.
        handed: How many feeds and fetches there are.
        lines: The statements of the plan.
        seconds: What each of them takes.
        flops: How many multiplications and additions the products are.
        others: Seconds of ``BARE``, ``PEER`` and ``PEER_PRODUCTS``, where they could be measured.
        left_out: Why not, where they could not.
        versions: Of the packages of the others.
    """

    step: float
    entry: float
    handed: int
    lines: Sequence[Line]
    seconds: Sequence[float]
    flops: int
    others: Mapping[str, float] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)

    def part(self, kind: str) -> float:
        """Give the seconds of all that is of one kind."""
        timed = zip(self.lines, self.seconds, strict=True)
        own = sum(seconds for line, seconds in timed if line.kind == kind)
        return own + (self.entry if kind == AROUND else 0.0)

    def calls(self, kind: str) -> int:
        """Give how many calls are of one kind; around the plan, how many feeds and fetches."""
        own = sum(line.calls for line in self.lines if line.kind == kind)
        return own + (self.handed if kind == AROUND else 0)

    @property
    def rest(self) -> float:
        """The seconds of the step that no part has; negative where the parts are more."""
        return self.step - sum(self.seconds) - self.entry


class Subject:
    """A workload that graphnet runs, with a clock at every statement."""

    def __init__(self, workload: Workload, inputs: Inputs) -> None:
        with gn.Graph():
            model = declare(workload, inputs.weights)
            self.session = gn.Session(seed=0)
        self.function = compiled(self.session, model)
        self.step = step_by(self.function, model)
        self.batches = cycle(inputs.batches())
        self.results = self.function(*next(self.batches))
        self.handed = len(model.feeds) + len(model.results)
        entry = self.function.request.latest
        assert entry is not None, "the function has been called"
        self.program, self.call = entry.program, entry.call
        self.lines = lines_of(self.program)
        self.twin = timer(self.program)
        self.steps: list[int] = []
        self.entries: list[int] = []
        self.statements: list[list[int]] = []

    def products(self) -> list[Operands]:
        """Run a step, and give what its products are made of."""
        return recorder(self.program)(*next(self.batches))

    def visit(self, count: int) -> None:
        """Run pairs of steps, one whole by the clock, one by statements, then empty ones."""
        found: list[list[int]] = []
        for _ in quiet_range(count):
            self.steps.append(self.time())
            found.append(self.twin(*next(self.batches)))
        self.statements.append(np.min(found, axis=0).tolist())
        with self.without_plan():
            self.entries += [self.time() for _ in quiet_range(count)]

    def time(self) -> int:
        """Give the nanoseconds of the next step."""
        values = next(self.batches)
        start = perf_counter_ns()
        self.step(*values)
        return perf_counter_ns() - start

    @contextmanager
    def without_plan(self) -> Iterator[None]:
        """Let calls hand out results that are there already."""
        results = [result for result in self.results if result is not None]
        names = self.call.__globals__
        plan = names["execute"]
        names["execute"] = lambda *_: results
        try:
            yield
        finally:
            names["execute"] = plan

    def profile(self, done: int, others: "Others") -> Profile:
        """Give the bests, where the products are so many multiplications and additions."""
        clock, *statements = np.min(self.statements, axis=0).tolist()
        return Profile(
            step=min(self.steps) * 1e-9,
            entry=max(0, min(self.entries) - clock) * 1e-9,
            handed=self.handed,
            lines=self.lines,
            seconds=[max(0, time - clock) * 1e-9 for time in statements],
            flops=done,
            others={name: min(times) for name, times in others.times.items() if times},
            left_out=others.left_out,
            versions=others.versions,
        )


class Others:
    """What is timed beside, each in a process of its own, and in each round in a new one.

    PyTorch's step of W6 has been seen to take from 6.9 to 9.8 ms in different processes.

    Attributes:
        jobs: What there is to do: a system, and a command with its arguments.
        times: The best step of each visit.
        left_out: Why something is not timed.
        versions: Of the packages, by system.
    """

    def __init__(self, jobs: Mapping[str, Job], options: Options, folder: Path) -> None:
        self.jobs = dict(jobs)
        self.options = options
        self.folder = folder
        self.times: dict[str, list[float]] = {}
        self.left_out: dict[str, str] = {}
        self.versions: dict[str, str] = {}

    def visit(self) -> None:
        """Time all of them."""
        for name, (system, arguments) in list(self.jobs.items()):
            try:
                best = self.best(system, arguments)
            except ChildError as error:
                self.left_out[name] = str(error)
                self.times.pop(name, None)
                del self.jobs[name]
            else:
                self.times.setdefault(name, []).append(best)

    def best(self, system: str, arguments: Mapping[str, Any]) -> float:
        """Start a process, let it make what it runs, and give the seconds of its best step.

        Raises:
            ChildError: The process failed, or its package is not installed.
        """
        python = interpreter(system, self.options)
        with Child(SYSTEMS[system], python, self.options.threads, self.folder) as child:
            answer = child.ask(timeout=PATIENCE, **arguments)
            if "missing" in answer:
                raise ChildError(f"the package {answer['missing']} is not installed")
            self.versions[system] = answer["version"]
            first = child.ask("time", PATIENCE, steps=FEWEST)
            steps = steps_of(first, LONGER * self.options.seconds)
            best: float = child.ask("time", PATIENCE, steps=steps)["best"]
        return best


def profile(workload: str, options: Options) -> Profile:
    """Measure a workload: in each round graphnet, its products alone, and PyTorch if named."""
    inputs = draw(WORKLOADS[workload])
    with threads(options.threads), TemporaryDirectory(prefix="graphnet-benchmarks-") as folder:
        subject = Subject(WORKLOADS[workload], inputs)
        found = subject.products()
        path = Path(folder) / "inputs.npz"
        save(inputs, path)
        step = {"do": "prepare", "workload": workload, "inputs": str(path)}
        jobs = jobs_of(described(found), step, options)
        others = Others(jobs, options, Path(folder))
        count = steps_of({"median": best_of(subject.time) * 1e-9}, options.seconds)
        for _ in range(options.rounds):
            subject.visit(count)
            others.visit()
    return subject.profile(flops(found), others)


def best_of(time: Callable[[], int]) -> int:
    """Give the shortest of a few times."""
    return min(time() for _ in range(FEWEST))


def jobs_of(layout: Layout, step: Mapping[str, Any], options: Options) -> dict[str, Job]:
    """Give what is timed beside: products, where there are any, and what PyTorch is asked for."""
    products = {"do": "products", "layout": layout}
    jobs: dict[str, Job] = {BARE: (REFERENCE, products)} if layout.products else {}
    if TORCH in options.against:
        jobs |= {PEER_PRODUCTS: (TORCH, products)} if layout.products else {}
        jobs[PEER] = TORCH, step
    return jobs
