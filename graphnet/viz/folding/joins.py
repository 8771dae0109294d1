"""Joins: between two cards there is one arrow, whatever is folded into them."""

from collections import Counter
from collections.abc import Mapping, Sequence

from graphnet.viz.folding.folded import change_of, total_text
from graphnet.viz.scene import Card, Kind, Link, Way

__all__ = ["join_links", "output_of"]

STRENGTH = (Way.VALUE, Way.GRADIENT, Way.INPLACE, Way.VIEW, Way.FAR, Way.CONTROL)
"""Ways that become one arrow where a scope is folded, the ones that win first."""


def join_links(
    links: Sequence[Link], holder: Mapping[str, Card], origin: Mapping[str, int]
) -> tuple[Link, ...]:
    """Join the arrows between the same two cards.

    Arrows between cards of single nodes stay as they are, except those that lead far.

    Args:
        links: The arrows, those between equal copies left out.
        holder: The card that stands for each of the old ones, by its key.
        origin: A number for each of the old cards, the same one for equal cards of copies.
    """
    bundles: dict[tuple[str, str, Way | None, int], list[Link]] = {}
    ranks: Counter[tuple[str, str]] = Counter()
    for link in links:
        tail, head = holder[link.tail], holder[link.head]
        if is_hidden(link, tail, head):
            continue
        folded = Kind.SCOPE in (tail.kind, head.kind)
        way = None if folded and link.way in STRENGTH else link.way
        rank = 0 if folded else ranks[link.tail, link.head]
        ranks[link.tail, link.head] += 1
        bundles.setdefault((tail.key, head.key, way, rank), []).append(link)
    speaking = any(link.label for link in links)
    return tuple(joined(bundle, holder, origin, speaking) for bundle in bundles.values())


def is_hidden(link: Link, tail: Card, head: Card) -> bool:
    """Whether an arrow is inside a card, or leads far.

    Cards of single nodes name what they take from afar. Of the other arrows those stay that lead
    from one folded scope to another beside it: they cover no more than there is to see.
    """
    if link.way is Way.FAR:
        folded = tail.kind is Kind.SCOPE and head.kind is Kind.SCOPE
        return tail is head or not folded or tail.box != head.box
    return tail is head and (len(tail.members) > 1 or tail.kind is Kind.SCOPE)


def joined(
    bundle: Sequence[Link], holder: Mapping[str, Card], origin: Mapping[str, int], speaking: bool
) -> Link:
    """Give one arrow for several, which carries each tensor once; some are ``speaking`` ones."""
    bundle = [link for link in bundle if link.way is not Way.CONTROL] or bundle
    first = bundle[0]
    tail, head = holder[first.tail], holder[first.head]
    copied = max(tail.copies, head.copies) > 1  # then as many as one of the copies has
    tensors: dict[tuple[int | str, str], Link] = {}
    for link in bundle:
        source = origin[link.tail] if copied else link.tail
        tensors.setdefault((source, output_of(link)), link)
    way = min((link.way for link in bundle), key=rank_of)
    label, data = first.label, first.data
    if len(tensors) > 1 and way is not Way.CONTROL:
        sizes = [link.data["bytes"] for link in tensors.values() if "bytes" in link.data]
        data = {"tensors": str(len(tensors))} | ({"bytes": total_text(sizes)} if sizes else {})
        label = f"{len(tensors):,} tensors" if speaking else ""
    elif speaking and not label and tail.kind is Kind.SCOPE:
        label = f"{data.get('dtype', '')}{data.get('shape', '')}"  # as cards of sources say it
    change = change_of(link.change for link in bundle)
    return Link(tail.key, head.key, way, label, first.slot, change, data)


def output_of(link: Link) -> str:
    """Give which of the outputs of its tail an arrow carries, whatever the tail is called."""
    _, colon, index = link.data.get("tensor", "").rpartition(":")
    return index if colon and index.isdecimal() else ""


def rank_of(way: Way) -> int:
    """Give the place of a way among those that win."""
    return STRENGTH.index(way) if way in STRENGTH else len(STRENGTH)
