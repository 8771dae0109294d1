"""``SGD`` and ``Momentum``: steps against the gradient."""

from collections.abc import Sequence
from typing import Unpack

from graphnet.ir.tensor import Tensor
from graphnet.optim.optimizer import Optimizer
from graphnet.optim.rule import Common
from graphnet.optim.settings import Value
from graphnet.optim.step import Step

__all__ = ["SGD", "Momentum"]


class SGD(Optimizer):
    r"""Stochastic gradient descent: a step against the gradient.

    :math:`p \leftarrow p - \eta g`

    H. Robbins, S. Monro, "A stochastic approximation method", Annals of Mathematical Statistics 22
    (1951).

    Args:
        learning_rate: The size of the step: a number, a scalar tensor, or a schedule.
        common: ``clip``, ``groups``, ``accumulate``, ``average`` and ``name``, as for
            ``Optimizer``.

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

    def __init__(self, learning_rate: Value, **common: Unpack[Common]) -> None:
        super().__init__(learning_rate, **common)

    def update(self, value: Tensor, gradient: Tensor, step: Step) -> Tensor:
        """Give p - η g."""
        return value - step.learning_rate * gradient


class Momentum(Optimizer):
    r"""Gradient descent with a velocity that gradients push.

    :math:`v \leftarrow \mu v + \eta g,\; p \leftarrow p - v`; with ``nesterov``,
    :math:`p \leftarrow p - (\mu v + \eta g)` with the new v.

    While the learning rate stays the same, :math:`v \leftarrow \mu v + g,\; p \leftarrow p - \eta
    v` is the same rule. When it changes, the velocity here keeps the rates of its gradients, so
    that the next steps are of the size of those before; there the new rate is for all of them.

    B. T. Polyak, "Some methods of speeding up the convergence of iteration methods", USSR
    Computational Mathematics and Mathematical Physics 4 (1964); for ``nesterov`` I. Sutskever, J.
    Martens, G. Dahl, G. Hinton, "On the importance of initialization and momentum in deep
    learning", ICML 2013, with the variables where the gradient is taken, as Y. Bengio, N.
    Boulanger-Lewandowski, R. Pascanu, "Advances in optimizing recurrent networks", ICASSP 2013,
    write it.

    Args:
        learning_rate: The size of the push.
        momentum: The share of the velocity that is kept.
        nesterov: Whether the step looks ahead along the velocity.
        common: ``clip``, ``groups``, ``accumulate``, ``average`` and ``name``, as for
            ``Optimizer``.

    Example:
        >>> import graphnet as gn
        >>> x = gn.Variable(4.0)
        >>> step = gn.optim.Momentum(0.25, 0.5).minimize(x * x)
        >>> with gn.Session() as session:
        ...     for _ in range(3):
        ...         session.run(step)
        ...         print(session.run(x))
        2.0
        0.0
        -1.0
    """

    slot_names: Sequence[str] = ("velocity",)

    def __init__(
        self,
        learning_rate: Value,
        momentum: Value = 0.9,
        *,
        nesterov: bool = False,
        **common: Unpack[Common],
    ) -> None:
        super().__init__(learning_rate, {"momentum": momentum}, **common)
        self.options = {"nesterov": nesterov}

    def update(self, value: Tensor, gradient: Tensor, step: Step) -> Tensor:
        """Give p - v, or p - (μ v + η g)."""
        push = step.learning_rate * gradient
        velocity = step.keep("velocity", step["momentum"] * step.slot("velocity") + push)
        if self.options["nesterov"]:
            return value - (step["momentum"] * velocity + push)
        return value - velocity
