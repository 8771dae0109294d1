"""Einstein summation."""

from collections import Counter
from collections.abc import Sequence
from string import ascii_letters
from typing import Any

from graphnet.errors import ShapeError
from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.op import Op
from graphnet.ir.spec import Spec, broadcast, merge_dimensions
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.ir.traits import Memory, Sample, f32, i64
from graphnet.kernels.contraction import einsum as contract
from graphnet.ops.checks import rank
from graphnet.ops.families import promote_operands
from graphnet.ops.like import may_repeat, ones_like, sum_like
from graphnet.typing import Array, Dimension

__all__ = ["einsum"]

DOTS = "..."


class Einsum(Op):
    """The products of the operands, summed over the labels that the result does not have.

    Labels of the result broadcast; all others stand for one extent. A label repeated in the result,
    which users cannot write, is a diagonal outside of which the result is zero: so the gradient of
    an ``einsum`` is an ``einsum``.
    """

    name = "einsum"
    subscripts: str
    memory = Memory.INTO
    samples = (
        Sample(f32(2, 3), f32(3, 4), subscripts="ij,jk->ik"),
        Sample(f32(2, 3, 4), f32(2, 4, 3), subscripts="bij,bjk->kbi"),
        Sample(f32(2, 3), subscripts="ij->j"),
        Sample(f32(3, 3), subscripts="ii->"),
        Sample(f32(2, 3, 3), subscripts="bii->ib"),
        Sample(f32(3), subscripts="i->ii"),
        Sample(f32(2, 3), f32(1, 3), subscripts="ij,ij->ij"),
        Sample(f32(2, 3), f32(3, 2), f32(2, 2), subscripts="ij,jk,kl->il"),
        Sample(f32(), f32(2), subscripts=",i->i"),
        Sample(f32(0, 3), f32(3, 2), subscripts="ij,jk->ik"),
        Sample(i64(2, 3), i64(3, 2), subscripts="ij,jk->ik"),
    )

    def convert(self, graph: Graph, operands: Sequence[Any]) -> tuple[Tensor, ...]:
        return promote_operands(graph, operands)

    def infer(self, *xs: Spec) -> Spec:
        terms, output = self.terms()
        extents: dict[str, Dimension] = {}
        for term, x in zip(terms, xs, strict=True):
            for label, extent in own_extents(term, x).items():
                known = extents.get(label, extent)
                extents[label] = combine(label, known, extent, broadcasts=label in output)
        return xs[0].with_shape(extents[label] for label in output)

    def kernel(self, *xs: Array, out: Array | None = None) -> Array:
        return contract(self.subscripts, *xs, out=out)

    def terms(self) -> tuple[list[str], str]:
        """Give the labels of the operands, and those of the result."""
        inputs, output = self.subscripts.split("->")
        return inputs.split(","), output

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, ...]:
        return tuple(self.cotangent(node, dy, position) for position in range(len(node.inputs)))

    def cotangent(self, node: Node, dy: Tensor, position: int) -> Tensor:
        """Give the cotangent of one operand: the others and ``dy``, summed to its labels."""
        terms, output = self.terms()
        x, term = node.inputs[position], terms[position]
        others = [*node.inputs[:position], *node.inputs[position + 1 :]]
        labels = [*terms[:position], *terms[position + 1 :]]
        repeated = any(
            label in output and may_repeat((extent, *extents_of(label, others, labels)))
            for label, extent in zip(term, x.shape, strict=True)
        )
        if not set(term) <= set(output).union(*labels):
            others.append(ones_like(x))
            labels.append(term)
        dx = Einsum(f"{','.join([output, *labels])}->{term}")(dy, *others)
        return sum_like(dx, x) if repeated else dx

    @classmethod
    def of(cls, subscripts: str, *xs: TensorLike) -> Tensor:
        return cls(canonical(subscripts, [rank(x) for x in xs]))(*xs)


def combine(label: str, known: Dimension, extent: Dimension, *, broadcasts: bool) -> Dimension:
    """Give what is known of the extent of a label.

    Raises:
        ShapeError: It stands for two extents.
    """
    try:
        if broadcasts:
            return broadcast((known,), (extent,))[0]
        return merge_dimensions(known, extent)
    except ShapeError:
        raise ShapeError(
            f"label {label!r} stands for {known} and {extent}",
            hint="axes of one label have one extent; an axis of 1 is repeated if the result has it",
        ) from None


def own_extents(term: str, x: Spec) -> dict[str, Dimension]:
    """Give the extents that the labels of one operand stand for.

    Raises:
        ShapeError: One stands for two extents.
    """
    extents: dict[str, Dimension] = {}
    for label, extent in zip(term, x.shape, strict=True):
        known = extents.get(label, extent)
        extents[label] = combine(label, known, extent, broadcasts=False)
    return extents


def extents_of(label: str, operands: Sequence[Tensor], terms: Sequence[str]) -> list[Dimension]:
    """Give the extents that a label stands for."""
    return [
        extent
        for operand, term in zip(operands, terms, strict=True)
        for own, extent in zip(term, operand.shape, strict=True)
        if own == label
    ]


# From what users write to one label per axis


def canonical(subscripts: str, ranks: Sequence[int]) -> str:
    """Give the subscripts with labels for ``...`` and with the labels of the result.

    Raises:
        ShapeError: They are malformed, or do not fit operands of these numbers of axes.
    """
    inputs, arrow, result = "".join(subscripts.split()).partition("->")
    terms = inputs.split(",")
    for word in [*terms, result]:
        check_word(word)
    if len(terms) != len(ranks):
        raise ShapeError(
            f"{subscripts!r} has {len(terms)} terms for {len(ranks)} operands",
            hint="give one term per operand, separated by commas",
        )
    free = [letter for letter in ascii_letters if letter not in subscripts]
    hidden = [
        hidden_axes(term, ndim, position)
        for position, (term, ndim) in enumerate(zip(terms, ranks, strict=True))
    ]
    dots = "".join(free[: max(hidden)])
    named = [
        term.replace(DOTS, dots[len(dots) - count :])
        for term, count in zip(terms, hidden, strict=True)
    ]
    output = explicit_output(result, named, dots) if arrow else dots + implicit_output(terms)
    return f"{','.join(named)}->{output}"


def check_word(word: str) -> None:
    """Make sure that a term consists of letters and at most one ``...``.

    Raises:
        ShapeError: It does not.
    """
    letters = word.replace(DOTS, "", 1)
    if not all(letter in ascii_letters for letter in letters):
        raise ShapeError(
            f"{word!r} is not a term of an einsum", hint="use letters, and `...` at most once"
        )


def hidden_axes(term: str, ndim: int, position: int) -> int:
    """Give the number of axes that ``...`` stands for in a term.

    Raises:
        ShapeError: The operand does not have as many axes as the term names.
    """
    letters = len(term.replace(DOTS, ""))
    if letters > ndim or (DOTS not in term and letters < ndim):
        raise ShapeError(
            f"{term!r} names {letters} axes, and operand {position} has {ndim}",
            hint="name each axis by a letter; `...` stands for all axes left over",
        )
    return ndim - letters


def explicit_output(result: str, terms: Sequence[str], dots: str) -> str:
    """Give the labels of the result as the user wrote them.

    Raises:
        ShapeError: One is in no operand, or is repeated, or ``...`` is missing.
    """
    if dots and DOTS not in result:
        raise ShapeError(
            "the result lacks the axes that `...` stands for", hint="write `...` in the result, too"
        )
    output = result.replace(DOTS, dots)
    unknown = set(output) - set("".join(terms))
    if unknown or len(set(output)) < len(output):
        raise ShapeError(
            f"the result {result!r} has labels that no operand has, or has one twice",
            hint="each label of the result is a label of an operand, and stands once",
        )
    return output


def implicit_output(terms: Sequence[str]) -> str:
    """Give, as NumPy does, the letters that occur once, in the order of the alphabet."""
    counts = Counter("".join(terms).replace(".", ""))
    return "".join(sorted(letter for letter, number in counts.items() if number == 1))


def einsum(subscripts: str, *operands: TensorLike) -> Tensor:
    """Multiply tensors and sum over axes, as named by ``subscripts``, in Einstein's notation.

    Args:
        subscripts: One term per operand, separated by commas, and the result behind ``->``. Each
            letter names an axis; what the result does not name is summed over; ``...`` stands for
            axes that broadcast. A letter twice in one term takes the diagonal. Without ``->``, the
            result has the letters that occur once, in alphabetical order.
        operands: Tensors; they are promoted to one dtype.

    Raises:
        ShapeError: The subscripts are malformed, or do not fit the operands.

    Example:
        >>> import graphnet as gn
        >>> queries = gn.placeholder((None, 8, 5, 64))
        >>> keys = gn.placeholder((None, 8, 7, 64))
        >>> gn.einsum("bhqd,bhkd->bhqk", queries, keys)
        <tensor 'einsum' float32[None, 8, 5, 7]>
    """
    return Einsum.of(subscripts, *operands)
