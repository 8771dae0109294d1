"""How things show themselves in a notebook: by whoever can draw, in a layer above."""

from collections.abc import Callable
from typing import ClassVar

__all__ = ["Pictured"]


class Pictured:
    """Base of what a notebook shows as a picture.

    Attributes:
        drawn: Makes the picture; set by the part of graphnet that can.

    Example:
        >>> import graphnet as gn
        >>> gn.tanh(gn.placeholder((2,), name="x")).graph._repr_svg_().startswith("<svg")
        True
    """

    drawn: ClassVar[Callable[[object], str | None]] = staticmethod(lambda _: None)

    def _repr_svg_(self) -> str | None:
        """Give the picture."""
        return Pictured.drawn(self)
