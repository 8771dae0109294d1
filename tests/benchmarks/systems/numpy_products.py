"""Products of matrices alone, by the cheapest call of NumPy, on arrays made before."""

from typing import Any

import numpy as np

from tests.benchmarks.products import Layout, Operands, made, straight
from tests.benchmarks.systems import Prepared

__all__ = ["prepare_products"]


def prepare_products(layout: Layout) -> Prepared:
    """Make arrays, and bind what multiplies them."""
    return straight(made(layout), call)


def call(product: Operands) -> tuple[str, dict[str, Any]]:
    """Give the call for one product: the method of an array costs least, where it can do it."""
    x, y, out = product
    if y.ndim > 2 or not out.flags.c_contiguous:
        return "{multiply}({x}, {y}, {out})", {"multiply": np.matmul, "x": x, "y": y, "out": out}
    return "{x_dot}({y}, {out})", {"x_dot": x.dot, "y": y, "out": out}
