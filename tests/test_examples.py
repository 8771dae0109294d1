"""The programs in ``examples``, with tiny settings, as a user starts them."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

ROOT = Path(__file__).parents[1]
DISK, MNIST = ROOT / "examples" / "disk.py", ROOT / "examples" / "mnist.py"
DIGITS = ROOT.parent / "shared" / "data" / "mnist"


def start(
    program: Path, *options: str, folder: Path, path: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder, its output in pipes."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
    if path is not None:
        environment["PATH"] = path
    return subprocess.run(
        [sys.executable, str(program), *options],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("form", ["unit", "centered"])
def test_disk_prints_a_line_per_epoch(tmp_path: Path, form: str) -> None:
    """Into a pipe; then the accuracies."""
    done = start(DISK, "--epochs", "3", "--form", form, "--draw", "disk.gv", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    first, *epochs, last = done.stdout.splitlines()
    assert first == "the graph is drawn in disk.gv"
    for number, line in enumerate(epochs, start=1):
        assert re.fullmatch(rf"epoch {number}/3: loss 0\.\d{{4}}, accuracy \d\d\.\d%", line)
    assert len(epochs) == 3
    assert re.fullmatch(r"accuracy in training \d\d\.\d%, in the test \d\d\.\d%", last)
    assert "sequential/dense_3/weight" in (tmp_path / "disk.gv").read_text("utf-8")


def test_disk_learns_within_its_default_settings(tmp_path: Path) -> None:
    """At least 97 of 100 points of the test set are told right."""
    done = start(DISK, "--draw", "", "--seed", "4", folder=tmp_path)
    found = re.search(r"in the test (.*)%", done.stdout)
    assert found, done.stderr
    assert float(found[1]) >= 97
    assert not list(tmp_path.iterdir())


def test_disk_gives_the_same_numbers_again(tmp_path: Path) -> None:
    """For the same seed, and others for another."""
    outputs = [
        start(DISK, "--epochs", "1", "--draw", "", "--seed", seed, folder=tmp_path).stdout
        for seed in ("1", "1", "2")
    ]
    assert outputs[0] == outputs[1] != outputs[2]


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_disk_draws_its_graph(tmp_path: Path) -> None:
    """By default, as SVG."""
    done = start(DISK, "--epochs", "1", folder=tmp_path)
    assert done.stdout.startswith("the graph is drawn in disk.svg\n")
    ET.parse(tmp_path / "disk.svg")  # noqa: S314  # own file


def test_disk_needs_no_graphviz(tmp_path: Path) -> None:
    """Without it graphnet lays out the graph; a PNG cannot be made then, and it trains on."""
    done = start(DISK, "--epochs", "1", folder=tmp_path, path=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("the graph is drawn in disk.svg\n")
    done = start(DISK, "--epochs", "1", "--draw", "disk.png", folder=tmp_path, path=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("draw: PNG cannot be made: ")
    assert "\ngoing on without a drawing\nepoch 1/1: loss" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
def test_disk_can_be_stopped(tmp_path: Path) -> None:
    """Ctrl-C ends it with the status that shells expect, and without a traceback."""
    command = [sys.executable, str(DISK), "--epochs", "1000000", "--draw", ""]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline().startswith("epoch 1/1000000: ")
        running.send_signal(signal.SIGINT)
        out, err = running.communicate()
    assert (running.returncode, err) == (130, "")
    assert re.fullmatch(r"stopped after \d+ of 1000000 epochs", out.splitlines()[-1])


def test_mnist_without_data_says_what_to_get(tmp_path: Path) -> None:
    """And where to put it; the exit status is 2."""
    done = start(MNIST, "--data", "digits", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("digits: there is no such folder\n")
    for name in ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"):
        assert re.search(rf"^  {name}-ubyte\.gz +https://", done.stderr, re.MULTILINE)
    assert done.stderr.endswith("--data FOLDER names another folder\n")
    (tmp_path / "digits").mkdir()
    done = start(MNIST, "--data", "digits", folder=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("digits: 4 of the 4 MNIST files are missing\n")


@pytest.mark.skipif(not DIGITS.is_dir(), reason="the MNIST files are not there")
def test_mnist_learns(tmp_path: Path) -> None:
    """One epoch tells more than 90 of 100 digits right."""
    done = start(MNIST, "--data", str(DIGITS), "--epochs", "1", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    epoch, last = done.stdout.splitlines()
    assert re.fullmatch(r"epoch 1/1: loss 0\.\d{4}, accuracy \d\d\.\d\d%", epoch)
    found = re.fullmatch(r"accuracy in training \d\d\.\d\d%, in the test (\d\d\.\d\d)%", last)
    assert found
    assert float(found[1]) > 90
