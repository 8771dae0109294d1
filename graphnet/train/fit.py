"""``fit``: a loop over epochs and batches, and nothing that the plain loop would not do."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from time import perf_counter
from typing import Any, TextIO

from graphnet.errors import ArgumentError
from graphnet.ir.graph import reach
from graphnet.ir.tensor import Tensor, describe
from graphnet.ir.traits import Effect
from graphnet.session.location import located
from graphnet.session.session import Session
from graphnet.session.structure import take_apart
from graphnet.train.callback import Callback, as_callbacks, watches_batches
from graphnet.train.history import History
from graphnet.train.match import Constants, constants_of, keys_of
from graphnet.train.progress import progress_for
from graphnet.train.stopping import positive_integer
from graphnet.train.sweep import Sweep
from graphnet.train.training import VALIDATION, Training
from graphnet.train.watch import Watch

__all__ = ["evaluate", "fit"]


def fit(  # noqa: PLR0913  # what a loop over epochs is made of
    session: Session,
    step: Any,
    batches: Iterable[Any],
    epochs: int,
    *,
    watch: Mapping[str, Any] | None = None,
    validation: tuple[Iterable[Any], Mapping[str, Any]] | None = None,
    feeds: Sequence[Any] | None = None,
    constants: Mapping[Any, Any] | None = None,
    callbacks: Iterable[Callback | Callable[[Training], object]] = (),
    progress: bool | str | TextIO = "auto",
) -> History:
    """Train: run a step for each batch of each epoch, bit for bit as this loop does.

    ::

        for epoch in range(epochs):
            for inputs, labels in batches:
                session.run([step, loss], {x: inputs, label: labels})

    Args:
        session: Where to run.
        step: What runs for each batch, as ``optimizer.minimize(loss)`` gives it.
        batches: Every iteration is an epoch, as of ``gn.data.batches``. A batch is a dict by
            placeholder or name, a tuple, or a single array.
        epochs: How many.
        watch: What is looked at, by name, before the step's update: see :func:`evaluate`.
        validation: Batches, and what is looked at on them after each epoch; in the history
            ``validation_`` stands before the names.
        feeds: What the values of a tuple are for, in order; by default all placeholders that are
            needed and not constant, in the order of their declaration.
        constants: Fed with all batches; values, or functions of the epoch's number, from 1.
        callbacks: Callbacks, and functions that get the training after each epoch.
        progress: "auto": a bar (of tqdm) in terminals and notebooks, a line per epoch elsewhere;
            a stream to write to; False: nothing.

    Returns:
        The values of each epoch. Whatever ends training early, Ctrl-C among it, is raised after
        all callbacks have ended, and ``error.history`` has the epochs until then.

    Raises:
        ArgumentError: An argument is of no use, the step changes nothing, or there are no batches.
        FeedError: A batch does not fit the placeholders.

    Example:
        >>> import graphnet as gn
        >>> x = gn.Variable(1.0)
        >>> loss, batches = x * x, [(), ()]  # without placeholders, batches are empty
        >>> step, watch = gn.optim.SGD(0.25).minimize(loss), {"loss": loss}
        >>> with gn.Session() as session:
        ...     gn.train.fit(session, step, batches, 9, watch=watch, progress=False)
        <history of 9 epochs: loss ...>
    """
    with located:
        keys, fixed = keys_of(feeds, session.graph), constants_of(constants, session.graph)
        train = Sweep(session, batches, step, Watch(watch), keys, fixed)
        tested = validating(train, validation, fixed)
        training = Training(step, positive_integer(epochs, "epochs"), train, tested)
        return train_on(training, callbacks, progress)


def evaluate(
    session: Session,
    batches: Iterable[Any],
    watch: Mapping[str, Any],
    *,
    feeds: Sequence[Any] | None = None,
    constants: Mapping[Any, Any] | None = None,
) -> dict[str, Any]:
    r"""Look at values over all batches, without training.

    The value of a scalar tensor is the average over the batches in float64, weighted by the number
    of examples in each: :math:`\sum_b n_b v_b / \sum_b n_b`, where :math:`n_b` is the extent of the
    first axis of the first value in batch b that has axes (1 if there is none). Of a loss that is
    a mean over examples this is the mean over all examples.

    Args:
        session: Where to run.
        batches: As for :func:`fit`.
        watch: What is looked at, by name: scalar tensors, and metrics in tuples with the tensors
            that they take, as in ``{"f1": (gn.metrics.F1(), predictions, labels)}``. A metric is
            reset before the first batch, and gives its own value for all of them, here also an
            array or several values; for :func:`fit` it must be one number.
        feeds: As for :func:`fit`.
        constants: As for :func:`fit`; functions are given 1.

    Returns:
        The values by name.

    Raises:
        ArgumentError: An argument is of no use, or there are no batches.
        FeedError: A batch does not fit the placeholders.

    Example:
        >>> import numpy as np
        >>> import graphnet as gn
        >>> x = gn.placeholder((None,))
        >>> batches = gn.data.batches(np.arange(10, dtype=np.float32), 4)
        >>> with gn.Session() as session:
        ...     gn.train.evaluate(session, batches, {"mean": x.mean()})
        {'mean': 4.5}
    """
    with located:
        graph = session.graph
        keys, fixed = keys_of(feeds, graph), constants_of(constants, graph)
        values = Sweep(session, batches, [], watched(watch, numbers=False), keys, fixed).run(1)
    assert values is not None, "please report: stopped by nothing"
    return values


def train_on(
    training: Training, callbacks: Iterable[Any], progress: bool | str | TextIO
) -> History:
    """Train as planned, with callbacks around."""
    check_step(training)
    check_sweeps(training)
    watchers = [progress_for(progress), *as_callbacks(callbacks)]
    with keeping(training), ExitStack() as ends:
        for watcher in watchers:
            ends.callback(watcher.end, training)
            watcher.begin(training)
        run(training, watchers)
    return training.history


def validating(train: Sweep, validation: Any, fixed: Constants) -> Sweep | None:
    """Give what runs after each epoch."""
    if validation is None:
        return None
    pair = isinstance(validation, tuple) and len(validation) == 2
    if not pair or not isinstance(validation[1], Mapping):
        raise ArgumentError(
            "validation is a pair: the batches, and what is looked at on them",
            hint='give validation=(batches, {"loss": loss})',
        )
    batches, values = validation
    watch = watched(values, VALIDATION)
    return Sweep(
        train.session, batches, [], watch, train.feeds, fixed, label="validation, ", like=train
    )


def watched(values: Mapping[str, Any], prefix: str = "", *, numbers: bool = True) -> Watch:
    """Give what is looked at where nothing else is done."""
    watch = Watch(values, prefix, numbers=numbers)
    if not watch.names:
        raise ArgumentError("nothing is looked at", hint='give {"loss": loss}')
    return watch


def check_step(training: Training) -> None:
    """Refuse a step that does nothing but compute."""
    items, _ = take_apart(training.step, training.session.graph)
    effects = {node.op.effect for node in reach(items, frozenset())}
    if not effects & {Effect.WRITES, Effect.CALLS}:
        raise ArgumentError(
            "the step changes no variable",
            rows=[describe(item) for item in items if isinstance(item, Tensor)],
            hint="give what optimizer.minimize(loss) returned; gn.train.evaluate only looks",
        )


def check_sweeps(training: Training) -> None:
    """Refuse batches that can be read only once, and names that clash."""
    sweeps = [training.train, *([training.validation] if training.validation else [])]
    for sweep in sweeps:
        if training.epochs > 1 and isinstance(sweep.batches, Iterator):
            raise ArgumentError(
                f"{sweep.label}the batches are a {type(sweep.batches).__name__}, which can be read "
                f"only once, and there are {training.epochs} epochs",
                hint="give gn.data.batches(...), a list, or an object whose __iter__ begins anew",
            )
    if len(set(training.names)) < len(training.names):
        raise ArgumentError(f"a name of a watched value begins with {VALIDATION!r}")


def run(training: Training, watchers: Sequence[Callback]) -> None:
    """Go through the epochs."""
    looking = [watcher for watcher in watchers if watches_batches(watcher)]

    def stopped() -> bool:
        for watcher in looking:
            watcher.batch(training)
        return training.stopped is not None

    for epoch in range(1, training.epochs + 1):
        training.epoch = epoch
        if not run_epoch(training, watchers, stopped if looking else None):
            training.history.stopped = f"{training.stopped}, in epoch {training.epoch}"
            return
        if training.stopped is not None:
            training.history.stopped = f"{training.stopped}, after epoch {training.epoch}"
            return


def run_epoch(
    training: Training, watchers: Sequence[Callback], stopped: Callable[[], bool] | None
) -> bool:
    """Train on the batches of an epoch, then look at it; gives whether it was a whole one."""
    start = perf_counter()
    try:
        values = training.train.run(training.epoch, stopped)
        if values is None:
            return False
        if training.validation:
            tested = validate(training, training.validation, stopped)
            if tested is None:
                return False
            values |= tested
    finally:
        training.history.batches = training.batches()
    training.history.append(values, perf_counter() - start)
    for watcher in watchers:
        watcher.epoch(training)
    return True


def validate(
    training: Training, sweep: Sweep, stopped: Callable[[], bool] | None
) -> dict[str, Any] | None:
    """Look at validation data; gives None if training has stopped because that can't be done."""
    try:
        return sweep.run(training.epoch)
    except Exception:
        # A metric refuses what is not finite; who stops training because of that may look first.
        if stopped is not None and stopped() and training.train.undone:
            return None
        raise


@contextmanager
def keeping(training: Training) -> Iterator[None]:
    """Give errors that pass the history so far, and the number of the epoch."""
    try:
        yield
    except BaseException as error:
        where = f"in epoch {training.epoch}, after {training.batch} batches"
        where = where if training.epoch else "before epoch 1"
        training.history.stopped = f"{type(error).__name__} {where}"
        error.history = training.history  # type: ignore[attr-defined]
        if training.epoch:
            error.add_note(f"training was {where}; all whole epochs are in error.history")
        raise
