"""``python -m graphnet``: what the command line does, says, and gives as exit status."""

import subprocess
import sys
from pathlib import Path

import pytest

from graphnet.command.main import main

NET = """
import graphnet as gn

print("declaring")
x = gn.placeholder((None, 3), name="x")
y = gn.tanh(x) * 2
both = {"y": y}

def build():
    return gn.exp(gn.placeholder((None, 3), name="x"))

def sized(width):
    return gn.zeros(width)

def broken():
    return 1 / 0

model = gn.nn.Dense(2, name="model")
model(x)

if __name__ == "__main__":
    raise SystemExit("drawn as a program")
"""


LEAVES = """
import sys

def leave():
    sys.exit(0)

class Box:
    inner = 1

    @property
    def content(self):
        raise ValueError("empty")

box = Box()
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with a file that declares a graph, and make it the current one."""
    (tmp_path / "net.py").write_text(NET)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "source", ["net.py", "net.py:y", "net.py:build", "net.py:model", "net.py:y.graph"]
)
def test_everything_with_a_graph_can_be_drawn(
    folder: Path, source: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Named in a file; what the file prints does not get between the results."""
    assert main(["draw", source, "-o", "net.svg", "--engine", "layered"]) == 0
    output = capsys.readouterr()
    assert output.out.startswith("net.svg: ")
    assert output.out.endswith("laid out by graphnet layered\n")
    assert output.err == "declaring\n"
    assert (folder / "net.svg").read_text("utf-8").startswith("<svg")


def test_the_text_of_a_graph_can_be_drawn(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All of it, or what is named in it; it runs no code."""
    text = "x = placeholder(shape=(2,), dtype=float32)\ny = tanh(x)\n"
    (folder / "net.graph").write_text(text)
    for source in ("net.graph", "net.graph:y"):
        assert main(["draw", source, "-o", "net.gv", "--quiet"]) == 0
    (folder / "net.graph").write_text(text, encoding="utf-8-sig")  # as some editors write it
    assert main(["draw", "net.graph:y", "-o", "net.gv", "--quiet"]) == 0
    (folder / "net.graph").write_text("__import__('os').remove('net.py')")
    assert main(["draw", "net.graph"]) == 2
    assert capsys.readouterr().err.startswith("graphnet: net.graph: line 1")
    assert (folder / "net.py").exists()


def test_options_reach_the_picture(folder: Path) -> None:
    """Each of them changes it."""
    changes = [
        ["--title", "mine"],
        ["--no-specs"],
        ["--constants"],
        ["--no-weights"],
        ["--overlay", "bytes"],
        ["--depth", "1"],
        ["--limit", "3"],
    ]
    pictures = set()
    for words in ([], *changes):
        assert main(["draw", "net.py", "-o", "a.svg", "--engine", "layered", *words]) == 0
        pictures.add((folder / "a.svg").read_text("utf-8"))
    assert len(pictures) == len(changes) + 1


def test_differences_are_told_and_drawn(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The exit status is that of `diff` itself: 0 for none, 1 for some, 2 for trouble."""
    assert main(["diff", "net.py", "net.py"]) == 0
    assert main(["diff", "net.py:y", "net.py:build", "-o", "d.svg", "--engine", "layered"]) == 1
    output = capsys.readouterr().out
    assert "+ exp = exp(x_1)" in output
    assert output.endswith("drawn in d.svg\n")
    assert "change-added" in (folder / "d.svg").read_text("utf-8")
    assert main(["diff", "net.py", "missing.py"]) == 2
    capsys.readouterr()
    assert main(["diff", "net.py:y", "net.py:build", "--quiet"]) == 1
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["draw", "missing.py"], "there is no file 'missing.py'\nhint: give FILE.py:NAME"),
        (["draw", "net.py:yy"], "net.py has nothing named 'yy'\nhint: did you mean 'y'?"),
        (["draw", "net.py:zebra"], "hint: name one of: x, y, model, as in net.py:x"),
        (["draw", "net.py:y.size_of"], "net.py: 'y' has no attribute 'size_of'"),
        (["draw", "net.py:sized"], "the function 'sized' needs arguments: width"),
        (["draw", "net.py:broken"], "net.py: broken() raises an error\nTraceback"),
        (["draw", "net.py:both"], "draw: {'y': <tensor"),
        (["draw", "net.py:gn"], "has no graph\nhint: give a graph"),
        (
            ["draw", "net.py", "-o", "a.jpg"],
            "draw: 'a.jpg' has no suffix that names a format\nhint",
        ),
        (["draw", "net.py", "--view", "foward"], "no view 'foward'\nhint: did you mean 'forward'"),
        (["draw", "net.py", "--view", "plan"], "the view 'plan' is one of plans"),
        (["draw", "net.py", "--engine", "dott"], "there is no engine 'dott'\nhint"),
        (["draw", "net.py", "-o", "no/such/a.svg"], "No such file or directory"),
        (["draw", "empty.py"], "empty.py declares nothing outside of functions"),
        (["draw", "wrong.py"], "wrong.py raises an error\nTraceback (most recent call last):\n"),
        (["draw", "exits.py"], "exits.py ended by sys.exit(3)\nhint: what only the program"),
        (["draw", "leaves.py:leave"], "leaves.py: leave() ended by sys.exit(0)\nhint: what"),
        (["draw", "leaves.py:box.content"], "leaves.py: box.content raises an error\nTraceback"),
        (["draw", "leaves.py:box.inner.outer"], "leaves.py: 'box.inner' has no attribute 'outer'"),
        (["draw", "deep.graph"], "deep.graph: an expression is nested too deeply to be read\nhint"),
        (["draw", "picture.png"], "picture.png is no text\nhint: gn.ir.to_text"),
    ],
)
def test_what_cannot_be_done_is_said_without_a_traceback_of_ours(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    """With the exit status 2; the traceback of a user's file begins in that file."""
    (folder / "empty.py").write_text("")
    (folder / "wrong.py").write_text("def f():\n    1 / 0\nf()\n")
    (folder / "exits.py").write_text("import sys\nsys.exit(3)\n")
    (folder / "leaves.py").write_text(LEAVES)
    (folder / "deep.graph").write_text(f"x = constant(value={'-' * 100_000}1)\n")
    (folder / "picture.png").write_bytes(b"\x89PNG\xff")
    assert main(words) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "runpy" not in error
    assert "graphnet/command" not in error
    assert not list(folder.glob("*.svg"))


@pytest.mark.parametrize(
    "words", [[], ["paint"], ["draw"], ["draw", "net.py", "--depth", "0"], ["diff", "net.py"]]
)
def test_wrong_words_are_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """With the usage, as every program does it."""
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith("usage: python -m graphnet")


def test_what_is_drawn_without_a_name_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the help, and when it is there."""
    with pytest.raises(SystemExit):
        main(["draw", "--help"])
    assert "by default FILE.svg" in " ".join(capsys.readouterr().out.split())
    assert main(["draw", "net.py", "--engine", "layered"]) == 0
    assert (folder / "net.svg").exists()


def test_interruption_is_no_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The exit status is the one that shells expect."""
    (folder / "stop.py").write_text("raise KeyboardInterrupt\n")
    assert main(["draw", "stop.py"]) == 130
    assert capsys.readouterr().err == ""


def test_it_runs_as_a_module(folder: Path) -> None:
    """In a process of its own, with the file's neighbours to be imported."""
    (folder / "deep").mkdir()
    (folder / "deep" / "other.py").write_text("from net import y as found\n")
    (folder / "deep" / "net.py").write_text(NET)
    done = subprocess.run(
        [sys.executable, "-m", "graphnet", "draw", "deep/other.py:found", "-o", "a.svg"],
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "declaring\n")
    assert done.stdout.startswith("a.svg: multiply, laid out by ")


def test_each_file_finds_the_modules_beside_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two versions of a file with a module of one name each: neither gets that of the other."""
    for version, op in (("old", "tanh"), ("new", "exp")):
        (folder / version).mkdir()
        text = f"import graphnet as gn\n\ndef net(x):\n    return gn.{op}(x)\n"
        (folder / version / "layers_beside.py").write_text(text)
        text = "import graphnet as gn\nfrom layers_beside import net\n"
        text += "y = net(gn.placeholder((2,), name='x'))\n"
        (folder / version / "net.py").write_text(text)
    assert main(["diff", "old/net.py:y", "new/net.py:y"]) == 1
    assert "+ exp = exp(x)" in capsys.readouterr().out
    assert "layers_beside" not in sys.modules


def test_functions_run_where_their_file_ran(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """They find the modules beside it, and their output does not get between the results."""
    (folder / "deep").mkdir()
    (folder / "deep" / "beside.py").write_text("import graphnet as gn\n")
    text = "import sys\ndef build():\n    from beside import gn\n    print(len(sys.argv))\n"
    (folder / "deep" / "lazy.py").write_text(f"{text}    return gn.zeros(2)\n")
    assert main(["draw", "deep/lazy.py:build", "-o", "a.gv"]) == 0
    output = capsys.readouterr()
    assert output.err == "1\n"
    assert output.out.startswith("a.gv: ")
