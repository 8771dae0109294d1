"""The best values kept, and a new start where training is stuck."""

from itertools import pairwise

import numpy as np
import pytest

import graphnet as gn
from graphnet.errors import ArgumentError
from graphnet.train import Callback, KeepBest, RestartWhenStuck, Training
from tests.train.tasks import Epochs, Task, bits


class Record(Callback):
    """Writes down the variables after each epoch."""

    def __init__(self) -> None:
        self.values: list[list[bytes]] = []

    def epoch(self, training: Training) -> None:
        """Write."""
        self.values.append(bits(training.session.run(list(training.variables))))


@pytest.mark.parametrize("mode", ["min", "max"])
def test_the_best_variables_come_back(mode: str) -> None:
    """All that the step changes is what it was after the best epoch, bit for bit."""
    task = Task()
    keep, record = KeepBest("worst", mode), Record()  # type: ignore[arg-type]
    with gn.Session(seed=0) as session:
        history = task.fit(session, 4, watch={"worst": task.worst}, callbacks=[keep, record])
        assert keep.best == history.best("worst", mode)  # type: ignore[arg-type]
        assert keep.best is not None
        assert bits(session.run(task.variables)) == record.values[keep.best.epoch - 1]
    assert len({*map(tuple, record.values)}) == 4


def test_the_best_variables_come_back_after_ctrl_c() -> None:
    """What is half trained is not left behind."""
    task = Task()
    record = Record()
    batches = Epochs(task.batches(), 2, 3, KeyboardInterrupt())
    with gn.Session(seed=0) as session:
        with pytest.raises(KeyboardInterrupt):
            task.fit(session, 5, batches=batches, callbacks=[KeepBest("loss"), record])
        assert bits(session.run(task.variables)) == record.values[0]


def test_values_that_are_nan_are_never_best() -> None:
    """Then the variables stay as they are."""
    task = Task()
    keep = KeepBest("loss")
    with gn.Session(seed=0) as session:
        task.fit(session, 1)
        before = bits(session.run(task.variables))
        task.fit(session, 1, watch={"loss": task.loss * np.nan}, callbacks=[keep])
        assert keep.best is None
        assert bits(session.run(task.variables)) != before


def stuck(seed: int) -> tuple[list[int], list[bytes], gn.train.History]:
    """Train what is stuck below 0 and goes to 0 above, in a graph of its own."""
    with gn.Graph():
        return train_stuck(seed)


def train_stuck(seed: int) -> tuple[list[int], list[bytes], gn.train.History]:
    """Declare and train."""
    x = gn.Variable(gn.random.uniform((), -4.0, 1.0), name="x")
    slots = gn.Variable(0.0, name="slot", trainable=False)
    loss = gn.where(x > 0, gn.abs(x), 5.0 + 0 * x)
    (slope,) = gn.gradients(loss, [x])
    moved = gn.assign(slots, slots / 2 + slope / 20)
    step = gn.group(moved, gn.assign(x, x - gn.minimum(moved, x / 2)))
    restart = RestartWhenStuck("loss", change=1e-3, worse_than=2.0)
    with gn.Session(seed=seed) as session:
        history = gn.train.fit(
            session,
            step,
            [(), ()],
            60,
            watch={"loss": loss},
            callbacks=[restart],
            progress=False,
        )
        return restart.restarts, bits(session.run([x, slots])), history


def test_what_is_stuck_begins_anew() -> None:
    """Until it is not stuck any more; the same seed gives the same, another one something else."""
    found = [stuck(seed) for seed in range(8)]
    assert any(len(restarts) > 1 for restarts, _, _ in found)
    for restarts, _, history in found:
        assert history["loss"][-1] < 0.5
        assert all(history["loss"][epoch - 1] == 5.0 for epoch in restarts)
        waited = [later - earlier for earlier, later in pairwise([0, *restarts])]
        assert all(epochs >= 2 for epochs in waited)  # to see that there is no difference
    again = [stuck(seed) for seed in range(8)]
    assert [item[:2] for item in again] == [item[:2] for item in found]
    assert len({values[0] for _, values, _ in found}) == 8


@pytest.mark.parametrize(
    ("options", "restarts"),
    [
        ({"worse_than": 0.5}, [2, 4]),
        ({"worse_than": 0.5, "patience": 2}, [3]),
        ({"worse_than": 1.5}, []),
        ({"worse_than": 0.5, "mode": "max"}, []),
        ({"worse_than": 2.0, "mode": "max"}, [2, 4]),
        ({"worse_than": 0.9, "performance": "accuracy"}, [2, 4]),
        ({"worse_than": 0.2, "performance": "accuracy"}, []),
    ],
)
def test_it_begins_anew_only_where_it_should(
    options: dict[str, object], restarts: list[int]
) -> None:
    """Without a change, and worse than allowed; never after the last epoch."""
    loss, accuracy = gn.constant(1.0), gn.constant(0.5)
    count = gn.Variable(0)
    restart = RestartWhenStuck("loss", change=0.0, **options)  # type: ignore[arg-type]
    with gn.Session() as session:
        gn.train.fit(
            session,
            gn.assign_add(count, 1),
            [()],
            6,
            watch={"loss": loss, "accuracy": accuracy},
            callbacks=[restart],
            progress=False,
        )
        assert restart.restarts == restarts
        assert session.run(count) == 6 - max(restarts, default=0)


def test_fresh_values_are_new_consistent_and_reproducible() -> None:
    """What starts from another variable sees its fresh value; zeros are zeros again."""
    weight = gn.Variable(gn.random.normal((4,)), name="weight")
    shadow = gn.Variable(weight * 2, name="shadow")
    slot = gn.Variable(np.zeros(4, np.float32), name="slot")
    other = gn.Variable(gn.random.normal((4,)), name="other")
    write = gn.group(*(gn.assign(item, item + 1) for item in (weight, shadow, slot, other)))
    drawn = []
    for _ in range(2):
        with gn.Session(seed=5) as session:
            values = [session.run(weight)]
            session.run(write)
            kept = session.run(other)
            for _ in range(2):
                session.initialize([weight, shadow, slot], fresh=True)
                found = session.run([weight, shadow, slot, other])
                assert np.array_equal(found[1], found[0] * 2)
                assert not found[2].any()
                assert np.array_equal(found[3], kept)
                values.append(found[0])
        assert len({tuple(value) for value in values}) == 3
        drawn.append(bits(values))
    assert drawn[0] == drawn[1]


def test_arguments_are_checked() -> None:
    """The message names the argument."""
    with pytest.raises(ArgumentError, match="change of -1 is negative"):
        RestartWhenStuck("loss", change=-1, worse_than=1)
    for worse in (np.nan, np.inf, "x"):
        with pytest.raises(ArgumentError, match="worse_than must be a finite number"):
            RestartWhenStuck("loss", change=1, worse_than=worse)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="patience: expected a whole number"):
        RestartWhenStuck("loss", change=1, worse_than=1, patience=0)
    with pytest.raises(ArgumentError, match="values of 'speed' good"):
        RestartWhenStuck("loss", change=1, worse_than=1, performance="speed")
