"""Tensors joined, cut, repeated and padded: shapes, refusals, gradients of unknown extents."""

from typing import Any

import numpy as np
import pytest

import graphnet as gn
from graphnet.errors import DTypeError, FeedError, GraphError, ShapeError
from graphnet.ops.join import parts
from graphnet.testing import check_gradients
from graphnet.typing import Array


def drawn(*shapes: tuple[int, ...]) -> list[Array]:
    """Draw arrays of these shapes."""
    generator = np.random.default_rng(0)
    return [generator.standard_normal(shape) for shape in shapes]


# Concat and stack


def test_concat_infers() -> None:
    """The joined axis is known if all are; the others from whatever operand knows them."""
    x, y = gn.placeholder((None, 3)), gn.placeholder((2, None))
    assert gn.concat([x, y]).shape == (None, 3)
    assert gn.concat([x, y], axis=-1).shape == (2, None)
    assert gn.concat([y, y], axis=0).shape == (4, None)
    empty = gn.placeholder((0, 3))
    assert gn.concat([empty, gn.placeholder(("batch", 3)), empty]).shape == ("batch", 3)


def test_operands_are_promoted() -> None:
    """All operands get one dtype; Python numbers adapt."""
    x = gn.placeholder((2,), gn.int32)
    assert gn.concat([x, np.zeros(2, np.int8)]).dtype == np.int32
    assert gn.concat([x, [0.5]]).dtype == np.float64
    scalar = gn.placeholder((), gn.float16)
    assert gn.evaluate(gn.stack([scalar, 1, 2.5]), {scalar: 0.0}).tolist() == [0, 1, 2.5]
    assert gn.stack([scalar, 1, 2.5]).dtype == np.float16


def test_what_cannot_be_joined() -> None:
    """The operands are shown, numbered."""
    x, y = gn.placeholder((2, 3), name="x"), gn.placeholder((2, 4), name="y")
    with pytest.raises(ShapeError, match="extents beside axis 0 differ") as caught:
        gn.concat([x, y])
    assert "xs[1]  float32[2, 4]  placeholder 'y'" in str(caught.value)
    with pytest.raises(ShapeError, match="extents of what is stacked differ"):
        gn.stack([x, y])
    with pytest.raises(ShapeError, match="extents beside axis 0 differ"):
        gn.concat([x, gn.placeholder((2,))])
    with pytest.raises(ShapeError, match="nothing to join"):
        gn.concat([])
    with pytest.raises(ShapeError, match="axis 0 does not exist in 0 dimensions"):
        gn.concat([1.0, 2.0])


EXTENTS: list[list[int | None]] = [
    [2, 3],
    [None, 3],
    [3, None],
    [2, None, 3],
    [None, 0],
    [0, None, 0, 1],
    [None, None],
    [1, None, 2, None],
]


@pytest.mark.parametrize("extents", EXTENTS)
@pytest.mark.parametrize("axis", [0, 1])
def test_the_gradient_of_concat(extents: list[int | None], axis: int) -> None:
    """Each operand gets its own piece, wherever an unknown extent is."""
    arrays, xs = [], []
    for size, extent in enumerate(extents, start=1):
        shape: list[int | None] = [None, None]
        shape[axis] = extent
        xs.append(gn.placeholder(shape, gn.float64))
        known = [2, 2]
        known[axis] = size if extent is None else extent
        arrays += drawn(tuple(known))
    joined = gn.concat(xs, axis)
    feeds = dict(zip(xs, arrays, strict=True))
    np.testing.assert_array_equal(gn.evaluate(joined, feeds), np.concatenate(arrays, axis))
    check_gradients(joined * gn.exp(joined), feeds)


@pytest.mark.parametrize("extents", EXTENTS)
def test_pieces_of_a_sum(extents: list[int | None]) -> None:
    """Slices cut a vector where its pieces meet, without knowing one of the sizes."""
    unknown = extents.count(None)
    slices = parts(extents)
    if unknown > 1:
        assert slices is None
        return
    assert slices is not None
    sizes = [7 if extent is None else extent for extent in extents]
    whole = np.arange(sum(sizes))
    pieces = np.split(whole, np.cumsum(sizes)[:-1])
    for cut, piece in zip(slices, pieces, strict=True):
        np.testing.assert_array_equal(whole[cut], piece)


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_stack(axis: int) -> None:
    """A new axis is made anywhere, also of operands of unknown extents."""
    arrays = drawn((2, 3), (2, 3), (2, 3))
    xs = [gn.placeholder((None, None), gn.float64) for _ in arrays]
    stacked = gn.stack(xs, axis)
    feeds = dict(zip(xs, arrays, strict=True))
    np.testing.assert_array_equal(gn.evaluate(stacked, feeds), np.stack(arrays, axis))
    check_gradients(gn.exp(stacked), feeds)


# Split


def test_split() -> None:
    """Equal parts or given sizes; a part of an unknown extent is unknown, a given size is not."""
    x = gn.placeholder((None, 6))
    assert [piece.shape for piece in gn.split(x, 3, axis=1)] == [(None, 2)] * 3
    assert [piece.shape for piece in gn.split(x, [1, 5], axis=-1)] == [(None, 1), (None, 5)]
    assert [piece.shape for piece in gn.split(x, 2)] == [(None, 6)] * 2
    assert [piece.shape for piece in gn.split(x, [4, 0])] == [(4, 6), (0, 6)]
    assert [piece.shape for piece in gn.split(gn.placeholder(("batch",)), 1)] == [("batch",)]
    values = drawn((4, 6))[0].astype(np.float32)
    for ours, numpys in zip(
        gn.evaluate(gn.split(x, 2), {x: values}), np.split(values, 2), strict=True
    ):
        np.testing.assert_array_equal(ours, numpys)


def test_the_gradient_of_one_piece() -> None:
    """It is zero for all others."""
    x = gn.placeholder((None,), gn.float64)
    _, middle, _ = gn.split(x, [1, 2, 1])
    (gradient,) = gn.gradients(middle * middle, [x])
    assert gn.evaluate(gradient, {x: [1.0, 2.0, 3.0, 4.0]}).tolist() == [0, 4, 6, 0]
    check_gradients(middle * middle, {x: [1.0, 2.0, 3.0, 4.0]})


def test_split_refuses() -> None:
    """The parts must make up the axis."""
    x = gn.placeholder((None, 6))
    for pieces, message in ((4, "does not make 4 equal parts"), ([2, 3], "do not make up an axis")):
        with pytest.raises(ShapeError, match=message):
            gn.split(x, pieces, axis=1)
    for pieces in (0, -1, [], [7, -1]):
        with pytest.raises(ShapeError, match="says neither how many"):
            gn.split(x, pieces, axis=1)
    with pytest.raises(FeedError, match="does not make 2 equal parts"):
        gn.evaluate(gn.split(x, 2), {x: np.zeros((3, 6), np.float32)})


# Tile

REPETITIONS: list[tuple[tuple[int, ...], Any]] = [
    ((2, 3), 2),
    ((2, 3), (2, 1)),
    ((2, 3), (2, 1, 3)),
    ((), 3),
    ((2, 3), (0, 2)),
    ((0, 3), (2, 2)),
    ((2, 3), ()),
]


@pytest.mark.parametrize(("shape", "reps"), REPETITIONS)
@pytest.mark.parametrize("known", [True, False])
def test_tile(shape: tuple[int, ...], reps: Any, known: bool) -> None:
    """Numbers that are missing are 1, and axes that are missing come first, as in NumPy."""
    (values,) = drawn(shape)
    x = gn.placeholder(shape if known else [None] * len(shape), gn.float64)
    np.testing.assert_array_equal(gn.evaluate(gn.tile(x, reps), {x: values}), np.tile(values, reps))
    check_gradients(gn.exp(gn.tile(x, reps)), {x: values})


def test_tile_infers() -> None:
    """An unknown extent stays what it is where it is not repeated."""
    x = gn.placeholder(("batch", None))
    assert gn.tile(x, (1, 2)).shape == ("batch", None)
    assert gn.tile(x, (3, 2, 0)).shape == (3, None, 0)
    with pytest.raises(ShapeError, match="not integers from 0 up"):
        gn.tile(x, (1, -1))
    with pytest.raises(ShapeError, match="not integers from 0 up"):
        gn.tile(x, 1.5)  # type: ignore[arg-type]  # that is the mistake


# Pad

WIDTHS: list[Any] = [1, (0, 2), ((1, 2),), ((1, 0), (0, 3)), 0, 5]
MODES: list[Any] = ["constant", "edge", "reflect", "symmetric", "wrap"]


@pytest.mark.parametrize("widths", WIDTHS)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("known", [True, False])
def test_pad(widths: Any, mode: Any, known: bool) -> None:
    """Widths and modes are NumPy's, and so are the values; gradients go where they came from."""
    (values,) = drawn((3, 4))
    x = gn.placeholder(values.shape if known else (None, None), gn.float64)
    padded = gn.pad(x, widths, mode)
    np.testing.assert_array_equal(gn.evaluate(padded, {x: values}), np.pad(values, widths, mode))
    check_gradients(gn.exp(padded), {x: values})


def test_the_value_of_padding() -> None:
    """It must be one of the operand's dtype."""
    x = np.array([1, 2], np.int8)
    padded = gn.pad(gn.constant(x), (1, 0), constant_values=-7)
    assert padded.dtype == np.int8
    assert gn.evaluate(padded).tolist() == [-7, 1, 2]
    assert gn.evaluate(gn.pad([1.0], 1, constant_values=-np.inf)).tolist() == [-np.inf, 1, -np.inf]
    for value in (300, 0.5):
        with pytest.raises(DTypeError, match="does not fit into int8"):
            gn.pad(gn.constant(x), 1, constant_values=value)


def test_pad_infers() -> None:
    """An axis without padding keeps its name."""
    x = gn.placeholder(("batch", None, 3))
    assert gn.pad(x, ((0, 0), (1, 1), (1, 1))).shape == ("batch", None, 5)


def test_pad_refuses() -> None:
    """Widths must be pairs for the axes, and there must be something to copy."""
    x = gn.placeholder((0, 3))
    for widths in ((1, 2, 3), ((1, 1),) * 3):
        with pytest.raises(ShapeError, match="are not pairs for 2 axes"):
            gn.pad(x, widths)
    with pytest.raises(ShapeError, match="not integers from 0 up"):
        gn.pad(x, -1)
    with pytest.raises(GraphError, match="no mode 'mean'"):
        gn.pad(x, 1, "mean")  # type: ignore[arg-type]  # that is the mistake
    with pytest.raises(ShapeError, match="an empty axis has nothing to be padded with"):
        gn.pad(x, ((1, 1), (0, 0)), "edge")
    assert gn.pad(x, ((0, 0), (1, 1)), "edge").shape == (0, 5)
