"""What all metrics are: they see batches, and give the value over all of them."""

import inspect
from abc import ABC, abstractmethod
from typing import Any

from graphnet.errors import ArgumentError

__all__ = ["Metric"]


class Metric(ABC):
    """A number, or several, over all examples of any number of batches.

    The value is that of all examples at once, never a mean of the values of batches: how the data
    is cut into batches, and in which order they come, does not change a single bit of it. A batch
    may be empty. An ``update`` that raises an error has counted nothing.

    A metric holds arrays and numbers of its own, apart from every graph and session. Subclasses
    define ``update``, ``result`` and ``reset``, and set their state up by calling ``reset``.

    Example:
        >>> import numpy as np
        >>> import graphnet as gn
        >>> class Largest(gn.metrics.Metric):
        ...     def reset(self):
        ...         self.largest = -np.inf
        ...     def update(self, values):
        ...         self.largest = max(self.largest, *values)
        ...     def result(self):
        ...         return float(self.largest)
        >>> largest = Largest()
        >>> for batch in np.array([[1.0, 3.0], [2.0, 0.0]]):
        ...     largest.update(batch)
        >>> largest.result()
        3.0
    """

    def __init__(self) -> None:
        self.reset()

    def __repr__(self) -> str:
        """Write the call that makes such a metric; options left alone are left out."""
        options = inspect.signature(type(self)).parameters.values()
        held = [
            (option, vars(self)[option.name]) for option in options if option.name in vars(self)
        ]
        given = [f"{option.name}={value!r}" for option, value in held if changed(option, value)]
        return f"{type(self).__name__}({', '.join(given)})"

    @abstractmethod
    def reset(self) -> None:
        """Forget everything that was seen."""

    @abstractmethod
    def update(self, *args: Any, **kwargs: Any) -> None:
        """See one more batch."""

    @abstractmethod
    def result(self) -> Any:
        """Give the value over everything seen since the last ``reset``."""

    def nothing_seen(self) -> ArgumentError:
        """Make the error for a value that would be made of nothing."""
        return ArgumentError(
            f"{type(self).__name__}: no example was seen",
            hint="call update with at least one example before result; reset forgets all examples",
        )


def changed(option: inspect.Parameter, value: Any) -> bool:
    """Whether an option is written otherwise than its default."""
    return repr(value) != repr(option.default)
