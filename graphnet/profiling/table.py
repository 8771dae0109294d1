"""The calls of a profile as a table for people."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

from graphnet.ir.units import count_text, share_text, size_text, time_text
from graphnet.profiling.timing import Timing

__all__ = ["table"]

HEAD = ("time", "share", "so far", "bytes", "per s", "op", "node", "call")
NUMBERS = 5
"""How many columns are numbers, and so stand at their right edge."""

WIDEST = 44
"""Characters of a name or a call that are shown."""


def table(
    timings: Sequence[Timing],
    total: float,
    runs: int,
    chain: Mapping[str, float],
    rows: int | None = None,
) -> str:
    """Give the slowest calls with their shares of the total, and a summary.

    Args:
        timings: The calls.
        total: Seconds of everything.
        runs: How many runs were made.
        chain: Seconds of the nodes of the slowest chain.
        rows: How many calls to show; None for all.
    """
    ordered = sorted(timings, key=lambda timing: -timing.seconds)
    sums = accumulate(timing.seconds for timing in ordered)
    shown = [row(*both, total) for both in zip(ordered[:rows], sums, strict=False)]
    return "\n".join([*columns([HEAD, *shown]), *summary(ordered, total, runs, chain, rows)])


def row(timing: Timing, so_far: float, total: float) -> tuple[str, ...]:
    """Give the words of one call."""
    return (
        time_text(timing.seconds),
        share_text(part(timing.seconds, total)),
        share_text(part(so_far, total)),
        size_text(timing.nbytes) if timing.nbytes else "",
        size_text(timing.rate) if timing.rate else "",
        timing.op,
        end_of(timing.name),
        beginning_of(timing.text),
    )


def summary(
    ordered: Sequence[Timing],
    total: float,
    runs: int,
    chain: Mapping[str, float],
    rows: int | None,
) -> Iterator[str]:
    """Give what stands below the calls."""
    rest = ordered[rows:] if rows is not None else []
    if rest:
        seconds = sum(timing.seconds for timing in rest)
        yield f"  and {count_text(len(rest), 'more step')}: {amount(seconds, total)}"
    inside = sum(timing.seconds for timing in ordered)
    yield f"{time_text(total)} in all, the best of {count_text(runs, 'run')}"
    yield f"{amount(inside, total)} in {count_text(len(ordered), 'step')}"
    yield f"{amount(max(0.0, total - inside), total)} around them"
    together = amount(sum(chain.values()), total)
    yield f"{together} in the slowest chain, of {count_text(len(chain), 'node')}"


def amount(seconds: float, total: float) -> str:
    """Give a time with its share."""
    return f"{time_text(seconds)} ({share_text(part(seconds, total))})"


def part(seconds: float, total: float) -> float:
    """Give the share of a time; that of nothing in nothing is nothing."""
    return seconds / total if total else 0.0


def beginning_of(text: str) -> str:
    """Give a text, of a long one the beginning."""
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"


def end_of(text: str) -> str:
    """Give a text, of a long one the end, which tells names in one scope apart."""
    return text if len(text) <= WIDEST else f"…{text[1 - WIDEST :]}"


def columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Set rows in columns, numbers at their right edge."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for words in rows:
        yield "  " + "  ".join(aligned(words, widths)).rstrip()


def aligned(words: Iterable[str], widths: Iterable[int]) -> Iterator[str]:
    """Bring words to the width of their columns."""
    for place, (word, width) in enumerate(zip(words, widths, strict=True)):
        yield word.rjust(width) if place < NUMBERS else word.ljust(width)
