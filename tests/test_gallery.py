"""The gallery: its pictures are those that the example draws, to the byte."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "gallery"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Draw all pictures anew."""
    folder = tmp_path_factory.mktemp("gallery")
    command = [sys.executable, "examples/gallery.py", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


def test_pictures_are_current(drawn: Path) -> None:
    """Where a change alters them, `python examples/gallery.py docs/gallery` makes them anew."""
    names = {path.name for path in FOLDER.glob("*.svg")}
    assert names == {path.name for path in drawn.iterdir()}
    old = [name for name in sorted(names) if different(FOLDER / name, drawn / name)]
    assert not old, "draw them anew, and look at them"


def different(one: Path, other: Path) -> bool:
    """Whether two files differ."""
    return one.read_bytes() != other.read_bytes()


def test_every_picture_is_shown() -> None:
    """On the page, each once."""
    shown = re.findall(r"\(gallery/([^)]+)\)", (ROOT / "docs" / "gallery.md").read_text("utf-8"))
    assert sorted(shown) == sorted(path.name for path in FOLDER.glob("*.svg"))
