"""The view of a plan: what is called in which order, on which memory."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from graphnet.compiler.fates import Outcome
from graphnet.compiler.history import History
from graphnet.compiler.plan import Plan
from graphnet.compiler.steps import Held, Own, Place, Slot, Span, View
from graphnet.compiler.steps import Part as PartOfWhole
from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor
from graphnet.ir.units import size_text
from graphnet.viz.plans.lifetimes import Lifetimes
from graphnet.viz.plans.moments import Act, Moment, node_keys, parts_of_plan
from graphnet.viz.plans.places import place_text
from graphnet.viz.scene import Box, Card, Kind, Link, Part, Scene, Way, boxes_around
from graphnet.viz.views.nodes import card_of, is_small, link_of, value_text
from graphnet.viz.views.titles import listed, plan_title

__all__ = ["plan_scene"]

VERBS = {
    Outcome.SIMPLIFIED: "for",
    Outcome.MERGED: "also",
    Outcome.JOINED: "joins",
    Outcome.ABSORBED: "absorbs",
}
"""How a card calls the declared nodes that it stands for."""

MANY = 60
"""Cards up to which a picture can be read as a whole."""

REMARKS = 3
"""How many remarks of the compiler stand below the picture."""


def plan_scene(
    plan: Plan,
    history: History | None = None,
    title: str | None = None,
    scopes: bool | None = None,
) -> Scene:
    """Give the scene of a plan: one card for each thing that a run does, with its number.

    Views are arrows, since nothing is computed there; so are concatenations whose parts are made
    in place.

    Args:
        plan: The plan.
        history: What the compiler did to the declared nodes, to tell it on the cards.
        title: What stands above the picture.
        scopes: Whether frames show the scopes of names; None for plans that must be folded.

    Example:
        >>> import graphnet as gn
        >>> x = gn.placeholder((2,), name="x")
        >>> graph = x.graph.subgraph([gn.exp(gn.tanh(x))], [x])
        >>> scene = plan_scene(gn.compiler.compile_graph(graph, [x.spec]))
        >>> for card in scene.cards:
        ...     print(card.headline, card.details)
        x ('float32[2]', 'fed')
        1 tanh ('float32[2]', '[0:64]')
        2 exp ('float32[2]', 'made anew')
    """
    times = Lifetimes(plan)
    if scopes is None:
        given = len(plan.graph.inputs) + len(plan.variables)
        scopes = len(times.moments) + given > MANY
    return Sheet(times, history, scopes).scene(title or plan_title(plan))


class Source(NamedTuple):
    """Where a value comes from.

    Attributes:
        key: The card that makes it.
        value: The value that this card makes.
        through: What it is seen through, as ``transpose``.
    """

    key: str
    value: Tensor
    through: tuple[str, ...] = ()


class Sheet:
    """The cards of a plan, and the arrows between them.

    Args:
        times: The lives of the values of the plan.
        history: What the compiler did.
        scopes: Whether frames show the scopes of names.
    """

    def __init__(self, times: Lifetimes, history: History | None, scopes: bool) -> None:
        self.plan = plan = times.plan
        self.history = history
        self.times = times
        self.scopes = scopes
        self.parts = parts_of_plan(plan)
        self.fates = history.by_position() if history else {}
        self.positions = {node: position for position, node in enumerate(plan.graph.nodes)}
        self.keys = node_keys(plan)
        self.moment_keys = {each.number: each.key(self.keys) for each in self.times.moments}
        self.made = set(self.moment_keys.values())
        self.boxes = dict(self.boxes_of_blocks())
        self.sources = self.find_sources()
        self.fetched = set(plan.fetches)
        self.heirs = {life.value: life.heir for life in self.times.lives}
        self.cards: dict[str, Card] = {}
        self.links: dict[tuple[str, str, int], Link] = {}

    def scene(self, title: str) -> Scene:
        """Give the scene."""
        for moment in self.times.moments:
            key = self.moment_keys[moment.number]
            self.add_operands(moment, key)
            self.cards[key] = self.card(moment, key)
        for value in (*self.plan.graph.inputs, *self.plan.fetches):
            for source in self.sources.get(value, ()):
                self.add_given(source)
        cards, links = tuple(self.cards.values()), tuple(self.links.values())
        boxes = {box.key: box for box in boxes_around(cards)}
        boxes |= {box.key: box for box in self.boxes.values()}
        return Scene(title, cards, links, tuple(boxes.values()), tuple(self.notes()))

    # Where values come from

    def find_sources(self) -> dict[Tensor, tuple[Source, ...]]:
        """Give for each value the cards that it comes from: one, or several for concatenations."""
        fills: dict[Node, dict[Tensor, str]] = {}
        made: dict[Tensor, tuple[Source, ...]] = {}
        for moment in self.times.moments:
            key = self.moment_keys[moment.number]
            made.update((value, (Source(key, value),)) for value in moment.makes)
            if moment.act is Act.FILL and moment.node is not None:
                fills.setdefault(moment.node, {})[moment.reads[0]] = key
        once = {(fill.node, fill.index) for fill in self.plan.filled}
        found = dict(made)
        for node in self.keys:
            for value in node.outputs:
                if value not in found:
                    found[value] = tuple(self.alias(node, value, found, fills, once))
        return found

    def alias(
        self,
        node: Node,
        value: Tensor,
        found: dict[Tensor, tuple[Source, ...]],
        fills: dict[Node, dict[Tensor, str]],
        once: set[tuple[Node, int]],
    ) -> Iterator[Source]:
        """Give the cards that a value comes from for which nothing is called."""
        match self.plan.places.get(value):
            case View(base):
                for source in found.get(base, ()):
                    yield source._replace(through=(*source.through, node.op.name))
            case Slot() | Own() | PartOfWhole():
                for index, operand in enumerate(node.inputs):
                    key = fills.get(node, {}).get(operand)
                    if key is not None:
                        yield Source(key, operand)
                    elif (node, index) not in once:
                        yield from found.get(operand, ())
            case _:
                yield Source(self.keys[node], value)

    # Cards

    def add_operands(self, moment: Moment, head: str) -> None:
        """Add the arrows to a card, and the cards of what is given at their other ends."""
        for slot, value in enumerate(moment.reads):
            for source in self.sources[value]:
                if not is_small(source.value.node) or source.value in self.fetched:
                    self.add_given(source)
                    way = self.way(moment, slot, source)
                    link = link_of(source.value, source.key, head, slot, way)
                    label = ", ".join(source.through)
                    self.links[source.key, head, slot] = replace(link, label=label)

    def add_given(self, source: Source) -> None:
        """Add the card of what is there beforehand: feeds, variables, constants."""
        if source.key in self.cards or source.key in self.made:
            return
        node, place = source.value.node, self.plan.places.get(source.value)
        part = self.parts.get(node, Part.FORWARD)
        card = card_of(node, source.key, self.scope(node.name), part)
        if isinstance(place, Span):
            names = [variable.name for variable in place.variables]
            lines = (str(source.value.spec), f"memory of {listed(names)}")
            headline = node.name.removeprefix(f"{card.box}/")
            card = replace(card, kind=Kind.VARIABLE, headline=headline, details=lines)
        word = place_text(place)
        details = card.details if isinstance(place, Span | Held) else (*card.details, word)
        self.cards[source.key] = replace(card, details=details, data={**card.data, "place": word})

    def way(self, moment: Moment, slot: int, source: Source) -> Way:
        """Give what an arrow stands for."""
        heir = self.heirs.get(source.value)
        if slot == moment.inplace or any(made is heir for made in moment.makes):
            return Way.INPLACE
        if source.through:
            return Way.VIEW
        before = self.parts.get(source.value.node, Part.FORWARD)
        return Way.GRADIENT if before is Part.BACKWARD else Way.VALUE

    def scope(self, name: str) -> str:
        """Give the frame for what makes a value."""
        return name.rpartition("/")[0] if self.scopes else ""

    def part(self, moment: Moment) -> Part:
        """Give what a moment is there for."""
        if moment.act is Act.COMMIT:
            return Part.UPDATE
        node = moment.node or moment.reads[0].node
        return self.parts.get(node, Part.FORWARD)

    def card(self, moment: Moment, key: str) -> Card:
        """Give the card of a moment."""
        if moment.act in (Act.CALL, Act.BLOCK, Act.UPDATE):
            return self.card_of_call(moment, key)
        (value,) = moment.reads
        lines = [str(value.spec), value.name]
        if moment.act is Act.COMMIT:
            lines.append(f"to {listed(variable.name for variable in moment.target)}")
        elif moment.act is Act.COPY:
            lines.append(f"for the {moment.why}")
        elif moment.node is not None:
            lines.append(f"into {moment.node.name}")
        return Card(
            key,
            Kind.WRITE if moment.act is Act.COMMIT else Kind.OP,
            f"{moment.number} {moment.label}",
            tuple(lines),
            self.part(moment),
            self.scope(value.name),
            members=(key,),
            kept=moment.why == "fetch",
            data={"step": str(moment.number), "op": moment.label, "name": value.name},
        )

    def card_of_call(self, moment: Moment, key: str) -> Card:
        """Give the card of a call."""
        node = moment.node
        assert node is not None, "please report: a call of nothing"
        in_blocks = moment.number in self.boxes
        box = self.boxes[moment.number].key if in_blocks else self.scope(node.name)
        places = [self.plan.places[value] for value in moment.makes]
        words = [self.place_of_result(moment, place) for place in places]
        lines = [str(value.spec) for value in moment.makes]
        lines += [*dict.fromkeys(words), *self.small_operands(moment)]
        into_variables = any(isinstance(place, Span) for place in places)
        kept = not self.fetched.isdisjoint(moment.makes)
        card = card_of(node, key, box, self.part(moment), lines, kept=kept)
        history = tuple(self.history_of(node))
        return replace(
            card,
            kind=Kind.WRITE if into_variables else card.kind,
            headline=f"{moment.number} {node.op.name}",
            details=(*card.details, *history),
            data={**card.data, "step": str(moment.number), "place": ", ".join(words)},
        )

    def place_of_result(self, moment: Moment, place: Place) -> str:
        """Give where a result lies; which operand lay there before is told by an arrow."""
        word = place_text(place)
        return word if moment.inplace is None else f"{word}, in place"

    def small_operands(self, moment: Moment) -> Iterator[str]:
        """Give the small constants among the operands, which have no arrow."""
        if moment.node is None:
            return
        names = moment.node.op.operand_names()
        for name, value in zip(names, moment.reads, strict=False):
            if is_small(value.node) and value not in self.fetched:
                yield f"{name} = {value_text(value.node)}"

    def history_of(self, node: Node) -> Iterator[str]:
        """Give what a node stands for besides itself."""
        by_verb: dict[str, Counter[str]] = {}
        for fate in self.fates.get(self.positions[node], ()):
            verb = VERBS.get(fate.outcome)
            if verb and fate.stage != "allocate" and fate.name != node.name:
                by_verb.setdefault(verb, Counter())[fate.name.rpartition("/")[2]] += 1
        for verb, counts in by_verb.items():
            words = (f"{name} ({n})" if n > 1 else name for name, n in counts.items())
            yield f"{verb} {listed(words)}"

    # Boxes and notes

    def boxes_of_blocks(self) -> Iterator[tuple[int, Box]]:
        """Give the frames around what is done in blocks, by moment."""
        for step, first, last in self.times.blocks():
            threads = f" on {step.threads} threads" if step.threads > 1 else ""
            label = f"{first} to {last} in {step.number} blocks{threads}"
            box = Box(f"blocks {first}", label)
            yield from ((number, box) for number in range(first, last + 1))

    def notes(self) -> Iterator[str]:
        """Give what stands below the picture."""
        plan = self.plan
        bound = "at least " if plan.largest is None else ""
        sizes = f"memory {size_text(plan.memory)}, peak {bound}{size_text(plan.peak)}"
        yield f"{len(plan.calls)} calls, {sizes}"
        if self.history is not None:
            yield self.history.summary()
        remarks = plan.report.remarks
        yield from remarks[:REMARKS]
        if len(remarks) > REMARKS:
            yield f"and {len(remarks) - REMARKS} more remarks in plan.report"
