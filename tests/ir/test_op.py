"""Ops: how classes become ops, what is refused, and how they are applied."""

import numpy as np
import pytest

import graphnet as gn
from graphnet.errors import DefinitionError, GraphError, ShapeError
from graphnet.ir import OPS, Effect, Graph, Memory, Node, Op, Sample, Spec, Tensor, f32, i64
from graphnet.ir.traits import boolean
from graphnet.typing import Array


class Scale(Op):
    """What the tests below apply; not entered in OPS, as it has no name."""

    factor: float
    offset: float = 0.0

    def infer(self, x: Spec) -> Spec:
        """Keep shape and dtype."""
        return x

    def kernel(self, x: Array) -> Array:
        """Scale and shift."""
        return np.asarray(x * self.factor + self.offset)


def test_a_named_op_is_entered_in_the_table() -> None:
    """Defining the class is all there is to do."""

    class Twice(Scale):
        name = "twice"

    assert OPS["twice"] is Twice


def test_a_base_without_a_name_is_not_an_op() -> None:
    """Families share what they have in common through a base that is not in the table."""
    assert Scale not in OPS.values()
    assert "" not in OPS


def test_ops_are_values() -> None:
    """Equal static arguments make equal ops, that print what they are and never change."""
    assert Scale(2.0) == Scale(2.0, 0.0)
    assert hash(Scale(2.0)) == hash(Scale(2.0, 0.0))
    assert Scale(2.0) != Scale(3.0)
    assert repr(Scale(2.0)) == "Scale(factor=2.0, offset=0.0)"
    with pytest.raises(AttributeError):
        Scale(2.0).factor = 3.0  # type: ignore[misc]  # that is the point


def test_ops_of_two_classes_differ() -> None:
    """The class is part of the value."""

    class Other(Scale):
        pass

    assert Other(2.0) != Scale(2.0)


def test_an_op_may_define_its_own_equality() -> None:
    """Where the fields do not compare, the class says what equality means."""
    first, second = (OPS["constant"](np.array([1.0, np.nan])) for _ in range(2))  # type: ignore[call-arg]
    assert first == second
    assert hash(first) == hash(second)


def test_static_arguments_are_listed() -> None:
    """Fields are static arguments, in their order."""
    assert Scale.static_names() == ("factor", "offset")


def test_operands_are_named_as_the_shape_rule_names_them() -> None:
    """A rest of operands is numbered without end."""

    class Many(Op):
        def infer(self, first: Spec, *rest: Spec) -> Spec:
            return first

    names = Many.operand_names()
    assert [next(names) for _ in range(4)] == ["first", "rest[0]", "rest[1]", "rest[2]"]
    assert list(Scale.operand_names()) == ["x"]


def test_a_class_without_kernel_is_refused() -> None:
    """The message says what is missing, at import time."""
    with pytest.raises(DefinitionError) as caught:
        type("Incomplete", (Op,), {"name": "incomplete", "infer": Scale.infer})
    assert str(caught.value) == f"op class {__name__}.Incomplete has no kernel"


def test_a_class_without_anything_is_refused() -> None:
    """All missing members are named at once."""
    with pytest.raises(DefinitionError) as caught:
        type("Incomplete", (Op,), {"name": "incomplete"})
    assert str(caught.value) == f"op class {__name__}.Incomplete has no infer and no kernel"
    assert "incomplete" not in OPS


@pytest.mark.parametrize("name", ["", "two words", "1st", "a-b"])
def test_a_name_must_be_an_identifier(name: str) -> None:
    """The text form calls ops by their names."""
    with pytest.raises(DefinitionError) as caught:
        type("Misnamed", (Scale,), {"name": name})
    assert (
        str(caught.value) == f"op class {__name__}.Misnamed: {name!r} is not a name in snake case"
    )


def test_a_name_can_be_taken_once() -> None:
    """Two classes of one name would make the text form ambiguous."""
    with pytest.raises(DefinitionError) as caught:
        type("Sum", (Scale,), {"name": "add"})
    assert str(caught.value) == (
        f"op class {__name__}.Sum: the name 'add' belongs to graphnet.ops.arithmetic.Add"
    )
    assert OPS["add"].__name__ == "Add"


def test_a_class_can_be_defined_again() -> None:
    """A notebook cell that is run twice replaces the class."""
    first = type("Again", (Scale,), {"name": "again"})
    second = type("Again", (Scale,), {"name": "again"})
    assert first is not second
    assert OPS["again"] is second


def test_applied_to_a_tensor_an_op_makes_a_node() -> None:
    """The node knows op, inputs, specs, and the line that made it."""
    x = gn.placeholder((None, 2), name="x")
    node = Scale(2.0).apply(x, name="double")
    assert (node.op, node.inputs, node.name) == (Scale(2.0), (x,), "double")
    assert node.specs == (x.spec,)
    assert node.site.filename == __file__
    assert repr(node) == f"<node 'double':  at {node.site}>"
    assert x.graph.nodes[-1] is node


def test_what_is_not_a_tensor_becomes_a_constant() -> None:
    """Numbers, lists and arrays are operands, too."""
    y = Scale(2.0)([1.0, 2.0])
    assert y.spec == Spec((2,), np.dtype(np.float32))
    assert y.node.inputs[0].node.op.name == "constant"


def test_an_op_can_have_several_results() -> None:
    """Each is a tensor of its own, named by its place."""

    class Halves(Op):
        def infer(self, x: Spec) -> tuple[Spec, Spec]:
            return x, x.with_shape(())

    first, second = Halves().apply(gn.placeholder((2,), name="x"), name="halves").outputs
    assert (first.name, second.name) == ("halves", "halves:1")
    assert (first.index, second.index) == (0, 1)
    assert second.shape == ()


def test_an_error_of_a_shape_rule_names_op_line_and_operands() -> None:
    """The rule itself only says what is wrong."""

    class Strict(Op):
        name = "strict"

        def infer(self, left: Spec, right: Spec) -> Spec:
            raise ShapeError("sizes differ", hint="make them equal")

        def kernel(self, left: Array, right: Array) -> Array:
            return left

    x, y = gn.placeholder((2,), name="x"), gn.placeholder((3,), name="y")
    before = list(x.graph.nodes)
    with pytest.raises(ShapeError) as caught:
        Strict()(x, y)
    line = caught.traceback[0].lineno + 1
    here = str(x.node.site).rpartition(":")[0]
    assert str(caught.value) == (
        "strict: sizes differ\n"
        f"  at {here}:{line}\n"
        f"  left   float32[2]  placeholder 'x'  {x.node.site}\n"
        f"  right  float32[3]  placeholder 'y'  {y.node.site}\n"
        "hint: make them equal"
    )
    assert x.graph.nodes == before


def test_operands_of_two_graphs_are_refused() -> None:
    """The message shows one operand of each."""
    with Graph():
        x = gn.placeholder((2,), name="x")
    with Graph():
        y = gn.placeholder((2,), name="y")
    with pytest.raises(GraphError) as caught:
        gn.add(x, y)
    line = caught.traceback[0].lineno + 1
    here = str(x.node.site).rpartition(":")[0]
    assert str(caught.value) == (
        "the operands belong to two graphs\n"
        f"  at {here}:{line}\n"
        f"  float32[2]  placeholder 'x'  {x.node.site}\n"
        f"  float32[2]  placeholder 'y'  {y.node.site}\n"
        "hint: declare both inside the same `with graph:`"
    )


def test_the_defaults_of_an_op_promise_nothing() -> None:
    """What a class does not say is neither differentiable nor in place nor anything else."""
    op = Scale(1.0)
    assert (op.memory, op.inplace, op.effect) == (Memory.FRESH, (), Effect.PURE)
    assert (op.commutative, op.identity, op.absorber, op.ufunc) == (False, None, None, None)
    assert (op.samples, op.vjp, op.expand) == ((), None, None)


def test_samples_name_themselves() -> None:
    """The form of a sample serves as the id of a test."""
    assert repr(Sample(f32(2, 3), i64(), axis=(0, 1))) == "float32[2,3]-int64[]-axis=(0, 1)"
    assert repr(Sample()) == "plain"


def test_samples_draw_what_they_ask_for() -> None:
    """Arguments have the shape, dtype and range that was asked for."""
    generator = np.random.default_rng(0)
    x = f32(50, low=1.0, high=2.0).draw(generator)
    assert (x.shape, str(x.dtype)) == ((50,), "float32")
    assert 1.0 <= x.min() < x.max() <= 2.0
    assert f32(2).draw(generator, np.dtype(np.float64)).dtype == np.float64
    n = i64(50, low=2, high=5).draw(generator, np.dtype(np.float64))
    assert (str(n.dtype), set(n.tolist())) == ("int64", {2, 3, 4})
    assert set(boolean(50).draw(generator).tolist()) == {True, False}
    for argument in (f32(), i64(), boolean()):
        assert isinstance(argument.draw(generator), np.ndarray)


def test_nodes_and_tensors_are_matched_by_op_and_inputs() -> None:
    """Rules of passes are written with `match`."""
    x = gn.placeholder((2,), name="x")
    match Scale(3.0)(x).node:
        case Node(Scale(factor=factor), (Tensor() as operand,)):
            assert (factor, operand is x) == (3.0, True)
        case _:
            pytest.fail("the pattern does not fit")
