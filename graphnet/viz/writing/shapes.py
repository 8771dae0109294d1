"""The forms of cards: what a node is can be told without color."""

from collections.abc import Callable

from graphnet.viz.layout.sketch import Rect
from graphnet.viz.scene import Kind
from graphnet.viz.writing.cards import SHEETS
from graphnet.viz.writing.marks import number

__all__ = ["outline", "rounded"]

SLANT, CAP, FOLD, TIP, BAR = 8, 4.5, 8, 6, 4
"""Of placeholders, variables, constants, writes and Python functions, in pixels."""


def outline(kind: Kind, rect: Rect) -> str:
    """Give the form of a card.

    Its fill and its border are of the class ``shape``, and of the class ``data`` where the card
    stands for what is stored or fed; lines inside are of the class ``trim``.

    Args:
        kind: What the card is.
        rect: Where it is.

    Example:
        >>> outline(Kind.OP, Rect(0, 0, 40, 20))
        '<rect class="shape" x="0" y="0" width="40" height="20" rx="6"/>'
    """
    return FORMS[kind](rect)


def rounded(rect: Rect, radius: float, name: str = "shape") -> str:
    """Give a rectangle with round corners."""
    left, top, right, bottom = rect
    size = f'width="{number(right - left)}" height="{number(bottom - top)}"'
    return (
        f'<rect class="{name}" x="{number(left)}" y="{number(top)}" {size} rx="{number(radius)}"/>'
    )


def path(name: str, *steps: str | float) -> str:
    """Give a path."""
    words = " ".join(step if isinstance(step, str) else number(step) for step in steps)
    return f'<path class="{name}" d="{words}"/>'


def op(rect: Rect) -> str:
    """Give a rectangle with round corners."""
    return rounded(rect, 6)


def group(rect: Rect) -> str:
    """Give a pill."""
    return rounded(rect, min((rect.bottom - rect.top) / 2, 14), "shape data")


def call(rect: Rect) -> str:
    """Give a rectangle with a second line at each side, as of a subroutine in a flow chart."""
    left, top, right, bottom = rect
    bars = ("M", left + BAR, top, "V", bottom, "M", right - BAR, top, "V", bottom)
    return rounded(rect, 2) + path("trim", *bars)


def placeholder(rect: Rect) -> str:
    """Give a parallelogram, as of input in a flow chart."""
    left, top, right, bottom = rect
    slanted = ("M", left + SLANT, top, "H", right, "L", right - SLANT, bottom, "H", left, "Z")
    return path("shape data", *slanted)


def random(rect: Rect) -> str:
    """Give a hexagon."""
    left, top, right, bottom = rect
    middle, cut = (top + bottom) / 2, min(SLANT, (bottom - top) / 3)
    upper = ("M", left + cut, top, "H", right - cut, "L", right, middle)
    return path("shape", *upper, "L", right - cut, bottom, "H", left + cut, "L", left, middle, "Z")


def write(rect: Rect) -> str:
    """Give a rectangle with a tip that points down."""
    left, top, right, bottom = rect
    edge = bottom - min(TIP, (bottom - top) / 3)
    tip = ("L", (left + right) / 2, bottom, "L", left, edge)
    return path("shape data", "M", left, top, "H", right, "V", edge, *tip, "Z")


def constant(rect: Rect) -> str:
    """Give a sheet with a corner folded over."""
    left, top, right, bottom = rect
    sheet = ("M", left, top, "H", right - FOLD, "L", right, top + FOLD, "V", bottom, "H", left, "Z")
    fold = ("M", right - FOLD, top, "V", top + FOLD, "H", right)
    return path("shape", *sheet) + path("trim", *fold)


def variable(rect: Rect) -> str:
    """Give a cylinder, as of stored data in a flow chart."""
    left, top, right, bottom = rect
    cap = min(CAP, (bottom - top) / 5)
    upper, lower, middle = top + cap, bottom - cap, (right - left) / 2
    arc = ("A", middle, cap, "0 0")
    wall = ("M", left, upper, *arc, "1", right, upper, "V", lower, *arc, "1", left, lower, "Z")
    return path("shape data", *wall) + path("trim", "M", left, upper, *arc, "0", right, upper)


def scope(rect: Rect) -> str:
    """Give a stack of sheets."""
    left, top, right, bottom = rect
    found = []
    for out in (0, SHEETS / 2, SHEETS):
        sheet = Rect(left + SHEETS - out, top + SHEETS - out, right - out, bottom - out)
        found.append(rounded(sheet, min(6, (bottom - top) / 5)))
    return "".join(found)


FORMS: dict[Kind, Callable[[Rect], str]] = {
    Kind.PLACEHOLDER: placeholder,
    Kind.VARIABLE: variable,
    Kind.CONSTANT: constant,
    Kind.RANDOM: random,
    Kind.CALL: call,
    Kind.WRITE: write,
    Kind.GROUP: group,
    Kind.OP: op,
    Kind.SCOPE: scope,
}
