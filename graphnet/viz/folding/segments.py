"""Segments: long rows of cards without scopes, cut into parts of which each is one card."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby

from graphnet.viz.folding.blocks import Block, Item, Leaf
from graphnet.viz.scene import Box

__all__ = ["cut"]


def cut(block: Block, limit: int) -> None:
    """Fold the items of an open block into at most ``limit`` cards.

    Cards that follow each other become one, as "nodes 101 to 200". Scopes stay as they are if
    they leave room for that. As all of a segment lie in one row, arrows between segments lead
    forward where those between the cards do.
    """
    runs = list(runs_of(block.items, lambda item: isinstance(item, Leaf)))
    if len(runs) > limit:
        runs = list(runs_of(block.items, lambda item: isinstance(item, Leaf) or not item.is_open))
    size = smallest_size(runs, limit)
    cards: list[Item] = []
    done = 0
    for run in runs:
        for start in range(0, len(run), size):
            part = run[start : start + size]
            count = sum(map(node_count, part))
            cards.append(part[0] if len(part) == 1 else segment(block, part, done, count))
            done += count
    block.items = cards


def runs_of(items: Iterable[Item], joins: Callable[[Item], bool]) -> Iterator[list[Item]]:
    """Give the rows of items that may be joined, and every other item for itself."""
    for may_join, group in groupby(items, joins):
        row = list(group)
        yield from [row] if may_join else ([item] for item in row)


def smallest_size(runs: Sequence[Sequence[Item]], limit: int) -> int:
    """Give the smallest length of the parts with which there are at most ``limit``."""
    low, high = 1, max(map(len, runs))
    while low < high:
        middle = (low + high) // 2
        if sum(-(-len(run) // middle) for run in runs) <= limit:
            high = middle
        else:
            low = middle + 1
    return low


def segment(block: Block, items: list[Item], before: int, count: int) -> Block:
    """Give a part of a row, which begins after ``before`` nodes and has ``count``."""
    label = f"nodes {before + 1:,} to {before + count:,}"
    first, last = items[0], items[-1]
    if isinstance(first, Block) and isinstance(last, Block):
        label = f"{first.label} to {last.label}"
    path = f"{block.box.key}/{label}" if block.box.key else label
    return Block(Box(path, label), items, block.level, plain=True)


def node_count(item: Item) -> int:
    """Give how many nodes an item stands for."""
    return sum(len(card.members) for card in item.all_cards())
