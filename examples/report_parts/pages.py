"""The page of a report: text, tables and pictures, printed and written."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import graphnet as gn
from report_parts.settings import Settings, machine
from report_parts.tables import Table, markdown, plain

__all__ = ["Page"]

GENERATED = "<!-- Written by examples/reports.py. Changes made here are lost. -->"
RULE = (
    "“As good” says whether ours is at least as good as the printed number, or worse by no more "
    "than one standard deviation of our runs. Numbers behind ± are standard deviations."
)


class Page:
    """What is found for a report: tables go to the terminal, everything to a page.

    Args:
        number: Of the report, as ``"000"``.
        title: Of the report.
        settings: What the command line asks for.
    """

    def __init__(self, number: str, title: str, settings: Settings) -> None:
        self.number = number
        self.settings = settings
        self.tables: list[Table] = []
        self.parts = [GENERATED, f"# Report {number}: {title}"]
        self.begin = perf_counter()

    def text(self, paragraph: str) -> None:
        """Add a paragraph, given with line breaks that do not count."""
        self.parts.append(" ".join(paragraph.split()))

    def points(self, *items: str) -> None:
        """Add a list."""
        self.parts.append("\n".join(f"- {' '.join(item.split())}" for item in items))

    def heading(self, title: str) -> None:
        """Begin a section."""
        self.parts.append(f"## {title}")

    def table(self, table: Table) -> None:
        """Add a table, and print it."""
        self.tables.append(table)
        self.parts += [f"**{table.title}**", markdown(table.cells())]
        print(f"\n{table.title}\n\n{plain(table.cells())}\n", flush=True)

    def picture(self, name: str, caption: str, draw: Callable[..., Any], *arguments: Any) -> None:
        """Add a picture that a function of ``gn.plot`` draws; without Matplotlib, a note."""
        path = self.settings.output / f"{self.number}-{name}.svg"
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            draw(*arguments, path=path)
        except gn.errors.DependencyError as error:
            print(f"no picture {path.name}: {error}", file=sys.stderr)
            self.text(f"*({caption}: no picture, since Matplotlib is not installed.)*")
        else:
            self.parts.append(f"![{caption}]({path.name})")

    def write(self) -> Path:
        """Write the page, with how it came about at its end."""
        seconds = perf_counter() - self.begin
        self.heading("How this page was made")
        self.text(f"`{' '.join(self.settings.command)}` wrote it, in {minutes(seconds)}.")
        self.points(*self.circumstances())
        path = self.settings.output / f"{self.number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n\n".join(self.parts) + "\n", encoding="utf-8")
        print(f"report {self.number}: {minutes(seconds)}, {path}; {self.verdict()}", flush=True)
        return path

    def verdict(self) -> str:
        """Say in how many of the rows ours is as good as printed."""
        found = [row.holds for table in self.tables for row in table.rows if row.holds is not None]
        return f"{sum(found)} of {len(found)} rows as good as printed"

    def circumstances(self) -> list[str]:
        """Say where, when and how everything ran."""
        settings = self.settings
        found = [
            f"{datetime.now(UTC):%Y-%m-%d}, {machine()}.",
            f"Runs at once: {settings.processes}, each on one thread. Seed: {settings.seed}.",
            RULE,
        ]
        if settings.quick:
            found.append("**Quick**: a tenth of the epochs; the numbers mean nothing.")
        return found


def minutes(seconds: float) -> str:
    """Write a time.

    Example:
        >>> minutes(42.0), minutes(312.0)
        ('42 s', '5.2 min')
    """
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.1f} min"
