"""``curves``: which lines there are, of which values, and what the legend says of them."""

from typing import Any

import numpy as np
import pytest

import graphnet as gn
from graphnet.metrics.direction import direction
from graphnet.plot.runs import split

plot: Any = gn.plot  # the types of Matplotlib are unions of all that it takes

RUN = {
    "loss": [0.9, 0.5, 0.3],
    "validation_loss": [0.9, 0.6, 0.7],
    "accuracy": [0.5, 0.7, 0.9],
    "validation_accuracy": [0.5, 0.8, 0.8],
}


def legend(axes: Any) -> list[str]:
    """Give the texts of a legend."""
    return [text.get_text() for text in axes.get_legend().get_texts()]


def lines(axes: Any) -> list[Any]:
    """Give the curves, without marks and what only the legend shows."""
    return [line for line in axes.lines if not line.get_gid() and len(line.get_xdata())]


def test_training_and_validation_share_a_color() -> None:
    """A panel for each metric; solid and dashed lines with the values."""
    figure = plot.curves(RUN)
    assert [axes.get_ylabel() for axes in figure.axes] == ["loss", "accuracy"]
    assert [axes.get_xlabel() for axes in figure.axes] == ["epoch", "epoch"]
    training, validation = lines(figure.axes[0])
    assert training.get_ydata().tolist() == RUN["loss"]
    assert validation.get_ydata().tolist() == RUN["validation_loss"]
    assert training.get_xdata().tolist() == [1, 2, 3]
    assert (training.get_linestyle(), validation.get_linestyle()) == ("-", "--")
    assert training.get_color() == validation.get_color()


def test_the_best_epoch_is_marked() -> None:
    """Low losses are good, high accuracies, on validation data; the first of equal ones."""
    loss, accuracy = plot.curves(RUN).axes
    assert legend(loss)[-1] == "best: 0.6 at epoch 2"
    assert legend(accuracy)[-1] == "best: 0.8 at epoch 2"
    (ring,) = [line for line in loss.lines if line.get_gid() == "best"]
    assert np.ravel(ring.get_xydata()).tolist() == [2, 0.6]
    (plain,) = plot.curves(RUN, "loss", best=False).axes
    assert legend(plain) == ["training", "validation"]


def test_several_runs_are_drawn_by_mean_and_spread() -> None:
    """Of the runs that have got so far."""
    (axes,) = plot.curves([{"loss": [3, 2]}, {"loss": [1, 1, 1]}, {"loss": [2, 3]}]).axes
    (line,) = lines(axes)
    assert line.get_ydata().tolist() == [2, 2, 1]
    assert legend(axes) == [
        "training, mean of 1 to 3 runs",
        "best: 1 at epoch 3",
        "± one standard deviation",
    ]
    band = axes.collections[0].get_paths()[0].vertices
    assert [band[:, 1].min(), band[:, 1].max()] == [1, 3]
    assert band[:, 0].max() == 2


def test_labels_tell_groups_of_runs_apart() -> None:
    """Every group has a color; what solid and dashed mean is said once."""
    (axes,) = plot.curves({"relu": RUN, "tanh": [RUN, RUN]}, "loss").axes
    assert [line.get_linestyle() for line in lines(axes)] == ["-", "--", "-", "--"]
    assert len({line.get_color() for line in lines(axes)}) == 2
    assert legend(axes) == [
        "relu: best 0.6 at epoch 2",
        "tanh (2 runs): best 0.6 at epoch 2",
        "training",
        "validation",
        "± one standard deviation",
    ]


def test_more_groups_than_colors_get_markers() -> None:
    """No two lines look the same."""
    (axes,) = plot.curves({f"run {index}": {"loss": [2, 1]} for index in range(12)}).axes
    assert len({(line.get_color(), line.get_marker()) for line in lines(axes)}) == 12
    with pytest.raises(gn.errors.ArgumentError, match="29 labels are more than can be told apart"):
        plot.curves({f"run {index}": {"loss": [2, 1]} for index in range(29)})


def test_a_history_of_training_can_be_drawn() -> None:
    """It is a mapping from names to arrays."""
    history = gn.train.History(["loss", "validation_loss"])
    for loss in (0.5, 0.25):
        history.append({"loss": loss, "validation_loss": 2 * loss}, seconds=1.0)
    (axes,) = plot.curves(history).axes
    assert [line.get_ydata().tolist() for line in lines(axes)] == [[0.5, 0.25], [1, 0.5]]


def test_one_epoch_is_a_point() -> None:
    """In the middle of the axis, whose only tick is 1."""
    (axes,) = plot.curves({"loss": [0.5]}).axes
    assert lines(axes)[0].get_marker() == "o"
    assert axes.get_xticks().tolist() == [1]
    assert axes.get_xlim() == (0.5, 1.5)


def test_values_that_are_not_finite_are_told_of() -> None:
    """By crosses where they are; the best is one of the others."""
    (axes,) = plot.curves({"loss": [2, np.nan, 1, np.inf]}).axes
    assert np.isnan(lines(axes)[0].get_ydata()).tolist() == [False, True, False, True]
    (crosses,) = [line for line in axes.lines if line.get_gid() == "broken"]
    assert np.asarray(crosses.get_xdata()).tolist() == [2, 4]
    assert legend(axes) == ["training", "best: 1 at epoch 3", "not finite"]


def test_none_is_an_epoch_that_was_not_measured() -> None:
    """The line goes on to the next one."""
    (axes,) = plot.curves({"loss": [3, None, None, 1]}).axes
    (line,) = lines(axes)
    assert line.get_xydata().tolist() == [[1, 3], [4, 1]]


@pytest.mark.parametrize(
    ("values", "note"), [([np.nan, np.nan], "no finite value"), ([], "no value")]
)
def test_a_panel_without_values_says_so(values: list[float], note: str) -> None:
    """And the others are drawn."""
    axes = plot.curves({"loss": [2, 1], "error": values}).axes
    assert [text.get_text() for text in axes[1].texts] == [note]


def test_logarithmic_axes_are_chosen_by_name() -> None:
    """Or all of them are; the axis ends near the lowest mean."""
    loss, accuracy = plot.curves(RUN, log=["loss"]).axes
    assert (loss.get_yscale(), accuracy.get_yscale()) == ("log", "linear")
    assert loss.get_ylim()[0] == pytest.approx(0.3 / 1.3)
    assert {axes.get_yscale() for axes in plot.curves(RUN, log=True).axes} == {"log"}
    with pytest.raises(gn.errors.ArgumentError, match="no value above 0"):
        plot.curves({"loss": [0.0, -1.0]}, log=True)


def test_one_metric_can_be_named() -> None:
    """By its whole name, not by a part of it."""
    axes = plot.curves({"loss": [2, 1], "o": [2, 1]}, log="loss").axes
    assert [one.get_yscale() for one in axes] == ["log", "linear"]


@pytest.mark.parametrize("label", ["cross-entropy, SGD, ReLU", "W" * 12])
def test_legends_stay_within_the_figure(label: str) -> None:
    """Also where names, runs and the best epoch are long."""
    run = {"loss": np.linspace(1, 0.0123456, 1000), "validation_loss": np.linspace(2, 0.1, 1000)}
    figure = plot.curves({label: [run] * 10, f"{label}!": run})
    figure.draw_without_rendering()
    box = figure.axes[0].get_legend().get_window_extent()
    assert box.x1 < figure.bbox.x1
    assert box.y0 >= figure.bbox.y0


def test_legends_of_other_pictures_stay_within_the_figure() -> None:
    """Schedules with long labels, and narrow planes with long names."""
    random = np.random.default_rng(0)
    points, labels = random.normal(size=(1000, 2)) * [1, 9], random.integers(0, 2, 1000)
    places, seven = random.normal(size=(70, 2)), np.arange(70) % 7
    names = [f"a long name of class {index} of 2" for index in range(7)]
    for figure in (
        plot.schedule({"a word and another " * 5: [1, 2], "w" * 90: [1, 2]}),
        plot.decision_boundary(lambda given: given[:, 0] > 0, points, labels, names=names[:2]),
        plot.decision_boundary(lambda given: given[:, 0] > 0, places, seven, names=names),
    ):
        figure.draw_without_rendering()
        box = figure.axes[0].get_legend().get_window_extent()
        assert box.x1 < figure.bbox.x1
        assert box.y0 >= figure.bbox.y0


def test_names_that_are_too_long_are_shortened() -> None:
    """They keep both ends, and mean nothing to Matplotlib."""
    name = "$_the accuracy of something that nobody can read at once"
    (axes,) = plot.curves({f"_{name}": {name: [1, 2]}}).axes
    assert len(axes.get_ylabel()) == 36
    assert legend(axes)[0].startswith("\u200b_$_the accu…")
    assert legend(axes)[0].endswith("read at once: best 2 at epoch 2")


@pytest.mark.parametrize(
    ("history", "names", "message"),
    [
        ({}, (), "the history is empty"),
        ([], (), "the history is empty"),
        ({"loss": []}, (), "the history is empty"),
        ({"loss": [1]}, ("lost",), "no run has 'lost'\n.*\nhint: did you mean 'loss'"),
        ({"epoch": [1]}, (), "holds no metric"),
        ([1, 2], (), "is no history"),
        ({"a": {"loss": [1]}, "b": 3}, (), "'b' is no history: 3"),
        ({"loss": [[1, 2]]}, (), "expected one number per epoch in 'loss'"),
        ({"loss": ["low"]}, (), "'loss' holds more than numbers"),
    ],
    ids=["nothing", "none", "empty", "name", "counter", "numbers", "mixed", "deep", "words"],
)
def test_what_cannot_be_drawn_is_refused(history: Any, names: Any, message: str) -> None:
    """With what is wrong."""
    with pytest.raises(gn.errors.ArgumentError, match=message):
        plot.curves(history, *names)


def test_names_tell_parts_and_directions() -> None:
    """In the spellings that are in use."""
    names = ["loss", "val_loss", "valid/loss", "test error", "train_loss", "latest", "valuation"]
    assert [split(name) for name in names] == [
        ("loss", "training"),
        ("loss", "validation"),
        ("loss", "validation"),
        ("error", "test"),
        ("loss", "training"),
        ("latest", "training"),
        ("valuation", "training"),
    ]
    rising = ["top_5", "acc", "roc auc", "f1/macro", "r2", "scores", "validation_accuracy"]
    falling = ["mse", "cross-entropy", "error_rate", "topology_loss", "losses", "KL divergence"]
    assert {name: direction(name) for name in rising} == dict.fromkeys(rising, 1)
    assert {name: direction(name) for name in falling} == dict.fromkeys(falling, -1)
    assert [direction(name) for name in ("rate", "accuracy_loss", "inaccuracy")] == [0, 0, 0]
    for name in (*rising, *falling):
        history = gn.train.History([name])
        for value in (1.0, 2.0):
            history.append({name: value}, 1.0)
        assert history.best(name).value == (2.0 if name in rising else 1.0)
