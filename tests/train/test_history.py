"""``History``: values by name and epoch, in memory, in files and on the screen."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphnet.errors import ArgumentError, FormatError
from graphnet.train import Best, History

VALUES = st.lists(st.tuples(st.floats(), st.floats(width=32)), max_size=6)
NAMES = st.text(min_size=1).filter(lambda name: not {"\r", "\x00"} & {*name})


def make(*losses: float) -> History:
    """Give a history of losses, each epoch a second long."""
    history = History(["loss"])
    for loss in losses:
        history.append({"loss": loss}, 1.0)
    return history


@given(VALUES, st.lists(NAMES, min_size=2, max_size=2, unique=True))
def test_a_file_gives_back_every_bit(
    tmp_path_factory: pytest.TempPathFactory, values: list[tuple[float, float]], names: list[str]
) -> None:
    """What is written is read: names with commas and line ends, NaN and infinite values."""
    path = tmp_path_factory.mktemp("history") / "history.csv"
    history = History(names)
    for row in values:
        history.append(dict(zip(names, row, strict=True)), 0.1)
    history.to_csv(path)
    found = History.from_csv(path)
    assert found == history
    assert found.seconds.tolist() == history.seconds.tolist()


def test_it_is_a_mapping_of_arrays() -> None:
    """Names give arrays, numbers give epochs, and both complain about others."""
    history = make(3.0, 1.0, 2.0)
    assert {name: values.tolist() for name, values in history.items()} == {"loss": [3, 1, 2]}
    assert history[-1] == {"loss": 2.0}
    assert history.epochs.tolist() == [1, 2, 3]
    with pytest.raises(KeyError, match=r"no 'los'; did you mean 'loss'\?"):
        history["los"]
    assert history.get("accuracy") is None
    with pytest.raises(IndexError):
        history[3]
    with pytest.raises(ArgumentError, match="the history has loss, the epoch has cost"):
        history.append({"cost": 1.0}, 1.0)


def test_equal_values_make_equal_histories() -> None:
    """NaN is equal to NaN here, and time does not count."""
    assert make(1.0, np.nan) == make(1.0, np.nan)
    assert make(1.0) != make(1.0, 1.0)
    assert make(1.0) != "history"


@pytest.mark.parametrize(
    ("name", "best"),
    [
        ("loss", Best(2, 1.0)),
        ("validation_loss", Best(2, 1.0)),
        ("mean_squared_error", Best(2, 1.0)),
        ("accuracy", Best(3, 4.0)),
        ("validation_F1", Best(3, 4.0)),
        ("top5", Best(3, 4.0)),
    ],
)
def test_names_tell_what_is_good(name: str, best: Best) -> None:
    """Small losses and large accuracies are good; the first of equal ones is the best."""
    history = History([name])
    for value in (np.nan, 1.0, 4.0, 1.0, 4.0):
        history.append({name: value}, 1.0)
    assert history.best(name) == best


def test_the_mode_tells_where_the_name_does_not() -> None:
    """It also goes before the name."""
    history = History(["speed"])
    history.append({"speed": 2.0}, 1.0)
    history.append({"speed": 3.0}, 1.0)
    with pytest.raises(ArgumentError, match="small or large values of 'speed' good"):
        history.best("speed")
    assert history.best("speed", "max").epoch == 2
    assert history.best("speed", "min").epoch == 1
    with pytest.raises(ArgumentError, match="'most' is no mode"):
        history.best("speed", "most")  # type: ignore[arg-type]
    assert make(1.0, 2.0).best("loss", "max").epoch == 2
    with pytest.raises(ArgumentError, match="no epoch has a value"):
        make(np.nan).best("loss")


def test_a_table_is_short() -> None:
    """The middle of many epochs is left out; the reason of an early end is there."""
    history = make(*range(50))
    history.stopped = "enough, after epoch 50"
    lines = str(history).splitlines()
    assert lines[0].split() == ["epoch", "loss", "seconds"]
    assert lines[11].split() == ["..."] * 3
    assert lines[-2].split() == ["50", "49.00", "1.000"]
    assert lines[-1] == "stopped: enough, after epoch 50"
    assert len(lines) == 23
    assert len({len(line) for line in lines[:-1]}) == 1
    assert repr(history) == "<history of 50 epochs: loss 49.00>"
    assert repr(History()) == "<history of 0 epochs>"


def test_a_notebook_shows_a_table() -> None:
    """Names are escaped."""
    history = History(["a<b"])
    history.append({"a<b": 1.0}, 1.0)
    html = history._repr_html_()
    assert "a&lt;b" in html
    assert html.count("<tr>") == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is no history"),
        ("loss\n1\n", "is no history"),
        ("epoch,seconds,loss\n1,1,\n", ":2: could not convert"),
        ("epoch,seconds,loss\n1,1,1\n2,2\n", ":3: 2 values, and 3 columns"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, text: str, message: str) -> None:
    """The message names the line."""
    path = tmp_path / "other.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FormatError, match=message):
        History.from_csv(path)


def test_a_torn_line_is_left_out(tmp_path: Path) -> None:
    """Half a number looks like a number, so the end of the line decides."""
    path = tmp_path / "torn.csv"
    path.write_text("epoch,seconds,loss\n1,1,0.5\n2,1,0.2", encoding="utf-8")
    assert History.from_csv(path)["loss"].tolist() == [0.5]
