"""Data to train on: generators, readers, and batches."""

from graphnet.data.batches import Batches as Batches
from graphnet.data.batches import batches as batches
from graphnet.data.datasets import MNIST as MNIST
from graphnet.data.datasets import disk as disk
from graphnet.data.datasets import mnist as mnist
from graphnet.data.idx import read_idx as read_idx
from graphnet.data.scaling import standardize as standardize

__all__ = ["MNIST", "Batches", "batches", "disk", "mnist", "read_idx", "standardize"]
