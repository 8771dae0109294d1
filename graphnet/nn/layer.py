"""``Layer``: variables that the first call makes and all later calls share."""

import re
from collections.abc import Callable, Iterator
from inspect import signature
from typing import Any, ClassVar, NamedTuple

import numpy as np

from graphnet.errors import DefinitionError, GraphError, ShapeError
from graphnet.ir.context import Site, context, creation_site
from graphnet.ir.control import control_dependencies
from graphnet.ir.graph import Graph, current_graph, graph_of
from graphnet.ir.names import check_name, name_scope
from graphnet.ir.node import Node
from graphnet.ir.pictures import Pictured
from graphnet.ir.spec import DEFAULT_FLOAT, Spec, as_float, show_shape, static
from graphnet.ir.tensor import Tensor, TensorLike, describe
from graphnet.nn.frames import calling, frame, frames
from graphnet.nn.initializers import MAKERS, Initializer
from graphnet.nn.modes import Mode, check_mode, current_mode, mode
from graphnet.nn.numbers import is_integer
from graphnet.nn.regularizers import Regularizer, penalty_of
from graphnet.ops import attach
from graphnet.ops.sources import Variable
from graphnet.typing import DType, Shape

__all__ = ["Layer", "parts"]


class Place(NamedTuple):
    """Where a layer lives since its first call."""

    graph: Graph
    scope: str
    site: Site


class Layer(Pictured):
    """Base of all layers: a function of tensors that owns variables.

    A subclass gives ``call``, which declares the result, and, if it has variables, ``build``, which
    makes them. Both are given the inputs as tensors. ``build`` runs once, in the first call, when
    the shapes of the inputs are known; every later call shares its variables. All nodes are named
    under the layer's scope, which is unique in the graph.

    A layer may hold other layers, as attributes or in lists, tuples, sets and dicts that are
    attributes; their variables count as its own. It makes them before it is called, or keeps them:
    the variables of a layer that ``call`` makes and forgets would be others in each call.

    Training and inference are two graphs over the same variables: two calls of one layer. The call
    says which is meant, by ``training=True`` or ``training=False``, and all layers that are called
    inside of it mean the same, unless they are told otherwise. In ``call``, a layer whose forms
    differ asks ``self.training``.

    ``call`` gives a tensor, or a tuple of tensors.

    Args:
        name: Label of the scope; by default the name of the class.

    Attributes:
        dtype: Dtype for variables: that of the first input, float32 where that is not floating.
        passing: Whether the layer was made inside of the ``call`` of another one.
        penalties: What the regularizers of the layer's own variables add to a loss.
        output_specs: Specs of the results of the last call; None before the first.

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
    passing: bool = False
    dtype: DType = DEFAULT_FLOAT
    penalties: tuple[Tensor, ...] = ()
    output_specs: tuple[Spec, ...] | None = None

    # As in `Op`: subclasses have parameters of their own.
    build: ClassVar[Callable[..., None]]
    call: ClassVar[Callable[..., Tensor | tuple[Tensor, ...]]]

    def __init__(self, name: str | None = None) -> None:
        self.name = None if name is None else check_name(name)
        self.passing = calling()

    def __call__(self, *inputs: TensorLike, training: Mode = None) -> Tensor:
        """Declare the result for ``inputs``; the first call makes the variables.

        Args:
            inputs: Tensors, or what can be made constants.
            training: Whether the result is to be trained by, or used. None stands for what the
                layer call around this one says, and, where none does, for the form for use. That
                has been said by nobody then, and optimizers do not train by it.

        Returns:
            What ``call`` gives; a tuple of tensors where that has several.

        Raises:
            GraphError: The inputs belong to another graph than those of the first call.
            DefinitionError: The number of inputs is not that of ``call``, or ``call`` does not give
                tensors, or makes variables that the layer does not keep.
        """
        said = check_mode(training, self.label)
        self.check_inputs(inputs)
        graph = graph_of(inputs)
        tensors = tuple(graph.as_tensor(value) for value in inputs)
        with graph, mode(said):  # the graph for what has no inputs, as an initial value
            if self.place is None:
                self.settle(graph, tensors)
            with name_scope(self.here(graph, tensors)), frame(self, called=True) as made:
                result: Tensor = self.finish(self.call(*tensors))
                self.check_kept(made)
        if self.passing:
            hand_over(made)
        return result

    def check_inputs(self, inputs: tuple[Any, ...]) -> None:
        """Refuse inputs that ``call`` does not take."""
        for value in inputs:
            if isinstance(value, tuple | list) and any(isinstance(x, Tensor) for x in value):
                raise DefinitionError(
                    f"{self.label}: called on a {type(value).__name__} of tensors",
                    at=str(creation_site()),
                    hint="put a star before it, as in layer(*inputs)",
                )
        form = signature(self.call)
        if "training" in form.parameters:
            raise DefinitionError(
                f"{self.label}: `call` takes `training`, which nobody gives",
                at=str(creation_site()),
                hint="leave the parameter out, and ask self.training",
            )
        try:
            form.bind(*inputs)
        except TypeError as error:
            raise DefinitionError(
                f"{self.label}: `call` does not take {len(inputs)} inputs: {error}",
                at=str(creation_site()),
                rows=[describe(x, "input") for x in inputs if isinstance(x, Tensor)],
                hint=inputs_hint(inputs),
            ) from None

    def finish(self, result: Any) -> Any:
        """Give what ``call`` gave, with the penalties attached, if it is made of tensors."""
        several = isinstance(result, tuple)
        tensors = result if several else (result,)
        if not tensors or not all(isinstance(tensor, Tensor) for tensor in tensors):
            raise DefinitionError(
                f"{self.label}: `call` gave {result!r:.60}, not a tensor",
                at=str(creation_site()),
                hint="let it return what it declares: a tensor, or a tuple of tensors",
            )
        self.output_specs = tuple(tensor.spec for tensor in tensors)
        for penalty in self.penalties:
            tensors = tuple(attach.penalize(tensor, penalty) for tensor in tensors)
        return tensors if several else tensors[0]

    @property
    def training(self) -> bool:
        """Whether the call at hand is one to train by; to be asked in ``call``."""
        return current_mode(self.label) is True

    def unsaid(self, x: Tensor) -> Tensor:
        """Give ``x``, the result of a layer that has another form for training, in ``call``.

        If nobody has said that this form is meant, optimizers refuse to train by the result.
        """
        return attach.unsaid(x, self.label) if current_mode(self.label) is None else x

    def settle(self, graph: Graph, inputs: tuple[Tensor, ...]) -> None:
        """Take a scope in ``graph`` and make the variables there."""
        scope = f"{graph.names.unique(context.scope + self.label)}/"
        self.dtype = as_float(inputs[0].dtype) if inputs else DEFAULT_FLOAT
        self.penalties = ()
        # A variable is there before anything runs: what the call waits for is not its business.
        with name_scope(scope), control_dependencies(None), frame(self, called=False) as made:
            self.build(*inputs)
        if self.passing:
            hand_over(made)
        self.place = Place(graph, scope, creation_site())

    def check_kept(self, made: list[Variable]) -> None:
        """Refuse variables that ``call`` makes and no layer at hand keeps: each call makes others.

        Layers that are older than the call do not count: whoever has them can call them again.
        """
        if not made:
            return
        kept = {id(part) for at_hand in frames.stack for part in parts(at_hand.layer)}
        stray = [variable for variable in made if id(variable) not in kept]
        if stray:
            raise DefinitionError(
                f"{self.label}: `call` makes variables that no other call shares",
                at=str(creation_site()),
                rows=[describe(variable) for variable in stray],
                hint="make the layer in __init__ or `build`, and keep it as an attribute",
            )

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
        return self.place.scope[:-1] if self.place else self.name or self.default_name()

    def default_name(self) -> str:
        """Give the name of a layer that was given none."""
        return snake_case(type(self).__name__)

    def variable(
        self,
        name: str,
        shape: Shape,
        initializer: Initializer,
        *,
        trainable: bool = True,
        regularizer: Regularizer | None = None,
        dtype: DType | None = None,
    ) -> Variable:
        """Make a variable; to be called in ``build``.

        Args:
            name: Label inside the layer's scope.
            shape: Extents, all of them numbers.
            initializer: One of ``gn.nn.initializers``, or any function that gives a tensor or an
                array for a shape and a dtype.
            trainable: Whether optimizers update it unless told otherwise.
            regularizer: ``gn.nn.l2(0.01)`` or the like, or any function that gives a scalar for the
                variable: a penalty, which every step adds to its loss if it trains by a result of
                the layer.
            dtype: Its dtype; by default that of the layer.

        Raises:
            ShapeError: An extent is not a number.
            DefinitionError: The initializer gives something of another shape or dtype, or the
                regularizer no scalar.
        """
        known = tuple(int(extent) for extent in shape if is_integer(extent))
        if len(known) < len(shape):
            raise ShapeError(
                f"{self.label}: the variable {name!r} needs a known shape, not {show_shape(shape)}",
                at=str(creation_site()),
                hint="give the inputs of the layer numbers as the extents that it depends on",
            )
        with name_scope(name):
            initial = self.initial(name, Spec(known, dtype or self.dtype), initializer)
        variable = Variable(initial, name, trainable)
        hand_over([variable])
        if regularizer is not None:
            with name_scope(name):
                self.penalties += (penalty_of(variable, regularizer),)
        return variable

    def initial(self, name: str, spec: Spec, initializer: Initializer) -> Tensor:
        """Give what the initializer of a variable gives, as a tensor."""
        if initializer in MAKERS:
            raise DefinitionError(
                f"{self.label}: the initializer of {name!r} is the function that makes it",
                at=str(creation_site()),
                hint=f"call it, as in gn.nn.initializers.{initializer.__name__}(...)",
            )
        if not callable(initializer):
            raise DefinitionError(
                f"{self.label}: the initializer of {name!r} is {initializer!r:.60}, not a function",
                at=str(creation_site()),
                hint="gn.nn.initializers has functions that make one, as in he_normal()",
            )
        given = initializer(static(spec.shape), spec.dtype)
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

    def declared(self) -> list[Node]:
        """Give the nodes that the calls of the layer, and of those that it holds, have declared.

        Example:
            >>> import graphnet as gn
            >>> layer = gn.nn.Dense(2, name="hidden")
            >>> y = layer(gn.placeholder((None, 3)))
            >>> layer.declared()[-1].name
            'hidden/add'
        """
        if self.place is None:
            return []
        layers = (part for part in parts(self) if isinstance(part, Layer))
        scopes = tuple(layer.place.scope for layer in layers if layer.place)
        return [node for node in self.place.graph.nodes if node.name.startswith(scopes)]

    def __repr__(self) -> str:
        """Give class and name."""
        return f"<{type(self).__name__} {self.label!r}>"


def no_variables(layer: Layer, *inputs: Tensor) -> None:
    """Make none: what a layer does that has only ``call``."""


def no_result(layer: Layer, *inputs: Tensor) -> Tensor:  # noqa: ARG001  # that of every `call`
    """Refuse to do what a layer does that has no ``call``."""
    raise DefinitionError(
        f"{layer.label}: {type(layer).__name__} has no `call`",
        at=str(creation_site()),
        hint="let it declare and return the result, as in def call(self, x): return 2 * x",
    )


def inputs_hint(inputs: tuple[Any, ...]) -> str:
    """Say what is right in place of another number of inputs."""
    if any(isinstance(value, bool | np.bool_) for value in inputs):
        return "the mode is given by its name, as in layer(x, training=True)"
    return "give as many inputs as `call` has parameters"


def hand_over(made: list[Variable]) -> None:
    """Make variables the concern of the layer at hand, if there is one."""
    if frames.stack:
        frames.stack[-1].made.extend(made)


Layer.build = no_variables
Layer.call = no_result


def parts(layer: object) -> Iterator[object]:
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
            case set() | frozenset():
                pending += part
            case dict():
                pending += reversed(part.values())


def snake_case(name: str) -> str:
    """Give the name of a class as a label.

    Example:
        >>> snake_case("LayerNorm"), snake_case("Conv2D"), snake_case("LSTM")
        ('layer_norm', 'conv2d', 'lstm')
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
