"""Losses of predictions that are numbers."""

from math import inf

from graphnet.errors import ArgumentError
from graphnet.ir.context import creation_site
from graphnet.ir.names import name_scope
from graphnet.ir.spec import as_float, is_float, may_be_equal
from graphnet.ir.tensor import Tensor, TensorLike
from graphnet.nn.losses.examples import Examples, Reduction, as_tensors
from graphnet.nn.shapes import fitting, missing_axis, unfitting
from graphnet.ops.basic import stop_gradient
from graphnet.ops.elementwise import sqrt, square
from graphnet.ops.families import cast_to
from graphnet.ops.select import clip, where

__all__ = ["cosine_distance", "huber", "mean_absolute_error", "mean_squared_error"]


def mean_squared_error(
    predictions: TensorLike,
    targets: TensorLike,
    *,
    weights: TensorLike | None = None,
    mask: TensorLike | None = None,
    reduction: Reduction = None,
) -> Tensor:
    r"""Average the squared differences over the last axis.

    :math:`\ell_i = \frac{1}{n} \sum_{j=1}^n (p_{ij} - t_{ij})^2`

    The mean of the result is the mean over all elements.

    Args:
        predictions: [..., n], floating; integers are converted.
        targets: [..., n], of the same shape: nothing is broadcast, since targets [batch] against
            predictions [batch, 1] are a mistake.
        weights: [...], a factor for the loss of each example.
        mask: [...], False for each example that does not count, whatever its numbers are.
        reduction: ``"mean"``, weighted by ``weights`` and ``mask``, or ``"sum"``; None for one
            loss per example.

    Returns:
        [...], one loss per example, or a scalar.

    Raises:
        ShapeError: The shapes differ, or there is no axis.
        DTypeError: The mask is not boolean.

    Example:
        >>> import graphnet as gn
        >>> predictions, targets = [[1.0, 2.0], [3.0, 3.0]], [[1.0, 0.0], [3.0, 3.0]]
        >>> gn.evaluate(gn.nn.mean_squared_error(predictions, targets))
        array([2., 0.], dtype=float32)
    """
    loss = "mean_squared_error"
    p, t = matched(loss, predictions, targets)
    examples = Examples.of(loss, p.shape[:-1], weights, mask, reduction, predictions=p, targets=t)
    with name_scope(loss):
        return examples.reduced(square(difference(examples, p, t)).mean(-1))


def mean_absolute_error(
    predictions: TensorLike,
    targets: TensorLike,
    *,
    weights: TensorLike | None = None,
    mask: TensorLike | None = None,
    reduction: Reduction = None,
) -> Tensor:
    r"""Average the sizes of the differences over the last axis.

    :math:`\ell_i = \frac{1}{n} \sum_{j=1}^n |p_{ij} - t_{ij}|`; the derivative is 0 where they are
    equal.

    Args:
        predictions: [..., n], floating; integers are converted.
        targets: [..., n], of the same shape: nothing is broadcast.
        weights: [...], a factor for the loss of each example.
        mask: [...], False for each example that does not count, whatever its numbers are.
        reduction: ``"mean"``, weighted by ``weights`` and ``mask``, or ``"sum"``; None for one
            loss per example.

    Returns:
        [...], one loss per example, or a scalar.

    Raises:
        ShapeError: The shapes differ, or there is no axis.
        DTypeError: The mask is not boolean.

    Example:
        >>> import graphnet as gn
        >>> predictions, targets = [[1.0, 2.0], [3.0, 3.0]], [[1.0, 0.0], [3.0, 3.0]]
        >>> gn.evaluate(gn.nn.mean_absolute_error(predictions, targets))
        array([1., 0.], dtype=float32)
    """
    loss = "mean_absolute_error"
    p, t = matched(loss, predictions, targets)
    examples = Examples.of(loss, p.shape[:-1], weights, mask, reduction, predictions=p, targets=t)
    with name_scope(loss):
        return examples.reduced(abs(difference(examples, p, t)).mean(-1))


def huber(
    predictions: TensorLike,
    targets: TensorLike,
    *,
    delta: float = 1.0,
    weights: TensorLike | None = None,
    mask: TensorLike | None = None,
    reduction: Reduction = None,
) -> Tensor:
    r"""Average over the last axis what is quadratic for small differences and linear for large.

    :math:`\ell_i = \frac 1 n \sum_j h(p_{ij} - t_{ij})`, where :math:`h(d) = d^2 / 2` for
    :math:`|d| \le \delta` and :math:`\delta (|d| - \delta / 2)` beyond. P. J. Huber, "Robust
    estimation of a location parameter", Annals of Mathematical Statistics 35 (1964).

    Args:
        predictions: [..., n], floating; integers are converted.
        targets: [..., n], of the same shape: nothing is broadcast.
        delta: Positive; the largest size of a derivative.
        weights: [...], a factor for the loss of each example.
        mask: [...], False for each example that does not count, whatever its numbers are.
        reduction: ``"mean"``, weighted by ``weights`` and ``mask``, or ``"sum"``; None for one
            loss per example.

    Returns:
        [...], one loss per example, or a scalar.

    Raises:
        ShapeError: The shapes differ, or there is no axis.
        DTypeError: The mask is not boolean.
        ArgumentError: ``delta`` is not positive.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.nn.huber([[0.5], [3.0]], [[0.0], [0.0]]))
        array([0.125, 2.5  ], dtype=float32)
    """
    if not 0 < delta < inf:
        raise ArgumentError(
            f"huber: delta is {delta!r}",
            at=str(creation_site()),
            hint="use a positive number; for any size gn.nn.mean_absolute_error",
        )
    p, t = matched("huber", predictions, targets)
    examples = Examples.of(
        "huber", p.shape[:-1], weights, mask, reduction, predictions=p, targets=t
    )
    with name_scope("huber"):
        d = difference(examples, p, t)
        inner = clip(d, -delta, delta)
        return examples.reduced((inner * (d - 0.5 * inner)).mean(-1))


def cosine_distance(
    predictions: TensorLike,
    targets: TensorLike,
    *,
    weights: TensorLike | None = None,
    mask: TensorLike | None = None,
    reduction: Reduction = None,
) -> Tensor:
    r"""Give 1 less the cosine of the angle between two vectors, those along the last axis.

    :math:`\ell_i = 1 - \frac{p_i \cdot t_i}{\|p_i\| \|t_i\|}`, from 0 for one direction to 2 for
    opposite ones; 1 where a vector is zero. Lengths may be as large as the dtype holds.

    Args:
        predictions: [..., n], floating; integers are converted.
        targets: [..., n], of the same shape: nothing is broadcast.
        weights: [...], a factor for the loss of each example.
        mask: [...], False for each example that does not count, whatever its numbers are.
        reduction: ``"mean"``, weighted by ``weights`` and ``mask``, or ``"sum"``; None for one
            loss per example.

    Returns:
        [...], one loss per example, or a scalar.

    Raises:
        ShapeError: The shapes differ, or there is no axis.
        DTypeError: The mask is not boolean.

    Example:
        >>> import graphnet as gn
        >>> gn.evaluate(gn.nn.cosine_distance([[2.0, 0.0], [1.0, 0.0]], [[1.0, 0.0], [0.0, 3.0]]))
        array([0., 1.], dtype=float32)
    """
    loss = "cosine_distance"
    p, t = matched(loss, predictions, targets)
    examples = Examples.of(loss, p.shape[:-1], weights, mask, reduction, predictions=p, targets=t)
    with name_scope(loss):
        p, t = (direction(cast_to(x, as_float(x.dtype))) for x in map(examples.shown, (p, t)))
        return examples.reduced(1 - (p * t).sum(-1))


def matched(loss: str, predictions: TensorLike, targets: TensorLike) -> list[Tensor]:
    """Give predictions and targets as tensors of one shape.

    Raises:
        ShapeError: They have not; in a run, where it is not known before.
    """
    p, t = as_tensors(predictions, targets)
    if not p.shape or not may_be_equal(p.shape, t.shape):
        raise unfitting(
            f"{loss}: predictions and targets need one shape, with at least one axis",
            missing_axis(predictions=p, targets=t)
            or "gn.reshape, gn.expand_dims or gn.squeeze makes the shapes equal",
            predictions=p,
            targets=t,
        )
    return [p, fitting(loss, predictions=p, targets=t)]


def difference(examples: Examples, predictions: Tensor, targets: Tensor) -> Tensor:
    """Subtract the targets, as far as they are shown."""
    p, t = examples.shown(predictions), examples.shown(targets)
    p = cast_to(p, as_float(p.dtype))
    # NumPy's rule would make float64 of float32 predictions and integer targets.
    return p - (t if is_float(t.dtype) else cast_to(t, p.dtype))


def direction(x: Tensor) -> Tensor:
    """Divide vectors along the last axis by their lengths; those of length zero stay zero."""
    # Only the direction counts, so that the scale, which keeps squares finite, has no gradient.
    largest = stop_gradient(abs(x).max(-1, keepdims=True))
    scaled = x / where(largest == 0, 1, largest)
    squares = square(scaled).sum(-1, keepdims=True)
    return scaled / sqrt(where(squares == 0, 1, squares))
