"""What an op promises about itself, and the samples that exercise it."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np

from graphnet.ir.spec import Spec
from graphnet.typing import Array, DType

__all__ = ["Argument", "Effect", "Memory", "Sample", "boolean", "f32", "i64"]


class Memory(Enum):
    """Where the result of a kernel lies.

    Example:
        >>> import graphnet as gn
        >>> gn.ir.OPS["transpose"].memory
        <Memory.VIEW: 'may share the memory of its first input'>
    """

    FRESH = "allocates its result"
    INTO = "writes into a given buffer, `out=`"
    VIEW = "may share the memory of its first input"


class Effect(Enum):
    """What a kernel depends on or changes besides its inputs.

    Example:
        >>> import graphnet as gn
        >>> gn.ir.OPS["assign"].effect
        <Effect.WRITES: 'the value of a variable, when the run is over'>
    """

    PURE = "nothing: equal inputs give equal results"
    FED = "the value that the user feeds"
    READS = "the value of a variable"
    WRITES = "the value of a variable, when the run is over"
    RANDOM = "the session's seed and step"
    CALLS = "whatever the user's function does"


@dataclass(frozen=True)
class Argument:
    """A random array that a sample asks for, uniform in [low, high).

    Args:
        shape: Extents of the array.
        dtype: Dtype of the array; integers are drawn as integers, booleans by a coin.
        low: Smallest value.
        high: Bound above the largest value.

    Example:
        >>> import graphnet as gn
        >>> gn.ir.Argument((2, 3), gn.float64, low=0.5).spec
        Spec(shape=(2, 3), dtype=dtype('float64'))
    """

    shape: tuple[int, ...]
    dtype: DType
    low: float = -2.0
    high: float = 2.0

    @property
    def spec(self) -> Spec:
        """The spec of the arrays drawn."""
        return Spec(self.shape, self.dtype)

    def draw(self, generator: np.random.Generator, dtype: DType | None = None) -> Array:
        """Draw one such array; ``dtype`` replaces the dtype of a floating argument."""
        if self.dtype.kind == "b":
            return np.asarray(generator.random(self.shape) < 0.5)
        if self.dtype.kind in "iu":
            numbers = generator.integers(int(self.low), int(self.high), self.shape)
            return np.asarray(numbers, self.dtype)
        values = generator.uniform(self.low, self.high, self.shape)
        return np.asarray(values, dtype or self.dtype)


def f32(*shape: int, low: float = -2.0, high: float = 2.0) -> Argument:
    """Ask for a float32 argument.

    Example:
        >>> import graphnet as gn
        >>> print(gn.ir.f32(2, 3, low=0).spec)
        float32[2, 3]
    """
    return Argument(shape, np.dtype(np.float32), low, high)


def i64(*shape: int, low: int = -3, high: int = 4) -> Argument:
    """Ask for an int64 argument.

    Example:
        >>> import graphnet as gn
        >>> print(gn.ir.i64(4, high=10).spec)
        int64[4]
    """
    return Argument(shape, np.dtype(np.int64), low, high)


def boolean(*shape: int) -> Argument:
    """Ask for a boolean argument.

    Example:
        >>> import graphnet as gn
        >>> print(gn.ir.boolean(2).spec)
        bool[2]
    """
    return Argument(shape, np.dtype(np.bool_))


class Sample:
    """Arguments that exercise an op: one array argument per input, static arguments by name.

    Args:
        arguments: What to draw for each input.
        static: The fields of the op.

    Example:
        >>> import graphnet as gn
        >>> gn.ir.Sample(gn.ir.f32(2, 3), axis=1)
        float32[2,3]-axis=1
    """

    def __init__(self, *arguments: Argument, **static: Any) -> None:
        self.arguments = arguments
        self.static = static

    def __repr__(self) -> str:
        """Give a short form that serves as the id of a test."""
        words = [f"{argument.spec}".replace(" ", "") for argument in self.arguments]
        words += [f"{name}={value!r}" for name, value in self.static.items()]
        return "-".join(words) or "plain"
