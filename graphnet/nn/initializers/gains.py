r"""Gains: factors for the weights before a nonlinearity, so that signals keep their size.

For a standard normal signal :math:`z`, the gain :math:`1 / \sqrt{E[f(z)^2]}` makes the output of
``f`` as large as its input. That is where sqrt(2) for relu comes from (K. He, X. Zhang, S. Ren,
J. Sun, "Delving deep into rectifiers", ICCV 2015), and 1 for selu, which is made to need none (G.
Klambauer and others, "Self-normalizing neural networks", NeurIPS 2017; PyTorch multiplies by 3/4
there). For tanh and sigmoid the customary values are kept, 5/3 and 1.
"""

from collections.abc import Callable, Mapping
from functools import partial
from math import sqrt
from typing import Any, TypeAlias

from graphnet.errors import ArgumentError, near_names
from graphnet.ir.context import creation_site

__all__ = ["Gain", "as_gain", "gain"]

Nonlinearity: TypeAlias = str | Callable[..., Any] | None
Gain: TypeAlias = float | Nonlinearity

FIXED = {
    "linear": 1.0,
    "identity": 1.0,
    "sigmoid": 1.0,
    "tanh": 5 / 3,
    "relu": sqrt(2),
    "selu": 1.0,
    "gelu": 1.5335304411955353,
    "silu": 1.6765324703310909,
    "softplus": 1.0418668355353018,
}
"""Gains of nonlinearities that have no parameter."""

USUAL = {"approximate": False}
"""Settings that change nothing."""

BENT = {"leaky_relu": (0.01, 1.0), "elu": (1.0, 0.28989083498584727)}
"""Those with a parameter alpha: its default, and twice the E[f(z)²; z < 0] of alpha 1."""


def gain(nonlinearity: Nonlinearity, slope: float | None = None) -> float:
    r"""Give the factor for the weights before a nonlinearity.

    ========================= ==================================
    nonlinearity              gain
    ========================= ==================================
    linear, identity, None    1
    sigmoid                   1
    tanh                      5/3
    relu                      :math:`\sqrt 2`
    leaky_relu                :math:`\sqrt{2 / (1 + \mathrm{slope}^2)}`
    elu                       :math:`\sqrt{2 / (1 + 0.29 \alpha^2)}`
    selu                      1
    gelu                      1.534
    silu                      1.677
    softplus                  1.042
    ========================= ==================================

    Args:
        nonlinearity: The function, as ``gn.relu``, or its name; a ``functools.partial`` or a layer
            brings its settings along, as the alpha of elu, else 1. None is the identity.
        slope: Of leaky_relu below 0; by default that of a partial or a layer, else 0.01.

    Raises:
        ArgumentError: There is no such nonlinearity in the table, or it has no such parameter.

    Example:
        >>> import graphnet as gn
        >>> gn.nn.initializers.gain(gn.relu)
        1.4142135623730951
        >>> gn.nn.initializers.gain("leaky_relu", slope=1.0)
        1.0
    """
    function, settings = taken_apart(nonlinearity)
    name = name_of(function)
    if slope is not None:
        settings["alpha" if name == "leaky_relu" else "slope"] = slope
    if name in BENT:
        default, below = BENT[name]
        bend = float(settings.pop("alpha", default))
        require_no_more(name, settings)
        return sqrt(2 / (1 + below * bend**2))
    if name not in FIXED:
        raise unknown(name)
    require_no_more(name, settings)
    return FIXED[name]


def as_gain(given: Gain) -> float:
    """Give the number that is meant by a number or by the nonlinearity that it belongs to."""
    if given is None or isinstance(given, str) or callable(given):
        return gain(given)
    return float(given)


def taken_apart(nonlinearity: Any) -> tuple[Any, dict[str, Any]]:
    """Give a function and the parameters that are bound to it."""
    if isinstance(nonlinearity, partial):
        return nonlinearity.func, dict(nonlinearity.keywords)
    function = getattr(nonlinearity, "function", nonlinearity)  # of a layer that is a function
    return function, dict(getattr(nonlinearity, "settings", {}))


def name_of(function: Any) -> str:
    """Give the name that the table has for a function, a class or an object of it, or a name."""
    if function is None:
        return "linear"
    own = getattr(function, "__name__", type(function).__name__)
    name = function if isinstance(function, str) else own
    plain = {known.replace("_", ""): known for known in (*FIXED, *BENT)}
    return plain.get(name.lower().replace("_", ""), name)


def require_no_more(name: str, settings: Mapping[str, Any]) -> None:
    """Refuse parameters that the gain of a nonlinearity does not know of."""
    more = {key: value for key, value in settings.items() if USUAL.get(key, ()) is not value}
    if more:
        words = ", ".join(f"{parameter}={value!r}" for parameter, value in more.items())
        raise ArgumentError(
            f"there is no gain for {name} with {words}",
            at=str(creation_site()),
            hint="give the factor itself as a number",
        )


def unknown(name: str) -> ArgumentError:
    """Make the error about a nonlinearity that is not in the table."""
    known = (*FIXED, *BENT)
    guess = near_names(name, known)
    return ArgumentError(
        f"there is no gain for the nonlinearity {name!r}",
        at=str(creation_site()),
        hint=guess or f"give the factor itself as a number; known are {', '.join(known)}",
    )
