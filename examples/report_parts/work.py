"""Running many trainings, several at once, and showing how far that is."""

import multiprocessing
import signal
import sys
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, NamedTuple, TypeAlias, TypeVar

__all__ = ["History", "Run", "Task", "grouped", "run_all", "show_line"]

Key = TypeVar("Key", bound=Hashable)
History: TypeAlias = Mapping[str, Sequence[float | None]]


@dataclass
class Run:
    """What one training has given.

    Attributes:
        values: Results by name.
        history: Values of each epoch by name, to be drawn; None where nothing was measured.
        seconds: How long it took, data and compilation included.
    """

    values: dict[str, float]
    history: History = field(default_factory=dict)
    seconds: float = 0.0


class Task(NamedTuple):
    """A training to be done, in whichever process.

    Attributes:
        label: What it is, for the progress.
        train: A function of a module, which gives a ``Run``.
        arguments: Of this function.
    """

    label: str
    train: Callable[..., Run]
    arguments: tuple[Any, ...]


def run_all(title: str, tasks: Sequence[Task], processes: int) -> list[Run]:
    """Do all tasks, several at once; Ctrl-C ends all of them.

    Args:
        title: Stands before the progress.
        tasks: What to do.
        processes: How many at once; each works on one thread.

    Returns:
        The runs, in the order of the tasks.
    """
    runs: dict[int, Run] = {}
    with showing(title, len(tasks)) as show:
        for place, run in results(tasks, min(processes, len(tasks))):
            runs[place] = run
            show(tasks[place].label, run)
    return [runs[place] for place in range(len(tasks))]


def grouped(keys: Iterable[Key], runs: Sequence[Run]) -> dict[Key, list[Run]]:
    """Give the runs of each key; the keys are in the order of the runs."""
    found: dict[Key, list[Run]] = {}
    for key, run in zip(keys, runs, strict=True):
        found.setdefault(key, []).append(run)
    return found


def results(tasks: Sequence[Task], processes: int) -> Iterator[tuple[int, Run]]:
    """Give the place and the run of each task, as they are ready."""
    if processes == 1:
        yield from map(perform, range(len(tasks)), tasks)
        return
    # New interpreters, since copies of this one would share the state of its BLAS threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, initializer=leave_interrupts) as pool:
        try:
            begun = [pool.submit(perform, place, task) for place, task in enumerate(tasks)]
            for future in as_completed(begun):
                yield future.result()
        except BaseException:
            for child in multiprocessing.active_children():
                child.terminate()  # otherwise they would finish what they have begun
            raise


def perform(place: int, task: Task) -> tuple[int, Run]:
    """Do one task, by the clock."""
    begin = perf_counter()
    run = task.train(*task.arguments)
    run.seconds = perf_counter() - begin
    return place, run


def leave_interrupts() -> None:
    """Let the process that shows the progress handle Ctrl-C, and end this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def showing(title: str, total: int) -> Iterator[Callable[[str, Run], None]]:
    """Give what shows a finished run: a bar in a terminal, a line elsewhere."""
    bar = bar_for(title, total)
    done = 0

    def show(label: str, run: Run) -> None:
        nonlocal done
        done += 1
        values = ", ".join(f"{name} {value:.4g}" for name, value in run.values.items())
        if bar is None:
            show_line(f"{title}: {done}/{total}  {label}  {values}  ({run.seconds:.1f} s)")
        else:
            bar.set_postfix_str(label, refresh=False)
            bar.update()

    try:
        yield show
    finally:
        if bar is not None:
            bar.close()


def show_line(text: str) -> None:
    """Show a line beside the progress."""
    print(text, file=sys.stderr, flush=True)


def bar_for(title: str, total: int) -> Any:
    """Give a bar of tqdm; None where nobody watches, or tqdm is missing."""
    if not sys.stderr.isatty():
        return None
    try:
        from tqdm import tqdm  # noqa: PLC0415  # only those who watch need it
    except ImportError:
        return None
    return tqdm(total=total, desc=title, dynamic_ncols=True)
