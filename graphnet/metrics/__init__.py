"""Metrics over any number of batches: NumPy objects with update, result and reset."""

from graphnet.metrics.averages import Mean as Mean
from graphnet.metrics.averages import Perplexity as Perplexity
from graphnet.metrics.choices import Accuracy as Accuracy
from graphnet.metrics.choices import ConfusionMatrix as ConfusionMatrix
from graphnet.metrics.choices import TopK as TopK
from graphnet.metrics.collection import Metrics as Metrics
from graphnet.metrics.metric import Metric as Metric
from graphnet.metrics.ranking import ROCAUC as ROCAUC
from graphnet.metrics.ratios import F1 as F1
from graphnet.metrics.ratios import ClassRatio as ClassRatio
from graphnet.metrics.ratios import Precision as Precision
from graphnet.metrics.ratios import Recall as Recall
from graphnet.metrics.regression import R2 as R2
from graphnet.metrics.regression import MeanSquaredError as MeanSquaredError

__all__ = [
    "F1",
    "R2",
    "ROCAUC",
    "Accuracy",
    "ClassRatio",
    "ConfusionMatrix",
    "Mean",
    "MeanSquaredError",
    "Metric",
    "Metrics",
    "Perplexity",
    "Precision",
    "Recall",
    "TopK",
]
