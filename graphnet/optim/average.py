"""``MovingAverage``: averages of weights over the steps of a training."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager

from graphnet.errors import GraphError, GraphnetError
from graphnet.ir.context import creation_site, outside
from graphnet.ir.names import name_scope
from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor
from graphnet.ops.like import ones_like
from graphnet.ops.sources import Variable
from graphnet.ops.state import assign, current_value, group
from graphnet.optim.settings import Value, check_setting
from graphnet.optim.state import State
from graphnet.optim.step import Clock, Numbers, Update
from graphnet.session.session import Session

__all__ = ["MovingAverage"]


class MovingAverage:
    r"""Averages of the variables that an optimizer updates, for evaluation.

    :math:`s \leftarrow (1 - c) s + c p` with :math:`c = (1 - d) / (1 - d^t)` in step t,
    with p the new value of the variable: the average of all values so far, with weights that fall
    by d from step to step. The first step sets s to p, so that initial values have no weight.

    Each average is a variable beside the one that it is of. For evaluation the two change places:
    one run swaps them, a second one swaps them back, to the bit, and whatever runs between sees the
    averages, without a second graph. So no training step should run between.

    Several optimizers may share the averages, as one that continues the training of another: t
    counts the steps that have moved an average, whoever made them.

    B. T. Polyak, A. B. Juditsky, "Acceleration of stochastic approximation by averaging", SIAM
    Journal on Control and Optimization 30 (1992).

    Args:
        decay: From 0 to below 1; the average is over about 1 / (1 - decay) steps.

    Example:
        >>> import graphnet as gn
        >>> x = gn.Variable(8.0)
        >>> average = gn.optim.MovingAverage(0.5)
        >>> step = gn.optim.SGD(0.25, average=average).minimize(x * x)
        >>> with gn.Session() as session:
        ...     _ = session.run_steps(step, [{}, {}])
        ...     with average.swapped(session):
        ...         print(session.run(x))
        ...     print(session.run(x))
        2.66667
        2.0
    """

    def __init__(self, decay: Value = 0.999) -> None:
        self.decay = check_setting("moving_average", "decay", decay)
        self.state = State("moving_average")
        self.owners: dict[Variable, None] = {}
        self.swap: Node | None = None

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The averages."""
        return tuple(self.of(owner) for owner in self.owners)

    def of(self, variable: Variable) -> Variable:
        """Give the average of a variable.

        Raises:
            GraphError: There is none.
        """
        return self.state.find(variable, "average")

    def updates(self, updates: Sequence[Update], scope: str) -> Iterator[Update]:
        """Declare the averages of new values; optimizers call this."""
        self.adopt([variable for variable, _ in updates])
        ages: dict[Variable | None, list[Update]] = {}
        for update in updates:
            count = self.state.kept.get((update.variable, "count"))
            ages.setdefault(count, []).append(update)
        for equal in ages.values():
            yield from self.moves(equal, scope)

    def moves(self, updates: Sequence[Update], scope: str) -> Iterator[Update]:
        """Declare the averages of those that have been averaged together so far."""
        variables = [variable for variable, _ in updates]
        clock = Clock(self.state, variables, scope)
        shared = {
            dtype: Numbers({"decay": self.decay}, dtype, variables, clock, self.state)
            for dtype in dict.fromkeys(variable.dtype for variable in variables)
        }
        for variable, value in updates:
            average, numbers = self.of(variable), shared[variable.dtype]
            with name_scope(f"{scope}{average.name}/"):
                kept = numbers.once(old_share) * current_value(average)
                yield Update(average, kept + numbers.once(share) * value)
        yield from clock.updates

    def adopt(self, variables: Sequence[Variable]) -> None:
        """Make the averages of variables, and declare the swap anew."""
        with outside():  # they may serve several optimizers, and are in the scope of none
            self.state.scope(variables[0].graph)
        for variable in variables:
            self.owners[variable] = None
            self.state.slot(variable, "average", variable.initial_value)
        self.swap = self.declare_swap()

    def declare_swap(self) -> Node:
        """Declare that variables and averages change places."""
        pairs = [(owner, self.of(owner)) for owner in self.owners]
        with outside(), name_scope(f"{self.state.scope(pairs[0][0].graph)}/swap/"):
            return group(
                *(assign(owner, average) for owner, average in pairs),
                *(assign(average, owner) for owner, average in pairs),
            )

    def swapped(self, session: Session) -> AbstractContextManager[None]:
        """Let the variables have the values of their averages for a while.

        Args:
            session: Where the variables have their values.

        Raises:
            GraphError: No optimizer has been given these averages yet.
        """
        if self.swap is None:
            raise GraphError(
                "moving_average: there are no averages yet",
                at=str(creation_site()),
                hint="give it to an optimizer, as in gn.optim.Adam(average=average), "
                "and call minimize",
            )
        return Swapped(session, self.swap)

    def __repr__(self) -> str:
        """Give the call that declares it."""
        return f"moving_average(decay={self.decay!r})"


class Swapped(AbstractContextManager[None]):
    """Runs an operation before a block and behind it.

    Args:
        session: Where it runs.
        swap: The operation.
    """

    def __init__(self, session: Session, swap: Node) -> None:
        self.session, self.swap = session, swap

    def __enter__(self) -> None:
        """Run it."""
        self.session.run(self.swap)

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        """Run it again; where that fails as well, what has failed first is what is raised."""
        try:
            self.session.run(self.swap)
        except GraphnetError:
            if error is None:
                raise


def share(numbers: Numbers) -> Tensor:
    """Give the weight of the newest value."""
    one = ones_like(numbers.wide_count)  # computed alike, so that the first quotient is exactly 1
    return numbers.weights("decay", one) / numbers.correction("decay")


def old_share(numbers: Numbers) -> Tensor:
    """Give the weight of the average so far."""
    return 1 - numbers.once(share)
