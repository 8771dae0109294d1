"""What sets variables while training: the best values kept, a new start where it is stuck."""

from collections.abc import Sequence
from math import inf, nan

from graphnet.errors import ArgumentError
from graphnet.ir.tensor import Tensor
from graphnet.train.callback import Callback
from graphnet.train.direction import Mode, sign_of
from graphnet.train.history import Best
from graphnet.train.stopping import finite, positive_integer
from graphnet.train.training import Training

__all__ = ["KeepBest", "RestartWhenStuck"]


class KeepBest(Callback):
    """Keeps the variables of the best epoch in memory, and gives them back at the end.

    All that the step changes goes back to where it was after that epoch: parameters, moving
    averages, and what the optimizer keeps, so that training can go on from there. They are given
    back after Ctrl-C and errors, too.

    Args:
        metric: The name of the value that tells which epoch is best, as ``"validation_loss"``.
        mode: "min" if small values are good, "max" if large ones are; None goes by the name.

    Attributes:
        best: The number of the best epoch and its value, or None while there is none.

    Raises:
        ArgumentError: The name does not tell what is good.

    Example:
        >>> import graphnet as gn
        >>> x = gn.Variable(5.0)
        >>> loss = gn.abs(x)
        >>> step, keep = gn.optim.SGD(2.0).minimize(loss), gn.train.KeepBest("validation_loss")
        >>> with gn.Session() as session:
        ...     history = gn.train.fit(
        ...         session,
        ...         step,
        ...         [()],
        ...         epochs=4,
        ...         validation=([()], {"loss": loss}),
        ...         callbacks=[keep],
        ...         progress=False,
        ...     )
        ...     print(history["validation_loss"], keep.best, session.run(x))
        [3. 1. 1. 1.] Best(epoch=2, value=1.0) 1.0
    """

    def __init__(self, metric: str, mode: Mode | None = None) -> None:
        self.metric = metric
        self.sign = sign_of(metric, mode)
        self.best: Best | None = None

    def begin(self, training: Training) -> None:
        """Forget what was best."""
        training.check_name(self.metric, "KeepBest")
        self.best, self.lowest = None, inf
        self.values = training.session.values([])

    def epoch(self, training: Training) -> None:
        """Copy the variables if the epoch is better than all before."""
        value = training.values[self.metric]
        if self.sign * value < self.lowest:
            self.values = training.session.values(training.variables)
            self.best, self.lowest = Best(training.epoch, value), self.sign * value

    def end(self, training: Training) -> None:
        """Give the variables their best values."""
        if self.best is not None:
            training.session.set_values(self.values)
            self.values = {}
            if self.best.epoch < training.epoch:
                value = f"{self.metric} {self.best.value:#.4g}"
                training.note(f"back to epoch {self.best.epoch}, the best with {value}")


class RestartWhenStuck(Callback):
    """Begins anew from other random values where training makes no progress and is not good.

    A network can settle where its gradients vanish, and does no better than chance. If a value
    changes by at most ``change`` from epoch to epoch, and is worse than ``worse_than``, the
    variables get fresh initial values, and the optimizer forgets what it has gathered. The fresh
    values depend on the seed of the session alone.

    Args:
        metric: The name of the value that must change, as ``"loss"``.
        change: How large a difference between two epochs counts as none.
        worse_than: Restarts only while the performance is worse than this.
        patience: After how many epochs in succession without a change.
        performance: The name of the value that is compared to ``worse_than``; by default
            ``metric``.
        mode: "min" if small values of the performance are good, "max" if large ones are; None goes
            by the name.
        variables: What begins anew; by default all that the step changes: parameters, what the
            optimizer keeps, its count of steps with the schedule of the learning rate, averages.

    Attributes:
        restarts: The numbers of the epochs after which training began anew.

    Raises:
        ArgumentError: An argument is out of range, or a name does not tell what is good.

    Example:
        >>> import graphnet as gn
        >>> start = gn.random.uniform((), -1.0, 1.0)
        >>> x = gn.Variable(start)
        >>> loss = 1 + gn.relu(x)  # flat below 0
        >>> step = gn.optim.SGD(0.01).minimize(loss)
        >>> restart = gn.train.RestartWhenStuck("loss", change=1e-4, worse_than=0.1)
        >>> with gn.Session(seed=1) as session:
        ...     history = gn.train.fit(
        ...         session,
        ...         step,
        ...         [()],
        ...         epochs=6,
        ...         watch={"loss": loss},
        ...         callbacks=[restart],
        ...         progress=False,
        ...     )
        >>> restart.restarts
        []
    """

    def __init__(
        self,
        metric: str,
        change: float,
        worse_than: float,
        patience: int = 1,
        *,
        performance: str | None = None,
        mode: Mode | None = None,
        variables: Sequence[Tensor] | None = None,
    ) -> None:
        if not change >= 0:
            raise ArgumentError(f"RestartWhenStuck: a change of {change!r} is negative")
        self.metric = metric
        self.change = change
        self.performance = performance or metric
        self.sign = sign_of(self.performance, mode)
        self.worse_than = finite(worse_than, "RestartWhenStuck: worse_than")
        self.patience = positive_integer(patience, "RestartWhenStuck: the patience")
        self.variables = variables
        self.restarts: list[int] = []

    def begin(self, training: Training) -> None:
        """Forget the last training."""
        for name in (self.metric, self.performance):
            training.check_name(name, "RestartWhenStuck")
        self.restarts = []
        self.watch_anew()

    def watch_anew(self) -> None:
        """Forget the last values: what comes next is not to be compared with them."""
        self.last, self.still = nan, 0

    def epoch(self, training: Training) -> None:
        """Count the epochs without a change; begin anew after the last one that is waited for."""
        value = training.values[self.metric]
        self.still = self.still + 1 if abs(value - self.last) <= self.change else 0
        self.last = value
        performance = training.values[self.performance]
        bad = self.sign * performance > self.sign * self.worse_than
        if self.still >= self.patience and bad and training.epoch < training.epochs:
            self.restart(training, f"{self.performance} {performance:#.4g}")

    def restart(self, training: Training, where: str) -> None:
        """Begin anew."""
        chosen = training.variables if self.variables is None else self.variables
        training.session.initialize(chosen, fresh=True)
        self.restarts.append(training.epoch)
        self.watch_anew()
        training.note(f"stuck at {where} in epoch {training.epoch}: begun anew")
