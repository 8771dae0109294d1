"""Values of nodes that an overlay shows."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np

from graphnet.errors import ArgumentError
from graphnet.ir.context import creation_site
from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor
from graphnet.ir.units import number_text, size_text, time_text
from graphnet.kernels.quiet import quietly
from graphnet.typing import Array

__all__ = ["UNITS", "Overlay", "refused"]

JOINS: dict[str, Callable[..., Any]] = {"sum": np.sum, "largest": np.max, "norm": np.linalg.norm}
UNITS = {"s": time_text, "B": size_text}


class Overlay:
    r"""Values of nodes, for ``gn.draw(..., overlay=...)``.

    Of an array, the norm is shown, :math:`\sqrt{\sum_i x_i^2}`. What is not finite has the color of
    the highest value, and is named below the picture.

    Args:
        values: Numbers or arrays by tensor, node, or name.
        label: What they are, as "gradient norm".
        unit: "s" for seconds, "B" for bytes, or what is to be written behind a number.
        logarithmic: Whether colors go by the logarithm; None if the values, all of them positive,
            span more than a factor of 100.
        join: What a card shows that stands for several nodes: the "sum" of their values, the
            "largest" one, or their "norm". None for the sum of seconds and of bytes, the norm of
            arrays, and otherwise the largest.
        whole: What the sum of all would be, if shares of it are to be shown.

    Attributes:
        named: The values as numbers, by name of node.

    Raises:
        ArgumentError: A value is no number, or belongs to nothing that has a name; or the label or
            the unit is no text.

    Example:
        >>> import graphnet as gn
        >>> import numpy as np
        >>> w = gn.Variable([3.0, 4.0], name="w")
        >>> gradient = gn.gradients((w * w).sum(), [w])[0]
        >>> with gn.Session() as session:
        ...     norms = Overlay({w: session.run(gradient)}, label="gradient norm")
        >>> norms.named
        {'w': 10.0}
    """

    def __init__(
        self,
        values: Mapping[Any, Any],
        label: str = "value",
        unit: str = "",
        logarithmic: bool | None = None,
        join: Literal["sum", "largest", "norm"] | None = None,
        whole: float | None = None,
    ) -> None:
        if not isinstance(values, Mapping):
            raise refused(values)
        check_text("label", label)
        check_text("unit", unit)
        if join is not None and join not in JOINS:
            raise ArgumentError(
                f"an overlay cannot join values by {join!r:.60}",
                at=str(creation_site()),
                hint='use "sum", "largest" or "norm"',
            )
        self.label = label
        self.unit = unit
        self.logarithmic = logarithmic
        self.join = join or default_join(unit, values)
        self.whole = whole
        found: dict[str, list[float]] = {}
        for name, value in zip(map(name_of, values), values.values(), strict=True):
            found.setdefault(name, []).append(number(name, value))
        self.named = {name: self.joined(numbers) for name, numbers in found.items()}

    def joined(self, numbers: list[float]) -> float:
        """Give the value of several nodes."""
        return (
            float(quietly(JOINS[self.join], np.array(numbers))) if len(numbers) > 1 else numbers[0]
        )

    def text(self, value: float) -> str:
        """Give a value with its unit."""
        if self.unit in UNITS:
            return UNITS[self.unit](value)
        return f"{number_text(value)} {self.unit}".rstrip()


def refused(what: object) -> ArgumentError:
    """Give the error for what is no overlay."""
    return ArgumentError(
        f"draw: {what!r:.60} is no overlay",
        at=str(creation_site()),
        hint='give a profile, "bytes", or values by tensor, node or name',
    )


def check_text(option: str, given: object) -> None:
    """Refuse what cannot be written into a picture."""
    if not isinstance(given, str):
        raise ArgumentError(
            f"the {option} of an overlay is {given!r:.60}, which is no text",
            at=str(creation_site()),
            hint='give a string, as in Overlay(values, label="gradient norm")',
        )


def name_of(key: Any) -> str:
    """Give the name of the node that a value belongs to."""
    match key:
        case Tensor():
            return key.node.name
        case Node():
            return key.name
        case str():
            return key
    raise ArgumentError(
        f"an overlay has values by tensor, node or name, not by {key!r:.60}",
        at=str(creation_site()),
        hint="as in {'dense/weight': 1.5}",
    )


def default_join(unit: str, values: Mapping[Any, Any]) -> str:
    """Give how values are joined where it is not said."""
    if unit in UNITS:
        return "sum"
    return "norm" if any(np.ndim(value) for value in values.values()) else "largest"


def number(name: str, value: Any) -> float:
    """Give a value as a number, which is the norm of an array."""
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise ArgumentError(
            f"the overlay has no number for {name!r}: {value!r:.60}",
            at=str(creation_site()),
            hint="give numbers, or arrays to see their norms",
        )
    return norm(array) if array.ndim else float(array)


def norm(array: Array) -> float:
    """Give the square root of the sum of the squares."""
    return float(quietly(np.linalg.norm, array.astype(np.float64).ravel()))
