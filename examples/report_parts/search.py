"""Choosing learning rates by trainings that are none of a report's own."""

from collections.abc import Callable, Mapping, Sequence
from statistics import fmean
from typing import TypeVar

from report_parts.settings import Settings
from report_parts.work import Run, Task, grouped, run_all

__all__ = ["best_rates"]

Row = TypeVar("Row", bound=tuple[str, ...])


def best_rates(
    report: str,
    rates: Mapping[Row, Sequence[float]],
    validate: Callable[[Row, float, int, int], Run],
    settings: Settings,
    searches: int,
    epochs: int,
) -> dict[Row, float]:
    """Choose for each row the rate of the best mean score.

    Args:
        report: The number of the report, for the progress.
        rates: For each row the rates that are tried.
        validate: Trains one network for a row, a rate, a seed and a number of epochs; its run has
            the value "score", the higher the better.
        settings: How much of it is done.
        searches: How many trainings there are for each rate.
        epochs: How long each of them is.
    """
    grid = [
        (row, rate, seed)
        for row, tried in rates.items()
        for rate in tried
        for seed in settings.searches(searches)
    ]
    tasks = [
        Task(f"{', '.join(row)}, rate {rate}", validate, (row, rate, seed, settings.epochs(epochs)))
        for row, rate, seed in grid
    ]
    runs = run_all(f"{report}, grid search", tasks, settings.processes)
    found = grouped(((row, rate) for row, rate, _ in grid), runs)
    scores = {key: fmean(run.values["score"] for run in some) for key, some in found.items()}

    def best(row: Row) -> float:
        return max(rates[row], key=lambda rate: scores[row, rate])

    return {row: best(row) for row in rates}
