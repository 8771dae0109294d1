"""The networks of report 002: declared, trained by the clock, and tested."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

import graphnet as gn
from graphnet.nn.initializers import fan_in_uniform
from graphnet.typing import Array
from report_parts.disk_points import Examples, Part, draw_points
from report_parts.settings import Settings
from report_parts.work import Run

__all__ = ["BATCH", "DIGITS", "ENTROPY", "EXPERIMENTS", "MSE", "OF_DIGITS", "OF_POINTS", "RUNS"]
__all__ += ["TIME", "Experiment", "batches_for", "examples_for", "fit", "prepared", "scores"]
__all__ += ["shortened", "targets_for", "train"]

Batches: TypeAlias = gn.data.Batches[Part]

RUNS, BATCH = 10, 100
SAMPLES = 10_000
"""How many digits are trained on."""


class Experiment(NamedTuple):
    """A network, and how it is trained.

    Attributes:
        name: What it is called here.
        loss: ``"MSE"`` or ``"cross-entropy"``.
        sizes: Of the layers, from inputs to outputs.
        rate: The step size.
        epochs: How many.
        goal: At most this part of PyTorch's training time is wanted.
        pairs: How many runs are compared with PyTorch, at most.
    """

    name: str
    loss: str
    sizes: Sequence[int]
    rate: float
    epochs: int
    goal: float
    pairs: int


POINTS = (2, 25, 25, 25, 2)
MSE = Experiment("disk, MSE", "MSE", POINTS, 0.03, 2000, 0.5, RUNS)
ENTROPY = Experiment("disk, cross-entropy", "cross-entropy", POINTS, 0.03, 2000, 0.5, RUNS)
DIGITS = Experiment(
    "MNIST", "cross-entropy", (784, 512, 512, 512, 10), 0.02, 100, goal=1.0, pairs=1
)
EXPERIMENTS = (MSE, ENTROPY, DIGITS)


class Row(NamedTuple):
    """What a row of the report's tables is: its name here, whether it should be high, digits."""

    key: str
    good: Literal["high", "low"]
    digits: int


TIME = Row("training time in s", "low", 2)
TRAIN, TRAIN_F1 = Row("accuracy in training in %", "high", 2), Row("F1 in training", "high", 3)
TEST, TEST_F1 = Row("accuracy in the test in %", "high", 2), Row("F1 in the test", "high", 3)
OF_POINTS = (TIME, TRAIN, TRAIN_F1, TEST, TEST_F1)
OF_DIGITS = (TIME, TRAIN, TEST)


def shortened(experiment: Experiment, settings: Settings) -> Experiment:
    """Give an experiment with the number of epochs that is asked for."""
    return experiment._replace(epochs=settings.epochs(experiment.epochs))


class Network(NamedTuple):
    """What a training feeds and runs."""

    inputs: gn.Tensor
    targets: gn.Tensor
    outputs: gn.Tensor
    step: gn.ir.Node
    variables: Sequence[gn.Variable]


def declare(experiment: Experiment) -> Network:
    """Declare a network and its step."""
    first, *sizes = experiment.sizes
    inputs = gn.placeholder(("batch", first), name="inputs")
    model = gn.nn.Sequential(
        *[
            dense(fan_in, units, gn.relu if place < len(sizes) else None)
            for place, (fan_in, units) in enumerate(zip(experiment.sizes, sizes, strict=False), 1)
        ]
    )
    outputs = model(inputs)
    if experiment.loss == "MSE":
        targets = gn.placeholder(("batch", sizes[-1]), name="targets")
        loss = gn.nn.mean_squared_error(outputs, targets).mean()
    else:
        targets = gn.placeholder(("batch",), gn.int64, name="targets")
        loss = gn.nn.sparse_softmax_cross_entropy(outputs, targets).mean()
    step = gn.optim.SGD(experiment.rate).minimize(loss)
    return Network(inputs, targets, outputs, step, model.variables)


def dense(inputs: int, units: int, activation: gn.nn.dense.Activation | None) -> gn.nn.Dense:
    """Make a layer that begins as those of PyTorch, and of the report."""
    return gn.nn.Dense(
        units,
        activation,
        weight_initializer=fan_in_uniform(),
        bias_initializer=fan_in_uniform(fans=(inputs, units)),
    )


def examples_for(experiment: Experiment, seed: int, folder: Path) -> Examples:
    """Give the examples of a run: new points, or the first digits, always the same."""
    if experiment.name != DIGITS.name:
        return draw_points(seed, "centered", standardized=False)
    digits = gn.data.mnist(folder)
    images = digits.train_images[:SAMPLES]
    mean, deviation = images.mean(), images.std()  # of all pixels: some are the same in all images
    return Examples(
        ((images - mean) / deviation, digits.train_labels[:SAMPLES]),
        ((digits.test_images - mean) / deviation, digits.test_labels),
    )


def targets_for(experiment: Experiment, labels: Array) -> Array:
    """Give what the loss compares with."""
    return gn.data.one_hot(labels, experiment.sizes[-1]) if experiment.loss == "MSE" else labels


@contextmanager
def prepared(experiment: Experiment, seed: int) -> Iterator[tuple[Network, gn.Session]]:
    """Give a network with its first weights."""
    with gn.Graph():
        network = declare(experiment)
        with gn.Session(seed=seed, threads=1) as session:
            yield network, session


def fit(session: gn.Session, network: Network, batches: Batches, epochs: int) -> float:
    """Train, and give the seconds that it took."""
    history = gn.train.fit(session, network.step, batches, epochs, progress=False)
    return float(history.seconds.sum())


def batches_for(experiment: Experiment, examples: Examples, seed: int) -> Batches:
    """Give the batches to train on."""
    inputs, labels = examples.train
    return gn.data.batches((inputs, targets_for(experiment, labels)), BATCH, seed=seed)


def train(experiment: Experiment, seed: int, folder: Path) -> Run:
    """Train one network, by the clock, and test it."""
    examples = examples_for(experiment, seed, folder)
    batches = batches_for(experiment, examples, seed)
    with prepared(experiment, seed) as (network, session):
        seconds = fit(session, network, batches, experiment.epochs)
        outputs = [session.run(network.outputs, {network.inputs: part[0]}) for part in examples]
    return Run({TIME.key: seconds, **scores(outputs, examples)})


def scores(outputs: Sequence[Array], examples: Examples) -> dict[str, float]:
    """Give accuracy and F1 (of class 1) in training and test."""
    found: dict[str, float] = {}
    keys = ((TRAIN, TRAIN_F1), (TEST, TEST_F1))
    for some, (_, labels), (accuracy, ratio) in zip(outputs, examples, keys, strict=True):
        chosen = some.argmax(1)
        found[accuracy.key] = 100 * float(np.mean(chosen == labels))
        if some.shape[1] == 2:
            metric = gn.metrics.F1()
            metric.update(chosen, labels)
            found[ratio.key] = float(metric.result())
    return found
