"""Panels of the picture of a plan's memory: the curve, the arena, the steps, and rows."""

from collections.abc import Callable, Iterator, Sequence
from math import ceil
from typing import TypeAlias

from graphnet.compiler.steps import Part, Slot
from graphnet.ir.units import size_text
from graphnet.viz.layout.sketch import Rect
from graphnet.viz.plans.bands import Band
from graphnet.viz.plans.memory_marks import LEFT, SMALL, Columns, box, line
from graphnet.viz.plans.moments import Act, Moment
from graphnet.viz.text import shorten, visible, width
from graphnet.viz.writing.legend import Block
from graphnet.viz.writing.marks import attributes, number, spoken, text

__all__ = ["arena", "band_panel", "copies_panel", "curve", "steps_panel", "ticks"]

Down: TypeAlias = Callable[[float], float]
"""Bytes -> how far down they stand."""

CURVE = 110.0
"""Height of the curve."""

SLOT, LOWEST, HIGHEST = 18.0, 90.0, 520.0
"""Height of the arena: for each piece of it, at least, and at most."""

ROW, ROWS = 15.0, 420.0
"""Height of a row, and of all rows of a band at most."""

LABELED = 11.0
"""How far apart the names of steps stand at least."""

LONGEST = 120.0
"""How long the name of a step may be."""

HEAD = 16.0
"""Height of the line above a panel."""

TOP = 30.0
"""The same above the curve, where the peak is named."""

GAP = 12.0
"""Below a panel."""


# How much


def curve(columns: Columns) -> Block:
    """Give how many bytes are held at each step, and how many of them are needed."""
    times = columns.times
    levels = ticks(max(times.held), 4)
    high = max(levels[-1], *times.held, 1)

    def down(nbytes: float) -> float:
        return TOP + CURVE * (1 - nbytes / high)

    drawn = [
        caption("bytes held, and in use (filled)"),
        f'<path class="used" d="{stairs(columns, times.used, down)}V{number(down(0))}H{LEFT}Z"/>',
        *grid(columns, levels, down),
        f'<path class="held" d="{stairs(columns, times.held, down)}"/>',
        *peak_mark(columns, down),
        *hovers(columns),
    ]
    return Block("\n".join(drawn), columns.width, TOP + CURVE + GAP)


def stairs(columns: Columns, levels: Sequence[int], down: Down) -> str:
    """Give a curve that is level within each step."""
    words = [f"M{number(LEFT)} {number(down(levels[0]))}"]
    for place, level in enumerate(levels):
        words.append(f"V{number(down(level))}H{number(columns.left(place + 2))}")
    return "".join(words)


def peak_mark(columns: Columns, down: Down) -> Iterator[str]:
    """Give the mark at the peak, and the line where most is in use."""
    times = columns.times
    across = columns.left(times.peak) + columns.column / 2
    top = down(times.held[times.peak - 1])
    yield f'<circle class="peak" cx="{number(across)}" cy="{number(top)}" r="3.5"/>'
    yield from beside(columns, across, top - 5, f"peak {size_text(max(times.held))}")
    busiest = columns.left(times.busiest) + columns.column / 2
    used = down(max(times.used))
    yield line(busiest, used, busiest, down(0), "busy")
    words = f"step {times.busiest}: {size_text(max(times.used))} in use"
    yield from beside(columns, busiest, min(used + 16, down(0) - 4), words)


def beside(columns: Columns, across: float, down: float, words: str) -> Iterator[str]:
    """Give a text at the right of a point, or at its left where there is no room."""
    ends = across + 8 + width(words, SMALL) > columns.width
    look, shift = ("right", -7) if ends else ("left", 7)
    yield f'<g class="{look}">{text(across + shift, down, words)}</g>'


def ticks(top: float, count: int) -> list[int]:
    """Give even numbers of bytes from 0 up to a number or just below it.

    Example:
        >>> ticks(4396, 4), ticks(33_032_320, 4)
        ([0, 2048, 4096], [0, 8388608, 16777216, 25165824])
    """
    step = 1
    while step * count < top:
        step *= 2
    while step > 1 and top / step < count / 2:
        step //= 2
    return list(range(0, int(top) + 1, step))


def grid(columns: Columns, levels: Sequence[int], down: Down) -> Iterator[str]:
    """Give lines at some numbers of bytes, and the numbers."""
    for level in levels:
        place = down(level)
        yield f'<g class="grid">{line(LEFT, place, columns.width, place)}</g>'
        yield f'<g class="right">{text(LEFT - 6, place + 3.5, size_text(level))}</g>'


def caption(words: str) -> str:
    """Give the line above a panel."""
    return f'<g class="left">{text(LEFT, SMALL, words)}</g>'


# Where


def arena(columns: Columns) -> Block:
    """Give the arena: which bytes of it belong to which value, and when."""
    times = columns.times
    total = times.plan.arena
    lives = [life for life in times.lives if life.offset is not None and not life.is_view]
    if not lives:
        return Block(caption("no arena: no step writes into memory of the plan"), 0, HEAD + GAP)
    pieces = len({life.offset for life in lives})
    high = min(max(SLOT * pieces, LOWEST), HIGHEST)

    def down(nbytes: float) -> float:
        return HEAD + high * (1 - nbytes / max(total, 1))  # empty arrays take nothing

    wholes = columns.hollow()
    levels = ticks(total, 5)
    drawn = [caption(f"arena, {size_text(total)}, by offset"), *grid(columns, levels, down)]
    placed = []
    for life in sorted(lives, key=lambda life: isinstance(life.place, Part)):
        start = life.offset or 0
        size = life.place.size if isinstance(life.place, Slot) else life.nbytes
        placed.append((life, columns.rect(life, down(start + size), down(start))))
        drawn += columns.draw(*placed[-1], hollow=life.value in wholes)
    drawn += columns.links(placed)
    return Block("\n".join(drawn), columns.width, HEAD + high + 4)


def band_panel(columns: Columns, band: Band) -> Block:
    """Give rows of values that lie elsewhere."""
    high = max(min(ROW, ROWS / len(band.rows)), 2.0)
    size = f", {size_text(band.nbytes)}" if band.nbytes else ""
    words = f"{band.name}: {sum(map(len, band.rows))}{size}"
    tops = [HEAD + place * high for place in range(len(band.rows))]
    placed = [
        (life, columns.rect(life, top + 1, top + high - 1))
        for top, row in zip(tops, band.rows, strict=True)
        for life in row
    ]
    drawn = [caption(words)]
    for life, rect in placed:
        drawn += columns.draw(life, rect)
    drawn += columns.links(placed)
    return Block("\n".join(drawn), columns.width, HEAD + high * len(band.rows) + GAP)


def copies_panel(columns: Columns) -> Block:
    """Give the copies that are made so that results own their memory; they are no values."""
    found = [moment for moment in columns.times.moments if moment.act is Act.COPY]
    if not found:
        return Block("", 0, 0)
    drawn = [caption(f"copies: {len(found)}")]
    for place, moment in enumerate(found):
        top, value = HEAD + place * ROW, moment.reads[0]
        left, right = columns.left(moment.number), columns.left(columns.times.end + 1)
        words = f"copy of {value.name} for the {moment.why}"
        rect = Rect(left, top + 1, right, top + ROW - 1)
        drawn.append(f'<g class="copy part-forward">{spoken(words)}{box(rect, "shape", 0.5)}</g>')
    return Block("\n".join(drawn), columns.width, HEAD + ROW * len(found) + GAP)


# When


def steps_panel(columns: Columns) -> Block:
    """Give the numbers and names of the steps, and which of them are done in blocks."""
    names = [
        *enumerate(map(name_of, columns.times.moments), start=1),
        (columns.times.end, "return"),
    ]
    every = ceil(LABELED / columns.column)
    shown = [item for item in names[:-every] if (item[0] - 1) % every == 0] + names[-1:]
    high = max(width(words, SMALL) for _, words in shown) + 10
    drawn = [label(columns, number_of, words) for number_of, words in shown]
    blocks = list(columns.times.blocks())
    for step, first, last in blocks:
        left, right = columns.left(first) + 2, columns.left(last + 1) - 2
        drawn.append(line(left, high + 3, right, high + 3, "held"))
        threads = f" on {step.threads} threads" if step.threads > 1 else ""
        words = f"in {step.number} blocks{threads}"
        drawn.append(f'<g class="left">{text(left, high + 15, words)}</g>')
    return Block("\n".join(drawn), columns.width, high + (20 if blocks else 0) + GAP)


def name_of(moment: Moment) -> str:
    """Give the number and the op of a moment, as long as there is room."""
    return shorten(visible(f"{moment.number} {moment.label}"), LONGEST, SMALL)


def label(columns: Columns, number_of: int, words: str) -> str:
    """Give the name of a step, written upwards."""
    across = columns.left(number_of) + columns.column / 2 + SMALL * 0.35
    turned = f'transform="translate({number(across)} 4) rotate(-90)"'
    return f'<g class="right" {turned}>{text(0, 0, words)}</g>'


def hovers(columns: Columns) -> Iterator[str]:
    """Give for each step what says its name to who points at it."""
    for moment in columns.times.moments:
        left, right = columns.left(moment.number), columns.left(moment.number + 1)
        rect = Rect(left, TOP, right, TOP + CURVE)
        data = {"class": "step", "data-step": str(moment.number), "data-op": moment.label}
        words = f"{moment.number} {moment.label}: {moment.name}"
        yield f"<g{attributes(data)}>{spoken(words)}{box(rect, 'column')}</g>"
