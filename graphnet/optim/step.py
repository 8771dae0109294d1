"""What an update rule is given: settings, the number of the step, and slots."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from graphnet.errors import DefinitionError, near_names
from graphnet.ir.names import name_scope
from graphnet.ir.tensor import Tensor
from graphnet.ops.elementwise import expm1
from graphnet.ops.families import cast_to
from graphnet.ops.sources import Variable, constant
from graphnet.ops.state import assign, current_value
from graphnet.optim.half import narrow, normal
from graphnet.optim.plateau import ReduceOnPlateau
from graphnet.optim.schedule import Schedule
from graphnet.optim.settings import Settings, Value
from graphnet.optim.state import State
from graphnet.typing import DType

__all__ = ["Clock", "Number", "Numbers", "Step", "Update"]

Number: TypeAlias = float | Tensor
INTEGER = np.dtype(np.int64)


class Update(NamedTuple):
    """A variable, and its value from the end of the step on."""

    variable: Variable
    value: Tensor

    def write(self, scope: str) -> Tensor:
        """Declare the write, in a scope that carries the name of the variable."""
        name = self.variable.name
        with name_scope(f"{name}/" if name.startswith(scope) else f"{scope}{name}/"):
            return assign(self.variable, self.value)


class Clock:
    """The number of the step: a variable that is counted up, if anything asks for it.

    Args:
        state: Where the variable is kept.
        variables: What the counted steps update.
        scope: Where the nodes are named.
    """

    def __init__(self, state: State, variables: Sequence[Variable], scope: str) -> None:
        self.state, self.variables, self.scope = state, variables, scope
        self.read: tuple[Tensor, Tensor] | None = None

    def times(self) -> tuple[Tensor, Tensor]:
        """Give the number of the step, counted from 0 and counted from 1."""
        if self.read is None:
            counted = self.state.number(self.variables, "count", 0, INTEGER)
            with name_scope(self.scope):
                before = current_value(counted)
                self.read = before, before + 1
        return self.read

    @property
    def updates(self) -> list[Update]:
        """What makes the step count, if anything has asked for its number."""
        if self.read is None:
            return []
        return [Update(self.state.kept[self.variables[0], "count"], self.read[1])]


class Numbers:
    """The numbers in the updates of all variables of one dtype and one group, each made once.

    Args:
        settings: The settings of the group.
        dtype: The dtype.
        variables: Whose updates they are for.
        clock: The number of the step.
        state: Where numbers that change from step to step are kept.
    """

    def __init__(
        self,
        settings: Settings,
        dtype: DType,
        variables: Sequence[Variable],
        clock: Clock,
        state: State,
    ) -> None:
        self.settings, self.dtype, self.variables = settings, dtype, variables
        self.clock, self.state = clock, state
        self.made: dict[object, Tensor] = {}
        self.kept: list[Update] = []

    def once(self, function: Callable[["Numbers"], Tensor]) -> Tensor:
        """Give the number that a function makes of the others, which is called once only."""
        return self.cached(function, lambda: function(self))

    def cached(self, key: object, make: Callable[[], Tensor]) -> Tensor:
        """Give what there is for a key, or make it."""
        if key not in self.made:
            with name_scope(self.clock.scope):
                self.made[key] = make()
        return self.made[key]

    def __getitem__(self, name: str) -> Number:
        """Give a setting: a number, or a scalar tensor of the dtype, in which no ε is lost."""
        value = self.settings[name]
        if isinstance(value, float):
            return normal(value, self.dtype) if name == "epsilon" else value
        if name == "epsilon":
            return self.cached(name, lambda: normal(self.tensor(value), self.dtype))
        return self.cached(("setting", name), lambda: self.tensor(value))

    def tensor(self, value: Value) -> Tensor:
        """Give a setting as a scalar tensor of the dtype."""
        if isinstance(value, float):
            return constant(value, self.dtype, name="learning_rate")
        if isinstance(value, Schedule):
            value = value(self.clock.times()[0])
        if isinstance(value, ReduceOnPlateau):
            value = value.rate
        return cast_to(value, self.dtype)

    @property
    def learning_rate(self) -> Tensor:
        """The rate, a scalar tensor of the dtype."""
        value = self.settings["learning_rate"]
        return self.cached(("setting", "learning_rate"), lambda: self.tensor(value))

    @property
    def count(self) -> Tensor:
        """The number of the step, counted from 1, of the dtype; in float16 it ends at 65504."""
        return self.cached("count", lambda: narrow(self.wide_count, self.dtype))

    @property
    def wide_count(self) -> Tensor:
        """The number of the step, counted from 1, of the dtype, but in float32 for float16."""
        dtype = np.promote_types(self.dtype, np.float32)
        return self.cached("wide_count", lambda: cast_to(self.clock.times()[1], dtype))

    def correction(self, name: str) -> Tensor:
        """Give 1 - decay^t, the sum of the weights in a moving average that starts at zero.

        Args:
            name: The setting that is the decay.
        """
        return self.cached(("correction", name), lambda: self.weights(name, self.wide_count))

    def weights(self, name: str, count: Tensor) -> Tensor:
        """Give 1 - decay^count, of the dtype."""
        return cast_to(weights(self[name], count), self.dtype)

    def slot(self, name: str, start: float) -> Tensor:
        """Give a number that is kept from step to step."""
        return current_value(self.state.number(self.variables, name, start, self.dtype))

    def keep(self, name: str, value: Tensor) -> Tensor:
        """Give ``value``, which is the value of a kept number from the end of the step on."""
        self.kept.append(Update(self.state.kept[self.variables[0], name], value))
        return value


class Step:
    """What an update rule knows of the step of one variable.

    Args:
        variable: What is updated.
        numbers: The settings, and all other numbers.
        names: The slots that the rule has.

    Example:
        >>> import graphnet as gn
        >>> class Averaged(gn.optim.Optimizer):
        ...     slot_names = ("mean",)
        ...
        ...     def __init__(self, learning_rate, decay=0.5, **common):
        ...         super().__init__(learning_rate, {"decay": decay}, **common)
        ...
        ...     def update(self, value, gradient, step):
        ...         mean = step.average("mean", gradient, step["decay"])
        ...         return value - step.learning_rate * mean
        >>> x = gn.Variable(4.0)
        >>> optimizer = Averaged(0.25)
        >>> step = optimizer.minimize(x * x)
        >>> with gn.Session() as session:
        ...     session.run(step)
        ...     session.run([x, optimizer.slot(x, "mean")])
        [array(3., dtype=float32), array(4., dtype=float32)]
    """

    def __init__(self, variable: Variable, numbers: Numbers, names: Sequence[str]) -> None:
        self.variable, self.numbers, self.names = variable, numbers, names
        self.kept: dict[str, Tensor] = {}

    def __getitem__(self, name: str) -> Number:
        """Give a setting: a number, or a scalar tensor of the variable's dtype."""
        return self.numbers[name]

    @property
    def learning_rate(self) -> Tensor:
        """The rate, a scalar tensor of the variable's dtype."""
        return self.numbers.learning_rate

    @property
    def count(self) -> Tensor:
        """The number of the step, counted from 1, of the variable's dtype."""
        return self.numbers.count

    def once(self, function: Callable[[Numbers], Tensor]) -> Tensor:
        """Give a number that a function of the others gives, made once for many variables."""
        return self.numbers.once(function)

    def slot(self, name: str) -> Tensor:
        """Give the value of a slot: a tensor of the variable's spec, zero in the first step."""
        if name not in self.names:
            raise DefinitionError(
                f"an update rule asks for a slot {name!r} that it does not have",
                hint=near_names(name, self.names) or f'declare it: slot_names = ("{name}",)',
            )
        return current_value(self.numbers.state.slot(self.variable, name))

    def keep(self, name: str, value: Tensor) -> Tensor:
        """Give ``value``, which is the value of a slot from the end of the step on."""
        self.kept[name] = value
        return value

    def average(self, name: str, value: Tensor, decay: Number) -> Tensor:
        """Move a slot towards ``value``: decay · slot + (1 - decay) · value."""
        return self.keep(name, decay * self.slot(name) + (1 - decay) * value)

    @property
    def updates(self) -> list[Update]:
        """What the rule has asked to keep."""
        slot = self.numbers.state.slot
        return [Update(slot(self.variable, name), value) for name, value in self.kept.items()]


def weights(decay: Number, count: Tensor) -> Tensor:
    """Give 1 - decay^count; for a number without the rounding of a power near 1."""
    if isinstance(decay, Tensor):
        return 1 - decay**count
    return -expm1(count * (math.log(decay) if decay else -math.inf))
