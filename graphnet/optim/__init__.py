"""Optimizers: how variables are updated by their gradients."""

from graphnet.optim.optimizer import Optimizer as Optimizer
from graphnet.optim.sgd import SGD as SGD

__all__ = ["SGD", "Optimizer"]
