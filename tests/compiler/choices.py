"""What the compiler decides by size or by cost, decided otherwise: no result may depend on it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from graphnet.compiler.layout.orders import Chooser
from graphnet.compiler.options import Options
from graphnet.ir import Tensor
from tests.compiler.settings import SETTINGS

__all__ = ["CHOICES", "compiling"]


def random_orders(seed: int) -> Callable[[Chooser], frozenset[Tensor]]:
    """Give a choice of the order in memory of each region of matrices at random."""

    def choose(self: Chooser) -> frozenset[Tensor]:
        generator = np.random.default_rng(seed)
        self.turned = {region for region in self.touched if generator.random() < 0.5}
        return frozenset(tensor for tensor in self.parents if self.region(tensor) in self.turned)

    return choose


CHOICES: dict[str, dict[str, object]] = {
    "everything-is-large": {
        "commit.SMALLEST": 0,
        "forms.LARGEST_REPEATED": 0,
        "forms.LONGEST_SUM": 0,
        "rules.rectifiers.LARGEST_SIGN": 0,
        "rules.rectifiers.LARGEST_STEP": 0,
    },
    "updates-are-large": {"commit.SMALLEST": 0, "rules.rectifiers.LARGEST_SIGN": 0},
    "chunks-are-small": {"store.CHUNK": 1, "layout.join_updates.DEEPEST": 1},
    "products-are-cheap": {"layout.costs.BROADCAST": 1e6, "layout.costs.COPY": 0.0},
    "order-costs-nothing": {"layout.costs.MIXED": 0.0, "layout.costs.MIXED_ELEMENT": 0.0},
    **{
        f"orders-at-random-{seed}": {"layout.orders.Chooser.choose": random_orders(seed)}
        for seed in range(4)
    },
}
"""By name: what takes the place of which part of the compiler."""


@contextmanager
def compiling(name: str) -> Iterator[Options]:
    """Give the options of a setting, or of all steps while the compiler decides otherwise."""
    with pytest.MonkeyPatch.context() as patch:
        for place, decision in CHOICES.get(name, {}).items():
            patch.setattr(f"graphnet.compiler.{place}", decision)
        yield SETTINGS.get(name, Options())
