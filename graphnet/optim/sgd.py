"""``SGD``: stochastic gradient descent."""

from graphnet.ir.tensor import Tensor
from graphnet.ops.sources import Variable
from graphnet.ops.state import current_value
from graphnet.optim.optimizer import Optimizer

__all__ = ["SGD"]


class SGD(Optimizer):
    r"""Stochastic gradient descent: a step against the gradient.

    :math:`p \leftarrow p - \eta g`

    H. Robbins, S. Monro, "A stochastic approximation method", Annals of Mathematical Statistics 22
    (1951).

    Args:
        learning_rate: The size of the step: a number, or a scalar tensor, as a placeholder or
            a variable, to change it from run to run.

    Example:
        >>> import graphnet as gn
        >>> x = gn.Variable(4.0, name="x")
        >>> step = gn.optim.SGD(0.25).minimize((x - 1) * (x - 1))
        >>> with gn.Session() as session:
        ...     for _ in range(3):
        ...         session.run(step)
        ...         print(session.run(x))
        2.5
        1.75
        1.375
    """

    def update(self, variable: Variable, gradient: Tensor, learning_rate: Tensor) -> Tensor:
        """Give p - η g."""
        return current_value(variable) - learning_rate * gradient
