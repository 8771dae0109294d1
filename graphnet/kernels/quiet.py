"""Calls that NumPy does not warn about.

``np.errstate`` is Python: Ctrl-C between its setting and the ``with`` would leave the warnings off
for the rest of the process. A context of its own is entered and left in C.
"""

from collections.abc import Callable
from contextvars import Context
from typing import ParamSpec, TypeVar

import numpy as np

__all__ = ["quiet_context", "quietly"]

P = ParamSpec("P")
R = TypeVar("R")


def quiet_context() -> Context:
    """Give a context in which NumPy ignores errors of floats; one thread at a time may use it.

    Example:
        >>> import numpy as np
        >>> quiet_context().run(np.geterr)["divide"]
        'ignore'
    """
    context = Context()
    context.run(np.seterr, all="ignore")
    return context


def quietly(function: Callable[P, R], *operands: P.args, **options: P.kwargs) -> R:
    """Call a function without being warned of errors of floats.

    Example:
        >>> import numpy as np
        >>> quietly(np.log, np.zeros(1)).tolist()
        [-inf]
    """
    return quiet_context().run(function, *operands, **options)
