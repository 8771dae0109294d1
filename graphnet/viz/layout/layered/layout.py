"""The layered layout, from sketch to geometry."""

from collections.abc import Callable
from dataclasses import dataclass

from graphnet.viz.layout.layered.columns import find_gaps, place_columns
from graphnet.viz.layout.layered.curves import Curves, place_spots
from graphnet.viz.layout.layered.grid import build_grid
from graphnet.viz.layout.layered.heights import place_frames, place_rows
from graphnet.viz.layout.layered.order import order_rows
from graphnet.viz.layout.layered.pack import pack
from graphnet.viz.layout.layered.pieces import Piece, split
from graphnet.viz.layout.layered.ranks import rank
from graphnet.viz.layout.sketch import Geometry, Point, Rect, Sketch

__all__ = ["lay_out"]

MARGIN = 8.0
GAP = 36.0  # between parts that nothing connects

Tell = Callable[[str, float], None]


def lay_out(sketch: Sketch, tell: Tell) -> Geometry:
    """Give places for all of a sketch, in rows so that edges lead downwards.

    This is the method of Sugiyama, Tagawa and Toda, "Methods for visual understanding of
    hierarchical system structures", IEEE Transactions on Systems, Man, and Cybernetics 11 (2),
    1981, with frames as in Sander, "Layout of compound directed graphs", 1996.

    Args:
        sketch: Sizes of nodes, frames and labels, and the edges.
        tell: Is told the name of a stage and the part of it that is done, from 0 to 1.

    Returns:
        The places, the same for the same sketch.

    Example:
        >>> from graphnet.viz.layout.sketch import Edge, Spot
        >>> spots = {"x": Spot(60, 30), "tanh": Spot(60, 30)}
        >>> geometry = lay_out(Sketch(spots, (Edge("x", "tanh"),), {}), lambda *_: None)
        >>> geometry.spots["tanh"].top > geometry.spots["x"].bottom
        True
    """
    pieces = split(sketch)
    total = max(len(sketch.spots), 1)
    placed: list[_Placed] = []
    done = 0
    for piece in pieces:
        part = _Part(tell, done / total, len(piece.spots) / total)
        placed.append(_place(piece, part))
        done += len(piece.spots)
    return _gather(sketch, pieces, placed)


@dataclass(frozen=True)
class _Part:
    """Tells how far a piece is, as a part of all."""

    tell: Tell
    begin: float
    share: float

    def stage(self, name: str, part: float) -> None:
        self.tell(name, min(self.begin + self.share * part, 1.0))


@dataclass(frozen=True)
class _Placed:
    """A piece with its places, from its own left upper corner."""

    width: float
    height: float
    spots: list[Rect]
    frames: list[Rect]
    curves: list[list[Point]]
    labels: list[Point | None]


def _place(piece: Piece, part: _Part) -> _Placed:
    part.stage("ranks", 0.0)
    grid = build_grid(piece, rank(piece))
    part.stage("order", 0.2)
    rows = order_rows(piece, grid, lambda done: part.stage("order", 0.2 + 0.5 * done))
    part.stage("columns", 0.7)
    gaps = find_gaps(piece, grid, rows)
    x = place_columns(grid, rows, gaps)
    heights = place_rows(piece, grid, x)
    part.stage("curves", 0.9)
    spots = place_spots(piece, grid, x, heights)
    frames = place_frames(piece, grid, x, heights)
    curves, labels = Curves(piece, grid, rows, x, heights, spots).draw()
    part.stage("curves", 1.0)
    return _from_corner(piece, spots, frames, curves, labels)


def _from_corner(
    piece: Piece,
    spots: list[Rect],
    frames: list[Rect],
    curves: list[list[Point]],
    labels: list[Point | None],
) -> _Placed:
    """Move everything so that it begins at (0, 0)."""
    boxes = [*spots, *frames[1:]]
    boxes += [Rect(*point, *point) for curve in curves for point in curve]
    for label, edge in zip(labels, piece.edges, strict=True):
        if label is not None:
            across, down = edge.width / 2, edge.height / 2
            boxes.append(Rect(label.x - across, label.y - down, label.x + across, label.y + down))
    left, top = min(box.left for box in boxes), min(box.top for box in boxes)
    return _Placed(
        max(box.right for box in boxes) - left,
        max(box.bottom for box in boxes) - top,
        [_move(rect, -left, -top) for rect in spots],
        [_move(rect, -left, -top) for rect in frames],
        [[_shift(point, -left, -top) for point in curve] for curve in curves],
        [label and _shift(label, -left, -top) for label in labels],
    )


def _move(rect: Rect, x: float, y: float) -> Rect:
    return Rect(rect.left + x, rect.top + y, rect.right + x, rect.bottom + y)


def _shift(point: Point, x: float, y: float) -> Point:
    return Point(point.x + x, point.y + y)


def _gather(sketch: Sketch, pieces: list[Piece], placed: list[_Placed]) -> Geometry:
    """Put pieces beside each other, and everything where it was in the sketch."""
    corners = pack([(part.width, part.height) for part in placed], GAP)
    spots: dict[str, Rect] = {}
    frames: dict[str, Rect] = {}
    curves: dict[int, tuple[Point, ...]] = {}
    labels: dict[int, Point | None] = {}
    width = height = 0.0
    for piece, part, corner in zip(pieces, placed, corners, strict=True):
        x, y = corner[0] + MARGIN, corner[1] + MARGIN
        width, height = max(width, x + part.width), max(height, y + part.height)
        for key, rect in zip(piece.keys, part.spots, strict=True):
            spots[key] = _move(rect, x, y)
        for key, rect in zip(piece.frame_keys[1:], part.frames[1:], strict=True):
            frames[key] = _move(rect, x, y)
        for number, curve, label in zip(piece.numbers, part.curves, part.labels, strict=True):
            curves[number] = tuple(_shift(point, x, y) for point in curve)
            labels[number] = label and _shift(label, x, y)
    count = range(len(sketch.edges))
    return Geometry(
        engine="graphnet layered",
        width=width + MARGIN,
        height=height + MARGIN,
        spots={key: spots[key] for key in sketch.spots},
        frames={key: frames[key] for key in sketch.frames},
        curves=tuple(curves[number] for number in count),
        labels=tuple(labels[number] for number in count),
    )
