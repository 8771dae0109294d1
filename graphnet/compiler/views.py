"""Whose memory a value lies in: its own, or that of the value that it is a view of.

Whether an op that may give a view does so depends on the layout of its operand. It is found out by
asking its kernel, on an empty array of the layout that the operand will have.
"""

from collections.abc import Callable

import numpy as np

from graphnet.ir.node import Node
from graphnet.ir.registry import OPS
from graphnet.ir.spec import static
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Effect, Memory
from graphnet.typing import Array

__all__ = ["Views", "empty", "is_static"]


class Views:
    """What is known about the memory of values before running.

    Args:
        lasts: Whether what a node makes lies in memory of the plan, which never moves.
        by_columns: Matrices that are stored column by column.

    Attributes:
        roots: For each value the one whose memory it shares, at first remove; itself, if none.
        fixed: Values that are views of memory that never moves.
    """

    def __init__(
        self, lasts: Callable[[Node], bool], by_columns: frozenset[Tensor] = frozenset()
    ) -> None:
        self.lasts = lasts
        self.by_columns = by_columns
        self.roots: dict[Tensor, Tensor] = {}
        self.fixed: set[Tensor] = set()
        self.stand_ins: dict[Tensor, Array | None] = {}

    def visit(self, node: Node) -> None:
        """Note whose memory the outputs of ``node`` lie in: their own, or its first input's."""
        for output in node.outputs:
            self.roots[output] = output
        if node.op.memory is Memory.VIEW and self.shares(node):
            base = node.inputs[0]
            for output in node.outputs:
                self.roots[output] = base

    def root(self, tensor: Tensor) -> Tensor:
        """Give the value whose memory a tensor lies in."""
        while self.roots.get(tensor, tensor) is not tensor:
            tensor = self.roots[tensor]
        return tensor

    def shares(self, node: Node) -> bool:
        """Whether the results of a view are views, as far as can be known before running."""
        if not is_static(node):
            return True
        base = self.stand_in(node.inputs[0])
        if base is None:
            return True
        others = (np.empty(static(tensor.shape), tensor.dtype) for tensor in node.inputs[1:])
        results = node.op.kernel(base, *others)
        views = results if isinstance(results, tuple) else (results,)
        shared = [not view.size or np.may_share_memory(view, base) for view in views]
        if all(shared):
            self.stand_ins.update(zip(node.outputs, views, strict=True))
            self.fixed.update(node.outputs)
        return any(shared)

    def stand_in(self, tensor: Tensor) -> Array | None:
        """Give an array with the memory layout that a value will have; None if nobody knows."""
        if tensor not in self.stand_ins:
            known = self.settled(tensor.node)
            self.stand_ins[tensor] = (
                empty(tensor, by_columns=tensor in self.by_columns) if known else None
            )
        return self.stand_ins[tensor]

    def settled(self, node: Node) -> bool:
        """Whether the outputs of ``node`` lie in memory that never moves."""
        stays = node.op.effect is Effect.READS or isinstance(node.op, OPS["constant"])
        return stays or self.lasts(node)


def empty(tensor: Tensor, *, by_columns: bool) -> Array:
    """Make an array of the shape, dtype and order of a value."""
    return np.empty(static(tensor.shape), tensor.dtype, "F" if by_columns else "C")


def is_static(node: Node) -> bool:
    """Whether all extents around ``node`` are known."""
    return all(tensor.spec.is_static for tensor in (*node.inputs, *node.outputs))
