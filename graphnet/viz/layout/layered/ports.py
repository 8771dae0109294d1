"""Ports: where edges meet the sides of spots, spread in the order in which they come."""

from dataclasses import dataclass

__all__ = ["End", "spread"]

SPACE = 13.0  # between two ends at one side
CORNER = 7.0  # between an end and the corner


@dataclass(frozen=True)
class End:
    """An end of an edge at a side of a spot.

    Attributes:
        toward: The x coordinate of what comes next on the edge.
        edge: The edge.
        bend: Whether a bend comes next, that may be straight above or below the end.
        weight: How much it wants to be straight.
    """

    toward: float
    edge: int
    bend: bool
    weight: int

    def strength(self, low: float, high: float) -> tuple[bool, int, bool]:
        """Tell how much it may keep its place: most if it can be straight."""
        return low <= self.toward <= high, self.weight, self.bend


def spread(center: float, half: float, ends: list[End]) -> dict[int, float]:
    """Give x coordinates on a side: each as near as may be to where its edge leads.

    Args:
        center: The middle of the side.
        half: Half its length.
        ends: What meets it.
    """
    reach = max(half - CORNER, half / 2)
    if len(ends) == 1:
        straight = ends[0].bend and abs(ends[0].toward - center) <= reach * 0.7
        return {ends[0].edge: ends[0].toward if straight else center}
    ranked = sorted(ends, key=lambda end: (end.toward, end.edge))
    far = min(reach, SPACE * (len(ends) + 1) / 2)
    low, high = center - far, center + far
    pin = max(range(len(ranked)), key=lambda at: ranked[at].strength(low, high))
    if ranked[pin].weight <= 0 or not low <= ranked[pin].toward <= high:
        places = _between([end.toward for end in ranked], low, high, 0)
    else:
        place = ranked[pin].toward
        places = _between([end.toward for end in ranked[:pin]], low, place, 1)
        places += [place, *_between([end.toward for end in ranked[pin + 1 :]], place, high, -1)]
    return {end.edge: place for end, place in zip(ranked, places, strict=True)}


def _between(wishes: list[float], low: float, high: float, beside: int) -> list[float]:
    """Give places in an interval near to wishes, in their order and apart from each other.

    Args:
        wishes: What they want, ascending.
        low: Where the interval begins.
        high: Where it ends.
        beside: Whether the place just beyond its end (1) or its beginning (-1) is taken.
    """
    if not wishes:
        return []
    space = min(SPACE, (high - low) / max(len(wishes) - 1 + abs(beside), 1))
    if beside > 0:
        high -= space
    elif beside < 0:
        low += space
    found = _ascending([min(max(wish, low), high) - at * space for at, wish in enumerate(wishes)])
    top = high - space * (len(wishes) - 1)
    return [min(max(place, low), top) + at * space for at, place in enumerate(found)]


def _ascending(wishes: list[float]) -> list[float]:
    """Give the nearest sequence that does not fall: pools of neighbors take their means.

    This is the algorithm of Ayer, Brunk, Ewing, Reid, Silverman, "An empirical distribution
    function for sampling with incomplete information", 1955.
    """
    pools: list[tuple[float, int]] = []
    for wish in wishes:
        total, count = wish, 1
        while pools and pools[-1][0] / pools[-1][1] >= total / count:
            total, count = total + pools[-1][0], count + pools[-1][1]
            pools.pop()
        pools.append((total, count))
    return [total / count for total, count in pools for _ in range(count)]
