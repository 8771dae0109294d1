"""Lanes: ways around all, for edges that would bend in too many rows."""

from graphnet.viz.layout.layered.grid import Grid
from graphnet.viz.layout.layered.heights import Heights
from graphnet.viz.layout.layered.splines import round_corners
from graphnet.viz.layout.sketch import Point

__all__ = ["Lanes"]

SPACE = 7.0  # between two lanes
RADIUS = 10.0


class Lanes:
    """Lanes at the right of all.

    An edge takes a channel between two rows to its lane, goes along this, and takes a channel back.
    Edges that are never beside each other share a lane.
    """

    def __init__(self, grid: Grid, heights: Heights, right: float) -> None:
        self.heights, self.right = heights, right
        spans = [
            (grid.rank[chain[-2]], grid.rank[chain[-1]])
            for chain, around in zip(grid.chains, grid.around, strict=True)
            if around
        ]
        self.lanes = _share(sorted(spans))
        self.users = [0] * grid.height
        for upper, lower in spans:
            self.users[upper] += 1
            self.users[lower - 1] += 1
        self.taken = [0] * grid.height

    def way(self, start: Point, end: Point, upper: int, lower: int) -> list[Point]:
        """Give the way from a point in a row to a point in a row below."""
        x = self.right + SPACE * (2 + self.lanes[upper, lower].pop())
        leave, reach = self._channel(upper), self._channel(lower - 1)
        corners = [Point(start.x, leave), Point(x, leave), Point(x, reach), Point(end.x, reach)]
        return round_corners([start, *corners, end], RADIUS)

    def _channel(self, row: int) -> float:
        """Give the next free height in the channel below a row."""
        self.taken[row] += 1
        part = self.taken[row] / (self.users[row] + 1) - 0.5
        return self.heights.bottom[row] + part * self.heights.channel[row]


def _share(spans: list[tuple[int, int]]) -> dict[tuple[int, int], list[int]]:
    """Give lanes to spans, in which no two of a lane share a row."""
    ends: list[int] = []
    lanes: dict[tuple[int, int], list[int]] = {}
    for upper, lower in spans:
        lane = next((lane for lane, end in enumerate(ends) if end < upper), len(ends))
        if lane == len(ends):
            ends.append(lower)
        else:
            ends[lane] = lower
        lanes.setdefault((upper, lower), []).append(lane)
    return lanes
