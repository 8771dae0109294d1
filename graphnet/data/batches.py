"""Cutting arrays of examples into batches."""

import operator
from collections.abc import Iterator
from typing import Generic, TypeVar

from graphnet.data.ahead import prefetch
from graphnet.data.counts import at_least, seed_number
from graphnet.data.structure import common_length, permutation, pick, take

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
        self,
        arrays: T,
        size: int,
        *,
        shuffle: bool,
        seed: int,
        epoch: int,
        drop_last: bool,
        prefetch: int,
    ) -> None:
        self.arrays = arrays
        self.count = common_length(arrays, "batches")
        self.size = at_least(1, size, "batches: expected a size")
        self.shuffle = shuffle
        self.seed = seed_number(seed, "batches")
        self.epoch = at_least(0, epoch, "batches: expected an epoch")
        self.drop_last = drop_last
        self.prefetch = at_least(0, prefetch, "batches: expected a prefetch")

    def __repr__(self) -> str:
        """Write how many examples are cut, and how."""
        order = "shuffled" if self.shuffle else "in order"
        last = ", the last smaller one dropped" if self.drop_last else ""
        return f"<batches of {self.size} from {self.count} examples, {order}{last}>"

    def __len__(self) -> int:
        """Give the number of batches in one epoch."""
        whole, rest = divmod(self.count, self.size)
        return whole + (rest > 0 and not self.drop_last)

    def __iter__(self) -> Iterator[T]:
        """Begin the next epoch."""
        epoch = self.epoch
        self.epoch += 1
        made = self.cut(epoch)
        return prefetch(made, self.prefetch) if self.prefetch else made

    def cut(self, epoch: int) -> Iterator[T]:
        """Give the batches of one epoch, each made when it is asked for."""
        spans = (slice(i * self.size, (i + 1) * self.size) for i in range(len(self)))
        if not self.shuffle:
            return (pick(self.arrays, operator.itemgetter(span)) for span in spans)
        order = permutation(self.count, self.seed, epoch)
        return (take(self.arrays, order[span]) for span in spans)


def batches(
    arrays: T,
    size: int,
    *,
    shuffle: bool = True,
    seed: int = 0,
    epoch: int = 0,
    drop_last: bool = False,
    prefetch: int = 0,
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
        prefetch: How many batches a thread prepares ahead, see :func:`prefetch`; 0 for no thread.
            It changes no batch and no order. It pays for large examples, and those on disk
            (``numpy.memmap``); small batches are cut faster than a thread is asked.

    Returns:
        Iterable with a length, of batches in the structure of ``arrays``.

    Raises:
        ArgumentError: Something in ``arrays`` is not an array.
        ArgumentError: The arrays differ in length, or have none, or ``size`` is not positive, or
            ``seed``, ``epoch`` or ``prefetch`` is negative, or one of them is not an integer.

    Example:
        >>> import graphnet as gn
        >>> points, labels = gn.data.disk(100)
        >>> for some_points, some_labels in gn.data.batches((points, labels), 64):
        ...     print(some_points.shape, some_labels.shape)
        (64, 2) (64,)
        (36, 2) (36,)
    """
    return Batches(
        arrays,
        size,
        shuffle=shuffle,
        seed=seed,
        epoch=epoch,
        drop_last=drop_last,
        prefetch=prefetch,
    )
