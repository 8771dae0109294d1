"""``Case``: an op and a sample put to work, with arguments drawn and the kernel called."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np

from graphnet.ir.graph import Graph
from graphnet.ir.node import Node
from graphnet.ir.op import Op
from graphnet.ir.spec import Spec, is_float
from graphnet.ir.traits import Effect, Sample
from graphnet.kernels.rng import Key
from graphnet.ops.sources import placeholder
from graphnet.typing import Array, DType

__all__ = ["Case", "cases_of", "spec_of", "unknown_extents"]


@dataclass(frozen=True)
class Case:
    """An op with the static arguments of a sample, and the sample.

    Args:
        op: What is checked.
        sample: What it is checked with.
    """

    op: Op
    sample: Sample

    def __str__(self) -> str:
        """Give a name that serves as the id of a test."""
        return re.sub(r"\s+", "", f"{self.op.name}-{self.sample!r}")

    @property
    def specs(self) -> list[Spec]:
        """The specs of the inputs."""
        return [argument.spec for argument in self.sample.arguments]

    @property
    def takes_floats(self) -> bool:
        """Whether an input is floating."""
        return any(is_float(spec.dtype) for spec in self.specs)

    def draw(self, dtype: DType | None = None) -> list[Array]:
        """Draw the inputs: always the same ones, and read-only."""
        generator = np.random.default_rng(crc32(str(self).encode()))
        arrays = [argument.draw(generator, dtype) for argument in self.sample.arguments]
        for array in arrays:
            array.flags.writeable = False
        return arrays

    def compute(self, arrays: Sequence[Array], **extra: Any) -> tuple[Array, ...]:
        """Call the kernel, and give its results as a tuple of arrays."""
        if self.op.effect is Effect.RANDOM:
            extra.setdefault("key", Key(stream=1, step=0))
        results = self.op.kernel(*arrays, **extra)
        return tuple(map(np.asarray, results if isinstance(results, tuple) else (results,)))

    def infer(self, specs: Iterable[Spec]) -> tuple[Spec, ...]:
        """Apply the shape rule, and give its results as a tuple."""
        results = self.op.infer(*specs)
        return (results,) if isinstance(results, Spec) else results

    def declare(self, specs: Iterable[Spec]) -> Node:
        """Declare the op, in a graph of its own, with a placeholder per spec."""
        labels = (re.sub(r"\W", "", name) for name in self.op.operand_names())
        with Graph():
            inputs = [placeholder(spec.shape, spec.dtype, next(labels)) for spec in specs]
            return self.op.apply(*inputs)


def cases_of(op_class: type[Op]) -> list[Case]:
    """Give one case per sample of an op."""
    return [Case(op_class(**sample.static), sample) for sample in op_class.samples]


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
