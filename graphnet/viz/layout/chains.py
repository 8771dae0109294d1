"""Long chains, laid out in columns, whichever engine finds the places of all else.

A chain of forty ops is as high as four screens. Here it becomes one large spot for the engine, in
which its spots stand in columns. From the bottom of one column an arrow leads up beside it, and
into the top of the next.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from graphnet.viz.layout.block import Block, in_columns
from graphnet.viz.layout.sketch import Geometry, Point, Rect, Sketch, Spot

__all__ = ["Chain", "Wrapped", "wrapped"]

LONG = 12
"""Spots of a chain that is wrapped."""


@dataclass(frozen=True)
class Chain:
    """A chain that is wrapped.

    Attributes:
        keys: Of its spots, first to last.
        edges: Numbers of the edges between them.
        block: Where they stand.
    """

    keys: tuple[str, ...]
    edges: tuple[int, ...]
    block: Block


@dataclass(frozen=True)
class Wrapped:
    """A sketch with a single spot for every long chain, of the key of its first spot.

    Attributes:
        whole: The sketch with all spots.
        sketch: The smaller one.
        chains: The chains, by the keys of their spots.
        edges: For every edge of the smaller sketch, which it is in the whole.
    """

    whole: Sketch
    sketch: Sketch
    chains: Mapping[str, Chain]
    edges: tuple[int, ...]

    def put_back(self, geometry: Geometry) -> Geometry:
        """Give places for the whole, from those for the smaller sketch."""
        spots: dict[str, Rect] = dict(geometry.spots)
        curves: dict[int, tuple[Point, ...]] = {}
        labels = dict(zip(self.edges, geometry.labels, strict=True))
        for place, curve in zip(self.edges, geometry.curves, strict=True):
            curves[place] = self.joined(place, curve, geometry)
        for key, chain in self.chains.items():
            corner, block = geometry.spots[key], chain.block
            spots |= {
                name: Rect(*moved(Point(*rect[:2]), corner), *moved(Point(*rect[2:]), corner))
                for name, rect in zip(chain.keys, block.spots, strict=True)
            }
            for place, points, label in zip(chain.edges, block.curves, block.labels, strict=True):
                curves[place] = tuple(moved(point, corner) for point in points)
                labels[place] = label and moved(label, corner)
        order = range(len(self.whole.edges))
        return replace(
            geometry,
            spots={key: spots[key] for key in self.whole.spots},
            curves=tuple(curves[place] for place in order),
            labels=tuple(labels[place] for place in order),
        )

    def joined(self, place: int, curve: tuple[Point, ...], geometry: Geometry) -> tuple[Point, ...]:
        """Give a curve that goes on inside of the chains at its ends."""
        edge = self.whole.edges[place]
        for key, chain in self.chains.items():
            corner = geometry.spots[key]
            if edge.head == chain.keys[0]:
                way = chain.block.entry(unmoved(curve[-1], corner))
                curve = (*curve[:-1], *(moved(point, corner) for point in way))
            if edge.tail == chain.keys[-1]:
                way = chain.block.exit(unmoved(curve[0], corner))
                curve = (*(moved(point, corner) for point in way), *curve[1:])
        return curve


def wrapped(sketch: Sketch) -> Wrapped:
    """Give a sketch in which long chains are single spots.

    A chain is made of spots in the same frame, of which each has one edge to the next and no other.

    Args:
        sketch: The sketch.

    Example:
        >>> from graphnet.viz.layout.sketch import Edge
        >>> spots = {str(number): Spot(60, 30) for number in range(20)}
        >>> edges = tuple(Edge(str(number), str(number + 1)) for number in range(19))
        >>> list(wrapped(Sketch(spots, edges, {})).sketch.spots)
        ['0']
    """
    chains = {keys[0]: chain_of(sketch, keys) for keys in found(sketch) if len(keys) >= LONG}
    first = {key: start for start, chain in chains.items() for key in chain.keys}
    inner = {place for chain in chains.values() for place in chain.edges}
    edges = tuple(place for place in range(len(sketch.edges)) if place not in inner)
    spots = {
        key: spot if key not in first else room(chains[key].block, spot.frame)
        for key, spot in sketch.spots.items()
        if first.get(key, key) == key
    }
    smaller = Sketch(
        spots,
        tuple(
            replace(
                edge, tail=first.get(edge.tail, edge.tail), head=first.get(edge.head, edge.head)
            )
            for edge in (sketch.edges[place] for place in edges)
        ),
        sketch.frames,
    )
    return Wrapped(sketch, smaller, chains, edges)


def room(block: Block, frame: str) -> Spot:
    """Give the spot that stands for a block."""
    return Spot(block.width, block.height, frame)


def chain_of(sketch: Sketch, keys: Sequence[str]) -> Chain:
    """Give a chain with its places."""
    leads = {edge.tail: place for place, edge in enumerate(sketch.edges)}
    edges = tuple(leads[key] for key in keys[:-1])
    spots = [sketch.spots[key] for key in keys]
    return Chain(tuple(keys), edges, in_columns(spots, [sketch.edges[place] for place in edges]))


def found(sketch: Sketch) -> Iterator[list[str]]:
    """Give the chains, each as the keys of its spots; spots in no chain are chains of one."""
    after = followers(sketch)
    starts = [key for key in sketch.spots if key not in after.values()]
    for key in starts:
        keys = [key]
        while keys[-1] in after:
            keys.append(after[keys[-1]])
        yield keys


def followers(sketch: Sketch) -> dict[str, str]:
    """Give the spot after a spot, where both are in the same chain."""
    into: Counter[str] = Counter(edge.head for edge in sketch.edges)
    out: Counter[str] = Counter(edge.tail for edge in sketch.edges)
    single = {key for key in sketch.spots if into[key] <= 1 and out[key] <= 1}
    return {
        edge.tail: edge.head
        for edge in sketch.edges
        if edge.tail in single
        and edge.head in single
        and edge.tail != edge.head
        and sketch.spots[edge.tail].frame == sketch.spots[edge.head].frame
    }


def moved(point: Point, corner: Rect) -> Point:
    """Give a point of a block as one of the picture."""
    return Point(point.x + corner.left, point.y + corner.top)


def unmoved(point: Point, corner: Rect) -> Point:
    """Give a point of the picture as one of a block."""
    return Point(point.x - corner.left, point.y - corner.top)
