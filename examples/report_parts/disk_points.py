"""The points that four of the reports learn to classify, and training on them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

import graphnet as gn
from graphnet.typing import Array
from report_parts.pages import Page

__all__ = ["Examples", "Form", "Network", "Part"]
__all__ += ["draw_boundary", "draw_points", "learning_curve", "trained", "validation_parts"]

Part: TypeAlias = tuple[Array, Array]
Form: TypeAlias = Literal["unit", "centered", "quarter"]

POINTS = 1000
SHOWN = 400
"""How many points of the test a picture shows, so that its file stays small."""


class Examples(NamedTuple):
    """Points and labels, 1 inside the disk and 0 outside."""

    train: Part
    test: Part


class Network(NamedTuple):
    """The tensors of a network that are fed and fetched.

    Attributes:
        points: Placeholder for points, [batch, 2].
        labels: Placeholder for labels, [batch].
        probabilities: Of both classes, [batch, 2], or of class 1, [batch]; what is drawn.
        loss: Scalar.
        accuracy: Scalar, from 0 to 1.
    """

    points: gn.Tensor
    labels: gn.Tensor
    probabilities: gn.Tensor
    loss: gn.Tensor
    accuracy: gn.Tensor


def draw_points(seed: int, form: Form, *, standardized: bool = True) -> Examples:
    """Draw 1000 points to train on, and 1000 for the test.

    Args:
        seed: Of the points.
        form: As for ``gn.data.disk``; or ``"quarter"`` for the unit square, and the disk around
            its corner, of which it holds a quarter.
        standardized: Whether to bring both sets to the mean 0 and the deviation 1 of the first.
    """
    (points, labels), (test_points, test_labels) = (
        gn.data.disk(POINTS, seed=2 * seed + part, form="unit" if form == "unit" else "centered")
        for part in range(2)
    )
    if form == "quarter":
        points, test_points = np.abs(points), np.abs(test_points)
    if standardized:
        points, test_points = gn.data.standardize(points, test_points)
    return Examples((points, labels), (test_points, test_labels))


def validation_parts(seed: int, form: Form) -> Examples:
    """Give 800 of the points to train on, and the other 200 to choose by, both standardized."""
    examples = draw_points(seed, form, standardized=False)
    (points, labels), (others, other_labels) = gn.data.split(examples.train, 0.8, seed=seed)
    points, others = gn.data.standardize(points, others)
    return Examples((points, labels), (others, other_labels))


@contextmanager
def trained(
    network: Network,
    optimizer: gn.optim.Optimizer,
    examples: Examples,
    *,
    batch: int,
    epochs: int,
    seed: int,
    callbacks: Sequence[gn.train.Callback] = (),
) -> Iterator[tuple[gn.Session, gn.train.History]]:
    """Train a network on points; the session is open as long as its user needs it."""
    step = optimizer.minimize(network.loss)
    watch = {"loss": network.loss, "accuracy": network.accuracy}
    with gn.Session(seed=seed, threads=1) as session:
        history = gn.train.fit(
            session,
            step,
            gn.data.batches(examples.train, batch, seed=seed),
            epochs,
            watch=watch,
            validation=([examples.test], watch),
            callbacks=callbacks,
            progress=False,
        )
        yield session, history


def learning_curve(history: gn.train.History) -> dict[str, list[float]]:
    """Give loss and error in training and on the test set, which was looked at in each epoch."""
    return {
        "loss": history["loss"].tolist(),
        "error": (1 - history["accuracy"]).tolist(),
        "test_loss": history["validation_loss"].tolist(),
        "test_error": (1 - history["validation_accuracy"]).tolist(),
    }


def draw_boundary(
    page: Page, name: str, caption: str, predict: Callable[[Array], Array], part: Part
) -> None:
    """Add the picture of what a trained network says of the plane, with some points of the test."""
    points, labels = part

    page.picture(
        name,
        f"{caption}, and {SHOWN} points of the test",
        partial(gn.plot.decision_boundary, names=["outside", "inside"]),
        predict,
        points[:SHOWN],
        labels[:SHOWN],
    )
