"""Do the experiments of five reports again, and set the results beside the printed ones.

``python examples/reports.py 000 003`` does those of two, ``--all`` those of all. Each report gets a
page with its tables and pictures in ``docs/reports``. ``--help`` lists what can be changed.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

import graphnet as gn
from report_parts import report_000, report_001, report_002, report_003, report_004
from report_parts.settings import Settings
from report_parts.torch_peer import PeerError, check_torch

REPORTS = {
    "000": report_000.report,
    "001": report_001.report,
    "002": report_002.report,
    "003": report_003.report,
    "004": report_004.report,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says, and give the exit status."""
    numbers, settings = parse(sys.argv[1:] if arguments is None else arguments)
    begin = perf_counter()
    try:
        if settings.torch:
            check_torch(settings.torch)
        for number in numbers:
            REPORTS[number](settings).write()
    except gn.errors.FormatError as error:
        print(f"{error}\n--data FOLDER names another folder", file=sys.stderr)
        return 2
    except PeerError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nstopped; the pages of the reports before are written", file=sys.stderr)
        return 130  # what shells expect of a program that Ctrl-C has ended
    print(f"in all {(perf_counter() - begin) / 60:.1f} min")
    return 0


def parse(arguments: Sequence[str]) -> tuple[list[str], Settings]:
    """Read the command line: which reports, and how."""
    parser = make_parser()
    options = parser.parse_args(arguments)
    if options.all == bool(options.reports):
        parser.error(f"name reports ({', '.join(REPORTS)}), or give --all")
    settings = Settings(
        runs=options.runs,
        seed=options.seed,
        data=options.data,
        output=options.output,
        quick=options.quick,
        processes=options.processes,
        torch=options.torch_python if options.against else None,
        command=command(options),
    )
    return list(dict.fromkeys(options.reports)) or [*REPORTS], settings


def command(options: argparse.Namespace) -> list[str]:
    """Give the command that repeats the runs, without the places that differ between machines."""
    words = ["python", "examples/reports.py", *(["--all"] if options.all else options.reports)]
    for name in ("runs", "seed", "against"):
        value = getattr(options, name)
        words += [f"--{name}", str(value)] if value else []
    return [*words, *(["--quick"] if options.quick else [])]


def make_parser() -> argparse.ArgumentParser:
    """Make what reads the command line."""
    parser = argparse.ArgumentParser(
        description="Do the experiments of five reports again.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("reports", nargs="*", metavar="REPORT", type=known, help=f"of {', '.join(REPORTS)}")
    add("--all", action="store_true", help="all reports")
    add("--runs", type=count, help="of each experiment; by default as many as in the report")
    add("--seed", type=natural, default=0, help="of points, weights and batches")
    add("--against", choices=["torch"], help="train the same with PyTorch, too (report 002)")
    add("--torch-python", default=sys.executable, metavar="FILE", help="a Python with PyTorch")
    add("--data", type=Path, default=Path("mnist"), metavar="FOLDER", help="with the MNIST files")
    add("--output", type=Path, default=Path("docs/reports"), metavar="FOLDER", help="for the pages")
    add("--quick", action="store_true", help="a tenth of the epochs, to see that all works")
    add("--processes", type=count, default=os.cpu_count() or 1, help="how many runs at once")
    return parser


def known(text: str) -> str:
    """Read the number of a report."""
    if text not in REPORTS:
        raise argparse.ArgumentTypeError(f"there is no report {text!r}, only {', '.join(REPORTS)}")
    return text


def count(text: str) -> int:
    """Read a number from 1 up."""
    if natural(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 up")
    return int(text)


def natural(text: str) -> int:
    """Read a number from 0 up."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 up")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
