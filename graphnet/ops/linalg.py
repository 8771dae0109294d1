"""Products of matrices, of vectors and of batches of matrices, and of tensors as vectors."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from graphnet.errors import ShapeError
from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.op import Op
from graphnet.ir.spec import Spec, broadcast, may_be_equal, merge_dimensions, show_shape
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.ir.traits import Memory, Sample, f32, i64
from graphnet.ops.families import promote_operands
from graphnet.ops.like import may_repeat, sum_like
from graphnet.ops.shape import ExpandDims, Reshape, Squeeze, Transpose
from graphnet.typing import Array, Shape

__all__ = ["dot_of_all", "matmul", "vdot"]


class Matmul(Op):
    """Σ over k of x[..., i, k] · y[..., k, j]; a vector x is a row, a vector y a column."""

    name = "matmul"
    memory = Memory.INTO
    samples = (
        Sample(f32(2, 3), f32(3, 4)),
        Sample(f32(3), f32(3)),
        Sample(f32(3), f32(3, 4)),
        Sample(f32(2, 3), f32(3)),
        Sample(f32(2, 2, 3), f32(3, 4)),
        Sample(f32(2, 3), f32(4, 3, 2)),
        Sample(f32(2, 1, 2, 3), f32(4, 3, 2)),
        Sample(f32(3), f32(2, 3, 4)),
        Sample(f32(2, 2, 3), f32(3)),
        Sample(f32(0, 3), f32(3, 2)),
        Sample(f32(2, 0), f32(0, 3)),
        Sample(i64(2, 3), i64(3, 2)),
    )

    def convert(self, graph: Graph, operands: Sequence[Any]) -> tuple[Tensor, ...]:
        return promote_operands(graph, operands)

    def infer(self, x: Spec, y: Spec) -> Spec:
        if not x.shape or not y.shape:
            raise ShapeError("a scalar has no axis to multiply along", hint="use x * y")
        require_inner(x.shape, y.shape)
        columns = y.shape[-1:] if y.ndim > 1 else ()
        return x.with_shape((*batch_shape(x.shape, y.shape), *x.shape[-2:-1], *columns))

    def kernel(self, x: Array, y: Array, out: Array | None = None) -> Any:
        # np.dot costs half of what np.matmul does, and one large product less than many small ones.
        if y.ndim > 2:
            return np.matmul(x, y, out=out)
        if out is not None and not out.flags.c_contiguous:
            if x.ndim == y.ndim == 2:
                np.dot(y.T, x.T, out.T)
            else:
                out[...] = self.kernel(x, y)
            return out
        if x.ndim <= 2:
            result = np.dot(x, y, out)
            return result if out is None else out
        result = np.empty((*x.shape[:-1], *y.shape[1:]), x.dtype) if out is None else out
        rows = math.prod(x.shape[:-1])
        np.dot(x.reshape(rows, x.shape[-1]), y, result.reshape(rows, *y.shape[1:]))
        return result

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, Tensor]:
        x, y = node.inputs
        # As matrices: a row on the left, a column on the right, and both axes in the cotangent.
        if y.ndim == 1:
            dy = ExpandDims((dy.ndim,))(dy)
        if x.ndim == 1:
            dy = ExpandDims((dy.ndim - 1,))(dy)
        row = ExpandDims((0,))(x) if x.ndim == 1 else x
        column = ExpandDims((1,))(y) if y.ndim == 1 else y
        dx = fold(matmul(dy, swap(column)), row, column)
        dcolumn = right_cotangent(row, column, dy)
        return (
            Squeeze((0,))(dx) if x.ndim == 1 else dx,
            Squeeze((1,))(dcolumn) if y.ndim == 1 else dcolumn,
        )


class Vdot(Op):
    """Σ x · y over all elements."""

    name = "vdot"
    memory = Memory.INTO
    samples = (
        Sample(f32(2, 3), f32(2, 3)),
        Sample(f32(4), f32(4)),
        Sample(f32(), f32()),
        Sample(f32(0, 3), f32(0, 3)),
        Sample(i64(2, 3), i64(2, 3)),
    )

    def convert(self, graph: Graph, operands: Sequence[Any]) -> tuple[Tensor, ...]:
        return promote_operands(graph, operands)

    def infer(self, x: Spec, y: Spec) -> Spec:
        if not may_be_equal(x.shape, y.shape):
            raise ShapeError(
                f"the shapes {show_shape(x.shape)} and {show_shape(y.shape)} differ",
                hint="nothing is broadcast here; gn.sum(x * y) does that",
            )
        return x.with_shape(())

    def kernel(self, x: Array, y: Array, out: Array | None = None) -> Any:
        return dot_of_all(x, y, out)

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor, Tensor]:
        x, y = node.inputs
        return dy * y, dy * x


def dot_of_all(x: Array, y: Array, out: Array | None = None) -> Any:
    """Multiply two arrays of one shape element by element, and add up all products."""
    if x.flags.f_contiguous and y.flags.f_contiguous:
        x, y = x.T, y.T  # whose elements need not be copied to be in a row
    result = np.dot(x.reshape(-1), y.reshape(-1), out)
    return result if out is None else out


def require_inner(x: Shape, y: Shape) -> None:
    """Make sure that the axes that are summed over are equal.

    Raises:
        ShapeError: They differ; the hint tells whether a transpose would fit.
    """
    inner = y[-2] if len(y) > 1 else y[0]
    try:
        merge_dimensions(x[-1], inner)
    except ShapeError:
        needed = f"[{x[-1]}]" if len(y) == 1 else f"[{'..., ' * (len(y) > 2)}{x[-1]}, ...]"
        raise ShapeError(
            f"inner dimensions differ, {x[-1]} and {inner}",
            hint=f"the second operand needs shape {needed}{suggestion(x, y, inner)}",
        ) from None


def suggestion(x: Shape, y: Shape, inner: int | str | None) -> str:
    """Give the end of the hint: what would make the operands fit, if a transpose does."""
    if len(y) == 2 and y[1] == x[-1]:
        return "; did you mean transpose(y)?"
    if len(y) > 2 and y[-1] == x[-1]:
        return "; did you mean y with its last two axes exchanged?"
    if len(x) == 2 and x[0] == inner:
        return "; did you mean transpose(x)?"
    return ""


def batch_shape(x: Shape, y: Shape) -> Shape:
    """Give the shape that the axes before the matrices broadcast to.

    Raises:
        ShapeError: They do not.
    """
    try:
        return broadcast(x[:-2], y[:-2])
    except ShapeError:
        raise ShapeError(
            f"the batches {show_shape(x[:-2])} and {show_shape(y[:-2])} do not broadcast",
            hint="all axes before the last two must be equal, or 1",
        ) from None


def swap(x: Tensor) -> Tensor:
    """Exchange the last two axes."""
    batch = range(x.ndim - 2)
    return Transpose((*batch, x.ndim - 1, x.ndim - 2))(x)


def fold(dx: Tensor, x: Tensor, other: Tensor) -> Tensor:
    """Sum the cotangent of ``x`` over the axes along which its matrices were repeated."""
    batches = zip(x.shape[-3::-1], other.shape[-3::-1], strict=False)
    repeated = dx.ndim > x.ndim or any(map(may_repeat, batches))
    return sum_like(dx, x) if repeated else dx


def right_cotangent(x: Tensor, y: Tensor, dy: Tensor) -> Tensor:
    """Give the cotangent of the second of two operands with at least two axes."""
    if y.ndim == 2 < x.ndim:
        rows, cotangents = as_rows(x), as_rows(dy)
        if rows is not None and cotangents is not None:
            # One product over all rows of the batch, in place of one per matrix and their sum.
            return matmul(swap(rows), cotangents)
    return fold(matmul(swap(x), dy), y, x)


def as_rows(x: Tensor) -> Tensor | None:
    """Give all rows of a batch of matrices as one matrix; None if their length is 0 or unknown."""
    length = x.shape[-1]
    return Reshape((-1, length))(x) if isinstance(length, int) and length else None


def matmul(x: TensorLike, y: TensorLike) -> Tensor:
    r"""Multiply matrices, vectors or batches of matrices.

    :math:`z_{\ldots ij} = \sum_k x_{\ldots ik} y_{\ldots kj}`; written ``x @ y`` as in NumPy.

    Args:
        x: Tensor of shape [..., i, k], or a vector [k].
        y: Tensor of shape [..., k, j], or a vector [k]; the axes before the last two broadcast.

    Returns:
        Tensor of shape [..., i, j], without the axis that a vector does not have.

    Raises:
        ShapeError: The shapes do not fit.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.matmul([[1.0, 2.0], [3.0, 4.0]], [1.0, 10.0]))
        array([21., 43.], dtype=float32)
    """
    return Matmul()(x, y)


def vdot(x: TensorLike, y: TensorLike) -> Tensor:
    r"""Multiply two tensors of one shape element by element, and add up all products.

    :math:`z = \sum_i x_i y_i`, the scalar product of the tensors as vectors.

    Args:
        x: Tensor of any shape.
        y: Tensor of the same shape.

    Returns:
        Scalar of the common dtype, in which integers wrap around as in NumPy.

    Raises:
        ShapeError: The shapes differ: nothing is broadcast here.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.vdot([[1.0, 2.0], [3.0, 4.0]], [[1.0, 0.0], [0.0, 10.0]]))
        array(41., dtype=float32)
    """
    return Vdot()(x, y)
