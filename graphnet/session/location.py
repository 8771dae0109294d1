"""Errors and warnings of a session name the line of user code that asked for what went wrong."""

import warnings
from types import TracebackType

from graphnet.errors import GraphnetError, GraphnetWarning
from graphnet.ir.context import Site, creation_site

__all__ = ["located", "warn"]


class Located:
    """A context in which errors that name no line get that of the call into graphnet."""

    def __enter__(self) -> None:
        """Do nothing."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        """Complete an error that passes."""
        if isinstance(error, GraphnetError) and error.at is None:
            error.at = str(creation_site())


located = Located()


def warn(message: str, site: Site) -> None:
    """Warn the user at a line of user code."""
    warnings.warn_explicit(message, GraphnetWarning, site.filename, site.line)
