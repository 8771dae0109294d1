"""Folding: from a scene with a card per node to one that can be read at a glance."""

from collections.abc import Collection, Sequence
from dataclasses import replace

import networkx as nx

from graphnet.ir.units import count_text
from graphnet.viz.folding.blocks import Block, Item, Leaf, simplify, tree_of
from graphnet.viz.folding.folded import block_card, leaf_card
from graphnet.viz.folding.joins import join_links
from graphnet.viz.folding.merging import Marks
from graphnet.viz.folding.opening import open_by_depth, open_by_limit
from graphnet.viz.folding.repeats import fold_repeats
from graphnet.viz.folding.segments import cut
from graphnet.viz.scene import Box, Link, Scene, Way

__all__ = ["fold"]


def fold(
    scene: Scene,
    depth: int | None = None,
    limit: int = 60,
    repeats: bool = True,
    keep_open: Collection[str] = (),
) -> Scene:
    """Fold the scopes of a scene, so that it can be read.

    A folded scope is one card of ``Kind.SCOPE``. Its key is the path of the scope and a slash, as
    ``dense/``, for a node may have the name ``dense``. The nodes that cards stand for, their
    ``members``, are those of ``scene``, each in one card.

    Args:
        scene: What is to be shown.
        depth: How many levels of scopes are shown: with 1 the outermost scopes are folded, with 2
            they are open and those in them are folded. Scopes around a single card or scope
            are never shown, and no level. None opens as many scopes as ``limit`` allows.
        limit: How many cards there may be at most, where ``depth`` is None.
        repeats: Whether equal blocks that follow each other, or lie side by side, are shown once.
        keep_open: Paths of scopes that are open anyway, and names of nodes whose scopes are.

    Example:
        >>> from graphnet.viz.scene import Card, Kind, boxes_around
        >>> names = ("x", "dense/matmul", "dense/add", "loss")
        >>> cards = [Card(name, Kind.OP, name, box=name.rpartition("/")[0]) for name in names]
        >>> links = [Link(*pair) for pair in zip(names, names[1:])]
        >>> scene = Scene("net", tuple(cards), tuple(links), boxes_around(cards))
        >>> folded = fold(scene, depth=1)
        >>> [card.key for card in folded.cards]
        ['x', 'dense/', 'loss']
        >>> [(link.tail, link.head) for link in folded.links]
        [('x', 'dense/'), ('dense/', 'loss')]
    """
    root = tree_of(scene, keep_open)
    simplify(root)
    marks: Marks = {}
    if repeats:
        marks = fold_repeats(root, scene.links)
        simplify(root)
    if depth is None:
        open_by_limit(root, limit)
        fit(scene, root, marks, limit)
    else:
        open_by_depth(root, depth)
    return Picture(scene, root, marks).scene()


def fit(scene: Scene, root: Block, marks: Marks, limit: int) -> None:
    """Fold what is in open blocks with more than ``limit`` items."""
    long = [block for block in root.blocks() if block.is_open and len(block.items) > limit]
    if long:
        place = Picture(scene, root, marks).place
        for block in long:
            block.items.sort(key=lambda item: min(place[card.key] for card in item.all_cards()))
            cut(block, limit)


class Picture:
    """A scene made of a tree of blocks.

    Args:
        before: The scene that the tree was made of.
        root: The tree.
        marks: In which copies of repeats the cards are.
    """

    def __init__(self, before: Scene, root: Block, marks: Marks) -> None:
        self.before = before
        self.links = [link for link in before.links if not is_between_copies(link, marks)]
        self.frames: dict[str, Box] = {}
        self.deepest = 0
        self.shown: list[tuple[Item, str]] = []
        self.find(root)
        self.place: dict[str, int] = {}
        self.sort()
        self.keys = self.unique_keys()
        self.origin = {
            card.key: number for number, leaf in enumerate(root.leaves()) for card in leaf.cards
        }

    def find(self, root: Block) -> None:
        """Find what is a card, and what is a box."""
        pending: list[tuple[Item, str]] = [(item, "") for item in reversed(root.items)]
        while pending:
            item, around = pending.pop()
            if isinstance(item, Leaf) or not item.is_open:
                self.shown.append((item, around))
                continue
            self.frames[item.box.key] = replace(
                item.box, box=around, copies=item.copies, times=self.times(item.copies, around)
            )
            self.deepest = max(self.deepest, item.level)
            pending += [(inner, item.box.key) for inner in reversed(item.items)]

    def times(self, copies: int, path: str) -> int | None:
        """Give how many of some copies are in each copy of the box around; None for all."""
        around = self.frames[path].copies if path else 1
        return copies // around if around > 1 else None

    def sort(self) -> None:
        """Put the cards in the order of the first node of each, and after what they depend on."""
        order = {card.key: number for number, card in enumerate(self.before.cards)}
        self.shown.sort(key=lambda shown: min(order[card.key] for card in shown[0].all_cards()))
        self.place = self.places()
        if len(self.shown) < len(order):
            pairs = [
                (self.place[link.tail], self.place[link.head])
                for link in self.links
                if link.way is not Way.WRITE
            ]
            self.shown = [self.shown[number] for number in in_order(len(self.shown), pairs)]
            self.place = self.places()

    def places(self) -> dict[str, int]:
        """Give for the old cards, by key, the number of the new one."""
        return {
            card.key: number
            for number, (item, _) in enumerate(self.shown)
            for card in item.all_cards()
        }

    def unique_keys(self) -> list[str]:
        """Give the keys of the cards: names of nodes, and paths that end in a slash."""
        taken = {card.key for card in self.before.cards}
        keys = []
        for item, _ in self.shown:
            key = item.cards[0].key if isinstance(item, Leaf) else f"{item.box.key}/"
            while isinstance(item, Block) and key in taken:
                key += "/"
            taken.add(key)
            keys.append(key)
        return keys

    def scene(self) -> Scene:
        """Give the scene."""
        leaving = self.leaving()
        cards = [
            leaf_card(item, around)
            if isinstance(item, Leaf)
            else block_card(item, self.keys[place], around, leaving.get(place, []))
            for place, (item, around) in enumerate(self.shown)
        ]
        cards = [replace(card, times=self.times(card.copies, card.box)) for card in cards]
        holder = {key: cards[place] for key, place in self.place.items()}
        links = join_links(self.links, holder, self.origin)
        folded = len(cards) < len(self.before.cards)
        notes = (*self.before.notes, self.note()) if folded else self.before.notes
        return replace(
            self.before,
            cards=tuple(cards),
            links=links,
            boxes=tuple(self.boxes()),
            notes=notes,
        )

    def boxes(self) -> list[Box]:
        """Give the boxes in the order of their first cards, each after the one around it."""
        found: dict[str, Box] = {}
        for _, path in self.shown:
            inner: list[Box] = []
            around = path
            while around and around not in found:
                inner.append(self.frames[around])
                around = inner[-1].box
            found |= {box.key: box for box in reversed(inner)}
        return list(found.values())

    def note(self) -> str:
        """Say what is folded, and how to see it."""
        count = sum(len(card.members) for card in self.before.cards)
        text = f"{count_text(count, 'node')} in {count_text(len(self.shown), 'card')}"
        closed = [item for item, _ in self.shown if isinstance(item, Block)]
        if any(block.plain for block in closed):
            return f"{text}; a greater limit shows more"
        if closed:
            level = max(self.deepest, min(block.level for block in closed))
            return f"{text}; depth={level + 1} opens more"
        return text

    def leaving(self) -> dict[int, list[str]]:
        """Give for the cards, by place, the specs of the values that others need."""
        found: dict[int, dict[str, None]] = {}
        for link in self.links:
            place = self.place[link.tail]
            if link.label and link.way is not Way.FAR and self.place[link.head] != place:
                found.setdefault(place, {})[link.label] = None
        return {place: list(labels) for place, labels in found.items()}


def is_between_copies(link: Link, marks: Marks) -> bool:
    """Whether an arrow leads from one copy of a block to another."""
    pairs = zip(marks.get(link.tail, ()), marks.get(link.head, ()), strict=False)
    return any(one[0] == other[0] and one[1] != other[1] for one, other in pairs)


def in_order(count: int, pairs: Sequence[tuple[int, int]]) -> Sequence[int]:
    """Give numbers below ``count`` so that the second of each pair comes after the first.

    Those that depend on each other stay together. Otherwise the smallest comes first.
    """
    if all(tail <= head for tail, head in pairs):
        return range(count)
    graph = nx.DiGraph(pairs)
    graph.add_nodes_from(range(count))
    circles = [sorted(circle) for circle in nx.strongly_connected_components(graph)]
    parts = nx.condensation(graph, circles)
    first = nx.lexicographical_topological_sort(parts, key=lambda part: circles[part][0])
    return [number for part in first for number in circles[part]]
