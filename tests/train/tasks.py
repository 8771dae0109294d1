"""A small task to train on, and what tests do with it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import graphnet as gn
from graphnet.session import Session
from graphnet.train import Callback, Training
from graphnet.typing import Array


@dataclass
class Task:
    """A line through noisy points, fitted with momentum, which keeps a value per variable.

    Attributes:
        rate: A variable, so that schedules have something to change.
    """

    x: gn.Tensor = field(init=False)
    target: gn.Tensor = field(init=False)

    def __post_init__(self) -> None:
        """Declare everything."""
        self.x = gn.placeholder(("batch", 3), name="x")
        self.target = gn.placeholder(("batch",), name="target")
        self.weight = gn.Variable(gn.random.normal((3,)), name="weight")
        self.velocity = gn.Variable(np.zeros(3, np.float32), name="velocity", trainable=False)
        self.rate = gn.Variable(0.05, name="rate", trainable=False)
        error = self.x @ self.weight - self.target
        self.loss = (error * error).mean()
        self.worst = gn.max(gn.abs(error))
        (slope,) = gn.gradients(self.loss, [self.weight])
        moved = gn.assign(self.velocity, 0.5 * self.velocity + self.rate * slope)
        self.step = gn.group(moved, gn.assign(self.weight, self.weight - moved))

    @property
    def feeds(self) -> list[gn.Tensor]:
        """What a batch is for."""
        return [self.x, self.target]

    @property
    def variables(self) -> list[gn.Tensor]:
        """What a step changes."""
        return [self.weight, self.velocity]

    def batches(self, size: int = 4, **options: Any) -> Any:
        """Give batches of 22 examples."""
        return gn.data.batches(points(22), size, **options)

    def fit(self, session: Session, epochs: int = 3, **options: Any) -> gn.train.History:
        """Train without a word."""
        batches = options.pop("batches", None)
        batches = self.batches() if batches is None else batches
        silent: dict[str, Any] = {"watch": {"loss": self.loss}, "progress": False, **options}
        return gn.train.fit(session, self.step, batches, epochs, **silent)


def points(count: int, seed: int = 0) -> tuple[Array, Array]:
    """Give inputs and targets."""
    random = np.random.default_rng(seed)
    inputs = random.normal(size=(count, 3)).astype(np.float32)
    noise = random.normal(size=count) / 10
    return inputs, (inputs @ [1.0, -2.0, 0.5] + noise).astype(np.float32)


def bits(values: Any) -> list[bytes]:
    """Give arrays as they lie in memory."""
    return [np.asarray(value).tobytes() for value in values]


def failing(batches: Any, after: int, error: BaseException) -> Iterator[Any]:
    """Give some of the batches, then an error."""
    for place, batch in enumerate(batches):
        if place == after:
            raise error
        yield batch


class Epochs:
    """Batches that fail in one epoch.

    Args:
        batches: The batches.
        epoch: Number of the epoch that fails, from 1.
        after: After how many batches.
        error: What is raised.
    """

    def __init__(self, batches: Any, epoch: int, after: int, error: BaseException) -> None:
        self.batches = batches
        self.epoch = epoch
        self.after = after
        self.error = error
        self.begun = 0

    def __iter__(self) -> Iterator[Any]:
        """Begin the next epoch."""
        self.begun += 1
        if self.begun == self.epoch:
            return failing(self.batches, self.after, self.error)
        return iter(self.batches)


class Diary(Callback):
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.entries: list[Any] = []

    def begin(self, training: Training) -> None:
        """Note the beginning."""
        self.entries.append("begin")

    def epoch(self, training: Training) -> None:
        """Note the epoch."""
        self.entries.append(training.epoch)

    def end(self, training: Training) -> None:
        """Note the end."""
        self.entries.append("end")
