"""``Optimizer``: from a loss to an operation that updates the variables."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from graphnet.autodiff import gradients
from graphnet.errors import GradientError, Row
from graphnet.ir.context import creation_site
from graphnet.ir.graph import reach
from graphnet.ir.names import name_scope
from graphnet.ir.node import Node
from graphnet.ir.spec import is_float
from graphnet.ir.tensor import Tensor, describe
from graphnet.ops.basic import StopGradient
from graphnet.ops.families import cast_to
from graphnet.ops.sources import Variable, constant
from graphnet.ops.state import assign, group
from graphnet.optim.checks import check_loss, check_pairs, check_rate, check_variables
from graphnet.typing import DType

__all__ = ["Optimizer"]

Pair: TypeAlias = tuple[Tensor, Variable]


class Optimizer(ABC):
    """Base of all optimizers: gradients of a loss, and one update per variable.

    A subclass gives ``update``, which declares the new value of one variable. Updates of all
    variables have one structure, so that a plan can join them.

    Args:
        learning_rate: The size of a step: a number, or a scalar tensor, as a placeholder or
            a variable, to change it from run to run.

    Raises:
        DefinitionError: The learning rate is not a finite number from 0 up.
        ShapeError: It is a tensor, and not a scalar.

    Example:
        >>> import graphnet as gn
        >>> class SignDescent(gn.optim.Optimizer):
        ...     def update(self, variable, gradient, learning_rate):
        ...         return variable - learning_rate * gn.sign(gradient)
        >>> x = gn.Variable([3.0, -0.5])
        >>> step = SignDescent(0.25).minimize((x * x).sum())
        >>> with gn.Session() as session:
        ...     session.run(step)
        ...     session.run(x)
        array([ 2.75, -0.25], dtype=float32)
    """

    def __init__(self, learning_rate: float | Tensor) -> None:
        self.learning_rate = check_rate(learning_rate, self.label)

    @property
    def label(self) -> str:
        """The name of the class as a label."""
        return type(self).__name__.lower()

    @abstractmethod
    def update(self, variable: Variable, gradient: Tensor, learning_rate: Tensor) -> Tensor:
        """Declare the new value of one variable; each optimizer gives its own.

        Args:
            variable: What is updated.
            gradient: Of the variable's shape and dtype.
            learning_rate: Scalar of the variable's dtype.
        """

    def minimize(
        self, loss: Tensor, variables: Sequence[Variable] | None = None, name: str | None = None
    ) -> Node:
        """Declare a step that makes ``loss`` smaller.

        Args:
            loss: Scalar, floating.
            variables: What is updated; by default all trainable variables that the loss depends on.
            name: Label of the operation, and of the scope of its nodes; by default that of the
                class, as ``sgd``.

        Returns:
            An operation: fetching it updates the variables, and gives None.

        Raises:
            ShapeError: The loss is not a scalar.
            GradientError: No variable is given and none influences the loss, or one that is given
                does not.

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
        """Declare the gradients of ``loss``: the first half of ``minimize``.

        Args:
            loss: Scalar, floating.
            variables: As for ``minimize``.

        Returns:
            Pairs of gradient and variable, to be changed (clipped, averaged) and given to
            ``apply_gradients``.

        Raises:
            ShapeError: The loss is not a scalar.
            GradientError: As for ``minimize``.

        Example:
            >>> import graphnet as gn
            >>> x = gn.Variable(4.0, name="x")
            >>> gn.optim.SGD(0.5).compute_gradients(x * x)
            [(<tensor 'gradients/...' float32[]>, <variable 'x' float32[]>)]
        """
        check_loss(loss, self.label)
        chosen = (
            influences(loss, self.label)
            if variables is None
            else check_variables(variables, self.label)
        )
        return list(zip(gradients(loss, chosen), chosen, strict=True))

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
        label = name or self.label
        with checked[0][1].graph, name_scope(label) as scope:
            rates = self.rates(dict.fromkeys(variable.dtype for _, variable in checked))
            assigned = [
                self.assign(variable, gradient, rates[variable.dtype], scope)
                for gradient, variable in checked
            ]
        return group(*assigned, name=label)

    def rates(self, dtypes: Iterable[DType]) -> dict[DType, Tensor]:
        """Give the learning rate in each dtype, one node for all variables of that dtype."""
        rate = self.learning_rate
        return {
            dtype: cast_to(rate, dtype)
            if isinstance(rate, Tensor)
            else constant(rate, dtype, name="learning_rate")
            for dtype in dtypes
        }

    def assign(self, variable: Variable, gradient: Tensor, rate: Tensor, scope: str) -> Tensor:
        """Declare the update of one variable, in a scope that carries its name."""
        with name_scope(f"{scope}{variable.name}/"):
            return assign(variable, self.update(variable, gradient, rate))


def influences(loss: Tensor, label: str) -> list[Variable]:
    """Give the trainable variables that ``loss`` depends on other than through stop_gradient."""
    nodes = loss.graph.nodes
    stopped = frozenset(node.outputs[0] for node in nodes if isinstance(node.op, StopGradient))
    reached = set(reach([loss], stopped, control=False))
    found = [
        variable
        for variable in loss.graph.variables(trainable=True)
        if isinstance(variable, Variable) and variable.node in reached and is_float(variable.dtype)
    ]
    if not found:
        rows: list[Row] = [describe(loss, "loss")]
        rows += [describe(variable, "variable") for variable in loss.graph.variables()[:5]]
        raise GradientError(
            f"{label}: no trainable variable influences the loss",
            at=str(creation_site()),
            rows=rows,
            hint="compute the loss from variables that are floating and trainable",
        )
    return found
