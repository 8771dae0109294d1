"""Seconds, bytes and shares, to be read by people."""

from math import isfinite

__all__ = ["count_text", "number_text", "share_text", "size_text", "time_text"]

TIMES = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))
SIZES = ("B", "KiB", "MiB", "GiB", "TiB")


def time_text(seconds: float) -> str:
    """Give a time to be read, of three digits.

    Example:
        >>> time_text(0.00123), time_text(4.56e-5), time_text(12.0), time_text(2e-8)
        ('1.23 ms', '45.6 µs', '12.0 s', '20 ns')
    """
    if not isfinite(seconds):
        return number_text(seconds)
    size = abs(seconds)
    scale, unit = next((each for each in TIMES if size >= 0.9995 * each[0]), TIMES[-1])
    return f"{seconds / scale:.0f} ns" if unit == "ns" else f"{digits(seconds / scale)} {unit}"


def digits(value: float) -> str:
    """Give a number of up to four places before the point, with three digits."""
    size = abs(value)
    return f"{value:.{0 if size >= 99.95 else 1 if size >= 9.995 else 2}f}"


def size_text(nbytes: float) -> str:
    """Give a number of bytes to be read.

    Example:
        >>> size_text(640), size_text(1_605_632), size_text(15_032_385_536), size_text(1_048_575)
        ('640 B', '1.5 MiB', '14.0 GiB', '1.0 MiB')
    """
    if not isfinite(nbytes):
        return number_text(nbytes)
    size = float(nbytes)
    for unit in SIZES:
        if abs(size) < 1023.95 or unit == SIZES[-1]:
            break
        size /= 1024
    return f"{size:.0f} B" if unit == "B" else f"{size:.1f} {unit}"


def count_text(count: float, word: str) -> str:
    """Give how many things there are.

    Example:
        >>> count_text(1, "node"), count_text(12_345, "node")
        ('1 node', '12,345 nodes')
    """
    return f"{count:,.0f} {word}{'' if count == 1 else 's'}"


def share_text(share: float) -> str:
    """Give a part of a whole in percent.

    Example:
        >>> share_text(0.344), share_text(0.0012), share_text(0.0001), share_text(1.0)
        ('34 %', '0.1 %', '<0.1 %', '100 %')
    """
    percent = 100 * share
    if 0 < percent < 0.05:
        return "<0.1 %"
    return f"{percent:.1f} %" if 0 < abs(percent) < 9.95 else f"{percent:.0f} %"


def number_text(value: float) -> str:
    """Give a number to be read, of three digits, also where it is none.

    Example:
        >>> number_text(0.012345), number_text(41_250.0), number_text(float("-inf"))
        ('0.0123', '4.12e+04', '-infinity')
    """
    if isfinite(value):
        return f"{value:.3g}"
    return "NaN" if value != value else "infinity" if value > 0 else "-infinity"  # noqa: PLR0124
