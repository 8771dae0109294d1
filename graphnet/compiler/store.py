"""``Store``: one flat array per dtype that holds the values of all variables.

The arrays have a fixed size and are joined by chunks. A variable gets its place once, when a plan
first needs it, and never moves, so that plans can hold on to it. Values are written into the place;
nothing is rebound. A value that comes before any plan waits, so that the plan can choose the place.
Variables that are placed together lie next to each other in the given order; a plan may ask for
some that lie next to each other, and then works on all of them by one array.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise, starmap
from operator import setitem
from typing import Any, NamedTuple

import numpy as np

from graphnet.ir.spec import static
from graphnet.ir.tensor import Tensor
from graphnet.typing import Array, DType

__all__ = ["Store"]

CHUNK = 1 << 16  # elements; larger groups of variables get a chunk of their own size


class Spot(NamedTuple):
    """Where a variable lies: elements of a chunk, by its number."""

    chunk: int
    start: int
    stop: int


class Store:
    """Places for variables, in flat arrays.

    Attributes:
        places: The memory of each variable that has a place.
        waiting: Values of variables that have none yet.
        filled: The variables that have values.

    Example:
        >>> import graphnet as gn
        >>> weight, bias = gn.Variable([[1.0, 2.0]]), gn.Variable([3.0, 4.0])
        >>> store = gn.compiler.Store()
        >>> store.request([weight, bias])
        True
        >>> store.request([bias, weight])
        False
        >>> store.span([weight, bias]).shape
        (4,)
    """

    def __init__(self) -> None:
        self.places: dict[Tensor, Array] = {}
        self.waiting: dict[Tensor, Array] = {}
        self.filled: dict[Tensor, None] = {}
        self.spots: dict[Tensor, Spot] = {}
        self.chunks: list[Array] = []
        self.unused: dict[DType, Spot] = {}

    # Places

    def place(self, variables: Iterable[Tensor]) -> None:
        """Give places, side by side and in the given order, to the variables that have none."""
        by_dtype: dict[DType, list[Tensor]] = {}
        for variable in variables:
            if variable not in self.places:
                by_dtype.setdefault(variable.dtype, []).append(variable)
        for dtype, group in by_dtype.items():
            self.place_group(dtype, group)

    def place_group(self, dtype: DType, group: list[Tensor]) -> None:
        """Give places to variables of one dtype, all in one chunk."""
        total = sum(variable.spec.size or 0 for variable in group)
        unused = self.unused.get(dtype)
        if unused is None or unused.stop - unused.start < total:
            size = max(total, CHUNK)
            self.chunks.append(np.empty(size, dtype))
            unused = Spot(len(self.chunks) - 1, 0, size)
        chunk, start, end = unused
        # First, so that Ctrl-C can't make two places overlap.
        self.unused[dtype] = Spot(chunk, start + total, end)
        for variable in group:
            stop = start + (variable.spec.size or 0)
            place = self.chunks[chunk][start:stop].reshape(static(variable.shape))
            if variable in self.waiting:  # before it counts as placed: Ctrl-C must lose no value
                place[...] = self.waiting[variable]
            self.spots[variable] = Spot(chunk, start, stop)
            self.places[variable] = place
            self.waiting.pop(variable, None)
            start = stop

    def twin(self) -> "Store":
        """Give a store of the same places, where plans may ask for more without any effect here.

        It holds no values.
        """
        made = Store()
        made.places, made.spots = dict(self.places), dict(self.spots)
        made.chunks, made.unused = list(self.chunks), dict(self.unused)
        return made

    # Values

    def has(self, variable: Tensor) -> bool:
        """Whether a variable has a value."""
        return variable in self.filled

    def value(self, variable: Tensor) -> Array:
        """Give the memory of a value, wherever it is."""
        return self.places[variable] if variable in self.places else self.waiting[variable]

    def write(self, values: Mapping[Tensor, Array]) -> None:
        """Give variables values, in one C loop, which Ctrl-C can't cut in half."""
        writes: list[tuple[Any, Any, Any]] = []
        for variable, value in values.items():
            if variable in self.places:
                writes.append((self.places[variable], ..., value))
            else:
                writes.append((self.waiting, variable, value.copy()))
            writes.append((self.filled, variable, None))
        deque(starmap(setitem, writes), 0)

    # Neighbours

    def request(self, variables: Sequence[Tensor]) -> bool:
        """Whether variables lie side by side in this order; puts them so if none has a place yet.

        Args:
            variables: Different variables of one dtype.
        """
        if self.places.keys().isdisjoint(variables):
            self.place(variables)
        spots = [self.spots.get(variable) for variable in variables]
        return all(
            first is not None
            and second is not None
            and first.chunk == second.chunk
            and first.stop == second.start
            for first, second in pairwise(spots)
        )

    def span(self, variables: Sequence[Tensor]) -> Array:
        """Give the memory of variables that lie side by side, as one flat array."""
        first, last = self.spots[variables[0]], self.spots[variables[-1]]
        return self.chunks[first.chunk][first.start : last.stop]

    def address(self, variable: Tensor) -> tuple[int, int]:
        """Give a key by which variables are sorted as they lie in memory."""
        spot = self.spots[variable]
        return spot.chunk, spot.start
