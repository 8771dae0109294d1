"""Cutting arrays of examples into batches."""

import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.random import Philox

from graphnet.errors import ArgumentError
from graphnet.typing import Array

__all__ = ["Batches", "batches"]

T = TypeVar("T")


class Batches(Generic[T]):
    """Batches of aligned arrays; every iteration is the next epoch. Made by :func:`batches`.

    Attributes:
        epoch: Number of the epoch that the next iteration gives.

    Example:
        >>> import numpy as np
        >>> import graphnet as gn
        >>> shuffled = gn.data.batches(np.arange(6), 4, seed=1)
        >>> len(shuffled), shuffled.epoch
        (2, 0)
        >>> for epoch in range(2):
        ...     print([batch.tolist() for batch in shuffled])
        [[2, 0, 1, 4], [5, 3]]
        [[1, 3, 5, 0], [2, 4]]
        >>> shuffled.epoch
        2
    """

    def __init__(
        self, arrays: T, size: int, *, shuffle: bool, seed: int, epoch: int, drop_last: bool
    ) -> None:
        self.arrays = arrays
        self.count = common_length(arrays)
        self.size = positive(size)
        self.shuffle = shuffle
        self.seed = seed
        self.epoch = epoch
        self.drop_last = drop_last

    def __len__(self) -> int:
        """Give the number of batches in one epoch."""
        whole, rest = divmod(self.count, self.size)
        return whole + (rest > 0 and not self.drop_last)

    def __iter__(self) -> Iterator[T]:
        """Begin the next epoch."""
        epoch = self.epoch
        self.epoch += 1
        spans = (slice(i * self.size, (i + 1) * self.size) for i in range(len(self)))
        if not self.shuffle:
            return (pick(self.arrays, operator.itemgetter(span)) for span in spans)
        order = permutation(self.count, self.seed, epoch)
        return (self.gather(order[span]) for span in spans)

    def gather(self, positions: Array) -> T:
        """Copy the examples at ``positions``."""
        batch: T = pick(self.arrays, lambda array: np.take(array, positions, axis=0))
        return batch


def batches(
    arrays: T,
    size: int,
    *,
    shuffle: bool = True,
    seed: int = 0,
    epoch: int = 0,
    drop_last: bool = False,
) -> Batches[T]:
    """Cut arrays into batches of examples, in a new order in every epoch.

    The result can be iterated again and again: every iteration is the next epoch. The order
    depends on the seed and the number of the epoch alone, on every machine alike. A loop that
    makes its batches anew in every epoch passes the number of the epoch, otherwise the order
    would be the same each time.

    Args:
        arrays: One array, or arrays in tuples, named tuples, lists and dicts, all with the
            examples along the first axis.
        size: Number of examples in a batch.
        shuffle: Whether to shuffle. Shuffled batches are copies; others are views of ``arrays``.
        seed: Not negative.
        epoch: Number of the first epoch, not negative; not 0 if training is resumed.
        drop_last: Whether to leave out the last batch if it would be smaller.

    Returns:
        Iterable with a length, of batches in the structure of ``arrays``.

    Raises:
        ArgumentError: Something in ``arrays`` is not an array.
        ArgumentError: The arrays differ in length, or have none, or ``size`` is not positive.

    Example:
        >>> import graphnet as gn
        >>> points, labels = gn.data.disk(100)
        >>> for some_points, some_labels in gn.data.batches((points, labels), 64):
        ...     print(some_points.shape, some_labels.shape)
        (64, 2) (64,)
        (36, 2) (36,)
    """
    return Batches(arrays, size, shuffle=shuffle, seed=seed, epoch=epoch, drop_last=drop_last)


def permutation(count: int, seed: int, epoch: int) -> Array:
    """Order the numbers below ``count`` by chance.

    Only raw streams are the same in every release of NumPy (NEP 19), so no Generator here.
    """
    return np.argsort(Philox([seed, epoch]).random_raw(count), kind="stable")


def pick(arrays: Any, function: Callable[[Array], Array]) -> Any:
    """Apply a function to every array of a structure."""
    if isinstance(arrays, Mapping):
        return {name: pick(array, function) for name, array in arrays.items()}
    if isinstance(arrays, tuple | list):
        picked = [pick(array, function) for array in arrays]
        return type(arrays)(*picked) if hasattr(arrays, "_fields") else type(arrays)(picked)
    return function(arrays)


def labeled(arrays: Any, label: str = "arrays") -> Iterator[tuple[str, Any]]:
    """Give the arrays of a structure, each with the expression that leads to it."""
    if isinstance(arrays, Mapping):
        for name, array in arrays.items():
            yield from labeled(array, f"{label}[{name!r}]")
    elif isinstance(arrays, tuple | list):
        for index, array in enumerate(arrays):
            yield from labeled(array, f"{label}[{index}]")
    else:
        yield label, arrays


def common_length(arrays: Any) -> int:
    """Give the number of examples that all arrays have, or raise an error that names them."""
    lengths = {label: length(array, label) for label, array in labeled(arrays)}
    if not lengths:
        raise ArgumentError("batches: expected at least one array, found none")
    if len(set(lengths.values())) > 1:
        found = ", ".join(f"{label}: {count}" for label, count in lengths.items())
        raise ArgumentError(f"batches: the arrays differ in their number of examples ({found})")
    return next(iter(lengths.values()))


def length(array: Any, label: str) -> int:
    """Give the number of examples in one array."""
    if not isinstance(array, np.ndarray):
        raise ArgumentError(f"batches: {label} is a {type(array).__name__}, expected an array")
    if array.ndim == 0:
        raise ArgumentError(f"batches: {label} has no axes, expected examples along the first one")
    return len(array)


def positive(size: int) -> int:
    """Check the size of a batch."""
    size = operator.index(size)
    if size < 1:
        raise ArgumentError(f"batches: expected a size of 1 or more, found {size}")
    return size
