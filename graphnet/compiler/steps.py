"""Places of values, and steps on them: what a plan is made of."""

from dataclasses import dataclass
from typing import TypeAlias

from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor

__all__ = [
    "Alias",
    "Block",
    "Blocks",
    "Call",
    "Copy",
    "Fed",
    "Fill",
    "Fixed",
    "Held",
    "Number",
    "Own",
    "Part",
    "Place",
    "Release",
    "Slot",
    "Span",
    "Step",
    "Taken",
    "Target",
    "View",
]

Target: TypeAlias = tuple[Tensor, ...]
"""What a value is committed to: a variable, or several that lie side by side."""


@dataclass(frozen=True, slots=True)
class Fed:
    """The array that the user feeds; never written to."""


@dataclass(frozen=True, slots=True)
class Held:
    """The memory of a variable."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """The value of a constant."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A span of the plan's arena, which lives as long as the plan.

    Attributes:
        start: First byte.
        size: Number of bytes.
    """

    start: int
    size: int


@dataclass(frozen=True, slots=True)
class Own:
    """Memory of a concatenation of its own, parts of which are written once and stay."""


@dataclass(frozen=True, slots=True)
class Part:
    """The place that a value has inside of a concatenation, so that nothing is copied there.

    Attributes:
        whole: The result of the concatenation.
        index: Which of its operands the value is.
    """

    whole: Tensor
    index: int


@dataclass(frozen=True, slots=True)
class Span:
    """The memory of variables that lie side by side.

    Attributes:
        variables: In the order in which they lie.
    """

    variables: Target


@dataclass(frozen=True, slots=True)
class Block:
    """Memory for one block of a value that is needed within a region only.

    Attributes:
        room: Which of the memories of the region.
    """

    room: int


@dataclass(frozen=True, slots=True)
class Taken:
    """Whatever array the kernel gives, made anew in each run."""


@dataclass(frozen=True, slots=True)
class Number:
    """A value without axes, which a run holds as a NumPy scalar."""


@dataclass(frozen=True, slots=True)
class View:
    """Part of, or all of, the memory of another value, known before running.

    Attributes:
        base: The value.
    """

    base: Tensor


Place: TypeAlias = Fed | Held | Fixed | Slot | Own | Part | Span | Block | Taken | Number | View


@dataclass(frozen=True, slots=True)
class Call:
    """Call the kernel of a node.

    Attributes:
        node: The node.
        into: Whether each output has memory ready that the kernel writes into.
        fresh: Whether that memory is made for this run, because the user will own it.
        inplace: Index of the input whose memory the output takes over, if it does.
    """

    node: Node
    into: bool = False
    fresh: bool = False
    inplace: int | None = None


@dataclass(frozen=True, slots=True)
class Fill:
    """Copy an operand of a concatenation to its place there, since it was made elsewhere.

    Attributes:
        node: The concatenation.
        index: Which of its operands.
    """

    node: Node
    index: int


@dataclass(frozen=True, slots=True)
class Blocks:
    """Do calls block by block.

    Attributes:
        calls: What is called for each block.
        number: How many blocks there are.
        threads: How many threads work on them.
        rooms: For each memory of one block the value that it was made for.
    """

    calls: tuple[Call, ...]
    number: int
    threads: int
    rooms: tuple[Tensor, ...]


@dataclass(frozen=True, slots=True)
class Copy:
    """Copy a value that is to be fetched or committed, so that it owns its memory.

    Attributes:
        source: The value.
        why: What the copy is for.
    """

    source: Tensor
    why: str


@dataclass(frozen=True, slots=True)
class Release:
    """Forget values that were made in this run and are not needed any more."""

    values: tuple[Tensor, ...]


@dataclass(frozen=True, slots=True)
class Alias:
    """Nothing to do: the outputs of a node are views of memory that never moves."""

    node: Node


Step: TypeAlias = Call | Blocks | Alias | Fill | Copy | Release
