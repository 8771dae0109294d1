"""Plans, and places of values, in words."""

from graphnet.compiler.steps import (
    Block,
    Fed,
    Fixed,
    Held,
    Number,
    Own,
    Part,
    Place,
    Slot,
    Span,
    Taken,
    View,
)
from graphnet.viz.views.titles import listed

__all__ = ["place_text"]

WORDS: dict[type, str] = {
    Fed: "fed",
    Held: "variable",
    Fixed: "constant",
    Own: "memory of its own",
    Taken: "made anew",
    Number: "a number",
}


def place_text(place: Place | None) -> str:
    """Give a place as pictures show it.

    Example:
        >>> place_text(Slot(64, 128)), place_text(Taken())
        ('[64:192]', 'made anew')
    """
    match place:
        case Slot(start, size):
            return f"[{start}:{start + size}]"
        case Part(whole, index):
            return f"part {index} of {whole.name}"
        case Span(variables):
            return f"into {listed(variable.name for variable in variables)}"
        case View(base):
            return f"view of {base.name}"
        case Block(room):
            return f"memory {room} of a block"
    return WORDS.get(type(place), "")
