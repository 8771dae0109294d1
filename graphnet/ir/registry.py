"""``OPS``: the table of all named ops, filled as their classes are defined."""

import re
from typing import TYPE_CHECKING

from graphnet.errors import DefinitionError

if TYPE_CHECKING:
    from graphnet.ir.op import Op

__all__ = ["OPS", "register"]

SNAKE_CASE = re.compile(r"[a-z_][a-z0-9_]*")

OPS: dict[str, "type[Op]"] = {}


def register(cls: "type[Op]") -> None:
    """Enter a finished op class in ``OPS``.

    The same class defined again, as when a notebook cell is run twice, replaces the first.

    Raises:
        DefinitionError: The name is taken, or a required member is missing.
    """
    where = f"{cls.__module__}.{cls.__qualname__}"
    missing = [member for member in ("infer", "kernel") if not hasattr(cls, member)]
    if missing:
        raise DefinitionError(f"op class {where} has no {' and no '.join(missing)}")
    if not SNAKE_CASE.fullmatch(cls.name):
        raise DefinitionError(f"op class {where}: {cls.name!r} is not a name in snake case")
    taken = OPS.get(cls.name)
    owner = taken and f"{taken.__module__}.{taken.__qualname__}"
    if owner not in (None, where):
        raise DefinitionError(f"op class {where}: the name {cls.name!r} belongs to {owner}")
    OPS[cls.name] = cls
