"""Gradients: against differences and closed forms, for all shapes and orders, and their errors."""

import re
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import graphnet as gn
from graphnet.errors import DefinitionError, GradientError, GraphError
from graphnet.ir import Graph, Node, Op, Spec, Tensor
from graphnet.testing.strategies import RandomGraph, graphs
from graphnet.typing import Array, Dimension


def gradients(*arguments: Any, **options: Any) -> list[Any]:
    """Give the values of gradients of constants."""
    return [
        np.asarray(value).tolist() for value in gn.evaluate(gn.gradients(*arguments, **options))
    ]


# Against differences and closed forms


@settings(max_examples=150)
@given(graphs(smooth=True))
def test_gradients_of_random_graphs(drawn: RandomGraph) -> None:
    """First and second derivatives of any graph are what differences say they are."""
    gn.testing.check_gradients(list(drawn.graph.outputs), drawn.feeds)


@settings(max_examples=25)
@given(graphs(smooth=True, size=5))
def test_third_derivatives_of_random_graphs(drawn: RandomGraph) -> None:
    """Derivatives of any order are gradients of gradients."""
    gn.testing.check_gradients(list(drawn.graph.outputs), drawn.feeds, order=3)


@pytest.mark.parametrize("power", range(6))
def test_derivatives_of_a_polynomial(power: int) -> None:
    """The k-th derivative of x to the n is n (n-1) ... x to the n-k."""
    x = gn.constant(2.0, gn.float64)
    y = x**power if power else x - x + 1
    expected = np.polynomial.Polynomial.basis(power)
    for _ in range(4):
        (y,) = gn.gradients(y, [x], allow_unused=True)
        expected = expected.deriv()
        assert gn.evaluate(y) == pytest.approx(expected(2.0))


def test_a_gradient_has_the_spec_of_its_x() -> None:
    """Dtype and what is known of the shape are those of x."""
    x = gn.placeholder((None, "n", 3), gn.float64, name="x")
    y = gn.placeholder((3,), gn.float64, name="y")
    for tensor, gradient in zip([x, y], gn.gradients(x * y, [x, y]), strict=True):
        assert gradient.spec == tensor.spec


def test_a_mixed_derivative_does_not_depend_on_the_order() -> None:
    """Differentiating by x, then y, is the same as by y, then x."""
    x, y = gn.constant(0.5), gn.constant(1.5)
    z = gn.sin(x * y) / y
    dx, dy = gn.gradients(z, [x, y])
    first, second = gradients(dx, [y]), gradients(dy, [x])
    assert first == pytest.approx(second)


# How contributions come together


def test_contributions_of_all_uses_add_up() -> None:
    """A tensor that is used many times gets the sum, also twice in one op."""
    x = gn.constant([1.0, 2.0])
    assert gradients(x + x, [x]) == [[2.0, 2.0]]
    assert gradients(x * x, [x]) == [[2.0, 4.0]]
    assert gradients(sum([x * k for k in range(5)], x), [x]) == [[11.0, 11.0]]


def test_diamonds_are_swept_once() -> None:
    """A hundred doublings cost a hundred steps, not two to the hundred."""
    x = y = gn.constant(1.0, gn.float64)
    for _ in range(100):
        y = y + y
    before = len(x.graph.nodes)
    (slope,) = gn.gradients(y, [x])
    assert gn.evaluate(slope) == 2.0**100
    assert len(x.graph.nodes) - before < 300


def test_several_ys_are_summed() -> None:
    """Gradients are those of the sum of all ys, each as often as it is given."""
    x = gn.constant([1.0, 2.0])
    assert gradients([x * 2, x.sum()], [x]) == [[3.0, 3.0]]
    assert gradients([x, x], [x]) == [[2.0, 2.0]]


def test_a_y_inside_another_counts() -> None:
    """A y that leads to another y gets what flows back and its own seed."""
    x = gn.constant(3.0)
    y = x * x
    assert gradients([y, y * 2], [x]) == [18.0]
    assert gradients([y, y * 2], [y]) == [3.0]


def test_the_same_x_can_be_asked_for_twice() -> None:
    """One result for each x asked for."""
    x = gn.constant(3.0)
    assert gradients(x * x, [x, x]) == [6.0, 6.0]


def test_an_x_that_is_y_has_gradient_one() -> None:
    """The identity's derivative."""
    x = gn.constant([3.0, 4.0])
    assert gradients(x, x) == [[1.0, 1.0]]


def test_an_x_in_the_middle_gets_its_gradient() -> None:
    """Asking for a result on the way does not stop what flows past it."""
    x = gn.constant(3.0)
    y = x * x
    assert gradients(gn.exp(y * 0) * y, [y, x]) == [1.0, 6.0]


def test_one_of_several_results_may_be_used() -> None:
    """For the results that nobody uses, zeros flow back."""
    x = gn.constant([[1.0, 2.0, 3.0]])
    first, second, third = gn.split(x, 3, axis=1)
    assert gradients(second * 5, [x]) == [[[0.0, 5.0, 0.0]]]
    assert gradients(first * third, [x]) == [[[3.0, 0.0, 1.0]]]


def test_integer_results_take_no_cotangent() -> None:
    """Of values and indices, only the values count."""
    x = gn.constant([3.0, 1.0, 2.0])
    values, indices = gn.top_k(x, 2)
    assert gradients(values * gn.cast(indices + 1, gn.float32), [x]) == [[1.0, 0.0, 3.0]]


def test_nothing_flows_to_integers() -> None:
    """Indices and conditions are used, and have no gradient."""
    x = gn.constant([1.0, 2.0, 3.0])
    picked = gn.gather(x, gn.constant([0, 0, 2]))
    assert gradients(gn.where(picked > 0, picked, 0.0), [x]) == [[2.0, 0.0, 1.0]]


# Seeds and stops


def test_cotangents_can_be_given() -> None:
    """As tensors, arrays, lists or numbers; None stands for ones."""
    x = gn.constant([1.0, 2.0])
    y, z = x * x, x.sum()
    assert gradients(y, [x], gn.constant([10.0, 100.0])) == [[20.0, 400.0]]
    assert gradients(y, [x], np.array([10.0, 100.0])) == [[20.0, 400.0]]
    assert gradients([y, z], [x], [[10.0, 100.0], None]) == [[21.0, 401.0]]
    assert gradients([y, z], [x], [None, 5]) == [[7.0, 9.0]]


def test_a_cotangent_of_unknown_extents_is_taken() -> None:
    """What fits may turn out right."""
    x = gn.placeholder((None,), name="x")
    seed = gn.placeholder((2,), name="seed")
    (gradient,) = gn.gradients(x * 3.0, [x], [seed])
    assert gn.evaluate(gradient, {x: [1.0, 1.0], seed: [1.0, 2.0]}).tolist() == [3.0, 6.0]


def test_no_gradient_flows_through_what_is_stopped() -> None:
    """By the op, or by the argument, one tensor or several."""
    x = gn.constant(3.0)
    y = x * x
    assert gradients(gn.stop_gradient(y) * x, [x]) == [9.0]
    assert gradients(y * x, [x], stop_gradients=[y]) == [9.0]
    assert gradients(y * x, [x], stop_gradients=y) == [9.0]
    assert gradients(y * x, [x]) == [27.0]


def test_what_is_stopped_can_be_an_x() -> None:
    """Partial derivatives of what depends on each other, as in TensorFlow 1."""
    a = gn.constant(0.0)
    b = 2 * a
    assert gradients(a + b, [a, b], stop_gradients=[a, b]) == [1.0, 1.0]
    assert gradients(a + b, [a, b]) == [3.0, 1.0]


def test_one_of_several_results_can_be_stopped() -> None:
    """The others let the gradient through."""
    x = gn.constant([1.0, 2.0])
    first, second = gn.split(x, 2)
    assert gradients([first, second], [x], stop_gradients=[first]) == [[0.0, 1.0]]


def test_unused_xs_can_be_given_zeros() -> None:
    """Whatever the reason: not connected, or only through ops without a derivative."""
    x = gn.constant([1.0, 2.0])
    z = gn.constant([[5.0]], gn.float64)
    y = gn.floor(x)
    assert gradients(y, [x, z], allow_unused=True) == [[0.0, 0.0], [[0.0]]]


# Shapes

SHAPES: list[tuple[int, ...]] = [(), (1,), (3,), (1, 3), (2, 1), (2, 3), (0, 3), (2, 1, 3)]
HIDDEN: dict[str, Callable[[int], Dimension]] = {
    "known": lambda n: n,
    "unknown": lambda _: None,
    "named": lambda n: f"n{n}",
}
PAIRS = [
    (first, second)
    for first, second in product(SHAPES, SHAPES)
    if not (0 in first + second and 2 in (first + second))
]


@pytest.mark.parametrize("left", HIDDEN)
@pytest.mark.parametrize("right", HIDDEN)
@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_broadcasting_is_undone(
    first: tuple[int, ...], second: tuple[int, ...], left: str, right: str
) -> None:
    """Gradients have the shapes of the operands, whatever was repeated, known or not."""
    x = gn.placeholder(tuple(map(HIDDEN[left], first)), gn.float64, name="x")
    y = gn.placeholder(tuple(map(HIDDEN[right], second)), gn.float64, name="y")
    z = (x * y + x) / (y - x)
    feeds = {x: np.full(first, 0.7), y: np.full(second, 2.5)}
    gn.testing.check_gradients(z, feeds, order=1)
    found = gn.evaluate(gn.gradients(z, [x, y]), feeds)
    assert [gradient.shape for gradient in found] == [first, second]


@pytest.mark.parametrize("batch", [1, 5])
def test_unknown_batches_may_be_of_any_size(batch: int) -> None:
    """A layer with a bias over an unknown batch, in which 1 must not be taken for a repetition."""
    x = gn.placeholder((None, 3), gn.float64, name="x")
    weight = gn.placeholder((3, 2), gn.float64, name="weight")
    bias = gn.placeholder((2,), gn.float64, name="bias")
    scale = gn.placeholder((None, 1), gn.float64, name="scale")
    y = gn.tanh(x @ weight + bias) * scale
    generator = np.random.default_rng(0)
    shapes: dict[Tensor, tuple[int, ...]] = {
        x: (batch, 3),
        weight: (3, 2),
        bias: (2,),
        scale: (batch, 1),
    }
    feeds = {tensor: generator.normal(size=shape) for tensor, shape in shapes.items()}
    gn.testing.check_gradients(y, feeds)


@pytest.mark.parametrize("extent", [1, "n", 3])
def test_a_cotangent_may_know_more_than_the_operands(extent: Dimension) -> None:
    """What flows back may be of known extents where those of the operands are not."""
    x, y = gn.placeholder((None,), name="x"), gn.placeholder((None,), name="y")
    seed = gn.placeholder((extent,), name="seed")
    (gradient,) = gn.gradients(x + y, [x], [seed])
    size = 3 if extent == 3 else 1
    feeds = {x: [2.0] * size, y: [5.0] * size, seed: [7.0] * size}
    assert gn.evaluate(gradient, feeds).tolist() == [7.0] * size


# Nodes


def test_gradients_stand_in_a_scope_of_their_own() -> None:
    """Named after the nodes whose gradients they are, whatever the scope around."""
    with gn.name_scope("model"):
        x = gn.placeholder((), name="x")
        y = gn.tanh(x)
        before = len(x.graph.nodes)
        gn.gradients(y, [x])
        made = x.graph.nodes[before:]
        assert gn.negative(x).name == "model/negative"
    assert {node.name.rpartition("/")[0] for node in made} <= {"gradients", "gradients/model/tanh"}


def test_only_what_is_needed_is_left() -> None:
    """Cotangents that nobody asked for leave no nodes, and neither does an error."""
    x, w = gn.placeholder((2, 2), name="x"), gn.placeholder((2, 2), name="w")
    y = gn.exp(x @ w)
    before = len(x.graph.nodes)
    (gradient,) = gn.gradients(y, [w])
    made = x.graph.nodes[before:]
    needed = x.graph.subgraph([gradient], [x, w]).nodes
    assert made
    assert set(made) <= set(needed)
    after = list(x.graph.nodes)
    with pytest.raises(GradientError):
        gn.gradients(gn.floor(y), [w, x])
    assert x.graph.nodes[:-1] == after


def test_gradients_extend_the_graph_at_its_end() -> None:
    """What was declared stays what and where it was."""
    x = gn.placeholder((), name="x")
    y = x * x
    before = list(x.graph.nodes)
    gn.gradients(y, [x])
    assert x.graph.nodes[: len(before)] == before


def test_deep_chains_do_not_recurse() -> None:
    """Ten thousand nodes in a row have a gradient."""
    x = y = gn.placeholder((), name="x")
    for _ in range(10_000):
        y = gn.negative(y)
    (gradient,) = gn.gradients(y, [x])
    assert gn.evaluate(gradient, {x: 1.0}) == 1.0


def test_gradients_are_taken_in_the_graph_of_their_tensors() -> None:
    """The current graph does not matter."""
    with Graph() as graph:
        x = gn.placeholder((), name="x")
        y = x * x
    with Graph() as other:
        (gradient,) = gn.gradients(y, [x])
    assert gradient.graph is graph
    assert not other.nodes


def test_a_finalized_graph_takes_no_gradients() -> None:
    """They would be new nodes."""
    x = gn.placeholder((), name="x")
    y = x * x
    x.graph.finalize()
    with pytest.raises(GraphError, match="the graph is finalized"):
        gn.gradients(y, [x])


# Errors


class Copy(Op):
    """An op without a gradient, and without a name, so that it is not in OPS."""

    def infer(self, x: Spec) -> Spec:
        """Keep shape and dtype."""
        return x

    def kernel(self, x: Array) -> Array:
        """Copy."""
        return x.copy()


def opaque(x: Tensor) -> Tensor:
    """Define and apply an op without a gradient."""

    class Opaque(Copy):
        name = "opaque"

    return Opaque()(x)


def message(function: Callable[[], object], kind: type[Exception] = GradientError) -> str:
    """Give the message of an error, with HERE for the lines of this file."""
    with pytest.raises(kind) as caught:
        function()
    return re.sub(r"\S*test_autodiff\.py:\d+", "HERE", str(caught.value))


def test_there_must_be_a_y() -> None:
    """Without ys there is nothing to differentiate; without xs there is nothing to do."""
    x = gn.placeholder((), name="x")
    assert message(lambda: gn.gradients([], [x])) == (
        "gradients: there are no ys\nhint: give at least one tensor"
    )
    assert gn.gradients(x, []) == []


def test_only_tensors_have_gradients() -> None:
    """The message says which argument is wrong."""
    x: Any = gn.placeholder((), name="x")
    number: Any = 3.0
    assert message(lambda: gn.gradients(number, [x])) == (
        "gradients: 3.0 is not a tensor\nhint: each y must be one"
    )
    assert message(lambda: gn.gradients(x, [number])) == (
        "gradients: 3.0 is not a tensor\nhint: each x must be one"
    )


def test_only_floats_have_gradients() -> None:
    """The message says which argument is wrong, where it was made, and what to do."""
    x = gn.placeholder((), name="x")
    n = gn.placeholder((2,), gn.int64, name="n")
    hint = "hint: use gn.cast(x, gn.float32) before what is to be differentiated"
    for role, call in {"x": lambda: gn.gradients(x, [n]), "y": lambda: gn.gradients(n, x)}.items():
        assert message(call) == (
            f"gradients: only floats have gradients, and this {role} is int64\n"
            "  at HERE\n"
            "  int64[2]  placeholder 'n'  HERE\n"
            f"{hint}"
        )


def test_all_tensors_must_be_of_one_graph() -> None:
    """Also the cotangents."""
    with Graph():
        x = gn.placeholder((), name="x")
    with Graph():
        y = gn.placeholder((), name="y")
    expected = (
        "the operands belong to two graphs\n"
        "  at HERE\n"
        "  float32[]  placeholder 'y'  HERE\n"
        "  float32[]  placeholder 'x'  HERE\n"
        "hint: declare both inside the same `with graph:`"
    )
    assert message(lambda: gn.gradients(y, [x]), GraphError) == expected
    assert message(lambda: gn.gradients(y, [y], [x]), GraphError) == expected


def test_an_x_must_influence_ys() -> None:
    """The message shows both, and the line of the call."""
    x, z = gn.placeholder((), name="x"), gn.placeholder((2,), name="z")
    y = gn.exp(x)
    site = str(x.node.site).rpartition(":")[0]
    with pytest.raises(GradientError) as caught:
        gn.gradients([y, x], [x, z])
    line = caught.traceback[0].lineno + 1
    assert str(caught.value) == (
        "gradients: x does not influence ys\n"
        f"  at {site}:{line}\n"
        f"  x  float32[2]  placeholder 'z'  {z.node.site}\n"
        f"  y  float32[]   exp 'exp'        {y.node.site}\n"
        f"  y  float32[]   placeholder 'x'  {x.node.site}\n"
        "hint: leave x out, or give allow_unused=True to get zeros"
    )


def test_what_is_stopped_does_not_influence_ys() -> None:
    """Nothing is left of the way."""
    x = gn.placeholder((), name="x")
    y = gn.exp(x)
    text = message(lambda: gn.gradients(y * 2, [x], stop_gradients=[y]))
    assert text.startswith("gradients: x does not influence ys\n")


def test_a_gradient_that_ends_shows_where() -> None:
    """The path is written out, and the node where the gradient ends is marked."""
    x = gn.placeholder((2,), name="x")
    y = gn.floor(gn.exp(x)) * 2.0
    assert message(lambda: gn.gradients(y, [x])) == (
        "gradients: no derivative flows back through floor 'floor'\n"
        "  at HERE\n"
        "      float32[2]  exp 'exp'            HERE\n"
        "  ->  float32[2]  floor 'floor'        HERE\n"
        "      float32[2]  multiply 'multiply'  HERE\n"
        "hint: floor is constant almost everywhere or takes no derivative; "
        "leave x out, or give allow_unused=True to get zeros"
    )


def test_a_gradient_ends_at_integers() -> None:
    """The node that would have to differentiate by an integer is the end."""
    x = gn.placeholder((2,), name="x")
    y = gn.cast(gn.cast(x, gn.int64), gn.float32) * 2.0
    assert message(lambda: gn.gradients(y, [x])) == (
        "gradients: no derivative flows back through cast 'cast_1'\n"
        "  at HERE\n"
        "      int64[2]    cast 'cast'          HERE\n"
        "  ->  float32[2]  cast 'cast_1'        HERE\n"
        "      float32[2]  multiply 'multiply'  HERE\n"
        "hint: cast is constant almost everywhere or takes no derivative; "
        "leave x out, or give allow_unused=True to get zeros"
    )


def test_an_op_without_a_rule_shows_the_path() -> None:
    """From x to ys, with the op marked."""
    x = gn.placeholder((2,), name="x")
    y = gn.exp(opaque(gn.negative(x)))
    assert message(lambda: gn.gradients(y, [x])) == (
        "gradients: the op opaque has no gradient rule\n"
        "  at HERE\n"
        "      float32[2]  negative 'negative'  HERE\n"
        "  ->  float32[2]  opaque 'opaque'      HERE\n"
        "      float32[2]  exp 'exp'            HERE\n"
        "hint: give the op a `vjp` (gn.py_call: `gradient=`), "
        "or put gn.stop_gradient around its operands"
    )


def test_an_op_without_a_rule_may_stand_aside() -> None:
    """Only what lies between xs and ys needs a rule."""
    x, z = gn.constant(2.0), gn.constant(3.0)
    assert gradients(x * opaque(z), [x]) == [3.0]
    assert gradients(x * gn.stop_gradient(opaque(x)), [x]) == [2.0]


def test_each_y_takes_one_cotangent() -> None:
    """Their numbers must agree."""
    x = gn.placeholder((), name="x")
    assert (
        message(lambda: gn.gradients(x * x, [x], [None, None])) == "gradients: 2 grad_ys for 1 ys"
    )


@pytest.mark.parametrize(
    ("cotangent", "spec"), [([1.0, 2.0, 3.0], "float32[3]"), (1.0, "float32[]")], ids=repr
)
def test_a_cotangent_must_have_the_spec_of_its_y(cotangent: Any, spec: str) -> None:
    """Both are shown."""
    x = gn.placeholder((2,), name="x")
    y = gn.exp(x)
    text = message(lambda: gn.gradients(y, [x], [cotangent]))
    assert text == (
        "gradients: a cotangent needs the spec of its y\n"
        "  at HERE\n"
        f"  y       float32[2]  exp 'exp'                      HERE\n"
        f"  grad_y  {spec:10}  constant 'gradients/constant'  HERE"
    )


def given_back(count: int, like: Tensor | None = None) -> type[Op]:
    """Define an op whose rule gives something wrong."""

    class Wrong(Copy):
        name = "wrong"

        def vjp(self, node: Node, dy: Tensor) -> list[Tensor]:
            return [dy if like is None else like] * count

    return Wrong


def test_a_rule_gives_one_cotangent_per_input() -> None:
    """The op is wrong, not its user."""
    x = gn.placeholder((2,), name="x")
    y = given_back(2)()(x)
    assert message(lambda: gn.gradients(y, [x]), DefinitionError) == (
        "vjp of op wrong gave 2 cotangents for 1 inputs"
    )


def test_a_rule_gives_cotangents_that_fit() -> None:
    """Another shape or dtype than that of the input is a mistake in the rule."""
    x = gn.placeholder((2,), name="x")
    for spec in ("float32[3]", "float64[2]"):
        dtype, extent = spec[:-3], int(spec[-2])
        other = gn.placeholder((extent,), dtype, name=f"other{extent}")
        y = given_back(1, other)()(x)
        text = message(lambda y=y: gn.gradients(y, [x]), DefinitionError)  # type: ignore[misc]
        assert text == (
            "vjp of op wrong gave a cotangent that does not fit its input\n"
            "  input      float32[2]  placeholder 'x'       HERE\n"
            f"  cotangent  {spec}  placeholder 'other{extent}'  HERE"
        )
