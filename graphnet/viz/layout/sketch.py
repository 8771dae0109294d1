"""What engines are given, and what they give back: sizes and edges, and places for them.

One unit is a pixel of CSS, x grows to the right and y downwards.
"""

from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["Edge", "Frame", "Geometry", "Point", "Rect", "Sketch", "Spot"]


class Point(NamedTuple):
    """A point."""

    x: float
    y: float


class Rect(NamedTuple):
    """A rectangle by its corners."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Spot:
    """A node that needs a place.

    Attributes:
        width: Its width.
        height: Its height.
        frame: Key of the frame around it; empty outside of all.
    """

    width: float
    height: float
    frame: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame around spots.

    Attributes:
        width: Width of its label, which stands at its top.
        height: Height of its label.
        frame: Key of the frame around it; empty outside of all.
    """

    width: float
    height: float
    frame: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge that needs a way.

    Attributes:
        tail: Key of the spot where it begins.
        head: Key of the spot where it ends; may be the same.
        width: Width of its label; 0 without one.
        height: Height of its label; 0 without one.
        weight: How much it wants to be short and straight; 0 pulls nothing.
        beside: Whether its ends may lie side by side, as a variable and what uses it.
    """

    tail: str
    head: str
    width: float = 0
    height: float = 0
    weight: int = 1
    beside: bool = False


@dataclass(frozen=True)
class Sketch:
    """A graph of sizes.

    Attributes:
        spots: The nodes by key, in reading order.
        edges: The edges. There may be several between two nodes, and cycles.
        frames: The frames by key, each after the one around it; none is empty.
    """

    spots: dict[str, Spot]
    edges: tuple[Edge, ...]
    frames: dict[str, Frame]


@dataclass(frozen=True)
class Geometry:
    """Where everything lies.

    Attributes:
        engine: Who found it, with its version.
        width: Of all; the left upper corner is (0, 0), and everything lies inside.
        height: Of all.
        spots: The rectangle of every node, by key.
        frames: The rectangle of every frame, by key.
        curves: For every edge, in order, the points of a cubic spline: 3 n + 1 points, from the
            border of its tail to the border of its head.
        labels: For every edge the center of its label; None for those without.
        remarks: Why engines were passed over that would have come first.
    """

    engine: str
    width: float
    height: float
    spots: dict[str, Rect]
    frames: dict[str, Rect]
    curves: tuple[tuple[Point, ...], ...]
    labels: tuple[Point | None, ...]
    remarks: tuple[str, ...] = ()
