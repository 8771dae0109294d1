"""Products of matrices alone: where their operands lie, in words that another process understands.

Imports nothing of graphnet, so that peers may live in another environment.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from tests.benchmarks.inputs import Array
from tests.benchmarks.systems import Prepared

__all__ = ["Layout", "Operands", "View", "described", "made", "straight"]

Operands: TypeAlias = tuple[Array, Array, Array]
"""The operands of a product, and where its result goes."""

Form: TypeAlias = Callable[[Operands], tuple[str, Mapping[str, Any]]]
"""Gives the text of a call for a product, with the objects that it names."""

LINE = 64
"""Bytes of a line of the cache, at which memory starts."""


class View(NamedTuple):
    """Where an array lies.

    Attributes:
        memory: In which memory.
        offset: Bytes from there to its first element.
        shape: Its shape.
        strides: Its strides, in bytes.
        dtype: Its dtype.
    """

    memory: int
    offset: int
    shape: Sequence[int]
    strides: Sequence[int]
    dtype: str


class Layout(NamedTuple):
    """Where the arrays of products lie.

    Attributes:
        sizes: The bytes of each memory.
        products: For each product its operands and its result.
    """

    sizes: Sequence[int]
    products: Sequence[Sequence[View]]


def described(found: Sequence[Operands]) -> Layout:
    """Tell where arrays lie: what shares memory shall share it, but results lie apart.

    So the products can be made again and again, each of the same operands.
    """
    memories: dict[tuple[int, bool], tuple[int, int]] = {}

    def view(array: Array, *, result: bool) -> View:
        base = owner(array)
        shift = base.ctypes.data % LINE
        place = len(memories), base.nbytes + shift
        memory, _ = memories.setdefault((id(base), result), place)
        offset = array.ctypes.data - base.ctypes.data + shift
        return View(memory, offset, array.shape, array.strides, array.dtype.str)

    products = [
        (view(x, result=False), view(y, result=False), view(out, result=True))
        for x, y, out in found
    ]
    return Layout([size for _, size in memories.values()], products)


def owner(array: Array) -> Array:
    """Give the array whose memory another one shows."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def made(layout: Layout) -> list[Operands]:
    """Make arrays that lie so, with random numbers in the operands."""
    random = np.random.default_rng(0)
    memories = [aligned(size) for size in layout.sizes]
    found = []
    for views in layout.products:
        x, y, out = (array_at(memories, View(*view)) for view in views)
        for operand in (x, y):
            operand[...] = random.standard_normal(operand.shape)
        found.append((x, y, out))
    return found


def aligned(size: int) -> Array:
    """Allocate bytes that start at a line of the cache."""
    raw = np.empty(size + LINE, np.uint8)
    start = -raw.ctypes.data % LINE
    return raw[start : start + size]


def array_at(memories: Sequence[Array], view: View) -> Array:
    """Give the array that lies somewhere."""
    place = memories[view.memory][view.offset :]
    return np.ndarray(view.shape, view.dtype, place.data, strides=tuple(view.strides))


def straight(products: Sequence[Operands], call: Form) -> Prepared:
    """Give a step that makes all products, one line each, as the text of a plan does.

    Args:
        products: What is multiplied.
        call: Gives the call for each.
    """
    names: dict[str, Any] = {}
    texts = list(lines(products, call, names))
    source = "\n    ".join(["def step():", *texts, "return 0.0"])
    exec(compile(source, "<products>", "exec"), names)  # noqa: S102  # text of our own making
    return Prepared(names["step"], [()])


def lines(products: Sequence[Operands], call: Form, names: dict[str, Any]) -> Iterator[str]:
    """Give the lines of a text, and enter what they name, with the number of the line."""
    for number, product in enumerate(products):
        text, objects = call(product)
        names.update({f"{name}_{number}": value for name, value in objects.items()})
        yield text.format_map({name: f"{name}_{number}" for name in objects})
