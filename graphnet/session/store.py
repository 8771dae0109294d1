"""``Store``: the memory of a session's variables.

One flat array per dtype, grown by chunks. A variable gets its place once, when it is first needed,
and never moves, so that plans can hold on to it. Values are written into the place; nothing is
rebound. Variables that are needed together lie next to each other in creation order, and so do a
layer's weight and bias.
"""

from collections.abc import Iterable

import numpy as np

from graphnet.ir.tensor import Tensor
from graphnet.typing import Array, DType

__all__ = ["Store"]

CHUNK = 1 << 16  # elements; larger groups of variables get a chunk of their own size


class Store:
    """Places for variables, in flat arrays.

    Attributes:
        places: The memory of each variable that has a place.
    """

    def __init__(self) -> None:
        self.places: dict[Tensor, Array] = {}
        self.unused: dict[DType, Array] = {}

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
        if unused is None or unused.size < total:
            unused = np.empty(max(total, CHUNK), dtype)
        self.unused[dtype] = unused[total:]  # first, so that Ctrl-C can't make two places overlap
        for variable in group:
            size = variable.spec.size or 0
            self.places[variable] = unused[:size].reshape(variable.shape)
            unused = unused[size:]
