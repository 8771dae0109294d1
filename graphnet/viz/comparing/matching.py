"""Which nodes of two graphs are the same ones: by identity, by name, by structure, by neighbors.

What is sure comes first, and each pair that is found helps to find others among its neighbors.
Constants come last: they are what takes them, as many are equal, and their names count only how
many there are. The work grows as the number of edges, times the logarithm of the number of pairs to
choose from.
"""

from collections import deque
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from itertools import count

from graphnet.ir.node import Node
from graphnet.ir.text import node_text
from graphnet.ir.traits import Effect
from graphnet.viz.comparing.likeness import (
    Key,
    akin,
    around,
    given_name,
    is_given,
    just_above,
    just_below,
    label_and_name,
    same_above,
    same_below,
    same_in_all,
    same_name,
    same_source,
    same_structure,
    same_use,
    same_value,
)
from graphnet.viz.comparing.signatures import Side, Table

__all__ = ["match"]

EQUAL, ALIKE, CLEAR, GUESS = 0, 1, 2, 3
"""How far growing dares to go: to operands that are computed in the same way, and not named
otherwise by a user; to nodes with equal labels; to those with equal ops, where there is one choice
only; to any with equal ops, in their order."""

PLACED, MADE, LOOSE = 1, 2, 3
"""How much a node says by itself of its place: one that a user has named, or that needs what has a
place; one made of constants alone; one that needs nothing."""


def match(before: Sequence[Node], after: Sequence[Node]) -> dict[Node, Node]:
    """Find the nodes that are the same ones.

    Only nodes whose ops have one name are matched. Matching the other way round gives the same
    pairs.

    Args:
        before: Nodes, in dependency order.
        after: Other nodes, or the same ones, or some of both.

    Returns:
        For each node of ``before`` that has a partner this one, in the order of ``before``.

    Example:
        >>> import graphnet as gn
        >>> x = gn.placeholder((2,), name="x")
        >>> old, new = gn.tanh(x), gn.tanh(x)
        >>> match([x.node, old.node], [x.node, new.node])[old.node].name
        'tanh_1'
    """
    table = Table()
    if precedes(after, before):
        back = Matcher(Side(after, table), Side(before, table)).run()
        found = {old: new for new, old in back.items()}
    else:
        found = Matcher(Side(before, table), Side(after, table)).run()
    return {node: found[node] for node in before if node in found}


def precedes(first: Sequence[Node], second: Sequence[Node]) -> bool:
    """Whether the first of two sets of nodes is to be walked through, and not the second."""
    if len(first) != len(second):
        return len(first) < len(second)
    return list(map(spelled, first)) < list(map(spelled, second))


def spelled(node: Node) -> str:
    """Give a node as text."""
    names = {output: output.name for output in node.outputs}
    return f"{node.name} {node_text(node, names, 8)} {node.specs}"


class Matcher:
    """Pairs of nodes, as far as they are found.

    Args:
        first: The side that is walked through.
        second: The side where partners are looked for.
    """

    def __init__(self, first: Side, second: Side) -> None:
        self.first = first
        self.second = second
        self.forth: dict[Node, Node] = {}
        self.back: dict[Node, Node] = {}
        self.places = places(first.nodes) | places(second.nodes)
        self.serial = count()

    def run(self) -> dict[Node, Node]:
        """Find all pairs."""
        for node in self.first.nodes:
            if node in self.second.label:
                self.join(node, node)
        self.surely(PLACED)
        self.surely(MADE)
        self.by_key(same_source)
        self.sources(LOOSE)
        self.surely(LOOSE)
        for key in (same_value, same_use):
            self.by_key(key, unique=True)
        self.grow(self.forth, ALIKE)
        self.one_by_one(same_structure)
        self.sources(PLACED)
        for key in (given_name, label_and_name):
            self.by_key(key)
            self.grow(self.forth, ALIKE)
        for key in (around, just_below, just_above):
            self.by_key(key, unique=True)
            self.grow(self.forth, CLEAR)
        self.by_key(same_name)
        self.grow(self.forth, GUESS)
        for key in (same_value, same_use):
            self.one_by_one(key)
        return self.forth

    def surely(self, place: int) -> None:
        """Find the pairs about which there is no doubt, among nodes up to a kind of place."""
        single = self.pairs(same_value, place, unique=True)
        self.cones((one, other) for one, other in single if self.used_alike(one, other))
        for key in (same_in_all, same_below):
            self.cones(self.pairs(key, place))
        self.by_key(same_above, place)
        self.by_key(same_structure, place, unique=True)
        self.grow(self.forth, ALIKE)

    def cones(self, pairs: Iterable[tuple[Node, Node]]) -> None:
        """Join pairs that are computed in the same way, with all that they need; the last first."""
        for one, other in reversed(list(pairs)):
            if one not in self.forth and other not in self.back:
                self.join(one, other)
                self.grow([one], EQUAL)

    def used_alike(self, one: Node, other: Node) -> bool:
        """Whether all that is above two nodes is the same."""
        return self.first.up[one] == self.second.up[other]

    def sources(self, place: int) -> None:
        """Join nodes that need nothing where partners take them, from a kind of place on."""
        for one, other in list(self.forth.items()):
            for mine, theirs in self.operands(one, other):
                fit = self.fit(mine, theirs, CLEAR) and akin(mine, theirs, one, other)
                if fit and min(self.places[mine], self.places[theirs]) >= place:
                    self.join(mine, theirs)

    def join(self, one: Node, other: Node) -> None:
        """Note a pair."""
        self.forth[one] = other
        self.back[other] = one

    def left(self, place: int = LOOSE) -> tuple[list[Node], list[Node]]:
        """Give the nodes of both sides that have no partner, up to a kind of place."""
        mine = [node for node in self.first.nodes if node not in self.forth]
        theirs = [node for node in self.second.nodes if node not in self.back]
        return (
            [node for node in mine if self.places[node] <= place],
            [node for node in theirs if self.places[node] <= place],
        )

    def by_key(self, key: Key, place: int = LOOSE, *, unique: bool = False) -> None:
        """Join nodes with the same key in their order; or only where there is one on each side."""
        for one, other in self.pairs(key, place, unique=unique):
            self.join(one, other)

    def pairs(
        self, key: Key, place: int = LOOSE, *, unique: bool = False
    ) -> Iterator[tuple[Node, Node]]:
        """Give nodes with the same key in their order; or only where there is one on each side."""
        mine, theirs = self.left(place)
        others = grouped(theirs, key, self.second)
        for found, nodes in grouped(mine, key, self.first).items():
            partners = others.get(found, ())
            if not unique or len(nodes) == len(partners) == 1:
                yield from zip(nodes, partners, strict=False)

    def one_by_one(self, key: Key) -> None:
        """Join nodes with the same key in their order, and after each pair look around it."""
        mine, theirs = self.left()
        others = {found: deque(nodes) for found, nodes in grouped(theirs, key, self.second).items()}
        for one in mine:
            partners = others.get(key(self.first, one), deque())
            while partners and partners[0] in self.back:
                partners.popleft()
            if partners and one not in self.forth:
                self.join(one, partners.popleft())
                self.grow([one], ALIKE)

    def grow(self, seeds: Iterable[Node], level: int) -> None:
        """Join neighbors of pairs, the most alike first, and neighbors of these.

        Args:
            seeds: The nodes of the first side whose neighbors are looked at.
            level: How far it dares to go.
        """
        if len(self.forth) in (len(self.first.nodes), len(self.second.nodes)):
            return
        heap = [choice for seed in seeds for choice in self.choices(seed, level)]
        heapify(heap)
        while heap:
            _, _, one, other = heappop(heap)
            if one not in self.forth and other not in self.back:
                self.join(one, other)
                for choice in self.choices(one, level):
                    heappush(heap, choice)

    def choices(self, one: Node, level: int) -> Iterator[tuple[int, int, Node, Node]]:
        """Give pairs of neighbors of a pair, with what speaks against each, and a number."""
        other = self.forth[one]
        users = () if level == EQUAL else self.users(one, other, level)
        for mine, theirs in (*self.operands(one, other), *users):
            if self.fit(mine, theirs, level):
                yield self.cost(mine, theirs), next(self.serial), mine, theirs

    def operands(self, one: Node, other: Node) -> Iterator[tuple[Node, Node]]:
        """Give the nodes that stand in the same places before a pair."""
        for mine, theirs in zip(one.inputs, other.inputs, strict=False):
            if mine.index == theirs.index:
                yield mine.node, theirs.node
        yield from zip(one.control, other.control, strict=False)

    def users(self, one: Node, other: Node, level: int) -> Iterator[tuple[Node, Node]]:
        """Give nodes that take the results of a pair in the same places."""
        mine = open_users(self.first, one, self.forth, level)
        theirs = open_users(self.second, other, self.back, level)
        for place, nodes in mine.items():
            yield from aligned(nodes, theirs.get(place, []), guess=level == GUESS)

    def fit(self, one: Node, other: Node, level: int) -> bool:
        """Whether two nodes can become a pair."""
        mine, theirs = self.first.label.get(one), self.second.label.get(other)
        if mine is None or theirs is None or one in self.forth or other in self.back:
            return False
        if level == EQUAL:
            named = one.name == other.name or not (is_given(one) or is_given(other))
            return named and self.first.down[one] == self.second.down[other]
        return mine == theirs or (level > ALIKE and one.op.name == other.op.name)

    def cost(self, one: Node, other: Node) -> int:
        """Give what speaks against a pair."""
        first, second = self.first, self.second
        related = first.down[one] == second.down[other] or first.up[one] == second.up[other]
        unlike = first.label[one] != second.label[other]
        return 4 * unlike + 2 * (one.name != other.name) + (not related)


def places(nodes: Sequence[Node]) -> dict[Node, int]:
    """Give for each node how much it says by itself of its place."""
    found: dict[Node, int] = {}
    constant: set[Node] = set()
    for node in nodes:
        near = (*(tensor.node for tensor in node.inputs), *node.control)
        if is_given(node) or not constant.issuperset(near):
            found[node] = PLACED
        else:
            found[node] = MADE if near else LOOSE
            if node.op.effect not in {Effect.FED, Effect.READS}:
                constant.add(node)
    return found


def grouped(nodes: Iterable[Node], key: Key, side: Side) -> dict[Hashable, list[Node]]:
    """Sort nodes by a key."""
    found: dict[Hashable, list[Node]] = {}
    for node in nodes:
        value = key(side, node)
        if value is not None:
            found.setdefault(value, []).append(node)
    return found


def open_users(
    side: Side, node: Node, done: Mapping[Node, Node], level: int
) -> dict[Hashable, list[Node]]:
    """Give the users of a node that have no partner, by what they take and what they are."""
    found: dict[Hashable, list[Node]] = {}
    for slot, index, user in side.users[node]:
        if user not in done:
            what = side.label[user] if level == ALIKE else user.op.name
            found.setdefault((slot, index, what), []).append(user)
    return found


def aligned(first: list[Node], second: list[Node], *, guess: bool) -> Iterator[tuple[Node, Node]]:
    """Pair nodes that stand in the same place: by name; the others if there is one choice only.

    Args:
        first: Nodes of one side.
        second: Nodes of the other side.
        guess: Whether others are paired in their order where there are several.
    """
    by_name = {node.name: node for node in reversed(second)}
    named = {node: by_name.pop(node.name) for node in first if node.name in by_name}
    yield from named.items()
    taken = set(named.values())
    mine = [node for node in first if node not in named]
    theirs = [node for node in second if node not in taken]
    if guess or len(mine) == len(theirs) == 1:
        yield from zip(mine, theirs, strict=False)
