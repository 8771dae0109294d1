"""Blocks: the scopes of a scene as a tree, which folding changes before it makes cards of it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from graphnet.viz.scene import Box, Card, Scene

__all__ = ["Block", "Item", "Leaf", "simplify", "tree_of"]


@dataclass(eq=False, slots=True)
class Leaf:
    """A card, or equal cards of equal blocks.

    Attributes:
        cards: The cards it stands for, that of the first copy first.
        label: Labels of the boxes that were left out around it, with slashes.
        copies: How many equal blocks it stands for.
    """

    cards: list[Card]
    label: str = ""
    copies: int = 1

    def leaves(self) -> Iterator["Leaf"]:
        """Give itself."""
        yield self

    def all_cards(self) -> Iterator[Card]:
        """Give the cards it stands for."""
        yield from self.cards


@dataclass(eq=False, slots=True)
class Block:
    """A scope with what is in it; the root has no key.

    Attributes:
        box: The scope as a box.
        items: What is directly in it, in reading order.
        level: How many scopes that show something are around it, itself counted; 0 for the root.
        copies: How many equal blocks it stands for.
        pinned: Whether it has to be open.
        is_open: Whether it is a frame around its items, and not one card.
        plain: Whether it is a part of a row of cards, and no scope.
    """

    box: Box
    items: list["Leaf | Block"] = field(default_factory=list)
    level: int = 0
    copies: int = 1
    pinned: bool = False
    is_open: bool = False
    plain: bool = False

    @property
    def label(self) -> str:
        """What is written on it."""
        return self.box.label

    def blocks(self) -> list["Block"]:
        """Give this block and all inside, each before those in it."""
        found: list[Block] = []
        pending = [self]
        while pending:
            block = pending.pop()
            found.append(block)
            pending += [item for item in reversed(block.items) if isinstance(item, Block)]
        return found

    def leaves(self) -> Iterator[Leaf]:
        """Give the leaves inside, at all depths, in reading order."""
        pending: list[Leaf | Block] = [self]
        while pending:
            item = pending.pop()
            if isinstance(item, Leaf):
                yield item
            else:
                pending += reversed(item.items)

    def all_cards(self) -> Iterator[Card]:
        """Give the cards it stands for, those at all depths."""
        return (card for leaf in self.leaves() for card in leaf.cards)


Item: TypeAlias = Leaf | Block


def tree_of(scene: Scene, pinned: Collection[str] = ()) -> Block:
    """Give the root of the scopes of a scene.

    Args:
        scene: The scene.
        pinned: Paths of the scopes that have to be open, and names of nodes whose scopes have to.
    """
    root = Block(Box("", ""), is_open=True)
    blocks = {"": root} | {box.key: Block(box) for box in scene.boxes}
    attached = {""}
    for card in scene.cards:
        path = card.box
        blocks[path].items.append(Leaf([card]))
        while path not in attached:
            attached.add(path)
            around = blocks[path].box.box
            blocks[around].items.append(blocks[path])
            path = around
    ends = [card.box for card in scene.cards if card.key in pinned]
    for path in [*ends, *(path for path in pinned if path in blocks)]:
        pin(path, blocks)
    return root


def pin(path: str, blocks: dict[str, Block]) -> None:
    """Say that a scope and all around it have to be open."""
    while path and not blocks[path].pinned:
        blocks[path].pinned = True
        path = blocks[path].box.box


def simplify(root: Block) -> None:
    """Take out the scopes that show nothing: around one card, or around one scope."""
    for block in reversed(root.blocks()):
        block.items = [without_frame(item) for item in block.items]
    for block in root.blocks():
        for item in block.items:
            if isinstance(item, Block):
                item.level = block.level + (not item.plain)


def without_frame(item: Item) -> Item:
    """Give the only item in a block, with both labels, or the block itself."""
    if isinstance(item, Leaf) or len(item.items) != 1:
        return item
    only = item.items[0]
    if isinstance(only, Leaf):
        only.label = f"{item.label}/{only.label}" if only.label else item.label
        return only
    label = item.label if only.plain else f"{item.label}/{only.label}"
    only.box = replace(only.box, label=label)
    only.pinned |= item.pinned
    return only
