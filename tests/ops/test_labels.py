"""Elements of rows at labels."""

import numpy as np
import pytest

import graphnet as gn
from graphnet.errors import DTypeError, ExecutionError, ShapeError

X = np.arange(12.0).reshape(2, 2, 3)


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int32", "uint64"])
def test_labels_have_any_integer_dtype(dtype: str) -> None:
    """One element of each row is picked, and 1 subtracted from it."""
    labels = np.array([[2, 0], [1, 1]], dtype)
    picked, reduced = gn.evaluate([gn.pick_class(X, labels), gn.subtract_one_hot(X, labels)])
    assert picked.tolist() == [[2, 3], [7, 10]]
    assert (X - reduced).tolist() == np.eye(3)[labels.astype(np.int64)].tolist()


@pytest.mark.parametrize(
    ("labels", "complaint"),
    [
        ([0, 3], r"label 3 at position \[1\] is out of range: there are 3 classes, 0 to 2"),
        ([-1, 0], r"label -1 at position \[0\] is out of range"),
    ],
)
def test_a_label_out_of_range_is_an_error(labels: list[int], complaint: str) -> None:
    """Labels do not count from the end, as indices do; the message says which one is wrong."""
    for y in (gn.pick_class(X[0], labels), gn.subtract_one_hot(X[0], labels)):
        with pytest.raises(ExecutionError, match=complaint):
            gn.evaluate(y)


def test_a_small_dtype_hides_no_negative_label() -> None:
    """With more classes than an int8 can count, -1 is still out of range."""
    with pytest.raises(ExecutionError, match="label -1 is out of range"):
        gn.evaluate(gn.pick_class(np.zeros(300), np.array(-1, np.int8)))


def test_labels_are_integers_of_the_rows() -> None:
    """One integer per row is asked for, and what else one may have tried is recognized."""
    x = gn.placeholder((None, 10))
    with pytest.raises(DTypeError, match=r"gn\.cast\(labels, gn\.int64\)"):
        gn.pick_class(x, gn.placeholder((None,)))
    with pytest.raises(ShapeError, match=r"gn\.squeeze\(labels, -1\)"):
        gn.pick_class(x, gn.placeholder((None, 1), gn.int64))
    with pytest.raises(ShapeError, match=r"gn\.nn\.softmax_cross_entropy"):
        gn.pick_class(x, gn.placeholder((None, 10), gn.int64))
    with pytest.raises(ShapeError, match=r"one class index per row, in the shape \[None\]"):
        gn.pick_class(x, gn.placeholder((), gn.int64))
    with pytest.raises(ShapeError, match=r"there are no classes in \[2, 0\]"):
        gn.pick_class(gn.placeholder((2, 0)), [0, 0])


def test_no_labels_are_in_range() -> None:
    """An empty batch is no error."""
    assert gn.evaluate(gn.pick_class(np.zeros((0, 3)), np.zeros(0, int))).shape == (0,)


def test_a_label_out_of_range_comes_with_a_hint() -> None:
    """How labels count, and what to do about those that are none."""
    with pytest.raises(ExecutionError) as caught:
        gn.evaluate(gn.pick_class(X[0], [0, 3]))
    assert caught.value.hint == (
        "labels count from 0; the mask of a loss, as in mask=labels >= 0, hides examples "
        "that have none"
    )
