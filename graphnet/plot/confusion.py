"""``confusion_matrix``: which classes are taken for which."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from graphnet.plot.sheet import File, add_heading, checked, finish, new_figure, panels, unusable
from graphnet.plot.style import DEEP, DIM, SMALL, ink_on, number, shorten, tint
from graphnet.typing import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["confusion_matrix"]

MOST = 100  # classes
FEW = 20  # classes whose cells have room for larger letters
LETTERS = 24  # of a name


def confusion_matrix(
    matrix: Any,
    names: Sequence[str] | None = None,
    *,
    title: str | None = None,
    path: File | None = None,
) -> "Figure":
    """Draw which classes were taken for which.

    Every cell shows how many examples of the class of its row were predicted to be of the class of
    its column, and which share of the row they are, which is also its color. Cells without examples
    are empty.

    Args:
        matrix: Shape (classes, classes), with 2 to 100 classes: rows are true classes, columns
            predicted ones.
        names: Names of the classes; their numbers if there are none.
        title: Stands above all.
        path: File to write, ``.svg``, ``.pdf`` or ``.png``.

    Returns:
        The figure; a notebook shows it.

    Raises:
        ArgumentError: The matrix is not square, has too few or too many classes, holds no counts,
            or has another number of classes than there are names.
        DependencyError: Matplotlib is missing.

    Example:
        >>> import graphnet as gn
        >>> figure = gn.plot.confusion_matrix([[50, 3], [0, 47]], ["outside", "inside"])
        >>> [text.get_text() for text in figure.axes[0].texts]
        ['50', '94.3%', '3', '5.7%', '47', '100%']
        >>> figure.axes[0].get_title(loc="left")
        '97% of 100 right'
    """
    target = checked(path, "confusion_matrix")
    counts = counted(matrix)
    titles = class_names(names, len(counts))
    totals = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, totals, out=np.zeros_like(counts), where=totals > 0)
    size = SMALL + 1 if len(counts) <= FEW else SMALL - 1
    widest = max(len(number(count)) for count in counts.flat)
    side = max(size * 0.65 * max(widest, 5) + 6, 0.62 * 72 if len(counts) <= FEW else 28) / 72
    room = max(map(len, titles)) * SMALL * 0.65 / 72
    edge = max(side * len(counts), 1.6)
    upright = room > side
    below = room if upright else SMALL / 72
    figure = new_figure(edge + room + 0.6, edge + below + 0.75, title)
    (axes,) = panels(figure, 1, 1)
    draw_cells(axes, counts, shares, size)
    draw_axes(axes, titles, upright=upright)
    right = np.trace(counts) / counts.sum()
    add_heading(axes, f"{percent(right)} of {number(counts.sum())} right")
    return finish(figure, target)


def counted(matrix: Any) -> Array:
    """Check that a matrix holds counts."""
    found = np.asarray(matrix)
    if found.ndim != 2 or found.shape[0] != found.shape[1]:
        raise unusable(
            f"confusion_matrix: expected a square matrix, found shape {found.shape}",
            "rows are true classes, columns predicted ones",
        )
    if not 2 <= len(found) <= MOST:
        raise unusable(
            f"confusion_matrix: expected 2 to {MOST} classes, found {len(found)}",
            "choose those that are confused most" if len(found) > MOST else None,
        )
    if found.dtype.kind not in "biuf" or not np.isfinite(found).all() or (found < 0).any():
        raise unusable("confusion_matrix: expected counts, found values that are not finite or < 0")
    if not found.any():
        raise unusable("confusion_matrix: the matrix counts no examples")
    return found.astype(float)


def class_names(names: Sequence[str] | None, count: int) -> list[str]:
    """Give the names of the classes, short enough for the axes."""
    if names is None:
        return [str(index) for index in range(count)]
    if len(names) != count:
        raise unusable(f"confusion_matrix: {count} classes, and {len(names)} names")
    return [shorten(str(name), LETTERS) for name in names]


def draw_cells(axes: "Axes", counts: Array, shares: Array, size: float) -> None:
    """Draw the colored cells, and the numbers in them."""
    colors = tint(DEEP, shares)
    borders = np.arange(len(counts) + 1) - 0.5
    # A mesh is drawn several times as fast as an image of the size that many cells need.
    axes.pcolormesh(borders, borders, colors)
    axes.set(xlim=borders[[0, -1]], ylim=borders[[-1, 0]], aspect="equal")
    for row, column in zip(*counts.nonzero(), strict=True):
        ink = ink_on(colors[row, column])
        for text, points, where in (
            (number(counts[row, column]), size, "bottom"),
            (percent(shares[row, column]), size - 1, "top"),
        ):
            axes.text(
                column,
                row,
                text,
                ha="center",
                va=where,
                fontsize=points,
                color=ink,
                in_layout=False,  # a cell contains it, and measuring ten thousand takes long
            )


def draw_axes(axes: "Axes", titles: Sequence[str], *, upright: bool) -> None:
    """Name rows and columns; upright names fit below narrow columns."""
    ticks = range(len(titles))
    axes.set_xticks(ticks, titles, rotation=90 if upright else 0, parse_math=False)
    axes.set_yticks(ticks, titles, parse_math=False)
    axes.set_xlabel("predicted class")
    axes.set_ylabel("true class")
    axes.grid(visible=False)
    axes.tick_params(length=0)
    axes.spines[:].set(visible=True, color=DIM)


def percent(share: float) -> str:
    """Write a share so that only 0 and 1 look like them.

    Example:
        >>> percent(1.0), percent(0.9999), percent(0.5), percent(0.0001)
        ('100%', '>99.9%', '50%', '<0.1%')
    """
    if 0 < share < 0.001:
        return "<0.1%"
    if 0.999 < share < 1:
        return ">99.9%"
    return f"{100 * share:.1f}".removesuffix(".0") + "%"
