"""``decision_boundary``: the same picture of classes, scores and probabilities."""

from typing import Any

import numpy as np
import pytest

import graphnet as gn

plot: Any = gn.plot  # the types of Matplotlib are unions of all that it takes

POINTS = np.array([[0.0, 0.0], [1.0, 0.2], [0.2, 1.0], [1.0, 1.0]], np.float32)
LABELS = np.array([0, 1, 0, 0])


def sigmoid(points: Any) -> Any:
    """Give the probability that points lie right of the middle."""
    return 1 / (1 + np.exp(-20 * (points[:, 0] - 0.5)))


PREDICTORS = {
    "classes": lambda points: (points[:, 0] > 0.5).astype(int),
    "bools": lambda points: points[:, 0] > 0.5,
    "probability": sigmoid,
    "column": lambda points: sigmoid(points)[:, np.newaxis],
    "logit": lambda points: points[:, 0] - 0.5,
    "softmax": lambda points: np.stack([1 - sigmoid(points), sigmoid(points)], axis=1),
    "logits": lambda points: np.stack([np.zeros(len(points)), points[:, 0] - 0.5], axis=1),
}


def background(axes: Any, x: float) -> Any:
    """Give the color at a place in half height."""
    (image,) = axes.images
    left, right, *_ = image.get_extent()
    rows, columns, _ = image.get_array().shape
    return image.get_array()[rows // 2, round((x - left) / (right - left) * (columns - 1))]


def drawn(axes: Any, kind: str) -> list[Any]:
    """Give the points of each class that are drawn as right or wrong."""
    return [item.get_offsets().tolist() for item in axes.collections if item.get_gid() == kind]


@pytest.mark.parametrize("form", PREDICTORS)
def test_right_and_wrong_can_be_seen(form: str) -> None:
    """One point is on the wrong side, whatever form predictions have."""
    (axes,) = plot.decision_boundary(PREDICTORS[form], POINTS, LABELS).axes
    assert drawn(axes, "wrong") == [[[1, 1]], []]
    assert [len(places) for places in drawn(axes, "right")] == [2, 1]
    red, _, blue = background(axes, 0.1)
    assert blue > red
    red, _, blue = background(axes, 0.9)
    assert red > blue
    assert axes.get_aspect() == 1


def test_probabilities_shade_the_plane() -> None:
    """It is palest where both classes are as probable."""
    (axes,) = plot.decision_boundary(sigmoid, POINTS, LABELS).axes
    middle, side = background(axes, 0.5), background(axes, 0.0)
    assert middle.min() > 0.9 > side.min()


def test_predictions_are_asked_in_the_dtype_of_the_points() -> None:
    """So that a session takes them as they are."""
    dtypes = set()

    def predict(points: Any) -> Any:
        """Note the dtype."""
        dtypes.add(points.dtype)
        return points[:, 0] > 0.5

    plot.decision_boundary(predict, POINTS, LABELS)
    assert dtypes == {np.dtype(np.float32)}


def test_labels_may_be_one_hot_or_a_column() -> None:
    """The legend is the same."""
    for labels in (LABELS, LABELS[:, np.newaxis], np.eye(2)[LABELS]):
        figure = plot.decision_boundary(sigmoid, POINTS, labels, names=["left", "right"])
        (axes,) = figure.axes
        texts = [text.get_text() for text in axes.get_legend().get_texts()]
        assert texts == ["left", "right", "wrong: 1 of 4"]
        assert (axes.get_xlabel(), axes.get_ylabel()) == ("x₁", "x₂")


def test_points_on_one_spot_have_room_around_them() -> None:
    """And points on one line."""
    (axes,) = plot.decision_boundary(sigmoid, np.zeros((3, 2)), [0, 0, 0]).axes
    assert axes.get_xlim() == (-0.5, 0.5)
    (axes,) = plot.decision_boundary(sigmoid, POINTS * [1, 0], LABELS).axes
    assert axes.get_ylim() == pytest.approx((-1 / 6, 1 / 6))


def test_points_far_out_have_a_plane_around_them() -> None:
    """Its lines are even, though in float32 some of them are the same."""
    places = np.array([[2**24, 0], [2**24 + 2, 1]], np.float32)
    (axes,) = plot.decision_boundary(lambda given: given[:, 0] > 2**24, places, [0, 1]).axes
    (image,) = axes.images
    left, right, *_ = image.get_extent()
    assert left < 2**24 < 2**24 + 2 < right
    assert drawn(axes, "wrong") == [[], []]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"points": POINTS[:, :1]}, r"expected points of shape \(n, 2\), found shape \(4, 1\)"),
        ({"points": POINTS[:0]}, r"found shape \(0, 2\)"),
        ({"points": POINTS * np.nan}, "4 of 4 points are not finite"),
        ({"points": POINTS.astype(str)}, "are no numbers"),
        ({"points": POINTS * 1e38 * 3}, "too far out to be drawn"),
        ({"labels": [0, 1]}, r"4 points, and labels of shape \(2,\)"),
        ({"labels": [0, 1, -1, 0]}, "labels are not whole numbers"),
        ({"labels": list("abcd")}, "labels are not whole numbers"),
        ({"labels": [0, 1, 2, 9]}, "10 classes are more than can be told apart"),
        ({"names": ["one"]}, "2 classes, and 1 names"),
        ({"predict": lambda _: 1.0}, r"predict gave shape \(\) for 4 points"),
        ({"predict": lambda points: points[:, 0] * np.nan}, "not finite"),
        ({"predict": lambda points: -np.ones(len(points), int)}, "negative classes"),
    ],
    ids=[
        *("shape", "empty", "nan", "text", "far", "count", "negative", "words", "many", "names"),
        *("scalar", "infinite", "minus"),
    ],
)
def test_what_does_not_fit_is_refused(changed: dict[str, Any], message: str) -> None:
    """With what is wrong."""
    given: dict[str, Any] = {"predict": sigmoid, "points": POINTS, "labels": LABELS, **changed}
    with pytest.raises(gn.errors.ArgumentError, match=message):
        plot.decision_boundary(**given)
