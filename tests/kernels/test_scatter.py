"""Scatter-add and one-hot arrays, against NumPy's own indexing."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from graphnet.kernels import one_hot, scatter_add
from graphnet.typing import Array

DTYPES = ["float32", "float64", "int32", "int64"]
Case = tuple[Array, Array, Array, int]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw a table, indices, updates that fit, and an axis; small integers, so sums are exact."""
    dtype = draw(st.sampled_from(DTYPES))
    shape = draw(arrays.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4))
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    size = shape[axis]
    where = draw(arrays.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=5))
    indices = draw(arrays.arrays(np.int64, where, elements=st.integers(-size, size - 1)))
    place = axis % len(shape)
    update_shape = shape[:place] + where + shape[place + 1 :]
    values = st.integers(-9, 9)
    table = draw(arrays.arrays(dtype, shape, elements=values))
    updates = draw(arrays.arrays(dtype, update_shape, elements=values))
    return table, indices, updates, axis


@given(cases())
def test_scatter_add_is_unbuffered_indexed_addition(case: Case) -> None:
    """The result is that of ``np.add.at`` on the axis, written in place."""
    table, indices, updates, axis = case
    expected = table.copy()
    place: Any = (slice(None),) * (axis % table.ndim) + (indices,)
    np.add.at(expected, place, updates)
    out = table.copy()
    assert scatter_add(out, indices, updates, axis) is out
    assert np.array_equal(out, expected)


@given(cases())
def test_scatter_add_is_the_transpose_of_take(case: Case) -> None:
    """``<take(x), u> = <x, scatter_add(0, u)>``, which is what a gradient needs."""
    table, indices, updates, axis = case
    taken = np.take(table, indices, axis)
    added = scatter_add(np.zeros_like(table), indices, updates, axis)
    assert np.sum(taken * updates) == np.sum(table * added)


@given(cases())
def test_scatter_add_into_any_memory(case: Case) -> None:
    """Storage order and gaps of ``out`` and of the updates do not matter."""
    table, indices, updates, axis = case
    expected = scatter_add(table.copy(), indices, updates, axis)
    base = np.zeros([2 * extent for extent in table.shape], table.dtype)
    gaps = base[tuple(slice(None, None, -2) for _ in table.shape)]
    other = np.array(updates, order="F")
    for out in (np.array(table, order="F"), gaps):
        out[...] = table
        assert scatter_add(out, indices, other, axis) is out
        assert np.array_equal(out, expected)


def test_scatter_add_sums_large_integers_exactly() -> None:
    """No detour over floats loses digits."""
    out = scatter_add(np.zeros(2, np.int64), np.array([1, 1]), np.array([2**60, 1]))
    assert out.tolist() == [0, 2**60 + 1]


def test_scatter_add_keeps_infinity_where_it_is() -> None:
    """An infinite update reaches its own slice only."""
    updates = np.array([[np.inf, 1.0], [2.0, np.nan]])
    out = scatter_add(np.zeros((3, 2)), np.array([0, 2]), updates)
    np.testing.assert_array_equal(out, [[np.inf, 1], [0, 0], [2, np.nan]])


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int32", "uint64"])
def test_indices_of_any_integer_dtype(dtype: str) -> None:
    """Small and unsigned integers index as well."""
    indices = np.array([2, 0, 2], dtype)
    out = scatter_add(np.zeros(3), indices, np.array([1.0, 2.0, 3.0]))
    assert out.tolist() == [2, 0, 4]
    assert one_hot(indices, 3, np.dtype(int)).argmax(axis=1).tolist() == [2, 0, 2]


@pytest.mark.parametrize("bad", [3, -4, 2**62])
def test_an_index_out_of_range_changes_nothing(bad: int) -> None:
    """The error names the index and the number of positions; ``out`` stays as it was."""
    out = np.arange(3.0)
    with pytest.raises(IndexError, match=f"index {bad} is out of range for 3 positions"):
        scatter_add(out, np.array([0, bad]), np.ones(2))
    assert out.tolist() == [0, 1, 2]
    with pytest.raises(IndexError, match=f"index {bad} is out of range for 3 positions"):
        one_hot(np.array([0, bad]), 3, np.dtype(np.float32))


def test_a_huge_unsigned_index_is_out_of_range() -> None:
    """It does not wrap around to a negative one."""
    with pytest.raises(IndexError, match="index 18446744073709551615"):
        scatter_add(np.zeros(3), np.array([2**64 - 1], np.uint64), np.ones(1))


@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 1)])
def test_updates_are_not_broadcast(shape: tuple[int, ...]) -> None:
    """Updates of another shape are refused, even if they could be repeated."""
    with pytest.raises(ValueError, match=r"expected \(2,\)"):
        scatter_add(np.zeros(3), np.array([0, 1]), np.zeros(shape))


@pytest.mark.parametrize("axis", [2, -3])
def test_an_axis_that_is_not_there(axis: int) -> None:
    """NumPy's error for axes is raised."""
    with pytest.raises(np.exceptions.AxisError):
        scatter_add(np.zeros((2, 2)), np.array([0]), np.zeros((1, 2)), axis)
    with pytest.raises(np.exceptions.AxisError):
        one_hot(np.array([0]), 2, np.dtype(int), axis=axis)


@given(
    st.data(),
    arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
    st.integers(1, 5),
)
def test_one_hot_is_rows_of_the_identity(
    data: st.DataObject, shape: tuple[int, ...], depth: int
) -> None:
    """Along any axis, each index picks a row of the identity matrix."""
    indices = data.draw(arrays.arrays(np.int64, shape, elements=st.integers(-depth, depth - 1)))
    axis = data.draw(st.integers(-len(shape) - 1, len(shape)))
    expected = np.moveaxis(np.eye(depth, dtype=np.float32)[indices], -1, axis)
    found = one_hot(indices, depth, np.dtype(np.float32), axis=axis)
    assert found.dtype == np.float32
    assert np.array_equal(found, expected)


def test_one_hot_with_other_values() -> None:
    """The two values can be chosen, as for smoothed labels."""
    found = one_hot(np.array([1, -1]), 3, np.dtype(np.float64), on=0.9, off=0.05)
    assert found.tolist() == [[0.05, 0.9, 0.05], [0.05, 0.05, 0.9]]
    assert one_hot(np.array(1), 2, np.dtype(np.bool_)).tolist() == [False, True]


def test_one_hot_without_positions() -> None:
    """A depth of zero leaves room for no index, but no indices are fine."""
    assert one_hot(np.zeros((0, 2), int), 0, np.dtype(int)).shape == (0, 2, 0)
    with pytest.raises(IndexError, match="0 positions"):
        one_hot(np.array([0]), 0, np.dtype(int))
