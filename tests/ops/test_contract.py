"""The contract: every op of graphnet with every sample keeps every law."""

from collections import Counter
from collections.abc import Iterable

import numpy as np
import pytest

import graphnet as gn
from graphnet.ir import Effect, Op, Sample
from graphnet.testing import form_laws, memory_laws, value_laws
from graphnet.testing.cases import Case, cases_of
from graphnet.testing.law import Law
from graphnet.testing.laws import LAWS
from tests.ops.references import REFERENCES

OPS = sorted(
    (op for op in gn.ir.OPS.values() if op.__module__.startswith("graphnet.")),
    key=lambda op: op.name,
)
CASES = [case for op in OPS for case in cases_of(op)]
STATE = {"assign", "group", "read", "variable"}
CALLS = {"custom_gradient", "py_call"}
DRAWS = {op.name for op in OPS if op.effect is Effect.RANDOM}


TESTED: set[Law] = set()


def each(law: Law, exceptions: Iterable[str] = ()) -> pytest.MarkDecorator:
    """Run a test for every case that a law applies to."""
    TESTED.add(law)
    held = [case for case in CASES if law.applies(case) and case.op.name not in exceptions]
    counts: Counter[str] = Counter()
    arguments = []
    for case in held:
        counts[str(case)] += 1
        again = f"-{counts[str(case)]}" if counts[str(case)] > 1 else ""
        arguments.append(pytest.param(case, id=f"{case}{again}"))
    return pytest.mark.parametrize("case", arguments)


# Shapes and values


@each(value_laws.infer_agrees_with_kernel)
def test_infer(case: Case) -> None:
    """The shape rule gives the specs of what the kernel gives."""
    value_laws.infer_agrees_with_kernel(case)


@each(value_laws.infer_agrees_with_kernel)
def test_infer_is_complete(case: Case) -> None:
    """Where all extents of the operands are known, those of the results are."""
    assert all(spec.is_static for spec in case.infer(case.specs))


@each(value_laws.infer_knows_of_unknown_extents)
def test_unknown_extents(case: Case) -> None:
    """Where extents are unknown or named, the shape rule says nothing that may turn out wrong."""
    value_laws.infer_knows_of_unknown_extents(case)


@each(value_laws.empty_arrays_are_accepted)
def test_empty(case: Case) -> None:
    """Where the shape rule accepts an extent of 0, the kernel does, too."""
    value_laws.empty_arrays_are_accepted(case)


@each(value_laws.float64_agrees_with_float32)
def test_dtypes(case: Case) -> None:
    """The same numbers in float64 give results of the specs inferred, equal but for rounding."""
    value_laws.float64_agrees_with_float32(case)


@each(value_laws.infer_agrees_with_kernel, exceptions=DRAWS)
def test_reference(case: Case) -> None:
    """The kernel gives what an independent reference gives; every op has one."""
    assert case.op.name in REFERENCES or case.op.expand is not None, "give the op a reference"
    if case.op.name in REFERENCES:
        value_laws.equals(REFERENCES[case.op.name])(case)


@each(value_laws.kernel_equals_expansion)
def test_expansion(case: Case) -> None:
    """The kernel gives what the simpler ops give that the op can be expanded to."""
    value_laws.kernel_equals_expansion(case)


@each(value_laws.results_are_repeatable)
def test_repeatable(case: Case) -> None:
    """Equal inputs, and keys, give equal results."""
    value_laws.results_are_repeatable(case)


@each(value_laws.draws_depend_on_the_key)
def test_draws(case: Case) -> None:
    """Another stream and another step give other numbers."""
    value_laws.draws_depend_on_the_key(case)


MOMENTS = {
    "bernoulli": ({"probability": 0.3}, 0.3, 0.21),
    "dropout_mask": ({"rate": 0.2}, 1.0, 0.25),
    "normal": ({"mean": -1.0, "standard_deviation": 2.0}, -1.0, 4.0),
    "orthogonal": ({}, 0.0, 1 / 200),
    "truncated_normal": ({"mean": -1.0, "standard_deviation": 2.0}, -1.0, 4 * 0.7737413),
    "uniform": ({"low": -1.0, "high": 3.0}, 1.0, 4 / 3),
}
"""Static arguments of random ops, and the mean and variance that they give."""


@pytest.mark.parametrize("name", sorted(DRAWS))
def test_moments(name: str) -> None:
    """What is drawn has the mean and variance that its static arguments ask for."""
    static, mean, variance = MOMENTS[name]
    sample = Sample(shape=(200, 200), **static)
    (drawn,) = Case(gn.ir.OPS[name](**sample.static), sample).compute([])
    assert np.mean(drawn, dtype=np.float64) == pytest.approx(mean, abs=0.03)
    assert np.var(drawn, dtype=np.float64) == pytest.approx(variance, rel=0.03)


# Gradients


@each(value_laws.gradient_is_right, exceptions={"stop_gradient"})
def test_gradient(case: Case) -> None:
    """Gradients of first and second order agree with central differences."""
    value_laws.gradient_is_right(case)


@each(value_laws.gradient_needs_no_extents, exceptions={"stop_gradient"})
def test_gradient_of_unknown_extents(case: Case) -> None:
    """Gradients are right where no extent is known."""
    value_laws.gradient_needs_no_extents(case)


# Memory


@each(memory_laws.out_is_written)
def test_out(case: Case) -> None:
    """The kernel writes the whole result into `out`, whatever was there, and gives `out`."""
    memory_laws.out_is_written(case)


@each(memory_laws.inputs_may_be_overwritten)
def test_inplace(case: Case) -> None:
    """The result is the same in the memory of each input that `inplace` names."""
    memory_laws.inputs_may_be_overwritten(case)


@each(memory_laws.equal_inputs_may_be_overwritten)
def test_inplace_of_equal_inputs(case: Case) -> None:
    """The result is also the same where all these inputs are one array."""
    memory_laws.equal_inputs_may_be_overwritten(case)


@each(memory_laws.only_views_share_memory)
def test_sharing(case: Case) -> None:
    """A view may lie in the memory of the first input; any other result lies in its own."""
    memory_laws.only_views_share_memory(case)


@each(memory_laws.inputs_are_left_alone)
def test_inputs(case: Case) -> None:
    """The kernel does not write to its inputs."""
    memory_laws.inputs_are_left_alone(case)


@each(memory_laws.layout_does_not_matter)
def test_layout(case: Case) -> None:
    """Arrays in another order, with gaps, or back to front give the same results."""
    memory_laws.layout_does_not_matter(case)


# Form


@each(form_laws.ops_compare_by_value)
def test_equality(case: Case) -> None:
    """Ops are equal, and have equal hashes, exactly if their static arguments are."""
    form_laws.ops_compare_by_value(case)


@each(form_laws.text_is_read_back)
def test_text(case: Case) -> None:
    """The text form of a graph is read back as the same graph."""
    form_laws.text_is_read_back(case)


@each(form_laws.ufunc_is_the_kernel)
def test_ufunc(case: Case) -> None:
    """Called directly, the ufunc gives what the kernel gives."""
    form_laws.ufunc_is_the_kernel(case)


@each(form_laws.operands_may_be_exchanged)
def test_commutative(case: Case) -> None:
    """The operands of a commutative op may be exchanged."""
    form_laws.operands_may_be_exchanged(case)


@each(form_laws.identity_changes_nothing)
def test_identity(case: Case) -> None:
    """The identity as second operand leaves the first as it is."""
    form_laws.identity_changes_nothing(case)


@each(form_laws.absorber_decides)
def test_absorber(case: Case) -> None:
    """The absorber as one of the operands is the result."""
    form_laws.absorber_decides(case)


# The suite itself


@pytest.mark.parametrize("op", OPS, ids=lambda op: op.name)
def test_every_op_has_samples(op: type[Op]) -> None:
    """An op without samples is not tested here, and has tests of its own."""
    assert bool(op.samples) != (op.name in STATE | CALLS)


def test_every_reference_has_its_op() -> None:
    """No reference is left of an op that is gone."""
    assert set(REFERENCES) <= {op.name for op in OPS}


def test_every_law_has_its_test() -> None:
    """All laws of the contract are tested above."""
    assert set(LAWS) == TESTED
