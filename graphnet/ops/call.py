"""``py_call``: functions of NumPy arrays as nodes of a graph."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, overload

import numpy as np

from graphnet.errors import DTypeError, GraphError, ShapeError
from graphnet.ir.context import creation_site
from graphnet.ir.convert import as_array
from graphnet.ir.graph import graph_of
from graphnet.ir.node import Node
from graphnet.ir.op import Op
from graphnet.ir.spec import KINDS, Spec, as_dtype, as_shape, is_float
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.ir.traits import Effect
from graphnet.typing import Array, Dimension, DType, Shape

__all__ = ["Function", "name_of", "py_call"]

Function: TypeAlias = Callable[..., Any]
OneDType: TypeAlias = type[Any] | DType | str
Extents: TypeAlias = int | str | Sequence[Dimension] | None
Tie: TypeAlias = tuple[int, int, int, int]


class PyCall(Op):
    """function(*inputs), computed by a function of NumPy arrays.

    Attributes:
        function: Takes one read-only array per input.
        dtype: Dtype of the result; a tuple of them if there are several results.
        shape: Shape of the result, or a tuple of them.
        gradient: Takes inputs and cotangents, gives one array per input; None if there is none.
        stateful: Whether it does or depends on anything else.
        ties: Extents of results that are those of inputs: result, axis, input, axis.
    """

    name = "py_call"
    function: Function
    dtype: DType | tuple[DType, ...]
    shape: Shape | tuple[Shape, ...]
    gradient: Function | None = None
    stateful: bool = False
    ties: tuple[Tie, ...] = ()

    def __post_init__(self) -> None:
        # Both are traits of a class elsewhere; here they depend on what the user gave.
        if self.gradient is None:
            object.__setattr__(self, "vjp", None)
        if self.stateful:
            object.__setattr__(self, "effect", Effect.CALLS)

    @property
    def several(self) -> bool:
        """Whether the function gives a tuple of results."""
        return isinstance(self.dtype, tuple)

    def declared(self, shapes: Sequence[Shape]) -> tuple[Spec, ...]:
        """Give the specs of the results for inputs of the given shapes."""
        declared: Any = (self.shape, self.dtype) if self.several else ([self.shape], [self.dtype])
        extents = [list(shape) for shape in declared[0]]
        for result, axis, source, source_axis in self.ties:
            extents[result][axis] = shapes[source][source_axis]
        return tuple(map(Spec, map(tuple, extents), declared[1]))

    def with_extents(self, sizes: Mapping[str, int]) -> "PyCall":
        """Declare the extents that are named as feeds have them, so that results are checked."""
        shapes: Any = self.shape if self.several else (self.shape,)
        known = tuple(tuple(sizes.get(str(item), item) for item in shape) for shape in shapes)
        return self if known == shapes else replace(self, shape=known if self.several else known[0])

    def infer(self, *inputs: Spec) -> tuple[Spec, ...]:
        return self.declared([spec.shape for spec in inputs])

    def kernel(self, *inputs: Array) -> Array | tuple[Array, ...]:
        given = self.function(*map(read_only, inputs))
        specs = self.declared([array.shape for array in inputs])
        results = unpack(self.function, given, len(specs)) if self.several else (given,)
        sizes: dict[str, int] = {}
        arrays = tuple(
            as_declared(self.function, result, spec, sizes)
            for result, spec in zip(results, specs, strict=True)
        )
        return arrays if len(arrays) > 1 else arrays[0]

    def vjp(self, node: Node, *cotangents: Tensor | None) -> list[Tensor | None]:
        assert self.gradient is not None, "please report: a rule without a function"
        floating = tuple(index for index, x in enumerate(node.inputs) if is_float(x.dtype))
        found: list[Tensor | None] = [None] * len(node.inputs)
        if floating:
            op = PyCall(
                FloatingResults(self.gradient, len(node.inputs), floating),
                tuple(node.inputs[index].dtype for index in floating),
                tuple(node.inputs[index].shape for index in floating),
                stateful=self.stateful,
                ties=tuple(
                    (result, axis, index, axis)
                    for result, index in enumerate(floating)
                    for axis in range(node.inputs[index].ndim)
                ),
            )
            arrived = [dy for dy in cotangents if dy is not None]
            for index, dx in zip(floating, op.apply(*node.inputs, *arrived).outputs, strict=True):
                found[index] = dx
        return found


@dataclass(frozen=True)
class FloatingResults:
    """A gradient function, of whose results only those for floating inputs are kept.

    Args:
        gradient: The user's function.
        count: How many results it must give.
        floating: Which of them are kept.
    """

    gradient: Function
    count: int
    floating: tuple[int, ...]

    @property
    def __name__(self) -> str:
        """The name of the user's function."""
        return name_of(self.gradient)

    def __call__(self, *arrays: Array) -> list[Any]:
        """Call the function."""
        given = self.gradient(*arrays)
        alone = self.count == 1 and not isinstance(given, tuple)
        results = unpack(self.gradient, (given,) if alone else given, self.count)
        return [results[index] for index in self.floating]


def read_only(array: Array) -> Array:
    """Give a view of an array that cannot be written to."""
    view = np.asarray(array).view()
    view.flags.writeable = False
    return view


def name_of(function: Function) -> str:
    """Give the name of a function, for messages."""
    return str(getattr(function, "__name__", type(function).__name__))


def unpack(function: Function, given: Any, count: int) -> Sequence[Any]:
    """Give the results of a function that must give several.

    Raises:
        ShapeError: It gave another number of them.
    """
    if isinstance(given, tuple | list) and len(given) == count:
        return given
    what = f"a tuple of {len(given)}" if isinstance(given, tuple | list) else show(given)
    raise ShapeError(
        f"{name_of(function)!r} gave {what} instead of a tuple of {count}",
        hint="a function gives one array per result, a gradient function one per input",
    )


def as_declared(function: Function, result: Any, spec: Spec, sizes: dict[str, int]) -> Array:
    """Give one result of a function as a new array of the declared spec.

    Args:
        function: What gave it, for messages.
        result: An array, a number or nested lists of numbers.
        spec: What was declared.
        sizes: The extents that names stand for, so far.

    Raises:
        DTypeError: The dtype is not the declared one, and does not safely become it.
        ShapeError: The shape is not the declared one.
    """
    array = np.asarray(result)
    if not becomes(result, array.dtype, spec.dtype):
        raise DTypeError(
            f"{name_of(function)!r} gave {show(result)}, and {spec} is declared",
            hint=f"let it return an array of dtype {spec.dtype}, or declare what it returns",
        )
    if not fits(array.shape, spec.shape, sizes):
        known = spec.with_shape(sizes.get(str(extent), extent) for extent in spec.shape)
        raise ShapeError(
            f"{name_of(function)!r} gave {show(result)}, and {known} is declared",
            hint="let it return an array of that shape, or declare what it returns",
        )
    if not isinstance(result, np.ndarray | np.generic):
        array = as_array(result, spec.dtype)
    return np.array(array, spec.dtype, order="C")


def becomes(result: Any, found: DType, declared: DType) -> bool:
    """Whether a result may be converted: arrays without loss, Python numbers within their kind."""
    if isinstance(result, np.ndarray | np.generic):
        return np.can_cast(found, declared, "safe")
    kinds = KINDS.replace("u", "i")
    own, wanted = (dtype.kind.replace("u", "i") for dtype in (found, declared))
    return own in kinds and kinds.index(own) <= kinds.index(wanted)


def fits(shape: tuple[int, ...], declared: Shape, sizes: dict[str, int]) -> bool:
    """Whether a shape is the declared one, where equal names stand for equal extents."""
    return len(shape) == len(declared) and all(
        extent in (None, found)
        or (isinstance(extent, str) and sizes.setdefault(extent, found) == found)
        for found, extent in zip(shape, declared, strict=True)
    )


def show(result: Any) -> str:
    """Give what a function gave, in a form for messages."""
    array = np.asarray(result)
    if array.dtype.kind in KINDS:
        return str(Spec(array.shape, array.dtype))
    return "None" if result is None else type(result).__name__


@overload
def py_call(
    function: Function,
    inputs: TensorLike | Sequence[TensorLike],
    dtype: list[OneDType] | tuple[OneDType, ...],
    shape: Sequence[Extents],
    gradient: Function | None = None,
    stateful: bool = False,
    name: str | None = None,
) -> tuple[Tensor, ...]: ...
@overload
def py_call(
    function: Function,
    inputs: TensorLike | Sequence[TensorLike],
    dtype: OneDType,
    shape: Extents,
    gradient: Function | None = None,
    stateful: bool = False,
    name: str | None = None,
) -> Tensor: ...
def py_call(
    function: Function,
    inputs: TensorLike | Sequence[TensorLike],
    dtype: OneDType | list[OneDType] | tuple[OneDType, ...],
    shape: Extents | Sequence[Extents],
    gradient: Function | None = None,
    stateful: bool = False,
    name: str | None = None,
) -> Tensor | tuple[Tensor, ...]:
    """Call a function of NumPy arrays as part of the graph.

    Args:
        function: Takes one array per input and gives an array, or a tuple of arrays. What it gets
            is read-only, and valid during the call only: it copies what it keeps.
        inputs: A tensor, or several.
        dtype: Dtype of the result; a list or tuple of them if there are several. Other dtypes are
            converted where nothing can be lost, Python numbers as in expressions.
        shape: Shape of the result, or one per result. A name that an input has too stands for the
            input's extent; None stands for any.
        gradient: Takes the inputs and one cotangent per floating result, all as arrays, and gives
            an array per input (anything, as None, where the input is not floating). Without it, a
            gradient through the call is an error. It has none itself: for higher orders, put the
            call inside a function with ``gn.custom_gradient``.
        stateful: Whether the function does or depends on anything else, like printing or counting.
            Such a call runs once in every run that needs its result; any other may be merged with
            an equal call, or computed in advance if its inputs are constants.
        name: Label; made unique in the graph.

    Returns:
        One tensor; a tuple of them if ``dtype`` is a list or tuple.

    Raises:
        GraphError: The function cannot be called, or no results are declared.
        ShapeError: The numbers of dtypes and shapes differ.

    Example:
        >>> import graphnet as gn
        >>> import numpy as np
        >>> def slope(x, dy):
        ...     return 2 * x * dy
        >>> x = gn.constant([1.0, 3.0])
        >>> y = gn.py_call(np.square, [x], gn.float32, (2,), gradient=slope)
        >>> gn.evaluate([y, *gn.gradients(y, [x])])
        [array([1., 9.], dtype=float32), array([2., 6.], dtype=float32)]
    """
    called = as_function(function, "function")
    rule = None if gradient is None else as_function(gradient, "gradient")
    operands = [inputs] if isinstance(inputs, Tensor) else list(inputs)
    graph = graph_of(operands)
    tensors = tuple(map(graph.as_tensor, operands))
    dtypes, shapes = declare(dtype, shape)
    ties = find_ties(shapes if isinstance(dtypes, tuple) else [shapes], tensors)
    op = PyCall(called, dtypes, shapes, rule, stateful, ties)
    outputs = graph.add(op, tensors, name).outputs
    return outputs if op.several else outputs[0]


def as_function(function: Function, role: str) -> Function:
    """Give a function that is compared by identity.

    Raises:
        GraphError: It cannot be called.
    """
    if not callable(function):
        raise GraphError(
            f"py_call: the {role} is {function!r:.60}, which cannot be called",
            at=str(creation_site()),
            hint="the first argument is the function itself, without parentheses"
            if role == "function"
            else "give a function of the inputs and the cotangents",
        )
    # A callable object that compares by value has no hash, but its bound method has.
    return function if function.__hash__ is not None else function.__call__


def declare(dtype: Any, shape: Any) -> tuple[Any, Any]:
    """Give the dtype and the shape of the result, or tuples of them, checked.

    Raises:
        GraphError: There are no results.
        ShapeError: The numbers of dtypes and shapes differ.
    """
    if not isinstance(dtype, list | tuple):
        return as_dtype(dtype), as_shape(shape)
    if not dtype:
        raise GraphError(
            "py_call: no results are declared",
            at=str(creation_site()),
            hint="let the function give a number, and declare it: dtype=gn.bool_, shape=()",
        )
    if not isinstance(shape, list | tuple) or len(shape) != len(dtype):
        raise ShapeError(
            f"py_call: {len(dtype)} dtypes, and shapes {shape!r}",
            at=str(creation_site()),
            hint="give one shape per dtype, as [(3,), ()]",
        )
    return tuple(map(as_dtype, dtype)), tuple(map(as_shape, shape))


def find_ties(shapes: Sequence[Shape], inputs: Sequence[Tensor]) -> tuple[Tie, ...]:
    """Find the extents of results that are named like extents of inputs."""
    places = {
        extent: (index, axis)
        for index, tensor in enumerate(inputs)
        for axis, extent in enumerate(tensor.shape)
        if isinstance(extent, str)
    }
    return tuple(
        (result, axis, *places[extent])
        for result, shape in enumerate(shapes)
        for axis, extent in enumerate(shape)
        if isinstance(extent, str) and extent in places
    )
