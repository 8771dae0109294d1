"""Merging: the first of some equal units stands for all."""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from graphnet.viz.folding.blocks import Block, Item, Leaf
from graphnet.viz.folding.structure import NAMED, Structure
from graphnet.viz.scene import Box

__all__ = ["Marks", "Merger", "is_named", "leaves_of", "unit_of"]

Marks: TypeAlias = dict[str, list[tuple[int, int]]]
"""For the cards in repeats, by key: which repeats they are in, outer ones first, and which copy."""


class Merger:
    """Merges equal units, and knows what became of the cards.

    Args:
        root: The root of the blocks.
        structure: What they look like.

    Attributes:
        structure: What they looked like before.
        marks: In which copies the cards are.
    """

    def __init__(self, root: Block, structure: Structure) -> None:
        self.structure = structure
        self.marks: Marks = {key: [] for key in structure.number}
        self.stands_for = list(root.leaves())  # by number of the leaf
        self.count = 0

    def merge(self, units: Sequence[Sequence[Item]]) -> None:
        """Let the first of some equal units stand for all."""
        self.count += 1
        first = list(leaves_of(units[0]))
        for copy, unit in enumerate(units):
            for leaf, other in zip(first, leaves_of(unit), strict=True):
                for card in other.cards:
                    self.marks[card.key].append((self.count, copy))
                if other is not leaf:
                    leaf.cards += other.cards
                    self.stands_for[self.number(other)] = leaf
        inside: list[Item] = [*first]
        inside += (block for item in units[0] if isinstance(item, Block) for block in item.blocks())
        for item in inside:
            item.copies *= len(units)

    def number(self, leaf: Leaf) -> int:
        """Give the number of a leaf."""
        return self.structure.number[leaf.cards[0].key]

    def shown(self, number: int) -> Leaf:
        """Give the leaf that stands for the one with a number."""
        leaf = self.stands_for[number]
        while (shown := self.stands_for[self.number(leaf)]) is not leaf:
            leaf = shown
        return leaf


def leaves_of(items: Sequence[Item]) -> Iterator[Leaf]:
    """Give the leaves of a row of items."""
    return (leaf for item in items for leaf in item.leaves())


def is_named(item: Item) -> bool:
    """Whether an item is a card that has a name of its own, as that of a variable."""
    return isinstance(item, Leaf) and item.cards[0].kind in NAMED


def unit_of(items: list[Item], block: Block, copies: int) -> Block:
    """Give a block without a scope around a unit of several items, which is merged."""
    cards = [card for item in (items[0], items[-1]) for card in item.all_cards()]
    path = f"{cards[0].key} … {cards[-1].key}"
    box = Box(path, "block", part=cards[0].part)
    return Block(box, items, block.level, copies, plain=True)
