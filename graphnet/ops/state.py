"""Writes to variables, which a session commits when a run is over, and groups of operations."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from graphnet.errors import DTypeError, GraphError, ShapeError
from graphnet.ir.context import context, creation_site
from graphnet.ir.control import control_dependencies
from graphnet.ir.graph import Graph, current_graph
from graphnet.ir.node import Node
from graphnet.ir.op import Op
from graphnet.ir.spec import Spec, exported_name, show_shape
from graphnet.ir.tensor import Tensor, TensorLike, describe
from graphnet.ir.traits import Effect, Memory, Sample, f32
from graphnet.ops.families import cast_to, common_dtype
from graphnet.ops.sources import Variable
from graphnet.typing import Array, Shape

__all__ = ["assign", "assign_add", "assign_sub", "group", "initializer"]


class Assign(Op):
    """The new value of a variable: visible as the result now, in the variable after the run."""

    name = "assign"
    effect = Effect.WRITES

    def convert(self, graph: Graph, operands: Sequence[Any]) -> tuple[Tensor, ...]:
        """Convert the value where its dtype promotes to that of the variable."""
        variable, value = operands
        if not isinstance(variable, Variable):
            raise GraphError(
                "only a variable can be written",
                rows=[describe(variable)] if isinstance(variable, Tensor) else [(repr(variable),)],
                hint="declare it with gn.Variable(initial_value)",
            )
        if not isinstance(value, Tensor | np.ndarray | np.generic):
            try:
                return variable, graph.as_tensor(value, variable.dtype)
            except DTypeError as error:
                error.rows = [describe(variable, "variable")]
                raise
        new = graph.as_tensor(value)
        fits = common_dtype([new, variable]) == variable.dtype
        return variable, cast_to(new, variable.dtype) if fits else new

    def infer(self, variable: Spec, value: Spec) -> Spec:
        if not value.with_dtype(variable.dtype).may_equal(variable):
            raise ShapeError(
                f"a value {value} does not fit a variable {variable}",
                hint="the shapes must be equal; reshape or broadcast_to makes them so",
            )
        if value.dtype != variable.dtype:
            raise DTypeError(
                f"a value {value} does not fit a variable {variable}",
                hint=f"use gn.cast(value, gn.{exported_name(variable.dtype)})",
            )
        return variable

    def kernel(self, variable: Array, value: Array) -> Array:
        return value

    def vjp(self, node: Node, dy: Tensor) -> tuple[None, Tensor]:
        return None, dy


class Fit(Op):
    """x, which must turn out to have the shape of a variable before anything is written."""

    name = "fit"
    shape: tuple[int, ...]
    memory = Memory.VIEW
    samples = (Sample(f32(2, 3), shape=(2, 3)), Sample(f32(), shape=()))

    def infer(self, x: Spec) -> Spec:
        if not x.accepts_shape(self.shape):
            raise self.misfit(x.shape)
        return x.with_shape(self.shape)

    def kernel(self, x: Array) -> Array:
        if x.shape != self.shape:
            raise self.misfit(x.shape)
        return x

    def vjp(self, node: Node, dy: Tensor) -> tuple[Tensor]:
        return (dy,)

    def misfit(self, shape: Shape) -> ShapeError:
        """Say which shape came, and which was needed."""
        needed = show_shape(self.shape)
        return ShapeError(f"a value of shape {show_shape(shape)} for a variable of shape {needed}")


class Group(Op):
    """Nothing, after all its control dependencies have run."""

    name = "group"
    effect = Effect.WRITES

    def infer(self) -> tuple[Spec, ...]:
        return ()

    def kernel(self) -> tuple[()]:
        return ()


def assign(variable: Variable, value: TensorLike, name: str | None = None) -> Tensor:
    """Give ``variable`` a new value when the run is over.

    All other reads in the run see the old value. Two assignments to one variable in one run must be
    ordered by a control dependency.

    Args:
        variable: The variable to be written.
        value: Tensor or constant of the variable's shape; a dtype that promotes to the variable's
            is converted.
        name: Label; made unique in the graph.

    Returns:
        The new value.

    Raises:
        GraphError: The first operand is not a variable.
        ShapeError: The shapes differ.
        DTypeError: The value would lose precision.

    Example:
        >>> import graphnet as gn
        >>> count = gn.Variable(1.0)
        >>> double = gn.assign(count, count * 2)
        >>> with gn.Session() as session:
        ...     print(session.run([double, count]), session.run(count))
        [array(2., dtype=float32), array(1., dtype=float32)] 2.0
    """
    return Assign()(variable, value, name=name)


def assign_add(variable: Variable, value: TensorLike, name: str | None = None) -> Tensor:
    """Add ``value`` to ``variable`` when the run is over.

    Args:
        variable: The variable to be written; read behind the control dependencies around.
        value: Tensor or constant that broadcasts to the variable's shape.
        name: Label; made unique in the graph.

    Returns:
        The new value.

    Raises:
        GraphError: As for ``assign``.

    Example:
        >>> import graphnet as gn
        >>> count = gn.Variable(1)
        >>> with gn.Session() as session:
        ...     session.run(gn.assign_add(count, 5))
        array(6)
    """
    return assign(variable, current_value(variable) + value, name=name or "assign_add")


def assign_sub(variable: Variable, value: TensorLike, name: str | None = None) -> Tensor:
    """Subtract ``value`` from ``variable`` when the run is over.

    Args:
        variable: The variable to be written; read behind the control dependencies around.
        value: Tensor or constant that broadcasts to the variable's shape.
        name: Label; made unique in the graph.

    Returns:
        The new value.

    Raises:
        GraphError: As for ``assign``.

    Example:
        >>> import graphnet as gn
        >>> count = gn.Variable(1)
        >>> with gn.Session() as session:
        ...     session.run(gn.assign_sub(count, 5))
        array(-4)
    """
    return assign(variable, current_value(variable) - value, name=name or "assign_sub")


def initializer(*variables: Variable, name: str | None = None) -> Node:
    """Give an operation that sets variables to their initial values.

    A session initializes variables by itself when it first needs them; this is for those who want
    to start again. Random initial values are drawn anew.

    Args:
        variables: The variables to be set.
        name: Label; made unique in the graph.

    Raises:
        GraphError: Something is not a variable.

    Example:
        >>> import graphnet as gn
        >>> count = gn.Variable(1)
        >>> step, restart = gn.assign_add(count, 1), gn.initializer(count)
        >>> with gn.Session() as session:
        ...     print(session.run(step), session.run(restart), session.run(count))
        2 None 1
    """
    writes = [assign(item, getattr(item, "initial_value", item)) for item in variables]
    return group(*writes, name=name or "initializer")


def current_value(variable: Variable) -> Tensor:
    """Give what an update starts from.

    That is the value from before the run, or, behind control dependencies, the value that they
    leave, so that two updates that are ordered in one run add up.
    """
    return variable.read() if context.control and isinstance(variable, Variable) else variable


def group(*operations: Tensor | Node, name: str | None = None) -> Node:
    """Put operations together: fetching the group runs them all and gives None.

    Args:
        operations: Tensors and operations of one graph.
        name: Label; made unique in the graph.

    Example:
        >>> import graphnet as gn
        >>> a, b = gn.Variable(0), gn.Variable(0)
        >>> both = gn.group(gn.assign_add(a, 1), gn.assign_add(b, 2))
        >>> with gn.Session() as session:
        ...     session.run(both)
        ...     session.run([a, b])
        [array(1), array(2)]
    """
    with control_dependencies(operations):
        return graph_of_operations(operations).add(Group(), (), name)


def graph_of_operations(operations: tuple[Tensor | Node, ...]) -> Graph:
    """The graph of the operations, or the current one if there are none."""
    graphs = {item.graph for item in operations}
    if len(graphs) > 1:
        raise GraphError("group: the operations belong to two graphs", at=str(creation_site()))
    return graphs.pop() if graphs else current_graph()
