"""All laws that ops keep.

A law is a function of a case, an op with a sample, that raises an ``AssertionError`` where the op
breaks it, and says of itself which cases it applies to.
"""

from graphnet.testing import form_laws, memory_laws, value_laws
from graphnet.testing.law import Law

__all__ = ["LAWS"]

LAWS: tuple[Law, ...] = (
    value_laws.infer_agrees_with_kernel,
    value_laws.infer_knows_of_unknown_extents,
    value_laws.empty_arrays_are_accepted,
    value_laws.float64_agrees_with_float32,
    value_laws.kernel_equals_expansion,
    value_laws.results_are_repeatable,
    value_laws.draws_depend_on_the_key,
    value_laws.gradient_is_right,
    value_laws.gradient_needs_no_extents,
    memory_laws.out_is_written,
    memory_laws.inputs_may_be_overwritten,
    memory_laws.equal_inputs_may_be_overwritten,
    memory_laws.only_views_share_memory,
    memory_laws.inputs_are_left_alone,
    memory_laws.layout_does_not_matter,
    form_laws.ops_compare_by_value,
    form_laws.text_is_read_back,
    form_laws.ufunc_is_the_kernel,
    form_laws.operands_may_be_exchanged,
    form_laws.identity_changes_nothing,
    form_laws.absorber_decides,
)
