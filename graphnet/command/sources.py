"""From the words ``FILE.py:NAME`` to what they stand for."""

import contextlib
import runpy
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from inspect import Parameter, signature
from io import StringIO
from pathlib import Path
from typing import Any

from graphnet.compiler.plan import Plan
from graphnet.compiler.program import Program
from graphnet.errors import ArgumentError, FormatError, GraphnetError, near_names
from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.parse import parse
from graphnet.ir.tensor import Tensor
from graphnet.session.compiled import Compiled
from graphnet.viz.views.select import Model

__all__ = ["load"]

RUN_NAME = "__graphnet__"
"""``__name__`` in a file that is run to be drawn, so that what it does as a program is left out."""

MISSING = object()
"""Stands for an attribute that is not there."""


def load(source: str) -> Any:
    """Give what a source stands for.

    Args:
        source: ``FILE.py`` for the graph that a file declares, ``FILE.py:NAME`` for one of its
            names, with dots for attributes, or the file with the text of a graph. A function that
            needs no arguments is called.

    Raises:
        FormatError: The file cannot be read, or raises an error.
        ArgumentError: It has no such name, or nothing that can be drawn.
    """
    path, name = split(source)
    if not path.is_file():
        raise ArgumentError(
            f"there is no file {str(path)!r}",
            hint="give FILE.py:NAME, FILE.py, or a file with the text of a graph",
        )
    if path.suffix != ".py":
        return parsed(path, name)
    graph = Graph()
    with graph, surroundings(path), contextlib.redirect_stdout(sys.stderr):
        names = guarded(lambda: runpy.run_path(str(path), run_name=RUN_NAME), path, str(path))
        if name:
            return found(names, name, path)
    if not graph.nodes:
        raise ArgumentError(
            f"{path} declares nothing outside of functions and graphs of its own",
            hint=listed(names, path),
        )
    return graph


def split(source: str) -> tuple[Path, str]:
    """Give file and name; a colon may be part of the file's own name, as on Windows."""
    path, colon, name = source.rpartition(":")
    if colon and all(part.isidentifier() for part in name.split(".")) and not Path(source).exists():
        return Path(path), name
    return Path(source), ""


def parsed(path: Path, name: str) -> Any:
    """Give the graph whose text is in a file, or what is named in it."""
    hint = "gn.ir.to_text(graph.nodes, graph.outputs) gives the text of a graph"
    try:
        graph = parse(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise FormatError(f"{path} is no text", hint=hint) from None
    except FormatError as error:
        error.headline = f"{path}: {error.headline}"
        error.hint = error.hint or hint
        raise
    return graph.named(name) if name else graph


def guarded(action: Callable[[], Any], path: Path, name: str) -> Any:
    """Give what code of a file gives, which is called ``name`` in messages.

    Raises:
        FormatError: It raises an error that does not say where.
    """
    try:
        return action()
    except KeyboardInterrupt:
        raise
    except GraphnetError as error:
        if error.at:
            raise
        raise FormatError(f"{name} raises an error\n{told(error, path)}") from None
    except SystemExit as error:
        raise FormatError(
            f"{name} ended by sys.exit({error.code!r})",
            hint='what only the program does belongs below `if __name__ == "__main__":`',
        ) from None
    except BaseException as error:  # noqa: BLE001  # whatever a user's file raises, it is told
        raise FormatError(f"{name} raises an error\n{told(error, path)}") from None


@contextlib.contextmanager
def surroundings(path: Path) -> Iterator[None]:
    """Let the code of a file find the modules beside it, and no arguments.

    Afterwards these modules are forgotten: beside the next file may be others of the same names.
    """
    folder = path.parent.resolve()
    arguments, places, known = sys.argv, sys.path, frozenset(sys.modules)
    sys.argv, sys.path = [str(path)], [str(folder), *places]
    try:
        yield
    finally:
        sys.argv, sys.path = arguments, places
        for name in [name for name in sys.modules if name not in known]:
            first = name.partition(".")[0]
            if first not in known and is_beside(sys.modules[name], folder / first):
                del sys.modules[name]


def is_beside(module: object, place: Path) -> bool:
    """Whether a module, or the package that it is in, lies at a place."""
    file = getattr(module, "__file__", None)
    if not isinstance(file, str):
        return False
    found = Path(file).resolve()
    return found == place.with_name(f"{place.name}.py") or found.is_relative_to(place)


def told(error: BaseException, path: Path) -> str:
    """Give the traceback of an error from the file on, without what ran the file."""
    whole = traceback.TracebackException.from_exception(error)
    inside = [frame.filename == str(path) for frame in whole.stack]
    start = inside.index(True) if True in inside else len(inside)
    del whole.stack[:start]
    text = StringIO()
    text.writelines(whole.format())
    return text.getvalue().rstrip()


def found(names: Mapping[str, Any], name: str, path: Path) -> Any:
    """Give what has a name."""
    first, *attributes = name.split(".")
    if first not in names:
        raise ArgumentError(
            f"{path} has nothing named {first!r}",
            hint=near_names(first, names) or listed(names, path),
        )
    value = names[first]
    so_far = first
    for attribute in attributes:
        above, so_far = so_far, f"{so_far}.{attribute}"
        value = guarded(partial(getattr, value, attribute, MISSING), path, f"{path}: {so_far}")
        if value is MISSING:
            raise ArgumentError(f"{path}: {above!r} has no attribute {attribute!r}")
    return called(value, name, path) if is_function(value) else value


def called(function: Callable[..., Any], name: str, path: Path) -> Any:
    """Give what a function gives."""
    needed = [
        parameter.name
        for parameter in signature(function).parameters.values()
        if parameter.default is Parameter.empty
        and parameter.kind not in (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)
    ]
    if needed:
        raise ArgumentError(
            f"{path}: the function {name!r} needs arguments: {', '.join(needed)}",
            hint="name one without, or what one has given",
        )
    return guarded(function, path, f"{path}: {name}()")


def is_function(value: Any) -> bool:
    """Whether a value has to be called to give something to be drawn."""
    return callable(value) and not is_drawable(value)


def is_drawable(value: Any) -> bool:
    """Whether a value by itself can be drawn."""
    if isinstance(value, type):
        return False
    return isinstance(value, Graph | Tensor | Node | Compiled | Program | Plan | Model)


def listed(names: Mapping[str, Any], path: Path) -> str:
    """Give a hint that lists what can be drawn of a file."""
    known = [name for name, value in names.items() if is_drawable(value)]
    if known:
        return f"name one of: {', '.join(known)}, as in {path}:{known[0]}"
    return "declare a graph at the top of the file, or name a function that gives one"
