"""Report 004: MNIST without hidden layers and with two, started and trained in different ways."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import graphnet as gn
from graphnet.nn.initializers import glorot_uniform, kaiming_uniform
from report_parts.pages import Page
from report_parts.settings import Settings
from report_parts.tables import Measure, Table
from report_parts.work import Run, Task, grouped, run_all

__all__ = ["report"]

RUNS, EPOCHS, BATCH, HIDDEN = 3, 20, 100, 100
VALIDATION = 10_000
"""How many digits of the training set are kept for validation."""
OPTIMIZERS: dict[str, Callable[[], gn.optim.Optimizer]] = {
    "SGD": partial(gn.optim.SGD, 0.1),
    "momentum": partial(gn.optim.Momentum, 0.01, 0.9),
}
INITIALIZERS = {"Glorot": glorot_uniform, "Kaiming": kaiming_uniform}
ACTIVATIONS = {"no hidden layer": None, "ReLU": gn.relu, "tanh": gn.tanh}
# What the report gives for a network, "on the training, validation and test set".
PRINTED = {"no hidden layer": 0.92, "ReLU": 0.97, "tanh": 0.97}
PARTS = ("training", "validation", "test")


class Variant(NamedTuple):
    """A network, how it begins, and how it is trained."""

    network: str
    initializer: str
    optimizer: str


VARIANTS = [
    Variant(network, initializer, optimizer)
    for network in ACTIVATIONS
    for initializer in INITIALIZERS
    for optimizer in OPTIMIZERS
]


def report(settings: Settings) -> Page:
    """Repeat the results of section 8."""
    page = Page("004", "MNIST, two initializers, two optimizers", settings)
    page.text("""Networks without a hidden layer, and with two of 100 units, learn the digits of
        MNIST by the negative log-likelihood: 50,000 to train on, 10,000 for validation, 10,000 for
        the test.""")
    gn.data.mnist(settings.data)  # read here first, so that it is missed at once
    rows = [(variant, seed) for variant in VARIANTS for seed in settings.seeds(RUNS)]
    tasks = [
        Task(", ".join(variant), train, (variant, seed, settings.epochs(EPOCHS), settings.data))
        for variant, seed in rows
    ]
    runs = run_all("004", tasks, settings.processes)
    found = grouped((variant for variant, _ in rows), runs)
    for part in PARTS:
        page.table(table(part, found))
    draw(page, found)
    explain(page)
    return page


def declare(variant: Variant) -> tuple[gn.Tensor, gn.Tensor]:
    """Declare the loss and the accuracy of a network."""
    images = gn.placeholder(("batch", 784), name="images")
    labels = gn.placeholder(("batch",), gn.int64, name="digits")
    initial = INITIALIZERS[variant.initializer]()
    activation = ACTIVATIONS[variant.network]
    hidden = [
        gn.nn.Dense(HIDDEN, activation, weight_initializer=initial)
        for _ in range(0 if activation is None else 2)
    ]
    logits = gn.nn.Sequential(*hidden, gn.nn.Dense(10, weight_initializer=initial))(images)
    loss = gn.nn.sparse_softmax_cross_entropy(logits, labels).mean()
    return loss, gn.nn.accuracy(logits, labels)


def train(variant: Variant, seed: int, epochs: int, folder: Path) -> Run:
    """Train one network, with a look at the validation set after each epoch."""
    digits = gn.data.mnist(folder)
    known = (digits.train_images, digits.train_labels)
    training, validation = gn.data.split(known, (len(known[1]) - VALIDATION, VALIDATION), seed=seed)
    with gn.Graph():
        loss, accuracy = declare(variant)
        step = OPTIMIZERS[variant.optimizer]().minimize(loss)
        watch = {"cost": loss, "accuracy": accuracy}
        with gn.Session(seed=seed, threads=1) as session:
            history = gn.train.fit(
                session,
                step,
                gn.data.batches(training, BATCH, seed=seed),
                epochs,
                watch=watch,
                validation=([validation], watch),
                progress=False,
            )
            parts = (training, validation, (digits.test_images, digits.test_labels))
            ends = [gn.train.evaluate(session, [part], {"accuracy": accuracy}) for part in parts]
    values = {part: end["accuracy"] for part, end in zip(PARTS, ends, strict=True)}
    return Run(values, {name: history[name].tolist() for name in history})


# The page


def table(part: str, found: dict[Variant, list[Run]]) -> Table:
    """Set the accuracies on one part of the digits."""
    rows = [
        Measure(
            ", ".join(variant),
            PRINTED[variant.network],
            [run.values[part] for run in runs],
            digits=4,
            printed_digits=2,
        )
        for variant, runs in found.items()
    ]
    return Table(f"Accuracy, {part} set", rows, "network")


def draw(page: Page, found: dict[Variant, list[Run]]) -> None:
    """Draw the curves of figure 5, for each network in its usual form."""
    usual = {"no hidden layer": "Glorot", "ReLU": "Kaiming", "tanh": "Glorot"}
    for network, initializer in usual.items():
        groups = {
            optimizer: [run.history for run in found[Variant(network, initializer, optimizer)]]
            for optimizer in OPTIMIZERS
        }
        page.picture(
            network.replace(" ", "-").lower(),
            f"{network}, {initializer}: cost and accuracy, mean of the runs",
            partial(gn.plot.curves, best=False),
            groups,
        )


def explain(page: Page) -> None:
    """Say what was chosen where the report is silent."""
    page.heading("Settings")
    page.points(
        """As in the report: Glorot uniform ±√6/√(m + n) and Kaiming uniform ±√6/√n with n inputs,
        both for every network here; the report takes Glorot for tanh and Kaiming for ReLU.""",
        f"""Silent, and fixed without any search: {EPOCHS} epochs, batches of {BATCH}, biases that
        begin at 0, a step of 0.1 for SGD, of 0.01 with momentum 0.9 (which adds up to the same).
        Pixels are from 0 to 1. Each run draws another validation set.""",
        """The report has one round number per network, “roughly the same” on the three sets.""",
        """Momentum is `v = mu v + lr g; p -= v` here, and `v = mu v + g; p -= lr v` in the report,
        which is the same while the rate is constant.""",
    )
