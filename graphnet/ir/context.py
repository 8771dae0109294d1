"""What surrounds the declaration of a node: graph, scope and control dependencies, per thread."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from graphnet.ir.graph import Graph
    from graphnet.ir.node import Node
    from graphnet.ir.rewrite import Rewriting

__all__ = ["Site", "context", "creation_site", "outside"]

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
START = os.getcwd() + os.sep


class Site(NamedTuple):
    """A line of user code."""

    filename: str
    line: int

    def __str__(self) -> str:
        """Give ``file:line``, the file relative to the directory that the program started in."""
        return f"{self.filename.removeprefix(START)}:{self.line}"


class Context(threading.local):
    """The surroundings of the next node to be made in this thread."""

    def __init__(self) -> None:
        self.graphs: list[Graph] = []
        self.scope: str = ""
        self.control: tuple[Node, ...] = ()
        self.rewriting: Rewriting | None = None
        self.rewritten: list[Rewriting] | None = None  # where somebody wants to know


context = Context()


def creation_site() -> Site:
    """Give the innermost line on the call stack that is not graphnet's own."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(PACKAGE):
        frame = frame.f_back
    return Site(frame.f_code.co_filename, frame.f_lineno)


@contextmanager
def outside() -> Iterator[None]:
    """Leave all scopes and control dependencies for a while."""
    scope, control = context.scope, context.control
    context.scope, context.control = "", ()
    try:
        yield
    finally:
        context.scope, context.control = scope, control
