"""One-hot labels."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import graphnet as gn
from graphnet.data import one_hot
from graphnet.typing import Array

LABELS = arrays.arrays(np.int64, arrays.array_shapes(min_dims=0), elements=st.integers(0, 4))


@given(LABELS)
def test_argmax_gives_the_labels_back(labels: Array) -> None:
    """One 1 in every row, at the label; as the op does it."""
    found = one_hot(labels, 5)
    assert found.dtype == np.float32
    assert found.shape == (*labels.shape, 5)
    assert np.array_equal(found.argmax(-1), labels)
    assert np.all(np.sort(found, -1)[..., :-1] == 0)
    assert np.all(found.max(-1) == 1)


def test_the_op_gives_the_same() -> None:
    """``gn.one_hot`` and ``gn.data.one_hot`` agree."""
    labels = np.array([[2, 0], [1, 1]])
    assert np.array_equal(gn.evaluate(gn.one_hot(labels, 3)), one_hot(labels, 3))


def test_unsigned_labels_and_none() -> None:
    """Bytes, as files have them; and no labels at all."""
    assert one_hot(np.array([255], np.uint8), 256).argmax() == 255
    assert one_hot(np.zeros(0, np.int64), 3).shape == (0, 3)


@pytest.mark.parametrize(
    ("labels", "classes", "message"),
    [
        ([0, 3], 3, "label 3 is out of range for 3 classes\nhint: labels are from 0 to 2"),
        ([-1], 3, "label -1 is out of range"),
        ([0.0, 1.0], 3, r"labels are float64, expected integers\nhint: labels.astype\(int\)"),
        ([], 3, "labels are float64"),
        ([0], 0, "number of classes of 1 or more, found 0"),
    ],
)
def test_what_is_no_label(labels: Any, classes: int, message: str) -> None:
    """Nothing counts from the end, and nothing is rounded."""
    with pytest.raises(ValueError, match=message):
        one_hot(np.array(labels), classes)
