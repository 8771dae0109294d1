"""Indexing as in NumPy: views, single positions, several positions, and what is refused."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, basic_indices

import graphnet as gn
from graphnet.errors import DTypeError, ExecutionError, GraphError, ShapeError
from graphnet.testing import check_gradients
from graphnet.typing import Array

Case = tuple[tuple[int, ...], Any]


@st.composite
def basic(draw: st.DrawFn) -> Case:
    """Draw a shape and an index of integers, slices, None and Ellipsis."""
    shape = draw(array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
    return shape, draw(basic_indices(shape, allow_newaxis=True, max_dims=6))


def numbered(shape: tuple[int, ...]) -> Array:
    """Give an array of different numbers."""
    return np.arange(np.prod(shape, dtype=int), dtype=np.float64).reshape(shape)


@given(basic())
def test_basic_indices(case: Case) -> None:
    """Any of NumPy's basic indices gives the same, whether extents are known or not."""
    shape, index = case
    expected = numbered(shape)[index]
    for known in (shape, [None] * len(shape)):
        with gn.Graph():
            x = gn.placeholder(known, gn.float64)
            y = x[index]
            assert y.spec.accepts_shape(np.shape(expected))
            np.testing.assert_array_equal(gn.evaluate(y, {x: numbered(shape)}), expected)


@given(basic())
def test_the_gradient_of_basic_indices(case: Case) -> None:
    """It is zero but at the positions chosen."""
    shape, index = case
    weights = numbered(np.shape(numbered(shape)[index])) + 1
    expected = np.zeros(shape)
    expected[index] = weights
    with gn.Graph():
        x = gn.placeholder([None] * len(shape), gn.float64)
        (gradient,) = gn.gradients(x[index], [x], [gn.constant(weights)])
        np.testing.assert_array_equal(gn.evaluate(gradient, {x: numbered(shape)}), expected)


def test_second_order() -> None:
    """The gradient of an index is differentiable."""
    x = gn.placeholder((None, 3), gn.float64)
    check_gradients(gn.exp(x[1:, ::-2]) * x[-1, None, 0], {x: numbered((3, 3)) / 9}, order=3)


def test_equal_indices_are_equal_ops() -> None:
    """Ways to write an index that mean the same make the same op, which can be hashed."""
    x = gn.placeholder((4, 3))
    same = [x[1:3], x[1:3, :], x[1:3, ...], x[..., 1:3, :], x[np.int64(1) : 3 : 1]]
    assert len({y.node.op for y in same}) == 1
    assert x[1:3].node.op != x[1:2].node.op
    assert x[:] is x[...] is x[:, :] is x


def test_named_extents() -> None:
    """A full slice keeps a name, also back to front; any other slice does not."""
    x = gn.placeholder(("batch", None, 4))
    assert x[:, None, ..., ::-1].shape == ("batch", 1, None, 4)
    assert x[::-1].shape == ("batch", None, 4)
    assert x[1:, 0, 1:3].shape == (None, 2)


ARRAYS: list[Any] = [
    [2, 0, 2],
    np.array([[1, -1], [0, 0]]),
    [],
    (slice(None), [0, 2]),
    (..., [0, 2]),
    (0, [1, 1]),
    ([3, 1], 0),
    (slice(None), [2, 0], None),
    (None, [1, 2], slice(1, None)),
    range(2),
]


@pytest.mark.parametrize("index", ARRAYS)
def test_arrays_choose_positions(index: Any) -> None:
    """One array of positions stands among slices, and beside integers, as in NumPy."""
    values = numbered((4, 3))
    expected = values[list(index) if isinstance(index, range) else index]
    x = gn.placeholder((None, None), gn.float64)
    np.testing.assert_array_equal(gn.evaluate(x[index], {x: values}), expected)
    check_gradients(gn.sin(x[index]), {x: values})


def test_tensors_choose_positions() -> None:
    """Positions may be known only in the run; a scalar drops the axis."""
    x, i = gn.placeholder((4, 3), gn.float64), gn.placeholder((), gn.int32)
    assert x[i].shape == (3,)
    assert x[:, i].shape == (4,)
    chosen = gn.evaluate([x[i], x[:, gn.stack([i, 0])]], {x: numbered((4, 3)), i: 2})
    assert chosen[0].tolist() == [6, 7, 8]
    assert chosen[1].tolist() == [[2, 0], [5, 3], [8, 6], [11, 9]]


def test_iteration() -> None:
    """A tensor of known length is taken apart by a loop."""
    x = gn.placeholder((2, 3))
    first, second = x
    assert first.shape == second.shape == (3,)


MISTAKES: list[tuple[Any, type[Exception], str]] = [
    (4, ShapeError, "index 4 is out of range for axis 0 of 4"),
    ((0, -4), ShapeError, "index -4 is out of range for axis 1 of 3"),
    ((0, 0, 0), ShapeError, "3 indices for the 2 axes"),
    ((..., ...), ShapeError, "more than one `...`"),
    (1.5, DTypeError, "1.5 is not an index"),
    ("a", DTypeError, "'a' is not an index"),
    (slice(0.5), DTypeError, "0.5 is not a bound of a slice"),
    (slice(None, None, 0), GraphError, "a slice has a step of 0"),
    ([0.5], DTypeError, "indices must be integers"),
    (True, GraphError, "a boolean index"),
    ([True, False], GraphError, "a boolean index"),
    (([0, 1], [1, 2]), GraphError, "an index has several arrays"),
    ((0, None, [1]), GraphError, "an array apart from an integer"),
]


@pytest.mark.parametrize(("index", "error", "message"), MISTAKES)
def test_mistakes(index: Any, error: type[Exception], message: str) -> None:
    """What cannot be an index is refused when the graph is declared."""
    with pytest.raises(error, match=message):
        gn.placeholder((4, 3))[index]


def test_tensors_that_are_no_positions() -> None:
    """Masks give shapes that depend on values, and bounds are numbers."""
    x = gn.placeholder((4, 3))
    with pytest.raises(GraphError, match="a boolean index"):
        x[x > 0]
    with pytest.raises(GraphError, match="the bounds of a slice are numbers"):
        x[: gn.size(x)]


def test_positions_that_do_not_exist() -> None:
    """Where an extent is unknown, a position is checked in the run."""
    x = gn.placeholder((None,))
    with pytest.raises(ValueError, match="index 3 is out of range"):
        gn.evaluate(x[3], {x: np.zeros(3, np.float32)})
    with pytest.raises(ExecutionError, match="out of bounds"):
        gn.evaluate(x[[3]], {x: np.zeros(3, np.float32)})


def test_place_refuses() -> None:
    """What is written must have the shape of what it is written to."""
    with pytest.raises(ShapeError, match=r"elements of shape \[3\] do not fit"):
        gn.place(gn.placeholder((3,)), gn.placeholder((4,)), slice(2))
