"""Where values come from: placeholders, constants and variables."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import DTypeLike

from graphnet.errors import GradientError, GraphError, ShapeError
from graphnet.ir.context import creation_site
from graphnet.ir.graph import current_graph, graph_of, reach
from graphnet.ir.node import Node
from graphnet.ir.op import Op, locate
from graphnet.ir.spec import DEFAULT_FLOAT, Spec, as_dtype, as_shape
from graphnet.ir.tensor import Tensor, TensorLike, describe
from graphnet.ir.traits import Effect, Sample
from graphnet.typing import Array, Dimension, DType, Shape

__all__ = ["Variable", "constant", "placeholder"]


class Placeholder(Op):
    """A value that is fed."""

    name = "placeholder"
    shape: Shape
    dtype: DType
    effect = Effect.FED
    samples = (Sample(shape=(None, 3), dtype=DEFAULT_FLOAT), Sample(shape=(), dtype=DEFAULT_FLOAT))

    def infer(self) -> Spec:
        return Spec(self.shape, self.dtype)

    def kernel(self) -> Array:
        raise AssertionError("please report: a placeholder was computed")


class Constant(Op):
    """A value that is part of the graph; two constants are equal when their bytes are."""

    name = "constant"
    value: Array
    samples = (
        Sample(value=np.array([1.0, -2.0], np.float32)),
        Sample(value=np.array(3)),
        Sample(value=np.array([[True]])),
    )

    @property
    def exact(self) -> tuple[Any, ...]:
        """What makes two constants equal."""
        return Constant, self.value.dtype, self.value.shape, self.value.tobytes()

    def infer(self) -> Spec:
        return Spec(self.value.shape, self.value.dtype)

    def kernel(self) -> Array:
        return self.value


class VariableSource(Op):
    """The value that a session keeps for a variable, as it was before the run."""

    name = "variable"
    initial: Tensor
    trainable: bool = True
    effect = Effect.READS

    @property
    def exact(self) -> tuple[Any, ...]:
        """What makes two variables equal: being one."""
        return VariableSource, id(self)

    def infer(self) -> Spec:
        return self.initial.spec

    def kernel(self) -> Array:
        raise AssertionError("please report: a variable was computed")

    def output(self, spec: Spec, node: Node, index: int) -> Tensor:
        variable = object.__new__(Variable)
        Tensor.__init__(variable, spec, node, index)
        return variable


class Variable(Tensor):
    """Named state: a tensor whose value a session keeps from run to run.

    Every read in a run sees the value from before the run. A session gives a variable its initial
    value when it first needs it.

    Args:
        initial_value: A number, an array or a tensor; a tensor may be random, and may depend on
            other variables, whose initial values it then sees.
        name: Label; made unique in the graph.
        trainable: Whether optimizers update it unless told otherwise.

    Raises:
        ShapeError: The shape of the initial value is not fully known.

    Example:
        >>> import graphnet as gn
        >>> weight = gn.Variable([[1.0, 2.0]], name="weight")
        >>> weight
        <variable 'weight' float32[1, 2]>
        >>> with gn.Session() as session:
        ...     session.run(weight)
        array([[1., 2.]], dtype=float32)
    """

    __slots__ = ()

    def __new__(
        cls, initial_value: TensorLike, name: str | None = None, trainable: bool = True
    ) -> Self:
        """Make the node; its output is the variable."""
        initial = graph_of([initial_value]).as_tensor(initial_value)
        if not initial.spec.is_static:
            raise ShapeError(
                f"the initial value of a variable needs a known shape, not {initial.spec}",
                rows=[(initial.node.op.name, repr(initial.name), str(initial.node.site))],
                hint="give the shape as numbers",
            )
        source = VariableSource(initial, trainable)
        node = initial.graph.add(source, (), name or "variable")
        made = node.outputs[0]
        assert isinstance(made, cls), "please report: a variable node without its variable"
        return made

    def __init__(
        self, initial_value: TensorLike, name: str | None = None, trainable: bool = True
    ) -> None:
        """Do nothing: ``__new__`` has given the node's own output."""

    @property
    def initial_value(self) -> Tensor:
        """The tensor that a session computes to give the variable its first value."""
        assert isinstance(self.node.op, VariableSource), "please report: a variable of another op"
        return self.node.op.initial

    @property
    def trainable(self) -> bool:
        """Whether optimizers update it unless told otherwise."""
        assert isinstance(self.node.op, VariableSource), "please report: a variable of another op"
        return self.node.op.trainable

    def read(self, name: str | None = None) -> Tensor:
        """Read the variable at this point: after the assignments that are control dependencies."""
        return ReadVariable()(self, name=name)


class ReadVariable(Op):
    """The value of a variable after the writes that the read is ordered behind."""

    name = "read"

    def infer(self, variable: Spec) -> Spec:
        return variable

    def kernel(self, variable: Array) -> Array:
        return variable

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        (variable,) = node.inputs
        for earlier in reach(node.control, frozenset()):
            if earlier.op.effect is Effect.WRITES and variable in earlier.inputs:
                raise GradientError(
                    f"gradients: {node.name!r} reads what {earlier.name!r} has written",
                    at=str(creation_site()),
                    rows=[describe(node.outputs[0]), describe(earlier.outputs[0])],
                    hint="differentiate the result of the assignment, not a read behind it",
                )
        return (dy,)


def placeholder(
    shape: int | str | Sequence[Dimension] | None = (),
    dtype: DTypeLike = DEFAULT_FLOAT,
    name: str | None = None,
) -> Tensor:
    """Declare a value that is fed when a session runs.

    Args:
        shape: One extent per axis: a number; a name, where equal names mean equal extents in a
            run; or None for any extent.
        dtype: Dtype of the elements.
        name: Label; made unique in the graph.

    Returns:
        The tensor to be used as key in ``feed_dict``.

    Raises:
        ShapeError: An extent is not valid.
        DTypeError: The dtype is not supported.

    Example:
        >>> import graphnet as gn
        >>> gn.placeholder(("batch", 784), name="images")
        <tensor 'images' float32[batch, 784]>
    """
    try:
        op = Placeholder(as_shape(shape), as_dtype(dtype))
    except GraphError as error:
        locate(error, Placeholder)
        raise
    return current_graph().add(op, (), name).outputs[0]


def constant(value: Any, dtype: DTypeLike | None = None, name: str | None = None) -> Tensor:
    """Put a value into the graph.

    Args:
        value: A number, nested lists of numbers, or an array, which is copied.
        dtype: Dtype of the elements; by default that of an array, float32 for Python floats,
            int64 for Python integers.
        name: Label; made unique in the graph.

    Raises:
        DTypeError: The value is not numeric, or does not fit into the dtype.

    Example:
        >>> import graphnet as gn
        >>> gn.constant([1.0, 2.0])
        <tensor 'constant' float32[2]>
    """
    return current_graph().as_tensor(value, None if dtype is None else as_dtype(dtype), name)
