"""Batches: every example once per epoch, aligned, in an order that the seed decides."""

import math
import tracemalloc
from collections import Counter
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet.data import batches
from graphnet.data.structure import permutation
from graphnet.typing import Array


class Pair(NamedTuple):
    """Inputs and targets."""

    inputs: Array
    targets: Array


def flat(found: Any) -> list[int]:
    """Give the numbers of all batches of one array in their order."""
    return [number for batch in found for number in batch.tolist()]


@given(st.integers(0, 50), st.integers(1, 20), st.integers(0, 5), st.booleans(), st.booleans())
def test_an_epoch_has_every_example_once(
    count: int,
    size: int,
    seed: int,
    shuffle: bool,
    drop_last: bool,
) -> None:
    """All batches but the last are full; the last is dropped only if asked for and smaller."""
    made = batches(np.arange(count), size, shuffle=shuffle, seed=seed, drop_last=drop_last)
    found = list(made)
    kept = count - count % size if drop_last else count
    assert len(found) == len(made) == (count // size if drop_last else math.ceil(count / size))
    assert all(len(batch) == size for batch in found[:-1])
    numbers = flat(found)
    assert len(numbers) == len(set(numbers)) == kept
    assert set(numbers) <= set(range(count))
    assert shuffle or numbers == list(range(kept))


@given(st.integers(1, 40), st.integers(1, 10), st.booleans())
def test_arrays_stay_aligned(count: int, size: int, shuffle: bool) -> None:
    """Examples of different arrays at one position stay together."""
    rows = np.arange(3 * count).reshape(count, 3)
    for some_rows, numbers in batches((rows, np.arange(count)), size, shuffle=shuffle):
        assert np.array_equal(some_rows, rows[numbers])


@pytest.mark.parametrize("shuffle", [True, False])
def test_batches_have_the_structure_of_the_arrays(shuffle: bool) -> None:
    """Tuples, named tuples, lists, dicts and what is in them come back."""
    a, b = np.arange(4), np.arange(4.0)
    (pair,) = batches(Pair(a, b), 4, shuffle=shuffle)
    assert isinstance(pair, Pair)
    (plain,) = batches((a, b), 4, shuffle=shuffle)
    assert type(plain) is tuple
    (row,) = batches([a, b], 4, shuffle=shuffle)
    assert type(row) is list
    nested: Any = {"x": a, "y": (b, a)}
    (table,) = batches(nested, 4, shuffle=shuffle)
    assert list(table) == ["x", "y"]
    for found in (pair.inputs, plain[0], row[0], table["x"], table["y"][1]):
        assert found.dtype == a.dtype
        assert sorted(found.tolist()) == [0, 1, 2, 3]


def test_every_iteration_is_the_next_epoch() -> None:
    """Orders differ between epochs and come again with the seed and the epoch."""
    made = batches(np.arange(100), 7, seed=3)
    epochs = [flat(made) for _ in range(3)]
    assert made.epoch == 3
    assert len({tuple(epoch) for epoch in epochs}) == 3
    again = batches(np.arange(100), 50, seed=3, epoch=1)
    assert [flat(again), flat(again)] == epochs[1:]
    assert flat(batches(np.arange(100), 7, seed=4)) != epochs[0]


def test_an_epoch_begins_with_iter() -> None:
    """Two iterations side by side are two epochs, whichever is read first."""
    made = batches(np.arange(30), 30, seed=1)
    first, second = iter(made), iter(made)
    later, earlier = next(second), next(first)
    assert flat(batches(np.arange(30), 30, seed=1)) == earlier.tolist()
    assert flat(batches(np.arange(30), 30, seed=1, epoch=1)) == later.tolist()


def test_the_order_is_frozen() -> None:
    """A seed and an epoch give the same order on every machine and with every NumPy."""
    assert permutation(10, 0, 0).tolist() == [0, 8, 9, 3, 7, 5, 1, 2, 6, 4]
    assert permutation(10, 0, 1).tolist() == [3, 7, 4, 2, 9, 8, 1, 6, 5, 0]
    assert flat(batches(np.arange(10), 4)) == permutation(10, 0, 0).tolist()


def test_all_orders_are_equally_likely() -> None:
    """Over many epochs each order of three examples comes up as often as the others."""
    orders = Counter(tuple(permutation(3, 0, epoch).tolist()) for epoch in range(3000))
    assert len(orders) == 6
    assert all(abs(count - 500) < 5 * math.sqrt(500) for count in orders.values())


def test_batches_in_order_are_views() -> None:
    """Nothing is copied unless it is shuffled."""
    array = np.arange(10).reshape(5, 2)
    for batch in batches(array, 2, shuffle=False):
        assert np.shares_memory(batch, array)


def test_shuffled_batches_are_contiguous_copies() -> None:
    """Each batch is an array of its own, which may be kept or changed, whatever the input."""
    array = np.asfortranarray(np.arange(20).reshape(10, 2))
    found = list(batches(array, 4))
    for number, batch in enumerate(found):
        assert batch.flags.c_contiguous
        assert batch.flags.owndata
        assert not np.shares_memory(batch, array)
        assert not any(np.shares_memory(batch, other) for other in found[:number])


def test_different_lengths_are_named() -> None:
    """The error says which array has how many examples."""
    with pytest.raises(ValueError, match=r"\(arrays\['x'\]: 4, arrays\['y'\]\[0\]: 3\)$"):
        batches({"x": np.zeros(4), "y": [np.zeros((3, 2))]}, 2)


@pytest.mark.parametrize("arrays", [(), [], {}, ([], {})])
def test_at_least_one_array(arrays: Any) -> None:
    """Nothing cannot be cut."""
    with pytest.raises(ValueError, match="at least one array"):
        batches(arrays, 2)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        (
            [1, 2, 3],
            r"arrays is a list of numbers, .*\nhint: np.array\(arrays\), if it is one array",
        ),
        ([(1, 2), (3, 4)], r"arrays is a list of lists, .*\nhint: np.array\(arrays\)"),
        (([1, 2], [0, 1]), r"arrays\[0\] is a list of numbers, .*\nhint: np.array\(arrays\[0\]\)"),
        ({"x": (1.0, 2.0)}, r"arrays\['x'\] is a tuple of numbers"),
        ([np.zeros(3), 3], r"arrays\[1\] is an int, expected an array\nhint: a tuple, list or"),
        ((np.zeros(3), "abc"), r"arrays\[1\] is a str, expected an array"),
        (None, "arrays is None, expected an array"),
    ],
)
def test_only_arrays(arrays: Any, message: str) -> None:
    """A list is a list of arrays, not an array."""
    with pytest.raises(TypeError, match=message):
        batches(arrays, 2)


def test_a_single_number_has_no_examples() -> None:
    """An array without axes is refused."""
    with pytest.raises(ValueError, match="arrays has no axes"):
        batches(np.array(1.0), 2)


@pytest.mark.parametrize("size", [0, -1])
def test_the_size_is_positive(size: int) -> None:
    """A batch has at least one example."""
    with pytest.raises(ValueError, match=f"size of 1 or more, found {size}"):
        batches(np.zeros(3), size)


def test_the_size_is_an_integer() -> None:
    """NumPy's integers are fine, floats are not."""
    assert len(batches(np.zeros(3), np.int64(2))) == 2  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="integer"):
        batches(np.zeros(3), 2.0)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["seed", "epoch"])
@pytest.mark.parametrize("value", [-1, 1.5, None, True])
def test_seeds_and_epochs_are_numbers_from_0_on(name: str, value: Any) -> None:
    """The error comes with the call, not with the first batch."""
    with pytest.raises(ValueError, match=rf"batches: expected an? {name}\b.*found {value}"):
        batches(np.zeros(3), 2, **{name: value})


def test_batches_show_what_they_are() -> None:
    """How many of how many, and in which order."""
    array = np.zeros(1000)
    assert repr(batches(array, 25)) == "<batches of 25 from 1000 examples, shuffled>"
    kept = batches(array, 300, shuffle=False, drop_last=True)
    assert (
        repr(kept) == "<batches of 300 from 1000 examples, in order, the last smaller one dropped>"
    )


def test_a_batch_of_a_view_copies_no_more_than_itself() -> None:
    """Every second column of a table is not copied whole for a few of its rows."""
    view = np.zeros((1000, 1000))[:, ::2]
    tracemalloc.start()
    try:
        next(iter(batches(view, 4)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < view.nbytes / 10
