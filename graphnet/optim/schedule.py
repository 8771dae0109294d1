"""``Schedule``: a learning rate, or another setting, as a function of the number of the step."""

from collections.abc import Callable, Sequence
from math import inf
from numbers import Integral, Real
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from graphnet.errors import DefinitionError
from graphnet.ir.context import creation_site
from graphnet.ir.graph import Graph
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.ops.checks import as_tensor
from graphnet.ops.families import cast_to
from graphnet.ops.guards import counted
from graphnet.ops.select import minimum
from graphnet.ops.sources import constant
from graphnet.session.session import evaluate
from graphnet.typing import Array

__all__ = ["After", "Schedule", "schedule"]

After: TypeAlias = Literal["error", "hold"]
Rate: TypeAlias = Callable[[Tensor], Tensor]
FLOAT = np.dtype(np.float64)
LONGER = 'give it after="hold" to keep the last rate, or a length for all steps'


class Schedule:
    """A rate for each step: called with the number of a step, counted from 0, it gives a tensor.

    It is computed in float64, in the graph, so that the rate goes on where a stored step counter
    does. The functions of ``gn.optim.schedules`` make them.

    Args:
        text: How it was declared.
        rate: Takes the step as a float64 tensor, and gives the rates elementwise.
        length: How many steps it is for; None for any number.
        after: What a step behind the last one does: "error" lets the run fail, and "hold" keeps
            the rate of the step ``length``, where a curve ends.

    Raises:
        DefinitionError: The length is no positive integer, or ``after`` neither of the two.

    Example:
        >>> import graphnet as gn
        >>> halve = gn.optim.Schedule("halve", lambda step: 0.5**step)
        >>> halve
        halve
        >>> halve.values(3)
        array([1.  , 0.5 , 0.25])
        >>> x = gn.Variable(8.0)
        >>> step = gn.optim.SGD(halve).minimize(4 * x)
        >>> with gn.Session() as session:
        ...     for _ in range(3):
        ...         session.run(step)
        ...         print(session.run(x))
        4.0
        2.0
        1.0
    """

    def __init__(
        self, text: str, rate: Rate, length: int | None = None, after: After = "error"
    ) -> None:
        if length is not None and not is_count(length):
            raise wrong(text, f"{length!r:.60} is not a length", "give a number of steps")
        if after not in get_args(After):
            hint = 'use after="error" to let the run fail, or after="hold" to keep the last rate'
            raise wrong(text, f"{after!r:.60} is not a way to go on", hint)
        self.text, self.rate, self.length, self.after = text, rate, length, after

    def __repr__(self) -> str:
        """Give the text."""
        return self.text

    def __call__(self, step: TensorLike) -> Tensor:
        """Declare the rate of a step.

        Args:
            step: Integers of any shape: how many steps came before.

        Returns:
            float64 tensor of this shape.
        """
        position = as_tensor(step)
        if self.length is not None and self.after == "error":
            ended = f"the schedule {self.text} has ended: it is for {self.length} steps"
            position = counted(position, self.length, ended, LONGER)
        position = cast_to(position, FLOAT)
        if self.length is not None and self.after == "hold":
            position = minimum(position, float(self.length))
        return self.rate(position)

    def values(self, steps: int | Sequence[int] | Array) -> Array:
        """Compute the rates now, as for a picture.

        Args:
            steps: How many steps from the first on, or their numbers, counted from 0.

        Returns:
            float64 array, one rate per step.

        Raises:
            ExecutionError: The schedule ends before, and says that this is an error.

        Example:
            >>> import graphnet as gn
            >>> gn.optim.schedules.polynomial(1.0, 0.0, length=4).values(4)
            array([1.  , 0.75, 0.5 , 0.25])
        """
        if isinstance(steps, int | np.integer):
            steps = range(steps)
        numbers = np.asarray(steps, np.int64)
        with Graph():
            rates: Array = evaluate(self(constant(numbers)))
        return rates


def schedule(
    kind: str, rate: Rate, length: int | None, after: After, /, **settings: Any
) -> Schedule:
    """Make a schedule whose text is the call that declares it."""
    if length is not None:
        settings |= {"length": length, "after": after}
    listed = ", ".join(f"{name}={value!r}" for name, value in settings.items())
    return Schedule(f"{kind}({listed})", rate, length, after)


def is_count(value: object) -> bool:
    """Whether a value is a number of steps."""
    return isinstance(value, Integral) and not isinstance(value, bool) and int(value) > 0


def check_numbers(kind: str, **given: Any) -> None:
    """Refuse what is no finite number from 0 up."""
    for name, value in given.items():
        if not isinstance(value, Real) or isinstance(value, bool) or not 0 <= float(value) < inf:
            hint = f"{name} is a finite number from 0 up"
            raise wrong(kind, f"{value!r:.60} is no {name}", hint)


def check_counts(kind: str, **given: Any) -> None:
    """Refuse what is no positive number of steps."""
    for name, value in given.items():
        if not is_count(value):
            raise wrong(kind, f"{value!r:.60} is no {name}", f"{name} is a positive integer")


def wrong(text: str, headline: str, hint: str) -> DefinitionError:
    """Say what is wrong with how a schedule is declared."""
    return DefinitionError(f"{text}: {headline}", at=str(creation_site()), hint=hint)
