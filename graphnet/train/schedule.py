"""``UpdateSchedule``: tells a schedule how training goes."""

from typing import Any, Protocol

from graphnet.train.callback import Callback
from graphnet.train.training import Training

__all__ = ["UpdateSchedule"]


class Adaptive(Protocol):
    """A schedule that goes by a value, as ``gn.optim.ReduceOnPlateau``."""

    def update(self, session: Any, value: float, /) -> object:
        """Take the value of an epoch into account."""


class UpdateSchedule(Callback):
    """Calls ``schedule.update(session, value)`` after each epoch.

    Args:
        schedule: What has such a method, as ``gn.optim.ReduceOnPlateau``.
        metric: The name of the value, as ``"validation_loss"``.

    Example:
        >>> import graphnet as gn
        >>> class HalveAbove:
        ...     def __init__(self, rate, limit):
        ...         self.halve, self.limit = gn.assign(rate, rate / 2), limit
        ...
        ...     def update(self, session, value):
        ...         if value > self.limit:
        ...             session.run(self.halve)
        >>> rate = gn.Variable(0.5, trainable=False)
        >>> x = gn.Variable(1.0)
        >>> loss = gn.abs(x)
        >>> step = gn.optim.SGD(rate).minimize(loss)
        >>> with gn.Session() as session:
        ...     history = gn.train.fit(
        ...         session,
        ...         step,
        ...         [()],
        ...         epochs=3,
        ...         watch={"loss": loss, "learning_rate": rate},
        ...         callbacks=[gn.train.UpdateSchedule(HalveAbove(rate, 0.75), "loss")],
        ...         progress=False,
        ...     )
        >>> history["learning_rate"]
        array([0.5 , 0.25, 0.25])
    """

    def __init__(self, schedule: Adaptive, metric: str) -> None:
        self.schedule = schedule
        self.metric = metric

    def begin(self, training: Training) -> None:
        """Check the name."""
        training.check_name(self.metric, "UpdateSchedule")

    def epoch(self, training: Training) -> None:
        """Tell the value."""
        self.schedule.update(training.session, training.values[self.metric])
