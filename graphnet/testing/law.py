"""``Law``: something that all ops promise, with the condition under which they do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from graphnet.ir.spec import is_float
from graphnet.ir.traits import Effect
from graphnet.testing.cases import Case
from graphnet.testing.compare import EXACT, assert_close
from graphnet.typing import Array

__all__ = ["Law", "is_computed", "is_differentiable", "law", "require_equal", "takes_arrays"]

Check: TypeAlias = Callable[[Case], None]
Condition: TypeAlias = Callable[[Case], bool]


@dataclass(frozen=True)
class Law:
    """Something that an op promises by how it is declared.

    Args:
        check: Raises an AssertionError where the promise is broken.
        applies: Whether an op promises it.
    """

    check: Check
    applies: Condition

    @property
    def name(self) -> str:
        """What is promised."""
        return self.check.__name__

    def __call__(self, case: Case) -> None:
        """Check one case, if the law applies to it."""
        if self.applies(case):
            self.check(case)


def law(applies: Condition) -> Callable[[Check], Law]:
    """Make a function a law for the cases for which a condition holds."""
    return lambda check: Law(check, applies)


def require_equal(actual: Sequence[Array], expected: Sequence[Array], label: str) -> None:
    """Require that two computations gave the same, to the last bit."""
    for found, wanted in zip(actual, expected, strict=True):
        assert_close(found, wanted, tolerance=EXACT, label=label)


def is_computed(case: Case) -> bool:
    """Whether the op is computed, rather than fed, read or written."""
    return case.op.effect in {Effect.PURE, Effect.RANDOM, Effect.CALLS}


def takes_arrays(case: Case) -> bool:
    """Whether the op is computed from other arrays."""
    return is_computed(case) and bool(case.specs)


def is_differentiable(case: Case) -> bool:
    """Whether the op has a gradient rule, and leads from floats to floats."""
    floats = any(is_float(result.dtype) for result in case.infer(case.specs))
    return case.op.vjp is not None and floats and case.takes_floats
