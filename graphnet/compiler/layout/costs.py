"""What a node costs, by the orders in which its operands and its result lie in memory.

A small model in nanoseconds, fitted to measurements of NumPy on one machine (see
``docs/performance.md``). It need not be right, only order alternatives as a clock would.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from graphnet.ir.node import Node
from graphnet.ir.spec import static
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Memory
from graphnet.ops.cross_entropy import WeightedSum
from graphnet.ops.families import Binary, Unary
from graphnet.ops.index import FULL, Index, Place
from graphnet.ops.join import Concat
from graphnet.ops.linalg import Matmul, Vdot
from graphnet.ops.reduce import Max, Min, Sum
from graphnet.ops.shape import Transpose

__all__ = ["Orders", "bias_cost", "cost", "fill_cost", "is_matrix", "turn_cost"]

CALL = 350.0
ELEMENT = 0.06
BROADCAST, BROADCAST_ELEMENT = 700.0, 0.05
MIXED, MIXED_ROW, MIXED_ELEMENT = 900.0, 2.0, 0.3
COPY, COPY_ELEMENT = 180.0, 0.1
TURN_ROW, TURN_ELEMENT = 3.0, 0.4
FLOPS = 90.0
TILE = 16
LEFT_TURNED, RIGHT_TURNED = (120.0, 0.02), (450.0, 0.12)
LONG_MAX, SHORT_MAX = 2000.0, 1300.0
LONG_SUM, SHORT_SUM = 480.0, 270.0
CONCAT = 900.0
FORBIDDEN = 1e9  # a view that would become a copy, made anew in each run


@dataclass(frozen=True)
class Orders:
    """How matrices lie.

    Attributes:
        by_columns: Whether a matrix lies column by column.
    """

    by_columns: Callable[[Tensor], bool]


def is_matrix(tensor: Tensor) -> bool:
    """Whether the order makes a difference: two axes, each with more than one element."""
    shape = tensor.shape
    return len(shape) == 2 and all(isinstance(extent, int) and extent > 1 for extent in shape)


def size_of(tensor: Tensor) -> int:
    """Give the number of elements."""
    return tensor.spec.size or 0


def cost(node: Node, orders: Orders) -> float:
    """Give the nanoseconds that a node takes; 0 where the order makes no difference."""
    match node.op:
        case Unary() | Binary() | Place() | Vdot() | WeightedSum():
            return elementwise_cost(node, orders)
        case Matmul() if all(tensor.ndim == 2 for tensor in node.inputs):
            return product_cost(node, orders)
        case Max() | Min() | Sum() if len(node.op.axis) == 1:
            return reduction_cost(node, orders)
        case Concat():
            return concat_cost(node, orders)
    turned = [tensor for tensor in node.inputs if is_matrix(tensor) and orders.by_columns(tensor)]
    if isinstance(node.op, Transpose | Index):
        return 0.0
    if turned and node.op.memory is Memory.VIEW:
        return FORBIDDEN
    return sum(MIXED_ELEMENT * size_of(tensor) for tensor in turned)


def elementwise_cost(node: Node, orders: Orders) -> float:
    """Give the cost of a pass over arrays, which is dear where these do not fit together."""
    (result,) = node.outputs
    like = result if result.ndim else node.inputs[0]
    size = size_of(like)
    arrays = [tensor for tensor in (*node.outputs, *node.inputs) if tensor.shape == like.shape]
    total = CALL + ELEMENT * size + mixed_cost(arrays, orders)
    for operand in node.inputs:
        if operand.ndim and operand.shape != like.shape:
            total += repeat_cost(operand, like)
    return total


def repeat_cost(operand: Tensor, like: Tensor) -> float:
    """Give what it costs to repeat an operand: along an axis of two a second call."""
    for axis, extent in enumerate(like.shape):
        once = (*like.shape[:axis], 1, *like.shape[axis + 1 :])
        if extent == 2 and like.ndim == 2 and operand.shape == once:
            return CALL
    return BROADCAST + BROADCAST_ELEMENT * size_of(like)


def mixed_cost(arrays: Sequence[Tensor], orders: Orders) -> float:
    """Give what it costs that matrices of one shape do not all lie alike.

    NumPy then goes along rows, through those by columns in strides, and each row is a loop anew.
    """
    like = arrays[0]
    size = size_of(like)
    total = sum(MIXED + MIXED_ELEMENT * size for x in arrays if is_strided(x, orders))
    turned = sum(map(orders.by_columns, arrays)) if is_matrix(like) else 0
    if 0 < turned < len(arrays):
        total += MIXED + turned * (MIXED_ROW * static(like.shape)[0] + MIXED_ELEMENT * size)
    return total


def is_strided(tensor: Tensor, orders: Orders) -> bool:
    """Whether a value is a slice of a matrix across the order of its elements in memory."""
    match tensor.node:
        case Node(Index(index), (base,)) if is_matrix(base) and tensor.ndim == 2:
            across = index[1:] if not orders.by_columns(base) else index[:1]
            return any(item != FULL for item in across)
    return False


def product_cost(node: Node, orders: Orders) -> float:
    """Give the cost of a product of matrices.

    BLAS computes results by rows; by columns, it multiplies the transposes the other way round. It
    works on tiles along the rows of the result, and turns operands that do not lie as it needs.
    """
    x, y = node.inputs
    (rows, inner), (_, columns) = static(x.shape), static(y.shape)
    turned = orders.by_columns(node.outputs[0])
    width = rows if turned else columns
    arithmetic = 2 * rows * inner * columns / FLOPS * (-(-width // TILE) * TILE / max(width, 1))
    left, right = (y, x) if turned else (x, y)
    total = CALL + arithmetic
    for operand, (extra, share) in ((left, LEFT_TURNED), (right, RIGHT_TURNED)):
        if is_matrix(operand) and orders.by_columns(operand) != turned:
            total += extra + share * arithmetic
    return total


def reduction_cost(node: Node, orders: Orders) -> float:
    """Give the cost of a reduction along one axis."""
    (x,) = node.inputs
    axis = node.op.axis[0]  # type: ignore[attr-defined]  # a reduction
    if not is_matrix(x):
        return 0.0
    along = (axis == 1) != orders.by_columns(x)
    if isinstance(node.op, Sum):
        return (LONG_SUM if along else SHORT_SUM) + ELEMENT * size_of(x)
    if static(x.shape)[axis] == 2:
        return CALL
    return (LONG_MAX if along else SHORT_MAX) + MIXED_ELEMENT * size_of(x)


def concat_cost(node: Node, orders: Orders) -> float:
    """Give the cost of a concatenation: nothing where parts are pieces of memory made in place."""
    (whole,) = node.outputs
    if not is_matrix(whole):
        return 0.0
    axis = node.op.axis  # type: ignore[attr-defined]  # a concatenation
    if (axis == 1) != orders.by_columns(whole):
        return CONCAT + MIXED_ELEMENT * size_of(whole)
    return sum(
        fill_cost(operand, orders, whole)
        for operand in node.inputs
        if orders.by_columns(operand) != orders.by_columns(whole)
    )


def fill_cost(operand: Tensor, orders: Orders, whole: Tensor) -> float:
    """Give the cost of copying an operand to its place in a concatenation."""
    if is_matrix(operand) and orders.by_columns(operand) != orders.by_columns(whole):
        return turn_cost(operand, by_columns=orders.by_columns(whole))
    return COPY + COPY_ELEMENT * size_of(operand)


def turn_cost(matrix: Tensor, *, by_columns: bool) -> float:
    """Give the cost of copying a matrix to one that lies the other way, as stated.

    NumPy goes through the copy in the order of memory, in a loop for each of its rows or columns.
    """
    rows, columns = static(matrix.shape)
    loops = columns if by_columns else rows
    return COPY + TURN_ROW * loops + TURN_ELEMENT * size_of(matrix)


def bias_cost(result: Tensor) -> float:
    """Give the cost of adding a row to a matrix, and of summing its columns for the gradient."""
    size = size_of(result)
    return CALL + BROADCAST + (ELEMENT + BROADCAST_ELEMENT) * size + SHORT_SUM + ELEMENT * size
