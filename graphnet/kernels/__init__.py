"""NumPy bodies that are too long for an op class, and know nothing of graphs."""

from graphnet.kernels.rng import Key as Key
from graphnet.kernels.rng import bernoulli as bernoulli
from graphnet.kernels.rng import keep_mask as keep_mask
from graphnet.kernels.rng import normal as normal
from graphnet.kernels.rng import orthogonal as orthogonal
from graphnet.kernels.rng import stream as stream
from graphnet.kernels.rng import truncated_normal as truncated_normal
from graphnet.kernels.rng import uniform as uniform
from graphnet.kernels.scatter import one_hot as one_hot
from graphnet.kernels.scatter import scatter_add as scatter_add
from graphnet.kernels.special import erf as erf
from graphnet.kernels.special import normal_quantile as normal_quantile

__all__ = [
    "Key",
    "bernoulli",
    "erf",
    "keep_mask",
    "normal",
    "normal_quantile",
    "one_hot",
    "orthogonal",
    "scatter_add",
    "stream",
    "truncated_normal",
    "uniform",
]
