"""Training with optimizers, schedules, metrics and layers of the other packages."""

import numpy as np
import pytest

import graphnet as gn
from graphnet.train import Callback, KeepBest, StopOnNaN, Training, UpdateSchedule
from tests.train.tasks import Task


class Plans(Callback):
    """Keeps the text of the plan."""

    def epoch(self, training: Training) -> None:
        """Look at it."""
        assert training.train.reading is not None
        self.text = str(training.train.reading.function.plan)


@pytest.mark.parametrize("callbacks", [[StopOnNaN()], [KeepBest("loss")]])
def test_looking_leaves_the_plan_as_it_is(callbacks: list[Callback]) -> None:
    """Variables find their best places before anybody copies them."""
    found = []
    for looking in ([], callbacks):
        with gn.Graph():
            x = gn.placeholder(("batch", 8), name="x")
            layers = [gn.nn.Dense(8, activation=gn.tanh) for _ in range(3)]
            loss = gn.mean(gn.nn.Sequential(*layers)(x) ** 2)
            step = gn.optim.Adam(0.1).minimize(loss)
            plans = Plans()
            with gn.Session(seed=0) as session:
                gn.train.fit(
                    session,
                    step,
                    [np.ones((4, 8), np.float32)],
                    1,
                    watch={"loss": loss},
                    callbacks=[plans, *looking],
                    progress=False,
                )
            found.append(plans.text)
    assert found[0] == found[1]


def test_the_rate_falls_on_a_plateau() -> None:
    """``ReduceOnPlateau`` is told the value of each epoch; its rate can be watched."""
    task = Task()
    plateau = gn.optim.ReduceOnPlateau(0.5, factor=0.5, patience=1)
    step = gn.optim.SGD(plateau).minimize(task.loss * 0.0)
    with gn.Session(seed=0) as session:
        history = gn.train.fit(
            session,
            step,
            task.batches(),
            4,
            watch={"loss": task.loss, "learning_rate": plateau.rate},
            callbacks=[UpdateSchedule(plateau, "loss")],
            progress=False,
        )
    assert history["learning_rate"].tolist() == [0.5, 0.5, 0.25, 0.125]


def test_metrics_are_those_of_all_examples() -> None:
    """F1 is no average over batches."""
    scores = gn.placeholder(("batch",), name="scores")
    labels = gn.placeholder(("batch",), gn.int64, name="labels")
    arrays = np.array([1, -1, 1, 1, -1, 1, -1], np.float32), np.array([1, 1, 0, 1, 0, 1, 0])
    f1 = gn.metrics.F1(threshold=0.0)
    f1.update(*arrays)
    with gn.Session() as session:
        found = gn.train.evaluate(
            session,
            gn.data.batches(arrays, 2),
            {"f1": (gn.metrics.F1(threshold=0.0), scores, labels)},
        )
    assert found == {"f1": f1.result()}
    assert found["f1"] == pytest.approx(0.75)
