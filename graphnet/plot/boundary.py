"""``decision_boundary``: what a classifier says of the plane, and the data on top."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from graphnet.plot.sheet import (
    File,
    add_legend,
    checked,
    finish,
    legend_columns,
    legend_rows,
    new_figure,
    panels,
    unusable,
)
from graphnet.plot.style import INK, PALETTE, PAPER, shorten, tint
from graphnet.typing import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["decision_boundary"]

RESOLUTION = 300  # points along the longer side
MARGIN = 0.05  # of the extent of the points, around them
STRENGTH = 0.45  # of the background where the prediction is certain
FLATTEST = 1 / 3  # shorter side by longer side
SIDE = 4.6  # inches of the longer side
LINE = 34  # letters of a line of the legend that has two columns


class Verdict(NamedTuple):
    """What a classifier says of points.

    Attributes:
        classes: Shape (points,); numbers of classes.
        certainty: Shape (points,); from 0 (undecided) to 1.
        margins: Shape (classes, points); above 0 where the class is the one chosen.
    """

    classes: Array
    certainty: Array
    margins: Array


def decision_boundary(
    predict: Callable[[Array], Any],
    points: Any,
    labels: Any,
    *,
    threshold: float | None = None,
    names: Sequence[str] | None = None,
    axes_names: tuple[str, str] = ("x₁", "x₂"),
    title: str | None = None,
    path: File | None = None,
) -> "Figure":
    """Draw what a classifier says of the plane, and data on top.

    The background has the color of the predicted class, paler where probabilities are near each
    other. Points that are classified rightly are dots, the others crosses, both in the color of
    their true class.

    Args:
        predict: Function from points, of shape (n, 2) and the dtype of ``points``, to scores: of
            shape (n, classes), the highest wins; or of shape (n,) or (n, 1) for two classes,
            the second above ``threshold``; or to whole numbers of shape (n,), the classes.
            Scores that are probabilities shade the background.
        points: Shape (n, 2).
        labels: True classes: whole numbers from 0, of shape (n,) or (n, 1), or one-hot.
        threshold: Of one score for two classes; by default 0.5 if all scores are from 0 to 1,
            otherwise 0.
        names: Names of the classes.
        axes_names: Names of the two coordinates.
        title: Stands above all.
        path: File to write, ``.svg``, ``.pdf`` or ``.png``.

    Returns:
        The figure; a notebook shows it.

    Raises:
        ArgumentError: Points, labels, names or predictions do not fit together.
        DependencyError: Matplotlib is missing.

    Example:
        >>> import graphnet as gn
        >>> points, labels = gn.data.disk(100)
        >>> def inside(points):
        ...     return ((points - 0.5) ** 2).sum(axis=1) < 0.1
        >>> figure = gn.plot.decision_boundary(inside, points, labels)
        >>> [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
        ['class 0', 'class 1', 'wrong: 13 of 100']
    """
    target, places = checked(path, "decision_boundary"), planar(points)
    truth = whole(labels, len(places))
    low, high = extent(places)
    grid, shape = lattice(low, high)
    found, plane = ask(predict, places), ask(predict, grid.astype(places.dtype))
    count = max(int(truth.max()) + 1, class_count(found), class_count(plane), 2)
    limit = chosen(threshold, [found, plane])
    verdict = judge(found, limit, count)
    labels = explained(names, count, verdict.classes != truth)
    figure, axes, columns = plane_figure(low, high, axes_names, labels, title)
    draw_background(axes, judge(plane, limit, count), grid, shape)
    add_legend(axes, draw_points(axes, places, truth, verdict, count), labels, columns)
    return finish(figure, target)


def plane_figure(
    low: Array, high: Array, names: tuple[str, str], labels: Sequence[str], title: str | None
) -> tuple["Figure", "Axes", int]:
    """Make a figure with axes on which equal distances look equal; and columns of a legend."""
    columns = legend_columns(labels, LINE)
    below = 0.75 + 0.17 * legend_rows(len(labels), columns)
    width, height = SIDE * (high - low) / (high - low).max()
    figure = new_figure(max(width, 3.2) + 0.7, height + below, title)
    (axes,) = panels(figure, 1, 1)
    axes.set_anchor("SW")  # the layout measures labels and legend from this corner
    axes.grid(visible=False)
    axes.locator_params(axis="y", nbins=max(3, round(2 * height)))
    axes.set_xlabel(names[0], parse_math=False)
    axes.set_ylabel(names[1], parse_math=False)
    return figure, axes, columns


def planar(points: Any) -> Array:
    """Check that there are points in a plane."""
    places = np.asarray(points)
    if places.ndim != 2 or places.shape[1] != 2 or not len(places):
        raise unusable(
            f"decision_boundary: expected points of shape (n, 2), found shape {places.shape}",
            "choose two coordinates, and let `predict` fill in the others",
        )
    if places.dtype.kind not in "fiu":
        raise unusable(f"decision_boundary: points of {places.dtype} are no numbers")
    if not np.isfinite(places).all():
        bad = int((~np.isfinite(places).all(axis=1)).sum())
        raise unusable(f"decision_boundary: {bad} of {len(places)} points are not finite")
    return places if places.dtype.kind == "f" else places.astype(np.float32)


def whole(labels: Any, count: int) -> Array:
    """Give labels as numbers of classes, one per point."""
    found = np.asarray(labels)
    if found.ndim == 2 and found.shape[1] > 1:
        found = found.argmax(axis=1)
    found = found.reshape(-1) if found.shape in ((count,), (count, 1)) else found
    if found.shape != (count,):
        raise unusable(
            f"decision_boundary: {count} points, and labels of shape {np.shape(labels)}",
            "give one label per point",
        )
    if found.dtype.kind not in "biuf" or (found < 0).any() or (found != np.floor(found)).any():
        raise unusable(
            "decision_boundary: labels are not whole numbers from 0 up",
            "np.unique(labels, return_inverse=True)[1] numbers classes of any kind",
        )
    return found.astype(np.int64)


def extent(places: Array) -> tuple[Array, Array]:
    """Give the corners of what is drawn."""
    low, high = places.min(axis=0).astype(float), places.max(axis=0).astype(float)
    most = float(np.finfo(places.dtype).max) / 4
    if max(-low.min(), high.max()) > most:
        raise unusable(
            f"decision_boundary: points beyond ±{most:.0e} are too far out to be drawn",
            "draw and predict in other units",
        )
    width = high - low
    # Points on one line or on one spot still get some room on every side.
    least = width.max() * FLATTEST or 1.0
    margin = np.maximum(MARGIN * width, (least - width) / 2)
    return low - margin, high + margin


def lattice(low: Array, high: Array) -> tuple[Array, tuple[int, int]]:
    """Give evenly spaced points of a rectangle, and the number of rows and columns."""
    sides = RESOLUTION * (high - low) / (high - low).max()
    columns, rows = (max(2, round(side)) for side in sides.tolist())
    x, y = np.meshgrid(np.linspace(low[0], high[0], columns), np.linspace(low[1], high[1], rows))
    return np.stack([x.ravel(), y.ravel()], axis=1), (rows, columns)


def ask(predict: Callable[[Array], Any], places: Array) -> Array:
    """Give the predictions at some points, of shape (n,) or (n, classes)."""
    found = np.asarray(predict(places))
    if found.ndim == 2 and found.shape[1] == 1:
        found = found[:, 0]
    if found.ndim not in (1, 2) or len(found) != len(places) or not found.size:
        raise unusable(
            f"decision_boundary: predict gave shape {found.shape} for {len(places)} points",
            "it must give one class, one score or one row of scores per point",
        )
    if found.dtype.kind not in "biuf" or not np.isfinite(found).all():
        raise unusable("decision_boundary: predict gave values that are not finite numbers")
    if found.ndim == 1 and found.dtype.kind == "i" and (found < 0).any():
        raise unusable("decision_boundary: predict gave negative classes", "classes begin at 0")
    return found


def class_count(found: Array) -> int:
    """Give how many classes predictions tell of."""
    if found.ndim == 2:
        return int(found.shape[1])
    return 2 if found.dtype.kind == "f" else int(found.max()) + 1


def explained(names: Sequence[str] | None, count: int, wrong: Array) -> list[str]:
    """Give the texts of the legend: names of the classes, and how many points are wrong."""
    return [*class_names(names, count), f"wrong: {wrong.sum():,} of {len(wrong):,}"]


def class_names(names: Sequence[str] | None, count: int) -> list[str]:
    """Give the names of the classes, short enough for the legend."""
    if count > len(PALETTE):
        raise unusable(
            f"decision_boundary: {count} classes are more than can be told apart ({len(PALETTE)})"
        )
    if names is None:
        return [f"class {index}" for index in range(count)]
    if len(names) != count:
        raise unusable(f"decision_boundary: {count} classes, and {len(names)} names")
    return [shorten(str(name), 24) for name in names]


def chosen(threshold: float | None, found: Sequence[Array]) -> float:
    """Give the threshold of one score."""
    if threshold is not None:
        return threshold
    low, high = min(map(np.min, found)), max(map(np.max, found))
    return 0.5 if low >= 0 and high <= 1 else 0.0


def judge(found: Array, threshold: float, count: int) -> Verdict:
    """Tell which classes were chosen, and how certainly."""
    if found.ndim == 1 and found.dtype.kind != "f":
        margins = np.where(found == np.arange(count)[:, np.newaxis], 0.5, -0.5)
        return Verdict(found.astype(np.int64), np.ones(len(found)), margins)
    scores = found.T.astype(float) if found.ndim == 2 else binary(found.astype(float), threshold)
    classes = scores.argmax(axis=0)
    first, second = -np.partition(-scores, 1, axis=0)[:2]
    margins = scores - np.where(np.arange(len(scores))[:, np.newaxis] == classes, second, first)
    probable = scores.min() >= 0 and np.allclose(scores.sum(axis=0), 1, atol=1e-3)
    certainty = first - second if probable else np.ones(len(classes))
    return Verdict(classes, certainty, margins)


def binary(scores: Array, threshold: float) -> Array:
    """Give scores of two classes; probabilities, if the scores are probabilities."""
    if scores.min() < 0 or scores.max() > 1 or not 0 < threshold < 1:
        return np.stack([np.full(scores.shape, threshold), scores])
    # The threshold is where both classes are equally pale.
    second = np.interp(scores, [0, threshold, 1], [0, 0.5, 1])
    return np.stack([1 - second, second])


def draw_background(axes: "Axes", verdict: Verdict, grid: Array, shape: tuple[int, int]) -> None:
    """Color the plane, and draw the lines between classes."""
    strength = STRENGTH * (0.15 + 0.85 * verdict.certainty)
    colors = np.zeros((len(grid), 3))
    for index in np.unique(verdict.classes):
        area = verdict.classes == index
        colors[area] = tint(PALETTE[index], strength[area])
    x, y = grid[:, 0].reshape(shape), grid[:, 1].reshape(shape)
    sides = (x[0, 0], x[0, -1], y[0, 0], y[-1, 0])
    image = colors.reshape(*shape, 3)
    axes.imshow(image, origin="lower", extent=sides, interpolation="nearest")
    axes.set(xlim=sides[:2], ylim=sides[2:], aspect="equal")
    for margin in verdict.margins[1:]:  # what ends the first class begins another
        if margin.min() < 0 < margin.max():
            axes.contour(x, y, margin.reshape(shape), [0], colors=INK, linewidths=1.0)


def draw_points(
    axes: "Axes", places: Array, truth: Array, verdict: Verdict, count: int
) -> list[Any]:
    """Draw the data, and give what the legend shows."""
    x, y = places.T
    wrong = verdict.classes != truth
    size = float(np.clip(9000 / len(places), 7, 36))
    handles: list[Any] = []
    for index in range(count):
        right, missed = (truth == index) & ~wrong, (truth == index) & wrong
        dots: dict[str, Any] = {
            "s": size,
            "color": PALETTE[index],
            "edgecolors": PAPER,
            "linewidths": 0.4,
        }
        axes.scatter(x[right], y[right], zorder=3, gid="right", **dots)
        axes.scatter(
            x[missed],
            y[missed],
            s=max(2.5 * size, 30),
            color=PALETTE[index],
            marker="X",
            edgecolors=INK,
            linewidths=0.9,
            zorder=4,
            gid="wrong",
        )
        handles.append(axes.scatter([], [], **{**dots, "s": 36}))
    handles.append(
        axes.scatter([], [], s=45, color=PAPER, marker="X", edgecolors=INK, linewidths=0.9)
    )
    return handles
