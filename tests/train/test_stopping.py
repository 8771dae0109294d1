"""What ends training: no progress, values that are not finite, time."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import graphnet as gn
from graphnet.errors import ArgumentError
from graphnet.train import EarlyStopping, StopOnNaN, TimeLimit
from graphnet.train.training import Training
from tests.train.tasks import Diary, Task, bits, points


def scripted(values: list[float], *callbacks: gn.train.Callback) -> gn.train.History:
    """Train on a loss that takes given values, one per epoch."""
    x = gn.placeholder((), name="x")
    step = gn.assign_add(gn.Variable(0.0), x)

    class Epochs:
        """A batch per epoch."""

        def __init__(self) -> None:
            self.values = iter(values)

        def __iter__(self) -> Iterator[float]:
            return iter([next(self.values)])

    with gn.Session() as session:
        return gn.train.fit(
            session,
            step,
            Epochs(),
            len(values),
            watch={"loss": x},
            callbacks=callbacks,
            progress=False,
        )


@pytest.mark.parametrize(
    ("values", "options", "epochs"),
    [
        ([3, 2, 2, 2, 1], {"patience": 2}, 4),
        ([3, 2, 2, 1, 2], {"patience": 2}, 5),
        ([3, 2.5, 2, 1.5, 0], {"patience": 2, "minimum_change": 0.5}, 5),
        ([3, 2.9, 2.8, 2.7, 0], {"patience": 2, "minimum_change": 0.5}, 3),
        ([1, 2, 3, 3, 3], {"patience": 2, "mode": "max"}, 5),
        ([1, 2, 1, 1, 3], {"patience": 2, "mode": "max"}, 4),
        ([np.nan, np.nan, np.nan], {"patience": 2}, 2),
    ],
)
def test_early_stopping_waits(values: list[float], options: dict[str, object], epochs: int) -> None:
    """It stops after so many epochs since the best one, changes that are too small left out."""
    history = scripted(values, EarlyStopping("loss", **options))  # type: ignore[arg-type]
    assert history.epochs[-1] == epochs


def test_early_stopping_can_be_used_again() -> None:
    """A second training knows nothing of the first."""
    stopping = EarlyStopping("loss", patience=1)
    assert scripted([1, 1, 0], stopping).epochs[-1] == 2
    assert scripted([2, 1.5, 1.5], stopping).epochs[-1] == 3


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: EarlyStopping("loss", patience=0), "patience: expected a whole .* found 0"),
        (lambda: EarlyStopping("loss", patience=2.5), "found 2.5"),  # type: ignore[arg-type]
        (lambda: EarlyStopping("loss", minimum_change=-1), "change of -1 is negative"),
        (lambda: EarlyStopping("speed"), "values of 'speed' good"),
        (lambda: TimeLimit(0), "time must be positive, found 0"),
        (lambda: TimeLimit("1"), "time must be positive, found '1'"),  # type: ignore[arg-type]
        (lambda: TimeLimit(float("nan")), "time must be positive, found nan"),
    ],
)
def test_arguments_are_checked(build: object, message: str) -> None:
    """The message names the callback's argument."""
    assert callable(build)
    with pytest.raises(ArgumentError, match=message):
        build()


def test_nan_is_named_and_nothing_is_lost() -> None:
    """The variables are those of the last whole epoch; value, batch, epoch and variables named."""
    task = Task()
    diary = Diary()
    inputs, targets = points(12)

    def epochs(bad: int) -> Any:
        class Epochs:
            """The last of three batches is bad in the third epoch."""

            def __init__(self) -> None:
                self.begun = 0

            def __iter__(self) -> Iterator[Any]:
                self.begun += 1
                changed = inputs.copy()
                changed[5] = np.nan if self.begun == bad else changed[5]
                return iter(gn.data.batches((changed, targets), 4, shuffle=False))

        return Epochs()

    with gn.Session(seed=0) as session:
        task.fit(session, 2, batches=epochs(99))
        expected = bits(session.run(task.variables))
    with gn.Session(seed=0) as session:
        history = task.fit(session, 5, batches=epochs(3), callbacks=[StopOnNaN(), diary])
        assert bits(session.run(task.variables)) == expected
    assert history.stopped == (
        "loss is nan in batch 2; not finite are variables: 'weight', 'velocity', in epoch 3"
    )
    assert history.epochs.tolist() == [1, 2]
    assert np.isfinite(history["loss"]).all()
    assert np.isnan(history.batches["loss"]).tolist() == [False, True]
    assert diary.entries == ["begin", 1, 2, "end"]


def test_nan_in_variables_is_found_without_watched_values() -> None:
    """At the end of the epoch, and what was tested is looked at, too."""
    task = Task()
    inputs, targets = points(4)
    with gn.Session(seed=0) as session:
        start = bits(session.run(task.variables))
        batches = [(inputs * np.nan, targets)]
        history = task.fit(session, 5, batches=batches, watch=None, callbacks=[StopOnNaN()])
        assert bits(session.run(task.variables)) == start
        assert history.stopped == "not finite are variables: 'weight', 'velocity', after epoch 1"
        history = task.fit(
            session, 5, validation=(batches, {"loss": task.loss}), callbacks=[StopOnNaN()]
        )
        assert history.stopped == "validation_loss is nan, after epoch 1"
        assert bits(session.run(task.variables)) == start


def test_nan_that_a_metric_refuses_loses_nothing() -> None:
    """The watched loss is looked at first; where there is none, the error passes all the same."""
    x = gn.placeholder((None, 3), name="x")
    labels = gn.placeholder((None,), gn.int64, name="labels")
    scores = gn.nn.Dense(3, name="dense")(x)
    loss = gn.nn.sparse_softmax_cross_entropy(scores, labels).mean()
    step = gn.optim.SGD(0.1).minimize(loss)
    good = np.ones((4, 3), np.float32), np.arange(4) % 3
    batches = [good, (good[0] * np.nan, good[1]), good]
    accuracy = (gn.metrics.Accuracy(), scores, labels)
    with gn.Session(seed=0) as session:
        start = bits(session.run(loss.graph.variables()))

        def fit(watch: dict[str, Any]) -> gn.train.History:
            stop = StopOnNaN()
            return gn.train.fit(
                session, step, batches, 3, watch=watch, callbacks=[stop], progress=False
            )

        history = fit({"accuracy": accuracy, "loss": loss})
        assert (history.stopped or "").startswith("loss is nan in batch 2; not finite are")
        assert np.isnan(history.batches["loss"]).tolist() == [False, True]
        assert bits(session.run(loss.graph.variables())) == start
        with pytest.raises(ArgumentError, match="epoch 1, batch 2: Accuracy"):
            fit({"accuracy": accuracy})
        assert bits(session.run(loss.graph.variables())) == start


def test_nan_that_a_metric_refuses_in_validation_loses_nothing() -> None:
    """The last step of the epoch made the variables NaN; its own loss was finite."""
    x = gn.placeholder((None, 2), name="x")
    labels = gn.placeholder((None,), gn.int64, name="labels")
    weight = gn.Variable(np.ones((2, 2), np.float32), name="weight")
    scores = x @ weight
    watch = {"loss": scores.mean(), "accuracy": (gn.metrics.Accuracy(), scores, labels)}
    batch = np.array([[1, -1]], np.float32), np.array([1])
    with gn.Session() as session:
        history = gn.train.fit(
            session,
            gn.assign(weight, weight * np.nan + 0 * x.sum()),
            [batch[0]],
            2,
            watch={"loss": scores.mean()},
            validation=([batch], watch),
            callbacks=[StopOnNaN()],
            progress=False,
        )
        assert session.run(weight).tolist() == [[1, 1], [1, 1]]
    assert history.epochs.tolist() == []
    assert history.stopped == (
        "validation_loss is nan in batch 1; not finite are variables: 'weight', in epoch 1"
    )


@pytest.mark.parametrize("part", ["", "validation_"])
def test_metrics_that_are_not_finite_end_training(part: str) -> None:
    """In training and in validation, though all variables are finite."""
    task = Task()
    inputs, targets = points(4)
    bad = {"mean": (gn.metrics.Mean(), task.target)}
    batches = [(inputs * 0, targets * np.inf)]
    idle = gn.assign(task.rate, task.rate + 0 * task.x.sum())
    with gn.Session(seed=0) as session:
        history = gn.train.fit(
            session,
            idle,
            batches,
            3,
            feeds=task.feeds,
            watch={} if part else bad,
            validation=(batches, bad) if part else None,
            callbacks=[StopOnNaN()],
            progress=False,
        )
    endings = [f"{part}mean is {value}, after epoch 1" for value in ("inf", "nan")]
    assert history.stopped in endings


def test_an_epoch_that_is_stopped_in_its_last_batch_is_whole() -> None:
    """Validation, history and callbacks see it; not so if what it did was taken back."""
    task = Task()
    diary = Diary()

    class Stop(gn.train.Callback):
        """Stops in the last batch of the second epoch."""

        def batch(self, training: Training) -> None:
            if (training.epoch, training.batch) == (2, 6):
                training.stop("enough")

    with gn.Session(seed=0) as session:
        history = task.fit(
            session, 5, validation=(task.batches(), {"loss": task.loss}), callbacks=[Stop(), diary]
        )
        assert history.epochs.tolist() == [1, 2]
        assert history.stopped == "enough, after epoch 2"
        assert diary.entries == ["begin", 1, 2, "end"]
        bad = [tuple(array * np.nan for array in points(4))]
        history = task.fit(session, batches=bad, callbacks=[StopOnNaN(), diary])
    assert history.epochs.tolist() == []
    assert (history.stopped or "").endswith("in epoch 1")


def test_time_ends_within_an_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    """The batch under way is finished, and the epoch is not counted."""
    clock = iter(range(100))
    monkeypatch.setattr("graphnet.train.stopping.monotonic", lambda: float(next(clock)))
    task = Task()
    with gn.Session() as session:
        history = task.fit(session, 5, callbacks=[TimeLimit(8)])
    assert history.epochs.tolist() == [1]
    assert len(history.batches["loss"]) == 3
    assert history.stopped == "the time of 8 seconds is over, in epoch 2"


def test_only_those_who_ask_see_batches() -> None:
    """A callback that defines ``batch`` is called for each, with the values of the batch."""
    task = Task()
    seen: list[tuple[int, float]] = []

    class Look(gn.train.Callback):
        """Looks."""

        def batch(self, training: Training) -> None:
            seen.append((training.batch, training.batch_values["loss"]))

    with gn.Session() as session:
        history = task.fit(session, 1, callbacks=[Look()])
    assert [number for number, _ in seen] == [1, 2, 3, 4, 5, 6]
    assert [loss for _, loss in seen] == history.batches["loss"].tolist()
