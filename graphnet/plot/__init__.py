"""Pictures of training: curves, boundaries, confusions, weights, learning rates (Matplotlib)."""

from graphnet.plot.boundary import decision_boundary as decision_boundary
from graphnet.plot.confusion import confusion_matrix as confusion_matrix
from graphnet.plot.learning import curves as curves
from graphnet.plot.rates import schedule as schedule
from graphnet.plot.weights import histograms as histograms

__all__ = ["confusion_matrix", "curves", "decision_boundary", "histograms", "schedule"]
