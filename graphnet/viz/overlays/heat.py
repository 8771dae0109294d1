"""From the values of an overlay to heat, from 0 to 1."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, log
from typing import Self

from graphnet.errors import ArgumentError
from graphnet.ir.context import creation_site
from graphnet.viz.overlays.values import Overlay
from graphnet.viz.scene import Scale

__all__ = ["Colors"]

AUTOMATIC = 100.0
"""Where the largest value is more than so many times the smallest one, the scale is logarithmic."""

RANGE = 1000.0
"""What a logarithmic scale spans at most: below this part of the largest value, all is cold."""


@dataclass(frozen=True, slots=True)
class Colors:
    """From values to heat.

    Attributes:
        low: The highest value of heat 0.
        high: The lowest value of heat 1.
        logarithmic: Whether heat goes by the logarithm.
        least: The least value, where ``low`` is not.
    """

    low: float
    high: float
    logarithmic: bool
    least: float | None = None

    @classmethod
    def of(cls, chosen: Overlay, values: Sequence[float]) -> Self:
        """Choose a scale for values: from zero, or by the logarithm from the smallest one."""
        finite = [value for value in values if isfinite(value)]
        low, high = min(finite, default=0.0), max(finite, default=0.0)
        smallest = min((value for value in finite if value > 0), default=high)
        wanted = chosen.logarithmic
        if wanted and low < 0:
            raise ArgumentError(
                f"the overlay of {chosen.label} is logarithmic, and {low:.3g} has no logarithm",
                at=str(creation_site()),
                hint="give absolute values, or leave out `logarithmic`",
            )
        if wanted is None:
            wanted = low >= 0 and high > AUTOMATIC * smallest
        if not wanted or high <= 0:
            return cls(min(low, 0.0), max(high, 0.0), logarithmic=False)
        bottom = max(smallest, high / RANGE)
        return cls(bottom, high, logarithmic=True, least=low if low < bottom else None)

    def heat(self, value: float) -> float:
        """Give the heat of a value; what is not finite is hot."""
        if not isfinite(value) or (self.logarithmic and value >= self.high):
            return 1.0
        if self.low == self.high or value <= self.low:
            return 0.0
        if self.logarithmic:
            return log(value / self.low) / log(self.high / self.low)
        span = self.high - self.low
        if isfinite(span):
            return (value - self.low) / span
        return (value / 2 - self.low / 2) / (self.high / 2 - self.low / 2)

    def scale(self, chosen: Overlay) -> Scale:
        """Give what the colors mean."""
        label = f"{chosen.label}, logarithmic" if self.logarithmic else chosen.label
        lows = [chosen.text(low) for low in (self.least, self.low) if low is not None]
        return Scale(label, " to ".join(dict.fromkeys(lows)), chosen.text(self.high))
