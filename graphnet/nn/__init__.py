"""Layers, initializers, losses and metrics, all built from ops."""

from graphnet.nn import initializers as initializers
from graphnet.nn.activations import ELU as ELU
from graphnet.nn.activations import GELU as GELU
from graphnet.nn.activations import SELU as SELU
from graphnet.nn.activations import LeakyReLU as LeakyReLU
from graphnet.nn.activations import ReLU as ReLU
from graphnet.nn.activations import Sigmoid as Sigmoid
from graphnet.nn.activations import SiLU as SiLU
from graphnet.nn.activations import Softmax as Softmax
from graphnet.nn.activations import Softplus as Softplus
from graphnet.nn.activations import Tanh as Tanh
from graphnet.nn.containers import Sequential as Sequential
from graphnet.nn.dense import Dense as Dense
from graphnet.nn.dropout import Dropout as Dropout
from graphnet.nn.embedding import Embedding as Embedding
from graphnet.nn.flatten import Flatten as Flatten
from graphnet.nn.lambda_ import Lambda as Lambda
from graphnet.nn.layer import Layer as Layer
from graphnet.nn.losses import binary_cross_entropy as binary_cross_entropy
from graphnet.nn.losses import cosine_distance as cosine_distance
from graphnet.nn.losses import hinge as hinge
from graphnet.nn.losses import huber as huber
from graphnet.nn.losses import kl_divergence as kl_divergence
from graphnet.nn.losses import mean_absolute_error as mean_absolute_error
from graphnet.nn.losses import mean_squared_error as mean_squared_error
from graphnet.nn.losses import multiclass_hinge as multiclass_hinge
from graphnet.nn.losses import negative_log_likelihood as negative_log_likelihood
from graphnet.nn.losses import sigmoid_cross_entropy as sigmoid_cross_entropy
from graphnet.nn.losses import softmax_cross_entropy as softmax_cross_entropy
from graphnet.nn.losses import sparse_softmax_cross_entropy as sparse_softmax_cross_entropy
from graphnet.nn.metrics import accuracy as accuracy
from graphnet.nn.normalization import BatchNorm as BatchNorm
from graphnet.nn.normalization import LayerNorm as LayerNorm
from graphnet.nn.regularizers import l1 as l1
from graphnet.nn.regularizers import l1_l2 as l1_l2
from graphnet.nn.regularizers import l2 as l2
from graphnet.nn.regularizers import penalties as penalties
from graphnet.nn.summary import Summary as Summary
from graphnet.nn.summary import summary as summary
from graphnet.ops.attach import penalize as penalize
from graphnet.ops.attach import track as track

__all__ = [
    "ELU",
    "GELU",
    "SELU",
    "BatchNorm",
    "Dense",
    "Dropout",
    "Embedding",
    "Flatten",
    "Lambda",
    "Layer",
    "LayerNorm",
    "LeakyReLU",
    "ReLU",
    "Sequential",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Summary",
    "Tanh",
    "accuracy",
    "binary_cross_entropy",
    "cosine_distance",
    "hinge",
    "huber",
    "initializers",
    "kl_divergence",
    "l1",
    "l1_l2",
    "l2",
    "mean_absolute_error",
    "mean_squared_error",
    "multiclass_hinge",
    "negative_log_likelihood",
    "penalize",
    "penalties",
    "sigmoid_cross_entropy",
    "softmax_cross_entropy",
    "sparse_softmax_cross_entropy",
    "summary",
    "track",
]
