"""Penalties on variables, which keep them small, and the sum of those that a loss asks for.

A regularizer is a function that gives a scalar for a variable. A layer attaches it to its results;
an optimizer that minimizes a loss made of them adds it to that loss.
"""

from collections.abc import Callable
from math import inf
from numbers import Real
from typing import TypeAlias

from graphnet.errors import DefinitionError
from graphnet.ir.context import creation_site
from graphnet.ir.spec import is_float
from graphnet.ir.tensor import Tensor, describe
from graphnet.ops.arithmetic import abs as absolute
from graphnet.ops.attach import attached
from graphnet.ops.basic import identity
from graphnet.ops.elementwise import square
from graphnet.ops.families import cast_to
from graphnet.ops.sources import constant

__all__ = ["Regularizer", "l1", "l1_l2", "l2", "penalties", "penalty_of"]

Regularizer: TypeAlias = Callable[[Tensor], Tensor]


def l1(strength: float) -> Regularizer:
    r"""Penalize magnitudes, which makes many elements zero: :math:`\lambda \sum_i |w_i|`.

    R. Tibshirani, "Regression shrinkage and selection via the lasso", Journal of the Royal
    Statistical Society B 58 (1996).

    Args:
        strength: λ, from 0 up.

    Returns:
        A function of a tensor that gives a scalar.

    Raises:
        DefinitionError: The strength is not a finite number from 0 up.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.nn.l1(0.5)(gn.constant([1.0, -3.0])))
        array(2., dtype=float32)
    """
    return l1_l2(l1=strength)


def l2(strength: float) -> Regularizer:
    r"""Penalize squares, which keeps all elements small: :math:`\lambda \sum_i w_i^2`.

    There is no factor of 1/2: the gradient is :math:`2 \lambda w`. A. Hoerl, R. Kennard, "Ridge
    regression: biased estimation for nonorthogonal problems", Technometrics 12 (1970).

    Args:
        strength: λ, from 0 up.

    Returns:
        A function of a tensor that gives a scalar.

    Raises:
        DefinitionError: The strength is not a finite number from 0 up.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.nn.l2(0.5)(gn.constant([1.0, -3.0])))
        array(5., dtype=float32)
    """
    return l1_l2(l2=strength)


def l1_l2(l1: float = 0.0, l2: float = 0.0) -> Regularizer:
    r"""Penalize both: :math:`\lambda_1 \sum_i |w_i| + \lambda_2 \sum_i w_i^2`.

    H. Zou, T. Hastie, "Regularization and variable selection via the elastic net", Journal of the
    Royal Statistical Society B 67 (2005).

    Args:
        l1: Strength of the magnitudes, from 0 up.
        l2: Strength of the squares, from 0 up.

    Returns:
        A function of a tensor that gives a scalar.

    Raises:
        DefinitionError: A strength is not a finite number from 0 up.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.nn.l1_l2(l1=0.5, l2=0.1)(gn.constant([1.0, -3.0])))
        array(3., dtype=float32)
    """
    magnitudes, squares = check_strength(l1), check_strength(l2)

    def penalty(x: Tensor) -> Tensor:
        terms = [
            strength * function(x).sum()
            for strength, function in ((magnitudes, absolute), (squares, square))
            if strength
        ]
        return sum(terms[1:], terms[0]) if terms else constant(0.0, x.dtype)

    return penalty


def check_strength(strength: float) -> float:
    """Give a valid strength.

    Raises:
        DefinitionError: It is not a finite number from 0 up.
    """
    if isinstance(strength, Real) and 0 <= float(strength) < inf:
        return float(strength)
    called = isinstance(strength, Tensor)
    raise DefinitionError(
        f"{strength!r:.60} is not the strength of a penalty",
        at=str(creation_site()),
        hint="call the function that makes the regularizer first, as in gn.nn.l2(0.01)"
        if called
        else "use a finite number from 0 up",
    )


def penalty_of(variable: Tensor, regularizer: Regularizer) -> Tensor:
    """Declare the penalty on a variable, named after it.

    Raises:
        DefinitionError: The regularizer is no function, or gives something else than a scalar.
    """
    given = regularizer(variable) if callable(regularizer) else regularizer
    if isinstance(given, Tensor) and not given.shape and is_float(given.dtype):
        return identity(given, name="penalty")
    raise DefinitionError(
        f"the regularizer of {variable.name!r} gave {given!r:.60}, not a floating scalar"
        if callable(regularizer)
        else f"the regularizer of {variable.name!r} is {given!r:.60}, not a function",
        at=str(creation_site()),
        rows=[describe(variable, "variable")],
        hint="gn.nn.l1, gn.nn.l2 and gn.nn.l1_l2 make regularizers, as in gn.nn.l2(0.01)",
    )


def penalties(loss: Tensor) -> Tensor:
    """Add up the penalties that a step which minimizes ``loss`` adds to it.

    Optimizers add them by themselves. This is to look at them, or for those who call
    ``gn.gradients`` on their own.

    Args:
        loss: A loss, or any other tensor that is made of results of layers.

    Returns:
        Scalar of the dtype of ``loss``; 0 if there are no penalties.

    Example:
        >>> import graphnet as gn
        >>> ones = gn.nn.initializers.constant(1.0)
        >>> regularizer = gn.nn.l2(0.1)
        >>> layer = gn.nn.Dense(2, weight_initializer=ones, weight_regularizer=regularizer)
        >>> loss = layer([[1.0, 2.0, 3.0]]).mean()
        >>> gn.evaluate([loss, gn.nn.penalties(loss)])
        [array(6., dtype=float32), array(0.6, dtype=float32)]
    """
    dtype = loss.dtype
    terms = [cast_to(penalty, dtype) for penalty in attached(loss).penalties]
    with loss.graph:
        return sum(terms[1:], terms[0]) if terms else constant(0.0, dtype)
