"""Sets what was measured in tables of Markdown, and puts them into pages.

A page has the place for a table between ``<!-- begin NAME -->`` and ``<!-- end NAME -->``.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks.compiler import ALL
from tests.benchmarks.report import best, count, microseconds, setting, visits_of
from tests.benchmarks.runner import Options, Outcome
from tests.benchmarks.systems import PEERS, REFERENCE, SUBJECTS, SYSTEMS

__all__ = ["TARGETS", "check_place", "compile_page", "markdown", "measured", "peer_page", "put"]
__all__ += ["step_page"]

TARGETS = {
    "W1": 0.06,
    "W2": 0.08,
    "W3": 0.23,
    "W4": 0.85,
    "W5": 0.40,
    "W6": 0.85,
    "W8": 0.22,
    "W9": 0.35,
}
"""What the ratio of the best times of graphnet and PyTorch shall be at most, on one thread."""

SUBJECT = SUBJECTS[0]


def peer_page(outcomes: Sequence[Outcome], options: Options) -> str:
    """Give the best times of all systems, and the ratios of graphnet's to them."""
    systems = [name for name in SYSTEMS if any(name in outcome.visits for outcome in outcomes)]
    versions = {name: text for outcome in outcomes for name, text in outcome.versions.items()}
    others = [name for name in systems if name in PEERS and name != REFERENCE]
    packages = ", ".join(f"{name} {versions[name]}" for name in others)
    header = ["", *(outcome.workload for outcome in outcomes)]
    times = [[f"`{name}`", *(time_of(name, outcome) for outcome in outcomes)] for name in systems]
    ratios = [
        [f"to `{name}`", *(ratio_of(name, outcome) for outcome in outcomes)]
        for name in systems
        if name in PEERS
    ]
    ratios.append(["goal, to `torch`", *(goal_of(outcome) for outcome in outcomes)])
    return "\n\n".join(
        [
            measured(options, visits_of(options), packages),
            "Best step, in microseconds:",
            markdown([header, *times]),
            "Best step of `graphnet` over that of the other system:",
            markdown([header, *ratios]),
            *left_out(outcomes),
        ]
    )


def step_page(found: Mapping[str, Mapping[str, float]], options: Options) -> str:
    """Give the best times with all steps, and the factors by which leaving one out costs more."""
    header = ["", *found]
    first = [f"{ALL}, µs", *(microseconds(times[ALL]) for times in found.values())]
    names = [name for name in next(iter(found.values()), {}) if name != ALL]
    factors = [
        [name, *(f"{times[name] / times[ALL]:.2f}" for times in found.values())] for name in names
    ]
    return f"{measured(options, visits_of(options))}\n\n{markdown([header, first, *factors])}"


def compile_page(found: Mapping[str, Mapping[str, float]], options: Options) -> str:
    """Give the milliseconds of each stage of the compiler."""
    names = dict.fromkeys(name for times in found.values() for name in times if name != "all")
    rows = [
        [name, *(milliseconds(times.get(name)) for times in found.values())]
        for name in (*names, "all")
    ]
    often = f"best of {count(options.rounds, 'round')}"
    return f"{measured(options, often)}\n\n{markdown([['milliseconds', *found], *rows])}"


def measured(options: Options, often: str, packages: str = "") -> str:
    """Tell on what was measured, when, and how often."""
    machine, versions, threads = setting(options)
    today = datetime.now(UTC).date().isoformat()
    programs = f"{versions}, {packages}" if packages else versions
    return f"Measured on {today}: {machine}; {programs}; {threads}, {often}."


def time_of(name: str, outcome: Outcome) -> str:
    """Give the best step of a system."""
    visits = outcome.visits.get(name)
    return microseconds(best(visits)) if visits else "-"


def ratio_of(name: str, outcome: Outcome) -> str:
    """Give the best step of graphnet over that of a system."""
    ours, theirs = outcome.visits.get(SUBJECT), outcome.visits.get(name)
    return f"{best(ours) / best(theirs):.3f}" if ours and theirs else "-"


def goal_of(outcome: Outcome) -> str:
    """Give the ratio to PyTorch that a workload shall reach, if one was set."""
    goal = TARGETS.get(outcome.workload)
    return "" if goal is None else f"{goal:.2f}"


def left_out(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Tell what could not be measured, and why; of a long reason the first line."""
    for outcome in outcomes:
        for name, reason in outcome.left_out.items():
            yield f"{outcome.workload}, `{name}` is left out: {reason.splitlines()[0]}."


def milliseconds(seconds: float | None) -> str:
    """Give a time with two decimals; of a stage that did not run, a dash."""
    return "-" if seconds is None else f"{1e3 * seconds:.2f}"


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """Set a table, whose first row is its header, with numbers to the right."""
    header, *others = rows
    rule = ["---", *["---:"] * (len(header) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (header, rule, *others))


def put(page: Path, name: str, content: str) -> None:
    """Put a table into its place on a page, instead of the one that is there.

    Raises:
        ValueError: The page has no such place.
    """
    text = page.read_text("utf-8")
    start, stop = place(text, name)
    page.write_text(f"{text[:start]}\n{content}\n{text[stop:]}", "utf-8")


def check_place(page: Path, name: str) -> None:
    """Find out whether a page has a place, before hours are spent on measuring.

    Raises:
        ValueError: It has not.
    """
    place(page.read_text("utf-8"), name)


def place(text: str, name: str) -> tuple[int, int]:
    """Give where the content of a place begins, and where it ends."""
    begin, end = (f"<!-- {word} {name} -->" for word in ("begin", "end"))
    start, stop = text.find(begin), text.find(end)
    if start < 0 or stop < start:
        raise ValueError(f"there is no part between {begin} and {end}")
    return start + len(begin), stop
