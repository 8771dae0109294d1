"""Packing: rectangles side by side, in rows of a common width."""

from math import sqrt

__all__ = ["pack"]

SHAPE = 1.6  # width of the whole by its height, about


def pack(sizes: list[tuple[float, float]], gap: float) -> list[tuple[float, float]]:
    """Give left upper corners for rectangles of given (width, height), in the order given.

    Each stands at the right of the one before, or begins the next row where it does not fit.
    """
    area = sum((width + gap) * (height + gap) for width, height in sizes)
    limit = max([sqrt(area * SHAPE), *(width for width, _ in sizes)])
    corners = []
    x = y = tallest = 0.0
    for width, height in sizes:
        if x > 0 and x + width > limit:
            x, y, tallest = 0.0, y + tallest + gap, 0.0
        corners.append((x, y))
        x += width + gap
        tallest = max(tallest, height)
    return corners
