"""The other end of a worker: start it, ask it, and see to it that it ends."""

import json
import os
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any, Self

from tests.benchmarks.systems import System

__all__ = ["Child", "ChildError", "environment"]

ROOT = Path(__file__).parents[2]
THREAD_VARIABLES = (
    "BLIS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
LINES = 15
"""How much of a dead child's standard error is shown."""


class ChildError(Exception):
    """A child died or did not answer in time."""


def environment(threads: int) -> dict[str, str]:
    """Give the environment for a number of threads, which libraries read when they are loaded."""
    flags = "--xla_cpu_multi_thread_eigen=false" if threads == 1 else ""
    return {
        **os.environ,
        **dict.fromkeys(THREAD_VARIABLES, str(threads)),
        "XLA_FLAGS": f"{os.environ.get('XLA_FLAGS', '')} {flags}".strip(),
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


class Child:
    """A process with one system.

    Args:
        system: What it runs.
        python: The interpreter.
        threads: How many threads its libraries may use.
        folder: Where its standard error is kept.

    Raises:
        ChildError: The interpreter cannot be started.
    """

    def __init__(self, system: System, python: str, threads: int, folder: Path) -> None:
        self.name = system.name
        self.errors = folder / f"{system.name}.stderr"
        pin = ["--cores", str(threads)] if system.pinned else []
        with self.errors.open("w", encoding="utf-8") as errors:
            try:
                self.process = subprocess.Popen(
                    [python, "-m", "tests.benchmarks.worker", system.name, *pin],
                    cwd=ROOT,
                    env=environment(threads),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    text=True,
                    encoding="utf-8",
                )
            except OSError as error:
                raise ChildError(f"{system.name}: cannot start {python}: {error}") from None
        self.answers: Queue[str] = Queue()
        self.listener = Thread(target=self.listen, daemon=True)
        self.listener.start()

    def __enter__(self) -> Self:
        """Give the child, which lives until the block is left, however that comes."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process; what could not be sent to it is lost."""
        with suppress(OSError), self.process:
            self.process.kill()
            self.listener.join()

    def listen(self) -> None:
        """Queue the answers; an empty one when there are no more."""
        assert self.process.stdout, "the process was started with a pipe"
        for line in self.process.stdout:
            self.answers.put(line)
        self.answers.put("")

    def say(self, do: str, **arguments: Any) -> None:
        """Send a command.

        Raises:
            ChildError: The child is dead.
        """
        assert self.process.stdin, "the process was started with a pipe"
        try:
            self.process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
            self.process.stdin.flush()
        except OSError:
            raise self.dead() from None

    def answer(self, timeout: float) -> Mapping[str, Any]:
        """Wait for the answer to the last command.

        Raises:
            ChildError: The child is dead, or it takes too long.
        """
        try:
            line = self.answers.get(timeout=timeout)
        except Empty:
            raise ChildError(f"{self.name}: no answer within {timeout:.0f} s") from None
        if not line:
            raise self.dead()
        answer: Mapping[str, Any] = json.loads(line)
        return answer

    def ask(self, do: str, timeout: float, **arguments: Any) -> Mapping[str, Any]:
        """Send a command, and wait for the answer."""
        self.say(do, **arguments)
        return self.answer(timeout)

    def dead(self) -> ChildError:
        """Tell how the child died, and what it said last."""
        try:
            status = f"ended with status {self.process.wait(timeout=5)}"
        except subprocess.TimeoutExpired:
            status = "closed its output"
        said = self.errors.read_text("utf-8", errors="replace").splitlines()[-LINES:]
        return ChildError("\n".join([f"{self.name}: the process {status}", *said]))
