"""Gradients against central differences, to any order.

As in autograd's ``check_grads``: along a random direction, the derivative that the gradients give
must be the one that two evaluations of the function give; the next order is the same check with
the gradients as the function. All is computed in float64, whatever dtypes the user's graph has.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np

from graphnet.autodiff import gradients
from graphnet.compiler.interpreter import interpret
from graphnet.errors import ArgumentError, GradientError, GraphnetError
from graphnet.ir.context import outside
from graphnet.ir.graph import Graph, graph_of
from graphnet.ir.op import Op
from graphnet.ir.spec import is_float
from graphnet.ir.tensor import Tensor, describe
from graphnet.ops.sources import Variable, placeholder
from graphnet.testing.compare import Tolerance
from graphnet.typing import Array, DType

__all__ = ["check_gradients"]

Tensors: TypeAlias = Tensor | Sequence[Tensor]
Point: TypeAlias = dict[Tensor, Array]

FLOAT = np.dtype(np.float64)
STEP = 1e-5
TOLERANCE = Tolerance(relative=1e-5, absolute=1e-6)


def check_gradients(
    function: Callable[..., Tensors] | Tensors,
    values: Sequence[Any] | Mapping[Tensor, Any],
    order: int = 2,
    *,
    seed: int = 0,
) -> None:
    """Check that gradients are what central differences say they are.

    Args:
        function: A function of tensors that gives a tensor, or several; or such tensors themselves.
        values: For a function, one array per argument. For tensors, a mapping from tensors to
            arrays, as for ``Session.run``; variables that are not in it have their initial values.
            Gradients are checked with respect to all floating ones.
        order: How many times to differentiate.
        seed: Of the directions.

    Raises:
        AssertionError: A gradient is wrong; the message names the order and the argument.
        GradientError: There is nothing to differentiate, or an op has no gradient.

    Example:
        >>> import graphnet as gn
        >>> gn.testing.check_gradients(lambda x, y: gn.tanh(x) * y, [[0.5, 1.0], 2.0])
        >>> x = gn.placeholder((None, 2), name="x")
        >>> gn.testing.check_gradients(gn.tanh(x), {x: [[0.5, 1.0]]})
    """
    if isinstance(values, Mapping):
        check_tensors(as_list(function), values, order, seed)
        return
    if not callable(function):
        raise ArgumentError("tensors need a mapping from tensors to values, as Session.run does")
    arguments = [argument(index, np.asarray(value)) for index, value in enumerate(values)]
    results = as_list(function(*arguments))
    check_tensors(results, dict(zip(arguments, values, strict=True)), order, seed)


def as_list(tensors: Any) -> list[Tensor]:
    """Give one tensor, or several, as a list."""
    return [tensors] if isinstance(tensors, Tensor) else list(tensors)


def argument(index: int, value: Array) -> Tensor:
    """Declare an argument of a function."""
    return placeholder(value.shape, wide_dtype(value.dtype), name=f"argument_{index}")


def check_tensors(
    ys: Sequence[Tensor], values: Mapping[Tensor, Any], order: int, seed: int
) -> None:
    """Check the gradients of declared tensors, and leave no nodes behind."""
    graph = graph_of(ys)
    needed = graph.subgraph(ys, values).variables()
    fixed: Point = initial_values(graph)
    given = {x: np.asarray(value).astype(wide_dtype(x.dtype)) for x, value in values.items()}
    targets = [y for y in ys if is_float(y.dtype)]
    sources = [x for x in dict.fromkeys([*values, *needed]) if is_float(x.dtype)]
    if not targets or not sources:
        raise GradientError(
            f"check_gradients: no floats among the {'values' if targets else 'results'}",
            hint="gradients lead from floating results back to floating values",
        )
    before = len(graph.nodes)
    try:
        check_orders(targets, sources, fixed | given, order, np.random.default_rng(seed))
    finally:
        del graph.nodes[before:]


def initial_values(graph: Graph) -> Point:
    """Give the initial values of all variables, in float64; one may depend on those before."""
    values: Point = {}
    for variable in graph.variables():
        assert isinstance(variable, Variable), "please report: a variable of another class"
        (values[variable],) = Computation([variable.initial_value], values)(values)
    return values


def check_orders(
    targets: Sequence[Tensor],
    sources: Sequence[Tensor],
    point: Point,
    order: int,
    generator: np.random.Generator,
) -> None:
    """Check the gradients of the targets, then those of the gradients, and so on."""
    for degree in range(1, order + 1):
        projection = Projection(targets, point, generator)
        slopes = projection.gradients(sources)
        point = projection.point
        for x, slope in zip(sources, Computation(slopes, point)(point), strict=True):
            check_slope(projection, x, slope, degree, generator)
        targets, sources = slopes, [*sources, *projection.weights]


class Projection:
    """One number made of several tensors: the sum of their elements with random weights.

    The weights are placeholders, so that the next order also differentiates with respect to them.
    """

    def __init__(
        self, targets: Sequence[Tensor], point: Point, generator: np.random.Generator
    ) -> None:
        self.targets = targets
        self.compute = Computation(targets, point)
        self.weights = [declare_weight(target) for target in targets]
        values = self.compute(point)
        drawn = [uniform(generator, value.shape) for value in values]
        self.point = point | dict(zip(self.weights, drawn, strict=True))
        self.size = float(sum(map(np.vdot, map(np.abs, drawn), map(np.abs, values))))

    def gradients(self, sources: Sequence[Tensor]) -> list[Tensor]:
        """Declare the gradients of the number."""
        with outside():
            return gradients(self.targets, sources, self.weights, allow_unused=True)

    def difference(self, x: Tensor, direction: Array, ahead: float, behind: float) -> float:
        """Give the slope between two points on the line through ``x`` along ``direction``."""
        middle = self.point[x]
        first = self.compute(self.point | {x: middle - behind * direction})
        last = self.compute(self.point | {x: middle + ahead * direction})
        weights = (self.point[weight] for weight in self.weights)
        return float(sum(map(np.vdot, weights, map(np.subtract, last, first)))) / (ahead + behind)


def declare_weight(target: Tensor) -> Tensor:
    """Declare the weights of the elements of a tensor."""
    with target.graph, outside():
        return placeholder(target.shape, target.dtype, name="cotangent")


def uniform(generator: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Draw an array evenly from [-1, 1)."""
    return np.asarray(generator.uniform(-1.0, 1.0, shape))


def check_slope(
    projection: Projection, x: Tensor, slope: Array, degree: int, generator: np.random.Generator
) -> None:
    """Compare the gradient with respect to ``x`` with a central difference.

    Raises:
        AssertionError: They differ.
    """
    value = projection.point[x]
    assert slope.shape == value.shape, f"the gradient of {x!r} has shape {list(slope.shape)}"
    direction = uniform(generator, value.shape)
    found = float(np.vdot(slope, direction))
    expected = projection.difference(x, direction, STEP, STEP)
    allowed = TOLERANCE.absolute * max(1.0, projection.size) + TOLERANCE.relative * abs(expected)
    error = abs(found - expected)
    if error <= allowed:
        return
    sides = [projection.difference(x, direction, *steps) for steps in ((STEP, 0.0), (0.0, STEP))]
    smooth = abs(sides[0] - sides[1]) < error / 10
    raise AssertionError(complaint(x, degree, found, expected, smooth=smooth))


def complaint(x: Tensor, degree: int, found: float, expected: float, *, smooth: bool) -> str:
    """Say which derivative is wrong."""
    problem = GraphnetError(
        f"the derivative of order {degree} with respect to {x.name!r} is wrong",
        rows=[
            ("argument", *describe(x)[:2]),
            ("gradients", f"{found:.8g}", "along a random direction"),
            ("difference", f"{expected:.8g}", f"between two points {2 * STEP:g} apart on it"),
        ],
        hint=None if smooth else "there is a kink or a jump close by: choose other values",
    )
    return str(problem)


# The same graph in float64


class Computation:
    """A part of a graph, to be computed in float64 whatever dtypes it has.

    Args:
        tensors: What is to be computed.
        feeds: What is given.
    """

    def __init__(self, tensors: Sequence[Tensor], feeds: Iterable[Tensor]) -> None:
        self.feeds = tuple(feeds)
        narrow = tensors[0].graph.subgraph(tensors, self.feeds)
        twins: dict[Tensor, Tensor] = {}
        with Graph() as self.graph, outside():
            for node in narrow.nodes:
                inputs = [twins[tensor] for tensor in node.inputs]
                made = wide_op(node.op).apply(*inputs, name=node.name)
                twins.update(zip(node.outputs, made.outputs, strict=True))
        self.graph.inputs = tuple(twins[tensor] for tensor in narrow.inputs)
        self.graph.outputs = tuple(twins[tensor] for tensor in narrow.outputs)

    def __call__(self, point: Point) -> tuple[Array, ...]:
        """Give the values of the tensors."""
        arrays = [point[tensor] for tensor in self.feeds]
        return interpret(self.graph, dict(zip(self.graph.inputs, arrays, strict=True)))


def wide_op(op: Op) -> Op:
    """Give ``op`` with float64 for every float among its static arguments."""
    static = {name: widened(getattr(op, name)) for name in op.static_names()}
    return replace(op, **static)  # type: ignore[type-var]  # every op is a dataclass


def widened(value: Any) -> Any:
    """Give a floating dtype, or the elements of a floating array, as float64."""
    match value:
        case np.dtype():
            return wide_dtype(value)
        case np.ndarray():
            return value.astype(wide_dtype(value.dtype))
        case tuple():
            return tuple(map(widened, value))
    return value


def wide_dtype(dtype: DType) -> DType:
    """Give float64 for a floating dtype, else the dtype itself."""
    return FLOAT if is_float(dtype) else dtype
