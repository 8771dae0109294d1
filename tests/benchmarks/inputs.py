"""First weights and batches of a workload: the same for all systems, drawn once and kept in a file.

All systems get targets as one-hot or real arrays; what suits one of them better it makes of these
before anything is timed.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from tests.benchmarks.workloads import (
    Attention,
    Elementwise,
    Inference,
    Recurrent,
    Training,
    Workload,
)

__all__ = ["Array", "Inputs", "draw", "load", "save"]

Array: TypeAlias = npt.NDArray[Any]


@dataclass(frozen=True)
class Inputs:
    """What all systems start from.

    Attributes:
        weights: In the order of the network, weight before bias.
        feeds: What a step is given, each with all batches along its first axis.
    """

    weights: Sequence[Array]
    feeds: Sequence[Array]

    def batches(self) -> Iterator[tuple[Array, ...]]:
        """Give the feeds of one step after the other, each contiguous."""
        return zip(*self.feeds, strict=True)


def draw(workload: Workload, seed: int = 0) -> Inputs:
    """Draw weights and batches, float32."""
    random = np.random.default_rng(seed)

    def normal(*shape: int, scale: float = 1.0) -> Array:
        return (scale * random.standard_normal(shape)).astype(np.float32)

    match workload:
        case Training(sizes, batch, batches=count):
            x = normal(count, batch, sizes[0])
            target = one_hot(x @ normal(sizes[0], sizes[-1]))
            gain = 2.0 if workload.activation == "relu" else 1.0
            return Inputs(list(dense_weights(random, sizes, gain)), [x, target])
        case Inference(sizes, batch, count):
            return Inputs(list(dense_weights(random, sizes, 2.0)), [normal(count, batch, sizes[0])])
        case Elementwise(size, count):
            return Inputs([], [normal(count, size)])
        case Recurrent(steps, width, batch, batches=count):
            weights = dense_weights(random, (2 * width, 4 * width), 1.0)
            x = normal(count, steps, batch, width)
            return Inputs(list(weights), [x, np.tanh(x.mean(1))])
        case Attention(sequence, width, batch=batch, batches=count):
            position = normal(sequence, width, scale=0.1)
            norm = [1 + normal(width, scale=0.1), normal(width, scale=0.1)]
            projections = [(width, 3 * width), (width, width)]
            dense = [part for sizes in projections for part in dense_weights(random, sizes, 1.0)]
            x = normal(count, batch, sequence, width)
            return Inputs([position, *norm, *dense], [x, np.sin(x + np.roll(x, 1, axis=2))])


def dense_weights(
    random: np.random.Generator, sizes: Sequence[int], gain: float
) -> Iterator[Array]:
    """Draw weights of variance gain / inputs; biases that are not zero, so that errors show."""
    for inputs, outputs in pairwise(sizes):
        scale = np.sqrt(gain / inputs)
        yield (scale * random.standard_normal((inputs, outputs))).astype(np.float32)
        yield (0.1 * random.standard_normal(outputs)).astype(np.float32)


def one_hot(scores: Array) -> Array:
    """Give 1 where a score is the largest along the last axis, and 0 elsewhere, as float32."""
    classes = np.arange(scores.shape[-1])
    chosen: Array = scores.argmax(-1, keepdims=True) == classes
    return chosen.astype(np.float32)


def save(inputs: Inputs, path: Path) -> None:
    """Write the inputs into a file, which ends in ``.npz``."""
    kinds = {"weight": inputs.weights, "feed": inputs.feeds}
    arrays = {f"{kind}_{i}": array for kind, all in kinds.items() for i, array in enumerate(all)}
    savez: Callable[..., None] = np.savez  # whose type takes the arrays for its options
    savez(path, **arrays)


def load(path: Path) -> Inputs:
    """Read the inputs from a file."""
    with np.load(path) as file:

        def numbered(kind: str) -> list[Array]:
            count = sum(name.startswith(kind) for name in file.files)
            return [file[f"{kind}_{i}"] for i in range(count)]

        return Inputs(numbered("weight"), numbered("feed"))
