"""Whether small or large values of something are good."""

from typing import Literal, TypeAlias

from graphnet.errors import ArgumentError
from graphnet.ir.context import creation_site
from graphnet.metrics.direction import direction

__all__ = ["Mode", "sign_of"]

Mode: TypeAlias = Literal["min", "max"]

SIGNS = {"min": 1, "max": -1}


def sign_of(name: str, mode: Mode | None) -> int:
    """Give 1 if small values are good, -1 if large ones are: what makes all of them small.

    Args:
        name: What the values are called.
        mode: "min" or "max"; None goes by the name.

    Raises:
        ArgumentError: The mode is none of these, or the name does not tell.
    """
    sign = SIGNS.get(mode, 0) if mode else -direction(name)
    if sign:
        return sign
    raise ArgumentError(
        f"{mode!r} is no mode" if mode else f"are small or large values of {name!r} good?",
        at=str(creation_site()),
        hint='say mode="min" where small values are good, mode="max" where large ones are',
    )
