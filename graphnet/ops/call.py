"""``py_call``: functions of NumPy arrays as nodes of a graph."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, overload

import numpy as np

from graphnet.errors import GraphError, ShapeError
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
        return arrays if self.several else arrays[0]

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
        ValueError: It gave another number of them.
    """
    if isinstance(given, tuple | list) and len(given) == count:
        return given
    what = f"{len(given)} results" if isinstance(given, tuple | list) else show(given)
    raise ValueError(
        f"{name_of(function)!r} gave {what}, and a tuple of {count} arrays is declared"
    )


def as_declared(function: Function, result: Any, spec: Spec, sizes: dict[str, int]) -> Array:
    """Give one result of a function as a new array of the declared spec.

    Args:
        function: What gave it, for messages.
        result: An array, a number or nested lists of numbers.
        spec: What was declared.
        sizes: The extents that names stand for, so far.

    Raises:
        TypeError: The dtype is not the declared one, and does not safely become it.
        ValueError: The shape is not the declared one.
    """
    array = np.asarray(result)
    if not becomes(result, array.dtype, spec.dtype):
        raise TypeError(f"{name_of(function)!r} gave {show(result)}, and {spec} is declared")
    if not fits(array.shape, spec.shape, sizes):
        known = spec.with_shape(sizes.get(str(extent), extent) for extent in spec.shape)
        raise ValueError(f"{name_of(function)!r} gave {show(result)}, and {known} is declared")
    if isinstance(result, np.ndarray | np.generic):
        return np.array(array, spec.dtype, order="C")
    return as_array(result, spec.dtype)


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
        function: Takes one array per input and gives an array, or a tuple of arrays. The arrays
            that it gets are read-only, and valid during the call only: it copies what it keeps.
        inputs: A tensor, or several.
        dtype: Dtype of the result; a list or tuple of dtypes if there are several results. Other
            dtypes are converted where nothing can be lost, Python numbers as in expressions.
        shape: Shape of the result, or one per result. A name that an input has too stands for the
            input's extent; None stands for any.
        gradient: Takes the inputs and one cotangent per floating result, all as arrays, and gives
            an array per input, for inputs that are not floating anything, as None. Without it, a
            gradient through the call is an error. It has no gradient itself: for higher orders
            put the call inside a function with ``gn.custom_gradient``.
        stateful: Whether the function does anything else, like printing or counting, or depends on
            anything else. Such a call runs once in every run that needs its result. Any other may
            be merged with an equal call, or computed before the first run if its inputs are
            constants.
        name: Label; made unique in the graph.

    Returns:
        One tensor; a tuple of them if ``dtype`` is a list or tuple.

    Raises:
        GraphError: The function cannot be called, or no results are declared.
        ShapeError: The numbers of dtypes and shapes differ.

    Example:
        >>> import graphnet as gn
        >>> import numpy as np
        >>> x = gn.constant([3.0, 1.0, 2.0])
        >>> y = gn.py_call(np.sort, [x], gn.float32, (3,))
        >>> gn.evaluate(y)
        array([1., 2., 3.], dtype=float32)

        With a gradient:

        >>> def slope(x, dy):
        ...     return dy * np.cos(x)
        >>> y = gn.py_call(np.sin, [x], gn.float32, x.shape, gradient=slope)
        >>> (dx,) = gn.gradients(y, [x])
        >>> gn.evaluate(dx)
        array([-0.9899925 ,  0.54030231, -0.41614684], dtype=float32)
    """
    operands = [inputs] if isinstance(inputs, Tensor) else list(inputs)
    graph = graph_of(operands)
    tensors = tuple(map(graph.as_tensor, operands))
    several = isinstance(dtype, list | tuple)
    dtypes, shapes = declare(dtype, shape) if several else declare([dtype], [shape])
    op = PyCall(
        as_function(function, "function"),
        dtypes if several else dtypes[0],
        shapes if several else shapes[0],
        None if gradient is None else as_function(gradient, "gradient"),
        stateful,
        tuple(find_ties(shapes, tensors)),
    )
    outputs = graph.add(op, tensors, name).outputs
    return outputs if several else outputs[0]


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


def declare(dtypes: Any, shapes: Any) -> tuple[tuple[DType, ...], tuple[Shape, ...]]:
    """Give the dtypes and shapes of the results, checked.

    Raises:
        GraphError: There are no results.
        ShapeError: The numbers of dtypes and shapes differ.
    """
    if not dtypes:
        raise GraphError(
            "py_call: no results are declared",
            at=str(creation_site()),
            hint="let the function give a number, and declare it: dtype=gn.bool_, shape=()",
        )
    if not isinstance(shapes, list | tuple) or len(shapes) != len(dtypes):
        raise ShapeError(
            f"py_call: {len(dtypes)} dtypes, and shapes {shapes!r}",
            at=str(creation_site()),
            hint="give one shape per dtype, as [(3,), ()]",
        )
    return tuple(map(as_dtype, dtypes)), tuple(map(as_shape, shapes))


def find_ties(shapes: Sequence[Shape], inputs: Sequence[Tensor]) -> Iterable[Tie]:
    """Find the extents of results that are named like extents of inputs."""
    places = {
        extent: (index, axis)
        for index, tensor in enumerate(inputs)
        for axis, extent in enumerate(tensor.shape)
        if isinstance(extent, str)
    }
    for result, shape in enumerate(shapes):
        for axis, extent in enumerate(shape):
            if isinstance(extent, str) and extent in places:
                yield (result, axis, *places[extent])
