"""``curves``: losses and metrics over the epochs."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from graphnet.metrics.direction import direction
from graphnet.plot.runs import PARTS, History, Series, alone, grouped, metrics, stacked
from graphnet.plot.sheet import (
    File,
    add_crosses,
    add_legend,
    add_note,
    checked,
    finish,
    legend_columns,
    legend_rows,
    new_figure,
    panels,
    unusable,
)
from graphnet.plot.style import (
    DIM,
    MARKERS,
    PALETTE,
    PAPER,
    Color,
    color_and_marker,
    number,
    shorten,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["curves"]

Groups: TypeAlias = Mapping[str, Sequence[History]]

DASHES = dict(zip(PARTS, ("-", "--", ":"), strict=True))
LETTERS = 24  # of a label
LINE = 46  # letters of a line of the legend that has two columns
LONGEST = 54  # letters of a line of the legend that has one
WIDTH, HEIGHT = 4.8, 2.9  # inches of a panel, without its legend


def curves(
    history: Any,
    *names: str,
    log: bool | str | Collection[str] = False,
    best: bool = True,
    title: str | None = None,
    path: File | None = None,
) -> "Figure":
    """Draw losses and metrics over the epochs, one panel for each.

    What belongs together has one color: values in training are solid lines, values on validation
    data (``"validation_loss"``, ``"val_loss"``) dashed, on test data (``"test_loss"``) dotted. Of
    several runs the mean is drawn, between one standard deviation below and above. Runs that are
    shorter than others are left out of the mean where they have ended; so are values that are not
    finite, of which crosses at the bottom tell. ``None`` says that an epoch was not measured.

    Args:
        history: One run, as ``{"loss": [0.7, 0.4], "validation_loss": [0.8, 0.6]}``; or a list of
            runs; or, to compare, a mapping from labels to runs or lists of runs.
        names: The metrics to draw; all if there are none.
        log: Whether vertical axes are logarithmic, or the metric or metrics that are drawn so.
        best: Whether to mark the best epoch (by the mean, on validation data if there are any) of
            metrics whose names tell whether low or high is good.
        title: Stands above all.
        path: File to write, ``.svg``, ``.pdf`` or ``.png``.

    Returns:
        The figure; a notebook shows it.

    Raises:
        ArgumentError: There is nothing to draw, or what there is has another form.
        DependencyError: Matplotlib is missing.

    Example:
        >>> import graphnet as gn
        >>> run = {"loss": [0.9, 0.5, 0.3], "validation_loss": [0.9, 0.6, 0.7]}
        >>> figure = gn.plot.curves(run)
        >>> axes, = figure.axes
        >>> [text.get_text() for text in axes.get_legend().get_texts()]
        ['training', 'validation', 'best: 0.6 at epoch 2']
    """
    target = checked(path, "curves")
    groups = grouped(history)
    limit = len(PALETTE) * len(MARKERS)
    if len(groups) > limit:
        raise unusable(
            f"curves: {len(groups)} labels are more than can be told apart ({limit})",
            "draw them in several figures",
        )
    drawn = metrics(groups, names)
    columns = min(len(drawn), 2 if len(drawn) in (2, 4) else 3)
    figure = new_figure(WIDTH * columns, HEIGHT, title)
    sheets = panels(figure, len(drawn), columns)
    lines = [
        Panel(axes, metric, is_among(metric, log), best).draw(groups)
        for axes, metric in zip(sheets, drawn, strict=True)
    ]
    rows = -(-len(drawn) // columns)
    figure.set_figheight(figure.get_figheight() - HEIGHT + rows * (HEIGHT + 0.17 * max(lines)))
    return finish(figure, target)


@dataclass
class Panel:
    """The curves of one metric."""

    axes: "Axes"
    metric: str
    log: bool
    best: bool
    handles: list[Any] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)

    def draw(self, groups: Groups) -> int:
        """Draw the curves of all groups, and give the number of lines of the legend."""
        series = {
            label: {
                part: found
                for part in PARTS
                if (found := stacked(runs, self.metric, part)) and found.epochs.size
            }
            for label, runs in groups.items()
        }
        every = [found for parts in series.values() for found in parts.values()]
        self.draw_axes(every)
        for index, (label, parts) in enumerate(series.items()):
            if parts:
                self.draw_group(label, parts, *color_and_marker(index))
        self.explain(series)
        self.span(every)
        columns = legend_columns(self.labels, LINE)
        add_legend(self.axes, self.handles, self.labels, columns)
        return legend_rows("\n".join(self.labels).count("\n") + 1, columns)

    def draw_axes(self, every: Sequence[Series]) -> None:
        """Label the axes, and choose what the horizontal one spans."""
        self.axes.set_xlabel("epoch")
        self.axes.set_ylabel(shorten(self.metric.replace("_", " "), 36), parse_math=False)
        last = max((int(found.epochs[-1]) for found in every), default=1)
        margin = 0.5 if last == 1 else min(0.02 * last, 0.5)
        self.axes.set_xlim(1 - margin, last + max(0.02 * last, margin))
        self.axes.locator_params(axis="x", integer=True)
        if last == 1:
            self.axes.set_xticks([1])

    def span(self, every: Sequence[Series]) -> None:
        """Choose what the vertical axis spans.

        A logarithmic one ends at the lowest value, where the band may reach to 0. Crosses at the
        bottom get room below the curves.
        """
        values = np.concatenate([found.mean() for found in every] or [np.empty(0)])
        if not np.isfinite(values).any():
            add_note(self.axes, "no finite value" if values.size else "no value")
            self.axes.set_yticks([])
            return
        room = 0.08 * any(found.broken.any() for found in every)
        if not self.log:
            low, high = self.axes.get_ylim()
            self.axes.set_ylim(low - room * (high - low), high)
            return
        if not (values > 0).any():
            raise unusable(
                f"curves: {self.metric!r} has no value above 0, as a logarithmic axis needs",
                "log=False, or the names of other metrics",
            )
        self.axes.set_yscale("log", nonpositive="clip")
        low, high = values[values > 0].min() / 1.3, self.axes.get_ylim()[1]
        self.axes.set_ylim(low / (high / low) ** room, high)

    def draw_group(
        self, label: str, parts: Mapping[str, Series], color: Color, marker: str
    ) -> None:
        """Draw the curves of one group, which share a color."""
        lines = {
            part: self.draw_series(found, color, marker, part) for part, found in parts.items()
        }
        most = max(parts.values(), key=lambda found: len(found.values))
        runs = most.runs() if len(most.values) > 1 else ""
        ring = self.mark_best(parts, color) if self.best else None
        if label:
            name = shorten(label, LETTERS) + (f" ({runs})" if runs else "")
            best = f"best {ring[1]}" if ring else ""
            gap = ": " if len(name) + len(best) < LONGEST else ":\n"
            self.enter(next(iter(lines.values())), f"{name}{gap}{best}" if ring else name)
            return
        for part, line in lines.items():
            self.enter(line, f"{part}, mean of {runs}" if runs else part)
        if ring:
            self.enter(ring[0], f"best: {ring[1]}")

    def draw_series(self, found: Series, color: Color, marker: str, part: str) -> Any:
        """Draw one curve, and give its line."""
        mean, spread = found.mean(), found.deviation()
        if np.isfinite(spread).any():
            self.axes.fill_between(
                found.epochs,
                mean - spread,
                mean + spread,
                where=np.isfinite(spread).tolist(),
                color=color,
                alpha=0.15,
                linewidth=0,
            )
        single = alone(mean)
        (line,) = self.axes.plot(
            found.epochs,
            mean,
            color=color,
            linestyle=DASHES[part],
            linewidth=1.8,
            marker=marker or ("o" if single else ""),
            markersize=4.5,
            markerfacecolor=color if part == "training" else PAPER,
            markevery=spaced(len(mean)) if marker else single,
        )
        add_crosses(self.axes, found.epochs[found.broken], color)
        return line

    def mark_best(self, parts: Mapping[str, Series], color: Color) -> tuple[Any, str] | None:
        """Put a ring around the best epoch, and say where it is."""
        found = parts.get("validation") or parts.get("training")
        sign = direction(self.metric)
        place = found.best(sign) if found and sign else None
        if found is None or place is None:
            return None
        epoch, value = int(found.epochs[place]), float(found.mean()[place])
        (ring,) = self.axes.plot(
            [epoch],
            [value],
            color=color,
            linestyle="none",
            marker="o",
            markersize=9,
            markerfacecolor="none",
            markeredgewidth=1.8,
            zorder=5,
            gid="best",
        )
        return ring, f"{number(value)} at epoch {epoch}"

    def explain(self, series: Mapping[str, Mapping[str, Series]]) -> None:
        """Add to the legend what all curves have in common."""
        every = [found for parts in series.values() for found in parts.values()]
        parts = [part for part in PARTS if any(part in group for group in series.values())]
        if set(series) != {""} and len(parts) > 1:
            for part in parts:
                (line,) = self.axes.plot([], [], color=DIM, linestyle=DASHES[part], linewidth=1.8)
                self.enter(line, part)
        if any(np.isfinite(found.deviation()).any() for found in every):
            band = self.axes.fill_between([], [], color=DIM, alpha=0.25, linewidth=0)
            self.enter(band, "± one standard deviation")
        if any(found.broken.any() for found in every):
            (cross,) = self.axes.plot([], [], color=DIM, linestyle="none", marker="x", markersize=5)
            self.enter(cross, "not finite")

    def enter(self, handle: Any, label: str) -> None:
        """Add to the legend."""
        self.handles.append(handle)
        self.labels.append(label)


def is_among(metric: str, chosen: bool | str | Collection[str]) -> bool:
    """Whether a metric is one of those chosen: all, none, one, or several."""
    if isinstance(chosen, bool):
        return chosen
    return metric == chosen if isinstance(chosen, str) else metric in chosen


def spaced(count: int) -> int:
    """Give the distance of markers that leaves about eight of them."""
    return max(1, count // 8)
