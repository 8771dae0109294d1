"""Opening: which scopes are frames around their cards, and which are one card."""

import re
from heapq import heappop, heappush
from itertools import count

from graphnet.viz.folding.blocks import Block
from graphnet.viz.scene import Part

__all__ = ["open_by_depth", "open_by_limit"]

INTEREST = (Part.FORWARD, Part.BACKWARD, Part.UPDATE)
"""Parts, those first whose scopes are opened first."""


def open_by_depth(root: Block, depth: int) -> None:
    """Open the scopes around which less than ``depth`` levels are shown."""
    for block in root.blocks():
        block.is_open = block.level < depth or block.pinned


def open_by_limit(root: Block, limit: int) -> None:
    """Open scopes as long as there are at most ``limit`` cards.

    Scopes of one family, as ``dense``, ``dense_1`` and ``dense_2`` side by side, are opened
    together or not at all. The forward part comes first, in it outer scopes before inner ones, and
    among these the smallest families. Where not all can be open, gradients and updates are open
    only if they leave half of the room: most readers look for the model.
    """
    room = limit if sum(1 for _ in root.leaves()) <= limit else limit // 2
    waiting: list[tuple[int, int, int, int, list[Block]]] = []
    numbers = count()
    opened = [root, *(block for block in root.blocks() if block.pinned)]
    cards = 1
    while opened:
        for block in opened:
            block.is_open = True
            cards += gain(block)
            for family in families(block):
                part = INTEREST.index(family[0].box.part)
                total = sum(map(gain, family))
                heappush(waiting, (part, family[0].level, total, next(numbers), family))
        opened = []
        while waiting and not opened:
            part, _, total, _, family = heappop(waiting)
            if cards + total <= (room if part else limit):
                opened = family


def gain(block: Block) -> int:
    """Give how many more cards there are if a scope is opened."""
    return len(block.items) - 1


def families(block: Block) -> list[list[Block]]:
    """Give the closed blocks that are directly in a block, those of one name together."""
    found: dict[str, list[Block]] = {}
    for item in block.items:
        if isinstance(item, Block) and not item.pinned:
            found.setdefault(re.sub(r"_?\d+$", "", item.label), []).append(item)
    return list(found.values())
