"""``Layer``: variables made once, shared, named by where the layer is."""

import re
from collections.abc import Callable

import numpy as np
import pytest

import graphnet as gn
from graphnet.nn import initializers
from graphnet.nn.initializers import Initializer, constant, normal
from graphnet.ops.sources import Variable


class Scale(gn.nn.Layer):
    """Factors for the features."""

    factor: Variable

    def build(self, x: gn.Tensor) -> None:
        """Make the factor."""
        self.factor = self.variable("factor", x.shape[-1:], normal(1.0))

    def call(self, x: gn.Tensor) -> gn.Tensor:
        """Multiply."""
        return x * self.factor


class Pair(gn.nn.Layer):
    """A layer that holds layers in all ways."""

    def __init__(self) -> None:
        """Hold them, without asking the base class for anything."""
        self.first = Scale()
        self.more = {"a": [Scale()], "b": (self.first,)}

    def call(self, x: gn.Tensor) -> gn.Tensor:
        """Call all."""
        return self.more["b"][0](self.more["a"][0](self.first(x)))


class Difference(gn.nn.Layer):
    """A layer of two inputs and no variables."""

    def call(self, x: gn.Tensor, y: gn.Tensor) -> gn.Tensor:
        """Subtract."""
        return x - y


def names(layer: gn.nn.Layer) -> list[str]:
    """Give the names of a layer's variables."""
    return [variable.name for variable in layer.variables]


def test_variables_are_made_once() -> None:
    """Every call after the first uses the variables of the first."""
    scale = Scale()
    assert not scale.variables
    first, second = (scale(gn.placeholder((None, 3))) for _ in range(2))
    assert first.node.inputs[1] is second.node.inputs[1] is scale.factor
    assert scale.variables == (scale.factor,)
    assert len(scale.factor.graph.variables()) == 1


def test_nodes_are_in_the_scope_of_the_layer() -> None:
    """The first call and later ones, wherever they are written."""
    scale = Scale()
    x = gn.placeholder((None, 3))
    with gn.name_scope("encoder"):
        assert scale(x).name == "encoder/scale/multiply"
    with gn.name_scope("elsewhere"):
        assert scale(x).name == "encoder/scale/multiply_1"
    assert scale.factor.name == "encoder/scale/factor"
    assert scale.factor.initial_value.name.startswith("encoder/scale/factor/")


def test_layers_of_one_name_are_numbered() -> None:
    """Two layers never share a scope by accident."""
    x = gn.placeholder((None, 3))
    layers = [Scale(), Scale("scale"), Scale("own"), Scale("own")]
    for layer in layers:
        layer(x)
    assert [layer.label for layer in layers] == ["scale", "scale_1", "own", "own_1"]


def test_a_layer_inserted_elsewhere_renames_no_one() -> None:
    """Names, and with them initial values, depend on the way from the root to the layer alone."""

    def decoder(*inserted: gn.nn.Layer) -> tuple[list[str], list[object]]:
        with gn.Graph() as graph:
            x = gn.placeholder((None, 3))
            encoder = gn.nn.Sequential(Scale(), *inserted, Scale(), name="encoder")
            model = gn.nn.Sequential(Scale(), Scale(), name="decoder")
            model(encoder(x))
        with gn.Session(graph, seed=3) as session:
            return names(model), [session.run(variable) for variable in model.variables]

    plain, values = decoder()
    longer, same = decoder(Scale(), Scale())
    assert plain == longer == ["decoder/scale/factor", "decoder/scale_1/factor"]
    np.testing.assert_array_equal(values, same)


def test_variables_of_held_layers_count() -> None:
    """Each once, in the order of the attributes."""
    pair = Pair()
    pair(gn.placeholder((None, 3)))
    assert names(pair) == ["pair/scale/factor", "pair/scale_1/factor"]


def test_trainable_variables_are_some_of_the_variables() -> None:
    """A variable that is not trainable is left out."""

    class Frozen(Scale):
        """A scale that stays as it is."""

        def build(self, x: gn.Tensor) -> None:
            """Make the factor."""
            self.factor = self.variable("factor", x.shape[-1:], constant(2.0), trainable=False)

    model = gn.nn.Sequential(Frozen(), Scale())
    model(gn.placeholder((3,)))
    assert len(model.variables) == 2
    assert [variable.name for variable in model.trainable_variables] == ["sequential/scale/factor"]


def test_a_layer_may_have_several_inputs() -> None:
    """And none needs to be a tensor, if it can be made one."""
    difference = Difference()([3.0, 4.0], np.array([1.0, 1.0], np.float32))
    np.testing.assert_array_equal(gn.evaluate(difference), [2.0, 3.0])


@pytest.mark.parametrize(
    ("given", "made"), [(gn.float64, gn.float64), (gn.float16, gn.float16), (gn.int32, gn.float32)]
)
def test_variables_have_the_dtype_of_the_first_input(given: object, made: object) -> None:
    """Where that is floating; they are float32 otherwise."""
    scale = Scale()
    scale(gn.placeholder((3,), given))  # type: ignore[arg-type]  # one of the dtypes
    assert scale.factor.dtype == made


def test_everything_goes_into_the_graph_of_the_input() -> None:
    """Also initial values, which have no inputs, while another graph is current."""
    with gn.Graph() as graph:
        x = gn.placeholder((3,))
    with gn.Graph() as current:
        scale = Scale()
        scale(x)
    assert not current.nodes
    assert scale.factor.initial_value.graph is graph


def test_initial_values_wait_for_nothing() -> None:
    """A layer that is first called behind a control dependency is initialized like any other."""
    count = gn.Variable(0, trainable=False)
    scale = Scale()
    with gn.control_dependencies([gn.assign_add(count, 1)]):
        y = scale(gn.placeholder((3,)))
    assert y.node.control
    assert not scale.factor.initial_value.node.control


def test_a_layer_stays_in_its_graph() -> None:
    """The message names the first call and the input."""
    scale = Scale()
    scale(gn.placeholder((3,)))
    with gn.Graph():
        x = gn.placeholder((3,), name="x")
    with pytest.raises(gn.errors.GraphError) as caught:
        scale(x)
    assert re.sub(r"\S+\.py:\d+", "FILE:LINE", str(caught.value)) == (
        "scale: the layer has its variables in another graph\n"
        "  at FILE:LINE\n"
        "  first call                               FILE:LINE\n"
        "  input       float32[3]  placeholder 'x'  FILE:LINE\n"
        "hint: make a layer of its own for each graph"
    )


class Wrong(gn.nn.Layer):
    """A layer whose variable cannot be made."""

    def __init__(self, shape: tuple[int | None, ...], initializer: Initializer) -> None:
        """Keep what is wrong."""
        super().__init__("wrong")
        self.arguments = shape, initializer

    def build(self, x: gn.Tensor) -> None:
        """Try."""
        self.variable("v", *self.arguments)

    def call(self, x: gn.Tensor) -> gn.Tensor:
        """Never come here."""
        return x


MAKER = """\
wrong: the initializer of 'v' is the function that makes it
  at FILE:LINE
hint: call it, as in gn.nn.initializers.normal(...)"""
SHORT = """\
wrong: the initializer of 'v' gave float32[2], expected float32[3]
  at FILE:LINE
hint: an initializer is called with a shape and a dtype"""
UNKNOWN = """\
wrong: the variable 'v' needs a known shape, not [None, 3]
  at FILE:LINE
hint: give the inputs of the layer numbers as the extents that it depends on"""


@pytest.mark.parametrize(
    ("shape", "initializer", "expected"),
    [
        ((3,), initializers.normal, MAKER),
        ((3,), lambda *_: np.zeros(2), SHORT),
        ((None, 3), initializers.zeros(), UNKNOWN),
    ],
)
def test_variables_that_cannot_be_made(
    shape: tuple[int | None, ...], initializer: Initializer, expected: str
) -> None:
    """The message names layer, variable and line."""
    with pytest.raises(gn.errors.GraphnetError) as caught:
        Wrong(shape, initializer)(gn.placeholder((3,)))
    assert re.sub(r"\S+\.py:\d+", "FILE:LINE", str(caught.value)) == expected


def test_an_initializer_may_give_an_array() -> None:
    """Any function of shape and dtype will do."""

    class Ones(Scale):
        """A scale that does nothing at first."""

        def build(self, x: gn.Tensor) -> None:
            """Make the factor."""
            self.factor = self.variable("factor", x.shape, lambda shape, _: np.ones(shape))

    np.testing.assert_array_equal(gn.evaluate(Ones()([2.0, 3.0])), [2.0, 3.0])


def test_names_must_be_valid() -> None:
    """As those of nodes."""
    with pytest.raises(gn.errors.NameClashError, match="'a b' is not a valid name"):
        gn.nn.Dense(3, name="a b")


INPUTS = """\
difference: `call` does not take 1 inputs: missing a required argument: 'y'
  at FILE:LINE
  input  float32[3]  placeholder 'x'  FILE:LINE
hint: give as many inputs as `call` has parameters"""
STAR = """\
difference: called on a tuple of tensors
  at FILE:LINE
hint: put a star before it, as in layer(*inputs)"""
NO_CALL = """\
layer: Layer has no `call`
  at FILE:LINE
hint: let it declare and return the result, as in def call(self, x): return 2 * x"""
NO_TENSOR = """\
lambda: `call` gave None, not a tensor
  at FILE:LINE
hint: let it return what it declares: a tensor, or a tuple of tensors"""
NOTHING = NO_TENSOR.replace("None", "()")
CASES: list[tuple[Callable[[gn.Tensor], object], str]] = [
    (Difference(), INPUTS),
    (lambda x: Difference()((x, x)), STAR),
    (gn.nn.Layer(), NO_CALL),
    (gn.nn.Lambda(lambda _: None), NO_TENSOR),
    (gn.nn.Lambda(lambda _: ()), NOTHING),
]


@pytest.mark.parametrize(("layer", "expected"), CASES)
def test_calls_that_cannot_work(layer: Callable[[gn.Tensor], object], expected: str) -> None:
    """The message says what would."""
    with gn.Graph(), pytest.raises(gn.errors.DefinitionError) as caught:
        layer(gn.placeholder((3,), name="x"))
    assert re.sub(r"\S+\.py:\d+", "FILE:LINE", str(caught.value)) == expected


def test_a_call_may_give_several_tensors() -> None:
    """As a tuple."""

    class Both(gn.nn.Layer):
        """A number and its square."""

        def call(self, x: gn.Tensor) -> tuple[gn.Tensor, gn.Tensor]:
            """Give both."""
            return x, x * x

    assert gn.evaluate(list(Both()(3.0))) == [3.0, 9.0]


def test_a_failed_first_call_leaves_nothing_behind() -> None:
    """The next one starts anew: variables and penalties are made once."""

    class Late(gn.nn.Layer):
        """A layer that fails the first time, after it has made a variable."""

        failed = False

        def build(self, x: gn.Tensor) -> None:
            """Make a variable, then fail once."""
            self.factor = self.variable("factor", (), constant(1.0), regularizer=gn.nn.l2(1.0))
            if not self.failed:
                self.failed = True
                raise ValueError(x.name)

        def call(self, x: gn.Tensor) -> gn.Tensor:
            """Multiply."""
            return x * self.factor

    late = Late()
    with pytest.raises(ValueError, match="constant"):
        late(2.0)
    late(2.0)
    assert len(late.penalties) == 1


# Layers made inside of `call`


class Careless(gn.nn.Layer):
    """A layer that makes another in each call, and may keep it."""

    def __init__(self, keeps: bool = False) -> None:
        """Keep nothing yet."""
        super().__init__()
        self.keeps = keeps
        self.kept: gn.nn.Layer | None = None

    def call(self, x: gn.Tensor) -> gn.Tensor:
        """Use the one that is kept, or a new one."""
        layer = self.kept or gn.nn.Sequential(gn.nn.ReLU(), gn.nn.Dense(3))
        if self.keeps:
            self.kept = layer
        return layer(x)


STRAY = """\
careless: `call` makes variables that no other call shares
  at FILE:LINE
  float32[2, 3]  variable 'careless/sequential/dense/weight'  FILE:LINE
  float32[3]     variable 'careless/sequential/dense/bias'    FILE:LINE
hint: make the layer in __init__ or `build`, and keep it as an attribute"""


def test_a_layer_that_call_makes_and_forgets_is_refused() -> None:
    """Its variables would be others in each call, and nobody would be told."""
    with pytest.raises(gn.errors.DefinitionError) as caught:
        Careless()(gn.placeholder((None, 2)))
    assert re.sub(r"\S+\.py:\d+", "FILE:LINE", str(caught.value)) == STRAY


@pytest.mark.parametrize(
    "function",
    [lambda x: gn.nn.Dense(2)(-x), lambda x: gn.nn.Lambda(gn.nn.Dense(2))(-x)],
    ids=["dense", "lambda"],
)
@pytest.mark.parametrize("around", [gn.nn.Lambda, gn.nn.Sequential])
def test_so_is_one_that_a_function_makes(
    function: Callable[[gn.Tensor], gn.Tensor], around: Callable[..., gn.nn.Layer]
) -> None:
    """Whatever layer calls the function."""
    with pytest.raises(gn.errors.DefinitionError, match="that no other call shares"):
        around(function)(gn.placeholder((None, 2)))


def test_so_is_a_variable_of_its_own() -> None:
    """It belongs into `build`."""

    class Late(gn.nn.Layer):
        """A layer that has no `build`."""

        def call(self, x: gn.Tensor) -> gn.Tensor:
            """Make a variable."""
            return x * self.variable("factor", (), constant(1.0))

    with pytest.raises(gn.errors.DefinitionError, match="that no other call shares"):
        Late()(1.0)


def test_a_layer_that_is_kept_may_be_made_late() -> None:
    """The second call shares it, also where the layer itself is made and kept in a call."""
    outer = gn.nn.Lambda(Careless(keeps=True))
    x = gn.placeholder((None, 2))
    for model in (outer, gn.nn.Lambda(lambda x: outer(-x))):
        model(x)
        model(x)
    assert [variable.shape for variable in x.graph.variables()] == [(2, 3), (3,)]


def test_a_layer_made_in_build_may_be_kept_anywhere() -> None:
    """A function may hold it: it is made once."""

    class Closure(gn.nn.Layer):
        """A layer that holds another out of sight."""

        function: Callable[[gn.Tensor], gn.Tensor]

        def build(self, x: gn.Tensor) -> None:
            """Make two, and call one."""
            layer = gn.nn.Sequential(gn.nn.Dense(3), gn.nn.Dense(4))
            layer[0](x)
            self.function = lambda x: gn.nn.Dropout(0.1)(gn.nn.Sequential(layer)(x))

        def call(self, x: gn.Tensor) -> gn.Tensor:
            """Call it."""
            return self.function(x)

    x = gn.placeholder((None, 2))
    model = gn.nn.Sequential(Closure())
    model(x)
    model(x)
    assert len(x.graph.variables()) == 4


def test_a_layer_from_outside_may_be_shared() -> None:
    """It is older than the call, whoever holds it; its first call may be inside of another."""
    shared, late = gn.nn.Sequential(gn.nn.Dense(2)), Careless(keeps=True)
    x = gn.placeholder((None, 2))
    for _ in range(2):
        gn.nn.Lambda(lambda x: late(gn.nn.Sequential(shared, gn.tanh)(x)))(x)
        gn.nn.Sequential(lambda x: shared[:](-x))(x)
    assert len(x.graph.variables()) == 4


def test_a_failed_call_leaves_no_trace() -> None:
    """A layer made after it is made outside."""
    with pytest.raises(gn.errors.DefinitionError):
        Careless()(gn.placeholder((None, 2)))
    layer = gn.nn.Dense(2)
    gn.nn.Lambda(lambda x: layer(-x))(gn.placeholder((None, 2)))
    assert not layer.passing


def test_layers_in_a_set_count() -> None:
    """As in a list, but in no order."""

    class Bag(gn.nn.Layer):
        """A layer that calls others."""

        def __init__(self) -> None:
            """Hold them."""
            super().__init__()
            self.parts = {Scale(), Scale()}
            self.fixed = frozenset({Scale()})

        def call(self, x: gn.Tensor) -> gn.Tensor:
            """Call all."""
            for layer in (*self.parts, *self.fixed):
                x = layer(x)
            return x

    bag = Bag()
    graph = bag(gn.placeholder((None, 2))).graph
    assert set(bag.variables) == set(graph.variables())
    assert len(bag.variables) == 3


def test_extents_of_variables_may_be_integers_of_numpy() -> None:
    """As they come from an array."""

    class Own(gn.nn.Layer):
        """A layer with one variable."""

        def call(self, x: gn.Tensor) -> gn.Tensor:
            """Multiply."""
            return x * self.factor

        def build(self, x: gn.Tensor) -> None:
            """Make it."""
            size: int = np.int64(x.shape[-1])  # type: ignore[assignment, arg-type]  # as it comes
            self.factor = self.variable("factor", (size,), constant(1.0), dtype=gn.float64)

    assert Own()([1.0, 2.0]).dtype == gn.float64
