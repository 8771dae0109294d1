"""Event files, which TensorBoard shows, written by its own writer; TensorFlow is not needed."""

from collections.abc import Iterable, Iterator
from os import PathLike, fspath
from time import time
from types import SimpleNamespace
from typing import Any

import numpy as np

from graphnet.data.intervals import edges
from graphnet.errors import DependencyError
from graphnet.ir.graph import reach
from graphnet.ir.node import Node
from graphnet.ir.tensor import Tensor
from graphnet.session.structure import take_apart
from graphnet.train.callback import Callback
from graphnet.train.training import Training
from graphnet.typing import Array

__all__ = ["TensorBoard"]

BINS = 30
"""How many bars a histogram has."""

PRODUCER = 22
"""The version of TensorFlow's graphs from which on its viewers read names as they are meant."""


class TensorBoard(Callback):
    """Writes what TensorBoard shows: values, histograms of the variables, and the graph.

    ``tensorboard --logdir FOLDER`` shows it while training is going on. It needs TensorBoard's
    package: ``pip install tensorboard``.

    Args:
        folder: Where to write; every training gets a file of its own in it. Give each training
            that is to be compared with others a folder of its own below a common one.
        histograms: After how many epochs to write histograms of all variables that the step
            changes; 0 for never.
        graph: Whether to write the graph of the step.

    Raises:
        DependencyError: tensorboard is missing; raised when training begins.

    Example:
        >>> import tempfile
        >>> import graphnet as gn
        >>> x = gn.Variable(1.0, name="x")
        >>> loss = x * x
        >>> step = gn.optim.SGD(0.25).minimize(loss)
        >>> with tempfile.TemporaryDirectory() as folder, gn.Session() as session:
        ...     history = gn.train.fit(
        ...         session,
        ...         step,
        ...         [()],
        ...         epochs=3,
        ...         watch={"loss": loss},
        ...         callbacks=[gn.train.TensorBoard(folder)],
        ...         progress=False,
        ...     )
    """

    def __init__(
        self, folder: str | PathLike[str], *, histograms: int = 1, graph: bool = True
    ) -> None:
        self.folder = folder
        self.histograms = histograms
        self.graph = graph

    def begin(self, training: Training) -> None:
        """Begin a file; write the graph."""
        self.kinds = kinds_of_tensorboard()
        self.writer = self.kinds.EventFileWriter(fspath(self.folder))
        if self.graph:
            items, _ = take_apart(training.train.fetches, training.session.graph)
            needed = set(reach(items, frozenset()))
            nodes = [node for node in training.session.graph.nodes if node in needed]
            self.write(0, graph_def=graph_bytes(nodes, self.kinds))

    def epoch(self, training: Training) -> None:
        """Write the values of an epoch."""
        values = [*self.scalars(training)]
        if self.histograms and training.epoch % self.histograms == 0:
            values += self.drawn(training)
        self.write(training.epoch, summary=self.kinds.Summary(value=values))
        self.writer.flush()

    def end(self, training: Training) -> None:  # noqa: ARG002  # as Callback has it
        """Close the file."""
        if hasattr(self, "writer"):
            self.writer.close()

    def write(self, epoch: int, **content: Any) -> None:
        """Write one event."""
        self.writer.add_event(self.kinds.Event(wall_time=time(), step=epoch, **content))

    def scalars(self, training: Training) -> Iterator[Any]:
        """Give the values as TensorBoard has them."""
        values = {**training.values, "seconds": training.history.times[-1]}
        for name, value in values.items():
            yield self.kinds.Summary.Value(tag=name, simple_value=value)

    def drawn(self, training: Training) -> Iterator[Any]:
        """Give the histograms as TensorBoard has them."""
        for variable, value in training.session.values(training.variables).items():
            borders = edges(value, BINS)
            if borders is not None:
                histogram = self.kinds.HistogramProto(**histogram_fields(value, borders))
                yield self.kinds.Summary.Value(tag=variable.name, histo=histogram)


def kinds_of_tensorboard() -> SimpleNamespace:
    """Give the classes of tensorboard that write.

    Raises:
        DependencyError: It is missing.
    """
    try:  # only those who ask for event files need it
        from tensorboard.compat.proto.event_pb2 import Event  # noqa: PLC0415
        from tensorboard.compat.proto.graph_pb2 import GraphDef  # noqa: PLC0415
        from tensorboard.compat.proto.summary_pb2 import HistogramProto, Summary  # noqa: PLC0415
        from tensorboard.summary.writer import event_file_writer  # noqa: PLC0415
    except ImportError as error:
        raise DependencyError(
            "event files need the package tensorboard, which is missing",
            hint="pip install tensorboard",
        ) from error
    return SimpleNamespace(
        Event=Event,
        EventFileWriter=event_file_writer.EventFileWriter,
        GraphDef=GraphDef,
        HistogramProto=HistogramProto,
        Summary=Summary,
    )


def histogram_fields(array: Array, borders: Array) -> dict[str, Any]:
    """Give what TensorBoard's histograms have, of the finite values of an array."""
    values = array[np.isfinite(array)].astype(np.float64)
    with np.errstate(over="ignore"):  # sums may be infinite
        sums = {"sum": values.sum(), "sum_squares": np.square(values).sum()}
    return {
        "min": values.min(),
        "max": values.max(),
        "num": values.size,
        **sums,
        "bucket_limit": borders[1:],
        "bucket": np.histogram(values, borders)[0],
    }


def graph_bytes(nodes: Iterable[Node], kinds: SimpleNamespace) -> bytes:
    """Give nodes as TensorBoard has a graph; name scopes become its boxes."""
    graph = kinds.GraphDef()
    graph.versions.producer = PRODUCER
    for node in nodes:
        inputs = [*map(input_name, node.inputs), *(f"^{before.name}" for before in node.control)]
        made = graph.node.add(name=node.name, op=node.op.name, input=inputs)
        shapes = made.attr["_output_shapes"].list.shape
        for output in node.outputs:
            shape = shapes.add()
            for extent in output.shape:
                shape.dim.add(size=extent if isinstance(extent, int) else -1)
    content: bytes = graph.SerializeToString()
    return content


def input_name(tensor: Tensor) -> str:
    """Give what TensorBoard calls a tensor."""
    return tensor.node.name + f":{tensor.index}" * (tensor.index > 0)
