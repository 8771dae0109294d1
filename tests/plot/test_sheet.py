"""The figures: files, notebooks, and what they leave alone."""

import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import graphnet as gn

mpl = pytest.importorskip("matplotlib", reason="needs Matplotlib, the extra `plot`")

PICTURES: dict[str, Callable[..., Any]] = {
    "curves": lambda **more: gn.plot.curves({"loss": [2, 1]}, **more),
    "decision_boundary": lambda **more: gn.plot.decision_boundary(
        lambda points: points[:, 0] > 0.5, np.eye(2), [1, 0], **more
    ),
    "confusion_matrix": lambda **more: gn.plot.confusion_matrix(np.eye(2), **more),
    "histograms": lambda **more: gn.plot.histograms({"w": [1, 2]}, **more),
    "schedule": lambda **more: gn.plot.schedule([0.2, 0.1], **more),
}


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize(
    ("suffix", "start"), [("svg", b"<?xml"), ("PNG", b"\x89PNG"), ("pdf", b"%PDF")]
)
def test_the_suffix_decides_the_format(
    tmp_path: Path, name: str, suffix: str, start: bytes
) -> None:
    """In letters of either case, with a title or without."""
    path = tmp_path / f"picture.{suffix}"
    figure = PICTURES[name](path=str(path), title="a title of $5_")
    assert path.read_bytes().startswith(start)
    assert figure.get_suptitle() == "a title of $5_"


@pytest.mark.parametrize("name", PICTURES)
def test_equal_pictures_are_equal_files(tmp_path: Path, name: str) -> None:
    """Byte for byte, in a folder that is made if it is missing."""
    for suffix in ("svg", "pdf", "png"):
        files = [tmp_path / "new" / f"{index}.{suffix}" for index in range(2)]
        for file in files:
            PICTURES[name](path=file)
        first, second = (file.read_bytes() for file in files)
        assert first == second


@pytest.mark.parametrize("name", PICTURES)
def test_other_suffixes_are_refused(tmp_path: Path, name: str) -> None:
    """Before anything is written."""
    with pytest.raises(gn.errors.ArgumentError) as caught:
        PICTURES[name](path=tmp_path / "picture.jpeg")
    assert str(caught.value).startswith(f"{name}: 'picture.jpeg' has no suffix that names a format")
    assert str(caught.value).endswith("hint: use one of .svg, .pdf, .png")
    assert __file__.rpartition("/")[2] in (caught.value.at or "")


@pytest.mark.parametrize("name", PICTURES)
def test_a_notebook_shows_the_figure(name: str) -> None:
    """At half the size of the picture, so that it is sharp."""
    data, size = PICTURES[name]()._repr_png_()
    assert data.startswith(b"\x89PNG")
    width = int.from_bytes(data[16:20], "big")
    assert abs(width - 2 * size["width"]) <= 2


def test_a_figure_can_be_pickled() -> None:
    """It can still be shown afterwards."""
    copy = pickle.loads(pickle.dumps(PICTURES["curves"]()))  # noqa: S301  # own bytes
    assert copy._repr_png_()[0].startswith(b"\x89PNG")


def test_nothing_global_changes() -> None:
    """Neither settings nor the backend; pyplot is not even imported."""
    before = dict(mpl.rcParams)
    for draw in PICTURES.values():
        draw()
    assert dict(mpl.rcParams) == before
    code = (
        "import sys, graphnet as gn; assert 'matplotlib' not in sys.modules; "
        "gn.plot.curves({'loss': [1]})._repr_png_(); sys.exit('matplotlib.pyplot' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("name", PICTURES)
def test_without_matplotlib_the_message_names_the_extra(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every function says how to get it."""
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(gn.errors.DependencyError) as caught:
        PICTURES[name]()
    assert caught.value.headline == "plot: the package `matplotlib` is missing"
    assert caught.value.hint == "pip install matplotlib"
