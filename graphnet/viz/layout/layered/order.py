"""Order: who is left of whom in each row, so that few edges cross.

Sweeps down and up put everything near the mean place of its neighbors in the row before, and
neighbors change places where this makes crossings fewer (Gansner, Koutsofios, North, Vo 1993,
section 3). The members of a frame stay together in a row, between its borders; frames that also
span the row before keep its order, so that they can be rectangles (Sander 1996).
"""

from collections.abc import Callable

from graphnet.viz.layout.layered.crossings import count_all
from graphnet.viz.layout.layered.grid import Grid, Link, Role
from graphnet.viz.layout.layered.pieces import Piece

__all__ = ["order_rows"]

SWEEPS = (6, 24)
PATIENCE = 6  # sweeps
SWEPT = 150_000  # vertices and links that all sweeps together may pass
EXCHANGES = 8  # rounds after a sweep
PAIRS = 64  # frames of more pairs of vertices do not change places

Kids = dict[int, list[int]]  # by frame what is in it in a row: vertices, and ~frame for frames


def order_rows(piece: Piece, grid: Grid, tell: Callable[[float], None]) -> list[list[int]]:
    """Give the vertices of every row from left to right, with the borders of frames."""
    size = len(grid.role) + sum(map(len, grid.below))
    sweeps = max(SWEEPS[0], min(SWEEPS[1], SWEPT // size))
    starts = (grid.below, grid.above) if sweeps > SWEEPS[0] else (grid.below,)
    found = []
    for number, start in enumerate(starts):
        order = _Order(piece, grid, _first_seen(grid, start))
        found.append(_sweep(order, sweeps))
        tell((number + 1) / len(starts))
        if not found[-1][0]:
            break
    return min(found, key=lambda pair: pair[0])[1]


def _sweep(order: "_Order", sweeps: int) -> tuple[int, list[list[int]]]:
    """Sweep until this has been in vain for a while; give the crossings and rows of the best."""
    best: tuple[int, list[list[int]]] | None = None
    vain = 0
    for sweep in range(sweeps):
        order.sweep(downwards=sweep % 2 == 0, exchange=sweep > 0)
        crossings = count_all(order.grid, order.rows, order.place)
        vain += 1
        if best is None or crossings < best[0]:
            best = crossings, [list(row) for row in order.rows]
            vain = 0
        if not crossings or vain == PATIENCE:
            break
    assert best is not None, "there is a first sweep"
    return best


def _first_seen(grid: Grid, links: list[list[Link]]) -> list[int]:
    """Number vertices as a depth-first search finds them, from those without a neighbor before."""
    before = grid.above if links is grid.below else grid.below
    number = [-1] * len(grid.role)
    found = 0
    starts = [vertex for vertex, near in enumerate(before) if not near]
    stack = starts[::-1]
    while stack:
        vertex = stack.pop()
        if number[vertex] < 0:
            number[vertex] = found
            found += 1
            stack += [link.vertex for link in reversed(links[vertex])]
    return number


class _Order:
    """The order of all rows, as trees of frames."""

    def __init__(self, piece: Piece, grid: Grid, seen: list[int]) -> None:
        self.grid, self.outer = grid, piece.outer
        self.first, self.last = grid.ranking.first, grid.ranking.last
        self.rows: list[list[int]] = [[] for _ in range(grid.height)]
        self.place = [0] * len(grid.role)
        self.settled = [False] * grid.height  # whether no exchange in a row saves any more
        self.active = self._active(piece)
        self.kids = self._start(piece, seen)
        self.inside: list[Kids] = [{} for _ in range(grid.height)]  # with borders and inner frames
        for row in range(grid.height):
            self._flatten(row)

    def _active(self, piece: Piece) -> list[list[int]]:
        """Give for every row the frames that span it, inner ones first."""
        frames = sorted(range(len(piece.frames)), key=lambda frame: -piece.depth[frame])
        active: list[list[int]] = [[] for _ in range(self.grid.height)]
        for frame in frames:
            for row in range(self.first[frame], self.last[frame] + 1):
                active[row].append(frame)
        return active

    def _start(self, piece: Piece, seen: list[int]) -> list[Kids]:
        grid = self.grid
        least = [len(seen)] * len(piece.frames)
        kids: list[Kids] = [{frame: [] for frame in frames} for frames in self.active]
        for vertex, role in enumerate(grid.role):
            if role < Role.LEFT:
                home = grid.home[vertex]
                kids[grid.rank[vertex]][home].append(vertex)
                least[home] = min(least[home], seen[vertex])
        for frame in range(len(piece.frames) - 1, 0, -1):
            outer = piece.outer[frame]
            least[outer] = min(least[outer], least[frame])
            for row in range(self.first[frame], self.last[frame] + 1):
                kids[row][outer].append(~frame)
        for tree in kids:
            for items in tree.values():
                items.sort(
                    key=lambda item: (seen[item], item) if item >= 0 else (least[~item], -item)
                )
        return kids

    def _flatten(self, row: int) -> None:
        """Write a row down from its tree."""
        inside: Kids = {}
        grid = self.grid
        for frame in self.active[row]:
            vertices: list[int] = []
            for item in self.kids[row][frame]:
                if item >= 0:
                    vertices.append(item)
                else:
                    vertices += inside[~item]
            if frame:
                at = row - self.first[frame]
                vertices = [grid.lefts[frame][at], *vertices, grid.rights[frame][at]]
            inside[frame] = vertices
        self.inside[row] = inside
        if self.rows[row] != inside[0]:
            self.rows[row] = inside[0]
            for at, vertex in enumerate(inside[0]):
                self.place[vertex] = at
            for near in range(max(row - 1, 0), min(row + 2, grid.height)):
                self.settled[near] = False

    def sweep(self, *, downwards: bool, exchange: bool) -> None:
        """Sort every row by the one before."""
        height = self.grid.height
        step = 1 if downwards else -1
        for row in range(height)[::step][1:]:
            self._sort(row, row - step, self.grid.above if downwards else self.grid.below)
            self._flatten(row)
        rounds = EXCHANGES if exchange else 0
        while rounds and sum(self._exchange(row) for row in range(height)):
            rounds -= 1

    def _spans(self, frame: int, row: int) -> bool:
        return self.first[frame] <= row <= self.last[frame]

    def _sort(self, row: int, before: int, links: list[list[Link]]) -> None:
        place, kids = self.place, self.kids[row]
        means: dict[int, tuple[float, int]] = {}
        for frame in self.active[row]:
            total, mass = 0.0, 0
            values: list[float | None] = []
            for item in kids[frame]:
                if item >= 0:
                    weight = value = 0
                    for near, order, _ in links[item]:
                        value += order * place[near]
                        weight += order
                    mean = value / weight if weight else 0.0
                else:
                    mean, weight = means[~item]
                values.append(mean if weight else None)
                total += mean * weight
                mass += weight
            if frame and self._spans(frame, before):
                at = before - self.first[frame]
                ends = self.grid.lefts[frame][at], self.grid.rights[frame][at]
                total += place[ends[0]] + place[ends[1]]
                mass += 2
            means[frame] = (total / mass if mass else 0.0, mass)
            if len(values) > 1:
                self._arrange(kids[frame], values, before)

    def _arrange(self, items: list[int], values: list[float | None], before: int) -> None:
        """Sort items by their values; those without stay, frames of the row before keep order."""
        chosen = [at for at, value in enumerate(values) if value is not None]
        ranked = sorted(chosen, key=lambda at: values[at] or 0.0)
        result = list(items)
        for at, origin in zip(chosen, ranked, strict=True):
            result[at] = items[origin]
        slots = [at for at, item in enumerate(result) if item < 0 and self._spans(~item, before)]
        if len(slots) > 1:
            fixed = sorted((result[at] for at in slots), key=lambda item: self._left(~item, before))
            for at, item in zip(slots, fixed, strict=True):
                result[at] = item
        items[:] = result

    def _left(self, frame: int, row: int) -> int:
        return self.place[self.grid.lefts[frame][row - self.first[frame]]]

    def _exchange(self, row: int) -> bool:
        """Exchange neighbors in a row where this makes crossings fewer; tell whether any were."""
        if self.settled[row]:
            return False
        changed = False
        near: dict[int, list[list[tuple[int, int]]]] = {}
        for items in self.kids[row].values():
            for at in range(len(items) - 1):
                left, right = items[at], items[at + 1]
                if self._may_exchange(left, right, row) and self._gain(left, right, row, near) > 0:
                    items[at], items[at + 1] = right, left
                    changed = True
        if changed:
            self._flatten(row)
        self.settled[row] = not changed
        return changed

    def _may_exchange(self, left: int, right: int, row: int) -> bool:
        """Frames that lie side by side in the next row, too, may not."""
        if left >= 0 or right >= 0:
            return True
        return not any(
            self._spans(~left, near) and self._spans(~right, near) for near in (row - 1, row + 1)
        )

    def _gain(
        self, left: int, right: int, row: int, near: dict[int, list[list[tuple[int, int]]]]
    ) -> int:
        """Give how many crossings are saved when two neighbors are exchanged."""
        lefts = [left] if left >= 0 else self.inside[row][~left]
        rights = [right] if right >= 0 else self.inside[row][~right]
        if len(lefts) * len(rights) > PAIRS:
            return 0
        for vertex in (*lefts, *rights):
            if vertex not in near:
                near[vertex] = self._near(vertex)
        gain = 0
        for one in lefts:
            for other in rights:
                for ones, others in zip(near[one], near[other], strict=True):
                    gain += _gain(ones, others)
        return gain

    def _near(self, vertex: int) -> list[list[tuple[int, int]]]:
        place = self.place
        return [
            sorted((place[near], order) for near, order, _ in links[vertex])
            for links in (self.grid.above, self.grid.below)
        ]


def _gain(ones: list[tuple[int, int]], others: list[tuple[int, int]]) -> int:
    """Give crossings with one at the left, less those with it at the right; ends are sorted."""
    gain = 0
    for end, weight in ones:
        for other, dear in others:
            if end > other:
                gain += weight * dear
            elif end < other:
                gain -= weight * dear
    return gain
