"""Numbers that layers are made with."""

from numbers import Integral
from typing import Any, TypeGuard

from graphnet.errors import DefinitionError
from graphnet.ir.context import creation_site

__all__ = ["check_count", "is_integer"]


def is_integer(value: Any) -> TypeGuard[int]:
    """Whether a value is an integer, of Python or of NumPy, and not a boolean.

    Example:
        >>> import numpy as np
        >>> is_integer(3), is_integer(np.int64(3)), is_integer(True), is_integer(3.0)
        (True, True, False, False)
    """
    return isinstance(value, Integral) and not isinstance(value, bool)


def check_count(value: int, what: str, label: str) -> int:
    """Give an integer from 1 up.

    Args:
        value: The number.
        what: What it counts, for the message.
        label: The layer that is made.

    Raises:
        DefinitionError: It is none.
    """
    if is_integer(value) and value >= 1:
        return int(value)
    raise DefinitionError(
        f"{label}: {value!r:.60} is not a number of {what}",
        at=str(creation_site()),
        hint="use an integer from 1 up",
    )
