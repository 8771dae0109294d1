"""Constant folding: ``y = add(1.0, 2.0) → y = 3.0``."""

import numpy as np

from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.registry import OPS
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Effect
from graphnet.ops.call import PyCall

__all__ = ["LARGEST", "fold_constants"]

LARGEST = 1 << 16
"""Results with more elements are computed in each run, so that no plan carries large arrays."""


def fold_constants(graph: Graph) -> Graph:
    """Compute the nodes that depend on constants only.

    What fails or warns is left in place, so that the error comes when the user runs it, and at the
    user's line.
    """
    return graph.rebuild(fold)


def fold(node: Node) -> tuple[Tensor, ...] | None:
    """Give the constants that a node always results in."""
    constant = OPS["constant"]
    if not node.inputs or node.op.effect is not Effect.PURE or node.control:
        return None
    if isinstance(node.op, PyCall):  # a user's function is called in runs only
        return None
    if not all(isinstance(tensor.node.op, constant) for tensor in node.inputs):
        return None
    if any((output.spec.size or 0) > LARGEST for output in node.outputs):
        return None
    try:
        with np.errstate(all="raise"):
            result = node.op.kernel(*(tensor.node.op.kernel() for tensor in node.inputs))
    except Exception:  # noqa: BLE001  # whatever it is, it belongs to the run
        return None
    results = result if isinstance(result, tuple) else (result,)
    return tuple(node.graph.as_tensor(np.asarray(value)) for value in results)
