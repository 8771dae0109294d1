"""What the compiler takes, and what each of its steps gains, in one process."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace

import graphnet as gn
from graphnet.compiler import Options as Steps
from graphnet.compiler.report import Report
from graphnet.kernels.blas import numpy_pool
from tests.benchmarks.inputs import Inputs, draw
from tests.benchmarks.runner import FEWEST, Options, steps_of
from tests.benchmarks.systems import SYSTEMS, Prepared
from tests.benchmarks.systems.graphnet_session import compiled_step, declare
from tests.benchmarks.worker import Worker
from tests.benchmarks.workloads import WORKLOADS, Workload

__all__ = ["Compiled", "compile_times", "settings", "step_gains"]

ALL = "all steps"
NONE = "no step"


@dataclass(frozen=True)
class Compiled:
    """A workload that graphnet has compiled.

    Attributes:
        worker: Runs its steps.
        session: The session that has compiled it.
    """

    worker: Worker
    session: gn.Session

    @property
    def report(self) -> Report:
        """What the compiler says about the training step, or about what else is run."""
        return next(reversed(self.session.programs.values())).plan.report


def settings() -> Mapping[str, Steps]:
    """Give all steps, each step left out, and none."""
    names = [field.name for field in fields(Steps)]
    without = {f"without `{name}`": replace(Steps(), **{name: False}) for name in names}
    return {ALL: Steps(), **without, NONE: Steps.none()}


def step_gains(workload: str, options: Options) -> Mapping[str, float]:
    """Give the seconds of the best step under each setting, which are visited in turn."""
    inputs = draw(WORKLOADS[workload])
    with threads(options.threads):
        ready = {
            name: prepare(WORKLOADS[workload], inputs, steps).worker
            for name, steps in settings().items()
        }
        counts = {
            name: steps_of(worker.time(FEWEST), options.seconds) for name, worker in ready.items()
        }
        rounds = [
            {name: worker.time(counts[name])["best"] for name, worker in ready.items()}
            for _ in range(options.rounds)
        ]
    return {name: min(times[name] for times in rounds) for name in ready}


def compile_times(workload: str, options: Options) -> Mapping[str, float]:
    """Give the seconds of each stage, in the round in which all of them together took least.

    Each round declares the graph anew, and compiles it in a new session.
    """
    inputs = draw(WORKLOADS[workload])
    with threads(options.threads):
        reports = [
            prepare(WORKLOADS[workload], inputs, Steps()).report for _ in range(options.rounds)
        ]
    best = min(reports, key=lambda report: report.seconds)
    times: dict[str, float] = {}
    for name, seconds in best.stages:
        times[name] = times.get(name, 0.0) + seconds
    return {**times, "all": best.seconds}


def prepare(workload: Workload, inputs: Inputs, steps: Steps) -> Compiled:
    """Declare a workload, and run its first step, for which it is compiled."""
    with gn.Graph():
        model = declare(workload, inputs.weights)
        session = gn.Session(seed=0, optimize=steps)
    worker = Worker(SYSTEMS["graphnet"])
    worker.use(Prepared(compiled_step(session, model), list(inputs.batches())))
    worker.losses(1)
    return Compiled(worker, session)


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Let NumPy's BLAS run on some threads; where it cannot be told, the environment decides."""
    pool = numpy_pool()
    if pool is None:
        yield
        return
    before = pool.get()
    pool.set(count)
    try:
        yield
    finally:
        pool.set(before)
