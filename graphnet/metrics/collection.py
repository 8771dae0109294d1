"""Several metrics that see the same batches."""

from typing import Any

from graphnet.metrics.metric import Metric

__all__ = ["Metrics"]


class Metrics(Metric):
    """Metrics by name, updated and reset together.

    If one of them refuses a batch, those named before it have counted it already.

    Args:
        **metrics: The metrics; their ``update`` takes the same arguments.

    Example:
        >>> import graphnet as gn
        >>> metrics = gn.metrics.Metrics(accuracy=gn.metrics.Accuracy(), f1=gn.metrics.F1())
        >>> metrics.update([1, 1, 0, 0], [1, 0, 0, 1])
        >>> metrics.result()
        {'accuracy': 0.5, 'f1': 0.5}
        >>> metrics["f1"].result()
        0.5
    """

    def __init__(self, **metrics: Metric) -> None:
        self.metrics = metrics

    def __repr__(self) -> str:
        """Write the call that makes such metrics."""
        given = [f"{name}={metric!r}" for name, metric in self.metrics.items()]
        return f"{type(self).__name__}({', '.join(given)})"

    def __getitem__(self, name: str) -> Metric:
        """Give one of the metrics."""
        return self.metrics[name]

    def reset(self) -> None:
        """Forget everything that was seen."""
        for metric in self.metrics.values():
            metric.reset()

    def update(self, *args: Any, **kwargs: Any) -> None:
        """See one more batch."""
        for metric in self.metrics.values():
            metric.update(*args, **kwargs)

    def result(self) -> dict[str, Any]:
        """Give the value of each metric by its name."""
        return {name: metric.result() for name, metric in self.metrics.items()}
