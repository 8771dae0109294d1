"""Products of matrices alone, by PyTorch, on tensors made before."""

import os
from typing import Any

import torch

from tests.benchmarks.products import Layout, Operands, made, straight
from tests.benchmarks.systems import Prepared

__all__ = ["prepare_products"]


def prepare_products(layout: Layout) -> Prepared:
    """Make tensors in the memory of arrays that lie as NumPy's do."""
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    return straight(made(layout), call)


def call(product: Operands) -> tuple[str, dict[str, Any]]:
    """Give the call for one product: the function for matrices costs least."""
    x, y, out = map(torch.from_numpy, product)
    multiply = torch.mm if x.dim() == y.dim() == 2 else torch.matmul
    objects = {"multiply": multiply, "x": x, "y": y, "out": out}
    return "{multiply}({x}, {y}, out={out})", objects
