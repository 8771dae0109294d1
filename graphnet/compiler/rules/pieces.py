"""Rules of pieces: what is cut out of a value that was joined, and joined after having been cut.

The gradients of the slices of a value are placed among zeros and added up. Where the slices make up
the value, nothing has to be added: the gradients stand one after the other.
"""

from itertools import accumulate
from typing import NamedTuple

from graphnet.compiler.rules.registry import rule
from graphnet.ir.node import Node
from graphnet.ir.spec import static
from graphnet.ir.tensor import Tensor
from graphnet.ops.arithmetic import Add
from graphnet.ops.index import FULL, Index, Items, Place
from graphnet.ops.join import Concat
from graphnet.ops.shape import ExpandDims

__all__: list[str] = []


class Part(NamedTuple):
    """What an index chooses of a whole: all from ``start`` to ``stop`` along ``axis``."""

    axis: int
    start: int
    stop: int
    is_position: bool


@rule("add", operand="place")
def join_places(node: Node) -> Tensor | None:
    """add(place(x, [:2]), place(y, [2:])) → concat(x, y), where pieces fill the whole, each once"""
    whole = node.outputs[0]
    pieces = placed_pieces(node, static(whole.shape)) if whole.spec.is_static else None
    if not pieces:
        return None
    pieces.sort(key=lambda piece: piece[0].start)
    parts = [part for part, _ in pieces]
    axis, ends = parts[0].axis, [0, *(part.stop for part in parts)]
    if any(part.axis != axis for part in parts) or ends[-1] != whole.shape[axis]:
        return None
    if [part.start for part in parts] != ends[:-1]:
        return None
    return Concat(axis)(*(with_axis(piece, part) for part, piece in pieces))


def placed_pieces(node: Node, shape: tuple[int, ...]) -> list[tuple[Part, Tensor]] | None:
    """Give what a tree of additions places among zeros, and where; None if it adds up others."""
    pending, pieces = [*node.inputs], []
    while pending:
        x = pending.pop()
        match x.node:
            case Node(Place(index), (piece, _)) if x.shape == shape:
                part = chosen(index, shape)
                if part is None:
                    return None
                if piece.spec.size:
                    pieces.append((part, piece))
            case Node(Add(), operands):
                pending += operands
            case _:
                return None
    return pieces


def chosen(index: Items, shape: tuple[int, ...]) -> Part | None:
    """Give what an index chooses, if it is one run along one axis and all along the others."""
    cuts = [(axis, item) for axis, item in enumerate(index) if item != FULL]
    if len(cuts) != 1:
        return None
    axis, item = cuts[0]
    if isinstance(item, int):
        start = item % shape[axis]
        return Part(axis, start, start + 1, is_position=True)
    if item is None:
        return None
    start, stop, step = item.indices(shape[axis])
    return Part(axis, start, stop, is_position=False) if step == 1 else None


def with_axis(piece: Tensor, part: Part) -> Tensor:
    """Give a piece with the axis that the index of a single position has taken from it."""
    return ExpandDims((part.axis,))(piece) if part.is_position else piece


@rule("index", operand="concat")
def index_of_concat(node: Node) -> Tensor | None:
    """index(concat(x, y), [:2]) → x, where x is what lies there"""
    match node:
        case Node(Index(index), (Tensor(node=Node(Concat(axis), operands)) as whole,)):
            if not whole.spec.is_static:
                return None
            axis %= whole.ndim
            part = chosen(index, static(whole.shape))
            ends = accumulate(static(operand.shape)[axis] for operand in operands)
            for operand, end in zip(operands, ends, strict=True):
                place = Part(axis, end - static(operand.shape)[axis], end, is_position=False)
                if part == place:
                    return operand
    return None


@rule("concat")
def drop_concat(node: Node) -> Tensor | None:
    """concat(x) → x"""
    return node.inputs[0] if len(node.inputs) == 1 else None
