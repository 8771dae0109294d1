"""``schedule``: the learning rate over the steps."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from graphnet.optim.schedule import Schedule
from graphnet.plot.runs import alone
from graphnet.plot.sheet import (
    File,
    add_crosses,
    add_heading,
    add_legend,
    add_note,
    checked,
    finish,
    new_figure,
    panels,
    unusable,
)
from graphnet.plot.style import MARKERS, PALETTE, color_and_marker, shorten
from graphnet.typing import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["schedule"]

Rates: TypeAlias = Schedule | Callable[[int], float] | Sequence[float] | Array

WIDTH, HEIGHT = 6.0, 3.0  # inches, without the legend
LETTERS = 48  # of a line of the legend


def schedule(
    rates: Rates | Mapping[str, Rates],
    steps: int | Sequence[int] | Array | None = None,
    *,
    log: bool = False,
    title: str | None = None,
    path: File | None = None,
) -> "Figure":
    """Draw the learning rate over the steps.

    Args:
        rates: A schedule of ``gn.optim``, a function from the number of a step (from 0) to its
            rate, or the rates; or, to compare, a mapping from labels to these.
        steps: How many steps from the first on, or their numbers; without it, as many as there are
            rates, or as the schedule is long.
        log: Whether the vertical axis is logarithmic.
        title: Stands above all.
        path: File to write, ``.svg``, ``.pdf`` or ``.png``.

    Returns:
        The figure; a notebook shows it.

    Raises:
        ArgumentError: There is nothing to draw, or as many rates as steps are not there.
        ExecutionError: A schedule ends before the last step.
        DependencyError: Matplotlib is missing.

    Example:
        >>> import graphnet as gn
        >>> figure = gn.plot.schedule(lambda step: 0.1 * 0.5**step, steps=4)
        >>> line, = figure.axes[0].lines
        >>> line.get_ydata().tolist()
        [0.1, 0.05, 0.025, 0.0125]
    """
    target = checked(path, "schedule")
    several: Mapping[str, Rates] = rates if isinstance(rates, Mapping) else {"": rates}
    if not 0 < len(several) <= len(PALETTE) * len(MARKERS):
        raise unusable(f"schedule: expected 1 to {len(PALETTE) * len(MARKERS)} schedules")
    lines = {label: points(one, steps) for label, one in several.items()}
    legend = [shorten(str(label), LETTERS) for label in several if label]
    figure = new_figure(WIDTH, HEIGHT + 0.17 * len(legend), title)
    (axes,) = panels(figure, 1, 1)
    drawn = [draw_line(axes, index, *places) for index, places in enumerate(lines.values())]
    axes.set_xlabel("step")
    axes.set_ylabel("learning rate")
    span(axes, list(lines.values()), log=log)
    if any(not np.isfinite(values).all() for _, values in lines.values()):
        add_heading(axes, "crosses: not finite")
    add_legend(axes, drawn if legend else [], legend)
    return finish(figure, target)


def points(rates: Rates, steps: int | Sequence[int] | Array | None) -> tuple[Array, Array]:
    """Give numbers of steps, and their rates."""
    if callable(rates):
        length = rates.length if isinstance(rates, Schedule) else None
        places = numbered(length if steps is None else steps)
        if isinstance(rates, Schedule):
            return places, rates.values(places)
        return places, listed([rates(int(step)) for step in places])
    values = listed(rates)
    places = numbered(len(values) if steps is None else steps)
    if len(places) != len(values):
        raise unusable(
            f"schedule: {len(values)} rates for {len(places)} steps", "give one rate per step"
        )
    return places, values


def numbered(steps: int | Sequence[int] | Array | None) -> Array:
    """Give the numbers of the steps."""
    if steps is None:
        raise unusable("schedule: this one has no end", "say how many steps to draw: steps=1000")
    places = np.arange(steps) if isinstance(steps, int | np.integer) else np.asarray(steps)
    if places.ndim != 1 or not places.size or places.dtype.kind not in "iu":
        raise unusable(
            f"schedule: {steps!r:.60} are no steps", "give how many there are, or their numbers"
        )
    return places


def listed(rates: Any) -> Array:
    """Give rates as an array.

    Raises:
        ArgumentError: They are no row of numbers.
    """
    try:
        values = np.asarray(rates, dtype=float)
    except (TypeError, ValueError):
        values = np.empty((0, 0))
    if values.ndim != 1 or not values.size:
        raise unusable(
            f"schedule: expected one rate per step, found {rates!r:.60}",
            "what gives tensors is made a schedule by gn.optim.Schedule(text, function)",
        )
    return values


def draw_line(axes: "Axes", index: int, steps: Array, values: Array) -> Any:
    """Draw the line of one schedule."""
    color, marker = color_and_marker(index)
    finite = np.isfinite(values)
    single = alone(values)
    (line,) = axes.plot(
        steps,
        np.where(finite, values, np.nan),
        color=color,
        linewidth=1.8,
        marker=marker or ("o" if single else ""),
        markersize=4.5,
        markevery=max(1, len(steps) // 8) if marker else single,
    )
    add_crosses(axes, steps[~finite], color)
    return line


def span(axes: "Axes", lines: Sequence[tuple[Array, Array]], *, log: bool) -> None:
    """Choose what the axes span: from 0 on where no rate is negative, unless logarithmic."""
    values = np.concatenate([values for _, values in lines])
    finite = values[np.isfinite(values)]
    steps = np.concatenate([steps for steps, _ in lines])
    axes.locator_params(axis="x", integer=True)
    if steps.min() == steps.max():
        axes.set_xticks([steps[0]])
    if not finite.size:
        add_note(axes, "no finite value")
        axes.set_yticks([])
    elif log:
        if (finite <= 0).all():
            raise unusable("schedule: no rate is above 0, which a logarithmic axis needs")
        axes.set_yscale("log", nonpositive="mask")
    elif finite.min() >= 0:
        axes.set_ylim(0, finite.max() * 1.08 or 1.0)
