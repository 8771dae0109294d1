"""Ops that hand their operand on: converted, unchanged, or cut off from the gradient."""

import numpy as np
from numpy.typing import DTypeLike

from graphnet.ir.node import Node
from graphnet.ir.op import Op
from graphnet.ir.spec import Spec, as_dtype, is_float
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.ir.traits import Memory, Sample, f32, i64
from graphnet.typing import Array, DType

__all__ = ["cast", "identity", "stop_gradient"]


class Cast(Op):
    """The elements of x converted to another dtype, as NumPy's ``astype`` does."""

    name = "cast"
    dtype: DType
    memory = Memory.INTO
    samples = (
        Sample(f32(2, 3), dtype=np.dtype(np.float64)),
        Sample(f32(2, 3), dtype=np.dtype(np.int32)),
        Sample(i64(3), dtype=np.dtype(np.float32)),
        Sample(f32(), dtype=np.dtype(np.bool_)),
    )

    def infer(self, x: Spec) -> Spec:
        return x.with_dtype(self.dtype)

    def kernel(self, x: Array, out: Array | None = None) -> Array:
        result = np.empty(x.shape, self.dtype) if out is None else out
        np.copyto(result, x, casting="unsafe")
        return result

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor | None]:
        (x,) = node.inputs
        return (cast(dy, x.dtype) if is_float(x.dtype) else None,)

    @classmethod
    def of(cls, x: TensorLike, dtype: DTypeLike) -> Tensor:
        return cls(as_dtype(dtype))(x)


class Copy(Op):
    """x, in memory of its own."""

    name = "copy"
    memory = Memory.INTO
    samples = (Sample(f32(2, 3)), Sample(f32()), Sample(f32(0, 3)), Sample(i64(3)))

    def infer(self, x: Spec) -> Spec:
        return x

    def kernel(self, x: Array, out: Array | None = None) -> Array:
        result = np.empty(x.shape, x.dtype) if out is None else out
        result[...] = x
        return result

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        return (dy,)


class Identity(Op):
    """x."""

    name = "identity"
    memory = Memory.VIEW
    samples = (Sample(f32(2, 3)), Sample(f32()), Sample(f32(0, 3)))

    def infer(self, x: Spec) -> Spec:
        return x

    def kernel(self, x: Array) -> Array:
        return x

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        return (dy,)


class StopGradient(Op):
    """x, as a constant to whoever takes a gradient."""

    name = "stop_gradient"
    memory = Memory.VIEW
    samples = (Sample(f32(2, 3)), Sample(f32()))

    def infer(self, x: Spec) -> Spec:
        return x

    def kernel(self, x: Array) -> Array:
        return x

    def vjp(self, node: Node, dy: Tensor) -> tuple[None]:
        return (None,)


def cast(x: TensorLike, dtype: DTypeLike) -> Tensor:
    """Convert the elements of ``x``, as NumPy's ``astype`` does.

    Args:
        x: Tensor of any shape and dtype.
        dtype: Dtype of the result; floats are cut off towards zero to become integers.

    Raises:
        DTypeError: The dtype is not supported.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.cast([1.7, -1.7], gn.int64))
        array([ 1, -1])
    """
    return Cast.of(x, dtype)


def identity(x: TensorLike, name: str | None = None) -> Tensor:
    """Give ``x`` as a new tensor, which can carry a name of its own.

    Args:
        x: Tensor of any shape and dtype.
        name: Label; made unique in the graph.

    Example:
        >>> import graphnet as gn
        >>> gn.identity([1.0, 2.0], name="logits")
        <tensor 'logits' float32[2]>
    """
    return Identity()(x, name=name)


def stop_gradient(x: TensorLike) -> Tensor:
    """Give ``x``, but let no gradient flow back through it.

    Args:
        x: Tensor of any shape and dtype.

    Example:
        >>> import graphnet as gn
        >>> x = gn.constant(3.0)
        >>> (gradient,) = gn.gradients(x * gn.stop_gradient(x), [x])
        >>> gn.evaluate(gradient)
        array(3., dtype=float32)
    """
    return StopGradient()(x)
