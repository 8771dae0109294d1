"""``confusion_matrix``, ``histograms`` and ``schedule``: what is in the axes."""

from typing import Any

import numpy as np
import pytest

import graphnet as gn
from graphnet.plot.style import DEEP, PAPER, contrast, ink_on, rgb, tint

plot: Any = gn.plot  # the types of Matplotlib are unions of all that it takes


def test_cells_show_counts_and_shares() -> None:
    """Rows are true classes; what never happened is left empty."""
    (axes,) = plot.confusion_matrix([[3, 1, 0], [0, 0, 0], [0, 0, 1500]], ["a", "b", "c"]).axes
    found = [(*text.get_position(), text.get_text()) for text in axes.texts]
    assert found == [
        (0, 0, "3"),
        (0, 0, "75%"),
        (1, 0, "1"),
        (1, 0, "25%"),
        (2, 2, "1,500"),
        (2, 2, "100%"),
    ]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted class", "true class")
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b", "c"]
    assert axes.get_ylim() == (2.5, -0.5)


def test_text_is_readable_on_every_color() -> None:
    """By the contrast that WCAG asks for."""
    for share in np.linspace(0, 1, 101):
        color = tint(DEEP, share)
        assert contrast(color, rgb(ink_on(color))) >= 4.5
    assert ink_on(rgb(DEEP)) == PAPER


@pytest.mark.parametrize("count", [2, 40, 100])
def test_cells_have_room_for_their_text(count: int) -> None:
    """However many classes there are, the figure grows with them."""
    figure = plot.confusion_matrix(np.eye(count) * 9000, [f"class {i}" for i in range(count)])
    (axes,) = figure.axes
    figure.draw_without_rendering()
    side = axes.get_window_extent().width / figure.dpi / count
    widest = max(text.get_window_extent().width for text in axes.texts[:2]) / figure.dpi
    assert widest < side


@pytest.mark.parametrize(
    ("matrix", "names", "message"),
    [
        ([[1, 2]], None, r"a square matrix, found shape \(1, 2\)"),
        ([[1]], None, "expected 2 to 100 classes, found 1"),
        (np.eye(101), None, "expected 2 to 100 classes, found 101"),
        ([[1, -1], [0, 1]], None, "expected counts"),
        ([[1, np.nan], [0, 1]], None, "expected counts"),
        (np.zeros((2, 2)), None, "counts no examples"),
        (np.eye(2), ["a"], "2 classes, and 1 names"),
    ],
    ids=["oblong", "one", "many", "negative", "nan", "empty", "names"],
)
def test_what_is_no_confusion_matrix_is_refused(matrix: Any, names: Any, message: str) -> None:
    """With what is wrong."""
    with pytest.raises(gn.errors.ArgumentError, match=message):
        plot.confusion_matrix(matrix, names)


def test_histograms_count_all_finite_values() -> None:
    """One panel per array; what is not finite is told of."""
    weights = {"w": np.array([[1.0, 2.0], [2.0, np.nan]]), "b": np.zeros(3), "none": np.empty(0)}
    figure = plot.histograms(weights, bins=4)
    counts = [axes.patches[0].get_data().values.tolist() for axes in figure.axes[:2]]
    assert counts == [[1, 0, 0, 2], [0, 0, 3, 0]]
    assert [axes.texts[0].get_text() for axes in figure.axes] == [
        "mean 1.667, deviation 0.4714\n1 of 4 values not finite",
        "mean 0, deviation 0",
        "no value",
    ]
    assert [axes.get_xlabel() for axes in figure.axes] == ["value"] * 3


@pytest.mark.parametrize("steps", [None, [0, 10, 40]])
def test_histograms_over_time_have_a_column_per_step(steps: list[int] | None) -> None:
    """A list counts its steps; a mapping tells them."""
    rows = [{"w": np.arange(4) + step} for step in range(3)]
    weights = rows if steps is None else dict(zip(steps, rows, strict=True))
    (axes,) = plot.histograms(weights, bins=6).axes
    (mesh,) = axes.collections
    borders = mesh.get_coordinates()[0, :, 0].tolist()
    assert borders == ([-0.5, 0.5, 1.5, 2.5] if steps is None else [-5, 5, 25, 55])
    assert mesh.get_coordinates().shape == (7, 4, 2)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("step", "value")


@pytest.mark.parametrize(
    ("weights", "names", "message"),
    [
        ({}, (), "no arrays to draw"),
        ([], (), "no arrays to draw"),
        (3, (), "expected a mapping from names to arrays"),
        ({"w": ["a"]}, (), "'w' holds no real numbers"),
        ({"w": [1]}, ("v",), "there is no array 'v'"),
        ({2: {"w": [1]}, 1: {"w": [1]}}, (), "expected steps that rise"),
        ({"a": {"w": [1]}}, (), "expected steps that rise"),
        ({str(index): [1] for index in range(121)}, (), "121 arrays are too many"),
    ],
    ids=["empty", "none", "number", "text", "name", "falling", "words", "many"],
)
def test_what_has_no_histogram_is_refused(weights: Any, names: Any, message: str) -> None:
    """With what is wrong."""
    with pytest.raises(gn.errors.ArgumentError, match=message):
        plot.histograms(weights, *names)


def test_schedules_are_drawn_over_their_steps() -> None:
    """Those of the package, functions, and rates that were recorded."""
    rates = {
        "halve": gn.optim.Schedule("halve", lambda step: 0.5**step, length=3),
        "list": [1.0, 0.5, 0.25],
    }
    (axes,) = plot.schedule(rates).axes
    assert [line.get_ydata().tolist() for line in axes.lines] == [[1, 0.5, 0.25]] * 2
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["halve", "list"]
    (axes,) = plot.schedule(lambda step: step + 1, [0, 5], log=True).axes
    assert axes.lines[0].get_xydata().tolist() == [[0, 1], [5, 6]]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("step", "learning rate")
    assert axes.get_yscale() == "log"


def test_one_rate_is_a_point_and_none_is_said() -> None:
    """Also where no rate is finite."""
    (axes,) = plot.schedule([0.1]).axes
    assert axes.lines[0].get_marker() == "o"
    (axes,) = plot.schedule([np.nan, np.inf]).axes
    assert [text.get_text() for text in axes.texts] == ["no finite value"]


def test_rates_that_are_not_finite_are_told_of() -> None:
    """By crosses; what stands alone between them is a point."""
    (axes,) = plot.schedule([0.1, np.nan, np.inf, 0.2]).axes
    line, crosses = axes.lines
    assert (line.get_marker(), line.get_markevery()) == ("o", [0, 3])
    assert crosses.get_xdata().tolist() == [1, 2]
    assert axes.get_title(loc="left") == "crosses: not finite"


def test_drawing_a_schedule_leaves_the_graph_alone() -> None:
    """Its rates are computed in another."""
    with gn.Graph() as graph:
        plot.schedule(gn.optim.Schedule("halve", lambda step: 0.5**step), 3)
    assert not graph.nodes


@pytest.mark.parametrize(
    ("rates", "steps", "message"),
    [
        ({}, None, "expected 1 to 28 schedules"),
        ([], None, "expected one rate per step"),
        ([[0.1]], None, "expected one rate per step"),
        ("fast", None, "expected one rate per step"),
        ([0.1], 2, "1 rates for 2 steps"),
        (lambda _: 0.1, None, "this one has no end\n.*\nhint: .* steps=1000"),
        (lambda _: 0.1, 0, "0 are no steps"),
        (lambda _: 0.1, [0.5], r"\[0.5\] are no steps"),
        (lambda _: "fast", 3, "expected one rate per step"),
    ],
    ids=["nothing", "empty", "deep", "text", "length", "end", "zero", "halves", "words"],
)
def test_what_is_no_schedule_is_refused(rates: Any, steps: Any, message: str) -> None:
    """With what is wrong."""
    with pytest.raises(gn.errors.ArgumentError, match=message):
        plot.schedule(rates, steps)


def test_rates_below_0_have_no_logarithm() -> None:
    """If all of them are."""
    with pytest.raises(gn.errors.ArgumentError, match="no rate is above 0"):
        plot.schedule([0.0, -1.0], log=True)
