"""What the compiler has to say about a plan: how long each stage took, and what it declined."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import NamedTuple, ParamSpec, TypeVar

from graphnet.errors import align

__all__ = ["Report", "Stage"]

P = ParamSpec("P")
T = TypeVar("T")


class Stage(NamedTuple):
    """One stage of the compiler.

    Attributes:
        name: The pass or analysis.
        seconds: How long it took.
    """

    name: str
    seconds: float


class Report:
    """Times and remarks of the stages that made a plan.

    Attributes:
        stages: In the order in which they ran.
        remarks: What was declined, and why.

    Example:
        >>> report = Report()
        >>> with report.stage("prune"):
        ...     pass
        >>> report.note("products", "'bias' does not lie behind its weight")
        >>> [stage.name for stage in report.stages], report.remarks
        (['prune'], ["products: 'bias' does not lie behind its weight"])
    """

    def __init__(self) -> None:
        self.stages: list[Stage] = []
        self.remarks: list[str] = []

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Take the time of a stage."""
        start = perf_counter()
        try:
            yield
        finally:
            self.stages.append(Stage(name, perf_counter() - start))

    def run(
        self, name: str, function: Callable[P, T], *arguments: P.args, **options: P.kwargs
    ) -> T:
        """Give what a function gives, as a stage of its own."""
        with self.stage(name):
            return function(*arguments, **options)

    def note(self, step: str, remark: str) -> None:
        """Add a remark of a step, once."""
        line = f"{step}: {remark}"
        if line not in self.remarks:
            self.remarks.append(line)

    @property
    def seconds(self) -> float:
        """How long all stages took."""
        return sum(stage.seconds for stage in self.stages)

    def __str__(self) -> str:
        """Give the milliseconds of each stage, and the remarks."""
        rows = [(name, f"{1e3 * seconds:.2f} ms") for name, seconds in self.stages]
        rows.append(("all", f"{1e3 * self.seconds:.2f} ms"))
        return "\n".join([*align(rows), *self.remarks])
