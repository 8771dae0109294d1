"""An op and a sample put to work: arguments drawn, kernel called, node declared."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from zlib import crc32

import numpy as np

from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.op import Op
from graphnet.ir.spec import Spec
from graphnet.ir.traits import Effect, Sample
from graphnet.kernels.rng import Key
from graphnet.ops.sources import placeholder
from graphnet.testing.compare import EXACT, assert_close
from graphnet.typing import Array, DType

__all__ = ["compute", "declare", "draw", "inferred", "require_equal", "spec_of", "unknown_extents"]


def draw(op: Op, sample: Sample, dtype: DType | None = None) -> list[Array]:
    """Draw the arguments that a sample asks for: always the same ones, and read-only."""
    generator = np.random.default_rng(crc32(f"{op.name} {sample!r}".encode()))
    return [frozen(argument.draw(generator, dtype)) for argument in sample.arguments]


def frozen(array: Array) -> Array:
    """Forbid to write to an array."""
    array.flags.writeable = False
    return array


def compute(op: Op, arrays: Sequence[Array], **extra: Any) -> tuple[Array, ...]:
    """Call the kernel, and give its results as a tuple of arrays."""
    if op.effect is Effect.RANDOM:
        extra.setdefault("key", Key(stream=1, step=0))
    results = op.kernel(*arrays, **extra)
    return tuple(map(np.asarray, results if isinstance(results, tuple) else (results,)))


def inferred(op: Op, specs: Iterable[Spec]) -> tuple[Spec, ...]:
    """Apply the shape rule, and give its results as a tuple."""
    results = op.infer(*specs)
    return (results,) if isinstance(results, Spec) else results


def spec_of(array: Array) -> Spec:
    """Give the spec of an array."""
    return Spec(array.shape, array.dtype)


def unknown_extents(specs: Sequence[Spec]) -> Iterator[list[Spec]]:
    """Give specs with extents unknown: each in turn and all at once, without and with names.

    A name says which extent it stands for, as in ``"n3"``; so equal extents have equal names where
    all are named at once.
    """
    for anonymous in (True, False):
        for which, spec in enumerate(specs):
            for axis, extent in enumerate(spec.shape):
                shape = list(spec.shape)
                shape[axis] = None if anonymous else f"n{extent}"
                yield [*specs[:which], spec.with_shape(shape), *specs[which + 1 :]]
        yield [
            spec.with_shape(None if anonymous else f"n{extent}" for extent in spec.shape)
            for spec in specs
        ]


def declare(op: Op, specs: Iterable[Spec]) -> Node:
    """Declare the op, in a graph of its own, with a placeholder per spec."""
    with Graph():
        labels = (re.sub(r"\W", "", name) for name in op.operand_names())
        return op.apply(*(placeholder(spec.shape, spec.dtype, next(labels)) for spec in specs))


def require_equal(actual: Sequence[Array], expected: Sequence[Array], label: str) -> None:
    """Require that two computations gave the same results, to the last bit."""
    for found, wanted in zip(actual, expected, strict=True):
        assert_close(found, wanted, tolerance=EXACT, label=label)
