"""Pieces of SVG: numbers, attributes, ids and texts that XML can hold."""

import json
import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from html import escape

from graphnet.viz.text import is_measured, visible

__all__ = [
    "attributes",
    "digest",
    "is_plain",
    "listed",
    "number",
    "plain",
    "slug",
    "spoken",
    "text",
    "token",
]

BARRED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What no XML can hold, not even as a reference (XML 1.0, section 2.2)."""

SPACES = {"\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
"""White space that readers of XML would change to blanks."""


def number(value: float) -> str:
    """Give a number with one place, or none if that is enough.

    Example:
        >>> number(2.0), number(-0.01), number(1 / 3)
        ('2', '0', '0.3')
    """
    short = f"{value:.1f}".removesuffix(".0")
    return "0" if short == "-0" else short


def is_plain(value: str) -> bool:
    """Whether XML can hold a text as it is."""
    return not BARRED.search(value)


def plain(value: str) -> str:
    """Give a text with what XML can't hold written as in Python."""
    return BARRED.sub(lambda found: visible(found[0]), value)


def attributes(values: Mapping[str, str]) -> str:
    """Give attributes, each after a blank.

    Example:
        >>> print(attributes({"data-name": 'a<b&"c"'}))
         data-name="a&lt;b&amp;&quot;c&quot;"
    """
    return "".join(f' {name}="{attribute(value)}"' for name, value in values.items())


def attribute(value: str) -> str:
    """Give a text as the value of an attribute that is read back as it is."""
    if value.isalnum() and value.isascii():
        return value
    quoted = escape(plain(value))
    return re.sub(r"[\t\n\r]", lambda found: SPACES[found[0]], quoted)


def spoken(title: str, about: str = "") -> str:
    """Give what a screen reader says, and what a browser shows to who points at it."""
    found = f"<title>{escape(visible(title), quote=False)}</title>"
    if about:
        lines = "\n".join(map(visible, about.split("\n")))
        found += f"<desc>{escape(lines, quote=False)}</desc>"
    return found


def text(x: float, y: float, content: str, name: str = "", room: float | None = None) -> str:
    """Give a line of text.

    Args:
        x: Where its middle is, or its start, as its class says.
        y: Where its base line is.
        content: The text.
        name: Its class.
        room: How wide it has to be whatever font the viewer has, if that matters. Scripts whose
            widths are only guessed are left as they are: to be stretched would do them no good.
    """
    look = f' class="{name}"' if name else ""
    if room is not None and is_measured(content):
        look += f' textLength="{number(room)}" lengthAdjust="spacingAndGlyphs"'
    words = escape(content, quote=False)
    return f'<text x="{number(x)}" y="{number(y)}"{look}>{words}</text>'


def listed(names: Iterable[str]) -> str:
    """Give names as a JSON list, which can hold every name."""
    return BARRED.sub(
        lambda found: f"\\u{ord(found[0]):04x}", json.dumps([*names], ensure_ascii=False)
    )


def digest(text: str) -> str:
    """Give a short word that differs from text to text."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def token(name: str) -> str:
    """Give a name as a part of an id; no two names give the same.

    Example:
        >>> token("dense/matmul_1"), token("a b"), token(".")
        ('dense.matmul_1', 'a:20:b', ':2e:')
    """
    return re.sub(
        r"[^A-Za-z0-9_-]",
        lambda found: "." if found[0] == "/" else f":{ord(found[0]):x}:",
        name,
    )


def slug(name: str) -> str:
    """Give a word of data as a part of the name of an attribute."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower())
