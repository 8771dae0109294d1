"""The systems that are measured: one module each, with one function ``prepare``.

``prepare(workload, inputs)`` builds what a good user of the system would build, and gives it as a
``Prepared``. The modules import packages that may be missing; only a worker imports them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["OWN", "PEERS", "REFERENCE", "SUBJECTS", "SYSTEMS", "Prepared", "System"]


@dataclass(frozen=True)
class Prepared:
    """A workload that is ready to run.

    Attributes:
        step: Runs one step on the values of one batch; gives the loss as a float, or arrays.
        batches: The values of each batch, as the system likes them best.
        inside: Runs one step, and gives the seconds spent in NumPy calls; None where that is not
            measured.
        many: How many steps a call of ``step`` runs. If it is more than one, the values of a batch
            are those of all its steps, and ``step`` gives a list.
    """

    step: Callable[..., Any]
    batches: Sequence[tuple[Any, ...]]
    inside: Callable[..., float] | None = None
    many: int = 1


@dataclass(frozen=True)
class System:
    """Something that runs workloads.

    Attributes:
        name: What it is called on the command line and in tables.
        module: Module of this package, with an argument behind a colon if it takes one.
        package: What must be installed.
        pinned: Whether only pinning to cores limits its threads.
    """

    name: str
    module: str
    package: str
    pinned: bool = False


SUBJECTS = ("graphnet", "graphnet.run")
"""What is measured against peers: the function of ``Session.compile``, and ``Session.run``."""

OWN = (*SUBJECTS, "graphnet.steps")
"""All ways to call graphnet: the third is ``Session.run_steps``, many steps in one call."""

REFERENCE = "numpy"
"""Whose losses all others must reproduce."""

SYSTEMS = {
    system.name: system
    for system in (
        System("graphnet", "graphnet_session:compile", "graphnet"),
        System("graphnet.run", "graphnet_session:run", "graphnet"),
        System("graphnet.steps", "graphnet_session:steps", "graphnet"),
        System("numpy", "numpy_loop", "numpy"),
        System("torch", "torch_eager", "torch"),
        System("jax", "jax_jit", "jax", pinned=True),
        System("tensorflow", "tensorflow_graph", "tensorflow"),
        System("pytensor", "pytensor_function", "pytensor"),
    )
}

PEERS = tuple(name for name in SYSTEMS if name not in OWN)
