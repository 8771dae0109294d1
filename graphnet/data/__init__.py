"""Data to train on: generators, readers, and batches."""

from graphnet.data.ahead import prefetch as prefetch
from graphnet.data.batches import Batches as Batches
from graphnet.data.batches import batches as batches
from graphnet.data.datasets import MNIST as MNIST
from graphnet.data.datasets import disk as disk
from graphnet.data.datasets import mnist as mnist
from graphnet.data.encoding import one_hot as one_hot
from graphnet.data.idx import read_idx as read_idx
from graphnet.data.scaling import Standardizer as Standardizer
from graphnet.data.scaling import standardize as standardize
from graphnet.data.splits import k_fold as k_fold
from graphnet.data.splits import split as split

__all__ = [
    "MNIST",
    "Batches",
    "Standardizer",
    "batches",
    "disk",
    "k_fold",
    "mnist",
    "one_hot",
    "prefetch",
    "read_idx",
    "split",
    "standardize",
]
