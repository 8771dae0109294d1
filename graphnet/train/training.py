"""``Training``: what callbacks see of a training that is under way."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

from graphnet.errors import ArgumentError, near_names
from graphnet.ir.context import creation_site
from graphnet.ir.graph import reach
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Effect
from graphnet.session.session import Session
from graphnet.session.structure import take_apart
from graphnet.train.history import History
from graphnet.train.sweep import Sweep
from graphnet.typing import Array

__all__ = ["VALIDATION", "Training"]

VALIDATION = "validation_"
"""What stands before the names of values that are looked at after each epoch."""


class Training:
    """A training that is under way, as callbacks see it.

    Attributes:
        session: Where it runs.
        step: The operation that is run for each batch.
        epochs: How many epochs are planned.
        epoch: The number of the current epoch, from 1; 0 before the first.
        history: The values of all whole epochs so far.
        stopped: Why training ends with this epoch or batch, or None.

    Example:
        >>> import graphnet as gn
        >>> def stop_when_good(training):
        ...     if training.values["loss"] < 0.1:
        ...         training.stop("good enough")
        >>> x = gn.Variable(1.0)
        >>> loss = x * x
        >>> step = gn.optim.SGD(0.25).minimize(loss)
        >>> with gn.Session() as session:
        ...     history = gn.train.fit(
        ...         session,
        ...         step,
        ...         [()],
        ...         epochs=20,
        ...         watch={"loss": loss},
        ...         callbacks=[stop_when_good],
        ...         progress=False,
        ...     )
        >>> history["loss"], history.stopped
        (array([1.    , 0.25  , 0.0625]), 'good enough, after epoch 3')
    """

    def __init__(self, step: Any, epochs: int, train: Sweep, validation: Sweep | None) -> None:
        self.session = train.session
        self.step = step
        self.epochs = epochs
        self.epoch = 0
        self.train = train
        self.validation = validation
        self.history = History(self.names)
        self.stopped: str | None = None
        self.noted: Callable[[str], object] = str

    @property
    def names(self) -> list[str]:
        """What the history has values of."""
        tested = self.validation.watch.names if self.validation else []
        return [*self.train.watch.names, *tested]

    @property
    def values(self) -> Mapping[str, float]:
        """The values of the last whole epoch, by name."""
        return self.history[-1] if self.history.times else {}

    @property
    def batch(self) -> int:
        """How many batches of the current epoch have been trained on."""
        return len(self.train.record.sizes)

    @property
    def batch_values(self) -> Mapping[str, float]:
        """The watched scalars of the last batch, by name."""
        return dict(zip(self.train.watch.scalars, self.train.latest_values, strict=True))

    @property
    def batch_count(self) -> int | None:
        """How many batches an epoch has, if that is known."""
        return self.train.count

    @cached_property
    def variables(self) -> Sequence[Tensor]:
        """The variables that the step changes: parameters, optimizer state, moving averages."""
        return written(self.step, self.session)

    def stop(self, reason: str, *, undone: bool = False) -> None:
        """End training after the current batch or epoch.

        After its last batch an epoch is whole: validation and callbacks still see it.

        Args:
            reason: What the history says; the first reason given counts.
            undone: Whether what the epoch has done was taken back; then it never is whole.
        """
        self.stopped = self.stopped or reason
        self.train.undone |= undone

    def note(self, text: str) -> None:
        """Show a line beside the progress."""
        self.noted(text)

    def check_name(self, name: str, what: str) -> None:
        """Check that each epoch has a value of a name; for ``begin`` of callbacks.

        Args:
            name: The name.
            what: Who wants it.

        Raises:
            ArgumentError: There is none.
        """
        names = self.names
        if name not in names:
            known = ", ".join(map(repr, names)) or "nothing; give watch={'loss': loss}"
            raise ArgumentError(
                f"{what}: there is no value {name!r}",
                at=str(creation_site()),
                hint=near_names(name, names) or f"there is {known}",
            )

    def batches(self) -> dict[str, Array]:
        """Give the watched scalars of all batches of the current epoch, by name."""
        return dict(self.train.latest)


def written(step: Any, session: Session) -> list[Tensor]:
    """Give the variables that a step changes, in the order of their declaration.

    These are the parameters, what the optimizer keeps beside them, and moving averages.
    """
    items, _ = take_apart(step, session.graph)
    writes = (node for node in reach(items, frozenset()) if node.op.effect is Effect.WRITES)
    changed = {node.inputs[0] for node in writes if node.inputs}
    return [variable for variable in session.graph.variables() if variable in changed]
