"""Laws of memory: where results lie, and what a kernel may write to."""

from collections.abc import Iterator, Sequence

import numpy as np

from graphnet.ir.traits import Argument, Memory
from graphnet.testing.cases import Case, spec_of
from graphnet.testing.compare import assert_close
from graphnet.testing.law import law, require_equal, takes_arrays
from graphnet.typing import Array

__all__ = [
    "equal_inputs_may_be_overwritten",
    "inputs_are_left_alone",
    "inputs_may_be_overwritten",
    "layout_does_not_matter",
    "only_views_share_memory",
    "out_is_written",
]


@law(lambda case: case.op.memory is Memory.INTO)
def out_is_written(case: Case) -> None:
    """The kernel writes the whole result into ``out``, whatever was there, and gives ``out``."""
    arrays = case.draw()
    fresh = case.compute(arrays)
    for garbage in (np.nan, 1.0):
        out = tuple(filled(result, garbage) for result in fresh)
        results = case.compute(arrays, out=out if len(out) > 1 else out[0])
        given = all(result is buffer for result, buffer in zip(results, out, strict=True))
        assert given, "the kernel does not give back the `out` that it got"
        require_equal(results, fresh, "out")


def filled(like: Array, garbage: float) -> Array:
    """Give an array of the same spec that holds garbage."""
    with np.errstate(invalid="ignore"):
        return np.full(like.shape, np.asarray(garbage).astype(like.dtype), like.dtype)


@law(lambda case: bool(case.op.inplace))
def inputs_may_be_overwritten(case: Case) -> None:
    """The result is the same in the memory of each input that ``inplace`` names."""
    arrays = case.draw()
    (fresh,) = case.compute(arrays)
    fitting = [index for index in case.op.inplace if spec_of(arrays[index]) == spec_of(fresh)]
    for index in fitting:
        copies = [array.copy() for array in arrays]
        results = case.compute(copies, out=copies[index])
        require_equal(results, [fresh], f"in the memory of input {index}")


@law(lambda case: len(case.op.inplace) > 1)
def equal_inputs_may_be_overwritten(case: Case) -> None:
    """The result is also the same where all the inputs that ``inplace`` names are one array."""
    arrays, inplace = case.draw(), case.op.inplace
    # The input from the narrowest range is likely to lie in the domains of the others, too.
    narrowest = min(inplace, key=lambda index: width(case.sample.arguments[index]))
    equal = [arrays[narrowest] if index in inplace else array for index, array in enumerate(arrays)]
    fresh = case.compute(equal)
    if spec_of(fresh[0]) == spec_of(arrays[narrowest]):
        buffer = arrays[narrowest].copy()
        again = [buffer if index in inplace else array for index, array in enumerate(arrays)]
        results = case.compute(again, out=buffer)
        require_equal(results, fresh, "in the memory of equal inputs")


def width(argument: Argument) -> float:
    """Give the width of the range that an argument is drawn from."""
    return argument.high - argument.low


@law(takes_arrays)
def only_views_share_memory(case: Case) -> None:
    """A view may lie in the memory of the first input; any other result lies in its own."""
    arrays = case.draw()
    may_share = {0} if case.op.memory is Memory.VIEW else set()
    for result in case.compute(arrays):
        shared = {index for index, array in enumerate(arrays) if np.shares_memory(result, array)}
        assert shared <= may_share, (
            f"a result shares memory with input {max(shared)}, and the op is {case.op.memory.name}"
        )


@law(takes_arrays)
def inputs_are_left_alone(case: Case) -> None:
    """The kernel does not write to its inputs."""
    arrays = case.draw()
    copies = [array.copy() for array in arrays]
    case.compute(copies)
    require_equal(copies, arrays, "an input afterwards")


@law(takes_arrays)
def layout_does_not_matter(case: Case) -> None:
    """Arrays in another order, with gaps, or back to front give the same results."""
    arrays = case.draw()
    expected = case.compute(arrays)
    for layout in (column_by_column, with_gaps, back_to_front):
        changed = [layout(array) for array in arrays]
        for inputs in [changed, *one_replaced(arrays, changed)]:
            for result, wanted in zip(case.compute(inputs), expected, strict=True):
                assert_close(result, wanted, label=layout.__name__)


def one_replaced(arrays: Sequence[Array], others: Sequence[Array]) -> Iterator[list[Array]]:
    """Give the arrays with each in turn replaced."""
    for index, other in enumerate(others):
        yield [*arrays[:index], other, *arrays[index + 1 :]]


def column_by_column(array: Array) -> Array:
    """Give the same elements in Fortran's order."""
    return np.array(array, order="F")


def with_gaps(array: Array) -> Array:
    """Give the same elements with gaps between them."""
    spread = np.zeros([2 * extent for extent in array.shape], array.dtype)
    view = spread[(..., *[slice(None, None, 2)] * array.ndim)]  # type: ignore[arg-type]  # stubs
    view[...] = array
    return view


def back_to_front(array: Array) -> Array:
    """Give the same elements with negative strides."""
    return np.flip(np.array(np.flip(array)))
