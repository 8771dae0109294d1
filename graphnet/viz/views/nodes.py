"""From nodes to cards and arrows: what a picture says about each."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields

import numpy as np

from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor
from graphnet.ir.text import literal, node_text
from graphnet.ir.units import count_text, size_text
from graphnet.viz.scene import Card, Kind, Link, Part, Way
from graphnet.viz.views.parts import is_gradient, kind_of

__all__ = ["card_of", "is_small", "keys_of", "link_of", "spec_facts", "value_text"]

SMALL = 4
"""Elements of a constant that is written into the cards that use it."""

SOURCES = (Kind.PLACEHOLDER, Kind.VARIABLE, Kind.CONSTANT)
"""Kinds whose cards say their spec, so that arrows from them need not."""


def card_of(
    node: Node,
    key: str,
    box: str = "",
    part: Part = Part.FORWARD,
    details: Iterable[str] = (),
    *,
    kept: bool = False,
) -> Card:
    """Give the card of a node.

    Args:
        node: The node.
        key: What is unique in the picture, as its name is in a declared graph.
        box: Path of the scope that it is drawn in.
        part: What it is there for.
        details: What there is to say besides its static arguments, as operands without an arrow.
        kept: Whether the user asked for it.

    Example:
        >>> import graphnet as gn
        >>> x = gn.placeholder((None, 3), name="x")
        >>> card = card_of(x.sum(1).node, "sum")
        >>> card.headline, card.details
        ('sum', ('axis = (1,)',))
    """
    kind, name = kind_of(node), relative(node.name, box)
    if kind in SOURCES:
        headline, lines = name, [str(node.outputs[0].spec), *sizes(node), *details]
    elif kind is Kind.GROUP:
        headline, lines = name, [node.op.name, *details]
    else:
        headline, lines = node.op.name, [*details, *static(node), own_name(node, name)]
    return Card(
        key,
        kind,
        headline,
        tuple(filter(None, lines)),
        part,
        box,
        members=(key,),
        kept=kept,
        about=about(node),
        data=facts(node),
    )


def link_of(tensor: Tensor, tail: str, head: str, slot: int, way: Way) -> Link:
    """Give the arrow for an operand, between the cards of the keys ``tail`` and ``head``."""
    label = ""
    if kind_of(tensor.node) not in SOURCES:
        index = f":{tensor.index} " if len(tensor.node.outputs) > 1 else ""
        label = f"{index}{tensor.spec}"
    data = {"tensor": tensor.name, **spec_facts(tensor)}
    return Link(tail, head, way, label, slot, data=data)


def keys_of(nodes: Iterable[Node]) -> dict[Node, str]:
    """Give every node its name; where passes have made several of one name, with a number."""
    keys: dict[Node, str] = {}
    taken: dict[str, int] = {}
    for node in nodes:
        key = node.name
        while key in taken:
            taken[node.name] += 1
            key = f"{node.name}#{taken[node.name]}"
        taken[key] = 1
        keys[node] = key
    return keys


def relative(name: str, box: str) -> str:
    """Give a name without the path of the box around it."""
    return name.removeprefix(f"{box}/") if box else name


def own_name(node: Node, name: str) -> str:
    """Give what the name of a node says that its op does not."""
    where, _, own = name.rpartition("/")
    if not re.fullmatch(rf"{re.escape(node.op.name)}(_\d+)?", own):
        return name
    return f"of {where}" if where and is_gradient(node.name) else where


def static(node: Node) -> Iterator[str]:
    """Give the static arguments that differ from their defaults."""
    for field in fields(node.op):  # type: ignore[arg-type]  # every op is a dataclass
        argument = getattr(node.op, field.name)
        is_message = isinstance(argument, str) and " " in argument  # what the op says if it fails
        if isinstance(argument, np.ndarray | Tensor) or is_message:
            continue
        if argument != field.default:
            yield f"{field.name} = {literal(argument, {}, SMALL)}"


def sizes(node: Node) -> Iterator[str]:
    """Give how many numbers a variable holds, and how many bytes they take."""
    spec = node.outputs[0].spec
    if kind_of(node) is Kind.VARIABLE and spec.ndim and spec.size is not None:
        word = "parameter" if is_trained(node) else "number"
        yield f"{count_text(spec.size, word)}, {size_text(spec.nbytes or 0)}"


def is_trained(node: Node) -> bool:
    """Whether a node is a variable that optimizers update."""
    return kind_of(node) is Kind.VARIABLE and getattr(node.op, "trainable", True)


def value_text(node: Node) -> str:
    """Give the elements of a constant in one line, however a user lets NumPy print arrays."""
    elements = np.asarray(getattr(node.op, "value", None))
    with np.printoptions(
        precision=4,
        threshold=SMALL,
        suppress=False,
        sign="-",
        floatmode="maxprec",
        formatter=None,
        legacy=False,
    ):
        return re.sub(r"\n\s*", " ", np.array2string(elements, separator=", "))


def is_small(node: Node) -> bool:
    """Whether a node is a constant that fits into the cards of those that use it."""
    return node.op.name == "constant" and (node.outputs[0].spec.size or 0) <= SMALL


def about(node: Node) -> str:
    """Give what a reader sees who points at the card: the node as text, and its line."""
    names = {output: output.name for output in node.outputs}
    specs = ", ".join(map(str, node.specs))
    return "\n".join(filter(None, [node_text(node, names, SMALL), specs, str(node.site)]))


def facts(node: Node) -> dict[str, str]:
    """Give what programs find in the picture."""
    found = {"name": node.name, "op": node.op.name, "source": str(node.site)}
    if len(node.outputs) == 1:
        found |= spec_facts(node.outputs[0])
    if is_trained(node) and (size := node.outputs[0].spec.size) is not None:
        found["parameters"] = str(size)
    return found


def spec_facts(tensor: Tensor) -> dict[str, str]:
    """Give shape, dtype and, where it is known, the number of bytes."""
    spec = tensor.spec
    shape = ", ".join(map(str, spec.shape))
    known = {} if spec.nbytes is None else {"bytes": str(spec.nbytes)}
    return {"shape": f"[{shape}]", "dtype": spec.dtype.name, **known}
