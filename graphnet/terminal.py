"""Where output goes: a terminal, a notebook, or something that is read later."""

import os
import sys
from typing import TextIO

__all__ = ["in_notebook", "is_screen"]


def is_screen(stream: TextIO) -> bool:
    """Whether a stream is a terminal that can be drawn over, and has a size."""
    if os.environ.get("TERM") == "dumb":
        return False
    try:
        return stream.isatty() and all(os.get_terminal_size(stream.fileno()))
    except (AttributeError, OSError, ValueError):  # it knows of no terminal, or is closed
        return False


def in_notebook() -> bool:
    """Whether the program runs in a notebook, which is no terminal, but can be drawn over."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return "IPKernelApp" in getattr(shell, "config", {})
