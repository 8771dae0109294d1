"""Files of values: readable at any time, also after a kill."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import graphnet as gn
from graphnet.errors import ArgumentError
from graphnet.train import CSVLog, History, JSONLog
from tests.train.tasks import Task

COLUMNS = "epoch,seconds,loss"

KILLED = """
import os, signal, sys
import graphnet as gn

x = gn.Variable(1.0)
loss = x * x
step = gn.optim.SGD(0.25).minimize(loss)

def die(training):
    if training.epoch == 3:
        os.kill(os.getpid(), signal.SIGKILL)

with gn.Session() as session:
    gn.train.fit(session, step, [()], 9, watch={"loss": loss}, progress=False,
        callbacks=[gn.train.CSVLog(sys.argv[1]), gn.train.JSONLog(sys.argv[2]), die])
"""


def test_a_log_is_the_history(tmp_path: Path) -> None:
    """A table has every bit; objects have null for what JSON has no number for."""
    task = Task()
    files = tmp_path / "new" / "log.csv", tmp_path / "new" / "log.jsonl"
    watch = {"loss": task.loss, "bad": task.loss * np.nan}
    with gn.Session() as session:
        history = task.fit(session, watch=watch, callbacks=[CSVLog(files[0]), JSONLog(files[1])])
    assert History.from_csv(files[0]) == history
    history.to_csv(tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == files[0].read_bytes()
    rows = [json.loads(line) for line in files[1].read_text("utf-8").splitlines()]
    assert [row["loss"] for row in rows] == history["loss"].tolist()
    assert [row["bad"] for row in rows] == [None] * 3
    assert [row["epoch"] for row in rows] == [1, 2, 3]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system has no SIGKILL")
def test_a_killed_program_leaves_whole_lines(tmp_path: Path) -> None:
    """All epochs before the kill are there, and can be read."""
    files = tmp_path / "log.csv", tmp_path / "log.jsonl"
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", KILLED, *map(str, files)]
    environment = os.environ | {"PYTHONPATH": str(root)}
    done = subprocess.run(command, env=environment, cwd=tmp_path, check=False)
    assert done.returncode == -signal.SIGKILL
    assert History.from_csv(files[0])["loss"].tolist() == [1.0, 0.25, 0.0625]
    assert len([json.loads(line) for line in files[1].read_text("utf-8").splitlines()]) == 3


def test_a_log_is_replaced_or_gone_on_with(tmp_path: Path) -> None:
    """Half a line at the end is cut off first; other columns are refused."""
    task = Task()
    path, lines = tmp_path / "log.csv", tmp_path / "log.jsonl"
    with gn.Session() as session:
        for count in (2, 1):
            task.fit(session, count, callbacks=[CSVLog(path), JSONLog(lines)])
        assert len(path.read_text("utf-8").splitlines()) == 2
        for log in (path, lines):
            log.write_bytes(log.read_bytes() + b"1,0." + 999 * b"5")
        more = [CSVLog(path, append=True), JSONLog(lines, append=True)]
        history = task.fit(session, 2, callbacks=more)
        before = path.read_bytes()
        with pytest.raises(ArgumentError, match="has other columns: epoch,seconds,loss"):
            task.fit(session, watch={"cost": task.loss}, callbacks=[CSVLog(path, append=True)])
        assert path.read_bytes() == before
    assert History.from_csv(path)["loss"][1:].tolist() == history["loss"].tolist()
    assert [json.loads(line)["epoch"] for line in lines.read_text().splitlines()] == [1, 1, 2]
    with gn.Session() as session:
        task.fit(session, 1, callbacks=[CSVLog(tmp_path / "fresh.csv", append=True)])
    assert len((tmp_path / "fresh.csv").read_text("utf-8").splitlines()) == 2


@pytest.mark.parametrize(
    ("kind", "old", "kept"),
    [
        (CSVLog, f"{COLUMNS}\n7,1.0,0.5", f"{COLUMNS}\n7,1.0,0.5\n"),
        (CSVLog, f"{COLUMNS}\r\n7,1.0,0.5\r\n", f"{COLUMNS}\r\n7,1.0,0.5\r\n"),
        (CSVLog, f"{COLUMNS}\n7,1.0", f"{COLUMNS}\n"),
        (CSVLog, "epoch,sec", f"{COLUMNS}\n"),
        (JSONLog, '{"epoch": 7}', '{"epoch": 7}\n'),
        (JSONLog, '{"epoch": 7}\n{"epoch', '{"epoch": 7}\n'),
    ],
    ids=["whole row", "windows", "half a row", "half a header", "whole object", "half an object"],
)
def test_a_last_line_that_is_whole_is_kept(
    kind: type[CSVLog | JSONLog], old: str, kept: str, tmp_path: Path
) -> None:
    """It gets its end; only what is cut off in the middle goes."""
    task = Task()
    path = tmp_path / "log"
    path.write_bytes(old.encode())
    with gn.Session() as session:
        task.fit(session, 1, callbacks=[kind(path, append=True)])
    content = path.read_bytes().decode()
    assert content.startswith(kept)
    assert content[len(kept) :].count("\n") == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"\xff\xfe\n", "no text in UTF-8: .* at byte 0"), (b"diary", "has other columns: diary")],
)
def test_other_files_are_left_alone(content: bytes, message: str, tmp_path: Path) -> None:
    """What is no log is refused."""
    path = tmp_path / "log.csv"
    path.write_bytes(content)
    with gn.Session() as session, pytest.raises(ArgumentError, match=message):
        Task().fit(session, 1, callbacks=[CSVLog(path, append=True)])
    assert path.read_bytes() == content


def test_an_old_log_stays_until_training_has_begun(tmp_path: Path) -> None:
    """A name that is misspelt elsewhere costs nothing."""
    task = Task()
    path = tmp_path / "log.csv"
    with gn.Session() as session:
        task.fit(session, 2, callbacks=[CSVLog(path)])
        before = path.read_bytes()
        with pytest.raises(ArgumentError, match="there is no value 'lost'"):
            task.fit(session, callbacks=[CSVLog(path), gn.train.KeepBest("lost", "min")])
        assert path.read_bytes() == before

        def stop(training: gn.train.Training) -> None:
            raise OSError(str(training.epoch))

        with pytest.raises(OSError, match="1"):
            task.fit(session, callbacks=[stop, CSVLog(path)])
    assert path.read_text("utf-8") == f"{COLUMNS}\n"
