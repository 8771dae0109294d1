"""One system in a process of its own: ``python -m tests.benchmarks.worker SYSTEM [--cores N]``.

Reads one command per line from its standard input, and answers each with one line, both JSON:

* ``{"do": "prepare", "workload": "W1", "inputs": "path.npz"}``: {"version": ...}
* ``{"do": "products", "layout": [...]}``: {"version": ...}; the steps to follow make products alone
* ``{"do": "losses", "steps": 12}``: {"losses": [[...], ...]}, a row of numbers per step
* ``{"do": "time", "steps": 100}``: {"median": seconds, "best": seconds} of single steps
* ``{"do": "outside", "steps": 100}``: {"step": seconds, "inside": seconds}, the bests
* ``{"do": "quit"}``: no answer

A package that is not installed is answered by {"missing": name}. Any other failure ends the
process with a traceback on its standard error. Imports nothing of graphnet unless that is the
system, so that peers may live in another environment.
"""

import argparse
import gc
import json
import os
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from itertools import cycle
from pathlib import Path
from time import perf_counter
from typing import Any, TextIO

import numpy as np

from tests.benchmarks.inputs import load
from tests.benchmarks.products import Layout
from tests.benchmarks.systems import SYSTEMS, Prepared, System
from tests.benchmarks.workloads import WORKLOADS

__all__ = ["numbers"]

SHOWN = 32
"""How many elements of an array are compared, beside its mean and its standard deviation."""


def main() -> None:
    """Answer commands until "quit", or until the other side is gone."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("system", choices=list(SYSTEMS))
    parser.add_argument("--cores", type=int, help="pin to the first so many cores")
    options = parser.parse_args()
    if options.cores and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.cores])
    worker = Worker(SYSTEMS[options.system])
    with private_output() as output:
        for line in sys.stdin:
            command = json.loads(line)
            action = command.pop("do")
            if action == "quit":
                return
            print(json.dumps(getattr(worker, action)(**command)), file=output, flush=True)


def private_output() -> TextIO:
    """Give the standard output; from now on, what packages print goes to the standard error."""
    output = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return output


class Worker:
    """A system, and the workload that it has prepared; each command is a method."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.use(Prepared(lambda: None, [()]))

    def use(self, prepared: Prepared) -> None:
        """Go round the batches of a workload, from the first one on."""
        self.prepared = prepared
        self.batches = cycle(prepared.batches)

    def prepare(self, workload: str, inputs: str) -> dict[str, Any]:
        """Build a workload."""
        module, _, argument = self.system.module.partition(":")
        arguments = [argument] if argument else []
        return self.use_made(
            module, lambda it: it.prepare(WORKLOADS[workload], load(Path(inputs)), *arguments)
        )

    def products(self, layout: Sequence[Any]) -> dict[str, Any]:
        """Make arrays for products of matrices that lie so."""
        name = f"{self.system.package}_products"
        return self.use_made(name, lambda module: module.prepare_products(Layout(*layout)))

    def use_made(self, name: str, make: Callable[[Any], Prepared]) -> dict[str, Any]:
        """Use what is made by a module, whose package may be missing."""
        try:
            module = import_module(f"tests.benchmarks.systems.{name}")
        except ModuleNotFoundError as error:
            if error.name != self.system.package:
                raise
            return {"missing": self.system.package}
        self.use(make(module))
        return {"version": package_version(self.system.package)}

    def losses(self, steps: int) -> dict[str, Any]:
        """Run the first steps, and give what they gave, in numbers."""
        found: list[list[float]] = []
        while len(found) < steps:
            results = self.prepared.step(*next(self.batches))
            found += map(numbers, results if self.prepared.many > 1 else [results])
        return {"losses": found[:steps]}

    def time(self, steps: int) -> dict[str, Any]:
        """Run steps, each by the clock."""
        times = [self.seconds() for _ in quiet_range(self.calls(steps))]
        return {"median": statistics.median(times), "best": min(times)}

    def outside(self, steps: int) -> dict[str, Any]:
        """Run pairs of steps, one whole by the clock, one call by call; bests bear noise."""
        inside = self.prepared.inside
        assert inside is not None, f"{self.system.name} does not tell what is inside NumPy calls"
        whole, calls = [], []
        for _ in quiet_range(self.calls(steps)):
            whole.append(self.seconds())
            calls.append(inside(*next(self.batches)))
        return {"step": min(whole), "inside": min(calls)}

    def calls(self, steps: int) -> int:
        """Give how many calls run so many steps."""
        return -(-steps // self.prepared.many)

    def seconds(self) -> float:
        """Give the time that the next step takes, one of many where a call runs many."""
        step, values = self.prepared.step, next(self.batches)
        start = perf_counter()
        step(*values)
        return (perf_counter() - start) / self.prepared.many


def quiet_range(count: int) -> Iterator[int]:
    """Give a range, during which nothing is collected."""
    gc.collect()
    gc.disable()
    try:
        yield from range(count)
    finally:
        gc.enable()


def numbers(results: Any) -> list[float]:
    """Give a loss, or some elements, mean and standard deviation of each array."""
    if isinstance(results, float):
        return [results]
    arrays = results if isinstance(results, list | tuple) else [results]
    found: list[float] = []
    for array in arrays:
        flat = np.asarray(array, np.float64).ravel()
        found += [*flat[:: -(-flat.size // SHOWN)].tolist(), float(flat.mean()), float(flat.std())]
    return found


def package_version(package: str) -> str:
    """Give the version of an installed package, whatever it is distributed as."""
    try:
        return version(package)
    except PackageNotFoundError:
        return str(getattr(import_module(package), "__version__", "unknown"))


if __name__ == "__main__":
    main()
