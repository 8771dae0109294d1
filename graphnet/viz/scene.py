"""``Scene``: what a picture shows, before anything has a place.

Everything that can be drawn becomes a scene: views of graphs, plans, differences. Folding makes a
smaller scene from a scene; a layout gives its cards places; a writer makes text of both. So none of
these knows what the others do.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

__all__ = ["Box", "Card", "Change", "Kind", "Link", "Part", "Scale", "Scene", "Way", "boxes_around"]


class Kind(Enum):
    """What readers of a picture tell apart by its form."""

    PLACEHOLDER = "placeholder"
    VARIABLE = "variable"
    CONSTANT = "constant"
    RANDOM = "random draw"
    CALL = "Python function"
    WRITE = "write to a variable"
    GROUP = "operation without a value"
    OP = "op"
    SCOPE = "folded scope"


class Part(Enum):
    """What a card is there for, told by its color."""

    FORWARD = "forward"
    BACKWARD = "backward"
    UPDATE = "update"


class Way(Enum):
    """What an arrow stands for."""

    VALUE = "value"
    GRADIENT = "gradient"
    FAR = "value from afar"  # from the forward part to gradients and updates; faint
    CONTROL = "order only"
    WRITE = "writes"
    INPLACE = "takes over memory"
    VIEW = "shows the same memory"


class Change(Enum):
    """What a difference has to say about a card or an arrow."""

    SAME = "unchanged"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Card:
    """A node, or many nodes folded into one.

    Attributes:
        key: What is unique in the scene: the name of the node, or the path of the scope.
        kind: What it is.
        headline: Its first line.
        details: Smaller lines below.
        part: What it is there for.
        box: Path of the scope around it, with slashes; empty outside of all.
        members: The nodes it stands for, by name; a node stands for itself.
        copies: How many equal nodes or blocks it stands for.
        kept: Whether the user asked for it by name.
        change: What a difference has to say.
        heat: From 0 to 1, where an overlay colors it.
        about: What a reader sees who points at it; lines.
        data: What programs find in the picture: op, shape, dtype, bytes, source, ...
        times: How many of its copies are in each copy of the box around it, as its badge says
            (x N); None for all.
    """

    key: str
    kind: Kind
    headline: str
    details: tuple[str, ...] = ()
    part: Part = Part.FORWARD
    box: str = ""
    members: tuple[str, ...] = ()
    copies: int = 1
    kept: bool = False
    change: Change | None = None
    heat: float | None = None
    about: str = ""
    data: Mapping[str, str] = field(default_factory=dict)
    times: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """An arrow between two cards.

    Attributes:
        tail: Key of the card where it begins.
        head: Key of the card where it ends.
        way: What it stands for.
        label: What is written beside it, as the spec of the tensor.
        slot: Which of the head's operands it is, so that arrows between two cards differ.
        change: What a difference has to say.
        data: What programs find in the picture: tensor, shape, dtype, bytes.
    """

    tail: str
    head: str
    way: Way = Way.VALUE
    label: str = ""
    slot: int = 0
    change: Change | None = None
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Box:
    """A scope that is open: a frame around its cards.

    Attributes:
        key: Its path; the part before the last slash need not be a box.
        label: What is written at its top.
        box: Path of the box around it; empty outside of all.
        part: What its cards are there for.
        copies: How many equal blocks it shows as one.
        change: What a difference has to say.
        times: How many of its copies are in each copy of the box around it; None for all.
    """

    key: str
    label: str
    box: str = ""
    part: Part = Part.FORWARD
    copies: int = 1
    change: Change | None = None
    times: int | None = None


@dataclass(frozen=True, slots=True)
class Scale:
    """What the colors of an overlay mean.

    Attributes:
        label: What is measured, as "time".
        low: What heat 0 stands for, with its unit.
        high: What heat 1 stands for, with its unit.
    """

    label: str
    low: str
    high: str


@dataclass(frozen=True)
class Scene:
    """What a picture shows.

    Attributes:
        title: What stands above it.
        cards: In an order in which they can be read: each after those it depends on.
        links: The arrows; both ends of each are cards.
        boxes: The frames, each after the one around it; every card's box is among them.
        notes: Lines below the picture: what is hidden or folded, and how to see it.
        scale: What the colors of an overlay mean, if there is one.

    Example:
        >>> x, y = Card("x", Kind.PLACEHOLDER, "x"), Card("tanh", Kind.OP, "tanh")
        >>> scene = Scene("one op", (x, y), (Link("x", "tanh"),))
        >>> [card.key for card in scene.cards]
        ['x', 'tanh']
    """

    title: str
    cards: tuple[Card, ...]
    links: tuple[Link, ...] = ()
    boxes: tuple[Box, ...] = ()
    notes: tuple[str, ...] = ()
    scale: Scale | None = None


def boxes_around(cards: Iterable[Card]) -> tuple[Box, ...]:
    """Give a box for every scope that cards are in, and for those around them, outer ones first.

    A box is there for what its first card is there for.
    """
    found: dict[str, Box] = {}
    for card in cards:
        inner: list[str] = []
        path = card.box
        while path and path not in found:
            inner.append(path)
            path = path.rpartition("/")[0]
        for path in reversed(inner):
            outer, _, label = path.rpartition("/")
            found[path] = Box(path, label, outer, card.part)
    return tuple(found.values())
