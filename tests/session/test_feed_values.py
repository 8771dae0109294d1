"""What can be fed for what: conversions, layouts and shapes."""

import re
from typing import Any

import numpy as np
import pytest

import graphnet as gn
from graphnet.errors import FeedError
from graphnet.typing import Array

NAN = float("nan")
HUGE = 2**40


def feed(dtype: Any, value: Any, shape: Any = ()) -> Array:
    """Feed a placeholder, and give what the graph sees."""
    x = gn.placeholder(shape, dtype, name="x")
    with gn.Session() as session:
        found = session.run(x, {x: value})
        assert np.array_equal(session.compile(x, [x])(value), found, equal_nan=True)
    assert isinstance(found, np.ndarray)
    assert found.dtype == x.dtype
    return found


# Numbers, and lists of them


@pytest.mark.parametrize(
    ("dtype", "value", "expected"),
    [
        ("float32", 2, 2.0),
        ("float32", 2.5, 2.5),
        ("float32", True, 1.0),
        ("float32", HUGE + 1, float(HUGE)),
        ("float32", np.inf, np.inf),
        ("float32", NAN, NAN),
        ("float16", 1e-3, np.float16(1e-3)),
        ("float64", 1e300, 1e300),
        ("int8", 127, 127),
        ("int64", HUGE, HUGE),
        ("int64", True, 1),
        ("uint8", 255, 255),
        ("uint64", 2**64 - 1, 2**64 - 1),
        ("bool", True, True),
        ("bool", 0, False),
        ("bool", 1, True),
        ("float32", np.float64(0.1), np.float32(0.1)),
        ("float32", np.int64(3), 3.0),
        ("float32", np.True_, 1.0),
        ("int32", np.int64(3), 3),
        ("int32", np.uint8(3), 3),
        ("float64", np.float16(0.5), 0.5),
    ],
    ids=repr,
)
def test_numbers_adapt(dtype: str, value: Any, expected: Any) -> None:
    """Python numbers and NumPy scalars become what is asked for where they keep their kind."""
    assert np.array_equal(feed(dtype, value), expected, equal_nan=True)


@pytest.mark.parametrize(
    ("dtype", "value"),
    [
        *(("int64", 2.5), ("int64", 2.0), ("int8", 128), ("uint8", -1), ("bool", 2), ("bool", 1.0)),
        *(("int64", np.float32(1.0)), ("int8", np.int64(300)), ("int64", NAN), ("int64", 2**70)),
        *(("float32", 1e300), ("float16", 70_000), ("float32", np.float64(-1e39))),
    ],
    ids=repr,
)
def test_numbers_that_would_change_are_refused(dtype: str, value: Any) -> None:
    """A float for an integer, and a number out of range, are errors."""
    with pytest.raises(FeedError, match="cannot feed 'x' with") as caught:
        feed(dtype, value)
    assert caught.value.rows
    assert caught.value.hint


@pytest.mark.parametrize(
    ("dtype", "value", "expected"),
    [
        ("float32", [1, 2.5], [1.0, 2.5]),
        ("float32", (1, True), [1.0, 1.0]),
        ("float32", [np.float64(0.5), 1], [0.5, 1.0]),
        ("float32", range(3), [0.0, 1.0, 2.0]),
        ("int8", [1, 2], [1, 2]),
        ("bool", [0, 1], [False, True]),
        ("float32", [], []),
        ("int64", [], []),
        ("bool", (), []),
        ("float32", [np.array(1.0), np.array(2.0)], [1.0, 2.0]),
    ],
    ids=repr,
)
def test_lists_adapt(dtype: str, value: Any, expected: Any) -> None:
    """Lists of numbers are like numbers; an empty one fits any dtype."""
    assert feed(dtype, value, (None,)).tolist() == expected


@pytest.mark.parametrize(
    "value",
    [
        [1, [2, 3]],
        [1, "2"],
        ["a"],
        "text",
        None,
        [None],
        pytest.param(object(), id="object"),
        {1: 2},
        [1j],
        1 + 2j,
        b"x",
    ],
    ids=repr,
)
def test_what_is_no_number_is_refused(value: Any) -> None:
    """Text, None, objects, complex numbers and ragged lists are errors that say so."""
    with pytest.raises(FeedError, match="cannot feed 'x' with") as caught:
        feed("float32", value, (None,))
    assert caught.value.hint


# Arrays


@pytest.mark.parametrize(
    ("dtype", "source"),
    [
        *(("float32", "float16"), ("float32", "uint8"), ("float32", "int16"), ("float32", "bool")),
        *(("float64", "float32"), ("float64", "int32"), ("int64", "int32"), ("int64", "uint32")),
        *(("uint8", "bool"), ("float32", ">f4"), ("int64", ">i4"), ("float64", ">f4")),
    ],
)
def test_arrays_are_converted_where_that_is_safe(dtype: str, source: str) -> None:
    """Every value of the array's dtype is one of the placeholder's; byte order does not matter."""
    array = np.array([0, 1, 1], source)
    assert feed(dtype, array, (None,)).tolist() == [0, 1, 1]
    assert feed(dtype, array[0:1].reshape(())).tolist() == 0


@pytest.mark.parametrize(
    ("dtype", "source"),
    [
        *(("float32", "float64"), ("float32", "int64"), ("float32", "int32"), ("int32", "int64")),
        *(("int64", "float32"), ("bool", "int64"), ("int8", "uint8"), ("int64", "uint64")),
        *(("float32", "complex64"), ("float32", "object"), ("float32", "U3"), ("int64", "M8[s]")),
    ],
)
def test_arrays_that_could_change_are_refused(dtype: str, source: str) -> None:
    """An array says what it is; converting it is the user's decision, also if it is empty."""
    for array in (np.zeros(2, source), np.zeros(0, source), np.zeros((), source)):
        with gn.Graph(), pytest.raises(FeedError, match=r"feed 'x' with .* values") as caught:
            feed(dtype, array, (None,) * array.ndim)
        assert caught.value.hint is not None
        word = re.search(r"astype\(gn\.(\w+)\)", caught.value.hint)
        assert word is not None
        assert getattr(gn, word[1]) == np.dtype(dtype)


class Tagged(np.ndarray[Any, Any]):
    """An array of a class of its own."""


def layouts() -> dict[str, Array]:
    """Give the numbers from 0 to 5 as arrays that lie in memory in several ways."""
    base = np.arange(6, dtype=np.float32).reshape(2, 3)
    wide = np.zeros((4, 6), np.float32)
    wide[::2, ::2] = base
    unaligned = np.zeros(25, np.uint8)[1:].view(np.float32).reshape(2, 3)
    unaligned[...] = base
    locked = base.copy()
    locked.flags.writeable = False
    return {
        "in order": base,
        "column by column": np.asfortranarray(base),
        "with gaps": wide[::2, ::2],
        "backwards": base[::-1, ::-1].copy()[::-1, ::-1],
        "unaligned": unaligned,
        "read-only": locked,
        "big-endian": base.astype(">f4"),
        "masked": np.ma.masked_array(base),
        "subclass": base.view(Tagged),
        "repeated": np.broadcast_to(base, (2, 3)),
    }


@pytest.mark.parametrize("layout", layouts())
def test_arrays_may_lie_in_any_way(layout: str) -> None:
    """Results are plain arrays, equal for all layouts, and what is fed is never changed."""
    array = layouts()[layout]
    x = gn.placeholder((2, None), name="x")
    fetches = [x, x.T @ x, gn.exp(x), x.reshape(6) * 2, gn.sum(x, 1), x.T.reshape(-1), x[:, 0]]
    expected = gn.evaluate(fetches, {x: layouts()["in order"]})
    for optimize in (True, False):
        with gn.Session(optimize=optimize) as session:
            compiled = session.compile(fetches, [x])
            for _ in range(2):
                for found in (session.run(fetches, {x: array}), compiled(array)):
                    assert all(type(result) is np.ndarray for result in found)
                    assert all(map(np.allclose, found, expected))
    assert np.array_equal(np.asarray(array), layouts()["in order"])


def test_a_compiled_function_takes_lists_after_special_arrays() -> None:
    """What has been remembered of one call does not spoil the next."""
    x = gn.placeholder((None,), name="x")
    with gn.Session() as session:
        compiled = session.compile(x * 2, [x])
        for value in (np.ma.masked_array(np.ones(1, "f4")), [1.0, 2.0], (3,), np.full(1, 4, "f4")):
            assert compiled(value).tolist() == (np.asarray(value) * 2).tolist()
        with pytest.raises(FeedError, match="float64 values"):
            compiled(np.array([1.0]))


def test_empty_and_large_batches() -> None:
    """A batch may have no rows, or very many."""
    x = gn.placeholder((None, 2), name="x")
    fetches = [gn.sum(x), x + 1]
    with gn.Session() as session:
        for rows in (0, 1, 1_000_000, 0, 3):
            found = session.run(fetches, {x: np.ones((rows, 2), np.float32)})
            assert found[0] == 2 * rows
            assert found[1].shape == (rows, 2)


# Shapes


@pytest.mark.parametrize(
    ("shape", "fed"),
    [
        *(((), (1,)), ((1,), ()), ((2,), (3,)), ((None,), ()), ((None, 2), (2,))),
        *(((None, 2), (3, 3)), ((None, 2), (1, 3, 2)), ((0,), (1,)), ((2, 3), (3, 2))),
    ],
)
def test_shapes_must_fit(shape: Any, fed: Any) -> None:
    """Nothing is broadcast or reshaped: rank and known extents must be right."""
    with pytest.raises(FeedError, match=r"cannot feed 'x' with an array of shape \[") as caught:
        feed("float32", np.zeros(fed, np.float32), shape)
    assert caught.value.hint is not None
    assert "the shape must be [" in caught.value.hint


@pytest.mark.parametrize(
    ("shape", "fed", "way"),
    [
        ((None, 3), (3,), "value[None]"),
        ((None, 3), (3, 5), "value.T"),
        ((None,), (3, 1), "value[..., 0]"),
    ],
)
def test_hints_show_the_way_to_common_shapes(shape: Any, fed: Any, way: str) -> None:
    """A missing axis, a transposed matrix, and a column for a vector are recognized."""
    array = np.zeros(fed, np.float32)
    with pytest.raises(FeedError) as caught:
        feed("float32", array, shape)
    assert caught.value.hint is not None
    assert way in caught.value.hint
    right = eval(way, {"value": array})  # noqa: S307  # what the hint says
    feed("float32", right, shape)


def test_named_extents_agree() -> None:
    """Equal names mean equal extents in one run, and other ones in the next."""
    x = gn.placeholder(("batch", 2), name="x")
    y = gn.placeholder(("batch",), name="y")
    z = gn.placeholder(("side", "side"), name="z")
    with gn.Session() as session:
        compiled = session.compile([x, y], [x, y])
        for rows in (3, 4):
            arrays = np.zeros((rows, 2), np.float32), np.zeros(rows, np.float32)
            session.run([x, y], dict(zip((x, y), arrays, strict=True)))
            compiled(*arrays)
        session.run(z, {z: np.zeros((3, 3), np.float32)})
        wrong = np.zeros((3, 2), np.float32), np.zeros(4, np.float32)
        with pytest.raises(FeedError, match="extent 'batch' is 3 in 'x' and 4 in 'y'"):
            session.run([x, y], dict(zip((x, y), wrong, strict=True)))
        with pytest.raises(FeedError, match="extent 'batch' is 3 in 'x' and 4 in 'y'"):
            compiled(*wrong)
        with pytest.raises(FeedError, match="extent 'side' is 3 in 'z' and 4 in 'z'"):
            session.run(z, {z: np.zeros((3, 4), np.float32)})


def test_shapes_that_do_not_fit_together() -> None:
    """Feeds that fit their placeholders must fit the ops, too."""
    x, y = gn.placeholder((None,), name="x"), gn.placeholder((None,), name="y")
    total = x + y
    with gn.Session() as session:
        with pytest.raises(FeedError, match="the fed shapes do not fit together") as caught:
            session.run(total, {x: [1.0, 2.0], y: [1.0, 2.0, 3.0]})
        assert caught.value.at == str(total.node.site)
        assert session.run(total, {x: [1.0, 2.0], y: [1.0]}).tolist() == [2.0, 3.0]
