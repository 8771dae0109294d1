"""Structure: which scopes of a scene are equal but for names, and how they hang together."""

import re
from collections.abc import Collection, Hashable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from graphnet.viz.folding.blocks import Block, Item, Leaf
from graphnet.viz.folding.joins import output_of
from graphnet.viz.scene import Card, Kind, Link, Way

__all__ = ["NAMED", "Bond", "Structure"]

NAMED = (Kind.PLACEHOLDER, Kind.VARIABLE, Kind.CONSTANT, Kind.GROUP)
"""Kinds of cards whose headline is their name."""

Look: TypeAlias = tuple[int, int, str, int, str]
"""An arrow by the places of its ends in two items, its way, slot and output."""


class Bond(NamedTuple):
    """An arrow between two items in a row.

    Attributes:
        tail: The number of the item where it begins.
        head: The number of the item where it ends.
        look: What it is, names apart.
    """

    tail: int
    head: int
    look: Look


class Structure:
    """What the blocks of a scene look like, names apart.

    Args:
        root: The root of the blocks; every leaf is one card.
        links: The arrows between the cards.

    Attributes:
        number: The place of every leaf among all, by the key of its card; those of a block follow
            each other.
        start: The number of the first leaf in every item.
        code: A number for every item; equal items have the same one.
        bonds: The arrows between the items of every block.
        near: For every leaf, by its number, the arrows from and to leaves of the same part: the
            number of the other one, and what the arrow is.
    """

    def __init__(self, root: Block, links: Sequence[Link]) -> None:
        self.number: dict[str, int] = {}
        self.start: dict[Item, int] = {}
        self.around: dict[Item, tuple[Block, int]] = {}
        self.find(root)
        self.code: dict[Item, int] = {}
        self.bonds: dict[Block, list[Bond]] = {block: [] for block in root.blocks()}
        self.near: list[list[tuple[int, Hashable]]] = [[] for _ in self.number]
        leaves = {leaf.cards[0].key: leaf for leaf in root.leaves()}
        for link in links:
            self.add(link, leaves[link.tail], leaves[link.head])
        self.compare(root, leaves)

    def find(self, root: Block) -> None:
        """Number the leaves, and find what is around each item."""
        pending: list[Item] = [root]
        while pending:
            item = pending.pop()
            self.start[item] = len(self.number)
            if isinstance(item, Leaf):
                self.number[item.cards[0].key] = len(self.number)
                continue
            for place, inner in enumerate(item.items):
                self.around[inner] = item, place
            pending += reversed(item.items)

    def add(self, link: Link, tail: Leaf, head: Leaf) -> None:
        """Note an arrow at its ends, and in the innermost block around both."""
        one, other = self.start[tail], self.start[head]
        index = output_of(link)
        slot = 0 if link.way is Way.CONTROL else link.slot
        if link.way is not Way.FAR and tail.cards[0].part is head.cards[0].part:
            self.near[one].append((other, ("to", link.way.value, index)))
            self.near[other].append((one, ("from", link.way.value, index)))
        block, first, last = self.meeting(tail, head)
        begin = one - self.start[block.items[first]]
        end = other - self.start[block.items[last]]
        look = (begin, end, link.way.value, slot, index)
        self.bonds[block].append(Bond(first, last, look))

    def meeting(self, tail: Item, head: Item) -> tuple[Block, int, int]:
        """Give the innermost block around two items, and which of its items they are in."""
        (one, first), (other, last) = self.around[tail], self.around[head]
        while one is not other:
            if one.level >= other.level:
                one, first = self.around[one]
            else:
                other, last = self.around[other]
        return one, first, last

    def compare(self, root: Block, names: Collection[str]) -> None:
        """Give every item its code."""
        codes: dict[Hashable, int] = {}
        for leaf in root.leaves():
            self.code[leaf] = codes.setdefault(look_of(leaf.cards[0], names), len(codes))
        for block in reversed(root.blocks()):
            parts = tuple(self.code[item] for item in block.items)
            look = (parts, tuple(sorted(self.bonds[block])), block.box.key if block.pinned else "")
            self.code[block] = codes.setdefault(look, len(codes))


def look_of(card: Card, names: Collection[str]) -> Hashable:
    """Give what is the same for equal nodes of equal blocks."""
    what = card.data.get("op", "" if card.kind in NAMED else card.headline)
    spec = card.data.get("shape"), card.data.get("dtype")
    details = tuple(nameless(card, names))
    return card.kind, what, spec, card.part, card.change, card.kept, card.copies, details


def nameless(card: Card, names: Collection[str]) -> Iterator[str]:
    """Give the details of a card that tell no names: static arguments, specs and sizes."""
    for detail in card.details:
        what, equals, value = detail.partition(" = ")
        if not equals:
            if card.kind in NAMED and not detail.startswith("gradient of "):
                yield detail
        elif value.startswith(("'", '"')) or not is_name(value, names):
            yield f"{re.sub(r'_[0-9]+$', '', what)} = {value}"


def is_name(value: str, names: Collection[str]) -> bool:
    """Whether the value in a detail is the name of a tensor."""
    return "/" in value or value in names or value.rpartition(":")[0] in names
