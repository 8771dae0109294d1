"""``Callback``: what looks at training, and may end it."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from graphnet.errors import ArgumentError

if TYPE_CHECKING:
    from graphnet.train.training import Training

__all__ = ["Callback", "as_callbacks", "watches_batches"]


class Callback:
    """Base of all that looks at training; a subclass defines what it needs of four methods.

    Each of them gets the :class:`Training`, which has the epoch, the values, the session and the
    history, and can be stopped.

    Example:
        >>> import graphnet as gn
        >>> class Halve(gn.train.Callback):
        ...     '''Halves the learning rate, which is a variable, after every tenth epoch.'''
        ...
        ...     def __init__(self, rate):
        ...         self.halve = gn.assign(rate, rate / 2)
        ...
        ...     def epoch(self, training):
        ...         if training.epoch % 10 == 0:
        ...             training.session.run(self.halve)
        >>> rate, x = gn.Variable(0.5, trainable=False), gn.Variable(1.0)
        >>> step = gn.optim.SGD(rate).minimize(x * x)
        >>> with gn.Session() as session:
        ...     history = gn.train.fit(
        ...         session, step, [()], epochs=20, callbacks=[Halve(rate)], progress=False
        ...     )
        ...     session.run(rate)
        array(0.125, dtype=float32)
    """

    def begin(self, training: "Training") -> None:
        """Get ready: nothing has run yet. Mistakes are found here."""

    def batch(self, training: "Training") -> None:
        """Look at one step, just done. Only who overrides it is called, since steps are short."""

    def epoch(self, training: "Training") -> None:
        """Look at one whole epoch, whose values are in the history already."""

    def end(self, training: "Training") -> None:
        """Finish: called once for every ``begin``, in reverse order, also after errors."""


class Function(Callback):
    """A function that is called after each epoch."""

    def __init__(self, function: Callable[["Training"], object]) -> None:
        self.function = function

    def epoch(self, training: "Training") -> None:
        """Call it."""
        self.function(training)


def as_callbacks(given: Any) -> list[Callback]:
    """Give callbacks as a list, functions among them made callbacks.

    Raises:
        ArgumentError: Something is neither a callback nor a function.
    """
    if isinstance(given, Callback) or callable(given):
        given = [given]
    if not isinstance(given, Iterable):
        raise ArgumentError(f"callbacks are a list, not {given!r:.60}")
    return [as_callback(item) for item in given]


def as_callback(item: Any) -> Callback:
    """Give a callback."""
    if isinstance(item, Callback):
        return item
    if isinstance(item, type):
        raise ArgumentError(
            f"{item.__name__} is a class, and a callback is an object",
            hint=f"write {item.__name__}(...)",
        )
    if not callable(item):
        raise ArgumentError(
            f"{item!r:.60} is no callback",
            hint="give an object of a subclass of gn.train.Callback, or a function that takes "
            "the training and is called after each epoch",
        )
    return Function(item)


def watches_batches(callback: Callback) -> bool:
    """Whether a callback wants to be called after each step."""
    return type(callback).batch is not Callback.batch
