"""Slices and elements by integer positions: shapes, duplicates, ranges and gradients."""

from typing import Any

import numpy as np
import pytest

import graphnet as gn
from graphnet.errors import DTypeError, ExecutionError, ShapeError
from graphnet.testing import check_gradients

GENERATOR = np.random.default_rng(0)
TABLE = GENERATOR.standard_normal((4, 3, 2))


@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("indices", [1, [0, 1, 1], [[-1, 0], [-2, 1]], np.zeros((2, 0), int)])
@pytest.mark.parametrize("known", [True, False])
def test_gather(axis: int, indices: Any, known: bool) -> None:
    """The shape of the indices comes in the place of the axis; duplicates add up backwards."""
    x = gn.placeholder(TABLE.shape if known else (None, None, None), gn.float64)
    chosen = gn.gather(x, indices, axis)
    np.testing.assert_array_equal(gn.evaluate(chosen, {x: TABLE}), np.take(TABLE, indices, axis))
    check_gradients(chosen * gn.exp(chosen), {x: TABLE})


def test_gather_infers() -> None:
    """Names and unknown extents of both operands are kept."""
    x, i = gn.placeholder((None, 5, "features")), gn.placeholder(("batch", None), gn.int32)
    assert gn.gather(x, i).shape == ("batch", None, 5, "features")
    assert gn.gather(x, i, axis=-1).shape == (None, 5, "batch", None)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.int64, np.uint64])
def test_positions_of_any_integer_dtype(dtype: type) -> None:
    """Forwards and backwards."""
    x, i = gn.placeholder((3,)), gn.placeholder((2,), dtype)
    chosen = gn.gather(x, i)
    (gradient,) = gn.gradients(chosen, [x])
    feeds = {x: np.array([1, 2, 3], np.float32), i: np.array([2, 2], dtype)}
    results = [result.tolist() for result in gn.evaluate([chosen, gradient], feeds)]
    assert results == [[3, 3], [0, 0, 2]]


def test_scatter_add() -> None:
    """Updates at equal positions add up, and what they are added to stays as it is."""
    x = gn.placeholder((None, None), gn.float64)
    start, updates = np.ones((2, 3)), np.arange(8.0).reshape(2, 4)
    result = gn.scatter_add(x, [0, 2, -1, 0], updates, axis=1)
    assert gn.evaluate([result, x], {x: start})[0].tolist() == [[4, 1, 4], [12, 1, 12]]
    assert start.tolist() == np.ones((2, 3)).tolist()


def test_the_gradient_of_scatter_add() -> None:
    """Both operands have one, of any order."""
    check_gradients(
        lambda x, y: gn.exp(gn.scatter_add(x, [[1, 0], [1, -1]], y, axis=1)),
        [TABLE[:, :, 0], GENERATOR.standard_normal((4, 2, 2))],
    )


def test_operands_are_promoted() -> None:
    """What is added, and what it is added to, get one dtype; the positions keep theirs."""
    result = gn.scatter_add(gn.placeholder((3,), gn.int32), [0], gn.placeholder((1,), gn.float64))
    assert result.dtype == np.float64
    assert gn.add_along_axis(np.zeros(2, np.int8), [0], [5], axis=0).dtype == np.int64


def test_one_hot() -> None:
    """The new axis is anywhere, the values and the dtype are free."""
    i = gn.placeholder(("batch", None), gn.uint8)
    assert gn.one_hot(i, 4).shape == ("batch", None, 4)
    assert gn.one_hot(i, 4, axis=0).shape == (4, "batch", None)
    smooth = gn.one_hot([1, -1], 3, gn.float64, on=0.9, off=0.05, axis=0)
    assert smooth.dtype == np.float64
    assert gn.evaluate(smooth).tolist() == [[0.05, 0.05], [0.9, 0.05], [0.05, 0.9]]


@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("known", [True, False])
def test_elements_along_an_axis(axis: int, known: bool) -> None:
    """One index per element; duplicates add up backwards."""
    indices = np.array([[[0, 1]], [[1, 1]], [[-1, 0]], [[0, 0]]])
    indices = np.concatenate([indices, indices, indices], 1) % 2
    x = gn.placeholder(TABLE.shape if known else (None, None, None), gn.float64)
    chosen = gn.take_along_axis(x, indices, axis)
    expected = np.take_along_axis(TABLE, indices, axis)
    np.testing.assert_array_equal(gn.evaluate(chosen, {x: TABLE}), expected)
    check_gradients(gn.exp(chosen), {x: TABLE})


def test_adding_along_an_axis() -> None:
    """Every update counts, also at equal positions."""
    result = gn.add_along_axis([[1.0, 2.0], [3.0, 4.0]], [[1, -1], [0, 1]], [[1.0, 2], [3, 4]], 1)
    assert gn.evaluate(result).tolist() == [[1, 5], [6, 8]]
    check_gradients(
        lambda x, y: gn.sin(gn.add_along_axis(x, [[1, -1, 0]], y, 1)),
        [GENERATOR.standard_normal((1, 2)), GENERATOR.standard_normal((1, 3))],
    )


def test_positions_must_be_integers() -> None:
    """The message says how to make them so."""
    x = gn.placeholder((3, 2))
    calls: list[Any] = [
        lambda: gn.gather(x, [0.5]),
        lambda: gn.scatter_add(x, [True], [[1.0, 1.0]]),
        lambda: gn.one_hot([1.0], 3),
        lambda: gn.take_along_axis(x, [[1.0, 2.0]], 0),
    ]
    for call in calls:
        with pytest.raises(DTypeError, match="indices must be integers"):
            call()


def test_shapes_that_do_not_fit() -> None:
    """The message says which shape is needed."""
    x = gn.placeholder((3, None))
    with pytest.raises(ShapeError, match=r"updates of shape \[2, 2\] do not fit") as caught:
        gn.scatter_add(x, [0], gn.placeholder((2, 2)))
    assert caught.value.hint == "the updates need shape [1, None]"
    with pytest.raises(ShapeError, match=r"indices of shape \[2, 1\] do not fit") as caught:
        gn.take_along_axis(x, gn.placeholder((2, 1), gn.int64), 1)
    assert caught.value.hint == "the indices need shape [3, 1]"
    with pytest.raises(ShapeError, match="nothing to choose from"):
        gn.gather(gn.placeholder((0, 3)), [0])
    with pytest.raises(ShapeError, match="no 0 positions to mark"):
        gn.one_hot([0], 0)
    assert gn.gather(gn.placeholder((0, 3)), gn.placeholder((0,), gn.int64)).shape == (0, 3)


def test_positions_out_of_range() -> None:
    """They are found in the run; the message names the node."""
    i = gn.placeholder((1,), gn.int64)
    calls = [
        gn.gather([1.0, 2.0], i),
        gn.scatter_add([1.0, 2.0], i, [1.0]),
        gn.one_hot(i, 2),
        gn.take_along_axis([1.0, 2.0], i, 0),
        gn.add_along_axis([1.0, 2.0], i, [1.0], 0),
    ]
    for call in calls:
        for position in (2, -3):
            with pytest.raises(ExecutionError, match=f"index {position} is out of"):
                gn.evaluate(call, {i: [position]})
