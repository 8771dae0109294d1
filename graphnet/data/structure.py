"""Arrays of examples in tuples, lists and dicts: read, counted and picked from alike."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.random import Philox

from graphnet.errors import ArgumentError
from graphnet.typing import Array

__all__ = ["common_length", "labeled", "permutation", "pick", "take"]

NUMBERS = int | float | np.number


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
    """Give the arrays of a structure, each with the expression that leads to it.

    Lists of numbers, which are to be refused as a whole, are not taken apart.
    """
    if isinstance(arrays, Mapping):
        for name, array in arrays.items():
            yield from labeled(array, f"{label}[{name!r}]")
    elif isinstance(arrays, tuple | list) and not is_one_array(arrays):
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


def is_one_array(items: Sequence[Any]) -> bool:
    """Whether numbers, or a list of equally long lists of them, stand where arrays should."""
    if not items or all(isinstance(item, NUMBERS) for item in items):
        return bool(items)
    return (
        isinstance(items, list)
        and all(isinstance(item, tuple | list) and is_one_array(item) for item in items)
        and len({len(item) for item in items}) == 1
    )


def length(array: Any, label: str, caller: str) -> int:
    """Give the number of examples in one array."""
    if not isinstance(array, np.ndarray):
        one = f"np.array({label}), if it is one array; " if isinstance(array, tuple | list) else ""
        raise ArgumentError(
            f"{caller}: {label} is {described(array)}, expected an array",
            hint=f"{one}a tuple, list or dict has an array with all examples as each of its items",
        )
    if array.ndim == 0:
        raise ArgumentError(f"{caller}: {label} has no axes, expected examples along the first one")
    return len(array)


def described(value: Any) -> str:
    """Write what is no array, with its article."""
    if value is None:
        return "None"
    kind = type(value).__name__
    article = "an" if kind[0] in "aeiouAEIOU" else "a"
    is_list = isinstance(value, tuple | list)
    content = "" if not is_list else " of numbers" if isinstance(value[0], NUMBERS) else " of lists"
    return f"{article} {kind}{content}"
