"""What the command line asks for, and the machine that does it."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import graphnet as gn

__all__ = ["Settings", "machine"]

SEARCH = 500
"""How far the seeds of a search are from those of the runs."""
QUICK = 10
"""By how much ``--quick`` divides the number of epochs."""


@dataclass(frozen=True)
class Settings:
    """What the command line asks for.

    Attributes:
        runs: How often each experiment is repeated; None for as often as in the report.
        seed: Of everything that is drawn.
        data: The folder with MNIST.
        output: The folder for pages and pictures.
        quick: Whether epochs are cut short, to see that everything works.
        processes: How many runs go on at once.
        torch: The Python that has PyTorch, if this is to be compared.
        command: How the program was called.
    """

    runs: int | None = None
    seed: int = 0
    data: Path = Path("mnist")
    output: Path = Path("docs/reports")
    quick: bool = False
    processes: int = 1
    torch: str | None = None
    command: Sequence[str] = ()

    def seeds(self, runs: int) -> range:
        """Give the seed of each run, of as many as a report has made unless told otherwise."""
        first = 1000 * self.seed
        return range(first, first + (self.runs or runs))

    def searches(self, searches: int) -> range:
        """Give the seeds of a search for settings, of points that no run has; at most ``runs``."""
        first = self.seeds(1)[0] + SEARCH
        return range(first, first + min(searches, self.runs or searches))

    def epochs(self, epochs: int) -> int:
        """Give the number of epochs, of those that a report has."""
        return max(1, epochs // QUICK) if self.quick else epochs


def machine() -> str:
    """Name the machine and the programs."""
    return (
        f"{processor()}, {os.cpu_count()} cores, {platform.system()}; Python "
        f"{platform.python_version()}, NumPy {np.__version__}, graphnet {gn.__version__}"
    )


def processor() -> str:
    """Give the name of the processor, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())
