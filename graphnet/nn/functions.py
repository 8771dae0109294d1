"""Functions that layers are given: layers themselves, and functions of tensors."""

from typing import Any

from graphnet.errors import DefinitionError
from graphnet.ir.context import creation_site

__all__ = ["check_function"]


def check_function(given: Any, said: str, hint: str | None) -> None:
    """Refuse what cannot be called on tensors.

    Args:
        given: The function, as the user gave it.
        said: What the message says of something that is none; ``{}`` stands for it.
        hint: What would be right.

    Raises:
        DefinitionError: It is a class, of which there must be an object first, or no function.
    """
    if isinstance(given, type):
        name = given.__name__
        said, hint = f"{name} is a class, of which an object is needed", f"write {name}(...)"
    elif callable(given):
        return
    raise DefinitionError(said.format(f"{given!r:.60}"), at=str(creation_site()), hint=hint)
