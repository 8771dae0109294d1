"""Sets what was measured in tables, and in JSON."""

import json
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.costs import table
from tests.benchmarks.runner import Options, Outcome, Outside, Visit
from tests.benchmarks.systems import SUBJECTS
from tests.benchmarks.workloads import WORKLOADS, describe

__all__ = ["LEGEND", "best", "count", "heading", "microseconds", "setting", "show", "visits_of"]
__all__ += ["write_json"]

HEADERS = ("ratio", "by round", "run ratio", "by round")
LEGEND = """\
Microseconds per step. `graphnet` calls the function of Session.compile, `graphnet.run` calls
Session.run, and `graphnet.steps` Session.run_steps, with several batches in each call, whose time
its steps share. "ratio" and "run ratio" are the best times of the first two over that of the system
in the row, below 1 where graphnet is faster, and "by round" is the median of the ratios of the
medians in each round. "outside" is the part of the best step that is spent outside NumPy calls.
"""


def heading(options: Options) -> str:
    """Tell where and how is measured, and what the columns are."""
    machine, versions, threads = setting(options)
    return "\n".join([machine, versions, f"{threads}, {visits_of(options)}", "", LEGEND])


def setting(options: Options) -> tuple[str, str, str]:
    """Name the machine, the programs, and the number of threads."""
    return (
        f"{processor()}, {os.cpu_count()} cores, {platform.system()}",
        f"Python {platform.python_version()}, NumPy {np.__version__}",
        count(options.threads, "thread"),
    )


def visits_of(options: Options) -> str:
    """Tell how often and how long each system is visited."""
    return f"{count(options.rounds, 'round')} of {options.seconds:g} s"


def count(number: int, word: str) -> str:
    """Give a number of things in words."""
    return f"{number} {word}{'' if number == 1 else 's'}"


def processor() -> str:
    """Give the name of the processor, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def show(outcome: Outcome) -> str:
    """Set one workload in a table, and say what was left out."""
    rows = [["system", "median", "best", *HEADERS, "outside", "version"]]
    rows += [row(name, outcome) for name in outcome.visits]
    title = f"{outcome.workload}: {describe(WORKLOADS[outcome.workload])}"
    reasons = [f"left out: {name}: {reason}" for name, reason in outcome.left_out.items()]
    return "\n".join([title, *([table(rows)] if len(rows) > 1 else []), *reasons, ""])


def row(name: str, outcome: Outcome) -> list[str]:
    """Give the cells of one system."""
    visits = outcome.visits[name]
    cells = [name, microseconds(median(visits)), microseconds(best(visits))]
    for subject in SUBJECTS:
        known = outcome.visits.get(subject)
        if known is None or subject == name:
            cells += ["", ""]
        else:
            cells += [f"{best(known) / best(visits):.3f}", f"{per_round(known, visits):.3f}"]
    return [*cells, share(outcome.outside.get(name)), outcome.versions.get(name, "")]


def median(visits: Sequence[Visit]) -> float:
    """Give the median of the visits' medians."""
    return statistics.median(visit.median for visit in visits)


def best(visits: Sequence[Visit]) -> float:
    """Give the best step of all."""
    return min(visit.best for visit in visits)


def per_round(ours: Sequence[Visit], theirs: Sequence[Visit]) -> float:
    """Give the median of the ratios round by round, in which slow phases cancel."""
    pairs = zip(ours, theirs, strict=False)
    return statistics.median(mine.median / other.median for mine, other in pairs)


def microseconds(seconds: float) -> str:
    """Give a time with three digits at least."""
    value = seconds * 1e6
    return f"{value:.0f}" if value >= 1000 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def share(outside: Outside | None) -> str:
    """Give what is spent outside NumPy calls, and its part of the step."""
    if outside is None:
        return ""
    rest = outside.step - outside.inside
    return f"{microseconds(rest)} ({rest / outside.step:.0%})"


def write_json(path: Path, options: Options, outcomes: Sequence[Outcome]) -> None:
    """Write all visits of all systems, in seconds."""
    content: dict[str, Any] = {
        "machine": {
            "processor": processor(),
            "cores": os.cpu_count(),
            "system": platform.platform(),
            "python": platform.python_version(),
            "numpy": np.__version__,
        },
        "options": asdict(options),
        "workloads": {outcome.workload: asdict(outcome) for outcome in outcomes},
    }
    path.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
