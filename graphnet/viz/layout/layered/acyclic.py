"""Cycles: which edges are laid out against their direction, so that none is left."""

import networkx as nx

from graphnet.viz.layout.layered.graphs import depths, incidences, topological_order
from graphnet.viz.layout.layered.pieces import Piece

__all__ = ["turned_edges"]


def turned_edges(piece: Piece) -> list[bool]:
    """Tell for every edge whether it is turned; those that remain and those turned make no cycle.

    Edges back to a vertex on the way of a depth-first search are turned (Gansner, Koutsofios,
    North, Vo 1993, section 2.1). Edges of weight 0 give way to the others.
    """
    firm = [edge for edge, own in enumerate(piece.edges) if own.weight > 0]
    loose = [edge for edge, own in enumerate(piece.edges) if own.weight <= 0]
    turned = [False] * len(piece.edges)
    for edge in _back_edges(piece, firm):
        turned[edge] = True
    _turn_loose(piece, firm, loose, turned)
    return turned


def _back_edges(piece: Piece, edges: list[int]) -> list[int]:
    count = len(piece.spots)
    heads = [piece.heads[edge] for edge in edges]
    leaving = incidences(count, [piece.tails[edge] for edge in edges])
    entered = [False] * count
    for tail, head in zip([piece.tails[edge] for edge in edges], heads, strict=True):
        entered[head] = entered[head] or tail != head
    found: list[int] = []
    state = bytearray(count)  # 1: on the way, 2: left for good
    for start in sorted(range(count), key=lambda spot: entered[spot]):
        if state[start]:
            continue
        state[start] = 1
        way = [(start, iter(leaving[start]))]
        while way:
            spot, rest = way[-1]
            for edge in rest:
                head = heads[edge]
                if not state[head]:
                    state[head] = 1
                    way.append((head, iter(leaving[head])))
                    break
                if state[head] == 1 and head != spot:
                    found.append(edges[edge])
            else:
                state[spot] = 2
                way.pop()
    return found


def _turn_loose(piece: Piece, firm: list[int], loose: list[int], turned: list[bool]) -> None:
    """Turn the loose edges that lie on cycles and go against the depth that the others give."""
    ways = [_way(piece, edge, turned) for edge in firm if piece.tails[edge] != piece.heads[edge]]
    tails, heads = [tail for tail, _ in ways], [head for _, head in ways]
    count = len(piece.spots)
    depth = depths(count, tails, heads, [1] * len(ways))
    place = {spot: at for at, spot in enumerate(topological_order(count, tails, heads))}
    whole: nx.DiGraph[int] = nx.DiGraph(ways)
    whole.add_edges_from((piece.tails[edge], piece.heads[edge]) for edge in loose)
    knot = {
        spot: number
        for number, spots in enumerate(nx.strongly_connected_components(whole))
        for spot in spots
    }
    for edge in loose:
        tail, head = piece.tails[edge], piece.heads[edge]
        if knot[tail] == knot[head]:
            turned[edge] = (depth[tail], place[tail]) > (depth[head], place[head])


def _way(piece: Piece, edge: int, turned: list[bool]) -> tuple[int, int]:
    tail, head = piece.tails[edge], piece.heads[edge]
    return (head, tail) if turned[edge] else (tail, head)
