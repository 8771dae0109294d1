"""How pictures look: colors, sizes of text, and what becomes of names that are too long.

The palette is that of M. Okabe and K. Ito, "Color Universal Design" (2008), whose colors stay
apart for color-blind readers; its yellow is left out, which is too pale for lines on white.
"""

from typing import TypeAlias

import numpy as np

from graphnet.typing import Array

__all__ = [
    "DEEP",
    "DIM",
    "GRID",
    "INK",
    "MARKERS",
    "NORMAL",
    "PALETTE",
    "PAPER",
    "SMALL",
    "TITLE",
    "Color",
    "color_and_marker",
    "ink_on",
    "number",
    "shorten",
    "tint",
]

Color: TypeAlias = str

PALETTE: tuple[Color, ...] = (
    "#0072b2",  # blue
    "#d55e00",  # vermilion
    "#009e73",  # green
    "#cc79a7",  # purple
    "#e69f00",  # orange
    "#56b4e9",  # sky blue
    "#000000",  # black
)
MARKERS = ("", "o", "s", "^")  # the palette begins anew, with a marker
PAPER: Color = "#ffffff"
BLACK: Color = "#000000"
DEEP: Color = "#004a75"  # the full share in a matrix; white stands out on it
INK: Color = "#1f2937"
DIM: Color = "#5b6675"
GRID: Color = "#e5e7eb"

EXACT = 1e15  # larger numbers have no digits to spare for what they count

TITLE, NORMAL, SMALL = 11.0, 9.5, 8.5  # points


def color_and_marker(index: int) -> tuple[Color, str]:
    """Give what tells the line of this number from the others."""
    rounds, place = divmod(index, len(PALETTE))
    return PALETTE[place], MARKERS[rounds]


def rgb(color: Color) -> Array:
    """Give red, green and blue from 0 to 1."""
    return np.array([int(color[start : start + 2], 16) for start in (1, 3, 5)]) / 255


def tint(color: Color, strength: Array | float) -> Array:
    """Mix a color with white.

    Args:
        color: As ``"#0072b2"``.
        strength: From 0 (white) to 1 (the color), of any shape.

    Returns:
        Red, green and blue from 0 to 1, along a new last axis.

    Example:
        >>> tint("#ff0000", 0.5).tolist()
        [1.0, 0.5, 0.5]
    """
    part = np.asarray(strength, dtype=float)[..., np.newaxis]
    mixed: Array = 1 - part + part * rgb(color)
    return mixed


def ink_on(background: Array) -> Color:
    """Give black or white for text on a background, whichever has the better contrast.

    By the formula of WCAG 2.1, the contrast is never below 4.5, which these ask for.

    Example:
        >>> ink_on(tint("#0072b2", 0.1)), ink_on(tint("#0072b2", 1.0))
        ('#000000', '#ffffff')
    """
    return max(BLACK, PAPER, key=lambda color: contrast(background, rgb(color)))


def contrast(one: Array, other: Array) -> float:
    """Give the contrast ratio of two colors, from 1 (none) to 21 (black on white)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(color: Array) -> float:
    """Give the relative luminance of an sRGB color."""
    linear = np.where(color <= 0.04045, color / 12.92, ((color + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.array([0.2126, 0.7152, 0.0722]))


def shorten(name: str, limit: int) -> str:
    """Shorten a name in its middle, since scopes differ at either end.

    Example:
        >>> shorten("model/encoder/block_3/dense/weight", 20)
        'model/enc…nse/weight'
    """
    if len(name) <= limit:
        return name
    tail = limit // 2
    return f"{name[: limit - tail - 1]}…{name[len(name) - tail :]}"


def number(value: float) -> str:
    """Write a number with few digits, large counts in full.

    Example:
        >>> number(1234567.0), number(0.0312345), number(2.5), number(1e30)
        ('1,234,567', '0.03123', '2.5', '1e+30')
    """
    whole = float(value).is_integer() and abs(value) < EXACT
    return f"{value:,.0f}" if whole else f"{value:.4g}"
