"""``Tensor``: a symbolic value, with Python's operators and the most common ops as methods.

The operators look their ops up in the registry, so that this module needs to know none of them.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from graphnet.errors import DTypeError, GraphError
from graphnet.ir.context import creation_site
from graphnet.ir.registry import OPS
from graphnet.ir.spec import Spec
from graphnet.typing import DType, Shape

if TYPE_CHECKING:
    from graphnet.ir.graph import Graph
    from graphnet.ir.node import Node

__all__ = ["Tensor", "TensorLike"]


class Tensor:
    """A value that exists when a session runs: output ``index`` of ``node``.

    Tensors are made by ops, not by hand. They are hashed by identity; ``==`` and the other
    comparisons are elementwise, like all operators. A tensor has no value of its own: a session
    computes it.

    Args:
        spec: Shape and dtype, as far as they are known before running.
        node: What computes it.
        index: Which of the node's outputs it is.

    Example:
        >>> import graphnet as gn
        >>> x = gn.placeholder((None, 3), name="x")
        >>> 2 * x + 1
        <tensor 'add' float32[None, 3]>
    """

    __slots__ = ("__weakref__", "index", "node", "spec")
    __array_ufunc__ = None  # NumPy hands `array + tensor` to `Tensor.__radd__`.

    def __init__(self, spec: Spec, node: "Node", index: int) -> None:
        self.spec = spec
        self.node = node
        self.index = index

    @property
    def name(self) -> str:
        """The node's name, with ``:index`` behind it for all outputs but the first."""
        return f"{self.node.name}:{self.index}" if self.index else self.node.name

    @property
    def shape(self) -> Shape:
        """The extents known before running; unknown ones are names or None."""
        return self.spec.shape

    @property
    def dtype(self) -> DType:
        """The dtype of the elements."""
        return self.spec.dtype

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.spec.shape)

    @property
    def graph(self) -> "Graph":
        """The graph that the tensor was declared in."""
        return self.node.graph

    def __repr__(self) -> str:
        """Give name and spec."""
        return f"<{type(self).__name__.lower()} {self.name!r} {self.spec}>"

    # Arithmetic

    def __add__(self, other: "TensorLike") -> "Tensor":
        return OPS["add"]()(self, other)

    def __radd__(self, other: "TensorLike") -> "Tensor":
        return OPS["add"]()(other, self)

    def __sub__(self, other: "TensorLike") -> "Tensor":
        return OPS["subtract"]()(self, other)

    def __rsub__(self, other: "TensorLike") -> "Tensor":
        return OPS["subtract"]()(other, self)

    def __mul__(self, other: "TensorLike") -> "Tensor":
        return OPS["multiply"]()(self, other)

    def __rmul__(self, other: "TensorLike") -> "Tensor":
        return OPS["multiply"]()(other, self)

    def __truediv__(self, other: "TensorLike") -> "Tensor":
        return OPS["divide"]()(self, other)

    def __rtruediv__(self, other: "TensorLike") -> "Tensor":
        return OPS["divide"]()(other, self)

    def __floordiv__(self, other: "TensorLike") -> "Tensor":
        return OPS["floor_divide"]()(self, other)

    def __rfloordiv__(self, other: "TensorLike") -> "Tensor":
        return OPS["floor_divide"]()(other, self)

    def __mod__(self, other: "TensorLike") -> "Tensor":
        return OPS["mod"]()(self, other)

    def __rmod__(self, other: "TensorLike") -> "Tensor":
        return OPS["mod"]()(other, self)

    def __pow__(self, other: "TensorLike") -> "Tensor":
        return OPS["power"]()(self, other)

    def __rpow__(self, other: "TensorLike") -> "Tensor":
        return OPS["power"]()(other, self)

    def __matmul__(self, other: "TensorLike") -> "Tensor":
        return OPS["matmul"]()(self, other)

    def __rmatmul__(self, other: "TensorLike") -> "Tensor":
        return OPS["matmul"]()(other, self)

    def __neg__(self) -> "Tensor":
        return OPS["negative"]()(self)

    def __pos__(self) -> "Tensor":
        return self

    def __abs__(self) -> "Tensor":
        return OPS["abs"]()(self)

    # Comparison and logic

    def __eq__(self, other: object) -> "Tensor":  # type: ignore[override]  # elementwise
        return OPS["equal"]()(self, other)

    def __ne__(self, other: object) -> "Tensor":  # type: ignore[override]  # elementwise
        return OPS["not_equal"]()(self, other)

    def __lt__(self, other: "TensorLike") -> "Tensor":
        return OPS["less"]()(self, other)

    def __le__(self, other: "TensorLike") -> "Tensor":
        return OPS["less_equal"]()(self, other)

    def __gt__(self, other: "TensorLike") -> "Tensor":
        return OPS["greater"]()(self, other)

    def __ge__(self, other: "TensorLike") -> "Tensor":
        return OPS["greater_equal"]()(self, other)

    def __and__(self, other: "TensorLike") -> "Tensor":
        return connect("logical_and", self, other)

    def __rand__(self, other: "TensorLike") -> "Tensor":
        return connect("logical_and", other, self)

    def __or__(self, other: "TensorLike") -> "Tensor":
        return connect("logical_or", self, other)

    def __ror__(self, other: "TensorLike") -> "Tensor":
        return connect("logical_or", other, self)

    def __xor__(self, other: "TensorLike") -> "Tensor":
        return connect("logical_xor", self, other)

    def __rxor__(self, other: "TensorLike") -> "Tensor":
        return connect("logical_xor", other, self)

    def __invert__(self) -> "Tensor":
        return connect("logical_not", self)

    __hash__ = object.__hash__

    # Indexing and the most common functions

    def __getitem__(self, index: Any) -> "Tensor":
        return OPS["index"].of(self, index)

    def sum(self, axis: int | Sequence[int] | None = None, *, keepdims: bool = False) -> "Tensor":
        """Sum over ``axis``; see ``gn.sum``."""
        return OPS["sum"].of(self, axis, keepdims=keepdims)

    def mean(self, axis: int | Sequence[int] | None = None, *, keepdims: bool = False) -> "Tensor":
        """Average over ``axis``; see ``gn.mean``."""
        return OPS["mean"].of(self, axis, keepdims=keepdims)

    def max(self, axis: int | Sequence[int] | None = None, *, keepdims: bool = False) -> "Tensor":
        """Give the largest element along ``axis``; see ``gn.max``."""
        return OPS["max"].of(self, axis, keepdims=keepdims)

    def min(self, axis: int | Sequence[int] | None = None, *, keepdims: bool = False) -> "Tensor":
        """Give the smallest element along ``axis``; see ``gn.min``."""
        return OPS["min"].of(self, axis, keepdims=keepdims)

    def argmax(self, axis: int | None = None, *, keepdims: bool = False) -> "Tensor":
        """Give the index of the largest element along ``axis``; see ``gn.argmax``."""
        return OPS["argmax"].of(self, axis, keepdims=keepdims)

    def reshape(self, *shape: Any) -> "Tensor":
        """Give the same elements in another shape; see ``gn.reshape``."""
        return OPS["reshape"].of(self, shape[0] if len(shape) == 1 else shape)

    def transpose(self, *axes: Any) -> "Tensor":
        """Permute the axes; see ``gn.transpose``."""
        return OPS["transpose"].of(self, axes[0] if len(axes) == 1 else axes or None)

    @property
    def T(self) -> "Tensor":
        """The axes in reverse order."""
        return OPS["transpose"].of(self, None)

    def astype(self, dtype: Any) -> "Tensor":
        """Convert the elements to ``dtype``; see ``gn.cast``."""
        return OPS["cast"].of(self, dtype)

    # Misuse of a symbolic value, each with the way out

    def refuse(self, what: str, hint: str) -> NoReturn:
        """Say that a symbolic value cannot be used so."""
        raise GraphError(
            f"{what}: {self.name!r} is symbolic and has no value before a session runs",
            at=str(creation_site()),
            rows=[describe(self)],
            hint=hint,
        )

    def __bool__(self) -> bool:
        self.refuse(
            "a tensor is neither true nor false",
            "use gn.where(condition, a, b) in the graph, or test what session.run(tensor) gives; "
            "to look for a tensor in a list, compare with `is`",
        )

    def __len__(self) -> int:
        if not self.shape:
            self.refuse("a scalar has no length", "use gn.size(tensor) in the graph")
        extent = self.shape[0]
        if not isinstance(extent, int):
            self.refuse("the length is unknown", "use gn.shape(tensor)[0] in the graph")
        return extent

    def __iter__(self) -> "Iterator[Tensor]":
        if not self.shape or not isinstance(self.shape[0], int):
            self.refuse(
                "the number of elements to iterate over is unknown",
                "give the placeholder a fixed first extent, or use gn.split in the graph",
            )
        return (self[position] for position in range(self.shape[0]))

    def __contains__(self, item: object) -> bool:
        self.refuse("`in` is not defined", "use gn.any(gn.equal(tensor, item)) in the graph")

    def __array_function__(self, function: Any, *_: object) -> NoReturn:
        name = function.__name__
        own = OTHERWISE.get(name, name)
        known = f"use gn.{own}" if own in OPS else "graphnet has no function of this name"
        self.refuse(f"np.{name} works on arrays", f"{known}; session.run(tensor) gives an array")

    def __array__(self, *_: object, **__: object) -> NoReturn:
        self.refuse("a tensor is not an array", "session.run(tensor) gives its array")

    def __float__(self) -> float:
        self.refuse("a tensor is not a number", "session.run(tensor) gives its value")

    def __int__(self) -> int:
        self.refuse("a tensor is not a number", "session.run(tensor) gives its value")

    def __index__(self) -> int:
        self.refuse("a tensor is not an index", "gn.gather(x, tensor) indexes in the graph")


OTHERWISE = {
    "amax": "max",
    "amin": "min",
    "concatenate": "concat",
    "dot": "matmul",
    "hstack": "concat",
    "ravel": "flatten",
    "var": "variance",
    "vstack": "concat",
}
"""Functions of NumPy that have another name here."""

TensorLike = Tensor | Any
"""A tensor, or what can be made a constant: an array, a number, nested lists of numbers."""


def connect(name: str, *operands: TensorLike) -> Tensor:
    """Apply a logical op to booleans; on integers NumPy's operators work bit by bit.

    Raises:
        DTypeError: An operand is a tensor of another dtype.
    """
    for operand in operands:
        if isinstance(operand, Tensor) and operand.dtype.kind != "b":
            raise DTypeError(
                f"the operators & | ^ ~ are for booleans, not {operand.dtype}",
                at=str(creation_site()),
                rows=[describe(operand)],
                hint=f"use gn.{name} to ask which elements are not zero",
            )
    return OPS[name]()(*operands)


def describe(tensor: Tensor, label: str | None = None) -> tuple[str, ...]:
    """Give the row that shows a tensor in a message: spec, what it is, and where it was made."""
    node = tensor.node
    row = (str(tensor.spec), f"{node.op.name} {tensor.name!r}", str(node.site))
    return (label, *row) if label else row
