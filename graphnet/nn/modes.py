"""The mode of layer calls: whether a result is to be trained by, per thread."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

import numpy as np

from graphnet.errors import DefinitionError
from graphnet.ir.context import creation_site
from graphnet.ir.tensor import Tensor, describe

__all__ = ["Mode", "check_mode", "current_mode", "mode"]

Mode: TypeAlias = bool | None
"""Training, or not, or nobody has said it."""


class Modes(threading.local):
    """The modes of the layer calls at hand, the innermost last."""

    def __init__(self) -> None:
        self.calls: list[Mode] = []


modes = Modes()


@contextmanager
def mode(said: Mode) -> Iterator[None]:
    """Call a layer in a mode; None is that of the call around it."""
    around = modes.calls[-1] if modes.calls else None
    modes.calls.append(around if said is None else said)
    try:
        yield
    finally:
        modes.calls.pop()


def current_mode(label: str) -> Mode:
    """Give the mode of the layer call at hand.

    Args:
        label: The layer that asks.

    Raises:
        DefinitionError: No layer is being called.
    """
    if modes.calls:
        return modes.calls[-1]
    raise DefinitionError(
        f"{label}: a layer by itself is neither in training nor in use",
        at=str(creation_site()),
        hint="each call says it, as in layer(x, training=True); ask inside of `call`",
    )


def check_mode(training: Mode, label: str) -> Mode:
    """Give a mode itself.

    Raises:
        DefinitionError: It is something else than True, False or None.
    """
    if training is None or isinstance(training, bool | np.bool_):
        return None if training is None else bool(training)
    raise DefinitionError(
        f"{label}: training is {training!r:.60}, neither True nor False",
        at=str(creation_site()),
        rows=[describe(training)] if isinstance(training, Tensor) else (),
        hint="training and inference are two graphs over the same variables: call the layer twice, "
        "as in layer(x, training=True) and layer(x, training=False)",
    )
