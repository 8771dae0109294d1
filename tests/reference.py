"""The list of all public names: ``python -m tests.reference docs/reference.md`` writes it."""

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

import graphnet as gn

__all__ = ["page"]

HEAD = """# Reference

Every public name, with the first lines of its docstring; `help(gn.relu)` shows the rest, with an
example. `python -m tests.reference docs/reference.md` writes this page.
"""

MODULES = (
    "graphnet",
    "graphnet.random",
    "graphnet.nn",
    "graphnet.nn.initializers",
    "graphnet.optim",
    "graphnet.optim.schedules",
    "graphnet.data",
    "graphnet.metrics",
    "graphnet.train",
    "graphnet.plot",
    "graphnet.viz",
    "graphnet.testing",
    "graphnet.errors",
    "graphnet.compiler",
    "graphnet.ir",
)


def page() -> str:
    """Give the page."""
    return "\n".join([HEAD, *(line for name in MODULES for line in section(name))])


def section(name: str) -> Iterator[str]:
    """Give the names of a module, in a table."""
    module = found(name)
    label = name.replace("graphnet", "gn", 1)
    yield f"## `{label}`\n"
    yield f"{summary(module)}\n"
    yield "| name | what |"
    yield "| --- | --- |"
    for public in sorted(names(module), key=str.lower):
        value = getattr(module, public)
        if isinstance(value, np.dtype) or inspect.isroutine(value) or inspect.isclass(value):
            yield f"| `{label}.{public}` | {summary(value)} |"
    yield ""


def found(name: str) -> ModuleType:
    """Give a module by the name that users reach it by."""
    value: Any = gn
    for part in name.split(".")[1:]:
        value = getattr(value, part)
    assert isinstance(value, ModuleType)
    return value


def names(module: ModuleType) -> list[str]:
    """Give the public names of a module that are documented."""
    return [name for name in module.__all__ if not name.startswith("__")]


def summary(value: Any) -> str:
    """Give the first lines of a docstring; of a dtype what it is."""
    text = f"NumPy's `{value}`." if isinstance(value, np.dtype) else inspect.getdoc(value)
    first = str(text).split("\n\n")[0].replace("\n", " ")
    return first.replace(":math:", "").replace("``", "`").replace("|", "\\|")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), "utf-8")
