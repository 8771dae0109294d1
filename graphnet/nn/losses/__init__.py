"""Losses: functions of predictions and targets that give one loss per example.

All take ``weights`` (a factor for each loss), a ``mask`` (which losses count at all) and a
``reduction``: with ``"mean"`` the sum of the weighted losses is divided by that of the weights,
and is 0 where nothing is left; None gives one loss per example, 0 if hidden. What a mask hides
may be anything, NaN too; it is not seen, and its gradient is 0. A weight of 0 does not hide.

Those that take logits are exact however large these are, and refuse the output of softmax or
sigmoid, which they contain already.
"""

from graphnet.nn.losses.classification import kl_divergence as kl_divergence
from graphnet.nn.losses.classification import negative_log_likelihood as negative_log_likelihood
from graphnet.nn.losses.classification import softmax_cross_entropy as softmax_cross_entropy
from graphnet.nn.losses.classification import (
    sparse_softmax_cross_entropy as sparse_softmax_cross_entropy,
)
from graphnet.nn.losses.margins import hinge as hinge
from graphnet.nn.losses.margins import multiclass_hinge as multiclass_hinge
from graphnet.nn.losses.margins import sigmoid_cross_entropy as binary_cross_entropy
from graphnet.nn.losses.margins import sigmoid_cross_entropy as sigmoid_cross_entropy
from graphnet.nn.losses.regression import cosine_distance as cosine_distance
from graphnet.nn.losses.regression import huber as huber
from graphnet.nn.losses.regression import mean_absolute_error as mean_absolute_error
from graphnet.nn.losses.regression import mean_squared_error as mean_squared_error

__all__ = [
    "binary_cross_entropy",
    "cosine_distance",
    "hinge",
    "huber",
    "kl_divergence",
    "mean_absolute_error",
    "mean_squared_error",
    "multiclass_hinge",
    "negative_log_likelihood",
    "sigmoid_cross_entropy",
    "softmax_cross_entropy",
    "sparse_softmax_cross_entropy",
]
