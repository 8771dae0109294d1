"""Laws of form: an op as a value and as text, and the algebra that its traits claim."""

import numpy as np

from graphnet.ir.parse import parse
from graphnet.ir.text import to_text
from graphnet.testing.cases import Case, cases_of
from graphnet.testing.law import law, require_equal

__all__ = [
    "absorber_decides",
    "identity_changes_nothing",
    "operands_may_be_exchanged",
    "ops_compare_by_value",
    "text_is_read_back",
    "ufunc_is_the_kernel",
]


@law(lambda case: isinstance(case, Case))
def ops_compare_by_value(case: Case) -> None:
    """Ops are equal, and have equal hashes, exactly if their static arguments are."""
    again = type(case.op)(**case.sample.static)
    assert again == case.op, "made again with equal static arguments, the op is not equal"
    assert hash(again) == hash(case.op), "equal ops have different hashes"
    for other in cases_of(type(case.op)):
        if repr(other.op) != repr(case.op):
            assert other.op != case.op, f"{other.op!r} equals {case.op!r}"


@law(lambda case: not any(callable(value) for value in case.sample.static.values()))
def text_is_read_back(case: Case) -> None:
    """The text form of a graph is read back as the same graph."""
    node = case.declare(case.specs)
    text = to_text(node.graph.nodes, node.outputs)
    graph = parse(text)
    again = to_text(graph.nodes, graph.outputs)
    assert again == text, f"the text\n{text}\nis read back as\n{again}"
    found = graph.outputs[0].node.op
    assert found == case.op, f"{case.op!r} is read back as {found!r}"


# Traits


@law(lambda case: case.op.ufunc is not None)
def ufunc_is_the_kernel(case: Case) -> None:
    """Called directly, the ufunc gives what the kernel gives."""
    assert case.op.ufunc is not None, "please report: a law applied where it does not"
    arrays = case.draw()
    require_equal([np.asarray(case.op.ufunc(*arrays))], case.compute(arrays), "ufunc")


@law(lambda case: case.op.commutative)
def operands_may_be_exchanged(case: Case) -> None:
    """The operands of a commutative op may be exchanged."""
    x, y = case.draw()
    require_equal(case.compute([y, x]), case.compute([x, y]), "exchanged")


@law(lambda case: case.op.identity is not None)
def identity_changes_nothing(case: Case) -> None:
    """The identity as second operand leaves the first as it is."""
    x, y = case.draw()
    neutral = np.full_like(y, case.op.identity)
    expected = np.broadcast_arrays(x, y)[0]
    require_equal(case.compute([x, neutral]), [expected], "with the identity")


@law(lambda case: case.op.absorber is not None)
def absorber_decides(case: Case) -> None:
    """The absorber as one of the operands is the result."""
    x, y = case.draw()
    absorber = case.op.absorber
    for operands in ([x, np.full_like(y, absorber)], [np.full_like(x, absorber), y]):
        (result,) = case.compute(operands)
        require_equal([result], [np.full_like(result, absorber)], "with the absorber")
