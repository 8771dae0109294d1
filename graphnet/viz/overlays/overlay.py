"""Overlays: times, bytes or norms of gradients, shown by the colors of cards."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import isfinite
from typing import Any, Literal, Protocol, TypeAlias, runtime_checkable

from graphnet.compiler.plan import Plan
from graphnet.errors import ArgumentError, near_names
from graphnet.ir.context import creation_site
from graphnet.ir.units import share_text
from graphnet.viz.overlays.heat import Colors
from graphnet.viz.overlays.values import UNITS, Overlay, refused
from graphnet.viz.plans.moments import Act, moments, node_keys
from graphnet.viz.scene import Card, Kind, Scene

__all__ = ["Overlay", "Overlayable", "as_overlay", "overlay"]

LITTLE = 0.0005
"""A share of the whole that is not worth a remark where it is not shown."""

NAMED = 3
"""How many names a message has."""

COMMIT = "commit to variables"
"""What the copies of new values are called where they are no cards; no node has such a name."""

GIVEN = "values are given by tensor, node, or name of a node"
SIZED = "draw a function of session.compile that was called: its shapes are known"

FACTS = (
    *("box", "copies", "dtype", "heat", "key", "members", "name"),
    *("nodes", "op", "place", "shape", "source", "step"),
)
"""Keys of data that say what a card is; no overlay may say something else there."""


@runtime_checkable
class Timed(Protocol):
    """What profiles are, as far as pictures know.

    Attributes:
        times: Seconds by name of node.
        by_step: Seconds of each thing that a run does, in order.
        total: Seconds of everything.
        plan: What was run.
    """

    @property
    def times(self) -> Mapping[str, float]: ...
    @property
    def by_step(self) -> Sequence[float]: ...
    @property
    def total(self) -> float: ...
    @property
    def plan(self) -> Plan: ...


Overlayable: TypeAlias = Overlay | Timed | Mapping[Any, Any] | Literal["bytes"]


def as_overlay(what: Overlayable, scene: Scene) -> Overlay:
    """Give the overlay that something stands for.

    Args:
        what: An overlay or its values; a profile, for times; or "bytes", for the sizes of results
            as far as the cards know them.
        scene: The scene that it is for.

    Raises:
        ArgumentError: It is none of these.
    """
    match what:
        case Overlay():
            return what
        case "bytes":
            sizes = {card.key: card.data["bytes"] for card in scene.cards if "bytes" in card.data}
            return Overlay({key: float(size) for key, size in sizes.items()}, "bytes", "B")
        case Mapping():
            return Overlay(what)
        case Timed():
            return Overlay(times_for(what, scene), "time", "s", whole=what.total)
    raise refused(what)


def times_for(profile: Timed, scene: Scene) -> Mapping[str, float]:
    """Give times by the keys of a scene: of a plan by step, and otherwise by name of node.

    In a plan several nodes may have one name, and what is done for a node has a card of its own.
    """
    keys = node_keys(profile.plan)
    names = {node.name for node in keys}
    timed = list(zip(moments(profile.plan), profile.by_step, strict=True))
    by_step = {each.key(keys): time for each, time in timed}
    shown = {member for card in scene.cards for member in members(card)}
    if not shown.isdisjoint(by_step.keys() - names):
        return by_step
    commit = sum(time for each, time in timed if each.act is Act.COMMIT)
    return {**profile.times, COMMIT: commit} if commit else profile.times


def overlay(scene: Scene, what: Overlayable) -> Scene:
    """Give the cards of a scene heat, from 0 to 1, by values of the nodes that they stand for.

    Args:
        scene: The scene, folded or not.
        what: As for ``as_overlay``.

    Raises:
        ArgumentError: No value belongs to a node in the picture, or a value is no number.

    Example:
        >>> from graphnet.viz.scene import Kind
        >>> card = Card("tanh", Kind.OP, "tanh")
        >>> hot = overlay(Scene("one op", (card,)), Overlay({"tanh": 0.002}, "time", "s"))
        >>> hot.cards[0].heat, hot.cards[0].details, hot.scale
        (1.0, ('2.00 ms',), Scale(label='time', low='0 ns', high='2.00 ms'))
    """
    chosen, sizes = as_overlay(what, scene), isinstance(what, str)
    named = chosen.named
    found: dict[str, list[float]] = {}
    for card in scene.cards:
        names = dict.fromkeys((*members(card), card.key))
        own = [named[name] for name in names if name in named]
        if own:
            found[card.key] = own
    if not found:
        raise nothing_fits(chosen, scene, SIZED if sizes else GIVEN)
    values = {key: chosen.joined(numbers) for key, numbers in found.items()}
    colors = Colors.of(chosen, list(values.values()))
    cards = tuple(
        painted(card, found[card.key], chosen, colors) if card.key in found else card
        for card in scene.cards
    )
    unknown = unsized(scene) if sizes else ()
    notes = (*scene.notes, *remarks(chosen, scene, values), *unknown)
    return replace(scene, cards=cards, notes=notes, scale=colors.scale(chosen))


def members(card: Card) -> tuple[str, ...]:
    """Give the names of what a card stands for."""
    return card.members or (card.key,)


def painted(card: Card, numbers: list[float], chosen: Overlay, colors: Colors) -> Card:
    """Give a card its heat, with the value as a line, and where programs find it."""
    value = chosen.joined(numbers)
    text = chosen.text(value)
    if chosen.whole and isfinite(value):
        text += f", {share_text(value / chosen.whole)}"
    if chosen.join != "largest":
        text += " in all" * (card.copies > 1)
    elif len(numbers) > 1 and isfinite(value):
        text = f"at most {text}"
    line = text if chosen.unit in UNITS else f"{chosen.label} {text}"
    exact = f"{value:.0f}" if value.is_integer() else f"{value:.6g}"
    return replace(
        card,
        heat=colors.heat(value),
        details=(*card.details, line),
        about="\n".join(filter(None, [card.about, f"{chosen.label}: {text}"])),
        data={**card.data, data_key(chosen.label): exact},
    )


def remarks(chosen: Overlay, scene: Scene, values: Mapping[str, float]) -> Iterator[str]:
    """Give what is to be said below the picture: values that are not finite, or not shown."""
    wrong = [key for key, value in values.items() if not isfinite(value)]
    if wrong:
        more = f" and {len(wrong) - NAMED} more" if len(wrong) > NAMED else ""
        yield f"{chosen.label}: not finite for {', '.join(wrong[:NAMED])}{more}"
    shown = {name for card in scene.cards for name in (*members(card), card.key)}
    hidden = {name: value for name, value in chosen.named.items() if name not in shown}
    largest = sorted(hidden, key=lambda name: -hidden[name])[:NAMED]
    named = f": {', '.join(largest)}{', …' * (len(hidden) > NAMED)}" if largest else ""
    if chosen.whole:
        rest = chosen.whole - sum(values.values())
        if rest > LITTLE * chosen.whole:
            share = share_text(rest / chosen.whole)
            said = f"{chosen.text(rest)} of {chosen.text(chosen.whole)} ({share})"
            yield f"{chosen.label}: {said} not shown here{named}"
    elif hidden:
        yield f"{chosen.label}: of {len(hidden)} more, not shown here{named}"


def unsized(scene: Scene) -> Iterator[str]:
    """Say of how many cards the sizes are not known, if there are such."""
    cards = [card for card in scene.cards if is_unsized(card)]
    if cards:
        in_plan = any("step" in card.data for card in cards)
        until = "they are made" if in_plan else "shapes are fed"
        count = f"{len(cards)} of {len(scene.cards)} cards"
        yield f"{count}: size unknown until {until}"


def is_unsized(card: Card) -> bool:
    """Whether a card stands for a result whose size is not known, or for such only."""
    has_result = "shape" in card.data or card.kind is Kind.SCOPE
    return has_result and "bytes" not in card.data


def nothing_fits(chosen: Overlay, scene: Scene, hint: str) -> ArgumentError:
    """Give the error for values of which the picture shows none."""
    names = list(chosen.named)
    if not names:
        return ArgumentError(
            f"draw: the overlay of {chosen.label} has no values",
            at=str(creation_site()),
            hint=hint,
        )
    shown = [member for card in scene.cards for member in members(card)]
    near = next(filter(None, (near_names(name, shown) for name in names[:NAMED])), None)
    return ArgumentError(
        f"draw: no node in the picture has a {chosen.label} in the overlay",
        at=str(creation_site()),
        rows=[(name, chosen.text(chosen.named[name])) for name in names[:NAMED]],
        hint=near or hint,
    )


def data_key(label: str) -> str:
    """Give a label as part of the name of an attribute."""
    key = re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-") or "value"
    return f"{key}-value" if key in FACTS else key
