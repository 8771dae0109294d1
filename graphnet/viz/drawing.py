"""``draw``: a picture of a graph, a plan, a model or a difference, and the file that it is in."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any, Self, TextIO, TypedDict

from graphnet.compiler.plan import Plan
from graphnet.compiler.program import Program
from graphnet.errors import ArgumentError, GraphnetError
from graphnet.ir.context import creation_site
from graphnet.ir.pictures import Pictured
from graphnet.session.compiled import Compiled
from graphnet.viz.comparing.diff import Difference
from graphnet.viz.files import write_whole
from graphnet.viz.folding.fold import fold
from graphnet.viz.layout import engines
from graphnet.viz.layout.sketch import Geometry
from graphnet.viz.overlays.overlay import Overlayable
from graphnet.viz.overlays.overlay import overlay as colored
from graphnet.viz.page import Level, to_page
from graphnet.viz.plans.memory import memory_svg
from graphnet.viz.plans.plan_view import MANY, plan_scene
from graphnet.viz.progress import Tell, silent, telling
from graphnet.viz.scene import Scene
from graphnet.viz.views.select import Drawable, Model, plan_of
from graphnet.viz.views.titles import plan_title
from graphnet.viz.views.views import VIEWS, scene_of
from graphnet.viz.writing.cards import to_sketch
from graphnet.viz.writing.dot import to_dot
from graphnet.viz.writing.svg import to_svg

__all__ = ["ALL_VIEWS", "LIMIT", "SUFFIXES", "Drawing", "draw"]

SUFFIXES = (".svg", ".html", ".pdf", ".png", ".gv", ".dot")


class Options(TypedDict):
    """What of the nodes is shown (see ``draw``)."""

    weights: bool
    constants: bool | None
    specs: bool


PLANS = ("plan", "memory")
"""Views of plans only."""

ALL_VIEWS = (*VIEWS, *PLANS)

IDLE = {
    "difference": ("view", "weights", "constants", "specs"),
    "plan": ("weights", "constants", "specs"),
    "memory": ("weights", "constants", "specs", "depth", "limit", "repeats", "overlay"),
}
"""Options that change nothing in pictures of a kind."""

LIMIT = 40
"""Cards that fit a screen."""

DEEPEST = 20
"""Levels of names that a page shows at most."""

MOST = 2000
"""Cards that a page shows at most."""


class Drawing:
    """A picture: it shows itself in a notebook, and knows its file.

    Args:
        title: What it is a picture of.
        svg: The picture.

    Attributes:
        title: What it is a picture of.
        path: The file that it was saved in last; None before.
        svg: The picture as SVG.
        engine: Who found the places of its parts.

    Example:
        >>> import tempfile
        >>> import graphnet as gn
        >>> drawing = gn.draw(gn.tanh(gn.placeholder((2,), name="x")), engine="layered")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     drawing.save(f"{folder}/tanh.svg").path.name
        'tanh.svg'
    """

    def __init__(self, title: str, svg: str) -> None:
        self.title = title
        self.svg = svg
        self.path: Path | None = None
        self.engine = "graphnet"

    def save(self, path: str | PathLike[str]) -> Self:
        """Write the picture into a file: whole, or not at all.

        Args:
            path: The file; its suffix decides what is written (see ``draw``).

        Raises:
            ArgumentError: The suffix is none that can be written.
            DependencyError: Graphviz is needed for it, and missing.
            OSError: Nothing can be written there.
        """
        content = self.content(suffix_of(path))
        target = Path(path)
        write_whole(target, content)
        self.path = target
        return self

    def content(self, suffix: str) -> bytes:
        """Give what is in a file of a suffix."""
        if suffix == ".svg":
            return self.svg.encode()
        if suffix == ".html":
            return to_page(self.title, [Level("all", self.svg)]).encode()
        raise ArgumentError(
            f"draw: a picture of memory cannot be written as {suffix!r}",
            at=str(creation_site()),
            hint="take .svg or .html",
        )

    def _repr_svg_(self) -> str:
        """Give the picture, for notebooks."""
        return self.svg

    def __repr__(self) -> str:
        """Give title and file."""
        return f"<drawing of {self.title!r}{f' in {self.path}' if self.path else ''}>"

    def __str__(self) -> str:
        """Give the file, if there is one."""
        return str(self.path) if self.path else repr(self)


class SceneDrawing(Drawing):
    """A picture of a scene, folded to what fits a screen.

    Args:
        scene: The scene, one card per node.
        depth: How many levels of names are shown; None for as many as fit.
        limit: How many cards fit.
        repeats: Whether equal blocks are shown once.
        colors: What colors the cards; None for nothing.
        engine: Who finds the places.
        tell: Is told how far the work is.
    """

    def __init__(
        self,
        scene: Scene,
        depth: int | None = None,
        limit: int = LIMIT,
        repeats: bool = True,
        colors: Overlayable | None = None,
        engine: str | None = None,
        tell: Tell = silent,
    ) -> None:
        self.whole = scene
        self.limit = limit
        self.repeats = repeats
        self.colors = colors
        self.chosen = engine
        tell("folding", 0)
        self.scene = self.folded(depth)
        self.geometry = self.laid_out(self.scene, tell)
        tell("writing", 0)
        super().__init__(scene.title, to_svg(self.scene, self.geometry))
        self.engine = self.geometry.engine

    def folded(self, depth: int | None, repeats: bool | None = None) -> Scene:
        """Give the scene with all but some levels of names folded."""
        once = self.repeats if repeats is None else repeats
        scene = fold(self.whole, depth, self.limit, once)
        return scene if self.colors is None else colored(scene, self.colors)

    def laid_out(self, scene: Scene, tell: Tell = silent) -> Geometry:
        """Find the places of the cards of a scene."""
        return engines.lay_out(to_sketch(scene), self.chosen, tell)

    def content(self, suffix: str) -> bytes:
        """Give what is in a file of a suffix."""
        if suffix in (".gv", ".dot"):
            return to_dot(self.scene, to_sketch(self.scene)).encode()
        if suffix in (".png", ".pdf"):
            text = to_dot(self.scene, to_sketch(self.scene), self.geometry)
            return engines.render(text, suffix[1:])
        if suffix == ".html":
            return to_page(self.title, list(self.levels())).encode()
        return super().content(suffix)

    def levels(self) -> Iterator[Level]:
        """Give the picture as it is, and with more levels of names as long as that shows more."""
        yield Level("overview", self.svg)
        seen = {frozenset(card.key for card in self.scene.cards)}
        for label, scene in self.deeper():
            keys = frozenset(card.key for card in scene.cards)
            if keys not in seen and len(keys) <= MOST:
                seen.add(keys)
                yield Level(label, to_svg(scene, self.laid_out(scene)))

    def deeper(self) -> Iterator[tuple[str, Scene]]:
        """Give the scene at each depth that shows more than the one before, and whole."""
        before = 0
        for depth in range(1, DEEPEST):
            scene = self.folded(depth)
            if len(scene.cards) == before:
                break
            before = len(scene.cards)
            yield f"depth {depth}", scene
        yield "all", self.folded(DEEPEST, repeats=False)


def draw(  # noqa: PLR0913  # a picture has many options, and each is named
    what: Drawable | Difference,
    path: str | PathLike[str] | None = None,
    *,
    view: str | None = None,
    depth: int | None = None,
    limit: int | None = None,
    weights: bool = True,
    constants: bool | None = None,
    specs: bool = True,
    repeats: bool | None = None,
    overlay: Overlayable | None = None,
    title: str | None = None,
    engine: str | None = None,
    progress: bool | str | TextIO = "auto",
) -> Drawing:
    """Draw a graph, what some tensors need, a plan, a model, or a difference.

    Args:
        what: A graph; tensors and operations; a model that was called; a function of
            ``session.compile`` that was called, its program or plan; or what ``gn.diff`` gives.
        path: A file that ends in .svg, .html, .png, .pdf, .gv or .dot; by default none is written.
        view: "train" for all, "forward", "backward", "state"; of plans also "plan" and "memory".
        depth: How many levels of names are shown; by default as many as fit.
        limit: How many cards fit; by default 40, and 60 for plans.
        weights: Whether variables are cards, and not lines in the cards that use them.
        constants: Whether constants are cards; by default those with more than four elements.
        specs: Whether arrows say shapes and dtypes.
        repeats: Whether equal blocks are shown once; by default but in plans and with an overlay.
        overlay: What colors the cards: "bytes", a profile, or a ``gn.viz.Overlay``.
        title: What stands above the picture.
        engine: Who finds the places: "dot", "wasm" or "layered"; by default the first that works.
        progress: "auto" shows on a screen how far long work is; False nothing; or a stream.

    Raises:
        ArgumentError: ``what`` cannot be drawn, or an option is none that there is.
        DependencyError: The engine that was asked for is missing, or Graphviz for a PNG or PDF.
        OSError: The file cannot be written; then an older one is still what it was.

    Example:
        >>> import graphnet as gn
        >>> gn.draw(gn.tanh(gn.placeholder((None, 3), name="x")), engine="layered")
        <drawing of 'tanh'>
    """
    check(path, title, depth, limit, engine)
    options: Options = {"weights": weights, "constants": constants, "specs": specs}
    folding = {"depth": depth, "limit": limit, "repeats": repeats}
    chosen = {"view": view, "overlay": overlay, **folding, **options}
    view = default_view(what) if view is None else view
    check_used("difference" if isinstance(what, Difference) else view, chosen)
    with telling(progress) as tell:
        if view == "memory":
            drawing = memory_drawing(what, title)
        else:
            scene = scene_for(what, view, title, options)
            planned = view == "plan"  # where each call has memory of its own
            most = limit or (MANY if planned else LIMIT)
            once = not planned and overlay is None if repeats is None else repeats
            drawing = SceneDrawing(scene, depth, most, once, overlay, engine, tell)
        return drawing if path is None else drawing.save(path)


def memory_drawing(what: Any, title: str | None) -> Drawing:
    """Give the picture of the memory of a plan."""
    plan = plan_for(what, "memory")
    words = title or f"memory of the {plan_title(plan)}"
    return Drawing(words, memory_svg(plan, words))


def scene_for(what: Any, view: str, title: str | None, options: Options) -> Scene:
    """Give the scene that is drawn, one card per node."""
    if isinstance(what, Difference):
        return what.scene if title is None else replace(what.scene, title=title)
    if view == "plan":
        plan = plan_for(what, view)
        told = what.history() if isinstance(what, Compiled) else None
        return plan_scene(plan, told, title)
    return scene_of(what, view, title=title, **options)


def default_view(what: Any) -> str:
    """Give the view that is taken if none is said."""
    match what:
        case Compiled() | Program() | Plan():
            return "plan"
        case Model():
            return "forward"
    return "train"


def plan_for(what: Any, view: str) -> Plan:
    """Give the plan that a view of plans shows.

    Raises:
        ArgumentError: There is none.
    """
    if isinstance(what, Compiled | Program | Plan):
        return plan_of(what)
    raise ArgumentError(
        f"draw: the view {view!r} is one of plans, and {what!r:.60} has none",
        at=str(creation_site()),
        hint="call what session.compile(...) gives once, and draw that",
    )


def check(
    path: str | PathLike[str] | None,
    title: str | None,
    depth: int | None,
    limit: int | None,
    engine: str | None,
) -> None:
    """Refuse options of no use, before any work."""
    if path is not None:
        suffix_of(path)
    if not isinstance(title, str | None):
        raise ArgumentError(
            f"draw: title is {title!r:.60}, no string",
            at=str(creation_site()),
            hint='give words, as in title="My network"',
        )
    engines.check_engine(engine)
    for option, number in (("depth", depth), ("limit", limit)):
        whole = isinstance(number, int) and not isinstance(number, bool)
        if number is not None and not (whole and number >= 1):
            raise ArgumentError(
                f"draw: {option} is {number!r:.60}",
                at=str(creation_site()),
                hint="give a whole number from 1 up",
            )


def check_used(kind: str, chosen: Mapping[str, object]) -> None:
    """Refuse options that change nothing in pictures of a kind."""
    usual: dict[str, object] = {"weights": True, "specs": True}
    for option in IDLE.get(str(kind), ()):
        if chosen[option] is not usual.get(option):
            raise ArgumentError(
                f"draw: {option}={chosen[option]!r:.60} changes nothing in a picture of a {kind}",
                at=str(creation_site()),
                hint=f"leave {option!r} out",
            )


def suffix_of(path: str | PathLike[str]) -> str:
    """Give the suffix of a file, which names a format.

    Raises:
        ArgumentError: It names none, or it is no file.
    """
    if not isinstance(path, str | PathLike):
        raise ArgumentError(
            f"draw: {path!r:.60} is no file",
            at=str(creation_site()),
            hint=f"give a path that ends in one of {', '.join(SUFFIXES)}",
        )
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise ArgumentError(
            f"draw: {Path(path).name!r} has no suffix that names a format",
            at=str(creation_site()),
            hint=f"use one of {', '.join(SUFFIXES)}",
        )
    return suffix


def shown(what: Any) -> str | None:
    """Give the picture that stands for something in a notebook; None where there is none."""
    try:
        return draw(what, progress=False).svg
    except GraphnetError:
        return None


Pictured.drawn = staticmethod(shown)
