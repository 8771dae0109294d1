"""Losses that are compositions of ops; all give one loss per example."""

from graphnet.ir.graph import graph_of
from graphnet.ir.names import name_scope
from graphnet.ir.spec import as_float, is_float, may_be_equal
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.nn.shapes import unfitting
from graphnet.ops.elementwise import square
from graphnet.ops.families import cast_to

__all__ = ["mean_squared_error"]


def mean_squared_error(predictions: TensorLike, targets: TensorLike) -> Tensor:
    r"""Average the squared differences over the last axis.

    :math:`\ell_i = \frac{1}{n} \sum_{j=1}^n (p_{ij} - t_{ij})^2`

    The mean of the result is the mean over all elements.

    Args:
        predictions: [..., n], floating; integers are converted.
        targets: [..., n], of the same shape: nothing is broadcast, since targets [batch] against
            predictions [batch, 1] are a mistake.

    Returns:
        [...], one loss per example.

    Raises:
        ShapeError: The shapes differ, or there is no axis.

    Example:
        >>> import graphnet as gn
        >>> predictions, targets = [[1.0, 2.0], [3.0, 3.0]], [[1.0, 0.0], [3.0, 3.0]]
        >>> gn.evaluate(gn.nn.mean_squared_error(predictions, targets))
        array([2., 0.], dtype=float32)
    """
    graph = graph_of([predictions, targets])
    p, t = graph.as_tensor(predictions), graph.as_tensor(targets)
    if not p.shape or not may_be_equal(p.shape, t.shape):
        raise unfitting(
            "mean_squared_error: predictions and targets need one shape, with at least one axis",
            "gn.reshape, gn.expand_dims or gn.squeeze makes the shapes equal",
            predictions=p,
            targets=t,
        )
    with name_scope("mean_squared_error"):
        p = cast_to(p, as_float(p.dtype))
        # NumPy's rule would make float64 of float32 predictions and integer targets.
        difference = p - (t if is_float(t.dtype) else cast_to(t, p.dtype))
        return square(difference).mean(-1)
