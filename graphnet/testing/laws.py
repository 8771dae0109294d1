"""The laws that every op keeps, each a function of an op and a sample.

A law raises an ``AssertionError`` where an op breaks it, and says of itself what it applies to.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from graphnet.compiler.interpreter import interpret
from graphnet.errors import GraphError
from graphnet.ir.op import Op
from graphnet.ir.parse import parse
from graphnet.ir.spec import Spec, is_float
from graphnet.ir.text import to_text
from graphnet.ir.traits import Effect, Memory, Sample
from graphnet.kernels.rng import Key
from graphnet.testing.cases import (
    compute,
    declare,
    draw,
    inferred,
    require_equal,
    spec_of,
    unknown_extents,
)
from graphnet.testing.compare import assert_close, tolerance_of
from graphnet.testing.gradcheck import check_gradients
from graphnet.typing import Array

__all__ = ["LAWS", "Law", "equals"]

Check: TypeAlias = Callable[[Op, Sample], None]
Condition: TypeAlias = Callable[[Op, Sample], bool]


@dataclass(frozen=True)
class Law:
    """Something that an op promises by how it is declared.

    Args:
        check: Raises an AssertionError where the promise is broken.
        applies: Whether an op promises it, for a sample.
    """

    check: Check
    applies: Condition

    @property
    def name(self) -> str:
        """What is promised."""
        return self.check.__name__

    def __call__(self, op: Op, sample: Sample) -> None:
        """Check one op with one sample, if the law applies."""
        if self.applies(op, sample):
            self.check(op, sample)


def law(applies: Condition) -> Callable[[Check], Law]:
    """Make a function a law, for the ops and samples for which a condition holds."""
    return lambda check: Law(check, applies)


# What laws apply to


def is_computed(op: Op, sample: Sample) -> bool:
    """Whether the op is computed, rather than fed, read or written."""
    return op.effect in {Effect.PURE, Effect.RANDOM, Effect.CALLS}


def takes_arrays(op: Op, sample: Sample) -> bool:
    """Whether the op is computed from arrays."""
    return is_computed(op, sample) and bool(sample.arguments)


def takes_floats(op: Op, sample: Sample) -> bool:
    """Whether the op is computed from floats, among others."""
    floats = (is_float(argument.dtype) for argument in sample.arguments)
    return is_computed(op, sample) and any(floats)


def writes_into(op: Op, sample: Sample) -> bool:
    """Whether the op writes into a buffer that it is given."""
    return op.memory is Memory.INTO


def is_differentiable(op: Op, sample: Sample) -> bool:
    """Whether the op has a gradient rule, and floats to apply it to."""
    results = inferred(op, [argument.spec for argument in sample.arguments])
    floats = any(is_float(result.dtype) for result in results)
    return op.vjp is not None and floats and takes_floats(op, sample)


def is_repeatable(op: Op, sample: Sample) -> bool:
    """Whether equal inputs, and keys, give equal results."""
    return op.effect in {Effect.PURE, Effect.RANDOM}


def is_random(op: Op, sample: Sample) -> bool:
    """Whether the op draws numbers."""
    return op.effect is Effect.RANDOM


def is_written_as_text(op: Op, sample: Sample) -> bool:
    """Whether the static arguments are values that text can hold, and not functions."""
    return not any(callable(value) for value in sample.static.values())


# Shapes and values


@law(is_computed)
def infer_agrees_with_kernel(op: Op, sample: Sample) -> None:
    """The shape rule gives the specs of what the kernel gives."""
    results = compute(op, draw(op, sample))
    require_specs(op, [argument.spec for argument in sample.arguments], results)


@law(takes_arrays)
def infer_knows_of_unknown_extents(op: Op, sample: Sample) -> None:
    """Where extents are unknown or named, the shape rule gives nothing that may turn out wrong."""
    results = compute(op, draw(op, sample))
    for specs in unknown_extents([argument.spec for argument in sample.arguments]):
        require_specs(op, specs, results)


def require_specs(op: Op, specs: Sequence[Spec], results: Sequence[Array]) -> None:
    """Require that results are of the specs that are inferred, and of the extents that names say."""
    words = ", ".join(map(str, specs))
    found = inferred(op, specs)
    assert len(found) == len(results), (
        f"infer({words}) gives {len(found)} specs, not {len(results)}"
    )
    for spec, result in zip(found, results, strict=True):
        extents = zip(spec.shape, result.shape, strict=False)
        fits = spec.accepts(spec_of(result)) and all(
            name == f"n{extent}" for name, extent in extents if isinstance(name, str)
        )
        assert fits, f"infer({words}) gives {spec}, but the kernel {spec_of(result)}"


@law(takes_arrays)
def empty_arrays_are_accepted(op: Op, sample: Sample) -> None:
    """Where the shape rule accepts an extent of 0, the kernel does, too."""
    arrays = draw(op, sample)
    for extent in {extent for array in arrays for extent in array.shape if extent}:
        empty = [
            array[tuple(slice(n if n != extent else 0) for n in array.shape)] for array in arrays
        ]
        try:
            inferred(op, map(spec_of, empty))
        except GraphError:
            continue
        require_specs(op, [*map(spec_of, empty)], compute(op, empty))


@law(takes_floats)
def float64_agrees_with_float32(op: Op, sample: Sample) -> None:
    """The same numbers in float64 give results that infer says, equal but for rounding."""
    arrays = draw(op, sample)
    wide = [array.astype(np.float64) if is_float(array.dtype) else array for array in arrays]
    results = compute(op, wide)
    require_specs(op, [*map(spec_of, wide)], results)
    for result, narrow in zip(results, compute(op, arrays), strict=True):
        tolerance = tolerance_of(*(array.dtype for array in (*arrays, narrow)))
        assert_close(result, narrow, tolerance=tolerance, label="float64")


def equals(reference: Callable[..., Any]) -> Law:
    """Make the law that the kernel gives what another function of the same arguments gives.

    Args:
        reference: A function of arrays, and of the static arguments by name.
    """

    def kernel_equals_reference(op: Op, sample: Sample) -> None:
        arrays = draw(op, sample)
        expected = reference(*arrays, **sample.static)
        references = expected if isinstance(expected, tuple) else (expected,)
        for result, wanted in zip(compute(op, arrays), references, strict=True):
            tolerance = tolerance_of(result.dtype, *(array.dtype for array in arrays))
            assert_close(result, wanted, tolerance=tolerance)

    return Law(kernel_equals_reference, is_computed)


@law(lambda op, sample: op.expand is not None)
def kernel_equals_expansion(op: Op, sample: Sample) -> None:
    """The kernel gives what the simpler ops give that the op can be expanded to."""
    assert op.expand is not None
    inputs = declare(op, [argument.spec for argument in sample.arguments]).inputs
    expanded = op.expand(*inputs)
    graph = expanded.graph.subgraph([expanded], inputs)
    arrays = draw(op, sample)
    (expected,) = interpret(graph, dict(zip(graph.inputs, arrays, strict=True)))
    (result,) = compute(op, arrays)
    assert_close(result, expected, label="expand")


# Gradients


@law(is_differentiable)
def gradient_is_right(op: Op, sample: Sample) -> None:
    """Gradients of first and second order agree with central differences."""
    check_vjp(op, sample, [argument.spec for argument in sample.arguments])


@law(is_differentiable)
def gradient_is_right_for_unknown_extents(op: Op, sample: Sample) -> None:
    """The gradient rule does not need to know extents."""
    specs = [argument.spec for argument in sample.arguments]
    check_vjp(op, sample, [spec.with_shape([None] * spec.ndim) for spec in specs])


def check_vjp(op: Op, sample: Sample, specs: Sequence[Spec]) -> None:
    """Check the gradients of an op that is applied to placeholders."""
    node = declare(op, specs)
    arrays = draw(op, sample, np.dtype(np.float64))
    check_gradients(node.outputs, dict(zip(node.inputs, arrays, strict=True)))


# Memory


@law(writes_into)
def out_is_written(op: Op, sample: Sample) -> None:
    """The kernel writes its whole result into ``out``, whatever was there, and gives ``out``."""
    arrays = draw(op, sample)
    fresh = compute(op, arrays)
    for garbage in (np.nan, 1.0):
        out = tuple(filled(result, garbage) for result in fresh)
        results = compute(op, arrays, out=out if len(out) > 1 else out[0])
        assert all(map(is_same, results, out)), "the kernel does not give the `out` that it got"
        require_equal(results, fresh, "out")


def filled(like: Array, garbage: float) -> Array:
    """Give an array of the same spec that holds garbage: NaN, or what is closest to it."""
    with np.errstate(invalid="ignore"):
        return np.full(like.shape, np.asarray(garbage).astype(like.dtype), like.dtype)


def is_same(first: object, second: object) -> bool:
    """Whether two objects are one."""
    return first is second


@law(lambda op, sample: bool(op.inplace))
def inputs_may_be_overwritten(op: Op, sample: Sample) -> None:
    """The result is the same in the memory of the inputs that ``inplace`` names."""
    arrays = draw(op, sample)
    (fresh,) = compute(op, arrays)
    fitting = [index for index in op.inplace if spec_of(arrays[index]) == spec_of(fresh)]
    for index in fitting:
        copies = [array.copy() for array in arrays]
        (result,) = compute(op, copies, out=copies[index])
        require_equal([result], [fresh], f"in place of input {index}")
    if len(fitting) > 1:
        once = [arrays[0] if index in fitting else array for index, array in enumerate(arrays)]
        shared = arrays[0].copy()
        again = [shared if index in fitting else array for index, array in enumerate(arrays)]
        require_equal(compute(op, again, out=shared), compute(op, once), "in place of equal inputs")


@law(takes_arrays)
def only_views_share_memory(op: Op, sample: Sample) -> None:
    """A view lies in the memory of the first input or in its own, any other result in its own."""
    arrays = draw(op, sample)
    allowed = 1 if op.memory is Memory.VIEW else 0
    for result in compute(op, arrays):
        shared = [index for index, array in enumerate(arrays) if np.shares_memory(result, array)]
        assert not shared or shared[0] < allowed, (
            f"a result shares the memory of input {shared[0]}, and the op is {op.memory.name}"
        )


@law(takes_arrays)
def inputs_are_left_alone(op: Op, sample: Sample) -> None:
    """The kernel does not write to its inputs."""
    arrays = draw(op, sample)
    copies = [array.copy() for array in arrays]
    compute(op, copies)
    require_equal(copies, arrays, "an input after the kernel")


@law(takes_arrays)
def layout_does_not_matter(op: Op, sample: Sample) -> None:
    """Arrays in other order, with gaps, or back to front give the same results."""
    arrays = draw(op, sample)
    expected = compute(op, arrays)
    for layout in (column_by_column, with_gaps, back_to_front):
        changed = [layout(array) for array in arrays]
        for others in (arrays, changed):
            for index, array in enumerate(changed):
                results = compute(op, [*others[:index], array, *others[index + 1 :]])
                for result, wanted in zip(results, expected, strict=True):
                    assert_close(result, wanted, label=layout.__name__)


def column_by_column(array: Array) -> Array:
    """Give the same elements in Fortran's order."""
    return np.array(array, order="F")


def with_gaps(array: Array) -> Array:
    """Give the same elements with gaps between them."""
    spread = np.zeros([2 * extent for extent in array.shape], array.dtype)
    view = spread[(..., *[slice(None, None, 2)] * array.ndim)]
    view[...] = array
    return view


def back_to_front(array: Array) -> Array:
    """Give the same elements with negative strides."""
    return np.flip(np.array(np.flip(array)))


# Values, text and repetition


@law(lambda op, sample: True)
def ops_compare_by_value(op: Op, sample: Sample) -> None:
    """Ops are equal, with equal hashes, exactly if their static arguments are."""
    again = type(op)(**sample.static)
    assert again == op, "made again from the same static arguments, the op is not equal to itself"
    assert hash(again) == hash(op), "equal ops have different hashes"
    for other in type(op).samples:
        differs = repr(type(op)(**other.static)) != repr(op)
        assert not (differs and type(op)(**other.static) == op), f"{op!r} equals that of {other!r}"


@law(is_written_as_text)
def text_is_read_back(op: Op, sample: Sample) -> None:
    """The text form of a graph is read back as the same graph."""
    node = declare(op, [argument.spec for argument in sample.arguments])
    text = to_text(node.graph.nodes, node.outputs)
    graph = parse(text)
    again = to_text(graph.nodes, graph.outputs)
    assert again == text, f"read back, the text is\n{again}\nand was\n{text}"
    assert graph.outputs[0].node.op == op, f"read back, {op!r} is {graph.outputs[0].node.op!r}"


@law(is_repeatable)
def results_are_repeatable(op: Op, sample: Sample) -> None:
    """Equal inputs give equal results; random ones, if the key is equal, too."""
    arrays = draw(op, sample)
    require_equal(compute(op, arrays), compute(op, arrays), "computed again")


@law(is_random)
def draws_depend_on_the_key(op: Op, sample: Sample) -> None:
    """Another stream and another step give other numbers, for one of the samples at least."""
    for part in ("stream", "step"):
        assert any(
            varies(type(op)(**each.static), each, part) for each in {*type(op).samples, sample}
        ), f"another {part} gives the same numbers"


def varies(op: Op, sample: Sample, part: str) -> bool:
    """Whether one of a few keys gives other numbers than the first."""
    arrays = draw(op, sample)
    keys = [Key(stream=1, step=0)._replace(**{part: number}) for number in range(8)]
    draws = [compute(op, arrays, key=key) for key in keys]
    return any(not np.array_equal(result, other[0]) for result, *_ in draws for other in draws)


# Traits


@law(lambda op, sample: op.ufunc is not None)
def ufunc_is_the_kernel(op: Op, sample: Sample) -> None:
    """Called directly, the ufunc gives what the kernel gives."""
    arrays = draw(op, sample)
    assert op.ufunc is not None
    require_equal([np.asarray(op.ufunc(*arrays))], compute(op, arrays), "ufunc")


@law(lambda op, sample: op.commutative)
def operands_may_be_exchanged(op: Op, sample: Sample) -> None:
    """The operands of a commutative op may be exchanged."""
    x, y = draw(op, sample)
    require_equal(compute(op, [y, x]), compute(op, [x, y]), "exchanged")


@law(lambda op, sample: op.identity is not None)
def identity_changes_nothing(op: Op, sample: Sample) -> None:
    """The identity as second operand leaves the first as it is."""
    x, y = draw(op, sample)
    neutral = np.full_like(y, op.identity)
    require_equal(
        compute(op, [x, neutral]), [np.broadcast_to(x, np.broadcast(x, y).shape)], "identity"
    )


@law(lambda op, sample: op.absorber is not None)
def absorber_decides(op: Op, sample: Sample) -> None:
    """The absorber as either operand is the result."""
    x, y = draw(op, sample)
    for operands in ([x, np.full_like(y, op.absorber)], [np.full_like(x, op.absorber), y]):
        (result,) = compute(op, operands)
        require_equal([result], [np.full_like(result, op.absorber)], "absorber")


LAWS: tuple[Law, ...] = tuple(found for found in list(vars().values()) if isinstance(found, Law))
"""All laws, in the order in which they stand above."""
