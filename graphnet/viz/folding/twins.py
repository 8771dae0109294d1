"""Twins: equal cards in a block that lie side by side, in whatever order they were declared."""

from collections.abc import Hashable, Iterator, Sequence

from graphnet.viz.folding.blocks import Block, Item, Leaf
from graphnet.viz.folding.merging import Merger, is_named, unit_of

__all__ = ["fold_twins"]

ROUNDS = 4
"""How far cards are told apart by what is around them."""

FEWEST = 4
"""Copies that become one."""


def fold_twins(block: Block, merger: Merger) -> None:
    """Show once what equal cards of a block do side by side, as updates of equal variables.

    Cards are twins if they look the same and have the same neighbors of their own part, or
    neighbors that are twins as well: those are a unit with them. Variables and placeholders alone
    are twins only if they belong to as many copies of a repeat.
    """
    found = Twins(block, merger)
    gone: set[Item] = set()
    units: dict[Item, Item] = {}
    for classes in found.units():
        rows: list[list[Item]] = [list(row) for row in zip(*classes, strict=True)]
        merger.merge(rows)
        gone.update(item for row in rows[1:] for item in row)
        if len(classes) > 1:
            units[rows[0][0]] = unit_of(rows[0], block, len(rows))
            gone.update(rows[0][1:])
    block.items = [units.get(item, item) for item in block.items if item not in gone]


class Twins:
    """The twins in a block.

    Args:
        block: The block.
        merger: What knows the neighbors of the cards.
    """

    def __init__(self, block: Block, merger: Merger) -> None:
        self.merger = merger
        self.leaves = [item for item in block.items if isinstance(item, Leaf)]
        self.near = {leaf: self.neighbors(leaf) for leaf in self.leaves}
        self.color = self.colored()
        self.classes: dict[int, list[Leaf]] = {}
        for leaf in self.leaves:
            self.classes.setdefault(self.color[leaf], []).append(leaf)
        self.partners = {leaf: self.by_class(leaf) for leaf in self.leaves}

    def neighbors(self, leaf: Leaf) -> list[tuple[Hashable, Leaf]]:
        """Give the neighbors of a leaf in its own part, and what the arrows are."""
        found = self.merger.structure.near[self.merger.number(leaf)]
        return [(what, self.merger.shown(other)) for other, what in found]

    def colored(self) -> dict[Leaf, int]:
        """Give equal numbers to leaves that look the same, and so does what is around them."""
        code = self.merger.structure.code
        color = {leaf: code[leaf] for leaf in self.leaves}
        for _ in range(ROUNDS):
            numbers: dict[Hashable, int] = {}
            looks = {
                leaf: (
                    color[leaf],
                    frozenset((what, color.get(other, id(other))) for what, other in near),
                )
                for leaf, near in self.near.items()
            }
            color = {leaf: numbers.setdefault(look, len(numbers)) for leaf, look in looks.items()}
        return color

    def units(self) -> Iterator[list[list[Leaf]]]:
        """Give the twins: classes of leaves, of which the first ones are a unit, and so on."""
        done: set[int] = set()
        for color, leaves in self.classes.items():
            if color not in done and len(leaves) > 1:
                unit = self.unit(leaves)
                done.update(unit)
                classes = list(unit.values())
                if self.is_whole(classes) and self.is_worth_it(classes):
                    yield classes

    def by_class(self, leaf: Leaf) -> dict[tuple[Hashable, int], list[Leaf]]:
        """Give the neighbors of a leaf that are in the block, by arrow and class."""
        found: dict[tuple[Hashable, int], list[Leaf]] = {}
        for what, other in self.near[leaf]:
            if other in self.color:
                found.setdefault((what, self.color[other]), []).append(other)
        return found

    def unit(self, leaves: list[Leaf]) -> dict[int, list[Leaf]]:
        """Give the classes that hang together with that of ``leaves``, each in its order."""
        found = {self.color[leaves[0]]: leaves}
        pending = [leaves]
        while pending:
            row = pending.pop()
            for arrow, near in self.partners[row[0]].items():
                color = arrow[1]
                if color in found or len(near) > 1 or len(self.classes[color]) != len(row):
                    continue
                partners = [other for leaf in row for other in self.partners[leaf].get(arrow, ())]
                if len(set(partners)) == len(partners) == len(row):
                    found[color] = partners
                    pending.append(partners)
        return found

    def is_whole(self, classes: Sequence[Sequence[Leaf]]) -> bool:
        """Whether the neighbors of each unit are in it, or are those of all units."""
        around = []
        for unit in zip(*classes, strict=True):
            place = {leaf: number for number, leaf in enumerate(unit)}
            around.append(
                {
                    (number, what, place.get(other, other))
                    for number, leaf in enumerate(unit)
                    for what, other in self.near[leaf]
                }
            )
        return all(each == around[0] for each in around)

    def is_worth_it(self, classes: Sequence[Sequence[Leaf]]) -> bool:
        """Whether there are many, or the copies of a repeat have one each."""
        copies = len(classes[0])
        near = [(leaves[0], other) for leaves in classes for _, other in self.near[leaves[0]]]
        if all(is_named(leaves[0]) for leaves in classes):
            return bool(near) and all(other.copies == copies * leaf.copies for leaf, other in near)
        return bool(near) and copies >= FEWEST
