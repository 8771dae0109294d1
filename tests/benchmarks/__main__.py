"""Compares training steps of graphnet with those of other systems.

``python -m tests.benchmarks [W1 ...] [--against torch,jax] [--threads 1] [--json FILE]``
"""

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.report import heading, show, write_json
from tests.benchmarks.runner import Options, Outcome, measure
from tests.benchmarks.systems import PEERS
from tests.benchmarks.workloads import WORKLOADS

__all__ = ["main", "parse"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print, and give the exit status."""
    workloads, file, options = parse(arguments)
    print(heading(options), flush=True)
    outcomes: list[Outcome] = []
    try:
        for workload in workloads:
            outcomes.append(measure(workload, options))
            print(show(outcomes[-1]), flush=True)
    except KeyboardInterrupt:
        print("stopped")
        return 130  # what shells expect of a program that Ctrl-C has ended
    finally:
        if file is not None:
            write_json(file, options, outcomes)
    return 0


def parse(arguments: Sequence[str] | None) -> tuple[list[str], Path | None, Options]:
    """Read the command line: workloads, the file for JSON, and how to measure."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description="Compare training steps of graphnet with those of other systems.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    every = ",".join(PEERS)
    parser.add_argument("workloads", nargs="*", metavar="W", help=f"of {', '.join(WORKLOADS)}")
    parser.add_argument("--against", default=every, type=peers, help="peers, with commas between")
    parser.add_argument("--threads", type=positive, default=1, help="per system")
    parser.add_argument("--rounds", type=positive, default=7, help="visits of each system")
    parser.add_argument("--seconds", type=float, default=0.3, help="about, per visit")
    parser.add_argument("--python", type=program, default=sys.executable, help="peers' interpreter")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all visits there, too")
    found = parser.parse_args(arguments)
    if unknown := [name for name in found.workloads if name not in WORKLOADS]:
        parser.error(f"no such workload: {', '.join(unknown)}; there are {', '.join(WORKLOADS)}")
    options = Options(found.against, found.threads, found.rounds, found.seconds, found.python)
    return found.workloads or list(WORKLOADS), found.json, options


def peers(text: str) -> list[str]:
    """Read names of peers with commas between them."""
    names = [name for name in text.split(",") if name]
    if unknown := [name for name in names if name not in PEERS]:
        raise argparse.ArgumentTypeError(
            f"no such peer: {', '.join(unknown)}; there are {', '.join(PEERS)}"
        )
    return names


def positive(text: str) -> int:
    """Read a number from 1 up."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is not positive")
    return number


def program(text: str) -> str:
    """Read the path of a program, which is started in another folder; links stay, as venvs need."""
    path = shutil.which(text)
    if path is None:
        raise argparse.ArgumentTypeError(f"{text} is not a program")
    return str(Path(path).absolute())


if __name__ == "__main__":
    sys.exit(main())
