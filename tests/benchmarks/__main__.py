"""Compares training steps of graphnet with those of other systems.

``python -m tests.benchmarks [W1 ...] [--against torch,jax] [--threads 1] [--json FILE]``

With ``--steps`` it compares graphnet with itself, each step of the compiler left out, with
``--compiling`` it measures how long the compiler takes, and with ``--profile`` where the time of a
step goes. ``--document PAGE`` puts the tables into a page.
"""

import argparse
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.compiler import compile_times, step_gains
from tests.benchmarks.document import check_place, compile_page, peer_page, put, step_page
from tests.benchmarks.parts import profile
from tests.benchmarks.profile_page import largest_lines, profile_page
from tests.benchmarks.report import heading, show, write_json
from tests.benchmarks.runner import Options, Outcome, measure
from tests.benchmarks.systems import PEERS
from tests.benchmarks.workloads import WORKLOADS

__all__ = ["Command", "main", "parse"]


@dataclass(frozen=True)
class Command:
    """What the command line asks for.

    Attributes:
        workloads: What is measured.
        what: One of ``DEFAULTS``; also its place on a page.
        options: How it is measured.
        json: The file for all visits.
        document: The page that the tables are put into.
    """

    workloads: Sequence[str]
    what: str
    options: Options
    json: Path | None = None
    document: Path | None = None


OWN = {"steps": (step_gains, step_page), "compiling": (compile_times, compile_page)}
"""What is measured of graphnet alone, and how it is set in tables."""

DEFAULTS = {
    "peers": list(WORKLOADS),
    "steps": ["W1", "W2", "W3", "W4", "W5", "W6", "W8", "W9"],
    "compiling": ["W1", "W2", "W3", "W4", "W5", "W6"],
    "profile": list(WORKLOADS),
}
"""Which workloads are measured unless some are named."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print, and give the exit status."""
    command = parse(arguments)
    try:
        page = ACTIONS[command.what](command)
    except KeyboardInterrupt:
        print("stopped")
        return 130  # what shells expect of a program that Ctrl-C has ended
    if command.document is not None:
        put(command.document, command.what, page)
    return 0


def compare(command: Command) -> str:
    """Measure graphnet and its peers, print each workload, and give all in Markdown."""
    print(heading(command.options), flush=True)
    outcomes: list[Outcome] = []
    try:
        for workload in command.workloads:
            outcomes.append(measure(workload, command.options))
            print(show(outcomes[-1]), flush=True)
    finally:
        if command.json is not None:
            write_json(command.json, command.options, outcomes)
    return peer_page(outcomes, command.options)


def look_inside(command: Command) -> str:
    """Measure graphnet alone, print all in Markdown, and give it."""
    measure_one, set_page = OWN[command.what]
    found = {workload: measure_one(workload, command.options) for workload in command.workloads}
    page = set_page(found, command.options)
    print(page)
    return page


def take_apart(command: Command) -> str:
    """Measure the parts of steps, print them with the largest lines, and give them in Markdown."""
    found = {workload: profile(workload, command.options) for workload in command.workloads}
    page = profile_page(found, command.options)
    print(f"{page}\n\nLargest lines, microseconds:\n\n{largest_lines(found)}")
    return page


ACTIONS = {
    "peers": compare,
    "steps": look_inside,
    "compiling": look_inside,
    "profile": take_apart,
}
"""What measures it."""


def parse(arguments: Sequence[str] | None) -> Command:
    """Read the command line."""
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
    parser.add_argument("--document", type=Path, metavar="PAGE", help="put the tables there, too")
    alone = parser.add_mutually_exclusive_group()
    alone.add_argument("--steps", action="store_true", help="graphnet, a compiler step left out")
    alone.add_argument("--compiling", action="store_true", help="how long the compiler takes")
    alone.add_argument("--profile", action="store_true", help="where the time of a step goes")
    found = parser.parse_args(arguments)
    if unknown := [name for name in found.workloads if name not in WORKLOADS]:
        parser.error(f"no such workload: {', '.join(unknown)}; there are {', '.join(WORKLOADS)}")
    what = next((name for name in DEFAULTS if getattr(found, name, False)), "peers")
    if found.json is not None and what != "peers":
        parser.error(f"--json is for what peers are compared by, not for --{what}")
    if found.document is not None:
        check_document(parser, found.document, what)
    options = Options(found.against, found.threads, found.rounds, found.seconds, found.python)
    return Command(found.workloads or DEFAULTS[what], what, options, found.json, found.document)


def check_document(parser: argparse.ArgumentParser, page: Path, what: str) -> None:
    """End with a message where a page cannot take the tables."""
    try:
        check_place(page, what)
    except (OSError, ValueError) as error:
        parser.error(f"--document {page}: {error}")


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
