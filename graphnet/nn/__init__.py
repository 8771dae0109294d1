"""Layers, initializers, losses and metrics, all built from ops."""

from graphnet.nn import initializers as initializers
from graphnet.nn.containers import Sequential as Sequential
from graphnet.nn.dense import Dense as Dense
from graphnet.nn.layer import Layer as Layer
from graphnet.nn.losses import mean_squared_error as mean_squared_error
from graphnet.nn.metrics import accuracy as accuracy
from graphnet.ops.cross_entropy import sigmoid_cross_entropy as sigmoid_cross_entropy
from graphnet.ops.cross_entropy import softmax_cross_entropy as softmax_cross_entropy
from graphnet.ops.cross_entropy import (
    sparse_softmax_cross_entropy as sparse_softmax_cross_entropy,
)

__all__ = [
    "Dense",
    "Layer",
    "Sequential",
    "accuracy",
    "initializers",
    "mean_squared_error",
    "sigmoid_cross_entropy",
    "softmax_cross_entropy",
    "sparse_softmax_cross_entropy",
]
