"""Sets in tables where the time of a step goes."""

from collections.abc import Iterator, Mapping, Sequence

from tests.benchmarks.costs import table
from tests.benchmarks.document import TARGETS, markdown, measured
from tests.benchmarks.lines import KINDS, PRODUCT
from tests.benchmarks.parts import BARE, PEER, PEER_PRODUCTS, Profile
from tests.benchmarks.report import microseconds, visits_of
from tests.benchmarks.runner import Options
from tests.benchmarks.systems import REFERENCE

__all__ = ["MARGIN", "largest_lines", "profile_page"]

MARGIN = 0.1
"""How much of a step may be in no part before that is said."""

SHOWN, WIDTH = 5, 90
"""How many lines are printed, and how wide they may be."""

METHOD = f"""\
Microseconds of the best step, with the number of calls. A twin of the plan reads the clock
around each statement, in its place in the step; what that costs is subtracted, and the best of
each counts. *Products* are those of matrices; *other* is every other call of NumPy, those on
blocks counted once; *commits* are the writes to variables at the end, with what is computed
right into them; *around* is a call whose plan does nothing, with the number of feeds and
fetches. *Rest* is the difference to the step as a whole: the call of the plan, the interpreter
between statements, the clock that is read for the whole, and that bests of parts add up to less
than the best of all. Where it is more than {MARGIN:.0%} of the step, that is said below the
tables."""

ALONE = """\
The same products alone, by NumPy and by PyTorch (`out=`), each in a process of its own, a new
one each round, on arrays made beforehand that lie in memory as those of the plan do. *Ratio* is
that of the steps, graphnet to PyTorch. *Products only* is what it would be if graphnet made
these products and did nothing else: where that is above the goal, NumPy's BLAS alone takes more
than the goal allows."""


def profile_page(found: Mapping[str, Profile], options: Options) -> str:
    """Give the parts of the steps, what their products take elsewhere, and what is amiss."""
    parts = [["", "step", *KINDS, "rest"], *(part_row(*item) for item in found.items())]
    products = ["", "in the step", "GFLOP/s", "by NumPy", "by PyTorch", "step of PyTorch"]
    header = [*products, "ratio", "products only", "goal"]
    return "\n\n".join(
        [
            measured(options, visits_of(options), packages_of(found)),
            METHOD,
            markdown(parts),
            ALONE,
            markdown([header, *(product_row(*item) for item in found.items())]),
            *remarks(found),
        ]
    )


def packages_of(found: Mapping[str, Profile]) -> str:
    """Name the packages of peers, with their versions."""
    versions = {name: text for profile in found.values() for name, text in profile.versions.items()}
    others = (f"{name} {text}" for name, text in versions.items() if name != REFERENCE)
    return ", ".join(others)


def part_row(workload: str, profile: Profile) -> list[str]:
    """Give the parts of one step."""
    parts = [f"{microseconds(profile.part(kind))} ({profile.calls(kind)})" for kind in KINDS]
    return [workload, microseconds(profile.step), *parts, microseconds(profile.rest)]


def product_row(workload: str, profile: Profile) -> list[str]:
    """Give what the products of one step take, in the step and alone."""
    inside, others = profile.part(PRODUCT), profile.others
    has_products = profile.calls(PRODUCT) > 0
    goal = TARGETS.get(workload)
    return [
        workload,
        microseconds(inside) if has_products else "-",
        f"{profile.flops * 1e-9 / inside:.1f}" if has_products and inside else "-",
        *(time_of(others.get(name)) for name in (BARE, PEER_PRODUCTS, PEER)),
        ratio(profile.step, others.get(PEER)),
        ratio(others.get(BARE), others.get(PEER)),
        "" if goal is None else f"{goal:.2f}",
    ]


def time_of(seconds: float | None) -> str:
    """Give a time in microseconds; a dash for what was not measured."""
    return "-" if seconds is None else microseconds(seconds)


def ratio(ours: float | None, theirs: float | None) -> str:
    """Give a ratio of times; a dash where one was not measured."""
    return "-" if ours is None or theirs is None else f"{ours / theirs:.3f}"


def remarks(found: Mapping[str, Profile]) -> Iterator[str]:
    """Tell where the parts do not add up, and what could not be measured."""
    for workload, profile in found.items():
        if abs(profile.rest) > MARGIN * profile.step:
            yield f"{workload}: the rest is {profile.rest / profile.step:.0%} of the step."
        for name, reason in profile.left_out.items():
            yield f"{workload}, {name}: left out, {reason.splitlines()[0]}."


def largest_lines(found: Mapping[str, Profile]) -> str:
    """Give the lines of each plan that take most."""
    return "\n\n".join(f"{name}\n{table(largest(profile))}" for name, profile in found.items())


def largest(profile: Profile) -> Sequence[Sequence[str]]:
    """Give times, shares and texts of the lines of one plan that take most."""
    timed = zip(profile.seconds, profile.lines, strict=True)
    first = sorted(timed, key=lambda item: item[0], reverse=True)[:SHOWN]
    return [
        [microseconds(seconds), f"{seconds / profile.step:.1%}", line.text[:WIDTH].ljust(WIDTH)]
        for seconds, line in first
    ]
