"""``fit`` is the plain loop: the same bits, whatever looks at it."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import graphnet as gn
from graphnet.errors import ArgumentError, ExecutionError, FeedError
from tests.train.tasks import Diary, Epochs, Task, bits, points

EPOCHS = 3


def plain(task: Task, batches: Any, seed: int = 0) -> tuple[list[bytes], list[list[float]]]:
    """Train by the plain loop; give the variables and the losses."""
    losses: list[list[float]] = []
    with gn.Session(seed=seed) as session:
        for _ in range(EPOCHS):
            losses.append([])
            for inputs, targets in batches:
                feeds = {task.x: inputs, task.target: targets}
                _, loss = session.run([task.step, task.loss], feeds)
                losses[-1].append(float(loss))
        return bits(session.run(task.variables)), losses


def as_dicts() -> Any:
    """Give batches as dicts by name."""
    inputs, targets = points(22)
    return gn.data.batches({"target": targets, "x": inputs}, 4)


class Keyed:
    """Batches as dicts by placeholder."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.batches = task.batches()

    def __iter__(self) -> Any:
        """Begin the next epoch."""
        return (dict(zip(self.task.feeds, batch, strict=True)) for batch in self.batches)


FORMS: dict[str, Callable[[Task], Any]] = {
    "shuffled": lambda task: task.batches(),
    "prefetched": lambda task: task.batches(prefetch=2),
    "dicts": lambda _: as_dicts(),
    "placeholders": Keyed,
}


@pytest.mark.parametrize("form", FORMS)
def test_it_is_the_plain_loop(form: str) -> None:
    """Variables and losses have the same bits, in whatever form the batches come."""
    task = Task()
    variables, losses = plain(task, task.batches())
    with gn.Session(seed=0) as session:
        history = task.fit(session, EPOCHS, batches=FORMS[form](task))
        assert bits(session.run(task.variables)) == variables
    assert history.batches["loss"].tolist() == losses[-1]
    sizes = [4, 4, 4, 4, 4, 2]
    assert history["loss"] == pytest.approx([np.average(row, weights=sizes) for row in losses])


def test_looking_changes_nothing() -> None:
    """Validation, callbacks and metrics leave the variables as they would be without."""
    task = Task()
    variables, _ = plain(task, task.batches())
    with gn.Session(seed=0) as session:
        task.fit(
            session,
            EPOCHS,
            validation=(task.batches(5), {"loss": task.loss, "worst": task.worst}),
            callbacks=[gn.train.StopOnNaN(), gn.train.EarlyStopping("loss"), Diary()],
        )
        assert bits(session.run(task.variables)) == variables


def test_several_operations_are_one_step() -> None:
    """A step is whatever a session can fetch."""
    counts = [gn.Variable(0), gn.Variable(0)]
    steps = [gn.assign_add(count, amount) for count, amount in zip(counts, (1, 2), strict=True)]
    with gn.Session() as session:
        gn.train.fit(session, {"steps": steps}, [(), ()], 3, progress=False)
        assert session.run(counts) == [6, 12]


def test_the_graph_stays_as_it_is(tmp_path: Path) -> None:
    """Neither training nor what looks at it declares anything."""
    task = Task()
    count = len(task.loss.graph.nodes)
    with gn.Session(seed=0) as session:
        task.fit(
            session,
            validation=(task.batches(), {"loss": task.loss}),
            callbacks=[
                gn.train.KeepBest("validation_loss"),
                gn.train.RestartWhenStuck("loss", change=1e9, worse_than=0.0),
                gn.train.StopOnNaN(),
                gn.train.CSVLog(tmp_path / "log.csv"),
            ],
        )
    assert len(task.loss.graph.nodes) == count


def test_random_steps_are_those_of_the_plain_loop() -> None:
    """Dropout draws the same numbers, and so goes on after another call."""
    x = gn.placeholder((None,), name="x")
    weight = gn.Variable(1.0)
    loss = (gn.dropout(x * weight, 0.5) ** 2).mean()
    step = gn.optim.SGD(0.01).minimize(loss)
    numbers = np.arange(12, dtype=np.float32)
    with gn.Session(seed=3) as session:
        for _ in range(4):
            for batch in gn.data.batches(numbers, 5, shuffle=False):
                session.run([step, loss], {x: batch})
        expected = session.run(weight)
    with gn.Session(seed=3) as session:
        batches = gn.data.batches(numbers, 5, shuffle=False)
        for _ in range(2):
            gn.train.fit(session, step, batches, 2, watch={"loss": loss}, progress=False)
        assert session.run(weight) == expected


def test_nothing_need_be_watched() -> None:
    """Without watched values the history has epochs and times."""
    task = Task()
    with gn.Session(seed=0) as session:
        history = task.fit(session, watch=None)
    assert [*history] == []
    assert history.epochs.tolist() == [1, 2, 3]
    assert (history.seconds > 0).all()


def test_values_are_weighted_by_the_examples() -> None:
    """The average over batches of unequal size is that over all examples."""
    x = gn.placeholder((None,), name="x")
    numbers = np.arange(11, dtype=np.float64).astype(np.float32)
    with gn.Session() as session:
        for size in (1, 3, 11):
            batches = gn.data.batches(numbers, size)
            found = gn.train.evaluate(session, batches, {"mean": x.mean(), "count": gn.size(x)})
            assert found["mean"] == pytest.approx(5.0)
            sizes = [min(size, 11 - start) for start in range(0, 11, size)]
            assert found["count"] == pytest.approx(np.average(sizes, weights=sizes))


def test_validation_is_what_evaluate_gives() -> None:
    """The values after the last epoch are those of the variables as they are left."""
    task = Task()
    held_out = gn.data.batches(points(9, seed=1), 4)
    with gn.Session(seed=0) as session:
        history = task.fit(session, validation=(held_out, {"loss": task.loss}))
        assert history[-1]["validation_loss"] == pytest.approx(
            gn.train.evaluate(session, held_out, {"loss": task.loss})["loss"], rel=1e-6
        )
    assert [*history] == ["loss", "validation_loss"]


def test_validation_takes_batches_like_those_of_training() -> None:
    """Also where it needs not all of their values, or batches have only what it needs."""
    task = Task()
    size = {"size": gn.size(task.x)}
    with gn.Session(seed=0) as session:
        whole = task.fit(session, validation=([points(5)], size))
        alone = task.fit(session, validation=([points(5)[0]], size))
    assert whole["validation_size"].tolist() == alone["validation_size"].tolist() == [15.0] * 3


def test_metrics_see_the_epoch() -> None:
    """An object with update, result and reset is given all batches of an epoch, and no others."""
    task = Task()
    seen: list[int] = []

    class Count:
        """Counts examples."""

        def reset(self) -> None:
            self.count = 0

        def update(self, targets: np.ndarray) -> None:
            self.count += len(targets)

        def result(self) -> int:
            seen.append(self.count)
            return self.count

    with gn.Session() as session:
        history = task.fit(session, 2, watch={"count": (Count(), task.target), "loss": task.loss})
    assert [*history] == ["count", "loss"]
    assert history["count"].tolist() == [22.0, 22.0] == [*map(float, seen)]


def test_constants_are_fed_with_all_batches() -> None:
    """A function of the epoch is asked once in each; values that validation needs are fed, too."""
    rate = gn.placeholder((), name="rate")
    x = gn.placeholder((None,), name="x")
    total = gn.Variable(0.0)
    step = gn.assign_add(total, rate * gn.sum(x))
    asked: list[int] = []

    def falling(epoch: int) -> float:
        asked.append(epoch)
        return 1 / epoch

    with gn.Session() as session:
        history = gn.train.fit(
            session,
            step,
            gn.data.batches(np.ones(6, np.float32), 2),
            2,
            watch={"rate": rate},
            constants={"rate": falling},
            validation=([np.ones(3, np.float32)], {"sum": gn.sum(x)}),
            progress=False,
        )
        assert session.run(total) == 9.0
    assert asked == [1, 2]
    assert history["rate"].tolist() == [1.0, 0.5]


def test_feeds_give_the_order_of_tuples() -> None:
    """Placeholders are matched in the order of declaration, or in that of ``feeds``."""
    first = gn.placeholder((), name="first")
    second = gn.placeholder((), name="second")
    watch = {"difference": second - first}
    with gn.Session() as session:
        batches = [(1.0, 3.0)]
        assert gn.train.evaluate(session, batches, watch) == {"difference": 2.0}
        found = gn.train.evaluate(session, batches, watch, feeds=["second", first])
    assert found == {"difference": -2.0}


@pytest.mark.parametrize("prefetch", [0, 2])
def test_ctrl_c_loses_nothing(prefetch: int) -> None:
    """It is raised, with the history; callbacks have ended; no thread is left."""
    task = Task()
    diary = Diary()
    threads = threading.active_count()
    batches = Epochs(task.batches(prefetch=prefetch), 3, 2, KeyboardInterrupt())
    with gn.Session(seed=0) as session:
        with pytest.raises(KeyboardInterrupt) as caught:
            task.fit(session, 5, batches=batches, callbacks=[diary])
        assert np.isfinite(session.run(task.weight)).all()
    history = caught.value.history  # type: ignore[attr-defined]
    assert history.epochs.tolist() == [1, 2]
    assert len(history.batches["loss"]) == 2
    assert history.stopped == "KeyboardInterrupt in epoch 3, after 2 batches"
    assert "error.history" in caught.value.__notes__[0]
    assert diary.entries == ["begin", 1, 2, "end"]
    assert threading.active_count() == threads


def test_no_thread_is_left_behind() -> None:
    """What reads ahead stops when training does, though the error still holds on to everything."""
    task = Task()
    threads = threading.active_count()

    class Fail(gn.train.Callback):
        """Fails in the second batch."""

        def batch(self, training: gn.train.Training) -> None:
            if training.batch == 2:
                raise OSError("unplugged")

    with gn.Session() as session, pytest.raises(OSError, match="unplugged") as caught:
        task.fit(session, batches=task.batches(prefetch=2), callbacks=[Fail()])
    assert caught.value.history.stopped == "OSError in epoch 1, after 2 batches"  # type: ignore[attr-defined]
    assert threading.active_count() == threads


def test_all_callbacks_end() -> None:
    """Also those after one whose end fails, and of those that have begun when another does not."""
    task = Task()
    first, last = Diary(), Diary()

    class Bad(gn.train.Callback):
        """Fails."""

        def end(self, training: gn.train.Training) -> None:
            raise OSError("disk full")

    with gn.Session() as session, pytest.raises(OSError, match="disk full"):
        task.fit(session, 1, callbacks=[first, Bad(), last])
    assert first.entries == last.entries == ["begin", 1, "end"]
    with gn.Session() as session, pytest.raises(ArgumentError, match="there is no value"):
        task.fit(session, 1, callbacks=[first, gn.train.KeepBest("lost_loss")])
    assert first.entries == ["begin", 1, "end", "begin", "end"]

    class Half(Diary):
        """Fails while it gets ready."""

        def begin(self, training: gn.train.Training) -> None:
            super().begin(training)
            raise OSError("read-only")

    half = Half()
    with gn.Session() as session, pytest.raises(OSError, match="read-only"):
        task.fit(session, 1, callbacks=[half])
    assert half.entries == ["begin", "end"]


def test_a_function_is_a_callback() -> None:
    """It is called after each epoch, and may stop training."""
    task = Task()

    def stop(training: gn.train.Training) -> None:
        if training.epoch == 2:
            training.stop("enough")

    with gn.Session() as session:
        history = task.fit(session, 9, callbacks=[stop])
    assert history.epochs.tolist() == [1, 2]
    assert history.stopped == "enough, after epoch 2"


def fit_with(**options: Any) -> Any:
    """Give what calls fit with options."""

    def call(task: Task, session: gn.Session) -> object:
        return task.fit(session, options.pop("epochs", 2), **options)

    return call


MISTAKES: dict[str, tuple[Any, type[Exception], str]] = {
    "no epochs": (fit_with(epochs=0), ArgumentError, "epochs: expected .* found 0"),
    "half epochs": (fit_with(epochs=1.5), ArgumentError, "epochs: expected .* found 1.5"),
    "empty": (fit_with(batches=[]), ArgumentError, "epoch 1: there are no batches"),
    "one array": (
        fit_with(batches=[points(4)[0]]),
        FeedError,
        r"epoch 1, batch 1: a batch is one ndarray, for 2 placeholders(.|\n)*'target'",
    ),
    "three values": (
        fit_with(batches=[(*points(4), 1)]),
        FeedError,
        "a batch has 3 values, for 2 placeholders",
    ),
    "other keys": (
        fit_with(batches=[{"x": 1, "goal": 2}]),
        FeedError,
        "cannot feed 'goal'",
    ),
    "missing key": (
        fit_with(batches=[{"x": points(4)[0]}]),
        FeedError,
        r"not fed: 'target'",
    ),
    "wrong shape": (
        fit_with(batches=[points(4), (points(4)[0].T, points(4)[1])]),
        FeedError,
        r"epoch 1, batch 2: cannot feed 'x'",
    ),
    "one batch": (fit_with(batches={"x": 1}), ArgumentError, "many batches, not dict"),
    "generator": (
        fit_with(batches=iter([])),
        ArgumentError,
        "read only once, and there are 2 epochs",
    ),
    "validation": (fit_with(validation=[1]), ArgumentError, "validation is a pair"),
    "arrays as validation": (
        fit_with(validation=points(4)),
        ArgumentError,
        r'validation is a pair(.|\n)*validation=\(batches, \{"loss": loss\}\)',
    ),
    "arrays as batches": (
        fit_with(batches=points(4)),
        FeedError,
        r"batch 1: a batch is one ndarray(.|\n)*gn\.data\.batches\(\(inputs, labels\), 32\)",
    ),
    "validation of nothing": (
        fit_with(validation=([], {})),
        ArgumentError,
        "nothing is looked at",
    ),
    "feeds": (fit_with(feeds="x"), FeedError, "feeds is a list"),
    "constants": (fit_with(constants=3), FeedError, "constants are a mapping"),
    "callback class": (
        fit_with(callbacks=[gn.train.StopOnNaN]),
        ArgumentError,
        r"is a class(.|\n)*write StopOnNaN\(...\)",
    ),
    "no callbacks": (fit_with(callbacks=None), ArgumentError, "callbacks are a list, not None"),
    "no callback": (fit_with(callbacks=[3]), ArgumentError, "3 is no callback"),
    "progress": (fit_with(progress="loud"), ArgumentError, "'loud' is no way"),
    "near name": (
        fit_with(callbacks=[gn.train.EarlyStopping("validation_loss")]),
        ArgumentError,
        r"EarlyStopping: there is no value 'validation_loss'(.|\n)*'loss'",
    ),
    "not named": (fit_with(watch=[1]), ArgumentError, "what is watched has a name"),
    "reserved": (fit_with(watch={"epoch": 1}), ArgumentError, "'epoch' is no name"),
    "no tensor": (fit_with(watch={"loss": 0.5}), ArgumentError, "'loss' is no tensor: 0.5"),
    "no metric": (fit_with(watch={"f1": (1, 2)}), ArgumentError, "'f1' is neither"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_are_told(mistake: str) -> None:
    """The message says what is wrong, and the error points to the line of the call."""
    call, kind, message = MISTAKES[mistake]
    task = Task()
    with gn.Session() as session, pytest.raises(kind, match=message) as caught:
        call(task, session)
    assert "tests/train/tasks.py" in str(caught.value)


def test_more_mistakes_are_told() -> None:
    """Those that need something declared."""
    task = Task()
    with gn.Session() as session:
        with pytest.raises(ArgumentError, match=r"no scalar(.|\n)*loss\.mean\(\)"):
            task.fit(session, watch={"loss": task.x})
        with pytest.raises(ArgumentError, match="validation, epoch 1: there are no batches"):
            task.fit(session, validation=([], {"loss": task.loss}))
        with pytest.raises(ArgumentError, match=r"validation, the batches are a .*iterator"):
            task.fit(session, validation=(iter([]), {"loss": task.loss}))
        with pytest.raises(ArgumentError, match="begins with 'validation_'"):
            task.fit(
                session,
                watch={"validation_loss": task.loss},
                validation=(task.batches(), {"loss": task.loss}),
            )
        none = [tuple(array[:0] for array in points(4))]
        with pytest.raises(ArgumentError, match="1 batches have no examples"):
            task.fit(session, batches=none, watch=None)


def test_a_step_that_changes_nothing_is_refused() -> None:
    """As a loss does; calling a Python function counts as doing something."""
    task = Task()
    with gn.Session() as session:
        with pytest.raises(
            ArgumentError, match=r"changes no variable(.|\n)*optimizer\.minimize\(loss\) returned"
        ):
            gn.train.fit(session, task.loss, task.batches(), 2, progress=False)
        seen: list[float] = []
        x = gn.placeholder((), name="number")
        call = gn.py_call(seen.append, x, gn.float32, (), stateful=True)
        with pytest.raises(ExecutionError, match="epoch 1, batch 1"):
            gn.train.fit(session, call, [1.0], 1, progress=False)
    assert len(seen) == 1


def test_metrics_of_other_forms_are_for_evaluate() -> None:
    """``fit`` refuses them before anything has run, or, if it can't know, after the epoch."""
    labels = gn.placeholder((None,), gn.int64, name="labels")
    total = gn.Variable(0.0)
    step = gn.assign_add(total, gn.cast(gn.sum(labels), gn.float32))
    batches = gn.data.batches(np.array([0, 1, 1]), 2)

    class Pair(gn.metrics.Mean):
        """Gives a list."""

        def result(self) -> Any:
            return [super().result()] * 2

    arrays: list[gn.metrics.Metric] = [
        gn.metrics.ConfusionMatrix(2),
        gn.metrics.F1(2),
        gn.metrics.Metrics(f1=gn.metrics.F1()),
    ]
    with gn.Session() as session:
        for metric in arrays:
            watch = {"metric": (metric, labels, labels)}
            found = gn.train.evaluate(session, batches, watch)["metric"]
            np.testing.assert_equal(found, metric.result())
            with pytest.raises(ArgumentError, match=f"no number, but {type(metric).__name__}"):
                gn.train.fit(session, step, batches, 1, watch=watch, progress=False)
            with pytest.raises(ArgumentError, match="'validation_metric' gives no number"):
                gn.train.fit(session, step, batches, 1, validation=(batches, watch), progress=False)
        assert session.run(total) == 0
        pair = {"pair": (Pair(), labels)}
        with pytest.raises(ArgumentError, match=r"'pair' gives no number, but \["):
            gn.train.fit(session, step, batches, 1, watch=pair, progress=False)
        numbers = {"f1": (gn.metrics.F1(2, average="macro"), labels, labels)}
        history = gn.train.fit(session, step, batches, 1, watch=numbers, progress=False)
    assert history["f1"].tolist() == [1.0]


def test_errors_before_the_first_epoch_have_a_history_too() -> None:
    """An empty one: who looks into it need not ask whether it is there."""
    task = Task()

    class Interrupt(gn.train.Callback):
        """Is interrupted while it gets ready."""

        def begin(self, training: gn.train.Training) -> None:
            raise KeyboardInterrupt

    with gn.Session() as session, pytest.raises(KeyboardInterrupt) as caught:
        task.fit(session, callbacks=[Interrupt()])
    history = caught.value.history  # type: ignore[attr-defined]
    assert history.epochs.tolist() == []
    assert history.stopped == "KeyboardInterrupt before epoch 1"


def test_a_batch_without_examples_counts_for_nothing() -> None:
    """Its average is NaN, and the others tell all there is."""
    x = gn.placeholder((None,), name="x")
    batches = [np.ones(2, np.float32), np.zeros(0, np.float32), np.full(1, 4, np.float32)]
    with gn.Session() as session, np.errstate(invalid="ignore"):
        assert gn.train.evaluate(session, batches, {"mean": x.mean()}) == {"mean": 2.0}


def test_an_error_in_a_step_tells_the_batch_and_keeps_the_history() -> None:
    """The variables are as the step before has left them."""
    x = gn.placeholder((None,), name="x")
    total = gn.Variable(0.0)

    def refuse(values: np.ndarray) -> np.ndarray:
        if values[0] == 5:
            raise ValueError("five")
        return values

    step = gn.assign_add(total, gn.sum(gn.py_call(refuse, x, gn.float32, x.shape)))
    batches = [np.array([number], np.float32) for number in (1, 2, 5, 7)]
    with gn.Session() as session:
        with pytest.raises(ExecutionError, match=r"epoch 1, batch 3: .*five") as caught:
            gn.train.fit(session, step, batches, 2, progress=False)
        assert session.run(total) == 3.0
    assert caught.value.history.stopped == "ExecutionError in epoch 1, after 2 batches"  # type: ignore[attr-defined]
