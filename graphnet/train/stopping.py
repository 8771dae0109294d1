"""What ends training before its last epoch."""

from collections.abc import Mapping
from math import inf, isfinite
from numbers import Real
from operator import index
from time import monotonic

import numpy as np

from graphnet.errors import ArgumentError
from graphnet.ir.tensor import Tensor
from graphnet.train.callback import Callback
from graphnet.train.direction import Mode, sign_of
from graphnet.train.training import Training
from graphnet.typing import Array

__all__ = ["EarlyStopping", "StopOnNaN", "TimeLimit", "finite", "positive_integer"]

SHOWN = 5
"""How many variables a reason names."""


class EarlyStopping(Callback):
    """Ends training when a value has not become better for some epochs.

    L. Prechelt, "Early stopping - but when?", Neural Networks: Tricks of the Trade (1998).

    Args:
        metric: The name of the value, as ``"validation_loss"``.
        patience: For how many epochs it may fail to become better than the best so far.
        minimum_change: How much better it must be to count.
        mode: "min" if small values are good, "max" if large ones are; None goes by the name.

    Raises:
        ArgumentError: The patience is no whole number from 1 up, the change negative, or the name
            does not tell what is good.

    Example:
        >>> import graphnet as gn
        >>> x = gn.Variable(4.0)
        >>> loss = gn.abs(x)
        >>> step = gn.optim.SGD(0.75).minimize(loss)
        >>> with gn.Session() as session:
        ...     history = gn.train.fit(
        ...         session,
        ...         step,
        ...         [()],
        ...         epochs=100,
        ...         watch={"loss": loss},
        ...         callbacks=[gn.train.EarlyStopping("loss", patience=3)],
        ...         progress=False,
        ...     )
        >>> history.stopped
        'loss not below 0.2500 of epoch 6 for 3 epochs, after epoch 9'
    """

    def __init__(
        self,
        metric: str,
        patience: int = 10,
        minimum_change: float = 0.0,
        mode: Mode | None = None,
    ) -> None:
        self.metric = metric
        self.patience = positive_integer(patience, "EarlyStopping: the patience")
        if not minimum_change >= 0:
            raise ArgumentError(f"EarlyStopping: a change of {minimum_change!r} is negative")
        self.minimum_change = minimum_change
        self.sign = sign_of(metric, mode)

    def begin(self, training: Training) -> None:
        """Forget what was best."""
        training.check_name(self.metric, "EarlyStopping")
        self.best, self.since = inf, 0

    def epoch(self, training: Training) -> None:
        """Count the epochs since the best one."""
        value = self.sign * training.values[self.metric]
        if self.best - value > self.minimum_change:
            self.best, self.since = value, training.epoch
        elif training.epoch - self.since >= self.patience:
            word = "below" if self.sign > 0 else "above"
            best = f"{self.sign * self.best:#.4g}" + f" of epoch {self.since}" * (self.since > 0)
            training.stop(f"{self.metric} not {word} {best} for {self.patience} epochs")


class StopOnNaN(Callback):
    """Ends training when a watched value or a variable is NaN or infinite; nothing is lost.

    A step whose loss is NaN has made the variables NaN as well. They get back the values that they
    had at the end of the epoch before, or at the start; ``history.stopped`` says what was not
    finite in which batch, and ``history.batches`` has the values of the batches up to it. It costs
    a copy of the variables per epoch. Metrics count as well as scalars, and so does what is watched
    on validation data. List it after callbacks that set variables themselves, so that it copies
    what these have set.

    Example:
        >>> import graphnet as gn
        >>> x = gn.placeholder((), name="x")
        >>> y = gn.Variable(1.0, name="y")
        >>> loss = (x - y) ** 2
        >>> step = gn.optim.SGD(0.25).minimize(loss)
        >>> with gn.Session() as session:
        ...     history = gn.train.fit(
        ...         session,
        ...         step,
        ...         [2.0, 1.0, float("nan"), 2.0],
        ...         epochs=10,
        ...         watch={"loss": loss},
        ...         callbacks=[gn.train.StopOnNaN()],
        ...         progress=False,
        ...     )
        ...     session.run(y)
        array(1., dtype=float32)
        >>> history.stopped
        "loss is nan in batch 3; not finite are variables: 'y', in epoch 1"
        >>> history.batches["loss"]
        array([1.  , 0.25,  nan])
    """

    def begin(self, training: Training) -> None:
        """Copy the variables."""
        self.values: Mapping[Tensor, Array] = {}
        self.sweeps = [training.train, *([training.validation] if training.validation else [])]
        training.session.initialize(training.variables)
        self.values = training.session.values(training.variables)

    def batch(self, training: Training) -> None:
        """Look at the values of one batch."""
        for sweep in self.sweeps:
            values = sweep.latest_values
            if not all(map(isfinite, values)):
                wrong = not_finite(dict(zip(sweep.watch.scalars, values, strict=True)))
                self.give_up(training, f"{wrong} in batch {len(sweep.record.sizes)}")
                return

    def epoch(self, training: Training) -> None:
        """Look at the variables and all values after an epoch; copy the variables."""
        wrong = not_finite(training.values)
        values = training.session.values(training.variables)
        if wrong or not_finite_names(values):
            self.give_up(training, wrong)
        else:
            self.values = values

    def end(self, training: Training) -> None:
        """Give the variables their values back where an error has come before a look at them."""
        if self.values and not_finite_names(training.session.values(training.variables)):
            training.session.set_values(self.values)
        self.values = {}

    def give_up(self, training: Training, wrong: str) -> None:
        """Say which variables are not finite, give all of them their values back, and stop."""
        names = not_finite_names(training.session.values(training.variables))
        shown = f"{', '.join(names[:SHOWN])}{' and others' * (len(names) > SHOWN)}"
        parts = [wrong] * bool(wrong) + [f"not finite are variables: {shown}"] * bool(names)
        training.session.set_values(self.values)
        training.stop("; ".join(parts), undone=True)


class TimeLimit(Callback):
    """Ends training when its time is over, within an epoch if need be.

    Args:
        seconds: How long it may take; the batch under way is finished.

    Raises:
        ArgumentError: The time is not positive.

    Example:
        >>> import graphnet as gn
        >>> x = gn.Variable(1.0)
        >>> step = gn.optim.SGD(0.1).minimize(x * x)
        >>> with gn.Session() as session:
        ...     history = gn.train.fit(
        ...         session,
        ...         step,
        ...         [()],
        ...         epochs=10**9,
        ...         callbacks=[gn.train.TimeLimit(0.01)],
        ...         progress=False,
        ...     )
        >>> history.stopped
        'the time of 0.01 seconds is over, ... epoch ...'
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = positive(seconds, "TimeLimit: the time")

    def begin(self, training: Training) -> None:  # noqa: ARG002  # as Callback has it
        """Look at the clock."""
        self.end_time = monotonic() + self.seconds

    def batch(self, training: Training) -> None:
        """Look again."""
        if monotonic() > self.end_time:
            training.stop(f"the time of {self.seconds:g} seconds is over")


def not_finite_names(values: Mapping[Tensor, Array]) -> list[str]:
    """Give the names of variables with a value that is NaN or infinite."""
    return [repr(key.name) for key, value in values.items() if not np.isfinite(value).all()]


def not_finite(values: Mapping[str, float]) -> str:
    """Say which values are NaN or infinite."""
    found = (f"{name} is {value}" for name, value in values.items() if not isfinite(value))
    return " and ".join(found)


def finite(value: float, what: str) -> float:
    """Give a number that must be finite.

    Raises:
        ArgumentError: It is not.
    """
    if not isinstance(value, Real) or not isfinite(float(value)):
        raise ArgumentError(f"{what} must be a finite number, found {value!r:.60}")
    return float(value)


def positive(value: float, what: str) -> float:
    """Give a number that must be positive.

    Raises:
        ArgumentError: It is not.
    """
    if not isinstance(value, Real) or not value > 0:
        raise ArgumentError(f"{what} must be positive, found {value!r:.60}")
    return float(value)


def positive_integer(value: int, what: str) -> int:
    """Give a whole number that must be positive.

    Raises:
        ArgumentError: It is not.
    """
    try:
        count = index(value)
    except TypeError:
        count = 0
    if count < 1:
        raise ArgumentError(f"{what}: expected a whole number from 1 up, found {value!r:.60}")
    return count
