"""How wide a text is, and what of it is shown where it is too wide.

No font is at hand when a picture is made, and each viewer has its own. Widths are those of
Helvetica, which Arial, Liberation Sans and Nimbus Sans share.
"""

import re
from unicodedata import category, combining, east_asian_width, normalize

__all__ = ["is_measured", "shorten", "visible", "width", "wrap"]

PLAIN = (
    *(278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278),
    *(556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556),
    *(1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778),
    *(667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556),
    *(333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556),
    *(556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584),
)
"""Widths of the characters from the space to the tilde, in thousandths of the font size."""

BOLD = (
    *(278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278),
    *(556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611),
    *(975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778),
    *(667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556),
    *(333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611),
    *(611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584),
)
"""The same in bold."""

OTHER = 600
"""Width of a character that is in no table."""

ELLIPSIS = "…"

WIDE = {ELLIPSIS: 1000, "→": 1000, "\N{MULTIPLICATION SIGN}": 584, "Δ": 668, "∂": 494}

HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029"  # controls and line ends
    "\u200e\u200f\u202a-\u202e\u2066-\u2069"  # what turns the direction of writing
    "\ud800-\udfff\ufffe\uffff]"  # what is no character
)


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Give how wide a text is, in pixels.

    Args:
        text: The text, one line.
        size: The font size, in pixels.
        bold: Whether it is written in bold.

    Example:
        >>> width("matmul", 10), round(width("matmul", 10, bold=True), 2)
        (32.78, 35.56)
    """
    table = BOLD if bold else PLAIN
    return sum(thousandths(character, table) for character in text) * size / 1000


def thousandths(character: str, table: tuple[int, ...]) -> int:
    """Give the width of a character, in thousandths of the font size."""
    place = ord(character) - 32
    if 0 <= place < len(table):
        return table[place]
    if character in WIDE:
        return WIDE[character]
    if is_attached(character):
        return 0
    if east_asian_width(character) in "WF":
        return 1000
    letter = ord(normalize("NFD", character)[0]) - 32  # of one with an accent
    return table[letter] if 0 <= letter < len(table) else OTHER


def is_measured(text: str) -> bool:
    """Whether the widths of all characters are known, and not guessed.

    Example:
        >>> is_measured("naïve, …"), is_measured("λ")
        (True, False)
    """
    letters = (character for character in text if character not in WIDE)
    return all(0 <= ord(normalize("NFD", letter)[0]) - 32 < len(PLAIN) for letter in letters)


def is_attached(character: str) -> bool:
    """Whether a character takes no room of its own."""
    return bool(combining(character)) or category(character) in ("Mn", "Me", "Cf")


def visible(text: str) -> str:
    r"""Give a text with the characters that can't be seen written as in Python.

    XML does not even allow most of them.

    Example:
        >>> visible("two\nlines\0")
        'two\\nlines\\x00'
    """
    return HIDDEN.sub(lambda found: ascii(found[0])[1:-1], text)


def shorten(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """Give a text that fits, with an ellipsis in the middle: names differ at both ends.

    Args:
        text: The text, one line.
        room: How wide it may be, in pixels.
        size: The font size, in pixels.
        bold: Whether it is written in bold.

    Example:
        >>> shorten("encoder/block_3/attention/softmax", 100, 10)
        'encoder/b…n/softmax'
    """
    if width(text, size, bold=bold) <= room:
        return text
    table = BOLD if bold else PLAIN
    left = room * 1000 / size - WIDE[ELLIPSIS]
    start, end = 0, len(text)
    while start < end:
        ahead = start <= len(text) - end
        left -= thousandths(text[start] if ahead else text[end - 1], table)
        if left < 0:
            break
        start, end = (start + 1, end) if ahead else (start, end - 1)
    return joined(text[:start], text[end:])


def joined(start: str, end: str) -> str:
    """Join two ends of a text; what belongs to a character that is gone goes, too."""
    while end and is_attached(end[0]):
        end = end[1:]
    return f"{start}{ELLIPSIS}{end}"


def wrap(text: str, room: float, size: float, lines: int = 3, *, bold: bool = False) -> list[str]:
    """Give a text in lines that fit; where there are too many, its middle is left out.

    Args:
        text: The text, one line.
        room: How wide a line may be, in pixels.
        size: The font size, in pixels.
        lines: How many lines there may be.
        bold: Whether it is written in bold.

    Example:
        >>> wrap("ids = model/embedding/ids, axis = (0, 1)", 110, 10)
        ['ids = model/embedding/', 'ids, axis = (0, 1)']
    """
    share = float(lines)
    found = broken(shorten(text, room * share, size, bold=bold), room, size, bold=bold)
    while len(found) > lines:
        share -= 0.1
        found = broken(shorten(text, room * share, size, bold=bold), room, size, bold=bold)
    return found


def broken(text: str, room: float, size: float, *, bold: bool) -> list[str]:
    """Break a text into lines that fit, if it can be between words."""
    found, line = [], ""
    for piece in re.findall(r"[^ /,;|_]*(?:[/,;|_]+ *| +|$)", text):
        if line and width(line + piece.rstrip(), size, bold=bold) > room:
            found.append(line.rstrip())
            line = ""
        line += piece
        while len(line) > 1 and width(line.rstrip(), size, bold=bold) > room:
            fits = fitting(line, room, size, bold=bold)
            found.append(line[:fits])
            line = line[fits:]
    return [*found, line.rstrip()] if line.strip() or not found else found


def fitting(text: str, room: float, size: float, *, bold: bool) -> int:
    """Give how many characters fit into a line; one at least."""
    left = room * 1000 / size
    for count, character in enumerate(text):
        left -= thousandths(character, BOLD if bold else PLAIN)
        if left < 0:
            return max(count, 1)
    return len(text)
