"""Progress: a bar where somebody watches, lines where they are read later, nothing if not asked."""

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import pytest

import graphnet as gn
from graphnet.terminal import in_notebook
from graphnet.train import progress
from tests.train.tasks import Epochs, Task

ROOT = Path(__file__).parents[2]
PROGRAM = """
import graphnet as gn
from tests.train.tasks import Task
task = Task()
with gn.Session(seed=0) as session:
    task.fit(session, 12, progress="auto", validation=(task.batches(), {"loss": task.loss}),
        callbacks=[lambda training: training.epoch == 11 and training.stop("enough"),
            lambda training: training.epoch == 2 and training.note("a note")])
"""


class Screen(StringIO):
    """A stream that says that it is a terminal."""

    def __init__(self, columns: int = 100) -> None:
        super().__init__()
        self.columns = columns

    def isatty(self) -> bool:
        """Whether it is one."""
        return True

    def fileno(self) -> int:
        """Give a number that only the test knows."""
        return 1000 + self.columns


@pytest.fixture
def sized(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give screens their sizes."""

    def size(number: int) -> os.terminal_size:
        columns = number - 1000
        return os.terminal_size((columns, 40 if columns else 0))

    monkeypatch.setattr(os, "get_terminal_size", size)
    monkeypatch.setenv("TERM", "xterm")


def shown(stream: StringIO, **options: object) -> str:
    """Give what is shown of a training of two epochs."""
    task = Task()
    with gn.Session(seed=0) as session:
        task.fit(session, 2, progress=stream, **options)
    return stream.getvalue()


def test_a_stream_gets_a_line_per_epoch() -> None:
    """Names, values and time; no carriage returns."""
    lines = shown(StringIO()).splitlines()
    starts = [line.split()[:3] for line in lines]
    assert starts == [["epoch", "1/2", "loss"], ["epoch", "2/2", "loss"]]
    assert lines[0].endswith(" ms")


def test_a_pipe_gets_lines() -> None:
    """On the standard error stream: what a program prints is not mixed with it."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 13
    assert lines[0].startswith("epoch  1/12  loss ")
    assert "  validation_loss " in lines[0]
    assert lines[2] == "a note"
    assert lines[-1] == "stopped: enough, after epoch 11"
    assert "\r" not in done.stderr


@pytest.mark.usefixtures("sized")
def test_a_terminal_gets_a_bar() -> None:
    """It is drawn over, ends full, and shows the values of the last epoch."""
    pytest.importorskip("tqdm", reason="tqdm is not installed")
    text = shown(Screen(), validation=([()], {"loss": gn.constant(0.5)}))
    frames = text.rstrip("\n").split("\r")
    assert frames[1].startswith("epoch 1/2   0% |")
    assert frames[-1].startswith("epoch 2/2 100% |############| ")
    assert ", validation: loss 0.5000, training: loss " in frames[-1]
    assert text.endswith("\n")


@pytest.mark.usefixtures("sized")
@pytest.mark.parametrize(
    ("columns", "bar", "time"), [(100, True, True), (80, False, True), (66, False, False)]
)
def test_values_are_seen_on_narrow_screens(columns: int, bar: object, time: object) -> None:
    """First the bar makes room for them, then the time does."""
    pytest.importorskip("tqdm", reason="tqdm is not installed")
    text = shown(Screen(columns), validation=([()], {"loss": gn.constant(0.5)}))
    last = text.rstrip("\n").split("\r")[-1].rstrip()
    assert ("|####" in last, "<00:00" in last) == (bar, time)
    assert ", validation: loss 0.5000, training: loss " in last
    assert len(last) < columns


@pytest.mark.usefixtures("sized")
def test_notes_stand_above_the_bar_and_reasons_below() -> None:
    """What is said stays readable."""
    pytest.importorskip("tqdm", reason="tqdm is not installed")

    def speak(training: gn.train.Training) -> None:
        training.note("a note")
        training.stop("enough")

    text = shown(Screen(), callbacks=[speak])
    assert "\ra note\n" in text
    assert text.endswith("\nstopped: enough, after epoch 1\n")


@pytest.mark.usefixtures("sized")
def test_a_bar_grows_by_epochs_where_batches_are_not_known() -> None:
    """Then it still ends full."""
    pytest.importorskip("tqdm", reason="tqdm is not installed")
    batches = Epochs(Task().batches(), 9, 0, OSError())
    assert " 100% |" in shown(Screen(), batches=batches)


@pytest.mark.usefixtures("sized")
@pytest.mark.parametrize("reason", ["no size", "dumb", "no tqdm"])
def test_other_terminals_get_lines(reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be drawn over, or nothing can draw."""
    if reason == "dumb":
        monkeypatch.setenv("TERM", "dumb")
    if reason == "no tqdm":
        monkeypatch.setitem(sys.modules, "tqdm", None)
    text = shown(Screen(0 if reason == "no size" else 100))
    assert text.count("\n") == 2
    assert "\r" not in text


@pytest.mark.parametrize("widgets", [True, False])
def test_a_notebook_gets_a_bar(widgets: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """A widget, or, where there are none, the bar of terminals, without a warning."""
    notebook = pytest.importorskip("tqdm.notebook", reason="tqdm is not installed")
    shell = SimpleNamespace(config={"IPKernelApp": {}})
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setattr(notebook, "IProgress", object if widgets else None)
    found = progress.progress_for("auto")
    assert isinstance(found, progress.Bar)
    assert found.stream is sys.stdout
    assert (found.kind is notebook.tqdm) == widgets


@pytest.mark.parametrize("shell", [None, SimpleNamespace(config={})])
def test_ipython_in_a_terminal_is_no_notebook(
    shell: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There the terminal decides."""
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    assert not in_notebook()


def test_silence(capfd: pytest.CaptureFixture[str]) -> None:
    """``progress=False`` shows nothing, notes and reasons included."""
    task = Task()

    def speak(training: gn.train.Training) -> None:
        training.note("a note")
        training.stop("enough")

    with gn.Session() as session:
        task.fit(session, progress=False, callbacks=[speak])
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.0123, "12 ms"), (1.26, "1.3 s"), (99.0, "99.0 s"), (150.0, "2.5 min")]
)
def test_times_are_read_easily(seconds: float, text: str) -> None:
    """In a unit that fits."""
    assert progress.duration(seconds) == text
