"""``ReduceOnPlateau``: a learning rate that falls when something stops getting better."""

from math import inf
from typing import Literal, TypeAlias, get_args

import numpy as np

from graphnet.errors import DefinitionError
from graphnet.ir.context import creation_site, outside
from graphnet.ir.names import name_scope
from graphnet.ir.node import Node
from graphnet.ops.select import maximum, where
from graphnet.ops.sources import Variable, placeholder
from graphnet.ops.state import assign, group
from graphnet.optim.schedule import check_counts, check_numbers, is_count
from graphnet.session.session import Session

__all__ = ["ReduceOnPlateau"]

Mode: TypeAlias = Literal["min", "max"]
FLOAT = np.dtype(np.float64)


class ReduceOnPlateau:
    """A learning rate that is multiplied by a factor when a value stops getting better.

    All that it remembers are variables of the current graph, so that whatever stores variables
    stores it, too.

    Args:
        rate: The first rate.
        factor: What the rate is multiplied by, between 0 and 1.
        patience: After how many values in a row that are no better this happens.
        mode: "min" if a smaller value is better, "max" if a larger one is.
        threshold: By how much a value must be better than the best to count as better.
        cooldown: How many values are not counted after the rate has fallen.
        lowest: The rate does not fall below this; not above ``rate``.

    Attributes:
        rate: The variable that holds the rate.
        variables: All variables.

    Raises:
        DefinitionError: An argument is out of range.

    Example:
        >>> import graphnet as gn
        >>> plateau = gn.optim.ReduceOnPlateau(0.5, factor=0.1, patience=2)
        >>> x = gn.Variable(4.0)
        >>> step = gn.optim.SGD(plateau).minimize(x * x)
        >>> with gn.Session() as session:
        ...     for loss in [3.0, 2.0, 2.0, 2.5, 1.0]:
        ...         print(plateau.update(session, loss))
        0.5
        0.5
        0.5
        0.05
        0.05
    """

    def __init__(
        self,
        rate: float,
        factor: float = 0.1,
        patience: int = 10,
        *,
        mode: Mode = "min",
        threshold: float = 1e-4,
        cooldown: int = 0,
        lowest: float = 0.0,
    ) -> None:
        check_numbers("reduce_on_plateau", rate=rate, factor=factor, threshold=threshold)
        check_numbers("reduce_on_plateau", lowest=lowest)
        check_counts("reduce_on_plateau", patience=patience)
        check_fall(rate, factor, lowest, cooldown)
        if mode not in get_args(Mode):
            raise wrong(f"{mode!r:.60} is no mode", 'give "min" or "max"')
        self.factor, self.patience, self.threshold = factor, patience, threshold
        self.cooldown, self.lowest = int(cooldown), lowest
        self.mode = mode
        with outside(), name_scope("reduce_on_plateau"):
            self.rate = Variable(np.float64(rate), "rate", trainable=False)
            start = np.float64(inf if mode == "min" else -inf)
            self.best = Variable(start, "best", trainable=False)
            self.waited = Variable(0, "waited", trainable=False)
            self.cooling = Variable(0, "cooling", trainable=False)
            self.value = placeholder((), FLOAT, "value")
            self.step = self.declare()

    def declare(self) -> Node:
        """Declare what one more value changes."""
        if self.mode == "min":
            better = self.value < self.best - self.threshold
        else:
            better = self.value > self.best + self.threshold
        waited = where(better | (self.cooling > 0), 0, self.waited + 1)
        falls = waited >= self.patience
        rate = where(falls, maximum(self.rate * self.factor, self.lowest), self.rate)
        return group(
            assign(self.best, where(better, self.value, self.best)),
            assign(self.waited, where(falls, 0, waited)),
            assign(self.cooling, where(falls, self.cooldown, maximum(self.cooling - 1, 0))),
            assign(self.rate, rate),
        )

    @property
    def variables(self) -> tuple[Variable, ...]:
        """All that is remembered."""
        return self.rate, self.best, self.waited, self.cooling

    def update(self, session: Session, value: float) -> float:
        """Note one more value, as the loss on validation data after an epoch.

        Args:
            session: Where the variables have their values.
            value: What should get better; NaN is not better.

        Returns:
            The rate from now on.
        """
        session.run(self.step, {self.value: value})
        return float(session.run(self.rate))

    def __repr__(self) -> str:
        """Give the call that declares it, with the rate left to the session."""
        return f"reduce_on_plateau(factor={self.factor!r}, patience={self.patience!r})"


def check_fall(rate: float, factor: float, lowest: float, cooldown: int) -> None:
    """Refuse what is not the way of a rate that falls."""
    if cooldown != 0 and not is_count(cooldown):
        raise wrong(f"{cooldown!r:.60} is no cooldown", "cooldown is an integer from 0 up")
    if not 0 < factor < 1:
        raise wrong(f"{factor!r:.60} is no factor", "factor is a number between 0 and 1")
    if lowest > rate:
        raise wrong(
            f"the lowest rate {lowest!r:.60} is above the first one, {rate!r:.60}",
            "lowest is a number from 0 to the rate",
        )


def wrong(headline: str, hint: str) -> DefinitionError:
    """Say what is wrong with an argument."""
    return DefinitionError(f"reduce_on_plateau: {headline}", at=str(creation_site()), hint=hint)
