"""Arrays of examples in tuples, lists and dicts: read, counted and picked from alike."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.random import Philox

from graphnet.errors import ArgumentError
from graphnet.typing import Array

__all__ = ["common_length", "labeled", "permutation", "pick", "take"]


def permutation(count: int, *key: int) -> Array:
    """Order the numbers below ``count`` by chance.

    Only raw streams are the same in every release of NumPy (NEP 19), so no Generator here.
    """
    return np.argsort(Philox(list(key)).random_raw(count), kind="stable")


def pick(arrays: Any, function: Callable[[Array], Array]) -> Any:
    """Apply a function to every array of a structure."""
    if isinstance(arrays, Mapping):
        return {name: pick(array, function) for name, array in arrays.items()}
    if isinstance(arrays, tuple | list):
        picked = [pick(array, function) for array in arrays]
        return type(arrays)(*picked) if hasattr(arrays, "_fields") else type(arrays)(picked)
    return function(arrays)


def take(arrays: Any, positions: Array) -> Any:
    """Copy the examples at ``positions``."""
    return pick(arrays, lambda array: array[positions])  # `np.take` copies all of a strided array


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


def common_length(arrays: Any, caller: str) -> int:
    """Give the number of examples that all arrays have, or raise an error that names them."""
    lengths = {label: length(array, label, caller) for label, array in labeled(arrays)}
    if not lengths:
        raise ArgumentError(f"{caller}: expected at least one array, found none")
    if len(set(lengths.values())) > 1:
        found = ", ".join(f"{label}: {count}" for label, count in lengths.items())
        raise ArgumentError(f"{caller}: the arrays differ in their number of examples ({found})")
    return next(iter(lengths.values()))


def length(array: Any, label: str, caller: str) -> int:
    """Give the number of examples in one array."""
    if not isinstance(array, np.ndarray):
        raise ArgumentError(f"{caller}: {label} is a {type(array).__name__}, expected an array")
    if array.ndim == 0:
        raise ArgumentError(f"{caller}: {label} has no axes, expected examples along the first one")
    return len(array)
