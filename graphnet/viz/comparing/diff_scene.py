"""The picture of a difference: both graphs in one."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple, Self, TypeAlias

from graphnet.ir.node import Node
from graphnet.viz.scene import Box, Card, Change, Kind, Link, Scene, Way, boxes_around
from graphnet.viz.views.nodes import is_small, keys_of, value_text
from graphnet.viz.views.parts import Parts, kind_of
from graphnet.viz.views.select import Selection
from graphnet.viz.views.views import Sheet, Shown

__all__ = ["Remark", "Union", "scene_of_union"]


@dataclass(frozen=True, eq=False)
class Union:
    """Two sets of nodes, those that are the same one taken together.

    Attributes:
        before: The nodes of the first set, and what they are called.
        after: Those of the second set.
        forth: For nodes of the first set their partners in the second.
        kept: The nodes of both that the user has asked for by name.
    """

    before: dict[Node, str]
    after: dict[Node, str]
    forth: dict[Node, Node]
    kept: tuple[list[Node], list[Node]]

    @classmethod
    def of(cls, first: Selection, second: Selection, forth: dict[Node, Node]) -> Self:
        """Make it from what is compared."""
        (before, wanted), (after, awaited) = first, second
        return cls(keys_of(before), keys_of(after), forth, (wanted, awaited))

    @property
    def order(self) -> Iterator[Node]:
        """The nodes of the second set, and among them those that only the first has.

        These come in front of what is new in the same place.
        """
        back = {new: old for old, new in self.forth.items()}
        before = list(self.before)
        position = {node: place for place, node in enumerate(before)}
        start, new = 0, []
        for node in self.after:
            if node not in back:
                new.append(node)
                continue
            stop = max(position[back[node]], start)
            yield from (old for old in before[start:stop] if old not in self.forth)
            yield from new
            yield node
            start, new = stop, []
        yield from (old for old in before[start:] if old not in self.forth)
        yield from new

    def keys(self) -> dict[Node, str]:
        """Give the key of every node in the picture: partners share one, all others differ."""
        keys = dict(self.after)
        taken = set(keys.values())
        for node, name in self.before.items():
            if node in self.forth:
                keys[node] = self.after[self.forth[node]]
                continue
            key = name
            while key in taken:
                key += " (removed)"
            taken.add(key)
            keys[node] = key
        return keys


class Remark(NamedTuple):
    """What the picture says of a node.

    Attributes:
        change: What has become of it.
        details: Lines for its card.
        wiring: Lines for its card if no arrow shows them.
        renaming: A line for those who point at it.
    """

    change: Change = Change.SAME
    details: tuple[str, ...] = ()
    wiring: tuple[str, ...] = ()
    renaming: tuple[str, ...] = ()


def scene_of_union(
    union: Union, remarks: Mapping[Node, Remark], title: str, notes: Iterable[str] = ()
) -> Scene:
    """Give the picture of two sets of nodes in one.

    Constants of few elements are written into the cards that use them, unless they differ.

    Args:
        union: The nodes.
        remarks: What there is to say of nodes.
        title: What stands above the picture.
        notes: What stands below.
    """
    keys = union.keys()
    asked = wanted(union)
    differing = [node for node, remark in remarks.items() if remark.change is not Change.SAME]
    plain = [*asked, *(node for node in differing if kind_of(node) is Kind.CONSTANT)]
    old, new = (sheet(nodes, plain, keys) for nodes in (union.before, union.after))
    drawn = [node for node in union.order if node in old.keys or node in new.keys]
    shown = {keys[node] for node in drawn}
    links = [
        link for link in both(arrows(old), arrows(new)) if link.tail in shown and link.head in shown
    ]
    told = {link.head for link in links if link.change is not Change.SAME}
    cards = []
    for node in drawn:
        card = (new if node in union.after else old).card(node)
        card = replace(card, kept=node in asked)
        cards.append(marked(card, node, remarks.get(node, Remark()), told))
    return Scene(title, tuple(cards), tuple(links), boxes(cards), tuple(notes))


def marked(card: Card, node: Node, remark: Remark, told: Collection[str]) -> Card:
    """Give a card with what there is to say of its node; of ``told`` ones arrows say something."""
    own = (*(value_lines(node) if not remark.details else ()), *remark.details)
    wiring = () if card.key in told else remark.wiring
    about = (card.about, *remark.details, *remark.wiring, *remark.renaming)
    return replace(
        card,
        details=(*card.details, *own, *wiring),
        change=remark.change,
        about="\n".join(filter(None, about)),
    )


def value_lines(node: Node) -> Iterator[str]:
    """Give the line with the elements of a constant, if they are few."""
    if is_small(node):
        yield f"value = {value_text(node)}"


def wanted(union: Union) -> set[Node]:
    """Give the nodes that the user asked for by name, and their partners."""
    back = {new: old for old, new in union.forth.items()}
    before, after = union.kept
    partners = [union.forth[node] for node in before if node in union.forth]
    others = [back[node] for node in after if node in back]
    return {*before, *after, *partners, *others}


def sheet(nodes: Mapping[Node, str], kept: Iterable[Node], keys: Mapping[Node, str]) -> Sheet:
    """Give the sheet of one set of nodes, whose cards have the keys of the picture."""
    own = list(nodes)
    made = Sheet(own, [node for node in kept if node in nodes], Parts(own), Shown())
    made.keys = {node: keys[node] for node in made.drawn}
    return made


Place: TypeAlias = tuple[str, str, int, bool]
"""Both ends of an arrow, which operand it is, or that it only orders."""


def arrows(sheet: Sheet) -> dict[Place, Link]:
    """Give the arrows of a sheet."""
    found: dict[Place, Link] = {}
    for node in sheet.drawn:
        for link in sheet.links(node, near=False):
            ordering = link.way is Way.CONTROL
            found[link.tail, link.head, 0 if ordering else link.slot, ordering] = link
    return found


def both(old: Mapping[Place, Link], new: Mapping[Place, Link]) -> Iterator[Link]:
    """Give the arrows of two pictures, each with what has become of it."""
    for place, link in new.items():
        was = old.get(place)
        if was is None:
            yield replace(link, change=Change.ADDED)
        elif was.label != link.label and was.label and link.label:
            yield replace(link, change=Change.CHANGED, label=f"{was.label} -> {link.label}")
        else:
            yield replace(link, change=Change.SAME)
    for place, link in old.items():
        if place not in new:
            yield replace(link, change=Change.REMOVED)


def boxes(cards: Iterable[Card]) -> tuple[Box, ...]:
    """Give the boxes of cards, marked where all that is inside is added, or removed."""
    inside: dict[str, set[Change | None]] = {}
    for card in cards:
        path = card.box
        while path:
            inside.setdefault(path, set()).add(card.change)
            path = path.rpartition("/")[0]
    found = []
    for box in boxes_around(cards):
        changes = inside[box.key]
        change = next(iter(changes)) if len(changes) == 1 else Change.CHANGED
        found.append(replace(box, change=change))
    return tuple(found)
