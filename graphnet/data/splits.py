"""Parts of a data set: for training, validation and test, and the folds of cross-validation."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from graphnet.data.counts import at_least, seed_number
from graphnet.data.structure import common_length, permutation, take
from graphnet.errors import ArgumentError
from graphnet.typing import Array

__all__ = ["k_fold", "split"]

# Third words of the keys, so that no order here is one of ``batches``.
SPLIT, FOLD = 1, 2
NUMBERS = int | float | np.integer | np.floating


def split(
    arrays: Any,
    parts: float | Sequence[float],
    *,
    seed: int = 0,
    shuffle: bool = True,
    stratify: Array | None = None,
) -> tuple[Any, ...]:
    """Divide examples by chance into parts, as for training, validation and test.

    Every example is in exactly one part. The division depends on the numbers of examples, the
    parts and the seed alone, on every machine alike.

    Args:
        arrays: One array, or arrays in tuples, named tuples, lists and dicts, all with the
            examples along the first axis. A number n stands for the positions 0 to n - 1.
        parts: Either the shares of the parts, floats of sum 1, or their numbers of examples,
            integers of the sum that there is. One number is that of the first of two parts.
            Shares are met to less than one example: what rounding down leaves over goes to the
            parts with the largest remainders, the larger ones first.
        seed: Not negative.
        shuffle: Whether to choose by chance; otherwise the first examples are the first part, as
            it should be where examples follow each other in time.
        stratify: Label of each example, of shape (n,): every part gets its share of each label,
            to less than one example with two parts, to less than two with more.

    Returns:
        The parts in their order, each in the structure of ``arrays``; all copies.

    Raises:
        ArgumentError: The parts are not numbers, do not add up, or one would have no example.
        ArgumentError: ``seed`` is negative, or not an integer.
        ArgumentError: Something in ``arrays`` is not an array, or lengths differ.

    Example:
        >>> import graphnet as gn
        >>> points, labels = gn.data.disk(1000, form="centered")
        >>> train, validation, test = gn.data.split((points, labels), (0.7, 0.2, 0.1))
        >>> [inside.size for _, inside in (train, validation, test)]
        [700, 200, 100]
        >>> train, test = gn.data.split((points, labels), 0.5, stratify=labels)
        >>> int(train[1].sum()), int(test[1].sum()), int(labels.sum())
        (60, 60, 120)
    """
    seed = seed_number(seed, "split")
    arrays = positions_of(arrays, "split")
    count = common_length(arrays, "split")
    sizes = part_sizes(parts, count)
    order = permutation(count, seed, 0, SPLIT) if shuffle else np.arange(count)
    labels = np.zeros(count, np.int64) if stratify is None else label_numbers(stratify, count)
    member = membership(labels[order], sizes)
    return tuple(take(arrays, order[member == part]) for part in range(len(sizes)))


def k_fold(arrays: Any, k: int = 5, *, seed: int = 0) -> Iterator[tuple[Any, Any]]:
    """Give the ``k`` pairs of training and validation examples of a cross-validation.

    The examples are divided by chance into ``k`` folds, whose sizes differ by one at most. Each
    fold is the validation set once, while the others are the training set (M. Stone,
    "Cross-validatory choice and assessment of statistical predictions", 1974). The folds depend on
    the number of examples, ``k`` and the seed alone, on every machine alike.

    Args:
        arrays: One array, or arrays in tuples, named tuples, lists and dicts, all with the
            examples along the first axis. A number n stands for the positions 0 to n - 1.
        k: Number of folds, from 2 to the number of examples.
        seed: Not negative.

    Returns:
        Iterator of pairs (training, validation), both copies in the structure of ``arrays``, made
        when they are asked for.

    Raises:
        ArgumentError: ``k`` is less than 2, or more than there are examples.
        ArgumentError: ``seed`` is negative, or not an integer.
        ArgumentError: Something in ``arrays`` is not an array, or lengths differ.

    Example:
        >>> import graphnet as gn
        >>> points, labels = gn.data.disk(10)
        >>> for train, validation in gn.data.k_fold((points, labels), 3):
        ...     print(len(train[0]), len(validation[0]))
        6 4
        7 3
        7 3
        >>> [fold.tolist() for _, fold in gn.data.k_fold(5, 2)]
        [[2, 3, 1], [4, 0]]
    """
    seed = seed_number(seed, "k_fold")
    arrays = positions_of(arrays, "k_fold")
    count = common_length(arrays, "k_fold")
    k = at_least(2, k, "k_fold: expected k")
    if k > count:
        raise ArgumentError(f"k_fold: {count} examples cannot be divided into {k} folds")
    order = permutation(count, seed, 0, FOLD)
    folds = np.array_split(order, k)
    return (
        (take(arrays, np.concatenate(folds[:i] + folds[i + 1 :])), take(arrays, folds[i]))
        for i in range(k)
    )


def positions_of(arrays: Any, caller: str) -> Any:
    """Make positions of a number of examples."""
    if not isinstance(arrays, int | np.integer):
        return arrays
    return np.arange(at_least(0, int(arrays), f"{caller}: expected a number of examples"))


def part_sizes(parts: float | Sequence[float], count: int) -> list[int]:
    """Give the number of examples in each part."""
    is_one = isinstance(parts, NUMBERS)
    numbers: list[Any] = [parts] if is_one else []
    if isinstance(parts, Sequence | np.ndarray):
        numbers.extend(parts)
    if not numbers or not all(is_number(number) for number in numbers):
        raise unfitting_parts(parts, count)
    total = count if all(isinstance(number, int | np.integer) for number in numbers) else 1.0
    if is_one:
        numbers.append(total - numbers[0])
    if not all(number > 0 for number in numbers) or not math.isclose(sum(numbers), total):
        raise unfitting_parts(parts, count)
    sizes = nearest(np.array(numbers, np.float64) * (count / total), count)
    if 0 in sizes:
        raise ArgumentError(f"split: part {sizes.index(0)} of {parts} has none of {count} examples")
    return sizes


def is_number(value: Any) -> bool:
    """Whether a value can be a share or a number of examples; True and False are none."""
    return isinstance(value, NUMBERS) and not isinstance(value, bool)


def nearest(shares: Array, count: int) -> list[int]:
    """Round shares to integers of the sum ``count``, by largest remainders.

    Of equal remainders, which rounding errors must not tell apart, that of the larger share is
    first.
    """
    shares = np.round(shares, 6)
    whole, remainders = np.divmod(shares, 1)
    sizes = whole.astype(np.int64)
    sizes[np.lexsort((-shares, -remainders))[: count - sizes.sum()]] += 1
    found: list[int] = sizes.tolist()
    return found


def unfitting_parts(parts: float | Sequence[float], count: int) -> ArgumentError:
    """Make the error for parts that do not add up."""
    return ArgumentError(
        f"split: parts {parts!r} do not divide {count} examples",
        hint=f"shares above 0 of sum 1.0, as (0.8, 0.2), or numbers of examples of sum {count}",
    )


def label_numbers(labels: Array, count: int) -> Array:
    """Number the labels from 0."""
    if np.shape(labels) != (count,):
        raise ArgumentError(
            f"split: stratify has the shape {np.shape(labels)}, expected ({count},)",
            hint="one label for each example; labels.argmax(-1) makes them of one-hot labels",
        )
    return np.unique(labels, return_inverse=True)[1]


def membership(labels: Array, sizes: list[int]) -> Array:
    """Give the number of the part that each example is in."""
    taken = apportion(np.bincount(labels), sizes)
    parts = np.tile(np.arange(len(sizes)), len(taken))
    member = np.empty_like(labels)
    member[np.argsort(labels, kind="stable")] = np.repeat(parts, taken.ravel())
    return member


def apportion(counts: Array, sizes: list[int]) -> Array:
    """Divide the examples of each label: [labels, parts], rows and columns of the given sums.

    Part after part gets its share of what is left, by largest remainders (the method of Hamilton).
    """
    rest, columns = counts.copy(), []
    for size in sizes:
        share, remainder = np.divmod(rest * size, rest.sum())
        share[np.argsort(-remainder, kind="stable")[: size - share.sum()]] += 1
        columns.append(share)
        rest -= share
    return np.stack(columns, axis=1)
