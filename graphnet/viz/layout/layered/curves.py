"""Curves: the ways of edges, from border to border."""

from dataclasses import dataclass

from graphnet.viz.layout.layered.grid import LABEL_GAP, LOOP, Grid, Role
from graphnet.viz.layout.layered.heights import Heights
from graphnet.viz.layout.layered.lanes import Lanes
from graphnet.viz.layout.layered.pieces import Piece
from graphnet.viz.layout.layered.ports import End, spread
from graphnet.viz.layout.layered.splines import Gate, curve_through, straight
from graphnet.viz.layout.sketch import Point, Rect

__all__ = ["Curves", "place_spots"]

CLEAR = 4.0  # between an edge and what it passes
BULGE = 4 / 3  # how much farther the inner points of a curve lie than the curve


def place_spots(piece: Piece, grid: Grid, x: list[float], heights: Heights) -> list[Rect]:
    """Give the rectangles of spots."""
    rects = []
    for spot, own in enumerate(piece.spots):
        center_x = x[grid.vertex_of[spot]] + grid.offset[spot]
        center_y = heights.center[grid.ranking.rank[spot]]
        half_width, half_height = own.width / 2, own.height / 2
        rects.append(
            Rect(
                center_x - half_width,
                center_y - half_height,
                center_x + half_width,
                center_y + half_height,
            )
        )
    return rects


@dataclass(frozen=True)
class _Ends:
    """Where edges meet spots: at their tops, and at their bottoms."""

    tops: dict[int, float]
    bottoms: dict[int, float]
    level: dict[int, tuple[float, float]]


class Curves:
    """Makes the curves of a piece that has its places."""

    def __init__(
        self,
        piece: Piece,
        grid: Grid,
        rows: list[list[int]],
        x: list[float],
        heights: Heights,
        rects: list[Rect],
    ) -> None:
        self.piece, self.grid, self.x, self.heights, self.rects = piece, grid, x, heights, rects
        self.free = self._free(rows)
        self.right = max(at + east for at, east in zip(x, grid.east, strict=True))
        self.loops: dict[int, float] = {}
        self.level = [
            not chain and piece.tails[edge] != piece.heads[edge] and not self._beside(edge)
            for edge, chain in enumerate(grid.chains)
        ]
        self.ends = self._spread()
        self.lanes = Lanes(grid, heights, self.right)

    def draw(self) -> tuple[list[list[Point]], list[Point | None]]:
        """Give the curve and the center of the label of every edge."""
        curves: list[list[Point]] = []
        labels: list[Point | None] = []
        for edge in range(len(self.piece.edges)):
            curve, label = self._draw(edge)
            curves.append(curve)
            labels.append(label if self.piece.edges[edge].width > 0 else None)
        return curves, labels

    def _draw(self, edge: int) -> tuple[list[Point], Point | None]:
        piece = self.piece
        if piece.tails[edge] == piece.heads[edge]:
            return self._loop(edge)
        if self.level[edge]:
            return self._arc(edge), None
        if not self.grid.chains[edge]:
            return self._side(edge), None
        return self._chain(edge)

    def _beside(self, edge: int) -> bool:
        grid = self.grid
        tail, head = self.piece.tails[edge], self.piece.heads[edge]
        return grid.vertex_of[tail] == grid.vertex_of[head]

    def _free(self, rows: list[list[int]]) -> list[tuple[float, float]]:
        """Give for every vertex how far a way through it may go aside in its row."""
        grid, x = self.grid, self.x
        free = [(0.0, 0.0)] * len(x)
        for row in rows:
            for at, vertex in enumerate(row):
                left, right = x[vertex] - 1000.0, x[vertex] + 1000.0
                if at:
                    left = x[row[at - 1]] + grid.east[row[at - 1]] + CLEAR
                if at + 1 < len(row):
                    right = x[row[at + 1]] - grid.west[row[at + 1]] - CLEAR
                if grid.role[vertex] == Role.LABEL:
                    right = x[vertex] + 1.0
                free[vertex] = min(left, x[vertex]), max(right, x[vertex])
        return free

    def _spread(self) -> _Ends:
        """Give every end its place at a side of its spot."""
        tops: dict[int, list[End]] = {}
        bottoms: dict[int, list[End]] = {}
        for edge, chain in enumerate(self.grid.chains):
            upper, lower = self._upper_lower(edge)
            if chain:
                bottoms.setdefault(upper, []).append(self._end(edge, lower, chain, 1))
                tops.setdefault(lower, []).append(self._end(edge, upper, chain, -2))
            elif self.level[edge]:
                tail, head = self.piece.tails[edge], self.piece.heads[edge]
                tops.setdefault(tail, []).append(
                    End(self._center(head), edge, bend=False, weight=0)
                )
                tops.setdefault(head, []).append(
                    End(self._center(tail), edge, bend=False, weight=0)
                )
        places: list[dict[int, float]] = [{}, {}]
        level: dict[int, tuple[float, float]] = {}
        for side, found in enumerate((tops, bottoms)):
            for spot, ends in found.items():
                rect = self.rects[spot]
                at = spread(self._center(spot), (rect.right - rect.left) / 2, ends)
                for edge, place in at.items():
                    if not self.level[edge]:
                        places[side][edge] = place
                    elif spot == self.piece.tails[edge]:
                        level[edge] = (place, level.get(edge, (0.0, 0.0))[1])
                    else:
                        level[edge] = (level.get(edge, (0.0, 0.0))[0], place)
        return _Ends(places[0], places[1], level)

    def _end(self, edge: int, other: int, chain: list[int], at: int) -> End:
        if self.grid.around[edge] and (len(chain) == 2 or at < 0):
            return End(self.right, edge, bend=False, weight=0)
        weight = self.piece.edges[edge].weight
        if len(chain) == 2:
            return End(self._center(other), edge, bend=False, weight=weight)
        return End(self.x[chain[at]], edge, bend=True, weight=weight)

    def _center(self, spot: int) -> float:
        return (self.rects[spot].left + self.rects[spot].right) / 2

    def _upper_lower(self, edge: int) -> tuple[int, int]:
        tail, head = self.piece.tails[edge], self.piece.heads[edge]
        rank = self.grid.ranking.rank
        return (tail, head) if rank[tail] <= rank[head] else (head, tail)

    def _chain(self, edge: int) -> tuple[list[Point], Point | None]:
        """Give the way of an edge through rows."""
        chain, own = self.grid.chains[edge], self.piece.edges[edge]
        upper, lower = self._upper_lower(edge)
        start = Point(self.ends.bottoms[edge], self.rects[upper].bottom)
        end = Point(self.ends.tops[edge], self.rects[lower].top)
        if self.grid.around[edge]:
            curve = self._around(chain, start, end, upper)
        else:
            gates = [self._end_gate(upper, start.x)]
            gates += [self._gate(vertex) for vertex in chain[1:-1]]
            gates.append(self._end_gate(lower, end.x))
            curve = curve_through(start, gates, end)
        label = None
        for vertex in chain[1:-1]:
            if self.grid.role[vertex] == Role.LABEL:
                middle = self.x[vertex] + LABEL_GAP + own.width / 2
                label = Point(middle, self.heights.center[self.grid.rank[vertex]])
        return (curve if upper == self.piece.tails[edge] else curve[::-1]), label

    def _gate(self, vertex: int) -> Gate:
        row = self.grid.rank[vertex]
        center, half = self.heights.center[row], self.heights.half[row]
        return Gate(self.x[vertex], center - half, center + half, *self.free[vertex])

    def _end_gate(self, spot: int, x: float) -> Gate:
        row = self.grid.ranking.rank[spot]
        center, half = self.heights.center[row], self.heights.half[row]
        rect = self.rects[spot]
        return Gate(x, center - half, center + half, rect.left - CLEAR, rect.right + CLEAR)

    def _around(self, chain: list[int], start: Point, end: Point, upper: int) -> list[Point]:
        """Give the way of an edge around all, by way of its label if it has one."""
        if len(chain) == 2:
            return self.lanes.way(start, end, self.grid.rank[chain[0]], self.grid.rank[chain[1]])
        label = self._gate(chain[1])
        inner = Point(label.x, label.bottom)
        first = curve_through(start, [self._end_gate(upper, start.x), label], inner)
        rank = self.grid.rank
        return first + self.lanes.way(inner, end, rank[chain[1]], rank[chain[2]])[1:]

    def _loop(self, edge: int) -> tuple[list[Point], Point | None]:
        """Give the way from a spot to itself, at its right, around those before."""
        spot, own = self.piece.tails[edge], self.piece.edges[edge]
        rect = self.rects[spot]
        before = self.loops.get(spot, 0.0)
        out = before + LOOP - 4
        far = rect.right + out * BULGE
        middle = (rect.top + rect.bottom) / 2
        rise = (rect.bottom - rect.top) * min(0.2 + out / 200, 0.45)
        label = Point(rect.right + out + LABEL_GAP + own.width / 2, middle)
        self.loops[spot] = before + LOOP + (own.width + LABEL_GAP if own.width > 0 else 0.0)
        return [
            Point(rect.right, middle - rise),
            Point(far, middle - rise),
            Point(far, middle + rise),
            Point(rect.right, middle + rise),
        ], label

    def _side(self, edge: int) -> list[Point]:
        """Give the way between spots that lie beside each other."""
        tail, head = self.rects[self.piece.tails[edge]], self.rects[self.piece.heads[edge]]
        y = (tail.top + tail.bottom) / 2
        if tail.right <= head.left:
            return straight(Point(tail.right, y), Point(head.left, y))
        return straight(Point(tail.left, y), Point(head.right, y))

    def _arc(self, edge: int) -> list[Point]:
        """Give the way between two spots of one row, above what lies between them."""
        tail, head = self.piece.tails[edge], self.piece.heads[edge]
        row = self.grid.ranking.rank[tail]
        start, end = (
            Point(x, self.rects[spot].top)
            for x, spot in zip(self.ends.level[edge], (tail, head), strict=True)
        )
        low = self.heights.center[row] - self.heights.half[row]
        high = self.heights.top[row] if row else low - LOOP
        rise = (high - low) * BULGE
        return [
            *straight(start, Point(start.x, low)),
            Point(start.x, low + rise),
            Point(end.x, low + rise),
            *straight(Point(end.x, low), end),
        ]
