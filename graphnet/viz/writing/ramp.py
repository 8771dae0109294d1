"""Colors between two colors, in steps that look even."""

from collections.abc import Sequence

import numpy as np

from graphnet.typing import Array

__all__ = ["linear", "ramp"]

# From linear light to the responses of the three kinds of cones, and from their cube roots to
# lightness and two opponent colors: Oklab by B. Ottosson, 2020.
CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def ramp(colors: Sequence[str], steps: int) -> tuple[str, ...]:
    """Give colors from the first to the last one, through those between, in even steps.

    Args:
        colors: Two or more, as "#rrggbb".
        steps: How many colors to give.

    Example:
        >>> ramp(("#000000", "#ffffff"), 3)
        ('#000000', '#636363', '#ffffff')
    """
    stops = np.array([np.cbrt(linear(color) @ CONES.T) @ LAB.T for color in colors])
    lengths = np.linalg.norm(np.diff(stops, axis=0), axis=1)
    places = np.concatenate([[0.0], np.cumsum(lengths)])
    wanted = np.linspace(0.0, places[-1], steps)
    points = np.stack([np.interp(wanted, places, stop) for stop in stops.T], axis=1)
    light = np.linalg.solve(CONES, (np.linalg.solve(LAB, points.T)) ** 3).T
    return tuple(map(written, light))


def linear(color: str) -> Array:
    """Give the light of a color of sRGB (IEC 61966-2-1)."""
    values = np.array([int(color[start : start + 2], 16) for start in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def written(light: Array) -> str:
    """Give the color of a light."""
    light = np.clip(light, 0.0, 1.0)
    values = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{value:02x}" for value in np.rint(values * 255).astype(int))
