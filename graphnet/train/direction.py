"""Whether small or large values of something are good."""

import re
from typing import Literal, TypeAlias

from graphnet.errors import ArgumentError
from graphnet.ir.context import creation_site

__all__ = ["Mode", "sign_of"]

Mode: TypeAlias = Literal["min", "max"]

SIGNS = {"min": 1, "max": -1}
SMALL = "loss|losses|error|errors|cost|entropy|divergence|perplexity|nll|mse|mae|rmse|penalty"
LARGE = "accuracy|precision|recall|f1|auc|r2|score|correct|top"
GOOD = {"min": re.compile(rf"(^|_| )({SMALL})(_| |$)"), "max": re.compile(rf"(^|_| )({LARGE})")}


def sign_of(name: str, mode: Mode | None) -> int:
    """Give 1 if small values are good, -1 if large ones are: what makes all of them small.

    Args:
        name: What the values are called.
        mode: "min" or "max"; None goes by the name.

    Raises:
        ArgumentError: The mode is none of these, or the name does not tell.
    """
    found = [mode] if mode else [key for key, form in GOOD.items() if form.search(name.lower())]
    if len(found) == 1 and found[0] in SIGNS:
        return SIGNS[found[0]]
    raise ArgumentError(
        f"{mode!r} is no mode" if mode else f"are small or large values of {name!r} good?",
        at=str(creation_site()),
        hint='say mode="min" where small values are good, mode="max" where large ones are',
    )
