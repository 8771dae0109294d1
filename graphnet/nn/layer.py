"""``Layer``: variables that the first call makes and all later calls share."""

import re
from collections.abc import Callable, Iterator
from typing import ClassVar, NamedTuple

from graphnet.errors import DefinitionError, GraphError, ShapeError
from graphnet.ir.context import Site, context, creation_site
from graphnet.ir.control import control_dependencies
from graphnet.ir.graph import Graph, current_graph, graph_of
from graphnet.ir.names import check_name, name_scope
from graphnet.ir.spec import DEFAULT_FLOAT, Spec, as_float, show_shape
from graphnet.ir.tensor import Tensor, TensorLike, describe
from graphnet.nn.initializers import MAKERS, Initializer
from graphnet.ops.sources import Variable
from graphnet.typing import DType, Shape

__all__ = ["Layer"]


class Place(NamedTuple):
    """Where a layer lives since its first call."""

    graph: Graph
    scope: str
    site: Site


class Layer:
    """Base of all layers: a function of tensors that owns variables.

    A subclass gives ``call``, which declares the result, and, if it has variables, ``build``, which
    makes them. Both are given the inputs as tensors. ``build`` runs once, in the first call, when
    the shapes of the inputs are known; every later call shares its variables. All nodes are named
    under the layer's scope, which is unique in the graph.

    A layer may hold other layers, as attributes or in lists, tuples and dicts that are attributes;
    their variables count as its own.

    Args:
        name: Label of the scope; by default the name of the class.

    Attributes:
        dtype: Dtype for variables: that of the first input, float32 where that is not floating.

    Raises:
        NameClashError: The name is not a valid label.

    Example:
        >>> import graphnet as gn
        >>> class Scale(gn.nn.Layer):
        ...     def build(self, x):
        ...         ones = gn.nn.initializers.constant(1.0)
        ...         self.factor = self.variable("factor", x.shape[-1:], ones)
        ...
        ...     def call(self, x):
        ...         return x * self.factor
        >>> scale = Scale()
        >>> scale(gn.placeholder((None, 3)))
        <tensor 'scale/multiply' float32[None, 3]>
        >>> scale.variables
        (<variable 'scale/factor' float32[3]>,)
    """

    name: str | None = None
    place: Place | None = None
    dtype: DType = DEFAULT_FLOAT

    # As in `Op`: subclasses have parameters of their own.
    build: ClassVar[Callable[..., None]]
    call: ClassVar[Callable[..., Tensor]]

    def __init__(self, name: str | None = None) -> None:
        self.name = None if name is None else check_name(name)

    def __call__(self, *inputs: TensorLike) -> Tensor:
        """Declare the result for ``inputs``; the first call makes the variables.

        Raises:
            GraphError: The inputs belong to another graph than those of the first call.
        """
        graph = graph_of(inputs)
        tensors = tuple(graph.as_tensor(value) for value in inputs)
        with graph:  # so that what has no inputs, as an initial value, goes there, too
            if self.place is None:
                self.settle(graph, tensors)
            with name_scope(self.here(graph, tensors)):
                result = self.call(*tensors)
        if not isinstance(result, Tensor):
            raise DefinitionError(
                f"{self.label}: `call` gave {result!r:.60}, not a tensor",
                at=str(creation_site()),
                hint="let it return what it declares",
            )
        return result

    def settle(self, graph: Graph, inputs: tuple[Tensor, ...]) -> None:
        """Take a scope in ``graph`` and make the variables there."""
        scope = f"{graph.names.unique(context.scope + self.label)}/"
        self.dtype = as_float(inputs[0].dtype) if inputs else DEFAULT_FLOAT
        # A variable is there before anything runs: what the call waits for is not its business.
        with name_scope(scope), control_dependencies(None):
            self.build(*inputs)
        self.place = Place(graph, scope, creation_site())

    def here(self, graph: Graph, inputs: tuple[Tensor, ...]) -> str:
        """Give the scope of the layer, if it lives in ``graph``."""
        assert self.place is not None, "please report: a layer without a place"
        if graph is not self.place.graph:
            first = ("first call", "", "", str(self.place.site))
            raise GraphError(
                f"{self.label}: the layer has its variables in another graph",
                at=str(creation_site()),
                rows=[first, *(describe(x, "input") for x in inputs)],
                hint="make a layer of its own for each graph",
            )
        return self.place.scope

    @property
    def label(self) -> str:
        """The name of the layer, after the first call with the scopes around it."""
        return self.place.scope[:-1] if self.place else self.name or snake_case(type(self).__name__)

    def variable(
        self,
        name: str,
        shape: Shape,
        initializer: Initializer,
        *,
        trainable: bool = True,
    ) -> Variable:
        """Make a variable; to be called in ``build``.

        Args:
            name: Label inside the layer's scope.
            shape: Extents, all of them numbers.
            initializer: One of ``gn.nn.initializers``, or any function that gives a tensor or an
                array for a shape and a dtype.
            trainable: Whether optimizers update it unless told otherwise.

        Raises:
            ShapeError: An extent is not a number.
            DefinitionError: The initializer gives something of another shape or dtype.
        """
        known = tuple(extent for extent in shape if isinstance(extent, int))
        if len(known) < len(shape):
            raise ShapeError(
                f"{self.label}: the variable {name!r} needs a known shape, not {show_shape(shape)}",
                at=str(creation_site()),
                hint="give the inputs of the layer numbers as the extents that it depends on",
            )
        with name_scope(name):
            initial = self.initial(name, known, initializer)
        return Variable(initial, name, trainable)

    def initial(self, name: str, shape: tuple[int, ...], initializer: Initializer) -> Tensor:
        """Give what the initializer of a variable gives, as a tensor."""
        if initializer in MAKERS:
            raise DefinitionError(
                f"{self.label}: the initializer of {name!r} is the function that makes it",
                at=str(creation_site()),
                hint="call it, as in gn.nn.initializers.he_normal()",
            )
        spec = Spec(shape, self.dtype)
        given = initializer(shape, spec.dtype)
        tensor = current_graph().as_tensor(given, None if isinstance(given, Tensor) else spec.dtype)
        if tensor.spec != spec:
            raise DefinitionError(
                f"{self.label}: the initializer of {name!r} gave {tensor.spec}, expected {spec}",
                at=str(creation_site()),
                hint="an initializer is called with a shape and a dtype",
            )
        return tensor

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The variables of the layer and of those that it holds; none before the first call."""
        found = (part for part in parts(self) if isinstance(part, Variable))
        return tuple(dict.fromkeys(found))

    @property
    def trainable_variables(self) -> tuple[Variable, ...]:
        """Those of ``variables`` that optimizers update."""
        return tuple(variable for variable in self.variables if variable.trainable)

    def __repr__(self) -> str:
        """Give class and name."""
        return f"<{type(self).__name__} {self.label!r}>"


def no_variables(layer: Layer, *inputs: Tensor) -> None:
    """Make none: what a layer does that has only ``call``."""


Layer.build = no_variables


def parts(layer: Layer) -> Iterator[object]:
    """Give all that ``layer`` and the layers that it holds have as attributes, in their order."""
    seen: set[int] = set()
    pending: list[object] = [layer]
    while pending:
        part = pending.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        yield part
        match part:
            case Layer():
                pending += reversed(vars(part).values())
            case list() | tuple():
                pending += reversed(part)
            case dict():
                pending += reversed(part.values())


def snake_case(name: str) -> str:
    """Give the name of a class as a label.

    Example:
        >>> snake_case("LayerNorm"), snake_case("Conv2D"), snake_case("LSTM")
        ('layer_norm', 'conv2d', 'lstm')
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
