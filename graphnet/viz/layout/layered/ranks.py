"""Ranks: the row of every spot.

The sum of the lengths of all edges is least, by their weights, with network simplex. A frame takes
part with a vertex above and one below all that is in it, tied to each other more firmly than the
ends of any edge, so that it is short (as the nesting graph of Sander, "Layout of compound directed
graphs", 1996).
"""

from dataclasses import dataclass
from math import ceil, sqrt

from graphnet.viz.layout.layered.acyclic import turned_edges
from graphnet.viz.layout.layered.graphs import depths
from graphnet.viz.layout.layered.pieces import Piece
from graphnet.viz.layout.layered.simplex import solve

__all__ = ["Ranking", "rank"]

UNIT = 8  # what an edge of weight 1 pulls; less is for what has no say but needs a place
FRAME_PULL = 4  # what a frame pulls together, by the greatest weight of an edge
BESIDE = 2  # how many spots may lie beside one: to its left and to its right
WORK = 3_000_000  # vertices that network simplex may visit


@dataclass(frozen=True)
class Ranking:
    """The rows of a piece.

    Attributes:
        rank: For every spot its row, from 0.
        hosts: For every spot the one that it lies beside; itself for most.
        first: For every frame its first row.
        last: For every frame its last row.
    """

    rank: list[int]
    hosts: list[int]
    first: list[int]
    last: list[int]


def rank(piece: Piece) -> Ranking:
    """Give every spot a row, so that edges are short and few go upwards."""
    turned = turned_edges(piece)
    tied = _ties(piece, turned) + _rows_of_lone(piece)
    hosts = list(range(len(piece.spots)))
    rows = _solve(piece, tied, hosts)
    if _take_beside(piece, rows, hosts):
        rows = _solve(piece, tied, hosts)
    return _compact(piece, rows, hosts)


def _ties(piece: Piece, turned: list[bool]) -> list[tuple[int, int, int, int]]:
    """Give (upper, lower, length, weight) of edges that have a say.

    An edge of weight 0 has none where it would make the picture much longer, but for one with a
    label, which needs a row.
    """
    firm, loose = [], []
    for edge, own in enumerate(piece.edges):
        tail, head = piece.tails[edge], piece.heads[edge]
        if tail == head:
            continue
        tie = (head, tail) if turned[edge] else (tail, head)
        if own.weight > 0 or own.width > 0:
            firm.append((*tie, 2 if own.width > 0 else 1, own.weight * UNIT))
        else:
            loose.append((*tie, 1, 0))
    count = len(piece.spots)
    lengths = [tie[2] for tie in firm]
    above = depths(count, [tie[0] for tie in firm], [tie[1] for tie in firm], lengths)
    below = depths(count, [tie[1] for tie in firm], [tie[0] for tie in firm], lengths)
    longest = max(above, default=0)
    longest += max(2, longest // 4)
    pulled = {end for tie in firm for end in tie[:2]}
    for upper, lower, length, _ in loose:
        if above[upper] + length + below[lower] <= longest:
            weight = 0 if upper in pulled and lower in pulled else 1
            firm.append((upper, lower, length, weight))
    return firm


def _rows_of_lone(piece: Piece) -> list[tuple[int, int, int, int]]:
    """Give ties that put many spots of a frame that have no edges below each other, in rows."""
    ends = {*piece.tails, *piece.heads}
    lone: dict[int, list[int]] = {}
    for spot, home in enumerate(piece.homes):
        if spot not in ends:
            lone.setdefault(home, []).append(spot)
    ties = []
    for spots in lone.values():
        columns = max(3, ceil(sqrt(len(spots))))
        ties += [(*pair, 1, UNIT) for pair in zip(spots, spots[columns:], strict=False)]
    return ties


def _solve(piece: Piece, tied: list[tuple[int, int, int, int]], hosts: list[int]) -> list[int]:
    """Give the rows of spots, then those above and below each frame in turns."""
    count = len(piece.spots)
    ties = [
        (hosts[upper], hosts[lower], length, weight)
        for upper, lower, length, weight in tied
        if hosts[upper] != hosts[lower]
    ]
    top = [count + 2 * frame for frame in range(len(piece.frames))]
    for spot, home in enumerate(piece.homes):
        if hosts[spot] == spot:
            ties += [(top[home], spot, 0, 0), (spot, top[home] + 1, 0, 0)]
    pull = FRAME_PULL * UNIT * max([1, *(edge.weight for edge in piece.edges)])
    for frame in range(1, len(piece.frames)):
        outer = piece.outer[frame]
        ties.append((top[frame], top[frame] + 1, 0, pull))
        ties += [(top[outer], top[frame], 0, 0), (top[frame] + 1, top[outer] + 1, 0, 0)]
    tails, heads, lengths, weights = ([tie[part] for tie in ties] for part in range(4))
    whole = count + 2 * len(piece.frames)
    rows = solve(whole, tails, heads, lengths, weights, WORK)
    for spot in range(count):
        rows[spot] = rows[hosts[spot]]
    return rows


def _take_beside(piece: Piece, rows: list[int], hosts: list[int]) -> bool:
    """Let sources that lie just above what uses them lie beside it."""
    entered = {head for tail, head in zip(piece.tails, piece.heads, strict=True)}
    users: dict[int, list[int]] = {}
    for tail, head in zip(piece.tails, piece.heads, strict=True):
        users.setdefault(tail, []).append(head)
    guests = [0] * len(piece.spots)
    for edge, own in enumerate(piece.edges):
        tail, head = piece.tails[edge], piece.heads[edge]
        if not own.beside or own.width > 0 or tail in entered or hosts[tail] != tail:
            continue
        later = all(user == head or rows[user] > rows[head] for user in users[tail])
        at_home = piece.homes[tail] == piece.homes[head]
        if later and at_home and guests[head] < BESIDE and users[tail].count(head) == 1:
            hosts[tail] = head
            guests[head] += 1
    return any(guests)


def _compact(piece: Piece, rows: list[int], hosts: list[int]) -> Ranking:
    """Leave out rows without spots, but for one each where labels need room."""
    count = len(piece.spots)
    used = set(rows[:count])
    for edge, own in enumerate(piece.edges):
        ends = sorted((rows[piece.tails[edge]], rows[piece.heads[edge]]))
        if own.width > 0 and ends[0] < ends[1]:
            used.add((ends[0] + ends[1]) // 2)
    place = {row: at for at, row in enumerate(sorted(used))}
    ranks = [place[row] for row in rows[:count]]
    first, last = [len(place)] * len(piece.frames), [-1] * len(piece.frames)
    for spot, home in enumerate(piece.homes):
        first[home] = min(first[home], ranks[spot])
        last[home] = max(last[home], ranks[spot])
    for frame in range(len(piece.frames) - 1, 0, -1):
        outer = piece.outer[frame]
        first[outer], last[outer] = min(first[outer], first[frame]), max(last[outer], last[frame])
    return Ranking(ranks, hosts, first, last)
