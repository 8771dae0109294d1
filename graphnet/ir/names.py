"""Names: labels that are unique in a graph, made from the scope and the op."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from graphnet.errors import NameClashError
from graphnet.ir.context import context

__all__ = ["Names", "check_name", "name_scope"]

VALID = re.compile(r"[A-Za-z0-9.][A-Za-z0-9_.\-/]*")


class Names:
    """The names taken in one graph, compared without case.

    Example:
        >>> names = Names()
        >>> names.unique("dense"), names.unique("Dense"), names.unique("dense_1")
        ('dense', 'Dense_1', 'dense_1_1')
    """

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    def unique(self, name: str) -> str:
        """Take ``name``, or ``name_1``, ``name_2``, ... if it is taken."""
        key = name.lower()
        count = self.counts.get(key)
        if count is None:
            self.counts[key] = 0
            return name
        while f"{key}_{count + 1}" in self.counts:
            count += 1
        self.counts[key] = count + 1
        self.counts[f"{key}_{count + 1}"] = 0
        return f"{name}_{count + 1}"


def check_name(name: str) -> str:
    """Give ``name`` itself if it is a valid label.

    Raises:
        NameClashError: It is not.
    """
    if isinstance(name, str) and VALID.fullmatch(name):
        return name
    raise NameClashError(
        f"{name!r} is not a valid name",
        hint="a name starts with a letter, a digit or '.', and goes on with these or '_', '-', '/'",
    )


@contextmanager
def name_scope(name: str) -> Iterator[str]:
    """Put ``name/`` before the names of all nodes made inside.

    Args:
        name: The scope, inside the scopes around it. With a slash at its end it is taken from the
            root, so that a scope can be entered again; the empty name leaves all scopes.

    Yields:
        The whole scope, as in ``"encoder/attention/"``.

    Raises:
        NameClashError: The name is not a valid label.

    Example:
        >>> import graphnet as gn
        >>> with gn.name_scope("encoder"):
        ...     x = gn.placeholder((3,), name="x")
        >>> x.name
        'encoder/x'
    """
    before = context.scope
    if not name:
        context.scope = ""
    elif check_name(name).endswith("/"):
        context.scope = name
    else:
        context.scope = f"{before}{name}/"
    try:
        yield context.scope
    finally:
        context.scope = before
