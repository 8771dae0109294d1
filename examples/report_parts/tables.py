"""Tables that set what a report printed beside what was found here."""

import math
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = ["Measure", "Statistic", "Table", "markdown", "plain"]

Statistic: TypeAlias = Literal["mean", "minimum", "median", "maximum"]

STATISTICS: Mapping[Statistic, Callable[[Sequence[float]], float]] = {
    "mean": statistics.fmean,
    "minimum": min,
    "median": statistics.median,
    "maximum": max,
}


@dataclass(frozen=True)
class Measure:
    """A row: one number of a report, and the values of the runs that it is compared to.

    Attributes:
        label: What is measured.
        printed: The number in the report; None if the report has none.
        values: One value for each run.
        good: Whether high or low values are good.
        printed_deviation: The standard deviation in the report, if it has one.
        statistic: What the report has printed of its runs.
        digits: How many digits to show behind the point.
        printed_digits: How many the report shows; by default as many.
        notes: What else to say, in further columns.
    """

    label: str
    printed: float | None
    values: Sequence[float]
    good: Literal["high", "low"] = "high"
    printed_deviation: float | None = None
    statistic: Statistic = "mean"
    digits: int = 1
    printed_digits: int | None = None
    notes: Sequence[str] = ()

    @property
    def ours(self) -> float:
        """The statistic of the values."""
        return STATISTICS[self.statistic](self.values)

    @property
    def deviation(self) -> float:
        """The standard deviation of the values (0 of a single one)."""
        return float(statistics.stdev(self.values)) if len(self.values) > 1 else 0.0

    @property
    def holds(self) -> bool | None:
        """Whether ours is at least as good as printed, within one standard deviation of ours.

        Numbers are compared with the digits that they are printed with.
        """
        if self.printed is None:
            return None
        sign = 1 if self.good == "high" else -1
        least = sign * self.printed - self.deviation
        return sign * self.ours - least >= -0.5 * 10.0**-self.precision - 1e-9

    @property
    def precision(self) -> int:
        """How many digits behind the point the printed number has."""
        return self.digits if self.printed_digits is None else self.printed_digits

    def cells(self) -> Iterator[str]:
        """Give the texts of the row."""
        yield self.label
        yield spread(self.printed, self.printed_deviation, self.precision)
        yield spread(self.ours, self.deviation, self.digits)
        yield str(len(self.values))
        yield {None: "", True: "yes", False: "no"}[self.holds]
        yield from self.notes


@dataclass
class Table:
    """A table of a report.

    Attributes:
        title: Its name in the report, and what it is about.
        rows: Its measures.
        head: What the first column is called.
        more: What the further columns are called.
        reference: What the second column is called.
    """

    title: str
    rows: list[Measure]
    head: str
    more: Sequence[str] = ()
    reference: str = "printed"

    def cells(self) -> list[list[str]]:
        """Give the texts, the heading first."""
        heading = [self.head, self.reference, "ours", "runs", "as good", *self.more]
        return [heading, *([*row.cells()] for row in self.rows)]


def spread(value: float | None, deviation: float | None, digits: int) -> str:
    """Write a number with its deviation.

    Example:
        >>> spread(97.41, 0.92, 1), spread(97.4, None, 1), spread(None, None, 1)
        ('97.4 ± 0.9', '97.4', '')
    """
    if value is None or math.isnan(value):
        return ""
    text = f"{value:.{digits}f}"
    return text if deviation is None else f"{text} ± {deviation:.{digits}f}"


def markdown(cells: Sequence[Sequence[str]]) -> str:
    """Set cells as a table of Markdown, numbers to the right.

    Example:
        >>> print(markdown([["loss", "ours"], ["MSE", "97.4"]]))
        | loss | ours |
        | --- | ---: |
        | MSE | 97.4 |
    """
    heading, *rows = cells
    rule = ["---", *["---:"] * (len(heading) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in [heading, rule, *rows])


def plain(cells: Sequence[Sequence[str]]) -> str:
    """Set cells in columns, for a terminal.

    Example:
        >>> print(plain([["loss", "ours"], ["MSE", "97.4"]]))
        loss  ours
        MSE   97.4
    """
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ([f"{first:<{widths[0]}}", *map(str.rjust, rest, widths[1:])] for first, *rest in cells)
    return "\n".join("  ".join(line).rstrip() for line in lines)
