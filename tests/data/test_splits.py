"""Splits and folds: every example in one part, parts of the sizes and labels asked for."""

import math
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet.data import batches, k_fold, split
from graphnet.typing import Array

SHARES = [(0.5, 0.5), (0.8, 0.2), (0.7, 0.2, 0.1), (0.1, 0.2, 0.3, 0.4)]
LABELS = st.lists(st.integers(0, 4), min_size=20, max_size=80)


class Pair(NamedTuple):
    """Inputs and targets."""

    inputs: Array
    targets: Array


@pytest.mark.parametrize("shares", SHARES)
@given(count=st.integers(20, 200), seed=st.integers(0, 5), shuffle=st.booleans())
def test_every_example_is_in_one_part(
    shares: tuple[float, ...], count: int, seed: int, shuffle: bool
) -> None:
    """Parts have their shares to the nearest example."""
    parts = split(count, shares, seed=seed, shuffle=shuffle)
    together = np.concatenate(parts)
    assert np.array_equal(np.sort(together), np.arange(count))
    assert shuffle or np.array_equal(together, np.arange(count))
    assert len(parts) == len(shares)
    for part, share in zip(parts, shares, strict=True):
        assert abs(len(part) - share * count) < 1


@given(LABELS, st.integers(1, 19), st.booleans())
def test_two_stratified_parts(labels: list[int], first: int, shuffle: bool) -> None:
    """Both have each label in proportion, to less than one example, and their exact sizes."""
    array = np.array(labels)
    parts = split(array, first, stratify=array, shuffle=shuffle)
    assert [len(part) for part in parts] == [first, len(labels) - first]
    for part in parts:
        for label in set(labels):
            expected = labels.count(label) * len(part) / len(labels)
            assert abs(np.count_nonzero(part == label) - expected) < 1


@pytest.mark.parametrize("shares", SHARES)
@given(labels=LABELS, seed=st.integers(0, 5))
def test_more_stratified_parts(shares: tuple[float, ...], labels: list[int], seed: int) -> None:
    """All have each label in proportion, to less than two examples; none is lost."""
    array = np.array(labels)
    positions = split(len(labels), shares, stratify=array, seed=seed)
    plain = split(len(labels), shares, seed=seed)
    assert [len(part) for part in positions] == [len(part) for part in plain]
    assert sorted(np.concatenate(positions).tolist()) == list(range(len(labels)))
    for part in positions:
        for label in set(labels):
            expected = labels.count(label) * len(part) / len(labels)
            assert abs(np.count_nonzero(array[part] == label) - expected) < 2


def test_stratified_parts_are_not_sorted() -> None:
    """Within a part, the labels come in an order by chance."""
    labels = np.repeat([0, 1], 50)
    train, _ = split(labels, 0.8, stratify=labels)
    assert not np.array_equal(train, np.sort(train))
    assert not np.array_equal(train[:40], train[40:])


def test_labels_of_any_kind_stratify() -> None:
    """Words are labels, too."""
    words = np.array(["cat", "dog"] * 10)
    train, test = split(words, 10, stratify=words)
    assert np.count_nonzero(train == "cat") == np.count_nonzero(test == "cat") == 5


@pytest.mark.parametrize(
    ("parts", "sizes"),
    [
        (0.25, [2, 8]),
        (3, [3, 7]),
        ((3, 3, 4), [3, 3, 4]),
        ([0.1, 0.9], [1, 9]),
        (np.array([0.3, 0.7]), [3, 7]),
        ((1.0,), [10]),
        ((0.35, 0.3, 0.35), [4, 3, 3]),
        ((0.35, 0.3, 1 - 0.35 - 0.3), [4, 3, 3]),
        ((0.15, 0.15, 0.7), [2, 1, 7]),
        ((0.25, 0.75), [2, 8]),
    ],
)
def test_ways_to_say_parts(parts: Any, sizes: list[int]) -> None:
    """Shares or numbers of examples; one stands for it and the rest."""
    assert [len(part) for part in split(np.arange(10), parts)] == sizes


@pytest.mark.parametrize(
    "parts",
    [
        *((0.8, 0.3), (0.5, 0.4), (3, 3), 10, 0, 1.0, 1.2, -0.1, (0.5, -0.5, 1.0), (math.nan,)),
        *(None, "ab", True, (), (True, 9), (0.5, None), np.array([[0.5, 0.5]])),
    ],
)
def test_parts_that_do_not_add_up(parts: Any) -> None:
    """Too much, too little, and nothing at all are errors that say what would be right."""
    with pytest.raises(ValueError, match=r"do not divide 10 examples\nhint: .* of sum 10$"):
        split(np.arange(10), parts)


def test_a_part_needs_an_example() -> None:
    """A share that comes to nothing is named."""
    with pytest.raises(ValueError, match=r"part 1 of \(0.9, 0.1\) has none of 3 examples"):
        split(3, (0.9, 0.1))


def test_one_hot_labels_do_not_stratify() -> None:
    """There is one label for each example."""
    with pytest.raises(ValueError, match=r"shape \(4, 2\), expected \(4,\)\nhint: .*argmax"):
        split(np.arange(4), 2, stratify=np.zeros((4, 2)))


def test_parts_have_the_structure_of_the_arrays() -> None:
    """Arrays stay aligned, in named tuples and dicts; parts are copies."""
    rows = np.arange(20).reshape(10, 2)
    train, test = split(Pair(rows, np.arange(10)), 0.7)
    fold = next(k_fold({"x": rows, "y": [np.arange(10)]}, 2))
    for inputs, targets in (train, test, *((part["x"], part["y"][0]) for part in fold)):
        assert np.array_equal(inputs, rows[targets])
        assert not np.shares_memory(inputs, rows)
    assert isinstance(train, Pair)


@given(st.integers(2, 60), st.integers(2, 10), st.integers(0, 5))
def test_folds_are_validated_once(count: int, k: int, seed: int) -> None:
    """Each example is in one validation set and in all other training sets; sizes are even."""
    k = min(k, count)
    pairs = list(k_fold(count, k, seed=seed))
    assert len(pairs) == k
    assert sorted(np.concatenate([fold for _, fold in pairs]).tolist()) == list(range(count))
    sizes = [len(fold) for _, fold in pairs]
    assert max(sizes) - min(sizes) <= 1
    for train, fold in pairs:
        assert sorted([*train.tolist(), *fold.tolist()]) == list(range(count))


def test_the_seed_decides() -> None:
    """Orders are frozen, differ between seeds, and are none of the orders of batches."""
    assert split(6, 3)[0].tolist() == split(6, 3, seed=0)[0].tolist() == [4, 1, 2]
    assert split(100, 0.5)[0].tolist() != split(100, 0.5, seed=1)[0].tolist()
    firsts = [
        next(iter(batches(np.arange(100), 50))),
        split(100, 0.5)[0],
        next(k_fold(100, 2))[1],
    ]
    assert len({tuple(first.tolist()) for first in firsts}) == 3


@pytest.mark.parametrize(
    ("arrays", "k", "message"),
    [
        (5, 1, "k_fold: expected k of 2 or more, found 1"),
        (5, 6, "5 examples cannot be divided into 6 folds"),
        ((np.zeros(3), np.zeros(4)), 2, "k_fold: the arrays differ"),
        (-1, 2, "k_fold: expected a number of examples of 0 or more, found -1"),
    ],
)
def test_folds_that_cannot_be(arrays: Any, k: int, message: str) -> None:
    """Errors come with the call, before the first pair is asked for."""
    with pytest.raises(ValueError, match=message):
        k_fold(arrays, k)


@pytest.mark.parametrize("divide", [split, k_fold])
@pytest.mark.parametrize("seed", [-1, 1.5, None, "0", True])
def test_seeds_are_integers_from_0_on(divide: Any, seed: Any) -> None:
    """The error names the function, and says what a seed is."""
    message = rf"^{divide.__name__}: expected a seed.*0 or more, found .*\nhint: any integer from 0"
    with pytest.raises(ValueError, match=message):
        divide(10, 2 if divide is k_fold else 0.5, seed=seed)
