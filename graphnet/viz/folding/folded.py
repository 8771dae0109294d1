"""Folded cards: one card for many nodes."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from graphnet.ir.units import count_text, size_text
from graphnet.viz.folding.blocks import Block, Leaf
from graphnet.viz.scene import Card, Change, Kind

__all__ = ["block_card", "change_of", "leaf_card", "total_text"]

LISTED = 30
"""Names of nodes that a folded card lists."""

GIVEN = 5
"""Specs of what others need that a folded card lists."""

OPS = 3
"""Ops that a folded card tells, the most frequent ones."""

SUMS = ("parameters", "bytes", "time", "calls")
"""What is added up over the nodes that a card stands for."""


def leaf_card(leaf: Leaf, box: str) -> Card:
    """Give the card of one node, or of the equal nodes of several copies."""
    card = labeled(leaf.cards[0], leaf.label)
    if len(leaf.cards) == 1:
        return replace(card, box=box)
    return replace(
        card,
        box=box,
        members=members(leaf.cards),
        copies=card.copies * leaf.copies,
        kept=any(each.kept for each in leaf.cards),
        change=change_of(each.change for each in leaf.cards),
        heat=hottest(leaf.cards),
        about=f"{card.about}\n{listed(members(leaf.cards))}".strip(),
        data={**card.data, **sums(leaf.cards), "nodes": str(len(members(leaf.cards)))},
    )


def labeled(card: Card, label: str) -> Card:
    """Give a card that tells the labels of the boxes that were left out around it.

    They go before its name, which is the headline or the last of the details, or are a detail.
    """
    if not label:
        return card
    if card.headline != card.data.get("op", ""):
        return replace(card, headline=f"{label}/{card.headline}")
    last = card.details[-1] if card.details else ""
    name = last.removeprefix("of ")
    if last and f"{card.key}/".startswith(f"{card.box}/{name}/"):
        of = last.removesuffix(name)
        return replace(card, details=(*card.details[:-1], f"{of}{label}/{name}"))
    return replace(card, details=(*card.details, label))


def block_card(block: Block, key: str, box: str, leaving: Sequence[str]) -> Card:
    """Give the card of a folded scope.

    Args:
        block: The scope.
        key: Key of the card.
        box: Path of the box around it.
        leaving: Specs of what others need of it.
    """
    cards = list(block.all_cards())
    names = members(cards)
    totals = sums(cards)
    return Card(
        key,
        Kind.SCOPE,
        block.label,
        tuple(block_details(block, cards)),
        Counter(card.part for card in cards).most_common(1)[0][0],
        box,
        names,
        block.copies,
        any(card.kept for card in cards),
        change_of(card.change for card in cards),
        hottest(cards),
        "\n".join([*(f"gives {spec}" for spec in leaving[:GIVEN]), listed(names)]),
        {"name": block.box.key, "nodes": str(len(names)), **totals},
    )


def block_details(block: Block, cards: Sequence[Card]) -> Iterable[str]:
    """Give what the card of a folded scope says: of one copy, if there are several."""
    each = " each" if block.copies > 1 else ""
    count = sum(len(card.members) for card in cards) // block.copies
    yield f"{count_text(count, 'node')}{each}"
    yield ops_text(cards)
    if found := [card for card in cards if "parameters" in card.data]:
        numbers = sums(found)
        amount = number(numbers["parameters"]) / block.copies
        size = number(numbers.get("bytes", "0")) / block.copies
        yield f"{count_text(amount, 'parameter')}, {size_text(size)}{each}"
    changes = Counter(card.change for card in cards if card.change is not None)
    changes.pop(Change.SAME, None)
    if changes:
        yield ", ".join(f"{changes[change]} {change.value}" for change in Change if changes[change])


def ops_text(cards: Iterable[Card]) -> str:
    """Give the most frequent ops of some cards; sources are no ops."""
    counts = Counter(
        card.data.get("op", card.headline)
        for card in cards
        if card.kind not in (Kind.PLACEHOLDER, Kind.VARIABLE, Kind.CONSTANT)
    )
    common = [op for op, _ in counts.most_common(OPS)]
    return ", ".join([*common, "…"] if len(counts) > OPS else common)


def members(cards: Iterable[Card]) -> tuple[str, ...]:
    """Give the nodes that some cards stand for."""
    return tuple(name for card in cards for name in card.members)


def listed(names: Sequence[str]) -> str:
    """Give a list of names, cut where it gets long; one per line."""
    more = [f"and {len(names) - LISTED:,} more"] if len(names) > LISTED else []
    return "\n".join([*names[:LISTED], *more])


def change_of(changes: Iterable[Change | None]) -> Change | None:
    """Give the change of what stands for several: theirs if they agree."""
    found = {change for change in changes if change is not None}
    if len(found) > 1:
        return Change.CHANGED
    return found.pop() if found else None


def hottest(cards: Iterable[Card]) -> float | None:
    """Give the greatest heat of some cards: there is no sum of places on a scale."""
    return max((card.heat for card in cards if card.heat is not None), default=None)


def sums(cards: Iterable[Card]) -> dict[str, str]:
    """Add up what the cards know of sizes and times."""
    found: dict[str, list[str]] = {}
    for card in cards:
        for name in SUMS:
            if name in card.data:
                found.setdefault(name, []).append(card.data[name])
    return {name: total_text(texts) for name, texts in found.items()}


def total_text(texts: Iterable[str]) -> str:
    """Give the sum of numbers as they are in the data of cards."""
    return f"{sum(map(number, texts)):.15g}"


def number(text: str) -> float:
    """Give a number as it is in the data of a card; 0 for what is none."""
    try:
        return float(text)
    except ValueError:
        return 0
