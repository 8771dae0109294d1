"""``Watch``: the values that are looked at while batches run, and their averages."""

from array import array
from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np

from graphnet.errors import ArgumentError
from graphnet.ir.tensor import Tensor, describe
from graphnet.metrics.choices import ConfusionMatrix
from graphnet.metrics.collection import Metrics
from graphnet.metrics.ratios import ClassRatio
from graphnet.train.history import COLUMNS
from graphnet.typing import Array

__all__ = ["Record", "Watch"]


class Metric(Protocol):
    """What the objects of ``gn.metrics`` can do."""

    def update(self, *arrays: Any) -> object:
        """Take one batch into account."""

    def result(self) -> Any:
        """Give the value for all batches since the last reset."""

    def reset(self) -> object:
        """Forget all batches."""


class Measured(NamedTuple):
    """A metric, and the tensors whose values it takes."""

    metric: Metric
    tensors: tuple[Tensor, ...]


class Record:
    """The watched scalars of each batch, in a flat row of numbers, and the sizes of the batches."""

    def __init__(self) -> None:
        self.values = array("d")
        self.sizes = array("q")

    def clear(self) -> None:
        """Forget all batches."""
        del self.values[:], self.sizes[:]


class Watch:
    """Scalar tensors and metrics, by name.

    Args:
        watched: ``{"loss": loss, "recall": (metric, predictions, labels)}``.
        prefix: What stands before each name.
        numbers: Whether the value of each must be one number, so that it can be written down.

    Raises:
        ArgumentError: Something can't be watched.
    """

    def __init__(
        self, watched: Mapping[str, Any] | None, prefix: str = "", *, numbers: bool = True
    ) -> None:
        if not isinstance(watched, Mapping | None):
            raise ArgumentError(
                f"what is watched has a name, and {watched!r:.60} has none",
                hint='give {"loss": loss}',
            )
        items = {prefix + checked_name(name): value for name, value in (watched or {}).items()}
        self.names = list(items)
        self.numbers = numbers
        self.metrics = {
            name: measured(name, value) for name, value in items.items() if type(value) is tuple
        }
        self.scalars = {
            name: scalar(name, value) for name, value in items.items() if name not in self.metrics
        }
        for name, item in self.metrics.items():
            if numbers and gives_more(item.metric):
                raise no_number(name, type(item.metric).__name__)

    @property
    def fetches(self) -> tuple[list[Tensor], list[list[Tensor]]]:
        """What a session computes for it: scalars, and what each metric takes."""
        return [*self.scalars.values()], [[*metric.tensors] for metric in self.metrics.values()]

    def batches(self, record: Record) -> dict[str, Array]:
        """Give the scalars of each batch."""
        table = np.array(record.values).reshape(-1, max(1, len(self.scalars)))
        return dict(zip(self.scalars, table.T, strict=False))

    def means(self, record: Record) -> dict[str, Any]:
        r"""Give the value of each name for all batches.

        That of a scalar is its average in float64, weighted by the sizes of the batches:
        :math:`\sum_b n_b v_b / \sum_b n_b`. That of a metric is its result.
        """
        whole = np.array(record.sizes)
        sizes = whole[whole > 0]  # an average over no examples is NaN
        with np.errstate(invalid="ignore", over="ignore"):  # averages of inf and NaN are NaN
            found = {
                name: float((values[whole > 0] * sizes).sum() / sizes.sum())
                for name, values in self.batches(record).items()
            }
        results = {name: self.result(name, item.metric) for name, item in self.metrics.items()}
        return {name: found[name] if name in found else results[name] for name in self.names}

    def result(self, name: str, metric: Metric) -> Any:
        """Give the result of a metric, as a float if it is one number."""
        found = metric.result()
        if np.ndim(found) == 0 and not isinstance(found, Mapping):
            return float(found)
        if self.numbers:
            raise no_number(name, f"{found!r:.60}")
        return found


def checked_name(name: Any) -> str:
    """Give a name that something can be watched by."""
    if not isinstance(name, str) or not name or name in COLUMNS:
        raise ArgumentError(
            f"{name!r:.60} is no name of a watched value",
            hint=f"use a string other than {' and '.join(map(repr, COLUMNS))}",
        )
    return name


def scalar(name: str, value: Any) -> Tensor:
    """Give a tensor that can be averaged."""
    if not isinstance(value, Tensor):
        raise ArgumentError(
            f"the watched value {name!r} is no tensor: {value!r:.60}",
            hint="give a scalar tensor, or a metric and the tensors that it takes, in a tuple: "
            "(metric, predictions, labels)",
        )
    if value.shape:
        raise ArgumentError(
            f"the watched value {name!r} is no scalar, it has shape {value.spec}",
            rows=[describe(value)],
            hint="average over the examples, as in loss.mean()",
        )
    return value


def measured(name: str, value: tuple[Any, ...]) -> Measured:
    """Give a metric, and the tensors that it takes."""
    metric, *tensors = value or (None,)
    missing = [word for word in ("update", "result", "reset") if not hasattr(metric, word)]
    if missing or not tensors or not all(isinstance(tensor, Tensor) for tensor in tensors):
        raise ArgumentError(
            f"the watched value {name!r} is neither a scalar tensor nor a metric",
            hint="a metric stands before the tensors that it takes: (metric, predictions, labels)",
        )
    return Measured(metric, tuple(tensors))


def gives_more(metric: Metric) -> bool:
    """Whether a metric of the package gives more than a number."""
    if isinstance(metric, ClassRatio):
        return metric.classes is not None and metric.average is None
    return isinstance(metric, ConfusionMatrix | Metrics)


def no_number(name: str, what: str) -> ArgumentError:
    """Say that a value can't be written down epoch by epoch."""
    return ArgumentError(
        f"the metric {name!r} gives no number, but {what}",
        hint="watch what is one number, as F1(classes, average='macro'), and each of gn.metrics."
        "Metrics by itself; gn.train.evaluate gives values of all forms",
    )
