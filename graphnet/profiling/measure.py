"""``profile``: times every call of a compiled function, without changing anything by it."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain
from time import perf_counter_ns
from typing import Any, TypeVar

from graphnet.compiler.plan import Plan
from graphnet.compiler.program import Program
from graphnet.compiler.steps import Span
from graphnet.errors import ArgumentError
from graphnet.ir.context import creation_site
from graphnet.ir.tensor import Tensor
from graphnet.profiling.profile import Profile
from graphnet.profiling.timing import timings
from graphnet.profiling.twin import Clock, Times, Twin
from graphnet.session.compiled import Compiled
from graphnet.session.location import located
from graphnet.typing import Array

__all__ = ["measure", "profile", "undone"]

T = TypeVar("T")

FEWEST = 5
"""Runs that are made however long they take."""


def profile(
    function: Compiled, *values: Any, runs: int | None = None, seconds: float = 1.0
) -> Profile:
    """Measure what each call of a compiled function takes.

    The generated program is run several times with a clock between its statements, and in turn as
    it is, on the same values. What counts is the best time of each call, less what reading the
    clock takes; of a loop over blocks, each call has its share of the threads' time.

    Profiling changes nothing: the values of variables, and the number of runs that have drawn, are
    put back after every run, also after one that raises or is interrupted. Every run therefore
    sees what the next call will see. Only functions given to ``gn.py_call`` really run each time,
    with all that they do. Other threads wait for the session meanwhile.

    Args:
        function: What ``session.compile`` gives. Where it has not been called on such values yet,
            it is compiled, and its variables get their initial values, as in a first call.
        *values: One value per feed, as for a call.
        runs: How many runs count, after one that does not.
        seconds: How long to go on if ``runs`` is not given; five runs are made in any case.

    Raises:
        ArgumentError: ``function`` is not compiled, or an option is out of range.
        FeedError: A value does not fit.
        ExecutionError: A kernel failed.

    Example:
        >>> import graphnet as gn
        >>> import numpy as np
        >>> x = gn.placeholder((None,), name="x")
        >>> with gn.Session() as session:
        ...     function = session.compile(gn.exp(gn.tanh(x)), [x])
        ...     profile = gn.profile(function, np.ones(1000, np.float32), seconds=0.01)
        >>> [(timing.name, timing.op, timing.nbytes) for timing in profile.timings]
        [('tanh', 'tanh', 8000), ('exp', 'exp', 8000)]
        >>> 0 <= profile.around <= profile.total
        True
    """
    if not isinstance(function, Compiled):
        raise ArgumentError(
            f"profile: {function!r:.60} is no compiled function",
            at=str(creation_site()),
            hint="give what session.compile(fetches, feeds) returns, and the values of a call",
        )
    check_range("runs", runs, least=1)
    check_range("seconds", seconds)
    return measure(function, values, runs, seconds)


def check_range(option: str, given: Any, least: int | None = None) -> None:
    """Refuse an option that is no number of its range."""
    kinds = (int,) if least else (int, float)
    good = isinstance(given, kinds) and not isinstance(given, bool) and given >= (least or 0)
    if not good and not (least and given is None):
        raise ArgumentError(
            f"profile: {option} is {given!r:.60}",
            at=str(creation_site()),
            hint=f"give an integer from {least} on" if least else "give a number from 0 on",
        )


def measure(
    function: Compiled,
    values: Sequence[Any],
    runs: int | None = None,
    seconds: float = 1.0,
    clock: Clock = perf_counter_ns,
) -> Profile:
    """Do what ``profile`` does, by any clock."""
    session = function.session
    with session.lock, located:
        entry, arrays = session.matched(function.request, values)
        rounds = Rounds(function, entry.program, arrays, clock)
        rounds.several(runs, seconds)
    return rounds.profile()


class Rounds:
    """Runs of a program, as it is and by its twin, that leave the session as it was.

    Args:
        function: What is called.
        program: The program that answers.
        arrays: The values, as the program takes them.
        clock: The clock.

    Attributes:
        done: How many rounds count.
        call: The best time of a whole call.
        best: The best times of the twin.
    """

    def __init__(
        self, function: Compiled, program: Program, arrays: Sequence[Array], clock: Clock
    ) -> None:
        self.function = function
        self.session = function.session
        self.program = program
        self.arrays = arrays
        self.clock = clock
        self.twin = Twin(program.code, clock)
        run = self.session.limit.during(self.twin.function, program.plan.largest)
        self.step = self.session.step
        draws = [self.step + 1] * program.draws
        self.run = partial(self.twin.timed, partial(run, *arrays, *draws))
        self.values = self.session.values(written(program.plan))
        self.done = 0
        self.call, self.best = self.one()

    def several(self, runs: int | None, seconds: float) -> None:
        """Make as many rounds as asked for, or as the time allows."""
        end = self.clock() + round(seconds * 1e9)
        while self.done < (runs or FEWEST) or (runs is None and self.clock() < end):
            call, times = self.one()
            self.call = min(call, self.call) if self.done else call
            self.best = times.best(self.best) if self.done else times
            self.done += 1

    def one(self) -> tuple[int, Times]:
        """Time one call as it is, and one by its statements."""
        call = undone(self.timed_call, self.restore)
        times = undone(partial(self.session.execute, self.program, self.run), self.restore)
        return call, times

    def timed_call(self) -> int:
        """Give the time of a call as it is."""
        begin = self.clock()
        self.function(*self.arrays)
        return self.clock() - begin

    def restore(self) -> None:
        """Put back what a run has changed."""
        self.session.store.write(self.values)
        self.session.step = self.step

    def profile(self) -> Profile:
        """Give what has been found."""
        found = timings(self.program.code, self.program.plan, self.twin, self.best)
        called = (self.call - self.best.clock) * 1e-9
        total = max(called, sum(timing.seconds for timing in found))
        return Profile(tuple(found), total, self.done, self.program.plan)


def undone(action: Callable[[], T], undo: Callable[[], None]) -> T:
    """Do something, and undo it, whatever comes."""
    try:
        return action()
    finally:
        try:
            undo()
        except BaseException:  # Ctrl-C, perhaps before anything was undone
            undo()
            raise


def written(plan: Plan) -> list[Tensor]:
    """Give the variables that a run writes."""
    found = dict.fromkeys(chain.from_iterable(target for target, _ in plan.writes))
    for update in plan.updates:
        for output in update.node.outputs:
            place = plan.places[output]
            if isinstance(place, Span):
                found |= dict.fromkeys(place.variables)
    return list(found)
