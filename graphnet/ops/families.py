"""Bases of families of ops, which share shape rule, kernel, traits and conversion of operands."""

from collections.abc import Sequence
from typing import Any, ClassVar

from graphnet.errors import DTypeError
from graphnet.ir.convert import as_array, is_weak, weak_dtype
from graphnet.ir.graph import Graph
from graphnet.ir.op import Op
from graphnet.ir.registry import OPS
from graphnet.ir.spec import Spec, as_float, broadcast, is_float, promote
from graphnet.ir.tensor import Tensor
from graphnet.ir.traits import Memory, Sample, f32
from graphnet.typing import Array, DType

__all__ = ["Binary", "Unary", "cast_to", "common_dtype", "promote_operands", "require_float"]


class Unary(Op):
    """An elementwise function of one operand; the ufunc is the kernel unless one is given.

    Attributes:
        floating: Whether integers and booleans are converted to the default float first.
    """

    floating: ClassVar[bool] = True
    memory = Memory.INTO
    inplace: ClassVar[tuple[int, ...]] = (0,)
    samples: ClassVar[tuple[Sample, ...]] = (Sample(f32(2, 3)), Sample(f32()), Sample(f32(0, 3)))

    def convert(self, graph: Graph, operands: Sequence[Any]) -> tuple[Tensor, ...]:
        """Convert integers to the default float where the function needs it."""
        (x,) = map(graph.as_tensor, operands)
        return (cast_to(x, as_float(x.dtype)) if self.floating else x,)

    def infer(self, x: Spec) -> Spec:
        """Keep shape and dtype."""
        return require_float(x) if self.floating else x

    def kernel(self, x: Array, out: Array | None = None) -> Any:
        """Apply the ufunc."""
        assert self.ufunc is not None, "please report: neither ufunc nor kernel"
        return self.ufunc(x, out=out)


class Binary(Op):
    """An elementwise function of two operands that broadcast and are promoted to one dtype.

    Attributes:
        floating: Whether integers and booleans are converted to the default float first.
        result: The dtype of the result, where it is not that of the operands.
    """

    floating: ClassVar[bool] = False
    result: ClassVar[DType | None] = None
    memory = Memory.INTO
    inplace: ClassVar[tuple[int, ...]] = (0, 1)
    samples: ClassVar[tuple[Sample, ...]] = (
        Sample(f32(2, 3), f32(2, 3)),
        Sample(f32(2, 3), f32(3)),
        Sample(f32(2, 1), f32(1, 3)),
        Sample(f32(), f32(2)),
        Sample(f32(0, 3), f32(3)),
    )

    def convert(self, graph: Graph, operands: Sequence[Any]) -> tuple[Tensor, ...]:
        """Promote the operands to one dtype; Python numbers adapt to the other operand."""
        return promote_operands(graph, operands, floating=self.floating)

    def infer(self, x: Spec, y: Spec) -> Spec:
        """Broadcast the shapes."""
        return Spec(broadcast(x.shape, y.shape), self.result or x.dtype)

    def kernel(self, x: Array, y: Array, out: Array | None = None) -> Any:
        """Apply the ufunc."""
        assert self.ufunc is not None, "please report: neither ufunc nor kernel"
        return self.ufunc(x, y, out=out)


def promote_operands(
    graph: Graph, operands: Sequence[Any], *, floating: bool = False
) -> tuple[Tensor, ...]:
    """Give the operands as tensors of one dtype, by NumPy's rule with weak Python numbers.

    Args:
        graph: Where constants and casts go.
        operands: Tensors, arrays, lists and numbers.
        floating: Whether integers and booleans become floats.
    """
    dtype = common_dtype(operands)
    if floating:
        dtype = as_float(dtype)
    return tuple(as_operand(graph, operand, dtype) for operand in operands)


def as_operand(graph: Graph, operand: Any, dtype: DType) -> Tensor:
    """Give an operand as a tensor of ``dtype``; constants are converted here and now."""
    if isinstance(operand, Tensor):
        return cast_to(operand, dtype)
    return graph.as_tensor(operand if is_weak(operand) else as_array(operand).astype(dtype), dtype)


def common_dtype(operands: Sequence[Any]) -> DType:
    """Give the dtype to which the operands are promoted together."""
    strong = [
        operand.dtype if isinstance(operand, Tensor) else as_array(operand).dtype
        for operand in operands
        if not is_weak(operand)
    ]
    dtype = promote(*strong) if strong else as_array(operands[0]).dtype
    for operand in operands:
        if is_weak(operand):
            dtype = weak_dtype(operand, dtype)
    return dtype


def cast_to(x: Tensor, dtype: DType) -> Tensor:
    """Give ``x`` in another dtype, or itself."""
    return x if x.dtype == dtype else OPS["cast"](dtype)(x)  # type: ignore[call-arg]


def require_float(x: Spec) -> Spec:
    """Give the spec itself.

    Raises:
        DTypeError: It is not floating.
    """
    if not is_float(x.dtype):
        raise DTypeError(f"needs a float, not {x.dtype}", hint="use gn.cast(x, gn.float32)")
    return x
