"""``examples/reports.py``: tables, pages, command line; with ``-m reports``, all experiments."""

import doctest
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import graphnet as gn
from report_parts import pages, report_001, tables
from report_parts.pages import Page
from report_parts.settings import Settings
from report_parts.tables import Measure, Table
from report_parts.work import Run, Task, grouped, run_all
from reports import REPORTS, parse

ROOT = Path(__file__).parents[1]
PROGRAM = ROOT / "examples" / "reports.py"
DIGITS = ROOT.parent / "shared" / "data" / "mnist"
PAGES = ROOT / "docs" / "reports"


def command(*options: str) -> list[str]:
    """Give the command line."""
    return [sys.executable, str(PROGRAM), *options]


def environment() -> dict[str, str]:
    """Give the environment in which the program finds graphnet."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}


def start(*options: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the program in a folder, its output in pipes."""
    return subprocess.run(
        command(*options),
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )


# Tables


@pytest.mark.parametrize(
    ("good", "values", "holds"),
    [
        ("high", [97.0, 98.0], True),
        ("high", [96.0, 96.0], False),
        ("high", [95.0, 97.5], True),  # 96.25, and a deviation of 1.77
        ("high", [96.95, 96.95], True),  # 97.0 with as many digits as printed
        ("high", [96.94, 96.94], False),
        ("low", [97.0, 98.0], True),
        ("low", [98.0, 98.0], False),
        ("low", [98.0], False),  # one run has no deviation
    ],
)
def test_a_row_tells_whether_it_is_as_good_as_printed(
    good: str, values: list[float], holds: bool
) -> None:
    """Within one standard deviation of our runs, in the digits of the report."""
    measure = Measure("accuracy", 97.0, values, "high" if good == "high" else "low")
    assert measure.holds is holds
    assert Measure("accuracy", None, values).holds is None


def test_digits_of_the_report_count() -> None:
    """0.9151 is 0.92 where the report has two digits."""
    assert Measure("score", 0.92, [0.9151], digits=4, printed_digits=2).holds
    assert not Measure("score", 0.92, [0.9149], digits=4, printed_digits=2).holds


def test_a_row_has_the_statistic_of_the_report() -> None:
    """Minimum, median, mean or maximum of the runs."""
    values = [1.0, 2.0, 6.0]
    found = {
        statistic: Measure("error", None, values, statistic=statistic).ours
        for statistic in tables.STATISTICS
    }
    assert found == {"minimum": 1.0, "median": 2.0, "mean": 3.0, "maximum": 6.0}


def test_a_table_has_a_cell_for_everything() -> None:
    """Printed value with its deviation, ours with its own, runs, verdict, notes."""
    row = Measure("ReLU", 97.4, [95.0, 96.0], printed_deviation=0.9, notes=["0.1"])
    table = Table("Table I", [row, Measure("tanh", None, [95.0])], "network", ["rate"])
    assert table.cells() == [
        ["network", "printed", "ours", "runs", "as good", "rate"],
        ["ReLU", "97.4 ± 0.9", "95.5 ± 0.7", "2", "no", "0.1"],
        ["tanh", "", "95.0 ± 0.0", "1", ""],
    ]


@pytest.mark.parametrize("module", [tables, pages, report_001])
def test_examples_in_docstrings(module: object) -> None:
    """They are outside of the folders that pytest looks through."""
    done = doctest.testmod(module)  # type: ignore[arg-type]
    assert (done.failed, done.attempted > 0) == (0, True)


# Pages


def test_a_page_goes_on_without_matplotlib(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a note in place of the picture."""

    def draw(*, path: Path) -> None:
        raise gn.errors.DependencyError(f"no matplotlib for {path.name}")

    page = Page("000", "title", Settings(output=tmp_path))
    page.picture("curves", "Errors", draw)
    text = page.write().read_text("utf-8")
    assert "*(Errors: no picture, since Matplotlib is not installed.)*" in text
    assert "no matplotlib for 000-curves.svg" in capsys.readouterr().err


def test_a_page_says_how_it_came_about(tmp_path: Path) -> None:
    """Its command, its seed, and that it was not made by hand."""
    page = Page("000", "title", Settings(output=tmp_path, seed=3, command=["python", "x.py"]))
    page.table(Table("Table I", [Measure("ReLU", 97.4, [98.0])], "network"))
    text = page.write().read_text("utf-8")
    assert text.startswith("<!-- Written by examples/reports.py. Changes made here are lost. -->\n")
    assert "`python x.py` wrote it, in " in text
    assert "Seed: 3." in text
    assert "| ReLU | 97.4 | 98.0 ± 0.0 | 1 | yes |" in text


@pytest.mark.parametrize("number", REPORTS)
def test_the_page_of_each_report_is_there(number: str) -> None:
    """With all its pictures, and a value for each row."""
    page = (PAGES / f"{number}.md").read_text("utf-8")
    assert page.startswith(pages.GENERATED)
    assert "Quick" not in page
    pictures = re.findall(r"\]\(([^)]+\.svg)\)", page)
    assert pictures
    assert all((PAGES / picture).is_file() for picture in pictures)
    assert re.search(r"^\| .* \| \d.* \| \d.* \| \d+ \| yes \|", page, re.MULTILINE)


# Runs


def square(number: int) -> Run:
    """Be a training."""
    return Run({"square": float(number**2)})


@pytest.mark.parametrize("processes", [1, 2])
def test_runs_keep_the_order_of_their_tasks(
    processes: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one process or two, with a line for each in a pipe."""
    tasks = [Task(f"task {number}", square, (number,)) for number in range(5)]
    runs = run_all("title", tasks, processes)
    assert [run.values["square"] for run in runs] == [0, 1, 4, 9, 16]
    lines = capsys.readouterr().err.splitlines()
    assert sorted(line.split("  ")[1] for line in lines) == [task.label for task in tasks]
    assert [line.split("  ")[0] for line in lines] == [f"title: {i}/5" for i in range(1, 6)]


def test_runs_are_gathered_by_what_they_belong_to() -> None:
    """In the order in which they are first met."""
    runs = [square(number) for number in range(3)]
    assert grouped(["a", "b", "a"], runs) == {"a": [runs[0], runs[2]], "b": [runs[1]]}
    with pytest.raises(ValueError, match="longer"):
        grouped(["a"], runs)


# The command line


def test_reports_are_chosen_by_number_or_all() -> None:
    """Each once, in the order given."""
    assert parse(["003", "000", "003"])[0] == ["003", "000"]
    assert parse(["--all"])[0] == [*REPORTS] == ["000", "001", "002", "003", "004"]


def test_options_become_settings() -> None:
    """Runs, seeds, epochs; PyTorch only if it is asked for."""
    _, settings = parse(["000", "--runs", "3", "--seed", "2", "--quick", "--processes", "1"])
    assert [*settings.seeds(10)] == [2000, 2001, 2002]
    assert not {*settings.seeds(10)} & {*settings.searches(10)}
    assert (settings.epochs(30), settings.epochs(5)) == (3, 1)
    assert (settings.torch, settings.processes) == (None, 1)
    assert parse(["002", "--against", "torch"])[1].torch == sys.executable
    assert len(parse(["000"])[1].seeds(10)) == 10


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "name reports (000, 001, 002, 003, 004), or give --all"),
        (["--all", "000"], "name reports (000, 001, 002, 003, 004), or give --all"),
        (["005"], "there is no report '005', only 000, 001, 002, 003, 004"),
        (["000", "--runs", "0"], "'0' is not a whole number from 1 up"),
        (["000", "--seed", "-1"], "'-1' is not a whole number from 0 up"),
    ],
    ids=["none", "both", "unknown", "runs", "seed"],
)
def test_mistakes_are_told(
    options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With what is right, and exit status 2."""
    with pytest.raises(SystemExit, match="2"):
        parse(options)
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("number", ["002", "004"])
def test_missing_digits_are_told_before_anything_runs(tmp_path: Path, number: str) -> None:
    """And which option names their folder."""
    done = start(number, "--data", "nowhere", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("nowhere: there is no such folder\n")
    assert done.stderr.endswith("--data FOLDER names another folder\n")


def test_a_missing_pytorch_is_told_before_anything_runs(tmp_path: Path) -> None:
    """And how to get it."""
    done = start("002", "--against", "torch", "--torch-python", "no-python", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("no-python cannot be started: ")
    assert "pip install torch" in done.stderr
    assert "--torch-python FILE" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
def test_interrupts_leave_the_reports_before(tmp_path: Path) -> None:
    """Ctrl-C in the second report: the page of the first is there, and no process is left."""
    options = ("000", "001", "--quick", "--runs", "1", "--processes", "2", "--output", "pages")
    with subprocess.Popen(
        command(*options),
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as running:
        assert running.stdout is not None
        lines = iter(running.stdout.readline, "")
        done = next((line for line in lines if line.startswith("report 000: ")), "")
        running.send_signal(signal.SIGINT)
        running.communicate()
    assert running.returncode == 130
    assert "of 12 rows as good as printed" in done
    page = (tmp_path / "pages" / "000.md").read_text("utf-8")
    assert page.count("| MSE, ") == page.count("| cross-entropy, ") == 6
    assert "**Quick**: a tenth of the epochs; the numbers mean nothing." in page
    assert not (tmp_path / "pages" / "001.md").exists()


@pytest.mark.reports
@pytest.mark.skipif(not DIGITS.is_dir(), reason="the MNIST files are not there")
def test_all_experiments(tmp_path: Path) -> None:
    """Two runs of each; every table of every report is there, and has a value in each row."""
    done = start("--all", "--runs", "2", "--data", str(DIGITS), folder=tmp_path)
    assert done.returncode == 0, done.stderr
    verdicts = re.findall(
        r"^report (\d+): .*; \d+ of (\d+) rows as good", done.stdout, re.MULTILINE
    )
    assert verdicts == [("000", "12"), ("001", "16"), ("002", "26"), ("003", "4"), ("004", "36")]
    for number in REPORTS:
        page = (tmp_path / "docs" / "reports" / f"{number}.md").read_text("utf-8")
        assert re.search(r"^\| .* \| \d.* \| \d.* \| 2 \| ", page, re.MULTILINE)
