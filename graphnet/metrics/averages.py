"""Means over everything seen, and what follows from one."""

from fractions import Fraction
from typing import Any

import numpy as np

from graphnet.errors import ArgumentError
from graphnet.metrics.arguments import floats
from graphnet.metrics.exact import ExactSum, rounded
from graphnet.metrics.metric import Metric
from graphnet.typing import Array

__all__ = ["Mean", "Perplexity"]


class Mean(Metric):
    r"""The weighted mean of any numbers: :math:`\sum_i w_i x_i / \sum_i w_i`.

    Sums are exact, and the result is rounded once, to float64. A NaN, or infinite numbers of both
    signs, make the mean NaN.

    Example:
        >>> import graphnet as gn
        >>> loss = gn.metrics.Mean()
        >>> loss.update([1.0, 2.0, 3.0])
        >>> loss.update([6.0])
        >>> loss.result()
        3.0
        >>> loss.reset()
        >>> loss.update(2.0, weights=3)
        >>> loss.update(6.0, weights=1)
        >>> loss.result()
        3.0
    """

    def reset(self) -> None:
        """Forget everything that was seen."""
        self.total = ExactSum()
        self.weight = ExactSum()

    def update(self, values: Any, weights: Any = None) -> None:
        """See one more batch.

        Args:
            values: Numbers, of any shape: one loss per example, or one mean of a batch.
            weights: Of the same shape, not negative: parts of a mean, a mask, or for the mean of a
                batch its number of examples. 1 for all by default. Where a weight is 0, the value
                does not count, even if it is NaN.

        Raises:
            ArgumentError: The weights differ in shape, or one is negative, infinite or NaN.
        """
        caller = type(self).__name__
        numbers = floats(values, "values", caller)
        if weights is None:
            self.total.add(numbers)
            self.weight.add_count(numbers.size)
            return
        factors = floats(weights, "weights", caller)
        check_weights(numbers, factors, caller)
        keep = factors > 0
        self.total.add_products(numbers[keep], factors[keep])
        self.weight.add(factors)

    def mean(self) -> Fraction | float:
        """Give the mean: exact, unless it is infinite or NaN."""
        weight = self.weight.value()
        if not weight:
            raise self.nothing_seen()
        total = self.total.value()
        return total / weight if isinstance(total, Fraction) else total

    def result(self) -> float:
        """Give the mean; raises ArgumentError if nothing was seen that has weight."""
        return rounded(self.mean())


class Perplexity(Mean):
    r"""How many classes, all equally likely, a model is as undecided between.

    :math:`\exp(\sum_i w_i \ell_i / \sum_i w_i)` for the negative natural logarithms
    :math:`\ell_i` of the probabilities of what was right (F. Jelinek and others, "Perplexity - a
    measure of the difficulty of speech recognition tasks", 1977). The exponential is that of the
    mean over all tokens, not a mean of perplexities.

    Example:
        >>> import math
        >>> import graphnet as gn
        >>> perplexity = gn.metrics.Perplexity()
        >>> perplexity.update([math.log(2.0), math.log(8.0)])
        >>> perplexity.result()
        4.0
    """

    def result(self) -> float:
        """Give the perplexity; raises ArgumentError if nothing was seen that has weight."""
        with np.errstate(over="ignore"):
            return float(np.exp(rounded(self.mean())))


def check_weights(values: Array, weights: Array, caller: str) -> None:
    """Refuse weights that are of another shape, or are none."""
    if values.shape != weights.shape:
        raise ArgumentError(
            f"{caller}: weights have shape {weights.shape}, the values {values.shape}",
            hint="np.broadcast_to(weights, values.shape), if this is meant",
        )
    if not np.all((weights >= 0) & np.isfinite(weights)):
        raise ArgumentError(f"{caller}: a weight is negative, infinite or NaN")
