"""Report 000: two losses, two optimizers, three activations, compared on the disk."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import product
from typing import NamedTuple

import numpy as np

import graphnet as gn
from graphnet.nn.initializers import glorot_normal, normal
from report_parts.disk_points import (
    Examples,
    Network,
    draw_boundary,
    draw_points,
    learning_curve,
    trained,
    validation_parts,
)
from report_parts.pages import Page
from report_parts.search import best_rates
from report_parts.settings import Settings
from report_parts.tables import Measure, Table
from report_parts.work import Run, Task, grouped, run_all

__all__ = ["report"]

RUNS, EPOCHS, BATCH = 10, 30, 25
SEARCHES = 5
"""How many trainings of the grid search there are for each learning rate."""


class Variant(NamedTuple):
    """A row of Table I."""

    loss: str
    optimizer: str
    activation: str


# Accuracy and its standard deviation, in percent.
PRINTED = {
    Variant("MSE", "SGD", "ReLU"): (96.7, 1.1),
    Variant("MSE", "SGD", "tanh"): (95.3, 1.4),
    Variant("MSE", "SGD", "leaky ReLU"): (89.7, 1.2),
    Variant("MSE", "Adam", "ReLU"): (96.8, 1.6),
    Variant("MSE", "Adam", "tanh"): (94.9, 1.9),
    Variant("MSE", "Adam", "leaky ReLU"): (85.9, 2.8),
    Variant("cross-entropy", "SGD", "ReLU"): (97.4, 0.9),
    Variant("cross-entropy", "SGD", "tanh"): (97.0, 1.0),
    Variant("cross-entropy", "SGD", "leaky ReLU"): (92.7, 0.8),
    Variant("cross-entropy", "Adam", "ReLU"): (96.9, 0.6),
    Variant("cross-entropy", "Adam", "tanh"): (96.7, 1.4),
    Variant("cross-entropy", "Adam", "leaky ReLU"): (94.7, 1.6),
}
ACTIVATIONS: dict[str, gn.nn.dense.Activation] = {
    "ReLU": gn.relu,
    "tanh": gn.tanh,
    "leaky ReLU": partial(gn.leaky_relu, alpha=0.05),
}
OPTIMIZERS: dict[str, Callable[[float], gn.optim.Optimizer]] = {
    "SGD": gn.optim.SGD,
    "Adam": partial(gn.optim.Adam, epsilon_inside=True),
}
RATES = {"SGD": (0.003, 0.01, 0.03, 0.1, 0.3), "Adam": (0.0003, 0.001, 0.003, 0.01, 0.03)}


def report(settings: Settings) -> Page:
    """Repeat Table I."""
    page = Page("000", "two losses, two optimizers, three activations", settings)
    page.text("""Twelve networks learn to tell points of the unit square inside a disk from those
        outside: three hidden layers of 25 units, trained on 1000 points and tested on 1000 others,
        for 30 epochs with batches of 25.""")
    tried = {variant: RATES[variant.optimizer] for variant in PRINTED}
    rates = best_rates("000", tried, validate, settings, SEARCHES, EPOCHS)
    seeds, epochs = settings.seeds(RUNS), settings.epochs(EPOCHS)
    rows = [(variant, seed) for variant in PRINTED for seed in seeds]
    tasks = [
        Task(", ".join(variant), train, (variant, rates[variant], seed, epochs))
        for variant, seed in rows
    ]
    runs = run_all("000", tasks, settings.processes)
    found = grouped((variant for variant, _ in rows), runs)
    page.table(table(found, rates))
    draw(page, found, rates)
    explain(page)
    return page


# The network


def declare(variant: Variant) -> Network:
    """Declare the network of a row of the table."""
    activation = ACTIVATIONS[variant.activation]
    points = gn.placeholder(("batch", 2), name="points")
    labels = gn.placeholder(("batch",), gn.int64, name="labels")
    hidden = [dense(inputs, 25, activation) for inputs in (2, 25, 25)]
    # After the last layer there is no activation, for which the report draws from N(0, 1).
    last = gn.nn.Dense(2, weight_initializer=normal(1.0), bias_initializer=normal(1.0))
    outputs = gn.nn.Sequential(*hidden, last)(points)
    if variant.loss == "MSE":  # with the sum over both outputs, as in equation (6)
        loss = gn.square(outputs - gn.one_hot(labels, 2)).sum(-1).mean()
    else:
        loss = gn.nn.sparse_softmax_cross_entropy(outputs, labels).mean()
    probabilities = outputs if variant.loss == "MSE" else gn.softmax(outputs)
    return Network(points, labels, probabilities, loss, gn.nn.accuracy(outputs, labels))


def dense(inputs: int, units: int, activation: gn.nn.dense.Activation) -> gn.nn.Dense:
    """Make a layer whose weight and bias are both drawn by equation (5)."""
    return gn.nn.Dense(
        units,
        activation,
        weight_initializer=glorot_normal(activation),
        bias_initializer=glorot_normal(activation, fans=(inputs, units)),
    )


@contextmanager
def training(
    variant: Variant, rate: float, examples: Examples, seed: int, epochs: int
) -> Iterator[tuple[Network, gn.Session, gn.train.History]]:
    """Train one network; its session is open as long as it is needed."""
    with gn.Graph():
        network = declare(variant)
        optimizer = OPTIMIZERS[variant.optimizer](rate)
        with trained(network, optimizer, examples, batch=BATCH, epochs=epochs, seed=seed) as done:
            yield network, *done


def train(variant: Variant, rate: float, seed: int, epochs: int) -> Run:
    """Train one network, and test it."""
    examples = draw_points(seed, "unit")
    with training(variant, rate, examples, seed, epochs) as (_, _, history):
        accuracy = 100 * history[-1]["validation_accuracy"]
        return Run({"test accuracy": accuracy}, learning_curve(history))


# The learning rates


def validate(variant: Variant, rate: float, seed: int, epochs: int) -> Run:
    """Train one network on 800 of the points to train on, and look at it on the other 200."""
    parts = validation_parts(seed, "unit")
    quiet = np.errstate(over="ignore", invalid="ignore")  # a search tries rates that are too high
    with quiet, training(variant, rate, parts, seed, epochs) as (_, _, history):
        return Run({"score": history[-1]["validation_accuracy"]})


# The page


def table(found: dict[Variant, list[Run]], rates: dict[Variant, float]) -> Table:
    """Set Table I."""
    rows = [
        Measure(
            ", ".join(variant),
            accuracy,
            [run.values["test accuracy"] for run in found[variant]],
            printed_deviation=deviation,
            notes=[f"{rates[variant]:g}"],
        )
        for variant, (accuracy, deviation) in PRINTED.items()
    ]
    return Table("Table I: accuracy in the test, in %", rows, "network", ["learning rate"])


def draw(page: Page, found: dict[Variant, list[Run]], rates: dict[Variant, float]) -> None:
    """Draw curves, and what the best network of the report says of the plane."""
    groups = {
        f"{loss}, {optimizer}": [run.history for run in found[Variant(loss, optimizer, "ReLU")]]
        for loss, optimizer in product(("MSE", "cross-entropy"), ("SGD", "Adam"))
    }
    page.picture(
        "curves",
        "Error of the ReLU networks in training and test, mean of the runs",
        partial(gn.plot.curves, best=False, log=True),
        groups,
        "error",
    )
    best = Variant("cross-entropy", "SGD", "ReLU")
    seed = page.settings.seeds(RUNS)[0]
    examples, epochs = draw_points(seed, "unit"), page.settings.epochs(EPOCHS)
    with training(best, rates[best], examples, seed, epochs) as (network, session, _):
        caption = f"{', '.join(best)}: what the network of the first run says of the plane"
        predict = session.compile(network.probabilities, [network.points])
        draw_boundary(page, "boundary", caption, predict, examples.test)


def explain(page: Page) -> None:
    """Say what was chosen where the report is silent."""
    searches = len(page.settings.searches(SEARCHES))
    page.heading("Settings")
    page.points(
        """As in the report: standardized points, Xavier normal weights *and* biases with the gain
        of the activation, N(0, 1) in the last layer, the mean squared error with the sum over both
        outputs, Adam with ε = 1e-8 inside the root (`epsilon_inside=True`).""",
        f"""The grid of learning rates, on which the report is silent:
        {", ".join(map(str, RATES["SGD"]))} for SGD, {", ".join(map(str, RATES["Adam"]))} for Adam.
        Chosen was the best mean accuracy of {searches} trainings on 800 points, looked at on 200
        others. These points are none of those that the runs train on or are tested on.""",
        """Every run draws new points, both to train on and for the test, and new weights. Both
        sets are standardized by the mean and deviation of the training set.""",
        """The mean of the cross-entropy over the batch is minimized; the report has the sum, which
        makes its learning rates 25 times smaller.""",
    )
    page.text("""The rows for the leaky ReLU are far better than printed, and as good as those
        for the ReLU. A slope of 0.05 changes little about a ReLU network, so the low values of the
        report must have a cause outside the method.""")
