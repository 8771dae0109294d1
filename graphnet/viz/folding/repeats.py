"""Repeats: equal blocks that follow each other, or lie side by side, are shown once."""

from collections.abc import Collection, Hashable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple, TypeAlias

from graphnet.viz.folding.blocks import Block, Item, Leaf
from graphnet.viz.folding.merging import Marks, Merger, is_named, leaves_of, unit_of
from graphnet.viz.folding.structure import Bond, Structure
from graphnet.viz.folding.twins import fold_twins
from graphnet.viz.scene import Link

__all__ = ["fold_repeats"]

LONGEST = 16
"""Items that a repeated block may consist of."""

FEWEST_SCOPES, FEWEST_CARDS = 3, 4
"""Copies of blocks with and without scopes that become one."""


class Repeat(NamedTuple):
    """Equal units that follow each other in a row of items.

    Attributes:
        start: The number of the first item.
        period: How many items a unit has.
        copies: How many units there are.
    """

    start: int
    period: int
    copies: int

    def starts(self) -> range:
        """Give the numbers of the first items of the units."""
        return range(self.start, self.end, self.period)

    def part(self, first: int, copies: int) -> "Repeat":
        """Give a part of it, from unit ``first`` on."""
        return Repeat(self.start + first * self.period, self.period, copies)

    @property
    def end(self) -> int:
        """The number of the item behind."""
        return self.start + self.period * self.copies


def fold_repeats(root: Block, links: Sequence[Link]) -> Marks:
    """Show the repeats in all blocks once.

    Units are equal if their ops, specs, static arguments, and the arrows and scopes inside are,
    whatever the names. They are a repeat if each feeds the next one in the same way, and those
    farther off as well, or if they have the same neighbors of their own part, as scopes also have
    if there are none.

    Args:
        root: The root of the blocks, which is changed: every leaf that stays stands for the
            equal cards of all copies.
        links: The arrows between the cards.

    Returns:
        In which copies the cards were: arrows between copies are not to be seen.
    """
    structure = Structure(root, links)
    merger = Merger(root, structure)
    rows = Rows(merger)
    pending = [(root, structure.bonds[root])]
    while pending:
        block, bonds = pending.pop()
        inner = rows.fold(block, bonds)
        blocks = [item for item in reversed(block.items) if isinstance(item, Block)]
        pending += [(item, inner.get(item) or structure.bonds.get(item, [])) for item in blocks]
    for block in root.blocks():
        fold_twins(block, merger)
    return merger.marks


class Rows:
    """Finds repeats in rows of items, and folds them.

    Args:
        merger: What merges them.
    """

    def __init__(self, merger: Merger) -> None:
        self.merger = merger
        self.structure = merger.structure

    def fold(self, block: Block, bonds: Sequence[Bond]) -> dict[Block, list[Bond]]:
        """Show the repeats in a block once; give the arrows in units of several items."""
        items, block.items = block.items, []
        units: dict[Block, list[Bond]] = {}
        done = 0
        for repeat in self.choose(items, bonds):
            block.items += items[done : repeat.start]
            rows = [items[at : at + repeat.period] for at in repeat.starts()]
            self.merger.merge(rows)
            if repeat.period == 1:
                block.items += rows[0]
            else:
                unit = unit_of(rows[0], block, repeat.copies)
                block.items.append(unit)
                units[unit] = inner_bonds(bonds, repeat.start, repeat.period)
            done = repeat.end
        block.items += items[done:]
        return units

    def choose(self, items: Sequence[Item], bonds: Sequence[Bond]) -> list[Repeat]:
        """Give the repeats in a row of items, in order: those first that cover most."""
        codes = [self.structure.code[item] for item in items]
        leaving: list[list[Bond]] = [[] for _ in items]
        for bond in bonds:
            leaving[bond.tail].append(bond)
        found: list[Repeat] = []
        for run in runs(codes):
            found += self.repeats_in(run, items, leaving)
        found.sort(key=lambda repeat: (repeat.start - repeat.end, repeat.period, repeat.start))
        free = [True] * len(items)
        chosen = []
        for repeat in found:
            if all(free[repeat.start : repeat.end]):
                free[repeat.start : repeat.end] = [False] * (repeat.end - repeat.start)
                chosen.append(repeat)
        return sorted(chosen)

    def repeats_in(
        self, run: Repeat, items: Sequence[Item], leaving: Sequence[Sequence[Bond]]
    ) -> Iterator[Repeat]:
        """Give the repeats in a row of units that look alike, as their arrows allow."""
        unit = items[run.start : run.start + run.period]
        scoped = any(isinstance(item, Block) for item in unit)
        fewest = FEWEST_SCOPES if scoped else FEWEST_CARDS
        single = len(unit) == 1 and isinstance(unit[0], Leaf)
        inner, following, crossed = arrows(run, leaving)
        for _, alike in groupby(range(run.copies), inner.__getitem__):
            numbers = list(alike)
            for follows, pairs in groupby(numbers[:-1], following.__getitem__):
                chain = list(pairs)  # of arrows, one less than of units
                feeds = any(step == 1 for step, *_ in follows)
                if feeds and len(chain) + 1 >= fewest and not (single and is_named(unit[0])):
                    yield run.part(chain[0], len(chain) + 1)
            if not single:
                around = [self.neighbors(run, copy, items, crossed) for copy in numbers]
                for near, side in groupby(zip(around, numbers, strict=True), itemgetter(0)):
                    copies = [copy for _, copy in side]
                    if (near or (scoped and near is not None)) and len(copies) >= fewest:
                        yield run.part(copies[0], len(copies))

    def neighbors(
        self, run: Repeat, copy: int, items: Sequence[Item], crossed: Collection[int]
    ) -> frozenset[Hashable] | None:
        """Give what a unit hangs together with, in its own part; None if with other copies."""
        if copy in crossed:
            return None
        at = run.start + copy * run.period
        start = self.structure.start[items[at]]
        numbers = range(start, start + sum(1 for _ in leaves_of(items[at : at + run.period])))
        return frozenset(
            (place - start, what, id(self.merger.shown(other)))
            for place in numbers
            for other, what in self.structure.near[place]
            if other not in numbers
        )


def runs(codes: Sequence[int]) -> Iterator[Repeat]:
    """Give the longest rows of units with equal codes, for all lengths of units.

    Units that consist of equal smaller units are left out.
    """
    for period in range(1, min(LONGEST, len(codes) // FEWEST_SCOPES) + 1):
        start = 0
        while start + period < len(codes):
            end = start
            while end + period < len(codes) and codes[end] == codes[end + period]:
                end += 1
            copies = (end - start) // period + 1
            if copies >= FEWEST_SCOPES and not is_periodic(codes[start : start + period]):
                yield Repeat(start, period, copies)
            start = end + 1


def is_periodic(unit: Sequence[int]) -> bool:
    """Whether a unit consists of equal smaller units."""
    lengths = (length for length in range(1, len(unit)) if len(unit) % length == 0)
    return any(unit[length:] == unit[:-length] for length in lengths)


Look: TypeAlias = tuple[int, int, int, Hashable]
"""An arrow by how many units on it leads, and by its ends in the units."""

Looks: TypeAlias = dict[int, frozenset[Look]]
"""For the units of a run, by number, some of their arrows."""


def arrows(run: Repeat, leaving: Sequence[Sequence[Bond]]) -> tuple[Looks, Looks, set[int]]:
    """Give the arrows inside each unit, those to and from later ones, and which units they cross.

    A row of units whose arrows to and from later ones are the same has no others between its units.
    """
    inner: dict[int, set[Look]] = {unit: set() for unit in range(run.copies)}
    following: dict[int, set[Look]] = {unit: set() for unit in inner}
    crossed: set[int] = set()
    for tail in range(run.start, run.end):
        unit, first = divmod(tail - run.start, run.period)
        for bond in leaving[tail]:
            other, last = divmod(bond.head - run.start, run.period)
            if 0 <= other < run.copies:
                looks = inner if other == unit else following
                looks[min(unit, other)].add((other - unit, first, last, bond.look))
                if other != unit:
                    crossed |= {unit, other}
    return frozen(inner), frozen(following), crossed


def frozen(looks: dict[int, set[Look]]) -> Looks:
    """Give sets that can be compared and hashed."""
    return {unit: frozenset(look) for unit, look in looks.items()}


def inner_bonds(bonds: Sequence[Bond], start: int, period: int) -> list[Bond]:
    """Give the arrows inside a unit, which begins at ``start``."""
    inside = range(start, start + period)
    return [
        Bond(bond.tail - start, bond.head - start, bond.look)
        for bond in bonds
        if bond.tail in inside and bond.head in inside
    ]
