"""Specs: extents known, named and unknown; broadcasting; promotion; axes."""

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet.errors import DTypeError, ShapeError
from graphnet.ir.spec import (
    Spec,
    as_dtype,
    as_float,
    as_shape,
    broadcast,
    merge_dimensions,
    normalize_axes,
    normalize_axis,
    promote,
)
from graphnet.typing import Dimension, Shape

F32 = np.dtype(np.float32)
extents = st.sampled_from([0, 1, 2, 3])
shapes = st.lists(extents, max_size=3).map(tuple)


def test_a_spec_is_shown_as_dtype_and_extents() -> None:
    """A spec is written as in messages and text."""
    assert str(Spec((None, "batch", 3), F32)) == "float32[None, batch, 3]"
    assert str(Spec((), np.dtype(np.bool_))) == "bool[]"


@pytest.mark.parametrize(
    ("shape", "ndim", "size"),
    [((), 0, 1), ((2, 3), 2, 6), ((0, 3), 2, 0), ((None, 3), 2, None), (("n", 3), 2, None)],
)
def test_a_spec_knows_its_size(shape: Shape, ndim: int, size: int | None) -> None:
    """Sizes in elements and bytes are known exactly if all extents are numbers."""
    spec = Spec(shape, np.dtype(np.float64))
    assert (spec.ndim, spec.size, spec.is_static) == (ndim, size, size is not None)
    assert spec.nbytes == (None if size is None else 8 * size)


def test_what_is_known_of_a_shape_does_not_depend_on_what_was_asked_before() -> None:
    """Extents that are NumPy's numbers do not spoil what is known of equal ones."""
    strange: Any = (np.int64(7919), 3)
    assert Spec(strange, F32).size == 7919 * 3
    assert Spec((7919, 3), F32).is_static


@pytest.mark.parametrize(
    ("spec", "other", "accepted"),
    [
        ((2, 3), (2, 3), True),
        ((None, 3), (2, 3), True),
        (("n", 3), (2, 3), True),
        (("n", 3), (None, 3), True),
        ((2, 3), (None, 3), False),
        ((2, 3), ("n", 3), False),
        ((2, 3), (2, 4), False),
        ((2, 3), (2, 3, 1), False),
        ((), (), True),
    ],
)
def test_a_spec_accepts_what_fills_in_its_unknown_extents(
    spec: Shape, other: Shape, accepted: bool
) -> None:
    """A number accepts itself only, anything else accepts all."""
    assert Spec(spec, F32).accepts(Spec(other, F32)) is accepted
    assert not Spec(spec, F32).accepts(Spec(other, np.dtype(np.float64)))


def test_a_spec_can_be_given_another_shape_or_dtype() -> None:
    """The other part stays as it is."""
    spec = Spec((2, 3), F32)
    assert spec.with_shape([6]) == Spec((6,), F32)
    assert spec.with_dtype(np.dtype(np.int8)) == Spec((2, 3), np.dtype(np.int8))


@pytest.mark.parametrize("dtype", ["float32", np.float32, F32, ">f4"], ids=repr)
def test_dtypes_are_named_in_many_ways(dtype: Any) -> None:
    """Names, classes and objects name a dtype; byte order is always the machine's."""
    found = as_dtype(dtype)
    assert found == F32
    assert found.isnative


@pytest.mark.parametrize(
    ("dtype", "message"),
    [
        (
            "float33",
            "'float33' is not a dtype\nhint: use gn.float32, gn.int64, ...",
        ),
        (
            "complex64",
            "dtype complex64 is not supported\nhint: use a bool, integer or floating dtype",
        ),
        (object, "dtype object is not supported\nhint: use a bool, integer or floating dtype"),
    ],
)
def test_only_numbers_have_a_dtype(dtype: Any, message: str) -> None:
    """Anything but booleans, integers and floats is refused."""
    with pytest.raises(DTypeError) as caught:
        as_dtype(dtype)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("given", "shape"),
    [
        (3, (3,)),
        (None, (None,)),
        ("batch", ("batch",)),
        ([None, "n", np.int64(4)], (None, "n", 4)),
        ((), ()),
    ],
)
def test_shapes_are_written_in_many_ways(given: Any, shape: Shape) -> None:
    """One extent, or several, each a number, a name or None."""
    assert as_shape(given) == shape
    assert not any(isinstance(extent, np.generic) for extent in as_shape(given))


@pytest.mark.parametrize("extent", [-1, 2.0, True, "two words", "3", b"n", (1,)])
def test_only_numbers_and_names_are_extents(extent: Any) -> None:
    """Anything else is refused, and the message says what an extent is."""
    with pytest.raises(ShapeError) as caught:
        as_shape([extent])
    assert str(caught.value) == (
        f"{extent!r} is not an extent\nhint: use a number from 0 up, a name like 'batch', or None"
    )


@pytest.mark.parametrize(
    ("first", "second", "merged"),
    [
        (2, 2, 2),
        (2, None, 2),
        (None, 2, 2),
        ("n", None, "n"),
        (None, "n", "n"),
        ("n", 2, 2),
        (2, "n", 2),
        ("n", "n", "n"),
        (None, None, None),
    ],
)
def test_of_equal_extents_the_better_known_remains(
    first: Dimension, second: Dimension, merged: Dimension
) -> None:
    """A number is better than a name, and a name better than nothing."""
    assert merge_dimensions(first, second) == merged


def test_different_numbers_cannot_be_merged() -> None:
    """Extents that must be equal and are not are an error."""
    with pytest.raises(ShapeError) as caught:
        merge_dimensions(2, 3)
    assert str(caught.value) == "extents differ, 2 and 3"


@given(st.lists(shapes, min_size=1, max_size=3))
def test_known_shapes_broadcast_as_in_numpy(several: list[tuple[int, ...]]) -> None:
    """For numbers the rule is NumPy's, errors included."""
    try:
        expected = np.broadcast_shapes(*several)
    except ValueError:
        with pytest.raises(ShapeError, match="do not broadcast together"):
            broadcast(*several)
    else:
        assert broadcast(*several) == expected


@pytest.mark.parametrize(
    ("first", "second", "result"),
    [
        ((None,), (3,), (3,)),
        ((None,), (1,), (None,)),
        ((None,), (None,), (None,)),
        (("n",), ("n",), ("n",)),
        (("n",), (1,), ("n",)),
        (("n",), ("m",), (None,)),
        (("n",), (None,), (None,)),
        (("n",), (3,), (3,)),
        ((None, 3), (3,), (None, 3)),
        (("n", 1), ("m", 3), (None, 3)),
        ((), (None,), (None,)),
    ],
)
def test_unknown_extents_broadcast_to_what_is_certain(
    first: Shape, second: Shape, result: Shape
) -> None:
    """A name survives only where nothing else can decide, since any extent may turn out to be 1."""
    assert broadcast(first, second) == result
    assert broadcast(second, first) == result


MASKS: list[Callable[[int], Dimension]] = [lambda n: n, lambda _: None, lambda n: f"n{n}"]


@given(shapes, shapes, st.lists(st.sampled_from(MASKS), min_size=6, max_size=6))
def test_broadcasting_with_unknown_extents_never_claims_too_much(
    first: tuple[int, ...], second: tuple[int, ...], masks: list[Callable[[int], Dimension]]
) -> None:
    """Whatever is hidden of two shapes, the result known beforehand fits what comes out."""
    try:
        expected = np.broadcast_shapes(first, second)
    except ValueError:
        return
    hidden = [mask(extent) for mask, extent in zip(masks, (*first, *second), strict=False)]
    found = broadcast(tuple(hidden[: len(first)]), tuple(hidden[len(first) :]))
    assert len(found) == len(expected)
    for claimed, extent in zip(found, expected, strict=True):
        assert claimed in (None, extent, f"n{extent}")


def test_shapes_that_do_not_broadcast_are_shown() -> None:
    """The message shows both shapes and says how to repair it."""
    with pytest.raises(ShapeError) as caught:
        broadcast((None, 2), (3,))
    assert str(caught.value) == (
        "shapes [None, 2] and [3] do not broadcast together\n"
        "hint: extents must be equal, or one of them 1; gn.expand_dims adds an axis of 1"
    )


@pytest.mark.parametrize("ndim", range(4))
def test_axes_are_counted_from_either_end(ndim: int) -> None:
    """An axis counted from the back is the one counted from the front."""
    for axis in range(ndim):
        assert normalize_axis(axis, ndim) == normalize_axis(axis - ndim, ndim) == axis


@pytest.mark.parametrize(
    ("axis", "ndim", "message"),
    [
        (2, 2, "axis 2 does not exist in 2 dimensions\nhint: axes run from -2 to 1"),
        (-2, 1, "axis -2 does not exist in 1 dimension\nhint: axes run from -1 to 0"),
        (0, 0, "axis 0 does not exist in 0 dimensions\nhint: a scalar has no axes"),
    ],
)
def test_an_axis_must_exist(axis: int, ndim: int, message: str) -> None:
    """The message says which axes there are."""
    with pytest.raises(ShapeError) as caught:
        normalize_axis(axis, ndim)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("axes", "found"),
    [(None, (0, 1, 2)), (1, (1,)), (-1, (2,)), ((2, 0), (0, 2)), ([-1, -3], (0, 2)), ((), ())],
)
def test_several_axes_become_a_sorted_tuple(axes: Any, found: tuple[int, ...]) -> None:
    """None stands for all axes, and an empty tuple for none."""
    assert normalize_axes(axes, 3) == found


def test_an_axis_cannot_be_named_twice() -> None:
    """The same axis counted from both ends is one axis."""
    with pytest.raises(ShapeError) as caught:
        normalize_axes((0, -2), 2)
    assert str(caught.value) == "axes (0, -2) name an axis twice"


DTYPES = [np.dtype(name) for name in ("bool", "int8", "int64", "uint8", "float16", "float32")]


@pytest.mark.parametrize(("first", "second"), list(product(DTYPES, DTYPES)))
def test_dtypes_promote_as_in_numpy(first: np.dtype[Any], second: np.dtype[Any]) -> None:
    """Tensors with tensors promote by NumPy's rule."""
    result = np.ones(1, first) + np.ones(1, second)
    assert promote(first, second) == result.dtype


def test_a_float_made_of_integers_is_float32() -> None:
    """Where NumPy would make a float64, the default float is made; floats stay."""
    assert as_float(np.dtype(np.int64)) == F32
    assert as_float(np.dtype(np.bool_)) == F32
    assert as_float(np.dtype(np.float16)) == np.float16
