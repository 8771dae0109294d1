"""What becomes of declared nodes, in words."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from graphnet.ir.node import Node

__all__ = ["Fate", "Outcome"]


class Outcome(Enum):
    """What became of a declared node.

    Example:
        >>> Outcome.MERGED.value
        'merged'
    """

    KEPT = "kept"
    SIMPLIFIED = "simplified"
    FOLDED = "folded"
    MERGED = "merged"
    JOINED = "joined"
    ABSORBED = "absorbed"
    WRITTEN = "written"
    PRUNED = "pruned"


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one declared node.

    Attributes:
        node: The node, as it was declared.
        outcome: What became of it.
        stage: The stage of the compiler that decided that; empty for what is kept.
        into: The node of the optimised graph that stands for it now, if there is one.
        own: Whether that stands for this node before any other.
        others: Names of the declared nodes that it was joined with.
    """

    node: Node
    outcome: Outcome = Outcome.KEPT
    stage: str = ""
    into: Node | None = None
    own: bool = True
    others: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of the declared node."""
        return self.node.name

    def __str__(self) -> str:
        """Say it."""
        return WORDS[self.outcome](self)


def joined_text(fate: Fate) -> str:
    """Say what a node was joined with."""
    others = ", ".join(fate.others[:4]) + (", ..." if len(fate.others) > 4 else "")
    whole = f"one {fate.into.op.name}" if fate.into else "one"
    return f"joined with {others} into {whole}" if others else f"joined into {whole}"


def target(fate: Fate) -> str:
    """Give words for what stands for a node now: its name, or what it computes."""
    if fate.into is None:
        return "what is not needed"
    return fate.into.op.name if fate.into.name == fate.name else fate.into.name


def absorbed_text(fate: Fate) -> str:
    """Say where a node has gone."""
    if fate.into is None:
        return "absorbed"
    if fate.stage != "allocate":
        return f"absorbed into {target(fate)}"
    return "made in place" if fate.into.name == fate.name else f"a view of {fate.into.name}"


WORDS: dict[Outcome, Callable[[Fate], str]] = {
    Outcome.KEPT: lambda _: "kept",
    Outcome.SIMPLIFIED: lambda fate: f"simplified to {target(fate)}",
    Outcome.FOLDED: lambda _: "folded into a constant",
    Outcome.MERGED: lambda fate: f"merged with {target(fate)}",
    Outcome.JOINED: joined_text,
    Outcome.ABSORBED: absorbed_text,
    Outcome.WRITTEN: lambda _: "written when the run is over",
    Outcome.PRUNED: lambda _: "pruned",
}
