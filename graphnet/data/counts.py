"""Whole numbers that say how many, and which order."""

import operator
from typing import Any

from graphnet.errors import ArgumentError

__all__ = ["at_least", "seed_number"]


def at_least(least: int, number: Any, expected: str, hint: str | None = None) -> int:
    """Check a whole number that counts something."""
    # True is an integer to Python, but never a count.
    if isinstance(number, bool) or not hasattr(number, "__index__"):
        found = f"an integer of {least} or more, found {number!r}"
        raise ArgumentError(f"{expected}, {found}", hint=hint)
    if operator.index(number) < least:
        raise ArgumentError(f"{expected} of {least} or more, found {number}", hint=hint)
    return operator.index(number)


def seed_number(seed: Any, caller: str) -> int:
    """Check a seed."""
    hint = "any integer from 0 on; the same seed gives the same numbers again"
    return at_least(0, seed, f"{caller}: expected a seed", hint)
