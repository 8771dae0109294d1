"""``Rule``: what an optimizer is told, what it keeps, and how it updates one variable."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar, TypedDict

from graphnet.errors import ArgumentError
from graphnet.ir.context import creation_site
from graphnet.ir.names import check_name
from graphnet.ir.tensor import Tensor
from graphnet.ops.sources import Variable
from graphnet.optim.average import MovingAverage
from graphnet.optim.checks import check_accumulate, check_average, check_clip, check_expected
from graphnet.optim.clip import Clip
from graphnet.optim.settings import Groups, Settings, Value, check_groups, check_setting
from graphnet.optim.state import State
from graphnet.optim.step import Step

__all__ = ["Common", "Rule"]


class Common(TypedDict, total=False):
    """The arguments that all optimizers have; see ``Optimizer``."""

    clip: Clip | None
    groups: Groups | None
    accumulate: int
    average: MovingAverage | None
    name: str | None


class Rule(ABC):
    """The rule of an optimizer; ``Optimizer`` says what the arguments and attributes are."""

    slot_names: Sequence[str] = ()
    number_names: ClassVar[Sequence[str]] = ()
    counts: ClassVar[bool] = False
    options: Mapping[str, bool] = MappingProxyType({})

    def __init__(
        self,
        learning_rate: Value,
        settings: Settings | None = None,
        *,
        clip: Clip | None = None,
        groups: Groups | None = None,
        accumulate: int = 1,
        average: MovingAverage | None = None,
        name: str | None = None,
        **others: object,
    ) -> None:
        self.label = check_name(name) if name else type(self).__name__.lower()
        given = {"learning_rate": learning_rate, **(settings or {})}
        check_expected(others, (*given, *Common.__annotations__), self.label)
        self.settings = {key: check_setting(self.label, key, given[key]) for key in given}
        self.groups = check_groups(self.label, groups or {}, self.settings)
        self.clip = check_clip(clip, self.label)
        self.accumulate = check_accumulate(accumulate, self.label)
        self.average = check_average(average, self.label)
        self.state = State(self.label)

    @abstractmethod
    def update(self, value: Tensor, gradient: Tensor, step: Step) -> Tensor:
        """Declare the new value of one variable; each optimizer gives its own.

        Args:
            value: What the variable holds.
            gradient: Of the same shape and dtype.
            step: The learning rate, a scalar of this dtype, as ``step.learning_rate``; the other
                settings, as ``step["momentum"]``; and the slots.
        """

    def __repr__(self) -> str:
        """Give the call that makes it."""
        listed = (f"{name}={value!r}" for name, value in self.settings.items())
        return f"{type(self).__name__}({', '.join(listed)})"

    @property
    def learning_rate(self) -> Value:
        """The rate that it was given: a number, a tensor or a schedule."""
        return self.settings["learning_rate"]

    @learning_rate.setter
    def learning_rate(self, rate: object) -> None:
        """Refuse another one: steps are declared with the one that was given."""
        raise ArgumentError(
            f"{self.label}: the learning rate of declared steps cannot become {rate!r:.60}",
            at=str(creation_site()),
            hint="give a variable as the rate, gn.Variable(0.1, trainable=False), and change that "
            "by session.set_values({rate: 0.01}); or a placeholder, or a schedule",
        )

    @property
    def slots(self) -> tuple[Variable, ...]:
        """All variables that it keeps, the counts of steps among them."""
        return self.state.variables

    def slot(self, variable: Variable, name: str) -> Variable:
        """Give what is kept for a variable.

        Args:
            variable: What is updated.
            name: One of ``slot_names`` or ``number_names``; "count" for the number of steps, where
                something asks for it; "gradient_sum" and "runs", where gradients are accumulated.

        Raises:
            GraphError: There is no such slot.

        Example:
            >>> import graphnet as gn
            >>> x = gn.Variable([4.0], name="x")
            >>> optimizer = gn.optim.Momentum(0.5)
            >>> step = optimizer.minimize((x * x).sum())
            >>> optimizer.slot(x, "velocity")
            <variable 'momentum/x/velocity' float32[1]>
        """
        return self.state.find(variable, name)
