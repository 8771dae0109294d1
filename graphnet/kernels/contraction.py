"""Einstein summation by matrix products.

Each pair of operands is brought into the form of a product of (batches of) matrices, or of an
elementwise one where nothing is summed. How is decided once for operands of equal shapes; so a call
costs little more than its products. ``np.einsum`` does not use products of matrices unless it is
asked to optimize, and then it decides anew in each call.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import combinations
from math import prod
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from graphnet.typing import Array

__all__ = ["einsum"]

Extents: TypeAlias = Mapping[str, int]
Axes: TypeAlias = tuple[int, ...]


def einsum(subscripts: str, *operands: Array, out: Array | None = None) -> Array:
    """Multiply the operands and sum over the labels that the result does not have.

    Args:
        subscripts: As for ``np.einsum``, with ``->`` and without ``...`` and blanks; a label may
            also be repeated in the result, which then is zero outside of that diagonal.
        operands: Arrays of one dtype. Axes of 1 are repeated, as in broadcasting.
        out: C-contiguous array to write into.

    Returns:
        ``out``, or a new array.

    Raises:
        ValueError: A label stands for two extents.

    Example:
        >>> import numpy as np
        >>> from graphnet.kernels.contraction import einsum
        >>> einsum("ij,j->i", np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, 10.0])).tolist()
        [21.0, 43.0]
        >>> einsum("i->ii", np.array([1.0, 2.0])).tolist()
        [[1.0, 0.0], [0.0, 2.0]]
    """
    chosen = plan(subscripts, tuple(operand.shape for operand in operands))
    result = np.empty(chosen.shape, operands[0].dtype) if out is None else out
    target = result
    if chosen.diagonal:
        result[...] = 0
        target = np.einsum(chosen.diagonal, result)  # a view that can be written to
    arrays = [own.of(array) for own, array in zip(chosen.reductions, operands, strict=True)]
    for step in chosen.steps:
        arrays.append(step.product(arrays))
    chosen.last.write(arrays, target)
    return result


class Reduction(NamedTuple):
    """What is done to one operand by itself."""

    diagonal: str
    squeezed: Axes
    summed: Axes

    def of(self, array: Array) -> Array:
        """Take diagonals, drop axes of 1, and sum over axes."""
        if self.diagonal:
            array = np.einsum(self.diagonal, array)
        if self.squeezed:
            array = array.squeeze(self.squeezed)
        return np.asarray(np.add.reduce(array, self.summed, array.dtype)) if self.summed else array


class Factor(NamedTuple):
    """Which array is a factor, and in which order and shape of its axes."""

    position: int
    axes: Axes
    shape: Axes

    def of(self, arrays: Sequence[Array]) -> Array:
        """Give the factor."""
        return arrays[self.position].transpose(self.axes).reshape(self.shape)


class Step(NamedTuple):
    """One product, and the shape of its result label by label; ``axes`` puts these in order."""

    function: Callable[..., Any]
    left: Factor
    right: Factor
    shape: Axes
    axes: Axes | None

    def product(self, arrays: Sequence[Array]) -> Array:
        """Give the product as a new array."""
        product = self.function(self.left.of(arrays), self.right.of(arrays))
        return np.asarray(product).reshape(self.shape)

    def write(self, arrays: Sequence[Array], out: Array) -> None:
        """Write the product into ``out``."""
        if self.axes is not None:
            np.copyto(out, self.product(arrays).transpose(self.axes))
        elif self.function is np.multiply:
            np.multiply(self.left.of(arrays), self.right.of(arrays), out=out)
        else:
            flat = out.reshape(*self.left.shape[:-1], self.right.shape[-1])
            self.function(self.left.of(arrays), self.right.of(arrays), out=flat)


class Copy(NamedTuple):
    """The one array that is left, with its axes in order."""

    axes: Axes

    def write(self, arrays: Sequence[Array], out: Array) -> None:
        """Write the array into ``out``."""
        np.copyto(out, arrays[-1].transpose(self.axes))


class Plan(NamedTuple):
    """All that can be decided before the arrays are known."""

    shape: Axes
    diagonal: str
    reductions: list[Reduction]
    steps: list[Step]
    last: Step | Copy


# Planning


@lru_cache(maxsize=1024)
def plan(subscripts: str, shapes: tuple[Axes, ...]) -> Plan:
    """Decide how operands of ``shapes`` are multiplied."""
    inputs, output = subscripts.split("->")
    terms = inputs.split(",")
    extents = label_extents(terms, shapes)
    unique = distinct(output)
    diagonal = f"{output}->{unique}" if unique != output else ""
    own = [dict(zip(term, shape, strict=True)) for term, shape in zip(terms, shapes, strict=True)]
    # An axis of 1 that is to be repeated says nothing: another operand has the label.
    cut = ["".join(label for label in mine if mine[label] == extents[label]) for mine in own]
    labels = [
        "".join(label for label in term if label in unique or in_another(label, place, cut))
        for place, term in enumerate(cut)
    ]
    reductions = [reduction(*stages) for stages in zip(terms, cut, labels, strict=True)]
    steps = list(products(labels, unique, extents))
    shape = tuple(extents[label] for label in output)
    if not steps:
        axes = tuple(labels[0].index(label) for label in unique)
        return Plan(shape, diagonal, reductions, [], Copy(axes))
    last = steps.pop()
    if diagonal and last.axes is None:
        # The diagonal is not contiguous, so that no product can be written there.
        last = last._replace(axes=tuple(range(len(unique))))
    return Plan(shape, diagonal, reductions, steps, last)


def distinct(labels: Iterable[str]) -> str:
    """Give each label once."""
    return "".join(dict.fromkeys(labels))


def label_extents(terms: Sequence[str], shapes: Sequence[Axes]) -> dict[str, int]:
    """Give the extent of each label; 1 gives way to others.

    Raises:
        ValueError: Two extents differ.
    """
    extents: dict[str, int] = {}
    for term, shape in zip(terms, shapes, strict=True):
        for label, extent in zip(term, shape, strict=True):
            known = extents.get(label, 1)
            if extent not in (1, known) and known != 1:
                raise ValueError(f"label {label!r} stands for {known} and {extent}")
            extents[label] = extent if known == 1 else known
    return extents


def in_another(label: str, place: int, terms: Sequence[str]) -> bool:
    """Whether a label is in a term beside the one at ``place``."""
    return any(label in term for other, term in enumerate(terms) if other != place)


def reduction(term: str, cut: str, kept: str) -> Reduction:
    """Give what is done to an operand with the labels ``term`` to leave ``cut``, then ``kept``."""
    unique = distinct(term)
    return Reduction(
        f"{term}->{unique}" if unique != term else "",
        tuple(axis for axis, label in enumerate(unique) if label not in cut),
        tuple(axis for axis, label in enumerate(cut) if label not in kept),
    )


def products(terms: Sequence[str], output: str, extents: Extents) -> Iterable[Step]:
    """Give one product after the other, until one term is left.

    Greedily, the pair is taken whose product is smallest in comparison to its factors.
    """
    left = dict(enumerate(terms))
    for number in range(len(terms), 2 * len(terms) - 1):
        choices = ((growth(left, pair, output, extents), pair) for pair in combinations(left, 2))
        _, (first, second) = min(choices)
        factors = {position: left.pop(position) for position in (first, second)}
        step, left[number] = product(factors, left.values(), output, extents)
        yield step


def growth(terms: Mapping[int, str], pair: tuple[int, int], output: str, extents: Extents) -> int:
    """Give by how much the product of two terms is larger than they are."""
    others = [term for position, term in terms.items() if position not in pair]
    needed = set(output).union(*others)
    factors = [terms[position] for position in pair]
    kept = [label for label in distinct("".join(factors)) if label in needed]
    after, *before = (size(labels, extents) for labels in ("".join(kept), *factors))
    return after - sum(before)


def product(
    factors: Mapping[int, str], others: Iterable[str], output: str, extents: Extents
) -> tuple[Step, str]:
    """Give the product of two factors, by position, and its labels."""
    is_last = not (others := list(others))
    needed = set(output).union(*others)
    either = distinct("".join(factors.values()))
    labels = output if is_last else "".join(label for label in either if label in needed)
    (_, first), (_, second) = factors.items()
    if set(first) & set(second) <= set(labels):
        left, right = (
            Factor(position, order(term, labels), shape_of(labels, extents, only=term))
            for position, term in factors.items()
        )
        return Step(np.multiply, left, right, shape_of(labels, extents), None), labels
    return matrix_product(factors, labels, extents, keep=is_last)


def matrix_product(
    factors: Mapping[int, str], labels: str, extents: Extents, *, keep: bool
) -> tuple[Step, str]:
    """Give the product as one of matrices, and its labels: in the given order if ``keep``."""
    (left, first), (right, second) = factors.items()
    rows = [label for label in labels if label not in second]
    columns = [label for label in labels if label not in first]
    if rows and columns and labels.index(columns[0]) < labels.index(rows[0]):
        left, first, rows, right, second, columns = right, second, columns, left, first, rows
    batch = [label for label in labels if label in first and label in second]
    inner = [label for label in first if label in second and label not in labels]
    natural = "".join([*batch, *rows, *columns])
    width = size(inner, extents)
    outer = shape_of(batch, extents)
    step = Step(
        np.matmul if batch else np.dot,
        Factor(left, order(first, [*batch, *rows, *inner]), (*outer, size(rows, extents), width)),
        Factor(
            right,
            order(second, [*batch, *inner, *columns]),
            (*outer, width, size(columns, extents)),
        ),
        shape_of(natural, extents),
        order(natural, labels) if keep and natural != labels else None,
    )
    return step, labels if keep else natural


def order(term: str, labels: Sequence[str]) -> Axes:
    """Give the axes of a term in the order of ``labels``, without labels that it does not have."""
    return tuple(term.index(label) for label in labels if label in term)


def shape_of(labels: Iterable[str], extents: Extents, only: str | None = None) -> Axes:
    """Give the extents of labels; 1 for those that are not in ``only``."""
    return tuple(extents[label] if only is None or label in only else 1 for label in labels)


def size(labels: Iterable[str], extents: Extents) -> int:
    """Give the number of elements that labels run over."""
    return prod(extents[label] for label in labels)
