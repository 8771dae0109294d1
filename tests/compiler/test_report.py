"""What the compiler says about a plan: times of stages, and each reason once."""

import re

import pytest

import graphnet as gn
from graphnet.compiler.report import Report


def test_stages_are_kept_in_order() -> None:
    """Also those that run twice; all together take what each takes."""
    report = Report()
    for name in ("simplify", "fold_constants", "simplify"):
        with report.stage(name):
            pass
    assert [stage.name for stage in report.stages] == ["simplify", "fold_constants", "simplify"]
    assert all(stage.seconds >= 0 for stage in report.stages)
    assert report.seconds == sum(stage.seconds for stage in report.stages)


def test_stages_that_raise_are_kept() -> None:
    """Their time was spent as well."""
    report = Report()
    with pytest.raises(ValueError, match="no"), report.stage("prune"):
        raise ValueError("no")
    assert [stage.name for stage in report.stages] == ["prune"]


def test_remarks_are_kept_once() -> None:
    """Several networks of one graph have the same reasons."""
    report = Report()
    report.note("products", "'b' does not lie behind its weight")
    report.note("updates", "'b' does not lie behind its weight")
    report.note("products", "'b' does not lie behind its weight")
    assert report.remarks == [
        "products: 'b' does not lie behind its weight",
        "updates: 'b' does not lie behind its weight",
    ]


def test_a_report_prints_as_a_table() -> None:
    """Milliseconds of each stage and of all, then the remarks."""
    report = Report()
    with report.stage("prune"):
        pass
    with report.stage("allocate"):
        pass
    report.note("scalars", "moving factors would cost more than it saves")
    lines = re.sub(r"\d+\.\d\d", "0.00", str(report)).splitlines()
    assert lines == [
        "  prune     0.00 ms",
        "  allocate  0.00 ms",
        "  all       0.00 ms",
        "scalars: moving factors would cost more than it saves",
    ]


def test_an_empty_report_says_so() -> None:
    """Nothing took no time."""
    assert str(Report()).split() == ["all", "0.00", "ms"]


def test_a_program_reports_all_of_its_stages() -> None:
    """The last one is the generation of code."""
    x = gn.placeholder((2,), name="x")
    with gn.Session() as session:
        session.run(gn.exp(x), {x: [1.0, 2.0]})
        (program,) = session.programs.values()
    names = [stage.name for stage in program.plan.report.stages]
    assert (names[0], names[-1]) == ("specialize", "codegen")
    assert str(program.plan.report).splitlines()[0].split()[0] == "specialize"
