"""Event files, read back with TensorBoard's own reader."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import graphnet as gn
from graphnet.errors import DependencyError
from graphnet.train import TensorBoard
from tests.train.tasks import Task

REASON = "tensorboard is not installed"


def read_back(folder: Path) -> Any:
    """Give what TensorBoard reads."""
    module = "tensorboard.backend.event_processing.event_accumulator"
    accumulator = pytest.importorskip(module, reason=REASON, exc_type=ImportError)
    events = accumulator.EventAccumulator(str(folder), {"histograms": 0})
    return events.Reload()


def test_tensorboard_reads_values_histograms_and_the_graph(tmp_path: Path) -> None:
    """Scalars by epoch, the variables' values, and nodes with their inputs and shapes."""
    pytest.importorskip("tensorboard", reason=REASON)
    task = Task()
    with gn.Session(seed=0) as session:
        history = task.fit(
            session,
            validation=(task.batches(), {"loss": task.loss}),
            callbacks=[TensorBoard(tmp_path)],
        )
        weight = session.run(task.weight).astype(np.float64)
    events = read_back(tmp_path)
    for name in ("loss", "validation_loss"):
        found = events.Scalars(name)
        assert [event.step for event in found] == [1, 2, 3]
        assert [event.value for event in found] == history[name].astype(np.float32).tolist()
    assert events.Tags()["histograms"] == ["weight", "velocity"]
    last = events.Histograms("weight")[-1].histogram_value
    assert (last.num, last.min, last.max) == (3, weight.min(), weight.max())
    assert last.sum == pytest.approx(weight.sum())
    assert sum(last.bucket) == 3
    nodes = {node.name: node for node in events.Graph().node}
    assert nodes["x"].op == "placeholder"
    shape = nodes["x"].attr["_output_shapes"].list.shape[0]
    assert [extent.size for extent in shape.dim] == [-1, 3]
    for node in nodes.values():
        assert {name.lstrip("^").partition(":")[0] for name in node.input} <= nodes.keys()


@pytest.mark.parametrize(
    "value",
    [
        np.full(3, 1e30, np.float32),
        np.array([1, np.nextafter(1, 2)]),
        np.array([-1.7e308, 1.7e308]),
        np.array([np.nan, 3e38], np.float32),
        np.array([2**60, 2**60 + 1]),
        np.zeros(0, np.float32),
    ],
    ids=["equal", "near", "far", "nan", "whole", "empty"],
)
def test_histograms_end_no_training(value: np.ndarray, tmp_path: Path) -> None:
    """However large, near to each other or far apart the values are; all finite ones count."""
    pytest.importorskip("tensorboard", reason=REASON)
    variable = gn.Variable(value, name="variable", trainable=False)
    with gn.Session() as session:
        step = gn.assign(variable, variable)
        gn.train.fit(session, step, [()], 1, callbacks=[TensorBoard(tmp_path)], progress=False)
    if value.size:
        with np.errstate(over="ignore"):  # TensorBoard subtracts them from each other
            (event,) = read_back(tmp_path).Histograms("variable")
        assert sum(event.histogram_value.bucket) == np.isfinite(value).sum()


def test_histograms_and_graph_can_be_left_out(tmp_path: Path) -> None:
    """Histograms are written after every so many epochs."""
    pytest.importorskip("tensorboard", reason=REASON)
    task = Task()
    often, never = tmp_path / "often", tmp_path / "never"
    with gn.Session(seed=0) as session:
        boards = TensorBoard(often, histograms=2), TensorBoard(never, histograms=0, graph=False)
        task.fit(session, 4, callbacks=boards)
    assert [event.step for event in read_back(often).Histograms("weight")] == [2, 4]
    assert read_back(never).Tags()["histograms"] == []
    assert not read_back(never).Tags()["graph"]


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything has run."""
    monkeypatch.setitem(sys.modules, "tensorboard.summary.writer", None)
    task = Task()
    with gn.Session() as session, pytest.raises(DependencyError, match="tensorboard"):
        task.fit(session, callbacks=[TensorBoard(tmp_path)])
