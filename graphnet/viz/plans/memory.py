"""The picture of a plan's memory: which value lies where, and when, before anything runs.

Time goes to the right, one column for each thing that a run does. Above stands how many bytes are
held; below it the arena, by offset; below that what lies elsewhere.
"""

from collections.abc import Iterator

from graphnet.compiler.plan import Plan
from graphnet.ir.units import size_text
from graphnet.viz.layout.sketch import Rect
from graphnet.viz.plans.bands import bands
from graphnet.viz.plans.lifetimes import Lifetimes
from graphnet.viz.plans.memory_marks import SMALL, Columns, box, line, link, memory_style
from graphnet.viz.plans.memory_panels import arena, band_panel, copies_panel, curve, steps_panel
from graphnet.viz.scene import Card, Kind, Link, Part, Scene, Way
from graphnet.viz.text import visible, wrap
from graphnet.viz.views.titles import plan_title
from graphnet.viz.writing.legend import Block, in_rows, key, written
from graphnet.viz.writing.looks import ROOT, style
from graphnet.viz.writing.marks import attributes, digest, spoken
from graphnet.viz.writing.svg import Page

__all__ = ["memory_svg"]

SWATCH = Rect(0, 0, 30, 16)

LOOK = Scene(
    "",
    tuple(Card(part.value, Kind.OP, "", part=part) for part in Part),
    (Link("forward", "forward", Way.VIEW),),
)
"""What occurs in the picture, for the style sheet."""


def memory_svg(plan: Plan, title: str | None = None) -> str:
    """Give the picture of the memory of a plan as SVG.

    Args:
        plan: The plan.
        title: What stands above the picture.

    Example:
        >>> import graphnet as gn
        >>> x = gn.placeholder((2,), name="x")
        >>> graph = x.graph.subgraph([gn.exp(gn.tanh(x))], [x])
        >>> picture = memory_svg(gn.compiler.compile_graph(graph, [x.spec]))
        >>> picture.startswith("<svg"), picture.count('class="life ')
        (True, 3)
    """
    times = Lifetimes(plan)
    words = title or f"memory of the {plan_title(plan)}"
    page = drawn(times, words)
    body = "\n".join(page.lines())
    prefix = f"g{digest(body)}"
    found = {
        "xmlns": "http://www.w3.org/2000/svg",
        "class": f"{ROOT} {prefix}",
        "id": prefix,
        "role": "graphics-document document",
        **page.size(),
        "data-engine": "graphnet",
        "data-generator": "graphnet",
        "data-memory": str(plan.memory),
        "data-peak": str(plan.peak),
        "data-peak-step": str(times.peak),
        "data-busiest-step": str(times.busiest),
    }
    about = spoken(words, "\n".join(notes(times)))
    looks = style(LOOK, prefix), memory_style(prefix)
    return "\n".join([f"<svg{attributes(found)}>", about, *looks, body, "</svg>\n"])


def drawn(times: Lifetimes, title: str) -> Page:
    """Give all panels, one below the other."""
    columns = Columns(times)
    page = Page(columns.width)
    page.add(written(wrap(visible(title), columns.width * 0.55, SMALL), "title", 16, 22), 8)
    page.add(curve(columns), 0, name="curve")
    page.add(arena(columns), 0, name="arena")
    page.add(steps_panel(columns), 0, name="steps")
    for band in bands(times):
        page.add(band_panel(columns, band), 0, name="band")
    page.add(copies_panel(columns), 0, name="band")
    page.add(legend(columns), 6, name="legend")
    lines = [found for note in notes(times) for found in wrap(visible(note), columns.width, SMALL)]
    page.add(written(lines, "note", SMALL, 14), 0, name="notes")
    return page


def legend(columns: Columns) -> Block:
    """Explain colors and marks, as far as they occur."""
    return in_rows([items] if (items := list(explained(columns))) else [], columns.width)


def explained(columns: Columns) -> Iterator[Block]:
    """Give the entries of the legend."""
    lives = columns.times.lives
    there = set(columns.parts.values())
    for part in Part:
        if part in there and len(there) > 1:
            yield key(f"life part-{part.value}", box(SWATCH, "shape"), part.value)
    if columns.hollow():
        yield key("life part-forward hollow", box(SWATCH, "shape"), "holds other values")
    if any(life.is_view for life in lives):
        yield key("life view way-view", line(0, 8, 30, 8), "a view of the memory above")
    if any(life.heir is not None for life in lives):
        mark = link(Rect(0, 0, 15, 16), columns.column)
        yield key("", mark, "memory is taken over by the next value")


def notes(times: Lifetimes) -> Iterator[str]:
    """Give in words how much memory a run takes, and for what."""
    plan = times.plan
    bound = "at least " if plan.largest is None else ""
    sizes = {
        "arena": plan.arena,
        "constants made": plan.constants,
        "that calls bring along": plan.extra,
    }
    sizes["kept"] = plan.memory - sum(sizes.values())
    summed = ", ".join(f"{size_text(nbytes)} {name}" for name, nbytes in sizes.items() if nbytes)
    yield f"memory {size_text(plan.memory)}" + (f": {summed}" if summed else "")
    yield f"peak {bound}{size_text(plan.peak)}, first at step {times.peak}"
    used = size_text(times.used[times.busiest - 1])
    largest = ", ".join(f"{life.value.name} {size_text(life.nbytes)}" for life in times.largest())
    yield f"most in use {used} at step {times.busiest}" + (f": {largest}" if largest else "")
    yield "feeds, variables and declared constants belong to others, and are not counted"
