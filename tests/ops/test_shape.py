"""The same elements in other shapes: what is inferred, what is refused, what shares memory."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import graphnet as gn
from graphnet.errors import FeedError, ShapeError
from graphnet.testing import check_gradients

Function = Callable[..., Any]


def fed(function: Function, array: Any, shape: Any = None) -> Any:
    """Declare a function of a placeholder, of the array's own shape or another, and run it."""
    x = gn.placeholder(np.shape(array) if shape is None else shape, np.asarray(array).dtype)
    return gn.evaluate(function(x), {x: array})


# Reshape

INFERRED = [
    ((2, 6), (3, 4), (3, 4)),
    ((2, 6), (-1, 4), (3, 4)),
    ((2, 6), 12, (12,)),
    ((2, 6), -1, (12,)),
    ((None, 2, 2), (-1, 4), (None, 4)),
    (("batch", 2, 2), (-1, 4), ("batch", 4)),
    (("batch", 2, 2), ("batch", 4), ("batch", 4)),
    (("batch", 2, 2), (None, 4), ("batch", 4)),
    (("batch", 2, 2), (2, -1), (2, None)),
    ((None, "batch"), (-1,), (None,)),
    ((None, 4), (2, 6), (2, 6)),
    ((None, 0), (-1, 3), (0, 3)),
    ((0, 3), (-1, 6), (0, 6)),
    ((None, 3), (0, 5), (0, 5)),
    ((1,), (), ()),
    ((), (1, 1), (1, 1)),
]


@pytest.mark.parametrize(("shape", "target", "expected"), INFERRED)
def test_reshape_infers(shape: Any, target: Any, expected: Any) -> None:
    """What -1 stands for is known as far as the operand is."""
    assert gn.reshape(gn.placeholder(shape), target).shape == expected


ONE_OPEN = "only one can follow from the others; gn.reshape_like(x, y) takes the shape of y"
REFUSED = [
    ((2, 3), (4, 2), "the operand has 6 elements, and the result needs 8"),
    ((2, 3), (4, -1), "the operand has 6 elements, and the result needs a multiple of 4"),
    ((None, 3), (4, 2), "the operand has a multiple of 3 elements, and the result needs 8"),
    ((None, 0), (4, 2), "the operand has a multiple of 0 elements, and the result needs 8"),
    ((2, 0), (0, -1), "-1 could be anything beside an extent of 0"),
    ((None, 3), (-1, None), ONE_OPEN),
    ((None, 3), (-2, 3), "use a number from 0 up, a name like 'batch', or None"),
]


@pytest.mark.parametrize(("shape", "target", "hint"), REFUSED)
def test_reshape_refuses(shape: Any, target: Any, hint: str) -> None:
    """A mistake is found when the graph is declared, with what is wrong about the sizes."""
    with pytest.raises(ShapeError) as caught:
        gn.reshape(gn.placeholder(shape), target)
    assert caught.value.hint == hint


def test_reshape_to_a_tensor() -> None:
    """A shape that is only known in a run is that of another tensor."""
    x = gn.placeholder((None, 3))
    shapes: tuple[Any, ...] = (gn.shape(x), (gn.shape(x)[0], 3))
    for shape in shapes:
        with pytest.raises(ShapeError, match="a shape consists of numbers, not tensors"):
            gn.reshape(x, shape)


def test_reshape_finds_mistakes_in_what_is_fed() -> None:
    """What could not be known before is checked with the feeds."""
    with pytest.raises(FeedError, match=r"\[5, 3\] cannot become \[-1, 2\]"):
        fed(lambda x: gn.reshape(x, (-1, 2)), np.zeros((5, 3)), (None, 3))


def test_reshape_by_method() -> None:
    """The extents come one by one or as one tuple, as in NumPy."""
    x = gn.placeholder((2, 6))
    assert x.reshape(3, 4).shape == x.reshape((3, 4)).shape == (3, 4)
    assert x.reshape(-1).shape == (12,)


def test_reshape_of_a_transposed_operand() -> None:
    """Where no view is possible, the elements still come in order."""
    x = np.arange(6.0).reshape(2, 3)
    for function in (
        lambda x: gn.reshape(x.T, (2, 3)),
        lambda x: gn.reshape(gn.flatten(x.T), (2, 3)),
    ):
        assert fed(function, x).tolist() == x.T.reshape(2, 3).tolist()
        check_gradients(lambda x, f=function: gn.square(f(x)), [x])


def test_flatten() -> None:
    """The axes from one on become one, whatever is known of the others."""
    x = gn.placeholder(("batch", None, 4, 5))
    assert gn.flatten(x).shape == (None,)
    assert gn.flatten(x, 1).shape == ("batch", None)
    assert gn.flatten(x, 2).shape == ("batch", None, 20)
    assert gn.flatten(x, -1).shape == ("batch", None, 4, 5)
    assert gn.flatten(gn.placeholder(())).shape == (1,)
    assert fed(lambda x: gn.flatten(x, 1), np.zeros((0, 2, 3)), [None] * 3).shape == (0, 6)
    with pytest.raises(ShapeError, match="axis 4 does not exist"):
        gn.flatten(x, 4)


# Axes


def test_transpose() -> None:
    """Axes are counted from either end; None reverses them."""
    x = gn.placeholder(("batch", 3, 5))
    assert gn.transpose(x).shape == x.T.shape == x.transpose().shape == (5, 3, "batch")
    assert gn.transpose(x, (0, -1, 1)).shape == x.transpose(0, 2, 1).shape == ("batch", 5, 3)
    for axes in ((0, 1), (0, 0, 1), (0, 1, -2)):
        with pytest.raises(ShapeError, match="do not name each of 3 axes once"):
            gn.transpose(x, axes)


@pytest.mark.parametrize("axes", [(0, 1, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0), (0, 2, 1)])
def test_the_gradient_of_transpose(axes: tuple[int, ...]) -> None:
    """It puts the axes back."""
    values = np.random.default_rng(0).standard_normal((2, 3, 4))
    np.testing.assert_array_equal(
        fed(lambda x: gn.transpose(x, axes), values), values.transpose(axes)
    )
    check_gradients(lambda x: gn.square(gn.transpose(x, axes)), [values])


def test_axes_of_one() -> None:
    """They are put in and left out at places counted from either end of the larger shape."""
    x = gn.placeholder((None, 3))
    assert gn.expand_dims(x, 0).shape == (1, None, 3)
    assert gn.expand_dims(x, -1).shape == (None, 3, 1)
    assert gn.expand_dims(x, (3, 0)).shape == (1, None, 3, 1)
    y = gn.placeholder((1, None, 3, 1))
    assert gn.squeeze(y, 0).shape == (None, 3, 1)
    assert gn.squeeze(y, (-1, 0)).shape == (None, 3)
    assert gn.squeeze(y, 1).shape == (1, 3, 1)
    assert gn.squeeze(gn.placeholder((1, 2, 1))).shape == (2,)


def test_squeeze_refuses() -> None:
    """Only axes of 1 go; which these are must be known or said."""
    with pytest.raises(ShapeError, match="axis 1 is of 3, not 1"):
        gn.squeeze(gn.placeholder((None, 3)), 1)
    with pytest.raises(ShapeError, match=r"which axes of \[None, 1\] are of extent 1"):
        gn.squeeze(gn.placeholder((None, 1)))
    with pytest.raises(FeedError, match="axis 0 is of 2, not 1"):
        fed(lambda x: gn.squeeze(x, 0), np.zeros((2, 3)), (None, 3))


# Extents


def test_broadcast_to() -> None:
    """Axes of 1 and new axes are repeated; -1 and None keep what the operand has."""
    x = gn.placeholder((None, 1))
    assert gn.broadcast_to(x, (4, -1, 3)).shape == (4, None, 3)
    assert gn.broadcast_to(x, (None, None)).shape == (None, 1)
    assert gn.broadcast_to(gn.constant(1.0), 3).shape == (3,)
    y = gn.placeholder((None, None), gn.float64)
    values = np.array([[1.0], [2.0]])
    check_gradients(gn.square(gn.broadcast_to(y, (3, -1, 4))), {y: values})
    wide = gn.evaluate(gn.broadcast_to(y, (3, -1, 4)), {y: values})
    np.testing.assert_array_equal(wide, np.broadcast_to(values, (3, 2, 4)))


WIDE: list[tuple[Any, Any, str]] = [
    ((2, 3), (2, 4), "do not broadcast"),
    ((2, 3), (2, 1), "does not broadcast"),
    ((2, 3), (3,), "does not broadcast"),
    ((3,), (-1, 3), "does not broadcast"),
    ((3,), ("batch", 3), "a shape to broadcast to consists of numbers"),
]


@pytest.mark.parametrize(("shape", "target", "message"), WIDE)
def test_broadcast_to_refuses(shape: Any, target: Any, message: str) -> None:
    """Extents other than 1 stay, and new ones are numbers."""
    with pytest.raises(ShapeError, match=message):
        gn.broadcast_to(gn.placeholder(shape), target)


def test_extents_as_values() -> None:
    """They are known in the run, also where they were not before."""
    x = gn.placeholder((None, 3, None), gn.float64)
    values = gn.evaluate([gn.shape(x), gn.size(x), gn.size(x, (0, -1))], {x: np.zeros((2, 3, 0))})
    assert [value.dtype for value in values] == [np.int64] * 3
    assert [value.tolist() for value in values] == [[2, 3, 0], 0, 0]
    assert gn.shape(x).shape == (3,)
    assert gn.shape(1.0).shape == (0,)
    with pytest.raises(gn.errors.GradientError):
        gn.gradients(gn.cast(gn.size(x), gn.float32) * 2, [x])
