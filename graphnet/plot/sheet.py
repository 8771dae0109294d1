"""The figures that pictures are drawn in: made without pyplot, so that nothing global changes."""

from collections.abc import Sequence
from functools import partial
from io import BytesIO
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from graphnet.errors import ArgumentError, DependencyError
from graphnet.ir.context import creation_site
from graphnet.plot.style import DIM, GRID, INK, NORMAL, PAPER, SMALL, TITLE, Color
from graphnet.typing import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "File",
    "add_crosses",
    "add_heading",
    "add_legend",
    "add_note",
    "checked",
    "finish",
    "legend_columns",
    "legend_rows",
    "new_figure",
    "panels",
    "unusable",
]

File: TypeAlias = str | PathLike[str]

FORMATS = (".svg", ".pdf", ".png")
BELOW = 0.5  # inches from axes to their legend: ticks and label are between them
DOTS = 150  # per inch, of PNG files
RESOLUTION = 144  # of pictures in notebooks, which are shown at half the size


def unusable(headline: str, hint: str | None = None) -> ArgumentError:
    """Make the error for an argument that no picture can be made of."""
    return ArgumentError(headline, at=str(creation_site()), hint=hint)


def checked(path: File | None, what: str) -> Path | None:
    """Give the file to write, if any.

    Raises:
        ArgumentError: Its suffix names no format.
    """
    if path is None:
        return None
    target = Path(path)
    if target.suffix.lower() not in FORMATS:
        raise unusable(
            f"{what}: {target.name!r} has no suffix that names a format",
            f"use one of {', '.join(FORMATS)}",
        )
    return target


def new_figure(width: float, height: float, title: str | None = None) -> "Figure":
    """Make an empty figure that a notebook can show.

    Args:
        width: In inches.
        height: In inches, without the title.
        title: Stands above all.

    Raises:
        DependencyError: Matplotlib is missing.
    """
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415  # only those who plot need it
    except ImportError as error:
        raise DependencyError(
            "plot: the package `matplotlib` is missing",
            at=str(creation_site()),
            hint="pip install matplotlib",
        ) from error
    figure = Figure((width, height + 0.3 * bool(title)), facecolor=PAPER, layout="constrained")
    if title:
        figure.suptitle(title, fontsize=TITLE + 1, color=INK, parse_math=False)
    # Pickles and copies carry a partial along; a class of our own would need the import above.
    vars(figure)["_repr_png_"] = partial(to_png, figure)
    return figure


def to_png(figure: "Figure") -> tuple[bytes, dict[str, Any]]:
    """Give what a notebook shows: a PNG, and the size to show it at."""
    stream = BytesIO()
    figure.savefig(stream, format="png", dpi=RESOLUTION, facecolor=PAPER)
    width, height = figure.get_size_inches() * RESOLUTION / 2
    return stream.getvalue(), {"width": round(width), "height": round(height)}


def finish(figure: "Figure", target: Path | None) -> "Figure":
    """Write the file, if there is one to write, and give the figure."""
    if target is not None:
        from matplotlib import rc_context  # noqa: PLC0415  # only those who plot need it

        dates = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}  # equal bytes every day
        suffix = target.suffix.lower()
        target.parent.mkdir(parents=True, exist_ok=True)
        with rc_context({"svg.hashsalt": "graphnet"}):  # names in SVG files are random without it
            figure.savefig(
                target, format=suffix[1:], dpi=DOTS, facecolor=PAPER, metadata=dates.get(suffix)
            )
    return figure


def panels(figure: "Figure", count: int, columns: int) -> list["Axes"]:
    """Add axes in rows, all of one style."""
    rows = -(-count // columns)
    grid = figure.add_gridspec(rows, columns)
    found = [figure.add_subplot(grid[divmod(index, columns)]) for index in range(count)]
    for axes in found:
        dress(axes)
    return found


def dress(axes: "Axes") -> None:
    """Give axes their style: two spines, a pale grid, text that can be read."""
    axes.set_facecolor(PAPER)
    axes.grid(visible=True, color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set(color=DIM, linewidth=0.8)
    axes.tick_params(labelsize=SMALL, colors=DIM, labelcolor=INK, width=0.8, length=3)
    for label in (axes.xaxis.label, axes.yaxis.label):
        label.set(fontsize=NORMAL, color=INK)


def add_heading(axes: "Axes", text: str) -> None:
    """Write the title of axes, at their left."""
    axes.set_title(text, loc="left", fontsize=TITLE, color=INK, parse_math=False)


def add_note(axes: "Axes", text: str) -> None:
    """Write into the middle of axes why they are empty."""
    axes.text(
        0.5,
        0.5,
        text,
        transform=axes.transAxes,
        ha="center",
        va="center",
        fontsize=NORMAL,
        color=DIM,
        parse_math=False,
    )


def add_crosses(axes: "Axes", places: Array, color: Color) -> None:
    """Draw crosses at the bottom, where there are values that are not finite."""
    if len(places):
        axes.plot(
            places,
            np.full(len(places), 0.02),
            color=color,
            linestyle="none",
            marker="x",
            markersize=5,
            transform=axes.get_xaxis_transform(),
            gid="broken",
        )


def add_legend(
    axes: "Axes", handles: Sequence[Any], labels: Sequence[str], columns: int = 1
) -> None:
    """Put a legend below axes and their labels, where it covers no data."""
    if not handles:
        return
    from matplotlib.transforms import ScaledTranslation  # noqa: PLC0415  # as above

    legend = axes.legend(
        handles,
        # Matplotlib leaves out labels that begin with an underscore.
        [f"\u200b{label}" if label.startswith("_") else label for label in labels],
        loc="upper left",
        bbox_to_anchor=(0.0, 0.0),
        bbox_transform=axes.transAxes + ScaledTranslation(0, -BELOW, axes.figure.dpi_scale_trans),
        borderaxespad=0.0,
        borderpad=0.4,
        frameon=False,
        ncols=columns,
        fontsize=SMALL,
        labelcolor=INK,
        handlelength=2.2,
        columnspacing=1.4,
    )
    for text in legend.get_texts():
        text.set_parse_math(False)


def legend_columns(labels: Sequence[str], letters: int) -> int:
    """Give how many columns of labels, one or two, fit into a line of so many letters."""
    if any("\n" in label for label in labels):
        return 1
    half = legend_rows(len(labels), 2)
    left, right = (max(map(len, column), default=0) for column in (labels[:half], labels[half:]))
    return 2 if left + right <= letters else 1


def legend_rows(count: int, columns: int) -> int:
    """Give the number of lines of a legend."""
    return -(-count // columns)
