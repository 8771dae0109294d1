"""Laws of values: what a kernel computes, of which shape and dtype, and with which gradient."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from graphnet.compiler.interpreter import interpret
from graphnet.errors import GraphError
from graphnet.ir.spec import Spec, is_float
from graphnet.ir.traits import Effect
from graphnet.kernels.rng import Key
from graphnet.testing.cases import Case, cases_of, spec_of, unknown_extents
from graphnet.testing.compare import assert_close, tolerance_of
from graphnet.testing.gradcheck import check_gradients
from graphnet.testing.law import (
    Law,
    is_computed,
    is_differentiable,
    law,
    require_equal,
    takes_arrays,
)
from graphnet.typing import Array

__all__ = [
    "draws_depend_on_the_key",
    "empty_arrays_are_accepted",
    "equals",
    "float64_agrees_with_float32",
    "gradient_is_right",
    "gradient_needs_no_extents",
    "infer_agrees_with_kernel",
    "infer_knows_of_unknown_extents",
    "kernel_equals_expansion",
    "results_are_repeatable",
]


@law(is_computed)
def infer_agrees_with_kernel(case: Case) -> None:
    """The shape rule gives the specs of what the kernel gives."""
    require_specs(case, case.specs, case.compute(case.draw()))


@law(takes_arrays)
def infer_knows_of_unknown_extents(case: Case) -> None:
    """Where extents are unknown or named, the shape rule says nothing that may turn out wrong."""
    results = case.compute(case.draw())
    for specs in unknown_extents(case.specs):
        require_specs(case, specs, results)


def require_specs(case: Case, specs: Sequence[Spec], results: Sequence[Array]) -> None:
    """Require that results are of the specs inferred, and have the extents that names stand for."""
    found = case.infer(specs)
    call = f"infer({', '.join(map(str, specs))})"
    assert len(found) == len(results), f"{call} gives {len(found)} specs for {len(results)} results"
    for spec, result in zip(found, results, strict=True):
        fits = spec.accepts(spec_of(result)) and all(
            name == f"n{extent}"
            for name, extent in zip(spec.shape, result.shape, strict=True)
            if isinstance(name, str)
        )
        assert fits, f"{call} gives {spec}, but the kernel {spec_of(result)}"
        assert not any(isinstance(extent, np.generic) for extent in spec.shape), (
            f"{call} gives extents that are not Python's numbers"
        )


@law(takes_arrays)
def empty_arrays_are_accepted(case: Case) -> None:
    """Where the shape rule accepts an extent of 0, the kernel does, too."""
    for arrays in emptied(case.draw()):
        specs = [spec_of(array) for array in arrays]
        try:
            case.infer(specs)
        except GraphError:
            continue
        with np.errstate(all="ignore"):  # NumPy warns of the mean of nothing, and so do we
            result = case.compute(arrays)
        require_specs(case, specs, result)


def emptied(arrays: Sequence[Array]) -> Iterator[list[Array]]:
    """Give the arrays with one of their extents made 0 wherever it occurs, each extent in turn."""
    for extent in sorted({extent for array in arrays for extent in array.shape}):
        kept = [
            tuple(slice(0 if mine == extent else mine) for mine in array.shape) for array in arrays
        ]
        yield [array[cut] for array, cut in zip(arrays, kept, strict=True)]


@law(lambda case: is_computed(case) and case.takes_floats)
def float64_agrees_with_float32(case: Case) -> None:
    """The same numbers in float64 give results of the specs inferred, equal but for rounding.

    Draws are another matter: a float64 takes more random bits than a float32.
    """
    arrays = case.draw()
    wide = [array.astype(np.float64) if is_float(array.dtype) else array for array in arrays]
    results = case.compute(wide)
    require_specs(case, [spec_of(array) for array in wide], results)
    if case.op.effect is not Effect.RANDOM:
        tolerance = tolerance_of(*(spec.dtype for spec in case.specs))
        for result, narrow in zip(results, case.compute(arrays), strict=True):
            assert_close(result, narrow, tolerance=tolerance, label="float64")


def equals(reference: Callable[..., Any]) -> Law:
    """Make the law that the kernel gives what another function gives.

    Args:
        reference: A function of arrays, and of the static arguments by name.
    """

    def kernel_equals_reference(case: Case) -> None:
        arrays = case.draw()
        results = case.compute(arrays)
        expected = reference(*arrays, **case.sample.static)
        tolerance = tolerance_of(*(array.dtype for array in (*arrays, *results)))
        for result, wanted in zip(results, as_tuple(expected), strict=True):
            assert_close(result, wanted, tolerance=tolerance)

    return Law(kernel_equals_reference, is_computed)


def as_tuple(results: Any) -> tuple[Any, ...]:
    """Give one result, or several, as a tuple."""
    return results if isinstance(results, tuple) else (results,)


@law(lambda case: case.op.expand is not None)
def kernel_equals_expansion(case: Case) -> None:
    """The kernel gives what the simpler ops give that the op can be expanded to."""
    assert case.op.expand is not None, "please report: a law applied where it does not"
    node = case.declare(case.specs)
    arrays = case.draw()
    with node.graph:
        expansion = as_tuple(case.op.expand(*node.inputs))
    graph = node.graph.subgraph(expansion, node.inputs)
    expected = interpret(graph, dict(zip(graph.inputs, arrays, strict=True)))
    for result, wanted in zip(case.compute(arrays), expected, strict=True):
        assert_close(result, wanted, label="expand")


@law(lambda case: case.op.effect in {Effect.PURE, Effect.RANDOM})
def results_are_repeatable(case: Case) -> None:
    """Equal inputs, and keys, give equal results."""
    arrays = case.draw()
    require_equal(case.compute(arrays), case.compute(arrays), "computed again")


@law(lambda case: case.op.effect is Effect.RANDOM)
def draws_depend_on_the_key(case: Case) -> None:
    """Another stream and another step give other numbers, at least for one of the samples."""
    for part in ("stream", "step"):
        found = any(varies(each, part) for each in [case, *cases_of(type(case.op))])
        assert found, f"another {part} gives the same numbers"


def varies(case: Case, part: str) -> bool:
    """Whether one of a few other keys gives other numbers."""
    arrays = case.draw()
    keys = [Key(stream=1, step=1)._replace(**{part: number}) for number in range(8)]
    (first,), *others = [case.compute(arrays, key=key) for key in keys]
    return any(not np.array_equal(first, other) for (other,) in others)


# Gradients


@law(is_differentiable)
def gradient_is_right(case: Case) -> None:
    """Gradients of first and second order agree with central differences."""
    check_vjp(case, case.specs)


@law(is_differentiable)
def gradient_needs_no_extents(case: Case) -> None:
    """Gradients are right where no extent is known."""
    check_vjp(case, [spec.with_shape([None] * spec.ndim) for spec in case.specs])


def check_vjp(case: Case, specs: Sequence[Spec]) -> None:
    """Check the gradients of an op that is applied to placeholders."""
    node = case.declare(specs)
    arrays = case.draw(np.dtype(np.float64))
    check_gradients(node.outputs, dict(zip(node.inputs, arrays, strict=True)))
