"""``histograms``: how the values of arrays are spread, once or over time."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from graphnet.data.intervals import edges
from graphnet.plot.sheet import (
    File,
    add_heading,
    add_note,
    checked,
    finish,
    new_figure,
    panels,
    unusable,
)
from graphnet.plot.style import DIM, PALETTE, SMALL, number, shorten, tint
from graphnet.typing import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["histograms"]

MOST = 120  # panels
COLUMNS = 4
LETTERS = 30  # of a name above a panel
WIDTH, HEIGHT = 3.2, 2.4  # inches of a panel


def histograms(
    weights: Any,
    *names: str,
    bins: int = 40,
    title: str | None = None,
    path: File | None = None,
) -> "Figure":
    """Draw how the values of arrays are spread, one panel for each.

    Over time, a panel has a column per step: the darker, the more values are there.

    Args:
        weights: Mapping from names to arrays, as ``{variable.name: value}``. Over time, a list of
            such mappings, or a mapping from steps or epochs (numbers) to them.
        names: The arrays to draw; all if there are none.
        bins: Number of intervals.
        title: Stands above all.
        path: File to write, ``.svg``, ``.pdf`` or ``.png``.

    Returns:
        The figure; a notebook shows it.

    Raises:
        ArgumentError: There is nothing to draw, or what there is has another form.
        DependencyError: Matplotlib is missing.

    Example:
        >>> import numpy as np
        >>> import graphnet as gn
        >>> weights = {"dense/weight": np.linspace(-1, 1, 100), "dense/bias": np.zeros(10)}
        >>> figure = gn.plot.histograms(weights)
        >>> [axes.get_title(loc="left") for axes in figure.axes]
        ['dense/weight', 'dense/bias']
    """
    target = checked(path, "histograms")
    if bins < 1:
        raise unusable(f"histograms: expected 1 bin or more, found {bins}")
    times, rows = over_time(weights)
    wanted = selected(rows, names)
    columns = min(len(wanted), COLUMNS)
    lines = -(-len(wanted) // columns)
    figure = new_figure(WIDTH * columns + 0.2, HEIGHT * lines, title)
    for index, (axes, name) in enumerate(
        zip(panels(figure, len(wanted), columns), wanted, strict=True)
    ):
        add_heading(axes, shorten(str(name), LETTERS))
        arrays = [values(row[name], name) if name in row else np.empty(0) for row in rows]
        axes.set_xlabel("value" if times is None else "step")
        if index % columns == 0:
            axes.set_ylabel("count" if times is None else "value")
        if times is None:
            draw_once(axes, arrays[0], bins)
        else:
            draw_over_time(axes, times, arrays, bins)
    return finish(figure, target)


def over_time(weights: Any) -> tuple[Array | None, list[Mapping[str, Any]]]:
    """Give the steps, None if there is no time, and a mapping from names to arrays for each."""
    times: Array | None = None
    rows: list[Any] = [weights]
    if isinstance(weights, Mapping) and any(isinstance(row, Mapping) for row in weights.values()):
        times, rows = moments(weights), list(weights.values())
    elif isinstance(weights, Sequence) and not isinstance(weights, str):
        times, rows = np.arange(len(weights)), list(weights)
    if not all(isinstance(row, Mapping) for row in rows):
        raise unusable(
            f"histograms: expected a mapping from names to arrays, found {weights!r:.60}",
            "histograms over time take a list of mappings",
        )
    return times, rows


def moments(weights: Mapping[Any, Any]) -> Array:
    """Give the steps that mappings belong to, which must rise."""
    try:
        times = np.array([float(step) for step in weights])
    except (TypeError, ValueError):
        times = np.array([np.nan])
    if not np.isfinite(times).all() or (np.diff(times) <= 0).any():
        raise unusable(
            f"histograms: expected steps that rise, found {list(weights)!r:.60}",
            "over time, weights are {step: {name: array}}",
        )
    return times


def selected(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> list[str]:
    """Give the names of what is drawn."""
    known = list(dict.fromkeys(name for row in rows for name in row))
    if not known:
        raise unusable("histograms: there are no arrays to draw")
    for name in names:
        if name not in known:
            hint = f"there are {', '.join(map(repr, known[:8]))}"
            raise unusable(f"histograms: there is no array {name!r}", hint)
    wanted = list(dict.fromkeys(names)) or known
    if len(wanted) > MOST:
        raise unusable(
            f"histograms: {len(wanted)} arrays are too many for one figure (at most {MOST})",
            "name those to draw",
        )
    return wanted


def values(array: Any, name: str) -> Array:
    """Give the values of an array in one row."""
    found = np.asarray(array)
    if found.dtype.kind not in "biuf":
        raise unusable(f"histograms: {name!r} holds no real numbers, but {found.dtype}")
    return found.ravel().astype(float)


def draw_once(axes: "Axes", array: Array, bins: int) -> None:
    """Draw a histogram, and write mean and standard deviation above it."""
    borders = edges(array, bins)
    finite = array[np.isfinite(array)]
    if borders is None:
        add_note(axes, "no finite value" if array.size else "no value")
        axes.set(xticks=[], yticks=[])
        return
    counts, _ = np.histogram(finite, borders)
    axes.stairs(counts, borders, fill=True, color=PALETTE[0])
    axes.set_ylim(bottom=0)
    axes.locator_params(axis="x", nbins=5)
    axes.locator_params(axis="y", nbins=5, integer=True)
    text = f"mean {number(finite.mean())}, deviation {number(finite.std())}"
    if lost := array.size - finite.size:
        text += f"\n{lost:,} of {array.size:,} values not finite"
    add_remark(axes, text)


def add_remark(axes: "Axes", text: str) -> None:
    """Write small below the title of axes, above the data."""
    axes.annotate(
        text,
        (0, 1),
        (0, 3),
        xycoords="axes fraction",
        textcoords="offset points",
        va="bottom",
        fontsize=SMALL,
        color=DIM,
    )
    axes.set_title(axes.get_title(loc="left"), loc="left", pad=16 + 11 * text.count("\n"))


def draw_over_time(axes: "Axes", times: Array, arrays: Sequence[Array], bins: int) -> None:
    """Draw a column per step, the darker, the larger the share of values that are there."""
    borders = edges(np.concatenate(arrays), bins)
    if borders is None:
        add_note(axes, "no finite value")
        axes.set(xticks=[], yticks=[])
        return
    counts = np.stack([np.histogram(array[np.isfinite(array)], borders)[0] for array in arrays])
    most = counts.max(axis=1, keepdims=True)
    # The root lets sparse tails be seen, too.
    strength = np.sqrt(counts / np.maximum(most, 1))
    axes.pcolormesh(columns(times), borders, tint(PALETTE[0], strength.T), rasterized=True)
    axes.locator_params(axis="x", nbins=5, integer=True)
    axes.locator_params(axis="y", nbins=5)
    lost = sum(int(array.size - np.isfinite(array).sum()) for array in arrays)
    if lost:
        add_remark(axes, f"{lost:,} values not finite")


def columns(times: Array) -> Array:
    """Give the borders of columns around steps."""
    if len(times) == 1:
        return np.array([times[0] - 0.5, times[0] + 0.5])
    middle = (times[1:] + times[:-1]) / 2
    first, last = times[0] - (middle[0] - times[0]), times[-1] + (times[-1] - middle[-1])
    return np.concatenate([[first], middle, [last]])
