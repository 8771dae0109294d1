"""Pieces: the connected parts of a sketch, with numbers in the place of keys."""

from dataclasses import dataclass

import networkx as nx

from graphnet.viz.layout.sketch import Edge, Frame, Sketch, Spot

__all__ = ["Piece", "split"]


@dataclass(frozen=True)
class Piece:
    """A connected part of a sketch.

    Attributes:
        keys: Keys of its spots.
        spots: Its spots.
        homes: For every spot the number of the frame around it.
        numbers: Places of its edges in the sketch.
        edges: Its edges.
        tails: For every edge the spot where it begins.
        heads: For every edge the spot where it ends.
        frame_keys: Keys of its frames. Frame 0 is the piece itself.
        frames: Its frames, each after the one around it.
        outer: For every frame the one around it.
        depth: For every frame how many are around it.
    """

    keys: list[str]
    spots: list[Spot]
    homes: list[int]
    numbers: list[int]
    edges: list[Edge]
    tails: list[int]
    heads: list[int]
    frame_keys: list[str]
    frames: list[Frame]
    outer: list[int]
    depth: list[int]


def split(sketch: Sketch) -> list[Piece]:
    """Give the connected parts, in the order of their first spots; frames connect, too."""
    outermost: dict[str, str] = {}
    for key, frame in sketch.frames.items():
        outermost[key] = outermost[frame.frame] if frame.frame else key
    together: nx.Graph[tuple[str, str]] = nx.Graph()
    for key, spot in sketch.spots.items():
        together.add_node(("spot", key))
        if spot.frame:
            together.add_edge(("spot", key), ("frame", outermost[spot.frame]))
    together.add_edges_from((("spot", edge.tail), ("spot", edge.head)) for edge in sketch.edges)
    part_of = {
        vertex: part
        for part, vertices in enumerate(nx.connected_components(together))
        for vertex in vertices
    }
    return _pieces(sketch, outermost, part_of)


def _pieces(
    sketch: Sketch, outermost: dict[str, str], part_of: dict[tuple[str, str], int]
) -> list[Piece]:
    order = list(dict.fromkeys(part_of["spot", key] for key in sketch.spots))
    spots: dict[int, list[str]] = {part: [] for part in order}
    edges: dict[int, list[int]] = {part: [] for part in order}
    frames: dict[int, list[str]] = {part: [] for part in order}
    for key in sketch.spots:
        spots[part_of["spot", key]].append(key)
    for number, edge in enumerate(sketch.edges):
        edges[part_of["spot", edge.tail]].append(number)
    for key in sketch.frames:
        frames[part_of["frame", outermost[key]]].append(key)
    return [_piece(sketch, spots[part], edges[part], frames[part]) for part in order]


def _piece(sketch: Sketch, keys: list[str], numbers: list[int], frame_keys: list[str]) -> Piece:
    spot_of = {key: spot for spot, key in enumerate(keys)}
    frame_of = {key: frame for frame, key in enumerate(["", *frame_keys])}
    spots = [sketch.spots[key] for key in keys]
    edges = [sketch.edges[number] for number in numbers]
    frames = [Frame(0, 0), *(sketch.frames[key] for key in frame_keys)]
    outer = [frame_of[frame.frame] for frame in frames]
    depth = [0] * len(frames)
    for frame in range(1, len(frames)):
        depth[frame] = depth[outer[frame]] + 1
    return Piece(
        keys=keys,
        spots=spots,
        homes=[frame_of[spot.frame] for spot in spots],
        numbers=numbers,
        edges=edges,
        tails=[spot_of[edge.tail] for edge in edges],
        heads=[spot_of[edge.head] for edge in edges],
        frame_keys=["", *frame_keys],
        frames=frames,
        outer=outer,
        depth=depth,
    )
