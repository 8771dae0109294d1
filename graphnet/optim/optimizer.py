"""``Optimizer``: from a loss to an operation that updates the variables."""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import add

from graphnet.autodiff import gradients
from graphnet.errors import GradientError
from graphnet.ir.names import name_scope
from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor
from graphnet.ops.attach import Attached, attached
from graphnet.ops.sources import Variable
from graphnet.ops.state import group
from graphnet.optim.checks import (
    check_loss,
    check_pairs,
    check_said,
    check_variables,
    influences,
    without_gradient,
)
from graphnet.optim.clip import Pair
from graphnet.optim.declare import updates
from graphnet.optim.describe import description
from graphnet.optim.rule import Rule
from graphnet.optim.settings import check_used
from graphnet.optim.statistics import carried, moves

__all__ = ["Optimizer"]


class Optimizer(Rule):
    """Base of all optimizers: gradients of a loss, and one update per variable.

    A subclass gives ``update``, which declares the new value of one variable, and ``slot_names``,
    if it keeps something from step to step. Updates of all variables have one structure, so that a
    plan can join them.

    Every setting, as the learning rate, is a number; or a scalar tensor, as a placeholder or a
    variable, to change it from run to run; or a schedule. In float16 an ``epsilon`` counts as no
    less than the smallest normal number, 6.1e-5: most others are 0 there, and divisors with them.

    Args:
        learning_rate: The size of a step.
        settings: The other settings of the rule by name, with their values.
        clip: What limits the gradients, as ``gn.optim.ClipByGlobalNorm(1.0)``: any function from
            pairs of gradient and variable to such pairs.
        groups: Other settings for some variables, by patterns of their names, as in
            ``{"*/bias": {"learning_rate": 0.1}}``; of two that fit, the later one counts.
        accumulate: How many runs make one step: the gradients are averaged, and the last run of
            each round updates the variables. Where a loss is a mean over examples, and all batches
            have one size, that is the step of one large batch.
        average: Averages of the variables that the steps keep up to date.
        name: Label of the scope of all that it keeps; by default the name of the class.

    Attributes:
        slot_names: What is kept for each variable; zeros at first.
        number_names: What is kept for all variables together.
        counts: Whether the rule asks for the number of the step.
        options: What else the rule was told.

    Raises:
        DefinitionError: A setting is out of range, or an argument not what it should be.
        ShapeError: A setting is a tensor, and not a scalar.
        ArgumentError: There is no such argument.

    Example:
        >>> import graphnet as gn
        >>> class SignDescent(gn.optim.Optimizer):
        ...     def update(self, value, gradient, step):
        ...         return value - step.learning_rate * gn.sign(gradient)
        >>> x = gn.Variable([3.0, -0.5])
        >>> step = SignDescent(0.25).minimize((x * x).sum())
        >>> with gn.Session() as session:
        ...     session.run(step)
        ...     session.run(x)
        array([ 2.75, -0.25], dtype=float32)
    """

    def minimize(
        self, loss: Tensor, variables: Sequence[Variable] | None = None, name: str | None = None
    ) -> Node:
        """Declare a step that makes ``loss`` smaller.

        All that the loss asks for belongs to the step: the penalties of the layers that it is made
        of are added to the loss, and their moving averages are moved. ``describe`` lists it. Steps
        of several optimizers for one loss move the averages once if they run together, and each of
        them does if they run one after the other.

        Args:
            loss: Scalar, floating.
            variables: What is updated; by default all trainable variables that the loss depends on.
            name: Label of the operation, and of the scope of its nodes; by default that of the
                optimizer, as ``sgd``.

        Returns:
            An operation: fetching it updates the variables, and gives None.

        Raises:
            ShapeError: The loss is not a scalar.
            GradientError: No variable is given and none influences the loss, or one that is given
                does not.
            GraphError: The loss comes from a layer in a form that nobody has chosen.
            DefinitionError: A group fits no variable.

        Example:
            >>> import graphnet as gn
            >>> x = gn.Variable(4.0)
            >>> step = gn.optim.SGD(0.5).minimize(x * x)
            >>> with gn.Session() as session:
            ...     session.run(step)
            ...     session.run(x)
            array(0., dtype=float32)
        """
        return self.apply_gradients(self.compute_gradients(loss, variables), name)

    def compute_gradients(
        self, loss: Tensor, variables: Sequence[Variable] | None = None
    ) -> list[Pair]:
        """Declare the gradients of ``loss`` and its penalties: the first half of ``minimize``.

        Args:
            loss: Scalar, floating.
            variables: As for ``minimize``.

        Returns:
            Pairs of gradient and variable, to be changed and given to ``apply_gradients``; the
            moving averages that belong to the loss come along with the gradients.

        Raises:
            ShapeError: The loss is not a scalar.
            GradientError: As for ``minimize``.
            GraphError: As for ``minimize``.

        Example:
            >>> import graphnet as gn
            >>> x = gn.Variable(4.0, name="x")
            >>> gn.optim.SGD(0.5).compute_gradients(x * x)
            [(<tensor 'gradients/...' float32[]>, <variable 'x' float32[]>)]
        """
        besides, chosen = self.look(loss, variables)
        scope = f"{self.state.scope(loss.graph)}/"
        with name_scope(scope):
            total = reduce(add, besides.penalties, loss)
        try:
            found = gradients(total, chosen)
        except GradientError:
            raise without_gradient(total, chosen, self.label) from None
        with name_scope(scope):
            return list(zip(carried(found, besides.averages), chosen, strict=True))

    def apply_gradients(self, pairs: Iterable[Pair], name: str | None = None) -> Node:
        """Declare the updates: the second half of ``minimize``.

        Args:
            pairs: Pairs of gradient and variable.
            name: As for ``minimize``.

        Returns:
            An operation: fetching it updates the variables, and gives None.

        Raises:
            GraphError: There are no pairs, or something else than pairs, or a variable twice.
            ShapeError: A gradient has not the shape of its variable.
            DefinitionError: As for ``minimize``.

        Example:
            >>> import graphnet as gn
            >>> x = gn.Variable(4.0)
            >>> optimizer = gn.optim.SGD(0.5)
            >>> pairs = optimizer.compute_gradients(x * x)
            >>> step = optimizer.apply_gradients([(2 * slope, x) for slope, x in pairs])
            >>> with gn.Session() as session:
            ...     session.run(step)
            ...     session.run(x)
            array(-4., dtype=float32)
        """
        checked = check_pairs(pairs, self.label)
        graph = checked[0][1].graph
        self.check_patterns([variable for _, variable in checked])
        scope = self.state.scope(graph)
        with graph, name_scope(name or f"{scope}/") as inside:
            declared = list(updates(self, checked, inside))
            moved = list(moves([gradient for gradient, _ in checked], inside))
            writes = [update.write(inside) for update in declared]
        return group(*writes, *moved, name=name or self.label)

    def describe(self, loss: Tensor, variables: Sequence[Variable] | None = None) -> str:
        """Say all that ``minimize`` will do, without declaring anything.

        Args:
            loss: As for ``minimize``.
            variables: As for ``minimize``.

        Raises:
            ShapeError: As for ``minimize``, and so are the others.
            GradientError: No variable influences the loss.
            GraphError: The loss comes from a layer in a form that nobody has chosen.
            DefinitionError: A group fits no variable.

        Example:
            >>> import graphnet as gn
            >>> x = gn.Variable([4.0], name="x")
            >>> print(gn.optim.Momentum(0.5).describe((x * x).sum()))
            momentum minimizes 'sum'
              learning_rate=0.5, momentum=0.9, nesterov=False
            updates
              x  float32[1]  keeps velocity
        """
        besides, chosen = self.look(loss, variables)
        self.check_patterns(chosen)
        return description(self, loss, besides, chosen)

    def look(
        self, loss: Tensor, variables: Sequence[Variable] | None
    ) -> tuple[Attached, list[Variable]]:
        """Give what belongs to a step besides, and the variables that it updates."""
        check_loss(loss, self.label)
        besides = attached(loss)
        check_said(besides.unsaid, self.label)
        if variables is None:
            return besides, influences(loss, self.label)
        return besides, check_variables(variables, self.label)

    def check_patterns(self, variables: Sequence[Variable]) -> None:
        """Refuse a group that fits none of the variables that this or another step may update."""
        known = (*variables[0].graph.variables(trainable=True), *variables)
        check_used(self.label, self.groups, dict.fromkeys(each.name for each in known))
