"""PyTorch in a process of its own, which trains the same network on the same batches."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, Self

import numpy as np

from graphnet.typing import Array

__all__ = ["Assignment", "PeerError", "TorchPeer", "check_torch"]

WORKER = Path(__file__).with_name("torch_worker.py")
HINT = (
    "PyTorch comes with `pip install torch`; --torch-python FILE names another Python that has it"
)


class PeerError(Exception):
    """PyTorch is not there, or has failed."""


class Assignment(NamedTuple):
    """What PyTorch is to train.

    Attributes:
        variables: Weights [inputs, units] and biases of the layers, in turn.
        loss: ``"MSE"`` or ``"cross-entropy"``.
        rate: The step size.
        batch: Examples per step.
        inputs: What is trained on, [examples, inputs].
        targets: One-hot targets for MSE, labels otherwise.
        others: What it is tested on.
        orders: The order of the examples in each epoch, [epochs, examples].
    """

    variables: Sequence[Array]
    loss: str
    rate: float
    batch: int
    inputs: Array
    targets: Array
    others: Array
    orders: Array


class TorchPeer:
    """The process; it ends with the block of the ``with`` statement.

    Args:
        python: The interpreter.
        assignment: What it trains.

    Attributes:
        version: Of PyTorch.

    Raises:
        PeerError: PyTorch is not there.
    """

    def __init__(self, python: str, assignment: Assignment) -> None:
        self.folder = TemporaryDirectory()
        begin = Path(self.folder.name, "begin.npz")
        variables = {f"variable_{place}": value for place, value in enumerate(assignment.variables)}
        rest = {**assignment._asdict(), "variables": len(variables)}
        arrays: dict[str, Any] = {**variables, **rest}
        np.savez(begin, **arrays)
        self.process = subprocess.Popen(  # noqa: S603  # what the user has named
            [python, str(WORKER), str(begin)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"},
        )
        self.version = self.answer()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate()
        self.folder.cleanup()

    def train(self, epochs: int) -> float:
        """Train some more epochs, and give the seconds that this took."""
        return float(self.ask(f"train {epochs}"))

    def outputs(self) -> tuple[Array, Array]:
        """Give the outputs for the examples of training and test."""
        with np.load(self.ask(f"test {Path(self.folder.name, 'end.npz')}")) as found:
            return found["train"], found["test"]

    def ask(self, order: str) -> str:
        """Send an order, and wait for the answer."""
        assert self.process.stdin is not None, "the process was started with a pipe"
        self.process.stdin.write(f"{order}\n")
        self.process.stdin.flush()
        return self.answer()

    def answer(self) -> str:
        """Wait for a line."""
        assert self.process.stdout is not None, "the process was started with a pipe"
        line = self.process.stdout.readline().strip()
        if not line:
            raise PeerError(f"PyTorch has ended with status {self.process.wait()}\n{HINT}")
        return line


def check_torch(python: str) -> None:
    """See whether an interpreter has PyTorch, before anything is trained.

    Raises:
        PeerError: It has not, or is none.
    """
    try:
        done = subprocess.run(  # noqa: S603  # as above
            [python, "-c", "import torch"], capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise PeerError(f"{python} cannot be started: {error}\n{HINT}") from None
    if done.returncode:
        raise PeerError(f"{python} has no PyTorch\n{HINT}")
